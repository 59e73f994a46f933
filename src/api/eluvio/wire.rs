//! Responses: the attributes of a share, and over them the members that describe it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::auth::Links;
use crate::domain::Grant;
use crate::store::{self, Tx, tokens};
use crate::workflow::WorkflowError;
use crate::workflow::shares::{Share, Shared};

/// A share.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioShare)]
pub(super) struct ShareBody {
    /// The code, which gives access and identifies the share.
    share_id: String,
    /// The tenant.
    #[schema(value_type = String)]
    tenant: Option<String>,
    /// The first object.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = true)]
    object_id: Option<String>,
    /// The objects, in the order in which they were sent.
    object_ids: Vec<String>,
    /// The start, in seconds since 1970.
    start_time: i64,
    /// The end, in seconds since 1970; missing if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<i64>,
    /// Whether it was revoked.
    revoked: bool,
    /// When it was created.
    created: i64,
    /// When it was last changed.
    updated: i64,
    /// The attributes of its creator, here or under other names, as they were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<serde_json::Value>,
}

/// A share: clients read its members at the top level or in `share`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioOneShare)]
pub(super) struct OneShare {
    #[schema(value_type = ShareBody)]
    share: Value,
    #[schema(inline, value_type = ShareBody)]
    #[serde(flatten)]
    flat: Value,
}

/// A share in the response of `info`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioShareInfo)]
pub(super) struct ShareInfo {
    #[schema(value_type = ShareBody)]
    share: Value,
}

/// A page of shares.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioShares)]
pub(super) struct Shares {
    #[schema(value_type = Vec<ShareBody>)]
    pub(super) shares: Vec<Value>,
    pub(super) paging: Paging,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioPaging)]
pub(super) struct Paging {
    pub(super) limit: i64,
    pub(super) offset: i64,
    pub(super) total: i64,
}

/// The attributes of a share.
pub(super) fn kept(grant: &Grant) -> Map<String, Value> {
    grant.attributes.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// A share of these objects with its code.
pub(super) fn shown(grant: &Grant, objects: &[String], code: String) -> Value {
    let mut members = kept(grant);
    let object_ids = in_order(members.get("object_ids"), objects);
    members.entry("sharing_type").or_insert_with(|| "public".into());
    let body = ShareBody {
        share_id: code,
        tenant: grant.tenant.clone(),
        object_id: object_ids.first().cloned(),
        object_ids,
        start_time: grant.starts_at.timestamp(),
        end_time: grant.ends_at.map(|end| end.timestamp()),
        revoked: grant.revoked_at.is_some(),
        created: grant.created_at.timestamp(),
        updated: grant.updated_at.timestamp(),
        attributes: members.remove("attributes"),
    };
    if let Value::Object(body) = json!(body) {
        members.extend(body);
    }
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
pub(super) fn opened(tx: &mut Tx<'_>, grant: &Grant, code: String) -> Result<ShareInfo, WorkflowError> {
    let objects = store::grants::limited_to(tx, grant.id)?;
    Ok(ShareInfo { share: shown(grant, &objects, code) })
}

/// At the top level and in `share`, because clients read either.
pub(super) fn both(share: Value) -> Value {
    json!(OneShare { share: share.clone(), flat: share })
}
