//! Sign-in at an OpenID Connect provider (OpenID Connect Core 1.0, authorization code with PKCE). The browser is redirected
//! with only public values of the login state, returns with a code, and the provider's tokens for it are verified before they
//! are used.
//!
//! Against mix-up attacks (RFC 9207, RFC 9700 §4.4), each provider has its own redirect URI, the login state is bound to it,
//! and an `iss` in the response must be the provider's issuer.

mod http;
mod id_token;
mod keys;
mod provider;
mod state;

use std::sync::Arc;

pub use self::provider::{Back, Provider};
pub use self::state::{ATTEMPT_LASTS, Attempt};

use crate::config::Oidc;

/// Why a sign-in failed. Each page has its own texts for people; the texts here are for the log.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider does not answer, or not in time.
    #[error("it does not answer: {0}")]
    Unreachable(String),
    /// Its answer is not OpenID Connect as it is configured here.
    #[error("its answer is of no use: {0}")]
    Unusable(String),
    /// The response is not from the provider, or not for this sign-in.
    #[error("what came back is not to be believed: {0}")]
    Forged(String),
    /// The provider denied the sign-in or the person cancelled it: its error code.
    #[error("it says {0}")]
    Denied(String),
    /// The response matches no login state of this browser: started elsewhere, too long ago, or used already.
    #[error("no attempt of this browser is under way")]
    Stale,
}

/// A provider whose settings are wrong.
#[derive(Debug, thiserror::Error)]
#[error("sign_in.oidc, provider {id}: {problem}")]
pub struct ProviderError {
    /// Its id.
    pub id: String,
    /// What to change.
    pub problem: String,
}

/// All configured providers. Cheap to clone.
#[derive(Clone, Default)]
pub struct Providers(Arc<Vec<Provider>>);

impl Providers {
    /// From the settings. No provider is called yet, so that one that is down does not prevent the start.
    pub fn new(settings: &[Oidc]) -> Result<Self, ProviderError> {
        let providers: Result<_, _> = settings.iter().map(Provider::new).collect();
        Ok(Self(Arc::new(providers?)))
    }

    /// All of them, in the operator's order.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// One by its id.
    pub fn find(&self, id: &str) -> Option<&Provider> {
        self.iter().find(|provider| provider.settings().id == id)
    }
}
