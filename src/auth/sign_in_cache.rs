//! A short-lived cache of correct names and passwords, so that a client that sends Basic with every call does not need argon2
//! for every call.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::person;
use crate::domain::{Caller, Credential, User, UserId};
use crate::domain::{SignInName, name};
use crate::random::{Rng, RngError};
use crate::secret::digest;
use crate::store::batch::Reading;

const REMEMBER: Duration = Duration::from_mins(1);
pub(super) const REMEMBERED_MOST: usize = 10_000;

/// A correct name and password, without containing either.
#[derive(Clone)]
pub(super) struct CachedSignIn {
    user: UserId,
    /// The name, which may belong to somebody else by now.
    called: SignInName,
    /// A digest of the stored hash, so that a changed password takes effect at once.
    stored: [u8; 32],
    at: Instant,
}

impl CachedSignIn {
    /// None if the person has no password.
    pub(super) fn of(user: &User, called: SignInName) -> Option<Self> {
        let stored = digest(&[user.password_hash.as_deref()?.as_bytes()]);
        Some(Self { user: user.id, called, stored, at: Instant::now() })
    }

    pub(super) fn user(&self) -> UserId {
        self.user
    }

    /// The person, if they are still called so and their password is still the same.
    pub(super) fn judge(&self, reading: &Reading) -> Option<Caller> {
        let user = reading.user(self.user).filter(|user| match &self.called {
            SignInName::Address(address) => user.email == *address,
            SignInName::Username(username) => user.username == username.written() || name::key(&user.username) == username.key(),
        });
        let is_same = |user: &&User| user.password_hash.as_deref().is_some_and(|hash| digest(&[hash.as_bytes()]) == self.stored);
        user.filter(is_same).map(|user| person(user, Credential::Password))
    }
}

/// The cached pairs of this process, under a key of this process.
pub(super) struct RightPairs {
    key: [u8; 64],
    right: Mutex<HashMap<[u8; 32], CachedSignIn>>,
}

impl RightPairs {
    pub(super) fn new(rng: &Rng) -> Result<Self, RngError> {
        Ok(Self { key: rng.bytes()?, right: Mutex::default() })
    }

    /// The cache key of a name and a password.
    pub(super) fn pair(&self, name: &str, password: &str) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&self.key.into());
        mac.update(&u64::try_from(name.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(name.as_bytes());
        mac.update(password.as_bytes());
        mac.finalize().into_bytes().into()
    }

    pub(super) fn find(&self, pair: &[u8; 32]) -> Option<CachedSignIn> {
        let right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        right.get(pair).filter(|right| right.at.elapsed() < REMEMBER).cloned()
    }

    pub(super) fn add(&self, pair: [u8; 32], remembered: CachedSignIn) {
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        if right.len() >= REMEMBERED_MOST {
            right.retain(|_, right| right.at.elapsed() < REMEMBER);
            if right.len() >= REMEMBERED_MOST {
                right.clear();
            }
        }
        right.insert(pair, remembered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Address;

    #[test]
    fn the_cache_of_correct_passwords_is_bounded() {
        let pairs = RightPairs::new(&Rng::System).unwrap();
        let email = Address::parse("ann@example.org").unwrap();
        let user = User {
            id: UserId(1),
            username: "ann".into(),
            email,
            first_name: String::new(),
            last_name: String::new(),
            locale: "en".into(),
            time_zone: "UTC".into(),
            is_external: false,
            is_admin: false,
            password_hash: Some("a hash".into()),
            created_at: chrono::DateTime::UNIX_EPOCH,
            decides_from: None,
            is_language_chosen: false,
        };
        let right = CachedSignIn::of(&user, SignInName::read("ann").unwrap()).unwrap();
        for number in 0..=u32::try_from(REMEMBERED_MOST).unwrap() {
            let mut pair = [0; 32];
            pair[..4].copy_from_slice(&number.to_be_bytes());
            pairs.add(pair, right.clone());
            assert!(pairs.find(&pair).is_some());
        }
        assert!(pairs.right.lock().unwrap().len() <= REMEMBERED_MOST);
    }
}
