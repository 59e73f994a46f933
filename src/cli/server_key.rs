//! `server-key`: the instance's own key, which share links are sealed with.

use anyhow::Context;
use clap::Subcommand;
use serde_json::json;

use super::{database, print, remark};
use crate::auth::share_links::{self, Links};
use crate::config::Config;
use crate::random::Rng;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Go on with a new key, where it was lost or seen by others: every share stays and has a new link, and each link that was
    /// given out is dead. No daemon may be running.
    Renew {
        /// Go on with the key that is in the file now.
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
    if store.is_shared() {
        remark(
            "give the file to every daemon on this database, and start them again: until then each goes on with the key it has",
        );
    }
    print(&json!({ "key_file": path, "links": "renewed" }))
}
