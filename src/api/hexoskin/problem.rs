//! What is answered when nothing was done: Tastypie's shapes and words where clients know them, ours elsewhere. The one
//! place where a refusal becomes a status.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::types::{Moment, Uri};
use crate::auth::AuthError;
use crate::http::base_path::Base;
use crate::http::body::BadBody;
use crate::http::json::BadJson;
use crate::store::StoreError;
use crate::workflow::WorkflowError;

const TEXT: &str = "text/html; charset=utf-8";

/// Why not, for people.
#[derive(Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// What is wrong and what to do about it; `&`, `<` and `>` written as HTML has them.
    pub(super) error: String,
}

/// Why not, and where the request stands.
#[derive(Serialize, ToSchema)]
pub(super) struct ClosedBody {
    /// What happened.
    error: String,
    /// `approved`, `declined`, `withdrawn`, `expired`, `cancelled`, `failed`, or why the token is dead: `new_decider`,
    /// `address_changed`, `restored`.
    #[schema(example = "approved")]
    state: &'static str,
}

/// A request for the same thing is pending on other terms.
#[derive(Serialize, ToSchema)]
pub(super) struct PendingBody {
    /// What is pending, and which terms differ.
    error: String,
    /// The pending request; missing for callers that may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "/api/bundle_permission_request/12/")]
    resource_uri: Option<Uri>,
    /// When it ends, if nobody answers.
    #[schema(value_type = String, example = "2026-12-08T12:00:00Z")]
    ends_at: Moment,
}

/// As Tastypie says it of a media type.
#[derive(Serialize, ToSchema)]
pub(super) struct MediaTypeBody {
    error_message: String,
}

/// An answer that is none of success.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    body: Option<String>,
    header: Option<(HeaderName, String)>,
}

impl Problem {
    fn json(status: StatusCode, body: &impl Serialize) -> Self {
        Self { status, body: Some(serde_json::to_string(body).unwrap_or_default()), header: None }
    }

    fn error(status: StatusCode, text: impl fmt::Display) -> Self {
        Self::json(status, &ErrorBody { error: escaped(&text.to_string()) })
    }

    fn empty(status: StatusCode) -> Self {
        Self { status, body: None, header: None }
    }

    fn with(self, name: HeaderName, value: impl fmt::Display) -> Self {
        Self { header: Some((name, value.to_string())), ..self }
    }

    fn after(self, seconds: i64) -> Self {
        self.with(RETRY_AFTER, seconds.max(1))
    }

    /// 400: the caller must change something.
    pub(super) fn bad(text: impl fmt::Display) -> Self {
        Self::error(StatusCode::BAD_REQUEST, text)
    }

    /// 404, as Tastypie has it: empty, text/html.
    pub(super) fn not_found() -> Self {
        Self::empty(StatusCode::NOT_FOUND)
    }

    /// 401: empty, with the challenge.
    pub(super) fn unauthorized() -> Self {
        Self::empty(StatusCode::UNAUTHORIZED).with(WWW_AUTHENTICATE, "Basic Realm=\"Countersign\"")
    }

    /// 405, with what is allowed.
    pub(super) fn not_allowed(allow: &'static str) -> Self {
        Self::empty(StatusCode::METHOD_NOT_ALLOWED).with(ALLOW, allow)
    }

    /// 415: only JSON is read.
    pub(super) fn media_type(given: &str) -> Self {
        let text = format!("The format indicated '{given}' had no available deserialization method. Send application/json.");
        Self::json(StatusCode::UNSUPPORTED_MEDIA_TYPE, &MediaTypeBody { error_message: escaped(&text) })
    }

    /// 429: later.
    pub(super) fn too_many(what: impl fmt::Display, seconds: i64) -> Self {
        Self::error(StatusCode::TOO_MANY_REQUESTS, what).after(seconds)
    }

