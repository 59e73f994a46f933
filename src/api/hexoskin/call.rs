//! One call: who asks, with the instance at hand. Made first, so that nobody learns anything before they are known.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev;
use actix_web::http::header::HOST;
use actix_web::web::{self, Bytes, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::problem::Problem;
use crate::auth::{AuthError, Authenticator, Question};
use crate::config::Config;
use crate::domain::{Caller, Credential};
use crate::http::authorization;
use crate::http::base_path::Base;
use crate::http::body::{self, media_type};
use crate::http::json::{self, Object};
use crate::http::rate_limit::Rates;
use crate::mail::delivery::worker::Wake;
use crate::store::batch::Command;
use crate::store::{Fault, Store, StoreError, Tx};
use crate::workflow::WorkflowError;
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
    /// Names this instance answers to: what a reference may lead with.
    pub(super) hosts: Vec<String>,
    /// The app that a client names beside Basic.
    pub(super) app: Option<String>,
    pub(super) store: Data<Store>,
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
        let caller = match house.header {
            Some(header) => house.auth.from_header(header, Some(house.peer)).await,
            None => Err(AuthError::Missing),
        };
        let House { config, rates, peer, store, wake, .. } = house;
        let caller = caller.map_err(|error| Problem::unknown_caller(error, store.clock().now()))?;
        let app = request.headers().get(APP_HEADER).filter(|_| caller.credential == Credential::Password);
        let app = app.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let url = &config.server.public_url;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let own_name = request.headers().get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let hosts = vec![format!("{}{port}", url.host_str().unwrap_or_default()), own_name.to_owned()];
        Ok(Self { caller, config, rates, peer, hosts, app, store, wake })
    }

    /// What stands before our paths.
    pub(super) fn base(&self) -> Base {
        Base::new(self.config.clone().into_inner())
    }

    /// Reads what `f` reads, on one snapshot.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, WorkflowError> {
        let caller = self.caller.clone();
        self.store.read(move |tx| f(tx, &caller)).await
    }

    /// Does what `f` does, whole or not at all.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        mut f: impl FnMut(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, WorkflowError> {
        let caller = self.caller.clone();
        self.store.write(move |tx| WorkflowError::settled(f(tx, &caller))).await?
    }

    /// Runs a command.
    pub(super) async fn execute<C: Command<Error = WorkflowError> + 'static>(
        &self,
        command: C,
    ) -> Result<C::Output, WorkflowError>
    where
        C::Output: 'static,
    {
        self.store.execute(command).await
    }

    /// A refusal as this API says it.
    pub(super) fn refuse(&self, refusal: WorkflowError) -> Problem {
        Problem::refused(&self.base(), refusal, self.now())
    }

    /// The time, for answers that name it.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.store.clock().now()
    }

    /// Tells the worker that emails may wait.
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

/// What is at hand before it is known who asks.
pub(super) struct House<'a> {
    header: Option<&'a str>,
    /// The address that the call comes from.
    pub(super) peer: IpAddr,
    /// How often one address may try tokens.
    pub(super) rates: Data<Rates>,
    config: Data<Config>,
    store: Data<Store>,
    wake: Data<Wake>,
    auth: Data<Authenticator>,
}

impl<'a> House<'a> {
    pub(super) fn of(request: &'a HttpRequest) -> Result<Self, Problem> {
        let (config, store, auth) = (of(request)?, of(request)?, of(request)?);
        let (rates, wake): (Data<Rates>, Data<Wake>) = (of(request)?, of(request)?);
        let header = authorization::of(request).map_err(Problem::bad)?;
        Ok(Self { header, peer: rates.peer_of(request), rates, config, store, wake, auth })
    }

    /// Answers a question of the caller's.
    pub(super) async fn ask<Q: Question<Error = HandlerError>>(&self, question: Q) -> Result<Q::Output, HandlerError> {
        self.auth.ask(self.header, Some(self.peer), question).await
    }

    /// What stands before our paths.
    pub(super) fn base(&self) -> Base {
        Base::new(self.config.clone().into_inner())
    }

    /// The time, for answers that name it.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.store.clock().now()
    }
}

/// Why an operation was not told, or not to its end.
pub(super) enum HandlerError {
    Unknown(AuthError),
    Refused(WorkflowError),
    TooOften(Duration),
}

impl From<AuthError> for HandlerError {
    fn from(error: AuthError) -> Self {
        Self::Unknown(error)
    }
}

impl From<StoreError> for HandlerError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<WorkflowError> for HandlerError {
    fn from(refusal: WorkflowError) -> Self {
        Self::Refused(refusal)
    }
}

impl Fault for HandlerError {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Unknown(error) => error.as_store(),
            Self::Refused(refusal) => refusal.as_store(),
            Self::TooOften(_) => None,
        }
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

/// An answer that an operation gives, to be kept where it came with an Idempotency-Key.
pub(super) fn answer(status: u16, location: Option<String>, body: &impl Serialize) -> Answer {
    Answer { status, location, body: serde_json::to_string(body).unwrap_or_default(), is_replay: false }
}

/// What was made, or the same that was there before, and is no news.
pub(super) fn made(is_new: bool, location: String, body: &impl Serialize) -> (Answer, bool) {
    (answer(if is_new { 201 } else { 200 }, Some(location), body), is_new)
}

/// A operation's answer on its way out.
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
