//! The original's words for what a share gives and to whom, and what they are in the core.

use crate::domain::grant::reshare;
use crate::domain::{Grant, GranteeKind, Level};

/// `read`, `readEdit`, `readShare` or `readEditShare`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Type {
    /// Whether the holder may change what is shared.
    pub(super) may_edit: bool,
    /// Whether the holder may share it on, in whatever way.
    pub(super) may_share: bool,
}

impl Type {
    /// All of them, for people.
    pub(super) const WORDS: &'static str = "read, readEdit, readShare or readEditShare";

    /// The one that a word spells, to the letter.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let all = [(false, false), (true, false), (false, true), (true, true)];
        all.map(|(may_edit, may_share)| Self { may_edit, may_share }).into_iter().find(|kind| kind.as_str() == word)
    }

    /// What a grant is shown as. The core tells finer: `readEdit` stands for two levels, the suffix for any right to share on.
    pub(super) fn of(grant: &Grant) -> Self {
        Self { may_edit: grant.level > Level::View, may_share: grant.reshare != 0 }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match (self.may_edit, self.may_share) {
            (false, false) => "read",
            (true, false) => "readEdit",
            (false, true) => "readShare",
            (true, true) => "readEditShare",
        }
    }

    /// The levels that are shown so.
    pub(super) fn levels(self) -> Vec<Level> {
        if self.may_edit { vec![Level::Edit, Level::Contribute] } else { vec![Level::View] }
    }

    /// The level that is given where it is asked for.
    pub(super) const fn level(self) -> Level {
        if self.may_edit { Level::Edit } else { Level::View }
    }

    /// The rights to share on that are given where they are asked for: to people and groups of the instance, and so on.
    pub(super) const fn reshare(self) -> i32 {
        if self.may_share { reshare::INTERNAL | reshare::GRANT_RESHARE } else { 0 }
    }
}

/// `sharedWithType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SharedWithType {
    User,
    Group,
    AuthenticatedUsers,
    Everyone,
    Guest,
}

impl SharedWithType {
    /// All of them, for people.
    pub(super) const WORDS: &'static str = "user, group, authenticatedUsers, everyone or guest";
    const ALL: [Self; 5] = [Self::User, Self::Group, Self::AuthenticatedUsers, Self::Everyone, Self::Guest];

    /// The one that a word spells, to the letter.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What a grant is shown as; none for a bearer link, which this API does not know.
    pub(super) fn of(kind: GranteeKind) -> Option<Self> {
        Self::ALL.into_iter().find(|shown| shown.kinds().contains(&kind))
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::AuthenticatedUsers => "authenticatedUsers",
            Self::Everyone => "everyone",
            Self::Guest => "guest",
        }
    }

    /// The kinds that are shown so. A person known by address only is a user here.
    pub(super) const fn kinds(self) -> &'static [GranteeKind] {
        match self {
            Self::User => &[GranteeKind::User, GranteeKind::ExternalUser],
            Self::Group => &[GranteeKind::Group],
            Self::AuthenticatedUsers => &[GranteeKind::Authenticated],
            Self::Everyone => &[GranteeKind::Everyone],
            Self::Guest => &[GranteeKind::Guest],
        }
    }

    /// Those to many, whose `sharedWith` is the word itself.
    pub(super) fn of_many() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kind| !matches!(kind, Self::User | Self::Group))
    }
}
