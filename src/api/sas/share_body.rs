//! A share as a client sends it. What only this instance knows (`id`, the times, who made it) is passed over, since clients
//! send back what they got.

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

/// What is sent.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewSasShare)]
pub(super) struct NewShareBody {
    /// `read`, `readEdit`, `readShare`, `readEditShare`. With the suffix its holder may share on with people and groups.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "read")]
    pub(super) kind: Type,
    /// `user`, `group`, `authenticatedUsers`, `everyone`, `guest`.
    #[schema(value_type = String, example = "user")]
    pub(super) shared_with_type: SharedWithType,
    /// A username, an address or a group's name; to many: the word of sharedWithType.
    #[serde(deserialize_with = "not_empty")]
    #[schema(example = "bob")]
    pub(super) shared_with: String,
    /// A registered resource's URI, or /api/bundle/{id}/.
    #[serde(deserialize_with = "not_empty")]
    #[schema(example = "/files/files/4288b305-981f-4b8d-b440-0911eabe3faf")]
    pub(super) resource_uri: String,
    /// At most 64 characters.
    pub(super) name: Option<String>,
    /// True.
    pub(super) enabled: Option<bool>,
    /// Of a new share it says nothing.
    #[schema(ignore)]
    pub(super) shared_by: Option<String>,
    /// Read and passed over, as links are.
    #[serde(rename = "version")]
    #[schema(value_type = Option<i32>)]
    _version: Option<i64>,
    #[serde(rename = "links")]
    #[schema(ignore)]
    _links: Option<Vec<IgnoredAny>>,
}

/// Members that the original's other representations have, which its clients copy: read, and without effect.
const ORIGINAL: &[&str] = &["creationTimeStamp", "modifiedTimeStamp"];

strict_body!(NewShareBody: Members::read::<NewShareBody>().and_of::<ShareBody>().and(ORIGINAL));

pub(super) fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Err(D::Error::custom("it is empty")) } else { Ok(text) }
}

impl NewShareBody {
    /// With whom.
    pub(super) fn with(&self) -> Result<With, Problem> {
        let many = |with| {
            let word = self.shared_with_type.as_str();
            // There is no principal to name, so no name is taken for one.
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

    /// What.
    pub(super) fn target(&self, base: &Base) -> Target {
        let id = base.within(&self.resource_uri).strip_prefix("/api/bundle/").map(|rest| rest.strip_suffix('/').unwrap_or(rest));
        let id = id.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).and_then(|id| id.parse().ok());
        id.map_or_else(|| Target::Uris(vec![self.resource_uri.clone()]), |id| Target::Bundle(BundleId(id)))
    }
}
