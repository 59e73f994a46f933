//! How a share ends: taken back, or deleted, always with all that was shared on under it.

use super::{ShareId, find_grant, may_see};
use crate::domain::{Caller, Grant, GrantId, RequestId, Scope};
use crate::store::Tx;
use crate::store::audit::{self, Event};
use crate::store::grants::{self, Roots};
use crate::workflow::{What, WhyForbidden, WorkflowError, authority, expiry_notices};

/// Ends a grant and every one made under it: by who gave it, by who holds it, by whose data it is, by an admin. Answers with
/// those it ended.
pub fn revoke(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<Vec<GrantId>, WorkflowError> {
    authority::require(caller, Scope::Grants)?;
    let grant = grants::find(tx, id)?.filter(|grant| grant.revoked_at.is_none()).ok_or(WorkflowError::NotFound(What::Grant))?;
    may_end(tx, caller, &grant)?;
    end(tx, caller, Roots::Grant(id), grant.request)
}

/// Ends it as [`revoke`] does, if it has not ended, and takes it out of every list.
pub fn delete(tx: &mut Tx<'_>, caller: &Caller, id: &ShareId) -> Result<(), WorkflowError> {
    authority::require(caller, Scope::Grants)?;
    let grant = find_grant(tx, caller, id)?;
    may_end(tx, caller, &grant)?;
    end(tx, caller, Roots::Grant(grant.id), grant.request)?;
    if !grants::delete(tx, grant.id, caller.user)? {
        return Err(WorkflowError::NotFound(What::Grant));
    }
    let event = Event { name: "grant.deleted", request: grant.request, grant: Some(grant.id), ..Event::default() };
    audit::append(tx, caller, event)?;
    Ok(())
}

/// Who is given to through a group may see it, and may not end it for the others.
fn may_end(tx: &mut Tx<'_>, caller: &Caller, grant: &Grant) -> Result<(), WorkflowError> {
    if !may_see(tx, caller, grant)? {
        return Err(WorkflowError::NotFound(What::Grant));
    }
    let is_own =
        caller.user.is_some_and(|user| grant.grantor == user || grant.owner == user || grant.grantee == Some(user.into()));
    if is_own || caller.may_administer() {
        return Ok(());
    }
    Err(WorkflowError::Forbidden(WhyForbidden::SharedWithYourGroup))
}

/// Ends grants with all that hangs on them, and writes each down.
pub(in crate::workflow) fn end(
    tx: &mut Tx<'_>,
    caller: &Caller,
    roots: Roots,
    request: Option<RequestId>,
) -> Result<Vec<GrantId>, WorkflowError> {
    let ended = grants::revoke(tx, roots, caller.user)?;
    crate::failpoints::point("revoke.ended");
    for grant in &ended {
        audit::append(tx, caller, Event { name: "grant.revoked", request, grant: Some(*grant), ..Event::default() })?;
    }
    expiry_notices::taken_back(tx, caller, &ended)?;
    Ok(ended)
}
