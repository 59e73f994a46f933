//! The shares of a tenant, for its members, including revoked and expired ones.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::problem::{Denied, Problem, Unread};
use super::share_body::{ObjectId, all_members};
use super::wire::{Paging, Shares, kept, share_json};
use crate::domain::{Caller, Filter, GranteeKind, Page, Slice, Sort};
use crate::http::json_body::RequestBody;
use crate::http::query::Query;
use crate::store::{Tx, bundles, tokens};
use crate::workflow::WorkflowError;
use crate::workflow::shares::{self, Listing, Share, Whose};

const LIMIT: i64 = 100;
const LIMIT_MOST: i64 = 10_000;

/// The members that describe a share. A list is filtered by `object_id` and attributes only, in the body of a POST.
const FIELDS: [&str; 11] = [
    "share_id",
    "share",
    "tenant",
    "object_id",
    "object_ids",
    "start_time",
    "end_time",
    "revoked",
    "created",
    "updated",
    "attributes",
];

/// The requested shares.
struct Wanted {
    tenant: String,
    object: Option<String>,
    /// The attributes that a share must have.
    others: Map<String, Value>,
    page: Page,
}

/// The shares of the caller's tenant, oldest first.
#[utoipa::path(
    get, path = "/as/sharing/{tenant}/shares",
    params(
        ("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod", description = "the tenant of the caller"),
        ("limit" = Option<i64>, Query, description = "default 100; more than 10,000 means 10,000"),
        ("offset" = Option<i64>, Query)
    ),
    responses((status = 200, body = Shares), Unread, Denied)
)]
pub(super) async fn all(call: Call, tenant: web::Path<String>) -> Result<HttpResponse, Problem> {
    list(&call, Wanted { tenant: tenant.into_inner(), object: None, others: Map::new(), page: page(&call.request)? }).await
}

/// The filter. Any other members must be among the attributes of the share: for an object its members, for a list each of its
/// values, otherwise an equal value.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = EluvioWanted)]
pub(super) struct WantedBody {
    /// Only shares of this object.
    #[schema(value_type = Option<String>, example = "iq__2hAJPCjqo1wbobPvB7wb1x")]
    object_id: Option<ObjectId>,
    /// Only shares with these attributes.
    #[serde(rename = "attributes")]
    #[schema(value_type = Option<Value>)]
    _attributes: Option<IgnoredAny>,
}

impl RequestBody for WantedBody {}

/// The shares of an object or with certain attributes. Changes nothing.
#[utoipa::path(
    post, path = "/as/sharing/{tenant}/shares",
    params(
        ("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod", description = "the tenant of the caller"),
        ("limit" = Option<i64>, Query, description = "default 100; more than 10,000 means 10,000"),
        ("offset" = Option<i64>, Query)
    ),
    request_body = Option<WantedBody>,
    responses((status = 200, body = Shares), Unread, Denied)
)]
pub(super) async fn some(call: Call, tenant: web::Path<String>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let (wanted, body) = call.json::<WantedBody>(payload, true).await?;
    let (object, mut others) = (wanted.object_id.map(|ObjectId(id)| id), all_members(&body));
    others.remove("object_id");
    list(&call, Wanted { tenant: tenant.into_inner(), object, others, page: page(&call.request)? }).await
}

fn page(request: &HttpRequest) -> Result<Page, Problem> {
    let query = Query::of(request);
    if let Some(name) = query.names().find(|name| FIELDS.contains(name)) {
        return Err(Problem::bad(format_args!("{name}: no parameter filters; send it in the body of a POST")));
    }
    let number = |name: &'static str, least: i64, otherwise: i64| match query
        .one(name)
        .map_err(Problem::bad)?
        .filter(|text| !text.is_empty())
    {
        None => Ok(otherwise),
        Some(text) => {
            let number = text.parse().ok().filter(|number| *number >= least);
            number.ok_or_else(|| Problem::bad(format_args!("{name}: a whole number, at least {least}")))
        }
    };
    Ok(Page { limit: number("limit", 1, LIMIT)?.min(LIMIT_MOST), offset: number("offset", 0, 0)? })
}

