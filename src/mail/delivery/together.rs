//! The emails of a claim, made together, and outcomes, written down together: on PostgreSQL in a few statements for all of them.

use super::compose::{Done, Ready, compose};
use super::composer::Composer;
use super::record::{Verdict, record};
use crate::mail::Outcome;
use crate::random::Rng;
use crate::store::outbox::{self, Outcome as Recorded, QueuedEmail, Sent};
use crate::store::{StoreError, Tx};

/// Makes the emails of claimed rows. Those that nobody needs any more are cancelled.
pub(crate) fn make(tx: &mut Tx<'_>, composer: &mut Composer<'_>, letters: Vec<QueuedEmail>) -> Result<Vec<Ready>, StoreError> {
    if letters.len() > 1 {
        match tx.attempt(|tx| all(tx, composer, &letters)) {
            // One of them cannot be made.
            Err(StoreError::Query(_) | StoreError::Violation(_)) => composer.forget(),
            made => return made,
        }
    }
    let mut ready = Vec::with_capacity(letters.len());
    for email in letters {
        let id = email.id;
        match tx.attempt(|tx| one(tx, composer, email)) {
            Ok(made) => ready.extend(made),
            // A row that cannot become an email must not hold up those behind it.
            Err(StoreError::Query(error) | StoreError::Violation(error)) => {
                outbox::record(tx, id, composer.lease, &Recorded::Dead { error: error.into() })?;
            }
            Err(other) => return Err(other),
        }
    }
    Ok(ready)
}

fn all(tx: &mut Tx<'_>, composer: &mut Composer<'_>, letters: &[QueuedEmail]) -> Result<Vec<Ready>, StoreError> {
    composer.begin(tx, letters)?;
    let mut ready = Vec::with_capacity(letters.len());
    for email in letters {
        ready.extend(one(tx, composer, email.clone())?);
    }
    composer.finish(tx)?;
    Ok(ready)
}

fn one(tx: &mut Tx<'_>, composer: &mut Composer<'_>, email: QueuedEmail) -> Result<Option<Ready>, StoreError> {
    let id = email.id;
    let made = compose(tx, composer, email)?;
    if made.is_none() {
        outbox::record(tx, id, composer.lease, &Recorded::Cancelled)?;
    }
    Ok(made)
}

/// Writes down what became of attempts, as [`record`] does of each.
pub(crate) fn record_all<'a>(
    tx: &mut Tx<'_>,
    rng: &Rng,
    these: impl Iterator<Item = &'a (Done, Verdict)>,
) -> Result<(), StoreError> {
    let (sent, others): (Vec<_>, Vec<_>) =
        these.partition(|(_, verdict)| matches!(verdict, Verdict::Outcome(Outcome::Delivered { .. })));
    let all = sent.iter().chain(&others);
    outbox::hold_requests(tx, all.filter_map(|(done, _)| done.request.filter(|_| done.kind.speaks_for_request())))?;
    let sent: Vec<Sent> = sent.into_iter().map(|(done, _)| done.sent()).collect();
    outbox::record_sent(tx, &sent)?;
    others.into_iter().try_for_each(|(done, verdict)| record(tx, rng, done, verdict))
}
