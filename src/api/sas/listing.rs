//! The parameters of a list: filter, order and page.

use std::sync::LazyLock;

use actix_web::HttpRequest;

use super::filter;
use super::problem::{Part, Problem, bad};
use super::wire::{API, COLLECTION, Link, SHARES, ShareBody};
use crate::domain::filter::{Test, TextOf};
use crate::domain::{Filter, GranteeKind, Page, Sort};
use crate::http::base_path::Base;
use crate::http::query::Query;
use crate::http::unknown_members::Members;

/// The default number of shares in a page.
const LIMIT: i64 = 50;
/// The limit of shares in a page, about eleven megabytes. Clients that want everything ask for a million and get this many,
/// with a link to the next page.
const LIMIT_MOST: i64 = 5_000;

/// The members of a share. Only some of them are parameters.
static SHOWN: LazyLock<Members> = LazyLock::new(Members::read::<ShareBody>);

/// A requested list.
pub(super) struct Listing {
    query: Query,
    pub(super) filter: Filter,
    pub(super) sort: Sort,
    /// Whether the order is descending.
    pub(super) is_descending: bool,
    /// The page.
    pub(super) page: Page,
}

impl Listing {
    /// Reads the parameters of a request.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let query = Query::of(request);
        // This API does not know public links.
        let mut filters = vec![Filter::Not(Box::new(Filter::Kinds(vec![GranteeKind::PublicLink])))];
        let one = |part: Part, name: &'static str| query.one(name).map_err(|twice| bad(part, twice));
        if let Some(text) = one(Part::Filter("filter"), "filter")?.filter(|text| !text.trim().is_empty()) {
            filters.push(filter::read(text).map_err(|error| bad(Part::Filter("filter"), error))?);
        }
        for name in filter::FILTERED {
            if let Some(value) = one(Part::Filter(name), name)? {
                filters.push(filter::basic(name, value).map_err(|error| bad(Part::Filter(name), error.problem))?);
            }
        }
        if let Some(name) = query.names().find(|name| SHOWN.has(name) && !filter::FILTERED.contains(name)) {
            let problem = format_args!("there is no parameter {name:?}; use filter, or one of {}", filter::FILTERED.join(", "));
            return Err(bad(Part::Filter("filter"), problem));
        }
        let (sort, is_descending) = one(Part::SortBy, "sortBy")?.map_or(Ok((Sort::Id, false)), order)?;
        let page = Page { limit: number(&query, Part::Limit, LIMIT)?.min(LIMIT_MOST), offset: number(&query, Part::Start, 0)? };
        let filter = match Base::of(request).filter(|base| !base.as_str().is_empty()) {
            Some(base) => inside(&base, Filter::All(filters)),
            None => Filter::All(filters),
        };
        Ok(Self { query, filter, sort, is_descending, page })
    }

    /// The links of a page of `count` shares in all. A page that ended early with `shown` shares is followed by the shares that
    /// it left out.
    pub(super) fn links(&self, base: &Base, count: i64, shown: usize) -> Vec<Link> {
        let Page { limit, offset } = self.page;
        let to = |rel, start: i64| {
            let is_known = |name: &str| matches!(name, "filter" | "sortBy") || filter::FILTERED.contains(&name);
            let part = self.query.with(is_known, &[("start", start.to_string()), ("limit", limit.to_string())]);
            Link::new("GET", rel, base.to(format_args!("{SHARES}?{part}")), COLLECTION)
        };
        let last = if limit > 0 { (count - 1).max(0) / limit * limit } else { 0 };
        let mut links = vec![to("self", offset)];
        if limit > 0 && offset > 0 {
            let before = if offset < count { (offset - limit).max(0) } else { last };
            links.extend([to("first", 0), to("prev", before)]);
        }
        let step = i64::try_from(shown).unwrap_or(limit).clamp(1, limit.max(1));
        if limit > 0 && offset.saturating_add(step) < count {
            links.extend([to("next", offset + step), to("last", last)]);
        }
        links.extend([Link::new("GET", "up", base.to("/authorization/"), API), Link::create(base)]);
        links
    }
}

