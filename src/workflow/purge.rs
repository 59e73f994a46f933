//! Removing what is over, in batches that leave the writer free between them. Restartable at any point: a batch is one
//! transaction, and the next run begins where the last one ended.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::{WorkflowError, authority};
use crate::config::Retention;
use crate::domain::Caller;
use crate::store::Tx;
use crate::store::audit::{self, Event};
use crate::store::purge::{self, Cutoff, Purged};

/// Rows of the first batch, and how long one may take: its commit is as long again, and everybody who writes to SQLite waits for
/// both.
const FIRST: i64 = 16;
const TAKES: Duration = Duration::from_millis(3);

/// How many rows go in one transaction, whoever purges: as the batches before have it.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    rows: i64,
    most: i64,
    is_shared: bool,
}

impl Pace {
    /// For one purge. `is_shared`: whether others write while a batch is under way, so that nobody waits for it.
    pub fn new(retention: &Retention, is_shared: bool) -> Self {
        let most = retention.batch;
        Self { rows: if is_shared { most } else { FIRST.min(most) }, most, is_shared }
    }

    /// Rows of each kind that go next.
    pub const fn rows(&self) -> i64 {
        self.rows
    }

    /// After a batch that took so long: how long a breath to take before the next one. The writer belongs to the requests.
    pub fn breath(&mut self, took: Duration) -> Duration {
        if !self.is_shared {
            self.rows = next(self.rows, took).min(self.most);
        }
        2 * took.clamp(TAKES, 10 * TAKES)
    }
}

/// How many rows go next, after so many took so long: whoever writes meanwhile waits for a whole batch, and how long one takes
/// is the machine's and the database's to say. Half as many, or twice.
fn next(rows: i64, took: Duration) -> i64 {
    if took > TAKES {
        (rows / 2).max(1)
    } else if took < TAKES / 3 {
        rows.saturating_mul(2)
    } else {
        rows
    }
}

/// What a batch answers with, and how long it took.
pub fn timed<T, E>(batch: impl FnOnce() -> Result<T, E>) -> Result<(T, Duration), E> {
    let start = Instant::now();
    Ok((batch()?, start.elapsed()))
}

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
) -> Result<Purged, WorkflowError> {
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
        let retention = Retention { batch: 40, ..crate::config::Config::defaults().unwrap().retention };
        let mut alone = Pace::new(&retention, false);
        let mut rows = vec![alone.rows()];
        for took in [Duration::ZERO, Duration::ZERO, TAKES * 20, TAKES * 20] {
            assert!((2 * TAKES..=20 * TAKES).contains(&alone.breath(took)));
            rows.push(alone.rows());
        }
        assert_eq!(rows, [16, 32, 40, 20, 10]);
        let mut shared = Pace::new(&retention, true);
        shared.breath(TAKES * 20);
        assert_eq!(shared.rows(), 40);
    }
}
