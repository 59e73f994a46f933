//! Blocks: an approver refuses all requests of a person or an app. A blocked caller is refused on filing (`requests::file`) and
//! learns nothing more. Existing grants stay; they are revoked separately.

use chrono::{DateTime, Utc};

use super::requests::decide;
use super::{What, WhyForbidden, WorkflowError, authority, throttle};
use crate::config::Config;
use crate::domain::{AppId, Caller, Request, RequestState, Scope, User, UserId};
use crate::store::audit::{self, Event};
use crate::store::blocks::{self, Blocked};
use crate::store::{self, Tx};

/// The party of a request to block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The requester.
    Person,
    App,
}

/// A blocked person or app, with its name.
#[derive(Clone, Debug)]
pub enum Named {
    Person(User),
    /// An app, by its name.
    App(AppId, String),
}

/// A block by an approver.
#[derive(Clone, Debug)]
pub struct Block {
    /// The blocked person or app.
    pub whom: Named,
    pub at: DateTime<Utc>,
}

fn blocked(request: &Request, whom: Whom) -> Option<Blocked> {
    match whom {
        Whom::Person => request.requester().filter(|requester| *requester != request.target).map(Blocked::User),
        Whom::App => request.app.map(Blocked::App),
    }
}

/// Blocks the requester or the app, on behalf of the approver. A pending request is declined too, without a reason. A block
/// counts as a change, so that repeated blocking cannot fill the audit; unblocking is never limited.
pub fn block(tx: &mut Tx<'_>, config: &Config, caller: &Caller, request: &Request, whom: Whom) -> Result<(), WorkflowError> {
    authority::require(caller, Scope::Requests)?;
    if !caller.is_in_person() || caller.user != Some(request.target) {
        return Err(WorkflowError::Forbidden(WhyForbidden::OnlyApproverBlocks));
    }
    let blocked = blocked(request, whom).ok_or(WorkflowError::NotFound(What::User))?;
    if request.state_at(tx.now()) == RequestState::Pending {
        decide::decline(tx, caller, request, None)?;
    }
    if blocks::add(tx, request.target, blocked)? {
        throttle::take_change(tx, config, caller)?;
        let (name, subject) = event(blocked, ("asker.blocked", "app.blocked"));
        audit::append(tx, caller, Event { name, request: Some(request.id), subject: Some(subject), ..Event::default() })?;
    }
    Ok(())
}

/// Removes a block, if there is one.
pub fn lift(tx: &mut Tx<'_>, caller: &Caller, blocked: Blocked) -> Result<(), WorkflowError> {
    let approver = approver(caller)?;
    if blocks::remove(tx, approver, blocked)? {
        let (name, subject) = event(blocked, ("asker.unblocked", "app.unblocked"));
        audit::append(tx, caller, Event { name, subject: Some(subject), ..Event::default() })?;
    }
    Ok(())
}

/// Removes the block of the requester or the app.
pub fn lift_of(tx: &mut Tx<'_>, caller: &Caller, request: &Request, whom: Whom) -> Result<(), WorkflowError> {
    match blocked(request, whom) {
        Some(blocked) if caller.user == Some(request.target) => lift(tx, caller, blocked),
        _ => Err(WorkflowError::NotFound(What::User)),
    }
}

/// The caller's blocks, the latest first.
pub fn list(tx: &mut Tx<'_>, caller: &Caller) -> Result<Vec<Block>, WorkflowError> {
    let blocks = blocks::list(tx, approver(caller)?)?;
    let people = |(blocked, _): &(Blocked, _)| match blocked {
        Blocked::User(id) => Some(*id),
        Blocked::App(_) => None,
    };
    let people: Vec<UserId> = blocks.iter().filter_map(people).collect();
    let people = store::users::find_all(tx, &people)?;
    let mut named = Vec::with_capacity(blocks.len());
    for (blocked, at) in blocks {
        let whom = match blocked {
            Blocked::User(id) => people.iter().find(|user| user.id == id).cloned().map(Named::Person),
            Blocked::App(id) => store::apps::find(tx, id)?.map(|app| Named::App(id, app.name)),
        };
        named.extend(whom.map(|whom| Block { whom, at }));
    }
    Ok(named)
}

/// Whether the approver of a request blocked the requester, and the app.
pub(super) fn of_request(tx: &mut Tx<'_>, request: &Request) -> Result<(bool, bool), WorkflowError> {
    let (person, app) = (blocked(request, Whom::Person), blocked(request, Whom::App));
    let any: Vec<Blocked> = person.into_iter().chain(app).collect();
    let found = blocks::blocked_of(tx, request.target, &any)?;
    let is_found = |one: Option<Blocked>| one.is_some_and(|one| found.contains(&one));
    Ok((is_found(person), is_found(app)))
}

/// Whether `blocks` contain the requester, and the app.
pub(super) fn among(blocks: &[Blocked], request: &Request) -> (bool, bool) {
    let is_there = |whom| blocked(request, whom).is_some_and(|one| blocks.contains(&one));
    (is_there(Whom::Person), is_there(Whom::App))
}

fn approver(caller: &Caller) -> Result<UserId, WorkflowError> {
    if !caller.is_in_person() {
        return Err(WorkflowError::Unauthenticated);
    }
    caller.user.ok_or(WorkflowError::Unauthenticated)
}

const fn event(blocked: Blocked, (person, app): (&'static str, &'static str)) -> (&'static str, i64) {
    match blocked {
        Blocked::User(id) => (person, id.0),
        Blocked::App(id) => (app, id.0),
    }
}
