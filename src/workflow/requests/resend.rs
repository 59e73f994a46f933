//! Sends the email of a request again, with a new link.

use chrono::{DateTime, TimeDelta, Utc};

use super::view;
use crate::clock::ASTRAY;
use crate::domain::{Caller, EmailKind, Request, RequestId, RequestKind, RequestState, Scope};
use crate::store::audit::{self, Event};
use crate::store::{Tx, blocks, outbox, requests};
use crate::workflow::{Closed, What, WhyForbidden, WhyTooMany, WorkflowError, authority};

/// Minimum time between two emails of a request.
pub const RESEND_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// The limit of emails besides the first.
pub const RESENDS: i32 = 5;

/// Sends the email again, with a new link; the old links stay valid.
pub fn resend(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Request, WorkflowError> {
    authority::require(caller, Scope::Requests)?;
    let request = view::find(tx, caller, id)?;
    if caller.user == Some(request.target) && request.kind == RequestKind::Ask && caller.user != request.initiator {
        return Err(WorkflowError::Forbidden(WhyForbidden::OnlyRequesterResends));
    }
    let requesters = blocks::requesters(request.allowed, request.initiator, request.app);
    if blocks::is_blocked(tx, request.target, &requesters)? {
        return Err(WorkflowError::Forbidden(WhyForbidden::Blocked));
    }
    send_again(tx, caller, &request, request.kind.email())
}

/// The same from the requester's page: for the requester only, not for administrators.
pub fn by_requester(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Request, WorkflowError> {
    let request = view::find(tx, caller, id)?;
    if caller.user.is_none() || caller.user != request.requester() && caller.user != request.initiator {
        return Err(WorkflowError::Forbidden(WhyForbidden::OnlyRequesterResends));
    }
    resend(tx, caller, id)
}

/// Queues another email with a link for a pending request, to the approver's own address: the same email, or the new link that
/// the approver requested.
pub fn send_again(tx: &mut Tx<'_>, caller: &Caller, request: &Request, email: EmailKind) -> Result<Request, WorkflowError> {
    let state = request.state_at(tx.now());
    if state != RequestState::Pending {
        return Err(WorkflowError::Closed(Closed::Ended(state)));
    }
    if request.letters > RESENDS {
        return Err(WorkflowError::TooMany { what: WhyTooMany::Resends, retry_at: request.expires_at });
    }
    let too_soon = |last: DateTime<Utc>| WorkflowError::TooMany { what: WhyTooMany::ResendPause, retry_at: last + RESEND_PAUSE };
    let is_ahead_of_clock = tx.now() + ASTRAY < request.last_letter_at;
    if !is_ahead_of_clock && tx.now() < request.last_letter_at + RESEND_PAUSE {
        return Err(too_soon(request.last_letter_at));
    }
    let Some(generation) = requests::count_email(tx, request.id, request.letters)? else {
        let winner = requests::find(tx, request.id)?.ok_or(WorkflowError::NotFound(What::Request))?;
        return Err(match winner.state_at(tx.now()) {
            RequestState::Pending => too_soon(winner.last_letter_at),
            ended => WorkflowError::Closed(Closed::Ended(ended)),
        });
    };
    outbox::add(tx, email, request.target, Some(request.id), generation)?;
    audit::append(tx, caller, Event { name: "request.resent", request: Some(request.id), ..Event::default() })?;
    requests::find(tx, request.id)?.ok_or(WorkflowError::NotFound(What::Request))
}
