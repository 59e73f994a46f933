//! A handful of connections, handed out one at a time. A connection that showed an outage is not taken back.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Conn, StoreError};

const WAIT: Duration = Duration::from_secs(5);

pub(super) struct Pool {
    state: Mutex<State>,
    returned: Condvar,
    open: Box<dyn Fn() -> Result<Conn, StoreError> + Send + Sync>,
    most: u32,
}

struct State {
    idle: Vec<Conn>,
    open: u32,
}

impl Pool {
    pub(super) fn new(most: u32, open: impl Fn() -> Result<Conn, StoreError> + Send + Sync + 'static) -> Self {
        let state = Mutex::new(State { idle: Vec::new(), open: 0 });
        Self { state, returned: Condvar::new(), open: Box::new(open), most }
    }

    /// Runs `f` with a connection of its own. Blocks while all are out, for five seconds at most.
    pub(super) fn with<T, E: super::Fault>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut lent = Lent { pool: self, conn: None };
        let result = f(lent.conn.insert(self.take()?));
        let is_broken =
            result.as_ref().err().and_then(super::Fault::as_store).is_some_and(|e| matches!(e, StoreError::Unavailable(_)));
        lent.give_back(is_broken);
        result
    }

    fn take(&self) -> Result<Conn, StoreError> {
        let deadline = Instant::now() + WAIT;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(conn) = state.idle.pop() {
                return Ok(conn);
            }
            if state.open < self.most {
                state.open += 1;
                drop(state);
                return (self.open)().inspect_err(|_| self.put(None));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Overloaded);
            }
            (state, _) = self.returned.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put(&self, conn: Option<Conn>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match conn {
            Some(conn) => state.idle.push(conn),
            None => state.open = state.open.saturating_sub(1),
        }
        drop(state);
        self.returned.notify_one();
    }
}

/// A connection on loan. A panic on the way leaves it in an unknown state: it is closed, and its place is free again.
struct Lent<'a> {
    pool: &'a Pool,
    conn: Option<Conn>,
}

impl Lent<'_> {
    fn give_back(mut self, is_broken: bool) {
        if let Some(conn) = self.conn.take() {
            self.pool.put(if is_broken { None } else { Some(conn) });
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if self.conn.take().is_some() {
            self.pool.put(None);
        }
    }
}
