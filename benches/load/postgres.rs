//! The daemon on PostgreSQL, beside pgbench on the same cluster and the same tables: one statement that writes the rows of a
//! filing, or of a redemption, over as many connections as the daemon has.

use anyhow::{Context, Result, ensure};
use countersign::secret::{Secret, SecretKind};

use crate::cluster::Cluster;
use crate::load::{Load, Target};
use crate::people::{Mailed, PEOPLE, People};
use crate::process::Server;
use crate::report::Report;
use crate::say;
use crate::scenario::{Place, Scenario};
use crate::stock::Stock;

const CLIENTS: [usize; 2] = [8, 64];

/// The rows of one filing with the daemon's values, and one link of an audit chain; each connection has its own chain, like the
/// daemon's transactions.
const FILE: &str = include_str!("sql/file.pgbench");

/// The same for a redemption.
const REDEEM: &str = include_str!("sql/redeem.pgbench");

/// A cluster with all people, and its daemon.
pub(crate) struct Postgres {
    // Stopped in this order.
    daemon: Server,
    people: People,
    stock: Stock,
    cluster: Cluster,
    /// The number of operations for each number of clients.
    counts: [(usize, usize); 2],
}

impl Postgres {
    /// Prepares it; none if PostgreSQL is not installed.
    pub(crate) fn prepare(place: &Place<'_>) -> Result<Option<Self>> {
        let Some(cluster) = Cluster::start_or_say()? else { return Ok(None) };
        say("preparing the same on PostgreSQL")?;
        let people = People::settle(&cluster.url())?;
        let counts = CLIENTS.map(|clients| (clients, place.count(clients)));
        // The daemon's with each number of clients, and pgbench's as many as the last.
        let once: usize = counts.iter().map(|(_, count)| count).sum::<usize>() + place.count(64);
        let stock = Stock::lay_in(&people, once * place.plan.rounds, 0)?;
        let daemon = place.daemon(&cluster.url())?;
        Ok(Some(Self { daemon, people, stock, cluster, counts }))
    }

    fn target(&self) -> Target<'_> {
        Target { cluster: Some(&self.cluster), ..Target::from(&self.daemon) }
    }
}

impl Scenario for Postgres {
    fn round(&mut self, report: &mut Report, _: usize) -> Result<()> {
        for (clients, total) in self.counts {
            let requests = self.stock.filings(&self.people, total)?;
            Load { clients, requests: &requests, total, status: 201 }.measure(report, self.target(), "PostgreSQL, file")?;
        }
        let [_, (_, count)] = self.counts;
        report.add("pgbench, file in one statement", "1/s", self.pgbench_files(count)?);
        self.stock.sign_in_anew();
        let checks = self.stock.checks();
        Load { clients: 2, requests: &checks, total: usize::try_from(PEOPLE)?, status: 200 }.put_on(self.target())?;
        for (clients, total) in self.counts {
            Load { clients, requests: &checks, total, status: 200 }.measure(report, self.target(), "PostgreSQL, check")?;
            let requests = self.stock.redeems(total);
            Load { clients, requests: &requests, total, status: 200 }.measure(report, self.target(), "PostgreSQL, redeem")?;
        }
        let tokens = self.stock.take_tokens(count);
        report.add("pgbench, redeem in one statement", "1/s", self.pgbench_redeems(&tokens)?);
        Ok(())
    }
}

impl Postgres {
    fn pgbench_files(&mut self, count: usize) -> Result<f64> {
        let connections = self.connections();
        let each = count / connections;
        let pairs = self.stock.take(each * connections)?;
        let (first, second) = (self.people.pair(0)?, self.people.pair(1)?);
        ensure!(
            second.target.0 == first.target.0 + 2 && second.allowed.0 == first.allowed.0 + 2,
            "people are numbered otherwise"
        );
        let values = [
            ("start", i64::try_from(pairs.start)?),
            ("done", 0),
            ("clients", i64::try_from(connections)?),
            ("people", i64::try_from(PEOPLE)?),
            ("first_target", first.target.0),
            ("first_allowed", first.allowed.0),
            ("first_bundle", first.bundle.0),
            ("key", self.people.app().key.context("the app has no key")?.0),
        ];
        self.cluster.pgbench(FILE, &values, connections, each)
    }

    fn pgbench_redeems(&self, tokens: &[Mailed]) -> Result<f64> {
        let connections = self.connections();
        let each = tokens.len() / connections;
        let id = |mailed: &Mailed| Secret::parse(SecretKind::Redeem, &mailed.token).map(|secret| secret.id());
        let ids = tokens.iter().map(id).collect::<Option<Vec<_>>>().context("a token that is none")?;
        let start = ids.iter().copied().min().context("no tokens")?;
        let is_row = ids.iter().zip(start..).all(|(id, expected)| *id == expected);
        ensure!(is_row, "tokens are numbered otherwise");
        let values = [("start", start), ("done", 0), ("clients", i64::try_from(connections)?)];
        self.cluster.pgbench(REDEEM, &values, connections, each)
    }

    fn connections(&self) -> usize {
        self.people.config().database.connections as usize
    }
}
