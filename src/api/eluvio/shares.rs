//! Making, changing and taking back shares: by those whose objects they are, in their own tenant.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;

use super::call::Call;
use super::problem::{BadRequest, Denied, ErrorBody, Failed, Problem};
use super::share_body::{Sent, object};
use super::wire::{OneShare, both, kept, told_now};
use crate::auth::Links;
use crate::domain::{Caller, Grant, GrantId, Level};
use crate::store::Tx;
use crate::workflow::idempotency::{self, Answer};
use crate::workflow::shares::{self, Change, NewShare, ShareId, Target, With};
use crate::workflow::{What, WhyForbidden, WorkflowError};

/// What is sent to make a share or to change one. Any other members are kept and shown again: 16 KiB of them.
#[derive(utoipa::ToSchema)]
#[schema(as = EluvioNewShare)]
#[expect(dead_code, reason = "the description's; what is read is read member by member")]
pub(super) struct NewShareBody {
    /// What it opens. When a share is changed: missing, or the same.
    #[schema(example = json!(["iq__2hAJPCjqo1wbobPvB7wb1x"]))]
    object_ids: Vec<String>,
    /// One more of them, the first.
    object_id: Option<String>,
    /// From when, in seconds since 1970; missing: now.
    start_time: Option<i64>,
    /// Until when, in seconds since 1970; missing or null: without end, where the maker's own access has none.
    end_time: Option<i64>,
    /// Lists of strings by name; kept as they are.
    attributes: Option<Value>,
}

/// Shares objects of the caller's own, or that were shared with them to be shared on, with whoever gets its code. The same call
/// again within ten minutes, sent by the same credential, answers with the same share.
#[utoipa::path(
    post,
    path = "/as/sharing/{tenant}/share",
    tag = "Eluvio",
    params(("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod", description = "the caller's own"), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewShareBody,
    responses(
        (status = 200, body = OneShare),
        (status = 422, description = "This Idempotency-Key was used for something else", body = ErrorBody),
        BadRequest,
        Denied,
        Failed
    )
)]
pub(super) async fn create(
    call: Call,
    request: HttpRequest,
    tenant: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let body = call.body(&request, payload).await?;
    let sent = Sent::read(object(&body)?)?;
    let objects = sent.objects.filter(|objects| !objects.is_empty());
    let objects = objects.ok_or_else(|| Problem::bad("object_ids: name at least one object"))?;
    let mut others = sent.others;
    // The order they were named in, which a share's resources have not.
    others.insert("object_ids".into(), objects.clone().into());
    let new = NewShare {
        of: Target::Uris(objects),
        with: With::PublicLink,
        level: Level::View,
        reshare: 0,
        starts_at: sent.starts_at,
        ends_at: sent.ends_at.flatten(),
        is_enabled: true,
        name: String::new(),
        tenant: Some(tenant.into_inner()),
        attributes: Some(Value::Object(others).to_string()),
    };
    let (once, config) = (call.once(&request, &body)?, call.house.config.clone());
    let made = call.write(move |tx, caller, links| {
        shares::require_tenant(tx, caller, new.tenant.as_deref().unwrap_or_default())?;
        // What is kept to be answered again is which share it was, not its code.
        let answer = idempotency::once(tx, Some(&once), |tx| {
            let made = shares::share(tx, &config, caller, &new)?;
            Ok(Answer { status: 200, location: None, body: made.grant.id.to_string(), is_replay: false })
        })?;
        let id = answer.body.parse().map(GrantId).map_err(|_| WorkflowError::NotFound(What::Grant))?;
        let share = shares::find(tx, caller, &ShareId::Number(id))?;
        Ok((told_now(tx, &share, links)?, answer.is_replay))
    });
    let (share, is_replay) = made.await?;
    let mut response = HttpResponse::Ok();
    if is_replay {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    Ok(response.json(both(share)))
}

/// Changes a share: by who made it alone. What is not sent stays as it is; a member that is sent as null goes.
#[utoipa::path(
    put,
    path = "/as/sharing/{tenant}/share/{share_id}",
    tag = "Eluvio",
    params(("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod"), ("share_id" = String, Path, description = "its code")),
    request_body = NewShareBody,
    responses(
        (status = 200, body = OneShare),
        (status = 404, description = "No such share in this tenant", body = ErrorBody),
        BadRequest,
        Denied,
        Failed
    )
)]
pub(super) async fn update(
    call: Call,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (tenant, code) = path.into_inner();
    let body = call.body(&request, payload).await?;
    let sent = Sent::read(object(&body)?)?;
    let config = call.house.config.clone();
    let changed = call.write(move |tx, caller, links| {
        let grant = named(tx, caller, links, &tenant, &code)?;
        if caller.user != Some(grant.grantor) {
            return Err(WorkflowError::Forbidden(WhyForbidden::OnlyMakerChanges));
        }
        if grant.revoked_at.is_some() {
            return Err(WorkflowError::Forbidden(WhyForbidden::ShareRevoked));
        }
        if let Some(objects) = &sent.objects {
            same_objects(tx, &grant, objects)?;
        }
        let change = Change {
            starts_at: sent.starts_at,
            ends_at: sent.ends_at,
            attributes: (!sent.others.is_empty()).then(|| Some(merged(&grant, &sent))),
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
    put,
    path = "/as/sharing/{tenant}/share/{share_id}/revoke",
    tag = "Eluvio",
    params(("tenant" = String, Path, example = "iten4TXq7en3qtu3JREnE5tSLRf9zLod"), ("share_id" = String, Path, description = "its code")),
    responses(
        (status = 200, body = OneShare),
        (status = 404, description = "No such share in this tenant", body = ErrorBody),
        Denied,
        Failed
    )
)]
pub(super) async fn revoke(
    call: Call,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (tenant, code) = path.into_inner();
    // Clients send an empty object; there is nothing to say.
    call.body(&request, payload).await?;
    let revoked = call.write(move |tx, caller, links| {
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
fn merged(grant: &Grant, sent: &Sent) -> String {
    let mut members = kept(grant);
    for (name, value) in &sent.others {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    Value::Object(members).to_string()
}
