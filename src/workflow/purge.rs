//! Deletes old rows in batches, and leaves the writer free between them. It can stop at any point: a batch is one transaction,
//! and the next run continues.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::{WorkflowError, authority};
use crate::config::Retention;
use crate::domain::Caller;
use crate::store::audit::{self, Event};
use crate::store::purge::{self, Cutoff, Purged};
use crate::store::{Store, Tx};

/// The size of the first batch, and the target time of one. The commit takes as long again, and all writers to SQLite wait for
/// both.
const FIRST: i64 = 16;
const TAKES: Duration = Duration::from_millis(3);

/// The batch size, adapted to the time of the batches before.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    rows: i64,
    most: i64,
    /// Whether everybody waits for a batch, so that its size depends on its time.
    is_waited_for: bool,
}

impl Pace {
    /// For one purge.
    pub fn new(retention: &Retention, store: &Store) -> Self {
        Self::of(retention.batch, store.has_one_writer())
    }

    fn of(most: i64, is_waited_for: bool) -> Self {
        Self { rows: if is_waited_for { FIRST.min(most) } else { most }, most, is_waited_for }
    }

    /// The rows of each kind in the next batch.
    pub const fn rows(&self) -> i64 {
        self.rows
    }

    /// Records the time of a batch and returns the delay before the next one, which leaves the writer to the requests.
    pub fn breath(&mut self, took: Duration) -> Duration {
        if self.is_waited_for {
            self.rows = next(self.rows, took).min(self.most);
        }
        2 * took.clamp(TAKES, 10 * TAKES)
    }
}

/// The next batch size, halved or doubled by the time of the last batch. Writers wait for a whole batch, and its time depends
/// on the machine and the database.
fn next(rows: i64, took: Duration) -> i64 {
    if took > TAKES {
        (rows / 2).max(1)
    } else if took < TAKES / 3 {
        rows.saturating_mul(2)
    } else {
        rows
    }
}

/// Runs a batch and measures its time.
pub fn timed<T, E>(batch: impl FnOnce() -> Result<T, E>) -> Result<(T, Duration), E> {
    let start = Instant::now();
    Ok((batch()?, start.elapsed()))
}

/// The cut-off at `now`. Only an explicit `older_than` can go below the configured grace.
pub fn cutoff(now: DateTime<Utc>, retention: &Retention, older_than: Option<TimeDelta>) -> Cutoff {
    let grace = older_than.unwrap_or_else(|| retention.grace.delta());
    let before = |length| now.checked_sub_signed(length).unwrap_or(DateTime::<Utc>::MIN_UTC);
    Cutoff { ended: before(grace), kept: before(retention.idempotency.delta()) }
}

/// Counts the rows that would be deleted.
pub fn dry_run(
    tx: &mut Tx<'_>,
    caller: &Caller,
    retention: &Retention,
    older_than: Option<TimeDelta>,
) -> Result<Purged, WorkflowError> {
    authority::require_admin(caller)?;
    let cutoff = cutoff(tx.now(), retention, older_than);
    Ok(purge::count(tx, cutoff)?)
}

/// Deletes one batch; empty when no rows are left.
pub fn batch(
    tx: &mut Tx<'_>,
    caller: &Caller,
    retention: &Retention,
    older_than: Option<TimeDelta>,
    limit: i64,
) -> Result<Purged, WorkflowError> {
    authority::require_admin_now(tx, caller)?;
    let cutoff = cutoff(tx.now(), retention, older_than);
    let gone = purge::batch(tx, cutoff, limit)?;
    if !gone.is_empty() {
        let detail = serde_json::to_string(&gone).unwrap_or_default();
        audit::append(tx, caller, Event { name: "purged", detail: Some(&detail), ..Event::default() })?;
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_takes_too_long_is_halved_and_one_that_takes_no_time_doubled() {
        assert_eq!(next(64, TAKES * 2), 32);
        assert_eq!(next(64, TAKES / 2), 64);
        assert_eq!(next(64, TAKES / 4), 128);
        assert_eq!(next(1, TAKES * 100), 1);
        assert_eq!(next(i64::MAX, Duration::ZERO), i64::MAX);
    }

    #[test]
    fn a_purge_begins_small_where_writers_wait_for_it_and_stays_below_what_is_set() {
        let mut alone = Pace::of(40, true);
        let mut rows = vec![alone.rows()];
        for took in [Duration::ZERO, Duration::ZERO, TAKES * 20, TAKES * 20] {
            assert!((2 * TAKES..=20 * TAKES).contains(&alone.breath(took)));
            rows.push(alone.rows());
        }
        assert_eq!(rows, [16, 32, 40, 20, 10]);
        let mut shared = Pace::of(40, false);
        shared.breath(TAKES * 20);
        assert_eq!(shared.rows(), 40);
    }
}
