//! Looks after the connections to PostgreSQL: one that has not answered a statement for longer than any may take is given up.
//!
//! The kernel notices a peer that is gone, and the server ends a statement that takes too long. Nobody notices a server that is
//! stopped in the middle of one, nor a pooler or balancer that acknowledges and has nobody behind it. There libpq would wait for
//! ever, and with it a thread, a place in the pool and a turn.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use diesel::PgConnection;
use diesel::connection::{Connection as _, InstrumentationEvent};

use super::socket::{Peers, Socket};
use super::{StoreError, tls};

/// Longer than a statement may take, and wait for others. (A COMMIT has no limit of the server's.)
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked.
const OFTEN: Duration = Duration::from_secs(1);

/// A server that is stopped keeps what was given up until it goes on, and has room for so many only. So within this time no
/// more are given up than four times what is kept open.
const MEMORY: Duration = Duration::from_hours(1);
const TIMES: usize = 4;

/// Held while a connection is opened: what appears meanwhile is its socket.
static OPENING: Mutex<()> = Mutex::new(());

/// Over the connections of one pool. Cheap to clone.
#[derive(Clone)]
pub(super) struct Watch(Arc<Watched>);

struct Watched {
    began: Instant,
    peers: Peers,
    most: usize,
    is_looking: AtomicBool,
    /// How many connections could not be opened.
    failed: AtomicU64,
    /// How many were given up, and when the last ones were.
    given_up: AtomicU64,
    lately: Mutex<VecDeque<Instant>>,
    lines: Mutex<Vec<Weak<Line>>>,
}

/// One connection.
struct Line {
    began: Instant,
    /// When its statement began, in milliseconds and one; 0 where none is under way.
    since: AtomicU64,
    is_given_up: AtomicBool,
    place: Mutex<Place>,
}

enum Place {
    /// It is being opened, and none of these.
    Opening(Vec<Socket>),
    Open(Option<Socket>),
}

impl Watch {
    /// `most`: how many are kept open.
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

    /// How many were given up. Where it grows, whatever else is open may lead nowhere, too.
    pub(super) fn given_up(&self) -> u64 {
        self.0.given_up.load(Ordering::Acquire)
    }

    /// Opens one and watches it from then on. One after the other, or nobody could tell their sockets apart; and where one cannot
    /// be opened, whoever waited for it hears that instead of waiting as long once more.
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

    /// Starts the thread that looks, which ends when the pool is gone.
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

/// Opens one that may take its time: migrations and copies.
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
        // Before whoever waits for it hears.
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
    /// The one that was not there before, where that is one.
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
