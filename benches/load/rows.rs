//! The same work on a small database and on a large one, side by side: the cost of many rows.

use anyhow::Result;

use crate::bulk::Database;
use crate::cluster::Cluster;
use crate::grants::World;
use crate::http::Requests;
use crate::instance::Instance;
use crate::load::{Load, Target};
use crate::process::Server;
use crate::report::{Report, float};
use crate::say;
use crate::scenario::{Place, Scenario};

/// The requests, and the grants, of the small databases.
const FEW: u64 = 10_000;
/// The most rows on PostgreSQL.
const MOST_ON_POSTGRES: u64 = 1_000_000;
const CLIENTS: usize = 64;
/// The lists that are read, one from each of two APIs.
const LISTS: [(&str, &str); 2] =
    [("list, requests", "/api/bundle_permission_request/"), ("list, shares", "/authorization/shares")];

fn ask(requests: &Requests, total: usize) -> Load<'_> {
    Load { clients: CLIENTS, requests, total, status: 200 }
}

/// One size.
struct Size {
    name: &'static str,
    // Stopped before its database.
    daemon: Server,
    world_daemon: Option<Server>,
    instance: Instance,
    world: Option<World>,
}

pub(crate) struct Rows<'a> {
    place: Place<'a>,
    label: &'static str,
    sizes: Vec<Size>,
    cluster: Option<Cluster>,
}

impl<'a> Rows<'a> {
    /// Both sizes on SQLite.
    pub(crate) fn on_sqlite(place: &Place<'a>) -> Result<Self> {
        let mut rows = Self { place: *place, label: "", sizes: Vec::new(), cluster: None };
        for (name, count) in [("few", FEW), ("many", place.plan.rows)] {
            let size = rows.size(name, count, |what| Ok(Database::File(place.at(&format!("{what}.db")))))?;
            rows.sizes.push(size);
        }
        Ok(rows)
    }

    /// Both sizes on PostgreSQL; none if it is not installed.
    pub(crate) fn on_postgres(place: &Place<'a>) -> Result<Option<Self>> {
        let Some(cluster) = Cluster::start_or_say()? else { return Ok(None) };
        let mut rows = Self { place: *place, label: "PostgreSQL, ", sizes: Vec::new(), cluster: None };
        for (name, count) in [("few", FEW), ("many", place.plan.rows.min(MOST_ON_POSTGRES))] {
            let size = rows.size(name, count, |what| {
                cluster.add_database(what)?;
                Ok(Database::Cluster(&cluster, what.to_owned()))
            })?;
            rows.sizes.push(size);
        }
        rows.cluster = Some(cluster);
        Ok(Some(rows))
    }

    fn size<'c>(&self, name: &'static str, count: u64, database: impl Fn(&str) -> Result<Database<'c>>) -> Result<Size> {
        say(&format!("preparing: {}{count} requests, and all that came of them", self.label))?;
        let plan = self.place.plan;
        let in_use = database(&format!("house_{name}"))?;
        let open = if plan.has("rows") { self.count() * plan.rounds } else { 1 };
        let instance = Instance::settle(&in_use, count, u64::try_from(open)?)?;
        let daemon = self.place.daemon(&in_use.url())?;
        let (mut world, mut world_daemon) = (None, None);
        if plan.has("rows") {
            say(&format!("preparing: {}{count} grants", self.label))?;
            let given = database(&format!("world_{name}"))?;
            let settled = World::settle(&given, count)?;
            let daemon = self.place.daemon(&given.url())?;
            settled.rehearse(&daemon)?;
            (world, world_daemon) = (Some(settled), Some(daemon));
        }
        Ok(Size { name, daemon, world_daemon, instance, world })
    }

    /// The number of operations of each kind in a round.
    fn count(&self) -> usize {
        let count = self.place.count(CLIENTS);
        if self.label.is_empty() { count / 2 } else { count / 4 }
    }
}

impl Scenario for Rows<'_> {
    fn round(&mut self, report: &mut Report, _: usize) -> Result<()> {
        let (plan, total, label) = (self.place.plan, self.count(), self.label);
        let cluster = self.cluster.as_ref();
        // The order is reversed in each round.
        self.sizes.reverse();
        for size in &mut self.sizes {
            let target = Target { cluster, ..Target::from(&size.daemon) };
            size.instance.sign_in(target.clone())?;
            if plan.has("list") {
                for (what, path) in LISTS {
                    let requests = size.instance.lists(path);
                    ask(&requests, total).measure(report, target.clone(), &format!("{label}{what}, {} rows", size.name))?;
                }
            }
            if !plan.has("rows") {
                continue;
            }
            let open = size.instance.take(total)?;
            let checks = size.instance.by_token("GET", &open)?;
            // Each page is read once before, so that the measurement compares work, not the disk.
            ask(&checks, total).put_on(target.clone())?;
            ask(&checks, total * 2).measure(report, target.clone(), &format!("{label}check, {} rows", size.name))?;
            let redeems = size.instance.by_token("PUT", &open)?;
            ask(&redeems, total).measure(report, target, &format!("{label}redeem, {} rows", size.name))?;
            if let (Some(world), Some(daemon)) = (&size.world, &size.world_daemon) {
                let target = Target { cluster, ..Target::from(daemon) };
                ask(&world.evaluations(), total * 2).measure(report, target, &format!("{label}evaluate, {} rows", size.name))?;
            }
        }
        Ok(())
    }

    fn end(&mut self, report: &mut Report) -> Result<()> {
        for size in &self.sizes {
            let rows = usize::try_from(size.instance.rows())?;
            report.add(&format!("{}what “{} rows” are", self.label, size.name), "requests", float(rows));
        }
        Ok(())
    }
}
