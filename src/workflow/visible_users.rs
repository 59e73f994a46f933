//! Limits the data of other people to a caller's visibility. Anyone can name a person by id, and this must reveal nothing:
//! until the person is related to the caller, responses contain only the id and the name that the caller used.

use std::collections::HashSet;

use super::WorkflowError;
use crate::domain::id::distinct;
use crate::domain::{Caller, Request, Scope, User, UserId};
use crate::store::{Tx, visible_users};

/// Whether the caller sees everyone: administrators, and apps with the scope `directory`.
pub fn sees_everybody(caller: &Caller) -> bool {
    caller.may_administer() || caller.key.is_some() && caller.scopes.has(Scope::Directory)
}

/// The people visible to a caller, among those looked up.
pub(super) struct Seen {
    is_everybody: bool,
    known: HashSet<UserId>,
}

impl Seen {
    /// Looks up `others`.
    pub(super) fn of(tx: &mut Tx<'_>, caller: &Caller, mut others: Vec<UserId>) -> Result<Self, WorkflowError> {
        if sees_everybody(caller) {
            return Ok(Self { is_everybody: true, known: HashSet::new() });
        }
        others.retain(|id| caller.user != Some(*id));
        let mut known = visible_users::among(tx, caller.user, caller.app, &distinct(others))?;
        known.extend(caller.user);
        Ok(Self { is_everybody: false, known })
    }

    /// As [`Seen::of`], with a given lookup `is_seen`.
    pub(super) fn within(caller: &Caller, others: &[UserId], is_seen: impl Fn(UserId) -> bool) -> Self {
        let known = others.iter().copied().filter(|id| is_seen(*id)).collect();
        Self { is_everybody: sees_everybody(caller), known }
    }

    pub(super) fn has(&self, id: UserId) -> bool {
        self.is_everybody || self.known.contains(&id)
    }

    /// The person as shown to the caller, with the name that the caller used.
    pub(super) fn show(&self, user: User, called: Option<&str>) -> User {
        if self.has(user.id) { user } else { user.hidden(called) }
    }
}

/// Whether the request alone makes one of its people visible to the caller, without a lookup.
pub(super) fn is_revealed_by(request: &Request, caller: &Caller, person: UserId) -> bool {
    let is_decider = caller.user == Some(request.target) && request.initiator != caller.user;
    caller.user == Some(person)
        || request.initiator == Some(person)
        || request.decision.as_ref().is_some_and(|decision| decision.by == Some(person) && person == request.target)
        || is_decider && person == request.allowed
}
