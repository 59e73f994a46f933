//! Who asks. Passwords, keys, OAuth2 tokens and sessions all end in one [`Caller`]; nothing behind this room sees a
//! credential.

mod code;
mod oauth;
mod password;
mod session;

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use crate::config::Limits;
use crate::domain::{Caller, Credential, KeyId, Scope, Scopes, User, UserId};
use crate::store::{self, Fault, Store, StoreError, Tx, credentials};
use crate::token::{Chance, NoChance, Secret, SecretKind};

pub use code::Tried;
pub use oauth::{Grant, Issued, OAuthError};
pub use password::{PASSWORD_LEAST, Passwords, TooShort};
pub use session::{SESSION_IDLE, SESSION_LASTS};

/// Why a credential is not taken.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// There is none.
    #[error("sign in: send Basic with your address and password, or Bearer with a key or an access token")]
    Missing,
    /// It is wrong, over or taken back. Which one, and whether the name exists, is not said.
    #[error("the name or the password, key or token is not right, or no longer good")]
    Wrong,
    /// Too many wrong ones.
    #[error("too many wrong tries; try again after {}", .0.format("%H:%M:%S UTC"))]
    TooMany(DateTime<Utc>),
    /// More passwords wait to be hashed than the machine can do.
    #[error("too many sign-ins at once; try again shortly")]
    Overloaded,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The random generator.
    #[error(transparent)]
    Chance(#[from] NoChance),
}

impl Fault for AuthError {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// Judges credentials.
pub struct Authenticator {
    store: Store,
    chance: Chance,
    passwords: Passwords,
    limits: Limits,
}

impl Authenticator {
    /// One for the process.
    pub fn new(store: Store, chance: Chance, limits: &Limits) -> Result<Self, NoChance> {
        let passwords = Passwords::new(&chance, limits.hashing_slots)?;
        Ok(Self { store, chance, passwords, limits: limits.clone() })
    }

    /// The caller that an `Authorization` header names: Basic or Bearer, the scheme in any case.
    pub async fn from_header(&self, header: &str, peer: Option<IpAddr>) -> Result<Caller, AuthError> {
        let (scheme, value) = header.trim().split_once(' ').ok_or(AuthError::Wrong)?;
        let mut caller = if scheme.eq_ignore_ascii_case("basic") {
            let (name, password) = decode_basic(value).ok_or(AuthError::Wrong)?;
            self.by_password(&name, &password).await?
        } else if scheme.eq_ignore_ascii_case("bearer") {
            self.by_secret(value.trim()).await?
        } else {
            return Err(AuthError::Wrong);
        };
        caller.peer = peer;
        Ok(caller)
    }

    async fn by_secret(&self, text: &str) -> Result<Caller, AuthError> {
        if let Some(secret) = Secret::parse(SecretKind::Key, text) {
            return self.store.glance(move |tx| by_key(tx, &secret)).await;
        }
        let secret = Secret::parse(SecretKind::Access, text).ok_or(AuthError::Wrong)?;
        self.store.glance(move |tx| oauth::by_access_token(tx, &secret)).await
    }
}

/// The name and the password of a Basic header.
pub fn decode_basic(value: &str) -> Option<(String, Zeroizing<String>)> {
    let decoded = Zeroizing::new(STANDARD.decode(value.trim()).ok()?);
    let text = std::str::from_utf8(&decoded).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), Zeroizing::new(password.to_owned())))
}

fn by_key(tx: &mut Tx<'_>, secret: &Secret) -> Result<Caller, AuthError> {
    let stored = credentials::find_key(tx, KeyId(secret.id()))?;
    if !secret.matches(stored.as_ref().map(|key| key.secret_hash.as_slice())) {
        return Err(AuthError::Wrong);
    }
    let key = stored.filter(|key| key.revoked_at.is_none() && tx.now() < key.expires_at).ok_or(AuthError::Wrong)?;
    let user = key.user.map(|id| find_user(tx, id)).transpose()?;
    let is_admin = user.as_ref().is_some_and(|user| user.is_admin) && key.scopes.has(Scope::Admin);
    Ok(Caller {
        user: key.user,
        is_admin,
        key: Some(key.id),
        app: None,
        scopes: key.scopes,
        credential: Credential::Key,
        peer: None,
    })
}

fn find_user(tx: &mut Tx<'_>, id: UserId) -> Result<User, AuthError> {
    store::users::find(tx, id)?.ok_or(AuthError::Wrong)
}

fn person(user: &User, credential: Credential) -> Caller {
    Caller { scopes: Scopes::all(), ..Caller::person(user.id, user.is_admin, credential) }
}

/// The live key that a client names without proof, by its id or by itself. Naming one gives no right: only its list of
/// `redeem_url`s is used, which leads to the app's own pages.
pub fn app_named(tx: &mut Tx<'_>, name: &str) -> Result<Option<KeyId>, StoreError> {
    let shown = Secret::parse(SecretKind::Key, name);
    let Some(id) = shown.as_ref().map(Secret::id).or_else(|| name.parse().ok()) else { return Ok(None) };
    let key = credentials::find_key(tx, KeyId(id))?;
    let is_right = |key: &credentials::ApiKey| shown.as_ref().is_none_or(|shown| shown.matches(Some(&key.secret_hash)));
    let is_live = |key: &credentials::ApiKey| key.revoked_at.is_none() && tx.now() < key.expires_at;
    Ok(key.filter(|key| is_right(key) && is_live(key)).map(|key| key.id))
}
