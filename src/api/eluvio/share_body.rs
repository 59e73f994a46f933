//! The body of a share: a few members with a meaning, and any others, which are stored as they are and returned.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::clock::from_micros;
use crate::http::json::{self, Json};
use crate::http::json_body::RequestBody;

/// Members that describe the share. If a client sends them, they are read or ignored, but not stored as attributes.
const OWN: [&str; 10] =
    ["share_id", "share", "tenant", "object_id", "object_ids", "start_time", "end_time", "revoked", "created", "updated"];

/// A share to create or change. Other members are stored and returned, up to 16 KiB.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = EluvioNewShare)]
pub(super) struct NewShareBody {
    /// An additional object, which becomes the first.
    #[schema(value_type = Option<String>)]
    object_id: Option<ObjectId>,
    /// The objects. In a change: missing, or the same.
    #[schema(value_type = Vec<String>, example = json!(["iq__2hAJPCjqo1wbobPvB7wb1x"]))]
    object_ids: Option<ObjectIds>,
    /// The start, in seconds since 1970; missing: now.
    #[schema(value_type = Option<i64>)]
    start_time: Option<Time>,
    /// The end, in seconds since 1970; missing or null: none, unless the access of the grantor ends.
    #[serde(default, deserialize_with = "if_sent")]
    #[schema(value_type = Option<i64>)]
    #[expect(clippy::option_option, reason = "not sent is one thing, sent as null another")]
    end_time: Option<Option<Time>>,
    /// Lists of strings by name, stored as they are.
    #[serde(rename = "attributes")]
    #[schema(value_type = Option<Value>)]
    _attributes: Option<IgnoredAny>,
}

impl RequestBody for NewShareBody {}

impl NewShareBody {
    /// The objects in the order of the body, each once; none if the body names none.
    pub(super) fn objects(&self) -> Option<Vec<String>> {
        let many = self.object_ids.as_ref().map(|ObjectIds(ids)| ids);
        if self.object_id.is_none() && many.is_none() {
            return None;
        }
        let mut seen = BTreeSet::new();
        let named = self.object_id.iter().chain(many.into_iter().flatten()).map(|ObjectId(id)| id.clone());
        Some(named.filter(|id| seen.insert(id.clone())).collect())
    }

    pub(super) fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.start_time.map(|Time(at)| at)
    }

    /// The end; the inner none means no end.
    #[expect(clippy::option_option, reason = "not sent is one thing, sent as null another")]
    pub(super) fn ends_at(&self) -> Option<Option<DateTime<Utc>>> {
        self.end_time.map(|end| end.map(|Time(at)| at))
    }
}

/// The attributes as they were sent. The strict reader has validated the body; this one preserves every number as it is.
pub(super) fn kept_members(body: &[u8]) -> Map<String, Value> {
    let mut members = all_members(body);
    for name in OWN {
        members.remove(name);
    }
    members
}

/// All members as they were sent.
pub(super) fn all_members(body: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(json::unmarked(body)).unwrap_or_default()
}

/// The id of an object, recognised by its prefix. This API shares no other resources.
pub(super) struct ObjectId(pub(super) String);

impl ObjectId {
    fn of<E: Error>(json: Json) -> Result<Self, E> {
        let is_id = |text: &str| {
            let rest = text.strip_prefix("iq__").unwrap_or_default();
            (1..=100).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        match json {
            Json::Text(text) if is_id(&text) => Ok(Self(text)),
            _ => Err(E::custom("send object ids, like iq__2hAJPCjqo1wbobPvB7wb1x")),
        }
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of(Json::deserialize(deserializer)?)
    }
}

struct ObjectIds(Vec<ObjectId>);

impl<'de> Deserialize<'de> for ObjectIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::List(items) => items.into_iter().map(ObjectId::of).collect::<Result<_, _>>().map(Self),
            _ => Err(D::Error::custom("send a list of object ids")),
        }
    }
}

/// A time in whole seconds since 1970, or in the format of responses (RFC 3339).
#[derive(Clone, Copy)]
struct Time(DateTime<Utc>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let micros = match Json::deserialize(deserializer)? {
            Json::Integer(seconds) => seconds.checked_mul(1_000_000),
            Json::Text(text) => DateTime::parse_from_rfc3339(&text).ok().map(|at| at.timestamp_micros()),
            _ => None,
        };
        // Outside the range of both databases and of chrono.
        let micros = micros.filter(|micros| (0..=i64::MAX / 4).contains(micros));
        let wrong = || D::Error::custom("send whole seconds since 1970");
        micros.map(|micros| Self(from_micros(micros))).ok_or_else(wrong)
    }
}

#[expect(clippy::option_option, reason = "not sent is one thing, sent as null another")]
fn if_sent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Time>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
