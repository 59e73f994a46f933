//! A load on one or several servers, its results, and its cost for them and for the load generator: a figure that the load
//! generator limits says nothing about the server.

use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::{Context, Result};

use crate::cluster::Cluster;
use crate::http::{self, Requests};
use crate::process::{Cpu, Server, family};
use crate::report::{Report, float, rate};

/// The requests, their number, their clients, and the status of each response.
#[derive(Clone, Copy)]
pub(crate) struct Load<'a> {
    pub(crate) clients: usize,
    pub(crate) requests: &'a Requests,
    pub(crate) total: usize,
    pub(crate) status: u16,
}

/// The servers, whose processor time is measured.
#[derive(Clone)]
pub(crate) struct Target<'a> {
    pub(crate) servers: Vec<&'a Server>,
    /// The proxy; without one, the servers themselves in turn.
    pub(crate) through: Option<SocketAddr>,
    /// Their database, if it is a process of its own.
    pub(crate) cluster: Option<&'a Cluster>,
}

impl<'a> From<&'a Server> for Target<'a> {
    fn from(server: &'a Server) -> Self {
        Self { servers: vec![server], through: None, cluster: None }
    }
}

impl Target<'_> {
    fn at(&self) -> Vec<SocketAddr> {
        self.through.map_or_else(|| self.servers.iter().map(|server| server.at).collect(), |proxy| vec![proxy])
    }

    fn cpu(&self) -> Result<Cpu> {
        let families = self.servers.iter().map(|server| family(server.id())).collect::<Result<Vec<_>>>()?;
        Cpu::of(&families.concat())
    }
}

impl Load<'_> {
    /// Runs it on the target and adds its measurements to the report. `name` gets the number of clients.
    pub(crate) fn measure<'t>(self, report: &mut Report, target: impl Into<Target<'t>>, name: &str) -> Result<()> {
        let target = target.into();
        let name = format!("{name}, {} clients", self.clients);
        let (before, database) = (target.cpu()?, target.cluster.map(Cluster::cpu).transpose()?);
        let took = self.put_on(target.clone()).with_context(|| name.clone())?;
        let cpu = target.cpu()?.since(&before);
        report.add(&name, "1/s", rate(self.total, took.seconds));
        report.add(&format!("{name}, CPU"), "µs each", cpu / float(self.total));
        if let (Some(cluster), Some(before)) = (target.cluster, database) {
            report.add(&format!("{name}, database's CPU"), "µs each", cluster.cpu()?.since(&before) / float(self.total));
        }
        report.add(&format!("{name}, p50"), "ms", took.percentile(0.5));
        report.add(&format!("{name}, p99"), "ms", took.percentile(0.99));
        let share = |seconds: f64| seconds / took.seconds * 100.0;
        report.add_own(&name, took.own.on / float(self.total) * 1e6, share(took.own.on), share(took.own.waiting));
        Ok(())
    }

    /// Runs it on the target without reporting it.
    pub(crate) fn put_on<'t>(self, target: impl Into<Target<'t>>) -> Result<http::Took> {
        let target = target.into();
        let took = http::run(&target.at(), self.clients, self.requests, self.total, self.status)?;
        let share = self.total / target.servers.len().max(1);
        target.servers.iter().for_each(|server| server.answered.set(server.answered.get() + share));
        Ok(took)
    }
}

/// The bare framework, which shows the limit of our load generator on this machine.
pub(crate) fn framework(report: &mut Report, framework: &Server, clients: usize, total: usize) -> Result<()> {
    for (name, path) in [("framework, hello", "/hello"), ("framework, small JSON", "/json")] {
        let requests = Rc::new(vec![http::request("GET", path, "", "")]);
        Load { clients, requests: &requests, total, status: 200 }.measure(report, framework, name)?;
    }
    Ok(())
}
