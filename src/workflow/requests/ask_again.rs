//! Files a closed request again, so that the requester need not repeat its terms.

use super::file::{self, Filing};
use super::view::{self, RequestView};
use crate::config::Config;
use crate::domain::{Address, Caller, RequestId, RequestState, UserId, UserRef};
use crate::store::{Tx, requests, users};
use crate::workflow::{Closed, What, WhyForbidden, WorkflowError};

/// Files a closed request again, by its requester in person, with the same people, bundle, resources, level, message and
/// duration. It is a new request under the same limits; its email links to our own page.
pub fn ask_again(tx: &mut Tx<'_>, config: &Config, caller: &Caller, id: RequestId) -> Result<(RequestView, bool), WorkflowError> {
    let before = view::find(tx, caller, id)?;
    if !caller.is_in_person() || caller.user.is_none() || caller.user != before.requester() {
        return Err(WorkflowError::Forbidden(WhyForbidden::OnlyRequesterAsksAgain));
    }
    let state = before.state_at(tx.now());
    if matches!(state, RequestState::Pending | RequestState::Approved) {
        return Err(WorkflowError::Closed(Closed::Ended(state)));
    }
    let item = requests::items(tx, id)?.into_iter().next().ok_or(WorkflowError::NotFound(What::Bundle))?;
    let filing = Filing {
        target: as_named(tx, before.target, before.target_as.as_deref())?,
        allowed: as_named(tx, before.allowed, before.allowed_as.as_deref())?,
        bundle: item.bundle.ok_or(WorkflowError::NotFound(What::Bundle))?,
        level: Some(item.level),
        message: before.message,
        redeem_url: None,
        ttl: Some(before.ttl),
        until: before.until,
        resources: Some(before.resources).filter(|resources| !resources.is_empty()),
    };
    file::file(tx, config, caller, &filing)
}

/// The same person, by the earlier address if it is still theirs.
fn as_named(tx: &mut Tx<'_>, id: UserId, called: Option<&str>) -> Result<UserRef, WorkflowError> {
    let Some(address) = called.and_then(|called| Address::parse(called).ok()) else { return Ok(UserRef::Id(id)) };
    let is_theirs = users::find_by_email(tx, &address)?.is_some_and(|user| user.id == id);
    Ok(if is_theirs { UserRef::Address(address) } else { UserRef::Id(id) })
}
