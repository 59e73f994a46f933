//! The decision pages: the approver comes by a mailed link or from the inbox, sees the request in any state, and approves,
//! declines, undoes, blocks, or has a new link sent.

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::decide::{self, Approve};
use super::history::History;
use super::view::{self, RequestView};
use super::{renew, resend, terms};
use crate::config::Config;
use crate::domain::{
    ApprovalLimits, Caller, EmailKind, Grant, Request, RequestId, RequestKind, RequestState, Resource, SessionId, User,
};
use crate::store::batch::Command as _;
use crate::store::{self, Tx, cooldowns, grants, requests};
use crate::workflow::blocks::{self, Whom};
use crate::workflow::{Closed, What, WhyForbidden, WorkflowError, authority, shares};

/// How a decision in the inbox is recorded in the audit.
const FROM_INBOX: Option<&str> = Some("from the inbox");

/// How an approver comes to a request. It is the proof that they read their mailbox; everything else is the same.
#[derive(Clone)]
pub enum Way {
    /// By the token of an emailed link.
    Link(Zeroizing<String>),
    /// From the inbox, in a session that proved the mailbox by itself.
    Inbox {
        /// The request.
        request: RequestId,
        /// The session.
        session: SessionId,
    },
}

impl Way {
    /// The request, in any state, for its approver.
    fn open(&self, tx: &mut Tx<'_>, caller: &Caller) -> Result<Request, WorkflowError> {
        match self {
            Self::Link(text) => decide::open(tx, caller, text),
            Self::Inbox { request, session } => decide::open_in_inbox(tx, caller, *request, *session),
        }
    }

    /// How it is decided, for the audit.
    const fn how(&self) -> Option<&'static str> {
        match self {
            Self::Link(_) => None,
            Self::Inbox { .. } => FROM_INBOX,
        }
    }
}

/// The recipient of a link.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The recipient.
    pub user: User,
    /// The link's request.
    pub request: Request,
    /// Whether the token is of the current epoch and was mailed to the recipient's current address.
    pub is_current: bool,
}

/// The recipient of a valid link, for a page that asks for a sign-in and reveals nothing else before it.
pub fn recipient(tx: &mut Tx<'_>, text: &str) -> Result<Recipient, WorkflowError> {
    const NONE: WorkflowError = WorkflowError::NotFound(What::Token);
    let (token, request) = decide::find_token(tx, text)?;
    let user = store::users::find(tx, token.user)?.ok_or(NONE)?;
    let is_current = match decide::check_current(&token, &user) {
        Ok(()) => true,
        Err(WorkflowError::Closed(_)) => false,
        Err(other) => return Err(other),
    };
    Ok(Recipient { user, request, is_current })
}

