//! `resource`: single resources that an app guards.

use clap::Subcommand;
use serde_json::json;

use super::{args, database, print};
use crate::config::Config;
use crate::domain::{Address, Caller, ResourceKind};
use crate::workflow::accounts;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register a resource.
    Add {
        /// The URI by which its app identifies it.
        uri: String,
        /// The address of its owner.
        #[arg(long, value_name = "EMAIL", value_parser = Address::pasted)]
        owner: Address,
        /// Its name for people; without one, its URI.
        #[arg(long)]
        name: Option<String>,
        /// Its kind: folder, folderEntry, file or fabric.
        #[arg(long, default_value = "file", value_parser = args::kind())]
        kind: ResourceKind,
    },
}

pub(super) fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let Command::Add { uri, owner, name, kind } = command;
    let store = database::for_adding(config)?;
    let (email, uri) = (owner.clone(), args::uri(config, &uri));
    let resource = store.write_sync(move |tx| {
        let owner = database::person(tx, "owner", &email)?;
        accounts::add_resource(tx, &Caller::operator(), &uri, name.as_deref().unwrap_or(&uri), kind, owner.id)
    })?;
    print(&json!({ "id": resource.id, "uri": resource.uri, "name": resource.name, "kind": resource.kind, "owner": owner }))
}
