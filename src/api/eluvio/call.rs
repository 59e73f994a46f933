//! Reads calls: signed tokens besides the other credentials, and repeated calls without an Idempotency-Key.

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

/// How long a repeated call gets the same answer. Clients repeat immediately; a person who means a second call has a new token
/// by then.
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
    /// The keys that seal codes.
    pub(super) fn links(&self) -> Result<Links, Problem> {
        let links = self.request.app_data::<Data<Option<Links>>>().and_then(|links| Option::clone(links.get_ref()));
        links.ok_or_else(Problem::mistake)
    }

    /// Reads for anybody with a code.
    pub(super) async fn read_by_code<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Links) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem> {
        let links = self.links()?;
        self.store.read(move |tx| f(tx, &links)).await.map_err(|error| self.refuse(error))
    }

    /// 404 for an unknown code, which is counted.
    pub(super) fn unknown_code(&self) -> Problem {
        self.count_unknown("codes").err().unwrap_or_else(Problem::nothing_here)
    }
}

impl Call {
    /// As [`call::Call::write`], retried if a concurrent call changed the row or is still being answered: clients send no
    /// version, so they cannot resolve a conflict.
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

    /// The key of a repeated call: the Idempotency-Key, or else a hash of the call, because the original client repeats it byte
    /// by byte.
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

/// The signed token in a header, if it contains one.
fn signed_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(PREFIX)).then_some(token)
}
