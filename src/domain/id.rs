//! A type for each kind of id, so that a bundle's id is never mistaken for a user's.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A user or a group: they share one space of ids.
    PrincipalId,
    /// A person.
    UserId,
    /// A named set of users.
    GroupId,
    /// A named set of resources.
    BundleId,
    /// One resource that an app guards.
    ResourceId,
    /// A request for access.
    RequestId,
    /// The single-use token of an email.
    TokenId,
    /// A grant.
    GrantId,
    /// An app: the id of its first API key.
    AppId,
    /// An API key.
    KeyId,
    /// An email in the outbox.
    EmailId,
    /// A browser's session.
    SessionId,
}

impl From<UserId> for PrincipalId {
    fn from(id: UserId) -> Self {
        Self(id.0)
    }
}

impl From<GroupId> for PrincipalId {
    fn from(id: GroupId) -> Self {
        Self(id.0)
    }
}

/// Each id once, in ascending order. Rows are locked in this order, so that concurrent callers cannot deadlock.
pub fn distinct<T: Ord>(ids: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut ids: Vec<T> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
