//! Lists: the page asked for, and filters of shares as a tree. The APIs' own grammars are parsed into it, and the store compiles
//! it into bound SQL.

use chrono::{DateTime, Utc};

use super::{BundleId, GranteeKind, Level, PrincipalId, ResourceId, UserId};

/// A condition on a share, which is true or false. A condition on something that the share lacks (an end, a grantee's name) is
/// false, so its negation is true.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of them; if empty, every share.
    All(Vec<Filter>),
    /// At least one of them; if empty, no share.
    Any(Vec<Filter>),
    Not(Box<Filter>),
    /// A text of the share, compared without wildcards.
    Text(TextOf, Test, Case, String),
    Levels(Vec<Level>),
    /// Its grantee may share it on, to anybody.
    MayReshare,
    Kinds(Vec<GranteeKind>),
    /// It gives access now.
    InEffect,
    /// It is enabled and not revoked; it may not have begun, or have ended.
    Standing,
    /// It makes the same bundle or resource public as an older, standing share by the same person. `with_ended` says whether
    /// older shares that have ended count too.
    PublicAgain {
        /// Whether ended ones count.
        with_ended: bool,
    },
    Revoked,
    /// A time of the share. Without an end, every condition on the end is false.
    Time(TimeOf, Bound, DateTime<Utc>),
    Grantors(Vec<UserId>),
    /// Its grantee is one of these users and groups.
    Grantees(Vec<PrincipalId>),
    /// It is for this resource, or limited to it.
    Resource(ResourceId),
    Bundles(Vec<BundleId>),
    OfBundle,
    /// This tenant shared it.
    Tenant(String),
}

impl Filter {
    /// Whether it compares names of grantees.
    pub fn asks_for_grantees(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_grantees),
            Self::Not(part) => part.asks_for_grantees(),
            Self::Text(of, ..) => *of == TextOf::SharedWith,
            _ => false,
        }
    }

    /// The same filter for a viewer who may see only these grantees by name. Others are compared by the name that the viewer
    /// used for them.
    #[must_use]
    pub fn as_seen_by(self, viewer: UserId, seen: &[PrincipalId]) -> Self {
        let each = |parts: Vec<Self>| parts.into_iter().map(|part| part.as_seen_by(viewer, seen)).collect();
        let is_hidden = || {
            let is_person = Self::Kinds(vec![GranteeKind::User, GranteeKind::ExternalUser]);
            // A person who named somebody by their username knows it already.
            let called = |part: &str| Self::Text(TextOf::Called, Test::Contains, Case::Exact, part.to_owned());
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
            Self::Text(TextOf::SharedWith, test, case, value) => {
                let called = Self::Text(TextOf::Called, test, case, value.clone());
                split(Self::Text(TextOf::SharedWith, test, case, value), called)
            }
            other => other,
        }
    }
}

/// A text of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextOf {
    /// The grantor's username.
    SharedBy,
    /// The grantee's username or group name, or the kind's name if there is no single grantee.
    SharedWith,
    /// The name that the grantor used for the grantee, unless that was an id.
    Called,
    /// The URI of one of its resources, or `/api/bundle/{id}/`.
    ResourceUri,
    /// The comment of its creator.
    Name,
}

/// How a text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    Equals,
    StartsWith,
    EndsWith,
    Contains,
}

/// Whether case matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// It does.
    Exact,
    /// Neither case nor form of letters; of a URI not the case of A to Z.
    Ignored,
}

impl Test {
    /// Whether `text` matches `value`.
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
pub enum TimeOf {
    Created,
    Modified,
    Ends,
}

/// The side of a moment.
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

/// The order of shares; equal ones are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Id,
    Name,
    Created,
    Modified,
}

/// The requested page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The most rows.
    pub limit: i64,
    /// The rows to skip.
    pub offset: i64,
}

/// A page of a list, with the length of the whole list.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    pub items: Vec<T>,
    /// The whole list's length.
    pub total: i64,
}

impl<T> Slice<T> {
    /// Converts the rows.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Slice<U> {
        Slice { items: self.items.into_iter().map(f).collect(), total: self.total }
    }
}
