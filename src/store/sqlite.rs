//! SQLite: one thread writes, and commits for everybody who waits at once (group commit).
//!
//! A disk answers some thousand syncs a second, whoever asks. So the writer takes the closures that are queued, runs them one
//! after the other in one `BEGIN IMMEDIATE` transaction, commits once and only then answers all of them. A commit that fails
//! fails all.
//!
//! Each closure runs in a savepoint of its own, so that one that fails leaves nothing behind and the others go on.
//!
//! A database in memory ([`Place::Memory`]) has no disk to wait for: whoever writes to it does all that on their own thread.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection, RunQueryDsl, SqliteConnection};

use super::{Conn, StoreError};
use crate::clock::Clock;

/// Closures that share one commit at most; beyond it the first of them would wait too long.
const BATCH: usize = 256;
/// So many may share one though fewer waited when it began. Whoever comes later is for the next one, which is read and written
/// while this one is synced: taking all who come, everybody would wait for the same sync, and nothing be done meanwhile.
const BATCH_LEAST: usize = 8;

/// How much of the file is seen where the system has it in memory already, instead of copying its pages: in a large instance each
/// question meets pages that nobody asked for lately. SQLite takes less where it was built for less (`.cargo/config.toml`), and
/// reads what is beyond as ever. Mapped pages count as resident, and are the system's to take back; a disk that fails under
/// one ends the process, with nothing lost that was committed.
const MAPPED_MOST: u64 = 1 << 40;

/// One closure for the writer, with whoever waits for its answer.
pub(super) trait Job: Send {
    /// Runs it in a savepoint, and keeps its answer.
    fn run(&mut self, conn: &mut Conn, now: DateTime<Utc>) -> Result<(), TransactionLost>;

    /// Answers, once it is known how the commit went.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// The database undid the whole transaction, with what other jobs did in it. (A full disk does that.)
pub(super) struct TransactionLost;

/// Where a database is.
#[derive(Clone)]
pub(super) enum Place {
    /// In the file of this name.
    File(String),
    /// In memory: one for all connections of this process that use the name, gone with the last of them.
    Memory(String),
}

impl Place {
    /// Opens it for whoever writes.
    pub(super) fn open(&self) -> Result<Conn, StoreError> {
        match self {
            Self::File(path) => open(path),
            Self::Memory(name) => connect(&format!("file:/{name}?vfs=memdb")).map_err(StoreError::Unavailable),
        }
    }

    /// As [`Place::open`], for connections that only read: the database refuses all else.
    pub(super) fn open_to_read(&self) -> Result<Conn, StoreError> {
        let mut conn = self.open()?;
        if let Conn::Sqlite(c) = &mut conn {
            c.batch_execute("PRAGMA query_only = ON")?;
        }
        Ok(conn)
    }
}

/// The way to the writer.
pub(super) struct Writer {
    hand: Hand,
    waiting: Arc<AtomicUsize>,
}

/// Whose thread the writer works on.
enum Hand {
    /// Its own, which ends when the last of these is dropped.
    Thread(SyncSender<Box<dyn Job>>),
    /// That of whoever has something to write.
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
    /// Those of the batch under way.
    jobs: Vec<Box<dyn Job>>,
}

impl Thread {
    fn work(mut self, queue: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = queue.recv() {
            self.write(first, || queue.try_recv().ok());
        }
    }

    /// Writes this one and those that follow on it at once, and answers all of them.
    fn write(&mut self, first: Box<dyn Job>, following: impl FnMut() -> Option<Box<dyn Job>>) {
        self.jobs.push(first);
        let committed = self.batch(following);
        if committed.is_err() {
            // Whatever state the connection is in, a new one is in none.
            self.conn = None;
        }
        let written = self.jobs.len();
        metrics::histogram!("countersign_write_batch_size").record(f64::from(u32::try_from(written).unwrap_or(u32::MAX)));
        self.waiting.fetch_sub(written, Ordering::Relaxed);
        for job in self.jobs.drain(..) {
            job.answer(committed.clone().map_err(StoreError::Unavailable));
        }
    }

    /// Runs the first one and what follows in one transaction. The answers are for after it.
    fn batch(&mut self, mut following: impl FnMut() -> Option<Box<dyn Job>>) -> Result<(), String> {
        let begun = match self.conn.take() {
            Some(conn) => Ok(conn),
            None => self.place.open(),
        };
        let conn = begun.and_then(|mut conn| begin_immediate(&mut conn).map(|()| conn)).map_err(words)?;
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
        let committed = commit(conn);
        crate::failpoints::point("commit.after");
        committed
    }
}

/// An error as it is told to all in a batch.
fn words(error: StoreError) -> String {
    match error {
        StoreError::Unavailable(why) => why,
        other => other.to_string(),
    }
}

fn begin_immediate(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(c) => Ok(AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?),
        Conn::Postgres(_) => Err(StoreError::Query("the writer thread is SQLite's".into())),
    }
}

