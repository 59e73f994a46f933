//! Mail servers that take so many emails a minute. Whoever comes too early is refused for now, and so are those who try again
//! meanwhile: each would wait for longer and longer, long after emails are taken again. So where emails are refused that
//! were refused before, one after the other, their domain is left in peace but for one that asks.
//!
//! A server that refuses each reader's first email (greylisting) takes the second, and never gets that far.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::mail::{Outcome, Problem};

/// So many in a row.
const REFUSALS: u32 = 5;
/// For how long: at first, and after one asked in vain, doubled each time.
const LEAST: Duration = Duration::from_secs(15);
const MOST: Duration = Duration::from_mins(1);
/// While one asks, the others come back so soon.
const ASKING: Duration = Duration::from_secs(2);
/// A domain that nothing was heard of for so long is forgotten.
const REMEMBERED: Duration = Duration::from_hours(1);

/// The domains that refused emails lately.
#[derive(Default)]
pub(crate) struct DomainBackoff(Mutex<HashMap<String, Refusing>>);

struct Refusing {
    /// How many in a row.
    refusals: u32,
    heard: Instant,
    peace: Option<CircuitOpen>,
}

/// No email goes there.
struct CircuitOpen {
    until: Instant,
    length: Duration,
    /// One was let go since.
    is_asked: bool,
}

impl DomainBackoff {
    /// For how long no email is to go there. None for one that may: where the others are to wait, that is the one that asks.
    pub(crate) fn holds(&self, domain: &str) -> Option<Duration> {
        let mut all = self.all();
        let peace = all.get_mut(domain)?.peace.as_mut()?;
        let left = peace.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            (peace.until, peace.is_asked) = (Instant::now() + peace.length, true);
            return None;
        }
        Some(if peace.is_asked { left.min(ASKING) } else { left })
    }

    /// What became of an email there at its so-manieth attempt.
    pub(crate) fn learn(&self, domain: &str, attempts: i32, outcome: &Outcome) {
        match outcome {
            Outcome::Deferred(problem) if problem.code.is_some() => self.refused(domain, attempts, problem),
            // It has its say about emails.
            Outcome::Delivered { .. } | Outcome::Refused(_) => drop(self.all().remove(domain)),
            _ => {}
        }
    }

    fn refused(&self, domain: &str, attempts: i32, problem: &Problem) {
        let (mut all, now) = (self.all(), Instant::now());
        if !all.contains_key(domain) {
            all.retain(|_, refusing| refusing.heard.elapsed() < REMEMBERED);
        }
        let refusing = all.entry(domain.to_owned()).or_insert(Refusing { refusals: 0, heard: now, peace: None });
        refusing.heard = now;
        let Some(peace) = &mut refusing.peace else {
            // Who is refused for the first time may just be unknown.
            refusing.refusals += u32::from(attempts > 1);
            if refusing.refusals >= REFUSALS {
                tracing::info!(why = %problem, "a mail domain takes no letters now; one asks from time to time");
                refusing.peace = Some(CircuitOpen { until: now + LEAST, length: LEAST, is_asked: false });
            }
            return;
        };
        // Others were on their way before.
        if peace.is_asked {
            let length = (peace.length * 2).min(MOST);
            *peace = CircuitOpen { until: now + length, length, is_asked: false };
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Refusing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
