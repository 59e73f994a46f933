//! `group`: named sets of people.

use clap::Subcommand;
use serde_json::json;

use super::{args, database, print};
use crate::config::Config;
use crate::domain::{Address, Caller};
use crate::workflow::{Refusal, accounts};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a group.
    Add {
        /// Its name.
        name: String,
        /// Who is in it; may be given several times.
        #[arg(long = "member", value_name = "EMAIL", value_parser = args::address)]
        members: Vec<Address>,
    },
}

pub(super) fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let Command::Add { name, members } = command;
    let store = database::for_adding(config)?;
    let emails = members.clone();
    let group = store.write_sync(move |tx| {
        let members = emails.iter().map(|email| Ok(database::person(tx, "member", email)?.id));
        let members = members.collect::<Result<Vec<_>, Refusal>>()?;
        accounts::add_group(tx, &Caller::operator(), &name, &members)
    })?;
    print(&json!({ "id": group.id, "name": group.name, "members": members }))
}