async fn list(call: &Call, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let page = wanted.page;
    let links = call.links()?;
    let read = call.read(move |tx, caller| {
        let slice = part(tx, caller, &wanted)?;
        let epoch = tokens::epoch(tx)?;
        Ok(slice.map(|share| share_json(&share, &links, epoch)))
    });
    let Slice { items, total } = read.await?;
    // A large page ends early, and reports where the next one begins.
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let is_cut = count < page.limit && page.offset.saturating_add(count) < total;
    let paging = Paging { limit: if is_cut { count } else { page.limit }, offset: page.offset, total };
    Ok(HttpResponse::Ok().json(json!(Shares { shares: items, paging })))
}

fn part(tx: &mut Tx<'_>, caller: &Caller, wanted: &Wanted) -> Result<Slice<Share>, WorkflowError> {
    shares::require_tenant(tx, caller, &wanted.tenant)?;
    let mut conditions = vec![Filter::Kinds(vec![GranteeKind::PublicLink])];
    if let Some(object) = &wanted.object {
        let Some(resource) = bundles::find_resource(tx, object)? else { return Ok(Slice { items: Vec::new(), total: 0 }) };
        conditions.push(Filter::Resource(resource.id));
    }
    let listing = Listing {
        whose: Whose::Tenant(wanted.tenant.clone()),
        filter: Filter::All(conditions),
        sort: Sort::Id,
        is_descending: false,
    };
    if wanted.others.is_empty() {
        return shares::list(tx, caller, &listing, wanted.page);
    }
    // Attributes are not indexed, so all shares are compared, up to a limit.
    let wanted_of_it = Value::Object(wanted.others.clone());
    let kept_with = |share: &Share| holds(&Value::Object(kept(&share.grant)), &wanted_of_it);
    shares::list_matching(tx, caller, &listing, wanted.page, LIMIT_MOST, kept_with)?.map_err(|total| {
        let problem = format!("there are {total} shares to look through, and at most {LIMIT_MOST} are; name the object too");
        WorkflowError::invalid("object_id", problem)
    })
}

/// Whether the attributes contain the wanted ones.
fn holds(kept: &Value, wanted: &Value) -> bool {
    match (kept, wanted) {
        (Value::Object(kept), Value::Object(wanted)) => {
            wanted.iter().all(|(name, value)| kept.get(name).is_some_and(|kept| holds(kept, value)))
        }
        (Value::Array(kept), Value::Array(wanted)) => wanted.iter().all(|value| kept.iter().any(|kept| holds(kept, value))),
        (Value::Array(kept), one) => kept.iter().any(|kept| holds(kept, one)),
        (kept, wanted) => kept == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_held_member_by_member_and_value_by_value() {
        let kept = json!({ "composition": ["main", "short"], "label": "A", "n": 1, "deep": { "a": [{ "b": 1, "c": 2 }] } });
        for wanted in [
            json!({}),
            json!({ "composition": ["main"] }),
            json!({ "composition": ["short", "main"] }),
            json!({ "composition": "main" }),
            json!({ "composition": [] }),
            json!({ "label": "A", "n": 1 }),
            json!({ "deep": { "a": [{ "c": 2 }] } }),
        ] {
            assert!(holds(&kept, &wanted), "{wanted}");
        }
        for wanted in [
            json!({ "composition": ["main", "other"] }),
            json!({ "composition": ["mai"] }),
            json!({ "label": "a" }),
            json!({ "label": ["A"] }),
            json!({ "n": "1" }),
            json!({ "missing": null }),
            json!({ "deep": { "a": [{ "b": 2 }] } }),
            json!([]),
        ] {
            assert!(!holds(&kept, &wanted), "{wanted}");
        }
    }
}
