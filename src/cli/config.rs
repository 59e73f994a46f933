//! `config`: prints the settings in force, and checks them.

use std::path::Path;

use clap::Subcommand;
use url::Url;

use super::{Usage, database, logging, remark, say};
use crate::auth::oidc::Providers;
use crate::clock::Clock;
use crate::config::{Config, Tls, TransportKind};
use crate::mail::{Sender, Transport};
use crate::{certificates, store};

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Command {
    /// Check the configuration and the files that it names; nothing is sent or changed.
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
    // Each check runs by itself, so that all errors are reported at once.
    let mut wrong: Vec<String> = Vec::new();
    let mut note = |outcome: Result<(), anyhow::Error>| wrong.extend(outcome.err().map(|error| format!("{error:#}")));
    note(logging::filter(&config.log.level).map(drop).map_err(Into::into));
    note(database::check_url(&config.database.url).map_err(Into::into));
    note(check_folder(&config.database.url).map_err(Into::into));
    match Sender::parse(&config.mail.from) {
        // The transport parses the sender too, and would report the same error again.
        Err(error) => note(Err(error.into())),
        Ok(_) => note(
            Transport::from_config(&config.mail, config.limits.captured_letters, Clock::default()).map(drop).map_err(Into::into),
        ),
    }
    note(check_certificates(&config).map_err(Into::into));
    note(Providers::new(&config.sign_in.oidc).map(drop).map_err(Into::into));
    if let Some(warning) = store::connection_warning(&config.database.url) {
        remark(&warning);
    }
    match &wrong[..] {
        [] => say("OK"),
        [one] => Err(Usage(one.clone()).into()),
        several => Err(Usage(format!("{} things are wrong:\n  {}", several.len(), several.join("\n  "))).into()),
    }
}

/// Refuses a `ca_file` with the server's own certificate if that is marked as an authority's, since every connection would fail.
fn check_certificates(config: &Config) -> Result<(), Usage> {
    let smtp = &config.mail.smtp;
    let is_used = config.mail.transport == TransportKind::Smtp && smtp.tls != Tls::None;
    if let Some(path) = smtp.ca_file.as_deref().filter(|path| is_used && path.exists()) {
        certificates::check(path, &smtp.host).map_err(|why| Usage(format!("mail.smtp.ca_file {}: {why}", path.display())))?;
    }
    for provider in &config.sign_in.oidc {
        let host = Url::parse(&provider.issuer).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        if let Some(path) = provider.ca_file.as_deref().filter(|path| path.exists()) {
            let usage = |why| Usage(format!("sign_in.oidc, provider {}: ca_file {}: {why}", provider.id, path.display()));
            certificates::check(path, &host).map_err(usage)?;
        }
    }
    Ok(())
}

fn check_folder(url: &str) -> Result<(), Usage> {
    match store::sqlite_file(url).and_then(|path| Path::new(path).parent()) {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(Usage(format!("database.url: there is no folder {}", folder.display())))
        }
        _ => Ok(()),
    }
}
