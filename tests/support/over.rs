//! Thousands of rows that ended long ago, for purges.

use super::fixture::{Fixture, Kind};

/// SQL for requests that ended in 1970, each with its token, email and items; and half as many rows without a request: emails,
/// and stored answers. It needs a person and an audit row. The same for both databases.
pub(crate) fn sql(count: usize) -> String {
    let numbers = |count: usize| {
        format!("WITH RECURSIVE n (i) AS (SELECT {FIRST} UNION ALL SELECT i + 1 FROM n WHERE i < {FIRST} - 1 + {count})")
    };
    let (all, half) = (numbers(count), numbers(count / 2));
    let (somebody, bytes) = ("(SELECT min(id) FROM users)", "(SELECT hash FROM audit LIMIT 1)");
    format!(
        "BEGIN;
         {all} INSERT INTO requests (id, kind, initiator_id, target_id, allowed_id, items_key, ttl_seconds, expires_at, state,
                mail_state, letters, last_letter_at, created_at, decided_at, is_narrowed)
            SELECT i, 'ask', {somebody}, {somebody}, {somebody}, 'over', 1, 0, 'declined', 'sent', 1, 0, 0, i, false FROM n;
         {all} INSERT INTO request_items (request_id, position, level) SELECT i, 0, 'view' FROM n;
         {all} INSERT INTO tokens (id, purpose, request_id, user_id, address_hash, secret_hash, epoch, created_at)
            SELECT i, 'redeem', i, {somebody}, {bytes}, {bytes}, 1, 0 FROM n;
         {all} INSERT INTO outbox (id, kind, user_id, request_id, generation, state, attempts, ambiguous, next_at, message_id,
                created_at, finished_at)
            SELECT i, 'decide', {somebody}, i, 1, 'cancelled', 0, 0, 0, '<' || i || '@over>', 0, 1 FROM n;
         {half} INSERT INTO outbox (id, kind, user_id, generation, state, attempts, ambiguous, next_at, created_at, finished_at)
            SELECT {FIRST} + i, 'code', {somebody}, 1, 'cancelled', 0, 0, 0, 0, 1 FROM n;
         {half} INSERT INTO idempotency_keys (caller, name, body_hash, status, body, created_at)
            SELECT 'over', 'over-' || i, {bytes}, 200, '', 0 FROM n;
         COMMIT"
    )
}

/// Checks that this many requests are purged in small batches: on SQLite, where everybody waits for each one, from 16 on, and
/// on PostgreSQL of the configured size.
pub(crate) fn goes_in_small_batches(fixture: &Fixture, count: usize) {
    let details = fixture.texts("SELECT detail AS value FROM audit WHERE event = 'purged' ORDER BY chain, seq");
    let requests = |detail: &String| serde_json::from_str::<serde_json::Value>(detail).unwrap()["requests"].as_u64().unwrap();
    let batches: Vec<u64> = details.iter().map(requests).collect();
    assert_eq!(batches.iter().sum::<u64>(), u64::try_from(count).unwrap(), "{batches:?}");
    match fixture.kind() {
        Kind::Sqlite => assert_eq!(batches[0], 16, "{batches:?}"),
        Kind::Postgres => assert_eq!(batches.len(), 1, "{batches:?}"),
    }
}

/// Their first id; no other row has one as high.
const FIRST: usize = 5_000_000;

/// The condition for these requests.
pub(crate) const REQUESTS: &str = "items_key = 'over'";
