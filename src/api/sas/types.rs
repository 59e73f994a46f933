//! The words of the original for the rights and recipients of a share, and their meaning in the core.
#![expect(unreachable_pub, reason = "`word_enum!` makes public enums")]

use crate::domain::grant::reshare;
use crate::domain::{Grant, GranteeKind, Level};

crate::word_enum! {
    /// The rights of a share.
    Type {
        /// To view.
        Read = "read",
        /// To view and change.
        ReadEdit = "readEdit",
        /// To view and reshare in any way.
        ReadShare = "readShare",
        /// All of these.
        ReadEditShare = "readEditShare",
    }
}

impl Type {
    /// The type of a grant. It is coarser than the grant: `readEdit` stands for two levels, and `Share` for any right to
    /// reshare.
    pub(super) fn of(grant: &Grant) -> Self {
        match (grant.level > Level::View, grant.reshare != 0) {
            (false, false) => Self::Read,
            (true, false) => Self::ReadEdit,
            (false, true) => Self::ReadShare,
            (true, true) => Self::ReadEditShare,
        }
    }

    /// Whether the recipient may change the object.
    pub(super) const fn may_edit(self) -> bool {
        matches!(self, Self::ReadEdit | Self::ReadEditShare)
    }

    /// Whether the recipient may reshare it.
    pub(super) const fn may_share(self) -> bool {
        matches!(self, Self::ReadShare | Self::ReadEditShare)
    }

    pub(super) fn levels(self) -> Vec<Level> {
        if self.may_edit() { vec![Level::Edit, Level::Contribute] } else { vec![Level::View] }
    }

    /// The level of a new share of this type.
    pub(super) const fn level(self) -> Level {
        if self.may_edit() { Level::Edit } else { Level::View }
    }

    /// The rights to reshare of a new share of this type: with people and groups of the instance, and so on.
    pub(super) const fn reshare(self) -> i32 {
        if self.may_share() { reshare::INTERNAL | reshare::GRANT_RESHARE } else { 0 }
    }
}

crate::word_enum! {
    /// `sharedWithType`.
    SharedWithType {
        User = "user",
        Group = "group",
        /// Everyone signed in.
        AuthenticatedUsers = "authenticatedUsers",
        Everyone = "everyone",
        /// Everyone not signed in.
        Guest = "guest",
    }
}

impl SharedWithType {
    /// The type of the recipient; none for a public link, which this API does not know.
    pub(super) fn of(kind: GranteeKind) -> Option<Self> {
        Self::ALL.iter().copied().find(|shown| shown.kinds().contains(&kind))
    }

    /// The kinds of this type. A person known by address only is a user.
    pub(super) const fn kinds(self) -> &'static [GranteeKind] {
        match self {
            Self::User => &[GranteeKind::User, GranteeKind::ExternalUser],
            Self::Group => &[GranteeKind::Group],
            Self::AuthenticatedUsers => &[GranteeKind::Authenticated],
            Self::Everyone => &[GranteeKind::Everyone],
            Self::Guest => &[GranteeKind::Guest],
        }
    }

    /// Types without a single recipient, whose `sharedWith` is the word itself.
    pub(super) fn of_many() -> impl Iterator<Item = Self> {
        [Self::AuthenticatedUsers, Self::Everyone, Self::Guest].into_iter()
    }
}

/// The words as an English list.
pub(super) fn any_of<W: ToString>(words: &[W]) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => words.concat(),
    }
}
