//! A JSON body as one type, for both parsing (serde) and description (utoipa). The strict reader of [`json`] parses it, and
//! [`unknown_members`](super::unknown_members) refuses unknown members. Errors name the member, and each API words them.

use std::fmt::{self, Display};

use serde::de::value::{BorrowedStrDeserializer, SeqDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use super::json::{self, BadJson, Json, Object};
use super::unknown_members::{Members, Unknown};

/// A type of request bodies.
pub trait RequestBody: DeserializeOwned {
    /// The accepted members; none if unknown ones are ignored.
    fn members() -> Option<&'static Members> {
        None
    }
}

/// Makes a type of request bodies refuse unknown members.
macro_rules! strict_body {
    ($body:ty: $members:expr) => {
        impl $crate::http::json_body::RequestBody for $body {
            fn members() -> Option<&'static $crate::http::unknown_members::Members> {
                static MEMBERS: std::sync::LazyLock<$crate::http::unknown_members::Members> =
                    std::sync::LazyLock::new(|| $members);
                Some(&MEMBERS)
            }
        }
    };
}

pub(crate) use strict_body;

/// Why a body is refused.
#[derive(Debug, thiserror::Error)]
pub enum BadRequest {
    /// Not one JSON object.
    #[error(transparent)]
    Json(#[from] BadJson),
    #[error("{0}")]
    Unknown(Unknown),
    /// A member with an invalid value.
    #[error(transparent)]
    Member(#[from] BadMember),
}

/// A member with an invalid value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMember {
    /// Its path, with dots between the names.
    pub path: String,
    pub problem: BadValue,
}

/// Why a member's value is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadValue {
    Missing,
    /// Null, where this type is required.
    Null(String),
    /// The second type, where the first is required.
    Kind(String, &'static str),
    /// None of these words.
    Word(String, &'static [&'static str]),
    /// Any other problem, as worded by the type.
    Other(String),
}

