//! Error pages: what is wrong, that nothing was changed, and what to do.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use super::forms::BadFilter;
use super::layout::{Frame, rendered};
use super::reasons;
use crate::auth::AuthError;
use crate::store::StoreError;
use crate::workflow::WorkflowError;

/// A handler's result: a response, or an error that becomes a page.
pub(super) type Outcome = Result<HttpResponse, PageError>;

/// The error of a page.
#[derive(Debug)]
pub(super) enum PageError {
    /// The person must sign in first and then returns.
    SignIn {
        /// To this page.
        next: &'static str,
    },
    /// The token is malformed or unknown.
    NotALink,
    /// The link's request has ended, or the link is invalid; its own page says so.
    Closed,
    /// We did not show the form to this browser.
    Forged,
    /// The browser sent no cookie of ours with a form.
    NoCookie,
    /// The page was opened under another name than `public_url`.
    OtherName,
    /// The form is malformed.
    BadForm,
    /// The URL has an unknown filter of a list.
    BadFilter,
    /// The form is longer than any of ours.
    TooBig,
    /// There is nothing here.
    NotFound,
    /// The caller may not do this.
    Forbidden(&'static str),
    /// A field has a value that none of our forms sends.
    Invalid(String),
    /// A request for the same access is pending on other terms.
    OtherTerms,
    /// Over a limit until a moment.
    TooMany {
        /// What.
        what: &'static str,
        /// When.
        retry_at: DateTime<Utc>,
    },
    /// Over a limit for a length of time.
    TooFast(Duration),
    /// The database is down or overloaded.
    Busy,
    /// An internal error, logged where it occurred.
    Broken,
}

/// The limit that refuses a sign-in.
const TRIES: &str = "there were too many tries to sign in";

impl PageError {
    /// An internal error, which is logged.
    pub(super) fn broken(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a page could not be made");
        Self::Broken
    }
}

impl From<WorkflowError> for PageError {
    fn from(refusal: WorkflowError) -> Self {
        match refusal {
            WorkflowError::Unauthenticated => Self::SignIn { next: "/inbox" },
            WorkflowError::NotFound(_) | WorkflowError::Unknown { .. } => Self::NotFound,
            WorkflowError::Invalid { field: _, problem } => Self::Invalid(problem),
            WorkflowError::Forbidden(why) => Self::Forbidden(why),
            WorkflowError::MissingScope(_) => Self::Forbidden(""),
            WorkflowError::Closed(_) => Self::Closed,
            WorkflowError::TooMany { what, retry_at } => Self::TooMany { what, retry_at },
            WorkflowError::OtherTerms { .. } => Self::OtherTerms,
            WorkflowError::KeyReused | WorkflowError::InFlight | WorkflowError::Taken { .. } | WorkflowError::Stale => {
                Self::BadForm
            }
            WorkflowError::Store(error) => error.into(),
            WorkflowError::Rng(error) => Self::broken(&error),
        }
    }
}

impl From<BadFilter> for PageError {
    fn from(_: BadFilter) -> Self {
        Self::BadFilter
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded | StoreError::Unavailable(_) | StoreError::Conflict(_) => {
                tracing::warn!(%error, "a page had to wait for the database");
                Self::Busy
            }
            StoreError::Violation(_) | StoreError::Query(_) => Self::broken(&error),
        }
    }
}

impl From<AuthError> for PageError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Missing | AuthError::Wrong => Self::SignIn { next: "/inbox" },
            AuthError::TooMany(retry_at) => Self::TooMany { what: TRIES, retry_at },
            AuthError::Overloaded => Self::Busy,
            AuthError::Store(error) => error.into(),
            AuthError::Rng(error) => Self::broken(&error),
        }
    }
}

/// A page.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Outcome {
    rendered(status, template).map_err(|error| PageError::broken(&error))
}

/// A link at the end of a page.
pub(super) struct Next {
    pub(super) path: String,
    pub(super) label: String,
}

/// A page of a heading and a few sentences.
#[derive(Template)]
#[template(path = "pages/message.html")]
pub(super) struct Message<'a> {
    pub(super) frame: &'a Frame,
    /// The mark beside the heading, a name in `_seal.html`.
    pub(super) seal: &'static str,
    pub(super) heading: String,
    pub(super) sentences: Vec<String>,
    pub(super) next: Vec<Next>,
}

/// The value that was in a cookie that did not come back.
#[derive(Clone, Copy)]
pub(super) enum Lost {
    /// The link of an email that was opened.
    Link,
    /// The name for which a code was requested.
    Code,
}

/// A step that depends on a cookie, which did not come back.
pub(super) fn no_cookie(frame: &Frame, lost: Lost) -> Outcome {
    let (why, what_to_do) = match lost {
        Lost::Link => ("no-cookie-link", "no-cookie-link-do"),
        Lost::Code => ("no-cookie-code", "no-cookie-code-do"),
    };
    let message = Message {
        frame,
        seal: "warn",
        heading: frame.say("no-cookie-heading").to_string(),
        sentences: vec![frame.say(why).to_string(), frame.say(what_to_do).with("host", &frame.host).to_string()],
        next: Vec::new(),
    };
    page(StatusCode::OK, &message)
}

