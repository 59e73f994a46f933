//! The accepted members of JSON bodies, for all APIs that refuse unknown ones. A misspelt optional member would otherwise be
//! ignored: `levle` would grant the bundle's full level.
//!
//! Three kinds are accepted: members of the described body, members that our responses have ever contained (clients send back
//! whole resources), and members that clients of the original are known to send. The last two have no effect. The first two
//! come from the types behind `openapi.json`, so body and description cannot diverge.

use std::fmt;

use utoipa::PartialSchema;
use utoipa::openapi::schema::{AllOf, Object};
use utoipa::openapi::{RefOr, Schema};

use super::json;

/// The accepted members of a body.
#[derive(Debug, Default)]
pub struct Members {
    read: Vec<String>,
    passed: Vec<String>,
}

/// An unknown member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    pub name: String,
    /// A similar known name.
    pub near: Option<String>,
    /// The members of the body.
    takes: Vec<String>,
}

impl Members {
    /// The members of `T`, the description of a body.
    pub fn read<T: PartialSchema>() -> Self {
        Self { read: names(&T::schema()), passed: Vec::new() }
    }

    /// Also accepts the members of responses described by `T`, without effect.
    #[must_use]
    pub fn and_of<T: PartialSchema>(mut self) -> Self {
        self.passed.extend(names(&T::schema()));
        self
    }

    /// Also accepts these names, without effect.
    #[must_use]
    pub fn and(mut self, names: &[&str]) -> Self {
        self.passed.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// Whether a member is accepted.
    pub fn has(&self, name: &str) -> bool {
        self.read.iter().chain(&self.passed).any(|known| known == name)
    }

    /// Checks that an object has only accepted members.
    pub fn check(&self, object: &json::Object) -> Result<(), Unknown> {
        match object.names().find(|name| !self.has(name)) {
            None => Ok(()),
            Some(name) => Err(Unknown { name: name.to_owned(), near: near(name, &self.read), takes: self.read.clone() }),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no member {:?} here; ", self.name)?;
        match &self.near {
            Some(near) => write!(f, "did you mean {near:?}?"),
            None if self.takes.is_empty() => f.write_str("send an empty body"),
            None => write!(f, "it takes {}", self.takes.join(", ")),
        }
    }
}

/// The most similar known name, if at most a third of its letters differ.
pub fn near<S: AsRef<str>>(name: &str, known: &[S]) -> Option<String> {
    let wanted = letters(name);
    let distance = |known: &str| strsim::osa_distance(&wanted, &letters(known));
    let nearest = known.iter().map(AsRef::as_ref).min_by_key(|known| distance(known))?;
    let most = nearest.chars().count().div_ceil(3);
    (distance(nearest) <= most).then(|| nearest.to_owned())
}

/// Normalises spelling: `redeemUrl` and `redeem-url` become `redeem_url`.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(64).collect()
}

fn names(schema: &RefOr<Schema>) -> Vec<String> {
    let RefOr::T(schema) = schema else { return Vec::new() };
    match schema {
        Schema::Object(Object { properties, .. }) => properties.keys().cloned().collect(),
        Schema::AllOf(AllOf { items, .. }) => items.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
    struct Body {
        level: Option<String>,
        until: Option<String>,
        redeem_url: Option<String>,
    }

    #[test]
    fn a_member_that_is_not_described_is_named_with_the_one_that_may_have_been_meant() {
        let members = Members::read::<Body>().and(&["id"]);
        let check = |body: &str| members.check(&json::object(body.as_bytes()).unwrap()).map_err(|unknown| unknown.to_string());
        assert_eq!(check(r#"{"level": 1, "until": null, "id": 7}"#), Ok(()));
        for (name, text) in [
            ("levle", r#"there is no member "levle" here; did you mean "level"?"#),
            ("untill", r#"there is no member "untill" here; did you mean "until"?"#),
            ("redeemUrl", r#"there is no member "redeemUrl" here; did you mean "redeem_url"?"#),
            ("Level", r#"there is no member "Level" here; did you mean "level"?"#),
            ("colour", r#"there is no member "colour" here; it takes level, redeem_url, until"#),
            ("", r#"there is no member "" here; it takes level, redeem_url, until"#),
        ] {
            assert_eq!(check(&format!("{{{name:?}: null}}")), Err(text.to_owned()));
        }
        let nothing = Members::default().check(&json::object(br#"{"a": 1}"#).unwrap()).unwrap_err();
        assert_eq!(nothing.to_string(), r#"there is no member "a" here; send an empty body"#);
    }

    proptest::proptest! {
        #[test]
        fn a_suggestion_is_one_of_the_known_names(name in r"\PC{0,80}") {
            let known = ["level", "until", "redeem_url"];
            proptest::prop_assert!(near(&name, &known).is_none_or(|near| known.contains(&near.as_str())));
        }
    }
}
