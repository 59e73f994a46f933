//! `column = ANY (list)` with the whole list in one bound value, so that one statement stays prepared for any number of values.
//! diesel's `eq_any` does the same on PostgreSQL, but on SQLite it writes each value into the text.

use std::fmt::Debug;

use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::pg::sql_types::Array;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Bool, HasSqlType, SqlType, Text};
use diesel::sqlite::Sqlite;
use serde::Serialize;

/// A column that equals any of these values.
#[derive(Clone, Debug)]
pub(in crate::store) struct IsAny<E, T> {
    column: E,
    values: Json<T>,
}

/// A list, bound as JSON on SQLite.
#[derive(Clone, Debug)]
struct Json<T>(Vec<T>);

/// Whether the column equals any of these values.
pub(in crate::store) const fn is_any<E, T>(column: E, values: Vec<T>) -> IsAny<E, T> {
    IsAny { column, values: Json(values) }
}

impl<E: QueryId, T> QueryId for IsAny<E, T> {
    type QueryId = IsAny<E::QueryId, ()>;

    const HAS_STATIC_QUERY_ID: bool = E::HAS_STATIC_QUERY_ID;
}

impl<E: Expression, T> Expression for IsAny<E, T> {
    type SqlType = Bool;
}

impl<E, T> ValidGrouping<()> for IsAny<E, T> {
    type IsAggregate = is_aggregate::No;
}

impl<E: AppearsOnTable<Tables>, T, Tables> AppearsOnTable<Tables> for IsAny<E, T> {}

impl<E, T> QueryFragment<Pg> for IsAny<E, T>
where
    E: Expression<SqlType: SqlType> + QueryFragment<Pg>,
    Vec<T>: ToSql<Array<E::SqlType>, Pg>,
    Pg: HasSqlType<Array<E::SqlType>>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY (");
        out.push_bind_param::<Array<E::SqlType>, _>(&self.values.0)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<E: QueryFragment<Sqlite>, T: Debug + Serialize> QueryFragment<Sqlite> for IsAny<E, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.values)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<T: Debug + Serialize> ToSql<Text, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
