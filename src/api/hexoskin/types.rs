//! The types of this API's members: resource URIs and moments.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use crate::http::base_path::Base;

/// `/api/{resource}/{id}/`, below the path of `public_url`.
#[derive(Clone)]
pub(super) struct Uri(pub(super) Base, pub(super) &'static str, pub(super) i64);

impl std::fmt::Display for Uri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/api/{}/{}/", self.0, self.1, self.2)
    }
}

impl Serialize for Uri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A moment in UTC, RFC 3339.
#[derive(Clone, Copy)]
pub(super) struct Moment(pub(super) DateTime<Utc>);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}
