//! What every scenario has in common: where it runs, and how often.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process::Server;
use crate::report::Report;
use crate::{Plan, mail, people};

/// Something that is prepared once and measured in every round.
pub(crate) trait Scenario {
    /// Measures it once, with what it is compared with.
    fn round(&mut self, report: &mut Report, round: usize) -> Result<()>;

    /// What is to be said after the last round.
    fn end(&mut self, _: &mut Report) -> Result<()> {
        Ok(())
    }
}

/// Where it is measured, and how much.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) plan: &'a Plan,
    /// Gone when all is measured.
    pub(crate) scratch: &'a Path,
    pub(crate) log: &'a Path,
}

impl Place<'_> {
    /// A file of that name.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }

    /// A daemon on that database, whose emails wait.
    pub(crate) fn daemon(&self, url: &str) -> Result<Server> {
        Server::daemon(&held(url)?, self.log)
    }

    /// How often something is done in one round with so many clients.
    pub(crate) fn count(&self, clients: usize) -> usize {
        let whole = match clients {
            1 => 800,
            8 => 2_400,
            _ => 6_000,
        };
        if self.plan.is_quick { whole / 4 } else { whole }
    }
}

/// The settings of a daemon on that database, whose emails wait.
pub(crate) fn held(url: &str) -> Result<Vec<(String, String)>> {
    Ok([people::settings(url), mail::settings(mail::refuse()?)].concat())
}
