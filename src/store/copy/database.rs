//! One of the two databases of a copy, and the counting of its rows, each a JSON array.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::DateTime;
use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::catalog::{self, Table};
use super::dialect::{self, Dialect, quoted};
use super::{Copied, CopyError, HEADS};
use crate::config::Database;
use crate::random::Rng;
use crate::secret::hex;
use crate::store::{Conn, StoreError, Tx, audit, each, migrate, postgres, sqlite};

/// A database, named by its command-line option.
pub(super) struct Side {
    name: &'static str,
    conn: Conn,
    dialect: &'static Dialect,
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

impl Side {
    /// Opens the database exclusively. A source file `must_exist`.
    pub(super) fn open(name: &'static str, database: &Database, must_exist: bool) -> Result<Self, CopyError> {
        let wrong = |error| CopyError::Side(name, error);
        let mut side = if let Some(path) = sqlite::path_of(&database.url) {
            if must_exist && !Path::new(path).exists() {
                return Err(CopyError::Missing(name));
            }
            // Opening creates a missing file; a lock needs the file.
            let conn = sqlite::open(path).map_err(wrong)?.into();
            Self { name, conn, dialect: &dialect::SQLITE, _lock: Some(sqlite::lock(path).map_err(wrong)?) }
        } else {
            postgres::check_url(&database.url).map_err(wrong)?;
            let conn = postgres::open(database).map_err(wrong)?;
            Self { name, conn, dialect: &dialect::POSTGRES, _lock: None }
        };
        match side.numbers(side.dialect.others)?.first() {
            Some(others) if *others > 0 => Err(CopyError::InUse(name, *others)),
            _ => Ok(side),
        }
    }

    fn wrong(&self, error: impl Into<StoreError>) -> CopyError {
        CopyError::Side(self.name, error.into())
    }

    fn run(&mut self, text: &str) -> Result<(), CopyError> {
        each!(self.conn, |c| c.batch_execute(text)).map_err(|error| self.wrong(error))
    }

    fn numbers(&mut self, text: &str) -> Result<Vec<i64>, CopyError> {
        let found: Result<Vec<Number>, _> = each!(self.conn, |c| sql_query(text).load(c));
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
        catalog::tables(&self.texts(self.dialect.columns)?, &self.texts(self.dialect.references)?)
    }

    pub(super) fn begin_to_read(&mut self) -> Result<(), CopyError> {
        self.run(self.dialect.begin_to_read)
    }

    /// Begins to write, and locks out other writers.
    pub(super) fn begin_to_write(&mut self, tables: &[Table]) -> Result<(), CopyError> {
        self.run(&(self.dialect.begin_to_write)(tables))
    }

    /// Commits on success and rolls back on failure.
    pub(super) fn end<T>(&mut self, result: Result<T, CopyError>) -> Result<T, CopyError> {
        match result {
            Ok(value) => {
                self.run("COMMIT")?;
                let _ = self.run(self.dialect.after);
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
        let insert = (target.dialect.insert)(table);
        let select = (self.dialect.select)(table);
        self.each(&select, |row| {
            let row = counted.take(&row)?;
            batch.add(&row).map_or(Ok(()), |batch| target.add(table, &insert, &batch))
        })?;
        if let Some(batch) = batch.rest() {
            target.add(table, &insert, &batch)?;
        }
        Ok(counted.end())
    }

    fn add(&mut self, table: &Table, insert: &str, batch: &str) -> Result<(), CopyError> {
        let query = sql_query(insert).bind::<Text, _>(batch);
        let added = each!(self.conn, |c| query.execute(c));
        added.map(drop).map_err(|error| CopyError::Refused(self.name, table.name.clone(), error.into()))
    }

    pub(super) fn digest(&mut self, table: &Table) -> Result<Copied, CopyError> {
        let mut counted = Counted::of(table);
        let select = (self.dialect.select)(table);
        self.each(&select, |row| counted.take(&row).map(drop))?;
        Ok(counted.end())
    }

    /// The highest id ever generated for this table; none if the database generates none.
    pub(super) fn highest_id(&mut self, table: &Table) -> Result<Option<i64>, CopyError> {
        let [key] = table.key.as_slice() else { return Ok(None) };
        let counter = (self.dialect.highest_id)(table, key);
        Ok(self.numbers(&counter)?.first().copied().filter(|highest| *highest > 0))
    }

    /// Makes the next id higher than this one and all existing ones.
    pub(super) fn count_from(&mut self, table: &Table, highest: Option<i64>) -> Result<(), CopyError> {
        let [key] = table.key.as_slice() else { return Ok(()) };
        let Some(highest) = highest else { return Ok(()) };
        self.run(&(self.dialect.count_from)(table, key, highest))
    }

    /// Refuses an audit with a changed row or a truncated chain.
    pub(super) fn audit_holds(&mut self) -> Result<(), CopyError> {
        let (name, rng) = (self.name, Rng::default());
        let verified = audit::verify(&mut Tx::over(&mut self.conn, DateTime::UNIX_EPOCH, &rng));
        let verified = verified.map_err(|error| CopyError::Side(name, error))?;
        verified.map(drop).map_err(|broken| CopyError::Audit(name, broken))
    }
}

fn lacks(pending: &[String]) -> String {
    format!("it lacks {}", pending.join(", "))
}

/// The limit of rows in one statement.
const ROWS: usize = 1_000;
const BYTES: usize = 256 << 10;

/// Counts and hashes rows in a normal form that is the same for both databases.
pub(super) struct Counted<'a> {
    table: &'a Table,
    rows: u64,
    hash: Sha256,
}

impl<'a> Counted<'a> {
    pub(super) fn of(table: &'a Table) -> Self {
        Self { table, rows: 0, hash: Sha256::new() }
    }

    /// Adds a row and returns its normal form, because the databases differ in blanks and escapes.
    pub(super) fn take(&mut self, row: &str) -> Result<String, CopyError> {
        let spoiled = |error: serde_json::Error| CopyError::Row(self.table.name.clone(), error.to_string());
        let values: Vec<Value> = serde_json::from_str(row).map_err(spoiled)?;
        let row = serde_json::to_string(&values).map_err(spoiled)?;
        self.rows += 1;
        self.hash.update(row.as_bytes());
        self.hash.update(b"\n");
        Ok(row)
    }

    pub(super) fn end(self) -> Copied {
        Copied { table: self.table.name.clone(), rows: self.rows, sha256: hex(&self.hash.finalize()) }
    }
}

/// Collects rows until there are enough for one statement.
#[derive(Default)]
pub(super) struct Batch {
    text: String,
    rows: usize,
}

impl Batch {
    /// Adds a row; returns a JSON array of all rows once the batch is full.
    pub(super) fn add(&mut self, row: &str) -> Option<String> {
        self.text.push(if self.rows == 0 { '[' } else { ',' });
        self.text.push_str(row);
        self.rows += 1;
        if self.rows < ROWS && self.text.len() < BYTES { None } else { self.rest() }
    }

    /// The remaining rows, if any.
    pub(super) fn rest(&mut self) -> Option<String> {
        if self.rows == 0 {
            return None;
        }
        self.rows = 0;
        self.text.push(']');
        Some(std::mem::take(&mut self.text))
    }
}
