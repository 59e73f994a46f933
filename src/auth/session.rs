//! Sessions of browsers: a cookie with a secret, its hash in the database. A session ends after half an hour without use, or
//! twelve hours in all.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use super::{AuthError, Authenticator, attempt, find_user, person};
use crate::domain::{Caller, Credential, SessionId, UserId};
use crate::secret::{FreshSecret, Secret, SecretKind};
use crate::store::Tx;
use crate::store::audit::{self, Event};
use crate::store::credentials::{self, NewSession, OpenSession};
use crate::store::remembered_browsers;
use crate::workflow::{What, WorkflowError};

/// How long a session lasts without use.
pub const SESSION_IDLE: TimeDelta = TimeDelta::minutes(30);
/// How long a session lasts in any case.
pub const SESSION_LASTS: TimeDelta = TimeDelta::hours(12);
/// How old "last seen" may get, so that only one page view a minute writes.
const SEEN_STEP: TimeDelta = TimeDelta::minutes(1);

/// Where somebody signs in from, for their list of sessions.
#[derive(Clone, Debug, Default)]
pub struct SessionOrigin {
    /// The browser: "Firefox, Linux".
    pub agent: String,
    /// The address.
    pub peer: Option<IpAddr>,
    /// Whether the sign-in proved that the person reads their mailbox, as an emailed code and a remembered browser do.
    pub has_mailbox: bool,
    /// The person's earlier sign-in with the same browser.
    pub last_visit_at: Option<DateTime<Utc>>,
}

/// A live session.
#[derive(Clone, Debug)]
pub struct OpenedSession {
    /// Its id.
    pub id: SessionId,
    /// The person.
    pub caller: Caller,
    /// Whether the person proved in it that they read their mailbox.
    pub has_mailbox: bool,
}

/// The caller's valid sessions, most recently used first.
pub fn list(tx: &mut Tx<'_>, caller: &Caller) -> Result<Vec<OpenSession>, WorkflowError> {
    Ok(credentials::sessions_of(tx, owner(caller)?, SESSION_IDLE)?)
}

/// Ends one of the caller's sessions. It takes effect at the browser's next request, since sessions are not cached.
pub fn end(tx: &mut Tx<'_>, caller: &Caller, id: SessionId) -> Result<(), WorkflowError> {
    if !credentials::delete_session_of(tx, owner(caller)?, id)? {
        return Err(WorkflowError::NotFound(What::Session));
    }
    audit::append(tx, caller, Event { name: "session.ended", subject: Some(id.0), ..Event::default() })?;
    Ok(())
}

/// Ends all of the caller's sessions except the present one, and forgets all remembered browsers. Returns how many sessions.
pub fn end_others(tx: &mut Tx<'_>, caller: &Caller, kept: SessionId) -> Result<usize, WorkflowError> {
    let user = owner(caller)?;
    let ended = credentials::delete_other_sessions(tx, user, kept)?;
    remembered_browsers::delete_all_of(tx, user)?;
    if ended > 0 {
        let detail = ended.to_string();
        let event = Event { name: "sessions.ended", subject: Some(user.0), detail: Some(&detail), ..Event::default() };
        audit::append(tx, caller, event)?;
    }
    Ok(ended)
}

/// The id of a cookie's session, without verifying the cookie.
pub fn id_of(cookie: &str) -> Option<SessionId> {
    Secret::parse(SecretKind::Session, cookie).map(|secret| SessionId(secret.id()))
}

pub(super) fn owner(caller: &Caller) -> Result<UserId, WorkflowError> {
    caller.user.filter(|_| caller.is_in_person() && caller.may_write()).ok_or(WorkflowError::Unauthenticated)
}

impl Authenticator {
    /// Signs a browser in, with a new session each time. Returns the cookie's value.
    pub async fn open_session(&self, user: UserId, origin: SessionOrigin) -> Result<Zeroizing<String>, AuthError> {
        let secret = FreshSecret::draw(&self.rng)?;
        let hash = secret.hash();
        let add = move |tx: &mut Tx<'_>| {
            attempt::note_sign_in(tx, user, origin.peer)?;
            let peer = origin.peer.map(|peer| peer.to_string());
            let SessionOrigin { agent, has_mailbox, last_visit_at, .. } = &origin;
            let (has_mailbox, last_visit_at) = (*has_mailbox, *last_visit_at);
            let (secret, peer, lasts) = (hash, peer.as_deref(), SESSION_LASTS);
            let new = NewSession { user, secret, agent, peer, lasts, has_mailbox, last_visit_at };
            credentials::add_session(tx, &new)
        };
        let id = self.store.write(add).await?;
        Ok(secret.with_id(SecretKind::Session, id.0).reveal())
    }

    /// The person of a session cookie.
    pub async fn from_session(&self, cookie: &str, peer: Option<IpAddr>) -> Result<OpenedSession, AuthError> {
        let secret = Secret::parse(SecretKind::Session, cookie).ok_or(AuthError::Wrong)?;
        let id = SessionId(secret.id());
        let (user, has_mailbox, is_stale) = self
            .store
            .read(move |tx| {
                let stored = credentials::find_session(tx, id)?;
                if !secret.matches(stored.as_ref().map(|session| session.secret_hash.as_slice())) {
                    return Err(AuthError::Wrong);
                }
                let session = stored.filter(|session| session.is_live_at(tx.now(), SESSION_IDLE)).ok_or(AuthError::Wrong)?;
                let is_stale = session.seen_at() + SEEN_STEP <= tx.now();
                Ok((find_user(tx, UserId(session.user))?, session.has_mailbox(), is_stale))
            })
            .await?;
        if is_stale {
            self.store.write(move |tx| credentials::touch_session(tx, id)).await?;
        }
        Ok(OpenedSession { id, caller: Caller { peer, ..person(&user, Credential::Session) }, has_mailbox })
    }

    /// Records in a session that its person entered a code from their mailbox.
    pub async fn prove_mailbox(&self, user: UserId, session: SessionId) -> Result<(), AuthError> {
        Ok(self.store.write(move |tx| credentials::prove_mailbox(tx, user, session)).await?)
    }

    /// A random name for a browser that is not signed in, to which its forms are bound: 128 bits, not stored.
    pub fn name_visit(&self) -> Result<String, AuthError> {
        Ok(URL_SAFE_NO_PAD.encode(self.rng.bytes::<16>()?))
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
