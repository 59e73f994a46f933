//! What a client sends about a share: a few members that mean something here, and any others, which are kept as they are and
//! shown again.

use std::fmt::Display;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::problem::Problem;
use crate::clock::from_micros;
use crate::http::json;

/// Members that say what the share is, so that what a client sends under their names is read or passed over, never kept.
const OWN: [&str; 9] = ["share_id", "share", "tenant", "object_id", "object_ids", "start_time", "end_time", "revoked", "created"];
/// Beside them, one that only ever is shown.
const UPDATED: &str = "updated";

/// A share as it is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sent {
    /// What it is of, in the order it was named, each once; none where nothing is said of it.
    pub(super) objects: Option<Vec<String>>,
    /// From when.
    pub(super) starts_at: Option<DateTime<Utc>>,
    /// Until when; none within: without end.
    #[expect(clippy::option_option, reason = "not sent is one thing, sent as null another")]
    pub(super) ends_at: Option<Option<DateTime<Utc>>>,
    /// All others.
    pub(super) others: Map<String, Value>,
}

/// The object in a body; an empty body is an empty object.
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    // Judged by the strict reader, and then read again into what keeps every number as it is.
    json::object(bytes)?;
    serde_json::from_slice(json::unmarked(bytes)).map_err(|_| json::BadJson::Syntax.into())
}

impl Sent {
    /// Reads a body's members.
    pub(super) fn read(mut members: Map<String, Value>) -> Result<Self, Problem> {
        let one = members.get("object_id").filter(|value| !value.is_null()).map(|value| object_id("object_id", value));
        let many = match members.get("object_ids") {
            None | Some(Value::Null) => None,
            Some(Value::Array(items)) => Some(items.iter().map(|item| object_id("object_ids", item)).collect::<Result<_, _>>()?),
            Some(_) => return Err(wrong("object_ids", "a list of object ids")),
        };
        let mut objects: Option<Vec<String>> = match (one.transpose()?, many) {
            (None, many) => many,
            (Some(one), many) => Some(std::iter::once(one).chain(many.unwrap_or_default()).collect()),
        };
        if let Some(objects) = &mut objects {
            let mut seen = std::collections::BTreeSet::new();
            objects.retain(|id| seen.insert(id.clone()));
        }
        let starts_at = time(&members, "start_time")?.flatten();
        let ends_at = time(&members, "end_time")?;
        for name in OWN.iter().chain([&UPDATED]) {
            members.remove(*name);
        }
        Ok(Self { objects, starts_at, ends_at, others: members })
    }
}

/// An object's id, known by how it begins. No other resource of the instance is shared here, whoever may share it elsewhere.
pub(super) fn object_id(member: &str, value: &Value) -> Result<String, Problem> {
    let is_id = |text: &&str| {
        let rest = text.strip_prefix("iq__").unwrap_or_default();
        (1..=100).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    value.as_str().filter(is_id).map(str::to_owned).ok_or_else(|| wrong(member, "object ids, like iq__2hAJPCjqo1wbobPvB7wb1x"))
}

/// A time in whole seconds since 1970, or as the client shows it again (RFC 3339). None within: null was sent.
#[expect(clippy::option_option, reason = "not sent is one thing, sent as null another")]
fn time(members: &Map<String, Value>, name: &str) -> Result<Option<Option<DateTime<Utc>>>, Problem> {
    let wrong = || wrong(name, "whole seconds since 1970");
    let micros = match members.get(name) {
        None => return Ok(None),
        Some(Value::Null) => return Ok(Some(None)),
        Some(Value::Number(seconds)) => {
            let seconds = seconds.as_i64().or_else(|| seconds.as_f64().and_then(json::whole));
            seconds.and_then(|seconds| seconds.checked_mul(1_000_000))
        }
        Some(Value::String(text)) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_micros()),
        Some(_) => None,
    };
    // Beyond what both databases can keep, and chrono count with, it is no time.
    let micros = micros.filter(|micros| (0..=i64::MAX / 4).contains(micros)).ok_or_else(wrong)?;
    Ok(Some(Some(from_micros(micros))))
}

fn wrong(member: &str, wanted: impl Display) -> Problem {
    Problem::bad(format_args!("{member}: send {wanted}"))
}
