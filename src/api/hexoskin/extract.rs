//! References in all formats that the documentation of the original names.

use serde::{Deserialize, Deserializer};
use url::Url;

use super::call::State;
use super::filters::Condition;
use super::problem::{Problem, unknown};
use crate::domain::{Address, BundleId, UserId, UserRef};
use crate::http::base_path::{Base, within};
use crate::http::json::Json;

/// A person or bundle, as a client names it.
#[derive(Debug)]
pub(super) enum Reference {
    Id(i64),
    Text(String),
}

impl Reference {
    fn read<'de, D: Deserializer<'de>>(deserializer: D, wanted: &str) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Integer(id) => Ok(Self::Id(id)),
            Json::Text(text) => Ok(Self::Text(text)),
            other => Err(other.instead_of(wanted)),
        }
    }

    /// A person: by URI, URL, id or address.
    pub(super) fn to_user<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer, "a user's URI, id or address")
    }

    /// A bundle: by URI, URL or id.
    pub(super) fn to_bundle<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer, "a bundle's URI or id")
    }
}

/// A person or bundle in a condition of a list.
pub(super) enum Named {
    Id(i64),
    Address(Address),
}

/// Resolves references, by the host names and the path of this instance.
pub(super) struct References {
    hosts: Vec<String>,
    base: Base,
}

impl References {
    /// For the instance that received this call.
    pub(super) fn of(state: &State) -> Self {
        Self { hosts: state.hosts(), base: state.base() }
    }

    /// The id in a text.
    pub(super) fn id_in(&self, resource: &str, text: &str) -> Option<i64> {
        id_in(resource, text, &self.hosts, self.base.as_str())
    }

    /// The people or bundles that a condition names.
    pub(super) fn named(&self, condition: &Condition) -> Result<Vec<Named>, Problem> {
        let resource = if condition.field == "bundle" { "bundle" } else { "user" };
        let named = |value| {
            let id = self.id_in(resource, value).map(Named::Id);
            let address = || Address::parse(value).ok().filter(|_| resource == "user").map(Named::Address);
            id.or_else(address).ok_or_else(|| condition.mismatch())
        };
        condition.values().map(named).collect()
    }

    /// The user that a member of a body names.
    pub(super) fn user(&self, field: &str, reference: &Reference) -> Result<UserRef, Problem> {
        let text = match reference {
            Reference::Id(id) => return Ok(UserRef::Id(UserId(*id))),
            Reference::Text(text) => text.trim(),
        };
        if let Some(id) = self.id_in("user", text) {
            return Ok(UserRef::Id(UserId(id)));
        }
        let is_uri = text.starts_with('/') || text.contains("://");
        if !text.contains('@') || is_uri {
            return Err(unknown("user", text).in_field(field));
        }
        Address::parse(text)
            .map(UserRef::Address)
            .map_err(|problem| Problem::bad(format_args!("{field}: {problem}")).in_field(field))
    }

    /// The bundle that a body names.
    pub(super) fn bundle(&self, reference: &Reference) -> Result<BundleId, Problem> {
        let id = match reference {
            Reference::Id(id) => Ok(*id),
            Reference::Text(text) => {
                self.id_in("bundle", text.trim()).ok_or_else(|| unknown("bundle", text.trim()).in_field("bundle"))
            }
        };
        id.map(BundleId)
    }
}

/// The id in `7`, `/api/user/7/` or `https://this.instance/api/user/7/`, with or without the path of `public_url`; none in a
/// URL of another instance.
pub(super) fn id_in(resource: &str, text: &str, hosts: &[String], base: &str) -> Option<i64> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let url = text.contains("://").then(|| Url::parse(text).ok());
    let path = match &url {
        None => within(base.trim_end_matches('/'), text),
        Some(url) => {
            let url = url.as_ref().filter(|url| url.query().is_none() && url.username().is_empty())?;
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            let authority = format!("{}{port}", url.host_str()?);
            let path = url.path();
            hosts.iter().any(|host| host.eq_ignore_ascii_case(&authority)).then_some(())?;
            within(base.trim_end_matches('/'), path)
        }
    };
    let id = path.strip_prefix("/api/")?.strip_prefix(resource)?.strip_prefix('/')?;
    let id = id.strip_suffix('/').unwrap_or(id);
    id.bytes().all(|b| b.is_ascii_digit()).then(|| id.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_an_id_a_uri_or_a_url_of_this_house() {
        let hosts = ["sign.example".to_owned(), "127.0.0.1:8080".to_owned()];
        let id = |text| id_in("user", text, &hosts, "/base/");
        for seven in [
            "7",
            "/api/user/7/",
            "/api/user/7",
            "/base/api/user/7/",
            "https://sign.example/api/user/7/",
            "http://SIGN.example/base/api/user/7/",
            "http://127.0.0.1:8080/api/user/7/",
        ] {
            assert_eq!(id(seven), Some(7), "{seven}");
        }
        for nothing in [
            "",
            "+7",
            "-7",
            "7a",
            "99999999999999999999",
            "/api/bundle/7/",
            "/based/api/user/7/",
            "/base/base/api/user/7/",
            "/api/user/",
            "/api/user/7/8/",
            "api/user/7/",
            "https://other.example/api/user/7/",
            "https://sign.example:444/api/user/7/",
            "https://sign.example@other.example/api/user/7/",
            "https://sign.example/api/user/7/?x=1",
        ] {
            assert_eq!(id(nothing), None, "{nothing}");
        }
    }
    proptest::proptest! {
        #[test]
        fn any_text_names_one_thing_of_this_house_or_nothing(
            text in r"(https?://)?(sign\.example|evil\.example|[a-z@:.]{0,12})?(/base)?/?(api/)?(user|bundle)?/?[0-9a-z+-]{0,22}/?|\PC{0,60}",
        ) {
            let hosts = ["sign.example".to_owned()];
            if let Some(id) = id_in("user", &text, &hosts, "/base/") {
                proptest::prop_assert!(id >= 0 && text.contains(&id.to_string()), "{text:?} names {id}");
                proptest::prop_assert!(!text.contains("evil"), "{text:?} is of another instance");
            }
        }
    }
}
