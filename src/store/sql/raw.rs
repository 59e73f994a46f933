//! Raw SQL statements, which combine several lookups in one statement, beyond diesel's query builder. The text is the same for
//! both databases.
//!
//! `$1`, `$2` … are PostgreSQL's parameters. SQLite treats them as names and numbers them by first use, so in a text the first
//! `$1` comes before the first `$2`, and so on.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::result::QueryResult;

/// A statement's text and the types of its columns.
pub(in crate::store) trait RawQuery: 'static {
    const TEXT: &'static str;
    type Columns;
}

/// Defines statements: a type for each, with its columns and its text.
macro_rules! raw_query {
    ($($name:ident -> $columns:ty = $text:expr;)+) => {$(
        enum $name {}

        impl $crate::store::sql::raw::RawQuery for $name {
            const TEXT: &'static str = $text;
            type Columns = $columns;
        }
    )+};
}
pub(in crate::store) use raw_query;

/// diesel's `sql_query` of the text of `S`, with bound values. It is prepared and cached for each `S`.
pub(in crate::store) struct Statement<S, Q> {
    query: Q,
    written: PhantomData<S>,
}

impl<S, Q> Statement<S, Q> {
    pub(in crate::store) const fn of(query: Q) -> Self {
        Self { query, written: PhantomData }
    }
}

impl<S: RawQuery, Q> QueryId for Statement<S, Q> {
    type QueryId = PhantomData<S>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<S: RawQuery, Q> Query for Statement<S, Q> {
    type SqlType = S::Columns;
}

impl<S, Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Statement<S, Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<S, Q, Conn> RunQueryDsl<Conn> for Statement<S, Q> {}
