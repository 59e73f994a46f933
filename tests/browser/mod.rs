//! The pages in a real browser: the system's Chromium, driven by scripts beside these files with the packages that
//! `tests/clients/browser` pins. Screenshots stay in `target/screenshots`.

mod admin;
mod emails;
mod flows;
mod oidc;
mod scanner;
mod states;

pub(crate) use states::session;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::clients::stage::{finish, installed};

/// Runs one of the scripts on a plan. Returns its result.
fn run(script: &str, plan: &Value) -> Value {
    let mut command = Command::new("node");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(script));
    command.env("NODE_PATH", installed("browser", "node_modules")).env("PLAN", plan.to_string());
    let said = finish(command);
    assert!(said.is_success, "{script} failed; it says:\n{}\n{}", said.out, said.err);
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{script}: {error}: {}\n{}", said.out, said.err))
}
