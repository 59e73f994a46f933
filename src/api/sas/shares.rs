//! Lists, creates, reads, changes and deletes shares.

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH, LAST_MODIFIED};
use actix_web::web;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::call::{Call, content_type};
use super::listing::Listing;
use super::problem::{self, Denied, ErrorBody, Part, Problem, Repeated, Unread};
use super::types::Type;
use super::wire::{COLLECTION, CollectionBody, NewShareBody, SHARE, ShareBody, tag};
use crate::domain::{Address, Principal};
use crate::http::base_path::Base;
use crate::http::call::head;
use crate::http::conditional::Tags;
use crate::workflow::idempotency::{self, Answer};
use crate::workflow::shares::{self, Change, NewShare, Share, ShareId, Target, Whose};
use crate::workflow::{What, WorkflowError};

/// The shares that the caller gave, received or owns; all shares for administrators.
#[utoipa::path(
    get, path = "/authorization/shares",
    params(
        ("filter" = Option<String>, Query, description = "eq, ne, startsWith, endsWith, contains, in on sharedBy, sharedWith, resourceUri, name; eq, ne, in on type and sharedWithType; eq, ne on enabled; eq, ne, lt, le, gt, ge on createdTimestamp, modifiedTimestamp; within and, or, not", example = "and(eq(sharedBy,\"bob\"),startsWith(resourceUri,\"/files/\"))"),
        ("sortBy" = Option<String>, Query, description = "name (or description), createdTimestamp or modifiedTimestamp, then :ascending or :descending; default: by id"),
        ("start" = Option<i64>, Query, description = "default 0"),
        ("limit" = Option<i64>, Query, description = "default 50; more than 5000 means 5000"),
        ("sharedBy" = Option<String>, Query, description = "the same as eq(sharedBy,…); likewise sharedWith, sharedWithType, resourceUri, name, type and enabled")
    ),
    responses(
        (status = 200, content_type = "application/vnd.sas.collection+json", body = CollectionBody<'static>),
        (status = 400, description = "filter, sortBy, start or limit", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        Denied
    )
)]
pub(super) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let asked = Listing::of(&call.request)?;
    let whose = if call.caller.may_administer() { Whose::All } else { Whose::Own };
    let wanted = shares::Listing { whose, filter: asked.filter.clone(), sort: asked.sort, is_descending: asked.is_descending };
    let page = asked.page;
    let read = call.read(move |tx, caller| Ok((shares::list(tx, caller, &wanted, page)?, tx.now())));
    let (slice, now) = read.await?;
    let base = call.base();
    let items: Vec<ShareBody> = slice.items.iter().filter_map(|share| ShareBody::of(&base, share, now)).collect();
    Ok(HttpResponse::Ok().content_type(content_type(&call.request, COLLECTION)).json(CollectionBody {
        version: 2,
        accept: SHARE,
        count: slice.total,
        start: page.offset,
        limit: page.limit,
        name: "items",
        items: &items,
        value: &items,
        links: asked.links(&base, slice.total, slice.items.len()),
    }))
}

/// Shares an object that the caller owns or may reshare. The recipient is notified by email.
#[utoipa::path(
    post, path = "/authorization/shares",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body(content((NewShareBody = "application/vnd.sas.authorization.share+json"), (NewShareBody = "application/json"))),
    responses(
        (status = 201, content_type = "application/vnd.sas.authorization.share+json", body = ShareBody, headers(("Location" = String), ("ETag" = String), ("Last-Modified" = String))),
        Unread, Repeated, Denied
    )
)]
pub(super) async fn post(call: Call, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let (draft, body) = call.json::<NewShareBody>(payload, false).await?;
    let new = NewShare {
        of: draft.target(&call.base()),
        with: draft.with()?,
        level: draft.kind.level(),
        reshare: draft.kind.reshare(),
        starts_at: None,
        ends_at: None,
        is_enabled: draft.enabled.unwrap_or(true),
        name: draft.name.unwrap_or_default(),
        tenant: None,
        attributes: None,
    };
    let once = call.once(&body)?;
    let (config, base) = (call.config.clone(), call.base());
    let shared = call.write(move |tx, caller| {
        idempotency::once(tx, once.as_ref(), |tx| {
            let shown = Shown::of(&base, &shares::share(tx, &config, caller, &new)?, tx.now())?;
            Ok(Answer { status: 201, location: Some(shown.location), body: shown.text, is_replay: false })
        })
    });
    let answer = shared.await?;
    let mut response = head(&answer);
    // A new share has version 1.
    response.insert_header((ETAG, quoted(&tag(1, &answer.body))));
    let shown: Option<serde_json::Value> = serde_json::from_str(&answer.body).ok();
    let modified = shown.as_ref().and_then(|share| share.get("modifiedTimestamp")).and_then(serde_json::Value::as_str);
    if let Some(modified) = modified.and_then(|text| text.parse().ok()) {
        response.insert_header((LAST_MODIFIED, http_date(modified)));
    }
    Ok(response.content_type(content_type(&call.request, SHARE)).body(answer.body))
}

