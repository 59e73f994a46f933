//! The bare SQLite loop beside the daemon: the same operations, recorded and replayed each round.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use countersign::clock::Clock;
use countersign::config::Database;
use countersign::domain::{ApprovalLimits, Caller, Credential};
use countersign::store::Store;
use countersign::workflow::WorkflowError;
use countersign::workflow::requests::{decide, file};

use crate::bare::{self, Copy, Recording, TOGETHER};
use crate::people::{self, People};
use crate::report::{Report, rate};
use crate::stock::Stock;

/// The recorder and the database of the replay; both began as copies of the daemon's.
pub(crate) struct Loops {
    recorder: Store,
    copy: Copy,
    redeemed: usize,
}

impl Loops {
    /// Opens both.
    pub(crate) fn open(people: &People, recorder_file: &Path, copy_file: &Path) -> Result<Self> {
        bare::listen()?;
        let database = Database { url: people::sqlite(recorder_file), ..people.config().database.clone() };
        let recorder = Store::open(&database, 16, Clock::System)?;
        bare::ignore()?;
        Ok(Self { recorder, copy: Copy::open(copy_file)?, redeemed: 0 })
    }

    fn replay(&self, report: &mut Report, name: &str, recording: &Recording, is_with_reads: bool, together: usize) -> Result<()> {
        let (seconds, busy) = recording.replay(&self.copy, is_with_reads, together)?;
        report.add(&format!("SQLite loop, {name}"), "1/s", rate(recording.len(), seconds));
        report.add(&format!("SQLite loop, {name}, CPU"), "µs each", 1e6 / rate(recording.len(), busy));
        Ok(())
    }

    /// The loops of filing.
    pub(crate) fn files(&self, report: &mut Report, people: &People, stock: &mut Stock, count: usize) -> Result<()> {
        let mut record = |count: usize| {
            let filings = stock.take(count)?.map(|n| people.pair(n).map(people::filing)).collect::<Result<Vec<_>>>()?;
            let (config, app) = (Arc::clone(people.config()), people.app().clone());
            // A few at a time, since SQLite visits all savepoints of a transaction at each.
            Recording::of(|| {
                filings.chunks(TOGETHER).try_for_each(|filings| {
                    let (filings, config, app) = (filings.to_vec(), Arc::clone(&config), app.clone());
                    let work = self.recorder.write_sync(move |tx| {
                        filings.iter().try_for_each(|filing| tx.attempt(|tx| file::file(tx, &config, &app, filing).map(drop)))
                    });
                    Ok::<_, WorkflowError>(work?).map_err(Into::into)
                })
            })
        };
        let (writes, whole, alone) = (record(count)?, record(count)?, record(count / 8)?);
        self.replay(report, "file, writes", &writes, false, TOGETHER)?;
        self.replay(report, "file, writes and reads", &whole, true, TOGETHER)?;
        self.replay(report, "file, writes, 1 a transaction", &alone, false, 1)
    }

    /// The loops of redeeming.
    pub(crate) fn redeems(&mut self, report: &mut Report, stock: &Stock, count: usize) -> Result<()> {
        let mut record = |count: usize| {
            let mailed = stock.tokens(self.redeemed, count);
            self.redeemed += count;
            Recording::of(|| {
                mailed.chunks(TOGETHER).try_for_each(|part| {
                    let part = part.to_vec();
                    let work = self.recorder.write_sync(move |tx| {
                        part.iter().try_for_each(|mailed| {
                            let caller = Caller::person(mailed.pair.target, false, Credential::Password);
                            tx.attempt(|tx| decide::redeem(tx, &caller, &mailed.token, &ApprovalLimits::default()).map(drop))
                        })
                    });
                    Ok::<_, WorkflowError>(work?).map_err(Into::into)
                })
            })
        };
        let (writes, whole) = (record(count)?, record(count)?);
        self.replay(report, "redeem, writes", &writes, false, TOGETHER)?;
        self.replay(report, "redeem, writes and reads", &whole, true, TOGETHER)
    }
}
