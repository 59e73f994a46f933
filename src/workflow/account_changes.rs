//! Changes of how a person is identified (address, username, password, provider account) by anybody else. The data of a person is
//! given by that person, so nobody gains the decision by such a change: it ends what they are signed in with, is emailed to the old
//! and the new address, and for seven days the account decides nothing, unless the reader of the old mailbox confirms it.

use chrono::{DateTime, TimeDelta, Utc};

use super::{What, WorkflowError};
use crate::domain::{AccountChange, Address, Caller, EmailKind, User, UserId};
use crate::secret::{Secret, SecretKind};
use crate::store::audit::{self, Event};
use crate::store::{self, Tx, account_changes, credentials, outbox};

/// How long the account decides nothing.
const HOLDS: TimeDelta = TimeDelta::days(7);

/// Follows a change by somebody else. `before` is the person before it, and `new_address` the address after it if that changed.
/// While earlier changes hold, only the mailbox before the first of them confirms, so that two changes in a row gain nothing.
pub(super) fn made_by_another(
    tx: &mut Tx<'_>,
    before: &User,
    what: AccountChange,
    new_address: Option<&Address>,
) -> Result<(), WorkflowError> {
    credentials::sign_out_everywhere(tx, before.id)?;
    let now = tx.now();
    let held = account_changes::find(tx, before.id)?.filter(|held| now < held.until);
    let confirming = held.map_or_else(|| before.email.clone(), |held| held.email);
    account_changes::put(tx, before.id, &confirming, what, now + HOLDS)?;
    let mut told = vec![&confirming, &before.email];
    told.extend(new_address);
    told.sort_unstable();
    told.dedup();
    for address in told {
        outbox::add_to(tx, EmailKind::AccountChanged, before.id, address)?;
    }
    Ok(())
}

/// A change that waits for its confirmation.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The person, as they are now.
    pub user: User,
    /// What was changed last.
    pub what: AccountChange,
    /// Time of that change.
    pub at: DateTime<Utc>,
    /// Time until which the person decides nothing.
    pub until: DateTime<Utc>,
}

/// The change that a link from the old mailbox confirms; none if it is confirmed already, has passed, or has a newer link.
pub fn of_link(tx: &mut Tx<'_>, text: &str) -> Result<Waiting, WorkflowError> {
    const NONE: WorkflowError = WorkflowError::NotFound(What::Token);
    let secret = Secret::find(SecretKind::Confirm, text).ok_or(NONE)?;
    let user = UserId(secret.id());
    let stored = account_changes::find(tx, user)?;
    let is_right = secret.matches(stored.as_ref().and_then(|stored| stored.secret_hash.as_deref()));
    let now = tx.now();
    let stored = stored.filter(|stored| is_right && now < stored.until).ok_or(NONE)?;
    let user = store::users::find(tx, user)?.ok_or(NONE)?;
    Ok(Waiting { user, what: stored.what, at: stored.at, until: stored.until })
}

/// Confirms the change by such a link.
pub fn confirm(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<(), WorkflowError> {
    let waiting = of_link(tx, text)?;
    confirmed(tx, caller, waiting.user.id)
}

/// Whether a code that is emailed to the person's present address confirms the change.
pub fn is_confirmed_by_code(tx: &mut Tx<'_>, person: &User) -> Result<bool, WorkflowError> {
    Ok(account_changes::find(tx, person.id)?.is_some_and(|stored| stored.email == person.email))
}

/// Confirms the change by a code that was emailed to the person's present address, if that is the address that confirms.
pub fn confirm_by_code(tx: &mut Tx<'_>, caller: &Caller, user: UserId) -> Result<(), WorkflowError> {
    let person = store::users::find(tx, user)?.ok_or(WorkflowError::NotFound(What::User))?;
    if is_confirmed_by_code(tx, &person)? { confirmed(tx, caller, user) } else { Ok(()) }
}

fn confirmed(tx: &mut Tx<'_>, caller: &Caller, user: UserId) -> Result<(), WorkflowError> {
    if account_changes::delete(tx, user)? {
        audit::append(tx, caller, Event { name: "user.change_confirmed", subject: Some(user.0), ..Event::default() })?;
    }
    Ok(())
}
