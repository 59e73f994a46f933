//! The directory of people and bundles. People see themselves and people related to them. A key sees everyone with the scope
//! `directory`, and nobody without it. Administrators see everyone.

use super::visible_users::Seen;
use super::{What, WorkflowError, authority};
use crate::domain::id::distinct;
use crate::domain::{Address, Bundle, BundleId, Caller, Credential, Page, Scope, Slice, User, UserId};
use crate::store::users::{Filter, Order};
use crate::store::{self, Tx};

/// The limit of people visible to others than administrators: more than anyone deals with, and within the limit of query
/// parameters.
pub(super) const KNOWN_MOST: usize = 10_000;

/// The people visible to the caller; none means everyone.
fn visible(tx: &mut Tx<'_>, caller: &Caller) -> Result<Option<Vec<i64>>, WorkflowError> {
    authority::require_read(caller, Scope::Directory)?;
    let is_app = caller.key.is_some() || caller.credential == Credential::Key;
    if is_app || caller.may_administer() {
        return Ok(None);
    }
    let own = caller.user.ok_or(WorkflowError::Unauthenticated)?;
    let mut known = store::visible_users::all(tx, own)?;
    if known.len() > KNOWN_MOST {
        // Keeps the newest, and always the caller.
        known.drain(..known.len() - KNOWN_MOST);
        known.push(own.0);
        known = distinct(known);
    }
    Ok(Some(known))
}

/// A page of the people visible to the caller.
pub fn people(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mut filters: Vec<Filter>,
    (order, is_descending): (Order, bool),
    page: Page,
) -> Result<Slice<User>, WorkflowError> {
    if let Some(known) = visible(tx, caller)? {
        filters.push(Filter::Ids(known));
    }
    Ok(store::users::list(tx, &filters, order, is_descending, page)?)
}

/// A person, if visible to the caller.
pub fn person(tx: &mut Tx<'_>, caller: &Caller, id: UserId) -> Result<User, WorkflowError> {
    const NOBODY: WorkflowError = WorkflowError::NotFound(What::User);
    let is_own = caller.user == Some(id);
    if !is_own && visible(tx, caller)?.is_some_and(|known| known.binary_search(&id.0).is_err()) {
        return Err(NOBODY);
    }
    store::users::find(tx, id)?.ok_or(NOBODY)
}

/// The person with this address, if visible to the caller.
pub fn known_by(tx: &mut Tx<'_>, caller: &Caller, address: &Address) -> Result<Option<UserId>, WorkflowError> {
    let Some(user) = store::users::find_by_email(tx, address)? else { return Ok(None) };
    Ok(Seen::of(tx, caller, vec![user.id])?.has(user.id).then_some(user.id))
}

/// The calling person; none for a key without an owner.
pub fn oneself(tx: &mut Tx<'_>, caller: &Caller) -> Result<Option<User>, WorkflowError> {
    Ok(caller.user.map(|id| store::users::find(tx, id)).transpose()?.flatten())
}

/// A page of bundles, by id. Every caller with access to the directory sees all, in order to request them.
pub fn bundles(tx: &mut Tx<'_>, caller: &Caller, page: Page) -> Result<Slice<Bundle>, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    Ok(store::bundles::list(tx, page)?)
}

/// One bundle.
pub fn bundle(tx: &mut Tx<'_>, caller: &Caller, id: BundleId) -> Result<Bundle, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    store::bundles::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Bundle))
}
