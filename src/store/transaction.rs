//! How a transaction begins and ends on either database, and how many are open in one another.

use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

use super::{Conn, StoreError};

/// How long a statement of ours may take, and wait for others, for the rest of a transaction. Behind a pooler it is said in
/// each: what is set for a session there stays on a connection that the next moment somebody else has.
const LIMITS: &str = "SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '2s'";

/// A way for a transaction to begin.
type Begin = fn(&mut Conn) -> Result<(), StoreError>;

/// How the transactions of a database begin: one that writes, a look, and one of several operations.
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

/// Begins a transaction, or a savepoint where one is under way.
pub(super) fn begin(conn: &mut Conn) -> Result<(), StoreError> {
    let begun = match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction(c),
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
    };
    Ok(begun?)
}

/// Begins a look at one snapshot, in which PostgreSQL refuses to write; SQLite's readers cannot anyway. [`depth`] does not
/// count SQLite's.
pub(super) fn begin_to_read(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(c) => Ok(Look.execute(c).map(drop)?),
        Conn::Postgres(c) => {
            Ok(AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?)
        }
    }
}

/// As [`begin`], for a transaction on a connection that a pooler lent for it.
fn begin_pooled(conn: &mut Conn) -> Result<(), StoreError> {
    begin_limited(conn, "BEGIN", LIMITS, begin)
}

/// Begins a transaction of several operations. What they look at and change is found by index, row by row.
fn begin_together(conn: &mut Conn) -> Result<(), StoreError> {
    begin_limited(conn, "BEGIN", BY_INDEX, begin)
}

/// As [`begin_together`], behind a pooler.
fn begin_together_pooled(conn: &mut Conn) -> Result<(), StoreError> {
    begin_limited(conn, "BEGIN", &format!("{LIMITS}; {BY_INDEX}"), begin)
}

/// Keeps PostgreSQL from reading a table whole because it was small when it last counted, from planning again for each number of
/// operations, and several operations from waiting for what only one of them needs.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
    SET LOCAL lock_timeout = '100ms'; SET LOCAL plan_cache_mode = force_generic_plan";

/// As [`begin_to_read`], for a look through a pooler.
fn begin_to_read_pooled(conn: &mut Conn) -> Result<(), StoreError> {
    begin_limited(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", LIMITS, begin_to_read)
}

/// In one round trip.
fn begin_limited(conn: &mut Conn, words: &str, limits: &str, otherwise: Begin) -> Result<(), StoreError> {
    let Conn::Postgres(c) = conn else { return otherwise(conn) };
    Ok(AnsiTransactionManager::begin_transaction_sql(c, &format!("{words}; {limits}"))?)
}

/// How many transactions and savepoints are open; none where the connection lost count.
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
            // diesel leaves a savepoint open that it went back to, and pages would be copied for it from then on.
            if depth > 1 { c.batch_execute(&format!("RELEASE diesel_savepoint_{}", depth - 1)) } else { Ok(()) }
        }
        Conn::Postgres(c) => AnsiTransactionManager::rollback_transaction(c),
    }
}

/// Ends a look. SQLite's connection is told to be broken where it does not end, so that it is closed.
pub(super) fn finish_read<T, E: From<StoreError>>(conn: &mut Conn, result: Result<T, E>) -> Result<T, E> {
    let Conn::Sqlite(c) = conn else { return end(conn, result) };
    match Looked.execute(c) {
        Ok(_) => result,
        Err(error) => Err(E::from(StoreError::Unavailable(error.to_string()))),
    }
}

/// Commits what went well and undoes what did not.
pub(super) fn end<T, E: From<StoreError>>(conn: &mut Conn, result: Result<T, E>) -> Result<T, E> {
    let is_ok = result.is_ok();
    let ended = match conn {
        Conn::Sqlite(c) if is_ok => AnsiTransactionManager::commit_transaction(c),
        Conn::Postgres(c) if is_ok => AnsiTransactionManager::commit_transaction(c),
        conn => undo(conn),
    };
    match (result, ended) {
        (Ok(_), Err(e)) => Err(E::from(StoreError::from(e))),
        // The operation's own error says more than that undoing it failed too.
        (result, _) => result,
    }
}

/// A statement about transactions. Unlike diesel's own, which are parsed each time, it stays prepared.
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

/// Begins the part of the writer's transaction that one closure has to itself. [`depth`] does not count it.
pub(super) fn begin_turn(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(c) => Ok(Turn.execute(c).map(drop)?),
        Conn::Postgres(_) => Err(StoreError::Query("the writer thread is SQLite's".into())),
    }
}

/// Ends a closure's part: keeps what went well and undoes what did not. An error says that the transaction around it is gone.
pub(super) fn end_turn(conn: &mut Conn, is_ok: bool) -> Result<(), StoreError> {
    let Conn::Sqlite(c) = conn else { return Ok(()) };
    if !is_ok {
        Undo.execute(c)?;
    }
    Keep.execute(c)?;
    Ok(())
}
