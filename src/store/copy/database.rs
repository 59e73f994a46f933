//! One of the two databases of a copy, with the queries in its dialect.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::DateTime;
use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::catalog::{self, Table};
use super::rows::{self, Batch, Counted, quoted};
use super::{Copied, CopyError, HEADS};
use crate::config::Database;
use crate::random::Rng;
use crate::store::{Conn, StoreError, Tx, audit, migrate, postgres, sqlite};

/// A database, named by its command-line option.
pub(super) struct Side {
    name: &'static str,
    conn: Conn,
    /// Locks out daemons on the file.
    _lock: Option<sqlite::FileLock>,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// The names of the applied migrations.
const VERSIONS: &str = "SELECT CAST(version AS TEXT) AS value FROM __diesel_schema_migrations";

/// Other daemons and commands of ours.
const OTHERS: &str = "SELECT count(*) AS value FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'countersign' AND pid <> pg_backend_pid()";

/// A copy needs no timeouts. Set for the transaction only, since a pooler may reuse the connection.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";

impl Side {
    /// Opens the database exclusively. A source file `must_exist`.
    pub(super) fn open(name: &'static str, database: &Database, must_exist: bool) -> Result<Self, CopyError> {
        let wrong = |error| CopyError::Side(name, error);
        if let Some(path) = sqlite::path_of(&database.url) {
            if must_exist && !Path::new(path).exists() {
                return Err(CopyError::Missing(name));
            }
            // Opening creates a missing file; a lock needs the file.
            let conn = sqlite::open(path).map_err(wrong)?;
            return Ok(Self { name, conn, _lock: Some(sqlite::lock(path).map_err(wrong)?) });
        }
        postgres::check_url(&database.url).map_err(wrong)?;
        let mut side = Self { name, conn: postgres::open(database).map_err(wrong)?, _lock: None };
        match side.numbers(OTHERS)?.first() {
            Some(others) if *others > 0 => Err(CopyError::InUse(name, *others)),
            _ => Ok(side),
        }
    }

    fn wrong(&self, error: impl Into<StoreError>) -> CopyError {
        CopyError::Side(self.name, error.into())
    }

    fn run(&mut self, text: &str) -> Result<(), CopyError> {
        let done = match &mut self.conn {
            Conn::Sqlite(c) => c.batch_execute(text),
            Conn::Postgres(c) => c.batch_execute(text),
        };
        done.map_err(|error| self.wrong(error))
    }

    fn numbers(&mut self, text: &str) -> Result<Vec<i64>, CopyError> {
        let found: Result<Vec<Number>, _> = match &mut self.conn {
            Conn::Sqlite(c) => sql_query(text).load(c),
            Conn::Postgres(c) => sql_query(text).load(c),
        };
        Ok(found.map_err(|error| self.wrong(error))?.into_iter().map(|number| number.value).collect())
    }

    fn texts(&mut self, text: &str) -> Result<Vec<String>, CopyError> {
        let mut lines = Vec::new();
        self.each(text, |line| {
            lines.push(line);
            Ok(())
        })?;
        Ok(lines)
    }

    /// Streams the rows of a query one by one, because a table may be larger than the memory.
    fn each(&mut self, text: &str, mut take: impl FnMut(String) -> Result<(), CopyError>) -> Result<(), CopyError> {
        let wrong = |error: diesel::result::Error| CopyError::Side(self.name, error.into());
        let query = sql_query(text);
        match &mut self.conn {
            Conn::Sqlite(c) => {
                let lines = query.load_iter::<Line, DefaultLoadingMode>(c).map_err(wrong)?;
                lines.into_iter().try_for_each(|line| take(line.map_err(wrong)?.value))
            }
            Conn::Postgres(c) => {
                let lines = query.load_iter::<Line, PgRowByRowLoadingMode>(c).map_err(wrong)?;
                lines.into_iter().try_for_each(|line| take(line.map_err(wrong)?.value))
            }
        }
    }

