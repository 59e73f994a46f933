//! How Eluvio's API reads a call: signed tokens beside the other credentials, and a repeated call that needs no key to be known
//! as the same one.

use actix_web::web::Data;
use chrono::TimeDelta;

use super::config::space_id;
use super::problem::{Eluvio, Problem};
use crate::auth::eluvio_token::PREFIX;
use crate::auth::{AuthError, Links};
use crate::domain::Caller;
use crate::http::authorization;
use crate::http::call::{self, AppState, Calls};
use crate::store::{StoreError, Tx};
use crate::workflow::WorkflowError;
use crate::workflow::idempotency::Once;

/// How long a call that is sent again gets the same answer: clients repeat at once, and people who mean it a second time do so
/// with a new token.
const REPEATED_WITHIN: TimeDelta = TimeDelta::minutes(10);

pub(super) type State = AppState<Eluvio>;
pub(super) type Call = call::Call<Eluvio>;

impl Calls for Eluvio {
    async fn authenticate(state: &State, header: &str) -> Result<Caller, AuthError> {
        match (header.trim(), signed_token(header)) {
            ("", _) => Err(AuthError::Missing),
            (_, Some(token)) => state.auth.from_signed_token(token, &space_id(&state.config), Some(state.peer)).await,
            (header, None) => state.auth.from_header(header, Some(state.peer)).await,
        }
    }

    fn check_media_type(given: Option<&str>, body: &[u8]) -> Result<(), Problem> {
        match given {
            Some(given) if given != "application/json" && !body.is_empty() => {
                Err(Problem::unsupported(format_args!("send application/json, not {given}")))
            }
            _ => Ok(()),
        }
    }
}

impl State {
    /// What codes are sealed with.
    pub(super) fn links(&self) -> Result<Links, Problem> {
        let links = self.request.app_data::<Data<Option<Links>>>().and_then(|links| Option::clone(links.get_ref()));
        links.ok_or_else(Problem::mistake)
    }

    /// Reads what `f` reads, for anybody who has a code.
    pub(super) async fn read_by_code<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Links) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem> {
        let links = self.links()?;
        self.store.read(move |tx| f(tx, &links)).await.map_err(|error| self.refuse(error))
    }

    /// 404 for a code that does not exist, counted.
    pub(super) fn unknown_code(&self) -> Problem {
        self.count_unknown("codes").err().unwrap_or_else(Problem::nothing_here)
    }
}

impl Call {
    /// As [`call::Call::write`], repeated when another call came between its reading and its writing: it names no version that
    /// could be stale, and a call that is being answered elsewhere has been answered when it looks again.
    pub(super) async fn change<T: Send + 'static>(
        &self,
        mut f: impl FnMut(&mut Tx<'_>, &Caller, &Links) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem> {
        let links = self.links()?;
        let again = |error| match error {
            WorkflowError::Stale | WorkflowError::InFlight => StoreError::Conflict("another call was at it".into()).into(),
            other => other,
        };
        self.write(move |tx, caller| f(tx, caller, &links).map_err(again)).await
    }

    /// What makes a call that is sent again the same one: the client's Idempotency-Key, or else all that it sent, since the
    /// original's client repeats that byte by byte.
    pub(super) fn repeated(&self, body: &[u8]) -> Result<Once, Problem> {
        if let Some(once) = self.once(body)? {
            return Ok(once);
        }
        let header = authorization::of(&self.request)?.unwrap_or_default().trim();
        let (method, path) = (self.request.method().as_str(), self.request.path());
        let name = self.links()?.name_of_call(header, &[method.as_bytes(), path.as_bytes(), body]);
        self.once_by(&name, body, self.config.retention.idempotency.delta().min(REPEATED_WITHIN))
    }
}

/// The signed token in a header, where it is one.
fn signed_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(PREFIX)).then_some(token)
}
