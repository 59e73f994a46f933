//! Counts, hashes and collects the rows of a table, each a JSON array.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::catalog::Table;
use super::{Copied, CopyError};

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
