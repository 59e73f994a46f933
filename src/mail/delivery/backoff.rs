//! Delays after failures: before an email is retried, while a mail domain defers emails, and while the mail server is down or
//! misconfigured. The last two delay emails without giving any up.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::mail::{Outcome, Problem};
use crate::random::{Rng, RngError};

// The schedules: a delay for each consecutive failure; the last one repeats.

/// An email that was not accepted.
const EMAIL: [TimeDelta; 6] = [seconds(5), seconds(30), seconds(120), seconds(600), seconds(1_800), seconds(3_600)];
/// The mail server is down. An email then waits at most a minute after its return.
const AWAY: [TimeDelta; 5] = [seconds(5), seconds(10), seconds(20), seconds(40), seconds(60)];
/// The mail server's settings are wrong.
const MISCONFIGURED: [TimeDelta; 6] = [seconds(30), seconds(60), seconds(120), seconds(240), seconds(480), seconds(600)];
/// A mail domain limits the emails per minute.
const DOMAIN: [TimeDelta; 3] = [seconds(15), seconds(30), seconds(60)];

/// The delay of an email that found the settings wrong.
pub(super) const FIRST_PAUSE: TimeDelta = MISCONFIGURED[0];
/// The number of consecutive refusals that pause a domain.
const REFUSALS: usize = 5;
/// The delay of emails while a probe is in progress.
const PROBING: TimeDelta = seconds(2);
/// Failures older than this are forgotten.
const REMEMBERED: TimeDelta = seconds(3_600);

const fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}

/// The delay after this many attempts, by schedule with 20 % jitter.
pub(super) fn retry_after(rng: &Rng, attempts: i32) -> Result<TimeDelta, RngError> {
    let index = usize::try_from(attempts - 1).unwrap_or(0).min(EMAIL.len() - 1);
    let wait = EMAIL.get(index).copied().unwrap_or(FIRST_PAUSE);
    let jitter = i32::try_from(rng.below(401)?).unwrap_or(200) - 200;
    Ok(wait + wait / 1_000 * jitter)
}

/// The units that fail independently.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The mail server of all emails.
    Server,
    Domain(String),
}

/// A time without sending.
#[derive(Clone, Debug)]
pub struct Pause {
    pub until: DateTime<Utc>,
    /// The mail server's last reply.
    pub why: String,
    length: TimeDelta,
    /// Whether a probe was sent since the end, with an outcome not known yet.
    is_probed: bool,
}

impl Pause {
    /// Whether the pause applies at `now`. A time before its start does not count: the clock was set back.
    pub fn is_on_at(&self, now: DateTime<Utc>) -> bool {
        self.until - self.length <= now && now < self.until
    }
}

/// Recent failures of the mail server and domains.
#[derive(Default)]
pub(super) struct Backoff(Mutex<HashMap<Key, Failures>>);

struct Failures {
    in_a_row: usize,
    last_at: DateTime<Utc>,
    pause: Option<Pause>,
}

impl Backoff {
    /// The pause of this key. It stays after its end until an email is accepted.
    pub(super) fn pause(&self, key: &Key) -> Option<Pause> {
        self.lock().get(key).and_then(|failures| failures.pause.clone())
    }

    /// Lets an email through, or returns its delay. After a pause, one email is the probe and the others wait for its outcome.
    pub(super) fn admit(&self, key: &Key, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        let mut all = self.lock();
        let Some(pause) = all.get_mut(key).and_then(|failures| failures.pause.as_mut()) else { return Ok(()) };
        if pause.is_on_at(now) {
            let left = pause.until - now;
            return Err(if pause.is_probed { left.min(PROBING) } else { left });
        }
        (pause.until, pause.is_probed) = (now + pause.length, true);
        Ok(())
    }

    /// Records the outcome of an attempt. True if a pause of the mail server begins or continues.
    pub(super) fn learn(&self, domain: &str, attempts: i32, outcome: &Outcome, connections: usize, now: DateTime<Utc>) -> bool {
        let domain = Key::Domain(domain.to_owned());
        match outcome {
            Outcome::Misconfigured(problem) => {
                let until = self.fail(Key::Server, 1, &MISCONFIGURED, problem, now);
                if let Some(until) = until {
                    tracing::error!(why = %problem.text, %until, "no email is sent: the mail server's settings need an operator");
                }
                return until.is_some();
            }
            // A single failed connection may be chance. As many in a row as there are connections mean that the server is down.
            Outcome::Away(problem) => {
                let until = self.fail(Key::Server, connections, &AWAY, problem, now);
                if let Some(until) = until {
                    tracing::warn!(why = %problem.text, %until, "no email is sent: the mail server is away");
                }
                return until.is_some();
            }
            // Greylisting defers only the first attempt.
            Outcome::Deferred(problem) if problem.code.is_some() && (attempts > 1 || self.pause(&domain).is_some()) => {
                if let Some(until) = self.fail(domain, REFUSALS, &DOMAIN, problem, now) {
                    tracing::info!(why = %problem, %until, "a mail domain takes no emails now; one is tried from time to time");
                }
            }
            Outcome::Delivered { .. } | Outcome::Refused(_) => drop(self.lock().remove(&domain)),
            Outcome::Deferred(_) | Outcome::Ambiguous(_) => {}
        }
        self.lock().remove(&Key::Server);
        false
    }

    /// Counts a failure; returns the end of the pause, if it begins or prolongs one.
    fn fail(
        &self,
        key: Key,
        threshold: usize,
        schedule: &[TimeDelta],
        problem: &Problem,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let mut all = self.lock();
        if !all.contains_key(&key) {
            all.retain(|_, failures| now < failures.last_at + REMEMBERED);
        }
        let failures = all.entry(key).or_insert(Failures { in_a_row: 0, last_at: now, pause: None });
        (failures.in_a_row, failures.last_at) = (failures.in_a_row + 1, now);
        let length = match &failures.pause {
            None if failures.in_a_row < threshold => return None,
            None => schedule.first(),
            // The email was already in transit when the pause began.
            Some(pause) if pause.is_on_at(now) && !pause.is_probed => return None,
            Some(pause) => schedule.iter().find(|length| **length > pause.length).or(schedule.last()),
        };
        let length = *length?;
        let until = now + length;
        failures.pause = Some(Pause { until, why: problem.text.clone(), length, is_probed: false });
        Some(until)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Failures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
