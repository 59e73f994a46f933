//! `audit`: checks that no row of the audit was changed, and exports it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Usage, database, print};
use crate::config::Config;
use crate::store::audit::{self, Row};
use crate::store::{Fault, Newer, StoreError, Tx};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check every row against the one before it, and the heads against earlier ones.
    Verify {
        /// The output of an earlier `audit verify` or `audit export`: also detects that the last rows were removed.
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
    },
    /// Print every row as a line of JSON, and the heads at the end.
    Export,
}

/// A head, as printed.
#[derive(Debug, Deserialize)]
struct Kept {
    chain: i32,
    seq: i64,
    hash: String,
}

#[derive(Debug, Deserialize)]
struct Heads {
    heads: Vec<Kept>,
}

pub(super) fn run(config: &Config, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Verify { head } => verify(config, head.as_deref()),
        Command::Export => export(config),
    }
}

fn verify(config: &Config, head: Option<&Path>) -> anyhow::Result<()> {
    let kept = head.map(read).transpose()?.unwrap_or_default();
    let store = database::existing(config)?;
    let (found, heads, missing) = store.read_sync(|tx| {
        let missing = kept.iter().find_map(|kept| match holds(tx, kept) {
            Ok(true) => None,
            Ok(false) => Some(Ok(kept)),
            Err(error) => Some(Err(error)),
        });
        Ok::<_, StoreError>((audit::verify(tx)?, audit::heads(tx)?, missing.transpose()?))
    })?;
    let rows = found.context("the audit was changed from outside")?;
    if let Some(kept) = missing {
        bail!(
            "the audit was changed from outside: chain {} had a row {} with the hash {}, and has no longer",
            kept.chain,
            kept.seq,
            kept.hash
        );
    }
    store.check_schema(Newer::Warns).context("the rows hold, but not what guards them")?;
    print(&json!({ "status": "ok", "rows": rows, "heads": heads }))
}

/// Whether the row that was the last of its chain is still there.
fn holds(tx: &mut Tx<'_>, kept: &Kept) -> Result<bool, StoreError> {
    if kept.seq == 0 {
        return Ok(true);
    }
    let row = audit::rows(tx, kept.chain, kept.seq - 1, 1)?.into_iter().next();
    Ok(row.is_some_and(|row| row.seq == kept.seq && hash_of(&row).as_deref() == Some(kept.hash.as_str())))
}

fn hash_of(row: &Row) -> Option<String> {
    let row = serde_json::to_value(row).ok()?;
    row.get("hash").and_then(Value::as_str).map(str::to_owned)
}

/// The heads in a file: its last line with heads.
fn read(file: &Path) -> anyhow::Result<Vec<Kept>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let heads = text.lines().rev().find_map(|line| serde_json::from_str::<Heads>(line).ok());
    let advice = "it holds no heads: give what `countersign audit verify` or `audit export` printed";
    Ok(heads.ok_or_else(|| Usage(format!("{}: {advice}", file.display())))?.heads)
}

fn export(config: &Config) -> anyhow::Result<()> {
    const STEP: i64 = 1_000;
    let store = database::existing(config)?;
    let exported = store.read_sync(|tx| {
        let heads = audit::heads(tx)?;
        for head in &heads {
            let mut seq = 0;
            while seq < head.seq {
                let rows = audit::rows(tx, head.chain, seq, STEP)?;
                let Some(last) = rows.last() else { break };
                seq = last.seq;
                for row in rows.iter().filter(|row| row.seq <= head.seq) {
                    print(row).map_err(Stopped::Output)?;
                }
            }
        }
        print(&json!({ "heads": heads })).map_err(Stopped::Output)
    });
    match exported {
        Err(Stopped::Output(error)) => Err(error),
        other => Ok(other?),
    }
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Output(anyhow::Error),
}

impl Fault for Stopped {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Output(_) => None,
        }
    }
}
