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

/// A text of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextOf {
    /// The username of who gives.
    SharedBy,
    /// The username or the group's name of who is given to; the word of the kind where it is to many.
    SharedWith,
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
