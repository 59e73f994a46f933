//! `import`: adds many rows at once from a file.

use std::io::Read;

use clap::Args;
use serde_json::json;

use super::{Usage, args, database, key, print};
use crate::config::Config;
use crate::domain::Caller;
use crate::http::base_path::path_of;
use crate::random::Rng;
use crate::workflow::import::{self, Import};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A TOML file with any of [[user]], [[group]], [[resource]], [[bundle]], [[grant]] and [[key]]; `-` reads standard input.
    file: String,
}

pub(super) fn run(config: &Config, args: &Arguments) -> anyhow::Result<()> {
    let wrong = |problem: String| Usage(format!("{}: {problem}", args.file));
    let text = text(&args.file).map_err(|error| wrong(error.to_string()))?;
    let mut all: Import = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    for user in &mut all.users {
        user.locale.clone_from(&config.instance.language);
        config.instance.time_zone.name().clone_into(&mut user.time_zone);
    }
    let uris = all.resources.iter_mut().map(|new| &mut new.uri).chain(all.bundles.iter_mut().flat_map(|new| &mut new.resources));
    uris.for_each(|uri| *uri = args::uri(config, uri));
    let store = database::for_adding(config)?;
    let (rng, copy) = (Rng::System, all.clone());
    let added = store.write_sync(move |tx| import::add_all(tx, &Caller::operator(), &rng, &copy))?;
    for user in added.users {
        print(
            &json!({ "user": user.email, "id": user.id, "resource_uri": format!("{}/api/user/{}/", path_of(config), user.id) }),
        )?;
    }
    for group in added.groups {
        print(&json!({ "group": group.name, "id": group.id }))?;
    }
    for resource in added.resources {
        print(&json!({ "resource": resource.uri, "id": resource.id }))?;
    }
    for bundle in added.bundles {
        print(
            &json!({ "bundle": bundle.name, "id": bundle.id, "resource_uri": format!("{}/api/bundle/{}/", path_of(config), bundle.id) }),
        )?;
    }
    for grant in added.grants {
        print(&json!({ "grant": grant }))?;
    }
    for (new, secret) in all.keys.iter().zip(added.keys) {
        key::remark_scopes(&new.name, new.scopes.iter().copied().collect());
        print(&json!({ "key": secret.reveal().as_str(), "id": secret.id(), "name": new.name }))?;
    }
    Ok(())
}

fn text(file: &str) -> std::io::Result<String> {
    if file != "-" {
        return std::fs::read_to_string(file);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}
