//! UPDATEs that stay prepared. diesel prepares every UPDATE again, because the set of columns may differ between calls. Ours
//! are fixed: a tuple of `column.eq(value)`. The type identifies the statement, so finding it in the cache does not even build
//! its text.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression};
use diesel::query_builder::{AsChangeset, AstPass, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::query_source::QuerySource;
use diesel::result::QueryResult;
use diesel::sql_types::BoolOrNullableBool;

/// `UPDATE table SET set WHERE filter`.
pub(in crate::store) struct PreparedUpdate<T, F, S, C> {
    table: T,
    filter: F,
    changes: C,
    set: PhantomData<S>,
}

/// An update that is prepared once and cached.
pub(in crate::store) fn update<T, F, S>(table: T, filter: F, set: S) -> PreparedUpdate<T, F, S, S::Changeset>
where
    T: QuerySource,
    F: Expression<SqlType: BoolOrNullableBool> + AppearsOnTable<T>,
    S: AsChangeset<Target = T>,
{
    PreparedUpdate { table, filter, changes: set.as_changeset(), set: PhantomData }
}

/// diesel gives changesets no query id, but their parts have one. A changeset with optional columns has none.
impl<T: QueryId, F: QueryId, S: QueryId, C> QueryId for PreparedUpdate<T, F, S, C> {
    type QueryId = PreparedUpdate<T::QueryId, F::QueryId, S::QueryId, ()>;

    const HAS_STATIC_QUERY_ID: bool = T::HAS_STATIC_QUERY_ID && F::HAS_STATIC_QUERY_ID && S::HAS_STATIC_QUERY_ID;
}

impl<T, F, S, C, DB> QueryFragment<DB> for PreparedUpdate<T, F, S, C>
where
    DB: Backend,
    T: QueryFragment<DB>,
    F: QueryFragment<DB>,
    C: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        self.changes.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        self.filter.walk_ast(out)
    }
}

impl<T, F, S, C, Conn> RunQueryDsl<Conn> for PreparedUpdate<T, F, S, C> {}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
    use diesel::prelude::*;

    use super::update;
    use crate::store::schema::outbox;
    use crate::store::sql::literal::Queued;

    #[derive(Clone, Default)]
    struct Statements(Arc<Mutex<Vec<String>>>);

    impl Instrumentation for Statements {
        fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
            if let InstrumentationEvent::CacheQuery { sql, .. } = event {
                self.0.lock().unwrap().push(sql.to_owned());
            }
        }
    }

    #[test]
    fn an_update_is_prepared_once_and_distinguished_from_others() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let statements = Statements::default();
        conn.set_instrumentation(statements.clone());
        let rows = "CREATE TABLE outbox (id INTEGER, state TEXT, attempts INTEGER, lease BIGINT, last_error TEXT);
            INSERT INTO outbox VALUES (1, 'queued', 1, 7, NULL), (2, 'queued', 1, 8, NULL), (3, 'sent', 1, 7, NULL)";
        conn.batch_execute(rows).unwrap();
        let mut release = |id: i64, lease: i64, error: Option<&str>| {
            let leased = outbox::id.eq(id).and(outbox::lease.eq(lease)).and(outbox::state.eq(Queued));
            let set = (outbox::attempts.eq(outbox::attempts - 1), outbox::last_error.eq(error), outbox::lease.eq(None::<i64>));
            update(outbox::table, leased, set).execute(&mut conn).unwrap()
        };
        assert_eq!((release(1, 7, Some("late")), release(1, 7, None), release(2, 7, None), release(3, 7, None)), (1, 0, 0, 0));
        assert_eq!(release(2, 8, None), 1);
        let other = |conn: &mut SqliteConnection| update(outbox::table, outbox::id.eq(3), outbox::attempts.eq(5)).execute(conn);
        assert_eq!((other(&mut conn), other(&mut conn)), (Ok(1), Ok(1)));
        let columns = (outbox::attempts, outbox::last_error);
        let rows: Vec<(i32, Option<String>)> = outbox::table.order(outbox::id.asc()).select(columns).load(&mut conn).unwrap();
        assert_eq!(rows, [(0, Some("late".to_owned())), (0, None), (5, None)]);
        let statements = statements.0.lock().unwrap();
        assert_eq!(statements.iter().filter(|sql| sql.starts_with("UPDATE")).count(), 2, "{statements:?}");
    }
}
