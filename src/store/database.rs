//! One store over two databases: it opens the database, runs closures in transactions, and supplies their time.

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
use super::transaction::Transactions as _;
pub use super::tx::Tx;
use super::{Conn, Fault, StoreError, each, migrate, names, postgres};
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
        permits: Semaphore,
        place: Place,
    },
    Postgres {
        pool: Pool,
        permits: Semaphore,
        waiting: AtomicUsize,
        most_waiting: usize,
        /// Opens a connection outside the pool, for slow work.
        apart: Box<dyn Fn() -> Result<Conn, StoreError> + Send + Sync>,
        begins: postgres::Begins,
        queues: commands::Queues,
    },
}

impl Backend {
    fn sqlite(place: Place, connections: u32, write_queue: usize, clock: &Clock) -> Result<Self, StoreError> {
        let writer = Writer::start(place.clone(), write_queue, clock.clone())?;
        let theirs = place.clone();
        let readers = Pool::new(connections, move || theirs.open_to_read());
        Ok(Self::Sqlite { writer, readers, permits: Semaphore::new(connections as usize), place })
    }
}

/// Locks the SQLite file for one daemon; a second daemon cannot start on it.
#[must_use = "dropping it unlocks the file"]
pub struct DatabaseLock {
    _lock: Option<sqlite::FileLock>,
}

impl Store {
    /// Opens the database of `database.url` without touching the schema: see [`Store::migrate`].
    pub fn open(database: &config::Database, write_queue: usize, clock: Clock) -> Result<Self, StoreError> {
        let backend = if let Some(path) = sqlite::path_of(&database.url) {
            sqlite::has_one_name(path)?;
            Backend::sqlite(Place::File(path.to_owned()), database.connections, write_queue, &clock)?
        } else {
            let permits = Semaphore::new(database.connections as usize);
            postgres::check_url(&database.url)?;
            let pool = postgres::pool(database, database.connections);
            let settings = database.clone();
            let apart = Box::new(move || postgres::open(&settings));
            let begins = postgres::Begins::of(database);
            let (waiting, queues) = (AtomicUsize::new(0), commands::Queues::default());
            Backend::Postgres { pool, permits, waiting, most_waiting: write_queue, apart, begins, queues }
        };
        Ok(Self { backend: Arc::new(backend), clock, rng: Rng::System, emails: Arc::default() })
    }

    /// Opens or creates a database in the memory of this process, for simulations. It ends with its last connection. Other
    /// connections can open it by SQLite's name: `file:/NAME?vfs=memdb`.
    pub fn in_memory(name: &str, clock: Clock) -> Result<Self, StoreError> {
        let backend = Backend::sqlite(Place::Memory(name.to_owned()), 1, 0, &clock)?;
        Ok(Self { backend: Arc::new(backend), clock, rng: Rng::System, emails: Arc::default() })
    }

    /// The same store with another source of random bytes, for simulations.
    #[must_use]
    pub fn with_rng(mut self, rng: Rng) -> Self {
        self.rng = rng;
        self
    }

    /// Notified after each commit of this process that made an email due.
    pub fn emails(&self) -> Arc<Notify> {
        Arc::clone(&self.emails)
    }

    /// The source of time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether several daemons can run on this database.
    pub fn allows_several_daemons(&self) -> bool {
        matches!(*self.backend, Backend::Postgres { .. })
    }

    /// Whether everybody who writes waits for a long write.
    pub fn has_one_writer(&self) -> bool {
        matches!(*self.backend, Backend::Sqlite { .. })
    }

    /// Locks the SQLite file for this daemon. Does nothing without a file.
    pub fn lock(&self) -> Result<DatabaseLock, StoreError> {
        self.file().map_or(Ok(DatabaseLock { _lock: None }), Self::lock_file)
    }

    /// Locks a SQLite file that may be too damaged to open, in order to replace it.
    pub fn lock_file(path: &str) -> Result<DatabaseLock, StoreError> {
        sqlite::lock(path).map(|file| DatabaseLock { _lock: Some(file) })
    }

