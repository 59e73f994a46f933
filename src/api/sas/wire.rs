//! Bodies: new shares, and in responses shares, collections, the root document and links.

use chrono::{DateTime, Utc};
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::problem::{Part, Problem, bad};
use super::types::{SharedWithType, Type};
use crate::domain::{BundleId, Principal, User};
use crate::http::base_path::Base;
use crate::http::json_body::strict_body;
use crate::http::unknown_members::Members;
use crate::secret;
use crate::workflow::shares::{Share, Shared, Target, With};

/// The media types in links: clients append `+json`.
pub(super) const API: &str = "application/vnd.sas.api";
pub(super) const COLLECTION: &str = "application/vnd.sas.collection";
pub(super) const SHARE: &str = "application/vnd.sas.authorization.share";
pub(super) const USER: &str = "application/vnd.sas.identity.user";
/// The path of shares.
pub(super) const SHARES: &str = "/authorization/shares";
/// The version of the representation of a share.
const VERSION: i32 = 3;

/// A link.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SasLink)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    #[schema(example = "GET")]
    method: &'static str,
    #[schema(example = "self")]
    rel: &'static str,
    href: String,
    /// The same as `href`.
    uri: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_type: Option<&'static str>,
}

impl Link {
    /// With the media type of its target.
    pub(super) fn new(method: &'static str, rel: &'static str, href: String, media_type: &'static str) -> Self {
        Self { uri: href.clone(), media_type: Some(media_type), ..Self::bare(method, rel, href) }
    }

    fn bare(method: &'static str, rel: &'static str, href: String) -> Self {
        Self { method, rel, uri: href.clone(), href, media_type: None, response_type: None, item_type: None }
    }

    /// The link to create a share.
    pub(super) fn create(base: &Base) -> Self {
        Self { response_type: Some(SHARE), ..Self::new("POST", "createShare", base.to(SHARES), SHARE) }
    }
}

/// A share.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SasShare)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShareBody {
    /// `read`, `readEdit`, `readShare` or `readEditShare`.
    #[schema(example = "read")]
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// A username or group name; if there is no single recipient, the word of `sharedWithType`.
    pub(super) shared_with: String,
    /// `user`, `group`, `authenticatedUsers`, `everyone`, `guest`.
    #[schema(example = "user")]
    pub(super) shared_with_type: &'static str,
    /// The username of the grantor.
    pub(super) shared_by: String,
    /// The first of its resources.
    #[schema(example = "/files/files/4288b305-981f-4b8d-b440-0911eabe3faf")]
    pub(super) resource_uri: String,
    name: String,
    /// Whether it gives access now.
    pub(super) enabled: bool,
    /// The version of this representation: 3.
    version: i32,
    links: Vec<Link>,
    id: String,
    #[schema(example = "2016-08-27T04:09:42.150Z")]
    modified_timestamp: String,
    #[schema(example = "2016-08-27T04:09:42.150Z")]
    created_timestamp: String,
    created_by: String,
    modified_by: String,
}

impl ShareBody {
    /// The share at `now`; none for a public link, which this API does not know.
    pub(super) fn of(base: &Base, share: &Share, now: DateTime<Utc>) -> Option<Self> {
        let grant = &share.grant;
        let with = SharedWithType::of(grant.grantee_kind)?;
        let name_of = |user: &User| user.username.clone();
        let maker = share.created_by.as_ref().unwrap_or(&share.grantor);
        let href = base.to(format_args!("{SHARES}/{}", grant.public_id));
        Some(Self {
            kind: Type::of(grant).as_str(),
            shared_with: share.grantee.as_ref().map_or_else(|| with.as_str().to_owned(), name_of_grantee),
            shared_with_type: with.as_str(),
            shared_by: name_of(&share.grantor),
            resource_uri: uri_of(base, &share.of),
            name: grant.comment.clone(),
            enabled: grant.is_live_at(now),
            version: VERSION,
            links: vec![
                Link::new("GET", "self", href.clone(), SHARE),
                Link { response_type: Some(SHARE), ..Link::new("PUT", "update", href.clone(), SHARE) },
                Link::bare("DELETE", "delete", href),
            ],
            id: grant.public_id.clone(),
            modified_timestamp: moment(grant.updated_at),
            created_timestamp: moment(grant.created_at),
            created_by: name_of(maker),
            modified_by: name_of(share.updated_by.as_ref().unwrap_or(maker)),
        })
    }

    pub(super) fn location(&self, base: &Base) -> String {
        base.to(format_args!("{SHARES}/{}", self.id))
    }
}

/// The recipient. For a person who is not visible to the caller: the name used when sharing, or the id, which is nobody's
/// username.
fn name_of_grantee(grantee: &Principal) -> String {
    match grantee {
        Principal::User(user) if user.is_hidden() && user.called().starts_with('#') => user.id.to_string(),
        Principal::User(user) if user.is_hidden() => user.called(),
        other => other.name().to_owned(),
    }
}

/// The URI of the first resource or of the bundle.
fn uri_of(base: &Base, of: &Shared) -> String {
    let (resources, bundle) = match of {
        Shared::Bundle(bundle, limited_to) => (limited_to, Some(bundle)),
        Shared::Resources(resources) => (resources, None),
    };
    let first = resources.first().map(|resource| resource.uri.clone());
    first.or_else(|| bundle.map(|bundle| base.to(format_args!("/api/bundle/{}/", bundle.id)))).unwrap_or_default()
}

