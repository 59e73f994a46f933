//! Access that exists.

use chrono::{DateTime, TimeDelta, Utc};

use super::{BundleId, GrantId, Level, PrincipalId, RequestId, UserId};

crate::word_enum! {
    /// To whom a grant gives.
    GranteeKind {
        /// One person.
        User = "user",
        /// A person known by address only.
        ExternalUser = "external_user",
        /// Whoever is in a group.
        Group = "group",
        /// Whoever is signed in.
        Authenticated = "authenticated",
        /// Whoever asks.
        Everyone = "everyone",
        /// Whoever is not signed in.
        Guest = "guest",
        /// Whoever holds the link.
        PublicLink = "public_link",
    }
}

impl GranteeKind {
    /// Whether it is somebody, and not a whole kind of people.
    pub const fn has_grantee(self) -> bool {
        match self {
            Self::User | Self::ExternalUser | Self::Group => true,
            Self::Authenticated | Self::Everyone | Self::Guest | Self::PublicLink => false,
        }
    }
}

crate::word_enum! {
    /// How a grant stands.
    GrantState {
        /// It gives access.
        Active = "active",
        /// It has not begun.
        Scheduled = "scheduled",
        /// It is switched off.
        Disabled = "disabled",
        /// Its end has passed.
        Expired = "expired",
        /// It was revoked, or replaced by a newer one.
        Revoked = "revoked",
    }
}

/// One grant, as it is stored.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its id within the instance, and Filr's and Hexoskin's.
    pub id: GrantId,
    /// The id SAS knows it by.
    pub public_id: String,
    /// The request that it came from.
    pub request: Option<RequestId>,
    /// The grant under which it was shared on.
    pub parent: Option<GrantId>,
    /// Who gives.
    pub grantor: UserId,
    /// Whose data it is: the giver's, unless it is shared on.
    pub owner: UserId,
    /// To whom.
    pub grantee_kind: GranteeKind,
    /// The user or group, where it is one.
    pub grantee: Option<PrincipalId>,
    /// The bundle it is for; otherwise it is for single resources.
    pub bundle: Option<BundleId>,
    /// How much.
    pub level: Level,
    /// Who may be given to in turn: a set of bits, see [`reshare`].
    pub reshare: i32,
    /// From when.
    pub starts_at: DateTime<Utc>,
    /// Until when, half-open; none for ever.
    pub ends_at: Option<DateTime<Utc>>,
    /// Switched on.
    pub is_enabled: bool,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// What its maker calls it, or says of it.
    pub comment: String,
    /// Eluvio's tenant, where it was shared there.
    pub tenant: Option<String>,
    /// What its maker keeps with it, as they sent it: a JSON object.
    pub attributes: Option<String>,
    /// Counts its changes; the entity tag.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// Who changed it last; none: nobody but its maker.
    pub updated_by: Option<UserId>,
    /// When it was deleted, which revoked it too.
    pub deleted_at: Option<DateTime<Utc>>,
    /// From when its present time is counted, where it was prolonged; otherwise that is its start.
    pub term_at: Option<DateTime<Utc>>,
    /// What its giver called the grantee, where that was no number.
    pub grantee_as: Option<String>,
}

impl Grant {
    /// Whether it is to this person by name.
    pub fn is_of_one(&self, user: UserId) -> bool {
        matches!(self.grantee_kind, GranteeKind::User | GranteeKind::ExternalUser) && self.grantee == Some(user.into())
    }

    /// For how long it gives access, where it ends: since it began, or since it was prolonged last.
    pub fn term(&self) -> Option<TimeDelta> {
        Some(self.ends_at? - self.term_at.unwrap_or(self.starts_at))
    }

    /// Whether it gives access at `now`.
    pub fn is_live_at(&self, now: DateTime<Utc>) -> bool {
        self.is_enabled && self.revoked_at.is_none() && self.starts_at <= now && self.ends_at.is_none_or(|end| now < end)
    }
}

/// The bits of [`Grant::reshare`].
pub mod reshare {
    /// To people and groups of the instance.
    pub const INTERNAL: i32 = 1;
    /// To people known by address only.
    pub const EXTERNAL: i32 = 2;
    /// To everyone.
    pub const PUBLIC: i32 = 4;
    /// By link.
    pub const PUBLIC_LINK: i32 = 8;
    /// With the right to share on.
    pub const GRANT_RESHARE: i32 = 16;
    /// All of them.
    pub const ALL: i32 = INTERNAL | EXTERNAL | PUBLIC | PUBLIC_LINK | GRANT_RESHARE;
}
