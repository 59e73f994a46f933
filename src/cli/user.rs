//! `user`: adds, changes and removes people.

use std::io::{self, BufRead, IsTerminal};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Usage, args, database, print, remark, say};
use crate::auth::Passwords;
use crate::config::Config;
use crate::domain::{Address, Caller, NewUser, Page, User};
use crate::http::base_path::path_of;
use crate::i18n::Language;
use crate::random::Rng;
use crate::secret_file::first_line;
use crate::store::names;
use crate::store::users::{self, Order, Settings};
use crate::workflow::{WorkflowError, accounts};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a person.
    Add(Box<Add>),
    /// List people, a line of JSON each.
    List {
        /// Only people, groups and bundles whose name another one has and that must be renamed: a table on a terminal,
        /// otherwise a line of JSON each.
        #[arg(long)]
        conflicts: bool,
    },
    /// Change a person's username.
    Rename {
        /// Their address.
        #[arg(value_parser = Address::pasted)]
        email: Address,
        /// The new username.
        username: String,
    },
    /// Change a person's names, username, address, rights, language or time zone.
    Set(Box<Set>),
    /// Set a person's password, and sign them out everywhere.
    Password {
        /// Their address.
        #[arg(value_parser = Address::pasted)]
        email: Address,
        /// Read the password from the first line of standard input, never from an argument that others could see.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Remove a person: their requests are cancelled, and the access that they have and gave is revoked.
    Remove {
        /// Their address.
        #[arg(value_parser = Address::pasted)]
        email: Address,
        /// The person who gets their data, so that the access that they gave stays.
        #[arg(long, value_name = "EMAIL", value_parser = Address::pasted)]
        heir: Option<Address>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Their address, for emails and sign-in.
    #[arg(value_parser = Address::pasted)]
    email: Address,
    /// A shorter name for sign-in.
    #[arg(long)]
    username: Option<String>,
    /// Their first name, for emails and pages.
    #[arg(long, default_value = "", hide_default_value = true)]
    first_name: String,
    /// Their last name.
    #[arg(long, default_value = "", hide_default_value = true)]
    last_name: String,
    /// Make them an administrator, who may see everything and purge, but never decides for others.
    #[arg(long)]
    admin: bool,
    /// Known by address only: signs in with an emailed code.
    #[arg(long, conflicts_with = "password_stdin")]
    external: bool,
    /// The language of their emails (BCP 47); without it, `instance.language`.
    #[arg(long, value_parser = args::locale)]
    locale: Option<String>,
    /// The time zone of dates in their emails and pages; without it, `instance.time_zone`.
    #[arg(long, value_parser = args::time_zone)]
    time_zone: Option<String>,
    /// The account that signs their Eluvio tokens.
    #[arg(long, value_name = "0x…", value_parser = args::eth_address)]
    eth_address: Option<String>,
    /// Their Eluvio tenant.
    #[arg(long, value_name = "iten…", value_parser = args::tenant)]
    tenant: Option<String>,
    /// Read a password from the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct Changes {
    /// A new address: links to the old one become invalid, and the person is signed out everywhere.
    #[arg(long, value_name = "EMAIL", value_parser = Address::pasted)]
    address: Option<Address>,
    /// Their username.
    #[arg(long)]
    username: Option<String>,
    /// Their first name.
    #[arg(long)]
    first_name: Option<String>,
    /// Their last name.
    #[arg(long)]
    last_name: Option<String>,
    /// Whether they are an administrator.
    #[arg(long, value_name = "true|false")]
    admin: Option<bool>,
    /// The language of their emails (BCP 47).
    #[arg(long, value_parser = args::locale)]
    locale: Option<String>,
    /// The time zone of dates in their emails and pages.
    #[arg(long, value_parser = args::time_zone)]
    time_zone: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Set {
    /// Their present address.
    #[arg(value_parser = Address::pasted)]
    email: Address,
    #[command(flatten)]
    changes: Changes,
}

pub(super) fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add(new) => add(config, *new),
        Command::List { conflicts: false } => list(config),
        Command::List { conflicts: true } => list_conflicts(config),
        Command::Rename { email, username } => rename(config, &email, username),
        Command::Set(set) => self::set(config, *set),
        Command::Password { email, .. } => set_password(config, &email),
        Command::Remove { email, heir } => remove(config, email, heir),
    }
}