fn commit(conn: &mut Conn) -> Result<(), String> {
    let Conn::Sqlite(c) = conn else { return Err("the writer thread is SQLite's".into()) };
    AnsiTransactionManager::commit_transaction(c).map_err(|error| error.to_string())
}

/// The file of a `sqlite:` URL.
pub(super) fn path_of(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).filter(|path| !path.is_empty())
}

/// What an operator does about a file that cannot be used.
fn explain(path: &str, reason: &str) -> StoreError {
    StoreError::Unavailable(format!(
        "{path}: {reason}. Check that the folder exists and may be written to; if the file is damaged, put back a copy made by \
         `countersign backup`: `countersign restore FILE`"
    ))
}

/// Opens the file, durable and strict: every commit is synced, foreign keys hold.
pub(super) fn open(path: &str) -> Result<Conn, StoreError> {
    let explain = |reason: String| explain(path, &reason);
    if path.contains(":memory:") {
        return Err(StoreError::Unavailable(
            "database.url: a database in memory is another one for each connection; name a file".into(),
        ));
    }
    // SQLite takes it for a URI, which may say that nothing is kept.
    if path.starts_with("file:") {
        return Err(StoreError::Unavailable("database.url: write `sqlite:` and the file's path, without `file:`".into()));
    }
    private(path).map_err(|e| explain(e.to_string()))?;
    connect(path).map_err(explain)
}

/// Opens what SQLite knows by this name; answers in its words where it cannot.
fn connect(name: &str) -> Result<Conn, String> {
    let mut conn = SqliteConnection::establish(name).map_err(|e| e.to_string())?;
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; PRAGMA mmap_size = {MAPPED_MOST};",
    ))
    .map_err(|e| e.to_string())?;
    Ok(Conn::Sqlite(conn))
}

/// Makes a file that is not there yet, for its owner alone: it will hold addresses and hashes. SQLite gives what it puts
/// beside it the same rights.
fn private(path: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if std::path::Path::new(path).exists() { Ok(()) } else { options.open(path).map(drop) }
}

/// Larger files are not looked through at the start: 256 MB take a second from memory and some from a disk.
pub(super) const CHECKED_MOST: u64 = 256 << 20;

#[derive(diesel::QueryableByName)]
struct Check {
    #[diesel(sql_type = diesel::sql_types::Text)]
    quick_check: String,
}

/// Looks at every page of a file that is not too large for it: what is damaged is found now, and not by somebody's request.
pub(super) fn check_pages(path: &str) -> Result<(), StoreError> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() > CHECKED_MOST) {
        return Ok(());
    }
    let Conn::Sqlite(mut conn) = open(path)? else { return Ok(()) };
    let found = diesel::sql_query("PRAGMA quick_check(1)").get_results::<Check>(&mut conn);
    let damage = match found {
        Ok(rows) => rows.into_iter().map(|row| row.quick_check).find(|said| said != "ok"),
        Err(error) => Some(error.to_string()),
    };
    damage.map_or(Ok(()), |damage| Err(explain(path, &damage)))
}

/// Keeps other daemons off a database for as long as it lives.
///
/// The database's own file is locked, so that the same file is the same database by whatever name it is called. `FILE.lock`
/// beside it is locked too: it is there before the database is and while `restore` puts another file in its place, and daemons
/// of before know no other.
pub(super) struct FileLock {
    _beside: File,
    _database: Option<Held>,
}

/// A lock on the database's file. It is never closed: a process that closes any handle on a file loses all of SQLite's own
/// locks on it (<https://sqlite.org/howtocorrupt.html>, 2.2). So its end is to unlock, and the handle stays until the process ends.
struct Held(ManuallyDrop<File>);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Takes a database for as long as the answer lives.
pub(super) fn lock(path: &str) -> Result<FileLock, StoreError> {
    let name = format!("{path}.lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let beside = options.open(&name).map_err(|e| cannot_lock(&name, &e))?;
    take(&beside, &name, path)?;
    let database = match File::open(path) {
        Ok(file) => Some(Held(ManuallyDrop::new(file))),
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

/// SQLite keeps the journal beside the name by which a file was opened. By two hard links it would have two journals, each
/// knowing nothing of the other.
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

/// Copies the database into a new file, consistently, while it is in use. The file is made here, for its owner alone, and
/// through no link: SQLite would make it, and the journal beside it, as the umask has it.
pub(super) fn backup(place: &Place, file: &str) -> Result<(), StoreError> {
    let Conn::Sqlite(mut conn) = place.open()? else { return Ok(()) };
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

/// Whether a file is still what its name leads to: whoever may write to its folder could have put another in its place.
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

    /// While it is written, somebody who may write to its folder could put a link in its place.
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
