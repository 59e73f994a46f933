//! INSERTs of many rows, described once for both databases. PostgreSQL gets the rows of all tables in one statement, because
//! each statement is a round trip. SQLite gets one prepared statement for each row, because a statement is cheap there.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;

use crate::store::sql::raw::{RawQuery, Statement, raw_query};
use crate::store::{Conn, StoreError, Tx};

/// The values of a column, one for each row, or SQL that is the same for all rows.
pub(in crate::store) enum Column<'a> {
    Sql(&'static str),
    Numbers(Vec<i64>),
    MaybeNumbers(Vec<Option<i64>>),
    Integers(Vec<i32>),
    Texts(Vec<&'a str>),
    MaybeTexts(Vec<Option<&'a str>>),
    Flags(Vec<bool>),
    Blobs(Vec<&'a [u8]>),
}

/// Rows for a table.
pub(in crate::store) struct Insert<'a> {
    table: &'static str,
    columns: Vec<(&'static str, Column<'a>)>,
    rows: usize,
    /// An `ON CONFLICT` clause, or empty.
    on_conflict: &'static str,
}

impl<'a> Insert<'a> {
    /// An INSERT of `rows` rows. Each column must have as many values.
    pub(in crate::store) fn new(table: &'static str, rows: usize, columns: Vec<(&'static str, Column<'a>)>) -> Self {
        Self { table, columns, rows, on_conflict: "" }
    }

    /// The same with an `ON CONFLICT` clause.
    pub(in crate::store) fn on_conflict(self, clause: &'static str) -> Self {
        Self { on_conflict: clause, ..self }
    }

    /// The same with ids from [`reserve_ids`].
    pub(in crate::store) fn with_ids(mut self, ids: Vec<i64>) -> Self {
        self.columns.insert(0, ("id", Column::Numbers(ids)));
        self
    }

    fn start<DB: Backend>(&self, out: &mut AstPass<'_, '_, DB>) {
        out.push_sql("INSERT INTO ");
        out.push_sql(self.table);
        for (place, (name, _)) in self.columns.iter().enumerate() {
            out.push_sql(if place == 0 { " (" } else { ", " });
            out.push_sql(name);
        }
    }
}

/// Collects one column of the rows.
pub(in crate::store) fn column<'a, R, T>(rows: &'a [R], of: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// Writes the rows; returns the number of written rows for each table.
pub(in crate::store) fn insert(tx: &mut Tx<'_>, inserts: Vec<Insert<'_>>) -> Result<Vec<usize>, StoreError> {
    if inserts.iter().any(|insert| insert.table == "outbox" && insert.rows > 0) {
        tx.note_email();
    }
    match tx.conn() {
        Conn::Sqlite(conn) => {
            let mut written = Vec::with_capacity(inserts.len());
            for insert in &inserts {
                let mut rows = 0;
                for row in 0..insert.rows {
                    rows += Row { insert, row }.execute(conn)?;
                }
                written.push(rows);
            }
            Ok(written)
        }
        Conn::Postgres(conn) => {
            let is_filled: Vec<bool> = inserts.iter().map(|insert| insert.rows > 0).collect();
            let statement = Together(inserts.into_iter().filter(|insert| insert.rows > 0).collect());
            let counts: Vec<i64> = if statement.0.is_empty() { Vec::new() } else { statement.get_result(conn)? };
            let mut counts = counts.into_iter().map(|count| usize::try_from(count).unwrap_or_default());
            Ok(is_filled.into_iter().map(|is_filled| if is_filled { counts.next().unwrap_or_default() } else { 0 }).collect())
        }
    }
}

/// Reserves ids for rows of a table.
pub(in crate::store) fn reserve_ids(tx: &mut Tx<'_>, table: &str, count: usize) -> Result<Vec<i64>, StoreError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    match tx.conn() {
        Conn::Sqlite(conn) => {
            // SQLite has one writer and continues from the highest id ever used.
            let query = sql_query(Last::TEXT).bind::<Text, _>(table);
            let last: i64 = Statement::<Last, _>::of(query).get_result(conn).optional()?.unwrap_or_default();
            Ok((last + 1..=last + count).collect())
        }
        Conn::Postgres(conn) => {
            let query = sql_query(Next::TEXT).bind::<Text, _>(table).bind::<BigInt, _>(count);
            Ok(Statement::<Next, _>::of(query).load(conn)?)
        }
    }
}

/// As [`reserve_ids`], for one row.
pub(in crate::store) fn reserve_id(tx: &mut Tx<'_>, table: &str) -> Result<i64, StoreError> {
    let none = || StoreError::Query(format!("{table} gave no id"));
    reserve_ids(tx, table, 1)?.first().copied().ok_or_else(none)
}

raw_query! {
    Last -> BigInt = "SELECT seq FROM sqlite_sequence WHERE name = $1";
    Next -> BigInt = "SELECT nextval(pg_get_serial_sequence($1, 'id')) FROM generate_series(1, $2)";
}

/// A row of an insert, for SQLite.
struct Row<'a> {
    insert: &'a Insert<'a>,
    row: usize,
}

