//! The pages in a real browser: Chromium as the system has it, driven by scripts beside these files with what
//! `tests/clients/browser` pins. What is looked at stays in `target/screenshots`.

mod admin;
mod elsewhere;
mod flows;
mod scanner;
mod states;

pub(crate) use states::session;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::clients::stage::{finish, installed};

/// Runs a script here on a plan; what it saw.
fn run(script: &str, plan: &Value) -> Value {
    let mut command = Command::new("node");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(script));
    command.env("NODE_PATH", installed("browser", "node_modules")).env("PLAN", plan.to_string());
    let said = finish(command, Duration::from_mins(3));
    assert!(said.is_success, "{script} failed; it says:\n{}\n{}", said.out, said.err);
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{script}: {error}: {}\n{}", said.out, said.err))
}
