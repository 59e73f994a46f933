//! The types of members, in the formats of the original.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::domain::Until;
use crate::http::base_path::Base;
use crate::http::json::Json;

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

/// A time in UTC, RFC 3339.
#[derive(Clone, Copy)]
pub(super) struct Moment(pub(super) DateTime<Utc>);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// An end: a time, or seconds after the decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct End(pub(super) Until);

impl Serialize for End {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Until::At(at) => Moment(at).serialize(serializer),
            Until::For(length) => serializer.serialize_i64(length.num_seconds()),
        }
    }
}

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const TEXT: &str = "is a moment like 2027-03-03T00:00:00Z (RFC 3339), or a whole number of seconds.";
        let moment = match Json::deserialize(deserializer)? {
            Json::Integer(seconds) => return Seconds::of(seconds).map(|Seconds(length)| Self(Until::For(length))),
            Json::Text(text) => DateTime::parse_from_rfc3339(&text).ok(),
            _ => None,
        };
        let moment = moment.ok_or_else(|| de::Error::custom(TEXT))?;
        // Both databases store whole microseconds.
        Ok(Self(Until::At(crate::clock::from_micros(moment.timestamp_micros()))))
    }
}

/// A whole number, or a string of digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Integer(pub(super) i64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let number = match &json {
            Json::Integer(number) => Some(*number),
            Json::Text(digits) => digits.trim().parse().ok(),
            _ => None,
        };
        number.map(Self).ok_or_else(|| json.instead_of("an integer"))
    }
}

/// A duration in whole seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seconds(pub(super) TimeDelta);

impl Seconds {
    pub(super) fn of<E: de::Error>(seconds: i64) -> Result<Self, E> {
        let too_long = || E::custom("is a length of time too long to be one.");
        TimeDelta::try_seconds(seconds).map(Self).ok_or_else(too_long)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Integer(seconds) = Integer::deserialize(deserializer)?;
        Self::of(seconds)
    }
}

/// A list of strings.
#[derive(Debug)]
pub(super) struct Texts(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = |item| match item {
            Json::Text(text) => Ok(text),
            other => Err(de::Error::custom(format_args!("takes strings in its list, not {}.", other.kind()))),
        };
        match Json::deserialize(deserializer)? {
            Json::List(items) => items.into_iter().map(text).collect::<Result<_, _>>().map(Self),
            other => Err(other.instead_of("a list of strings")),
        }
    }
}

/// An optional string that must not be null.
pub(super) fn text_not_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(Some).ok_or_else(|| de::Error::custom("doesn't allow a null value."))
}
