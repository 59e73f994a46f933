//! Stored responses for idempotency keys.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::schema::idempotency_keys;
use super::{StoreError, Tx, each};

/// A response to repeat for the same request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The hash of the request: method, path and body.
    pub body_hash: Vec<u8>,
    pub status: i32,
    /// The `Location` header.
    pub location: Option<String>,
    pub body: String,
}

/// The response stored for a caller's Idempotency-Key.
pub fn find(tx: &mut Tx<'_>, caller: &str, name: &str, keep_for: TimeDelta) -> Result<Option<KeptAnswer>, StoreError> {
    type Row = (Vec<u8>, i32, Option<String>, String, i64);
    let oldest = (tx.now() - keep_for).timestamp_micros();
    let columns = (
        idempotency_keys::body_hash,
        idempotency_keys::status,
        idempotency_keys::location,
        idempotency_keys::body,
        idempotency_keys::created_at,
    );
    let row: Option<Row> =
        each!(tx, |c| idempotency_keys::table.find((caller, name)).select(columns).get_result(c).optional()?);
    let Some((body_hash, status, location, body, created_at)) = row else { return Ok(None) };
    if created_at <= oldest {
        each!(tx, |c| diesel::delete(idempotency_keys::table.find((caller, name))).execute(c)?);
        return Ok(None);
    }
    Ok(Some(KeptAnswer { body_hash, status, location, body }))
}

/// Stores a response. A second one for the same key is a violation: a concurrent call has the same key.
pub fn keep(tx: &mut Tx<'_>, caller: &str, name: &str, answer: &KeptAnswer) -> Result<(), StoreError> {
    let values = (
        idempotency_keys::caller.eq(caller),
        idempotency_keys::name.eq(name),
        idempotency_keys::body_hash.eq(&answer.body_hash),
        idempotency_keys::status.eq(answer.status),
        idempotency_keys::location.eq(&answer.location),
        idempotency_keys::body.eq(&answer.body),
        idempotency_keys::created_at.eq(tx.micros()),
    );
    each!(tx, |c| diesel::insert_into(idempotency_keys::table).values(values).execute(c)?);
    Ok(())
}
