//! One call: who asks, with the house at hand. Made first, so that nobody learns anything before they are known.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev;
use actix_web::http::header::{AUTHORIZATION, HOST};
use actix_web::web::{self, Bytes, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;

use super::problem::Problem;
use crate::api::body::{self, media_type};
use crate::api::json::{self, Object};
use crate::api::rates::Rates;
use crate::auth::{AuthError, Authenticator};
use crate::config::Config;
use crate::domain::{Caller, Credential};
use crate::mail::outbox::Wake;
use crate::store::{Store, Tx};
use crate::workflow::Refusal;
use crate::workflow::idempotency::{Answer, Once};

/// What the original signs its calls with. Read beside Basic for the app's name; the signature itself proves nothing here.
const APP_HEADER: &str = "X-HEXOAPIKEY";

/// A call by somebody who is known.
pub(super) struct Call {
    /// Who asks.
    pub(super) caller: Caller,
    /// The settings.
    pub(super) config: Data<Config>,
    /// How often one address may try tokens.
    pub(super) rates: Data<Rates>,
    /// The address it comes from.
    pub(super) peer: IpAddr,
    /// Names this house answers to: what a reference may lead with.
    pub(super) hosts: Vec<String>,
    /// The app that a client names beside Basic.
    pub(super) app: Option<String>,
    store: Data<Store>,
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
        let arrival = Arrival::of(request)?;
        let caller = match arrival.header {
            Some(header) => arrival.auth.from_header(header, Some(arrival.peer)).await,
            None => Err(AuthError::Missing),
        };
        let caller = caller.map_err(|error| arrival.unknown(error))?;
        Ok(arrival.by(caller))
    }

    /// A call, and what `f` reads once it is known who asks: a few rows that are found by their keys. Both in one look.
    pub(super) async fn glance<T: Send + 'static>(
        request: &HttpRequest,
        f: impl Fn(&mut Tx<'_>, &Caller) -> Result<T, Refusal> + Clone + Send + 'static,
    ) -> Result<(Self, Result<T, Refusal>), Problem> {
        let arrival = Arrival::of(request)?;
        let seen = match arrival.header {
            Some(header) => arrival.auth.glance(header, Some(arrival.peer), f).await,
            None => Err(AuthError::Missing),
        };
        let (caller, read) = seen.map_err(|error| arrival.unknown(error))?;
        Ok((arrival.by(caller), read))
    }

    /// Reads what `f` reads, on one snapshot.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let caller = self.caller.clone();
        self.store.read(move |tx| f(tx, &caller)).await
    }

    /// Does what `f` does, whole or not at all.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        mut f: impl FnMut(&mut Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let caller = self.caller.clone();
        self.store.write(move |tx| f(tx, &caller)).await
    }

    /// A refusal as this API says it.
    pub(super) fn refuse(&self, refusal: Refusal) -> Problem {
        Problem::refused(refusal, self.store.clock().now())
    }

    /// Tells the worker that letters may wait.
    pub(super) fn wake(&self) {
        self.wake.up();
    }

    /// The body as it came. One that is not empty must be said to be JSON, or nothing be said of it.
    pub(super) async fn body(&self, request: &HttpRequest, payload: web::Payload) -> Result<Bytes, Problem> {
        let bytes = body::read(request, payload, self.config.limits.body_bytes).await?;
        match media_type(request) {
            Some(given) if given != "application/json" && !bytes.is_empty() => Err(Problem::media_type(&given)),
            _ => Ok(bytes),
        }
    }

    /// The Idempotency-Key, if the client sent one, with what it came with.
    pub(super) fn once(&self, request: &HttpRequest, body: &[u8]) -> Result<Option<Once>, Problem> {
        let Some(name) = request.headers().get("idempotency-key") else { return Ok(None) };
        let keep_for = self.config.retention.idempotency.delta();
        // Not ASCII is not a key, and the check says so.
        let name = name.to_str().unwrap_or_default();
        let once = Once::new(&self.caller, name, request.method().as_str(), request.path(), body, keep_for);
        once.map(Some).map_err(|refusal| self.refuse(refusal))
    }
}

/// A call of which it is not known yet who makes it.
struct Arrival<'a> {
    request: &'a HttpRequest,
    header: Option<&'a str>,
    peer: IpAddr,
    config: Data<Config>,
    rates: Data<Rates>,
    store: Data<Store>,
    wake: Data<Wake>,
    auth: Data<Authenticator>,
}

impl<'a> Arrival<'a> {
    fn of(request: &'a HttpRequest) -> Result<Self, Problem> {
        let (config, store, auth) = (of(request)?, of(request)?, of(request)?);
        let (rates, wake): (Data<Rates>, Data<Wake>) = (of(request)?, of(request)?);
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        Ok(Self { request, header, peer: rates.peer_of(request), config, rates, store, wake, auth })
    }

    fn unknown(&self, error: AuthError) -> Problem {
        Problem::unknown_caller(error, self.store.clock().now())
    }

    fn by(self, caller: Caller) -> Call {
        let Self { request, config, rates, peer, store, wake, .. } = self;
        let app = request.headers().get(APP_HEADER).filter(|_| caller.credential == Credential::Password);
        let app = app.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let url = &config.server.public_url;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let own_name = request.headers().get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let hosts = vec![format!("{}{port}", url.host_str().unwrap_or_default()), own_name.to_owned()];
        Call { caller, config, rates, peer, hosts, app, store, wake }
    }
}

fn of<T: ?Sized + 'static>(request: &HttpRequest) -> Result<Data<T>, Problem> {
    let missing = || Problem::bad("this server was put together without a part that this needs");
    request.app_data::<Data<T>>().cloned().ok_or_else(missing)
}

/// The object in a body.
pub(super) fn object(body: &[u8]) -> Result<Object, Problem> {
    Ok(json::object(body)?)
}

/// An answer that a story gives, to be kept where it came with an Idempotency-Key.
pub(super) fn answer(status: u16, location: Option<String>, body: &impl Serialize) -> Answer {
    Answer { status, location, body: serde_json::to_string(body).unwrap_or_default(), is_replay: false }
}

/// A story's answer on its way out.
pub(super) fn reply(answer: Answer) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(answer.status).unwrap_or_default();
    let mut response = HttpResponse::build(status);
    if let Some(location) = &answer.location {
        response.insert_header(("Location", location.as_str()));
    }
    if answer.is_replay {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    if answer.body.is_empty() { response.finish() } else { response.content_type("application/json").body(answer.body) }
}
