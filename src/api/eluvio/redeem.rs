//! What needs no sign-in: the code of a share is enough to look at it, and to redeem it for a token. Neither changes anything.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::call::State;
use super::problem::{ErrorBody, Failed, Problem};
use super::wire::{ShareInfo, opened, seconds};
use crate::domain::Grant;
use crate::store::Tx;
use crate::workflow::{WorkflowError, policy};

/// What a share is, also when it is taken back or over: so that who opens it can be told why.
#[utoipa::path(
    get, path = "/as/sharing/share/{share_id}/info", security(()),
    params(("share_id" = String, Path, description = "its code")),
    responses(
        (status = 200, body = ShareInfo),
        (status = 404, description = "No such share", body = ErrorBody),
        (status = 429, description = "Too many codes that do not exist", body = ErrorBody),
        Failed
    )
)]
pub(super) async fn info(state: State, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let code = code.into_inner();
    let read = state.read_by_code(move |tx, links| match links.find(tx, &code)? {
        Some(grant) => opened(tx, &grant, code).map(Some),
        None => Ok(None),
    });
    let share = read.await?.ok_or_else(|| state.unknown_code())?;
    Ok(HttpResponse::Ok().json(share))
}

/// What a share is redeemed for.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioToken)]
pub(super) struct TokenBody {
    /// What whoever guards the objects is shown, and asks us about.
    token: String,
    /// Until when it is good, in seconds since 1970.
    end_time: i64,
}

/// Why a share cannot be redeemed now.
enum Closed {
    Unknown,
    Not(&'static str),
}

/// A fresh token for whoever has the code: good for an hour, and no longer than the share is. As often as one likes.
#[utoipa::path(
    get, path = "/as/sharing/share/{share_id}/token", security(()),
    params(("share_id" = String, Path, description = "its code")),
    responses(
        (status = 200, body = TokenBody),
        (status = 403, description = "Taken back, over, not begun, or switched off", body = ErrorBody),
        (status = 404, description = "No such share", body = ErrorBody),
        (status = 429, description = "Too many codes that do not exist", body = ErrorBody),
        Failed
    )
)]
pub(super) async fn token(state: State, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let code = code.into_inner();
    let read = state.read_by_code(move |tx, links| {
        let Some(grant) = links.find(tx, &code)? else { return Ok(Err(Closed::Unknown)) };
        if let Some(why) = why_closed(tx, &grant)? {
            return Ok(Err(Closed::Not(why)));
        }
        let access = links.mint(tx, &grant)?;
        Ok(Ok(TokenBody { token: access.token.as_str().to_owned(), end_time: seconds(access.ends_at) }))
    });
    match read.await? {
        Ok(body) => Ok(HttpResponse::Ok().json(body)),
        Err(Closed::Unknown) => Err(state.unknown_code()),
        Err(Closed::Not(why)) => Err(Problem::forbidden(why)),
    }
}

/// Why a share opens nothing at this moment, in a word or two.
fn why_closed(tx: &mut Tx<'_>, grant: &Grant) -> Result<Option<&'static str>, WorkflowError> {
    let now = tx.now();
    Ok(if grant.revoked_at.is_some() {
        Some("share revoked")
    } else if grant.ends_at.is_some_and(|end| end <= now) {
        Some("share expired")
    } else if now < grant.starts_at {
        Some("share not started")
    } else if policy::level_given(tx, grant.id)?.is_none() {
        // Switched off, or shared on under one that is.
        Some("share disabled")
    } else {
        None
    })
}
