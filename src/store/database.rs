//! One store over two databases: which one, how a closure gets its transaction, and what time it is in there.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::JoinHandle;

use super::connection_watchdog::PATIENCE;
use super::pool::Pool;
use super::schema_check::{self, Newer};
use super::sqlite::{self, Place, TransactionLost, Writer};
use super::transaction::{Begins, begin_to_read, begin_turn, depth, end_turn, finish_read, undo};
pub use super::tx::Tx;
use super::{Conn, Fault, StoreError, migrate, names, postgres};
use crate::clock::Clock;
use crate::config;
use crate::random::Rng;

/// The database, shared by everything in the process. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    backend: Arc<Backend>,
    clock: Clock,
    rng: Rng,
    emails: Arc<Notify>,
}

enum Backend {
    Sqlite {
        writer: Writer,
        readers: Pool,
        turns: Semaphore,
        place: Place,
    },
    Postgres {
        pool: Pool,
        turns: Semaphore,
        waiting: AtomicUsize,
        most_waiting: usize,
        /// Opens one that belongs to no pool, for what takes its time.
        apart: Box<dyn Fn() -> Result<Conn, StoreError> + Send + Sync>,
        begins: Begins,
        queues: commands::Queues,
    },
}

impl Backend {
    fn sqlite(place: Place, connections: u32, write_queue: usize, clock: &Clock) -> Result<Self, StoreError> {
        let writer = Writer::start(place.clone(), write_queue, clock.clone())?;
        let theirs = place.clone();
        let readers = Pool::new(connections, move || theirs.open_to_read());
        Ok(Self::Sqlite { writer, readers, turns: Semaphore::new(connections as usize), place })
    }
}

/// Held while a daemon runs on a SQLite file; a second one cannot have it.
#[must_use = "the lock is held as long as this lives"]
pub struct DatabaseLock {
    _lock: Option<sqlite::FileLock>,
}

impl Store {
    /// Opens the database that `database.url` names. Touches no schema: see [`Store::migrate`].
    pub fn open(database: &config::Database, write_queue: usize, clock: Clock) -> Result<Self, StoreError> {
        let backend = if let Some(path) = sqlite::path_of(&database.url) {
            sqlite::has_one_name(path)?;
            Backend::sqlite(Place::File(path.to_owned()), database.connections, write_queue, &clock)?
        } else {
            let turns = Semaphore::new(database.connections as usize);
            postgres::check_url(&database.url)?;
            let pool = postgres::pool(database, database.connections);
            let settings = database.clone();
            let apart = Box::new(move || postgres::open(&settings));
            let begins = if postgres::is_pooled(database) { Begins::pooled() } else { Begins::plain() };
            let (waiting, queues) = (AtomicUsize::new(0), commands::Queues::default());
            Backend::Postgres { pool, turns, waiting, most_waiting: write_queue, apart, begins, queues }
        };
        Ok(Self { backend: Arc::new(backend), clock, rng: Rng::System, emails: Arc::default() })
    }

    /// Opens, or makes, the database of this name in the memory of this process, for simulations. It is gone with the last
    /// connection to it, which anybody may have by the name that SQLite knows it by: `file:/NAME?vfs=memdb`.
    pub fn in_memory(name: &str, clock: Clock) -> Result<Self, StoreError> {
        let backend = Backend::sqlite(Place::Memory(name.to_owned()), 1, 0, &clock)?;
        Ok(Self { backend: Arc::new(backend), clock, rng: Rng::System, emails: Arc::default() })
    }

    /// The same store with random bytes of another source: for simulations.
    #[must_use]
    pub fn with_rng(mut self, rng: Rng) -> Self {
        self.rng = rng;
        self
    }

    /// Notified after each commit of this process that made an email due.
    pub fn emails(&self) -> Arc<Notify> {
        Arc::clone(&self.emails)
    }

    /// Where time comes from.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether several daemons may work on this database.
    pub fn is_shared(&self) -> bool {
        matches!(*self.backend, Backend::Postgres { .. })
    }

    /// Takes the SQLite file for this daemon. Without a file there is nothing to take.
    pub fn lock(&self) -> Result<DatabaseLock, StoreError> {
        self.file().map_or(Ok(DatabaseLock { _lock: None }), Self::lock_file)
    }

    /// Takes a SQLite file that is perhaps too damaged to be opened: to put another in its place.
    pub fn lock_file(path: &str) -> Result<DatabaseLock, StoreError> {
        sqlite::lock(path).map(|file| DatabaseLock { _lock: Some(file) })
    }

    /// Refuses a SQLite file with damaged pages, as far as looking at all of them takes a second or two. Without a file there is nothing to look at.
    pub fn check_pages(&self) -> Result<(), StoreError> {
        self.file().map_or(Ok(()), sqlite::check_pages)
    }

