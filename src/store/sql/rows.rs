//! Statements over lists of rows, with one text for both databases. The text is the same for any number of rows, so one statement
//! stays prepared. PostgreSQL gets an array for each column, SQLite all rows as one JSON text.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::pg::sql_types::Array;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::{Error, QueryResult};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, Bool, HasSqlType, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use serde_json::Value as Json;

use super::lock::Update;
use super::raw::{RawQuery, Statement};

/// The values of a column, one for each row.
#[derive(Debug)]
pub(in crate::store) enum Column<'a> {
    Numbers(Vec<i64>),
    MaybeNumbers(Vec<Option<i64>>),
    Integers(Vec<i32>),
    Texts(Vec<&'a str>),
    MaybeTexts(Vec<Option<&'a str>>),
    Flags(Vec<bool>),
    Blobs(Vec<&'a [u8]>),
}

/// Collects one column of the rows.
pub(in crate::store) fn column<'a, R, T>(rows: &'a [R], of: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// Rows by column: a table named `n` in a statement.
#[derive(Debug)]
pub(in crate::store) struct Rows<'a> {
    pub(super) columns: Vec<(&'static str, Column<'a>)>,
    pub(super) count: usize,
}

impl<'a> Rows<'a> {
    /// `count` rows. Each column must have as many values.
    pub(in crate::store) fn new(count: usize, columns: Vec<(&'static str, Column<'a>)>) -> Self {
        Self { columns, count }
    }
}

impl QueryFragment<Pg> for Rows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (place, (_, column)) in self.columns.iter().enumerate() {
            out.push_sql(if place == 0 { "unnest(" } else { ", " });
            match column {
                Column::Numbers(values) => out.push_bind_param::<Array<BigInt>, _>(values)?,
                Column::MaybeNumbers(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?,
                Column::Integers(values) => out.push_bind_param::<Array<Integer>, _>(values)?,
                Column::Texts(values) => out.push_bind_param::<Array<Text>, _>(values)?,
                Column::MaybeTexts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values)?,
                Column::Flags(values) => out.push_bind_param::<Array<Bool>, _>(values)?,
                Column::Blobs(values) => out.push_bind_param::<Array<Binary>, _>(values)?,
            }
        }
        for (place, (name, _)) in self.columns.iter().enumerate() {
            out.push_sql(if place == 0 { ") AS n (" } else { ", " });
            out.push_sql(name);
        }
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Rows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for (place, (name, column)) in self.columns.iter().enumerate() {
            out.push_sql(if place == 0 { "(SELECT " } else { ", " });
            let is_hex = matches!(column, Column::Blobs(_));
            out.push_sql(&if is_hex { format!("unhex(value ->> {place})") } else { format!("value ->> {place}") });
            out.push_sql(" AS ");
            out.push_sql(name);
        }
        out.push_sql(" FROM json_each(");
        out.push_bind_param::<Text, _>(self)?;
        out.push_sql(")) AS n");
        Ok(())
    }
}

impl ToSql<Text, Sqlite> for Rows<'_> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let row = |row| self.columns.iter().map(|(_, column)| column.json(row)).collect::<Json>();
        out.set_value((0..self.count).map(row).collect::<Json>().to_string());
        Ok(IsNull::No)
    }
}

