//! Which email goes next over which connection.
//!
//! Before the connections is a line for each domain, which has at most three quarters of them: a slow one leaves room for the
//! others. Where emails go quickly, those that are claimed stand in line and go in their order. Where they do not, few stand,
//! since they hold up those that are claimed behind them; the others are put back. Who waits for a code to sign in with
//! stands in no line.
//!
//! A mail server may let fewer connections in than we would use. Then there are fewer, and one more from time to time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

use super::restraint::DomainBackoff;

/// A line is slow whose last email took longer, or that did not move for so long.
const QUICK: Duration = Duration::from_millis(500);
/// Nobody stands in line for longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// For so long is an email put back.
const PUT_BACK_FOR: TimeDelta = TimeDelta::seconds(2);
/// So long after the mail server let one connection less in, one more is tried.
const WIDER_AFTER: Duration = Duration::from_mins(1);

/// All lines, and the connections behind them.
pub(crate) struct DomainQueues {
    connections: Arc<Semaphore>,
    width: Mutex<Width>,
    for_one: usize,
    lines: Mutex<HashMap<String, Arc<Line>>>,
    /// To stand in, for slow lines.
    places: Semaphore,
    pub(crate) restraint: DomainBackoff,
}

/// How many connections there are.
struct Width {
    now: usize,
    most: usize,
    /// The fewest that an operator was told of.
    told: usize,
    grows: bool,
}

struct Line {
    shares: Arc<Semaphore>,
    /// How often it moved.
    moves: AtomicUsize,
    is_slow: AtomicBool,
}

/// One email's: a connection, until this is dropped.
pub(crate) struct Turn {
    begun: Instant,
    /// None only as it ends.
    connection: Option<OwnedSemaphorePermit>,
    _share: Option<OwnedSemaphorePermit>,
    standing: Option<Standing>,
    turns: Arc<DomainQueues>,
}

/// In a line, which is gone when nobody stands in it.
struct Standing {
    turns: Arc<DomainQueues>,
    domain: String,
    line: Arc<Line>,
}

impl DomainQueues {
    pub(crate) fn new(connections: usize, places: usize) -> Self {
        Self {
            connections: Arc::new(Semaphore::new(connections)),
            width: Mutex::new(Width { now: connections, most: connections, told: connections, grows: false }),
            for_one: (connections * 3).div_ceil(4),
            lines: Mutex::default(),
            places: Semaphore::new(places),
            restraint: DomainBackoff::default(),
        }
    }

    /// Waits for a connection for an email to this domain. If it is not to wait, how long until it is tried again.
    pub(crate) async fn take(self: &Arc<Self>, domain: &str) -> Result<Turn, TimeDelta> {
        let standing = Standing { turns: Arc::clone(self), domain: domain.to_owned(), line: self.line(domain) };
        let share = timeout(PATIENCE, self.stand(&standing.line)).await.unwrap_or(Err(PUT_BACK_FOR))?;
        let connection = self.connection().await?;
        if let Some(left) = self.restraint.holds(domain) {
            return Err(TimeDelta::from_std(left).unwrap_or(PUT_BACK_FOR));
        }
        Ok(Turn {
            begun: Instant::now(),
            connection: Some(connection),
            _share: Some(share),
            standing: Some(standing),
            turns: Arc::clone(self),
        })
    }

    /// The same for an email that somebody sits and waits for: it stands in no line.
    pub(crate) async fn take_at_once(self: &Arc<Self>) -> Result<Turn, TimeDelta> {
        let connection = self.connection().await?;
        Ok(Turn { begun: Instant::now(), connection: Some(connection), _share: None, standing: None, turns: Arc::clone(self) })
    }

    async fn connection(&self) -> Result<OwnedSemaphorePermit, TimeDelta> {
        Arc::clone(&self.connections).acquire_owned().await.map_err(|_| TimeDelta::zero())
    }

    /// How many connections there are now.
    pub(crate) fn connections(&self) -> usize {
        self.width().now
    }

    /// As many connections as there were at first: that the mail server is away says nothing of how many it lets in.
    pub(crate) fn widen(&self) {
        let mut width = self.width();
        self.connections.add_permits(width.most - width.now);
        width.now = width.most;
    }

    /// One connection more from time to time, until there are all; says how many there were.
    async fn grow(turns: Weak<Self>) {
        loop {
            tokio::time::sleep(WIDER_AFTER).await;
            let Some(turns) = turns.upgrade() else { return };
            let mut width = turns.width();
            if width.now < width.told {
                width.told = width.now;
                let (connections, most) = (width.now, width.most);
                tracing::warn!(
                    connections,
                    most,
                    "the mail server lets in no more connections at once; mail.connections should say so"
                );
            }
            if width.now < width.most {
                width.now += 1;
                turns.connections.add_permits(1);
            }
            if width.now == width.most {
                width.grows = false;
                return;
            }
        }
    }

    fn width(&self) -> MutexGuard<'_, Width> {
        self.width.lock().unwrap_or_else(PoisonError::into_inner)
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
    pub(crate) fn close(&self) {
        self.connections.close();
        self.lines().values().for_each(|line| line.shares.close());
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
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

impl Turn {
    /// The mail server let this connection not in. Where it has others of ours, they are what it takes: there is one less from
    /// now on. False where this is the only one.
    pub(crate) fn gives_way(mut self) -> bool {
        let turns = Arc::clone(&self.turns);
        let mut width = turns.width();
        if width.now.saturating_sub(turns.connections.available_permits()) < 2 {
            return false;
        }
        width.now -= 1;
        if !std::mem::replace(&mut width.grows, true) {
            tokio::spawn(DomainQueues::grow(Arc::downgrade(&turns)));
        }
        if let Some(connection) = self.connection.take() {
            connection.forget();
        }
        true
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(Standing { line, .. }) = &self.standing {
            line.moves.fetch_add(1, Ordering::Relaxed);
            line.is_slow.store(self.begun.elapsed() > QUICK, Ordering::Relaxed);
        }
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
