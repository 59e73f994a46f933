//! `bundle_permission_request/{token}/`: what the approver alone does with a link's token. Uses of tokens are counted by person,
//! tokens that do not exist by network.

use std::net::IpAddr;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};

use super::call::{Call, HandlerError, House, answer, object, reply};
use super::extract::Fields;
use super::problem::{ClosedBody, Denied, Kept, Limited, Problem, Sent};
use super::schema::ORIGINAL;
use super::wire::RequestBody;
use crate::auth::Question;
use crate::domain::{ApprovalLimits, Caller, TokenId};
use crate::http::base_path::Base;
use crate::http::json::Object;
use crate::http::rate_limit::Rates;
use crate::http::unknown_members::Members;
use crate::store::Tx;
use crate::store::batch::{Command, Reading};
use crate::workflow::requests::decide::{self, Approved, Redeem};
use crate::workflow::requests::view::RequestView;
use crate::workflow::{What, WorkflowError, idempotency};

/// The pending request that a token decides, for its approver alone; by number, any request that the caller is part of.
#[utoipa::path(
    get,
    path = "/api/bundle_permission_request/{key}/",
    tag = "Hexoskin",
    params(("key" = String, Path, description = "the letter's token, or the number in its resource_uri")),
    responses(
        (status = 200, body = RequestBody),
        (status = 404, description = "No such token; no such request, or nothing to the caller"),
        (status = 410, description = "The token's request has ended, or the token is dead", body = ClosedBody),
        Denied,
        Limited
    )
)]
pub(super) async fn get(request: HttpRequest, token: web::Path<String>) -> Result<HttpResponse, Problem> {
    let house = House::of(&request)?;
    let (token, rates, peer) = (token.into_inner(), house.rates.clone(), house.peer);
    let check = Check { token, rates: rates.clone(), counted: OnceLock::new() };
    match house.ask(check).await {
        Ok((told, now)) => Ok(HttpResponse::Ok().json(RequestBody::of(&house.base(), told, now))),
        Err(HandlerError::Unknown(error)) => Err(Problem::unknown_caller(error, house.now())),
        Err(HandlerError::TooOften(wait)) => Err(too_often(wait)),
        Err(HandlerError::Refused(refusal)) => Err(refuse(&rates, peer, &house.base(), house.now(), refusal)),
    }
}

/// What the caller is asked by a token.
struct Check {
    token: String,
    rates: Data<Rates>,
    /// It may be answered twice, and is one use.
    counted: OnceLock<Result<(), Duration>>,
}

impl Question for Check {
    type Output = (RequestView, DateTime<Utc>);
    type Error = HandlerError;
    type Loaded = ();

    fn token(&self) -> Option<TokenId> {
        decide::token_id(&self.token)
    }

    fn answer(&self, tx: &mut Tx<'_>, caller: &Caller, reading: &Reading, (): &()) -> Result<Self::Output, HandlerError> {
        // A request that is named by its number is read, not redeemed: apps poll it.
        if self.token().is_some() {
            self.counted.get_or_init(|| self.rates.redeem(caller)).map_err(HandlerError::TooOften)?;
        }
        Ok((decide::check_within(tx, reading, caller, &self.token)?, tx.now()))
    }
}

/// What may be sent to approve for less.
#[derive(utoipa::ToSchema)]
#[schema(as = Narrowing)]
#[expect(dead_code, reason = "the description's; what is read is read member by member")]
pub(super) struct NarrowingBody {
    /// At most what was asked.
    level: Option<String>,
    /// At most what was asked: a moment (RFC 3339), or an integer, seconds from now.
    until: Option<String>,
    /// Some of the bundle's resources, by URI.
    resources: Option<Vec<String>>,
}

