//! `import`: adds many rows at once from a file.

use std::io::Read;

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::{Usage, args, database, key, print};
use crate::config::{Config, Instance};
use crate::domain::{Address, Caller, GranteeKind, Level, NewUser, ResourceKind, Scope};
use crate::http::base_path::path_of;
use crate::random::Rng;
use crate::workflow::import::{self, Import, ImportedKey, NewBundle, NewResource, NewShare, Receiver};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A TOML file with any of [[user]], [[group]], [[resource]], [[bundle]], [[grant]] and [[key]]; `-` reads standard input.
    file: String,
}

/// The file. People are named by address, groups and bundles by name, resources by URI.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    user: Vec<UserPart>,
    #[serde(default)]
    group: Vec<GroupPart>,
    #[serde(default)]
    resource: Vec<ResourcePart>,
    #[serde(default)]
    bundle: Vec<BundlePart>,
    #[serde(default)]
    grant: Vec<GrantPart>,
    #[serde(default)]
    key: Vec<KeyPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserPart {
    email: String,
    username: Option<String>,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    admin: bool,
    #[serde(default)]
    external: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupPart {
    name: String,
    #[serde(default)]
    members: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourcePart {
    uri: String,
    owner: String,
    name: Option<String>,
    kind: Option<ResourceKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BundlePart {
    name: String,
    owner: Option<String>,
    level: Option<Level>,
    #[serde(default)]
    resources: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantPart {
    by: String,
    to: ToPart,
    bundle: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    level: Level,
    until: Option<toml::value::Datetime>,
}

/// `{ user = "bob@x.org" }`, `{ group = "Readers" }` or `{ kind = "everyone" }`.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum ToPart {
    User(String),
    Group(String),
    Kind(GranteeKind),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyPart {
    name: String,
    user: Option<String>,
    scopes: Vec<Scope>,
    #[serde(default)]
    redeem_urls: Vec<String>,
}

pub(super) fn run(config: &Config, args: &Arguments) -> anyhow::Result<()> {
    let wrong = |problem: String| Usage(format!("{}: {problem}", args.file));
    let text = text(&args.file).map_err(|error| wrong(error.to_string()))?;
    let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let mut all = read_all(&config.instance, file).map_err(wrong)?;
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
        key::remark_scopes(&new.name, new.scopes);
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

fn read_all(instance: &Instance, file: File) -> Result<Import, String> {
    let mut all = Import::default();
    for part in file.user {
        let new = NewUser {
            username: part.username,
            first_name: part.first_name,
            last_name: part.last_name,
            is_admin: part.admin,
            is_external: part.external,
            locale: instance.language.clone(),
            time_zone: instance.time_zone.name().to_owned(),
            ..NewUser::with_address(address(&part.email)?)
        };
        all.users.push(new);
    }
    for part in file.group {
        all.groups.push((part.name, part.members.iter().map(|email| address(email)).collect::<Result<_, _>>()?));
    }
    for ResourcePart { uri, owner, name, kind } in file.resource {
        all.resources.push(NewResource { uri, owner: address(&owner)?, name, kind: kind.unwrap_or(ResourceKind::File) });
    }
    for BundlePart { name, owner, level, resources } in file.bundle {
        let owner = owner.as_deref().map(address).transpose()?;
        all.bundles.push(NewBundle { name, owner, level: level.unwrap_or(Level::View), resources });
    }
    for GrantPart { by, to, bundle, resources, level, until } in file.grant {
        let to = match to {
            ToPart::User(email) => Receiver::User(address(&email)?),
            ToPart::Group(name) => Receiver::Group(name),
            ToPart::Kind(kind @ (GranteeKind::Authenticated | GranteeKind::Everyone | GranteeKind::Guest)) => {
                Receiver::Kind(kind)
            }
            ToPart::Kind(kind) => return Err(format!("to.kind: {kind} is none of authenticated, everyone and guest")),
        };
        let moment = |text: String| text.parse().map_err(|_| format!("until: {text} is no moment like 2027-03-01T12:00:00Z"));
        let until = until.map(|until| moment(until.to_string())).transpose()?;
        all.grants.push(NewShare { by: address(&by)?, to, bundle, resources, level, until });
    }
    for KeyPart { name, user, scopes, redeem_urls } in file.key {
        let user = user.as_deref().map(address).transpose()?;
        all.keys.push(ImportedKey { name, user, scopes: scopes.into_iter().collect(), redeem_urls });
    }
    Ok(all)
}

fn address(text: &str) -> Result<Address, String> {
    args::address(text).map_err(|error| format!("{text}: {error}"))
}
