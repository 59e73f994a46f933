//! The log: to standard error, for people or for machines, as `log.level` and `log.format` say. A panic is a line in it.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use super::Usage;
use crate::config::{Config, LogFormat};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Starts it. A command that is not the daemon answers by itself, and logs warnings only.
pub(super) fn start(config: &Config, is_daemon: bool) -> anyhow::Result<()> {
    let filter = filter(&config.log.level)?;
    let filter = if is_daemon { filter } else { EnvFilter::new("warn") };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // A log that cannot be started (it runs already) is no reason not to work.
    let _ = match config.log.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        // What a panic says can hold a value, and a value can be a secret: the place suffices to find it.
        tracing::error!(at, "a panic: this is a mistake of ours, please report it");
    }));
    Ok(())
}

/// Reads `log.level`. A lone word that is no level would be taken for a module's name, and nothing would be logged.
pub(super) fn filter(level: &str) -> Result<EnvFilter, Usage> {
    let is_word = level.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_level = LEVELS.contains(&level.to_ascii_lowercase().as_str());
    // What the HTTP server says at its start, we say ourselves.
    let filter = if is_level { format!("{level},actix_server=warn") } else { level.to_owned() };
    EnvFilter::try_new(filter).ok().filter(|_| is_level || !is_word).ok_or_else(|| {
        Usage(format!(
            "`log.level` cannot be {level:?}: write one of {}, or a filter like \"info,countersign::mail=debug\"",
            LEVELS.join(", ")
        ))
    })
}
