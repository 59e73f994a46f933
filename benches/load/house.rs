//! A instance that has been in use, of any size: people, requests that ended or are open, and all that came of them, written by
//! SQL in bulk (`sql/instance.sql`). Between them, far apart, lie requests that wait for somebody whose password we know.

use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use countersign::clock::Clock;
use countersign::domain::Address;
use countersign::random::Rng;
use countersign::secret::{FreshSecret, SecretKind};
use countersign::store::tokens;

use crate::bulk::Database;
use crate::http::{self, Requests};
use crate::load::{Load, Target};
use crate::people::{self, Pair, People};
use crate::process::Server;
use crate::stock::PATH;

/// Who decides what is open, and whose lists are looked at.
const DECIDERS: u64 = 64;
const READERS: u64 = 64;
/// How often each of the people has been asked, and has asked; but in the smallest instance.
const ASKED: u64 = 20;
const PEOPLE_LEAST: u64 = 512;
/// So long ago began what is told here; it ends a day ago.
const DAYS: i64 = 300;
const DAY: i64 = 86_400_000_000;
/// One of so many requests is of this week, and one of so many of these at most is ours.
const WEEKS: u64 = 42;
const OURS: u64 = 2;
/// A step through what is open, so that neighbours are not asked for one after the other.
const STRIDE: u64 = 7_919;
/// The tables that the script fills.
const TABLES: [&str; 8] = ["principals", "users", "requests", "request_items", "tokens", "outbox", "grants", "audit"];

pub(crate) struct House {
    /// Requests, those included that are open.
    rows: u64,
    /// Of these the last, between which those stand that are open to us.
    recent: u64,
    open: u64,
    people: u64,
    used: u64,
    filed: u64,
    first: Pair,
    first_person: i64,
    key: String,
    blanks: usize,
}

impl House {
    /// Makes one with so many requests and so many open ones between them.
    pub(crate) fn settle(database: &Database<'_>, history: u64, open: u64) -> Result<Self> {
        let rows = history + open;
        let recent = (rows / WEEKS).max(open * OURS).min(rows);
        let people = (rows / ASKED).max(PEOPLE_LEAST);
        ensure!(
            !open.is_multiple_of(STRIDE) && open <= DECIDERS * people,
            "a house of {rows} has no place for {open} that are open"
        );
        let settled = People::settle(&database.url())?;
        let (first, second) = (settled.pair(0)?, settled.pair(1)?);
        let (key, key_id) = (settled.key.clone(), settled.app().key.context("the app has no key")?);
        ensure!(second.target.0 == first.target.0 + 2, "people are numbered otherwise");
        drop(settled);

        let mut bulk = database.bulk()?;
        let now = Clock::System.now().timestamp_micros();
        let begin = now - DAYS * DAY;
        let letterbox = (0..DECIDERS).map(|approver| {
            let address = Address::parse(&people::address_of(approver)).map_err(|error| anyhow::anyhow!("{error}"))?;
            Ok(format!("({}, {})", first.target.0 + 2 * i64::try_from(approver)?, bulk.bytes(&tokens::address_hash(&address))))
        });
        let letterbox = letterbox.collect::<Result<Vec<_>>>()?.join(", ");
        let secret = bulk.bytes(secret()?.hash().as_bytes());
        let first_person = bulk.number("SELECT max(id) + 1 AS number FROM principals")?;
        let step = (DAYS - 1) * DAY / i64::try_from(rows)?;
        let values = [
            ("people", people.to_string()),
            ("rows", rows.to_string()),
            ("recent", recent.to_string()),
            ("open", open.to_string()),
            ("first", first_person.to_string()),
            ("decider", first.target.0.to_string()),
            ("deciders", DECIDERS.to_string()),
            ("bundle", first.bundle.0.to_string()),
            ("key", key_id.0.to_string()),
            ("now", now.to_string()),
            ("begin", begin.to_string()),
            ("step", step.to_string()),
            ("letterbox", letterbox),
            ("secret", secret),
        ];
        bulk.fill(&TABLES, include_str!("sql/house.sql"), &values)?;
        Ok(Self { rows, recent, open, people, used: 0, filed: 0, first, first_person, key, blanks: 0 })
    }

