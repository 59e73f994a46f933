//! What an administrator's daily email says: counted when it goes, not when its day began.

use chrono::TimeDelta;

use super::context::Instance;
use crate::mail::emails::system::Summary;
use crate::store::due::{self, Counts};
use crate::store::{StoreError, Tx};

/// A request without an answer is worth looking after so long before it ends.
const STALE: TimeDelta = TimeDelta::days(1);
/// Access that ends is worth knowing of so long before.
const SOON: TimeDelta = TimeDelta::days(7);

/// The summary of now; none where there is nothing to say.
pub(super) fn count(tx: &mut Tx<'_>, instance: &Instance<'_>) -> Result<Option<Summary>, StoreError> {
    let at = tx.now();
    let counts = due::count(tx, at + STALE, at + SOON)?;
    if counts.is_empty() {
        return Ok(None);
    }
    let Counts { pending, undeliverable, stale, ending } = counts;
    Ok(Some(Summary { at, pending, undeliverable, stale, ending, most: Counts::MOST, link: instance.page("/admin") }))
}
