//! HTTP calls to one provider: only to that one, over TLS (or to this machine), each with one time limit and a bounded
//! response, without redirects. They run on blocking threads, of which one provider uses only a few.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Semaphore;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, http};
use url::Url;
use zeroize::Zeroizing;

use super::OidcError;
use crate::certificates;

const ANSWER_BYTES: u64 = 512 * 1024;
/// Concurrent calls to one provider.
const SLOTS: usize = 8;

/// The connection settings of one provider.
pub(super) struct Wire {
    agent: Agent,
    slots: Arc<Semaphore>,
    timeout: Duration,
}

/// A response.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Wire {
    /// Over TLS only, unless the provider is on this machine. Trusts only the authorities of `ca_file`, or else the machine's.
    pub(super) fn new(is_local: bool, ca_file: Option<&Path>, timeout: Duration) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder().root_certs(roots(ca_file)?).unversioned_rustls_crypto_provider(provider);
        let mut config = Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            .https_only(!is_local)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            .user_agent("countersign")
            .accept("application/json");
        // A proxy cannot reach this machine.
        if is_local {
            config = config.proxy(None);
        }
        Ok(Self { agent: config.build().new_agent(), slots: Arc::new(Semaphore::new(SLOTS)), timeout })
    }

    /// Fetches a document.
    pub(super) async fn get(&self, url: &Url, bearer: Option<Zeroizing<String>>) -> Result<Answer, OidcError> {
        let (agent, host, url) = (self.agent.clone(), url.host_str().unwrap_or_default(), url.to_string());
        self.call(host, move || {
            let mut request = agent.get(&url);
            if let Some(bearer) = bearer {
                request = request.header("authorization", format!("Bearer {}", bearer.as_str()));
            }
            request.call()
        })
        .await
    }

    /// Posts a form.
    pub(super) async fn post(
        &self,
        url: &Url,
        authorization: Option<Zeroizing<String>>,
        form: Zeroizing<String>,
    ) -> Result<Answer, OidcError> {
        let (agent, host, url) = (self.agent.clone(), url.host_str().unwrap_or_default(), url.to_string());
        self.call(host, move || {
            let mut request = agent.post(&url).header("content-type", "application/x-www-form-urlencoded");
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization.as_str());
            }
            request.send(form.as_str())
        })
        .await
    }

    async fn call(
        &self,
        host: &str,
        call: impl FnOnce() -> Result<http::Response<ureq::Body>, ureq::Error> + Send + 'static,
    ) -> Result<Answer, OidcError> {
        let waited = tokio::time::timeout(self.timeout, Arc::clone(&self.slots).acquire_owned()).await;
        let Ok(Ok(slot)) = waited else { return Err(OidcError::Unreachable("too many wait for it".to_owned())) };
        let host = host.to_owned();
        let called = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            read(call(), &host)
        });
        called.await.map_err(|error| OidcError::Unreachable(error.to_string()))?
    }
}

/// The error with advice for the operator if it is about the certificate of `host`.
fn unreachable(error: &ureq::Error, host: &str) -> OidcError {
    let tls = match error {
        ureq::Error::Rustls(error) => Some(error),
        ureq::Error::Io(error) => error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()),
        _ => None,
    };
    OidcError::Unreachable(tls.and_then(|tls| certificates::explain(tls, host)).unwrap_or_else(|| error.to_string()))
}

fn read(called: Result<http::Response<ureq::Body>, ureq::Error>, host: &str) -> Result<Answer, OidcError> {
    let mut response = called.map_err(|error| unreachable(&error, host))?;
    let status = response.status().as_u16();
    let body = match response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec() {
        Ok(body) => Zeroizing::new(body),
        Err(ureq::Error::BodyExceedsLimit(_)) => return Err(OidcError::Unusable("an answer is too long".to_owned())),
        Err(error) => return Err(OidcError::Unreachable(error.to_string())),
    };
    if status >= 500 {
        return Err(OidcError::Unreachable(format!("it answers {status}")));
    }
    match serde_json::from_slice(&body) {
        Ok(body) => Ok(Answer { status, body }),
        Err(_) => Err(OidcError::Unusable(format!("an answer ({status}) is no JSON"))),
    }
}

fn roots(ca_file: Option<&Path>) -> Result<RootCerts, String> {
    let certificates: Vec<Certificate<'static>> = if let Some(path) = ca_file {
        let found = certificates::read(path);
        let found = found.map_err(|reason| format!("ca_file {} does not read: {reason}", path.display()))?;
        found.iter().map(|der| Certificate::from_der(der).to_owned()).collect()
    } else {
        let found = rustls_native_certs::load_native_certs().certs;
        found.iter().map(|der| Certificate::from_der(der).to_owned()).collect()
    };
    Ok(RootCerts::new_with_certs(&certificates))
}
