//! `group`: named sets of people.

use clap::Subcommand;
use serde_json::json;

use super::{database, print};
use crate::config::Config;
use crate::domain::{Address, Caller, GroupId};
use crate::store::{Tx, users};
use crate::workflow::{WorkflowError, accounts};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a group.
    Add {
        /// Its name.
        name: String,
        /// A member; may be given several times.
        #[arg(long = "member", value_name = "EMAIL", value_parser = Address::pasted)]
        members: Vec<Address>,
    },
    /// Rename a group.
    Rename {
        /// Its name, or its id if another group has the name.
        group: String,
        /// The new name.
        name: String,
    },
}

pub(super) fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { name, members } => add(config, name, &members),
        Command::Rename { group, name } => rename(config, group, name),
    }
}

fn add(config: &Config, name: String, members: &[Address]) -> anyhow::Result<()> {
    let store = database::for_adding(config)?;
    let emails = members.to_vec();
    let group = store.write_sync(move |tx| {
        let members = emails.iter().map(|email| Ok(database::person(tx, "member", email)?.id));
        let members = members.collect::<Result<Vec<_>, WorkflowError>>()?;
        accounts::add_group(tx, &Caller::operator(), &name, &members)
    })?;
    print(&json!({ "id": group.id, "name": group.name, "members": members }))
}

fn rename(config: &Config, group: String, name: String) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let renamed = store.write_sync(move |tx| {
        let by_id = |tx: &mut Tx<'_>, id| users::find_group(tx, GroupId(id));
        let found = database::by_name_or_id(tx, "group", &group, by_id, users::find_group_by_name)?;
        accounts::rename_group(tx, &Caller::operator(), found.id, &name)
    })?;
    print(&json!({ "id": renamed.id, "name": renamed.name }))
}