    /// Refuses a SQLite file with damaged pages, if the check takes only a second or two. Does nothing without a file.
    pub fn check_pages(&self) -> Result<(), StoreError> {
        self.file().map_or(Ok(()), sqlite::check_pages)
    }

    /// Migrates the schema and fills in missing name keys; returns the names of the applied migrations.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let ran = match &*self.backend {
            Backend::Sqlite { place, .. } => migrate::run(&mut place.open()?),
            Backend::Postgres { apart, .. } => migrate::run(&mut apart()?),
        }?;
        while self.read_sync(names::is_any_to_fill)? && self.write_sync(|tx| names::fill(tx, names::BATCH))? > 0 {}
        Ok(ran)
    }

    /// Refuses a schema that differs from our migrations, and on PostgreSQL a role with too few rights.
    pub fn check_schema(&self, newer: Newer) -> Result<(), StoreError> {
        match &*self.backend {
            Backend::Sqlite { place, .. } => schema_check::check(&mut place.open()?, newer),
            Backend::Postgres { apart, .. } => schema_check::check(&mut apart()?, newer),
        }
    }

    /// The migrations that are not applied yet.
    pub fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        match &*self.backend {
            Backend::Sqlite { place, .. } => migrate::pending(&mut place.open()?),
            Backend::Postgres { apart, .. } => migrate::pending(&mut apart()?),
        }
    }

    /// Reverts the last `count` migrations, for the tests that up, down and up gives the same.
    pub fn unmigrate(&self, count: usize) -> Result<(), StoreError> {
        match &*self.backend {
            Backend::Sqlite { place, .. } => migrate::revert(&mut place.open()?, count),
            Backend::Postgres { apart, .. } => migrate::revert(&mut apart()?, count),
        }
    }

    /// Copies a SQLite database to `file` while it is in use.
    pub fn backup(&self, file: &str) -> Result<(), StoreError> {
        match &*self.backend {
            Backend::Sqlite { place, .. } => sqlite::backup(place, file),
            Backend::Postgres { .. } => {
                Err(StoreError::Unavailable("a PostgreSQL database is backed up with pg_dump or pg_basebackup".into()))
            }
        }
    }

    /// Runs `f` in a transaction and commits, or rolls back on failure. PostgreSQL may require a retry from the start, so `f`
    /// must have no effect outside the transaction.
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
            Backend::Postgres { permits, waiting, most_waiting, .. } => {
                if waiting.fetch_add(1, Ordering::Relaxed) >= *most_waiting {
                    waiting.fetch_sub(1, Ordering::Relaxed);
                    return Err(E::from(StoreError::Overloaded));
                }
                let permit = permits.acquire().await;
                waiting.fetch_sub(1, Ordering::Relaxed);
                let _permit = permit.map_err(|_| E::from(StoreError::Overloaded))?;
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
        let (Backend::Sqlite { permits, .. } | Backend::Postgres { permits, .. }) = &*self.backend;
        let _permit = permits.acquire().await.map_err(|_| E::from(StoreError::Overloaded))?;
        let store = self.clone();
        let task = tokio::task::spawn_blocking(move || store.read_sync(f));
        match &*self.backend {
            Backend::Sqlite { .. } => task.await.unwrap_or_else(|e| Err(E::from(StoreError::Query(e.to_string())))),
            Backend::Postgres { .. } => with_timeout(task).await,
        }
    }

    /// As [`Store::read`], for commands, which read a few rows by key. On SQLite it runs on this thread if a connection is
    /// idle: the pages are in memory, and a thread switch costs several times the read.
    async fn read_now<T, E>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        if let Backend::Sqlite { readers, .. } = &*self.backend
            && let Some(reader) = readers.idle(sqlite::begin_read)
        {
            let panicked = |_| Err(E::from(StoreError::Query("a read panicked".into())));
            return catch_unwind(AssertUnwindSafe(|| reader.run(|conn| self.run(conn, f)))).unwrap_or_else(panicked);
        }
        self.read(f).await
    }

    /// As [`Store::read`], for callers that may block.
    pub fn read_sync<T, E: Fault>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let f = |conn: &mut Conn| self.run(conn, f);
        match &*self.backend {
            Backend::Sqlite { readers, .. } => readers.with_begun(sqlite::begin_read, f),
            Backend::Postgres { pool, begins, .. } => pool.with_begun(|conn| each!(conn, |c| c.begin_by(&begins.read)), f),
        }
    }

    /// Runs `f` in the open transaction and ends it.
    fn run<T, E: Fault>(&self, conn: &mut Conn, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut has_emails = false;
        let result = each!(conn, |c| c.now(&self.clock)).map_err(E::from).and_then(|now| {
            let mut tx = Tx::over(conn, now, &self.rng);
            f(&mut tx).inspect(|_| has_emails = tx.has_emails())
        });
        each!(conn, |c| c.finish(result)).inspect(|_| self.notify(has_emails))
    }

    fn notify(&self, has_emails: bool) {
        if has_emails {
            self.emails.notify_one();
        }
    }

    /// Queues an operation for SQLite's writer.
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

    /// The file of a SQLite database.
    fn file(&self) -> Option<&str> {
        match &*self.backend {
            Backend::Sqlite { place: Place::File(path), .. } => Some(path),
            Backend::Sqlite { .. } | Backend::Postgres { .. } => None,
        }
    }

    /// The number of queued writes.
    pub fn queue_len(&self) -> usize {
        match &*self.backend {
            Backend::Sqlite { writer, .. } => writer.waiting(),
            Backend::Postgres { waiting, .. } => waiting.load(Ordering::Relaxed),
        }
    }

    /// Runs on PostgreSQL, on this thread. Retries up to three times after a conflict.
    fn write_here<T, E: Fault>(&self, mut f: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        const TRIES: u32 = 4;
        let Backend::Postgres { pool, begins, .. } = &*self.backend else { return Err(E::from(writer_is_gone())) };
        let begin = |conn: &mut Conn| each!(conn, |c| c.begin_by(&begins.write));
        let mut tries = 1;
        loop {
            let result =
                pool.with_begun(begin, |conn| self.run(conn, |tx| f(tx).inspect(|_| crate::failpoints::point("commit.before"))));
            crate::failpoints::point("commit.after");
            let asks_again = |e: &E| e.as_store().is_some_and(|e| matches!(e, StoreError::Conflict(_)));
            match result {
                Err(error) if tries < TRIES && asks_again(&error) => tries += 1,
                other => return other,
            }
        }
    }
}

