//! Creates, changes and revokes shares, by the owner of the objects in their own tenant.

use actix_web::{HttpResponse, web};
use serde_json::{Map, Value};

use super::call::Call;
use super::problem::{Denied, ErrorBody, Problem, Unread};
use super::share_body::{NewShareBody, kept_members};
use super::wire::{OneShare, both, kept, share_json_now};
use crate::auth::Links;
use crate::domain::{Caller, Grant, GrantId, Level};
use crate::http::call::head;
use crate::store::Tx;
use crate::workflow::idempotency::{self, Answer};
use crate::workflow::shares::{self, Change, NewShare, ShareId, Target, With};
use crate::workflow::{What, WhyForbidden, WorkflowError};

/// Shares objects with anybody who has the code. The caller owns them or may share them on. The same call by the same
/// credential within ten minutes gets the same share.
#[utoipa::path(
    post, path = "/as/sharing/{tenant}/share",
    params(
        ("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod", description = "the tenant of the caller"),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = NewShareBody,
    responses(
        (status = 200, body = OneShare),
        (status = 422, description = "This Idempotency-Key was used for another call", body = ErrorBody),
        Unread, Denied
    )
)]
pub(super) async fn create(call: Call, tenant: web::Path<String>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let (sent, body) = call.json::<NewShareBody>(payload, true).await?;
    let objects = sent.objects().filter(|objects| !objects.is_empty());
    let objects = objects.ok_or_else(|| Problem::bad("object_ids: name at least one object"))?;
    let mut others = kept_members(&body);
    // The order in the body, which the resources of a share do not have.
    others.insert("object_ids".into(), objects.clone().into());
    let new = NewShare {
        of: Target::Uris(objects),
        with: With::PublicLink,
        level: Level::View,
        reshare: 0,
        starts_at: sent.starts_at(),
        ends_at: sent.ends_at().flatten(),
        is_enabled: true,
        name: String::new(),
        tenant: Some(tenant.into_inner()),
        attributes: Some(Value::Object(others).to_string()),
    };
    let (once, config) = (call.repeated(&body)?, call.config.clone());
    let made = call.change(move |tx, caller, links| {
        shares::require_tenant(tx, caller, new.tenant.as_deref().unwrap_or_default())?;
        // The stored answer names the share, but does not contain its code.
        let answer = idempotency::once(tx, Some(&once), |tx| {
            let made = shares::share(tx, &config, caller, &new)?;
            Ok(Answer { status: 200, location: None, body: made.grant.id.to_string(), is_replay: false })
        })?;
        let id = answer.body.parse().map(GrantId).map_err(|_| WorkflowError::NotFound(What::Grant))?;
        let share = shares::find(tx, caller, &ShareId::Number(id))?;
        Ok((share_json_now(tx, &share, links)?, answer))
    });
    let (share, answer) = made.await?;
    Ok(head(&answer).json(both(share)))
}

/// Changes a share; only its creator may. Missing members stay; null deletes a member.
#[utoipa::path(
    put, path = "/as/sharing/{tenant}/share/{share_id}",
    params(
        ("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod"),
        ("share_id" = String, Path, description = "the code of the share")
    ),
    request_body = NewShareBody,
    responses(
        (status = 200, body = OneShare),
        (status = 404, description = "No such share in this tenant", body = ErrorBody),
        Unread, Denied
    )
)]
pub(super) async fn update(
    call: Call,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (tenant, code) = path.into_inner();
    let (sent, body) = call.json::<NewShareBody>(payload, true).await?;
    let (objects, others) = (sent.objects(), kept_members(&body));
    let config = call.config.clone();
    let changed = call.change(move |tx, caller, links| {
        let grant = named(tx, caller, links, &tenant, &code)?;
        if caller.user != Some(grant.grantor) {
            return Err(WorkflowError::Forbidden(WhyForbidden::OnlyMakerChanges));
        }
        if grant.revoked_at.is_some() {
            return Err(WorkflowError::Forbidden(WhyForbidden::ShareRevoked));
        }
        if let Some(objects) = &objects {
            same_objects(tx, &grant, objects)?;
        }
        let change = Change {
            starts_at: sent.starts_at(),
            ends_at: sent.ends_at(),
            attributes: (!others.is_empty()).then(|| Some(merged(&grant, &others))),
            ..Change::default()
        };
        let share = shares::change(tx, &config, caller, &ShareId::Number(grant.id), Some(grant.version), &change)?;
        share_json_now(tx, &share, links)
    });
    Ok(HttpResponse::Ok().json(both(changed.await?)))
}

/// Revokes a share; its creator, the owner of the objects and administrators may. Its code and all tokens redeemed from it stop
/// working. Revoking it again changes nothing.
#[utoipa::path(
    put, path = "/as/sharing/{tenant}/share/{share_id}/revoke",
    params(
        ("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod"),
        ("share_id" = String, Path, description = "the code of the share")
    ),
    responses(
        (status = 200, body = OneShare),
        (status = 404, description = "No such share in this tenant", body = ErrorBody),
        Denied
    )
)]
pub(super) async fn revoke(
    call: Call,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (tenant, code) = path.into_inner();
    // Clients send an empty object; it has no members.
    call.body(payload).await?;
    let revoked = call.change(move |tx, caller, links| {
        let grant = named(tx, caller, links, &tenant, &code)?;
        let id = ShareId::Number(grant.id);
        // Other members of the tenant may see the share, but not revoke it.
        shares::find(tx, caller, &id).map_err(|refusal| match refusal {
            WorkflowError::NotFound(What::Grant) => WorkflowError::Forbidden(WhyForbidden::OnlyMakerRevokes),
            other => other,
        })?;
        if grant.revoked_at.is_none() {
            shares::revoke(tx, caller, grant.id)?;
        }
        let share = shares::find(tx, caller, &id)?;
        share_json_now(tx, &share, links)
    });
    Ok(HttpResponse::Ok().json(both(revoked.await?)))
}

/// The share with this code in the tenant of the caller.
fn named(tx: &mut Tx<'_>, caller: &Caller, links: &Links, tenant: &str, code: &str) -> Result<Grant, WorkflowError> {
    shares::require_tenant(tx, caller, tenant)?;
    let grant = links.find(tx, code)?.filter(|grant| grant.tenant.as_deref() == Some(tenant));
    grant.ok_or(WorkflowError::NotFound(What::Grant))
}

/// The objects of a share do not change, because its code was given out for them.
fn same_objects(tx: &mut Tx<'_>, grant: &Grant, objects: &[String]) -> Result<(), WorkflowError> {
    let mut has = crate::store::grants::limited_to(tx, grant.id)?;
    let mut named = objects.to_vec();
    has.sort_unstable();
    named.sort_unstable();
    if has == named {
        Ok(())
    } else {
        Err(WorkflowError::invalid("of", "a share stays of what it is; make another one for others"))
    }
}

/// The stored attributes, replaced by the sent ones.
fn merged(grant: &Grant, sent: &Map<String, Value>) -> String {
    let mut members = kept(grant);
    for (name, value) in sent {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    Value::Object(members).to_string()
}
