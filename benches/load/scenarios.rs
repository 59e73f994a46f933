//! The rounds: each measures everything once, with baselines directly beside.

use std::fs::File;
use std::path::Path;

use anyhow::Result;

use crate::daily::Daily;
use crate::emails::Emails;
use crate::pages::Pages;
use crate::peers::Peers;
use crate::postgres::Postgres;
use crate::purge::Purge;
use crate::report::Report;
use crate::rows::Rows;
use crate::scenario::{Place, Scenario};
use crate::several::Several;
use crate::start::Start;
use crate::{PEERS, POSTGRES, Plan, SQLITE, folder, say};

/// The prefix of folders with databases during a run; the process id follows.
const SCRATCH: &str = "scratch-";

/// Measures everything in the plan.
pub(crate) fn measure(plan: &Plan, report: &mut Report) -> Result<()> {
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    sweep(&folder)?;
    let scratch = tempfile::Builder::new().prefix(&format!("{SCRATCH}{}-", std::process::id())).tempdir_in(&folder)?;
    let log = folder.join("daemon.log");
    File::create(&log)?;
    let place = Place { plan, scratch: scratch.path(), log: &log };

    let mut scenarios: Vec<Box<dyn Scenario>> = vec![boxed(Daily::prepare(&place)?)];
    let (on_sqlite, on_postgres) = (plan.is_on(SQLITE), plan.is_on(POSTGRES));
    if plan.has("postgres") {
        scenarios.extend(Postgres::prepare(&place)?.map(boxed));
    }
    if (plan.has("rows") || plan.has("list")) && on_sqlite {
        scenarios.push(boxed(Rows::on_sqlite(&place)?));
    }
    if (plan.has("rows") || plan.has("list")) && on_postgres {
        scenarios.extend(Rows::on_postgres(&place)?.map(boxed));
    }
    if plan.has("purge") && on_sqlite {
        scenarios.push(boxed(Purge::on_sqlite(&place)?));
    }
    if plan.has("purge") && on_postgres {
        scenarios.extend(Purge::on_postgres(&place)?.map(boxed));
    }
    if plan.has("daemons") {
        scenarios.extend(Several::prepare(&place, report)?.map(boxed));
    }
    if plan.has(PEERS) {
        scenarios.extend(Peers::prepare(&place)?.map(boxed));
    }
    if plan.has("mail") {
        scenarios.extend(Emails::prepare(&place)?.map(boxed));
    }
    if plan.has("pages") {
        scenarios.push(boxed(Pages::prepare(&place)?));
    }
    if plan.has("start") {
        scenarios.push(boxed(Start::prepare(&place)?));
    }
    for round in 1..=plan.rounds {
        say(&format!("round {round} of {}", plan.rounds))?;
        scenarios.iter_mut().try_for_each(|scenario| scenario.round(report, round))?;
    }
    scenarios.iter_mut().try_for_each(|scenario| scenario.end(report))
}

/// Deletes the files of stopped runs, since a large database has many gigabytes.
fn sweep(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(SCRATCH)).and_then(|rest| rest.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn boxed<'a>(scenario: impl Scenario + 'a) -> Box<dyn Scenario + 'a> {
    Box::new(scenario)
}
