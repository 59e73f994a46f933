//! `app`: apps, each with API keys of its own.

use clap::Subcommand;
use serde_json::json;

use super::{Usage, args, database, print};
use crate::config::Config;
use crate::domain::{AppId, Caller};
use crate::store::apps::{self, App};
use crate::workflow::accounts;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add an app without a key; `key add NAME --app ID` adds its keys.
    Add {
        /// Its name, which emails show.
        name: String,
        /// A prefix of the links in its emails, an origin with a path; may be given several times.
        #[arg(long = "redeem-url", value_name = "PREFIX")]
        redeem_urls: Vec<String>,
    },
    /// Print the newest apps, a line of JSON each.
    List {
        /// The most to print.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Change the name of an app or the links in its emails.
    Set {
        /// Its id, as `app add` and `app list` print it.
        #[arg(value_parser = args::id)]
        id: i64,
        /// The new name.
        #[arg(long)]
        name: Option<String>,
        /// A prefix of the links in its emails; may be given several times. The given ones replace those before.
        #[arg(long = "redeem-url", value_name = "PREFIX", conflicts_with = "no_redeem_url")]
        redeem_urls: Vec<String>,
        /// Remove all prefixes, so that links lead to our own page.
        #[arg(long)]
        no_redeem_url: bool,
    },
}

pub(super) fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { name, redeem_urls } => {
            let store = database::for_adding(config)?;
            let app = store.write_sync(move |tx| accounts::add_app(tx, &Caller::operator(), &name, &redeem_urls))?;
            show(&app)
        }
        Command::List { limit } => {
            let store = database::existing(config)?;
            let found = store.read_sync(|tx| apps::list(tx, limit))?;
            found.iter().try_for_each(show)
        }
        Command::Set { id, name, redeem_urls, no_redeem_url } => {
            let redeem_urls = (no_redeem_url || !redeem_urls.is_empty()).then_some(redeem_urls);
            if name.is_none() && redeem_urls.is_none() {
                return Err(Usage("nothing to change: give --name, --redeem-url or --no-redeem-url".into()).into());
            }
            let store = database::existing(config)?;
            let app = store.write_sync(move |tx| {
                accounts::set_app(tx, &Caller::operator(), AppId(id), name.as_deref(), redeem_urls.as_deref())
            })?;
            show(&app)
        }
    }
}

fn show(app: &App) -> anyhow::Result<()> {
    print(&json!({
        "id": app.id,
        "name": app.name,
        "redeem_urls": app.redeem_urls,
        "created_at": app.created_at,
    }))
}
