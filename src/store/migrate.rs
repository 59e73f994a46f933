//! The schema's history, compiled in. Each migration is one transaction; on PostgreSQL all pending ones are, under a lock
//! that ends with it, so that daemons that start together do not run them twice.

use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::Migration;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, StoreError, privileges};

pub(super) const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
pub(super) const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// A number for the advisory lock that nothing else of ours takes.
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
                // What failed says more than that it cannot be undone, which a connection that is gone does by itself.
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
        // In one transaction: behind a pooler each statement outside of one may meet another connection, which does not know
        // what the one before it prepared.
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

/// Runs exactly these on an empty database, in their order.
pub(super) fn run_these(c: &mut SqliteConnection, mut these: Vec<Box<dyn Migration<Sqlite>>>) -> Answer<()> {
    these.sort_by_key(|one| one.name().version().to_string());
    loosely(c, |c| {
        // Makes the table that each of them is noted in.
        c.applied_migrations()?;
        these.iter().try_for_each(|one| c.run_migration(&**one).map(drop))
    })
}

pub(super) fn revert_all(conn: &mut Conn) -> Result<(), StoreError> {
    let reverted: Answer<()> = match conn {
        Conn::Sqlite(c) => loosely(c, |c| c.revert_all_migrations(SQLITE).map(drop)),
        Conn::Postgres(c) => c.revert_all_migrations(POSTGRES).map(drop),
    };
    reverted.map_err(failed)
}

/// Does what foreign keys would stand in the way of: SQLite makes a table that others refer to again by dropping the old one, and
/// heeds this outside of a transaction only (<https://sqlite.org/lang_altertable.html#otheralter>).
fn loosely<T>(c: &mut SqliteConnection, work: impl FnOnce(&mut SqliteConnection) -> Answer<T>) -> Answer<T> {
    c.batch_execute("PRAGMA foreign_keys = OFF")?;
    let done = work(c);
    let heeded = c.batch_execute("PRAGMA foreign_keys = ON");
    // What failed says more than that they are not heeded again.
    done.and_then(|done| heeded.map(|()| done).map_err(Into::into))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
pub(super) fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Unavailable(format!("a migration failed, and the schema is as it was before it: {error}"))
}
