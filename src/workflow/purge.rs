//! Removing what is over, in batches that leave the writer free between them. Restartable at any point: a batch is one
//! transaction, and the next run begins where the last one ended.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Refusal, authority};
use crate::config::Retention;
use crate::domain::Caller;
use crate::store::Tx;
use crate::store::audit::{self, Event};
use crate::store::purge::{self, Cutoff, Purged};

/// What is over long enough at `now`. Nobody can set the grace below the configured one but on purpose, with `older_than`.
pub fn cutoff(now: DateTime<Utc>, retention: &Retention, older_than: Option<TimeDelta>) -> Cutoff {
    let grace = older_than.unwrap_or_else(|| retention.grace.delta());
    let before = |length| now.checked_sub_signed(length).unwrap_or(DateTime::<Utc>::MIN_UTC);
    Cutoff { ended: before(grace), kept: before(retention.idempotency.delta()) }
}

/// Counts what would go.
pub fn dry_run(
    tx: &mut Tx<'_>,
    caller: &Caller,
    retention: &Retention,
    older_than: Option<TimeDelta>,
) -> Result<Purged, Refusal> {
    authority::require_admin(caller)?;
    let cutoff = cutoff(tx.now(), retention, older_than);
    Ok(purge::count(tx, cutoff)?)
}

/// Removes one batch; empty when there is nothing left to remove.
pub fn batch(
    tx: &mut Tx<'_>,
    caller: &Caller,
    retention: &Retention,
    older_than: Option<TimeDelta>,
    limit: i64,
) -> Result<Purged, Refusal> {
    authority::require_admin(caller)?;
    let cutoff = cutoff(tx.now(), retention, older_than);
    let gone = purge::batch(tx, cutoff, limit)?;
    if !gone.is_empty() {
        let detail = serde_json::to_string(&gone).unwrap_or_default();
        audit::append(tx, caller, Event { name: "purged", detail: Some(&detail), ..Event::default() })?;
    }
    Ok(gone)
}
