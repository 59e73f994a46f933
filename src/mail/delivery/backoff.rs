//! How long to wait after failures: before an email is tried again, while a mail domain takes no emails for now, and while the
//! mail server is away or its settings are wrong. The last two hold emails back and give none up.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::mail::{Outcome, Problem};
use crate::random::{Rng, RngError};

// The schedules: a wait for each failure in a row, of which the last repeats.

/// An email that was not taken.
const EMAIL: [TimeDelta; 6] = [seconds(5), seconds(30), seconds(120), seconds(600), seconds(1_800), seconds(3_600)];
/// The mail server is away. After its return an email waits at most a minute.
const AWAY: [TimeDelta; 5] = [seconds(5), seconds(10), seconds(20), seconds(40), seconds(60)];
/// The mail server's settings are wrong.
const MISCONFIGURED: [TimeDelta; 6] = [seconds(30), seconds(60), seconds(120), seconds(240), seconds(480), seconds(600)];
/// A mail domain takes only so many emails a minute.
const DOMAIN: [TimeDelta; 3] = [seconds(15), seconds(30), seconds(60)];

/// How long an email waits that found the settings wrong.
pub(super) const FIRST_PAUSE: TimeDelta = MISCONFIGURED[0];
/// A domain pauses after so many refusals in a row.
const REFUSALS: usize = 5;
/// How soon emails come back that meet a probe on its way.
const PROBING: TimeDelta = seconds(2);
/// What has not failed for so long is forgotten.
const REMEMBERED: TimeDelta = seconds(3_600);

const fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}

/// How long after so many attempts an email is tried again: by schedule, 20 % sooner or later.
pub(super) fn retry_after(rng: &Rng, attempts: i32) -> Result<TimeDelta, RngError> {
    let index = usize::try_from(attempts - 1).unwrap_or(0).min(EMAIL.len() - 1);
    let wait = EMAIL.get(index).copied().unwrap_or(FIRST_PAUSE);
    let jitter = i32::try_from(rng.below(401)?).unwrap_or(200) - 200;
    Ok(wait + wait / 1_000 * jitter)
}

/// What fails by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The mail server that all emails go to.
    Server,
    /// A mail domain behind it.
    Domain(String),
}

/// A time in which nothing is sent.
#[derive(Clone, Debug)]
pub struct Pause {
    /// Its end.
    pub until: DateTime<Utc>,
    /// What the mail server said.
    pub why: String,
    length: TimeDelta,
    /// An email was let through since it ended, whose outcome is not known yet.
    is_probed: bool,
}

impl Pause {
    /// Whether nothing is to be tried at `now`. A time before its beginning is not in it: the clock was set back.
    pub fn is_on_at(&self, now: DateTime<Utc>) -> bool {
        self.until - self.length <= now && now < self.until
    }
}

/// The mail server and the domains that failed lately.
#[derive(Default)]
pub(super) struct Backoff(Mutex<HashMap<Key, Failures>>);

struct Failures {
    in_a_row: usize,
    last_at: DateTime<Utc>,
    pause: Option<Pause>,
}

impl Backoff {
    /// The pause of this key. It stays after its end until an email was taken.
    pub(super) fn pause(&self, key: &Key) -> Option<Pause> {
        self.lock().get(key).and_then(|failures| failures.pause.clone())
    }

    /// Lets an email through, or says how long it has to wait. After a pause one goes as a probe and the others wait for it.
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

    /// Learns from the outcome of an attempt. True where a pause of the mail server begins or goes on.
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
            // One failed connection says little. As many in a row as there are connections say that it is the server.
            Outcome::Away(problem) => {
                let until = self.fail(Key::Server, connections, &AWAY, problem, now);
                if let Some(until) = until {
                    tracing::warn!(why = %problem.text, %until, "no email is sent: the mail server is away");
                }
                return until.is_some();
            }
            // Greylisting refuses only the first attempt.
            Outcome::Deferred(problem) if problem.code.is_some() && (attempts > 1 || self.pause(&domain).is_some()) => {
                if let Some(until) = self.fail(domain, REFUSALS, &DOMAIN, problem, now) {
                    tracing::info!(why = %problem, %until, "a mail domain takes no letters now; one asks from time to time");
                }
            }
            Outcome::Delivered { .. } | Outcome::Refused(_) => drop(self.lock().remove(&domain)),
            Outcome::Deferred(_) | Outcome::Ambiguous(_) => {}
        }
        self.lock().remove(&Key::Server);
        false
    }

    /// Counts a failure; the end of the pause that it begins or prolongs.
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
            // It was on its way when the pause began.
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
