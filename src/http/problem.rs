//! Error responses of all APIs. Status and headers are decided here, and each API formats the body.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display};
use std::marker::PhantomData;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use chrono::{DateTime, Utc};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use super::authorization::TwoCredentials;
use super::base_path::Base;
use super::body::BadBody;
use super::json::BadJson;
use super::json_body::{BadMember, BadRequest};
use crate::auth::AuthError;
use crate::store::{Fault, StoreError};
use crate::workflow::WorkflowError;

/// How an API formats errors.
pub trait Api: Debug + Sized + 'static {
    /// The parts of the body besides the message.
    type Detail: Debug + Default;
    /// The body, for the description.
    type Body: ToSchema;
    /// The media type of the body.
    const MEDIA_TYPE: &'static str = "application/json";
    /// The `WWW-Authenticate` header of a 401.
    const CHALLENGE: &'static str;
    /// The message of a 500.
    const MISTAKE: &'static str = "Sorry, this request could not be processed. Please try again later.";
    /// The message of a 503.
    const UNAVAILABLE: &'static str = "not now: something this needs is away; try again shortly";
    /// The message of a 404 for an unknown path.
    const NOTHING_HERE: &'static str;

    /// The API's exceptions: statuses and messages that differ in the original.
    fn refused(_: &WorkflowError, _: &Base, problem: Problem<Self>) -> Problem<Self> {
        problem
    }

    /// Adds the invalid part of the call, if the API reports it.
    fn at(_: Part, problem: Problem<Self>) -> Problem<Self> {
        problem
    }

    /// Words the error for an invalid member of a body.
    fn bad_member(error: &BadMember) -> Problem<Self> {
        Problem::bad(error)
    }

    /// The message of a 405.
    fn not_allowed(allow: &str) -> String;

    /// The response to OPTIONS.
    fn options(allow: &'static str) -> HttpResponse {
        HttpResponse::Ok().insert_header((ALLOW, allow)).finish()
    }

    /// Writes the body; status and headers are already set.
    fn respond(problem: &Problem<Self>, response: HttpResponseBuilder) -> HttpResponse;

    /// The schema of the body for a status; none if it is empty.
    fn schema(_status: u16) -> Option<RefOr<Schema>> {
        Some(Ref::from_schema_name(Self::Body::name()).into())
    }
}

/// A part of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Header(&'static str),
    Body,
}

/// An error response.
#[derive(Debug)]
pub struct Problem<A: Api> {
    pub status: StatusCode,
    /// The problem, and how to solve it.
    pub message: String,
    /// What went wrong, as a stable word for programs.
    pub code: &'static str,
    /// The parameter or the member of the body that is wrong, if one is.
    pub field: Option<String>,
    /// The header that belongs to the status.
    pub header: Option<Box<(HeaderName, String)>>,
    /// The parts of this API's body besides the message.
    pub detail: A::Detail,
}

impl<A: Api> Problem<A> {
    /// A response without an extra header.
    pub fn new(status: StatusCode, message: impl Display) -> Self {
        let (code, message) = (code_of(status), message.to_string());
        Self { status, message, code, field: None, header: None, detail: A::Detail::default() }
    }

    /// The same with the parameter or member that is wrong.
    #[must_use]
    pub fn in_field(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// 400: the request is invalid.
    pub fn bad(message: impl Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 403: the caller is authenticated but not allowed.
    pub fn forbidden(message: impl Display) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 404: the path is unknown, or the object is not visible to the caller.
    pub fn nothing_here() -> Self {
        Self::new(StatusCode::NOT_FOUND, A::NOTHING_HERE)
    }

    /// 405, with the allowed methods.
    pub fn not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, A::not_allowed(allow)).with(ALLOW, allow)
    }

