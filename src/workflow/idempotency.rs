//! Idempotency keys: the same key with the same request gets the same response again, and nothing is done twice. The response
//! is stored in the transaction of the operation, so neither exists without the other.

use chrono::TimeDelta;

use super::WorkflowError;
use crate::domain::Caller;
use crate::secret::digest;
use crate::store::idempotency::{self, KeptAnswer};
use crate::store::{Fault, Tx};

/// An Idempotency-Key with its request.
#[derive(Clone, Debug)]
pub struct Once {
    caller: String,
    name: String,
    body_hash: Vec<u8>,
    keep_for: TimeDelta,
}

/// A response, and whether it is a repetition.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// The `Location` header.
    pub location: Option<String>,
    pub body: String,
    pub is_replay: bool,
}

impl Once {
    /// A key, with the method, path and body of its request.
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

/// The stored response for the same request.
fn kept(tx: &mut Tx<'_>, once: &Once) -> Result<Option<Answer>, WorkflowError> {
    let Some(kept) = idempotency::find(tx, &once.caller, &once.name, once.keep_for)? else { return Ok(None) };
    if kept.body_hash != once.body_hash {
        return Err(WorkflowError::KeyReused);
    }
    let status = u16::try_from(kept.status).unwrap_or(200);
    Ok(Some(Answer { status, location: kept.location, body: kept.body, is_replay: true }))
}

/// Runs `f` once. A repetition with the same key gets the stored response; another request with the key is refused.
pub fn once(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    f: impl FnOnce(&mut Tx<'_>) -> Result<Answer, WorkflowError>,
) -> Result<Answer, WorkflowError> {
    once_if_done(tx, once, |tx| Ok((f(tx)?, true)))
}

/// As [`once`], for operations that may find their result. If nothing was done (false), no response is stored, because a
/// repetition finds the same.
pub fn once_if_done(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    f: impl FnOnce(&mut Tx<'_>) -> Result<(Answer, bool), WorkflowError>,
) -> Result<Answer, WorkflowError> {
    let Some(once) = once else { return Ok(f(tx)?.0) };
    if let Some(answer) = kept(tx, once)? {
        return Ok(answer);
    }
    let (answer, is_done) = match tx.attempt(|tx| WorkflowError::settled(f(tx))) {
        Ok(Ok(done)) => done,
        // A refusal that commits: the rate limits stay taken.
        Ok(Err(refusal)) => return Err(refusal),
        // On PostgreSQL a concurrent first call may have just committed, while this one waited for its locks.
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
