//! Maps OpenID Connect accounts to people. A linked account is identified by issuer and subject, whatever its address. The
//! first sign-in links it by an address that the provider has verified.

use std::net::IpAddr;

use super::{What, WorkflowError, account_changes, accounts, validate};
use crate::config::Instance;
use crate::domain::{AccountChange, Address, Caller, Credential, NewUser, User, UserId};
use crate::store::audit::{self, Event};
use crate::store::identities::{self, Identity};
use crate::store::{Fault, StoreError, Tx, users};

/// A verified external identity.
#[derive(Clone, Debug)]
pub struct Shown {
    pub issuer: String,
    /// The subject, which the issuer never reuses.
    pub subject: String,
    /// The address, if the provider has verified it.
    pub address: Option<Address>,
    pub first_name: String,
    pub last_name: String,
    /// A BCP 47 language tag.
    pub locale: Option<String>,
}

/// Why the sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The account is not linked, and has no verified address to link it by.
    #[error("the provider does not vouch for an address")]
    Unverified,
    /// No person has that address.
    #[error("nobody here has that address")]
    Unknown(Address),
    /// The person with that address is linked to another account of the issuer. The address may have been reassigned, and its
    /// new owner must not get the other person's data.
    #[error("who has that address is linked with another account there")]
    OtherAccount,
    /// The person cannot be added.
    #[error(transparent)]
    Refused(#[from] WorkflowError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for LoginError {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Refused(refusal) => refusal.as_store(),
            _ => None,
        }
    }
}

/// The person of an external account; links a new account. `adds` allows adding unknown people.
pub fn settle(
    tx: &mut Tx<'_>,
    instance: &Instance,
    shown: &Shown,
    adds: bool,
    peer: Option<IpAddr>,
) -> Result<UserId, LoginError> {
    if let Some(known) = identities::find(tx, &shown.issuer, &shown.subject)? {
        if let Some(user) = users::find(tx, known.user)? {
            identities::touch(tx, known.id)?;
            return Ok(user.id);
        }
        // The linked person was deleted, so the address decides.
        identities::delete_of(tx, known.user)?;
    }
    let address = shown.address.as_ref().ok_or(LoginError::Unverified)?;
    let (user, is_new) = match users::find_by_email(tx, address)? {
        Some(user) => (user, false),
        None if adds => (add(tx, instance, shown, address)?, true),
        None => return Err(LoginError::Unknown(address.clone())),
    };
    let id = identities::add(tx, user.id, &shown.issuer, &shown.subject).map_err(|error| {
        if error.violates("identities", "user") {
            LoginError::OtherAccount
        } else if error.is_violation() {
            // Linked concurrently in another tab; the retry finds it.
            StoreError::Conflict("this account was linked at this moment".into()).into()
        } else {
            error.into()
        }
    })?;
    if !is_new {
        // The provider's word links it, and the person confirms that with a code from their mailbox.
        account_changes::made_by_another(tx, &user, AccountChange::Provider, None)?;
    }
    let caller = Caller { peer, ..Caller::person(user.id, user.is_admin, Credential::Session) };
    let event = Event { name: "identity.linked", subject: Some(id), detail: Some(&shown.issuer), ..Event::default() };
    audit::append(tx, &caller, event)?;
    Ok(user.id)
}

fn add(tx: &mut Tx<'_>, instance: &Instance, shown: &Shown, address: &Address) -> Result<User, WorkflowError> {
    // An invalid name is dropped, because it cannot be corrected on this page.
    let name = |field, name: &String| validate::shown_name(field, name).unwrap_or_default();
    let mut new = NewUser::external(address.clone(), &instance.language, instance.time_zone.name());
    new.first_name = name("first_name", &shown.first_name);
    new.last_name = name("last_name", &shown.last_name);
    if let Some(locale) = &shown.locale {
        new.locale.clone_from(locale);
    }
    accounts::add_user(tx, &Caller::operator(), &new)
}

/// The caller's linked accounts.
pub fn list(tx: &mut Tx<'_>, caller: &Caller) -> Result<Vec<Identity>, WorkflowError> {
    Ok(identities::list_of(tx, in_person(caller)?)?)
}

/// Unlinks an account of the caller. The next sign-in links by address again.
pub fn unlink(tx: &mut Tx<'_>, caller: &Caller, id: i64) -> Result<(), WorkflowError> {
    if !identities::delete(tx, in_person(caller)?, id)? {
        return Err(WorkflowError::NotFound(What::Identity));
    }
    audit::append(tx, caller, Event { name: "identity.unlinked", subject: Some(id), ..Event::default() })?;
    Ok(())
}

fn in_person(caller: &Caller) -> Result<UserId, WorkflowError> {
    caller.user.filter(|_| caller.is_in_person() && caller.may_write()).ok_or(WorkflowError::Unauthenticated)
}
