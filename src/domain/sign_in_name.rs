//! The name that a person signs in with.

use super::{Address, Name};

/// How a person is named who signs in: by an address, else by a username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInName {
    /// An address.
    Address(Address),
    /// A username.
    Username(Name),
}

impl SignInName {
    /// Reads what somebody typed. None: nobody can be called so.
    pub fn read(text: &str) -> Option<Self> {
        Address::pasted(text).map_or_else(|_| Name::read(text).map(Self::Username), |one| Some(Self::Address(one)))
    }
}
