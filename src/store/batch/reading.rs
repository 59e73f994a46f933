//! Loads the rows of commands that only read: tokens with their requests, and people.

use std::collections::HashMap;

use super::redemption::{self, FoundToken};
use super::{Lock, Parties, PartyIds};
use crate::domain::{Bundle, BundleId, TokenId, User, UserId};
use crate::secret::Secret;
use crate::store::{StoreError, Tx};

/// The loaded rows.
#[derive(Debug, Default)]
pub struct Reading {
    tokens: HashMap<TokenId, FoundToken>,
    parties: Parties,
}

impl Reading {
    /// Loads these people, the tokens of these secrets, and the bundles and people of the tokens' requests. Locks nothing.
    pub fn load(tx: &mut Tx<'_>, users: Vec<UserId>, tokens: &[Secret]) -> Result<Self, StoreError> {
        let tokens = redemption::tokens(tx, tokens)?;
        let mut ids = PartyIds { users, ..PartyIds::default() };
        for (_, request, items) in tokens.values() {
            ids.users.extend([request.target, request.allowed]);
            ids.bundles.extend(items.iter().filter_map(|item| item.bundle));
        }
        let parties = Parties::load(tx, ids, Lock::No)?;
        Ok(Self { tokens, parties })
    }

    /// The tokens, with their requests and items.
    pub fn tokens(&self) -> &HashMap<TokenId, FoundToken> {
        &self.tokens
    }

    /// An existing person.
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.parties.user(id)
    }

    /// An existing bundle.
    pub fn bundle(&self, id: BundleId) -> Option<&Bundle> {
        self.parties.bundle(id)
    }
}