impl Column<'_> {
    /// Binds the value of a row. Without a value the statement is malformed and SQLite refuses it.
    pub(super) fn bind<'b>(&'b self, row: usize, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        fn bind<'b, ST, T: ToSql<ST, Sqlite>>(out: &mut AstPass<'_, 'b, Sqlite>, value: Option<&'b T>) -> QueryResult<()>
        where
            Sqlite: HasSqlType<ST>,
        {
            value.map_or(Ok(()), |value| out.push_bind_param::<ST, T>(value))
        }
        match self {
            Self::Numbers(values) => bind::<BigInt, _>(out, values.get(row)),
            Self::MaybeNumbers(values) => bind::<Nullable<BigInt>, _>(out, values.get(row)),
            Self::Integers(values) => bind::<Integer, _>(out, values.get(row)),
            Self::Texts(values) => bind::<Text, _>(out, values.get(row)),
            Self::MaybeTexts(values) => bind::<Nullable<Text>, _>(out, values.get(row)),
            Self::Flags(values) => bind::<Bool, _>(out, values.get(row)),
            Self::Blobs(values) => bind::<Binary, _>(out, values.get(row)),
        }
    }

    fn json(&self, row: usize) -> Json {
        match self {
            Self::Numbers(values) => values.get(row).copied().into(),
            Self::MaybeNumbers(values) => values.get(row).copied().flatten().into(),
            Self::Integers(values) => values.get(row).copied().into(),
            Self::Texts(values) => values.get(row).copied().into(),
            Self::MaybeTexts(values) => values.get(row).copied().flatten().into(),
            Self::Flags(values) => values.get(row).copied().into(),
            Self::Blobs(values) => values.get(row).map(|bytes| hex(bytes)).into(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A part of a statement that stands at a `{}` of its text.
pub(in crate::store) enum Part<'a> {
    Number(i64),
    Rows(Rows<'a>),
    /// Locks the rows that were read.
    Lock,
}

/// A text with its parts.
pub(in crate::store) struct Filled<'a> {
    text: &'static str,
    parts: Vec<Part<'a>>,
}

impl<'a, S: RawQuery> Statement<S, Filled<'a>> {
    /// The statement `S` with these parts, in the order of the text.
    pub(in crate::store) fn over(parts: Vec<Part<'a>>) -> Self {
        Self::of(Filled { text: S::TEXT, parts })
    }
}

impl<'a, DB> QueryFragment<DB> for Filled<'a>
where
    DB: Backend + HasSqlType<BigInt>,
    i64: ToSql<BigInt, DB>,
    Rows<'a>: QueryFragment<DB>,
    Update: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut parts = self.parts.iter();
        for (place, text) in self.text.split("{}").enumerate() {
            if place > 0 {
                match parts.next() {
                    Some(Part::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                    Some(Part::Rows(rows)) => rows.walk_ast(out.reborrow())?,
                    Some(Part::Lock) => Update.walk_ast(out.reborrow())?,
                    None => return Err(Error::QueryBuilderError("a statement has more places than parts".into())),
                }
            }
            out.push_sql(text);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::InstrumentationEvent;
    use diesel::{Connection, RunQueryDsl, SqliteConnection};

    use super::*;
    use crate::store::sql::raw::raw_query;

    type Types = (BigInt, Nullable<BigInt>, Integer, Text, Nullable<Text>, Bool, Binary);
    type Row = (i64, Option<i64>, i32, String, Option<String>, bool, Vec<u8>);

    raw_query! {
        Echo -> Types =
            "SELECT n.number, n.maybe, n.small, n.word, n.name, n.is_on, n.bytes FROM {} WHERE n.number <> {} ORDER BY n.number";
    }

    #[test]
    fn rows_of_any_number_and_value_are_one_statement() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let prepared = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let count = std::sync::Arc::clone(&prepared);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CacheQuery { .. } = event {
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        });
        let rows: [Row; 3] = [
            (i64::MIN, None, i32::MIN, "a\"\\\n\u{1}ü𝄞".into(), None, false, Vec::new()),
            (0, Some(7), 0, String::new(), Some("'7'".into()), true, vec![0, 255]),
            (i64::MAX, Some(i64::MAX), i32::MAX, "7".into(), Some(String::new()), true, vec![1; 40]),
        ];
        for rows in [&rows[..], &rows[..1], &[]] {
            let columns = vec![
                ("number", Column::Numbers(column(rows, |row| row.0))),
                ("maybe", Column::MaybeNumbers(column(rows, |row| row.1))),
                ("small", Column::Integers(column(rows, |row| row.2))),
                ("word", Column::Texts(column(rows, |row| row.3.as_str()))),
                ("name", Column::MaybeTexts(column(rows, |row| row.4.as_deref()))),
                ("is_on", Column::Flags(column(rows, |row| row.5))),
                ("bytes", Column::Blobs(column(rows, |row| row.6.as_slice()))),
            ];
            let parts = vec![Part::Rows(Rows::new(rows.len(), columns)), Part::Number(5)];
            let found: Vec<Row> = Statement::<Echo, _>::over(parts).load(&mut conn).unwrap();
            assert_eq!(found, rows);
        }
        assert_eq!(prepared.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}
