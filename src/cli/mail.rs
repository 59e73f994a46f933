//! `mail`: the letters in the outbox, and another try for one.

use anyhow::bail;
use clap::Subcommand;
use serde_json::json;

use super::{args, database, print};
use crate::config::Config;
use crate::domain::{Caller, LetterId, UserId};
use crate::store::{outbox, users};
use crate::workflow::Refusal;
use crate::workflow::admin::letters;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the newest letters, a line of JSON each.
    List {
        /// How many at most.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Send a letter again that is waiting or that was given up.
    Retry {
        /// Its id, as `mail list` prints it.
        #[arg(value_parser = args::id)]
        id: i64,
    },
}

pub(super) fn run(config: &Config, command: &Command) -> anyhow::Result<()> {
    match *command {
        Command::List { limit } => list(config, limit),
        Command::Retry { id } => retry(config, LetterId(id)),
    }
}

fn list(config: &Config, limit: i64) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let (letters, readers) = store.read_sync(|tx| {
        let letters = outbox::list(tx, limit)?;
        let mut ids: Vec<UserId> = letters.iter().map(|letter| letter.user).collect();
        ids.sort_unstable();
        ids.dedup();
        let readers = users::find_all(tx, &ids)?;
        Ok::<_, Refusal>((letters, readers))
    })?;
    for letter in letters {
        print(&json!({
            "id": letter.id,
            "kind": letter.kind,
            "state": letter.state,
            "to": readers.iter().find(|reader| reader.id == letter.user).map(|reader| &reader.email),
            "request": letter.request,
            "attempts": letter.attempts,
            "next_at": letter.next_at,
            "last_error": letter.last_error,
            "created_at": letter.created_at,
        }))?;
    }
    Ok(())
}

fn retry(config: &Config, id: LetterId) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let is_queued = store.write_sync(move |tx| letters::retry(tx, &Caller::operator(), id))?;
    if !is_queued {
        bail!("letter {id} was sent or is no longer needed; `countersign mail list` shows which");
    }
    print(&json!({ "id": id, "state": "queued" }))
}
