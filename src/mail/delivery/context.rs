//! The common context of a batch of emails: their sender, and the rows they are about, loaded in a few statements.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::TimeDelta;

use crate::config::Config;
use crate::domain::id::distinct;
use crate::domain::{AppId, Bundle, BundleId, Grant, GrantId, Request, RequestId, RequestItem, User, UserId};
use crate::mail::Sender;
use crate::mail::emails::Link;
use crate::mail::emails::system::Summary;
use crate::random::Rng;
use crate::store::due::Counts;
use crate::store::outbox::{QueuedEmail, context};
use crate::store::{StoreError, Tx, bundles, due, grants, requests};

/// The instance that sends a batch of emails, with the worker's lease.
pub(super) struct Instance<'a> {
    pub(super) config: &'a Config,
    pub(super) rng: &'a Rng,
    pub(super) sender: &'a Sender,
    pub(super) lease: i64,
}

impl Instance<'_> {
    /// A link to our own page, which identifies people by session.
    pub(super) fn page(&self, path: &str) -> Link {
        Link::new(format!("{}{path}", self.public_url()))
    }

    pub(super) fn public_url(&self) -> &str {
        self.config.server.public_url.as_str().trim_end_matches('/')
    }
}

/// The rows, by id.
#[derive(Default)]
pub(super) struct Context {
    /// People, including deleted ones, with whether each still exists.
    people: HashMap<UserId, (User, bool)>,
    pub(super) requests: HashMap<RequestId, Request>,
    /// The first item of each request.
    pub(super) items: HashMap<RequestId, RequestItem>,
    pub(super) bundles: HashMap<BundleId, Bundle>,
    /// The names of the resources in each bundle.
    resources: HashMap<BundleId, Vec<String>>,
    /// The names of the resources named by requests, by URI.
    named: HashMap<String, String>,
    pub(super) apps: HashMap<AppId, String>,
    pub(super) grants: HashMap<GrantId, Grant>,
    /// The names of the resources of each grant.
    limits: HashMap<GrantId, Vec<String>>,
}

impl Context {
    /// Loads the context of these emails, each table in one statement.
    pub(super) fn load(tx: &mut Tx<'_>, rows: &[QueuedEmail]) -> Result<Self, StoreError> {
        let mut all = Self::default();
        let ids = distinct(rows.iter().filter_map(|row| row.request));
        if !ids.is_empty() {
            all.requests = context::requests(tx, &ids)?.into_iter().map(|request| (request.id, request)).collect();
            // Reversed, so that the first item of each request wins.
            all.items = requests::items_of_all(tx, &ids)?.into_iter().rev().collect();
        }
        let requests = || all.requests.values();
        let uris = distinct(requests().flat_map(|request| request.resources.iter().cloned()));
        if !uris.is_empty() {
            let found = bundles::find_resources(tx, &uris)?;
            all.named = found.into_iter().map(|resource| (resource.uri, resource.name)).collect();
        }
        let came_of = |request: &Request| request.decision.as_ref().and_then(|decision| decision.grant).map(|grant| grant.id);
        let came = requests().flat_map(|request| [request.renews, came_of(request)]);
        let ids = distinct(rows.iter().map(|row| row.grant).chain(came).flatten());
        if !ids.is_empty() {
            all.grants = grants::find_all(tx, &ids)?.into_iter().map(|grant| (grant.id, grant)).collect();
            let found = grants::resources_of(tx, &ids)?;
            all.limits = by_id(found.into_iter().map(|(id, resource)| (id, resource.name)));
        }
        let asked = all.items.values().filter_map(|item| item.bundle);
        let ids = distinct(asked.chain(all.grants.values().filter_map(|grant| grant.bundle)));
        if !ids.is_empty() {
            all.bundles = bundles::find_all(tx, &ids)?.into_iter().map(|bundle| (bundle.id, bundle)).collect();
            all.resources = by_id(context::resources(tx, &ids)?);
        }
        let requests = || all.requests.values();
        let ids = distinct(requests().filter_map(|request| request.app));
        if !ids.is_empty() {
            all.apps = context::apps(tx, &ids)?.into_iter().collect();
        }
        let asking = requests().flat_map(|request| [Some(request.target), Some(request.allowed), request.initiator]).flatten();
        let giving = all.grants.values().flat_map(|grant| [grant.grantor, grant.owner]);
        let owning = all.bundles.values().filter_map(|bundle| bundle.owner);
        let ids = distinct(rows.iter().map(|row| row.user).chain(asking).chain(giving).chain(owning));
        let found = context::people(tx, &ids)?;
        all.people = found.into_iter().map(|(user, is_here)| (user.id, (user, is_here))).collect();
        Ok(all)
    }

    /// An existing person.
    pub(super) fn user(&self, id: UserId) -> Option<&User> {
        self.people.get(&id).filter(|(_, is_here)| *is_here).map(|(user, _)| user)
    }

    /// A person, including deleted ones.
    pub(super) fn user_ever(&self, id: UserId) -> Option<&User> {
        self.people.get(&id).map(|(user, _)| user)
    }

    /// The names of the resources in a bundle.
    pub(super) fn resources(&self, id: BundleId) -> &[String] {
        self.resources.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The names of the resources that limit a grant; empty if it covers its whole bundle.
    pub(super) fn limits(&self, id: GrantId) -> &[String] {
        self.limits.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The names of these resources; the URI for one without a name.
    pub(super) fn named(&self, uris: &[String]) -> Vec<String> {
        uris.iter().map(|uri| self.named.get(uri).unwrap_or(uri).clone()).collect()
    }
}

fn by_id<K: Hash + Eq>(found: impl IntoIterator<Item = (K, String)>) -> HashMap<K, Vec<String>> {
    let mut all: HashMap<K, Vec<String>> = HashMap::new();
    for (key, name) in found {
        all.entry(key).or_default().push(name);
    }
    all
}

/// A pending request is stale this long before its expiry.
const STALE: TimeDelta = TimeDelta::days(1);
/// The notice period for expiring grants.
const SOON: TimeDelta = TimeDelta::days(7);

/// Counts the summary; none if all counts are zero.
pub(super) fn summary(tx: &mut Tx<'_>, instance: &Instance<'_>) -> Result<Option<Summary>, StoreError> {
    let at = tx.now();
    let counts = due::count(tx, at + STALE, at + SOON)?;
    if counts.is_empty() {
        return Ok(None);
    }
    let Counts { pending, undeliverable, stale, ending } = counts;
    Ok(Some(Summary { at, pending, undeliverable, stale, ending, most: Counts::MOST, link: instance.page("/admin") }))
}
