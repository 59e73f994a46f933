//! Who and what there is, for those who may know: people see themselves and who had a part in something that involves them; a
//! key sees everyone with the scope `directory` and nobody without it; an admin sees everyone.

use super::visible_users::Seen;
use super::{What, WorkflowError, authority};
use crate::domain::{Address, Bundle, BundleId, Caller, Credential, Page, Scope, Slice, User, UserId};
use crate::store::users::{Filter, Order};
use crate::store::{self, Tx};

/// People at most whom somebody who is no admin sees: more than one has to do with, and what a query of ours can name.
pub(super) const KNOWN_MOST: usize = 10_000;

/// Whom the caller may see; none: everyone.
fn visible(tx: &mut Tx<'_>, caller: &Caller) -> Result<Option<Vec<i64>>, WorkflowError> {
    authority::require_read(caller, Scope::Directory)?;
    let is_app = caller.key.is_some() || caller.credential == Credential::Key;
    if is_app || caller.may_administer() {
        return Ok(None);
    }
    let own = caller.user.ok_or(WorkflowError::Unauthenticated)?;
    let mut known = store::visible_users::all(tx, own)?;
    if known.len() > KNOWN_MOST {
        // The newest, and oneself whenever one came.
        known.drain(..known.len() - KNOWN_MOST);
        known.push(own.0);
        known.sort_unstable();
        known.dedup();
    }
    Ok(Some(known))
}

/// A part of the people whom the caller may see.
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

/// One person, if the caller may see them.
pub fn person(tx: &mut Tx<'_>, caller: &Caller, id: UserId) -> Result<User, WorkflowError> {
    const NOBODY: WorkflowError = WorkflowError::NotFound(What::User);
    let is_own = caller.user == Some(id);
    if !is_own && visible(tx, caller)?.is_some_and(|known| known.binary_search(&id.0).is_err()) {
        return Err(NOBODY);
    }
    store::users::find(tx, id)?.ok_or(NOBODY)
}

/// Who has this address, if the caller may see them.
pub fn known_by(tx: &mut Tx<'_>, caller: &Caller, address: &Address) -> Result<Option<UserId>, WorkflowError> {
    let Some(user) = store::users::find_by_email(tx, address)? else { return Ok(None) };
    Ok(Seen::of(tx, caller, vec![user.id])?.has(user.id).then_some(user.id))
}

/// The caller themselves; none for a key that belongs to nobody.
pub fn oneself(tx: &mut Tx<'_>, caller: &Caller) -> Result<Option<User>, WorkflowError> {
    Ok(caller.user.map(|id| store::users::find(tx, id)).transpose()?.flatten())
}

/// A part of the bundles, by id. Whoever may ask sees them all: one must see what there is to ask for it.
pub fn bundles(tx: &mut Tx<'_>, caller: &Caller, page: Page) -> Result<Slice<Bundle>, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    Ok(store::bundles::list(tx, page)?)
}

/// One bundle.
pub fn bundle(tx: &mut Tx<'_>, caller: &Caller, id: BundleId) -> Result<Bundle, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    store::bundles::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Bundle))
}
