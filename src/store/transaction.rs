//! Begins and ends transactions on either database, and counts the nested ones.

use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

use super::{Conn, StoreError};

/// Limits statement and lock wait times for the rest of a transaction. Behind a pooler each transaction sets them, because a
/// session setting would stay on a connection that another client gets next.
const LIMITS: &str = "SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '2s'";

/// A way to begin a transaction.
type Begin = fn(&mut Conn) -> Result<(), StoreError>;

/// How transactions of a database begin: to write, to read, and for a batch.
#[derive(Clone, Copy)]
pub(super) struct Begins {
    pub(super) write: Begin,
    pub(super) read: Begin,
    pub(super) together: Begin,
}

impl Begins {
    pub(super) const fn plain() -> Self {
        Self { write: begin, read: begin_to_read, together: begin_together }
    }

    /// Behind a pooler.
    pub(super) const fn pooled() -> Self {
        Self { write: begin_pooled, read: begin_to_read_pooled, together: begin_together_pooled }
    }
}

/// Begins a transaction, or a savepoint inside one.
pub(super) fn begin(conn: &mut Conn) -> Result<(), StoreError> {
    let begun = match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction(c),
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
    };
    Ok(begun?)
}

/// Begins a read-only transaction on one snapshot. PostgreSQL refuses writes in it, as SQLite's readers always do. [`depth`]
/// does not count SQLite's.
pub(super) fn begin_to_read(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(c) => Ok(Look.execute(c).map(drop)?),
        Conn::Postgres(c) => {
            Ok(AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?)
        }
    }
}

/// As [`begin`], behind a pooler.
fn begin_pooled(conn: &mut Conn) -> Result<(), StoreError> {
    begin_limited(conn, "BEGIN", LIMITS, begin)
}

/// Begins the transaction of a batch, whose rows are all found by index.
fn begin_together(conn: &mut Conn) -> Result<(), StoreError> {
    begin_limited(conn, "BEGIN", BY_INDEX, begin)
}

/// As [`begin_together`], behind a pooler.
fn begin_together_pooled(conn: &mut Conn) -> Result<(), StoreError> {
    begin_limited(conn, "BEGIN", &format!("{LIMITS}; {BY_INDEX}"), begin)
}

/// Stops PostgreSQL from scanning a table that was small at its last statistics, from planning again for each batch size, and
/// from making a batch wait long for a lock that one operation needs.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
    SET LOCAL lock_timeout = '100ms'; SET LOCAL plan_cache_mode = force_generic_plan";

/// As [`begin_to_read`], behind a pooler.
fn begin_to_read_pooled(conn: &mut Conn) -> Result<(), StoreError> {
    begin_limited(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", LIMITS, begin_to_read)
}

/// Begins and sets the limits in one round trip.
fn begin_limited(conn: &mut Conn, words: &str, limits: &str, otherwise: Begin) -> Result<(), StoreError> {
    let Conn::Postgres(c) = conn else { return otherwise(conn) };
    Ok(AnsiTransactionManager::begin_transaction_sql(c, &format!("{words}; {limits}"))?)
}

/// The number of open transactions and savepoints; 0 if the connection lost count.
pub(super) fn depth(conn: &mut Conn) -> u32 {
    let status = match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::transaction_manager_status_mut(c),
        Conn::Postgres(c) => AnsiTransactionManager::transaction_manager_status_mut(c),
    };
    status.transaction_depth().ok().flatten().map_or(0, std::num::NonZeroU32::get)
}

pub(super) fn undo(conn: &mut Conn) -> QueryResult<()> {
    let depth = depth(conn);
    match conn {
        Conn::Sqlite(c) => {
            AnsiTransactionManager::rollback_transaction(c)?;
            // diesel leaves a savepoint open after a rollback to it, and SQLite would copy pages for it from then on.
            if depth > 1 { c.batch_execute(&format!("RELEASE diesel_savepoint_{}", depth - 1)) } else { Ok(()) }
        }
        Conn::Postgres(c) => AnsiTransactionManager::rollback_transaction(c),
    }
}

/// Ends a read. If SQLite's cannot be ended, the connection is marked as broken, so that it is closed.
pub(super) fn finish_read<T, E: From<StoreError>>(conn: &mut Conn, result: Result<T, E>) -> Result<T, E> {
    let Conn::Sqlite(c) = conn else { return end(conn, result) };
    match Looked.execute(c) {
        Ok(_) => result,
        Err(error) => Err(E::from(StoreError::Unavailable(error.to_string()))),
    }
}

/// Commits on success and rolls back on failure.
pub(super) fn end<T, E: From<StoreError>>(conn: &mut Conn, result: Result<T, E>) -> Result<T, E> {
    let is_ok = result.is_ok();
    let ended = match conn {
        Conn::Sqlite(c) if is_ok => AnsiTransactionManager::commit_transaction(c),
        Conn::Postgres(c) if is_ok => AnsiTransactionManager::commit_transaction(c),
        conn => undo(conn),
    };
    match (result, ended) {
        (Ok(_), Err(e)) => Err(E::from(StoreError::from(e))),
        // The operation's own error says more than a failed rollback.
        (result, _) => result,
    }
}

/// A transaction statement that stays prepared. diesel's own are parsed each time.
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
    Turn = "SAVEPOINT turn",
    Keep = "RELEASE turn",
    Undo = "ROLLBACK TO turn",
    Look = "BEGIN",
    Looked = "COMMIT",
}

/// Begins the savepoint of a closure in the writer's transaction. [`depth`] does not count it.
pub(super) fn begin_turn(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(c) => Ok(Turn.execute(c).map(drop)?),
        Conn::Postgres(_) => Err(StoreError::Query("the writer thread is SQLite's".into())),
    }
}

/// Ends a closure's savepoint: releases it on success, rolls it back on failure. An error means that the whole transaction is
/// lost.
pub(super) fn end_turn(conn: &mut Conn, is_ok: bool) -> Result<(), StoreError> {
    let Conn::Sqlite(c) = conn else { return Ok(()) };
    if !is_ok {
        Undo.execute(c)?;
    }
    Keep.execute(c)?;
    Ok(())
}