impl Display for BadMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match &self.problem {
            BadValue::Missing => f.write_str("it is missing"),
            BadValue::Null(wanted) => write!(f, "it is null, and must be {wanted}"),
            BadValue::Kind(wanted, given) => write!(f, "it is {given}, and must be {wanted}"),
            BadValue::Word(given, words) => write!(f, "{given:?} is none of {}", words.join(", ")),
            BadValue::Other(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for BadMember {}

impl BadMember {
    fn of(problem: BadValue) -> Self {
        Self { path: String::new(), problem }
    }

    fn inside(self, member: &str) -> Self {
        let path = if self.path.is_empty() { member.to_owned() } else { format!("{member}.{}", self.path) };
        Self { path, ..self }
    }
}

impl de::Error for BadMember {
    fn custom<T: Display>(problem: T) -> Self {
        Self::of(BadValue::Other(problem.to_string()))
    }

    fn invalid_type(given: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        let kind = match given {
            Unexpected::Unit => return Self::of(BadValue::Null(wanted.to_string())),
            Unexpected::Bool(_) => Json::Bool(true).kind(),
            Unexpected::Signed(_) | Unexpected::Unsigned(_) => Json::Integer(0).kind(),
            Unexpected::Float(_) => Json::Number(0.5).kind(),
            Unexpected::Seq => Json::List(Vec::new()).kind(),
            Unexpected::Map => Json::Object(Object::default()).kind(),
            _ => Json::Text(String::new()).kind(),
        };
        Self::of(BadValue::Kind(wanted.to_string(), kind))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::of(BadValue::Word(variant.to_owned(), expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Self { path: field.to_owned(), problem: BadValue::Missing }
    }
}

/// Parses the object in a body.
pub fn read<T: RequestBody>(bytes: &[u8]) -> Result<T, BadRequest> {
    let object = json::object(bytes)?;
    if let Some(members) = T::members() {
        members.check(&object).map_err(BadRequest::Unknown)?;
    }
    Ok(of_json(&Json::Object(object))?)
}

/// Converts a JSON value to a type.
pub fn of_json<T: DeserializeOwned>(json: &Json) -> Result<T, BadMember> {
    T::deserialize(json)
}

impl Json {
    /// The error for a value of the wrong type.
    pub fn instead_of<E: de::Error>(&self, wanted: &str) -> E {
        let given = match self {
            Self::Null => Unexpected::Unit,
            Self::Bool(value) => Unexpected::Bool(*value),
            Self::Integer(number) => Unexpected::Signed(*number),
            Self::Number(number) => Unexpected::Float(*number),
            Self::Text(text) => Unexpected::Str(text),
            Self::List(_) => Unexpected::Seq,
            Self::Object(_) => Unexpected::Map,
        };
        E::invalid_type(given, &wanted)
    }
}

impl<'de> IntoDeserializer<'de, BadMember> for &'de Json {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Json {
    type Error = BadMember;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadMember> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Integer(number) => visitor.visit_i64(*number),
            Json::Number(number) => visitor.visit_f64(*number),
            Json::Text(text) => visitor.visit_borrowed_str(text),
            Json::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Json::Object(object) => visitor.visit_map(Access { members: object.members().collect(), at: 0 }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadMember> {
        if *self == Json::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadMember> {
        if matches!(self, Json::Bool(_)) { self.deserialize_any(visitor) } else { Err(self.instead_of("true or false")) }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadMember> {
        if matches!(self, Json::Integer(_)) { self.deserialize_any(visitor) } else { Err(self.instead_of("an integer")) }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadMember> {
        if matches!(self, Json::Text(_)) { self.deserialize_any(visitor) } else { Err(self.instead_of("a string")) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BadMember> {
        if matches!(self, Json::List(_)) { self.deserialize_any(visitor) } else { Err(self.instead_of("a list")) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BadMember> {
        match self {
            Json::Text(word) => visitor.visit_enum(BorrowedStrDeserializer::new(word)),
            other => Err(other.instead_of("a string")),
        }
    }

    /// Reads the members in the order of the type, so that the error names the first invalid one in that order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BadMember> {
        let Json::Object(object) = self else { return Err(self.instead_of("an object")) };
        let member = |field: &&'static str| object.members().find(|(name, _)| name == field);
        visitor.visit_map(Access { members: fields.iter().filter_map(member).collect(), at: 0 })
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct
        map identifier ignored_any
    }
}

struct Access<'de> {
    members: Vec<(&'de str, &'de Json)>,
    at: usize,
}

impl<'de> MapAccess<'de> for Access<'de> {
    type Error = BadMember;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, BadMember> {
        self.members.get(self.at).map(|(name, _)| seed.deserialize(BorrowedStrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, BadMember> {
        let (name, value) = self.members.get(self.at).copied().unwrap_or(("", &Json::Null));
        self.at += 1;
        seed.deserialize(value).map_err(|error| error.inside(name))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::domain::Level;

    #[derive(Debug, Deserialize, utoipa::ToSchema)]
    struct Body {
        name: String,
        count: Option<i64>,
        is_on: Option<bool>,
        #[schema(value_type = String)]
        level: Option<Level>,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize, utoipa::ToSchema)]
    struct Inner {
        words: Vec<String>,
    }

    strict_body!(Body: Members::read::<Body>().and(&["id"]));

    #[test]
    fn a_body_is_its_type_or_the_first_wrong_member_of_that_type_is_named() {
        let whole = r#"{"id": 1, "inner": {"words": ["a"]}, "count": 3.0, "level": "edit", "is_on": null, "name": "x"}"#;
        let Body { name, count, is_on, level, inner } = read(whole.as_bytes()).unwrap();
        assert_eq!((name.as_str(), count, is_on, level), ("x", Some(3), None, Some(Level::Edit)));
        assert_eq!(inner.unwrap().words, ["a"]);
        for (body, problem) in [
            ("[]", "Request is not a JSON object."),
            ("{}", "name: it is missing"),
            (r#"{"nam": 1}"#, r#"there is no member "nam" here; did you mean "name"?"#),
            (r#"{"name": null}"#, "name: it is null, and must be a string"),
            (r#"{"is_on": 1, "name": []}"#, "name: it is a list, and must be a string"),
            (r#"{"name": "x", "count": "1"}"#, "count: it is a string, and must be an integer"),
            (r#"{"name": "x", "count": 1.5}"#, "count: it is a number that is no integer, and must be an integer"),
            (r#"{"name": "x", "is_on": {}}"#, "is_on: it is an object, and must be true or false"),
            (r#"{"name": "x", "level": "own"}"#, r#"level: "own" is none of view, edit, contribute"#),
            (r#"{"name": "x", "inner": true}"#, "inner: it is true or false, and must be an object"),
            (r#"{"name": "x", "inner": {}}"#, "inner.words: it is missing"),
            (r#"{"name": "x", "inner": {"words": 1}}"#, "inner.words: it is an integer, and must be a list"),
            (r#"{"name": "x", "inner": {"words": [1]}}"#, "inner.words: it is an integer, and must be a string"),
        ] {
            assert_eq!(read::<Body>(body.as_bytes()).unwrap_err().to_string(), problem, "{body}");
        }
    }
}
