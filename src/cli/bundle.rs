//! `bundle`: the bundles of resources that people request access to.

use clap::Subcommand;
use serde_json::json;

use super::{args, database, print};
use crate::config::Config;
use crate::domain::{Address, BundleId, Caller, Level, Name};
use crate::http::base_path::path_of;
use crate::store::{Tx, bundles};
use crate::workflow::{WorkflowError, accounts};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a bundle. Without an owner it is a relationship, like "coach", that each person consents to for their own data.
    Add {
        /// Its name.
        name: String,
        /// The person whose data it is.
        #[arg(long, value_name = "EMAIL", value_parser = Address::pasted)]
        owner: Option<Address>,
        /// The level that is requested: view, edit or contribute.
        #[arg(long, default_value = "view", value_parser = args::level())]
        level: Level,
        /// A resource in it; may be given several times. An unregistered resource becomes the owner's.
        #[arg(long = "resource", value_name = "URI")]
        resources: Vec<String>,
    },
    /// Rename a bundle.
    Rename {
        /// Its name, or its id if another bundle has the name.
        bundle: String,
        /// The new name.
        name: String,
    },
    /// Remove a bundle: its requests are cancelled, and its access is revoked.
    Remove {
        /// Its name.
        name: String,
    },
}

pub(super) fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { name, owner, level, resources } => add(config, name, owner.as_ref(), level, &resources),
        Command::Rename { bundle, name } => rename(config, bundle, name),
        Command::Remove { name } => remove(config, name),
    }
}

fn add(config: &Config, name: String, owner: Option<&Address>, level: Level, resources: &[String]) -> anyhow::Result<()> {
    let store = database::for_adding(config)?;
    let (email, uris) = (owner.cloned(), resources.iter().map(|uri| args::uri(config, uri)).collect::<Vec<_>>());
    let bundle = store.write_sync(move |tx| {
        let owner = email.as_ref().map(|email| database::person(tx, "owner", email)).transpose()?;
        accounts::add_bundle(tx, &Caller::operator(), &name, owner.map(|owner| owner.id), level, &uris)
    })?;
    print(&json!({
        "id": bundle.id,
        "resource_uri": format!("{}/api/bundle/{}/", path_of(config), bundle.id),
        "name": bundle.name,
        "owner": owner,
        "level": bundle.level,
        "resources": resources,
    }))
}

fn rename(config: &Config, bundle: String, name: String) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let renamed = store.write_sync(move |tx| {
        let by_id = |tx: &mut Tx<'_>, id| bundles::find(tx, BundleId(id));
        let found = database::by_name_or_id(tx, "bundle", &bundle, by_id, bundles::find_by_name)?;
        accounts::rename_bundle(tx, &Caller::operator(), found.id, &name)
    })?;
    print(&json!({ "id": renamed.id, "name": renamed.name }))
}

fn remove(config: &Config, name: String) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let id = store.write_sync(move |tx| {
        let unknown = || WorkflowError::Unknown { field: "name", value: format!("bundle {name:?}"), hint: "nothing was removed" };
        let called = Name::read(&name).ok_or_else(unknown)?;
        let bundle = bundles::find_by_name(tx, &called)?.ok_or_else(unknown)?;
        accounts::remove_bundle(tx, &Caller::operator(), bundle.id)?;
        Ok::<_, WorkflowError>(bundle.id)
    })?;
    print(&json!({ "id": id, "removed": true }))
}
