//! What the emails of a claim tell of: each thing is read once, and where the database is another machine, all of them before
//! the first email, in a few statements.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::domain::{Bundle, BundleId, Grant, GrantId, KeyId, Request, RequestId, RequestItem, User, UserId};
use crate::store::outbox::{QueuedEmail, context};
use crate::store::{StoreError, Tx, bundles, credentials, grants, requests};

/// What is known. A thing without a value is known not to be there.
#[derive(Default)]
pub(crate) struct Known {
    /// Whoever was ever here, and whether they still are.
    people: HashMap<UserId, Option<(User, bool)>>,
    requests: HashMap<RequestId, Option<Request>>,
    /// The first thing that each asks for.
    items: HashMap<RequestId, Option<RequestItem>>,
    bundles: HashMap<BundleId, Option<Bundle>>,
    resources: HashMap<BundleId, Vec<String>>,
    apps: HashMap<KeyId, Option<String>>,
    grants: HashMap<GrantId, Option<Grant>>,
    /// What each grant is limited to.
    limits: HashMap<GrantId, Vec<String>>,
}

impl Known {
    /// Somebody who is here.
    pub(crate) fn user(&mut self, tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.person(tx, id)?.filter(|(_, is_here)| *is_here).map(|(user, _)| user))
    }

    /// Somebody who is or was here.
    pub(crate) fn user_ever(&mut self, tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.person(tx, id)?.map(|(user, _)| user))
    }

    fn person(&mut self, tx: &mut Tx<'_>, id: UserId) -> Result<Option<(User, bool)>, StoreError> {
        once(&mut self.people, id, || Ok(context::people(tx, &[id])?.pop()))
    }

    pub(crate) fn request(&mut self, tx: &mut Tx<'_>, id: RequestId) -> Result<Option<Request>, StoreError> {
        once(&mut self.requests, id, || requests::find(tx, id))
    }

    pub(crate) fn item(&mut self, tx: &mut Tx<'_>, id: RequestId) -> Result<Option<RequestItem>, StoreError> {
        once(&mut self.items, id, || Ok(requests::items(tx, id)?.into_iter().next()))
    }

    pub(crate) fn bundle(&mut self, tx: &mut Tx<'_>, id: BundleId) -> Result<Option<Bundle>, StoreError> {
        once(&mut self.bundles, id, || bundles::find_including_deleted(tx, id))
    }

    /// What is in a bundle, as people call it.
    pub(crate) fn resources(&mut self, tx: &mut Tx<'_>, id: BundleId) -> Result<Vec<String>, StoreError> {
        let read = || Ok(bundles::resources_of(tx, id)?.into_iter().map(|resource| resource.name).collect());
        once(&mut self.resources, id, read)
    }

    pub(crate) fn app(&mut self, tx: &mut Tx<'_>, id: KeyId) -> Result<Option<String>, StoreError> {
        once(&mut self.apps, id, || Ok(credentials::find_key(tx, id)?.map(|key| key.name)))
    }

    pub(crate) fn grant(&mut self, tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Grant>, StoreError> {
        once(&mut self.grants, id, || grants::find(tx, id))
    }

    /// What a grant is limited to, as people call it.
    pub(crate) fn limits(&mut self, tx: &mut Tx<'_>, id: GrantId) -> Result<Vec<String>, StoreError> {
        let read = || Ok(grants::resources_of(tx, &[id])?.into_iter().map(|(_, resource)| resource.name).collect());
        once(&mut self.limits, id, read)
    }

    /// Reads what most emails look at, each kind of thing in one statement for all of them.
    pub(crate) fn read_ahead(&mut self, tx: &mut Tx<'_>, letters: &[QueuedEmail]) -> Result<(), StoreError> {
        let ids = distinct(letters.iter().filter_map(|email| email.request));
        let found = some(&ids, |ids| context::requests(tx, ids))?;
        fill(&mut self.requests, &ids, found.into_iter().map(|request| (request.id, request)));
        let found = some(&ids, |ids| requests::items_of_all(tx, ids))?;
        // The first of each is the last that is put there.
        fill(&mut self.items, &ids, found.into_iter().rev());

        let asked = || self.requests.values().flatten();
        let came = asked().flat_map(|request| {
            [request.renews, request.decision.as_ref().and_then(|decision| decision.grant).map(|grant| grant.id)]
        });
        let ids = distinct(letters.iter().map(|email| email.grant).chain(came).flatten());
        let found = some(&ids, |ids| grants::find_all(tx, ids))?;
        fill(&mut self.grants, &ids, found.into_iter().map(|grant| (grant.id, grant)));
        let found = some(&ids, |ids| grants::resources_of(tx, ids))?;
        gather(&mut self.limits, &ids, found.into_iter().map(|(id, resource)| (id, resource.name)));

        let granted = || self.grants.values().flatten();
        let asked_for = self.items.values().flatten().filter_map(|item| item.bundle);
        let ids = distinct(asked_for.chain(granted().filter_map(|grant| grant.bundle)));
        let found = some(&ids, |ids| bundles::find_all(tx, ids))?;
        fill(&mut self.bundles, &ids, found.into_iter().map(|bundle| (bundle.id, bundle)));
        let found = some(&ids, |ids| context::resources(tx, ids))?;
        gather(&mut self.resources, &ids, found.into_iter());

        let asked = || self.requests.values().flatten();
        let ids = distinct(asked().filter_map(|request| request.key));
        let found = some(&ids, |ids| context::apps(tx, ids))?;
        fill(&mut self.apps, &ids, found.into_iter());

        let asking = asked().flat_map(|request| [Some(request.target), Some(request.allowed), request.initiator]).flatten();
        let giving = self.grants.values().flatten().flat_map(|grant| [grant.grantor, grant.owner]);
        let owning = self.bundles.values().flatten().filter_map(|bundle| bundle.owner);
        let ids = distinct(letters.iter().map(|email| email.user).chain(asking).chain(giving).chain(owning));
        let found = some(&ids, |ids| context::people(tx, ids))?;
        fill(&mut self.people, &ids, found.into_iter().map(|(user, is_here)| (user.id, (user, is_here))));
        Ok(())
    }
}

fn once<K: Hash + Eq, V: Clone>(
    known: &mut HashMap<K, V>,
    key: K,
    read: impl FnOnce() -> Result<V, StoreError>,
) -> Result<V, StoreError> {
    if let Some(found) = known.get(&key) {
        return Ok(found.clone());
    }
    let found = read()?;
    known.insert(key, found.clone());
    Ok(found)
}

fn distinct<K: Ord>(keys: impl Iterator<Item = K>) -> Vec<K> {
    keys.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Nothing is read of nothing.
fn some<K, T>(keys: &[K], read: impl FnOnce(&[K]) -> Result<Vec<T>, StoreError>) -> Result<Vec<T>, StoreError> {
    if keys.is_empty() { Ok(Vec::new()) } else { read(keys) }
}

/// What was asked for and is not found is known not to be there.
fn fill<K: Hash + Eq + Copy, V>(known: &mut HashMap<K, Option<V>>, asked: &[K], found: impl Iterator<Item = (K, V)>) {
    known.extend(asked.iter().map(|key| (*key, None)));
    known.extend(found.map(|(key, value)| (key, Some(value))));
}

fn gather<K: Hash + Eq + Copy, V>(known: &mut HashMap<K, Vec<V>>, asked: &[K], found: impl Iterator<Item = (K, V)>) {
    known.extend(asked.iter().map(|key| (*key, Vec::new())));
    for (key, value) in found {
        known.entry(key).or_default().push(value);
    }
}
