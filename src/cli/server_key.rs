//! `server-key`: the instance's own key, which encrypts share links.

use anyhow::Context;
use clap::Subcommand;
use serde_json::json;

use super::{database, print, remark};
use crate::auth::share_links::{self, Links};
use crate::config::Config;
use crate::random::Rng;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Replace a key that was lost or seen by others: every share stays and gets a new link, and each earlier link is invalid.
    /// No daemon may be running.
    Renew {
        /// Use the key that is in the file now, instead of a new one.
        #[arg(long)]
        keep_file: bool,
    },
}

pub(super) fn run(config: &Config, command: &Command) -> anyhow::Result<()> {
    let Command::Renew { keep_file } = command;
    let store = database::existing(config)?;
    let _lock = store.lock().context("stop the daemon first")?;
    let path = share_links::key_file(config);
    Links::renew(&store, &path, *keep_file, &Rng::default())?;
    if store.allows_several_daemons() {
        remark(
            "give the file to every daemon on this database, and start them again: until then each goes on with the key it has",
        );
    }
    print(&json!({ "key_file": path, "links": "renewed" }))
}