/// The same for a request of the caller's inbox.
pub fn approver(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Recipient, WorkflowError> {
    let request = view::find(tx, caller, id)?;
    let user = caller.user.filter(|user| *user == request.target).map(|user| store::users::find(tx, user)).transpose()?;
    let user = user.flatten().ok_or(WorkflowError::NotFound(What::Request))?;
    Ok(Recipient { user, request, is_current: true })
}

/// Everything that a page shows of a request.
#[derive(Clone, Debug)]
pub struct Matter {
    /// The request, its people and its bundle.
    pub view: RequestView,
    /// The person who filed it, if any.
    pub initiator: Option<User>,
    /// The app that filed it, if any.
    pub app: Option<String>,
    /// The owner of the data, if there is one.
    pub owner: Option<User>,
    /// The resources of the bundle; for an offer to reshare, those that can be shared.
    pub resources: Vec<Resource>,
    /// Whether an approval gives all of the bundle, with what is added to it later.
    pub is_whole: bool,
    /// The requester as the recipient knows them; none for an offer, or if the request has ended.
    pub history: Option<History>,
    /// For an offer to reshare: the end of the parent grant.
    pub held_until: Option<DateTime<Utc>>,
    /// The grant it led to.
    pub grant: Option<Grant>,
    /// The URIs that limit the grant; empty: the whole bundle.
    pub limited_to: Vec<String>,
    /// The time from which an equal request is possible, after a decline.
    pub again_from: Option<DateTime<Utc>>,
    /// Whether an equal request was filed later and is pending.
    pub is_asked_again: bool,
    /// Whether the recipient blocked the requester, and the app.
    pub blocked: (bool, bool),
}

/// The request, in any state, for its approver. Changes nothing.
pub fn matter(tx: &mut Tx<'_>, caller: &Caller, way: &Way) -> Result<Matter, WorkflowError> {
    let request = way.open(tx, caller)?;
    let view = view::load(tx, caller, &request)?;
    let mut people = Vec::from_iter(view.request.initiator);
    people.extend(view.bundle.owner);
    let people = store::users::find_all(tx, &people)?;
    let person = |id: Option<_>| people.iter().find(|user| Some(user.id) == id).cloned();
    let app = view.request.app.map(|id| store::apps::find(tx, id)).transpose()?.flatten().map(|app| app.name);
    let grant = view.request.decision.as_ref().and_then(|decision| decision.grant).map(|grant| grant.id);
    let grant = grant.map(|id| grants::find(tx, id)).transpose()?.flatten();
    let limited_to = grant.as_ref().map(|grant| grants::limited_to(tx, grant.id)).transpose()?.unwrap_or_default();
    let key = requests::items_key(&requests::items(tx, view.request.id)?);
    let Extent { resources, is_whole, held_until } = within(tx, &view)?;
    let is_pending = view.request.state_at(tx.now()) == RequestState::Pending;
    let is_ask = view.request.kind == RequestKind::Ask;
    let history = (is_pending && is_ask).then(|| History::load(tx, caller, &view)).transpose()?;
    let is_asked_again = newer(tx, &view.request)?.is_some();
    let blocked = blocks::of_request(tx, &view.request)?;
    Ok(Matter {
        initiator: person(view.request.initiator),
        owner: person(view.bundle.owner),
        app,
        resources,
        is_whole,
        history,
        held_until,
        grant,
        limited_to,
        again_from: cooldowns::find(tx, view.request.target, view.request.allowed, &key)?,
        is_asked_again,
        blocked,
        view,
    })
}

/// An equal pending request filed after this one ended.
fn newer(tx: &mut Tx<'_>, request: &Request) -> Result<Option<Request>, WorkflowError> {
    if request.state_at(tx.now()) == RequestState::Pending {
        return Ok(None);
    }
    let key = requests::items_key(&requests::items(tx, request.id)?);
    let found = requests::find_pending(tx, request.target, request.allowed, &key)?;
    Ok(found.filter(|found| found.id != request.id && found.state_at(tx.now()) == RequestState::Pending))
}

/// The most that an approval can grant.
struct Extent {
    resources: Vec<Resource>,
    /// Whether the resources are the whole bundle.
    is_whole: bool,
    held_until: Option<DateTime<Utc>>,
}

fn within(tx: &mut Tx<'_>, view: &RequestView) -> Result<Extent, WorkflowError> {
    let mut resources = store::bundles::resources_of(tx, view.bundle.id)?;
    let request = &view.request;
    let only = terms::only(tx, request)?;
    resources.retain(|resource| only.is_empty() || only.contains(&resource.uri));
    let parent = match authority::of_bundle(tx, request.kind, &view.bundle, &view.target, request.initiator) {
        Ok(on) => on.parent,
        Err(WorkflowError::Store(error)) => return Err(WorkflowError::Store(error)),
        // It can no longer be approved, and approving explains why.
        Err(_) => None,
    };
    let Some(parent) = parent.map(|id| grants::find(tx, id)).transpose()?.flatten() else {
        return Ok(Extent { resources, is_whole: only.is_empty(), held_until: None });
    };
    let limits = grants::limited_to(tx, parent.id)?;
    resources.retain(|resource| limits.is_empty() || limits.contains(&resource.uri));
    Ok(Extent { resources, is_whole: only.is_empty() && limits.is_empty(), held_until: parent.ends_at })
}

/// Approves a pending request, or one that the approver declined and that has not expired.
pub fn approve(tx: &mut Tx<'_>, caller: &Caller, way: &Way, narrowing: &ApprovalLimits) -> Result<(), WorkflowError> {
    let request = way.open(tx, caller)?;
    match request.state_at(tx.now()) {
        RequestState::Pending | RequestState::Declined => {}
        ended => return Err(WorkflowError::Closed(Closed::Ended(ended))),
    }
    Approve { caller, request: &request, limits: narrowing, how: way.how() }.run(tx)?;
    Ok(())
}

/// Declines a pending request.
pub fn decline(tx: &mut Tx<'_>, caller: &Caller, way: &Way, reason: Option<&str>) -> Result<(), WorkflowError> {
    let request = way.open(tx, caller)?;
    decide::pending(tx.now(), &request)?;
    decide::decline_how(tx, caller, &request, reason, way.how())
}

/// Declines in the inbox. That needs no proof of the mailbox, since it gives nothing.
pub fn decline_in_inbox(tx: &mut Tx<'_>, caller: &Caller, id: RequestId, reason: Option<&str>) -> Result<(), WorkflowError> {
    let request = view::find(tx, caller, id)?;
    decide::decline_how(tx, caller, &request, reason, FROM_INBOX)
}

/// Revokes the grant of the approval; true if there was one.
pub fn undo(tx: &mut Tx<'_>, caller: &Caller, way: &Way) -> Result<bool, WorkflowError> {
    let request = way.open(tx, caller)?;
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

/// Sends a new link to the recipient's current address, if still the approver; for a closed request that was filed again, the
/// link of the new one. The response must not depend on the outcome, because anyone may have an old email.
pub fn fresh(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Request, WorkflowError> {
    let recipient = recipient(tx, text)?;
    if recipient.request.target != recipient.user.id {
        return Err(WorkflowError::Closed(Closed::NewApprover));
    }
    let request = newer(tx, &recipient.request)?.unwrap_or(recipient.request);
    resend::send_again(tx, caller, &request, EmailKind::FreshLink)
}

/// Blocks the requester or the app.
pub fn block(tx: &mut Tx<'_>, config: &Config, caller: &Caller, way: &Way, whom: Whom) -> Result<(), WorkflowError> {
    let request = way.open(tx, caller)?;
    blocks::block(tx, config, caller, &request, whom)
}

/// Removes such a block.
pub fn unblock(tx: &mut Tx<'_>, caller: &Caller, way: &Way, whom: Whom) -> Result<(), WorkflowError> {
    let request = way.open(tx, caller)?;
    blocks::lift_of(tx, caller, &request, whom)
}

/// Sends a new link for a pending request to its signed-in approver.
pub fn fresh_of(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Request, WorkflowError> {
    let request = view::find(tx, caller, id)?;
    if caller.user != Some(request.target) {
        return Err(WorkflowError::Forbidden(WhyForbidden::OnlyApproverGetsLink));
    }
    resend::send_again(tx, caller, &request, EmailKind::FreshLink)
}
