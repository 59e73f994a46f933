//! Passwords: argon2id, a few at a time, and the steps of a sign-in by password, in this order:
//!
//! 1. A name and password that were right within the last minute pass, and the same ones presented at the same moment are
//!    verified once for all of them.
//! 2. The budgets of failed tries (`source.rs`) are looked at; where one is used up the try is refused and nothing is hashed.
//! 3. Where the person has had many failures in a row, strangers wait a little.
//! 4. The try waits for a slot to hash in. With the slot, one is taken from each budget; it is given back if the try was right.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use argon2::password_hash::{PasswordHasher, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use chrono::TimeDelta;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::hash_queue::{NameHash, Slot, Slots};
use super::opaque_string::opaque;
use super::sign_in_cache::{Remembered, RightPairs};
use super::sign_in_limits::{Source, Target};
use super::single_flight::{Boarded, Flights, Lead};
use super::{AuthError, Authenticator};
use crate::config::Limits;
use crate::domain::SignInName;
use crate::domain::{Caller, LetterKind, Network, UserId};
use crate::random::{Chance, NoChance};
use crate::secret::digest;
use crate::store::rate_limits::{self, Budget};
use crate::store::{LooksAt, Store, outbox, sign_ins};

/// Characters of a password at least.
pub const PASSWORD_LEAST: usize = 8;
/// The hash of nothing anybody knows: an unknown name costs the same time as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y291bnRlcnNpZ24gbm9ib2R5$Bm0kyDXq1qGlOQ0c7n2V0a5VnZ0nNnK1m5yqYb8v1hA";
/// Failures in a row from which on strangers wait, and the person is told.
const SLOW_FROM: u32 = 100;
/// The longest that a stranger waits.
const WAIT_MOST: Duration = Duration::from_secs(5);
/// Strangers who wait so at the same time. More go on at once: the name alone refuses nobody, and the queue is bounded.
const WAITERS_MOST: usize = 256;
/// Of those, from one network.
const WAITERS_OF_NETWORK: usize = 4;
/// A network from which somebody signed in is none of strangers to them for so long.
const NETWORK_KNOWN: Duration = Duration::from_hours(24);
const NETWORKS_MOST: usize = 10_000;

/// A password is too short.
#[derive(Debug, thiserror::Error)]
#[error("a password has at least {PASSWORD_LEAST} characters")]
pub struct TooShort;

/// Hashes passwords, and remembers which were right. Cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    slots: Slots,
    memory: Memory,
    right: RightPairs,
    flights: Flights,
    waiters: Waiters,
    networks: Mutex<HashMap<(UserId, Network), Instant>>,
    hashed: AtomicU64,
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

/// Strangers who wait before they may try somebody who is under attack.
#[derive(Clone, Default)]
struct Waiters(Arc<Mutex<HashMap<Network, usize>>>);

/// A place among them.
struct Waiter(Waiters, Network);

enum Waits {
    Here(Waiter),
    /// All places are taken.
    NotAtAll,
    /// This network has as many as it may.
    Refused,
}

impl Waiters {
    fn places(&self) -> MutexGuard<'_, HashMap<Network, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, network: Network) -> Waits {
        let mut places = self.places();
        if places.get(&network).is_some_and(|own| *own >= WAITERS_OF_NETWORK) {
            return Waits::Refused;
        }
        if places.values().sum::<usize>() >= WAITERS_MOST {
            return Waits::NotAtAll;
        }
        *places.entry(network).or_default() += 1;
        Waits::Here(Waiter(self.clone(), network))
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut places = self.0.places();
        if let Some(own) = places.get_mut(&self.1) {
            *own -= 1;
            if *own == 0 {
                places.remove(&self.1);
            }
        }
    }
}

/// How long a stranger waits after so many failures in a row.
fn wait_after(failures: u32) -> Duration {
    let over = failures.saturating_sub(SLOW_FROM);
    (Duration::from_secs(1) + Duration::from_millis(40) * over).min(WAIT_MOST)
}

impl Passwords {
    pub(super) fn new(chance: &Chance, slots: usize) -> Result<Self, NoChance> {
        Ok(Self(Arc::new(Inner {
            slots: Slots::new(slots),
            memory: Memory::default(),
            right: RightPairs::new(chance)?,
            flights: Flights::default(),
            waiters: Waiters::default(),
            networks: Mutex::default(),
            hashed: AtomicU64::new(0),
        })))
    }

