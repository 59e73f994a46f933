//! The rounds: in each, everything once, what is compared right beside what it is compared with.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::grants::{self, World};
use crate::http::{self, Requests};
use crate::letters::Letters;
use crate::loops::Loops;
use crate::pages::Pages;
use crate::people::{self, PEOPLE, People};
use crate::postgres::Postgres;
use crate::process::Server;
use crate::report::{Report, float, rate};
use crate::stock::Stock;
use crate::{Plan, folder, mail, say};

const CLIENTS: [usize; 3] = [1, 8, 64];

/// How often something is done in one round with so many clients.
fn count(plan: &Plan, clients: usize) -> usize {
    let whole = match clients {
        1 => 800,
        8 => 2_400,
        _ => 6_000,
    };
    if plan.is_quick { whole / 4 } else { whole }
}

/// Measures all that the plan has.
pub(crate) fn measure(plan: &Plan, report: &mut Report) -> Result<()> {
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    let scratch = tempfile::tempdir_in(&folder)?;
    let at = |name: &str| scratch.path().join(name);
    let log = folder.join("daemon.log");
    File::create(&log)?;

    say("preparing: people, a history, and a token for every redemption")?;
    let people = People::settle(&people::sqlite(&at("prepared.db")))?;
    let redeems = CLIENTS.map(|clients| count(plan, clients)).iter().sum::<usize>() * plan.rounds;
    let mut stock = Stock::lay_in(&people, redeems)?;
    let snapshot = |name: &str| -> Result<PathBuf> {
        let copy = at(name);
        people.copy_to(&copy)?;
        Ok(copy)
    };
    let letters = letters(plan, scratch.path(), &log)?;
    let mut postgres = postgres(plan, &log)?;

    let framework = Server::framework()?;
    let (daemon_db, loop_db, recorded_db) = (snapshot("daemon.db")?, snapshot("loop.db")?, snapshot("recorded.db")?);
    let mut loops = Loops::open(&people, &recorded_db, &loop_db)?;
    let held = |database: &Path| -> Result<_> {
        Ok([people::settings(&people::sqlite(database)), mail::settings(mail::refuse()?)].concat())
    };
    let needs_daemon = ["file", "check", "redeem"].iter().any(|name| plan.has(name));
    let daemon = if needs_daemon { Some(Server::daemon(&held(&daemon_db)?, &log)?) } else { None };

    let mut worlds = Vec::new();
    for grants in grants::SIZES.into_iter().filter(|_| plan.has("evaluate")) {
        say(&format!("preparing: {grants} grants"))?;
        let database = at(&format!("grants{grants}.db"));
        let world = World::settle(&database, grants)?;
        let daemon = Server::daemon(&held(&database)?, &log)?;
        // Before it is measured each page has been asked for once.
        http::run(daemon.at, 8, &world.evaluations(), 4_096, 200)?;
        worlds.push((format!("evaluate, {grants} grants"), world, daemon));
    }

    let pages = if plan.has("pages") {
        say("preparing: a house in use, for its pages")?;
        Some(Pages::prepare(&at("pages.db"), &log)?)
    } else {
        None
    };

    let mut signed_in = Instant::now().checked_sub(Duration::from_mins(1)).context("this machine was started just now")?;
    for round in 1..=plan.rounds {
        say(&format!("round {round} of {}", plan.rounds))?;
        report.add("fdatasync of 4 KiB appended", "1/s", syncs(&at("synced"))?);
        for clients in CLIENTS {
            let total = count(plan, clients);
            framework_round(report, &framework, clients, total * 2)?;
            for (name, world, daemon) in &worlds {
                load(report, daemon, &format!("{name}, {clients} clients"), clients, &world.evaluations(), total * 2, 200)?;
            }
            if let Some(daemon) = &daemon {
                let mut daemon_round = |name: &str, requests: &Requests, total, status| -> Result<()> {
                    if plan.has(name) {
                        load(report, daemon, &format!("{name}, {clients} clients"), clients, requests, total, status)?;
                    }
                    Ok(())
                };
                if (plan.has("check") || plan.has("redeem")) && signed_in.elapsed() > Duration::from_secs(20) {
                    stock.sign_in_anew();
                    http::run(daemon.at, 2, &stock.checks(), usize::try_from(PEOPLE)?, 200)?;
                    signed_in = Instant::now();
                }
                let checks = stock.checks();
                daemon_round("check", &checks, total * 2, 200)?;
                daemon_round("file", &stock.filings(&people, total)?, total, 201)?;
                let redeems = stock.redeems(total);
                daemon_round("redeem", &redeems, total, 200)?;
            }
        }
        if plan.has("file") || plan.has("bare") {
            loops.files(report, &people, &mut stock, count(plan, 64))?;
        }
        if plan.has("redeem") || plan.has("bare") {
            loops.redeems(report, &stock, count(plan, 64) / 2)?;
        }
        if let Some(postgres) = &mut postgres {
            postgres.measure(report)?;
        }
        if let Some(letters) = &letters {
            letters.measure(report, round)?;
        }
        if let Some(pages) = &pages {
            pages.measure(plan, report)?;
        }
        if plan.has("start") {
            start(report, &held(&snapshot(&format!("start{round}.db"))?)?, &log)?;
        }
    }
    if let Some(daemon) = &daemon {
        report.add("resident, after all this", "MB", daemon.resident_megabytes()?);
    }
    Ok(())
}

