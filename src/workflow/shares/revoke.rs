//! Revokes and deletes shares, with everything reshared under them.

use super::{ShareId, find_grant, may_see};
use crate::domain::{Caller, Grant, GrantId, RequestId, Scope};
use crate::store::Tx;
use crate::store::audit::{self, Event};
use crate::store::grants::{self, Roots};
use crate::workflow::{What, WhyForbidden, WorkflowError, authority, expiry_notices};

/// Revokes a grant and all grants under it, by its grantor, its grantee, the data owner or an administrator. Returns the
/// revoked ones.
pub fn revoke(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<Vec<GrantId>, WorkflowError> {
    authority::require(caller, Scope::Grants)?;
    let grant = grants::find(tx, id)?.filter(|grant| grant.revoked_at.is_none()).ok_or(WorkflowError::NotFound(What::Grant))?;
    may_end(tx, caller, &grant)?;
    end(tx, caller, Roots::Grant(id), grant.request)
}

/// Revokes a share as [`revoke`] does, if it has not ended, and removes it from all lists.
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

/// A group member may see a share with the group, but may not end it for the others.
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

/// Revokes grants with all grants under them, and records each in the audit.
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
