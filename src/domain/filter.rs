//! Which shares a list is of, as a tree: what an API's own grammar is read into, and what the store turns into bound SQL.

use chrono::{DateTime, Utc};

use super::{BundleId, GranteeKind, Level, PrincipalId, ResourceId, UserId};

/// A condition on a share. It holds or it does not: what a share does not have (an end, a grantee with a name) fulfils no
/// condition on it, and so fulfils its opposite.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Each of them; of none: every share.
    All(Vec<Filter>),
    /// At least one of them; of none: no share.
    Any(Vec<Filter>),
    /// Not so.
    Not(Box<Filter>),
    /// A text of the share, compared to the letter: case counts, and no character stands for others.
    Text(TextOf, Test, String),
    /// As `Text`, but in any case and form of the letters; of a URI, in any case of A to Z.
    Alike(TextOf, Test, String),
    /// It gives one of these levels.
    Levels(Vec<Level>),
    /// Its holder may share it on, in whatever way.
    MayReshare,
    /// It is to one of these.
    Kinds(Vec<GranteeKind>),
    /// It gives access now.
    InEffect,
    /// It is switched on and was not taken back; it may not have begun, or have ended.
    Standing,
    /// It makes public what an older standing share by the same person makes public already: one bundle, or one resource.
    /// Older ones that have ended count too, or do not.
    PublicAgain {
        /// Whether they count.
        with_ended: bool,
    },
    /// It was taken back.
    Revoked,
    /// A time of the share; on no end, no condition holds.
    Time(TimeOf, Bound, DateTime<Utc>),
    /// Given by one of these.
    Grantors(Vec<UserId>),
    /// Given to one of these users and groups by name.
    Grantees(Vec<PrincipalId>),
    /// Of this resource by itself, or limited to it.
    Resource(ResourceId),
    /// Of one of these bundles.
    Bundles(Vec<BundleId>),
    /// Of some bundle.
    OfBundle,
    /// Shared by this tenant.
    Tenant(String),
}

impl Filter {
    /// Whether it asks what somebody who is given to is called.
    pub fn asks_for_grantees(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_grantees),
            Self::Not(part) => part.asks_for_grantees(),
            Self::Text(of, ..) | Self::Alike(of, ..) => *of == TextOf::SharedWith,
            _ => false,
        }
    }

    /// The same where a person looks who may see only these by name: the others are called what that person called them.
    #[must_use]
    pub fn as_seen_by(self, viewer: UserId, seen: &[PrincipalId]) -> Self {
        let each = |parts: Vec<Self>| parts.into_iter().map(|part| part.as_seen_by(viewer, seen)).collect();
        let is_hidden = || {
            let is_person = Self::Kinds(vec![GranteeKind::User, GranteeKind::ExternalUser]);
            // Whoever named somebody by their username knows it.
            let called = |part: &str| Self::Text(TextOf::Called, Test::Contains, part.to_owned());
            let by_username = Self::All(vec![Self::Grantors(vec![viewer]), called(""), Self::Not(Box::new(called("@")))]);
            Self::All(vec![is_person, Self::Not(Box::new(Self::Grantees(seen.to_vec()))), Self::Not(Box::new(by_username))])
        };
        let split = |named: Self, called: Self| {
            let named = Self::All(vec![Self::Not(Box::new(is_hidden())), named]);
            Self::Any(vec![named, Self::All(vec![Self::Grantors(vec![viewer]), is_hidden(), called])])
        };
        match self {
            Self::All(parts) => Self::All(each(parts)),
            Self::Any(parts) => Self::Any(each(parts)),
            Self::Not(part) => Self::Not(Box::new(part.as_seen_by(viewer, seen))),
            Self::Text(TextOf::SharedWith, test, value) => {
                let called = Self::Text(TextOf::Called, test, value.clone());
                split(Self::Text(TextOf::SharedWith, test, value), called)
            }
            Self::Alike(TextOf::SharedWith, test, value) => {
                let called = Self::Alike(TextOf::Called, test, value.clone());
                split(Self::Alike(TextOf::SharedWith, test, value), called)
            }
            other => other,
        }
    }
}

/// A text of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextOf {
    /// The username of who gives.
    SharedBy,
    /// The username or the group's name of who is given to; the word of the kind where it is to many.
    SharedWith,
    /// What its giver called who is given to, where that was no number.
    Called,
    /// The URI of a resource of it, or `/api/bundle/{id}/`.
    ResourceUri,
    /// What its maker calls it.
    Name,
}

/// How a text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Test {
    Equals,
    StartsWith,
    EndsWith,
    Contains,
}

impl Test {
    /// Whether `text` passes it.
    pub fn holds(self, text: &str, value: &str) -> bool {
        match self {
            Self::Equals => text == value,
            Self::StartsWith => text.starts_with(value),
            Self::EndsWith => text.ends_with(value),
            Self::Contains => text.contains(value),
        }
    }
}

/// A time of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TimeOf {
    Created,
    Modified,
    Ends,
}

/// On which side of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Then or later.
    From,
    /// Then or earlier.
    Until,
    /// Later.
    After,
    /// Earlier.
    Before,
}

/// By what shares are ordered; equals by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Sort {
    #[default]
    Id,
    Name,
    Created,
    Modified,
}
