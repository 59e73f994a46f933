//! Records the outcome of a delivery attempt, with its consequences.

use chrono::TimeDelta;

use super::backoff::{FIRST_PAUSE, retry_after};
use super::compose::Delivery;
use super::lease::{LOOSE_LASTS, rng_error};
use crate::domain::{EmailKind, MailState, RequestState};
use crate::mail::{Outcome, Problem};
use crate::random::Rng;
use crate::store::audit::{self, Event};
use crate::store::outbox::{self, Failure, Outcome as Recorded, Sent};
use crate::store::{StoreError, Tx, requests, tokens};

/// After this many ambiguous attempts, one is assumed to have arrived.
const AMBIGUOUS_MOST: i32 = 2;

/// The result of an attempt.
pub(crate) enum Verdict {
    /// Put back for this time. The recording transaction adds its own time.
    Wait(TimeDelta),
    Outcome(Outcome),
}

/// The name of an outcome, for metrics.
pub(crate) const fn word_of(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered { .. } => "sent",
        Outcome::Deferred(_) | Outcome::Away(_) => "deferred",
        Outcome::Refused(_) => "refused",
        Outcome::Ambiguous(_) => "ambiguous",
        Outcome::Misconfigured(_) => "misconfigured",
    }
}

/// Records the outcome of an attempt and its consequences, unless the lease has passed to another worker.
pub(crate) fn record(tx: &mut Tx<'_>, rng: &Rng, done: &Delivery, verdict: &Verdict) -> Result<(), StoreError> {
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
            let at = now + retry_after(rng, done.attempts).map_err(rng_error)?;
            (Recorded::Later { at, error: failure(problem), is_ambiguous: true }, Some(MailState::Deferred), false)
        }
        Verdict::Outcome(Outcome::Deferred(problem) | Outcome::Away(problem)) => {
            let at = now + retry_after(rng, done.attempts).map_err(rng_error)?;
            let error = failure(problem);
            let ends_at = done.ends_at.unwrap_or(done.created_at + LOOSE_LASTS);
            if at >= ends_at {
                (Recorded::Dead { error }, Some(MailState::Bounced), true)
            } else {
                (Recorded::Later { at, error, is_ambiguous: false }, Some(MailState::Deferred), true)
            }
        }
        Verdict::Outcome(Outcome::Misconfigured(problem)) => {
            let at = now + FIRST_PAUSE;
            (Recorded::Released { at, error: Some(failure(problem)) }, Some(MailState::Deferred), true)
        }
    };
    // Even without the lease: a token that certainly reached nobody is deleted.
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

/// Records the outcomes of several attempts: the sent ones in a few statements, the others as [`record`] does.
pub(super) fn record_all<'a>(
    tx: &mut Tx<'_>,
    rng: &Rng,
    outcomes: impl Iterator<Item = (&'a Delivery, &'a Verdict)>,
) -> Result<(), StoreError> {
    let (sent, others): (Vec<_>, Vec<_>) =
        outcomes.partition(|(_, verdict)| matches!(verdict, Verdict::Outcome(Outcome::Delivered { .. })));
    outbox::lock_requests(tx, sent.iter().chain(&others).filter_map(|(delivery, _)| delivery.speaks_for()))?;
    let sent: Vec<Sent> = sent.into_iter().map(|(delivery, _)| delivery.sent()).collect();
    outbox::record_sent(tx, &sent)?;
    others.into_iter().try_for_each(|(delivery, verdict)| record(tx, rng, delivery, verdict))
}

fn failure(problem: &Problem) -> Failure {
    Failure { text: problem.to_string(), reply: problem.code.clone() }
}
