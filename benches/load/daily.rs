//! A daemon's usual work on SQLite: filing, checking, redeeming, declining, evaluating; beside it the bare framework and the
//! bare SQLite loop.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::bulk::Database;
use crate::grants::{self, World};
use crate::load::{self, Load};
use crate::loops::Loops;
use crate::people::{self, PEOPLE, People};
use crate::process::Server;
use crate::report::{Report, float, rate};
use crate::say;
use crate::scenario::{Place, Scenario};
use crate::stock::Stock;

const CLIENTS: [usize; 3] = [1, 8, 64];
/// Reads are so fast that they are repeated this many times as often as writes, to last as long.
const LOOKS: usize = 10;
/// The number of requests after which its memory has a goal of its own.
const MANY: usize = 1_000_000;

pub(crate) struct Daily<'a> {
    place: Place<'a>,
    framework: Server,
    daemon: Option<Server>,
    people: People,
    stock: Stock,
    loops: Loops,
    worlds: Vec<(String, World, Server)>,
    signed_in: Instant,
}

impl<'a> Daily<'a> {
    /// Prepares the selected scenarios. The framework is always measured.
    pub(crate) fn prepare(place: &Place<'a>) -> Result<Self> {
        say("preparing: people, a history, and a token for every redemption")?;
        let plan = place.plan;
        let people = People::settle(&people::sqlite(&place.at("prepared.db")))?;
        let all = CLIENTS.map(|clients| place.count(clients)).iter().sum::<usize>() * plan.rounds;
        let wanted = |is_wanted: bool| if is_wanted { all } else { 0 };
        let (redeems, declines) = (wanted(plan.has("redeem") || plan.has("bare")), wanted(plan.has("decline")));
        let stock = Stock::lay_in(&people, redeems, declines)?;
        let copy = |name: &str| -> Result<PathBuf> {
            let copy = place.at(name);
            people.copy_to(&copy)?;
            Ok(copy)
        };
        let framework = Server::framework()?;
        let loops = Loops::open(&people, &copy("recorded.db")?, &copy("loop.db")?)?;
        let is_needed = ["file", "check", "redeem", "decline"].iter().any(|name| plan.has(name));
        let daemon = if is_needed { Some(place.daemon(&people::sqlite(&copy("daemon.db")?))?) } else { None };
        let mut worlds = Vec::new();
        for grants in grants::SIZES.into_iter().filter(|_| plan.has("evaluate")) {
            say(&format!("preparing: {grants} grants"))?;
            let database = Database::File(place.at(&format!("grants{grants}.db")));
            let world = World::settle(&database, grants)?;
            let daemon = place.daemon(&database.url())?;
            world.rehearse(&daemon)?;
            worlds.push((format!("evaluate, {grants} grants"), world, daemon));
        }
        let signed_in = Instant::now().checked_sub(Duration::from_mins(1)).context("this machine was started just now")?;
        Ok(Self { place: *place, framework, daemon, people, stock, loops, worlds, signed_in })
    }

    fn with_clients(&mut self, report: &mut Report, clients: usize) -> Result<()> {
        let total = self.place.count(clients);
        let looks = total * LOOKS;
        load::framework(report, &self.framework, clients, looks)?;
        for (name, world, daemon) in &self.worlds {
            Load { clients, requests: &world.evaluations(), total: looks, status: 200 }.measure(report, daemon, name)?;
        }
        let Some(daemon) = &self.daemon else { return Ok(()) };
        let plan = self.place.plan;
        if plan.has("check") || plan.has("redeem") || plan.has("decline") {
            sign_in(daemon, &mut self.stock, &mut self.signed_in)?;
        }
        if plan.has("check") {
            Load { clients, requests: &self.stock.checks(), total: looks, status: 200 }.measure(report, daemon, "check")?;
        }
        if plan.has("file") {
            let requests = self.stock.filings(&self.people, total)?;
            Load { clients, requests: &requests, total, status: 201 }.measure(report, daemon, "file")?;
        }
        if plan.has("redeem") {
            Load { clients, requests: &self.stock.redeems(total), total, status: 200 }.measure(report, daemon, "redeem")?;
        }
        if plan.has("decline") {
            Load { clients, requests: &self.stock.declines(total), total, status: 204 }.measure(report, daemon, "decline")?;
        }
        Ok(())
    }
}

/// Signs everybody in, unless that was less than a minute ago, as long as a correct password is cached.
fn sign_in(daemon: &Server, stock: &mut Stock, signed_in: &mut Instant) -> Result<()> {
    if signed_in.elapsed() > Duration::from_secs(20) {
        stock.sign_in_anew();
        Load { clients: 2, requests: &stock.checks(), total: usize::try_from(PEOPLE)?, status: 200 }.put_on(daemon)?;
        *signed_in = Instant::now();
    }
    Ok(())
}

impl Scenario for Daily<'_> {
    fn round(&mut self, report: &mut Report, _: usize) -> Result<()> {
        report.add("fdatasync of 4 KiB appended", "1/s", syncs(&self.place.at("synced"))?);
        for clients in CLIENTS {
            self.with_clients(report, clients)?;
        }
        let (plan, count) = (self.place.plan, self.place.count(64));
        if plan.has("file") || plan.has("bare") {
            self.loops.files(report, &self.people, &mut self.stock, count)?;
        }
        if plan.has("redeem") || plan.has("bare") {
            self.loops.redeems(report, &self.stock, count / 2)?;
        }
        Ok(())
    }

    /// Its memory after all that, and if there is time, after a million requests.
    fn end(&mut self, report: &mut Report) -> Result<()> {
        let Some(daemon) = &self.daemon else { return Ok(()) };
        report.add("requests that the daemon had answered", "", float(daemon.answered.get()));
        add_memory(report, daemon, "resident, after these")?;
        if !self.place.plan.is_quick && self.place.plan.has("check") {
            say("asking it until a million are answered, for its memory")?;
            while daemon.answered.get() < MANY {
                sign_in(daemon, &mut self.stock, &mut self.signed_in)?;
                let total = (MANY - daemon.answered.get()).min(200_000);
                Load { clients: 64, requests: &self.stock.checks(), total, status: 200 }.put_on(daemon)?;
            }
            add_memory(report, daemon, "resident, after a million requests")?;
        }
        Ok(())
    }
}

fn add_memory(report: &mut Report, daemon: &Server, name: &str) -> Result<()> {
    let (all, own) = daemon.resident_megabytes()?;
    report.add(name, "MB", all);
    report.add(&format!("{name}, without mapped files"), "MB", own);
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
