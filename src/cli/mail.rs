//! `mail`: lists the emails in the outbox, and retries one.

use anyhow::bail;
use clap::Subcommand;
use serde_json::json;

use super::{args, database, print};
use crate::config::Config;
use crate::domain::id::distinct;
use crate::domain::{Caller, EmailId};
use crate::store::{outbox, users};
use crate::workflow::WorkflowError;
use crate::workflow::admin::job;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the newest emails, a line of JSON each.
    List {
        /// The most to print.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Send an email again that is queued or was given up.
    Retry {
        /// Its id, as `mail list` prints it.
        #[arg(value_parser = args::id)]
        id: i64,
    },
}

pub(super) fn run(config: &Config, command: &Command) -> anyhow::Result<()> {
    match *command {
        Command::List { limit } => list(config, limit),
        Command::Retry { id } => retry(config, EmailId(id)),
    }
}

fn list(config: &Config, limit: i64) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let (emails, readers) = store.read_sync(|tx| {
        let emails = outbox::list(tx, limit)?;
        let readers = users::find_all(tx, &distinct(emails.iter().map(|email| email.user)))?;
        Ok::<_, WorkflowError>((emails, readers))
    })?;
    for email in emails {
        print(&json!({
            "id": email.id,
            "kind": email.kind,
            "state": email.state,
            "to": readers.iter().find(|reader| reader.id == email.user).map(|reader| &reader.email),
            "request": email.request,
            "attempts": email.attempts,
            "next_at": email.next_at,
            "last_error": email.last_error,
            "created_at": email.created_at,
        }))?;
    }
    Ok(())
}

fn retry(config: &Config, id: EmailId) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let is_queued = store.write_sync(move |tx| job::retry_email(tx, &Caller::operator(), id))?;
    if !is_queued {
        bail!("email {id} was sent or is no longer needed; `countersign mail list` shows which");
    }
    print(&json!({ "id": id, "state": "queued" }))
}