/// Approves: the access exists from now on. An empty body gives what was asked, one with members gives less.
#[utoipa::path(
    put,
    path = "/api/bundle_permission_request/{key}/",
    tag = "Hexoskin",
    params(("key" = String, Path, description = "the letter's token"), ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = Option<NarrowingBody>),
    responses(
        (status = 200, description = "Approved; `decision.given` says what was given", body = RequestBody),
        (status = 404, description = "No such token"),
        (status = 410, description = "The request has ended, or the token is dead", body = ClosedBody),
        Sent,
        Kept,
        Denied,
        Limited
    )
)]
pub(super) async fn put(
    call: Call,
    request: HttpRequest,
    token: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    count(&call)?;
    let token = token.into_inner();
    let body = call.body(&request, payload).await?;
    let narrowing = if body.is_empty() { ApprovalLimits::default() } else { narrowing(&call, &object(&body)?)? };
    let once = call.once(&request, &body)?;
    let base = call.base();
    let command = Redeem { caller: call.caller.clone(), token, limits: narrowing };
    let answer = move |(view, approved): (RequestView, Approved)| {
        answer(200, None, &RequestBody::of(&base, view, approved.grant.updated_at))
    };
    let approved = match once {
        None => call.execute(command).await.map(answer),
        Some(once) => call.write(move |tx, _| idempotency::once(tx, Some(&once), |tx| Ok(answer(command.run(tx)?)))).await,
    };
    let approved = approved.map_err(|refusal| refuse(&call.rates, call.peer, &call.base(), call.now(), refusal))?;
    call.wake();
    Ok(reply(approved))
}

static NARROWED: LazyLock<Members> = LazyLock::new(|| Members::read::<NarrowingBody>().and_of::<RequestBody>().and(ORIGINAL));

fn narrowing(call: &Call, object: &Object) -> Result<ApprovalLimits, Problem> {
    let fields = Fields { object, hosts: &call.hosts, config: &call.config };
    fields.only(&NARROWED)?;
    Ok(ApprovalLimits { level: fields.level()?, until: fields.until()?, resources: fields.texts("resources")? })
}

/// What may be sent with a no.
#[derive(utoipa::ToSchema)]
#[schema(as = Decline)]
#[expect(dead_code, reason = "the description's; what is read is read member by member")]
pub(super) struct DeclineBody {
    /// A word to who asked: at most 1000 characters.
    reason: Option<String>,
}

static DECLINED: LazyLock<Members> = LazyLock::new(|| Members::read::<DeclineBody>().and_of::<RequestBody>().and(ORIGINAL));

/// Says no. The same may be asked again after a week, and after longer each time.
#[utoipa::path(
    post,
    path = "/api/bundle_permission_request/{key}/decline/",
    tag = "Hexoskin",
    params(("key" = String, Path, description = "the letter's token"), ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = Option<DeclineBody>),
    responses(
        (status = 200, body = RequestBody),
        (status = 404, description = "No such token"),
        (status = 410, description = "The request has ended, or the token is dead", body = ClosedBody),
        Sent,
        Kept,
        Denied,
        Limited
    )
)]
pub(super) async fn decline(
    call: Call,
    request: HttpRequest,
    token: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    count(&call)?;
    let token = token.into_inner();
    let body = call.body(&request, payload).await?;
    let object = if body.is_empty() { Object::default() } else { object(&body)? };
    let fields = Fields { object: &object, hosts: &call.hosts, config: &call.config };
    fields.only(&DECLINED)?;
    let reason = fields.text("reason")?.map(str::to_owned);
    let once = call.once(&request, &body)?;
    let base = call.base();
    let declined = call.write(move |tx, caller| {
        idempotency::once(tx, once.as_ref(), |tx| {
            let told = decide::decline_by_token(tx, caller, &token, reason.as_deref())?;
            Ok(answer(200, None, &RequestBody::of(&base, told, tx.now())))
        })
    });
    let declined = declined.await.map_err(|refusal| refuse(&call.rates, call.peer, &call.base(), call.now(), refusal))?;
    call.wake();
    Ok(reply(declined))
}

fn too_often(wait: Duration) -> Problem {
    Problem::too_many(
        "you have checked and redeemed as many tokens as one person does in a minute; try again later",
        seconds(wait),
    )
}

fn too_many(wait: Duration) -> Problem {
    Problem::too_many("too many tokens that do not exist were tried from your network; try again later", seconds(wait))
}

fn seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(1)
}

fn count(call: &Call) -> Result<(), Problem> {
    call.rates.redeem(&call.caller).map_err(too_often)
}

/// As everywhere, but a token that does not exist counts.
fn refuse(rates: &Rates, peer: IpAddr, base: &Base, now: DateTime<Utc>, refusal: WorkflowError) -> Problem {
    if matches!(refusal, WorkflowError::NotFound(What::Token))
        && let Err(wait) = rates.bad_token(peer)
    {
        return too_many(wait);
    }
    Problem::refused(base, refusal, now)
}
