//! What is answered when nothing was done: `{"error": …}` with the status that says it. The original's client repeats what is
//! answered 500 or more, at once and four times, so only what may be repeated is.

use std::fmt;
use utoipa::IntoResponses;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::auth::AuthError;
use crate::http::body::BadBody;
use crate::http::json::BadJson;
use crate::store::StoreError;
use crate::workflow::WorkflowError;

/// Why not, for people.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioError)]
pub(super) struct ErrorBody {
    /// What is wrong and what to do about it.
    error: String,
}

/// An answer that is none of success.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    error: String,
    header: Option<(HeaderName, String)>,
}

impl Problem {
    fn new(status: StatusCode, error: impl fmt::Display) -> Self {
        Self { status, error: error.to_string(), header: None }
    }

    fn with(self, name: HeaderName, value: impl fmt::Display) -> Self {
        Self { header: Some((name, value.to_string())), ..self }
    }

    fn after(self, seconds: i64) -> Self {
        self.with(RETRY_AFTER, seconds.max(1))
    }

    /// 400: the caller must change something.
    pub(super) fn bad(error: impl fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 401, the same whatever is wrong with a credential.
    pub(super) fn unauthorized() -> Self {
        let error = "sign in: send Authorization: Bearer with a token that your account signed for the space of /config and that \
                     is not over, or another credential of this house";
        Self::new(StatusCode::UNAUTHORIZED, error).with(WWW_AUTHENTICATE, "Bearer realm=\"Countersign\"")
    }

    /// 403: known, or in possession of the code, and may not.
    pub(super) fn forbidden(error: impl fmt::Display) -> Self {
        Self::new(StatusCode::FORBIDDEN, error)
    }

    /// 404, with no word on what else there might be.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not found")
    }

    /// 405, with what is allowed.
    pub(super) fn not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format_args!("only {allow} here")).with(ALLOW, allow)
    }

    /// 415: only JSON is read.
    pub(super) fn media_type(given: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format_args!("send application/json, not {given}"))
    }

    /// 429: later.
    pub(super) fn too_many(error: impl fmt::Display, seconds: i64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, error).after(seconds)
    }

    /// A operation's refusal, at `now`.
    pub(super) fn refused(refusal: WorkflowError, now: DateTime<Utc>) -> Self {
        match refusal {
            WorkflowError::Unauthenticated => Self::unauthorized(),
            WorkflowError::NotFound(_) => Self::not_found(),
            WorkflowError::Unknown { field, value, hint } => {
                Self::bad(format_args!("{}: {value} does not exist; {hint}", member(field)))
            }
            WorkflowError::Invalid { field, problem } => Self::bad(format_args!("{}: {problem}", member(field))),
            refusal @ (WorkflowError::Forbidden(_) | WorkflowError::MissingScope(_)) => Self::forbidden(refusal),
            refusal @ WorkflowError::Closed(_) => Self::new(StatusCode::GONE, refusal),
            WorkflowError::TooMany { what: _, retry_at } => Self::too_many(&refusal, seconds_until(retry_at, now)),
            refusal @ WorkflowError::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, refusal),
            refusal @ WorkflowError::InFlight => Self::new(StatusCode::CONFLICT, refusal).after(1),
            refusal @ (WorkflowError::Taken { .. } | WorkflowError::Stale | WorkflowError::OtherTerms { .. }) => {
                Self::new(StatusCode::CONFLICT, refusal)
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
            AuthError::Overloaded => Self::new(StatusCode::SERVICE_UNAVAILABLE, &error).after(1),
            AuthError::Store(error) => Self::store(&error),
            AuthError::Rng(error) => Self::unavailable(&error),
        }
    }

    fn store(error: &StoreError) -> Self {
        match error {
            StoreError::Overloaded => Self::new(StatusCode::SERVICE_UNAVAILABLE, error).after(1),
            StoreError::Unavailable(_) | StoreError::Conflict(_) => Self::unavailable(error),
            StoreError::Violation(_) | StoreError::Query(_) => {
                tracing::error!(%error, "a request ended with a mistake of ours");
                let text = "Sorry, this request could not be processed. Please try again later.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, text)
            }
        }
    }

    fn unavailable(error: &dyn fmt::Display) -> Self {
        tracing::warn!(%error, "a request could not be served now");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not now: something this needs is away; try again shortly").after(2)
    }
}

/// What the core's field is called here.
fn member(field: &str) -> &str {
    match field {
        "of" => "object_ids",
        "starts_at" => "start_time",
        "ends_at" => "end_time",
        "attributes" => "the parameters",
        other => other,
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
        Self::new(status, error)
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
        response.json(ErrorBody { error: self.error.clone() })
    }
}

/// Whole seconds, rounded up.
fn seconds_until(then: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let micros = (then - now).num_microseconds().unwrap_or(i64::MAX / 2);
    micros.max(0).div_euclid(1_000_000) + i64::from(micros.rem_euclid(1_000_000) > 0)
}

