//! What is answered when nothing was done: the original's error, which names the part of the call that is wrong. The one
//! place where a refusal becomes a status.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::auth::AuthError;
use crate::http::body::BadBody;
use crate::http::json::BadJson;
use crate::store::StoreError;
use crate::workflow::{What, WorkflowError};

const ERROR: &str = "application/vnd.sas.error+json;version=2;charset=UTF-8";

/// Why not.
#[derive(Serialize, ToSchema)]
#[schema(as = SasError)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorBody {
    /// Of this representation: 2.
    version: i32,
    http_status_code: u16,
    /// The status and two digits more: 01 filter, 02 sortBy, 03 start, 04 limit, 05 a member of the share, 06 the body,
    /// 07 a header; 00 anything else.
    error_code: u32,
    /// What is wrong and what to do about it.
    message: String,
    /// `part: …`, where one part of the call is wrong.
    details: Vec<String>,
    /// None.
    links: Vec<String>,
}

/// A part of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A parameter that chooses: `filter`, or a member's name.
    Filter(&'static str),
    SortBy,
    Start,
    Limit,
    /// A member of the share that is sent.
    Member(&'static str),
    Body,
    Header(&'static str),
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::SortBy => "sortBy",
            Self::Start => "start",
            Self::Limit => "limit",
            Self::Body => "body",
            Self::Filter(name) | Self::Member(name) | Self::Header(name) => name,
        }
    }

    const fn number(self) -> u32 {
        match self {
            Self::Filter(_) => 1,
            Self::SortBy => 2,
            Self::Start => 3,
            Self::Limit => 4,
            Self::Member(_) => 5,
            Self::Body => 6,
            Self::Header(_) => 7,
        }
    }
}

/// An answer that is none of success.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    part: Option<Part>,
    message: String,
    header: Option<(HeaderName, String)>,
}

impl Problem {
    fn new(status: StatusCode, message: impl fmt::Display) -> Self {
        Self { status, part: None, message: message.to_string(), header: None }
    }

    fn of(status: StatusCode, part: Part, problem: impl fmt::Display) -> Self {
        Self { part: Some(part), ..Self::new(status, format_args!("{}: {problem}", part.name())) }
    }

    fn with(self, name: HeaderName, value: impl fmt::Display) -> Self {
        Self { header: Some((name, value.to_string())), ..self }
    }

    fn after(self, seconds: i64) -> Self {
        self.with(RETRY_AFTER, seconds.max(1))
    }

    /// 400: the caller must change a part of the call.
    pub(super) fn bad(part: Part, problem: impl fmt::Display) -> Self {
        Self::of(StatusCode::BAD_REQUEST, part, problem)
    }

    /// 404: no such share, or none that the caller may see.
    pub(super) fn no_share() -> Self {
        Self::new(StatusCode::NOT_FOUND, "No share with the specified ID was found.")
    }