/// A number from 0. One that is too large stands for the largest.
fn number(query: &Query, part: Part, default: i64) -> Result<i64, Problem> {
    let name = if part == Part::Start { "start" } else { "limit" };
    let Some(text) = query.one(name).map_err(|twice| bad(part, twice))? else { return Ok(default) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad(part, format_args!("{text:?} is no whole number from 0 on")));
    }
    Ok(text.parse().unwrap_or(i64::MAX))
}

/// `key[:option]…[,key…]`.
fn order(text: &str) -> Result<(Sort, bool), Problem> {
    let mut order: Option<(Sort, bool)> = None;
    for criterion in text.split(',') {
        let mut words = criterion.trim().split(':');
        let key = words.next().unwrap_or_default();
        let sort = match key {
            // Shares have no description besides the name.
            "name" | "description" => Sort::Name,
            "createdTimestamp" | "creationTimeStamp" => Sort::Created,
            "modifiedTimestamp" | "modifiedTimeStamp" => Sort::Modified,
            _ => {
                let problem = format_args!("shares are not sorted by {key:?}; use name, createdTimestamp or modifiedTimestamp");
                return Err(bad(Part::SortBy, problem));
            }
        };
        let is_descending = direction(words)?;
        match order {
            // Sorting by the same member again changes nothing.
            Some((first, _)) if first != sort => {
                let problem = format_args!("shares are sorted by one member, and then by age; leave out {key:?}");
                return Err(bad(Part::SortBy, problem));
            }
            Some(_) => {}
            None => order = Some((sort, is_descending)),
        }
    }
    Ok(order.unwrap_or((Sort::Id, false)))
}

fn direction<'a>(options: impl Iterator<Item = &'a str>) -> Result<bool, Problem> {
    let mut direction = None;
    for option in options {
        let is_descending = match option {
            "ascending" => false,
            "descending" => true,
            // Strengths of comparison are accepted and ignored, as the original does for some.
            "primary" | "secondary" | "tertiary" | "quaternary" | "identical" => continue,
            _ => {
                let problem = format_args!("there is no option {option:?}; use ascending or descending");
                return Err(bad(Part::SortBy, problem));
            }
        };
        if direction.replace(is_descending).is_some_and(|before| before != is_descending) {
            return Err(bad(Part::SortBy, "ascending or descending, not both"));
        }
    }
    Ok(direction.unwrap_or(false))
}

