//! SQLite: one thread writes, and commits for all waiting callers at once (group commit).
//!
//! A disk makes some thousand syncs a second in total. So the writer runs the queued closures one after the other in one `BEGIN
//! IMMEDIATE` transaction, commits once, and only then answers all of them. A failed commit fails all of them.
//!
//! Each closure runs in its own savepoint, so a failed one leaves no changes and the others continue.
//!
//! A database in memory ([`Place::Memory`]) has no disk to wait for, so callers write on their own thread.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{Connection, QueryResult, RunQueryDsl, SqliteConnection};

use super::transaction::Transactions;
use super::{Conn, StoreError, each};
use crate::clock::Clock;

/// The limit of closures in a commit; with more, the first of them would wait too long.
const BATCH: usize = 256;
/// A batch accepts this many closures even if fewer waited at its start. Later ones go to the next batch, which is read and
/// written while this one is synced. Without this limit everyone would wait for the same sync, and nothing would run meanwhile.
const BATCH_LEAST: usize = 8;

/// The part of the file that is memory-mapped instead of copied page by page: in a large instance most queries meet pages that
/// SQLite has not cached. SQLite maps less if it was built for less (`.cargo/config.toml`), and reads the rest normally. Mapped
/// pages count as resident memory, but the system can reclaim them. A disk error under a mapped page ends the process; no
/// committed data is lost.
const MAPPED_MOST: u64 = 1 << 40;

/// A queued closure, with its caller.
pub(super) trait Job: Send {
    /// Runs the closure in a savepoint and stores its result.
    fn run(&mut self, conn: &mut Conn, now: DateTime<Utc>) -> Result<(), TransactionLost>;

    /// Sends the result, once the outcome of the commit is known.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// The database rolled back the whole transaction, including other jobs (on a full disk, for example).
pub(super) struct TransactionLost;

/// The location of a database.
#[derive(Clone)]
pub(super) enum Place {
    /// In this file.
    File(String),
    /// In memory: shared by all connections of this process with this name, and gone with the last.
    Memory(String),
}

impl Place {
    /// Opens a connection that can write.
    pub(super) fn open(&self) -> Result<Conn, StoreError> {
        self.connect().map(Conn::from)
    }

    fn connect(&self) -> Result<SqliteConnection, StoreError> {
        match self {
            Self::File(path) => open(path),
            Self::Memory(name) => connect(&format!("file:/{name}?vfs=memdb")).map_err(StoreError::Unavailable),
        }
    }

    /// Opens a read-only connection; the database refuses writes.
    pub(super) fn open_to_read(&self) -> Result<Conn, StoreError> {
        let mut conn = self.connect()?;
        conn.batch_execute("PRAGMA query_only = ON")?;
        Ok(conn.into())
    }
}

/// The handle of the writer.
pub(super) struct Writer {
    hand: Hand,
    waiting: Arc<AtomicUsize>,
}

/// The thread on which the writer works.
enum Hand {
    /// Its own thread, which ends when the last sender is dropped.
    Thread(SyncSender<Box<dyn Job>>),
    /// The caller's thread.
    Caller(Mutex<Thread>),
}

impl Writer {
    pub(super) fn start(place: Place, queue: usize, clock: Clock) -> Result<Self, StoreError> {
        let conn = place.open()?;
        let (send, receive) = sync_channel(queue);
        let waiting = Arc::new(AtomicUsize::new(0));
        let thread = Thread { place, conn: Some(conn), waiting: Arc::clone(&waiting), clock, jobs: Vec::new() };
        if matches!(thread.place, Place::Memory(_)) {
            return Ok(Self { hand: Hand::Caller(Mutex::new(thread)), waiting });
        }
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || thread.work(&receive))
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(Self { hand: Hand::Thread(send), waiting })
    }

