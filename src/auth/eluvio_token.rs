//! Tokens that a person's app signs with their Ethereum account, as Eluvio's clients do: `acspjc`, then in base58 a signature
//! and the deflated JSON that it signs. Nobody issues them, and nobody can revoke one before its end. So a token is valid for
//! this instance's space only, on Eluvio's API only, and never for a decision.

mod claims;
mod recovery;

use std::net::IpAddr;

use super::{AuthError, Authenticator};
use crate::domain::{Caller, Credential, Scope};
use crate::store::{self, StoreError};

pub use self::claims::Claims;

/// The prefix of every such token.
pub const PREFIX: &str = "acspjc";
/// The most tokens that wait to be verified; further ones are answered 503.
pub(super) const WAITING_MOST: usize = 1024;

impl Authenticator {
    /// The person whose account signed `token` for `space`. Every error has the same answer.
    pub async fn from_signed_token(&self, token: &str, space: &str, peer: Option<IpAddr>) -> Result<Caller, AuthError> {
        let claims = self.judged(token, space).await?;
        self.store
            .read(move |tx| {
                if !claims.is_good_at(tx.now()) {
                    return Err(AuthError::Wrong);
                }
                let user = store::users::find_by_eth_address(tx, &claims.address)?.ok_or(AuthError::Wrong)?;
                let caller = Caller::person(user.id, user.is_admin, Credential::SignedToken);
                let scopes = [Scope::Grants, Scope::Admin].into_iter().filter(|scope| *scope != Scope::Admin || user.is_admin);
                Ok(Caller { scopes: scopes.collect(), peer, ..caller })
            })
            .await
    }

    /// Verifies the signature on a blocking thread, as many at a time as there are cores: it takes some hundred microseconds,
    /// and anybody may send one.
    async fn judged(&self, token: &str, space: &str) -> Result<Claims, AuthError> {
        let _place = self.signatures_waiting.try_acquire().map_err(|_| AuthError::Overloaded)?;
        let _slot = self.signatures.acquire().await.map_err(|_| AuthError::Overloaded)?;
        let (token, space) = (token.to_owned(), space.to_owned());
        let judged = tokio::task::spawn_blocking(move || Claims::read(&token, &space)).await;
        judged.map_err(|error| StoreError::Query(error.to_string()))?.ok_or(AuthError::Wrong)
    }
}