    /// Brings the schema to what this program needs, and gives keys to the names that have none; answers with the names of the
    /// migrations it ran.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let ran = match &*self.backend {
            Backend::Sqlite { place, .. } => migrate::run(&mut place.open()?),
            Backend::Postgres { apart, .. } => migrate::run(&mut apart()?),
        }?;
        while self.read_sync(names::is_any_to_fill)? && self.write_sync(|tx| names::fill(tx, names::BATCH))? > 0 {}
        Ok(ran)
    }

    /// Refuses a schema that is not what our migrations make, and on PostgreSQL a role without the rights that it needs.
    pub fn check_schema(&self, newer: Newer) -> Result<(), StoreError> {
        match &*self.backend {
            Backend::Sqlite { place, .. } => schema_check::check(&mut place.open()?, newer),
            Backend::Postgres { apart, .. } => schema_check::check(&mut apart()?, newer),
        }
    }

    /// Migrations that have not run on this database.
    pub fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        match &*self.backend {
            Backend::Sqlite { place, .. } => migrate::pending(&mut place.open()?),
            Backend::Postgres { apart, .. } => migrate::pending(&mut apart()?),
        }
    }

    /// Takes every migration back: for the test that up, down and up again is the same.
    pub fn unmigrate(&self) -> Result<(), StoreError> {
        match &*self.backend {
            Backend::Sqlite { place, .. } => migrate::revert_all(&mut place.open()?),
            Backend::Postgres { apart, .. } => migrate::revert_all(&mut apart()?),
        }
    }

    /// Copies a SQLite database into `file` while it is in use.
    pub fn backup(&self, file: &str) -> Result<(), StoreError> {
        match &*self.backend {
            Backend::Sqlite { place, .. } => sqlite::backup(place, file),
            Backend::Postgres { .. } => {
                Err(StoreError::Unavailable("a PostgreSQL database is backed up with pg_dump or pg_basebackup".into()))
            }
        }
    }

    /// Runs `f` in one transaction and commits, or undoes all of it. It may run again from the start when PostgreSQL asks for
    /// that, so it changes nothing outside of it.
    pub async fn write<T, E>(&self, f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        match &*self.backend {
            Backend::Sqlite { writer, .. } => {
                let (send, answer) = oneshot::channel();
                self.enqueue(writer, f, move |result| drop(send.send(result)))?;
                answer.await.unwrap_or_else(|_| Err(E::from(writer_is_gone())))
            }
            Backend::Postgres { turns, waiting, most_waiting, .. } => {
                if waiting.fetch_add(1, Ordering::Relaxed) >= *most_waiting {
                    waiting.fetch_sub(1, Ordering::Relaxed);
                    return Err(E::from(StoreError::Overloaded));
                }
                let turn = turns.acquire().await;
                waiting.fetch_sub(1, Ordering::Relaxed);
                let _turn = turn.map_err(|_| E::from(StoreError::Overloaded))?;
                let store = self.clone();
                with_timeout(tokio::task::spawn_blocking(move || store.write_here(f))).await
            }
        }
    }

    /// As [`Store::write`], for callers that may block: commands and tests.
    pub fn write_sync<T, E>(&self, f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        match &*self.backend {
            Backend::Sqlite { writer, .. } => {
                let (send, answer) = std::sync::mpsc::sync_channel(1);
                self.enqueue(writer, f, move |result| drop(send.send(result)))?;
                answer.recv().unwrap_or_else(|_| Err(E::from(writer_is_gone())))
            }
            Backend::Postgres { .. } => self.write_here(f),
        }
    }

    /// Runs `f` on one snapshot of the data. It must not write.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        let (Backend::Sqlite { turns, .. } | Backend::Postgres { turns, .. }) = &*self.backend;
        let _turn = turns.acquire().await.map_err(|_| E::from(StoreError::Overloaded))?;
        let store = self.clone();
        let task = tokio::task::spawn_blocking(move || store.read_sync(f));
        if self.is_shared() {
            return with_timeout(task).await;
        }
        task.await.unwrap_or_else(|e| Err(E::from(StoreError::Query(e.to_string()))))
    }

    /// As [`Store::read`], for commands, which read a few rows by their keys. On SQLite it happens on this thread if a connection is
    /// idle: the pages are in memory, and another thread and back costs several times what the read takes.
    async fn read_now<T, E>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        if let Backend::Sqlite { readers, .. } = &*self.backend
            && let Some(reader) = readers.idle(begin_to_read)
        {
            let panicked = |_| Err(E::from(StoreError::Query("a read panicked".into())));
            return catch_unwind(AssertUnwindSafe(|| reader.run(|conn| self.look(conn, f)))).unwrap_or_else(panicked);
        }
        self.read(f).await
    }

    /// As [`Store::read`], for callers that may block.
    pub fn read_sync<T, E: Fault>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let (pool, begins) = self.pool();
        pool.with_begun(begins.read, |conn| self.look(conn, f))
    }

    /// Runs `f` in the transaction that was begun, and ends it.
    fn look<T, E: Fault>(&self, conn: &mut Conn, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut has_emails = false;
        let result = now(conn, &self.clock).map_err(E::from).and_then(|now| {
            let mut tx = Tx::over(conn, now, &self.rng);
            f(&mut tx).inspect(|_| has_emails = tx.has_emails())
        });
        finish_read(conn, result).inspect(|_| self.notify(has_emails))
    }

    fn notify(&self, has_emails: bool) {
        if has_emails {
            self.emails.notify_one();
        }
    }

    /// Puts an operation into the queue of SQLite's writer.
    fn enqueue<T, E>(
        &self,
        writer: &Writer,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        answer: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> Result<(), StoreError>
    where
        T: Send + 'static,
        E: Fault,
    {
        let (rng, emails) = (self.rng.clone(), self.emails());
        writer.send(Box::new(Queued { rng, emails, has_emails: false, f, result: None, answer }))
    }

    /// The file that a SQLite database is in.
    fn file(&self) -> Option<&str> {
        match &*self.backend {
            Backend::Sqlite { place: Place::File(path), .. } => Some(path),
            Backend::Sqlite { .. } | Backend::Postgres { .. } => None,
        }
    }

    /// How many writes wait for their turn.
    pub fn queue_len(&self) -> usize {
        match &*self.backend {
            Backend::Sqlite { writer, .. } => writer.waiting(),
            Backend::Postgres { waiting, .. } => waiting.load(Ordering::Relaxed),
        }
    }

    /// The connections, and how a transaction and a look begin on them.
    fn pool(&self) -> (&Pool, Begins) {
        match &*self.backend {
            Backend::Sqlite { readers, .. } => (readers, Begins::plain()),
            Backend::Postgres { pool, begins, .. } => (pool, *begins),
        }
    }

    /// PostgreSQL: here and now, three more times when it asks for it.
    fn write_here<T, E: Fault>(&self, mut f: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        const TRIES: u32 = 4;
        let (pool, begins) = self.pool();
        let mut tries = 1;
        loop {
            let result = pool.with_begun(begins.write, |conn| {
                self.look(conn, |tx| f(tx).inspect(|_| crate::failpoints::point("commit.before")))
            });
            crate::failpoints::point("commit.after");
            let asks_again = |e: &E| e.as_store().is_some_and(|e| matches!(e, StoreError::Conflict(_)));
            match result {
                Err(error) if tries < TRIES && asks_again(&error) => tries += 1,
                other => return other,
            }
        }
    }
}

