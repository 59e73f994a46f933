//! What is answered when nothing was done: the original's error, of which its client reads the code, and only where the type
//! is `application/json` without a parameter. The one place where a refusal becomes a status.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::auth::AuthError;
use crate::store::StoreError;
use crate::workflow::{What, WorkflowError};

/// Why not.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrError)]
pub(super) struct ErrorBody {
    /// `SHAREITEM_NOT_FOUND`, `NOT_FOUND`, `BAD_INPUT`, `ACCESS_DENIED`, `UNAUTHENTICATED_ACCESS`, `SERVER_ERROR`.
    #[schema(example = "SHAREITEM_NOT_FOUND")]
    code: &'static str,
    /// What is wrong and what to do about it.
    message: String,
}

/// The original's words for errors, of those that are needed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    ShareNotFound,
    NotFound,
    BadInput,
    AccessDenied,
    Unauthenticated,
    Server,
}

impl Code {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ShareNotFound => "SHAREITEM_NOT_FOUND",
            Self::NotFound => "NOT_FOUND",
            Self::BadInput => "BAD_INPUT",
            Self::AccessDenied => "ACCESS_DENIED",
            Self::Unauthenticated => "UNAUTHENTICATED_ACCESS",
            Self::Server => "SERVER_ERROR",
        }
    }
}

/// An answer that is none of success.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: Code,
    message: String,
    header: Option<(HeaderName, String)>,
}

impl Problem {
    fn new(status: StatusCode, code: Code, message: impl fmt::Display) -> Self {
        Self { status, code, message: message.to_string(), header: None }
    }

    fn with(self, name: HeaderName, value: impl fmt::Display) -> Self {
        Self { header: Some((name, value.to_string())), ..self }
    }

    fn after(self, seconds: i64) -> Self {
        self.with(RETRY_AFTER, seconds.max(1))
    }

    /// 400: the caller must change something.
    pub(super) fn bad(message: impl fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::BadInput, message)
    }

    /// 403: not an admin.
    pub(super) fn admins_only() -> Self {
        Self::new(StatusCode::FORBIDDEN, Code::AccessDenied, "only admins, and keys of theirs with the scope `admin`, see this")
    }

    /// 404: no such share.
    pub(super) fn no_share() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            Code::ShareNotFound,
            "there is no share with this id; list the shares for those there are",
        )
    }

    /// 404: no such path.
    pub(super) fn nothing_here() -> Self {
        Self::new(StatusCode::NOT_FOUND, Code::NotFound, "there is nothing here; /rest says what there is")
    }

    /// 405, with what is allowed.
    pub(super) fn not_allowed(allow: &'static str) -> Self {
        let message = format_args!("not allowed here; use {allow}");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, Code::BadInput, message).with(ALLOW, allow)
    }

    /// 500: not the caller's fault.
    pub(super) fn mistake() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Server, "this could not be processed; please try again later")
    }

    fn unauthenticated(message: impl fmt::Display) -> Self {
        let problem = Self::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated, message);
        problem.with(WWW_AUTHENTICATE, "Basic realm=\"Novell Filr\"")
    }

    fn too_many(message: impl fmt::Display, retry_at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let whole = (retry_at - now + chrono::TimeDelta::microseconds(999_999)).num_seconds();
        Self::new(StatusCode::TOO_MANY_REQUESTS, Code::Server, message).after(whole)
    }

    /// A operation's refusal, at `now`.
    pub(super) fn refused(refusal: WorkflowError, now: DateTime<Utc>) -> Self {
        match refusal {
            WorkflowError::Unauthenticated => Self::unauthenticated(refusal),
            WorkflowError::NotFound(What::Grant) => Self::no_share(),
            WorkflowError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, Code::NotFound, refusal),
            WorkflowError::Unknown { .. } | WorkflowError::Invalid { .. } => Self::bad(refusal),
            WorkflowError::Forbidden(_) | WorkflowError::MissingScope(_) => {
                Self::new(StatusCode::FORBIDDEN, Code::AccessDenied, refusal)
            }
            WorkflowError::Closed(_) => Self::new(StatusCode::GONE, Code::NotFound, refusal),
            WorkflowError::TooMany { what: _, retry_at } => Self::too_many(&refusal, retry_at, now),
            WorkflowError::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, Code::BadInput, refusal),
            WorkflowError::InFlight => Self::new(StatusCode::CONFLICT, Code::BadInput, refusal).after(1),
            WorkflowError::Taken { .. } | WorkflowError::Stale | WorkflowError::OtherTerms { .. } => {
                Self::new(StatusCode::CONFLICT, Code::BadInput, refusal)
            }
            WorkflowError::Store(error) => Self::store(&error),
            WorkflowError::Rng(error) => Self::unavailable(&error),
        }
    }

    /// A credential that is not taken, at `now`.
    pub(super) fn unknown_caller(error: AuthError, now: DateTime<Utc>) -> Self {
        match error {
            AuthError::Missing | AuthError::Wrong => Self::unauthenticated(error),
            AuthError::TooMany(retry_at) => Self::too_many(&error, retry_at, now),
            AuthError::Overloaded => Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Server, error).after(1),
            AuthError::Store(error) => Self::store(&error),
            AuthError::Rng(error) => Self::unavailable(&error),
        }
    }

    fn store(error: &StoreError) -> Self {
        match error {
            StoreError::Overloaded => Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Server, error).after(1),
            StoreError::Unavailable(_) | StoreError::Conflict(_) => Self::unavailable(error),
            StoreError::Violation(_) | StoreError::Query(_) => {
                tracing::error!(%error, "a request ended with a mistake of ours");
                Self::mistake()
            }
        }
    }

    fn unavailable(error: &dyn fmt::Display) -> Self {
        tracing::warn!(%error, "a request could not be served now");
        let message = "not now: something this needs is away; try again shortly";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Server, message).after(2)
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
        let body = ErrorBody { code: self.code.as_str(), message: self.message.clone() };
        response.insert_header((CONTENT_TYPE, "application/json"));
        response.body(serde_json::to_string(&body).unwrap_or_default())
    }
}

