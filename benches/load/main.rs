//! The benchmark harness: `cargo bench --bench load -- [--quick] [--rounds N] [--rows N] [--peers] [--database NAME]
//! [--scenario NAME]…`, see docs/BENCHMARKS.md.
//!
//! The daemon runs in a process of its own, as in use, and is measured from outside. Its baselines run in the same rounds,
//! directly beside it, since the speed of a machine varies from minute to minute. A slow result fails nothing.

mod bare;
mod bulk;
mod chart;
mod cluster;
mod cores;
mod daily;
mod emails;
mod framework;
mod goals;
mod grants;
mod http;
mod instance;
mod load;
mod loops;
mod mail;
mod pages;
mod peers;
mod people;
mod postgres;
mod process;
mod proxy;
mod purge;
mod report;
mod rows;
mod scenario;
mod scenarios;
mod several;
mod start;
mod stock;

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::report::Report;

const PEERS: &str = "peers";
const SQLITE: &str = "sqlite";
const POSTGRES: &str = "postgres";

/// The scenarios, with their descriptions.
const SCENARIOS: [(&str, &str); 15] = [
    ("bare", "the framework, the SQLite loop and fdatasync alone: what the others are compared with"),
    ("file", "POST a request, each for another pair of people; the emails wait"),
    ("check", "GET a token"),
    ("redeem", "PUT a token"),
    ("decline", "DELETE a request by its decider"),
    ("postgres", "filing and redeeming on a PostgreSQL cluster of its own, against pgbench on the same"),
    ("evaluate", "AuthZEN's evaluation, by key, at 10,000 and at 1,000,000 grants"),
    ("rows", "checking, redeeming and evaluating among few rows and among many, on both databases"),
    ("list", "a list of each of two APIs, among few rows of others and among many, on both databases"),
    ("purge", "redeeming alone and beside a purge of a million requests, on both databases"),
    ("daemons", "one daemon and two on PostgreSQL, directly and behind nginx, anywhere and pinned to cores"),
    ("mail", "emails through SMTP into a sink, against smtp-source into the same"),
    ("pages", "the inbox and a request opened from its email, in an instance with 100,000 requests"),
    (PEERS, "Django with django-invitations, and crates.io's SQL; only where it is asked for"),
    ("start", "from exec to ready, and the memory of a daemon that waits"),
];

/// The extent of the measurement.
struct Plan {
    rounds: usize,
    is_quick: bool,
    /// The requests, and the grants, of the large databases.
    rows: u64,
    has_peers: bool,
    scenarios: Vec<String>,
    /// The databases of scenarios that run on both.
    databases: Vec<String>,
}

impl Plan {
    fn has(&self, scenario: &str) -> bool {
        let is_named = self.scenarios.iter().any(|name| name == scenario);
        if scenario == PEERS { self.has_peers || is_named } else { self.scenarios.is_empty() || is_named }
    }

    /// Whether scenarios for both databases run on this one.
    fn is_on(&self, database: &str) -> bool {
        self.databases.is_empty() || self.databases.iter().any(|name| name == database)
    }
}

fn main() -> Result<()> {
    let mut plan = Plan { rounds: 0, is_quick: false, rows: 0, has_peers: false, scenarios: Vec::new(), databases: Vec::new() };
    let mut is_bench = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            framework::ARGUMENT => return framework::serve(),
            // Cargo's own argument.
            "--bench" => is_bench = true,
            "--quick" => plan.is_quick = true,
            "--rounds" => plan.rounds = arguments.next().context("--rounds needs a number")?.parse()?,
            "--rows" => plan.rows = arguments.next().context("--rows needs a number")?.parse()?,
            "--peers" => plan.has_peers = true,
            "--database" => match arguments.next().as_deref() {
                Some(name @ (SQLITE | POSTGRES)) => plan.databases.push(name.to_owned()),
                _ => bail!("--database needs sqlite or postgres"),
            },
            "--scenario" => plan.scenarios.push(known(arguments.next().as_deref())?),
            "--help" => return say(&help()),
            other => bail!("there is no argument {other:?}\n{}", help()),
        }
    }
    if !is_bench {
        return say("this measures when `cargo bench --bench load` starts it");
    }
    if plan.rounds == 0 {
        plan.rounds = 5;
    }
    if plan.rows == 0 {
        plan.rows = if plan.is_quick { 100_000 } else { 1_000_000 };
    }
    let mut report = Report::default();
    scenarios::measure(&plan, &mut report)?;

    let judged = report.judge(goals::GOALS);
    say(&report.table(&judged))?;
    let folder = folder();
    let json = serde_json::json!({ "rounds": plan.rounds, "is_quick": plan.is_quick, "series": report.series, "generator": report.generator, "notes": report.notes, "goals": judged });
    std::fs::write(folder.join("results.json"), serde_json::to_string_pretty(&json)?)?;
    std::fs::write(folder.join("chart.svg"), chart::draw(&judged))?;
    say("written: target/load/results.json, target/load/chart.svg")
}

/// The folder of results, logs and, during the run, databases: on the disk of the build, not in memory.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("load")
}

fn known(name: Option<&str>) -> Result<String> {
    let found = SCENARIOS.iter().find(|(scenario, _)| Some(*scenario) == name);
    found.map(|(scenario, _)| (*scenario).to_owned()).with_context(help)
}

fn help() -> String {
    let lines: Vec<String> = SCENARIOS.iter().map(|(name, what)| format!("  {name:8} {what}")).collect();
    format!(
        "cargo bench --bench load -- [--quick] [--rounds N] [--rows N] [--peers] [--database NAME] [--scenario NAME]…, where NAME is one of\n{}",
        lines.join("\n")
    )
}

fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
