//! Paging, filters and order of lists, with the rules and messages of Tastypie (measured on django-tastypie 0.15.1): a field
//! without filters is an error, an unknown one is ignored. Repeated `__in`, `__range` and `order_by` are combined, as there.
//! Any other repeated parameter is refused, where Tastypie silently takes the last one.

use actix_web::HttpRequest;

use super::problem::Problem;
use super::schema::Resource;
use crate::domain::Page;
use crate::domain::name::is_storable;
use crate::http::base_path::Base;
use crate::http::query::{Query, Twice};

/// The limit of objects in a page, and the meaning of `limit=0`.
const MOST: i64 = 1_000;
/// The limit of values in a condition.
const VALUES_MOST: usize = 1_000;
/// The parameters of all lists. The response is JSON whatever `format` is.
const PARAMETERS: [&str; 4] = ["limit", "offset", "order_by", "format"];
const MISMATCH: &str = "Invalid resource lookup data provided (mismatched type).";

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    Exact,
    In,
    StartsWith,
    Above,
    AtLeast,
    Below,
    AtMost,
    Range,
}

impl Lookup {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "exact" => Self::Exact,
            "in" => Self::In,
            "startswith" => Self::StartsWith,
            "gt" => Self::Above,
            "gte" => Self::AtLeast,
            "lt" => Self::Below,
            "lte" => Self::AtMost,
            "range" => Self::Range,
            _ => return None,
        })
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// A field of the resource.
    pub(super) field: &'static str,
    /// The comparison, which the resource allows.
    pub(super) lookup: Lookup,
    /// The value.
    pub(super) value: String,
}

impl Condition {
    /// The values: one, or several separated by commas, in any number of parameters.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        let is_several = matches!(self.lookup, Lookup::In | Lookup::Range);
        let mut rest = Some(self.value.as_str());
        std::iter::from_fn(move || {
            let text = rest?;
            let (value, after) =
                if is_several { text.split_once(',').map_or((text, None), |(v, a)| (v, Some(a))) } else { (text, None) };
            rest = after;
            Some(value.trim())
        })
    }

    /// The value is not of the type of the field.
    pub(super) fn mismatch(&self) -> Problem {
        Problem::bad(MISMATCH).in_field(self.field)
    }
}

/// The requested part of a list.
pub(super) struct Listing {
    query: Query,
    /// The parameters that this list uses.
    known: Vec<String>,
    path: String,
    /// The page.
    pub(super) page: Page,
    /// The filters.
    pub(super) conditions: Vec<Condition>,
    /// The field to order by, and whether in descending order.
    pub(super) order: Option<(&'static str, bool)>,
}

impl Listing {
    /// Reads and checks the parameters of a list of `resource`.
    pub(super) fn of(request: &HttpRequest, resource: &Resource) -> Result<Self, Problem> {
        let query = Query::of(request);
        let page = page(&query)?;
        let mut known: Vec<String> = PARAMETERS.map(str::to_owned).into();
        let conditions = conditions(&query, resource, &mut known)?;
        let order = order(&query, resource)?;
        let path = format!("/api/{}/", resource.name);
        let path = Base::of(request).map_or_else(|| path.clone(), |base| base.to(&path));
        Ok(Self { query, known, path, page, conditions, order })
    }

