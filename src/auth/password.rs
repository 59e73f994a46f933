//! Passwords: argon2id, a few at a time, and a short memory of the pairs that were right, so that a client that sends Basic
//! with every call does not pay for argon2 with every call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use argon2::password_hash::{PasswordHasher, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::{AuthError, Authenticator, person};
use crate::domain::name::{self, Called};
use crate::domain::{Caller, Credential, User, UserId};
use crate::store::limits::{self, Budget};
use crate::store::{self, LooksAt, StoreError, Tx, Wants};
use crate::token::{Chance, NoChance, digest};

/// Characters of a password at least.
pub const PASSWORD_LEAST: usize = 8;
const REMEMBER: Duration = Duration::from_mins(1);
const REMEMBERED_MOST: usize = 10_000;
/// Sign-ins that may wait for a hashing slot.
const WAITING_MOST: usize = 64;
/// The hash of nothing anybody knows: an unknown name costs the same time as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y291bnRlcnNpZ24gbm9ib2R5$Bm0kyDXq1qGlOQ0c7n2V0a5VnZ0nNnK1m5yqYb8v1hA";

/// A password is too short.
#[derive(Debug, thiserror::Error)]
#[error("a password has at least {PASSWORD_LEAST} characters")]
pub struct TooShort;

/// Hashes passwords, and remembers which were right.
pub struct Passwords {
    slots: Semaphore,
    memory: Memory,
    waiting: Semaphore,
    key: [u8; 64],
    right: Mutex<HashMap<[u8; 32], Remembered>>,
}

/// Room for so many blocks of a KiB is asked for, however many are used: beyond 32 MiB an allocator gives pages of their own,
/// which go back to the system when they are let go of. What is not written to is not there.
const APART: usize = 33 << 10;

/// What argon2 works in: 19 MiB for each slot, made when it is needed and kept while passwords come. Taken anew for each
/// password, the allocator would keep as much for every thread that ever hashed one.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Free>>);

#[derive(Default)]
struct Free {
    blocks: Vec<Vec<Block>>,
    /// Since it was last asked whether to keep them.
    is_used: bool,
}

impl Memory {
    fn free(&self) -> MutexGuard<'_, Free> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lend<T>(&self, work: impl FnOnce(&mut Vec<Block>) -> T) -> T {
        let mut blocks = self.free().blocks.pop().unwrap_or_else(|| Vec::with_capacity(APART));
        let result = work(&mut blocks);
        let mut free = self.free();
        free.blocks.push(blocks);
        free.is_used = true;
        result
    }

    /// Gives back what was not used since the last time.
    fn tidy(&self) {
        let mut free = self.free();
        if !std::mem::take(&mut free.is_used) {
            free.blocks = Vec::new();
        }
    }
}

/// A name and a password that were right, but for both.
#[derive(Clone)]
pub(super) struct Remembered {
    user: UserId,
    /// What they are called by it: somebody else may be by now.
    called: Called,
    /// Of the stored hash: a changed password is seen at once.
    stored: [u8; 32],
    at: Instant,
}

impl Remembered {
    pub(super) fn wants(&self, at: LooksAt) -> Wants {
        Wants::Caller { key: None, user: Some(self.user), at }
    }

    /// The person, if they are still called so and their password is still the same.
    pub(super) fn judge(&self, tx: &mut Tx<'_>) -> Result<Option<Caller>, AuthError> {
        let user = store::users::find(tx, self.user)?.filter(|user| match &self.called {
            Called::Address(address) => user.email == *address,
            Called::Username(username) => user.username == username.written() || name::key(&user.username) == username.key(),
        });
        let is_same = |user: &User| user.password_hash.as_deref().is_some_and(|hash| digest(&[hash.as_bytes()]) == self.stored);
        Ok(user.filter(is_same).map(|user| person(&user, Credential::Password)))
    }
}

impl Passwords {
    pub(super) fn new(chance: &Chance, slots: usize) -> Result<Self, NoChance> {
        let mut key = [0; 64];
        chance.fill(&mut key)?;
        let (slots, waiting) = (Semaphore::new(slots), Semaphore::new(WAITING_MOST));
        Ok(Self { slots, memory: Memory::default(), waiting, key, right: Mutex::default() })
    }

