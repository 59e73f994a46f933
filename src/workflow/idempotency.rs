//! A lost answer resolves: the same Idempotency-Key and the same request give the same answer again, and nothing is done
//! twice. The answer is kept in the transaction that did the deed, so there is no moment between the two.

use chrono::TimeDelta;

use super::WorkflowError;
use crate::domain::Caller;
use crate::secret::digest;
use crate::store::idempotency::{self, KeptAnswer};
use crate::store::{Fault, Tx};

/// An Idempotency-Key with what it was sent with.
#[derive(Clone, Debug)]
pub struct Once {
    caller: String,
    name: String,
    body_hash: Vec<u8>,
    keep_for: TimeDelta,
}

/// An answer, and whether it was given before.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The `Location`.
    pub location: Option<String>,
    /// The body.
    pub body: String,
    /// Whether it is a replay.
    pub is_replay: bool,
}

impl Once {
    /// A key as the caller sent it, with the method, path and body it came with.
    pub fn new(
        caller: &Caller,
        name: &str,
        method: &str,
        path: &str,
        body: &[u8],
        keep_for: TimeDelta,
    ) -> Result<Self, WorkflowError> {
        if name.is_empty() || name.len() > 200 || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(WorkflowError::invalid("Idempotency-Key", "1 to 200 printable ASCII characters without blanks"));
        }
        let who = |id: Option<i64>| id.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let caller = format!("{}/{}", who(caller.user.map(|id| id.0)), who(caller.key.map(|id| id.0)));
        let body_hash = digest(&[method.as_bytes(), path.as_bytes(), body]).to_vec();
        Ok(Self { caller, name: name.to_owned(), body_hash, keep_for })
    }
}

/// The answer that was given to the same before.
fn kept(tx: &mut Tx<'_>, once: &Once) -> Result<Option<Answer>, WorkflowError> {
    let Some(kept) = idempotency::find(tx, &once.caller, &once.name, once.keep_for)? else { return Ok(None) };
    if kept.body_hash != once.body_hash {
        return Err(WorkflowError::KeyReused);
    }
    let status = u16::try_from(kept.status).unwrap_or(200);
    Ok(Some(Answer { status, location: kept.location, body: kept.body, is_replay: true }))
}

/// Does `deed` once: a second time with the same key its answer is given again, with another body it is refused.
pub fn once(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    deed: impl FnOnce(&mut Tx<'_>) -> Result<Answer, WorkflowError>,
) -> Result<Answer, WorkflowError> {
    once_if_done(tx, once, |tx| Ok((deed(tx)?, true)))
}

/// As [`once`], for what may have been there already: where nothing was done (false) there is nothing to keep, and the same
/// again finds the same.
pub fn once_if_done(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    deed: impl FnOnce(&mut Tx<'_>) -> Result<(Answer, bool), WorkflowError>,
) -> Result<Answer, WorkflowError> {
    let Some(once) = once else { return Ok(deed(tx)?.0) };
    if let Some(answer) = kept(tx, once)? {
        return Ok(answer);
    }
    let (answer, is_done) = match tx.attempt(|tx| WorkflowError::settled(deed(tx))) {
        Ok(Ok(done)) => done,
        // Told like any other refusal; what it cost stays.
        Ok(Err(refusal)) => return Err(refusal),
        // On PostgreSQL the first one may have been on its way until now, and this one waited for what it changed.
        Err(refusal) if refusal.as_store().is_none() => return kept(tx, once)?.ok_or(refusal),
        Err(error) => return Err(error),
    };
    if !is_done {
        return Ok(answer);
    }
    let kept = KeptAnswer {
        body_hash: once.body_hash.clone(),
        status: i32::from(answer.status),
        location: answer.location.clone(),
        body: answer.body.clone(),
    };
    idempotency::keep(tx, &once.caller, &once.name, &kept)
        .map_err(|error| if error.is_violation() { WorkflowError::InFlight } else { error.into() })?;
    Ok(answer)
}
