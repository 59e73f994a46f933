//! The pause of the whole queue while the mail server is away or its settings are wrong.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::mail::{Outcome, Problem};

pub(crate) const PAUSE_LEAST: TimeDelta = TimeDelta::seconds(30);
const PAUSE_MOST: TimeDelta = TimeDelta::minutes(10);
/// While the mail server is away. After its return an email waits at most this long.
const AWAY_LEAST: TimeDelta = TimeDelta::seconds(5);
const AWAY_MOST: TimeDelta = TimeDelta::minutes(1);

/// A pause of the queue: the mail server is away or its settings are wrong. No email is given up for that.
#[derive(Clone, Debug)]
pub struct Pause {
    /// Until then.
    pub until: DateTime<Utc>,
    /// What the mail server said.
    pub why: String,
    length: TimeDelta,
}

impl Pause {
    /// Whether nothing is to be tried at `now`: from its beginning to its end, and not before, where the clock was set back.
    pub fn is_on_at(&self, now: DateTime<Utc>) -> bool {
        self.until - self.length <= now && now < self.until
    }
}

/// Whether the queue stands still, learned from how the attempts ended.
#[derive(Default)]
pub(super) struct QueuePause {
    current: Mutex<Option<Pause>>,
    /// Attempts in a row that did not reach the mail server.
    missed: AtomicUsize,
}

impl QueuePause {
    /// The pause, if the queue stands still.
    pub(super) fn current(&self) -> Option<Pause> {
        self.lock().clone()
    }

    /// Learns from an attempt's end; true where a pause begins or goes on. An answer about the mail server itself is about all
    /// emails.
    pub(super) fn learn(&self, outcome: &Outcome, connections: usize, now: DateTime<Utc>) -> bool {
        let missed = match outcome {
            Outcome::Away(_) => self.missed.fetch_add(1, Ordering::Relaxed) + 1,
            _ => self.missed.swap(0, Ordering::Relaxed),
        };
        match outcome {
            Outcome::Misconfigured(problem) => self.hold(problem, PAUSE_LEAST..PAUSE_MOST, now),
            // One failed connection says little. Each connection in a row, or the one that was to find out, says more.
            Outcome::Away(problem) if missed >= connections || self.lock().is_some() => {
                self.hold(problem, AWAY_LEAST..AWAY_MOST, now)
            }
            Outcome::Away(_) => false,
            _ => {
                *self.lock() = None;
                false
            }
        }
    }

    fn hold(&self, problem: &Problem, lengths: Range<TimeDelta>, now: DateTime<Utc>) -> bool {
        let mut pause = self.lock();
        if pause.as_ref().is_some_and(|pause| pause.is_on_at(now)) {
            // The email was on its way when another one found out.
            return false;
        }
        let length = pause.as_ref().map_or(lengths.start, |pause| (pause.length * 2).clamp(lengths.start, lengths.end));
        let until = now + length;
        if lengths.end == AWAY_MOST {
            tracing::warn!(why = %problem.text, %until, "no email is sent: the mail server is away");
        } else {
            tracing::error!(why = %problem.text, %until, "no email is sent: the mail server's settings need an operator");
        }
        *pause = Some(Pause { until, why: problem.text.clone(), length });
        true
    }

    fn lock(&self) -> MutexGuard<'_, Option<Pause>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
