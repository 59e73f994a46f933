//! Error pages: what is wrong, that nothing was changed, and what to do.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use super::forms::BadFilter;
use super::layout::{Frame, rendered};
use super::return_to;
use crate::auth::AuthError;
use crate::store::StoreError;
use crate::workflow::{WhyForbidden, WhyInvalid, WhyTooMany, WorkflowError};

/// A handler's result: a response, or an error that becomes a page.
pub(super) type Outcome = Result<HttpResponse, PageError>;

/// The error of a page.
#[derive(Debug)]
pub(super) enum PageError {
    /// The person must sign in first and then returns.
    SignIn {
        next: &'static str,
    },
    /// The person must prove first that they read their mailbox, and then continues.
    ProveMailbox {
        /// At this page.
        next: String,
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
    BadForm,
    /// The URL has an unknown filter of a list.
    BadFilter,
    /// The form is longer than any of ours.
    TooBig,
    /// There is nothing here.
    NotFound,
    /// The caller may not: the sentence that says why.
    Forbidden(&'static str),
    /// A field that no form of ours sends so: the sentence that says what is wrong.
    Invalid(&'static str),
    /// A request for the same thing is pending on other terms.
    OtherTerms,
    /// Over a limit until a moment.
    TooMany {
        /// The sentence that says what.
        why: &'static str,
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

/// The sentence for why somebody may not. Those that no page leads to have one for all.
const fn why_forbidden(why: WhyForbidden) -> &'static str {
    match why {
        WhyForbidden::OffererLostRight => "trouble-why-offer-over",
        WhyForbidden::OffererHoldsLess => "trouble-why-offer-less",
        WhyForbidden::RequesterLostRight => "trouble-why-asker-over",
        WhyForbidden::SharedWithYourGroup => "trouble-why-group",
        WhyForbidden::Blocked => "trouble-why-blocked",
        WhyForbidden::AccountChanged => "trouble-why-changed",
        WhyForbidden::OnlyRequesterResends | WhyForbidden::OnlyRequesterWithdraws | WhyForbidden::OnlyRequesterAsksAgain => {
            "trouble-why-asker-only"
        }
        WhyForbidden::OnlyApproverGetsLink | WhyForbidden::OnlyApproverBlocks => "trouble-why-decider-only",
        _ => NOT_YOURS,
    }
}

const NOT_YOURS: &str = "trouble-why-not-yours";

/// The sentence for what was done too often.
const fn why_too_many(why: WhyTooMany) -> &'static str {
    match why {
        WhyTooMany::Resends => "trouble-many-letters",
        WhyTooMany::ResendPause => "trouble-many-soon",
        WhyTooMany::DeclinedBefore => "trouble-many-declined",
        WhyTooMany::EmailsToApprover => "trouble-many-theirs",
        WhyTooMany::EmailsToApproverFromYou => "trouble-many-from-you",
        WhyTooMany::EmailsToDomain => "trouble-many-domain",
        WhyTooMany::EmailsByYou => "trouble-many-yours",
        WhyTooMany::Changes | WhyTooMany::NewPeople => "trouble-many-any",
    }
}

/// The sentence for what is wrong with a field.
pub(super) const fn why_invalid(why: &WhyInvalid) -> &'static str {
    match why {
        WhyInvalid::EndPassed => "review-problem-end-passed",
        WhyInvalid::NotInFuture => "trouble-end-over",
        WhyInvalid::ControlCharacters => "review-problem-reason-odd",
        WhyInvalid::Other(_) => "trouble-invalid-why",
    }
}

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
            WorkflowError::Invalid { field: _, problem } => Self::Invalid(why_invalid(&problem)),
            WorkflowError::Forbidden(WhyForbidden::MailboxNotProved) => Self::ProveMailbox { next: "/inbox".to_owned() },
            WorkflowError::Forbidden(why) => Self::Forbidden(why_forbidden(why)),
            WorkflowError::MissingScope(_) => Self::Forbidden(NOT_YOURS),
            WorkflowError::Closed(_) => Self::Closed,
            WorkflowError::TooMany { what, retry_at } => Self::TooMany { why: why_too_many(what), retry_at },
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
            AuthError::TooMany(retry_at) => Self::TooMany { why: "trouble-many-tries", retry_at },
            AuthError::Overloaded => Self::Busy,
            AuthError::Store(error) => error.into(),
            AuthError::Rng(error) => Self::broken(&error),
        }
    }
}

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