fn add(config: &Config, new: Add) -> anyhow::Result<()> {
    let password_hash = if new.password_stdin { Some(hash_from_stdin()?) } else { None };
    let new = NewUser {
        email: new.email,
        username: new.username,
        first_name: new.first_name,
        last_name: new.last_name,
        locale: new.locale.unwrap_or_else(|| config.instance.language.clone()),
        time_zone: new.time_zone.unwrap_or_else(|| config.instance.time_zone.name().to_owned()),
        is_external: new.external,
        is_admin: new.admin,
        password_hash,
        eth_address: new.eth_address,
        tenant: new.tenant,
    };
    let store = database::for_adding(config)?;
    let user = store.write_sync(move |tx| accounts::add_user(tx, &Caller::operator(), &new))?;
    if !Language::is_spoken(&user.locale) {
        let all = Language::all().join(", ");
        remark(&format!("there are no emails and pages in {} yet, so they come in English; there are {all}", user.locale));
    }
    print(&shown(config, &user))
}

fn set(config: &Config, Set { email, changes }: Set) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let to = Settings {
        username: changes.username,
        first_name: changes.first_name,
        last_name: changes.last_name,
        locale: changes.locale,
        time_zone: changes.time_zone,
        is_admin: changes.admin,
    };
    let address = changes.address;
    let user = store.write_sync(move |tx| {
        let id = database::person(tx, "email", &email)?.id;
        if let Some(address) = &address {
            accounts::change_address(tx, &Caller::operator(), id, address)?;
        }
        accounts::set_user(tx, &Caller::operator(), id, &to)
    })?;
    print(&shown(config, &user))
}

fn shown(config: &Config, user: &User) -> Value {
    json!({
        "id": user.id,
        "resource_uri": format!("{}/api/user/{}/", path_of(config), user.id),
        "email": user.email,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "locale": user.locale,
        "time_zone": user.time_zone,
        "admin": user.is_admin,
        "external": user.is_external,
        "has_password": user.password_hash.is_some(),
    })
}

fn list(config: &Config) -> anyhow::Result<()> {
    const STEP: i64 = 500;
    let store = database::existing(config)?;
    let mut offset = 0;
    loop {
        let page = Page { limit: STEP, offset };
        let part = store.read_sync(|tx| users::list(tx, &[], Order::Id, false, page))?;
        for user in &part.items {
            print(&shown(config, user))?;
        }
        offset += STEP;
        if offset >= part.total {
            return Ok(());
        }
    }
}

/// Names that two rows have: the row with the lower id has the name, the other must be renamed.
fn list_conflicts(config: &Config) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let conflicts = store.read_sync(names::conflicts)?;
    if !io::stdout().is_terminal() {
        return conflicts.iter().try_for_each(|conflict| {
            print(&json!({
                "kind": conflict.kind,
                "id": conflict.id,
                "name": conflict.name,
                "has_it": conflict.has_it,
                "their_name": conflict.their_name,
            }))
        });
    }
    if conflicts.is_empty() {
        return say("No two have the same name.");
    }
    say(&format!("{:<8} {:>8}  {:<30} {:>8}  {}", "KIND", "ID", "MUST BE RENAMED", "ID", "HAS THE NAME"))?;
    conflicts.iter().try_for_each(|conflict| {
        let [name, theirs] = [&conflict.name, &conflict.their_name].map(|name| name.escape_debug().to_string());
        say(&format!("{:<8} {:>8}  {name:<30} {:>8}  {theirs}", conflict.kind, conflict.id, conflict.has_it))
    })
}

fn rename(config: &Config, email: &Address, username: String) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let email = email.clone();
    let user = store.write_sync(move |tx| {
        let user = database::person(tx, "email", &email)?;
        accounts::change_username(tx, &Caller::operator(), user.id, &username)
    })?;
    print(&shown(config, &user))
}

fn set_password(config: &Config, email: &Address) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let user = store.read_sync(|tx| database::person(tx, "email", email))?;
    let hash = hash_from_stdin()?;
    store.write_sync(move |tx| accounts::set_password(tx, &Caller::operator(), user.id, &hash))?;
    print(&json!({ "id": user.id, "password": "set" }))
}

fn remove(config: &Config, email: Address, heir: Option<Address>) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let id = store.write_sync(move |tx| {
        let user = database::person(tx, "email", &email)?;
        let heir = heir.as_ref().map(|heir| database::person(tx, "heir", heir)).transpose()?;
        if heir.as_ref().is_some_and(|heir| heir.id == user.id) {
            return Err(WorkflowError::invalid("heir", "somebody else than the one who goes"));
        }
        accounts::remove_user(tx, &Caller::operator(), user.id, heir.map(|heir| heir.id))?;
        Ok(user.id)
    })?;
    print(&json!({ "id": id, "removed": true }))
}

/// The hash of the password in the first line of standard input.
fn hash_from_stdin() -> anyhow::Result<String> {
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line)?;
    let password = first_line(&line);
    if password.is_empty() {
        return Err(Usage(
            "there is no password on standard input; pipe it in, as in `printf '%s' \"$PASSWORD\" | countersign user …`".into(),
        )
        .into());
    }
    Passwords::hash(&Rng::default(), password).map_err(|error| Usage(error.to_string()).into())
}
