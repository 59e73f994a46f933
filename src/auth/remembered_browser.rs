//! Remembered browsers: a cookie that stands for the proof of the mailbox at later sign-ins of one person with one browser, for
//! 90 days. It never signs anybody in.
//!
//! It is another thing than a [known browser](super::KnownBrowser), which gives a limit of its own for failed sign-ins and no
//! right. The cookie has a secret that stays and one that changes at each use. If the first is right and the second is old,
//! somebody copied the cookie, and it ends.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::{AuthError, Authenticator};
use crate::domain::{Caller, EmailKind, UserId};
use crate::secret::{FreshSecret, Secret, SecretKind};
use crate::store::audit::{self, Event};
use crate::store::remembered_browsers::{self, RememberedBrowser};
use crate::store::{Tx, credentials, outbox};
use crate::workflow::{What, WorkflowError};

const SEPARATOR: char = '.';

/// The two secrets of a cookie.
fn read(cookie: &str) -> Option<(Secret, Secret)> {
    let (secret, value) = cookie.split_once(SEPARATOR)?;
    let [secret, value] = [secret, value].map(|text| Secret::parse(SecretKind::Browser, text));
    let (secret, value) = (secret?, value?);
    (secret.id() == value.id()).then_some((secret, value))
}

fn written(secret: &Secret, value: &Secret) -> Zeroizing<String> {
    Zeroizing::new(format!("{}{SEPARATOR}{}", *secret.reveal(), *value.reveal()))
}

/// The caller's remembered browsers.
pub fn list(tx: &mut Tx<'_>, caller: &Caller) -> Result<Vec<RememberedBrowser>, WorkflowError> {
    Ok(remembered_browsers::list_of(tx, super::session::owner(caller)?)?)
}

/// Forgets one of the caller's browsers.
pub fn forget(tx: &mut Tx<'_>, caller: &Caller, id: i64) -> Result<(), WorkflowError> {
    if !remembered_browsers::delete_of(tx, super::session::owner(caller)?, id)? {
        return Err(WorkflowError::NotFound(What::Session));
    }
    audit::append(tx, caller, Event { name: "browser.forgotten", subject: Some(id), ..Event::default() })?;
    Ok(())
}

impl Authenticator {
    /// Remembers the browser of a person who has just proved their mailbox, and emails them. Returns the cookie's value.
    pub async fn remember_browser(&self, caller: &Caller, user: UserId, agent: &str) -> Result<Zeroizing<String>, AuthError> {
        let (secret, value) = (FreshSecret::draw(&self.rng)?, FreshSecret::draw(&self.rng)?);
        let (hashes, caller, agent) = ((secret.hash(), value.hash()), caller.clone(), agent.to_owned());
        let id = self
            .store
            .write(move |tx| {
                let peer = caller.peer.as_ref().map(IpAddr::to_string);
                let id = remembered_browsers::add(tx, user, hashes, (&agent, peer.as_deref()))?;
                outbox::add(tx, EmailKind::BrowserRemembered, user, None, 1)?;
                audit::append(tx, &caller, Event { name: "browser.remembered", subject: Some(id), ..Event::default() })?;
                Ok::<_, AuthError>(id)
            })
            .await?;
        let [secret, value] = [secret, value].map(|fresh| fresh.with_id(SecretKind::Browser, id));
        Ok(written(&secret, &value))
    }

    /// Uses a remembered browser at a sign-in of this person. Returns the cookie's new value; none if it proves nothing. A copy
    /// that was used before ends it, and with it all proofs of the mailbox in the person's sessions.
    pub async fn use_remembered_browser(
        &self,
        user: UserId,
        cookie: &str,
        peer: Option<IpAddr>,
    ) -> Result<Option<Zeroizing<String>>, AuthError> {
        let Some((secret, value)) = read(cookie) else { return Ok(None) };
        let fresh = FreshSecret::draw(&self.rng)?;
        let (hash, id) = (fresh.hash(), secret.id());
        let new = written(&secret, &fresh.with_id(SecretKind::Browser, id));
        let is_good = self
            .store
            .write(move |tx| {
                let stored = remembered_browsers::find(tx, id)?;
                let is_right = secret.matches(stored.as_ref().map(|stored| stored.secret_hash.as_slice()));
                let now = tx.now();
                let Some(stored) = stored.filter(|stored| is_right && stored.user == user.0 && stored.is_live_at(now)) else {
                    return Ok(false);
                };
                if value.matches(Some(&stored.value_hash)) && remembered_browsers::rotate(tx, id, &stored.value_hash, hash)? {
                    return Ok(true);
                }
                remembered_browsers::delete_of(tx, user, id)?;
                credentials::forget_mailbox_proofs(tx, user)?;
                let nobody = Caller { peer, user: None, is_admin: false, ..Caller::operator() };
                audit::append(tx, &nobody, Event { name: "browser.copied", subject: Some(id), ..Event::default() })?;
                Ok::<_, AuthError>(false)
            })
            .await?;
        Ok(is_good.then_some(new))
    }
}