    /// 415: the body's media type is not supported.
    pub fn unsupported(message: impl Display) -> Self {
        A::at(Part::Header("Content-Type"), Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
    }

    /// 429, with the time to wait.
    pub fn too_many(message: impl Display, wait: Duration) -> Self {
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
        Self::new(StatusCode::TOO_MANY_REQUESTS, message).after(seconds)
    }

    /// 500: a bug, which is in the log.
    pub fn mistake() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, A::MISTAKE)
    }

    fn with(self, name: HeaderName, value: impl Display) -> Self {
        Self { header: Some(Box::new((name, value.to_string()))), ..self }
    }

    fn after(self, seconds: i64) -> Self {
        self.with(RETRY_AFTER, seconds.max(1))
    }

    /// The response to an error at `now`; `base` is the prefix of paths.
    pub fn refused(error: &WorkflowError, base: &Base, now: DateTime<Utc>) -> Self {
        let of = |status| Self::new(status, error);
        let problem = match error {
            WorkflowError::Unauthenticated => of(StatusCode::UNAUTHORIZED).with(WWW_AUTHENTICATE, A::CHALLENGE),
            WorkflowError::NotFound(_) => of(StatusCode::NOT_FOUND),
            WorkflowError::Unknown { .. } | WorkflowError::Invalid { .. } => of(StatusCode::BAD_REQUEST),
            WorkflowError::Forbidden(_) | WorkflowError::MissingScope(_) => of(StatusCode::FORBIDDEN),
            WorkflowError::Closed(_) => of(StatusCode::GONE),
            WorkflowError::TooMany { what: _, retry_at } => {
                of(StatusCode::TOO_MANY_REQUESTS).after(seconds_until(*retry_at, now))
            }
            WorkflowError::KeyReused => A::at(Part::Header("Idempotency-Key"), of(StatusCode::UNPROCESSABLE_ENTITY)),
            WorkflowError::InFlight => A::at(Part::Header("Idempotency-Key"), of(StatusCode::CONFLICT)).after(1),
            WorkflowError::Taken { .. } | WorkflowError::Stale | WorkflowError::OtherTerms { .. } => of(StatusCode::CONFLICT),
            WorkflowError::Store(error) => return Self::store(error),
            WorkflowError::Rng(error) => return Self::unavailable(error),
        };
        let problem = Self { code: error.code(), field: error.field().map(str::to_owned), ..problem };
        A::refused(error, base, problem)
    }

    /// The response to invalid credentials at `now`.
    pub fn unknown_caller(error: &AuthError, now: DateTime<Utc>) -> Self {
        let of = |status| Self::new(status, error);
        match error {
            AuthError::Missing | AuthError::Wrong => of(StatusCode::UNAUTHORIZED).with(WWW_AUTHENTICATE, A::CHALLENGE),
            AuthError::TooMany(retry_at) => of(StatusCode::TOO_MANY_REQUESTS).after(seconds_until(*retry_at, now)),
            AuthError::Overloaded => of(StatusCode::SERVICE_UNAVAILABLE).after(1),
            AuthError::Store(error) => Self::store(error),
            AuthError::Rng(error) => Self::unavailable(error),
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

    fn unavailable(error: &dyn Display) -> Self {
        tracing::warn!(%error, "a request could not be served now");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, A::UNAVAILABLE).after(2)
    }
}

impl<A: Api> From<BadBody> for Problem<A> {
    fn from(error: BadBody) -> Self {
        A::at(Part::Body, Self::new(error.status(), error))
    }
}

impl<A: Api> From<BadJson> for Problem<A> {
    fn from(error: BadJson) -> Self {
        A::at(Part::Body, Self::bad(error))
    }
}

impl<A: Api> From<BadRequest> for Problem<A> {
    fn from(error: BadRequest) -> Self {
        match error {
            BadRequest::Json(error) => error.into(),
            BadRequest::Unknown(unknown) => {
                let field = unknown.name.clone();
                A::at(Part::Body, Self::bad(unknown)).in_field(field)
            }
            BadRequest::Member(error) => A::bad_member(&error).in_field(error.path),
        }
    }
}

impl<A: Api> From<TwoCredentials> for Problem<A> {
    fn from(error: TwoCredentials) -> Self {
        A::at(Part::Header("Authorization"), Self::bad(error))
    }
}

impl<A: Api> Display for Problem<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.status, f)
    }
}

impl<A: Api> ResponseError for Problem<A> {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some((name, value)) = self.header.as_deref() {
            response.insert_header((name.clone(), value.as_str()));
        }
        A::respond(self, response)
    }
}

/// The code of an error that has none of its own.
fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "unauthenticated",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::REQUEST_TIMEOUT => "timeout",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        StatusCode::TOO_MANY_REQUESTS => "rate_limited",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        status if status.is_server_error() => "internal_error",
        _ => "invalid",
    }
}

/// Whole seconds until a moment, rounded up.
pub fn seconds_until(then: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let micros = (then - now).num_microseconds().unwrap_or(i64::MAX / 2);
    micros.max(0).div_euclid(1_000_000) + i64::from(micros.rem_euclid(1_000_000) > 0)
}

/// Why an operation that also authenticates its caller failed.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// The credentials are invalid.
    #[error(transparent)]
    Unknown(#[from] AuthError),
    #[error(transparent)]
    Refused(#[from] WorkflowError),
    #[error(transparent)]
    TwoCredentials(#[from] TwoCredentials),
    /// The caller uses tokens faster than a person would; with the time to wait.
    #[error("you have checked and redeemed as many tokens as one person does in a minute; try again later")]
    TooOften(Duration),
}

impl From<StoreError> for HandlerError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl Fault for HandlerError {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Unknown(error) => error.as_store(),
            Self::Refused(error) => error.as_store(),
            Self::TwoCredentials(_) | Self::TooOften(_) => None,
        }
    }
}

