//! The JSON of this API. The original client refuses unknown members in lists and roots, and any other format of dates. Missing
//! values are left out, never null.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::domain::grant::reshare;
use crate::domain::{GranteeKind, Level, Principal, ResourceKind, Slice};
use crate::workflow::shares::{Share, Shared, Whole};

/// The id of the group of everyone who can sign in. Ids of users and groups start at 1.
pub(super) const EVERYBODY: i64 = 0;

/// A time in UTC, in whole seconds.
#[derive(Clone, Copy)]
struct Moment(DateTime<Utc>);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// A URL relative to `/rest`.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrLink)]
pub(super) struct Link {
    #[schema(example = "shares")]
    rel: &'static str,
    #[schema(example = "/admin/shares")]
    href: &'static str,
}

impl Link {
    pub(super) const fn new(rel: &'static str, href: &'static str) -> Self {
        Self { rel, href }
    }
}

/// An entry point, which consists of links.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrLinks)]
pub(super) struct Links {
    pub(super) links: Vec<Link>,
}

/// A list: complete, unless it is longer than `limits.listed_shares`.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrShares)]
pub(super) struct List {
    first: i64,
    /// The number of items in this list.
    count: usize,
    /// The number of items in all.
    total: i64,
    items: Vec<ShareBody>,
}

impl List {
    pub(super) fn of(slice: Slice<ShareBody>) -> Self {
        Self { first: 0, count: slice.items.len(), total: slice.total, items: slice.items }
    }
}

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrSharer)]
struct Sharer {
    #[schema(example = 20)]
    id: i64,
    #[schema(example = "/users/20")]
    href: String,
}

/// The recipient.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrRecipient)]
struct Recipient {
    /// `user`, `group`, `external_user`, `public`, `public_link`.
    #[schema(example = "external_user")]
    r#type: &'static str,
    /// The id of the user or group; 0 is everyone who can sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 140)]
    id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "/users/140")]
    href: Option<String>,
    /// The address of an external user.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "siguat@example.org")]
    email: Option<String>,
}

/// The shared resource.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrEntity)]
struct Entity {
    #[schema(example = 10)]
    id: i64,
    /// `folder`, `folderEntry` or `user`.
    #[schema(example = "folderEntry")]
    r#type: &'static str,
    #[schema(example = "/folder_entries/10")]
    href: String,
}

/// The kinds of recipients to whom it may be reshared.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrSharing)]
#[expect(clippy::struct_excessive_bools, reason = "the original's five")]
struct Sharing {
    internal: bool,
    external: bool,
    public: bool,
    public_link: bool,
    grant_reshare: bool,
}

/// The rights of the recipient.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrAccess)]
struct Access {
    #[schema(example = "VIEWER")]
    role: &'static str,
    sharing: Sharing,
}

/// A share.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrShare)]
pub(super) struct ShareBody {
    id: i64,
    comment: String,
    sharer: Sharer,
    #[schema(value_type = String, example = "2015-12-22T17:31:12Z")]
    sharing_date: Moment,
    /// Days from the start to the end, as of the last change; missing if there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 30)]
    days_to_expire: Option<i64>,
    /// Missing if there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, example = "2016-01-21T17:31:12Z")]
    expiration: Option<Moment>,
    recipient: Recipient,
    /// Missing if the shared resource was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    shared_entity: Option<Entity>,
    /// `VIEWER`, `EDITOR` or `CONTRIBUTOR`.
    #[schema(example = "VIEWER")]
    role: &'static str,
    access: Access,
    /// Whether it may be reshared at all.
    can_share: bool,
    #[schema(example = "/admin/shares/1")]
    href: String,
}

impl ShareBody {
    /// Several grants as one share at `now`, with the id of the oldest. Its rights are those of the grants that have not ended,
    /// or of all grants if all have ended.
    pub(super) fn of(whole: &Whole, now: DateTime<Utc>) -> Self {
        let first = &whole.share;
        let lasting: Vec<&Share> = whole.parts().filter(|part| part.grant.ends_at.is_none_or(|end| now < end)).collect();
        let counted: Vec<&Share> = if lasting.is_empty() { whole.parts().collect() } else { lasting };
        let level = counted.iter().map(|part| part.grant.level).max().unwrap_or(first.grant.level);
        let bits = counted.iter().fold(0, |bits, part| bits | part.grant.reshare);
        let begins = counted.iter().map(|part| part.grant.starts_at).min().unwrap_or(first.grant.starts_at);
        // No end is later than any end.
        let ends = counted.iter().map(|part| part.grant.ends_at).reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b))).flatten();
        let sharing = Sharing {
            internal: bits & reshare::INTERNAL != 0,
            external: bits & reshare::EXTERNAL != 0,
            public: bits & reshare::PUBLIC != 0,
            public_link: bits & reshare::PUBLIC_LINK != 0,
            grant_reshare: bits & reshare::GRANT_RESHARE != 0,
        };
        let role = role(level);
        Self {
            id: first.grant.id.0,
            comment: first.grant.comment.clone(),
            sharer: Sharer { id: first.grantor.id.0, href: format!("/users/{}", first.grantor.id) },
            sharing_date: Moment(begins),
            days_to_expire: ends.map(|end| (end - begins).num_days()).filter(|days| *days > 0),
            expiration: ends.map(Moment),
            recipient: recipient(first),
            shared_entity: entity(first),
            role,
            can_share: sharing.internal || sharing.external || sharing.public || sharing.public_link,
            access: Access { role, sharing },
            href: format!("/admin/shares/{}", first.grant.id),
        }
    }
}

const fn role(level: Level) -> &'static str {
    match level {
        Level::View => "VIEWER",
        Level::Edit => "EDITOR",
        Level::Contribute => "CONTRIBUTOR",
    }
}

fn recipient(share: &Share) -> Recipient {
    let named =
        |r#type, place: &str, id: i64, email| Recipient { r#type, id: Some(id), href: Some(format!("/{place}/{id}")), email };
    let many = |r#type| Recipient { r#type, id: None, href: None, email: None };
    match (share.grant.grantee_kind, &share.grantee) {
        (GranteeKind::Everyone | GranteeKind::Guest, _) => many("public"),
        (GranteeKind::PublicLink, _) => many("public_link"),
        (GranteeKind::Authenticated, _) => named("group", "groups", EVERYBODY, None),
        (_, Some(Principal::Group(group))) => named("group", "groups", group.id.0, None),
        (GranteeKind::ExternalUser, Some(Principal::User(user))) => {
            named("external_user", "users", user.id.0, Some(user.email.to_string()))
        }
        (_, Some(Principal::User(user))) => named("user", "users", user.id.0, None),
        // The person was deleted, and the share with them.
        (_, None) => many("user"),
    }
}

fn entity(share: &Share) -> Option<Entity> {
    let at = |r#type, place: &str, id: i64| Entity { id, r#type, href: format!("/{place}/{id}") };
    Some(match &share.of {
        Shared::Bundle(bundle, _) if bundle.owner.is_none() => at("user", "users", share.grantor.id.0),
        Shared::Bundle(bundle, _) => at("folder", "bundles", bundle.id.0),
        Shared::Resources(resources) => {
            let first = resources.first()?;
            match first.kind {
                ResourceKind::Folder => at("folder", "folders", first.id.0),
                ResourceKind::FolderEntry | ResourceKind::File | ResourceKind::Fabric => {
                    at("folderEntry", "folder_entries", first.id.0)
                }
            }
        }
    })
}
