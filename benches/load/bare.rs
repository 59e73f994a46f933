//! The bare SQLite loop: the same statements that the daemon's operations execute, with the same values, in a loop on one
//! thread, prepared once, 64 operations a transaction, synced at each commit. Nothing writes these rows faster, so the daemon
//! is measured against it.
//!
//! The statements are not written down here, where they would become outdated. The operations run through the library on one
//! copy of the database, diesel reports each statement, and these are replayed on another copy, whose rows have the same ids.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use diesel::connection::{Instrumentation, InstrumentationEvent};
use rusqlite::types::Value;

use crate::process::Own;

/// Operations that share a transaction.
pub(crate) const TOGETHER: usize = 64;

static LISTENING: AtomicBool = AtomicBool::new(false);
static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event
            && LISTENING.load(Ordering::Relaxed)
        {
            HEARD.lock().unwrap_or_else(PoisonError::into_inner).push(query.to_string());
        }
    }
}

/// Makes connections that are opened from now on report their statements.
pub(crate) fn listen() -> Result<()> {
    diesel::connection::set_default_instrumentation(|| Some(Box::new(Listener))).context("diesel cannot be listened to")
}

/// Makes connections that are opened from now on report nothing.
pub(crate) fn ignore() -> Result<()> {
    diesel::connection::set_default_instrumentation(|| None).context("diesel cannot be listened to")
}

/// The statements of some operations: for each its statements, as a number and the values.
#[derive(Default)]
pub(crate) struct Recording {
    texts: Vec<String>,
    numbers: HashMap<String, usize>,
    operations: Vec<Vec<(usize, Vec<Value>)>>,
}

impl Recording {
    /// Records the statements of `work`; each savepoint in it begins an operation.
    pub(crate) fn of(work: impl FnOnce() -> Result<()>) -> Result<Self> {
        LISTENING.store(true, Ordering::Relaxed);
        let worked = work();
        LISTENING.store(false, Ordering::Relaxed);
        let heard = std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner));
        worked?;
        let mut recording = Self::default();
        for statement in heard {
            recording.hear(&statement)?;
        }
        recording.operations.retain(|operation| !operation.is_empty());
        Ok(recording)
    }

    fn hear(&mut self, statement: &str) -> Result<()> {
        if statement.starts_with("SAVEPOINT") {
            self.operations.push(Vec::new());
            return Ok(());
        }
        let (text, values) = statement.split_once(" -- binds: ").unwrap_or((statement, "[]"));
        let is_query = ["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| text.starts_with(verb));
        // The writer's own query belongs to no operation.
        if !is_query || text == "SELECT total_changes()" {
            return Ok(());
        }
        let operation = self.operations.last_mut().context("a statement outside of any operation")?;
        let number = *self.numbers.entry(text.to_owned()).or_insert(self.texts.len());
        if number == self.texts.len() {
            self.texts.push(text.to_owned());
        }
        operation.push((number, values_of(values).with_context(|| format!("cannot read the values of {statement}"))?));
        Ok(())
    }

    /// The number of operations.
    pub(crate) fn len(&self) -> usize {
        self.operations.len()
    }

    /// Executes it on the copy, all of it or only its writes. Returns the seconds that it took, and those of processor time.
    pub(crate) fn replay(&self, copy: &Copy, is_with_reads: bool, together: usize) -> Result<(f64, f64)> {
        let mut statements = self.texts.iter().map(|text| copy.0.prepare(text)).collect::<Result<Vec<_>, _>>()?;
        let is_read: Vec<bool> = self.texts.iter().map(|text| text.starts_with("SELECT")).collect();
        let (start, busy) = (Instant::now(), Own::now()?);
        for group in self.operations.chunks(together) {
            copy.0.execute_batch("BEGIN IMMEDIATE")?;
            for (number, values) in group.iter().flatten() {
                if !is_with_reads && is_read.get(*number) == Some(&true) {
                    continue;
                }
                let statement = statements.get_mut(*number).context("no such statement")?;
                for (position, value) in (1..).zip(values) {
                    statement.raw_bind_parameter(position, value)?;
                }
                let mut rows = statement.raw_query();
                while rows.next()?.is_some() {}
            }
            copy.0.execute_batch("COMMIT")?;
        }
        Ok((start.elapsed().as_secs_f64(), Own::now()?.since(busy).on))
    }
}

/// The database of the replay.
pub(crate) struct Copy(rusqlite::Connection);

impl Copy {
    /// Opens it with the daemon's settings.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = rusqlite::Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; PRAGMA mmap_size = 1099511627776;",
        )?;
        Ok(Self(connection))
    }

    /// The result of a query for one number.
    pub(crate) fn number(&self, query: &str) -> Result<i64> {
        Ok(self.0.query_row(query, [], |row| row.get(0))?)
    }
}

/// Values in diesel's debug format: `[1, Some("a"), None, true, [1, 2]]`.
fn values_of(text: &str) -> Result<Vec<Value>> {
    let mut rest = text.strip_prefix('[').context("no list")?;
    let mut values = Vec::new();
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if rest == "]" {
            return Ok(values);
        }
        let (value, behind) = value_of(rest)?;
        values.push(value);
        rest = behind;
    }
}

fn value_of(text: &str) -> Result<(Value, &str)> {
    if let Some(inner) = text.strip_prefix("Some(") {
        let (value, behind) = value_of(inner)?;
        return Ok((value, behind.strip_prefix(')').context("an open Some")?));
    }
    if let Some(inner) = text.strip_prefix('"') {
        let (value, behind) = inner.split_once('"').context("an open text")?;
        ensure!(!value.contains('\\'), "a text with an escape");
        return Ok((Value::Text(value.to_owned()), behind));
    }
    if let Some(inner) = text.strip_prefix('[') {
        let (bytes, behind) = inner.split_once(']').context("an open blob")?;
        let bytes = bytes.split(", ").filter(|byte| !byte.is_empty()).map(str::parse).collect::<Result<_, _>>()?;
        return Ok((Value::Blob(bytes), behind));
    }
    let end = text.find([',', ')', ']']).context("an open value")?;
    let (word, behind) = text.split_at(end);
    let value = match word {
        "None" => Value::Null,
        "true" => Value::Integer(1),
        "false" => Value::Integer(0),
        number => match number.parse() {
            Ok(number) => Value::Integer(number),
            Err(_) => bail!("{number:?} is no value"),
        },
    };
    Ok((value, behind))
}
