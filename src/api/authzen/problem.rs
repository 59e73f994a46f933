//! What is answered when a question was not answered. The one place where a refusal becomes a status.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::auth::AuthError;
use crate::http::body::BadBody;
use crate::store::{Fault, StoreError};
use crate::workflow::WorkflowError;

/// Why there is no answer: one object, the same in a failed request and in the `context` of a failed evaluation.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenError)]
pub(super) struct ErrorBody {
    pub(super) error: ErrorText,
}

/// What is wrong, as a status and for people.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenErrorText)]
pub(super) struct ErrorText {
    /// The HTTP status, or what it would be.
    pub(super) status: u16,
    /// What is wrong and what to do about it.
    pub(super) message: String,
}

/// What every question can be answered with instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Denied {
    /// The request is none that could be answered: not JSON, a field missing or of another type.
    #[response(status = 400)]
    Bad(ErrorBody),
    /// No credential, or none that is good.
    #[response(status = 401, headers(("WWW-Authenticate" = String, description = "Basic and Bearer")))]
    Unauthorized(ErrorBody),
    /// The caller may not ask that. A denied access is 200 and `"decision": false`.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// The body is longer than `limits.body_bytes`.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// Too much, too soon.
    #[response(status = 429, headers(("Retry-After" = i64, description = "seconds")))]
    TooMany(ErrorBody),
    /// A mistake of ours; it is in the log.
    #[response(status = 500)]
    Mistake(ErrorBody),
    /// The database is away or has too much to do.
    #[response(status = 503, headers(("Retry-After" = i64, description = "seconds")))]
    Unavailable(ErrorBody),
}

/// Why an operation did not come to an answer: the caller is not known, or it refused.
#[derive(Debug)]
pub(super) enum Failure {
    Auth(AuthError),
    WorkflowError(WorkflowError),
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl From<WorkflowError> for Failure {
    fn from(refusal: WorkflowError) -> Self {
        Self::WorkflowError(refusal)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::WorkflowError(error.into())
    }
}

impl Fault for Failure {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Auth(error) => error.as_store(),
            Self::WorkflowError(refusal) => refusal.as_store(),
        }
    }
}

/// An answer that is none of success.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    message: String,
    header: Option<(HeaderName, String)>,
}

impl Problem {
    fn new(status: StatusCode, message: impl fmt::Display) -> Self {
        Self { status, message: message.to_string(), header: None }
    }

    fn with(self, name: HeaderName, value: impl fmt::Display) -> Self {
        Self { header: Some((name, value.to_string())), ..self }
    }

    fn after(self, seconds: i64) -> Self {
        self.with(RETRY_AFTER, seconds.max(1))
    }

    /// 400: the request must change.
    pub(super) fn bad(message: impl fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 404: nothing is here.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "nothing is here; /.well-known/authzen-configuration says where what is")
    }

    /// 405, with what is allowed.
    pub(super) fn not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format_args!("only {allow} is answered here")).with(ALLOW, allow)
    }

    /// What an operation ended with, at `now`.
    pub(super) fn of(failure: Failure, now: DateTime<Utc>) -> Self {
        match failure {
            Failure::Auth(error) => Self::unknown_caller(error, now),
            Failure::WorkflowError(refusal) => Self::refused(refusal, now),
        }
    }

    fn unauthorized(message: impl fmt::Display) -> Self {
        const CHALLENGE: &str = "Bearer realm=\"Countersign\", Basic realm=\"Countersign\", charset=\"UTF-8\"";
        Self::new(StatusCode::UNAUTHORIZED, message).with(WWW_AUTHENTICATE, CHALLENGE)
    }

    fn refused(refusal: WorkflowError, now: DateTime<Utc>) -> Self {
        match refusal {
            WorkflowError::Unauthenticated => Self::unauthorized(refusal),
            // A question names nothing that must exist, changes nothing and has no key: none of these come of one.
            WorkflowError::NotFound(_) | WorkflowError::Closed(_) => Self::new(StatusCode::NOT_FOUND, refusal),
            WorkflowError::Unknown { .. } | WorkflowError::Invalid { .. } => Self::bad(refusal),
            WorkflowError::Forbidden(_) | WorkflowError::MissingScope(_) => Self::new(StatusCode::FORBIDDEN, refusal),
            WorkflowError::TooMany { what: _, retry_at } => Self::too_many(&refusal, retry_at, now),
            WorkflowError::KeyReused
            | WorkflowError::InFlight
            | WorkflowError::Taken { .. }
            | WorkflowError::Stale
            | WorkflowError::OtherTerms { .. } => Self::new(StatusCode::CONFLICT, refusal),
            WorkflowError::Store(error) => Self::store(&error),
            WorkflowError::Rng(error) => Self::unavailable(&error),
        }
    }

    fn unknown_caller(error: AuthError, now: DateTime<Utc>) -> Self {
        match error {
            AuthError::Missing | AuthError::Wrong => Self::unauthorized(error),
            AuthError::TooMany(retry_at) => Self::too_many(&error, retry_at, now),
            AuthError::Overloaded => Self::new(StatusCode::SERVICE_UNAVAILABLE, error).after(1),
            AuthError::Store(error) => Self::store(&error),
            AuthError::Rng(error) => Self::unavailable(&error),
        }
    }

    fn too_many(message: &dyn fmt::Display, retry_at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, message).after((retry_at - now).num_seconds().saturating_add(1))
    }

    fn store(error: &StoreError) -> Self {
        match error {
            StoreError::Overloaded => Self::new(StatusCode::SERVICE_UNAVAILABLE, error).after(1),
            StoreError::Unavailable(_) | StoreError::Conflict(_) => Self::unavailable(error),
            StoreError::Violation(_) | StoreError::Query(_) => {
                tracing::error!(%error, "a question ended with a mistake of ours");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "this could not be answered because of a mistake of ours")
            }
        }
    }

    fn unavailable(error: &dyn fmt::Display) -> Self {
        tracing::warn!(%error, "a question could not be answered now");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not now: something this needs is away; try again shortly").after(2)
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
        response.json(ErrorBody { error: ErrorText { status: self.status.as_u16(), message: self.message.clone() } })
    }
}
