//! One daemon on a PostgreSQL, and two: called directly and through nginx, on cores of the system's choice and with the
//! database on a core of its own.

use std::net::SocketAddr;

use anyhow::Result;

use crate::bulk::Database;
use crate::cluster::Cluster;
use crate::cores::{self, Cores};
use crate::instance::Instance;
use crate::load::{Load, Target};
use crate::process::Server;
use crate::proxy::Proxy;
use crate::report::Report;
use crate::say;
use crate::scenario::{Place, Scenario, held};

const CLIENTS: usize = 64;
const HISTORY: u64 = 50_000;
const NAME: &str = "several";
/// Two numbers of daemons, two ways to them, two distributions of cores.
const TIMES: usize = 8;

pub(crate) struct Several<'a> {
    place: Place<'a>,
    cores: Option<Cores>,
    instance: Instance,
    cluster: Cluster,
}

impl<'a> Several<'a> {
    /// Prepares the database; none if PostgreSQL is not installed.
    pub(crate) fn prepare(place: &Place<'a>, report: &mut Report) -> Result<Option<Self>> {
        let Some(cluster) = Cluster::start_or_say()? else { return Ok(None) };
        say("preparing: a PostgreSQL for several daemons")?;
        cluster.add_database(NAME)?;
        let open = TIMES * count(place) * place.plan.rounds;
        let instance = Instance::settle(&Database::Cluster(&cluster, NAME.to_owned()), HISTORY, u64::try_from(open)?)?;
        let cores = Cores::of_this_machine()?;
        if let Some(cores) = &cores {
            report.note(format!("“pinned”: {}.", cores.said));
        }
        Ok(Some(Self { place: *place, cores, instance, cluster }))
    }

    /// Filing and redeeming with this many daemons.
    fn with(&mut self, report: &mut Report, daemons: usize, cores: Option<&Cores>) -> Result<()> {
        let settings = held(&self.cluster.url_of(NAME))?;
        let mut servers = Vec::new();
        for number in 0..daemons {
            let core = cores.and_then(|cores| cores.daemons.get(number));
            servers.push(Server::daemon_on(core.map(String::as_str), &settings, self.place.log)?);
        }
        let at: Vec<SocketAddr> = servers.iter().map(|server| server.at).collect();
        let proxy = Proxy::start(self.place.scratch, &at)?;
        if let Some(cores) = cores {
            cores::pin(&self.cluster.processes()?, &cores.database)?;
            cores::pin(&[std::process::id()], &cores.generator)?;
            let nginx: Vec<u32> = proxy.iter().map(Proxy::id).collect();
            cores::pin(&nginx, &cores.generator)?;
        }
        self.instance.sign_in_everywhere(&servers)?;
        let total = count(&self.place);
        let pinned = if cores.is_some() { ", pinned" } else { "" };
        for (way, through) in [("", None), (" behind nginx", proxy.as_ref().map(|proxy| proxy.at))] {
            if !way.is_empty() && through.is_none() {
                continue;
            }
            let target = Target { servers: servers.iter().collect(), through, cluster: Some(&self.cluster) };
            let name = |what: &str| format!("{}{way}, {what}{pinned}", if daemons == 1 { "one daemon" } else { "two daemons" });
            let filings = self.instance.filings(total)?;
            Load { clients: CLIENTS, requests: &filings, total, status: 201 }.measure(report, target.clone(), &name("file"))?;
            let open = self.instance.take(total)?;
            let redeems = self.instance.by_token("PUT", &open)?;
            Load { clients: CLIENTS, requests: &redeems, total, status: 200 }.measure(report, target, &name("redeem"))?;
        }
        if cores.is_some() {
            cores::pin(&[std::process::id()], &cores::all()?)?;
            cores::pin(&self.cluster.processes()?, &cores::all()?)?;
        }
        Ok(())
    }
}

/// The number of operations of each kind.
fn count(place: &Place<'_>) -> usize {
    place.count(CLIENTS) / 4
}

impl Scenario for Several<'_> {
    fn round(&mut self, report: &mut Report, round: usize) -> Result<()> {
        // The order is reversed in each round.
        let order = if round.is_multiple_of(2) { [2, 1] } else { [1, 2] };
        let pinned = self.cores.clone();
        for cores in [None, pinned.as_ref()].into_iter().take(if pinned.is_some() { 2 } else { 1 }) {
            for daemons in order {
                self.with(report, daemons, cores)?;
            }
        }
        Ok(())
    }
}
