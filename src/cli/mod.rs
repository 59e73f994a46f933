//! The command line: one file a command. Results go to standard output, mostly as JSON; an error is one sentence on standard
//! error. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.

mod app;
mod args;
mod audit;
mod backup;
mod bundle;
mod completions;
mod config;
mod copy;
mod database;
mod demo;
mod group;
mod health;
mod import;
mod key;
mod logging;
mod mail;
mod migrate;
mod purge;
mod resource;
mod serve;
mod server_key;
mod user;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use serde::Serialize;

use crate::auth::oidc::ProviderError;
use crate::config::{Config, ConfigError};
use crate::mail::TransportError;
use crate::mail::message::BadSender;
use crate::server::StartError;
use crate::workflow::WorkflowError;

/// The end of the program's help and manual page.
const AFTERWORD: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.

COUNTERSIGN_CONFIG names the file of settings if --config does not. Every setting has an environment variable of its own, \
COUNTERSIGN__SECTION__KEY; `countersign config show` lists the settings in force.

The service reads /etc/countersign/config.toml and keeps its data in /var/lib/countersign.";

/// Access requests that the right person answers by email.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, after_help = AFTERWORD)]
struct Cli {
    /// Settings that differ from the defaults; see `countersign config show`.
    #[arg(long, global = true, value_name = "FILE", env = "COUNTERSIGN_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon (the default without a command).
    Serve,
    /// Try it out: a throw-away database with people, data and a request, its email, and commands to paste.
    Demo,
    /// Migrate the database to this version's schema.
    Migrate,
    /// Check or print the configuration.
    #[command(subcommand)]
    Config(config::Command),
    /// Back up a SQLite database into a new file while it is in use.
    Backup(backup::Backup),
    /// Restore a backup, and invalidate all links that were emailed before.
    Restore(backup::Restore),
    /// Copy an instance from SQLite to PostgreSQL, or back, with all its rows.
    Copy(copy::Arguments),
    /// Verify or export the audit.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Delete requests and access that ended long enough ago.
    Purge(purge::Purge),
    /// Manage queued and sent emails.
    #[command(subcommand)]
    Mail(mail::Command),
    /// Manage people.
    #[command(subcommand)]
    User(user::Command),
    /// Manage groups of people.
    #[command(subcommand)]
    Group(group::Command),
    /// Manage bundles, the sets of resources that people request access to.
    #[command(subcommand)]
    Bundle(bundle::Command),
    /// Register single resources that an app guards.
    #[command(subcommand)]
    Resource(resource::Command),
    /// Manage apps.
    #[command(subcommand)]
    App(app::Command),
    /// Manage API keys.
    #[command(subcommand)]
    Key(key::Command),
    /// Add many rows from a file, either all or none.
    Import(import::Arguments),
    /// Renew the instance's own key, which encrypts share links.
    #[command(subcommand)]
    ServerKey(server_key::Command),
    /// Check whether the daemon on this machine is ready.
    Health,
    /// Print a script that completes commands in a shell.
    Completions(completions::Completions),
    /// Write the manual pages into a folder.
    Man(completions::Pages),
}

/// Wrong usage that clap cannot detect.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// The command line, for generated pages and tests.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Parses the arguments, runs the command, and returns the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = run(cli);
    logging::finish();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of our output closed it early, which is no failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr().lock(), "countersign: {error:#}");
            ExitCode::from(if is_usage(&error) { 2 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let file = cli.config.as_deref();
    let command = cli.command.unwrap_or(Command::Serve);
    let is_daemon = matches!(command, Command::Serve);
    // New files are for their owner only, including journals and temporary files of libraries. Manual pages are for everybody.
    #[cfg(unix)]
    if !matches!(command, Command::Completions(_) | Command::Man(_)) {
        nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));
    }
    let load = || {
        let config = Config::load(file)?;
        logging::start(&config, is_daemon)?;
        Ok::<_, anyhow::Error>(config)
    };
    match command {
        Command::Serve => serve::run(load()?),
        Command::Demo => demo::run(load()?),
        Command::Migrate => migrate::run(&load()?),
        // Loads no configuration here, so that a wrong one can be examined.
        Command::Config(command) => config::run(file, command),
        Command::Backup(args) => backup::backup(&load()?, &args),
        Command::Restore(args) => backup::restore(&load()?, &args),
        Command::Copy(args) => copy::run(&load()?, &args),
        Command::Audit(command) => audit::run(&load()?, &command),
        Command::Purge(args) => purge::run(&load()?, &args),
        Command::Mail(command) => mail::run(&load()?, &command),
        Command::User(command) => user::run(&load()?, command),
        Command::Group(command) => group::run(&load()?, command),
        Command::Bundle(command) => bundle::run(&load()?, command),
        Command::Resource(command) => resource::run(&load()?, command),
        Command::App(command) => app::run(&load()?, command),
        Command::Key(command) => key::run(&load()?, command),
        Command::Health => health::run(&load()?),
        // A packager has no configuration yet.
        Command::Completions(args) => completions::completions(self::command(), &args),
        Command::Man(args) => completions::man(self::command(), &args),
        Command::Import(args) => import::run(&load()?, &args),
        Command::ServerKey(command) => server_key::run(&load()?, &command),
    }
}

/// Whether the usage or the configuration is wrong, as opposed to a failure at run time.
fn is_usage(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<Usage>()
            || cause.is::<ConfigError>()
            || cause.is::<TransportError>()
            || cause.is::<BadSender>()
            || cause.is::<ProviderError>()
            || matches!(cause.downcast_ref(), Some(WorkflowError::Invalid { .. }))
            || matches!(cause.downcast_ref(), Some(StartError::Transport(_) | StartError::Sender(_) | StartError::Provider(_)))
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let is_it = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.downcast_ref().is_some_and(is_it)
}

/// Prints one JSON object on a line of its own.
fn print(value: &impl Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string(value)?)
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Prints a remark for people to standard error, beside the output for programs.
fn remark(line: &str) {
    let _ = writeln!(io::stderr().lock(), "countersign: {line}");
}