    pub(super) fn send(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let queue = match &self.hand {
            Hand::Thread(queue) => queue,
            Hand::Caller(thread) => {
                thread.lock().unwrap_or_else(PoisonError::into_inner).write(job, || None);
                return Ok(());
            }
        };
        queue.try_send(job).map_err(|e| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            match e {
                TrySendError::Full(_) => StoreError::Overloaded,
                TrySendError::Disconnected(_) => StoreError::Unavailable("the thread that writes is gone".into()),
            }
        })
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

struct Thread {
    place: Place,
    conn: Option<Conn>,
    waiting: Arc<AtomicUsize>,
    clock: Clock,
    /// The jobs of the current batch.
    jobs: Vec<Box<dyn Job>>,
}

impl Thread {
    fn work(mut self, queue: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = queue.recv() {
            self.write(first, || queue.try_recv().ok());
        }
    }

    /// Writes this job and those that follow at once, and answers all of them.
    fn write(&mut self, first: Box<dyn Job>, following: impl FnMut() -> Option<Box<dyn Job>>) {
        self.jobs.push(first);
        let committed = self.batch(following);
        if committed.is_err() {
            // The connection's state is unknown, so a new one replaces it.
            self.conn = None;
        }
        let written = self.jobs.len();
        metrics::histogram!("countersign_write_batch_size").record(f64::from(u32::try_from(written).unwrap_or(u32::MAX)));
        self.waiting.fetch_sub(written, Ordering::Relaxed);
        for job in self.jobs.drain(..) {
            job.answer(committed.clone().map_err(StoreError::Unavailable));
        }
    }

    /// Runs the first job and the following ones in a transaction. The caller sends the results.
    fn batch(&mut self, mut following: impl FnMut() -> Option<Box<dyn Job>>) -> Result<(), String> {
        let begun = match self.conn.take() {
            Some(conn) => Ok(conn),
            None => self.place.open(),
        };
        let conn = begun.and_then(|mut conn| each!(conn, |c| c.begin_by("BEGIN IMMEDIATE")).map(|()| conn)).map_err(words)?;
        let conn = self.conn.insert(conn);
        let most = self.waiting.load(Ordering::Relaxed).clamp(BATCH_LEAST, BATCH);
        let mut ran = 0;
        loop {
            let Some(job) = self.jobs.get_mut(ran) else {
                let next = if ran < most { following() } else { None };
                let Some(next) = next else { break };
                self.jobs.push(next);
                continue;
            };
            job.run(conn, self.clock.now())
                .map_err(|TransactionLost| "the transaction around this one was undone by the database".to_owned())?;
            ran += 1;
        }
        crate::failpoints::point("commit.before");
        let committed = each!(conn, |c| c.commit()).map_err(|error| error.to_string());
        crate::failpoints::point("commit.after");
        committed
    }
}

/// The error text for all jobs of a batch.
fn words(error: StoreError) -> String {
    match error {
        StoreError::Unavailable(why) => why,
        other => other.to_string(),
    }
}

impl From<SqliteConnection> for Conn {
    fn from(conn: SqliteConnection) -> Self {
        Self::Sqlite(conn)
    }
}

impl Transactions for SqliteConnection {
    fn now(&mut self, clock: &Clock) -> Result<DateTime<Utc>, StoreError> {
        Ok(clock.now())
    }

    fn undo(&mut self) -> QueryResult<()> {
        let depth = self.depth();
        AnsiTransactionManager::rollback_transaction(self)?;
        // diesel leaves a savepoint open after a rollback to it, and SQLite would copy pages for it from then on.
        if depth > 1 { self.batch_execute(&format!("RELEASE diesel_savepoint_{}", depth - 1)) } else { Ok(()) }
    }

    /// If a read cannot be ended, the connection is marked as broken, so that it is closed.
    fn finish<T, E: From<StoreError>>(&mut self, result: Result<T, E>) -> Result<T, E> {
        match EndRead.execute(self) {
            Ok(_) => result,
            Err(error) => Err(E::from(StoreError::Unavailable(error.to_string()))),
        }
    }
}

/// A transaction statement that stays prepared. diesel's own are parsed each time, and counted: these are not.
macro_rules! prepared {
    ($($name:ident = $text:literal,)+) => {$(
        #[derive(QueryId)]
        struct $name;

        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql($text);
                Ok(())
            }
        }

        impl<C> RunQueryDsl<C> for $name {}
    )+};
}