    /// Refuses a schema on which this program would not run.
    pub(super) fn is_of_this_version(&mut self, advice: &'static str) -> Result<(), CopyError> {
        if self.tables()?.is_empty() {
            return Err(CopyError::Missing(self.name));
        }
        let pending = migrate::pending(&mut self.conn).map_err(|error| self.wrong(error))?;
        if pending.is_empty() { Ok(()) } else { Err(CopyError::Version(self.name, lacks(&pending), advice)) }
    }

    /// Creates the schema if there is none; returns whether it did. An older instance is left unchanged.
    pub(super) fn make_schema(&mut self) -> Result<bool, CopyError> {
        if !self.tables()?.is_empty() {
            self.is_of_this_version("name a database that nobody used yet")?;
            return Ok(false);
        }
        migrate::run(&mut self.conn).map_err(|error| self.wrong(error))?;
        Ok(true)
    }

    pub(super) fn versions(&mut self) -> Result<BTreeSet<String>, CopyError> {
        Ok(self.texts(VERSIONS)?.into_iter().collect())
    }

    pub(super) fn tables(&mut self) -> Result<Vec<Table>, CopyError> {
        let (columns, references) = match self.conn {
            Conn::Sqlite(_) => (catalog::SQLITE_COLUMNS, catalog::SQLITE_REFERENCES),
            Conn::Postgres(_) => (catalog::POSTGRES_COLUMNS, catalog::POSTGRES_REFERENCES),
        };
        catalog::tables(&self.texts(columns)?, &self.texts(references)?)
    }