/// Whoever asks must be known and allowed.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Denied {
    /// No credential, or none that is good.
    #[response(status = 401, headers(("WWW-Authenticate" = String, description = "Bearer realm=\"Countersign\"")))]
    Unauthorized(ErrorBody),
    /// Known, but may not: another tenant's, not theirs to share or to change, or taken back.
    #[response(status = 403)]
    Forbidden(ErrorBody),
}

/// What can be wrong with a body.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum BadRequest {
    /// It says what to change.
    #[response(status = 400)]
    Bad(ErrorBody),
    /// More than 64 KiB.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// Not JSON.
    #[response(status = 415)]
    MediaType(ErrorBody),
}

/// What is nobody's fault, or ours. Nothing was done.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Failed {
    /// A mistake of ours; it is in the log.
    #[response(status = 500)]
    Mistake(ErrorBody),
    /// The database is away or has too much to do.
    #[response(status = 503, headers(("Retry-After" = i64, description = "seconds")))]
    Unavailable(ErrorBody),
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
        let header = |name| response.headers().get(&name).map(|value| format!(" {name}: {}", value.to_str().unwrap()));
        let headers = [header(RETRY_AFTER), header(WWW_AUTHENTICATE)].into_iter().flatten().collect::<String>();
        let status = response.status().as_u16();
        let body = response.into_body().try_into_bytes().unwrap_or_default();
        format!("{status}{headers} {}\n", String::from_utf8_lossy(&body))
    }

    #[test]
    fn each_refusal_has_its_status_and_its_words() {
        let now = crate::clock::from_micros(1_000_000);
        let later = now + TimeDelta::milliseconds(1_500);
        let refusals = [
            WorkflowError::Unauthenticated,
            WorkflowError::NotFound(What::Grant),
            WorkflowError::Unknown { field: "of", value: "bundle 7".into(), hint: "look" },
            WorkflowError::invalid("ends_at", "<now"),
            WorkflowError::invalid("starts_at", "no"),
            WorkflowError::invalid("of", "no"),
            WorkflowError::invalid("attributes", "no"),
            WorkflowError::invalid("limit", "no"),
            WorkflowError::Forbidden(WhyForbidden::AdminsOnly),
            WorkflowError::MissingScope(Scope::Grants),
            WorkflowError::Closed(Closed::Ended(RequestState::Cancelled)),
            WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at: later },
            WorkflowError::KeyReused,
            WorkflowError::InFlight,
            WorkflowError::Stale,
            WorkflowError::Taken { field: "email", value: "a@x.org".into() },
            WorkflowError::Store(StoreError::Overloaded),
            WorkflowError::Store(StoreError::Unavailable("disk is full at /somewhere".into())),
            WorkflowError::Store(StoreError::Conflict("secret".into())),
            WorkflowError::Store(StoreError::Violation("secret".into())),
            WorkflowError::Store(StoreError::Query("secret".into())),
            WorkflowError::Rng(RngError),
        ];
        let table: String = refusals.into_iter().map(|refusal| line(&Problem::refused(refusal, now))).collect();
        insta::assert_snapshot!(table, @r#"
        401 www-authenticate: Bearer realm="Countersign" {"error":"sign in: send Authorization: Bearer with a token that your account signed for the space of /config and that is not over, or another credential of this house"}
        404 {"error":"not found"}
        400 {"error":"object_ids: bundle 7 does not exist; look"}
        400 {"error":"end_time: <now"}
        400 {"error":"start_time: no"}
        400 {"error":"object_ids: no"}
        400 {"error":"the parameters: no"}
        400 {"error":"limit: no"}
        403 {"error":"this is for administrators"}
        403 {"error":"this key has not the scope `grants`; make one with `countersign key add --scope grants`"}
        410 {"error":"this request was cancelled, since what it was about is no longer there"}
        429 retry-after: 2 {"error":"the letter is sent again at most every ten minutes; try again after 1970-01-01 00:00:02 UTC"}
        422 {"error":"this Idempotency-Key was used for another request; use a new key for each thing you want done"}
        409 retry-after: 1 {"error":"a request with this Idempotency-Key is being answered now; ask again in a second"}
        409 {"error":"it was changed meanwhile; read it again, and change what is there now"}
        409 {"error":"email: a@x.org is taken"}
        503 retry-after: 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        500 {"error":"Sorry, this request could not be processed. Please try again later."}
        500 {"error":"Sorry, this request could not be processed. Please try again later."}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
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
        401 www-authenticate: Bearer realm="Countersign" {"error":"sign in: send Authorization: Bearer with a token that your account signed for the space of /config and that is not over, or another credential of this house"}
        401 www-authenticate: Bearer realm="Countersign" {"error":"sign in: send Authorization: Bearer with a token that your account signed for the space of /config and that is not over, or another credential of this house"}
        429 retry-after: 60 {"error":"too many wrong tries; try again after 00:01:01 UTC"}
        503 retry-after: 1 {"error":"too many sign-ins at once; try again shortly"}
        503 retry-after: 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        "#);
    }
}
