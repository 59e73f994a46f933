//! A daemon that starts on a migrated database, and is then idle.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::people::{self, People};
use crate::process::Server;
use crate::report::Report;
use crate::scenario::{Place, Scenario, held};

const STARTS: usize = 4;

pub(crate) struct Start {
    settings: Vec<(String, String)>,
    log: PathBuf,
}

impl Start {
    /// A database with all people, which the starts only read.
    pub(crate) fn prepare(place: &Place<'_>) -> Result<Self> {
        let url = people::sqlite(&place.at("start.db"));
        People::settle(&url)?;
        Ok(Self { settings: held(&url)?, log: place.log.to_owned() })
    }
}

impl Scenario for Start {
    fn round(&mut self, report: &mut Report, _: usize) -> Result<()> {
        for _ in 0..STARTS {
            let daemon = Server::daemon(&self.settings, &self.log)?;
            report.add("exec to ready", "ms", daemon.ready_after.as_secs_f64() * 1_000.0);
            std::thread::park_timeout(Duration::from_millis(300));
            report.add("resident, idle", "MB", daemon.resident_megabytes()?.0);
        }
        Ok(())
    }
}