prepared! {
    BeginRead = "BEGIN",
    EndRead = "COMMIT",
    BeginJob = "SAVEPOINT job",
    EndJob = "RELEASE job",
    UndoJob = "ROLLBACK TO job",
}

/// Begins a transaction that reads one snapshot.
pub(super) fn begin_read(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(each!(conn, |c| BeginRead.execute(c)).map(drop)?)
}

/// Begins the savepoint of a job in the writer's transaction.
pub(super) fn begin_job(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(each!(conn, |c| BeginJob.execute(c)).map(drop)?)
}

/// Ends a job's savepoint: releases it on success, rolls it back on failure. An error means that the whole transaction is lost.
pub(super) fn end_job(conn: &mut Conn, is_ok: bool) -> Result<(), StoreError> {
    if !is_ok {
        each!(conn, |c| UndoJob.execute(c))?;
    }
    Ok(each!(conn, |c| EndJob.execute(c)).map(drop)?)
}

/// The file of a `sqlite:` URL.
pub(super) fn path_of(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).filter(|path| !path.is_empty())
}

/// Advice to the operator about an unusable file.
fn explain(path: &str, reason: &str) -> StoreError {
    StoreError::Unavailable(format!(
        "{path}: {reason}. Check that the folder exists and may be written to; if the file is damaged, put back a copy made by \
         `countersign backup`: `countersign restore FILE`"
    ))
}

/// Opens the file with synchronous commits and foreign keys.
pub(super) fn open(path: &str) -> Result<SqliteConnection, StoreError> {
    let explain = |reason: String| explain(path, &reason);
    if path.contains(":memory:") {
        return Err(StoreError::Unavailable(
            "database.url: a database in memory is another one for each connection; name a file".into(),
        ));
    }
    // SQLite would treat it as a URI, which can turn off durability.
    if path.starts_with("file:") {
        return Err(StoreError::Unavailable("database.url: write `sqlite:` and the file's path, without `file:`".into()));
    }
    private(path).map_err(|e| explain(e.to_string()))?;
    connect(path).map_err(explain)
}

/// Opens a database by SQLite's name for it; an error has SQLite's message.
fn connect(name: &str) -> Result<SqliteConnection, String> {
    let mut conn = SqliteConnection::establish(name).map_err(|e| e.to_string())?;
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; PRAGMA mmap_size = {MAPPED_MOST};",
    ))
    .map_err(|e| e.to_string())?;
    Ok(conn)
}

/// Creates a missing file, readable by its owner only, because it will contain addresses and hashes. SQLite gives the same
/// permissions to the files beside it.
fn private(path: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if std::path::Path::new(path).exists() { Ok(()) } else { options.open(path).map(drop) }
}

/// Larger files are not checked at the start: 256 MB take a second from memory and more from a disk.
pub(super) const CHECKED_MOST: u64 = 256 << 20;

#[derive(diesel::QueryableByName)]
struct Check {
    #[diesel(sql_type = diesel::sql_types::Text)]
    quick_check: String,
}

/// Checks every page of a file of limited size, so that damage is found at the start and not by a later request.
pub(super) fn check_pages(path: &str) -> Result<(), StoreError> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() > CHECKED_MOST) {
        return Ok(());
    }
    let mut conn = open(path)?;
    let found = diesel::sql_query("PRAGMA quick_check(1)").get_results::<Check>(&mut conn);
    let damage = match found {
        Ok(rows) => rows.into_iter().map(|row| row.quick_check).find(|said| said != "ok"),
        Err(error) => Some(error.to_string()),
    };
    damage.map_or(Ok(()), |damage| Err(explain(path, &damage)))
}

/// Locks a database against other daemons.
///
/// The lock is on the database file itself, so it works under any name of the file. `FILE.lock` beside it is locked too: it
/// exists before the database does and while `restore` replaces the file, and older daemons know no other lock.
pub(super) struct FileLock {
    _beside: File,
    _database: Option<KeptOpen>,
}

