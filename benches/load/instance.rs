//! A database in long use, of any size: people, requests that ended or are pending, and all rows that belong to them, written
//! by SQL in bulk (`sql/instance.sql`). Between them, far apart, are pending requests of approvers whose password we know.

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

/// The approvers of the pending requests, whose lists are read too.
const DECIDERS: u64 = 64;
const READERS: u64 = 64;
/// How often each person has been asked, and has requested, except in the smallest database.
const ASKED: u64 = 20;
const PEOPLE_LEAST: u64 = 512;
/// The days from the first request until a day ago.
const DAYS: i64 = 300;
const DAY: i64 = 86_400_000_000;
/// One request in this many is of this week, and at most one in this many of these is ours.
const WEEKS: u64 = 42;
const OURS: u64 = 2;
/// A step through the pending requests, so that neighbours are not used one after the other.
const STRIDE: u64 = 7_919;
/// The tables that the script fills.
const TABLES: [&str; 8] = ["principals", "users", "requests", "request_items", "tokens", "outbox", "grants", "audit"];

pub(crate) struct Instance {
    /// The number of requests, with the pending ones.
    rows: u64,
    /// The last requests, between which our pending ones lie.
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

impl Instance {
    /// Creates one with this many requests and this many pending ones between them.
    pub(crate) fn settle(database: &Database<'_>, history: u64, open: u64) -> Result<Self> {
        let rows = history + open;
        let recent = (rows / WEEKS).max(open * OURS).min(rows);
        let people = (rows / ASKED).max(PEOPLE_LEAST);
        ensure!(
            !open.is_multiple_of(STRIDE) && open <= DECIDERS * people,
            "an instance of {rows} rows has no place for {open} that are open"
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
        bulk.fill(&TABLES, include_str!("sql/instance.sql"), &values)?;
        Ok(Self { rows, recent, open, people, used: 0, filed: 0, first, first_person, key, blanks: 0 })
    }

    /// The number of its requests.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Pending requests that nothing else uses.
    pub(crate) fn take(&mut self, count: usize) -> Result<Vec<u64>> {
        let taken = self.used..self.used + u64::try_from(count)?;
        ensure!(taken.end <= self.open, "the instance has nothing open any more");
        self.used = taken.end;
        Ok(taken.map(|n| n * STRIDE % self.open).collect())
    }

    /// A call with the token of each of these.
    pub(crate) fn by_token(&self, method: &str, open: &[u64]) -> Result<Requests> {
        let request = |n: &u64| {
            // The id that sql/instance.sql assigned.
            let id = i64::try_from(self.rows - self.recent + ((n + 1) * self.recent).div_ceil(self.open))?;
            let token = secret()?.with_id(SecretKind::Redeem, id).reveal().to_string();
            let authorization = people::basic(&people::address_of(n % DECIDERS), self.blanks);
            Ok(http::request(method, &format!("{PATH}{token}/"), &authorization, ""))
        };
        open.iter().map(request).collect::<Result<_>>().map(Rc::new)
    }

    /// Filing calls, each for a pair without such a request.
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

    /// Calls of people here and there for a list.
    pub(crate) fn lists(&self, path: &str) -> Requests {
        let readers = (0..READERS).map(|reader| reader * self.people / READERS);
        let authorization =
            readers.map(|person| people::basic(&format!("person{person}@mail{}.example", person % 1_000), self.blanks));
        Rc::new(authorization.map(|authorization| http::request("GET", path, &authorization, "")).collect())
    }

    /// Signs in everybody whom the measurement needs, at each of several daemons.
    pub(crate) fn sign_in_everywhere(&mut self, servers: &[Server]) -> Result<()> {
        self.blanks = (self.blanks + 1) % 100;
        servers.iter().try_for_each(|server| self.sign_in_at(server))
    }

    /// The same at one daemon.
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

/// The one secret of all tokens in the database; they differ by their ids.
fn secret() -> Result<FreshSecret> {
    FreshSecret::draw(&Rng::seeded(1)).map_err(|error| anyhow::anyhow!("{error}"))
}