    /// A operation's refusal, at `now`, of the instance whose paths begin with `base`.
    pub(super) fn refused(base: &Base, refusal: WorkflowError, now: DateTime<Utc>) -> Self {
        match refusal {
            WorkflowError::Unauthenticated => Self::unauthorized(),
            WorkflowError::NotFound(_) => Self::not_found(),
            WorkflowError::Unknown { field, value, hint: _ } => {
                let resource = if field == "bundle" { "bundle" } else { "user" };
                // "user 7" is what was meant, whatever form it came in; an address stays as it is.
                let id = value.rsplit(' ').next().filter(|id| id.parse::<i64>().is_ok());
                let uri = id.map_or_else(|| value.clone(), |id| base.to(format_args!("/api/{resource}/{id}/")));
                Self::unknown(resource, &uri)
            }
            refusal @ WorkflowError::Invalid { .. } => Self::bad(refusal),
            refusal @ (WorkflowError::Forbidden(_) | WorkflowError::MissingScope(_)) => {
                Self::error(StatusCode::FORBIDDEN, refusal)
            }
            WorkflowError::Closed(closed) => {
                let error = escaped(&WorkflowError::Closed(closed).to_string());
                Self::json(StatusCode::GONE, &ClosedBody { error, state: closed.as_str() })
            }
            WorkflowError::TooMany { what: _, retry_at } => Self::too_many(&refusal, seconds_until(retry_at, now)),
            refusal @ WorkflowError::KeyReused => Self::error(StatusCode::UNPROCESSABLE_ENTITY, refusal),
            refusal @ WorkflowError::InFlight => Self::error(StatusCode::CONFLICT, refusal).after(1),
            refusal @ (WorkflowError::Taken { .. } | WorkflowError::Stale) => Self::error(StatusCode::CONFLICT, refusal),
            WorkflowError::OtherTerms { pending, ends_at, .. } => {
                let error = escaped(&refusal.to_string());
                let resource_uri = pending.map(|id| Uri(base.clone(), "bundle_permission_request", id.0));
                Self::json(StatusCode::CONFLICT, &PendingBody { error, resource_uri, ends_at: Moment(ends_at) })
            }
            WorkflowError::Store(error) => Self::store(&error),
            WorkflowError::Rng(error) => Self::unavailable(&error),
        }
    }

    /// A credential that is not taken, at `now`.
    pub(super) fn unknown_caller(error: AuthError, now: DateTime<Utc>) -> Self {
        match error {
            AuthError::Missing | AuthError::Wrong => Self::unauthorized(),
            AuthError::TooMany(retry_at) => Self::too_many(&error, seconds_until(retry_at, now)),
            AuthError::Overloaded => Self::error(StatusCode::SERVICE_UNAVAILABLE, &error).after(1),
            AuthError::Store(error) => Self::store(&error),
            AuthError::Rng(error) => Self::unavailable(&error),
        }
    }

    /// A reference that leads nowhere, in Tastypie's words.
    pub(super) fn unknown(resource: &str, uri: &str) -> Self {
        Self::bad(format_args!("Could not find the provided {resource} object via resource URI '{uri}'."))
    }

    fn store(error: &StoreError) -> Self {
        match error {
            StoreError::Overloaded => Self::error(StatusCode::SERVICE_UNAVAILABLE, error).after(1),
            StoreError::Unavailable(_) | StoreError::Conflict(_) => Self::unavailable(error),
            StoreError::Violation(_) | StoreError::Query(_) => {
                tracing::error!(%error, "a request ended with a mistake of ours");
                let text = "Sorry, this request could not be processed. Please try again later.";
                Self::error(StatusCode::INTERNAL_SERVER_ERROR, text)
            }
        }
    }

    fn unavailable(error: &dyn fmt::Display) -> Self {
        tracing::warn!(%error, "a request could not be served now");
        Self::error(StatusCode::SERVICE_UNAVAILABLE, "not now: something this needs is away; try again shortly").after(2)
    }
}

impl From<BadJson> for Problem {
    fn from(error: BadJson) -> Self {
        Self::bad(error)
    }
}