/// A share.
#[utoipa::path(
    get, path = "/authorization/shares/{id}",
    params(("id" = String, Path, description = "the UUID of the share"), ("If-None-Match" = Option<String>, Header)),
    responses(
        (status = 200, content_type = "application/vnd.sas.authorization.share+json", body = ShareBody, headers(("ETag" = String), ("Last-Modified" = String))),
        (status = 304, description = "It still has that ETag"),
        (status = 400, description = "If-None-Match names no ETag", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        (status = 404, description = "No such share, deleted, or not visible to the caller", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        Denied
    )
)]
pub(super) async fn get(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = id_of(&id)?;
    let known = tags(&call.request, &IF_NONE_MATCH)?;
    let base = call.base();
    let shown = call.read(move |tx, caller| Shown::of(&base, &shares::find(tx, caller, &id)?, tx.now())).await?;
    if known.is_some_and(|known| known.has_version(&shown.tag)) {
        return Ok(shown.head(StatusCode::NOT_MODIFIED).finish());
    }
    Ok(shown.answer(&call.request))
}

/// Replaces the type, the name and `enabled` of a share. Only its grantor may, and only with the current `ETag`.
#[utoipa::path(
    put, path = "/authorization/shares/{id}",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the ETag of the replaced version, or *")),
    request_body(content((NewShareBody = "application/vnd.sas.authorization.share+json"), (NewShareBody = "application/json"))),
    responses(
        (status = 200, content_type = "application/vnd.sas.authorization.share+json", body = ShareBody, headers(("ETag" = String), ("Last-Modified" = String))),
        (status = 400, description = "A member is invalid, or cannot be changed: sharedWith, sharedWithType, resourceUri, sharedBy", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        (status = 404, description = "No such share, deleted, or not visible to the caller", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        (status = 412, description = "It has changed since", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        (status = 428, description = "If-Match is missing", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        Unread, Denied
    )
)]
pub(super) async fn put(call: Call, id: web::Path<String>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let id = id_of(&id)?;
    let tags = tags(&call.request, &IF_MATCH)?.ok_or_else(problem::unconditional)?;
    let (draft, _) = call.json::<NewShareBody>(payload, false).await?;
    let (config, base) = (call.config.clone(), call.base());
    let changed = call.write(move |tx, caller| {
        let before = shares::find(tx, caller, &id)?;
        let now = tx.now();
        if !tags.has_version(&Shown::of(&base, &before, now)?.tag) {
            return Err(WorkflowError::Stale);
        }
        let change = change(&base, &before, &draft, now)?;
        Shown::of(&base, &shares::change(tx, &config, caller, &id, Some(before.grant.version), &change)?, now)
    });
    Ok(changed.await?.answer(&call.request))
}

/// Revokes and deletes a share, with all shares reshared under it, immediately. Its grantor, its recipient by name, the owner
/// of the object and administrators may.
#[utoipa::path(
    delete, path = "/authorization/shares/{id}",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 204, description = "Revoked"),
        (status = 400, description = "If-Match names no ETag", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        (status = 404, description = "No such share, deleted already, or not visible to the caller", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        (status = 412, description = "It has changed since", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        Denied
    )
)]
pub(super) async fn delete(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = id_of(&id)?;
    let tags = tags(&call.request, &IF_MATCH)?;
    let base = call.base();
    let deleted = call.write(move |tx, caller| {
        let shown = Shown::of(&base, &shares::find(tx, caller, &id)?, tx.now())?;
        if tags.as_ref().is_some_and(|tags| !tags.has_version(&shown.tag)) {
            return Err(WorkflowError::Stale);
        }
        shares::delete(tx, caller, &id)
    });
    deleted.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The response for a share.
struct Shown {
    location: String,
    text: String,
    tag: String,
    modified_at: DateTime<Utc>,
}

impl Shown {
    fn of(base: &Base, share: &Share, now: DateTime<Utc>) -> Result<Self, WorkflowError> {
        let body = ShareBody::of(base, share, now).ok_or(WorkflowError::NotFound(What::Grant))?;
        let text = serde_json::to_string(&body).unwrap_or_default();
        let tag = tag(share.grant.version, &text);
        Ok(Self { location: body.location(base), text, tag, modified_at: share.grant.updated_at })
    }

    fn head(&self, status: StatusCode) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(status);
        response.insert_header((ETAG, quoted(&self.tag))).insert_header((LAST_MODIFIED, http_date(self.modified_at)));
        response
    }

    fn answer(self, request: &HttpRequest) -> HttpResponse {
        self.head(StatusCode::OK).content_type(content_type(request, SHARE)).body(self.text)
    }
}

/// The members that a client wants to change. A response can be coarser than the share (`contribute` is shown as `edit`), so a
/// member that is sent back unchanged stays as it is.
fn change(base: &Base, share: &Share, draft: &NewShareBody, now: DateTime<Utc>) -> Result<Change, WorkflowError> {
    const NEW: &str = "it cannot change; make a new share, and delete this one";
    let shown = ShareBody::of(base, share, now).ok_or(WorkflowError::NotFound(What::Grant))?;
    if draft.shared_with_type.as_str() != shown.shared_with_type {
        return Err(WorkflowError::invalid("sharedWithType", NEW));
    }
    if draft.shared_with != shown.shared_with && !is_address_of(share.grantee.as_ref(), &draft.shared_with) {
        return Err(WorkflowError::invalid("sharedWith", NEW));
    }
    let is_same_bundle =
        matches!(draft.target(base), Target::Bundle(id) if base.within(&shown.resource_uri) == format!("/api/bundle/{id}/"));
    if draft.resource_uri != shown.resource_uri && !is_same_bundle {
        return Err(WorkflowError::invalid("resourceUri", NEW));
    }
    if draft.shared_by.as_ref().is_some_and(|name| *name != shown.shared_by) {
        return Err(WorkflowError::invalid("sharedBy", NEW));
    }
    let grant = &share.grant;
    let (is_enabled, name) = (draft.enabled.unwrap_or(true), draft.name.as_deref().unwrap_or_default());
    if is_enabled && !shown.enabled {
        if grant.ends_at.is_some_and(|end| end <= now) {
            return Err(WorkflowError::invalid("enabled", "it has ended; make a new share"));
        }
        if now < grant.starts_at {
            return Err(WorkflowError::invalid("enabled", format!("it begins at {}", grant.starts_at.to_rfc3339())));
        }
    }
    let (is, wanted) = (Type::of(grant), draft.kind);
    Ok(Change {
        level: (wanted.may_edit() != is.may_edit()).then(|| wanted.level()),
        reshare: (wanted.may_share() != is.may_share()).then(|| wanted.reshare()),
        is_enabled: (is_enabled != shown.enabled).then_some(is_enabled),
        name: (name != grant.comment).then(|| name.to_owned()),
        ..Change::default()
    })
}

fn is_address_of(principal: Option<&Principal>, text: &str) -> bool {
    let Some(Principal::User(user)) = principal else { return false };
    Address::parse(text).is_ok_and(|address| address == user.email)
}

/// A UUID in its canonical format. Other ids do not exist.
fn id_of(text: &str) -> Result<ShareId, Problem> {
    // Only the form with hyphens has this length.
    let id = Uuid::try_parse(text).ok().filter(|_| text.len() == 36).ok_or_else(problem::no_share)?;
    Ok(ShareId::Public(id.to_string()))
}

fn tags(request: &HttpRequest, header: &HeaderName) -> Result<Option<Tags>, Problem> {
    let name = if *header == IF_MATCH { "If-Match" } else { "If-None-Match" };
    Tags::of(request, header).map_err(|bad| problem::bad(Part::Header(name), bad))
}

fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}

fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
