//! What an approver may know of a requester: how they asked before, and what access they have now. It contains nothing that the
//! approver's own lists lack.

use crate::domain::{Caller, GrantState, Outcome, Page, RequestState};
use crate::store::{Tx, requests};
use crate::workflow::shares::Share;
use crate::workflow::{WorkflowError, inbox};

use super::view::RequestView;

/// The grants that are listed.
const ACCESS_MOST: i64 = 30;

/// Earlier requests, counted by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Approved, also with limits.
    pub approved: usize,
    /// Declined.
    pub declined: usize,
    /// Expired, not delivered, or still open.
    pub unanswered: usize,
    /// Withdrawn or cancelled.
    pub withdrawn: usize,
}

impl Before {
    /// Their number.
    pub fn total(&self) -> usize {
        self.approved + self.declined + self.unanswered + self.withdrawn
    }
}

/// A requester as the approver knows them.
#[derive(Clone, Debug)]
pub struct History {
    /// Their earlier requests to this approver.
    pub before: Before,
    /// Their own access to the approver's data, the newest first.
    pub access: Vec<Share>,
    /// Whether they have more access than listed.
    pub has_more_access: bool,
}

impl History {
    /// The history of a request's grantee.
    pub(super) fn load(tx: &mut Tx<'_>, caller: &Caller, view: &RequestView) -> Result<Self, WorkflowError> {
        let mut before = Before::default();
        for (state, count) in requests::count_before(tx, &view.request)? {
            let count = usize::try_from(count).unwrap_or_default();
            match RequestState::parse(&state) {
                Some(RequestState::Approved) => before.approved += count,
                Some(RequestState::Declined) => before.declined += count,
                Some(RequestState::Withdrawn | RequestState::Cancelled) => before.withdrawn += count,
                Some(RequestState::Pending | RequestState::Expired | RequestState::Failed) | None => before.unanswered += count,
            }
        }
        let now = tx.now();
        let mut found = inbox::given_to(tx, caller, view.request.allowed, Page { limit: ACCESS_MOST, offset: 0 })?;
        found.items.retain(|share| Outcome::from(&share.grant).state_at(now) == GrantState::Active);
        Ok(Self { before, access: found.items, has_more_access: found.has_more })
    }

    /// Whether this is the first request for the approver's data, and no access came about in another way.
    pub fn is_first(&self) -> bool {
        self.before.total() == 0 && self.access.is_empty()
    }
}
