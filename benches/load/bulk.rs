//! Fills a database by SQL in bulk: in minutes as many rows as the daemon's own operations would write in hours. Nothing is
//! synced meanwhile and indexes are created after the rows; the result is like any other database.
//!
//! The scripts in `sql/` are for both databases. Where their dialects differ, and for parameters, a script has a word in
//! braces: `{rows}` is a value, `{series rows}` the numbers `i` from 0 to that many.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl};

use crate::cluster::Cluster;
use crate::people;

/// The place of the rows.
#[derive(Clone)]
pub(crate) enum Database<'a> {
    File(PathBuf),
    /// One of a cluster's databases, by its name.
    Cluster(&'a Cluster, String),
}

impl Database<'_> {
    /// Its URL in the daemon's settings.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::File(file) => people::sqlite(file),
            Self::Cluster(cluster, name) => cluster.url_of(name),
        }
    }

    /// The result of a query for one number, of a column `number`, while others may use the database.
    pub(crate) fn number(&self, query: &str) -> Result<i64> {
        match self {
            Self::File(file) => number_in_file(&rusqlite::Connection::open(file)?, query),
            Self::Cluster(cluster, name) => number_in_cluster(&mut cluster.connect(name)?, query),
        }
    }

    /// Opens it for filling. Nothing else may have a file open.
    pub(crate) fn bulk(&self) -> Result<Bulk> {
        match self {
            Self::File(file) => Bulk::sqlite(file),
            Self::Cluster(cluster, name) => Bulk::postgres(cluster, name),
        }
    }
}

/// A connection for filling.
pub(crate) enum Bulk {
    Sqlite(rusqlite::Connection),
    Postgres(Box<PgConnection>),
}

/// A parameter of a script.
pub(crate) type Value<'a> = (&'a str, String);

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Bulk {
    fn sqlite(file: &Path) -> Result<Self> {
        let connection = rusqlite::Connection::open(file)?;
        let end = Instant::now() + Duration::from_secs(10);
        // Another connection may be about to close it.
        while mode(&connection, "OFF").ok().as_deref() != Some("off") {
            ensure!(Instant::now() < end, "{} is in use", file.display());
            std::thread::park_timeout(Duration::from_millis(20));
        }
        connection.execute_batch(
            "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1000000;",
        )?;
        Ok(Self::Sqlite(connection))
    }

    fn postgres(cluster: &Cluster, name: &str) -> Result<Self> {
        let mut connection = cluster.connect(name)?;
        // In the role of a replica it does not check references.
        connection.batch_execute(
            "SET synchronous_commit = off; SET session_replication_role = replica; SET work_mem = '128MB'; \
             SET maintenance_work_mem = '512MB'",
        )?;
        Ok(Self::Postgres(Box::new(connection)))
    }

    /// Runs a script while these tables have no indexes except their keys, and leaves the database like that of an
    /// installation.
    pub(crate) fn fill(mut self, tables: &[&str], script: &str, values: &[Value<'_>]) -> Result<()> {
        let indexes = self.indexes(tables)?;
        for Pair { name, .. } in &indexes {
            self.run(&format!("DROP INDEX {name}"))?;
        }
        self.run(&self.translate(script, values))?;
        for Pair { text, .. } in &indexes {
            self.run(text)?;
        }
        self.finish()
    }

    /// The result of a query for one number, of a column `number`.
    pub(crate) fn number(&mut self, query: &str) -> Result<i64> {
        match self {
            Self::Sqlite(connection) => number_in_file(connection, query),
            Self::Postgres(connection) => number_in_cluster(connection, query),
        }
    }

    /// Bytes as a literal in a script.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        let digits = bytes.iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
        match self {
            Self::Sqlite(_) => format!("X'{digits}'"),
            Self::Postgres(_) => format!("'\\x{digits}'::bytea"),
        }
    }

    fn indexes(&mut self, tables: &[&str]) -> Result<Vec<Pair>> {
        let names = tables.iter().map(|table| format!("'{table}'")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Sqlite(connection) => {
                let query = format!(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({names})"
                );
                let mut statement = connection.prepare(&query)?;
                let rows = statement.query_map([], |row| Ok(Pair { name: row.get(0)?, text: row.get(1)? }))?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
            Self::Postgres(_) => self.pairs(&format!(
                "SELECT indexname::text AS name, indexdef AS text FROM pg_indexes WHERE schemaname = 'public' \
                 AND tablename IN ({names}) AND indexname NOT IN (SELECT conname FROM pg_constraint)"
            )),
        }
    }

    fn translate(&self, script: &str, values: &[Value<'_>]) -> String {
        let (random, uuid, chains, bytes) = match self {
            Self::Sqlite(_) => (
                "randomblob(32)",
                "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || \
                 substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))",
                "1",
                "BLOB",
            ),
            Self::Postgres(_) => ("sha256(random()::text::bytea)", "gen_random_uuid()::text", "16", "BYTEA"),
        };
        let own = [("{random}", random), ("{uuid}", uuid), ("{chains}", chains), ("{bytes}", bytes)];
        let mut text = own.iter().fold(script.to_owned(), |text, (word, meaning)| text.replace(word, meaning));
        for (word, value) in values {
            let series = match self {
                Self::Sqlite(_) => {
                    format!(
                        "(WITH RECURSIVE s (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s LIMIT {value}) SELECT i FROM s) AS series"
                    )
                }
                Self::Postgres(_) => format!("generate_series(0::bigint, {value} - 1) AS series (i)"),
            };
            text = text.replace(&format!("{{series {word}}}"), &series).replace(&format!("{{{word}}}"), value);
        }
        text
    }

    fn finish(mut self) -> Result<()> {
        match &mut self {
            Self::Sqlite(connection) => {
                mode(connection, "WAL")?;
                // Synced here, so that the daemon need not wait for it.
                let path = connection.path().context("a file has a path")?;
                Ok(std::fs::File::open(path)?.sync_all()?)
            }
            Self::Postgres(_) => {
                let counted = self.pairs(
                    "SELECT table_name::text AS name, column_name::text AS text FROM information_schema.columns \
                     WHERE is_identity = 'YES' AND table_schema = 'public'",
                )?;
                for Pair { name, text } in counted {
                    self.run(&format!("SELECT setval(pg_get_serial_sequence('{name}', '{text}'), max({text})) FROM {name}"))?;
                }
                self.run("VACUUM ANALYZE")?;
                self.run("CHECKPOINT")
            }
        }
    }

    fn pairs(&mut self, query: &str) -> Result<Vec<Pair>> {
        let Self::Postgres(connection) = self else { return Ok(Vec::new()) };
        Ok(diesel::sql_query(query).load(&mut **connection)?)
    }

    fn run(&mut self, text: &str) -> Result<()> {
        let cannot = || format!("cannot run {}", text.get(..4_000).unwrap_or(text));
        match self {
            Self::Sqlite(connection) => connection.execute_batch(text).with_context(cannot),
            Self::Postgres(connection) => connection.batch_execute(text).with_context(cannot),
        }
    }
}

fn mode(connection: &rusqlite::Connection, mode: &str) -> rusqlite::Result<String> {
    connection.query_row(&format!("PRAGMA journal_mode = {mode}"), [], |row| row.get(0))
}

fn number_in_file(connection: &rusqlite::Connection, query: &str) -> Result<i64> {
    connection.query_row(query, [], |row| row.get(0)).with_context(|| query.to_owned())
}

fn number_in_cluster(connection: &mut PgConnection, query: &str) -> Result<i64> {
    Ok(diesel::sql_query(query).get_result::<Number>(connection).with_context(|| query.to_owned())?.number)
}
