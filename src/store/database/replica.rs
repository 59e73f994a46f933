//! PostgreSQL: lists that a streaming replica tells, and how far it may be behind.
//!
//! Each daemon has a row of its own in `meta`, its *beat*, which it changes on the primary a few times a second. A replica gives
//! changes back in the order in which they were committed, so one that shows the beat has all that was answered before it was
//! given. When that was, the daemon knows by its own steady clock; what time it is, by the primary's word in the beat. No two
//! machines' clocks are compared, and a replica that was promoted, lags, hangs, or follows another database shows no recent beat.
//! The beat is looked at in the very snapshot that tells the list. Whatever goes wrong, the primary tells it.

mod beats;
mod standing;
mod telling;
mod wrote;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{RunQueryDsl, sql_query};
use tokio::sync::Semaphore;

use self::beats::Beats;
pub use self::standing::{Following, Standing};
use self::standing::{Why, place_of};
pub(in crate::store) use self::wrote::Who;
use self::wrote::Wrote;
use super::{Pool, StoreError, end_look};
use crate::clock::from_micros;
use crate::config;
use crate::random::Chance;
use crate::store::sql::raw::{Statement, Written, written};
use crate::store::transaction::Begins;
use crate::store::{Conn, postgres};

/// How often a beat is given: between these, and four times within what lists may be behind.
const OFTEN: Duration = Duration::from_millis(250);
const SELDOM: Duration = Duration::from_secs(1);

pub(super) struct Replica {
    /// To the primary, for beats alone: they wait for nobody.
    primary: Pool,
    pool: Pool,
    begins: Begins,
    turns: Arc<Semaphore>,
    /// The most that a list may be behind.
    lag: Duration,
    /// The row of this daemon's beats.
    row: OnceLock<String>,
    beats: Mutex<Beats>,
    wrote: Mutex<Wrote>,
    standing: Mutex<Standing>,
    /// Lists, by who told them and why.
    told: [AtomicU64; Why::ALL.len() + 1],
}

/// What a replica shows of the primary.
struct Shown {
    is_standby: bool,
    /// The number of the beat, and the primary's time then.
    beat: Option<(i64, i64)>,
    /// Which house's it is.
    house: Option<String>,
}

/// How new a list must be, besides what the settings say.
#[derive(Clone, Copy, Default)]
struct Wanted {
    /// When whoever looks at it changed something last.
    wrote: Option<Instant>,
    /// How old it may be for them.
    within: Option<Duration>,
}

impl Replica {
    /// The one that the settings name, if they name one. Nothing is opened yet.
    pub(super) fn of(database: &config::Database, begins: Begins) -> Result<Option<Self>, StoreError> {
        let Some(url) = database.replica_url.clone() else { return Ok(None) };
        postgres::check_url("database.replica_url", &url)?;
        Ok(Some(Self {
            primary: postgres::pool(database, 1),
            // One more: whoever looks how it is doing takes no list's place.
            pool: postgres::replica_pool(&url, database, database.connections.saturating_add(1)),
            begins,
            turns: Arc::new(Semaphore::new(database.connections as usize)),
            lag: database.replica_lag.duration(),
            row: OnceLock::new(),
            beats: Mutex::default(),
            wrote: Mutex::default(),
            standing: Mutex::default(),
            told: Default::default(),
        }))
    }

    /// Notes who has just changed something here.
    pub(super) fn wrote(&self, by: &[Who]) {
        if !by.is_empty() {
            lock(&self.wrote).note(by, Instant::now(), self.lag);
        }
    }

    /// Whether it may tell such a list, by what it showed when it was last looked at.
    fn admits(&self, wanted: Wanted) -> Result<(), Why> {
        if lock(&self.standing).is_out() {
            return Err(Why::Out);
        }
        let seen = lock(&self.beats).seen().ok_or(Why::Late)?;
        self.is_recent(seen, wanted)
    }

    fn is_recent(&self, given: Instant, wanted: Wanted) -> Result<(), Why> {
        let age = given.elapsed();
        match wanted {
            _ if age > self.lag => Err(Why::Late),
            Wanted { wrote: Some(wrote), .. } if given < wrote => Err(Why::Wrote),
            Wanted { within: Some(within), .. } if age > within => Err(Why::Asked),
            Wanted { .. } => Ok(()),
        }
    }

    /// The primary's time, where this snapshot is recent enough.
    fn judge(&self, shown: &Shown, wanted: Wanted) -> Result<DateTime<Utc>, Why> {
        if !shown.is_standby {
            return Err(Why::Out);
        }
        let (beat, micros) = shown.beat.ok_or(Why::Late)?;
        let given = lock(&self.beats).see(beat).ok_or(Why::Late)?;
        self.is_recent(given, wanted)?;
        let since = i64::try_from(given.elapsed().as_micros()).unwrap_or(i64::MAX);
        Ok(from_micros(micros.saturating_add(since)))
    }

