//! Queued emails until the last one was sent by SMTP into a sink; and smtp-source into the same sink.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::bare::Copy;
use crate::mail::{self, Sink};
use crate::people::{self, People};
use crate::process::{Cpu, Server};
use crate::report::{Report, rate};
use crate::say;
use crate::scenario::{Place, Scenario};

/// A sink, and a database with queued emails.
pub(crate) struct Emails {
    sink: Sink,
    people: People,
    count: usize,
    /// The size of one of our emails.
    bytes: u64,
    folder: PathBuf,
    log: PathBuf,
}

impl Emails {
    /// Files requests; none if postfix is not installed.
    pub(crate) fn prepare(place: &Place<'_>) -> Result<Option<Self>> {
        let Some(sink) = Sink::start()? else {
            say("smtp-sink and smtp-source (package postfix) are missing: emails are not measured")?;
            return Ok(None);
        };
        let count = if place.plan.is_quick { 1_000 } else { 4_000 };
        let people = People::settle(&people::sqlite(&place.at("emails.db")))?;
        people.file(0, u64::try_from(count)?)?;
        let (folder, log) = (place.scratch.to_owned(), place.log.to_owned());
        let mut emails = Self { sink, people, count, bytes: 0, folder, log };
        emails.bytes = emails.weigh()?;
        Ok(Some(emails))
    }

    fn copy(&self, name: &str) -> Result<PathBuf> {
        let copy = self.folder.join(name);
        self.people.copy_to(&copy)?;
        Ok(copy)
    }

    /// Makes the daemon write an email into a folder.
    fn weigh(&self) -> Result<u64> {
        let out = self.folder.join("emails");
        let mut settings = people::settings(&people::sqlite(&self.copy("weighed.db")?));
        settings.push(("COUNTERSIGN__MAIL__TRANSPORT".into(), "file".into()));
        settings.push(("COUNTERSIGN__MAIL__DIRECTORY".into(), out.display().to_string()));
        let _daemon = Server::daemon(&settings, &self.log)?;
        let is_email = |path: &Path| path.extension().is_some_and(|extension| extension == "eml");
        wait_for("an email in a file", || {
            let written = std::fs::read_dir(&out).ok()?.flatten().find(|entry| is_email(&entry.path()))?;
            written.metadata().ok().map(|file| file.len())
        })
    }
}

impl Scenario for Emails {
    /// Ours, then smtp-source with the same emails, over kept connections and new ones.
    fn round(&mut self, report: &mut Report, round: usize) -> Result<()> {
        let copy = self.copy(&format!("emails{round}.db"))?;
        let settings = [people::settings(&people::sqlite(&copy)), mail::settings(self.sink.at)].concat();
        let watched = Copy::open(&copy)?;
        let start = Instant::now();
        let daemon = Server::daemon(&settings, &self.log)?;
        let left = "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'queued' LIMIT 1)";
        wait_for("the last email", || (watched.number(left).ok()? == 0).then_some(()))?;
        let seconds = start.elapsed().as_secs_f64();
        let cpu = daemon.cpu()?.since(&Cpu::default());
        drop(daemon);
        let sent = watched.number("SELECT count(*) FROM outbox WHERE state = 'sent'")?;
        ensure!(usize::try_from(sent)? == self.count, "{sent} of {} emails were sent", self.count);
        report.add("emails", "1/s", rate(self.count, seconds));
        report.add("emails, CPU", "µs each", cpu / 1.0_f64.max(rate(self.count, 1.0)));
        let count = u64::try_from(self.count)?;
        let kept = self.sink.source(count, self.bytes, true)?;
        report.add("smtp-source, many emails a connection", "1/s", rate(self.count, kept));
        let fresh = self.sink.source(count, self.bytes, false)?;
        report.add("smtp-source, one email a connection", "1/s", rate(self.count, fresh));
        Ok(())
    }
}

fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> Result<T> {
    let end = Instant::now() + Duration::from_mins(2);
    loop {
        if let Some(answer) = ask() {
            return Ok(answer);
        }
        (Instant::now() < end).then_some(()).with_context(|| format!("waited in vain for {what}"))?;
        std::thread::park_timeout(Duration::from_millis(5));
    }
}
