//! A daemon with people, set up by the command line, and clients that are programs of their own.

use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::daemon::Daemon;
use crate::support::fixture::Fixture;

/// The password of every person.
pub(crate) const PASSWORD: &str = "correct horse";

/// A daemon on a fixture's database.
pub(crate) struct Stage {
    database: String,
    pub(crate) daemon: Daemon,
}

impl Stage {
    /// Starts it, with settings by their environment names and without limits of emails and rates.
    pub(crate) fn set(fixture: &Fixture, settings: &[(&str, &str)]) -> Self {
        let unlimited = ["TARGET_LETTERS", "INITIATOR_HOURLY", "INITIATOR_DAILY", "APP_DAILY", "DOMAIN_HOURLY", "SIGN_INS"];
        let unlimited = unlimited.map(|name| format!("COUNTERSIGN__LIMITS__{name}"));
        let unlimited = unlimited.iter().map(|name| (name.as_str(), "0"));
        let settings: Vec<(&str, &str)> = unlimited.chain(settings.iter().copied()).collect();
        let database = fixture.config.database.url.clone();
        Self { daemon: Daemon::start(&database, &settings), database }
    }

    /// Adds a row by the command line. Returns the output.
    pub(crate) fn add(&self, arguments: &[&str]) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(arguments).env("COUNTERSIGN__DATABASE__URL", &self.database);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command without a password to read ignores its input.
        let _ = child.stdin.take().unwrap().write_all(PASSWORD.as_bytes());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {said}"))
    }

    /// Adds a person with a password, whose username is the beginning of the address.
    pub(super) fn user(&self, email: &str, more: &[&str]) -> Value {
        let name = email.split('@').next().unwrap();
        self.add(&[&["user", "add", email, "--username", name, "--password-stdin"], more].concat())
    }

    /// Runs a client of `tests/clients` against the daemon. Returns its result.
    pub(super) fn run(&self, client: Client, settings: &[(&str, &str)]) -> Value {
        let mut command = client.command();
        command.env("COUNTERSIGN_URL", &self.daemon.url).envs(settings.iter().copied());
        let said = finish(command);
        assert!(said.is_success, "{client:?} failed; it says:\n{}\n{}", said.out, said.err);
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{client:?}: {error}: {}\n{}", said.out, said.err))
    }
}

/// A published client, and the script that drives it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Client {
    Eluvio,
    Restaf,
    Sasctl,
}

impl Client {
    fn command(self) -> Command {
        match self {
            Self::Eluvio => node("eluvio"),
            Self::Restaf => node("restaf"),
            Self::Sasctl => {
                let mut command = Command::new(installed("sasctl", "bin/python"));
                command.arg(source("sasctl/client.py"));
                command
            }
        }
    }
}

fn node(client: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(source(&format!("{client}/client.js"))).env("NODE_PATH", installed(client, "node_modules"));
    command
}

pub(super) fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(path)
}

/// The folder into which `scripts/test` installs a client.
pub(crate) fn installed(client: &str, path: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients").join(client).join(path);
    assert!(place.exists(), "{client} is not installed: run scripts/test once, or scripts/clients, which needs the network");
    place
}

/// Ends a program that hangs. Far above what any needs, since the whole suite shares the machine.
const LONGEST_RUN: Duration = Duration::from_mins(15);

/// The output of a program.
pub(crate) struct Said {
    pub(crate) is_success: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a program to its end, or kills it after [`LONGEST_RUN`], which counts as a failure. It sees no setting of the daemon and
/// no proxy, since everything it may call is on this machine.
pub(crate) fn finish(mut command: Command) -> Said {
    for (name, _) in std::env::vars().filter(|(name, _)| name.to_ascii_lowercase().ends_with("_proxy")) {
        command.env_remove(name);
    }
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.as_mut().unwrap_or_else(|error| panic!("{command:?} does not start: {error}; run scripts/test once"));
    let (out, err) = (drain(child.stdout.take().unwrap()), drain(child.stderr.take().unwrap()));
    let end = Instant::now() + LONGEST_RUN;
    let (mut status, mut late) = (None, "");
    while status.is_none() {
        status = child.try_wait().unwrap();
        if status.is_none() && Instant::now() >= end {
            late = "\n(killed: it took too long)";
            child.kill().unwrap();
            status = Some(child.wait().unwrap());
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let (out, err) = (out.join().unwrap(), err.join().unwrap());
    Said { is_success: late.is_empty() && status.unwrap().success(), out, err: err + late }
}

fn drain(mut stream: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