/// A lock on the database file. Its handle is never closed: a process that closes any handle of a file loses all of SQLite's
/// locks on it (<https://sqlite.org/howtocorrupt.html>, 2.2). So dropping it only unlocks, and the handle stays open until the
/// process ends.
struct KeptOpen(ManuallyDrop<File>);

impl Drop for KeptOpen {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Locks a database until the result is dropped.
pub(super) fn lock(path: &str) -> Result<FileLock, StoreError> {
    let name = format!("{path}.lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let beside = options.open(&name).map_err(|e| cannot_lock(&name, &e))?;
    take(&beside, &name, path)?;
    let database = match File::open(path) {
        Ok(file) => Some(KeptOpen(ManuallyDrop::new(file))),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(e) => return Err(cannot_lock(path, &e)),
    };
    if let Some(file) = &database {
        take(&file.0, path, path)?;
    }
    has_one_name(path)?;
    Ok(FileLock { _beside: beside, _database: database })
}

fn cannot_lock(name: &str, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("cannot lock {name}: {error}"))
}

fn take(file: &File, name: &str, path: &str) -> Result<(), StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
            "another countersign already runs on {path}; stop it first, or use PostgreSQL, which several daemons can share"
        ))),
        Err(TryLockError::Error(e)) => Err(cannot_lock(name, &e)),
    }
}

/// SQLite names the journal after the opened file. A file with two hard links would have two journals, each ignoring the other.
pub(super) fn has_one_name(path: &str) -> Result<(), StoreError> {
    #[cfg(unix)]
    if std::fs::metadata(path).is_ok_and(|file| std::os::unix::fs::MetadataExt::nlink(&file) > 1) {
        return Err(StoreError::Unavailable(format!(
            "{path} has another name (a hard link), under which SQLite would keep another journal; find it with `find DIR -samefile \
             {path}` and remove it"
        )));
    }
    Ok(())
}

/// Copies the database to a new file, consistently, while it is in use. This program creates the file, for its owner only and
/// not through a link; SQLite would create it and its journal with the permissions of the umask.
pub(super) fn backup(place: &Place, file: &str) -> Result<(), StoreError> {
    let mut conn = place.connect()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(file).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => StoreError::Unavailable(format!("{file} exists already; name a new file")),
        _ => StoreError::Unavailable(format!("{file} cannot be made: {e}")),
    })?;
    let copied = diesel::sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(file).execute(&mut conn);
    let copied = copied.map_err(StoreError::from).and_then(|_| is_still(&made, file));
    if copied.is_err() {
        let _ = std::fs::remove_file(file);
    }
    copied
}

/// Whether the name still leads to this file. Anyone with write access to the folder could have replaced it.
fn is_still(file: &File, name: &str) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let which = |of: std::fs::Metadata| (of.dev(), of.ino());
        let same = std::fs::symlink_metadata(name).ok().map(which) == file.metadata().ok().map(which);
        if !same {
            return Err(StoreError::Unavailable(format!(
                "somebody replaced {name} while it was written; write into a folder of your own"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// During the backup, anyone with write access to the folder could replace the file by a link.
    #[cfg(unix)]
    #[test]
    fn a_backup_that_was_replaced_while_it_was_written_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let made = File::create_new(path("copy.db")).unwrap();
        assert!(is_still(&made, &path("copy.db")).is_ok());
        std::fs::rename(path("copy.db"), path("moved.db")).unwrap();
        assert!(is_still(&made, &path("copy.db")).is_err(), "it is gone");
        std::os::unix::fs::symlink(path("moved.db"), path("copy.db")).unwrap();
        assert!(is_still(&made, &path("copy.db")).is_err(), "a link, be it to the same file");
        std::fs::remove_file(path("copy.db")).unwrap();
        std::fs::write(path("copy.db"), "").unwrap();
        assert!(is_still(&made, &path("copy.db")).is_err(), "another file");
    }
}
