//! The contents of an administrator's summary, counted when it is sent.

use chrono::TimeDelta;

use super::context::Instance;
use crate::mail::emails::system::Summary;
use crate::store::due::{self, Counts};
use crate::store::{StoreError, Tx};

/// A pending request is stale this long before its expiry.
const STALE: TimeDelta = TimeDelta::days(1);
/// The notice period for expiring grants.
const SOON: TimeDelta = TimeDelta::days(7);

/// Counts the summary; none if all counts are zero.
pub(super) fn count(tx: &mut Tx<'_>, instance: &Instance<'_>) -> Result<Option<Summary>, StoreError> {
    let at = tx.now();
    let counts = due::count(tx, at + STALE, at + SOON)?;
    if counts.is_empty() {
        return Ok(None);
    }
    let Counts { pending, undeliverable, stale, ending } = counts;
    Ok(Some(Summary { at, pending, undeliverable, stale, ending, most: Counts::MOST, link: instance.page("/admin") }))
}
