//! The SQL by which crates.io accepts an invitation by its token, written by us, run by pgbench: the least that PostgreSQL
//! needs for it, without HTTP.

use anyhow::Result;
use diesel::connection::SimpleConnection;

use crate::cluster::Cluster;
use crate::report::Report;

/// A database with pending invitations.
pub(crate) struct Registry {
    name: &'static str,
    pending: usize,
    accepted: usize,
    count: usize,
}

impl Registry {
    /// Creates it; `count` are accepted in each round.
    pub(crate) fn settle(cluster: &Cluster, name: &'static str, pending: usize, count: usize) -> Result<Self> {
        cluster.add_database(name)?;
        cluster.connect(name)?.batch_execute(include_str!("../sql/registry.sql"))?;
        let registry = Self { name, pending, accepted: 0, count };
        registry.invite(cluster, 0, pending)?;
        Ok(registry)
    }

    /// Adds invitations, and vacuums deleted rows.
    fn invite(&self, cluster: &Cluster, from: usize, count: usize) -> Result<()> {
        let script = include_str!("../sql/registry-invite.sql");
        let script = script.replace("{from}", &from.to_string()).replace("{to}", &(from + count - 1).to_string());
        let mut connection = cluster.connect(self.name)?;
        connection.batch_execute(&script)?;
        Ok(connection.batch_execute("VACUUM ANALYZE")?)
    }

    /// Accepts some, and adds as many.
    pub(crate) fn round(&mut self, report: &mut Report, cluster: &Cluster, clients: usize) -> Result<()> {
        let each = (self.count / clients).max(1);
        let values = [("start", i64::try_from(self.accepted)?), ("done", 0), ("clients", i64::try_from(clients)?)];
        let script = include_str!("../sql/registry-accept.pgbench");
        let rate = cluster.pgbench_on(self.name, script, &values, clients, each)?;
        report.add(&format!("crates.io's SQL, accept, {} pending, {clients} clients", self.pending), "1/s", rate);
        self.invite(cluster, self.accepted + self.pending, each * clients)?;
        self.accepted += each * clients;
        Ok(())
    }
}
