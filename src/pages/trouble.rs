//! Why a page is not the one that was wanted, as a page of its own: what is wrong, that nothing was changed, what to do.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use askama::Template;
use chrono::{DateTime, Utc};

use super::visit::{Frame, page};
use crate::auth::AuthError;
use crate::store::StoreError;
use crate::workflow::Refusal;

/// Why.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Sign in first, then come back.
    SignIn {
        /// To this page.
        next: &'static str,
    },
    /// The token is none of ours, to the letter or in the database.
    NotALink,
    /// The link's request has ended, or the link is dead; its own page says so.
    Closed,
    /// The form is not one that we showed to this browser.
    Forged,
    /// The form is none.
    BadForm,
    /// The form is longer than any of ours.
    TooBig,
    /// There is nothing here.
    NotFound,
    /// The caller may not.
    Forbidden(&'static str),
    /// A field that no form of ours sends so.
    Invalid(String),
    /// Too often: again then.
    TooMany {
        /// What.
        what: &'static str,
        /// When.
        retry_at: DateTime<Utc>,
    },
    /// Too often: again after so long.
    TooFast(Duration),
    /// The database is away or has too much to do.
    Busy,
    /// A mistake of ours; logged where it was found.
    Broken,
}

impl Trouble {
    /// A mistake of ours, logged.
    pub(super) fn broken(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a page could not be made");
        Self::Broken
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthenticated => Self::SignIn { next: "/inbox" },
            Refusal::NotFound(_) | Refusal::Unknown { .. } => Self::NotFound,
            Refusal::Invalid { field: _, problem } => Self::Invalid(problem),
            Refusal::Forbidden(why) => Self::Forbidden(why),
            Refusal::MissingScope(_) => Self::Forbidden("this is not for you to do"),
            Refusal::Closed(_) => Self::Closed,
            Refusal::TooMany { what, retry_at } => Self::TooMany { what, retry_at },
            Refusal::KeyReused | Refusal::InFlight | Refusal::Taken { .. } | Refusal::Stale => Self::BadForm,
            Refusal::Store(error) => match error {
                StoreError::Overloaded | StoreError::Unavailable(_) | StoreError::Conflict(_) => {
                    tracing::warn!(%error, "a page had to wait for the database");
                    Self::Busy
                }
                StoreError::Violation(_) | StoreError::Query(_) => Self::broken(&error),
            },
            Refusal::Chance(error) => Self::broken(&error),
        }
    }
}

impl From<AuthError> for Trouble {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Missing | AuthError::Wrong => Self::SignIn { next: "/inbox" },
            AuthError::TooMany(retry_at) => Self::TooMany { what: "There were too many tries", retry_at },
            AuthError::Overloaded => Self::Busy,
            AuthError::Store(error) => error.into(),
            AuthError::Chance(error) => Self::broken(&error),
        }
    }
}

/// A link at the end of a page.
pub(super) struct Next {
    pub(super) path: String,
    pub(super) label: &'static str,
}

/// A page of a heading and a few sentences.
#[derive(Template)]
#[template(path = "pages/message.html")]
pub(super) struct Message<'a> {
    pub(super) frame: &'a Frame,
    pub(super) heading: &'a str,
    pub(super) sentences: Vec<String>,
    pub(super) next: Vec<Next>,
}

const UNCHANGED: &str = "Nothing was changed.";

impl Trouble {
    /// The page.
    pub(super) fn answer(self, frame: &Frame) -> HttpResponse {
        let (status, heading, sentences) = match &self {
            Self::SignIn { next } => return frame.see(&format!("/sign-in?next={next}")),
            Self::Closed => return frame.see("/redeem"),
            Self::NotALink => (
                StatusCode::NOT_FOUND,
                "This is not a valid link",
                vec![
                    "The link is not complete, or it is not one of ours. Some mail programs break a long link in two.".into(),
                    "Open it from the letter again, or copy the whole address from the letter into your browser.".into(),
                ],
            ),
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "This form can no longer be sent",
                vec![
                    "It was not sent from a page of ours, or you have signed in or out since the page was opened.".into(),
                    format!(
                        "{UNCHANGED} Go back, reload the page and try again. Your browser must accept cookies from this site."
                    ),
                ],
            ),
            Self::BadForm => {
                (StatusCode::BAD_REQUEST, "This form cannot be read", vec![format!("{UNCHANGED} Go back and try again.")])
            }
            Self::TooBig => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "This is too long",
                vec![format!("{UNCHANGED} Go back, write a shorter text and try again.")],
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "There is nothing here",
                vec!["The address is wrong, or what was here is gone.".into(), UNCHANGED.into()],
            ),
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, "This cannot be done", vec![sentence(why), UNCHANGED.into()]),
            Self::Invalid(problem) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "This cannot be done so", vec![sentence(problem), UNCHANGED.into()])
            }
            Self::TooMany { what, retry_at } => (
                StatusCode::TOO_MANY_REQUESTS,
                "Please wait a little",
                vec![format!("{} {UNCHANGED}", sentence(what)), format!("Try again after {}.", frame.reader.moment(*retry_at))],
            ),
            Self::TooFast(wait) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Please wait a little",
                vec![format!("There were too many tries from your network. {UNCHANGED} Try again in {}.", about(*wait))],
            ),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "This could not be saved",
                vec![format!("We are busy at the moment. {UNCHANGED} Please try again in a minute.")],
            ),
            Self::Broken => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
                vec![format!("{UNCHANGED} Please try again. If it happens again, tell the people who run this site.")],
            ),
        };
        let next = match &self {
            Self::NotALink | Self::NotFound => vec![Next { path: frame.to("/"), label: "Go to the first page" }],
            _ => Vec::new(),
        };
        let message = Message { frame, heading, sentences, next };
        let mut response =
            page(status, &message).unwrap_or_else(|_| HttpResponse::build(status).body(format!("{heading}. {UNCHANGED}\n")));
        if let Some(seconds) = self.retry_after(frame.now) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl Trouble {
    /// In whole seconds, upwards.
    fn retry_after(&self, now: DateTime<Utc>) -> Option<u64> {
        match self {
            Self::TooMany { retry_at, .. } => Some(u64::try_from((*retry_at - now).num_seconds() + 1).unwrap_or(1)),
            Self::TooFast(wait) => Some(wait.as_secs() + 1),
            Self::Busy => Some(5),
            _ => None,
        }
    }
}

/// A reason that begins small and ends without a dot, as a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase).into_iter().flatten();
    let sentence: String = first.chain(chars).collect();
    if sentence.ends_with('.') { sentence } else { sentence + "." }
}

/// A wait, as a person says it.
fn about(wait: Duration) -> String {
    match wait.as_secs() {
        0..=59 => "a minute".to_owned(),
        seconds @ 60..=3_599 => format!("{} minutes", seconds.div_ceil(60)),
        _ => "an hour".to_owned(),
    }
}
