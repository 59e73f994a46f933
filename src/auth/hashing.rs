//! Passwords as argon2id hashes: hashing, and verification in a few slots.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::{PasswordHasher, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::hash_queue::HashPermit;
use super::opaque_string::opaque;
use crate::random::{Rng, RngError};

/// The fewest characters of a password.
pub const PASSWORD_LEAST: usize = 8;
/// The hash of an unknown password, so that an unknown name costs the same time as a wrong password.
pub(super) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y291bnRlcnNpZ24gbm9ib2R5$Bm0kyDXq1qGlOQ0c7n2V0a5VnZ0nNnK1m5yqYb8v1hA";

/// A password is too short.
#[derive(Debug, thiserror::Error)]
#[error("a password has at least {PASSWORD_LEAST} characters")]
pub struct TooShort;

/// Memory for this many blocks of a KiB is allocated, however many are used: beyond 32 MiB an allocator maps pages of their
/// own, which return to the system when they are freed. Pages without writes use no memory.
const APART: usize = 33 << 10;

/// The working memory of argon2: 19 MiB for each slot, allocated when needed and kept while passwords arrive. If it were
/// allocated for each password, the allocator would keep as much for every thread that ever hashed one.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Free>>);

#[derive(Default)]
struct Free {
    blocks: Vec<Vec<Block>>,
    /// Whether a block was used since the last eviction.
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

    /// Frees blocks that were not used since the last call.
    fn evict(&self) {
        let mut free = self.free();
        if !std::mem::take(&mut free.is_used) {
            free.blocks = Vec::new();
        }
    }
}

/// Verifies passwords against hashes. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Hasher {
    memory: Memory,
    hashed: Arc<AtomicU64>,
}

impl Hasher {
    /// Frees memory that no recent password used.
    pub(super) fn evict(&self) {
        self.memory.evict();
    }

    /// How many passwords were verified.
    pub(super) fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    /// Verifies a password against a stored hash, in its slot. Hashes of older versions were made of the text as typed, which
    /// is tried second if it differs.
    pub(super) async fn judge(&self, _slot: HashPermit, password: Zeroizing<String>, stored: String) -> bool {
        let this = self.clone();
        let judged = tokio::task::spawn_blocking(move || {
            let form = opaque(&password);
            let is_right = |password: &str| {
                this.hashed.fetch_add(1, Ordering::Relaxed);
                is_right(password, &stored, &this.memory)
            };
            is_right(&form) || form != password && is_right(&password)
        });
        judged.await.unwrap_or(false)
    }
}

/// The hash of a password for the database (argon2id, 19 MiB, two passes, one lane).
pub(super) fn hash(rng: &Rng, password: &str) -> Result<String, PasswordError> {
    let password = opaque(password);
    if password.chars().count() < PASSWORD_LEAST {
        return Err(PasswordError::TooShort(TooShort));
    }
    let salt: [u8; 16] = rng.bytes()?;
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| PasswordError::TooShort(TooShort))?;
    Ok(hash.to_string())
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is too short.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// No random salt.
    #[error(transparent)]
    Rng(#[from] RngError),
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Compares in constant time, with the parameters of the stored hash.
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

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier;

    use super::super::hash_queue::HashQueue;
    use super::*;
    use crate::domain::Network;

    #[test]
    fn an_unknown_name_costs_a_whole_hash() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&hash).unwrap().m_cost(), 19_456);
        assert!(!is_right("", NOBODY, &Memory::default()));
    }

    #[test]
    fn a_password_is_right_only_against_its_own_hash() {
        let stored = hash(&Rng::System, "correct horse").unwrap();
        let memory = Memory::default();
        for _ in 0..2 {
            assert!(is_right("correct horse", &stored, &memory) && !is_right("correct horsf", &stored, &memory));
        }
        let other = argon2().verify_password(b"correct horse", &PasswordHash::new(&stored).unwrap());
        assert!(other.is_ok(), "the library's own verification agrees");
        assert!(hash(&Rng::System, "short").is_err());
    }

    #[test]
    fn no_more_is_hashed_at_once_than_there_are_slots() {
        let (slots, hasher) = (HashQueue::new(2), Hasher::default());
        let network = Network::of(std::net::IpAddr::from([192, 0, 2, 1]));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let judge = || {
                let (slots, hasher) = (slots.clone(), hasher.clone());
                tokio::spawn(async move {
                    let slot = slots.take(network).await.unwrap();
                    hasher.judge(slot, Zeroizing::new("wrong".into()), NOBODY.into()).await
                })
            };
            let all: Vec<_> = std::iter::repeat_with(judge).take(12).collect();
            for one in all {
                assert!(matches!(one.await, Ok(false)));
            }
        });
        assert_eq!(hasher.hashed(), 12);
        // The working memory of each is kept for the next one: as much as ever was used at the same time.
        let worked = || hasher.memory.free().blocks.len();
        assert!((1..=2).contains(&worked()), "{} at once", worked());
        hasher.evict();
        assert!(worked() > 0, "it was used just now");
        hasher.evict();
        assert_eq!(worked(), 0);
        assert!(!is_right("wrong", NOBODY, &hasher.memory) && worked() == 1);
    }

    #[test]
    fn a_password_matches_in_every_unicode_form_and_older_hashes_still_match() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let (slots, hasher) = (HashQueue::new(1), Hasher::default());
        let judge = |typed: &str, stored: &str| {
            let before = hasher.hashed();
            let is_right = runtime.block_on(async {
                let slot = slots.take(Network::of(std::net::IpAddr::from([192, 0, 2, 1]))).await.unwrap();
                hasher.judge(slot, Zeroizing::new(typed.into()), stored.into()).await
            });
            (is_right, hasher.hashed() - before)
        };
        let (composed, apart) = ("p\u{e4}sswort 9", "pa\u{308}sswort 9");
        let stored = hash(&Rng::System, apart).unwrap();
        assert_eq!(judge(composed, &stored), (true, 1));
        assert_eq!(judge(apart, &stored), (true, 1));
        let old = argon2().hash_password_with_salt(apart.as_bytes(), b"0123456789abcdef").unwrap().to_string();
        assert_eq!(judge(apart, &old), (true, 2), "the form first, what was typed second");
        assert_eq!(judge(composed, &old), (false, 1), "nothing else was typed");
        assert!(hash(&Rng::System, "a\u{308}b\u{308}c\u{308}d\u{308}").is_err(), "four characters are too short");
    }
}
