//! The name that a person signs in with.

use super::{Address, Name};

/// The name that a person types to sign in: an address, else a username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInName {
    /// An address.
    Address(Address),
    /// A username.
    Username(Name),
}

impl SignInName {
    /// Parses a typed name. None if nobody can have it.
    pub fn read(text: &str) -> Option<Self> {
        Address::pasted(text).map_or_else(|_| Name::read(text).map(Self::Username), |one| Some(Self::Address(one)))
    }
}