impl QueryFragment<Sqlite> for Row<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.insert.start(&mut out);
        for (place, (_, column)) in self.insert.columns.iter().enumerate() {
            out.push_sql(if place == 0 { ") VALUES (" } else { ", " });
            // With too few values, the statement is malformed and SQLite refuses it.
            match column {
                Column::Sql(text) => out.push_sql(text),
                Column::Numbers(values) => bind::<BigInt, _>(&mut out, values.get(self.row))?,
                Column::MaybeNumbers(values) => bind::<Nullable<BigInt>, _>(&mut out, values.get(self.row))?,
                Column::Integers(values) => bind::<Integer, _>(&mut out, values.get(self.row))?,
                Column::Texts(values) => bind::<Text, _>(&mut out, values.get(self.row))?,
                Column::MaybeTexts(values) => bind::<Nullable<Text>, _>(&mut out, values.get(self.row))?,
                Column::Flags(values) => bind::<Bool, _>(&mut out, values.get(self.row))?,
                Column::Blobs(values) => bind::<Binary, _>(&mut out, values.get(self.row))?,
            }
        }
        out.push_sql(") ");
        out.push_sql(self.insert.on_conflict);
        Ok(())
    }
}

fn bind<'b, ST, T>(out: &mut AstPass<'_, 'b, Sqlite>, value: Option<&'b T>) -> QueryResult<()>
where
    Sqlite: diesel::sql_types::HasSqlType<ST>,
    T: diesel::serialize::ToSql<ST, Sqlite>,
{
    value.map_or(Ok(()), |value| out.push_bind_param::<ST, T>(value))
}

/// An INSERT into several tables in one statement, for PostgreSQL.
struct Together<'a>(Vec<Insert<'a>>);

impl QueryFragment<Pg> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.start(&mut out);
        for (place, (name, column)) in self.columns.iter().enumerate() {
            out.push_sql(if place == 0 { ") SELECT " } else { ", " });
            out.push_sql(if let Column::Sql(text) = column { text } else { name });
        }
        let mut is_first = true;
        for (_, column) in &self.columns {
            if matches!(column, Column::Sql(_)) {
                continue;
            }
            out.push_sql(if is_first { " FROM unnest(" } else { ", " });
            is_first = false;
            match column {
                Column::Sql(_) => {}
                Column::Numbers(values) => out.push_bind_param::<Array<BigInt>, _>(values)?,
                Column::MaybeNumbers(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?,
                Column::Integers(values) => out.push_bind_param::<Array<Integer>, _>(values)?,
                Column::Texts(values) => out.push_bind_param::<Array<Text>, _>(values)?,
                Column::MaybeTexts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values)?,
                Column::Flags(values) => out.push_bind_param::<Array<Bool>, _>(values)?,
                Column::Blobs(values) => out.push_bind_param::<Array<Binary>, _>(values)?,
            }
        }
        let mut is_first = true;
        for (name, column) in &self.columns {
            if !matches!(column, Column::Sql(_)) {
                out.push_sql(if is_first { ") AS n (" } else { ", " });
                out.push_sql(name);
                is_first = false;
            }
        }
        out.push_sql(") ");
        out.push_sql(self.on_conflict);
        Ok(())
    }
}

impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (place, insert) in self.0.iter().enumerate() {
            out.push_sql(if place == 0 { "WITH in_" } else { ", in_" });
            out.push_sql(insert.table);
            out.push_sql(" AS (");
            insert.walk_ast(out.reborrow())?;
            out.push_sql(" RETURNING 1)");
        }
        for (place, insert) in self.0.iter().enumerate() {
            out.push_sql(if place == 0 { " SELECT ARRAY[(" } else { "), (" });
            out.push_sql("SELECT count(*) FROM in_");
            out.push_sql(insert.table);
        }
        out.push_sql(")]");
        Ok(())
    }
}

impl Query for Together<'_> {
    type SqlType = Array<BigInt>;
}

/// Each set of tables is a statement of its own, cached by its text.
impl QueryId for Together<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryId for Row<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for Together<'_> {}
impl RunQueryDsl<SqliteConnection> for Row<'_> {}
