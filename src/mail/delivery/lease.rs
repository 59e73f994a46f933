//! How long a worker owns a claimed email, and how long an email is tried.

use chrono::TimeDelta;

use crate::domain::EmailKind;
use crate::random::RngError;
use crate::store::StoreError;

/// The minimum lease of a claimed email. It is sent only while the lease lasts for twice the time of sending; a later one
/// returns to the queue.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(120);

/// An email without a request is given up after this time.
pub(super) const LOOSE_LASTS: TimeDelta = TimeDelta::minutes(10);

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
pub(super) fn rng_error(error: RngError) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

/// The error for a kind without an arm in the function of its topic. The email is given up, and the log says why.
pub(super) fn not_composed(kind: EmailKind) -> StoreError {
    StoreError::Query(format!("no email of the kind {kind} is composed"))
}
