//! `key`: API keys. A key is printed once, and only its hash is stored.

use clap::Subcommand;
use serde_json::json;

use super::{args, database, print, remark};
use crate::config::Config;
use crate::domain::{Address, AppId, Caller, KeyId, Scope, Scopes};
use crate::random::Rng;
use crate::workflow::WorkflowError;
use crate::workflow::accounts::{self, NewKey};
use crate::workflow::admin::lists;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a key and print it, only this once. It is also an OAuth2 client: its id is the `client_id`, the key the
    /// `client_secret`.
    Add {
        /// Its name; without `--app` also that of a new app, which emails show.
        name: String,
        /// The id of its app, as `app list` prints it; without one, an app is added.
        #[arg(long, value_name = "ID", value_parser = args::id)]
        app: Option<i64>,
        /// The person that it belongs to; without one it belongs to the app itself.
        #[arg(long, value_name = "EMAIL", value_parser = Address::pasted)]
        user: Option<Address>,
        /// A scope; may be given several times.
        #[arg(long = "scope", value_name = "SCOPE", value_parser = args::scope())]
        scopes: Vec<Scope>,
        /// A prefix of the links in its emails, an origin with a path; may be given several times.
        #[arg(long = "redeem-url", value_name = "PREFIX")]
        redeem_urls: Vec<String>,
    },
    /// Print the newest keys, a line of JSON each, without their secrets.
    List {
        /// The most to print.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Revoke a key. Access that was given stays. With the last key of an app, its pending requests are cancelled.
    Revoke {
        /// Its id, as `key add` and `key list` print it: a number, not the key itself.
        #[arg(value_parser = args::id)]
        id: i64,
    },
}

pub(super) fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { name, app, user, scopes, redeem_urls } => {
            let scopes = scopes.into_iter().collect();
            add(config, &NewKey { name, app: app.map(AppId), user: None, scopes, redeem_urls }, user.as_ref())
        }
        Command::List { limit } => list(config, limit),
        Command::Revoke { id } => revoke(config, id),
    }
}

fn add(config: &Config, new: &NewKey, owner: Option<&Address>) -> anyhow::Result<()> {
    let store = database::for_adding(config)?;
    let (email, wanted) = (owner.cloned(), new.clone());
    let (secret, made_at) = store.write_sync(move |tx| {
        let user = email.as_ref().map(|email| database::person(tx, "user", email)).transpose()?.map(|user| user.id);
        let new = NewKey { user, ..wanted.clone() };
        Ok::<_, WorkflowError>((accounts::add_key(tx, &Caller::operator(), &Rng::default(), &new)?, tx.now()))
    })?;
    remark_scopes(&new.name, new.scopes);
    print(&json!({
        "id": secret.id(),
        "app": new.app.map_or_else(|| secret.id(), |app| app.0),
        "key": secret.reveal().as_str(),
        "client_id": secret.id().to_string(),
        "name": new.name,
        "user": owner,
        "scopes": new.scopes.iter().collect::<Vec<_>>(),
        "redeem_urls": new.redeem_urls,
        "expires_at": made_at + accounts::KEY_LASTS,
    }))
}

/// Warns about a key without a scope, which can do very little.
pub(super) fn remark_scopes(name: &str, scopes: Scopes) {
    if scopes == Scopes::NONE {
        remark(&format!(
            "the key {name:?} has no scope: it can file, read and share nothing by itself. It can be the OAuth2 client through \
             which people sign in, and an app that they name in X-HEXOAPIKEY. To file requests, make one with `--scope requests`"
        ));
    }
}

fn list(config: &Config, limit: i64) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let keys = store.read_sync(|tx| lists::keys(tx, &Caller::operator(), None, limit))?;
    for listed in keys.items {
        print(&json!({
            "id": listed.key.id,
            "name": listed.key.name,
            "app": listed.key.app,
            "user": listed.owner.map(|owner| owner.email),
            "scopes": listed.key.scopes.iter().collect::<Vec<_>>(),
            "redeem_urls": listed.key.redeem_urls,
            "created_at": listed.key.created_at,
            "expires_at": listed.key.expires_at,
            "revoked_at": listed.key.revoked_at,
            "last_request_at": listed.last.map(|(_, at)| at),
        }))?;
    }
    Ok(())
}

fn revoke(config: &Config, id: i64) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    store.write_sync(move |tx| accounts::revoke_key(tx, &Caller::operator(), KeyId(id)))?;
    print(&json!({ "id": id, "revoked": true }))
}
