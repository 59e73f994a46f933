//! One statement for each of several rows, with one text for both databases. In the text, `{column}` stands for the row's value,
//! `{now}` for the time of the transaction, and `{rows}` for the place of a FROM clause. PostgreSQL, where a statement is a round
//! trip, reads all rows in that clause. SQLite runs the statement once for each row and binds its values, which costs less there
//! than reading them from JSON and joining them.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::query_dsl::methods::{ExecuteDsl, LoadQuery};
use diesel::result::{Error, QueryResult};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, RunQueryDsl, SqliteConnection};

use super::raw::{RawQuery, Statement};
use super::rows::Rows;
use crate::store::{Conn, StoreError, Tx, each};

/// A text over rows; on SQLite over the one at `row`.
pub(in crate::store) struct EachRow<'a> {
    text: &'static str,
    rows: &'a Rows<'a>,
    row: usize,
    now: i64,
}

type Each<'a, S> = Statement<S, EachRow<'a>>;

/// Runs the statement `S` for each row, and returns what it returned for any of them.
pub(in crate::store) fn load<'a, S: RawQuery, R>(tx: &mut Tx<'_>, rows: &'a Rows<'a>) -> Result<Vec<R>, StoreError>
where
    Each<'a, S>: LoadQuery<'a, PgConnection, R> + LoadQuery<'a, SqliteConnection, R>,
{
    let mut found = Vec::new();
    for statement in statements::<S>(tx, rows) {
        match tx.conn() {
            Conn::Sqlite(c) => found.extend(statement.load(c)?),
            Conn::Postgres(c) => found = statement.load(c)?,
        }
    }
    Ok(found)
}

/// Runs the statement `S` for each row.
pub(in crate::store) fn execute<'a, S: RawQuery>(tx: &mut Tx<'_>, rows: &'a Rows<'a>) -> Result<(), StoreError>
where
    Each<'a, S>: ExecuteDsl<PgConnection> + ExecuteDsl<SqliteConnection>,
{
    for statement in statements::<S>(tx, rows) {
        each!(tx, |c| statement.execute(c)?);
    }
    Ok(())
}

fn statements<'a, S: RawQuery>(tx: &mut Tx<'_>, rows: &'a Rows<'a>) -> impl Iterator<Item = Each<'a, S>> + use<'a, S> {
    let now = tx.micros();
    let count = if tx.is_in_process() { rows.count } else { rows.count.min(1) };
    (0..count).map(move |row| Statement::of(EachRow { text: S::TEXT, rows, row, now }))
}

impl EachRow<'_> {
    /// Writes the text; `place` writes what stands at a name other than `now`.
    fn fill<'b, DB>(
        &'b self,
        mut out: AstPass<'_, 'b, DB>,
        place: impl Fn(&str, &mut AstPass<'_, 'b, DB>) -> QueryResult<()>,
    ) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<BigInt>,
        i64: ToSql<BigInt, DB>,
    {
        let mut text = self.text;
        while let Some((before, rest)) = text.split_once('{') {
            out.push_sql(before);
            let (name, rest) = rest.split_once('}').ok_or_else(|| unknown(rest))?;
            match name {
                "now" => out.push_bind_param::<BigInt, _>(&self.now)?,
                name => place(name, &mut out)?,
            }
            text = rest;
        }
        out.push_sql(text);
        Ok(())
    }
}

fn unknown(name: &str) -> Error {
    Error::QueryBuilderError(format!("a statement has a place for {name}, which is no column of its rows").into())
}

impl QueryFragment<Pg> for EachRow<'_> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.fill(out, |name, out| {
            if name == "rows" {
                out.push_sql(" FROM ");
                return self.rows.walk_ast(out.reborrow());
            }
            out.push_sql("n.");
            out.push_sql(name);
            Ok(())
        })
    }
}

impl QueryFragment<Sqlite> for EachRow<'_> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.fill(out, |name, out| match self.rows.columns.iter().find(|(column, _)| *column == name) {
            Some((_, column)) => column.bind(self.row, out),
            None if name == "rows" => Ok(()),
            None => Err(unknown(name)),
        })
    }
}

#[cfg(test)]
mod tests {
    use diesel::Connection;
    use diesel::sql_types::{Integer, Text};

    use super::*;
    use crate::store::sql::raw::raw_query;
    use crate::store::sql::rows::{Column, column};

    raw_query! {
        Echo -> (BigInt, Text, BigInt) = "SELECT {number}, {word}, {now}{rows} WHERE {number} > 1";
        Unknown -> Integer = "SELECT {nothing}{rows}";
    }

    fn sql<'a, S: RawQuery>(rows: &'a Rows<'a>) -> (String, String) {
        let statement = || Each::<S>::of(EachRow { text: S::TEXT, rows, row: 0, now: 5 });
        (diesel::debug_query::<Sqlite, _>(&statement()).to_string(), diesel::debug_query::<Pg, _>(&statement()).to_string())
    }

    #[test]
    fn sqlite_binds_the_values_of_a_row_and_postgresql_reads_all_rows_at_once() {
        let pairs = [(1, "a"), (2, "b")];
        let columns = vec![
            ("number", Column::Numbers(column(&pairs, |pair| pair.0))),
            ("word", Column::Texts(column(&pairs, |pair| pair.1))),
        ];
        let rows = Rows::new(pairs.len(), columns);
        let (sqlite, postgres) = sql::<Echo>(&rows);
        assert_eq!(sqlite, "SELECT ?, ?, ? WHERE ? > 1 -- binds: [1, \"a\", 5, 1]");
        let text = "SELECT n.number, n.word, $1 FROM unnest($2, $3) AS n (number, word) WHERE n.number > 1";
        assert_eq!(postgres, format!("{text} -- binds: [5, [1, 2], [\"a\", \"b\"]]"));

        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let of = |row| Each::<Echo>::of(EachRow { text: Echo::TEXT, rows: &rows, row, now: 5 });
        assert_eq!(of(0).load::<(i64, String, i64)>(&mut conn).unwrap(), []);
        assert_eq!(of(1).load::<(i64, String, i64)>(&mut conn).unwrap(), [(2, "b".into(), 5)]);
        assert!(of(2).load::<(i64, String, i64)>(&mut conn).is_err(), "a row without values is no row of nulls");
    }

    #[test]
    fn a_place_that_is_no_column_is_an_error() {
        let rows = Rows::new(1, vec![("number", Column::Numbers(vec![1]))]);
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let unknown = Each::<Unknown>::of(EachRow { text: Unknown::TEXT, rows: &rows, row: 0, now: 5 });
        let error = unknown.load::<i32>(&mut conn).unwrap_err();
        assert!(error.to_string().contains("nothing"), "{error}");
    }
}