/// In UTC, to the millisecond.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The strong entity tag of a response: of the version, which each change increments, and of everything shown, which can change
/// without it (an end passes, a person is renamed).
pub(super) fn tag(version: i32, body: &str) -> String {
    format!("{version}-{}", secret::hex(secret::digest(&[body.as_bytes()]).iter().take(8)))
}

/// A page of shares.
#[derive(Serialize, ToSchema)]
#[schema(as = SasShares)]
pub(super) struct CollectionBody<'a> {
    /// The version of this representation: 2.
    pub(super) version: i32,
    /// The media type of an item.
    pub(super) accept: &'static str,
    /// The number of shares in all.
    pub(super) count: i64,
    /// The number of skipped shares.
    pub(super) start: i64,
    /// The limit of shares in a page.
    pub(super) limit: i64,
    /// `items`.
    pub(super) name: &'static str,
    /// The page, for clients.
    pub(super) items: &'a [ShareBody],
    /// The same, as in the documentation of the original.
    pub(super) value: &'a [ShareBody],
    /// `self`, `first`, `prev`, `next`, `last`, `up`, `createShare`.
    pub(super) links: Vec<Link>,
}

/// The root document.
#[derive(Serialize, ToSchema)]
#[schema(as = SasRoot)]
pub(super) struct RootBody {
    /// The version of this representation: 1.
    version: i32,
    links: Vec<Link>,
}

impl RootBody {
    pub(super) fn new(base: &Base) -> Self {
        let shares = Link { item_type: Some(SHARE), ..Link::new("GET", "shares", base.to(SHARES), COLLECTION) };
        Self { version: 1, links: vec![shares, Link::create(base)] }
    }
}

/// The current user.
#[derive(Serialize, ToSchema)]
#[schema(as = SasIdentity)]
pub(super) struct IdentityBody {
    /// The username.
    id: String,
    /// The name as others see it.
    name: String,
    /// `user`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The version of this representation: 2.
    version: i32,
    links: Vec<Link>,
}

impl IdentityBody {
    pub(super) fn of(base: &Base, user: User) -> Self {
        let links = vec![Link::new("GET", "self", base.to("/identities/users/@currentUser"), USER)];
        Self { name: user.display_name(), id: user.username, kind: "user", version: 2, links }
    }
}

/// A share to create or change.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewSasShare)]
pub(super) struct NewShareBody {
    /// `read`, `readEdit`, `readShare` or `readEditShare`. With the suffix `Share` the recipient may reshare it with people and
    /// groups.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "read")]
    pub(super) kind: Type,
    /// `user`, `group`, `authenticatedUsers`, `everyone`, `guest`.
    #[schema(value_type = String, example = "user")]
    pub(super) shared_with_type: SharedWithType,
    /// A username, an address or the name of a group; if there is no single recipient, the word of `sharedWithType`.
    #[serde(deserialize_with = "not_empty")]
    #[schema(example = "bob")]
    pub(super) shared_with: String,
    /// The URI of a registered resource, or `/api/bundle/{id}/`.
    #[serde(deserialize_with = "not_empty")]
    #[schema(example = "/files/files/4288b305-981f-4b8d-b440-0911eabe3faf")]
    pub(super) resource_uri: String,
    /// At most 64 characters.
    pub(super) name: Option<String>,
    /// Must be true.
    pub(super) enabled: Option<bool>,
    /// Ignored in a new share.
    #[schema(ignore)]
    pub(super) shared_by: Option<String>,
    /// Ignored, like links.
    #[serde(rename = "version")]
    #[schema(value_type = Option<i32>)]
    _version: Option<i64>,
    #[serde(rename = "links")]
    #[schema(ignore)]
    _links: Option<Vec<IgnoredAny>>,
}

/// Members of other representations of the original, which its clients copy. They are accepted and have no effect.
const ORIGINAL: &[&str] = &["creationTimeStamp", "modifiedTimeStamp"];

strict_body!(NewShareBody: Members::read::<NewShareBody>().and_of::<ShareBody>().and(ORIGINAL));

pub(super) fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Err(D::Error::custom("it is empty")) } else { Ok(text) }
}

impl NewShareBody {
    /// The recipient.
    pub(super) fn with(&self) -> Result<With, Problem> {
        let many = |with| {
            let word = self.shared_with_type.as_str();
            // There is no single recipient, so the name is not looked up.
            if self.shared_with.eq_ignore_ascii_case(word) {
                Ok(with)
            } else {
                Err(bad(Part::Member("sharedWith"), format_args!("it is {word:?} too, as sharedWithType is")))
            }
        };
        match self.shared_with_type {
            SharedWithType::User => Ok(With::Named(self.shared_with.clone())),
            SharedWithType::Group => Ok(With::Group(self.shared_with.clone())),
            SharedWithType::AuthenticatedUsers => many(With::Authenticated),
            SharedWithType::Everyone => many(With::Everyone),
            SharedWithType::Guest => many(With::Guest),
        }
    }

    /// The shared object.
    pub(super) fn target(&self, base: &Base) -> Target {
        let id = base.within(&self.resource_uri).strip_prefix("/api/bundle/").map(|rest| rest.strip_suffix('/').unwrap_or(rest));
        let id = id.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).and_then(|id| id.parse().ok());
        id.map_or_else(|| Target::Uris(vec![self.resource_uri.clone()]), |id| Target::Bundle(BundleId(id)))
    }
}
