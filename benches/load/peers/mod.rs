//! Alternatives to Countersign, beside us in the same rounds: Django with django-invitations, and the SQL by which crates.io
//! accepts an invitation to own a crate.

mod django;
mod registry;

use anyhow::{Context, Result};

use self::django::Django;
use self::registry::Registry;
use crate::bulk::Database;
use crate::cluster::Cluster;
use crate::instance::Instance;
use crate::load::{Load, Target};
use crate::process::Server;
use crate::report::Report;
use crate::say;
use crate::scenario::{Place, Scenario};

const CLIENTS: usize = 8;
/// The peers' pending invitations, and the requests in our databases.
const WAITING: u64 = 10_000;

/// One of our daemons.
struct Ours {
    label: &'static str,
    // Stopped before the cluster.
    daemon: Server,
    instance: Instance,
    is_on_cluster: bool,
}

pub(crate) struct Peers {
    count: usize,
    ours: Vec<Ours>,
    django: Option<Django>,
    registries: Vec<Registry>,
    cluster: Cluster,
}

impl Peers {
    /// Prepares all of them on one cluster; none if PostgreSQL is not installed.
    pub(crate) fn prepare(place: &Place<'_>) -> Result<Option<Self>> {
        let Some(cluster) = Cluster::start_or_say()? else { return Ok(None) };
        say("preparing: what people would use instead")?;
        let (count, rounds) = (place.count(CLIENTS), place.plan.rounds);
        cluster.add_database("ours")?;
        let databases = [
            ("SQLite", Database::File(place.at("beside.db")), false),
            ("PostgreSQL", Database::Cluster(&cluster, "ours".to_owned()), true),
        ];
        let mut ours = Vec::new();
        for (label, database, is_on_cluster) in databases {
            let instance = Instance::settle(&database, WAITING, u64::try_from(count * rounds)?)?;
            ours.push(Ours { label, daemon: place.daemon(&database.url())?, instance, is_on_cluster });
        }
        let django = Django::start(place, &cluster, WAITING)?;
        let registries = vec![
            Registry::settle(&cluster, "registry", 10_000, count)?,
            Registry::settle(&cluster, "large_registry", 1_000_000, count / 60)?,
        ];
        Ok(Some(Self { count, ours, django, registries, cluster }))
    }
}

impl Scenario for Peers {
    fn round(&mut self, report: &mut Report, _: usize) -> Result<()> {
        let total = self.count;
        if let Some(django) = &mut self.django {
            django.round(report, &self.cluster)?;
            flow(report, "Django", "file", "accept")?;
        }
        for Ours { label, daemon, instance, is_on_cluster } in &mut self.ours {
            let name = |what: &str| format!("beside the peers, {label}, {what}");
            let target = Target { cluster: is_on_cluster.then_some(&self.cluster), ..Target::from(&*daemon) };
            instance.sign_in(target.clone())?;
            let filings = instance.filings(total)?;
            let load = Load { clients: CLIENTS, requests: &filings, total, status: 201 };
            load.measure(report, target.clone(), &name("file"))?;
            let open = instance.take(total)?;
            let redeems = instance.by_token("PUT", &open)?;
            Load { clients: CLIENTS, requests: &redeems, total, status: 200 }.measure(report, target, &name("redeem"))?;
            flow(report, &format!("beside the peers, {label}"), "file", "redeem")?;
        }
        self.registries.iter_mut().try_for_each(|registry| registry.round(report, &self.cluster, CLIENTS))
    }
}

/// The rate of filing and redeeming, one after the other.
fn flow(report: &mut Report, who: &str, asks: &str, says_yes: &str) -> Result<()> {
    let rate = |what: &str| {
        let name = format!("{who}, {what}, {CLIENTS} clients");
        report.latest(&name).with_context(|| format!("{name} was not measured"))
    };
    let both = 1.0 / (1.0 / rate(asks)? + 1.0 / rate(says_yes)?);
    report.add(&format!("{who}, asked and answered"), "1/s", both);
    Ok(())
}
