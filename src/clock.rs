//! The time, passed in. Nothing in this instance reads the machine's clock but the one function here, so that a test
//! moves time by hand and three daemons on one PostgreSQL agree on it (see `store`).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// What lies further in the future than it ever should, and by more than this, was noted while the clock ran ahead. It has been
/// set back since, and nobody is to wait until it is there again.
pub const ASTRAY: TimeDelta = TimeDelta::days(1);

/// Where "now" comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock; on PostgreSQL the store asks the database instead.
    #[default]
    System,
    /// A clock that stands still until it is moved: tests and simulations.
    Manual(ManualClock),
}

impl Clock {
    /// The time now, in whole microseconds: the finest step that both databases keep.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Self::System => from_micros(Utc::now().timestamp_micros()),
            Self::Manual(clock) => clock.now(),
        }
    }

    /// Whether the time is moved by hand, so that the database's own clock must not be asked.
    pub fn is_manual(&self) -> bool {
        matches!(self, Self::Manual(_))
    }
}

/// A clock moved by hand. Clones share one time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at `at`.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// The time it stands at.
    pub fn now(&self) -> DateTime<Utc> {
        from_micros(self.0.load(Ordering::SeqCst))
    }

    /// Moves it, forwards or (for the fault tests) back.
    pub fn advance(&self, by: TimeDelta) {
        let micros = by.num_microseconds().unwrap_or_default();
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

/// The moment `micros` microseconds after 1970. What chrono cannot express (beyond the year 262,000) is its last moment.
pub fn from_micros(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
