//! The common parts of scenarios: their place and extent.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process::Server;
use crate::report::Report;
use crate::{Plan, mail, people};

/// A scenario, which is prepared once and measured in every round.
pub(crate) trait Scenario {
    /// Measures it once, with its baselines.
    fn round(&mut self, report: &mut Report, round: usize) -> Result<()>;

    /// Reports after the last round.
    fn end(&mut self, _: &mut Report) -> Result<()> {
        Ok(())
    }
}

/// The place and extent of a measurement.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) plan: &'a Plan,
    /// A folder that is deleted at the end.
    pub(crate) scratch: &'a Path,
    pub(crate) log: &'a Path,
}

impl Place<'_> {
    /// A file with that name.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }

    /// A daemon on that database, whose emails stay queued.
    pub(crate) fn daemon(&self, url: &str) -> Result<Server> {
        Server::daemon(&held(url)?, self.log)
    }

    /// The number of operations in one round with this many clients.
    pub(crate) fn count(&self, clients: usize) -> usize {
        let whole = match clients {
            1 => 800,
            8 => 2_400,
            _ => 6_000,
        };
        if self.plan.is_quick { whole / 4 } else { whole }
    }
}

/// The settings of a daemon on that database, whose emails stay queued.
pub(crate) fn held(url: &str) -> Result<Vec<(String, String)>> {
    Ok([people::settings(url), mail::settings(mail::refuse()?)].concat())
}