    /// 404: no such path.
    pub(super) fn nothing_here() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing here; /authorization/ says what there is.")
    }

    /// 404: the credential is nobody's.
    pub(super) fn nobody() -> Self {
        Self::new(StatusCode::NOT_FOUND, "This key belongs to nobody, so there is no current user.")
    }

    /// 405, with what is allowed.
    pub(super) fn not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format_args!("Not allowed here; use {allow}.")).with(ALLOW, allow)
    }

    /// 412: it is no longer what the caller saw.
    pub(super) fn stale() -> Self {
        let problem = "the share was changed meanwhile; GET it again, and send its ETag with what you make of it";
        Self::of(StatusCode::PRECONDITION_FAILED, Part::Header("If-Match"), problem)
    }

    /// 415: only JSON is read.
    pub(super) fn media_type(given: &str) -> Self {
        let problem =
            format_args!("{given:?} is not read; send application/json or application/vnd.sas.authorization.share+json");
        Self::of(StatusCode::UNSUPPORTED_MEDIA_TYPE, Part::Header("Content-Type"), problem)
    }

    /// 428: a change says what it is a change of.
    pub(super) fn unconditional() -> Self {
        let problem = "a change needs it: send the ETag that GET answered with";
        Self::of(StatusCode::PRECONDITION_REQUIRED, Part::Header("If-Match"), problem)
    }

    fn unauthorized(error: &AuthError) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, error).with(WWW_AUTHENTICATE, "Bearer realm=\"Countersign\"")
    }

    /// A operation's refusal, at `now`.
    pub(super) fn refused(refusal: WorkflowError, now: DateTime<Utc>) -> Self {
        match refusal {
            WorkflowError::Unauthenticated => Self::unauthorized(&AuthError::Missing),
            WorkflowError::NotFound(What::Grant) => Self::no_share(),
            refusal @ WorkflowError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, refusal),
            WorkflowError::Unknown { field, value, hint } => {
                Self::bad(part_of(field), format_args!("{value} does not exist; {hint}"))
            }
            WorkflowError::Invalid { field, problem } => Self::bad(part_of(field), problem),
            refusal @ (WorkflowError::Forbidden(_) | WorkflowError::MissingScope(_)) => Self::new(StatusCode::FORBIDDEN, refusal),
            refusal @ WorkflowError::Closed(_) => Self::new(StatusCode::GONE, refusal),
            WorkflowError::TooMany { what: _, retry_at } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, &refusal).after(seconds_until(retry_at, now))
            }
            refusal @ WorkflowError::KeyReused => {
                Self::of(StatusCode::UNPROCESSABLE_ENTITY, Part::Header("Idempotency-Key"), refusal)
            }
            refusal @ WorkflowError::InFlight => {
                Self::of(StatusCode::CONFLICT, Part::Header("Idempotency-Key"), refusal).after(1)
            }
            WorkflowError::Taken { field, value } => {
                Self::of(StatusCode::CONFLICT, part_of(field), format_args!("{value} is taken"))
            }
            WorkflowError::Stale => Self::stale(),
            refusal @ WorkflowError::OtherTerms { .. } => Self::new(StatusCode::CONFLICT, refusal),
            WorkflowError::Store(error) => Self::store(&error),
            WorkflowError::Rng(error) => Self::unavailable(&error),
        }
    }

    /// A credential that is not taken, at `now`.
    pub(super) fn unknown_caller(error: AuthError, now: DateTime<Utc>) -> Self {
        match error {
            error @ (AuthError::Missing | AuthError::Wrong) => Self::unauthorized(&error),
            AuthError::TooMany(retry_at) => Self::new(StatusCode::TOO_MANY_REQUESTS, &error).after(seconds_until(retry_at, now)),
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
                Self::mistake()
            }
        }
    }

    /// 500: a mistake of ours, which is in the log.
    pub(super) fn mistake() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Sorry, this request could not be processed. Please try again later.")
    }

    fn unavailable(error: &dyn fmt::Display) -> Self {
        tracing::warn!(%error, "a request could not be served now");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not now: something this needs is away; try again shortly.").after(2)
    }
}

/// What the core's fields are called here.
fn part_of(field: &'static str) -> Part {
    Part::Member(match field {
        "with" => "sharedWith",
        "of" | "uri" => "resourceUri",
        "level" | "reshare" => "type",
        "is_enabled" | "starts_at" | "ends_at" => "enabled",
        "Idempotency-Key" => return Part::Header("Idempotency-Key"),
        other => other,
    })
}

impl From<BadJson> for Problem {
    fn from(error: BadJson) -> Self {
        Self::bad(Part::Body, error)
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
        Self::of(status, Part::Body, error)
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
        let status = self.status.as_u16();
        response.content_type(ERROR).body(
            serde_json::to_string(&ErrorBody {
                version: 2,
                http_status_code: status,
                error_code: u32::from(status) * 100 + self.part.map_or(0, Part::number),
                message: self.message.clone(),
                details: self.part.map(|part| format!("part: {}", part.name())).into_iter().collect(),
                links: Vec::new(),
            })
            .unwrap_or_default(),
        )
    }
}

/// Whole seconds, rounded up.
pub(super) fn seconds_until(then: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let micros = (then - now).num_microseconds().unwrap_or(i64::MAX / 2);
    micros.max(0).div_euclid(1_000_000) + i64::from(micros.rem_euclid(1_000_000) > 0)
}

/// Whoever asks must be known and allowed.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Denied {
    /// No credential, or none that is good.
    #[response(status = 401, content_type = "application/vnd.sas.error+json", headers(("WWW-Authenticate" = String, description = "Bearer realm=\"Countersign\"")))]
    Unauthorized(ErrorBody),
    /// Known, but may not.
    #[response(status = 403, content_type = "application/vnd.sas.error+json")]
    Forbidden(ErrorBody),
    /// A mistake of ours; it is in the log.
    #[response(status = 500, content_type = "application/vnd.sas.error+json")]
    Mistake(ErrorBody),
    /// The database is away or has too much to do. Nothing was done.
    #[response(status = 503, content_type = "application/vnd.sas.error+json", headers(("Retry-After" = i64, description = "seconds")))]
    Unavailable(ErrorBody),
}

