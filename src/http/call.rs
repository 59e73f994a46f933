//! A call of an API. It authenticates the caller first, so that nothing is revealed before. Then the handler reads or writes in
//! one transaction, and an error becomes the API's response.

use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
use std::net::IpAddr;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, dev};
use chrono::{DateTime, TimeDelta, Utc};

use super::authorization;
use super::base_path::Base;
use super::body;
use super::json_body::{self, RequestBody};
use super::problem::{Api, HandlerError, Problem};
use super::rate_limit::Rates;
use crate::auth::{AuthError, Authenticator, CallerQuestion};
use crate::config::Config;
use crate::domain::Caller;
use crate::store::batch::Command;
use crate::store::{Store, Tx};
use crate::workflow::WorkflowError;
use crate::workflow::idempotency::{Answer, Once};

/// How an API reads its calls.
pub trait Calls: Api {
    /// Authenticates the caller of an `Authorization` header.
    fn authenticate(state: &AppState<Self>, header: &str) -> impl Future<Output = Result<Caller, AuthError>> {
        state.auth.from_header(header, Some(state.peer))
    }

    /// Refuses a body by its media type; `given` is none if the client sent none.
    fn check_media_type(given: Option<&str>, body: &[u8]) -> Result<(), Problem<Self>>;
}

/// The state of a handler before authentication.
pub struct AppState<A> {
    pub request: HttpRequest,
    pub config: Data<Config>,
    /// The rate limits of this process.
    pub rates: Data<Rates>,
    /// The client's address.
    pub peer: IpAddr,
    pub auth: Data<Authenticator>,
    pub store: Data<Store>,
    api: PhantomData<A>,
}

impl<A: Calls> AppState<A> {
    fn of(request: &HttpRequest) -> Option<Self> {
        let rates = request.app_data::<Data<Rates>>()?.clone();
        Some(Self {
            request: request.clone(),
            config: request.app_data::<Data<Config>>()?.clone(),
            peer: rates.peer_of(request),
            rates,
            auth: request.app_data::<Data<Authenticator>>()?.clone(),
            store: request.app_data::<Data<Store>>()?.clone(),
            api: PhantomData,
        })
    }

    /// The prefix of our paths.
    pub fn base(&self) -> Base {
        Base::new(self.config.clone().into_inner())
    }

    /// The time, for responses that contain it.
    pub fn now(&self) -> DateTime<Utc> {
        self.store.clock().now()
    }

    /// The API's response to an error.
    pub fn refuse(&self, error: impl Into<HandlerError>) -> Problem<A> {
        let error = error.into();
        match &error {
            HandlerError::Unknown(error) => Problem::unknown_caller(error, self.now()),
            HandlerError::Refused(error) => Problem::refused(error, &self.base(), self.now()),
            HandlerError::TwoCredentials(error) => (*error).into(),
            HandlerError::TooOften(wait) => Problem::too_many(&error, *wait),
        }
    }

    /// Authenticates the caller and reads with `f`.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + Sync + 'static,
    ) -> Result<T, Problem<A>> {
        let f = move |tx: &mut Tx<'_>, caller: &Caller| Ok::<_, HandlerError>(f(tx, caller)?);
        let read = self.auth.read(authorization::of(&self.request)?, Some(self.peer), f).await;
        read.map_err(|error| self.refuse(error))
    }

    /// Answers a question in the transaction that authenticates the caller.
    pub async fn ask<Q: CallerQuestion<Error = HandlerError>>(&self, question: Q) -> Result<Q::Output, Problem<A>> {
        self.try_ask(question).await.map_err(|error| self.refuse(error))
    }

    /// As [`AppState::ask`], for handlers that continue after an error.
    pub async fn try_ask<Q: CallerQuestion<Error = HandlerError>>(&self, question: Q) -> Result<Q::Output, HandlerError> {
        self.auth.ask(authorization::of(&self.request)?, Some(self.peer), question).await
    }

    /// Reads the body, if the API accepts its media type.
    pub async fn body(&self, payload: Payload) -> Result<Bytes, Problem<A>> {
        let bytes = body::read(&self.request, payload, self.config.limits.body_bytes).await?;
        A::check_media_type(body::media_type(&self.request).as_deref(), &bytes)?;
        Ok(bytes)
    }

    /// Parses the body, and also returns its bytes. An empty one counts as an empty object if `may_be_empty`.
    pub async fn json<T: RequestBody>(&self, payload: Payload, may_be_empty: bool) -> Result<(T, Bytes), Problem<A>> {
        let bytes = self.body(payload).await?;
        let text = if may_be_empty && bytes.is_empty() { b"{}" } else { bytes.as_ref() };
        Ok((json_body::read(text)?, bytes))
    }

    /// Counts a token or code that does not exist, to limit guessing.
    pub fn count_unknown(&self, what: &str) -> Result<(), Problem<A>> {
        let message = format_args!("too many {what} that do not exist were tried from your network; try again later");
        self.rates.bad_token(self.peer).map_err(|wait| Problem::too_many(message, wait))
    }
}

