//! How long an email belongs to the worker that claimed it, and how long one is tried at all.

use chrono::TimeDelta;

use crate::random::RngError;
use crate::store::StoreError;

/// How long a claimed email is nobody else's, at least. It is sent while its lease has time for its own sending and as much
/// again; one whose turn comes later is put back.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(120);

/// An email that belongs to no request is given up after this time.
pub(super) const LOOSE_LASTS: TimeDelta = TimeDelta::minutes(10);

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
pub(super) fn rng_error(error: RngError) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
