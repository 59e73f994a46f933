//! Grants: access that exists.

use chrono::{DateTime, TimeDelta, Utc};

use super::{BundleId, GrantId, PrincipalId, RequestId, UserId};

crate::word_enum! {
    /// The kind of a grant's grantee.
    GranteeKind {
        /// One person.
        User = "user",
        /// A person known by address only.
        ExternalUser = "external_user",
        /// The members of a group.
        Group = "group",
        /// Everyone who is signed in.
        Authenticated = "authenticated",
        Everyone = "everyone",
        /// Everyone who is not signed in.
        Guest = "guest",
        /// The holder of the link.
        PublicLink = "public_link",
    }
}

impl GranteeKind {
    /// Whether there is one grantee, a person or a group.
    pub const fn has_grantee(self) -> bool {
        match self {
            Self::User | Self::ExternalUser | Self::Group => true,
            Self::Authenticated | Self::Everyone | Self::Guest | Self::PublicLink => false,
        }
    }
}

crate::word_enum! {
    /// The state of a grant.
    GrantState {
        /// It gives access.
        Active = "active",
        /// It has not begun.
        Scheduled = "scheduled",
        /// It is switched off.
        Disabled = "disabled",
        /// It has ended.
        Expired = "expired",
        /// It was revoked, or replaced by a newer one.
        Revoked = "revoked",
    }
}

/// One grant, as stored.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its id within the instance and in the APIs of Filr and Hexoskin.
    pub id: GrantId,
    /// Its id in the API of SAS.
    pub public_id: String,
    pub request: Option<RequestId>,
    /// The grant under which it was shared on.
    pub parent: Option<GrantId>,
    pub grantor: UserId,
    /// The owner of the data: the grantor, unless it is shared on.
    pub owner: UserId,
    pub grantee_kind: GranteeKind,
    /// The user or group, if there is one.
    pub grantee: Option<PrincipalId>,
    /// The bundle; none for single resources.
    pub bundle: Option<BundleId>,
    pub level: Level,
    /// To whom the grantee may share it on: a set of bits, see [`reshare`].
    pub reshare: i32,
    /// Its start.
    pub starts_at: DateTime<Utc>,
    /// Its end, exclusive; none for no end.
    pub ends_at: Option<DateTime<Utc>>,
    pub is_enabled: bool,
    pub revoked_at: Option<DateTime<Utc>>,
    /// The comment or name that its creator gave it.
    pub comment: String,
    /// Eluvio's tenant, if it was shared there.
    pub tenant: Option<String>,
    /// Its creator's attributes, as sent: a JSON object.
    pub attributes: Option<String>,
    /// Counts its changes; the entity tag.
    pub version: i32,
    pub created_at: DateTime<Utc>,
    /// Its creator.
    pub created_by: Option<UserId>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// The person who last changed it; none: only its creator has.
    pub updated_by: Option<UserId>,
    /// When it was deleted, which also revoked it.
    pub deleted_at: Option<DateTime<Utc>>,
    /// The start of its present term if it was prolonged; otherwise the term starts with the grant.
    pub term_at: Option<DateTime<Utc>>,
    /// The name that its grantor used for the grantee, unless that was an id.
    pub grantee_as: Option<String>,
}

impl Grant {
    /// Whether this person is its grantee by name.
    pub fn is_of_one(&self, user: UserId) -> bool {
        matches!(self.grantee_kind, GranteeKind::User | GranteeKind::ExternalUser) && self.grantee == Some(user.into())
    }

    /// The length of its term, if it ends: from its start or its last prolongation.
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

crate::word_enum! {
    /// `view < edit < contribute`: each includes those before it.
    Level {
        /// Read.
        View = "view",
        /// Read and change.
        Edit = "edit",
        /// Read, change, add and remove.
        Contribute = "contribute",
    }
}
