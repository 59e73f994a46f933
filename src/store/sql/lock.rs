//! Row locks, written once for both databases: PostgreSQL adds the lock to the query, SQLite has one writer and needs none.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;

/// A query whose rows stay locked until the transaction ends.
#[derive(QueryId)]
pub(in crate::store) struct Locked<Q, L> {
    query: Q,
    lock: L,
}

/// Adds a lock to a query.
pub(in crate::store) const fn locked<Q, L>(query: Q, lock: L) -> Locked<Q, L> {
    Locked { query, lock }
}

impl<Q: QueryFragment<DB>, L: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Locked<Q, L> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        self.lock.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, backend: &DB) -> QueryResult<bool> {
        self.query.is_safe_to_cache_prepared(backend)
    }
}

impl<Q: Query, L> Query for Locked<Q, L> {
    type SqlType = Q::SqlType;
}

impl<Q, L, Conn> RunQueryDsl<Conn> for Locked<Q, L> {}

macro_rules! locks {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, QueryId)]
        pub(in crate::store) struct $name;

        impl QueryFragment<Pg> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                out.push_sql($text);
                Ok(())
            }
        }

        impl QueryFragment<Sqlite> for $name {
            fn walk_ast<'b>(&'b self, _: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                Ok(())
            }
        }
    )+};
}

locks! {
    /// Others may lock the rows too, and nobody may change them.
    Share = " FOR SHARE",
    /// For a change of columns that no foreign key refers to.
    NoKeyUpdate = " FOR NO KEY UPDATE",
    /// For any change.
    Update = " FOR UPDATE",
    /// For any change of the rows that nobody else has locked.
    SkipLocked = " FOR UPDATE SKIP LOCKED",
}

/// As [`SkipLocked`], for this many rows. The caller stops reading after as many: SQLite would plan by the value of a LIMIT,
/// again for each execution.
#[derive(Clone, Copy, Debug, QueryId)]
pub(in crate::store) struct FirstUnlocked(pub(in crate::store) i64);

impl QueryFragment<Pg> for FirstUnlocked {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.0)?;
        SkipLocked.walk_ast(out)
    }
}

impl QueryFragment<Sqlite> for FirstUnlocked {
    fn walk_ast<'b>(&'b self, _: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        Ok(())
    }
}
