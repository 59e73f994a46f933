//! The command line: one file a command. What a command has to say goes to standard output, mostly as JSON; what went wrong
//! is one sentence on standard error. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.

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
mod http;
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

/// What stands below the help of the program, and at the end of its manual page.
const AFTERWORD: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.

COUNTERSIGN_CONFIG names the file of settings where --config does not. Every setting has an environment variable of its own, \
COUNTERSIGN__SECTION__KEY; `countersign config show` lists the settings in force.

The service reads /etc/countersign/config.toml and keeps what it knows in /var/lib/countersign.";

/// Ask for access; the right person says yes by mail.
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
    /// Run the daemon (also what happens without a command).
    Serve,
    /// Try it: people, data and a request in a throw-away database, with the email and the lines to paste.
    Demo,
    /// Bring the database's schema to what this version needs.
    Migrate,
    /// The configuration.
    #[command(subcommand)]
    Config(config::Command),
    /// Copy a SQLite database into a new file while it is in use.
    Backup(backup::Backup),
    /// Put a backup back in place, and end all links that were mailed before.
    Restore(backup::Restore),
    /// Move an instance from SQLite to PostgreSQL, or back, with all that is in it.
    Copy(copy::Arguments),
    /// What was done, by whom and when.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Remove what ended long enough ago.
    Purge(purge::Purge),
    /// Emails.
    #[command(subcommand)]
    Mail(mail::Command),
    /// People.
    #[command(subcommand)]
    User(user::Command),
    /// Groups of people.
    #[command(subcommand)]
    Group(group::Command),
    /// Named sets of resources, which access is asked for.
    #[command(subcommand)]
    Bundle(bundle::Command),
    /// Single things that an app guards.
    #[command(subcommand)]
    Resource(resource::Command),
    /// Keys for apps.
    #[command(subcommand)]
    Key(key::Command),
    /// Add much at once from a file, all of it or nothing.
    Import(import::Arguments),
    /// The instance's own key, which share links are sealed with.
    #[command(subcommand)]
    ServerKey(server_key::Command),
    /// Ask the daemon on this machine whether it is ready.
    Health,
    /// Print what a shell needs to complete our commands.
    Completions(completions::Completions),
    /// Write the manual pages into a folder.
    Man(completions::Pages),
}

/// Called wrongly, in a way that only the command itself could find out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// The command line as it is read: for whatever is made from it or held to it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads the arguments, does what they say, and answers with the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = run(cli);
    logging::finish();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads our output has read enough.
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
    // Whatever is written is for its owner alone, journals and temporary files of libraries too. Manual pages are for everybody.
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
        // Whose configuration is wrong must be able to ask what it is.
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
        Command::Key(command) => key::run(&load()?, command),
        Command::Health => health::run(&load()?),
        // Whoever packages us has no configuration yet.
        Command::Completions(args) => completions::completions(self::command(), &args),
        Command::Man(args) => completions::man(self::command(), &args),
        Command::Import(args) => import::run(&load()?, &args),
        Command::ServerKey(command) => server_key::run(&load()?, &command),
    }
}

/// Whether somebody called us wrongly or configured what cannot be, rather than that something failed.
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

/// Prints a line.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

/// Prints a line beside the output: for the eyes, not for a program.
fn remark(line: &str) {
    let _ = writeln!(io::stderr().lock(), "countersign: {line}");
}
