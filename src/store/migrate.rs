//! The migrations, compiled in. Each migration is one transaction. On PostgreSQL all pending ones share one, under an advisory
//! lock, so that concurrently started daemons do not run them twice.

use diesel::connection::SimpleConnection;
use diesel::migration::Migration;
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::transaction::Transactions as _;
use super::{Conn, StoreError, each, privileges};

pub(super) const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
pub(super) const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// The number of the advisory lock.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7166216671)";

type Answer<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub(super) fn run(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    each!(conn, |c| c.migrate())
}

pub(super) fn pending(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    each!(conn, |c| c.pending())
}

pub(super) fn revert(conn: &mut Conn, count: usize) -> Result<(), StoreError> {
    each!(conn, |c| c.revert(count)).map_err(failed)
}

/// The migrations of a database.
trait Migrations {
    /// Runs the pending ones; returns their names.
    fn migrate(&mut self) -> Result<Vec<String>, StoreError>;
    /// The names of the pending ones.
    fn pending(&mut self) -> Result<Vec<String>, StoreError>;
    /// Reverts the newest `count`.
    fn revert(&mut self, count: usize) -> Answer<()>;
}

impl Migrations for SqliteConnection {
    fn migrate(&mut self) -> Result<Vec<String>, StoreError> {
        loosely(self, |c| Ok(c.run_pending_migrations(SQLITE)?.iter().map(ToString::to_string).collect())).map_err(failed)
    }

    fn pending(&mut self) -> Result<Vec<String>, StoreError> {
        self.pending_migrations(SQLITE).map(|all| all.iter().map(|m| m.name().to_string()).collect()).map_err(failed)
    }

    fn revert(&mut self, count: usize) -> Answer<()> {
        loosely(self, |c| (0..count).try_for_each(|_| c.revert_last_migration(SQLITE).map(drop)))
    }
}

impl Migrations for PgConnection {
    fn migrate(&mut self) -> Result<Vec<String>, StoreError> {
        in_transaction(self, |c| {
            c.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
            c.batch_execute(LOCK)?;
            Ok(c.run_pending_migrations(POSTGRES)?.iter().map(ToString::to_string).collect())
        })
    }

    fn pending(&mut self) -> Result<Vec<String>, StoreError> {
        in_transaction(self, |c| Ok(c.pending_migrations(POSTGRES)?.iter().map(|m| m.name().to_string()).collect()))
    }

    fn revert(&mut self, count: usize) -> Answer<()> {
        (0..count).try_for_each(|_| self.revert_last_migration(POSTGRES).map(drop))
    }
}

/// Runs `work` in one transaction: behind a pooler, statements outside of one may run on different connections, without their
/// prepared statements. If it fails for a missing privilege, the error says which.
fn in_transaction<T>(c: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Answer<T>) -> Result<T, StoreError> {
    c.begin()?;
    let done = work(c);
    if done.is_ok() {
        c.commit()?;
    } else {
        // The original error says more than a failed rollback, which always fails on a lost connection.
        drop(c.undo());
        if let Some(missing) = privileges::missing_to_migrate(c) {
            return Err(StoreError::Unavailable(missing));
        }
    }
    done.map_err(failed)
}

/// Runs exactly these migrations on an empty database, in order.
pub(super) fn run_these(c: &mut SqliteConnection, mut these: Vec<Box<dyn Migration<Sqlite>>>) -> Answer<()> {
    these.sort_by_key(|one| one.name().version().to_string());
    loosely(c, |c| {
        // Creates the table of applied migrations.
        c.applied_migrations()?;
        these.iter().try_for_each(|one| c.run_migration(&**one).map(drop))
    })
}

/// Runs `work` without foreign key checks. SQLite recreates a referenced table by dropping the old one, and ignores this
/// setting inside a transaction (<https://sqlite.org/lang_altertable.html#otheralter>).
fn loosely<T>(c: &mut SqliteConnection, work: impl FnOnce(&mut SqliteConnection) -> Answer<T>) -> Answer<T> {
    c.batch_execute("PRAGMA foreign_keys = OFF")?;
    let done = work(c);
    let heeded = c.batch_execute("PRAGMA foreign_keys = ON");
    // The original error says more than a failure to restore the setting.
    done.and_then(|done| heeded.map(|()| done).map_err(Into::into))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
pub(super) fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Unavailable(format!("a migration failed, and the schema is as it was before it: {error}"))
}