/// Whoever asks must be known and allowed.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Denied {
    /// `UNAUTHENTICATED_ACCESS`: no credential, or none that is good.
    #[response(status = 401, headers(("WWW-Authenticate" = String, description = "Basic realm=\"Novell Filr\"")))]
    Unauthorized(ErrorBody),
    /// `ACCESS_DENIED`: known, but may not.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// Too many wrong passwords of late.
    #[response(status = 429, headers(("Retry-After" = i64, description = "seconds")))]
    TooManyTries(ErrorBody),
    /// `SERVER_ERROR`: a mistake of ours; it is in the log.
    #[response(status = 500)]
    Mistake(ErrorBody),
    /// `SERVER_ERROR`: the database is away or has too much to do. Nothing was done.
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
    use crate::workflow::{Closed, WhyForbidden, WhyTooMany};

    fn line(problem: &Problem) -> String {
        let response = problem.error_response();
        let retry = response.headers().get(RETRY_AFTER).map(|value| format!(" after {}", value.to_str().unwrap()));
        assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), "application/json");
        let status = response.status().as_u16();
        let body = response.into_body().try_into_bytes().unwrap_or_default();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        format!(
            "{status}{} {} {}\n",
            retry.unwrap_or_default(),
            body["code"].as_str().unwrap(),
            body["message"].as_str().unwrap()
        )
    }

    #[test]
    fn each_refusal_has_its_status_and_its_code() {
        let now = crate::clock::from_micros(1_000_000);
        let later = now + TimeDelta::milliseconds(1_500);
        let refusals = [
            WorkflowError::Unauthenticated,
            WorkflowError::NotFound(What::Grant),
            WorkflowError::NotFound(What::User),
            WorkflowError::Unknown { field: "with", value: "user 7".into(), hint: "name another" },
            WorkflowError::invalid("name", "too long"),
            WorkflowError::Forbidden(WhyForbidden::AdminsOnly),
            WorkflowError::MissingScope(Scope::Grants),
            WorkflowError::Closed(Closed::Ended(RequestState::Cancelled)),
            WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at: later },
            WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at: now },
            WorkflowError::KeyReused,
            WorkflowError::InFlight,
            WorkflowError::Taken { field: "email", value: "a@x.org".into() },
            WorkflowError::Stale,
            WorkflowError::Store(StoreError::Overloaded),
            WorkflowError::Store(StoreError::Unavailable("disk is full at /somewhere".into())),
            WorkflowError::Store(StoreError::Query("secret".into())),
            WorkflowError::Rng(RngError),
        ];
        let table: String = refusals.into_iter().map(|refusal| line(&Problem::refused(refusal, now))).collect();
        insta::assert_snapshot!(table, @r#"
        401 UNAUTHENTICATED_ACCESS sign in first: this is only for people we know
        404 SHAREITEM_NOT_FOUND there is no share with this id; list the shares for those there are
        404 NOT_FOUND there is no such user
        400 BAD_INPUT with: user 7 does not exist; name another
        400 BAD_INPUT name: too long
        403 ACCESS_DENIED this is for administrators
        403 ACCESS_DENIED this key has not the scope `grants`; make one with `countersign key add --scope grants`
        410 NOT_FOUND this request was cancelled, since what it was about is no longer there
        429 after 2 SERVER_ERROR the letter is sent again at most every ten minutes; try again after 1970-01-01 00:00:02 UTC
        429 after 1 SERVER_ERROR the letter is sent again at most every ten minutes; try again after 1970-01-01 00:00:01 UTC
        422 BAD_INPUT this Idempotency-Key was used for another request; use a new key for each thing you want done
        409 after 1 BAD_INPUT a request with this Idempotency-Key is being answered now; ask again in a second
        409 BAD_INPUT email: a@x.org is taken
        409 BAD_INPUT it was changed meanwhile; read it again, and change what is there now
        503 after 1 SERVER_ERROR the database has more work waiting than limits.write_queue and database.connections allow; try again shortly
        503 after 2 SERVER_ERROR not now: something this needs is away; try again shortly
        500 SERVER_ERROR this could not be processed; please try again later
        503 after 2 SERVER_ERROR not now: something this needs is away; try again shortly
        "#);
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
        401 UNAUTHENTICATED_ACCESS sign in: send Basic with your address and password, or Bearer with a key or an access token
        401 UNAUTHENTICATED_ACCESS the name or the password, key or token is not right, or no longer good
        429 after 60 SERVER_ERROR too many wrong tries; try again after 00:01:01 UTC
        503 after 1 SERVER_ERROR too many sign-ins at once; try again shortly
        503 after 1 SERVER_ERROR the database has more work waiting than limits.write_queue and database.connections allow; try again shortly
        503 after 2 SERVER_ERROR not now: something this needs is away; try again shortly
        "#);
    }
}
