//! A pool of database connections. A connection that showed an outage is closed.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::connection_watchdog::Watch;
use super::transaction::Transactions as _;
use super::{Conn, Fault, StoreError, each};

const WAIT: Duration = Duration::from_secs(5);

pub(super) struct Pool {
    state: Mutex<State>,
    returned: Condvar,
    open: Box<dyn Fn() -> Result<Conn, StoreError> + Send + Sync>,
    most: u32,
    watch: Option<Watch>,
}

struct State {
    idle: Vec<Conn>,
    open: u32,
    /// The number of waiting callers. Without any, the wake-up call is saved.
    waiting: u32,
    /// The watchdog's count of closed connections, when last read.
    given_up: u64,
}

impl Pool {
    pub(super) fn new(most: u32, open: impl Fn() -> Result<Conn, StoreError> + Send + Sync + 'static) -> Self {
        let state = Mutex::new(State { idle: Vec::new(), open: 0, waiting: 0, given_up: 0 });
        Self { state, returned: Condvar::new(), open: Box::new(open), most, watch: None }
    }

    /// The same pool, with a watchdog for silent connections.
    pub(super) fn watched_by(mut self, watch: Watch) -> Self {
        self.watch = Some(watch);
        self
    }

    /// Runs `f` on a connection, after `begin`. Waits up to five seconds for a free connection. If `begin` fails on an idle
    /// connection, the connection is stale (after a restart of the database, say). Nothing was done on it, so the next one is
    /// tried, until a new connection fails too.
    pub(super) fn with_begun<T, E: Fault>(
        &self,
        begin: impl Fn(&mut Conn) -> Result<(), StoreError>,
        f: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        loop {
            let (conn, is_new) = self.take()?;
            match self.begin_on(conn, &begin) {
                Err(StoreError::Unavailable(_)) if !is_new => {}
                Err(error) => return Err(E::from(error)),
                Ok(pooled) => return pooled.run(f),
            }
        }
    }

    /// An idle connection, after `begin`. Neither waits nor opens one.
    pub(super) fn idle(&self, begin: impl Fn(&mut Conn) -> Result<(), StoreError>) -> Option<Pooled<'_>> {
        let conn = self.state.lock().unwrap_or_else(PoisonError::into_inner).idle.pop()?;
        self.begin_on(conn, &begin).ok()
    }

    fn begin_on(&self, conn: Conn, begin: &impl Fn(&mut Conn) -> Result<(), StoreError>) -> Result<Pooled<'_>, StoreError> {
        let mut pooled = Pooled { pool: self, conn: None };
        begin(pooled.conn.insert(conn))?;
        Ok(pooled)
    }

    /// A connection, and whether it is new.
    fn take(&self) -> Result<(Conn, bool), StoreError> {
        let deadline = Instant::now() + WAIT;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            // If one connection was silent, the idle ones may be too, and detecting it takes as long for each.
            let given_up = self.watch.as_ref().map_or(0, Watch::given_up);
            if std::mem::replace(&mut state.given_up, given_up) != given_up {
                let idle = std::mem::take(&mut state.idle);
                state.open = state.open.saturating_sub(u32::try_from(idle.len()).unwrap_or(u32::MAX));
                drop(state);
                drop(idle);
                self.returned.notify_all();
                state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            }
            if let Some(conn) = state.idle.pop() {
                return Ok((conn, false));
            }
            if state.open < self.most {
                state.open += 1;
                drop(state);
                return (self.open)().map(|conn| (conn, true)).inspect_err(|_| self.put(None));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Overloaded);
            }
            state.waiting += 1;
            (state, _) = self.returned.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
    }

    fn put(&self, conn: Option<Conn>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match conn {
            Some(conn) => state.idle.push(conn),
            None => state.open = state.open.saturating_sub(1),
        }
        let is_awaited = state.waiting > 0;
        drop(state);
        if is_awaited {
            self.returned.notify_one();
        }
    }
}

/// A pooled connection. A panic leaves it in an unknown state, so it is closed and its place becomes free.
pub(super) struct Pooled<'a> {
    pool: &'a Pool,
    conn: Option<Conn>,
}

impl Pooled<'_> {
    /// Runs `f` on the connection and returns it to the pool.
    pub(super) fn run<T, E: Fault>(mut self, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let gone = || StoreError::Query("a connection was used twice".into());
        let result = f(self.conn.as_mut().ok_or_else(gone)?);
        let error = result.as_ref().err().and_then(Fault::as_store);
        self.give_back(error.is_some_and(|e| matches!(e, StoreError::Unavailable(_))));
        result
    }

    fn give_back(mut self, is_broken: bool) {
        if let Some(mut conn) = self.conn.take() {
            // A connection with an open transaction is not reused.
            let is_idle = !is_broken && each!(conn, |c| c.depth()) == 0;
            self.pool.put(is_idle.then_some(conn));
        }
    }
}

impl Drop for Pooled<'_> {
    fn drop(&mut self) {
        if self.conn.take().is_some() {
            self.pool.put(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn no_more_connections_are_opened_than_allowed_and_who_waits_too_long_is_told() {
        static OPENED: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pool.db").display().to_string();
        let pool = Pool::new(2, move || {
            OPENED.fetch_add(1, Ordering::SeqCst);
            super::super::sqlite::open(&path).map(Conn::from)
        });
        let nothing = |_: &mut Conn| Ok(());
        let third = pool.with_begun(nothing, |_| {
            pool.with_begun(nothing, |_| Ok::<_, StoreError>(pool.with_begun(nothing, |_| Ok::<_, StoreError>(()))))
        });
        assert!(matches!(third, Ok(Err(StoreError::Overloaded))), "{third:?}");
        pool.with_begun(nothing, |_| Ok::<_, StoreError>(())).unwrap();
        assert_eq!(OPENED.load(Ordering::SeqCst), 2, "kept, and used again");
    }
}
