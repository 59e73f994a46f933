//! The migrations, compiled in. Each migration is one transaction. On PostgreSQL all pending ones share one, under an advisory
//! lock, so that concurrently started daemons do not run them twice.

use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::Migration;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, StoreError, privileges};

pub(super) const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
pub(super) const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// The number of the advisory lock.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7166216671)";

type Answer<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub(super) fn run(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let ran: Answer<Vec<String>> = match conn {
        Conn::Sqlite(c) => loosely(c, |c| Ok(c.run_pending_migrations(SQLITE)?.iter().map(ToString::to_string).collect())),
        Conn::Postgres(c) => {
            AnsiTransactionManager::begin_transaction(c)?;
            c.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
            c.batch_execute(LOCK)?;
            let ran: Answer<Vec<String>> =
                c.run_pending_migrations(POSTGRES).map(|ran| ran.iter().map(ToString::to_string).collect());
            if ran.is_ok() {
                AnsiTransactionManager::commit_transaction(c)?;
            } else {
                // The original error says more than a failed rollback, which always fails on a lost connection.
                drop(AnsiTransactionManager::rollback_transaction(c));
                if let Some(missing) = privileges::missing_to_migrate(c) {
                    return Err(StoreError::Unavailable(missing));
                }
            }
            ran
        }
    };
    ran.map_err(failed)
}

pub(super) fn pending(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let names: Answer<Vec<String>> = match conn {
        Conn::Sqlite(c) => c.pending_migrations(SQLITE).map(|all| all.iter().map(|m| m.name().to_string()).collect()),
        // In one transaction: behind a pooler, statements outside of one may run on different connections, without their
        // prepared statements.
        Conn::Postgres(c) => {
            AnsiTransactionManager::begin_transaction(c)?;
            let names: Answer<Vec<String>> =
                c.pending_migrations(POSTGRES).map(|all| all.iter().map(|m| m.name().to_string()).collect());
            if names.is_err() {
                drop(AnsiTransactionManager::rollback_transaction(c));
                if let Some(missing) = privileges::missing_to_migrate(c) {
                    return Err(StoreError::Unavailable(missing));
                }
                return names.map_err(failed);
            }
            AnsiTransactionManager::commit_transaction(c)?;
            names
        }
    };
    names.map_err(failed)
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

pub(super) fn revert(conn: &mut Conn, count: usize) -> Result<(), StoreError> {
    let reverted: Answer<()> = match conn {
        Conn::Sqlite(c) => loosely(c, |c| (0..count).try_for_each(|_| c.revert_last_migration(SQLITE).map(drop))),
        Conn::Postgres(c) => (0..count).try_for_each(|_| c.revert_last_migration(POSTGRES).map(drop)),
    };
    reverted.map_err(failed)
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
