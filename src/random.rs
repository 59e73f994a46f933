//! The source of random bytes, passed to its users.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng, TryRng};
use zeroize::Zeroizing;

/// The source of random bytes.
#[derive(Clone, Debug, Default)]
pub enum Rng {
    /// The operating system's generator.
    #[default]
    System,
    /// A seeded generator, so that a simulation can be replayed. Never in a daemon.
    Seeded(Arc<Mutex<StdRng>>),
}

/// The operating system gave no random bytes, so no secret can be generated.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random generator failed, so no secret was made; try again, and check the machine")]
pub struct RngError;

impl Rng {
    /// A generator that always gives the same bytes for the same `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Fills `bytes`, or fails: there is no weaker second source.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), RngError> {
        match self {
            Self::System => SysRng.try_fill_bytes(bytes).map_err(|_| RngError),
            Self::Seeded(rng) => {
                rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
                Ok(())
            }
        }
    }

    /// As many random bytes as the type says.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], RngError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// As [`Rng::bytes`], zeroized on drop.
    pub fn secret<const N: usize>(&self) -> Result<Zeroizing<[u8; N]>, RngError> {
        let mut bytes = Zeroizing::new([0; N]);
        self.fill(bytes.as_mut())?;
        Ok(bytes)
    }

    /// A number below `bound`, with negligible bias (64 bits over a bound of at most a million).
    pub fn below(&self, bound: u64) -> Result<u64, RngError> {
        Ok(u64::from_le_bytes(self.bytes()?) % bound.max(1))
    }
}
