//! `column = ANY (list)` that stays prepared. On PostgreSQL the list is one bound array. On SQLite a short list is one bound value
//! each, since reading JSON costs more than the rows themselves; a long one is a JSON text, so that there are few statements.
//! diesel's `eq_any` on SQLite prepares a statement anew for each list.

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

/// The longest list whose values are bound one by one on SQLite.
const SHORT: usize = 4;

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

/// The statement depends on the length of the list, so it is cached by its text.
impl<E, T> QueryId for IsAny<E, T> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
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

impl<E, T> QueryFragment<Sqlite> for IsAny<E, T>
where
    E: Expression<SqlType: SqlType> + QueryFragment<Sqlite>,
    T: Debug + Serialize + ToSql<E::SqlType, Sqlite>,
    Sqlite: HasSqlType<E::SqlType>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        if self.values.0.len() > SHORT {
            out.push_sql(" IN (SELECT value FROM json_each(");
            out.push_bind_param::<Text, _>(&self.values)?;
            out.push_sql("))");
            return Ok(());
        }
        out.push_sql(" IN (");
        for (place, value) in self.values.0.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            out.push_bind_param::<E::SqlType, T>(value)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl<T: Debug + Serialize> ToSql<Text, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