    /// How many requests it has had.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// So many open requests that nobody else uses.
    pub(crate) fn take(&mut self, count: usize) -> Result<Vec<u64>> {
        let taken = self.used..self.used + u64::try_from(count)?;
        ensure!(taken.end <= self.open, "the house has nothing open any more");
        self.used = taken.end;
        Ok(taken.map(|n| n * STRIDE % self.open).collect())
    }

    /// A request with the token of each of these.
    pub(crate) fn by_token(&self, method: &str, open: &[u64]) -> Result<Requests> {
        let request = |n: &u64| {
            // Where sql/instance.sql has put it.
            let id = i64::try_from(self.rows - self.recent + ((n + 1) * self.recent).div_ceil(self.open))?;
            let token = secret()?.with_id(SecretKind::Redeem, id).reveal().to_string();
            let authorization = people::basic(&people::address_of(n % DECIDERS), self.blanks);
            Ok(http::request(method, &format!("{PATH}{token}/"), &authorization, ""))
        };
        open.iter().map(request).collect::<Result<_>>().map(Rc::new)
    }

    /// Requests that file, each for a pair that has not asked for this yet.
    pub(crate) fn filings(&mut self, count: usize) -> Result<Requests> {
        let numbers = self.filed..self.filed + u64::try_from(count)?;
        ensure!(numbers.end <= DECIDERS * self.people, "everybody has asked everybody");
        self.filed = numbers.end;
        let authorization = format!("Bearer {}", self.key);
        let filing = |n: u64| {
            let target = self.first.target.0 + 2 * i64::try_from(n % DECIDERS)?;
            let (allowed, bundle) = (self.first_person + i64::try_from(n / DECIDERS)?, self.first.bundle.0 + 7);
            Ok(http::request("POST", PATH, &authorization, &people::filing_body(target, allowed, bundle)))
        };
        numbers.map(filing).collect::<Result<_>>().map(Rc::new)
    }

    /// Requests of people here and there for a list of theirs.
    pub(crate) fn lists(&self, path: &str) -> Requests {
        let readers = (0..READERS).map(|reader| reader * self.people / READERS);
        let authorization =
            readers.map(|person| people::basic(&format!("person{person}@mail{}.example", person % 1_000), self.blanks));
        Rc::new(authorization.map(|authorization| http::request("GET", path, &authorization, "")).collect())
    }

    /// Has everybody sign in whom the measurement will know, at each of several daemons.
    pub(crate) fn sign_in_everywhere(&mut self, servers: &[Server]) -> Result<()> {
        self.blanks = (self.blanks + 1) % 100;
        servers.iter().try_for_each(|server| self.sign_in_at(server))
    }

    /// The same at one.
    pub(crate) fn sign_in<'t>(&mut self, target: impl Into<Target<'t>>) -> Result<()> {
        self.blanks = (self.blanks + 1) % 100;
        self.sign_in_at(target)
    }

    fn sign_in_at<'t>(&self, target: impl Into<Target<'t>>) -> Result<()> {
        const ACCOUNT: &str = "/api/account/";
        let mut requests = self.lists(ACCOUNT).to_vec();
        requests.extend(
            (0..DECIDERS)
                .map(|approver| http::request("GET", ACCOUNT, &people::basic(&people::address_of(approver), self.blanks), "")),
        );
        let total = requests.len();
        Load { clients: 2, requests: &Rc::new(requests), total, status: 200 }.put_on(target)?;
        Ok(())
    }
}

/// The one secret of all of the instance's tokens; they differ by their ids.
fn secret() -> Result<FreshSecret> {
    FreshSecret::draw(&Rng::seeded(1)).map_err(|error| anyhow::anyhow!("{error}"))
}