    /// The hash to store of a password (argon2id, 19 MiB, two passes, one lane).
    pub fn hash(chance: &Chance, password: &str) -> Result<String, PasswordError> {
        let password = opaque(password);
        if password.chars().count() < PASSWORD_LEAST {
            return Err(PasswordError::TooShort(TooShort));
        }
        let mut salt = [0; 16];
        chance.fill(&mut salt)?;
        let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| PasswordError::TooShort(TooShort))?;
        Ok(hash.to_string())
    }

    /// Gives back the memory of passwords that nobody sends, and forgets networks that have been quiet.
    pub(super) fn tidy(&self) {
        self.0.memory.tidy();
        self.0.slots.tidy();
        self.networks().retain(|_, at| at.elapsed() < NETWORK_KNOWN);
    }

    pub(super) fn remembered(&self, name: &str, password: &str, network: Network) -> Option<Remembered> {
        // Answers that cost no budget would tell somebody who guesses which guess was right.
        if self.0.slots.is_guessing(network, named(name)) { None } else { self.0.right.find(&self.0.right.pair(name, password)) }
    }

    /// How many passwords were hashed.
    pub(super) fn hashed(&self) -> u64 {
        self.0.hashed.load(Ordering::Relaxed)
    }

    /// Compares a password with a stored hash, in its slot. Hashes from before passwords had one form were made of what was
    /// typed: that is tried second, where it is another text.
    async fn judge(&self, _slot: Slot, password: Zeroizing<String>, stored: String) -> bool {
        let inner = Arc::clone(&self.0);
        let judged = tokio::task::spawn_blocking(move || {
            let form = opaque(&password);
            let is_right = |password: &str| {
                inner.hashed.fetch_add(1, Ordering::Relaxed);
                is_right(password, &stored, &inner.memory)
            };
            is_right(&form) || form != password && is_right(&password)
        });
        judged.await.unwrap_or(false)
    }

    fn networks(&self) -> MutexGuard<'_, HashMap<(UserId, Network), Instant>> {
        self.0.networks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_known_network(&self, user: UserId, network: Network) -> bool {
        self.networks().get(&(user, network)).is_some_and(|at| at.elapsed() < NETWORK_KNOWN)
    }

    fn note_network(&self, user: UserId, network: Network) {
        let mut networks = self.networks();
        if networks.len() >= NETWORKS_MOST {
            networks.clear();
        }
        networks.insert((user, network), Instant::now());
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

/// A name as it was typed, as refusals are counted by it.
fn named(name: &str) -> NameHash {
    digest(&[name.as_bytes()])
}

/// One try to sign in, on its way through the steps.
struct Try {
    passwords: Passwords,
    store: Store,
    limits: Limits,
    name: String,
    password: Zeroizing<String>,
    source: Source,
}

impl Try {
    /// The steps from the budgets on.
    async fn verify(&self, pair: [u8; 32]) -> Result<Remembered, AuthError> {
        let network = self.source.network();
        let called = SignInName::read(&self.name);
        let (target, budgets, failures) = self.look(called.as_ref()).await?;
        self.wait(&target, failures).await?;
        let slot = self.passwords.0.slots.take(network).await?;
        self.reserve(&target, &budgets).await?;
        let hash = target.user.as_ref().and_then(|user| user.password_hash.clone());
        let has_password = hash.is_some();
        let is_right = self.passwords.judge(slot, self.password.clone(), hash.unwrap_or_else(|| NOBODY.to_owned())).await;
        let user = target.user.as_ref().filter(|_| is_right && has_password);
        let Some((user, right)) = user.and_then(|user| Some((user, Remembered::of(user, called?)?))) else {
            self.passwords.0.slots.note_failure(network);
            return Err(AuthError::Wrong);
        };
        let (id, subject) = (user.id, target.subject);
        self.store
            .write(move |tx| {
                rate_limits::give_back(tx, &budgets)?;
                sign_ins::forgive(tx, subject)?;
                sign_ins::note_sign_in(tx, id)
            })
            .await?;
        self.passwords.note_network(id, network);
        self.passwords.0.right.add(pair, right.clone());
        Ok(right)
    }

    /// Who is meant, and whether a budget is used up: then nothing waits and nothing is hashed.
    async fn look(&self, called: Option<&SignInName>) -> Result<(Target, Vec<Budget>, u32), AuthError> {
        let (called, limits, source) = (called.cloned(), self.limits.clone(), self.source.clone());
        let looked = self.store.read(move |tx| {
            let target = Target::find(tx, called.as_ref())?;
            let budgets = target.budgets(&limits, &source);
            if let Some((_, retry_at)) = rate_limits::spent(tx, &budgets)? {
                return Err(AuthError::TooMany(retry_at));
            }
            let failures = sign_ins::failures(tx, target.subject)?;
            Ok((target, budgets, failures))
        });
        self.noted(looked.await)
    }

    fn noted<T>(&self, result: Result<T, AuthError>) -> Result<T, AuthError> {
        if matches!(result, Err(AuthError::TooMany(_))) {
            self.passwords.0.slots.note_refusal(self.source.network(), named(&self.name));
        }
        result
    }

    /// Slows strangers down who try somebody that others have tried in vain for long. They hold no slot meanwhile.
    async fn wait(&self, target: &Target, failures: u32) -> Result<(), AuthError> {
        let network = self.source.network();
        let is_known = target.user.as_ref().is_some_and(|user| self.passwords.is_known_network(user.id, network));
        if failures < SLOW_FROM || self.limits.sign_ins == 0 || is_known || !target.is_stranger(&self.source) {
            return Ok(());
        }
        match self.passwords.0.waiters.enter(network) {
            Waits::Here(_place) => tokio::time::sleep(wait_after(failures)).await,
            Waits::NotAtAll => {}
            Waits::Refused => {
                let retry_at = self.store.clock().now() + TimeDelta::from_std(WAIT_MOST).unwrap_or_default();
                return self.noted(Err(AuthError::TooMany(retry_at)));
            }
        }
        Ok(())
    }

    /// Takes one from each budget and counts a failure, until it is known to be none. Whoever has had many is told, once.
    async fn reserve(&self, target: &Target, budgets: &[Budget]) -> Result<(), AuthError> {
        if self.limits.sign_ins == 0 {
            return Ok(());
        }
        let (budgets, subject, user) = (budgets.to_vec(), target.subject, target.user.as_ref().map(|user| user.id));
        let reserved = self.store.write(move |tx| {
            if let Some((_, retry_at)) = rate_limits::take_all(tx, &budgets)? {
                return Err(AuthError::TooMany(retry_at));
            }
            let so_far = sign_ins::failures(tx, subject)?;
            sign_ins::note_failure(tx, subject)?;
            if so_far >= SLOW_FROM
                && sign_ins::note_warning(tx, subject)?
                && let Some(user) = user
            {
                outbox::add(tx, LetterKind::SignInWarning, user, None, 1)?;
            }
            Ok(())
        });
        self.noted(reserved.await)
    }
}

impl Authenticator {
    /// The person that a name (address or username) and a password belong to.
    pub async fn by_password(&self, name: &str, password: &str, source: &Source) -> Result<Caller, AuthError> {
        let network = source.network();
        if let Some(remembered) = self.passwords.remembered(name, password, network)
            && let Some(caller) = self.judge_remembered(remembered).await?
        {
            return Ok(caller);
        }
        let pair = self.passwords.0.right.pair(name, password);
        let mut is_judged_anew = false;
        loop {
            // Remembered and no longer good: the person has another name or password by now.
            let known = || if is_judged_anew { None } else { self.passwords.remembered(name, password, network) };
            let mut flight = match self.passwords.0.flights.board(pair, known) {
                Boarded::Known(remembered) => {
                    if let Some(caller) = self.judge_remembered(remembered).await? {
                        return Ok(caller);
                    }
                    is_judged_anew = true;
                    continue;
                }
                Boarded::Leads(lead) => {
                    let right = self.lead(lead, name, password, pair, source).await?;
                    return self.judge_remembered(right).await?.ok_or(AuthError::Wrong);
                }
                Boarded::Follows(flight) => flight,
            };
            let landed = match flight.wait_for(Option::is_some).await {
                Ok(landed) => landed.clone(),
                Err(_) => None,
            };
            match landed.as_ref().map(|landed| landed.0.as_ref()) {
                Some(Ok(remembered)) => return self.judge_remembered(remembered.clone()).await?.ok_or(AuthError::Wrong),
                Some(Err(AuthError::Wrong)) => return Err(AuthError::Wrong),
                // What kept that one from being verified need not keep this one, which may come from elsewhere.
                _ => {}
            }
        }
    }

    async fn judge_remembered(&self, remembered: Remembered) -> Result<Option<Caller>, AuthError> {
        self.store.glance_with(remembered.wants(LooksAt::Nothing), move |tx| remembered.judge(tx)).await
    }

    /// Verifies for all who present the same. In a task of its own, which goes on to its end when the client goes away: what was
    /// taken from the budgets is given back all the same.
    async fn lead(
        &self,
        lead: Lead,
        name: &str,
        password: &str,
        pair: [u8; 32],
        source: &Source,
    ) -> Result<Remembered, AuthError> {
        let this = Try {
            passwords: self.passwords.clone(),
            store: self.store.clone(),
            limits: self.limits.clone(),
            name: name.to_owned(),
            password: Zeroizing::new(password.to_owned()),
            source: source.clone(),
        };
        let verified = tokio::spawn(async move {
            let result = this.verify(pair).await;
            let copy = match &result {
                Ok(remembered) => Ok(remembered.clone()),
                Err(AuthError::Wrong) => Err(AuthError::Wrong),
                Err(AuthError::TooMany(retry_at)) => Err(AuthError::TooMany(*retry_at)),
                Err(_) => Err(AuthError::Overloaded),
            };
            lead.land(copy);
            result
        });
        verified.await.unwrap_or(Err(AuthError::Overloaded))
    }

    /// How many passwords were hashed to sign somebody in, since the start.
    pub fn passwords_hashed(&self) -> u64 {
        self.passwords.hashed()
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier;

    use super::*;

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
        let passwords = Passwords::new(&Chance::System, 2).unwrap();
        let network = Network::of(std::net::IpAddr::from([192, 0, 2, 1]));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let judge = || {
                let passwords = passwords.clone();
                tokio::spawn(async move {
                    let slot = passwords.0.slots.take(network).await.unwrap();
                    passwords.judge(slot, Zeroizing::new("wrong".into()), NOBODY.into()).await
                })
            };
            let all: Vec<_> = std::iter::repeat_with(judge).take(12).collect();
            for one in all {
                assert!(matches!(one.await, Ok(false)));
            }
        });
        assert_eq!(passwords.hashed(), 12);
        // What each worked in is kept for the next one: as many as ever worked at the same time.
        let worked = || passwords.0.memory.free().blocks.len();
        assert!((1..=2).contains(&worked()), "{} at once", worked());
        passwords.tidy();
        assert!(worked() > 0, "it was used just now");
        passwords.tidy();
        assert_eq!(worked(), 0);
        assert!(!is_right("wrong", NOBODY, &passwords.0.memory) && worked() == 1);
    }

    #[test]
    fn a_password_is_one_however_it_was_typed_and_an_old_hash_of_what_was_typed_stays_good() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let passwords = Passwords::new(&Chance::System, 1).unwrap();
        let judge = |typed: &str, stored: &str| {
            let before = passwords.hashed();
            let is_right = runtime.block_on(async {
                let slot = passwords.0.slots.take(Network::of(std::net::IpAddr::from([192, 0, 2, 1]))).await.unwrap();
                passwords.judge(slot, Zeroizing::new(typed.into()), stored.into()).await
            });
            (is_right, passwords.hashed() - before)
        };
        let (composed, apart) = ("p\u{e4}sswort 9", "pa\u{308}sswort 9");
        let stored = Passwords::hash(&Chance::System, apart).unwrap();
        assert_eq!(judge(composed, &stored), (true, 1));
        assert_eq!(judge(apart, &stored), (true, 1));
        let old = argon2().hash_password_with_salt(apart.as_bytes(), b"0123456789abcdef").unwrap().to_string();
        assert_eq!(judge(apart, &old), (true, 2), "the form first, what was typed second");
        assert_eq!(judge(composed, &old), (false, 1), "nothing else was typed");
        assert!(Passwords::hash(&Chance::System, "a\u{308}b\u{308}c\u{308}d\u{308}").is_err(), "four characters are too short");
    }

    #[test]
    fn strangers_wait_longer_the_more_failures_there_were_and_five_seconds_at_most() {
        let seconds: Vec<f64> = [100, 125, 200, 10_000, u32::MAX].map(|failures| wait_after(failures).as_secs_f64()).to_vec();
        assert_eq!(seconds, [1.0, 2.0, 5.0, 5.0, 5.0]);
    }

    #[test]
    fn a_network_has_few_places_to_wait_and_beyond_all_places_nobody_waits() {
        let waiters = Waiters::default();
        let network = |number: u32| Network::of(std::net::IpAddr::from(number.to_be_bytes()));
        let mut held: Vec<Waits> = (0..WAITERS_OF_NETWORK).map(|_| waiters.enter(network(1))).collect();
        assert!(matches!(waiters.enter(network(1)), Waits::Refused));
        held.pop();
        assert!(matches!(waiters.enter(network(1)), Waits::Here(_)), "one went on");
        held.extend((2..=u32::try_from(WAITERS_MOST).unwrap()).map(|number| waiters.enter(network(number))));
        assert!(matches!(waiters.enter(network(1_000)), Waits::NotAtAll));
        drop(held);
        assert!(waiters.places().is_empty());
    }
}
