//! Which letter goes next over which connection.
//!
//! Before the connections is a line for each domain, which has at most three quarters of them: a slow one leaves room for the
//! others. Where letters go quickly, those that are claimed stand in line and go in their order. Where they do not, few stand,
//! since they hold up those that are claimed behind them; the others are put back.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

/// A line is slow whose last letter took longer, or that did not move for so long.
const QUICK: Duration = Duration::from_millis(500);
/// Nobody stands in line for longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// For so long is a letter put back.
const PUT_BACK_FOR: TimeDelta = TimeDelta::seconds(2);

/// All lines, and the connections behind them.
pub(super) struct Turns {
    connections: Arc<Semaphore>,
    for_one: usize,
    lines: Mutex<HashMap<String, Arc<Line>>>,
    /// To stand in, for slow lines.
    places: Semaphore,
}

struct Line {
    shares: Arc<Semaphore>,
    /// How often it moved.
    moves: AtomicUsize,
    is_slow: AtomicBool,
}

/// One letter's: a connection, until this is dropped.
pub(super) struct Turn {
    begun: Instant,
    _connection: OwnedSemaphorePermit,
    _share: OwnedSemaphorePermit,
    standing: Standing,
}

/// In a line, which is gone when nobody stands in it.
struct Standing {
    turns: Arc<Turns>,
    domain: String,
    line: Arc<Line>,
}

impl Turns {
    pub(super) fn new(connections: usize, places: usize) -> Self {
        Self {
            connections: Arc::new(Semaphore::new(connections)),
            for_one: (connections * 3).div_ceil(4),
            lines: Mutex::default(),
            places: Semaphore::new(places),
        }
    }

    /// Waits for a connection for a letter to this domain. If it is not to wait, how long until it is tried anew.
    pub(super) async fn take(self: &Arc<Self>, domain: &str) -> Result<Turn, TimeDelta> {
        let standing = Standing { turns: Arc::clone(self), domain: domain.to_owned(), line: self.line(domain) };
        let share = timeout(PATIENCE, self.stand(&standing.line)).await.unwrap_or(Err(PUT_BACK_FOR))?;
        let connection = Arc::clone(&self.connections).acquire_owned().await.map_err(|_| TimeDelta::zero())?;
        Ok(Turn { begun: Instant::now(), _connection: connection, _share: share, standing })
    }

    async fn stand(&self, line: &Line) -> Result<OwnedSemaphorePermit, TimeDelta> {
        if let Ok(share) = Arc::clone(&line.shares).try_acquire_owned() {
            return Ok(share);
        }
        let mut place: Option<SemaphorePermit<'_>> = None;
        let mut share = std::pin::pin!(Arc::clone(&line.shares).acquire_owned());
        loop {
            if place.is_none() && line.is_slow.load(Ordering::Relaxed) {
                place = Some(self.places.try_acquire().map_err(|_| PUT_BACK_FOR)?);
            }
            let moves = line.moves.load(Ordering::Relaxed);
            match timeout(QUICK, share.as_mut()).await {
                Ok(share) => return share.map_err(|_| TimeDelta::zero()),
                Err(_) if line.moves.load(Ordering::Relaxed) == moves => line.is_slow.store(true, Ordering::Relaxed),
                Err(_) => {}
            }
        }
    }

    /// Nobody gets a turn any more; those that wait for one are told so.
    pub(super) fn close(&self) {
        self.connections.close();
        self.lines().values().for_each(|line| line.shares.close());
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.lines().is_empty()
    }

    fn line(&self, domain: &str) -> Arc<Line> {
        let mut lines = self.lines();
        if let Some(line) = lines.get(domain) {
            return Arc::clone(line);
        }
        let line = Arc::new(Line {
            shares: Arc::new(Semaphore::new(self.for_one)),
            moves: AtomicUsize::default(),
            is_slow: AtomicBool::default(),
        });
        lines.insert(domain.to_owned(), Arc::clone(&line));
        line
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<String, Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let line = &self.standing.line;
        line.moves.fetch_add(1, Ordering::Relaxed);
        line.is_slow.store(self.begun.elapsed() > QUICK, Ordering::Relaxed);
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        let mut lines = self.turns.lines();
        // One is the map's, one is ours.
        if Arc::strong_count(&self.line) == 2 {
            lines.remove(&self.domain);
        }
    }
}
