//! Databases of grants of one shape and several sizes (`sql/world.sql`), and evaluations on them: each resource is given to ten
//! people, and each person has a hundred grants, of single resources, of whole bundles and as a member of groups. Only their
//! number grows.

use std::rc::Rc;

use anyhow::{Result, ensure};
use countersign::clock::Clock;
use countersign::config::Config;
use countersign::domain::{Caller, Scope};
use countersign::random::Rng;
use countersign::store::Store;
use countersign::workflow::accounts;

use crate::bulk::Database;
use crate::http::{self, Requests};
use crate::load::{Load, Target};
use crate::people;
use crate::process::Server;

/// The sizes of the two databases that are always measured.
pub(crate) const SIZES: [u64; 2] = [10_000, 1_000_000];
/// The grants of each resource, and the factor of each person's.
const GIVEN: u64 = 10;
const HELD: u64 = 100;
/// Distinct evaluations; with more, their bytes would not stay in the processor's caches.
const QUESTIONS: u64 = 4_096;
/// The tables that the script fills.
const TABLES: [&str; 9] = [
    "principals",
    "users",
    "user_groups",
    "group_members",
    "resources",
    "bundles",
    "bundle_resources",
    "grants",
    "grant_resources",
];

/// A database of grants, and an API key for evaluations.
pub(crate) struct World {
    grants: u64,
    key: String,
}

impl World {
    /// Creates one.
    pub(crate) fn settle(database: &Database<'_>, grants: u64) -> Result<Self> {
        let config = Config::build(None, people::settings(&database.url()))?;
        let store = Store::open(&config.database, config.limits.write_queue, Clock::System)?;
        store.migrate()?;
        let new = accounts::NewKey {
            app: None,
            name: "Check".into(),
            user: None,
            scopes: [Scope::Check].into_iter().collect(),
            redeem_urls: Vec::new(),
        };
        let key = store.write_sync(move |tx| accounts::add_key(tx, &Caller::operator(), &Rng::System, &new))?;
        drop(store);

        let (persons, things) = (grants / HELD, grants / GIVEN);
        let values = [
            ("grants", grants),
            ("people", persons),
            ("groups", persons / 10),
            ("things", things),
            ("bundles", things / 100),
            ("first", 1),
            ("first_group", persons + 1),
            ("now", u64::try_from(Clock::System.now().timestamp_micros())?),
        ];
        let values = values.map(|(name, value)| (name, value.to_string()));
        database.bulk()?.fill(&TABLES, include_str!("sql/world.sql"), &values)?;
        Ok(Self { grants, key: key.reveal().to_string() })
    }

    /// Evaluations: of each two, one is permitted and one is of a resource that somebody else was given.
    pub(crate) fn evaluations(&self) -> Requests {
        let authorization = format!("Bearer {}", self.key);
        let questions = (0..QUESTIONS).map(|question| {
            let n = (question * 7_919_113 + question / 2) % self.grants;
            let (holder, thing) = self.held(n);
            let person = if question % 2 == 0 { holder } else { self.held(n + self.grants / 2 + 7).0 };
            let body = format!(
                r#"{{"subject":{{"type":"user","id":"person{person}@mail.example"}},"action":{{"name":"read"}},"resource":{{"type":"record","id":"{thing}"}}}}"#
            );
            http::request("POST", "/access/v1/evaluation", &authorization, &body)
        });
        Rc::new(questions.collect())
    }

    /// Runs each evaluation several times before the measurement, so that every connection has read every page, and checks some
    /// of the answers.
    pub(crate) fn rehearse(&self, daemon: &Server) -> Result<()> {
        const LOOKED_AT: usize = 256;
        let questions = self.evaluations();
        let mut yes = 0;
        for question in questions.iter().take(LOOKED_AT) {
            yes += usize::from(http::text(daemon.at, question)?.contains("true"));
        }
        ensure!(
            (LOOKED_AT * 2 / 5..LOOKED_AT * 4 / 5).contains(&yes),
            "{yes} of {LOOKED_AT} were answered yes: the world is made wrongly"
        );
        Load { clients: 64, requests: &questions, total: questions.len() * 4, status: 200 }.put_on(Target::from(daemon))?;
        Ok(())
    }

    /// The grantee of the `n`th grant and its resource, as in sql/world.sql.
    fn held(&self, n: u64) -> (u64, u64) {
        let people = self.grants / HELD;
        let receiver = n * 2_654_435_761 / 128 % people;
        match n % 10 {
            // A group's first member, and a bundle's first resource.
            8 => (n / 10 % (people / 10) * 20 % people, n / GIVEN),
            9 => (receiver, n / 1_000 * 100),
            _ => (receiver, n / GIVEN),
        }
    }
}
