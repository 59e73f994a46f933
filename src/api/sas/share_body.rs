//! The body of a share. Members that only this instance sets (`id`, times, creator) are ignored, because clients send back what
//! they read.

use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::problem::{Part, Problem, bad};
use super::types::{SharedWithType, Type};
use super::wire::ShareBody;
use crate::domain::BundleId;
use crate::http::base_path::Base;
use crate::http::json_body::strict_body;
use crate::http::unknown_members::Members;
use crate::workflow::shares::{Target, With};

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