/// Groups of responses for the descriptions of operations.
macro_rules! described {
    ($($(#[$doc:meta])* $name:ident: $($status:literal),+;)+) => {$(
        $(#[$doc])*
        pub struct $name<A>(PhantomData<A>);

        impl<A: Api> IntoResponses for $name<A> {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                [$($status),+].into_iter().map(|status| (status.to_string(), response::<A>(status).into())).collect()
            }
        }
    )+};
}

described! {
    /// The call requires authentication and permission.
    Denied: 401, 403, 429, 500, 503;
    /// The call requires no authentication.
    Failed: 500, 503;
    /// The call has a body.
    Unread: 400, 408, 413, 415;
    /// The call accepts an Idempotency-Key.
    Repeated: 409, 422;
    /// The call accepts an Idempotency-Key and describes its 409 itself.
    Reused: 422;
}

fn response<A: Api>(status: u16) -> Response {
    let description = match status {
        400 => "The call is invalid; the message says what to change.",
        401 => "No valid credential.",
        403 => "Authenticated, but not allowed.",
        408 => "The body took longer than ten seconds to arrive.",
        409 => "This Idempotency-Key is being answered now.",
        413 => "The body is longer than `limits.body_bytes`.",
        415 => "Not JSON, or with a Content-Encoding.",
        422 => "This Idempotency-Key was used for another call.",
        429 => "Too many calls.",
        503 => "The database is unavailable or overloaded. Nothing was done.",
        _ => "An internal error, which is in the log.",
    };
    let mut response = ResponseBuilder::new().description(description);
    if status == 401 {
        response = response.header("WWW-Authenticate", header::<String>(A::CHALLENGE));
    }
    if matches!(status, 409 | 429 | 503) {
        response = response.header("Retry-After", header::<i64>("seconds"));
    }
    match A::schema(status) {
        Some(schema) => response.content(A::MEDIA_TYPE, ContentBuilder::new().schema(Some(schema)).build()).build(),
        None => response.build(),
    }
}

fn header<T: PartialSchema>(description: &str) -> Header {
    HeaderBuilder::new().description(Some(description)).schema(Some(T::schema())).build()
}

/// All errors with the responses of an API: status, headers and body.
#[cfg(test)]
pub(crate) fn table<A: Api>() -> String {
    use actix_web::body::MessageBody;
    use chrono::TimeDelta;

    use crate::domain::{RequestId, RequestState, Scope};
    use crate::random::RngError;
    use crate::workflow::{Closed, What, WhyForbidden, WhyTooMany};

    let now = crate::clock::from_micros(1_000_000);
    let retry_at = now + TimeDelta::milliseconds(1_500);
    let other_terms = |pending| WorkflowError::OtherTerms { pending, ends_at: retry_at, differs: Vec::new() };
    let refused = [
        WorkflowError::Unauthenticated,
        WorkflowError::NotFound(What::Grant),
        WorkflowError::NotFound(What::User),
        WorkflowError::Unknown { field: "bundle", value: "bundle 7".into(), hint: "name another" },
        WorkflowError::Unknown { field: "with", value: "a@x.org".into(), hint: "name another" },
        WorkflowError::invalid("of", "<60"),
        WorkflowError::invalid("reshare", "no such rights"),
        WorkflowError::invalid("starts_at", "too early"),
        WorkflowError::invalid("ends_at", "too late"),
        WorkflowError::invalid("attributes", "too long"),
        WorkflowError::invalid("limit", "too many"),
        WorkflowError::Forbidden(WhyForbidden::AdminsOnly),
        WorkflowError::MissingScope(Scope::Grants),
        WorkflowError::Closed(Closed::Ended(RequestState::Cancelled)),
        WorkflowError::Closed(Closed::Restored),
        WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at },
        WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at: now },
        WorkflowError::KeyReused,
        WorkflowError::InFlight,
        WorkflowError::Stale,
        other_terms(None),
        other_terms(Some(RequestId(12))),
        WorkflowError::Taken { field: "uri", value: "a@x.org".into() },
        WorkflowError::Store(StoreError::Overloaded),
        WorkflowError::Store(StoreError::Unavailable("disk is full at /somewhere".into())),
        WorkflowError::Store(StoreError::Conflict("secret".into())),
        WorkflowError::Store(StoreError::Violation("secret".into())),
        WorkflowError::Store(StoreError::Query("secret".into())),
        WorkflowError::Rng(RngError),
    ];
    let unknown = [
        AuthError::Missing,
        AuthError::Wrong,
        AuthError::TooMany(now + TimeDelta::seconds(60)),
        AuthError::Overloaded,
        AuthError::Store(StoreError::Overloaded),
        AuthError::Rng(RngError),
    ];
    let base = Base::new(std::sync::Arc::new(crate::config::Config::build(None, []).unwrap()));
    let problems = refused.iter().map(|error| Problem::<A>::refused(error, &base, now));
    let problems = problems.chain(unknown.iter().map(|error| Problem::unknown_caller(error, now)));
    let problems = problems.chain([BadBody::TooLarge(9).into(), TwoCredentials.into(), Problem::not_allowed("GET,HEAD")]);
    let line = |problem: Problem<A>| {
        let response = problem.error_response();
        let shown = ["retry-after", "www-authenticate", "allow", "content-type"].into_iter().filter_map(|name| {
            let value = response.headers().get(name)?.to_str().unwrap();
            (value != "application/json").then(|| format!(" {name}: {value}"))
        });
        let head = format!("{}{}", response.status().as_u16(), shown.collect::<String>());
        let body = response.into_body().try_into_bytes().unwrap_or_default();
        format!("{head} {}", String::from_utf8_lossy(&body)).trim_end().to_owned()
    };
    problems.map(line).collect::<Vec<_>>().join("\n")
}
