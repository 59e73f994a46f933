//! What a mailed link means to who holds it: whom it was mailed to, what its request is about in whatever state it is, and
//! the acts of the pages beside the plain yes and no: yes after a no, undo, a fresh link.

use chrono::{DateTime, Utc};

use super::view::{self, RequestView};
use super::{decide, renew, resend, terms};
use crate::config::Config;
use crate::domain::{ApprovalLimits, Caller, EmailKind, Grant, Request, RequestId, RequestState, Resource, User};
use crate::store::{self, Tx, cooldowns, credentials, grants, requests};
use crate::workflow::blocks::{self, Whom};
use crate::workflow::{Closed, What, WhyForbidden, WorkflowError, authority, shares};

/// Whom a link was mailed to.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The reader of its email.
    pub user: User,
    /// The request it decides.
    pub request: Request,
    /// Whether it is from this database's epoch and went to the address that the reader has now.
    pub is_current: bool,
}

/// Whom a real link was mailed to: for a page that asks them to sign in, and tells nothing else before they do.
pub fn holder(tx: &mut Tx<'_>, text: &str) -> Result<Holder, WorkflowError> {
    const NONE: WorkflowError = WorkflowError::NotFound(What::Token);
    let (token, request) = decide::find_token(tx, text)?;
    let user = store::users::find(tx, token.user)?.ok_or(NONE)?;
    let is_current = match decide::check_current(&token, &user) {
        Ok(()) => true,
        Err(WorkflowError::Closed(_)) => false,
        Err(other) => return Err(other),
    };
    Ok(Holder { user, request, is_current })
}

/// All that a page shows of a request.
#[derive(Clone, Debug)]
pub struct Matter {
    /// The request, its people and its bundle.
    pub told: RequestView,
    /// Who called, where it was a person.
    pub initiator: Option<User>,
    /// The app that called.
    pub app: Option<String>,
    /// Whose data it is, where it is somebody's.
    pub owner: Option<User>,
    /// What is in the bundle; of an offer to share on, what of it can be shared.
    pub resources: Vec<Resource>,
    /// Of an offer to share on: when the access that it would rest on ends.
    pub held_until: Option<DateTime<Utc>>,
    /// What came of it.
    pub grant: Option<Grant>,
    /// The URIs that the grant is limited to; empty: the whole bundle.
    pub limited_to: Vec<String>,
    /// From when the same may be asked again, after a no.
    pub again_from: Option<DateTime<Utc>>,
    /// Whether the same was asked again since and waits for an answer.
    pub is_asked_again: bool,
    /// Whether its reader blocked who asked, and the app that asked.
    pub blocked: (bool, bool),
}

