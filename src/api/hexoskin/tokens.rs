//! `bundle_permission_request/{token}/`: what only the approver may do with the token of a link. Uses of tokens are counted for
//! each person, unknown tokens for each network.

use std::sync::OnceLock;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::call::{Call, State, answer, reply};
use super::problem::{ClosedBody, Denied, Problem, Repeated, Unread};
use super::schema::ORIGINAL;
use super::types::{End, Texts};
use super::wire::RequestBody;
use crate::auth::CallerQuestion;
use crate::domain::{ApprovalLimits, Caller, Level};
use crate::http::json_body::strict_body;
use crate::http::problem::HandlerError;
use crate::http::rate_limit::Rates;
use crate::http::unknown_members::Members;
use crate::secret::Secret;
use crate::store::Tx;
use crate::store::batch::{Command, Reading};
use crate::workflow::idempotency;
use crate::workflow::requests::decide::{self, Approved, Redeem};
use crate::workflow::requests::view::RequestView;

/// The pending request of a token, for its approver only; by id, any request that the caller is part of.
#[utoipa::path(
    get, path = "/api/bundle_permission_request/{key}/",
    params(
        ("key" = String, Path, description = "the token of the email, or the id in the resource_uri"),
        ("Prefer" = Option<String>, Header,
            description = "wait=N (RFC 7240): by id, answer when it is no longer pending, or after N seconds, at most 50")
    ),
    responses(
        (status = 200, body = RequestBody),
        (status = 404, description = "No such token or request, or not visible to the caller"),
        (status = 410, description = "The request of the token has ended, or the token is invalid", body = ClosedBody),
        Denied
    )
)]
pub(super) async fn get(state: State, token: web::Path<String>) -> Result<HttpResponse, Problem> {
    let check = Check { token: token.into_inner(), rates: state.rates.clone(), counted: OnceLock::new() };
    let (view, now) = state.try_ask(check).await.map_err(|error| state.refuse_token(error))?;
    Ok(HttpResponse::Ok().json(RequestBody::of(&state.base(), view, now)))
}

/// A check of a token.
struct Check {
    token: String,
    rates: Data<Rates>,
    /// It can be answered twice, but is one use.
    counted: OnceLock<Result<(), Duration>>,
}

impl CallerQuestion for Check {
    type Output = (RequestView, DateTime<Utc>);
    type Error = HandlerError;
    type Loaded = ();

    fn token(&self) -> Option<Secret> {
        decide::token_secret(&self.token)
    }

    fn answer(&self, tx: &mut Tx<'_>, caller: &Caller, reading: &Reading, (): &()) -> Result<Self::Output, HandlerError> {
        // A request named by its id is read, not redeemed: apps poll it.
        if self.token().is_some() {
            self.counted.get_or_init(|| self.rates.redeem(caller)).map_err(HandlerError::TooOften)?;
        }
        Ok((decide::check_within(tx, reading, caller, &self.token)?, tx.now()))
    }
}

/// The limits of an approval.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = Narrowing)]
pub(super) struct NarrowingBody {
    /// At most the requested level.
    #[schema(value_type = Option<String>)]
    level: Option<Level>,
    /// At most the requested end: a time (RFC 3339), or an integer: seconds from now.
    #[schema(value_type = Option<String>)]
    until: Option<End>,
    /// The URIs of some resources of the bundle.
    #[schema(value_type = Option<Vec<String>>)]
    resources: Option<Texts>,
}

strict_body!(NarrowingBody: Members::read::<NarrowingBody>().and_of::<RequestBody>().and(ORIGINAL));

/// Approves. Access begins immediately. Without a body, everything requested is given; with limits, less.
#[utoipa::path(
    put, path = "/api/bundle_permission_request/{key}/",
    params(("key" = String, Path, description = "the token of the email"), ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = Option<NarrowingBody>),
    responses(
        (status = 200, description = "Approved; `decision.given` says what was given", body = RequestBody),
        (status = 404, description = "No such token"),
        (status = 410, description = "The request has ended, or the token is invalid", body = ClosedBody),
        Unread, Repeated, Denied
    )
)]
pub(super) async fn put(call: Call, token: web::Path<String>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    count(&call)?;
    let token = token.into_inner();
    let (NarrowingBody { level, until, resources }, bytes) = call.json(payload, true).await?;
    let (until, resources) = (until.map(|End(until)| until), resources.map(|Texts(uris)| uris));
    let limits = ApprovalLimits { level, until, resources };
    let once = call.once(&bytes)?;
    let base = call.base();
    let command = Redeem { caller: call.caller.clone(), token, limits };
    let answer = move |(view, approved): (RequestView, Approved)| {
        answer(200, None, &RequestBody::of(&base, view, approved.grant.updated_at))
    };
    let approved = match once {
        None => call.try_execute(command).await.map(answer),
        Some(once) => call.try_write(move |tx, _| idempotency::once(tx, Some(&once), |tx| Ok(answer(command.run(tx)?)))).await,
    };
    Ok(reply(approved.map_err(|error| call.refuse_token(error.into()))?))
}

/// The reason of a decline.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = Decline)]
pub(super) struct DeclineBody {
    /// A message to the requester: at most 1000 characters.
    reason: Option<String>,
}

strict_body!(DeclineBody: Members::read::<DeclineBody>().and_of::<RequestBody>().and(ORIGINAL));

/// Declines. The same can be requested again after a week, and after longer each time.
#[utoipa::path(
    post, path = "/api/bundle_permission_request/{key}/decline/",
    params(("key" = String, Path, description = "the token of the email"), ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = Option<DeclineBody>),
    responses(
        (status = 200, body = RequestBody),
        (status = 404, description = "No such token"),
        (status = 410, description = "The request has ended, or the token is invalid", body = ClosedBody),
        Unread, Repeated, Denied
    )
)]
pub(super) async fn decline(call: Call, token: web::Path<String>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    count(&call)?;
    let token = token.into_inner();
    let (DeclineBody { reason }, bytes) = call.json(payload, true).await?;
    let once = call.once(&bytes)?;
    let base = call.base();
    let declined = call.try_write(move |tx, caller| {
        idempotency::once(tx, once.as_ref(), |tx| {
            let view = decide::decline_by_token(tx, caller, &token, reason.as_deref())?;
            Ok(answer(200, None, &RequestBody::of(&base, view, tx.now())))
        })
    });
    Ok(reply(declined.await.map_err(|error| call.refuse_token(error.into()))?))
}

fn count(call: &Call) -> Result<(), Problem> {
    call.rates.redeem(&call.caller).map_err(|wait| call.refuse_token(HandlerError::TooOften(wait)))
}
