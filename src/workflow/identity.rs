//! Who it is here that an OpenID Connect provider says signed in. Once linked, an account elsewhere is known by its issuer
//! and subject, whatever address it has; it is linked by an address that the provider vouches for, the first time.

use std::net::IpAddr;

use super::{What, WorkflowError, accounts, validate};
use crate::domain::{Address, Caller, Credential, NewUser, User, UserId};
use crate::store::audit::{self, Event};
use crate::store::identities::{self, Identity};
use crate::store::{Fault, StoreError, Tx, users};

/// Who signed in elsewhere, as it says there; its word has been made sure of.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Who says it.
    pub issuer: String,
    /// Whom it never takes for somebody else.
    pub subject: String,
    /// Their address, where the provider vouches for it.
    pub address: Option<Address>,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// BCP 47.
    pub locale: Option<String>,
}

/// Why it is nobody here.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The account is not linked, and the provider vouches for no address that it could be linked by.
    #[error("the provider does not vouch for an address")]
    Unverified,
    /// Nobody here has that address.
    #[error("nobody here has that address")]
    Unknown(Address),
    /// Who has that address is linked with another account there: an address that went to somebody else must not take the
    /// other's data with it.
    #[error("who has that address is linked with another account there")]
    OtherAccount,
    /// They cannot be added.
    #[error(transparent)]
    Refused(#[from] WorkflowError),
    /// The database.
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

/// The person whom an account elsewhere belongs to; links it where it is new. `adds` people whom the instance does not know.
pub fn settle(tx: &mut Tx<'_>, shown: &Shown, adds: bool, peer: Option<IpAddr>) -> Result<UserId, LoginError> {
    if let Some(known) = identities::find(tx, &shown.issuer, &shown.subject)? {
        if let Some(user) = users::find(tx, known.user)? {
            identities::touch(tx, known.id)?;
            return Ok(user.id);
        }
        // Whose it was is gone; who has it now is seen by the address.
        identities::delete_of(tx, known.user)?;
    }
    let address = shown.address.as_ref().ok_or(LoginError::Unverified)?;
    let user = match users::find_by_email(tx, address)? {
        Some(user) => user,
        None if adds => add(tx, shown, address)?,
        None => return Err(LoginError::Unknown(address.clone())),
    };
    let id = identities::add(tx, user.id, &shown.issuer, &shown.subject).map_err(|error| {
        if error.violates("identities", "user") {
            LoginError::OtherAccount
        } else if error.is_violation() {
            // Linked at this moment by another tab: told again, the operation finds it.
            StoreError::Conflict("this account was linked at this moment".into()).into()
        } else {
            error.into()
        }
    })?;
    let caller = Caller { peer, ..Caller::person(user.id, user.is_admin, Credential::Session) };
    let event = Event { name: "identity.linked", subject: Some(id), detail: Some(&shown.issuer), ..Event::default() };
    audit::append(tx, &caller, event)?;
    Ok(user.id)
}

fn add(tx: &mut Tx<'_>, shown: &Shown, address: &Address) -> Result<User, WorkflowError> {
    // A name that cannot be is none: nobody at this page could change it.
    let name = |field, name: &String| validate::shown_name(field, name).unwrap_or_default();
    let mut new = NewUser::with_address(address.clone());
    new.first_name = name("first_name", &shown.first_name);
    new.last_name = name("last_name", &shown.last_name);
    new.is_external = true;
    if let Some(locale) = &shown.locale {
        new.locale.clone_from(locale);
    }
    accounts::add_user(tx, &Caller::operator(), &new)
}

/// The accounts that somebody is linked with.
pub fn list(tx: &mut Tx<'_>, caller: &Caller) -> Result<Vec<Identity>, WorkflowError> {
    Ok(identities::list_of(tx, in_person(caller)?)?)
}

/// Unlinks one of the caller's: the next sign-in there links by address again.
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
