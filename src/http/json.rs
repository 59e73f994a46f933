//! A strict JSON reader: one object, no duplicate keys (a proxy might choose the other one), no NUL character, at most
//! [`DEPTH`] levels. A leading byte order mark is skipped (RFC 8259 §8.1), and a number without a fraction is an integer in any
//! notation, because some languages write 86400 as `86400.0`. Each API checks the types of the fields.

use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The limit of nested objects and lists, including the outermost.
pub const DEPTH: usize = 32;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number in range.
    Integer(i64),
    /// Any other number.
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Object),
}

impl Json {
    /// The name of the type, for people.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Integer(_) => "an integer",
            Self::Number(_) => "a number that is no integer",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// The members of an object, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(Vec<(String, Json)>);

impl Object {
    /// The value of a member; none if it is missing or null.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    /// Whether a member exists, even if null.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// The members with their values, including null.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The members' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }
}

/// Why a body is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadJson {
    /// Not JSON.
    #[error("Request is not valid JSON.")]
    Syntax,
    /// JSON, but not an object.
    #[error("Request is not a JSON object.")]
    NotAnObject,
    #[error("Request is not valid JSON: the key '{0}' is there twice.")]
    Duplicate(String),
    /// Too many levels.
    #[error("Request is not valid JSON: more than {DEPTH} levels within each other.")]
    TooDeep,
    #[error("Request is not valid JSON: a NUL character in a string.")]
    Nul,
}

/// The text without its byte order mark.
pub fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The integer value of a number without a fraction. Up to 2^53 a float is exact.
pub fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "within 2^53, and without a fraction")]
    (number.abs() <= EXACT && number.fract() == 0.0).then_some(number as i64)
}

/// Reads one object.
pub fn object(bytes: &[u8]) -> Result<Object, BadJson> {
    let fault = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(unmarked(bytes));
    let read = Level { left: DEPTH, fault: &fault }.deserialize(&mut reader).and_then(|json| reader.end().map(|()| json));
    match read {
        Ok(Json::Object(object)) => Ok(object),
        Ok(_) => Err(BadJson::NotAnObject),
        Err(_) => Err(fault.take().unwrap_or(BadJson::Syntax)),
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Level { left: DEPTH, fault: &Cell::new(None) }.deserialize(deserializer)
    }
}

#[derive(Clone, Copy)]
struct Level<'a> {
    left: usize,
    fault: &'a Cell<Option<BadJson>>,
}

impl Level<'_> {
    fn fail<E: Error>(self, fault: BadJson) -> E {
        let error = E::custom(&fault);
        self.fault.set(Some(fault));
        error
    }

    fn down<E: Error>(self) -> Result<Self, E> {
        let left = self.left.checked_sub(1).ok_or_else(|| self.fail(BadJson::TooDeep))?;
        Ok(Self { left, ..self })
    }

    fn text<E: Error>(self, text: String) -> Result<String, E> {
        if text.contains('\0') { Err(self.fail(BadJson::Nul)) } else { Ok(text) }
    }
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        // Beyond 2^63 it is neither an id nor a duration, whatever its exact value.
        Ok(i64::try_from(value).map_or(Json::Number(f64::INFINITY), Json::Integer))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(whole(value).map_or(Json::Number(value), Json::Integer))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        self.text(value).map(Json::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let below = self.down()?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(below)? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let below = self.down()?;
        let mut members = Object::default();
        while let Some(key) = map.next_key::<String>()? {
            let key = self.text(key)?;
            if members.has(&key) {
                return Err(self.fail(BadJson::Duplicate(key)));
            }
            let value = map.next_value_seed(below)?;
            members.0.push((key, value));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_with_its_kinds() {
        let read = object(br#" {"a": 1, "b": "x", "c": null, "d": [true, 1.5, {"e": -2}], "f": 18446744073709551615} "#).unwrap();
        assert_eq!(read.get("a"), Some(&Json::Integer(1)));
        assert_eq!(read.get("b"), Some(&Json::Text("x".into())));
        assert_eq!((read.get("c"), read.has("c"), read.has("z")), (None, true, false));
        assert_eq!(read.get("f").map(Json::kind), Some("a number that is no integer"));
        assert_eq!(read.names().collect::<String>(), "abcdf");
    }

    #[test]
    fn a_number_without_a_fraction_is_an_integer_however_it_is_written() {
        let read = |number: &str| object(format!("{{\"n\": {number}}}").as_bytes()).unwrap().get("n").cloned().unwrap();
        for (number, whole) in
            [("86400.0", 86_400), ("8.64e4", 86_400), ("-1.0", -1), ("-0.0", 0), ("9007199254740992.0", 1 << 53)]
        {
            assert_eq!(read(number), Json::Integer(whole), "{number}");
        }
        for number in ["86400.5", "0.1", "1e300", "-1e300", "9007199254740994.0"] {
            assert_eq!(read(number).kind(), "a number that is no integer", "{number}");
        }
    }

    #[test]
    fn a_byte_order_mark_before_it_is_passed_over_once() {
        assert_eq!(object(b"\xef\xbb\xbf{\"a\":1}").unwrap().get("a"), Some(&Json::Integer(1)));
        for bad in [&b"\xef\xbb\xbf"[..], b"\xef\xbb\xbf\xef\xbb\xbf{}", b"{}\xef\xbb\xbf", b"\xff\xfe{\0}\0", b"\xef\xbb{}"] {
            assert_eq!(object(bad), Err(BadJson::Syntax), "{bad:?}");
        }
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        let deep = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(object(deep(DEPTH).as_bytes()).is_ok());
        assert_eq!(object(deep(DEPTH + 1).as_bytes()), Err(BadJson::TooDeep));
        assert_eq!(object(deep(20_000).as_bytes()), Err(BadJson::TooDeep));
        assert_eq!(object(br#"{"a":1,"\u0061":2}"#), Err(BadJson::Duplicate("a".into())));
        assert_eq!(object(br#"{"x":{"a":1,"a":1}}"#), Err(BadJson::Duplicate("a".into())));
        assert_eq!(object(b"{\"a\":\"\\u0000\"}"), Err(BadJson::Nul));
        assert_eq!(object(b"{\"\\u0000\":1}"), Err(BadJson::Nul));
        for not_one in ["[]", "1", "\"{}\"", "null"] {
            assert_eq!(object(not_one.as_bytes()), Err(BadJson::NotAnObject), "{not_one}");
        }
        for bad in ["", " ", "{", "{} {}", "{\"a\":NaN}", "{\"a\":1,}", "{\"a\":\"\\ud800\"}", "{'a':1}", "{\"a\":1e999}"] {
            assert_eq!(object(bad.as_bytes()), Err(BadJson::Syntax), "{bad}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), Err(BadJson::Syntax));
    }
}