/// Extends comparisons with the URI of a bundle, which responses show with `base` before it: the store knows it without.
fn inside(base: &Base, filter: Filter) -> Filter {
    const BUNDLES: &str = "/api/bundle/";
    let each = |parts: Vec<Filter>| parts.into_iter().map(|part| inside(base, part)).collect();
    let of_bundles = |test: Test, value: &str| {
        let shown = base.to(BUNDLES);
        if value.starts_with(&shown) {
            return Some(base.within(value).to_owned());
        }
        // The URI of each bundle begins with it, or contains it.
        let is_in_each = match test {
            Test::StartsWith => shown.starts_with(value),
            Test::Contains => shown.contains(value),
            Test::Equals | Test::EndsWith => false,
        };
        is_in_each.then(|| BUNDLES.to_owned())
    };
    match filter {
        Filter::All(parts) => Filter::All(each(parts)),
        Filter::Any(parts) => Filter::Any(each(parts)),
        Filter::Not(part) => Filter::Not(Box::new(inside(base, *part))),
        Filter::Text(of @ TextOf::ResourceUri, test, case, value) => {
            let known = of_bundles(test, &value).map(|known| Filter::Text(of, test, case, known));
            let shown = Filter::Text(of, test, case, value);
            known.map_or(shown.clone(), |known| Filter::Any(vec![shown, known]))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn listing(query: &str) -> Result<Listing, String> {
        let request = TestRequest::with_uri(&format!("{SHARES}?{query}")).to_http_request();
        Listing::of(&request).map_err(|problem| format!("{problem:?}"))
    }

    fn links(query: &str, count: i64) -> String {
        let base = Base::new(std::sync::Arc::new(crate::config::Config::build(None, []).unwrap()));
        let value = serde_json::to_value(listing(query).unwrap().links(&base, count, 5_000)).unwrap();
        let links = value.as_array().unwrap().iter().filter(|link| link["rel"] != "up" && link["rel"] != "createShare");
        let line = |link: &serde_json::Value| {
            assert_eq!(link["href"], link["uri"]);
            format!("{} {}", link["rel"].as_str().unwrap(), link["href"].as_str().unwrap().replace(SHARES, ""))
        };
        links.map(line).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_page_links_to_its_neighbours() {
        assert_eq!(links("", 50), "self ?start=0&limit=50");
        assert_eq!(links("", 51), "self ?start=0&limit=50 next ?start=50&limit=50 last ?start=50&limit=50");
        assert_eq!(
            links("start=2&limit=2&sortBy=name", 7),
            "self ?sortBy=name&start=2&limit=2 first ?sortBy=name&start=0&limit=2 prev ?sortBy=name&start=0&limit=2 \
             next ?sortBy=name&start=4&limit=2 last ?sortBy=name&start=6&limit=2"
        );
        assert_eq!(links("start=1&limit=2", 3), "self ?start=1&limit=2 first ?start=0&limit=2 prev ?start=0&limit=2");
        // Past the end, `prev` leads to the last page.
        assert_eq!(links("start=90&limit=2", 7), "self ?start=90&limit=2 first ?start=0&limit=2 prev ?start=6&limit=2");
        assert_eq!(links("start=90&limit=2", 0), "self ?start=90&limit=2 first ?start=0&limit=2 prev ?start=0&limit=2");
        assert_eq!(links("limit=0", 7), "self ?start=0&limit=0");
        // Values in the filter are escaped.
        assert_eq!(
            links("filter=eq(name,'a%26start=9%2B+%25')&limit=1", 2),
            "self ?filter=eq%28name%2C%27a%26start%3D9%2B+%25%27%29&start=0&limit=1 \
             next ?filter=eq%28name%2C%27a%26start%3D9%2B+%25%27%29&start=1&limit=1 \
             last ?filter=eq%28name%2C%27a%26start%3D9%2B+%25%27%29&start=1&limit=1"
        );
    }

    #[test]
    fn a_number_that_is_too_large_is_the_largest() {
        let page = |query: &str| listing(query).unwrap().page;
        assert_eq!(page(""), Page { limit: 50, offset: 0 });
        assert_eq!(page("limit=1000000&start=7"), Page { limit: 5_000, offset: 7 });
        assert_eq!(page("limit=99999999999999999999"), Page { limit: 5_000, offset: 0 });
        assert_eq!(page("start=99999999999999999999"), Page { limit: 50, offset: i64::MAX });
        assert_eq!(
            links("start=99999999999999999999", 3),
            "self ?start=9223372036854775807&limit=50 first ?start=0&limit=50 prev ?start=0&limit=50"
        );
    }

    #[test]
    fn the_order_is_by_one_member() {
        let sorted = |text: &str| order(text).map_err(|problem| format!("{problem:?}")).ok();
        assert_eq!(sorted("name"), Some((Sort::Name, false)));
        assert_eq!(sorted("description:descending"), Some((Sort::Name, true)));
        assert_eq!(sorted("name:primary:descending, description"), Some((Sort::Name, true)));
        assert_eq!(sorted("modifiedTimeStamp:ascending:ascending"), Some((Sort::Modified, false)));
        for bad in ["", ",", "name,", "id", "Name", "name:down", "name:", "name:ascending:descending", "name,createdTimestamp"] {
            assert_eq!(sorted(bad), None, "{bad:?}");
        }
    }
}
