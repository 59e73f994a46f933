//! Redeeming on an idle daemon, and while the daemon purges a million ended requests: the latency of the redemptions.

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::bulk::Database;
use crate::cluster::Cluster;
use crate::instance::Instance;
use crate::load::{Load, Target};
use crate::process::Server;
use crate::report::Report;
use crate::say;
use crate::scenario::{Place, Scenario, held};

const ENDED: u64 = 1_000_000;
const CLIENTS: [usize; 2] = [8, 64];
const FILE: &str = "purged.db";
const NAME: &str = "purged";

pub(crate) struct Purge<'a> {
    place: Place<'a>,
    label: &'static str,
    instance: Instance,
    cluster: Option<Cluster>,
}

impl<'a> Purge<'a> {
    /// On SQLite.
    pub(crate) fn on_sqlite(place: &Place<'a>) -> Result<Self> {
        let instance = settle(place, "", 1, &Database::File(place.at(FILE)))?;
        Ok(Self { place: *place, label: "", instance, cluster: None })
    }

    /// On PostgreSQL; none if it is not installed.
    pub(crate) fn on_postgres(place: &Place<'a>) -> Result<Option<Self>> {
        let Some(cluster) = Cluster::start_or_say()? else { return Ok(None) };
        cluster.add_database(NAME)?;
        let label = "PostgreSQL, ";
        let instance = settle(place, label, 4, &Database::Cluster(&cluster, NAME.to_owned()))?;
        Ok(Some(Self { place: *place, label, instance, cluster: Some(cluster) }))
    }

    fn database(&self) -> Database<'_> {
        let file = || Database::File(self.place.at(FILE));
        self.cluster.as_ref().map_or_else(file, |cluster| Database::Cluster(cluster, NAME.to_owned()))
    }

    fn redeem(&mut self, report: &mut Report, daemon: &Server, name: &str) -> Result<()> {
        for clients in CLIENTS {
            let total = count(&self.place, clients, if self.label.is_empty() { 1 } else { 4 });
            let open = self.instance.take(total)?;
            let requests = self.instance.by_token("PUT", &open)?;
            let target = Target { cluster: self.cluster.as_ref(), ..Target::from(daemon) };
            let load = Load { clients, requests: &requests, total, status: 200 };
            load.measure(report, target, &format!("{}redeem, {name}", self.label))?;
        }
        Ok(())
    }
}

/// A database with as many pending requests as all rounds use up. On PostgreSQL each takes longer, so there are fewer.
fn settle(place: &Place<'_>, label: &str, less: usize, database: &Database<'_>) -> Result<Instance> {
    let ended = if place.plan.is_quick { ENDED / 5 } else { ENDED };
    say(&format!("preparing: {label}{ended} requests that may be purged"))?;
    let once: usize = CLIENTS.iter().map(|clients| count(place, *clients, less)).sum();
    let open = u64::try_from(once * 2 * place.plan.rounds)?;
    // Requests of this week are not purged.
    Instance::settle(database, (ended * 41 / 40).max(ended + open), open)
}

fn count(place: &Place<'_>, clients: usize, less: usize) -> usize {
    place.count(clients) / less
}

impl Scenario for Purge<'_> {
    fn round(&mut self, report: &mut Report, _: usize) -> Result<()> {
        let mut settings = held(&self.database().url())?;
        let quiet = Server::daemon(&settings, self.place.log)?;
        self.instance.sign_in(&quiet)?;
        self.redeem(report, &quiet, "quiet")?;
        drop(quiet);

        // By the daemon's own job, as soon as possible; people sign in meanwhile.
        settings.push(("COUNTERSIGN__RETENTION__PURGE_EVERY".into(), "1s".into()));
        let purging = Server::daemon(&settings, self.place.log)?;
        self.instance.sign_in(&purging)?;
        let left = |what: &Self| what.database().number("SELECT count(*) AS number FROM requests");
        let (before, start) = (left(self)?, Instant::now());
        self.redeem(report, &purging, "beside a purge")?;
        let seconds = start.elapsed().as_secs_f64();
        let gone = u32::try_from(before - left(self)?)?;
        drop(purging);
        let ended = self.database().number("SELECT count(*) AS number FROM requests WHERE state = 'expired'")?;
        ensure!(
            gone > 0 && ended > 0,
            "{gone} requests were purged while it was measured, {ended} are left: it was not beside a purge"
        );
        report.add(&format!("{}purged beside it", self.label), "requests/s", f64::from(gone) / seconds);
        Ok(())
    }
}
