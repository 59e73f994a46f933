//! The rounds: in each, everything once, what is compared right beside what it is compared with.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::daily::Daily;
use crate::letters::Letters;
use crate::pages::Pages;
use crate::peers::Peers;
use crate::postgres::Postgres;
use crate::process::Server;
use crate::purge::Purge;
use crate::report::Report;
use crate::rows::Rows;
use crate::several::Several;
use crate::start::Start;
use crate::{PEERS, POSTGRES, Plan, SQLITE, folder, mail, people, say};

/// What the folders begin with in which databases are while a run lasts; its process follows.
const SCRATCH: &str = "scratch-";

/// Something that is prepared once and measured in every round.
pub(crate) trait Scenario {
    /// Measures it once, with what it is compared with.
    fn round(&mut self, report: &mut Report, round: usize) -> Result<()>;

    /// What is to be said after the last round.
    fn end(&mut self, _: &mut Report) -> Result<()> {
        Ok(())
    }
}

/// Where it is measured, and how much.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) plan: &'a Plan,
    /// Gone when all is measured.
    pub(crate) scratch: &'a Path,
    pub(crate) log: &'a Path,
}

impl Place<'_> {
    /// A file of that name.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }

    /// A daemon on that database, whose letters wait.
    pub(crate) fn daemon(&self, url: &str) -> Result<Server> {
        Server::daemon(&held(url)?, self.log)
    }

    /// How often something is done in one round with so many clients.
    pub(crate) fn count(&self, clients: usize) -> usize {
        let whole = match clients {
            1 => 800,
            8 => 2_400,
            _ => 6_000,
        };
        if self.plan.is_quick { whole / 4 } else { whole }
    }
}

/// The settings of a daemon on that database, whose letters wait.
pub(crate) fn held(url: &str) -> Result<Vec<(String, String)>> {
    Ok([people::settings(url), mail::settings(mail::refuse()?)].concat())
}

/// Measures all that the plan has.
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
        scenarios.extend(Letters::prepare(&place)?.map(boxed));
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

/// Removes what runs left behind that were stopped: a large house is many gigabytes.
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
