//! Browsers that are signed in: a cookie with a secret, its hash in the database, over after half an hour alone or twelve
//! hours in all.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use zeroize::Zeroizing;

use super::{AuthError, Authenticator, find_user, person};
use crate::domain::{Caller, Credential, SessionId, UserId};
use crate::store::credentials;
use crate::token::{FreshSecret, Secret, SecretKind};

/// A session left alone so long is over.
pub const SESSION_IDLE: TimeDelta = TimeDelta::minutes(30);
/// A session is over then in any case.
pub const SESSION_LASTS: TimeDelta = TimeDelta::hours(12);
/// How stale "last seen" may be: a page view is a read, but for one in a minute.
const SEEN_STEP: TimeDelta = TimeDelta::minutes(1);

impl Authenticator {
    /// Signs a browser in; the string is its cookie's value. A new one at each sign-in.
    pub async fn open_session(&self, user: UserId) -> Result<Zeroizing<String>, AuthError> {
        let secret = FreshSecret::draw(&self.chance)?;
        let hash = secret.hash();
        let id = self.store.write(move |tx| credentials::add_session(tx, user, hash, SESSION_LASTS)).await?;
        Ok(secret.with_id(SecretKind::Session, id.0).reveal())
    }

    /// The person whose browser shows this cookie.
    pub async fn from_session(&self, cookie: &str, peer: Option<IpAddr>) -> Result<Caller, AuthError> {
        let secret = Secret::parse(SecretKind::Session, cookie).ok_or(AuthError::Wrong)?;
        let id = SessionId(secret.id());
        let (user, is_stale) = self
            .store
            .read(move |tx| {
                let stored = credentials::find_session(tx, id)?;
                if !secret.matches(stored.as_ref().map(|session| session.secret_hash.as_slice())) {
                    return Err(AuthError::Wrong);
                }
                let session = stored.filter(|session| session.is_live_at(tx.now(), SESSION_IDLE)).ok_or(AuthError::Wrong)?;
                Ok((find_user(tx, UserId(session.user))?, session.seen_at() + SEEN_STEP <= tx.now()))
            })
            .await?;
        if is_stale {
            self.store.write(move |tx| credentials::touch_session(tx, id)).await?;
        }
        Ok(Caller { peer, ..person(&user, Credential::Session) })
    }

    /// A random name for a browser that is not signed in, which its forms are bound to: 128 bits, kept nowhere.
    pub fn name_visit(&self) -> Result<String, AuthError> {
        let mut bytes = [0; 16];
        self.chance.fill(&mut bytes)?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Signs a browser out.
    pub async fn close_session(&self, cookie: &str) -> Result<(), AuthError> {
        let Some(secret) = Secret::parse(SecretKind::Session, cookie) else { return Ok(()) };
        self.store
            .write(move |tx| {
                let id = SessionId(secret.id());
                let stored = credentials::find_session(tx, id)?;
                if secret.matches(stored.as_ref().map(|session| session.secret_hash.as_slice())) {
                    credentials::delete_session(tx, id)?;
                }
                Ok(())
            })
            .await
    }
}