impl<A: Calls> FromRequest for AppState<A> {
    type Error = Problem<A>;
    type Future = Ready<Result<Self, Problem<A>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(Problem::mistake))
    }
}

/// A call by an authenticated caller.
pub struct Call<A> {
    pub caller: Caller,
    state: AppState<A>,
}

impl<A> Deref for Call<A> {
    type Target = AppState<A>;

    fn deref(&self) -> &AppState<A> {
        &self.state
    }
}

impl<A: Calls> FromRequest for Call<A> {
    type Error = Problem<A>;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem<A>>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let state = AppState::of(request).ok_or_else(Problem::mistake);
        Box::pin(async move {
            let state = state?;
            let caller = match authorization::of(&state.request)? {
                Some(header) => A::authenticate(&state, header).await,
                None => Err(AuthError::Missing),
            };
            let caller = caller.map_err(|error| state.refuse(error))?;
            Ok(Self { caller, state })
        })
    }
}

impl<A: Calls> Call<A> {
    /// Reads with `f` on one snapshot.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem<A>> {
        let caller = self.caller.clone();
        self.store.read(move |tx| f(tx, &caller)).await.map_err(|error| self.refuse(error))
    }

    /// Runs `f` in one transaction.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem<A>> {
        self.try_write(f).await.map_err(|error| self.refuse(error))
    }

    /// As [`Call::write`], for handlers that continue after an error.
    pub async fn try_write<T: Send + 'static>(
        &self,
        mut f: impl FnMut(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, WorkflowError> {
        let caller = self.caller.clone();
        self.store.write(move |tx| WorkflowError::settled(f(tx, &caller))).await?
    }

    /// Runs a command.
    pub async fn execute<C: Command<Error = WorkflowError> + 'static>(&self, command: C) -> Result<C::Output, Problem<A>> {
        self.try_execute(command).await.map_err(|error| self.refuse(error))
    }

    /// As [`Call::execute`], for handlers that continue after an error.
    pub async fn try_execute<C: Command<Error = WorkflowError> + 'static>(&self, command: C) -> Result<C::Output, WorkflowError> {
        self.store.execute(command).await
    }

    /// The Idempotency-Key with its request, if the client sent one.
    pub fn once(&self, body: &[u8]) -> Result<Option<Once>, Problem<A>> {
        let Some(key) = self.request.headers().get("idempotency-key") else { return Ok(None) };
        // A key that is not ASCII becomes empty, and empty keys are refused.
        self.once_by(key.to_str().unwrap_or_default(), body, self.config.retention.idempotency.delta()).map(Some)
    }

    /// As [`Call::once`], with a key chosen by the API.
    pub fn once_by(&self, key: &str, body: &[u8], keep_for: TimeDelta) -> Result<Once, Problem<A>> {
        let (method, path) = (self.request.method().as_str(), self.request.path());
        Once::new(&self.caller, key, method, path, body, keep_for).map_err(|error| self.refuse(error))
    }
}

/// The head of a response, which may be a repetition.
pub fn head(answer: &Answer) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap_or_default());
    if let Some(location) = &answer.location {
        response.insert_header((LOCATION, location.as_str()));
    }
    if answer.is_replay {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    response
}
