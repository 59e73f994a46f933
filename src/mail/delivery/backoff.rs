//! When no letter leaves, since none would arrive: the mail server is away, or its settings are wrong.

use std::ops::Range;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use chrono::{DateTime, TimeDelta, Utc};

use super::worker::Outbox;
use crate::mail::{Outcome, Problem};

pub(crate) const PAUSE_LEAST: TimeDelta = TimeDelta::seconds(30);
const PAUSE_MOST: TimeDelta = TimeDelta::minutes(10);
/// As long as the mail server is away; when it is back, whoever waits, waits for so long at most.
const AWAY_LEAST: TimeDelta = TimeDelta::seconds(5);
const AWAY_MOST: TimeDelta = TimeDelta::minutes(1);

/// Why the queue stands still: the mail server is away, or its settings are wrong, which is no letter's fault.
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

impl Outbox {
    /// The pause, if the queue stands still.
    pub fn pause(&self) -> Option<Pause> {
        self.0.pause.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What one letter meets before it is named, all would.
    pub(crate) fn learn_from(&self, outcome: &Outcome) {
        let missed = match outcome {
            Outcome::Away(_) => self.0.missed.fetch_add(1, Ordering::Relaxed) + 1,
            _ => self.0.missed.swap(0, Ordering::Relaxed),
        };
        match outcome {
            Outcome::Misconfigured(problem) => self.hold(problem, PAUSE_LEAST..PAUSE_MOST),
            // Some connections fail while others do not; every one of them in a row, or the one that was to find out, says more.
            Outcome::Away(problem) if missed >= self.0.turns.connections() || self.pause().is_some() => {
                self.hold(problem, AWAY_LEAST..AWAY_MOST);
            }
            Outcome::Away(_) => {}
            _ => *self.0.pause.lock().unwrap_or_else(PoisonError::into_inner) = None,
        }
    }

    fn hold(&self, problem: &Problem, lengths: Range<TimeDelta>) {
        let now = self.0.store.clock().now();
        let mut pause = self.0.pause.lock().unwrap_or_else(PoisonError::into_inner);
        if pause.as_ref().is_some_and(|pause| pause.is_on_at(now)) {
            // Said by a letter that was on its way when another one found out.
            return;
        }
        let length = pause.as_ref().map_or(lengths.start, |pause| (pause.length * 2).clamp(lengths.start, lengths.end));
        let until = now + length;
        self.0.turns.widen();
        if lengths.end == AWAY_MOST {
            tracing::warn!(why = %problem.text, %until, "no letter leaves: the mail server is away");
        } else {
            tracing::error!(why = %problem.text, %until, "no letter leaves: the mail server's settings need an operator");
        }
        *pause = Some(Pause { until, why: problem.text.clone(), length });
    }
}
