//! One statement of several parts, each of which writes rows of one table: what a batch does is on its way to PostgreSQL once,
//! whatever it touches.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};

use crate::store::StoreError;

/// What a part is given: a column of its rows, or one value for all of them.
pub(in crate::store) enum Value<'a> {
    Number(i64),
    Small(i32),
    Bytes(&'a [u8]),
    Numbers(Vec<i64>),
    MaybeNumbers(Vec<Option<i64>>),
    Smalls(Vec<i32>),
    Texts(Vec<&'a str>),
    MaybeTexts(Vec<Option<&'a str>>),
    Flags(Vec<bool>),
    Blobs(Vec<&'a [u8]>),
}

/// One part: its name, its text with a `?` for each value and the values in that order, and how many rows it must write.
pub(in crate::store) struct Part<'a> {
    pub(in crate::store) name: &'static str,
    pub(in crate::store) text: &'static str,
    pub(in crate::store) values: Vec<Value<'a>>,
    pub(in crate::store) rows: usize,
}

/// Parts of one statement. It answers with how many rows each of them wrote, and is prepared once for each set of parts.
pub(in crate::store) struct Parts<'a>(Vec<Part<'a>>);

impl<'a> Parts<'a> {
    /// Those that have anything to write.
    pub(in crate::store) fn of(parts: impl IntoIterator<Item = Part<'a>>) -> Self {
        Self(parts.into_iter().filter(|part| part.rows > 0).collect())
    }

    /// Writes them. A row that is not there to be written asks for another try.
    pub(in crate::store) fn write(self, conn: &mut PgConnection) -> Result<(), StoreError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let wanted: Vec<i64> = self.0.iter().map(|part| i64::try_from(part.rows).unwrap_or(i64::MAX)).collect();
        let written: Vec<i64> = self.get_result(conn)?;
        if written == wanted {
            return Ok(());
        }
        Err(StoreError::Conflict("what was read for several at once has changed".into()))
    }
}

impl Value<'_> {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Value::Number(value) => out.push_bind_param::<BigInt, _>(value),
            Value::Small(value) => out.push_bind_param::<Integer, _>(value),
            Value::Bytes(value) => out.push_bind_param::<Binary, _>(value),
            Value::Numbers(values) => out.push_bind_param::<Array<BigInt>, _>(values),
            Value::MaybeNumbers(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values),
            Value::Smalls(values) => out.push_bind_param::<Array<Integer>, _>(values),
            Value::Texts(values) => out.push_bind_param::<Array<Text>, _>(values),
            Value::MaybeTexts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values),
            Value::Flags(values) => out.push_bind_param::<Array<Bool>, _>(values),
            Value::Blobs(values) => out.push_bind_param::<Array<Binary>, _>(values),
        }
    }
}

impl QueryFragment<Pg> for Part<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut values = self.values.iter();
        for (place, words) in self.text.split('?').enumerate() {
            if place > 0
                && let Some(value) = values.next()
            {
                value.bind(&mut out)?;
            }
            out.push_sql(words);
        }
        Ok(())
    }
}

impl QueryFragment<Pg> for Parts<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (place, part) in self.0.iter().enumerate() {
            out.push_sql(if place == 0 { "WITH " } else { ", " });
            out.push_sql(part.name);
            out.push_sql(" AS (");
            part.walk_ast(out.reborrow())?;
            out.push_sql(" RETURNING 1)");
        }
        for (place, part) in self.0.iter().enumerate() {
            out.push_sql(if place == 0 { " SELECT ARRAY[(" } else { "), (" });
            out.push_sql("SELECT count(*) FROM ");
            out.push_sql(part.name);
        }
        out.push_sql(")]");
        Ok(())
    }
}

impl Query for Parts<'_> {
    type SqlType = Array<BigInt>;
}

/// Each set of parts is a statement of its own, which diesel keeps by its text.
impl QueryId for Parts<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for Parts<'_> {}
