//! Takes back a request, in any role.

use super::{close, decide, view};
use crate::domain::{Caller, RequestId, RequestState, Scope, WhyCancelled};
use crate::store::Tx;
use crate::store::audit::{self, Event};
use crate::workflow::{Closed, What, WhyForbidden, WorkflowError, authority};

/// Withdraws the caller's own pending request.
pub fn by_requester(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<(), WorkflowError> {
    let request = view::find(tx, caller, id)?;
    let is_requester = caller.user.is_some() && (caller.user == request.requester() || caller.user == request.initiator);
    if !is_requester || caller.user == Some(request.target) {
        return Err(WorkflowError::Forbidden(WhyForbidden::OnlyRequesterWithdraws));
    }
    delete(tx, caller, id)
}

/// Takes back a pending request: the requester withdraws it, the approver declines it, an administrator cancels it.
pub fn delete(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<(), WorkflowError> {
    authority::require(caller, Scope::Requests)?;
    let request = view::find(tx, caller, id)?;
    let state = request.state_at(tx.now());
    match state {
        RequestState::Pending => {}
        RequestState::Withdrawn => return Err(WorkflowError::NotFound(What::Request)),
        ended => return Err(WorkflowError::Closed(Closed::Ended(ended))),
    }
    let is_requester = caller.app.is_some() && caller.app == request.app
        || caller.user.is_some() && (caller.user == request.initiator || caller.user == request.requester());
    if is_requester {
        close::end(tx, &request, RequestState::Withdrawn, caller.user, None)?;
        audit::append(tx, caller, Event { name: "request.withdrawn", request: Some(id), ..Event::default() })?;
    } else if caller.user == Some(request.target) {
        decide::decline(tx, caller, &request, None)?;
    } else {
        const WHY: WhyCancelled = WhyCancelled::Removed;
        close::end(tx, &request, RequestState::Cancelled, None, Some(WHY))?;
        let detail = Some(WHY.text());
        audit::append(tx, caller, Event { name: "request.cancelled", request: Some(id), detail, ..Event::default() })?;
    }
    Ok(())
}