impl PageError {
    /// The page.
    pub(super) fn answer(self, frame: &Frame) -> HttpResponse {
        let say = |key| frame.say(key).to_string();
        let (status, seal, heading, sentences) = match &self {
            Self::SignIn { next } => return frame.see(&format!("/sign-in?next={next}")),
            Self::Closed => return frame.see("/redeem"),
            Self::NotALink => {
                (StatusCode::NOT_FOUND, "over", say("trouble-link"), vec![say("trouble-link-why"), say("trouble-link-do")])
            }
            Self::Forged => {
                (StatusCode::FORBIDDEN, "warn", say("trouble-forged"), vec![say("trouble-forged-why"), say("trouble-forged-do")])
            }
            Self::NoCookie => {
                let what = frame.say("no-cookie-form-do").with("host", &frame.host).to_string();
                (StatusCode::FORBIDDEN, "warn", say("no-cookie-heading"), vec![say("no-cookie-form"), what])
            }
            Self::OtherName => {
                let what = frame.say("other-name-do").with("url", frame.at_public("/")).to_string();
                (StatusCode::FORBIDDEN, "warn", say("other-name"), vec![say("other-name-why"), what])
            }
            Self::BadForm => (StatusCode::BAD_REQUEST, "warn", say("trouble-form"), vec![say("trouble-form-do")]),
            Self::BadFilter => (StatusCode::BAD_REQUEST, "warn", say("trouble-filter"), vec![say("trouble-filter-do")]),
            Self::TooBig => (StatusCode::PAYLOAD_TOO_LARGE, "warn", say("trouble-big"), vec![say("trouble-big-do")]),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "over",
                say("trouble-nothing"),
                vec![say("trouble-nothing-why"), say("trouble-unchanged")],
            ),
            Self::Forbidden(why) => {
                let why = say(reasons::forbidden(why));
                (StatusCode::FORBIDDEN, "warn", say("trouble-forbidden"), vec![why, say("trouble-unchanged")])
            }
            Self::Invalid(problem) => {
                let why = say(reasons::invalid(problem));
                (StatusCode::UNPROCESSABLE_ENTITY, "warn", say("trouble-invalid"), vec![why, say("trouble-unchanged")])
            }
            Self::OtherTerms => (
                StatusCode::CONFLICT,
                "wait",
                say("trouble-pending"),
                vec![say("trouble-pending-why"), say("trouble-unchanged"), say("trouble-pending-do")],
            ),
            Self::TooMany { what, retry_at } => {
                let again = frame.say("trouble-again").with("moment", frame.reader.moment_after(*retry_at)).to_string();
                let why = say(reasons::too_many(what));
                (StatusCode::TOO_MANY_REQUESTS, "wait", say("trouble-wait"), vec![why, say("trouble-unchanged"), again])
            }
            Self::TooFast(wait) => {
                let at = frame.now + TimeDelta::from_std(*wait).unwrap_or(TimeDelta::hours(1));
                let again = frame.say("trouble-again").with("moment", frame.reader.moment_after(at)).to_string();
                let why = say("trouble-many-network");
                (StatusCode::TOO_MANY_REQUESTS, "wait", say("trouble-wait"), vec![why, say("trouble-unchanged"), again])
            }
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "wait",
                say("trouble-busy"),
                vec![say("trouble-busy-why"), say("trouble-unchanged"), say("trouble-busy-do")],
            ),
            Self::Broken => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "broken",
                say(if frame.is_deed { "trouble-busy" } else { "trouble-broken" }),
                vec![say("trouble-unchanged"), say("trouble-broken-do")],
            ),
        };
        let message = Message { frame, seal, next: self.next(frame), heading, sentences };
        let mut response =
            rendered(status, &message).unwrap_or_else(|_| HttpResponse::build(status).body(message.heading.clone()));
        if let Some(seconds) = self.retry_after(frame.now) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// The links back to the reader's work.
    fn next(&self, frame: &Frame) -> Vec<Next> {
        let (path, label) = match self {
            _ if frame.is_at("/admin") && frame.account.as_ref().is_some_and(|who| who.is_admin) => {
                ("/admin", "trouble-to-admin")
            }
            Self::NotALink | Self::NotFound => ("/", "trouble-to-front"),
            _ if frame.is_at("/redeem") => ("/redeem", "trouble-to-request"),
            _ if frame.is_at("/inbox") => ("/inbox", "trouble-to-inbox"),
            _ if frame.is_at("/account") => ("/account/sessions", "trouble-to-sessions"),
            _ if frame.is_at("/sign-in") => ("/sign-in", "trouble-to-sign-in"),
            Self::NoCookie | Self::OtherName => ("/", "trouble-to-front"),
            _ => return Vec::new(),
        };
        // A browser does not keep a cookie for https on a page that was opened by http, so both errors lead to the right
        // address.
        if matches!(self, Self::NoCookie | Self::OtherName) {
            let path = frame.at_public(path);
            return vec![Next { label: frame.say("other-name-open").with("url", &path).to_string(), path }];
        }
        vec![Next { path: frame.to(path), label: frame.say(label).to_string() }]
    }

    /// In whole seconds, rounded up.
    fn retry_after(&self, now: DateTime<Utc>) -> Option<u64> {
        match self {
            Self::TooMany { retry_at, .. } => Some(u64::try_from((*retry_at - now).num_seconds() + 1).unwrap_or(1)),
            Self::TooFast(wait) => Some(wait.as_secs() + 1),
            Self::Busy => Some(5),
            _ => None,
        }
    }
}