/// Waits for PostgreSQL as long as it can be busy, and not for ever: a server or a line that fell silent answers nobody. What
/// was asked of it may have been done all the same, so whoever hears this asks again.
async fn with_timeout<T, E: Fault>(task: JoinHandle<Result<T, E>>) -> Result<T, E> {
    match tokio::time::timeout(PATIENCE, task).await {
        Ok(done) => done.unwrap_or_else(|e| Err(E::from(StoreError::Query(e.to_string())))),
        Err(_) => Err(E::from(fell_silent())),
    }
}

fn fell_silent() -> StoreError {
    StoreError::Unavailable("it fell silent; ask again, it may have done it".into())
}

fn panicked() -> StoreError {
    StoreError::Query("a transaction panicked and was undone".into())
}

fn writer_is_gone() -> StoreError {
    StoreError::Unavailable("the thread that writes is gone".into())
}

/// An operation in the writer's queue.
struct Queued<T, E, F, A> {
    rng: Rng,
    emails: Arc<Notify>,
    has_emails: bool,
    f: F,
    result: Option<Result<T, E>>,
    answer: A,
}

impl<T, E, F, A> sqlite::Job for Queued<T, E, F, A>
where
    T: Send,
    E: Fault,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    A: FnOnce(Result<T, E>) + Send,
{
    fn run(&mut self, conn: &mut Conn, now: DateTime<Utc>) -> Result<(), TransactionLost> {
        if let Err(error) = begin_turn(conn) {
            self.result = Some(Err(E::from(error)));
            return Err(TransactionLost);
        }
        let mut tx = Tx::over(conn, now, &self.rng);
        let result = catch_unwind(AssertUnwindSafe(|| (self.f)(&mut tx))).unwrap_or_else(|_| Err(E::from(panicked())));
        self.has_emails = result.is_ok() && tx.has_emails();
        // A panic leaves the savepoints open that it fell out of.
        while depth(conn) > 1 && undo(conn).is_ok() {}
        let ended = end_turn(conn, result.is_ok());
        let is_whole = ended.is_ok() && depth(conn) == 1;
        // The operation's own error says more than that undoing it failed too.
        self.result = Some(result.and_then(|value| ended.map(|()| value).map_err(E::from)));
        if is_whole { Ok(()) } else { Err(TransactionLost) }
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = self.result.unwrap_or_else(|| Err(E::from(StoreError::Query("an operation did not run".into()))));
        if committed.is_ok() && self.has_emails {
            self.emails.notify_one();
        }
        // A batch that failed failed for all: even a refusal may rest on what another one in it had written.
        (self.answer)(committed.map_err(E::from).and(result));
    }
}

/// The time of a transaction: the clock's, or PostgreSQL's own, so that several daemons agree.
fn now(conn: &mut Conn, clock: &Clock) -> Result<DateTime<Utc>, StoreError> {
    match conn {
        Conn::Postgres(c) if !clock.is_manual() => postgres::now(c),
        _ => Ok(clock.now()),
    }
}

mod commands;
mod queue;

#[cfg(test)]
mod tests;