    fn show(&self, conn: &mut Conn) -> Result<Shown, StoreError> {
        let Conn::Postgres(c) = conn else { return Err(not_here()) };
        let row = self.row.get().map_or("", String::as_str);
        let query = Statement::<Look, _>::of(sql_query(Look::TEXT).bind::<Text, _>(row));
        let (is_standby, beat, house): (bool, Option<String>, Option<String>) = query.get_result(c)?;
        let beat = beat.and_then(|text| {
            let (number, micros) = text.split_once(' ')?;
            Some((number.parse().ok()?, micros.parse().ok()?))
        });
        Ok(Shown { is_standby, beat, house })
    }

    /// Gives a beat on the primary, and looks what the replica shows.
    fn follow(&self, chance: &Chance) {
        let house = match self.beat(chance) {
            Ok(house) => house,
            Err(error) => return self.stands(Standing::Still, &error.to_string()),
        };
        let shown = self.pool.with_begun(self.begins.read, |conn| {
            let shown = self.show(conn);
            end_look(conn, shown)
        });
        let (next, reason) = match shown {
            // It has not our tables; or not yet.
            Err(StoreError::Query(reason)) if !self.is_young() => (Standing::Foreign, format!(" ({reason})")),
            Err(StoreError::Query(_)) => return,
            Err(error) => (Standing::Away, error.to_string()),
            Ok(shown) if !shown.is_standby => (Standing::Writable, String::new()),
            Ok(Shown { house: Some(other), .. }) if house.is_some_and(|ours| ours != other) => (Standing::Foreign, String::new()),
            Ok(shown) if self.judge(&shown, self.at_ease()).is_ok() => (Standing::Follows, String::new()),
            Ok(_) if self.is_young() => return,
            Ok(_) => (Standing::Behind, String::new()),
        };
        self.stands(next, &reason);
    }

    /// Says so, where it was not so before.
    fn stands(&self, next: Standing, reason: &str) {
        let mut standing = lock(&self.standing);
        if *standing != next {
            next.tell(self.lag, reason);
            *standing = next;
        }
    }

    /// What it must show to be said to follow: more, where it was behind, so that one that is just so late is not said to be
    /// something else all the time.
    fn at_ease(&self) -> Wanted {
        let was_behind = *lock(&self.standing) == Standing::Behind;
        Wanted { wrote: None, within: was_behind.then_some(self.lag / 2) }
    }

    /// Whether it cannot be expected to have shown anything yet.
    fn is_young(&self) -> bool {
        lock(&self.beats).first().is_none_or(|first| first.elapsed() <= self.lag)
    }

    /// Answers with which house's primary it is.
    fn beat(&self, chance: &Chance) -> Result<Option<String>, StoreError> {
        let row = match self.row.get() {
            Some(row) => row,
            None => self.begin(chance)?,
        };
        self.primary.with_begun(self.begins.write, |conn| {
            // What was answered until now was committed before this will be.
            let beat = lock(&self.beats).give(Instant::now());
            let given = give(conn, row, beat);
            end_look(conn, given)
        })
    }

    /// The row, after those of daemons that are gone were taken away.
    fn begin(&self, chance: &Chance) -> Result<&String, StoreError> {
        let mut bytes = [0; 16];
        chance.fill(&mut bytes).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        self.primary.with_begun(self.begins.write, |conn| {
            let forgotten = match conn {
                Conn::Postgres(c) => sql_query(FORGET).execute(c).map(drop).map_err(StoreError::from),
                Conn::Sqlite(_) => Err(not_here()),
            };
            end_look(conn, forgotten)
        })?;
        Ok(self.row.get_or_init(|| format!("beat:{:032x}", u128::from_be_bytes(bytes))))
    }

    fn count(&self, why: Option<Why>) {
        if let Some(told) = self.told.get(place_of(why)) {
            told.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The beat is on the primary's disk, but waits for no standby: one that is away would keep it from being given.
fn give(conn: &mut Conn, row: &str, beat: i64) -> Result<Option<String>, StoreError> {
    let Conn::Postgres(c) = conn else { return Err(not_here()) };
    sql_query("SET LOCAL synchronous_commit = local").execute(c)?;
    let query = sql_query(Give::TEXT).bind::<Text, _>(row).bind::<Text, _>(beat.to_string());
    Ok(Statement::<Give, _>::of(query).get_result(c)?)
}

written! {
    Look -> (Bool, Nullable<Text>, Nullable<Text>) =
        "SELECT pg_is_in_recovery(), (SELECT value FROM meta WHERE name = $1), (SELECT value FROM meta WHERE name = 'server_key')";
    Give -> Nullable<Text> =
        "INSERT INTO meta (name, value) VALUES ($1, $2 || ' ' || (extract(epoch FROM now()) * 1000000)::bigint)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value
         RETURNING (SELECT m.value FROM meta AS m WHERE m.name = 'server_key')";
}

/// Those of daemons that gave none for an hour.
const FORGET: &str = "DELETE FROM meta WHERE name LIKE 'beat:%' \
    AND split_part(value, ' ', 2)::bigint < (extract(epoch FROM now()) * 1000000)::bigint - 3600000000";

fn not_here() -> StoreError {
    StoreError::Query("only PostgreSQL has replicas".into())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
