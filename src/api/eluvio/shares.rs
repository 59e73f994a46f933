//! Making, changing and taking back shares: by those whose objects they are, in their own tenant.

use actix_web::{HttpResponse, web};
use serde_json::{Map, Value};

use super::call::Call;
use super::problem::{Denied, ErrorBody, Problem, Unread};
use super::share_body::{NewShareBody, kept_members};
use super::wire::{OneShare, both, kept, told_now};
use crate::auth::Links;
use crate::domain::{Caller, Grant, GrantId, Level};
use crate::http::call::head;
use crate::store::Tx;
use crate::workflow::idempotency::{self, Answer};
use crate::workflow::shares::{self, Change, NewShare, ShareId, Target, With};
use crate::workflow::{What, WhyForbidden, WorkflowError};

/// Shares objects of the caller's own, or that were shared with them to be shared on, with whoever gets its code. The same call
/// again within ten minutes, sent by the same credential, answers with the same share.
#[utoipa::path(
    post, path = "/as/sharing/{tenant}/share",
    params(
        ("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod", description = "the caller's own"),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = NewShareBody,
    responses(
        (status = 200, body = OneShare),
        (status = 422, description = "This Idempotency-Key was used for something else", body = ErrorBody),
        Unread, Denied
    )
)]
pub(super) async fn create(call: Call, tenant: web::Path<String>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let (sent, body) = call.json::<NewShareBody>(payload, true).await?;
    let objects = sent.objects().filter(|objects| !objects.is_empty());
    let objects = objects.ok_or_else(|| Problem::bad("object_ids: name at least one object"))?;
    let mut others = kept_members(&body);
    // The order they were named in, which a share's resources have not.
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
        // What is kept to be answered again is which share it was, not its code.
        let answer = idempotency::once(tx, Some(&once), |tx| {
            let made = shares::share(tx, &config, caller, &new)?;
            Ok(Answer { status: 200, location: None, body: made.grant.id.to_string(), is_replay: false })
        })?;
        let id = answer.body.parse().map(GrantId).map_err(|_| WorkflowError::NotFound(What::Grant))?;
        let share = shares::find(tx, caller, &ShareId::Number(id))?;
        Ok((told_now(tx, &share, links)?, answer))
    });
    let (share, answer) = made.await?;
    Ok(head(&answer).json(both(share)))
}

/// Changes a share: by who made it alone. What is not sent stays as it is; a member that is sent as null goes.
#[utoipa::path(
    put, path = "/as/sharing/{tenant}/share/{share_id}",
    params(
        ("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod"),
        ("share_id" = String, Path, description = "its code")
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
        told_now(tx, &share, links)
    });
    Ok(HttpResponse::Ok().json(both(changed.await?)))
}

/// Takes a share back: by who made it, by whose objects they are, by an administrator. Its code opens nothing from then on, nor
/// does any token that it was redeemed for. Taken back already, it stays so.
#[utoipa::path(
    put, path = "/as/sharing/{tenant}/share/{share_id}/revoke",
    params(
        ("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod"),
        ("share_id" = String, Path, description = "its code")
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
    // Clients send an empty object; there is nothing to say.
    call.body(payload).await?;
    let revoked = call.change(move |tx, caller, links| {
        let grant = named(tx, caller, links, &tenant, &code)?;
        let id = ShareId::Number(grant.id);
        // To the others of the tenant it is no secret, and not theirs.
        shares::find(tx, caller, &id).map_err(|refusal| match refusal {
            WorkflowError::NotFound(What::Grant) => WorkflowError::Forbidden(WhyForbidden::OnlyMakerRevokes),
            other => other,
        })?;
        if grant.revoked_at.is_none() {
            shares::revoke(tx, caller, grant.id)?;
        }
        let share = shares::find(tx, caller, &id)?;
        told_now(tx, &share, links)
    });
    Ok(HttpResponse::Ok().json(both(revoked.await?)))
}

/// The share that a code opens, in the caller's own tenant.
fn named(tx: &mut Tx<'_>, caller: &Caller, links: &Links, tenant: &str, code: &str) -> Result<Grant, WorkflowError> {
    shares::require_tenant(tx, caller, tenant)?;
    let grant = links.find(tx, code)?.filter(|grant| grant.tenant.as_deref() == Some(tenant));
    grant.ok_or(WorkflowError::NotFound(What::Grant))
}

/// A share's code is out in the world for what it opened then.
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

/// What is kept, with what was sent over it.
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
