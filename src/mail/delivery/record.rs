//! What becomes of an email after an attempt: how it is written down, with all that follows from it.

use chrono::{DateTime, TimeDelta, Utc};

use super::backoff::PAUSE_LEAST;
use super::compose::Done;
use super::lease::{LOOSE_LASTS, rng_error};
use crate::domain::{EmailKind, MailState, RequestState};
use crate::mail::{Outcome, Problem};
use crate::random::Rng;
use crate::store::audit::{self, Event};
use crate::store::outbox::{self, Failure, Outcome as Recorded};
use crate::store::{StoreError, Tx, requests, tokens};

/// Between attempts; after the last, hourly.
const RETRIES: [TimeDelta; 5] =
    [TimeDelta::seconds(5), TimeDelta::seconds(30), TimeDelta::minutes(2), TimeDelta::minutes(10), TimeDelta::minutes(30)];
/// Attempts that may have arrived, until it is taken for granted that one did.
const AMBIGUOUS_MOST: i32 = 2;

/// What became of an attempt.
pub(crate) enum Verdict {
    /// Put back, for so long: by whose clock, the transaction knows that writes it down.
    Wait(TimeDelta),
    Outcome(Outcome),
}

/// An outcome in a word, as it is counted.
pub(crate) const fn word_of(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered { .. } => "sent",
        Outcome::Deferred(_) | Outcome::Away(_) => "deferred",
        Outcome::Refused(_) => "refused",
        Outcome::Ambiguous(_) => "ambiguous",
        Outcome::Misconfigured(_) => "misconfigured",
    }
}

/// Writes down what became of an attempt, with all that follows from it, unless the lease has gone to somebody else.
pub(crate) fn record(tx: &mut Tx<'_>, rng: &Rng, done: &Done, verdict: &Verdict) -> Result<(), StoreError> {
    let now = tx.now();
    let (recorded, mail_state, is_token_dead) = match verdict {
        Verdict::Wait(length) => (Recorded::Released { at: now + *length, error: None }, None, true),
        Verdict::Outcome(Outcome::Delivered { .. }) => (Recorded::Sent, Some(MailState::Sent), false),
        Verdict::Outcome(Outcome::Refused(problem)) => {
            (Recorded::Dead { error: failure(problem) }, Some(MailState::Bounced), true)
        }
        Verdict::Outcome(Outcome::Ambiguous(_)) if done.ambiguous + 1 >= AMBIGUOUS_MOST => {
            (Recorded::Sent, Some(MailState::Sent), false)
        }
        Verdict::Outcome(Outcome::Ambiguous(problem)) => {
            let at = later(rng, now, done.attempts)?;
            (Recorded::Later { at, error: failure(problem), is_ambiguous: true }, Some(MailState::Deferred), false)
        }
        Verdict::Outcome(Outcome::Deferred(problem) | Outcome::Away(problem)) => {
            let at = later(rng, now, done.attempts)?;
            let error = failure(problem);
            let ends_at = done.ends_at.unwrap_or(done.created_at + LOOSE_LASTS);
            if at >= ends_at {
                (Recorded::Dead { error }, Some(MailState::Bounced), true)
            } else {
                (Recorded::Later { at, error, is_ambiguous: false }, Some(MailState::Deferred), true)
            }
        }
        Verdict::Outcome(Outcome::Misconfigured(problem)) => {
            let at = now + PAUSE_LEAST;
            (Recorded::Released { at, error: Some(failure(problem)) }, Some(MailState::Deferred), true)
        }
    };
    // Whoever has the lease by now: what surely reached nobody opens nothing.
    if let Some(token) = done.token.filter(|_| is_token_dead) {
        tokens::delete(tx, token)?;
    }
    if !outbox::record(tx, done.email, done.lease, &recorded)? {
        return Ok(());
    }
    let (Some(request), Some(mail_state), true) = (done.request, mail_state, done.kind.speaks_for_request()) else {
        return Ok(());
    };
    requests::set_mail_state(tx, request, mail_state)?;
    if matches!(recorded, Recorded::Dead { .. }) {
        audit::append_own(tx, Event { name: "letter.bounced", request: Some(request), ..Event::default() })?;
        let pending = requests::find(tx, request)?.filter(|request| request.state_at(now) == RequestState::Pending);
        if let Some(requester) = pending.as_ref().and_then(crate::domain::Request::requester) {
            outbox::add_once(tx, EmailKind::Undeliverable, requester, request, done.generation)?;
        }
    }
    Ok(())
}

fn failure(problem: &Problem) -> Failure {
    Failure { text: problem.to_string(), reply: problem.code.clone() }
}

/// When the next attempt is made after so many: by schedule, then hourly, each 20 % sooner or later.
fn later(rng: &Rng, now: DateTime<Utc>, attempts: i32) -> Result<DateTime<Utc>, StoreError> {
    let index = usize::try_from(attempts - 1).unwrap_or(0);
    let pause = RETRIES.get(index).copied().unwrap_or(TimeDelta::hours(1));
    let jitter = i64::try_from(rng.below(401).map_err(rng_error)?).unwrap_or(200) - 200;
    Ok(now + pause + pause / 1_000 * i32::try_from(jitter).unwrap_or(0))
}
