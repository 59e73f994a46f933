//! The original's words for what a share gives and to whom, and what they are in the core.
#![expect(unreachable_pub, reason = "`word_enum!` makes public enums")]

use crate::domain::grant::reshare;
use crate::domain::{Grant, GranteeKind, Level};

crate::word_enum! {
    /// What a share gives.
    Type {
        /// To read.
        Read = "read",
        /// To read and change.
        ReadEdit = "readEdit",
        /// To read and share on, in whatever way.
        ReadShare = "readShare",
        /// All of these.
        ReadEditShare = "readEditShare",
    }
}

impl Type {
    /// What a grant is shown as. It is coarser than the grant: `readEdit` stands for two levels, the suffix for any right to share on.
    pub(super) fn of(grant: &Grant) -> Self {
        match (grant.level > Level::View, grant.reshare != 0) {
            (false, false) => Self::Read,
            (true, false) => Self::ReadEdit,
            (false, true) => Self::ReadShare,
            (true, true) => Self::ReadEditShare,
        }
    }

    /// Whether the holder may change what is shared.
    pub(super) const fn may_edit(self) -> bool {
        matches!(self, Self::ReadEdit | Self::ReadEditShare)
    }

    /// Whether the holder may share it on.
    pub(super) const fn may_share(self) -> bool {
        matches!(self, Self::ReadShare | Self::ReadEditShare)
    }

    /// The levels that are shown so.
    pub(super) fn levels(self) -> Vec<Level> {
        if self.may_edit() { vec![Level::Edit, Level::Contribute] } else { vec![Level::View] }
    }

    /// The level that is given where it is asked for.
    pub(super) const fn level(self) -> Level {
        if self.may_edit() { Level::Edit } else { Level::View }
    }

    /// The rights to share on that are given where they are asked for: to people and groups of the instance, and so on.
    pub(super) const fn reshare(self) -> i32 {
        if self.may_share() { reshare::INTERNAL | reshare::GRANT_RESHARE } else { 0 }
    }
}

crate::word_enum! {
    /// `sharedWithType`.
    SharedWithType {
        /// A person.
        User = "user",
        /// A group.
        Group = "group",
        /// Everyone who is signed in.
        AuthenticatedUsers = "authenticatedUsers",
        /// Everyone.
        Everyone = "everyone",
        /// Everyone who is not signed in.
        Guest = "guest",
    }
}

impl SharedWithType {
    /// What a grant is shown as; none for a bearer link, which this API does not know.
    pub(super) fn of(kind: GranteeKind) -> Option<Self> {
        Self::ALL.iter().copied().find(|shown| shown.kinds().contains(&kind))
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
        [Self::AuthenticatedUsers, Self::Everyone, Self::Guest].into_iter()
    }
}

/// These words, for people.
pub(super) fn any_of<W: ToString>(words: &[W]) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => words.concat(),
    }
}
