//! INSERTs of many rows, described once for both databases. PostgreSQL gets the rows of all tables in one statement, because
//! each statement is a round trip. SQLite gets one prepared statement for each row, because a statement is cheap there.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;

use super::rows::{Column, Rows};
use crate::store::sql::raw::{RawQuery, Statement, raw_query};
use crate::store::{StoreError, Tx, each};

/// Rows for a table.
pub(in crate::store) struct Insert<'a> {
    table: &'static str,
    rows: Rows<'a>,
    /// The columns with the same SQL in all rows.
    constants: &'static [(&'static str, &'static str)],
    /// An `ON CONFLICT` clause, or empty.
    on_conflict: &'static str,
}

impl<'a> Insert<'a> {
    /// An INSERT of `count` rows. Each column must have as many values.
    pub(in crate::store) fn new(table: &'static str, count: usize, columns: Vec<(&'static str, Column<'a>)>) -> Self {
        Self { table, rows: Rows::new(count, columns), constants: &[], on_conflict: "" }
    }

    /// The same with columns that have the same SQL in all rows.
    pub(in crate::store) fn constants(self, constants: &'static [(&'static str, &'static str)]) -> Self {
        Self { constants, ..self }
    }

    /// The same with an `ON CONFLICT` clause.
    pub(in crate::store) fn on_conflict(self, clause: &'static str) -> Self {
        Self { on_conflict: clause, ..self }
    }

    /// The same with ids from [`reserve_ids`].
    pub(in crate::store) fn with_ids(mut self, ids: Vec<i64>) -> Self {
        self.rows.columns.insert(0, ("id", Column::Numbers(ids)));
        self
    }

    /// The statement up to the values, with all constants.
    fn start<DB: Backend>(&self, out: &mut AstPass<'_, '_, DB>, values: &str) {
        out.push_sql("INSERT INTO ");
        out.push_sql(self.table);
        out.push_sql(" (");
        let names = self.constants.iter().map(|(name, _)| *name).chain(self.rows.columns.iter().map(|(name, _)| *name));
        list(out, names);
        out.push_sql(values);
        list(out, self.constants.iter().map(|(_, text)| *text));
    }
}

fn list<DB: Backend>(out: &mut AstPass<'_, '_, DB>, texts: impl Iterator<Item = &'static str>) {
    for (place, text) in texts.enumerate() {
        if place > 0 {
            out.push_sql(", ");
        }
        out.push_sql(text);
    }
}

/// Writes the rows; returns the number of written rows for each table.
pub(in crate::store) fn insert(tx: &mut Tx<'_>, inserts: Vec<Insert<'_>>) -> Result<Vec<usize>, StoreError> {
    if inserts.iter().any(|insert| insert.table == "outbox" && insert.rows.count > 0) {
        tx.note_email();
    }
    Ok(each!(tx, |c| c.insert_all(inserts)?))
}

/// Reserves ids for rows of a table.
pub(in crate::store) fn reserve_ids(tx: &mut Tx<'_>, table: &str, count: usize) -> Result<Vec<i64>, StoreError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Ok(each!(tx, |c| c.reserve(table, count)?))
}

/// As [`reserve_ids`], for one row.
pub(in crate::store) fn reserve_id(tx: &mut Tx<'_>, table: &str) -> Result<i64, StoreError> {
    let none = || StoreError::Query(format!("{table} gave no id"));
    reserve_ids(tx, table, 1)?.first().copied().ok_or_else(none)
}

/// How a database adds rows.
trait AddRows {
    fn insert_all(&mut self, inserts: Vec<Insert<'_>>) -> QueryResult<Vec<usize>>;
    fn reserve(&mut self, table: &str, count: i64) -> QueryResult<Vec<i64>>;
}

impl AddRows for SqliteConnection {
    fn insert_all(&mut self, inserts: Vec<Insert<'_>>) -> QueryResult<Vec<usize>> {
        let one = |insert: &Insert<'_>| (0..insert.rows.count).map(|row| Row { insert, row }.execute(self)).sum();
        inserts.iter().map(one).collect()
    }

    /// There is one writer, who continues from the highest id ever used.
    fn reserve(&mut self, table: &str, count: i64) -> QueryResult<Vec<i64>> {
        let query = sql_query(Last::TEXT).bind::<Text, _>(table);
        let last: i64 = Statement::<Last, _>::of(query).get_result(self).optional()?.unwrap_or_default();
        Ok((last + 1..=last + count).collect())
    }
}

impl AddRows for PgConnection {
    fn insert_all(&mut self, inserts: Vec<Insert<'_>>) -> QueryResult<Vec<usize>> {
        let is_filled: Vec<bool> = inserts.iter().map(|insert| insert.rows.count > 0).collect();
        let statement = Together(inserts.into_iter().filter(|insert| insert.rows.count > 0).collect());
        let counts: Vec<i64> = if statement.0.is_empty() { Vec::new() } else { statement.get_result(self)? };
        let mut counts = counts.into_iter().map(|count| usize::try_from(count).unwrap_or_default());
        Ok(is_filled.into_iter().map(|is_filled| if is_filled { counts.next().unwrap_or_default() } else { 0 }).collect())
    }

    fn reserve(&mut self, table: &str, count: i64) -> QueryResult<Vec<i64>> {
        let query = sql_query(Next::TEXT).bind::<Text, _>(table).bind::<BigInt, _>(count);
        Statement::<Next, _>::of(query).load(self)
    }
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
        self.insert.start(&mut out, ") VALUES (");
        for (place, (_, column)) in self.insert.rows.columns.iter().enumerate() {
            if place + self.insert.constants.len() > 0 {
                out.push_sql(", ");
            }
            column.bind(self.row, &mut out)?;
        }
        out.push_sql(") ");
        out.push_sql(self.insert.on_conflict);
        Ok(())
    }
}

/// An INSERT into several tables in one statement, for PostgreSQL.
struct Together<'a>(Vec<Insert<'a>>);

impl QueryFragment<Pg> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.start(&mut out, ") SELECT ");
        if !self.constants.is_empty() {
            out.push_sql(", ");
        }
        list(&mut out, self.rows.columns.iter().map(|(name, _)| *name));
        out.push_sql(" FROM ");
        self.rows.walk_ast(out.reborrow())?;
        out.push_sql(" ");
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
