//! One call: the instance at hand, and who asks, where somebody must. Made first, so that nobody learns anything before they are
//! known.

use std::future::{Future, ready};
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev;
use actix_web::web::{self, Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use chrono::TimeDelta;

use super::config::space_id;
use super::problem::Problem;
use crate::auth::eluvio_token::PREFIX;
use crate::auth::{AuthError, Authenticator, Links};
use crate::config::Config;
use crate::domain::Caller;
use crate::http::authorization;
use crate::http::body::{self, media_type};
use crate::http::rate_limit::Rates;
use crate::mail::delivery::worker::Wake;
use crate::store::{Store, StoreError, Tx};
use crate::workflow::WorkflowError;
use crate::workflow::idempotency::Once;

/// How long a call that is sent again gets the same answer: clients repeat at once, and people who mean it a second time do so
/// with a new token.
const REPEATED_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// The instance, as anybody may call it.
#[derive(Clone)]
pub(super) struct House {
    /// The settings.
    pub(super) config: Data<Config>,
    /// What codes are sealed with.
    pub(super) links: Links,
    store: Data<Store>,
    rates: Data<Rates>,
    peer: IpAddr,
}

impl House {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let (config, store, rates): (Data<Config>, Data<Store>, Data<Rates>) = (of(request)?, of(request)?, of(request)?);
        let links = Option::clone(of::<Option<Links>>(request)?.get_ref()).ok_or_else(incomplete)?;
        let peer = rates.peer_of(request);
        Ok(Self { config, links, store, rates, peer })
    }

    /// Reads what `f` reads, on one snapshot.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Links) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, WorkflowError> {
        let links = self.links.clone();
        self.store.read(move |tx| f(tx, &links)).await
    }

    /// A refusal as this API says it.
    pub(super) fn refuse(&self, refusal: WorkflowError) -> Problem {
        Problem::refused(refusal, self.store.clock().now())
    }

    /// No such code: counted, so that nobody tries many.
    pub(super) fn unknown_code(&self) -> Problem {
        match self.rates.bad_token(self.peer) {
            Ok(()) => Problem::not_found(),
            Err(wait) => {
                let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
                Problem::too_many("too many codes that do not exist were tried from your network; try again later", seconds)
            }
        }
    }
}

impl FromRequest for House {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// A call by somebody who is known.
pub(super) struct Call {
    /// Who asks.
    pub(super) caller: Caller,
    /// The instance.
    pub(super) house: House,
    authorization: String,
    wake: Data<Wake>,
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Call::begin(&request).await })
    }
}

impl Call {
    async fn begin(request: &HttpRequest) -> Result<Self, Problem> {
        let house = House::of(request)?;
        let (auth, wake): (Data<Authenticator>, Data<Wake>) = (of(request)?, of(request)?);
        let header = authorization::of(request).map_err(Problem::bad)?.unwrap_or_default().trim();
        let caller = match (header, signed_token(header)) {
            ("", _) => Err(AuthError::Missing),
            (_, Some(token)) => auth.from_signed_token(token, &space_id(&house.config), Some(house.peer)).await,
            (header, None) => auth.from_header(header, Some(house.peer)).await,
        };
        let caller = caller.map_err(|error| Problem::unknown_caller(error, house.store.clock().now()))?;
        Ok(Self { caller, authorization: header.to_owned(), house, wake })
    }

    /// Reads what `f` reads, on one snapshot.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Caller, &Links) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (caller, links) = (self.caller.clone(), self.house.links.clone());
        let read = self.house.store.read(move |tx| f(tx, &caller, &links)).await;
        read.map_err(|refusal| self.house.refuse(refusal))
    }

    /// Does what `f` does, whole or not at all. What happened between its looking and its writing has it done again: it names
    /// no version of its own that could be stale, and a call that is being answered elsewhere was answered when it looks again.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        mut f: impl FnMut(&mut Tx<'_>, &Caller, &Links) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (caller, links) = (self.caller.clone(), self.house.links.clone());
        let again = |refusal| match refusal {
            WorkflowError::Stale | WorkflowError::InFlight => StoreError::Conflict("another call was at it".into()).into(),
            other => other,
        };
        let written = self.house.store.write(move |tx| f(tx, &caller, &links).map_err(again)).await;
        let written = written.map_err(|refusal| self.house.refuse(refusal))?;
        self.wake.up();
        Ok(written)
    }

    /// The body as it came. One that is not empty must be said to be JSON, or nothing be said of it.
    pub(super) async fn body(&self, request: &HttpRequest, payload: web::Payload) -> Result<Bytes, Problem> {
        let bytes = body::read(request, payload, self.house.config.limits.body_bytes).await?;
        match media_type(request) {
            Some(given) if given != "application/json" && !bytes.is_empty() => Err(Problem::media_type(&given)),
            _ => Ok(bytes),
        }
    }

    /// What makes a call that is sent again the same one: the client's Idempotency-Key, or else all that it sent, since the
    /// original's client repeats that to the letter.
    pub(super) fn once(&self, request: &HttpRequest, body: &[u8]) -> Result<Once, Problem> {
        let (method, path) = (request.method().as_str(), request.path());
        let kept_for = self.house.config.retention.idempotency.delta();
        let once = if let Some(key) = request.headers().get("idempotency-key") {
            // Not ASCII is not a key, and the check says so.
            Once::new(&self.caller, key.to_str().unwrap_or_default(), method, path, body, kept_for)
        } else {
            let name = self.house.links.name_of_call(&self.authorization, &[method.as_bytes(), path.as_bytes(), body]);
            Once::new(&self.caller, &name, method, path, body, kept_for.min(REPEATED_WITHIN))
        };
        once.map_err(|refusal| self.house.refuse(refusal))
    }
}

/// The signed token in a header, where it is one.
fn signed_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(PREFIX)).then_some(token)
}

fn of<T: ?Sized + 'static>(request: &HttpRequest) -> Result<Data<T>, Problem> {
    request.app_data::<Data<T>>().cloned().ok_or_else(incomplete)
}

fn incomplete() -> Problem {
    Problem::bad("this server was put together without a part that this needs")
}
