//! Calls with the code of a share alone: read the share, and redeem it for a token. Neither changes anything.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::call::State;
use super::problem::{ErrorBody, Failed, Problem};
use super::wire::{ShareInfo, opened};
use crate::domain::Grant;
use crate::store::Tx;
use crate::workflow::{WorkflowError, policy};

/// The share, including a revoked or expired one, so that its reader learns why it does not open.
#[utoipa::path(
    get, path = "/as/sharing/share/{share_id}/info", security(()),
    params(("share_id" = String, Path, description = "the code of the share")),
    responses(
        (status = 200, body = ShareInfo),
        (status = 404, description = "No such share", body = ErrorBody),
        (status = 429, description = "Too many unknown codes", body = ErrorBody),
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

/// The token of a redeemed share.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioToken)]
pub(super) struct TokenBody {
    /// The token for the service that guards the objects, which asks us about it.
    token: String,
    /// When it expires, in seconds since 1970.
    end_time: i64,
}

/// Why a share cannot be redeemed now.
enum Closed {
    Unknown,
    Not(&'static str),
}

/// Issues a token to anybody with the code. It expires after an hour, and not after the share. May be repeated.
#[utoipa::path(
    get, path = "/as/sharing/share/{share_id}/token", security(()),
    params(("share_id" = String, Path, description = "the code of the share")),
    responses(
        (status = 200, body = TokenBody),
        (status = 403, description = "Revoked, ended, not begun, or disabled", body = ErrorBody),
        (status = 404, description = "No such share", body = ErrorBody),
        (status = 429, description = "Too many unknown codes", body = ErrorBody),
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
        Ok(Ok(TokenBody { token: access.token.as_str().to_owned(), end_time: access.ends_at.timestamp() }))
    });
    match read.await? {
        Ok(body) => Ok(HttpResponse::Ok().json(body)),
        Err(Closed::Unknown) => Err(state.unknown_code()),
        Err(Closed::Not(why)) => Err(Problem::forbidden(why)),
    }
}

/// Why a share gives no access now.
fn why_closed(tx: &mut Tx<'_>, grant: &Grant) -> Result<Option<&'static str>, WorkflowError> {
    let now = tx.now();
    Ok(if grant.revoked_at.is_some() {
        Some("share revoked")
    } else if grant.ends_at.is_some_and(|end| end <= now) {
        Some("share expired")
    } else if now < grant.starts_at {
        Some("share not started")
    } else if policy::level_given(tx, grant.id)?.is_none() {
        // Disabled, or reshared under a disabled grant.
        Some("share disabled")
    } else {
        None
    })
}
