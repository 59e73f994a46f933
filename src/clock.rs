//! The time, passed in. Only the function here reads the machine's clock, so that a test can set the time and several daemons
//! on one PostgreSQL agree on it (see `store`).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// A moment that lies further in the future than it ever should, by more than this, was recorded while the clock ran ahead. The
/// clock has been set back since, and nothing should wait for that moment.
pub const ASTRAY: TimeDelta = TimeDelta::days(1);

/// The source of "now".
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock; on PostgreSQL the store asks the database instead.
    #[default]
    System,
    /// A clock that only moves when told to, for tests and simulations.
    Manual(ManualClock),
}

impl Clock {
    /// The time now, in whole microseconds, the finest step of both databases.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Self::System => from_micros(Utc::now().timestamp_micros()),
            Self::Manual(clock) => clock.now(),
        }
    }

    /// Whether the clock is manual, so that the database's own clock must not be asked.
    pub fn is_manual(&self) -> bool {
        matches!(self, Self::Manual(_))
    }
}

/// A manual clock. Clones share one time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock at `at`.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// Its time.
    pub fn now(&self) -> DateTime<Utc> {
        from_micros(self.0.load(Ordering::SeqCst))
    }

    /// Moves it forwards, or back for the tests of faults.
    pub fn advance(&self, by: TimeDelta) {
        let micros = by.num_microseconds().unwrap_or_default();
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

/// The moment `micros` microseconds after 1970. A moment that chrono cannot express (beyond the year 262,000) becomes chrono's
/// last one.
pub fn from_micros(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