/// Limits the wait for PostgreSQL, because a silent server or network never answers. The transaction may have been committed
/// all the same, so the caller has to try again.
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
        if let Err(error) = sqlite::begin_job(conn) {
            self.result = Some(Err(E::from(error)));
            return Err(TransactionLost);
        }
        let mut tx = Tx::over(conn, now, &self.rng);
        let result = catch_unwind(AssertUnwindSafe(|| (self.f)(&mut tx))).unwrap_or_else(|_| Err(E::from(panicked())));
        self.has_emails = result.is_ok() && tx.has_emails();
        // A panic leaves its inner savepoints open.
        while each!(conn, |c| c.depth()) > 1 && each!(conn, |c| c.undo()).is_ok() {}
        let ended = sqlite::end_job(conn, result.is_ok());
        let is_whole = ended.is_ok() && each!(conn, |c| c.depth()) == 1;
        // The operation's own error says more than a failed rollback.
        self.result = Some(result.and_then(|value| ended.map(|()| value).map_err(E::from)));
        if is_whole { Ok(()) } else { Err(TransactionLost) }
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = self.result.unwrap_or_else(|| Err(E::from(StoreError::Query("an operation did not run".into()))));
        if committed.is_ok() && self.has_emails {
            self.emails.notify_one();
        }
        // A failed batch fails all its operations: even a refusal may depend on rows of another operation in the batch.
        (self.answer)(committed.map_err(E::from).and(result));
    }
}

mod commands;
mod queue;

#[cfg(test)]
mod tests;
