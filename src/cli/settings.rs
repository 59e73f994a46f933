//! `config`: what is in force, and whether it can work.

use std::path::Path;

use clap::Subcommand;

use super::{Usage, log, open, say};
use crate::auth::oidc::Providers;
use crate::clock::Clock;
use crate::config::Config;
use crate::mail::{Sender, Transport};
use crate::store;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Command {
    /// Say what is wrong with the configuration, the files it names included; nothing is sent or changed.
    Check,
    /// Print the configuration in force (the defaults, the file, the environment) without passwords.
    Show,
}

pub(super) fn run(file: Option<&Path>, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Check => check(file),
        Command::Show => say(Config::show(file)?.trim_end()),
    }
}

fn check(file: Option<&Path>) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    log::filter(&config.log.level)?;
    open::check_url(&config.database.url)?;
    if let Some(folder) = store::sqlite_file(&config.database.url).and_then(|path| Path::new(path).parent())
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        return Err(Usage(format!("database.url: there is no folder {}", folder.display())).into());
    }
    Sender::parse(&config.mail.from)?;
    Transport::from_config(&config.mail, config.limits.captured_letters, Clock::default())?;
    Providers::new(&config.sign_in.oidc)?;
    say("OK")
}
