//! What a caller is shown of other people. Anybody can be named by number, and naming must teach nothing: until the other person
//! had a part in something that involves the caller, answers carry their id and what the caller called them.

use std::collections::HashSet;

use super::WorkflowError;
use crate::domain::{Caller, Request, Scope, User, UserId};
use crate::store::{Tx, visible_users};

/// Whether the caller sees everybody: administrators, and apps with the scope `directory`.
pub fn sees_everybody(caller: &Caller) -> bool {
    caller.may_administer() || caller.key.is_some() && caller.scopes.has(Scope::Directory)
}

/// Whom a caller may be shown, among those who were looked for.
pub(super) struct Seen {
    is_everybody: bool,
    known: HashSet<UserId>,
}

impl Seen {
    /// Looks for `others`.
    pub(super) fn of(tx: &mut Tx<'_>, caller: &Caller, mut others: Vec<UserId>) -> Result<Self, WorkflowError> {
        if sees_everybody(caller) {
            return Ok(Self { is_everybody: true, known: HashSet::new() });
        }
        others.retain(|id| caller.user != Some(*id));
        others.sort_unstable();
        others.dedup();
        let mut known = visible_users::among(tx, caller.user, caller.key, &others)?;
        known.extend(caller.user);
        Ok(Self { is_everybody: false, known })
    }

    /// As [`Seen::of`], where `is_seen` knows it.
    pub(super) fn within(caller: &Caller, others: &[UserId], is_seen: impl Fn(UserId) -> bool) -> Self {
        let known = others.iter().copied().filter(|id| is_seen(*id)).collect();
        Self { is_everybody: sees_everybody(caller), known }
    }

    /// Whether they may be shown.
    pub(super) fn has(&self, id: UserId) -> bool {
        self.is_everybody || self.known.contains(&id)
    }

    /// The person as the caller is shown them, whom the caller called so.
    pub(super) fn show(&self, user: User, called: Option<&str>) -> User {
        if self.has(user.id) { user } else { user.hidden(called) }
    }
}

/// Whether a request by itself says that the caller may be shown one of its people: no further look is needed then.
pub(super) fn is_told_by(request: &Request, caller: &Caller, person: UserId) -> bool {
    let is_decider = caller.user == Some(request.target) && request.initiator != caller.user;
    caller.user == Some(person)
        || request.initiator == Some(person)
        || request.decision.as_ref().is_some_and(|decision| decision.by == Some(person) && person == request.target)
        || is_decider && person == request.allowed
}
