//! Reads calls, and builds the answers of operations.

use actix_web::HttpResponse;
use actix_web::http::header::HOST;
use serde::Serialize;

use super::problem::{self, Hexoskin, Problem};
use crate::domain::Credential;
use crate::http::call::{self, AppState, Calls, head};
use crate::http::problem::HandlerError;
use crate::workflow::idempotency::Answer;
use crate::workflow::{What, WorkflowError};

/// The header with which the original signs calls. It names the app of a call with Basic; the signature proves nothing here.
const APP_HEADER: &str = "X-HEXOAPIKEY";

pub(super) type State = AppState<Hexoskin>;
pub(super) type Call = call::Call<Hexoskin>;

impl Calls for Hexoskin {
    /// A non-empty body must be JSON by its Content-Type, or have none.
    fn check_media_type(given: Option<&str>, body: &[u8]) -> Result<(), Problem> {
        match given {
            Some(given) if given != "application/json" && !body.is_empty() => Err(problem::media_type(given)),
            _ => Ok(()),
        }
    }
}

impl State {
    /// The host names of this instance, with which a reference may begin.
    pub(super) fn hosts(&self) -> Vec<String> {
        let url = &self.config.server.public_url;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let own_name = self.request.headers().get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
        vec![format!("{}{port}", url.host_str().unwrap_or_default()), own_name.to_owned()]
    }

    /// The error of an operation on a token. Unknown tokens are counted.
    pub(super) fn refuse_token(&self, error: HandlerError) -> Problem {
        let is_unknown = matches!(error, HandlerError::Refused(WorkflowError::NotFound(What::Token)));
        let counted = if is_unknown { self.count_unknown("tokens") } else { Ok(()) };
        counted.err().unwrap_or_else(|| self.refuse(error))
    }
}

impl Call {
    /// The app that a client names besides Basic.
    pub(super) fn app(&self) -> Option<String> {
        let name = self.request.headers().get(APP_HEADER).filter(|_| self.caller.credential == Credential::Password);
        name.and_then(|value| value.to_str().ok()).map(str::to_owned)
    }
}

/// The answer of an operation, which can be stored for its Idempotency-Key.
pub(super) fn answer(status: u16, location: Option<String>, body: &impl Serialize) -> Answer {
    Answer { status, location, body: serde_json::to_string(body).unwrap_or_default(), is_replay: false }
}

/// 201 with a new object or 200 with an existing one, and whether it is new.
pub(super) fn made(is_new: bool, location: String, body: &impl Serialize) -> (Answer, bool) {
    (answer(if is_new { 201 } else { 200 }, Some(location), body), is_new)
}

/// The answer of an operation as a response.
pub(super) fn reply(answer: Answer) -> HttpResponse {
    head(&answer).content_type("application/json").body(answer.body)
}
