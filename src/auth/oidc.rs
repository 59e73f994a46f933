//! Signing in at an OpenID Connect provider (OpenID Connect Core 1.0, authorization code with PKCE): the browser is sent
//! there with nothing but an attempt's public half, comes back with a code, and what the provider says for that code is
//! made sure of before anything is believed.
//!
//! Against mix-up (RFC 9207, RFC 9700 §4.4): each provider has a redirect URI of its own, the attempt is bound to it, and
//! an `iss` in the answer must be its issuer's.

mod http;
mod id_token;
mod keys;
mod provider;
mod state;

use std::sync::Arc;

pub use self::provider::{Back, Provider};
pub use self::state::{ATTEMPT_LASTS, Attempt};

use crate::config::Oidc;

/// Why nobody is signed in. What is said to people is each page's own; the texts here are for the log.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider does not answer, or not in time.
    #[error("it does not answer: {0}")]
    Unreachable(String),
    /// It answers something that is not OpenID Connect as it is set up here.
    #[error("its answer is of no use: {0}")]
    Unusable(String),
    /// What came back is not its word, or not about this sign-in.
    #[error("what came back is not to be believed: {0}")]
    Forged(String),
    /// It did not let them in, or they turned back: its word for it.
    #[error("it says {0}")]
    Denied(String),
    /// What came back belongs to no attempt of this browser: begun elsewhere, too long ago, or used already.
    #[error("no attempt of this browser is under way")]
    Stale,
}

/// Why a daemon does not start.
#[derive(Debug, thiserror::Error)]
#[error("sign_in.oidc, provider {id}: {problem}")]
pub struct ProviderError {
    /// Which one.
    pub id: String,
    /// What to change.
    pub problem: String,
}

/// Every provider that people can sign in at. Cheap to clone.
#[derive(Clone, Default)]
pub struct Providers(Arc<Vec<Provider>>);

impl Providers {
    /// As the configuration says. Nobody is called yet: a provider that is down keeps no daemon from starting.
    pub fn new(settings: &[Oidc]) -> Result<Self, ProviderError> {
        let providers: Result<_, _> = settings.iter().map(Provider::new).collect();
        Ok(Self(Arc::new(providers?)))
    }

    /// Each, in the operator's order.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// One by its id.
    pub fn find(&self, id: &str) -> Option<&Provider> {
        self.iter().find(|provider| provider.settings().id == id)
    }
}