/// What a link is about, to the person it was mailed to, however its request ended. Changes nothing.
pub fn matter(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Matter, WorkflowError> {
    let request = decide::open(tx, caller, text)?;
    let told = view::tell(tx, caller, &request)?;
    let mut people = Vec::from_iter(told.request.initiator);
    people.extend(told.bundle.owner);
    let people = store::users::find_all(tx, &people)?;
    let person = |id: Option<_>| people.iter().find(|user| Some(user.id) == id).cloned();
    let app = told.request.key.map(|key| credentials::find_key(tx, key)).transpose()?.flatten().map(|key| key.name);
    let grant = told.request.decision.as_ref().and_then(|decision| decision.grant).map(|grant| grant.id);
    let grant = grant.map(|id| grants::find(tx, id)).transpose()?.flatten();
    let limited_to = grant.as_ref().map(|grant| grants::limited_to(tx, grant.id)).transpose()?.unwrap_or_default();
    let key = requests::items_key(&requests::items(tx, told.request.id)?);
    let (resources, held_until) = within(tx, &told)?;
    let is_asked_again = newer(tx, &told.request)?.is_some();
    let blocked = blocks::of_request(tx, &told.request)?;
    Ok(Matter {
        initiator: person(told.request.initiator),
        owner: person(told.bundle.owner),
        app,
        resources,
        held_until,
        grant,
        limited_to,
        again_from: cooldowns::find(tx, told.request.target, told.request.allowed, &key)?,
        is_asked_again,
        blocked,
        told,
    })
}

/// The same between the same people, asked again after this one ended, where that waits for an answer.
fn newer(tx: &mut Tx<'_>, request: &Request) -> Result<Option<Request>, WorkflowError> {
    if request.state_at(tx.now()) == RequestState::Pending {
        return Ok(None);
    }
    let key = requests::items_key(&requests::items(tx, request.id)?);
    let found = requests::find_pending(tx, request.target, request.allowed, &key)?;
    Ok(found.filter(|found| found.id != request.id && found.state_at(tx.now()) == RequestState::Pending))
}

/// What of a bundle a yes could give, and until when at most.
fn within(tx: &mut Tx<'_>, told: &RequestView) -> Result<(Vec<Resource>, Option<DateTime<Utc>>), WorkflowError> {
    let mut resources = store::bundles::resources_of(tx, told.bundle.id)?;
    let request = &told.request;
    let only = terms::only(tx, request)?;
    resources.retain(|resource| only.is_empty() || only.contains(&resource.uri));
    let parent = match authority::of_bundle(tx, request.kind, &told.bundle, &told.target, request.initiator) {
        Ok(on) => on.parent,
        Err(WorkflowError::Store(error)) => return Err(WorkflowError::Store(error)),
        // It can no longer be approved: the deed says why.
        Err(_) => None,
    };
    let Some(parent) = parent.map(|id| grants::find(tx, id)).transpose()?.flatten() else { return Ok((resources, None)) };
    let limits = grants::limited_to(tx, parent.id)?;
    resources.retain(|resource| limits.is_empty() || limits.contains(&resource.uri));
    Ok((resources, parent.ends_at))
}

/// Says yes by a link: to a pending request, or after all to one that its reader declined, while its time runs.
pub fn approve(tx: &mut Tx<'_>, caller: &Caller, text: &str, narrowing: &ApprovalLimits) -> Result<(), WorkflowError> {
    let request = decide::open(tx, caller, text)?;
    match request.state_at(tx.now()) {
        RequestState::Pending | RequestState::Declined => {}
        ended => return Err(WorkflowError::Closed(Closed::Ended(ended))),
    }
    decide::approve(tx, caller, &request, narrowing)?;
    Ok(())
}

/// Takes back what a yes by this link gave. True where there was something to take back.
pub fn undo(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<bool, WorkflowError> {
    let request = decide::open(tx, caller, text)?;
    let Some(grant) = request.decision.as_ref().and_then(|decision| decision.grant).map(|grant| grant.id) else {
        return Ok(false);
    };
    if let Some(done) = renew::undo(tx, caller, &request, grant)? {
        return Ok(done);
    }
    match shares::revoke(tx, caller, grant) {
        Ok(ended) => Ok(!ended.is_empty()),
        Err(WorkflowError::NotFound(What::Grant)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Sends a fresh link to the present address of the one this link was mailed to, if they still decide; of a request that
/// has ended and was filed again since, the new one's. What the answer is must not depend on what happened: anybody may hold
/// an old email.
pub fn fresh(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Request, WorkflowError> {
    let holder = holder(tx, text)?;
    if holder.request.target != holder.user.id {
        return Err(WorkflowError::Closed(Closed::NewDecider));
    }
    let request = newer(tx, &holder.request)?.unwrap_or(holder.request);
    resend::send_again(tx, caller, &request, EmailKind::FreshLink)
}

/// Blocks who asked by this link, or the app that did, by who it was mailed to.
pub fn block(tx: &mut Tx<'_>, config: &Config, caller: &Caller, text: &str, whom: Whom) -> Result<(), WorkflowError> {
    let request = decide::open(tx, caller, text)?;
    blocks::block(tx, config, caller, &request, whom)
}

/// Lifts such a block.
pub fn unblock(tx: &mut Tx<'_>, caller: &Caller, text: &str, whom: Whom) -> Result<(), WorkflowError> {
    let request = decide::open(tx, caller, text)?;
    blocks::lift_of(tx, caller, &request, whom)
}

/// Sends the approver, who is here, a fresh link for a request that waits for them.
pub fn fresh_of(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Request, WorkflowError> {
    let request = view::find(tx, caller, id)?;
    if caller.user != Some(request.target) {
        return Err(WorkflowError::Forbidden(WhyForbidden::OnlyApproverGetsLink));
    }
    resend::send_again(tx, caller, &request, EmailKind::FreshLink)
}
