//! The steps of a sign-in by password, in this order:
//!
//! 1. A name and password that were correct within the last minute pass. The same ones presented at the same moment are
//!    verified once for all of them.
//! 2. The budgets of failed tries (`sign_in_limits.rs`) are checked. If one is used up, the try is refused and nothing is hashed.
//! 3. If the person has had many failures in a row, strangers wait a little.
//! 4. The try waits for a slot to hash in. With the slot, one is taken from each budget, and given back if the try was correct.

use std::sync::Arc;

use chrono::TimeDelta;
use zeroize::Zeroizing;

use super::attempt::{self, Attempt, Way};
use super::hash_queue::{HashQueue, NameHash};
use super::hashing::{self, Hasher, NOBODY, PasswordError};
use super::sign_in_cache::{CachedSignIn, RightPairs};
use super::sign_in_limits::Source;
use super::single_flight::{Joined, Lead, SingleFlight};
use super::waiters::{WAIT_MOST, Waiters};
use super::{AuthError, Authenticator, Claim};
use crate::config::Limits;
use crate::domain::SignInName;
use crate::domain::{Caller, Network};
use crate::random::{Rng, RngError};
use crate::secret::digest;
use crate::store::Store;

/// Hashes passwords, and caches correct ones. Cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    slots: HashQueue,
    hasher: Hasher,
    right: RightPairs,
    flights: SingleFlight,
    waiters: Waiters,
}

impl Passwords {
    pub(super) fn new(rng: &Rng, slots: usize) -> Result<Self, RngError> {
        Ok(Self(Arc::new(Inner {
            slots: HashQueue::new(slots),
            hasher: Hasher::default(),
            right: RightPairs::new(rng)?,
            flights: SingleFlight::default(),
            waiters: Waiters::default(),
        })))
    }

    /// The hash of a password for the database (argon2id, 19 MiB, two passes, one lane).
    pub fn hash(rng: &Rng, password: &str) -> Result<String, PasswordError> {
        hashing::hash(rng, password)
    }

    /// Frees memory that no recent password used, and forgets networks without recent activity.
    pub(super) fn evict(&self) {
        self.0.hasher.evict();
        self.0.slots.evict();
    }

    pub(super) fn remembered(&self, name: &str, password: &str, network: Network) -> Option<CachedSignIn> {
        // Answers that cost no budget would show somebody who guesses which guess was correct.
        if self.0.slots.is_guessing(network, named(name)) { None } else { self.0.right.find(&self.0.right.pair(name, password)) }
    }

    /// How many passwords were hashed.
    pub(super) fn hashed(&self) -> u64 {
        self.0.hasher.hashed()
    }

    /// Delays strangers at a name with many failures in a row.
    pub(super) async fn slow_down(&self, attempt: &Attempt, source: &Source, store: &Store) -> Result<(), AuthError> {
        if self.0.waiters.wait(source.network(), attempt.failures).await {
            return Ok(());
        }
        Err(AuthError::TooMany(store.clock().now() + TimeDelta::from_std(WAIT_MOST).unwrap_or_default()))
    }
}

/// The hash of a name as typed, by which refusals are counted.
fn named(name: &str) -> NameHash {
    digest(&[name.as_bytes()])
}

/// One sign-in on its way through the steps.
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
    async fn verify(&self, pair: [u8; 32]) -> Result<CachedSignIn, AuthError> {
        let network = self.source.network();
        let called = SignInName::read(&self.name);
        let attempt = Arc::new(self.look(called.as_ref()).await?);
        self.wait(&attempt).await?;
        let slot = self.passwords.0.slots.take(network).await?;
        self.reserve(&attempt).await?;
        let target = &attempt.target;
        let hash = target.user.as_ref().and_then(|user| user.password_hash.clone());
        let has_password = hash.is_some();
        let hasher = &self.passwords.0.hasher;
        let is_right = hasher.judge(slot, self.password.clone(), hash.unwrap_or_else(|| NOBODY.to_owned())).await;
        let user = target.user.as_ref().filter(|_| is_right && has_password);
        let Some((user, right)) = user.and_then(|user| Some((user, CachedSignIn::of(user, called?)?))) else {
            self.passwords.0.slots.note_failure(network);
            return Err(AuthError::Wrong);
        };
        let (id, peer, attempt) = (user.id, self.source.peer, Arc::clone(&attempt));
        self.store
            .write(move |tx| {
                attempt.give_back(tx)?;
                attempt::note_sign_in(tx, id, peer)
            })
            .await?;
        self.passwords.0.right.add(pair, right.clone());
        Ok(right)
    }

    /// Finds the person and checks the budgets.
    async fn look(&self, called: Option<&SignInName>) -> Result<Attempt, AuthError> {
        let (called, limits, source) = (called.cloned(), self.limits.clone(), self.source.clone());
        self.noted(self.store.read(move |tx| Attempt::look(tx, called.as_ref(), &limits, &source, Way::Password)).await)
    }

    fn noted<T>(&self, result: Result<T, AuthError>) -> Result<T, AuthError> {
        if matches!(result, Err(AuthError::TooMany(_))) {
            self.passwords.0.slots.note_refusal(self.source.network(), named(&self.name));
        }
        result
    }

    /// Waits without a slot.
    async fn wait(&self, attempt: &Attempt) -> Result<(), AuthError> {
        self.noted(self.passwords.slow_down(attempt, &self.source, &self.store).await)
    }

    async fn reserve(&self, attempt: &Arc<Attempt>) -> Result<(), AuthError> {
        let attempt = Arc::clone(attempt);
        self.noted(self.store.write(move |tx| attempt.reserve(tx)).await)
    }
}

impl Authenticator {
    /// The person with this name (address or username) and password.
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
            // A cached pair is no longer valid if the person's name or password has changed.
            let known = || if is_judged_anew { None } else { self.passwords.remembered(name, password, network) };
            let mut flight = match self.passwords.0.flights.board(pair, known) {
                Joined::Known(remembered) => {
                    if let Some(caller) = self.judge_remembered(remembered).await? {
                        return Ok(caller);
                    }
                    is_judged_anew = true;
                    continue;
                }
                Joined::Leads(lead) => {
                    let right = self.lead(lead, name, password, pair, source).await?;
                    return self.judge_remembered(right).await?.ok_or(AuthError::Wrong);
                }
                Joined::Follows(flight) => flight,
            };
            let landed = match flight.wait_for(Option::is_some).await {
                Ok(landed) => landed.clone(),
                Err(_) => None,
            };
            match landed.as_ref().map(|landed| landed.0.as_ref()) {
                Some(Ok(remembered)) => return self.judge_remembered(remembered.clone()).await?.ok_or(AuthError::Wrong),
                Some(Err(AuthError::Wrong)) => return Err(AuthError::Wrong),
                // The leader's refusal need not apply to this try, which may come from elsewhere.
                _ => {}
            }
        }
    }

    async fn judge_remembered(&self, remembered: CachedSignIn) -> Result<Option<Caller>, AuthError> {
        self.judge(Claim::CachedSignIn(remembered)).await
    }

    /// Verifies for all who present the same pair. It runs in a task of its own that ends even if the client disconnects, so
    /// that budgets are always given back.
    async fn lead(
        &self,
        lead: Lead,
        name: &str,
        password: &str,
        pair: [u8; 32],
        source: &Source,
    ) -> Result<CachedSignIn, AuthError> {
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

    /// How many passwords were hashed for sign-ins since the start.
    pub fn passwords_hashed(&self) -> u64 {
        self.passwords.hashed()
    }
}
