//! Reads a table's rows as JSON arrays and writes them, in the dialect of each database. Bytes are hexadecimal digits, booleans
//! 0 and 1.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::catalog::{Column, Kind, Table};
use super::{Copied, CopyError, HEADS};

/// The limit of rows in one statement.
const ROWS: usize = 1_000;
const BYTES: usize = 256 << 10;

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(columns: &[Column], one: impl Fn(&Column) -> String) -> String {
    columns.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn condition(table: &Table) -> &'static str {
    if table.name == HEADS { "WHERE seq <> 0" } else { "" }
}

/// Selects all rows of a table in key order.
pub(super) fn sqlite_select(table: &Table) -> String {
    let read = |column: &Column| {
        let name = quoted(&column.name);
        match column.kind {
            Kind::Bytes => format!("CASE WHEN {name} IS NULL THEN NULL ELSE lower(hex({name})) END"),
            Kind::Number | Kind::Text | Kind::Flag => name,
        }
    };
    let order: Vec<String> = table.key.iter().map(|name| quoted(name)).collect();
    let (columns, name, condition) = (list(&table.columns, read), quoted(&table.name), condition(table));
    format!("SELECT json_array({columns}) AS value FROM {name} {condition} ORDER BY {}", order.join(", "))
}

/// As [`sqlite_select`], with the same order: text is compared by bytes, whatever the database's locale.
pub(super) fn postgres_select(table: &Table) -> String {
    let read = |column: &Column| {
        let name = quoted(&column.name);
        match column.kind {
            Kind::Bytes => format!("encode({name}, 'hex')"),
            Kind::Flag => format!("{name}::int"),
            Kind::Number | Kind::Text => name,
        }
    };
    let is_text = |name: &String| table.columns.iter().any(|column| column.name == *name && column.kind == Kind::Text);
    let order = table.key.iter().map(|name| {
        let collation = if is_text(name) { " COLLATE \"C\"" } else { "" };
        format!("{}{collation} NULLS FIRST", quoted(name))
    });
    let (columns, name, condition) = (list(&table.columns, read), quoted(&table.name), condition(table));
    // Key columns are never null, and only the order without `NULLS FIRST` can use the index.
    let order = order.collect::<Vec<_>>().join(", ");
    let order = if table.key.len() == table.columns.len() { order } else { order.replace(" NULLS FIRST", "") };
    format!("SELECT json_build_array({columns})::text AS value FROM {name} {condition} ORDER BY {order}")
}

/// Inserts the rows of one bound JSON array.
pub(super) fn sqlite_insert(table: &Table) -> String {
    let write = |(place, column): (usize, &Column)| {
        let value = format!("json_extract(value, '$[{place}]')");
        if column.kind == Kind::Bytes { format!("unhex({value})") } else { value }
    };
    let values: Vec<String> = table.columns.iter().enumerate().map(write).collect();
    let (columns, name) = (list(&table.columns, |column| quoted(&column.name)), quoted(&table.name));
    format!("INSERT INTO {name} ({columns}) SELECT {} FROM json_each(?) WHERE true{}", values.join(", "), instead(table))
}

/// As [`sqlite_insert`].
pub(super) fn postgres_insert(table: &Table) -> String {
    let write = |(place, column): (usize, &Column)| {
        let value = format!("(value ->> {place})");
        match column.kind {
            Kind::Bytes => format!("decode({value}, 'hex')"),
            Kind::Flag => format!("{value}::boolean"),
            Kind::Number => format!("{value}::bigint"),
            Kind::Text => value,
        }
    };
    let values: Vec<String> = table.columns.iter().enumerate().map(write).collect();
    let (columns, name) = (list(&table.columns, |column| quoted(&column.name)), quoted(&table.name));
    let (values, instead) = (values.join(", "), instead(table));
    format!("INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM json_array_elements($1::json){instead}")
}

/// A used head replaces the head that the target began with.
fn instead(table: &Table) -> &'static str {
    if table.name == HEADS { " ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash" } else { "" }
}

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
        use std::fmt::Write as _;
        let mut sha256 = String::with_capacity(64);
        for byte in self.hash.finalize() {
            let _ = write!(sha256, "{byte:02x}");
        }
        Copied { table: self.table.name.clone(), rows: self.rows, sha256 }
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
