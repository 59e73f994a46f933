//! Reads the database with a connection of its own, without the store.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{Connection, QueryResult, RunQueryDsl, SqliteConnection};

const REQUESTS: &str = "SELECT state, id, NULL, NULL FROM requests ORDER BY id";
const GRANTS: &str = "SELECT CASE WHEN revoked_at IS NULL THEN level ELSE 'revoked' END, id, request_id, parent_id \
    FROM grants ORDER BY id";
const LETTERS: &str = "SELECT kind || ' ' || state, request_id, generation, NULL FROM outbox WHERE request_id IS NOT NULL";
const AUDITED: &str = "SELECT event, NULL, NULL, NULL FROM audit WHERE chain = 0 AND seq > ";
const COUNTS: &str = "SELECT '', (SELECT max(seq) FROM audit WHERE chain = 0), (SELECT count(*) FROM requests), NULL";

/// Deletes the rows of a history, except the audit. The conditions keep SQLite from clearing pages of empty tables.
const SWEEP: [&str; 10] = [
    "BEGIN IMMEDIATE",
    "DELETE FROM outbox WHERE TRUE",
    "DELETE FROM tokens WHERE TRUE",
    "DELETE FROM grants WHERE TRUE",
    "DELETE FROM request_items WHERE TRUE",
    "DELETE FROM requests WHERE TRUE",
    "DELETE FROM idempotency_keys WHERE TRUE",
    "DELETE FROM cooldowns WHERE TRUE",
    "DELETE FROM blocks WHERE TRUE",
    "COMMIT",
];

/// A text and some numbers.
type Row = (String, Option<i64>, Option<i64>, Option<i64>);

/// A statement that stays prepared, unlike diesel's `sql_query`, with an optional number as its last parameter.
struct Kept(&'static str, Option<i64>);

impl QueryId for Kept {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Kept {
    type SqlType = (Text, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>);
}

impl QueryFragment<Sqlite> for Kept {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.0);
        self.1.as_ref().map_or(Ok(()), |number| out.push_bind_param::<BigInt, _>(number))
    }
}

impl<C> RunQueryDsl<C> for Kept {}

pub(crate) struct Side(SqliteConnection);

impl Side {
    pub(crate) fn open(name: &str) -> Self {
        let mut side = SqliteConnection::establish(name).unwrap();
        side.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
        Self(side)
    }

    fn rows(&mut self, text: &'static str) -> Vec<Row> {
        Kept(text, None).load(&mut self.0).unwrap()
    }

    /// Empties the tables of a history.
    pub(crate) fn sweep(&mut self) {
        for text in SWEEP {
            Kept(text, None).execute(&mut self.0).unwrap();
        }
    }

    /// Each request, by id, with its state.
    pub(crate) fn requests(&mut self) -> Vec<(i64, String)> {
        self.rows(REQUESTS).into_iter().map(|(state, id, ..)| (id.unwrap(), state)).collect()
    }

    /// Each grant, by id: its terms, its request and its parent.
    pub(crate) fn grants(&mut self) -> Vec<(i64, String, Option<i64>, Option<i64>)> {
        self.rows(GRANTS).into_iter().map(|(level, id, request, parent)| (id.unwrap(), level, request, parent)).collect()
    }

    /// Each email about a request, in order: the request, its kind, its generation and its state.
    pub(crate) fn emails(&mut self) -> Vec<(i64, String, i64, String)> {
        let email = |(words, request, generation, _): Row| {
            let (kind, state) = words.split_once(' ').unwrap();
            (request.unwrap(), kind.to_owned(), generation.unwrap(), state.to_owned())
        };
        let mut emails: Vec<_> = self.rows(LETTERS).into_iter().map(email).collect();
        emails.sort();
        emails
    }

    /// The audit rows after this one: each event and how often.
    pub(crate) fn audited(&mut self, since: i64) -> Vec<(String, usize)> {
        let rows: Vec<Row> = Kept(AUDITED, Some(since)).load(&mut self.0).unwrap();
        let mut times = BTreeMap::new();
        for (event, ..) in rows {
            *times.entry(event).or_default() += 1;
        }
        times.into_iter().collect()
    }

    /// The last row of the audit, and the number of requests.
    pub(crate) fn counts(&mut self) -> (i64, i64) {
        let row = self.rows(COUNTS).remove(0);
        (row.1.unwrap(), row.2.unwrap())
    }
}
