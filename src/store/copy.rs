//! Copies a whole instance from one database to another, between SQLite and PostgreSQL in either direction.
//!
//! The code names no columns. It reads the tables from the databases' catalogs, so a new table is copied without a change here.
//! Rows travel as JSON arrays, and one transaction writes all of them. Before the commit, the target is read again and
//! compared: the row count and SHA-256 of each table, and the audit chains.

mod catalog;
mod database;
mod dialect;

use serde::Serialize;

use self::catalog::{Table, differences};
use self::database::Side;
use super::{StoreError, audit};
use crate::config::Database;

/// The only table with different rows by design: PostgreSQL begins with sixteen chains. Heads of unused chains are neither
/// copied nor compared.
const HEADS: &str = "audit_heads";

/// The result for one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// The table's name.
    pub table: String,
    /// The number of rows, equal on both sides.
    pub rows: u64,
    /// SHA-256 over the rows in key order, each as a JSON array and a newline.
    pub sha256: String,
}

/// Why the copy or comparison failed. A database is named by its option, never by its URL, which can contain a password.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A database could not be opened, read or written.
    #[error("{0}")]
    Side(&'static str, #[source] StoreError),
    /// The database has no instance.
    #[error("{0}: there is no instance in it; name the database that the daemon ran on")]
    Missing(&'static str),
    /// The schema version is not the one of this program.
    #[error("{0}: its schema is of another version ({1}); {2}")]
    Version(&'static str, String, &'static str),
    #[error("{0}: {1} other connections of countersign are open on it; stop all daemons and commands on it first")]
    InUse(&'static str, i64),
    /// The two databases do not have the same tables.
    #[error("the two databases are not made alike: {0}")]
    Unlike(String),
    /// A column of an unknown type.
    #[error("the column {0} is of the kind {1:?}, which this program cannot copy")]
    Kind(String, String),
    #[error("{0}: it is not empty ({1} has rows already); name a database that nobody used yet")]
    NotEmpty(&'static str, String),
    /// The rows of the two databases differ.
    #[error("the two instances differ: {0}")]
    Differs(String),
    #[error("{0}: the audit was changed from outside")]
    Audit(&'static str, #[source] audit::Broken),
    /// The target refused rows.
    #[error("{0}: rows of the table {1} cannot be written")]
    Refused(&'static str, String, #[source] StoreError),
    #[error("the table {0} has a row that cannot be read: {1}")]
    Row(String, String),
}

/// Copies everything. Creates the schema in the target if there is none. On failure the target is unchanged.
pub fn copy(from: &Database, to: &Database) -> Result<Vec<Copied>, CopyError> {
    let mut source = Side::open("--from", from, true)?;
    source.is_of_this_version("run `countersign migrate` on it with this program first")?;
    let mut target = Side::open("--to", to, false)?;
    let is_new = target.make_schema()?;
    same_schema(&mut source, &mut target)?;
    source.begin_to_read()?;
    let tables = same_tables(&mut source, &mut target)?;
    target.begin_to_write(&tables)?;
    let copied = all(&mut source, &mut target, &tables, is_new);
    target.end(copied)
}

/// Compares two instances without changing them.
pub fn compare(from: &Database, to: &Database) -> Result<Vec<Copied>, CopyError> {
    let mut sides = [Side::open("--from", from, true)?, Side::open("--to", to, true)?];
    for side in &mut sides {
        side.is_of_this_version("run `countersign migrate` on it with this program first")?;
        side.begin_to_read()?;
    }
    let [source, target] = &mut sides;
    same_schema(source, target)?;
    let tables = same_tables(source, target)?;
    let sent = tables.iter().map(|table| source.digest(table)).collect::<Result<Vec<_>, _>>()?;
    arrived(target, &tables, sent)
}

fn all(source: &mut Side, target: &mut Side, tables: &[Table], is_new: bool) -> Result<Vec<Copied>, CopyError> {
    // A schema created just now contains only the rows of its migrations.
    if !is_new {
        target.is_empty(tables)?;
    }
    for table in tables.iter().rev().filter(|table| table.name != HEADS) {
        target.clear(table)?;
    }
    let mut sent = Vec::with_capacity(tables.len());
    for table in tables {
        sent.push(source.send(table, target)?);
        // The highest id ever used, not the highest present: ids are never reused.
        let highest = source.highest_id(table)?;
        target.count_from(table, highest)?;
    }
    arrived(target, tables, sent)
}

/// Reads the target's tables and compares them with the rows that were sent.
fn arrived(target: &mut Side, tables: &[Table], sent: Vec<Copied>) -> Result<Vec<Copied>, CopyError> {
    let mut different = Vec::new();
    for (table, sent) in tables.iter().zip(&sent) {
        let here = target.digest(table)?;
        if here != *sent {
            different.push(format!(
                "{} ({} rows and {}, SHA-256 {} and {})",
                sent.table, sent.rows, here.rows, sent.sha256, here.sha256
            ));
        }
    }
    if !different.is_empty() {
        return Err(CopyError::Differs(different.join("; ")));
    }
    target.audit_holds()?;
    Ok(sent)
}

/// A newer program's instance may have migrations, and meanings, that this program does not know.
fn same_schema(source: &mut Side, target: &mut Side) -> Result<(), CopyError> {
    let (one, other) = (source.versions()?, target.versions()?);
    let lone: Vec<String> = one.symmetric_difference(&other).cloned().collect();
    if lone.is_empty() {
        return Ok(());
    }
    Err(CopyError::Unlike(format!("only one of them went through the migrations {}", lone.join(", "))))
}

fn same_tables(source: &mut Side, target: &mut Side) -> Result<Vec<Table>, CopyError> {
    let (tables, others) = (source.tables()?, target.tables()?);
    let differences = differences(&tables, &others);
    if differences.is_empty() { Ok(tables) } else { Err(CopyError::Unlike(differences.join("; "))) }
}