    /// The URLs of the previous and the next page of `total` objects. A page that ended early with `count` objects is followed
    /// by the objects that it left out.
    pub(super) fn around(&self, total: i64, count: usize) -> (Option<String>, Option<String>) {
        let Page { limit, offset } = self.page;
        let at = |offset: i64| {
            let replaced = [("limit", limit.to_string()), ("offset", offset.to_string())];
            let query = self.query.with(|name| self.known.iter().any(|known| known == name), &replaced);
            format!("{}?{query}", self.path)
        };
        let previous = (offset - limit >= 0).then(|| at(offset - limit));
        let next = offset.saturating_add(i64::try_from(count).unwrap_or(limit).clamp(1, limit.max(1)));
        (previous, (next < total).then(|| at(next)))
    }
}

fn page(query: &Query) -> Result<Page, Problem> {
    let limit = match query.one("limit").map_err(|error| twice(&error))? {
        None => super::schema::DEFAULT_LIMIT,
        Some(text) => text
            .trim()
            .parse::<i64>()
            .map_err(|_| Problem::bad(format_args!("Invalid limit '{text}' provided. Please provide a positive integer.")))
            .map_err(|problem| problem.in_field("limit"))?,
    };
    let offset = match query.one("offset").map_err(|error| twice(&error))? {
        None => 0,
        Some(text) => text
            .trim()
            .parse::<i64>()
            .map_err(|_| Problem::bad(format_args!("Invalid offset '{text}' provided. Please provide an integer.")))
            .map_err(|problem| problem.in_field("offset"))?,
    };
    for (name, number) in [("limit", limit), ("offset", offset)] {
        if number < 0 {
            let text = format_args!("Invalid {name} '{number}' provided. Please provide a positive integer >= 0.");
            return Err(Problem::bad(text).in_field(name));
        }
    }
    Ok(Page { limit: if limit == 0 { MOST } else { limit.min(MOST) }, offset })
}

/// A repeated parameter.
fn twice(error: &Twice) -> Problem {
    Problem::bad(error).in_field(error.0.clone())
}

fn conditions(query: &Query, resource: &Resource, known: &mut Vec<String>) -> Result<Vec<Condition>, Problem> {
    let mut found = Vec::new();
    for name in query.names() {
        let (field, suffix) = name.split_once("__").unwrap_or((name, "exact"));
        if PARAMETERS.contains(&name) || !resource.has_field(field) {
            continue;
        }
        let Some((field, lookups)) = resource.filter(field) else {
            return Err(Problem::bad(format_args!("The '{field}' field does not allow filtering.")).in_field(name));
        };
        let lookup = Lookup::parse(suffix).filter(|_| lookups.contains(&suffix));
        let not_allowed =
            || Problem::bad(format_args!("'{suffix}' is not an allowed filter on the '{field}' field.")).in_field(name);
        let lookup = lookup.ok_or_else(not_allowed)?;
        let is_several = matches!(lookup, Lookup::In | Lookup::Range);
        if !is_several && query.all(name).nth(1).is_some() {
            return Err(twice(&Twice(name.to_owned())));
        }
        let value = query.all(name).collect::<Vec<_>>().join(",");
        if !is_storable(&value) {
            return Err(Problem::bad(format_args!("'{suffix}' on the '{field}' field takes no NUL character.")).in_field(name));
        }
        // The limit of our queries, and of the objects in a page.
        if is_several && value.split(',').nth(VALUES_MOST).is_some() {
            return Err(Problem::bad(format_args!("'{suffix}' on the '{field}' field takes at most {VALUES_MOST} values."))
                .in_field(name));
        }
        known.push(name.to_owned());
        found.push(Condition { field, lookup, value });
    }
    Ok(found)
}

/// Only the first field matters, since the id decides between equal ones; the others are only checked.
fn order(query: &Query, resource: &Resource) -> Result<Option<(&'static str, bool)>, Problem> {
    let mut first = None;
    for part in query.all("order_by").flat_map(|text| text.split(',')).filter(|part| !part.is_empty()) {
        let (field, is_descending) = part.strip_prefix('-').map_or((part, false), |field| (field, true));
        if !resource.has_field(field) {
            return Err(Problem::bad(format_args!("No matching '{field}' field for ordering on.")).in_field("order_by"));
        }
        let Some(field) = resource.ordering(field) else {
            return Err(Problem::bad(format_args!("The '{field}' field does not allow ordering.")).in_field("order_by"));
        };
        first = first.or(Some((field, is_descending)));
    }
    Ok(first)
}

/// The numbers in a condition on an id.
pub(super) fn numbers(condition: &Condition) -> Result<Vec<i64>, Problem> {
    condition.values().map(|value| value.parse().map_err(|_| condition.mismatch())).collect()
}