/// Idempotency keys and bodies.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Limited {
    /// The same Idempotency-Key is being answered now.
    #[response(status = 409, content_type = "application/vnd.sas.error+json", headers(("Retry-After" = i64, description = "seconds")))]
    InFlight(ErrorBody),
    /// More than 64 KiB.
    #[response(status = 413, content_type = "application/vnd.sas.error+json")]
    TooLarge(ErrorBody),
    /// The Idempotency-Key was used for something else.
    #[response(status = 422, content_type = "application/vnd.sas.error+json")]
    KeyReused(ErrorBody),
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::{RequestState, Scope};
    use crate::random::RngError;
    use crate::workflow::{Closed, WhyForbidden, WhyTooMany};

    fn line(problem: &Problem) -> String {
        let response = problem.error_response();
        let retry = response.headers().get(RETRY_AFTER).map(|value| format!(" after {}", value.to_str().unwrap()));
        let status = response.status().as_u16();
        let body: serde_json::Value = serde_json::from_slice(&response.into_body().try_into_bytes().unwrap()).unwrap();
        assert_eq!(
            (&body["version"], &body["httpStatusCode"], &body["links"]),
            (&2.into(), &status.into(), &serde_json::json!([]))
        );
        let (code, details, message) = (&body["errorCode"], &body["details"], body["message"].as_str().unwrap());
        format!("{status}{} {code} {details} {message}\n", retry.unwrap_or_default())
    }

    #[test]
    fn each_refusal_has_its_status_and_its_words() {
        let now = crate::clock::from_micros(1_000_000);
        let later = now + TimeDelta::milliseconds(1_500);
        let refusals = [
            WorkflowError::Unauthenticated,
            WorkflowError::NotFound(What::Grant),
            WorkflowError::NotFound(What::User),
            WorkflowError::Unknown { field: "with", value: "\"bob\"".into(), hint: "name somebody else" },
            WorkflowError::invalid("of", "it is nothing"),
            WorkflowError::invalid("reshare", "no such rights"),
            WorkflowError::invalid("ends_at", "too late"),
            WorkflowError::invalid("name", "<65"),
            WorkflowError::Forbidden(WhyForbidden::AdminsOnly),
            WorkflowError::MissingScope(Scope::Grants),
            WorkflowError::Closed(Closed::Ended(RequestState::Cancelled)),
            WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at: later },
            WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at: now },
            WorkflowError::KeyReused,
            WorkflowError::InFlight,
            WorkflowError::Taken { field: "uri", value: "/files/1".into() },
            WorkflowError::Stale,
            WorkflowError::Store(StoreError::Overloaded),
            WorkflowError::Store(StoreError::Unavailable("disk is full at /somewhere".into())),
            WorkflowError::Store(StoreError::Conflict("secret".into())),
            WorkflowError::Store(StoreError::Violation("secret".into())),
            WorkflowError::Store(StoreError::Query("secret".into())),
            WorkflowError::Rng(RngError),
        ];
        let table: String = refusals.into_iter().map(|refusal| line(&Problem::refused(refusal, now))).collect();
        insta::assert_snapshot!(table, @r#"
        401 40100 [] sign in: send Basic with your address and password, or Bearer with a key or an access token
        404 40400 [] No share with the specified ID was found.
        404 40400 [] there is no such user
        400 40005 ["part: sharedWith"] sharedWith: "bob" does not exist; name somebody else
        400 40005 ["part: resourceUri"] resourceUri: it is nothing
        400 40005 ["part: type"] type: no such rights
        400 40005 ["part: enabled"] enabled: too late
        400 40005 ["part: name"] name: <65
        403 40300 [] this is for administrators
        403 40300 [] this key has not the scope `grants`; make one with `countersign key add --scope grants`
        410 41000 [] this request was cancelled, since what it was about is no longer there
        429 after 2 42900 [] the letter is sent again at most every ten minutes; try again after 1970-01-01 00:00:02 UTC
        429 after 1 42900 [] the letter is sent again at most every ten minutes; try again after 1970-01-01 00:00:01 UTC
        422 42207 ["part: Idempotency-Key"] Idempotency-Key: this Idempotency-Key was used for another request; use a new key for each thing you want done
        409 after 1 40907 ["part: Idempotency-Key"] Idempotency-Key: a request with this Idempotency-Key is being answered now; ask again in a second
        409 40905 ["part: resourceUri"] resourceUri: /files/1 is taken
        412 41207 ["part: If-Match"] If-Match: the share was changed meanwhile; GET it again, and send its ETag with what you make of it
        503 after 1 50300 [] the database has more work waiting than limits.write_queue and database.connections allow; try again shortly
        503 after 2 50300 [] Not now: something this needs is away; try again shortly.
        503 after 2 50300 [] Not now: something this needs is away; try again shortly.
        500 50000 [] Sorry, this request could not be processed. Please try again later.
        500 50000 [] Sorry, this request could not be processed. Please try again later.
        503 after 2 50300 [] Not now: something this needs is away; try again shortly.
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
        insta::assert_snapshot!(table, @r"
        401 40100 [] sign in: send Basic with your address and password, or Bearer with a key or an access token
        401 40100 [] the name or the password, key or token is not right, or no longer good
        429 after 60 42900 [] too many wrong tries; try again after 00:01:01 UTC
        503 after 1 50300 [] too many sign-ins at once; try again shortly
        503 after 1 50300 [] the database has more work waiting than limits.write_queue and database.connections allow; try again shortly
        503 after 2 50300 [] Not now: something this needs is away; try again shortly.
        ");
    }
}
