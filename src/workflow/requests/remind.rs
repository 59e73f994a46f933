//! Reminds an approver of a pending request: at half of its time, and before its expiry. Each reminder has a new link, created
//! when it is sent; the old links stay valid.

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::Config;
use crate::domain::{EmailKind, MailState, Request};
use crate::store::audit::{self, Event};
use crate::store::rate_limits::{self, RateLimit};
use crate::store::{Tx, blocks, due, outbox};
use crate::workflow::WorkflowError;

/// Minimum time between two unsolicited emails about a request.
const APART: TimeDelta = TimeDelta::hours(12);
/// If half of the time is shorter, there is no reminder at half.
const HALF_LEAST: TimeDelta = TimeDelta::hours(24);
/// No reminder later than this before the expiry.
const LATEST: TimeDelta = TimeDelta::hours(1);

/// The time of the first reminder for a request filed now with this `ttl`.
pub(in crate::workflow) fn first(config: &Config, now: DateTime<Utc>, ttl: TimeDelta) -> Option<DateTime<Utc>> {
    moments(config, now, now + ttl).into_iter().flatten().min()
}

/// The reminders at half of the time and before the expiry; none if too early or disabled.
fn moments(config: &Config, filed: DateTime<Utc>, expires: DateTime<Utc>) -> [Option<DateTime<Utc>>; 2] {
    let half = (expires - filed) / 2;
    let at_half = (config.letters.remind_at_half && half >= HALF_LEAST).then(|| filed + half);
    let before = config.letters.remind_before_end.delta();
    let last = (!before.is_zero()).then(|| expires - before);
    [at_half, last.filter(|last| *last >= at_half.unwrap_or(filed) + APART)]
}

/// Queues up to `limit` due reminders; returns the number of requests checked.
pub fn send_due(tx: &mut Tx<'_>, config: &Config, limit: i64) -> Result<usize, WorkflowError> {
    let due = due::reminders(tx, limit)?;
    for request in &due {
        remind(tx, config, request)?;
    }
    Ok(due.len())
}

fn remind(tx: &mut Tx<'_>, config: &Config, request: &Request) -> Result<(), WorkflowError> {
    let now = tx.now();
    let moments = moments(config, request.created_at, request.expires_at);
    let next = moments.into_iter().flatten().filter(|at| now < *at).min();
    // Of several missed reminders, only the last is sent.
    let generation = (1..).zip(moments).filter(|(_, at)| at.is_some_and(|at| at <= now)).map(|(number, _)| number).last();
    let is_worth_it = request.mail_state == MailState::Sent
        && now + LATEST <= request.expires_at
        && request.last_letter_at + APART <= now
        && !blocks::is_blocked(tx, request.target, &blocks::requesters(request.allowed, request.initiator, request.app))?;
    let generation = generation.filter(|_| is_worth_it);
    let wait = match generation {
        Some(_) => wait(tx, config, request)?,
        None => None,
    };
    if let Some(at) = wait {
        due::set_reminder(tx, request.id, Some(at))?;
        return Ok(());
    }
    // Does nothing if the request was decided concurrently.
    if !due::set_reminder(tx, request.id, next)? {
        return Ok(());
    }
    if let Some(generation) = generation {
        outbox::add_once(tx, EmailKind::Reminder, request.target, request.id, generation)?;
        audit::append_own(tx, Event { name: "request.reminded", request: Some(request.id), ..Event::default() })?;
    }
    Ok(())
}

/// The time when the approver's limit on request emails allows a reminder; none if it does now.
fn wait(tx: &mut Tx<'_>, config: &Config, request: &Request) -> Result<Option<DateTime<Utc>>, WorkflowError> {
    let (burst, every) = (config.limits.target_letters, config.limits.target_letter_every.delta());
    if burst == 0 {
        return Ok(None);
    }
    Ok(rate_limits::take(tx, RateLimit { kind: "reminders", subject: request.target.0, burst, every })?)
}
