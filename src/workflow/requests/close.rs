//! Ends a pending request without a decision: withdrawn, cancelled or expired.

use crate::domain::{Caller, EmailKind, MailState, Reason, Request, RequestId, RequestState, UserId, WhyCancelled};
use crate::store::audit::{self, Event};
use crate::store::requests::{self, Transition};
use crate::store::{Tx, outbox};
use crate::workflow::{Closed, What, WorkflowError};

/// Cancels a pending request whose object was deleted. A concurrent decision stands, and the caller has to revoke its grant.
pub fn cancel(tx: &mut Tx<'_>, caller: &Caller, request: &Request, why: WhyCancelled) -> Result<(), WorkflowError> {
    match end(tx, request, RequestState::Cancelled, None, Some(why)) {
        Ok(()) => {}
        Err(WorkflowError::Closed(_)) => return Ok(()),
        Err(other) => return Err(other),
    }
    audit::append(
        tx,
        caller,
        Event { name: "request.cancelled", request: Some(request.id), detail: Some(why.text()), ..Event::default() },
    )?;
    Ok(())
}

/// Ends a pending request without a decision, and notifies the approver if an email was sent. The requester is notified of a
/// cancellation, because another person caused it.
pub(in crate::workflow) fn end(
    tx: &mut Tx<'_>,
    request: &Request,
    to: RequestState,
    by: Option<UserId>,
    why: Option<WhyCancelled>,
) -> Result<(), WorkflowError> {
    if !requests::make_transition(tx, &without_decision(request, to, by, why.map(Reason::Cancelled)))? {
        return Err(lost(tx, request.id)?);
    }
    if outbox::cancel_for(tx, request.id, EmailKind::WITH_TOKEN)? {
        outbox::add(tx, EmailKind::Withdrawn, request.target, Some(request.id), 1)?;
    }
    if let Some(requester) = request.requester().filter(|_| to == RequestState::Cancelled) {
        outbox::add(tx, EmailKind::Cancelled, requester, Some(request.id), 1)?;
    }
    Ok(())
}

fn without_decision(request: &Request, to: RequestState, by: Option<UserId>, reason: Option<Reason>) -> Transition {
    Transition {
        request: request.id,
        from: RequestState::Pending,
        to,
        target: request.target,
        by,
        reason,
        is_narrowed: false,
        given: None,
    }
}

/// The error for the loser of a race: how the request ended.
pub fn lost(tx: &mut Tx<'_>, id: RequestId) -> Result<WorkflowError, WorkflowError> {
    let winner = requests::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Request))?;
    Ok(WorkflowError::Closed(Closed::Ended(winner.state_at(tx.now()))))
}

/// Records the expiry of a pending request. This is only cleanup, because every reader compares the time itself.
pub fn expire(tx: &mut Tx<'_>, request: &Request) -> Result<bool, WorkflowError> {
    let to = if request.mail_state == MailState::Bounced { RequestState::Failed } else { RequestState::Expired };
    if !requests::make_transition(tx, &without_decision(request, to, None, None))? {
        return Ok(false);
    }
    outbox::cancel_for(tx, request.id, EmailKind::WITH_TOKEN)?;
    if let Some(requester) = request.requester().filter(|_| to == RequestState::Expired) {
        outbox::add(tx, EmailKind::Expired, requester, Some(request.id), 1)?;
    }
    audit::append_own(tx, Event { name: "request.expired", request: Some(request.id), ..Event::default() })?;
    Ok(true)
}

/// Records the expiry of up to `limit` overdue requests; returns their number.
pub fn expire_overdue(tx: &mut Tx<'_>, limit: i64) -> Result<usize, WorkflowError> {
    let mut expired = 0;
    for request in requests::overdue(tx, limit)? {
        expired += usize::from(expire(tx, &request)?);
    }
    Ok(expired)
}
