//! What a body's members hold: one kind each, and references in every form that the original's documents name.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::problem::Problem;
use crate::config::Config;
use crate::domain::{Address, BundleId, Level, Until, UserId, UserRef};
use crate::http::base_path::{path_of, within};
use crate::http::json::{Json, Object};
use crate::http::unknown_members::Members;

/// Reads the members of one body.
pub(super) struct Fields<'a> {
    /// The body.
    pub(super) object: &'a Object,
    /// Names of this instance.
    pub(super) hosts: &'a [String],
    /// For the path that the instance is reached under.
    pub(super) config: &'a Config,
}

fn wrong(field: &str, wanted: &str, given: &Json) -> Problem {
    Problem::bad(format_args!("The '{field}' field takes {wanted}, not {}.", given.kind()))
}

impl Fields<'_> {
    /// Refuses a member that the body does not have.
    pub(super) fn only(&self, members: &Members) -> Result<(), Problem> {
        members.check(self.object).map_err(Problem::bad)
    }

    /// A string; none where it is missing or null.
    pub(super) fn text(&self, field: &str) -> Result<Option<&str>, Problem> {
        match self.object.get(field) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(field, "a string", other)),
        }
    }

    /// A string that null is not good enough for.
    pub(super) fn text_not_null(&self, field: &str) -> Result<Option<&str>, Problem> {
        if self.object.has(field) && self.object.get(field).is_none() {
            return Err(Problem::bad(format_args!("The '{field}' field doesn't allow a null value.")));
        }
        self.text(field)
    }

    /// A whole number, also as a string of digits.
    pub(super) fn integer(&self, field: &str) -> Result<Option<i64>, Problem> {
        const WANTED: &str = "an integer";
        match self.object.get(field) {
            None => Ok(None),
            Some(Json::Integer(number)) => Ok(Some(*number)),
            Some(text @ Json::Text(digits)) => digits.trim().parse().map(Some).map_err(|_| wrong(field, WANTED, text)),
            Some(other) => Err(wrong(field, WANTED, other)),
        }
    }

    /// True or false.
    pub(super) fn boolean(&self, field: &str) -> Result<Option<bool>, Problem> {
        match self.object.get(field) {
            None => Ok(None),
            Some(Json::Bool(value)) => Ok(Some(*value)),
            Some(other) => Err(wrong(field, "true or false", other)),
        }
    }

    /// A length of time, in whole seconds.
    pub(super) fn seconds(&self, field: &str) -> Result<Option<TimeDelta>, Problem> {
        let too_long = || Problem::bad(format_args!("The '{field}' field is a length of time too long to be one."));
        self.integer(field)?.map(|seconds| TimeDelta::try_seconds(seconds).ok_or_else(too_long)).transpose()
    }

    /// A level.
    pub(super) fn level(&self) -> Result<Option<Level>, Problem> {
        let unknown = || Problem::bad("The 'level' field is one of view, edit, contribute.");
        self.text("level")?.map(|word| Level::parse(word).ok_or_else(unknown)).transpose()
    }

    /// An end: a moment (RFC 3339), or seconds after the decision.
    pub(super) fn until(&self) -> Result<Option<Until>, Problem> {
        if let Some(Json::Integer(_)) = self.object.get("until") {
            return Ok(self.seconds("until")?.map(Until::For));
        }
        let moment = match self.object.get("until") {
            None => None,
            Some(Json::Text(text)) => Some(DateTime::parse_from_rfc3339(text).ok()),
            Some(_) => Some(None),
        };
        let moment = moment.map(|moment| {
            const TEXT: &str =
                "The 'until' field is a moment like 2027-03-03T00:00:00Z (RFC 3339), or a whole number of seconds.";
            moment.ok_or_else(|| Problem::bad(TEXT))
        });
        let moment = moment.transpose()?;
        // Both databases keep whole microseconds.
        let whole = |at: DateTime<Utc>| crate::clock::from_micros(at.timestamp_micros());
        Ok(moment.map(|at| Until::At(whole(at.to_utc()))))
    }

    /// A list of strings.
    pub(super) fn texts(&self, field: &str) -> Result<Option<Vec<String>>, Problem> {
        const WANTED: &str = "a list of strings";
        let items = match self.object.get(field) {
            None => return Ok(None),
            Some(Json::List(items)) => items,
            Some(other) => return Err(wrong(field, WANTED, other)),
        };
        let text = |item: &Json| match item {
            Json::Text(text) => Ok(text.clone()),
            other => Err(wrong(field, "strings in its list", other)),
        };
        items.iter().map(text).collect::<Result<_, _>>().map(Some)
    }

    /// Somebody, who must be named: by URI, URL, id or address.
    pub(super) fn user(&self, field: &str) -> Result<UserRef, Problem> {
        let text = match self.named(field)? {
            Json::Integer(id) => return Ok(UserRef::Id(UserId(*id))),
            Json::Text(text) => text.trim(),
            other => return Err(wrong(field, "a user's URI, id or address", other)),
        };
        if let Some(id) = self.id_in("user", text) {
            return Ok(UserRef::Id(UserId(id)));
        }
        let is_uri = text.starts_with('/') || text.contains("://");
        if !text.contains('@') || is_uri {
            return Err(Problem::unknown("user", text));
        }
        Address::parse(text).map(UserRef::Address).map_err(|problem| Problem::bad(format_args!("{field}: {problem}")))
    }

    /// A bundle, which must be named: by URI, URL or id.
    pub(super) fn bundle(&self) -> Result<BundleId, Problem> {
        let text = match self.named("bundle")? {
            Json::Integer(id) => return Ok(BundleId(*id)),
            Json::Text(text) => text.trim(),
            other => return Err(wrong("bundle", "a bundle's URI or id", other)),
        };
        self.id_in("bundle", text).map(BundleId).ok_or_else(|| Problem::unknown("bundle", text))
    }

    fn named(&self, field: &str) -> Result<&Json, Problem> {
        let missing = || Problem::bad(format_args!("The '{field}' field has no data and doesn't allow a default or null value."));
        self.object.get(field).ok_or_else(missing)
    }

    fn id_in(&self, resource: &str, text: &str) -> Option<i64> {
        id_in(resource, text, self.hosts, path_of(self.config))
    }
}

/// The id that `7`, `/api/user/7/` or `https://this.instance/api/user/7/` names, with the path of `public_url` or without; a URL of
/// another instance names nothing here.
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
                proptest::prop_assert!(!text.contains("evil"), "{text:?} is another house's");
            }
        }
    }
}
