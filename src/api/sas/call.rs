//! One call: who asks, with the instance at hand. Made first, so that nobody learns anything before they are known.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev;
use actix_web::http::header::ACCEPT;
use actix_web::web::{self, Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};

use super::problem::{Part, Problem};
use super::wire;
use crate::auth::{AuthError, Authenticator};
use crate::config::Config;
use crate::domain::Caller;
use crate::http::authorization;
use crate::http::base_path::Base;
use crate::http::body::{self, media_type};
use crate::http::rate_limit::Rates;
use crate::mail::delivery::worker::Wake;
use crate::store::{Store, Tx};
use crate::workflow::WorkflowError;
use crate::workflow::idempotency::Once;

/// A call by somebody who is known.
pub(super) struct Call {
    /// Who asks.
    pub(super) caller: Caller,
    /// The settings.
    pub(super) config: Data<Config>,
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
        let (config, store): (Data<Config>, Data<Store>) = (of(request)?, of(request)?);
        let (rates, auth): (Data<Rates>, Data<Authenticator>) = (of(request)?, of(request)?);
        let header = authorization::of(request).map_err(|two| Problem::bad(Part::Header("Authorization"), two))?;
        let caller = match header {
            Some(header) => auth.from_header(header, Some(rates.peer_of(request))).await,
            None => Err(AuthError::Missing),
        };
        let caller = caller.map_err(|error| Problem::unknown_caller(error, store.clock().now()))?;
        Ok(Self { caller, config, store, wake: of(request)? })
    }

    /// What stands before our paths.
    pub(super) fn base(&self) -> Base {
        Base::new(self.config.clone().into_inner())
    }

    /// The moment.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.store.clock().now()
    }

    /// Reads what `f` reads, on one snapshot.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem> {
        let caller = self.caller.clone();
        self.store.read(move |tx| f(tx, &caller)).await.map_err(|refusal| self.refuse(refusal))
    }

    /// Does what `f` does, whole or not at all.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        mut f: impl FnMut(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, Problem> {
        let caller = self.caller.clone();
        let settled = self.store.write(move |tx| WorkflowError::settled(f(tx, &caller))).await;
        settled.and_then(|settled| settled).map_err(|refusal| self.refuse(refusal))
    }

    /// A refusal as this API says it.
    pub(super) fn refuse(&self, refusal: WorkflowError) -> Problem {
        Problem::refused(refusal, self.now())
    }

    /// Tells the worker that emails may wait.
    pub(super) fn wake(&self) {
        self.wake.up();
    }

    /// The body as it came. It must be said to be JSON or a share, or nothing be said of it.
    pub(super) async fn body(&self, request: &HttpRequest, payload: web::Payload) -> Result<Bytes, Problem> {
        let bytes = body::read(request, payload, self.config.limits.body_bytes).await?;
        match media_type(request) {
            Some(given) if !is_json(&given) => Err(Problem::media_type(&given)),
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

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.strip_suffix("+json").unwrap_or(media_type) == wire::SHARE
}

fn of<T: ?Sized + 'static>(request: &HttpRequest) -> Result<Data<T>, Problem> {
    request.app_data::<Data<T>>().cloned().ok_or_else(Problem::mistake)
}

/// What an answer says it is: plain JSON to whoever asks for that and not for the type itself, else the type.
pub(super) fn content_type(request: &HttpRequest, own: &'static str) -> String {
    let accepted: Vec<String> = request
        .headers()
        .get_all(ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .collect();
    let names = |wanted: &str| accepted.iter().any(|range| range == wanted);
    let own = format!("{own}+json");
    if names("application/json") && !names(&own) { "application/json".into() } else { own }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn plain_json_is_for_whoever_asks_for_it() {
        let answered =
            |accept: &str| content_type(&TestRequest::default().insert_header((ACCEPT, accept)).to_http_request(), wire::API);
        assert_eq!(content_type(&TestRequest::default().to_http_request(), wire::API), "application/vnd.sas.api+json");
        assert_eq!(answered("*/*"), "application/vnd.sas.api+json");
        assert_eq!(answered("application/json"), "application/json");
        assert_eq!(answered("text/plain, Application/JSON;q=0.5"), "application/json");
        assert_eq!(answered("application/json, application/vnd.sas.api+json"), "application/vnd.sas.api+json");
    }
}