/// The letters' scenario, where it is wanted and possible.
fn letters(plan: &Plan, scratch: &Path, log: &Path) -> Result<Option<Letters>> {
    if !plan.has("mail") {
        return Ok(None);
    }
    let letters = Letters::wait(scratch, log, if plan.is_quick { 1_000 } else { 4_000 })?;
    if letters.is_none() {
        say("smtp-sink and smtp-source (package postfix) are missing: letters are not measured")?;
    }
    Ok(letters)
}

/// PostgreSQL's scenario, where it is wanted and possible.
fn postgres(plan: &Plan, log: &Path) -> Result<Option<Postgres>> {
    if !plan.has("postgres") {
        return Ok(None);
    }
    say("preparing the same on PostgreSQL")?;
    let postgres = Postgres::prepare(plan.rounds, count(plan, 64), log)?;
    if postgres.is_none() {
        say("PostgreSQL's server and pgbench (package postgresql) are missing: PostgreSQL is not measured")?;
    }
    Ok(postgres)
}

/// Requests to a server, and what they cost it.
pub(crate) fn load(
    report: &mut Report,
    server: &Server,
    name: &str,
    clients: usize,
    requests: &Requests,
    total: usize,
    status: u16,
) -> Result<()> {
    let before = server.cpu_micros()?;
    let took = http::run(server.at, clients, requests, total, status).with_context(|| name.to_owned())?;
    let cpu = server.cpu_micros()? - before;
    report.add(name, "1/s", rate(total, took.seconds));
    report.add(&format!("{name}, CPU"), "µs each", cpu / float(total));
    report.add(&format!("{name}, p50"), "ms", took.percentile(0.5));
    report.add(&format!("{name}, p99"), "ms", took.percentile(0.99));
    Ok(())
}

/// The bare framework: what our own load generator can get out of this machine.
fn framework_round(report: &mut Report, framework: &Server, clients: usize, total: usize) -> Result<()> {
    for (name, path) in [("framework, hello", "/hello"), ("framework, small JSON", "/json")] {
        let requests = Rc::new(vec![http::request("GET", path, "", "")]);
        load(report, framework, &format!("{name}, {clients} clients"), clients, &requests, total, 200)?;
    }
    Ok(())
}

/// A daemon that starts and then waits.
fn start(report: &mut Report, settings: &[(String, String)], log: &Path) -> Result<()> {
    for _ in 0..4 {
        let daemon = Server::daemon(settings, log)?;
        report.add("exec to ready", "ms", daemon.ready_after.as_secs_f64() * 1_000.0);
        std::thread::park_timeout(Duration::from_millis(300));
        report.add("resident, idle", "MB", daemon.resident_megabytes()?);
    }
    Ok(())
}

/// Syncs a second of a file that grows by a page each time.
fn syncs(path: &Path) -> Result<f64> {
    const SYNCS: usize = 1_000;
    let mut file = File::create(path)?;
    let start = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
    }
    Ok(rate(SYNCS, start.elapsed().as_secs_f64()))
}