impl<'a> Message<'a> {
    /// A page that tells the reader to wait or to do something else, with one link.
    pub(super) fn waiting(
        frame: &'a Frame,
        heading: &'static str,
        sentences: [&'static str; 2],
        (path, label): (&str, &'static str),
    ) -> Self {
        let say = |key| frame.say(key).to_string();
        let next = vec![Next { path: frame.to(path), label: say(label) }];
        Self { frame, seal: "wait", heading: say(heading), sentences: sentences.map(say).into(), next }
    }
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
        let failed = if frame.is_action { "trouble-busy" } else { "trouble-broken" };
        let (status, seal, heading, sentences) = match &self {
            Self::SignIn { next } => return frame.see(&format!("/sign-in?next={next}")),
            Self::ProveMailbox { next } => return frame.see(&return_to::then(return_to::CONFIRM, next)),
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
                (StatusCode::FORBIDDEN, "warn", say("trouble-forbidden"), vec![say(why), say("trouble-unchanged")])
            }
            Self::Invalid(why) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "warn", say("trouble-invalid"), vec![say(why), say("trouble-unchanged")])
            }
            Self::OtherTerms => (
                StatusCode::CONFLICT,
                "wait",
                say("trouble-pending"),
                vec![say("trouble-pending-why"), say("trouble-unchanged"), say("trouble-pending-do")],
            ),
            Self::TooMany { why, retry_at } => {
                let again = frame.reader.try_again(frame.now, *retry_at);
                (StatusCode::TOO_MANY_REQUESTS, "wait", say("trouble-wait"), vec![say(why), say("trouble-unchanged"), again])
            }
            Self::TooFast(wait) => {
                let at = frame.now + TimeDelta::from_std(*wait).unwrap_or(TimeDelta::hours(1));
                let again = frame.reader.try_again(frame.now, at);
                let why = say("trouble-many-network");
                (StatusCode::TOO_MANY_REQUESTS, "wait", say("trouble-wait"), vec![why, say("trouble-unchanged"), again])
            }
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "wait",
                say(failed),
                vec![say("trouble-busy-why"), say("trouble-unchanged"), say("trouble-busy-do")],
            ),
            Self::Broken => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "broken",
                say(failed),
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
            Self::Forbidden("trouble-why-changed") => (return_to::CONFIRM, "trouble-to-confirm"),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::config::Config;
    use crate::pages::assets::Assets;
    use crate::pages::format::Reader;

    fn body(refusal: WorkflowError, language: &str) -> String {
        let url = url::Url::parse("https://access.example.org").unwrap();
        let at = ("/redeem", true);
        let instance = Config::defaults().unwrap().instance;
        let reader = Reader::accepting(language, &instance);
        let assets = Arc::new(Assets::new(&instance));
        let frame = Frame::new(assets, &url, at, reader, (String::new(), false), DateTime::UNIX_EPOCH);
        let response = PageError::from(refusal).answer(&frame);
        let body = actix_web::body::MessageBody::try_into_bytes(response.into_body()).unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[test]
    fn each_reason_that_a_page_leads_to_has_its_own_sentence_in_each_language() {
        use {WhyForbidden as F, WhyInvalid as I, WhyTooMany as M};
        // The first of each kind stands for those that share one sentence.
        let forbidden = [
            F::AdminsOnly,
            F::OffererLostRight,
            F::OffererHoldsLess,
            F::RequesterLostRight,
            F::SharedWithYourGroup,
            F::Blocked,
            F::OnlyRequesterResends,
            F::OnlyApproverBlocks,
        ];
        let too_many = [
            M::Changes,
            M::Resends,
            M::ResendPause,
            M::DeclinedBefore,
            M::EmailsToApprover,
            M::EmailsToApproverFromYou,
            M::EmailsToDomain,
            M::EmailsByYou,
        ];
        let invalid = [I::Other("odd".into()), I::EndPassed, I::NotInFuture, I::ControlCharacters];
        for language in ["en", "de", "fr"] {
            let mut refusals: Vec<WorkflowError> = forbidden.iter().map(|why| WorkflowError::Forbidden(*why)).collect();
            let retry_at = DateTime::UNIX_EPOCH;
            refusals.extend(too_many.iter().map(|what| WorkflowError::TooMany { what: *what, retry_at }));
            refusals.extend(invalid.iter().map(|why| WorkflowError::invalid("until", why.clone())));
            let mut pages = BTreeSet::new();
            for refusal in refusals {
                let text = refusal.to_string();
                let page = body(refusal, language);
                assert!(pages.insert(page), "{language}: the page of {text:?} is another's");
            }
            let same =
                |one, other| body(WorkflowError::Forbidden(one), language) == body(WorkflowError::Forbidden(other), language);
            assert!(same(F::OnlyRequesterResends, F::OnlyRequesterWithdraws));
            assert!(same(F::OnlyRequesterResends, F::OnlyRequesterAsksAgain));
            assert!(same(F::OnlyApproverBlocks, F::OnlyApproverGetsLink));
        }
    }
}