    /// Begins a snapshot. SQLite blocks writes by commands until it ends.
    pub(super) fn begin_to_read(&mut self) -> Result<(), CopyError> {
        match self.conn {
            Conn::Sqlite(_) => self.run("BEGIN IMMEDIATE"),
            Conn::Postgres(_) => self.run(&format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {PATIENT}")),
        }
    }

    /// Begins to write, and locks out other writers.
    pub(super) fn begin_to_write(&mut self, tables: &[Table]) -> Result<(), CopyError> {
        let names: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
        match self.conn {
            Conn::Sqlite(_) => self.run("BEGIN IMMEDIATE"),
            Conn::Postgres(_) => self.run(&format!("BEGIN; {PATIENT}; LOCK TABLE {} IN EXCLUSIVE MODE", names.join(", "))),
        }
    }

    /// Commits on success and rolls back on failure.
    pub(super) fn end<T>(&mut self, result: Result<T, CopyError>) -> Result<T, CopyError> {
        match result {
            Ok(value) => {
                self.run("COMMIT")?;
                // PostgreSQL plans by its statistics. Without them it plans badly until it collects them by itself.
                if matches!(self.conn, Conn::Postgres(_)) {
                    let _ = self.run(&format!("BEGIN; {PATIENT}; ANALYZE; COMMIT"));
                }
                Ok(value)
            }
            Err(error) => {
                let _ = self.run("ROLLBACK");
                Err(error)
            }
        }
    }

    /// Refuses a database with more rows than migrations create.
    pub(super) fn is_empty(&mut self, tables: &[Table]) -> Result<(), CopyError> {
        for table in tables {
            let condition = match table.name.as_str() {
                HEADS => "seq <> 0",
                "meta" => "NOT (name = 'epoch' AND value = '1')",
                _ => "true",
            };
            let query =
                format!("SELECT count(*) AS value FROM (SELECT 1 FROM {} WHERE {condition} LIMIT 1) AS one", quoted(&table.name));
            if self.numbers(&query)? != [0] {
                return Err(CopyError::NotEmpty(self.name, table.name.clone()));
            }
        }
        Ok(())
    }

    pub(super) fn clear(&mut self, table: &Table) -> Result<(), CopyError> {
        self.run(&format!("DELETE FROM {}", quoted(&table.name)))
    }

    /// Sends a table's rows to `target` and returns their digest.
    pub(super) fn send(&mut self, table: &Table, target: &mut Side) -> Result<Copied, CopyError> {
        let (mut counted, mut batch) = (Counted::of(table), Batch::default());
        let insert = target.insert(table);
        let select = self.select(table);
        self.each(&select, |row| {
            let row = counted.take(&row)?;
            batch.add(&row).map_or(Ok(()), |batch| target.add(table, &insert, &batch))
        })?;
        if let Some(batch) = batch.rest() {
            target.add(table, &insert, &batch)?;
        }
        Ok(counted.end())
    }

    fn select(&self, table: &Table) -> String {
        match self.conn {
            Conn::Sqlite(_) => rows::sqlite_select(table),
            Conn::Postgres(_) => rows::postgres_select(table),
        }
    }

    fn insert(&self, table: &Table) -> String {
        match self.conn {
            Conn::Sqlite(_) => rows::sqlite_insert(table),
            Conn::Postgres(_) => rows::postgres_insert(table),
        }
    }

    fn add(&mut self, table: &Table, insert: &str, batch: &str) -> Result<(), CopyError> {
        let query = sql_query(insert).bind::<Text, _>(batch);
        let added = match &mut self.conn {
            Conn::Sqlite(c) => query.execute(c),
            Conn::Postgres(c) => query.execute(c),
        };
        added.map(drop).map_err(|error| CopyError::Refused(self.name, table.name.clone(), error.into()))
    }

    pub(super) fn digest(&mut self, table: &Table) -> Result<Copied, CopyError> {
        let mut counted = Counted::of(table);
        let select = self.select(table);
        self.each(&select, |row| counted.take(&row).map(drop))?;
        Ok(counted.end())
    }

    /// The highest id ever generated for this table; none if the database generates none.
    pub(super) fn highest_id(&mut self, table: &Table) -> Result<Option<i64>, CopyError> {
        let [key] = table.key.as_slice() else { return Ok(None) };
        let name = table.name.replace('\'', "''");
        let counter = match self.conn {
            Conn::Sqlite(_) => format!("SELECT seq AS value FROM sqlite_sequence WHERE name = '{name}'"),
            Conn::Postgres(_) => format!(
                "SELECT pg_sequence_last_value(s)::bigint AS value FROM {} WHERE s IS NOT NULL \
                AND pg_sequence_last_value(s) IS NOT NULL",
                sequence(table, key)
            ),
        };
        Ok(self.numbers(&counter)?.first().copied().filter(|highest| *highest > 0))
    }

    /// Makes the next id higher than this one and all existing ones.
    pub(super) fn count_from(&mut self, table: &Table, highest: Option<i64>) -> Result<(), CopyError> {
        let [key] = table.key.as_slice() else { return Ok(()) };
        let Some(highest) = highest else { return Ok(()) };
        let (name, from) = (table.name.replace('\'', "''"), quoted(&table.name));
        match self.conn {
            Conn::Sqlite(_) => self.run(&format!(
                "DELETE FROM sqlite_sequence WHERE name = '{name}'; INSERT INTO sqlite_sequence (name, seq) \
                 SELECT '{name}', max({highest}, coalesce((SELECT max({}) FROM {from}), 0)) FROM sqlite_master \
                 WHERE type = 'table' AND name = '{name}' AND upper(sql) LIKE '%AUTOINCREMENT%'",
                quoted(key)
            )),
            Conn::Postgres(_) => self.run(&format!(
                "SELECT setval(s, greatest({highest}, (SELECT max({}) FROM {from}))) FROM {} WHERE s IS NOT NULL",
                quoted(key),
                sequence(table, key)
            )),
        }
    }

    /// Refuses an audit with a changed row or a truncated chain.
    pub(super) fn audit_holds(&mut self) -> Result<(), CopyError> {
        let (name, rng) = (self.name, Rng::default());
        let verified = audit::verify(&mut Tx::over(&mut self.conn, DateTime::UNIX_EPOCH, &rng));
        let verified = verified.map_err(|error| CopyError::Side(name, error))?;
        verified.map(drop).map_err(|broken| CopyError::Audit(name, broken))
    }
}

/// The sequence of this column on PostgreSQL, as a table of one row.
fn sequence(table: &Table, key: &str) -> String {
    let text = |name: &str| name.replace('\'', "''");
    format!("(SELECT pg_get_serial_sequence('{}', '{}')::regclass AS s) AS sequences", text(&quoted(&table.name)), text(key))
}

fn lacks(pending: &[String]) -> String {
    format!("it lacks {}", pending.join(", "))
}