impl From<BadBody> for Problem {
    fn from(error: BadBody) -> Self {
        let status = match error {
            BadBody::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            BadBody::TooSlow => StatusCode::REQUEST_TIMEOUT,
            BadBody::Broken => StatusCode::BAD_REQUEST,
            BadBody::Packed => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        };
        Self::error(status, error)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status.fmt(f)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some((name, value)) = &self.header {
            response.insert_header((name.clone(), value.as_str()));
        }
        match (&self.body, &self.header) {
            (Some(body), _) => response.content_type("application/json").body(body.clone()),
            // Tastypie repeats there what is allowed.
            (None, Some((ALLOW, allow))) => response.insert_header((CONTENT_TYPE, TEXT)).body(allow.clone()),
            (None, _) => response.insert_header((CONTENT_TYPE, TEXT)).finish(),
        }
    }
}

/// 200 to OPTIONS: what is allowed, twice.
pub(super) fn options(allow: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((ALLOW, allow)).insert_header((CONTENT_TYPE, TEXT)).body(allow)
}

/// Whole seconds, rounded up.
pub(super) fn seconds_until(then: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let micros = (then - now).num_microseconds().unwrap_or(i64::MAX / 2);
    micros.max(0).div_euclid(1_000_000) + i64::from(micros.rem_euclid(1_000_000) > 0)
}

/// As Tastypie writes errors: they can quote what the caller sent, and somebody may look at them in a browser.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Whoever asks must be known and allowed.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Denied {
    /// No credential, or none that is good. The body is empty.
    #[response(status = 401, headers(("WWW-Authenticate" = String, description = "Basic Realm=\"Countersign\"")))]
    Unauthorized,
    /// Known, but may not.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// Too many wrong passwords of late.
    #[response(status = 429, headers(("Retry-After" = i64, description = "seconds")))]
    TooManyTries(ErrorBody),
    /// A mistake of ours; it is in the log.
    #[response(status = 500)]
    Mistake(ErrorBody),
    /// The database is away or has too much to do. Nothing was done.
    #[response(status = 503, headers(("Retry-After" = i64, description = "seconds")))]
    Unavailable(ErrorBody),
}

/// Budgets and rates.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Limited {
    /// Too much, too soon.
    #[response(status = 429, headers(("Retry-After" = i64, description = "seconds")))]
    TooMany(ErrorBody),
}

/// Where a body is read.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Sent {
    /// What is sent cannot be: what to change.
    #[response(status = 400)]
    Wrong(ErrorBody),
    /// The body took longer than ten seconds to arrive.
    #[response(status = 408)]
    TooSlow(ErrorBody),
    /// More than 64 KiB.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// No JSON, or packed.
    #[response(status = 415)]
    Foreign(Unread),
}

/// Why a body is not read: as Tastypie says it of a format, or in our words.
#[derive(Serialize, ToSchema)]
#[schema(as = Unread)]
#[serde(untagged)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Unread {
    Format(MediaTypeBody),
    Packed(ErrorBody),
}

