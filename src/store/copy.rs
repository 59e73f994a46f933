//! A whole instance from one database into another, SQLite and PostgreSQL in either direction.
//!
//! Nothing here knows a table by its columns: which there are is asked of the databases themselves, so that a table made
//! tomorrow comes along. Rows travel as JSON arrays, and everything arrives in one transaction or not at all. Before it is
//! committed the target is read again: number and SHA-256 of each table's rows, and the audit's chains.

mod catalog;
mod database;
mod rows;

use serde::Serialize;

use self::catalog::{Table, differences};
use self::database::Side;
use super::{StoreError, audit};
use crate::config::Database;

/// The one table whose rows the two kinds of database do not have alike: PostgreSQL begins with sixteen chains. A chain that
/// nothing was written to says nothing, so those are neither copied nor compared.
const HEADS: &str = "audit_heads";

/// What came of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Its name.
    pub table: String,
    /// How many rows it has, on both sides.
    pub rows: u64,
    /// Of the rows in the order of their keys, each as a JSON array with a line's end.
    pub sha256: String,
}

/// Why nothing was copied, or what differs. A side is named by its option, never by its URL, which can hold a password.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A database could not be opened, read or written.
    #[error("{0}")]
    Side(&'static str, #[source] StoreError),
    /// There is no instance there.
    #[error("{0}: there is no house in it; name the database that the daemon ran on")]
    Missing(&'static str),
    /// Its schema is not that of this program.
    #[error("{0}: its schema is of another version ({1}); {2}")]
    Version(&'static str, String, &'static str),
    /// Somebody works on it.
    #[error("{0}: {1} other connections of countersign are open on it; stop all daemons and commands on it first")]
    InUse(&'static str, i64),
    /// The two databases do not have the same tables.
    #[error("the two databases are not made alike: {0}")]
    Unlike(String),
    /// A column of a kind that there is no rule for.
    #[error("the column {0} is of the kind {1:?}, which this program cannot copy")]
    Kind(String, String),
    /// Something is there already.
    #[error("{0}: it is not empty ({1} has rows already); name a database that nobody used yet")]
    NotEmpty(&'static str, String),
    /// What arrived is not what was sent, or what is compared is not the same.
    #[error("the two houses differ: {0}")]
    Differs(String),
    /// The audit does not hold.
    #[error("{0}: the audit was changed from outside")]
    Audit(&'static str, #[source] audit::Broken),
    /// Rows that the target does not take.
    #[error("{0}: rows of the table {1} cannot be written")]
    Refused(&'static str, String, #[source] StoreError),
    /// A row that is not what it should be.
    #[error("the table {0} has a row that cannot be read: {1}")]
    Row(String, String),
}

/// Copies all there is. The target gets its schema here if it has none, and is as before if anything goes wrong.
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

/// Compares two instances, and changes neither.
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
    // What a schema made just now holds, its migrations put there.
    if !is_new {
        target.is_empty(tables)?;
    }
    for table in tables.iter().rev().filter(|table| table.name != HEADS) {
        target.clear(table)?;
    }
    let mut sent = Vec::with_capacity(tables.len());
    for table in tables {
        sent.push(source.send(table, target)?);
        // Behind the highest id that ever was, not that still is: an id is never used again.
        let highest = source.highest_id(table)?;
        target.count_from(table, highest)?;
    }
    arrived(target, tables, sent)
}

/// Reads the target's tables, and says which are not what was sent.
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

/// A newer program's instance has steps that this one does not know, and perhaps a meaning that no column shows.
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
