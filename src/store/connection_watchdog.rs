//! Closes PostgreSQL connections that do not answer a statement in time.
//!
//! The kernel detects a peer that is gone, and the server ends slow statements. Neither detects a server that is stopped in the
//! middle of a statement, nor a pooler that acknowledges without a server behind it. libpq would then wait for ever, and block
//! a thread, a pool connection and a permit.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use diesel::PgConnection;
use diesel::connection::{Connection as _, InstrumentationEvent};

use super::socket::{Peers, Socket};
use super::{StoreError, tls};

/// Longer than the statement and lock timeouts together. (The server has no timeout for COMMIT.)
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Interval of the checks.
const OFTEN: Duration = Duration::from_secs(1);

/// A stopped server keeps closed connections until it resumes, and has limited room. So within this time, at most four times
/// the pool size is closed.
const MEMORY: Duration = Duration::from_hours(1);
const TIMES: usize = 4;

/// Locked while a connection is opened, so that a socket that appears belongs to it.
static OPENING: Mutex<()> = Mutex::new(());

/// The watchdog of one pool. Cheap to clone.
#[derive(Clone)]
pub(super) struct Watch(Arc<Watched>);

struct Watched {
    began: Instant,
    peers: Peers,
    most: usize,
    is_looking: AtomicBool,
    /// Number of connections that could not be opened.
    failed: AtomicU64,
    /// Number of closed connections, and the time of the last ones.
    given_up: AtomicU64,
    lately: Mutex<VecDeque<Instant>>,
    lines: Mutex<Vec<Weak<Line>>>,
}

struct Line {
    began: Instant,
    /// Start of its statement in milliseconds, plus one; 0 if it is idle.
    since: AtomicU64,
    is_given_up: AtomicBool,
    place: Mutex<Place>,
}

enum Place {
    /// The connection is being opened. Its socket is none of these.
    Opening(Vec<Socket>),
    Open(Option<Socket>),
}

impl Watch {
    /// `most` is the pool size.
    pub(super) fn over(url: &str, most: u32) -> Self {
        Self(Arc::new(Watched {
            began: Instant::now(),
            peers: Peers::of(url),
            most: usize::try_from(most).unwrap_or(usize::MAX).saturating_mul(TIMES),
            is_looking: AtomicBool::new(false),
            failed: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
            lately: Mutex::default(),
            lines: Mutex::default(),
        }))
    }

    /// The number of closed connections. If it grows, other open connections may be dead too.
    pub(super) fn given_up(&self) -> u64 {
        self.0.given_up.load(Ordering::Acquire)
    }

    /// Opens and watches a connection. Only one is opened at a time, so that its socket can be identified. If one cannot be
    /// opened, the other waiting callers fail at once instead of waiting as long again.
    pub(super) fn open(&self, url: &str) -> Result<PgConnection, StoreError> {
        let watched = &self.0;
        let failed = watched.failed.load(Ordering::Acquire);
        let _opening = lock(&OPENING);
        if watched.failed.load(Ordering::Acquire) != failed {
            return Err(StoreError::Unavailable("no connection could be opened to it just now".into()));
        }
        self.look_from_now_on();
        let before = watched.peers.list();
        let line = Arc::new(Line {
            began: watched.began,
            since: AtomicU64::new(0),
            is_given_up: AtomicBool::new(false),
            place: Mutex::new(Place::Opening(before.clone())),
        });
        lock(&watched.lines).push(Arc::downgrade(&line));
        line.begins();
        let opened = PgConnection::establish(url);
        line.ends();
        let mut conn = opened.map_err(|error| {
            watched.failed.fetch_add(1, Ordering::Release);
            tls::refused(&error)
        })?;
        *lock(&line.place) = Place::Open(watched.peers.appeared(&before));
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { .. } => line.begins(),
            InstrumentationEvent::FinishQuery { .. } => line.ends(),
            _ => {}
        });
        Ok(conn)
    }

    /// Starts the thread that checks. It ends with the pool.
    fn look_from_now_on(&self) {
        if self.0.is_looking.swap(true, Ordering::Relaxed) {
            return;
        }
        let watched = Arc::downgrade(&self.0);
        let look = move || {
            while let Some(watched) = watched.upgrade() {
                watched.look();
                drop(watched);
                std::thread::park_timeout(OFTEN);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("watch".into()).spawn(look) {
            self.0.is_looking.store(false, Ordering::Relaxed);
            tracing::warn!(%error, "the connections to PostgreSQL are not watched yet: no thread could be started");
        }
    }
}

/// Opens an unwatched connection for slow work: migrations and copies.
pub(super) fn open_unwatched(url: &str) -> Result<PgConnection, StoreError> {
    let _opening = lock(&OPENING);
    PgConnection::establish(url).map_err(|error| tls::refused(&error))
}

impl Watched {
    fn look(&self) {
        let mut lines = lock(&self.lines);
        lines.retain(|line| line.strong_count() > 0);
        let lines: Vec<_> = lines.iter().filter_map(Weak::upgrade).collect();
        for line in lines.iter().filter(|line| line.is_overdue()) {
            self.give_up(line);
        }
    }

    fn give_up(&self, line: &Line) {
        if line.is_given_up.load(Ordering::Relaxed) {
            return;
        }
        let mut lately = lock(&self.lately);
        while lately.front().is_some_and(|then| then.elapsed() > MEMORY) {
            lately.pop_front();
        }
        if lately.len() >= self.most {
            return;
        }
        let socket = match &*lock(&line.place) {
            Place::Opening(before) => self.peers.appeared(before),
            Place::Open(socket) => socket.clone(),
        };
        line.is_given_up.store(true, Ordering::Relaxed);
        // Counted before the waiting caller gets its error.
        self.given_up.fetch_add(1, Ordering::Release);
        if !socket.is_some_and(|socket| socket.shut()) {
            tracing::warn!("a connection to PostgreSQL fell silent, and cannot be closed");
            return;
        }
        lately.push_back(Instant::now());
        let seconds = PATIENCE.as_secs();
        tracing::warn!(
            "a connection to PostgreSQL said nothing for {seconds} s and was given up; others are opened in its place"
        );
        if lately.len() >= self.most {
            tracing::error!(
                "{} connections to PostgreSQL were given up within an hour, and its server may hold all of them; no more are",
                self.most
            );
        }
    }
}

impl Peers {
    /// The new socket, if exactly one appeared.
    fn appeared(&self, before: &[Socket]) -> Option<Socket> {
        let mut new = self.list().into_iter().filter(|socket| !before.contains(socket));
        new.next().filter(|_| new.next().is_none())
    }
}

impl Line {
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }

    fn begins(&self) {
        self.since.store(self.now(), Ordering::Relaxed);
    }

    fn ends(&self) {
        self.since.store(0, Ordering::Relaxed);
    }

    fn is_overdue(&self) -> bool {
        let since = self.since.load(Ordering::Relaxed);
        since > 0 && u128::from(self.now().saturating_sub(since)) > PATIENCE.as_millis()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