    /// The hash to store of a password (argon2id, 19 MiB, two passes, one lane).
    pub fn hash(chance: &Chance, password: &str) -> Result<String, PasswordError> {
        if password.chars().count() < PASSWORD_LEAST {
            return Err(PasswordError::TooShort(TooShort));
        }
        let mut salt = [0; 16];
        chance.fill(&mut salt)?;
        let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| PasswordError::TooShort(TooShort))?;
        Ok(hash.to_string())
    }

    /// Gives back the memory of passwords that nobody sends.
    pub(super) fn tidy(&self) {
        self.memory.tidy();
    }

    pub(super) fn pair(&self, name: &str, password: &str) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&self.key.into());
        mac.update(&u64::try_from(name.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(name.as_bytes());
        mac.update(password.as_bytes());
        mac.finalize().into_bytes().into()
    }

    pub(super) fn remembered(&self, pair: &[u8; 32]) -> Option<Remembered> {
        let right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        right.get(pair).filter(|right| right.at.elapsed() < REMEMBER).cloned()
    }

    /// Hashes a password in a slot of its own, waiting for one where all are taken.
    async fn judge(&self, password: Zeroizing<String>, stored: String) -> Result<bool, AuthError> {
        let _slot = self.slots.acquire().await.map_err(|_| AuthError::Overloaded)?;
        let memory = self.memory.clone();
        Ok(tokio::task::spawn_blocking(move || is_right(&password, &stored, &memory)).await.unwrap_or(false))
    }

    fn remember(&self, pair: [u8; 32], name: &str, user: &User) {
        let Some(stored) = user.password_hash.as_deref() else { return };
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        if right.len() >= REMEMBERED_MOST {
            right.retain(|_, right| right.at.elapsed() < REMEMBER);
            if right.len() >= REMEMBERED_MOST {
                right.clear();
            }
        }
        let Some(called) = Called::read(name) else { return };
        let stored = digest(&[stored.as_bytes()]);
        right.insert(pair, Remembered { user: user.id, called, stored, at: Instant::now() });
    }
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is too short.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// No salt.
    #[error(transparent)]
    Chance(#[from] NoChance),
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Compares in constant time, with the parameters that the hash was made with.
fn is_right(password: &str, stored: &str, memory: &Memory) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else { return false };
    let (Some(salt), Some(expected), Ok(params)) = (hash.salt, hash.hash, Params::try_from(&hash)) else { return false };
    let blocks = params.block_count();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut found = Zeroizing::new(vec![0; expected.len()]);
    let hashed = memory.lend(|memory| {
        memory.resize(blocks.max(memory.len()), Block::new());
        argon2.hash_password_into_with_memory(password.as_bytes(), &salt, &mut found, memory)
    });
    hashed.is_ok() && bool::from(found.ct_eq(expected.as_bytes()))
}

/// Somebody by address or username.
pub(super) fn find_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<User>, StoreError> {
    match Called::read(name) {
        Some(Called::Address(address)) => store::users::find_by_email(tx, &address),
        Some(Called::Username(username)) => store::users::find_by_username(tx, &username),
        None => Ok(None),
    }
}

/// One number for a name, whether it exists or not, to count its failures by. All spellings of a name are one.
pub(super) fn subject_of(name: &str) -> i64 {
    let name = match Called::read(name) {
        Some(Called::Address(address)) => address.to_string(),
        Some(Called::Username(username)) => username.key().to_owned(),
        None => String::new(),
    };
    let hash = digest(&[name.as_bytes()]);
    hash.first_chunk::<8>().map_or(0, |head| i64::from_be_bytes(*head))
}

impl Authenticator {
    /// The person that a name (address or username) and a password belong to.
    pub async fn by_password(&self, name: &str, password: &str) -> Result<Caller, AuthError> {
        let pair = self.passwords.pair(name, password);
        if let Some(remembered) = self.passwords.remembered(&pair)
            && let Some(caller) =
                self.store.glance_with(remembered.wants(LooksAt::Nothing), move |tx| remembered.judge(tx)).await?
        {
            return Ok(caller);
        }
        self.check_password(name, password, pair).await
    }

    async fn check_password(&self, name: &str, password: &str, pair: [u8; 32]) -> Result<Caller, AuthError> {
        let _waiting = self.passwords.waiting.try_acquire().map_err(|_| AuthError::Overloaded)?;
        let subject = subject_of(name);
        let burst = self.limits.sign_ins;
        let user = {
            let name = name.to_owned();
            self.store
                .write(move |tx| {
                    let budget = Budget { kind: "sign_in", subject, burst, every: TimeDelta::minutes(1) };
                    if burst > 0
                        && let Some(retry_at) = limits::take(tx, budget)?
                    {
                        return Err(AuthError::TooMany(retry_at));
                    }
                    Ok(find_by_name(tx, &name)?)
                })
                .await?
        };
        let stored = user.as_ref().and_then(|user| user.password_hash.clone()).unwrap_or_else(|| NOBODY.to_owned());
        let is_right = self.passwords.judge(Zeroizing::new(password.to_owned()), stored).await?;
        let user = user.filter(|user| is_right && user.password_hash.is_some()).ok_or(AuthError::Wrong)?;
        self.store.write(move |tx| limits::refill(tx, "sign_in", subject)).await?;
        self.passwords.remember(pair, name, &user);
        Ok(person(&user, Credential::Password))
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier;

    use super::*;
    use crate::domain::Address;

    #[test]
    fn an_unknown_name_costs_a_whole_hash() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&hash).unwrap().m_cost(), 19_456);
        assert!(!is_right("", NOBODY, &Memory::default()));
    }

    #[test]
    fn a_password_is_right_only_against_its_own_hash() {
        let hash = Passwords::hash(&Chance::System, "correct horse").unwrap();
        let memory = Memory::default();
        for _ in 0..2 {
            assert!(is_right("correct horse", &hash, &memory) && !is_right("correct horsf", &hash, &memory));
        }
        let other = argon2().verify_password(b"correct horse", &PasswordHash::new(&hash).unwrap());
        assert!(other.is_ok(), "the library's own verification agrees");
        assert!(Passwords::hash(&Chance::System, "short").is_err());
    }
    #[test]
    fn no_more_is_hashed_at_once_than_there_are_slots() {
        let passwords = Arc::new(Passwords::new(&Chance::System, 2).unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let judge = || {
                let passwords = Arc::clone(&passwords);
                tokio::spawn(async move { passwords.judge(Zeroizing::new("wrong".into()), NOBODY.into()).await })
            };
            let all: Vec<_> = std::iter::repeat_with(judge).take(12).collect();
            for one in all {
                assert!(matches!(one.await, Ok(Ok(false))));
            }
        });
        // What each worked in is kept for the next one: as many as ever worked at the same time.
        let worked = || passwords.memory.free().blocks.len();
        assert!((1..=2).contains(&worked()), "{} at once", worked());
        passwords.tidy();
        assert!(worked() > 0, "it was used just now");
        passwords.tidy();
        assert_eq!(worked(), 0);
        assert!(!is_right("wrong", NOBODY, &passwords.memory) && worked() == 1);
    }

    #[test]
    fn the_memory_of_what_was_right_has_an_end() {
        let passwords = Passwords::new(&Chance::System, 1).unwrap();
        let email = Address::parse("ann@example.org").unwrap();
        let user = User {
            id: UserId(1),
            username: "ann".into(),
            email: email.clone(),
            first_name: String::new(),
            last_name: String::new(),
            locale: "en".into(),
            time_zone: "UTC".into(),
            is_external: false,
            is_admin: false,
            password_hash: Some(NOBODY.into()),
            created_at: chrono::DateTime::UNIX_EPOCH,
        };
        for number in 0..=u32::try_from(REMEMBERED_MOST).unwrap() {
            let mut pair = [0; 32];
            pair[..4].copy_from_slice(&number.to_be_bytes());
            passwords.remember(pair, "ann", &user);
            assert!(passwords.remembered(&pair).is_some());
        }
        assert!(passwords.right.lock().unwrap().len() <= REMEMBERED_MOST);
    }
}
