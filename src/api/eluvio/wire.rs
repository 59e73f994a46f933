//! Responses: the attributes of a share, and over them the members that describe it.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::auth::Links;
use crate::domain::Grant;
use crate::store::{self, Tx, tokens};
use crate::workflow::WorkflowError;
use crate::workflow::shares::{Share, Shared};

/// A share.
#[derive(utoipa::ToSchema)]
#[schema(as = EluvioShare)]
#[expect(dead_code, reason = "the description's; what is shown is put together member by member")]
pub(super) struct ShareBody {
    /// The code, which gives access and identifies the share.
    share_id: String,
    /// The tenant.
    tenant: String,
    /// The first object.
    object_id: String,
    /// The objects, in the order in which they were sent.
    object_ids: Vec<String>,
    /// The start, in seconds since 1970.
    start_time: i64,
    /// The end, in seconds since 1970; missing if there is none.
    end_time: Option<i64>,
    /// Whether it was revoked.
    revoked: bool,
    /// When it was created.
    created: i64,
    /// When it was last changed.
    updated: i64,
    /// The attributes of its creator, here or under other names, as they were sent.
    attributes: Option<serde_json::Value>,
}

/// A share: clients read its members at the top level or in `share`.
#[derive(utoipa::ToSchema)]
#[schema(as = EluvioOneShare)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct OneShare {
    share: ShareBody,
    #[schema(inline)]
    #[serde(flatten)]
    flat: ShareBody,
}

/// A share in the response of `info`.
#[derive(utoipa::ToSchema)]
#[schema(as = EluvioShareInfo)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct ShareInfo {
    share: ShareBody,
}

/// A page of shares.
#[derive(utoipa::ToSchema)]
#[schema(as = EluvioShares)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct Shares {
    shares: Vec<ShareBody>,
    paging: Paging,
}

#[derive(utoipa::ToSchema)]
#[schema(as = EluvioPaging)]
#[expect(dead_code, reason = "the description's")]
struct Paging {
    limit: i64,
    offset: i64,
    total: i64,
}

/// The attributes of a share.
pub(super) fn kept(grant: &Grant) -> Map<String, Value> {
    grant.attributes.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// A share of these objects with its code.
pub(super) fn shown(grant: &Grant, objects: &[String], code: String) -> Value {
    let mut members = kept(grant);
    let objects = in_order(members.get("object_ids"), objects);
    members.entry("sharing_type").or_insert_with(|| "public".into());
    members.insert("share_id".into(), code.into());
    members.insert("tenant".into(), grant.tenant.as_deref().into());
    if let Some(first) = objects.first() {
        members.insert("object_id".into(), first.as_str().into());
    }
    members.insert("object_ids".into(), objects.into());
    members.insert("start_time".into(), grant.starts_at.timestamp().into());
    if let Some(end) = grant.ends_at {
        members.insert("end_time".into(), end.timestamp().into());
    }
    members.insert("revoked".into(), grant.revoked_at.is_some().into());
    members.insert("created".into(), grant.created_at.timestamp().into());
    members.insert("updated".into(), grant.updated_at.timestamp().into());
    Value::Object(members)
}

/// As they were sent; the grant itself does not know them.
fn in_order(sent: Option<&Value>, objects: &[String]) -> Vec<String> {
    let sent: Vec<&str> = sent.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let place = |id: &String| sent.iter().position(|other| other == id).unwrap_or(usize::MAX);
    let mut objects = objects.to_vec();
    objects.sort_by_key(place);
    objects
}

/// A share as JSON.
pub(super) fn share_json(share: &Share, links: &Links, epoch: i32) -> Value {
    let (Shared::Resources(resources) | Shared::Bundle(_, resources)) = &share.of;
    let objects: Vec<String> = resources.iter().map(|resource| resource.uri.clone()).collect();
    shown(&share.grant, &objects, links.code(&share.grant, epoch))
}

/// As [`share_json`], with the current epoch of the database.
pub(super) fn share_json_now(tx: &mut Tx<'_>, share: &Share, links: &Links) -> Result<Value, WorkflowError> {
    let epoch = tokens::epoch(tx)?;
    Ok(share_json(share, links, epoch))
}

/// A share as anybody with its code sees it.
pub(super) fn opened(tx: &mut Tx<'_>, grant: &Grant, code: String) -> Result<Value, WorkflowError> {
    let objects = store::grants::limited_to(tx, grant.id)?;
    Ok(json!({ "share": shown(grant, &objects, code) }))
}

/// At the top level and in `share`, because clients read either.
pub(super) fn both(share: Value) -> Value {
    let mut top = share.clone();
    if let Some(members) = top.as_object_mut() {
        members.insert("share".into(), share);
    }
    top
}

/// Whole seconds since 1970.
pub(super) fn seconds(at: DateTime<Utc>) -> i64 {
    at.timestamp()
}
