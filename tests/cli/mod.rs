//! The command line as an operator uses it: the binary itself, its output, its errors and its exit codes.

mod add;
mod audit;
mod backup;
mod completions;
mod copy;
mod daemon;
mod demo;
mod emails;
mod files;
mod health;
mod import;
mod names;
mod server_key;
mod settings;
mod trust;
mod usage;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use countersign::clock::Clock;
use countersign::config::Config;
use countersign::domain::{Address, BundleId, Caller, Credential, UserId, UserRef};
use countersign::store::{Store, users};
use countersign::workflow::requests::file::{self, Filing};
use countersign::workflow::requests::view::RequestView;
use countersign::workflow::requests::withdraw;
use serde_json::Value;

/// A folder with a database, and commands that run there.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

/// A command's result.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Its output, which must be JSON of a successful command.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }

    /// The exit code and the one sentence of a command that failed.
    pub(crate) fn refusal(&self) -> String {
        assert_eq!(self.out, "", "a refusal prints nothing that a program could take for an answer");
        format!("{}: {}", self.code.unwrap(), self.err.trim_end())
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// The command, in the folder, without settings from the caller's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        Self::finish(self.command(arguments))
    }

    pub(crate) fn run_with(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Said {
        let mut command = self.command(arguments);
        command.envs(settings.iter().copied());
        Self::finish(command)
    }

    pub(crate) fn pipe(&self, arguments: &[&str], input: &str) -> Said {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Self::said(&child.wait_with_output().unwrap())
    }

    fn finish(mut command: Command) -> Said {
        Self::said(&command.output().unwrap())
    }

    fn said(output: &std::process::Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Adds a row. Returns its id.
    pub(crate) fn add(&self, arguments: &[&str]) -> i64 {
        self.run(arguments).json()["id"].as_i64().unwrap()
    }

    /// The database, as the daemon opens it.
    pub(crate) fn store(&self, clock: Clock) -> Store {
        let url = ("COUNTERSIGN__DATABASE__URL".to_owned(), format!("sqlite:{}", self.text("countersign.db")));
        Store::open(&Config::build(None, [url]).unwrap().database, 100, clock).unwrap()
    }

    /// Ann, Bob and a bundle of Ann's, which Bob requests, without a daemon.
    pub(crate) fn filed(&self, clock: Clock) -> RequestView {
        self.add(&["user", "add", "ann@example.org"]);
        self.add(&["user", "add", "bob@example.org"]);
        let bundle = self.add(&["bundle", "add", "Sleep data", "--owner", "ann@example.org"]);
        let config = Config::defaults().unwrap();
        let person = |text: &str| Address::parse(text).unwrap();
        let filed = self.store(clock).write_sync(move |tx| {
            let bob = users::find_by_email(tx, &person("bob@example.org"))?.unwrap();
            let caller = Caller::person(bob.id, false, Credential::Password);
            let filing = Filing {
                target: UserRef::Address(person("ann@example.org")),
                allowed: UserRef::Id(bob.id),
                bundle: BundleId(bundle),
                level: None,
                message: None,
                redeem_url: None,
                ttl: None,
                until: None,
                resources: None,
            };
            file::file(tx, &config, &caller, &filing)
        });
        filed.unwrap().0
    }

    /// Bob withdraws a request.
    pub(crate) fn withdrawn(&self, clock: Clock, request_view: &RequestView) {
        let (id, bob): (_, UserId) = (request_view.request.id, request_view.allowed.id);
        let caller = Caller::person(bob, false, Credential::Password);
        self.store(clock).write_sync(move |tx| withdraw::delete(tx, &caller, id)).unwrap();
    }
}

/// A Basic header.
pub(crate) fn basic(name: &str, password: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}")))
}
