//! Reminding an approver of what still waits for them: when half of the time is over, and once more before the end. Each
//! reminder has a link of its own, made as it goes; the old ones stay good.

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::Config;
use crate::domain::{EmailKind, MailState, Request};
use crate::store::audit::{self, Event};
use crate::store::blocks::{self, Blocked};
use crate::store::rate_limits::{self, RateLimit};
use crate::store::{Tx, due, outbox};
use crate::workflow::WorkflowError;

/// Between two emails about the same request that nobody asked for.
const APART: TimeDelta = TimeDelta::hours(12);
/// Half of a time shorter than this is no reason to remind anybody.
const HALF_LEAST: TimeDelta = TimeDelta::hours(24);
/// A reminder later than that before the end only annoys.
const LATEST: TimeDelta = TimeDelta::hours(1);

/// When a request that is filed now and may be decided for `ttl` is reminded of first.
pub(in crate::workflow) fn first(config: &Config, now: DateTime<Utc>, ttl: TimeDelta) -> Option<DateTime<Utc>> {
    moments(config, now, now + ttl).into_iter().flatten().min()
}

/// At half of the time, and before the end; each none where it would come too soon or the operator wants none.
fn moments(config: &Config, filed: DateTime<Utc>, expires: DateTime<Utc>) -> [Option<DateTime<Utc>>; 2] {
    let half = (expires - filed) / 2;
    let at_half = (config.letters.remind_at_half && half >= HALF_LEAST).then(|| filed + half);
    let before = config.letters.remind_before_end.delta();
    let last = (!before.is_zero()).then(|| expires - before);
    [at_half, last.filter(|last| *last >= at_half.unwrap_or(filed) + APART)]
}

/// Queues the reminders that are due, up to `limit`; answers with how many requests it looked at.
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
    // Of several that were missed, the last.
    let generation = (1..).zip(moments).filter(|(_, at)| at.is_some_and(|at| at <= now)).map(|(number, _)| number).last();
    let is_worth_it = request.mail_state == MailState::Sent
        && now + LATEST <= request.expires_at
        && request.last_letter_at + APART <= now
        && !is_blocked(tx, request)?;
    let generation = generation.filter(|_| is_worth_it);
    let wait = match generation {
        Some(_) => wait(tx, config, request)?,
        None => None,
    };
    if let Some(at) = wait {
        due::set_reminder(tx, request.id, Some(at))?;
        return Ok(());
    }
    // The guard: what was decided at this moment is reminded of by nobody.
    if !due::set_reminder(tx, request.id, next)? {
        return Ok(());
    }
    if let Some(generation) = generation {
        outbox::add_once(tx, EmailKind::Reminder, request.target, request.id, generation)?;
        audit::append_own(tx, Event { name: "request.reminded", request: Some(request.id), ..Event::default() })?;
    }
    Ok(())
}

fn is_blocked(tx: &mut Tx<'_>, request: &Request) -> Result<bool, WorkflowError> {
    let mut requesters = vec![Blocked::User(request.allowed)];
    requesters.extend(request.initiator.map(Blocked::User));
    requesters.extend(request.key.map(Blocked::Key));
    Ok(blocks::is_blocked(tx, request.target, &requesters)?)
}

/// Until when the approver has had as many reminders as they get emails that ask them; none where one may go now.
fn wait(tx: &mut Tx<'_>, config: &Config, request: &Request) -> Result<Option<DateTime<Utc>>, WorkflowError> {
    let (burst, every) = (config.limits.target_letters, config.limits.target_letter_every.delta());
    if burst == 0 {
        return Ok(None);
    }
    Ok(rate_limits::take(tx, RateLimit { kind: "reminders", subject: request.target.0, burst, every })?)
}
