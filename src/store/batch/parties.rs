//! Loads the bundles, keys and people of all commands of a batch.

use std::collections::HashMap;

use super::Lock;
use crate::domain::id::distinct;
use crate::domain::{Address, Bundle, BundleId, KeyId, User, UserId, UserRef};
use crate::store::credentials::{self, ApiKey};
use crate::store::{StoreError, Tx, bundles, users};

/// The rows to load.
#[derive(Debug, Default)]
pub struct PartyIds {
    /// Bundles.
    pub bundles: Vec<BundleId>,
    /// Keys.
    pub keys: Vec<KeyId>,
    /// People.
    pub users: Vec<UserId>,
    /// People by address.
    pub addresses: Vec<Address>,
}

/// The existing rows, without deleted ones.
#[derive(Debug, Default)]
pub struct Parties {
    bundles: HashMap<BundleId, Bundle>,
    keys: HashMap<KeyId, ApiKey>,
    users: HashMap<UserId, User>,
    addresses: HashMap<Address, UserId>,
}

impl Parties {
    /// Loads these rows: first bundles, then keys, then people, each in id order, so that concurrent callers cannot deadlock.
    /// `lock` applies to people; bundles and keys then get a shared lock.
    pub fn load(tx: &mut Tx<'_>, ids: PartyIds, lock: Lock) -> Result<Self, StoreError> {
        let shared = if lock == Lock::No { Lock::No } else { Lock::Share };
        let bundles = bundles::load_all(tx, &distinct(ids.bundles), shared)?;
        let keys = credentials::load_keys(tx, &distinct(ids.keys), shared)?;
        let users = users::load_all(tx, &distinct(ids.users), &ids.addresses, lock)?;
        Ok(Self {
            bundles: bundles.into_iter().map(|bundle| (bundle.id, bundle)).collect(),
            keys: keys.into_iter().map(|key| (key.id, key)).collect(),
            addresses: users.iter().map(|user| (user.email.clone(), user.id)).collect(),
            users: users.into_iter().map(|user| (user.id, user)).collect(),
        })
    }

    /// A bundle.
    pub fn bundle(&self, id: BundleId) -> Option<&Bundle> {
        self.bundles.get(&id)
    }

    /// A key, live or not.
    pub fn key(&self, id: KeyId) -> Option<&ApiKey> {
        self.keys.get(&id)
    }

    /// A person.
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    /// A person by id or address.
    pub fn named(&self, person: &UserRef) -> Option<&User> {
        match person {
            UserRef::Id(id) => self.user(*id),
            UserRef::Address(address) => self.addresses.get(address).and_then(|id| self.user(*id)),
        }
    }
}