/// Where an Idempotency-Key is taken.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Kept {
    /// This Idempotency-Key is being answered now.
    #[response(status = 409, headers(("Retry-After" = i64, description = "seconds")))]
    InFlight(ErrorBody),
    /// This Idempotency-Key was used for something else.
    #[response(status = 422)]
    Reused(ErrorBody),
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::{RequestState, Scope};
    use crate::random::RngError;
    use crate::workflow::{Closed, What, WhyForbidden, WhyTooMany};

    fn line(problem: &Problem) -> String {
        let response = problem.error_response();
        let retry = response.headers().get(RETRY_AFTER).map(|value| format!(" after {}", value.to_str().unwrap()));
        let status = response.status().as_u16();
        let body = response.into_body().try_into_bytes().unwrap_or_default();
        format!("{status}{} {}\n", retry.unwrap_or_default(), String::from_utf8_lossy(&body))
    }

    #[test]
    fn each_refusal_has_its_status_and_its_words() {
        let now = crate::clock::from_micros(1_000_000);
        let base = Base::new(std::sync::Arc::new(crate::config::Config::build(None, []).unwrap()));
        let later = now + TimeDelta::milliseconds(1_500);
        let refusals = [
            WorkflowError::Unauthenticated,
            WorkflowError::NotFound(What::Token),
            WorkflowError::Unknown { field: "bundle", value: "bundle 7".into(), hint: "" },
            WorkflowError::Unknown { field: "user_allowed", value: "a@x.org".into(), hint: "" },
            WorkflowError::invalid("ttl", "<60"),
            WorkflowError::Forbidden(WhyForbidden::AdminsOnly),
            WorkflowError::MissingScope(Scope::Grants),
            WorkflowError::Closed(Closed::Ended(RequestState::Cancelled)),
            WorkflowError::Closed(Closed::Restored),
            WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at: later },
            WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at: now },
            WorkflowError::KeyReused,
            WorkflowError::InFlight,
            WorkflowError::Taken { field: "email", value: "a@x.org".into() },
            WorkflowError::Store(StoreError::Overloaded),
            WorkflowError::Store(StoreError::Unavailable("disk is full at /somewhere".into())),
            WorkflowError::Store(StoreError::Conflict("secret".into())),
            WorkflowError::Store(StoreError::Violation("secret".into())),
            WorkflowError::Store(StoreError::Query("secret".into())),
            WorkflowError::Rng(RngError),
        ];
        let table: String = refusals.into_iter().map(|refusal| line(&Problem::refused(&base, refusal, now))).collect();
        insta::assert_snapshot!(table, @r#"
        401 
        404 
        400 {"error":"Could not find the provided bundle object via resource URI '/api/bundle/7/'."}
        400 {"error":"Could not find the provided user object via resource URI 'a@x.org'."}
        400 {"error":"ttl: &lt;60"}
        403 {"error":"this is for administrators"}
        403 {"error":"this key has not the scope `grants`; make one with `countersign key add --scope grants`"}
        410 {"error":"this request was cancelled, since what it was about is no longer there","state":"cancelled"}
        410 {"error":"this link is from before a restored backup; ask for a fresh one","state":"restored"}
        429 after 2 {"error":"the letter is sent again at most every ten minutes; try again after 1970-01-01 00:00:02 UTC"}
        429 after 1 {"error":"the letter is sent again at most every ten minutes; try again after 1970-01-01 00:00:01 UTC"}
        422 {"error":"this Idempotency-Key was used for another request; use a new key for each thing you want done"}
        409 after 1 {"error":"a request with this Idempotency-Key is being answered now; ask again in a second"}
        409 {"error":"email: a@x.org is taken"}
        503 after 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 after 2 {"error":"not now: something this needs is away; try again shortly"}
        503 after 2 {"error":"not now: something this needs is away; try again shortly"}
        500 {"error":"Sorry, this request could not be processed. Please try again later."}
        500 {"error":"Sorry, this request could not be processed. Please try again later."}
        503 after 2 {"error":"not now: something this needs is away; try again shortly"}
        "#);
    }

    #[test]
    fn each_credential_that_is_not_taken_has_its_status() {
        let now = crate::clock::from_micros(1_000_000);
        let errors = [
            AuthError::Missing,
            AuthError::Wrong,
            AuthError::TooMany(now + TimeDelta::seconds(60)),
            AuthError::Overloaded,
            AuthError::Store(StoreError::Overloaded),
            AuthError::Rng(RngError),
        ];
        let table: String = errors.into_iter().map(|error| line(&Problem::unknown_caller(error, now))).collect();
        insta::assert_snapshot!(table, @r#"
        401 
        401 
        429 after 60 {"error":"too many wrong tries; try again after 00:01:01 UTC"}
        503 after 1 {"error":"too many sign-ins at once; try again shortly"}
        503 after 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 after 2 {"error":"not now: something this needs is away; try again shortly"}
        "#);
    }
}
