//! The two pages that people wait for, on a database in long use: the list of requests for a person, and a request opened from
//! its email.

use std::rc::Rc;

use anyhow::{Context, Result};

use crate::http::{self, Requests};
use crate::load::Load;
use crate::people::{self, Mailed, PEOPLE, People};
use crate::process::Server;
use crate::report::{Report, float};
use crate::say;
use crate::scenario::{Place, Scenario};

/// The requests of the database.
const REQUESTS: u64 = 100_000;

pub(crate) struct Pages {
    daemon: Server,
    inbox: Requests,
    redeem: Requests,
    total: usize,
}

impl Pages {
    /// Fills a database and starts a daemon on it.
    pub(crate) fn prepare(place: &Place<'_>) -> Result<Self> {
        say("preparing: an instance in use, for its pages")?;
        let url = people::sqlite(&place.at("pages.db"));
        let people = People::settle(&url)?;
        let mailed = people.mail(0, REQUESTS)?;
        let sessions = (0..PEOPLE).map(|person| people.sign_in(person)).collect::<Result<Vec<_>>>()?;
        let daemon = place.daemon(&url)?;
        let page = |path: &str, cookie: &str| http::with_cookies(&http::request("GET", path, "", ""), cookie);
        let inbox = sessions.iter().map(|session| page("/inbox", &format!("countersign={session}")));
        let redeem = mailed.iter().rev().step_by(97).take(1_000).map(|Mailed { person, token, .. }| {
            let session = sessions.get(usize::try_from(*person).unwrap_or_default()).map_or("", String::as_str);
            page("/redeem", &format!("countersign={session}; countersign-link={token}"))
        });
        let total = if place.plan.is_quick { 500 } else { 2_000 };
        Ok(Self { daemon, inbox: Rc::new(inbox.collect()), redeem: Rc::new(redeem.collect()), total })
    }
}

impl Scenario for Pages {
    fn round(&mut self, report: &mut Report, _: usize) -> Result<()> {
        let front = http::text(self.daemon.at, &http::request("GET", "/", "", ""))?;
        let styles = front.split('"').find(|path| path.contains(".css")).context("the front page has no stylesheet")?;
        let styles = http::text(self.daemon.at, &http::request("GET", styles, "", ""))?.len();
        for (name, requests) in [("page, inbox", &self.inbox), ("page, redeem", &self.redeem)] {
            for clients in [1, 8] {
                Load { clients, requests, total: self.total, status: 200 }.measure(report, &self.daemon, name)?;
            }
            let first = requests.iter().take(50).map(|request| Ok(http::text(self.daemon.at, request)?.len()));
            let largest = first.collect::<Result<Vec<_>>>()?.into_iter().max().unwrap_or_default();
            report.add(&format!("{name}, with its styles"), "KB", float(largest + styles) / 1_000.0);
        }
        Ok(())
    }
}
