//! The settings of one OpenID Connect provider. Since there can be none or several, `config.toml` documents the keys in a
//! comment, and the defaults are here.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::sources::Layers;
use super::{Span, is_local};

const KEY: &str = "sign_in.oidc";
const ID_BYTES: usize = 32;
const NAME_CHARS: usize = 40;

/// A provider at which people can sign in.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    pub id: String,
    pub name: String,
    /// A text, since issuers are compared exactly and a parsed URL would gain a slash.
    pub issuer: String,
    pub client_id: String,
    #[serde(default)]
    pub client_secret: Option<String>,
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    #[serde(default)]
    pub client_auth: ClientAuth,
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    #[serde(default = "address_claim")]
    pub address_claim: String,
    #[serde(default = "yes")]
    pub require_email_verified: bool,
    #[serde(default)]
    pub adds_people: bool,
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    #[serde(default = "timeout")]
    pub timeout: Span,
}

/// How the client authenticates when it exchanges a code (OpenID Connect Core 1.0 §9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// By the provider's metadata: Basic if it is offered or nothing is declared, otherwise in the form.
    #[default]
    Auto,
    /// By Basic, with name and secret form-encoded (RFC 6749 §2.3.1).
    ClientSecretBasic,
    /// By Basic, with name and secret unencoded, for providers that do not decode them.
    ClientSecretBasicRaw,
    /// In the form.
    ClientSecretPost,
}

fn scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).into()
}

fn address_claim() -> String {
    "email".to_owned()
}

const fn yes() -> bool {
    true
}

const fn timeout() -> Span {
    Span(Duration::from_secs(5))
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("id", &self.id).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Reports invalid or unsafe values.
pub(super) fn check(providers: &[Oidc], layers: &mut Layers) {
    let mut ids = BTreeSet::new();
    for provider in providers {
        for (what, reason) in provider.faults() {
            layers.refuse_within(KEY, &format!("{}: {what}", provider.id), reason);
        }
        if !ids.insert(&provider.id) {
            layers.refuse_within(KEY, &provider.id, "two providers have this id");
        }
    }
}

impl Oidc {
    /// Whether the provider is on this machine, where TLS is not required.
    pub fn is_on_this_machine(&self) -> bool {
        Url::parse(&self.issuer).is_ok_and(|url| url.host_str().is_some_and(is_local))
    }

    /// Its invalid settings, and how each should be.
    fn faults(&self) -> Vec<(&str, &'static str)> {
        let is_word = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let mut faults = Vec::new();
        if self.id.is_empty() || self.id.len() > ID_BYTES || !self.id.bytes().all(is_word) {
            faults.push(("id", "an id is 1 to 32 of a-z, 0-9 and -"));
        }
        if self.name.trim().is_empty() || self.name.chars().count() > NAME_CHARS || self.name.chars().any(char::is_control) {
            faults.push((&self.name, "a name is 1 to 40 characters, for a button"));
        }
        if !self.has_safe_issuer() {
            let reason = "the issuer is an https URL (or http on this machine) without user, query and fragment";
            faults.push((&self.issuer, reason));
        }
        if self.client_id.trim().is_empty() {
            faults.push(("client_id", "it is empty; the provider says it when this instance is registered there"));
        }
        if self.client_secret.is_some() && self.client_secret_file.is_some() {
            faults.push(("client_secret", "set it, or client_secret_file, not both"));
        }
        if self.client_auth != ClientAuth::Auto && self.client_secret.is_none() && self.client_secret_file.is_none() {
            faults.push((
                "client_auth",
                "it says how a secret is shown, and there is none; set client_secret_file, or leave it away",
            ));
        }
        let has_colon = self.client_id.contains(':');
        if self.client_auth == ClientAuth::ClientSecretBasicRaw && has_colon {
            faults.push((&self.client_id, "with client_secret_basic_raw a name with a colon cannot be told from the secret"));
        }
        if !self.scopes.iter().any(|scope| scope == "openid") {
            faults.push(("scopes", "without openid nothing is said about who signed in"));
        }
        if self.address_claim != "email" && self.require_email_verified {
            let reason = "email_verified speaks of the claim email alone; if the provider vouches for this other one, say so with \
                          require_email_verified = false";
            faults.push((&self.address_claim, reason));
        }
        if !(Duration::from_secs(1)..=Duration::from_secs(30)).contains(&self.timeout.duration()) {
            faults.push(("timeout", "it is 1s to 30s: somebody waits for the page"));
        }
        faults
    }

    fn has_safe_issuer(&self) -> bool {
        let Ok(url) = Url::parse(&self.issuer) else { return false };
        let is_protected = url.scheme() == "https" || (url.scheme() == "http" && self.is_on_this_machine());
        is_protected && url.has_host() && url.query().is_none() && url.fragment().is_none() && url.username().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const GOOD: &str = "[[sign_in.oidc]]\nid = \"work\"\nname = \"Work\"\nissuer = \"https://id.example/realms/work\"\n\
                        client_id = \"countersign\"\nclient_secret = \"hush-hush\"\n";

    fn build(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::build(Some(file), variables).map_err(|e| e.to_string())
    }

    #[test]
    fn a_provider_needs_few_settings_and_has_safe_defaults() {
        let config = build(GOOD, &[]).unwrap();
        let [provider] = &config.sign_in.oidc[..] else { panic!("one provider") };
        assert_eq!(provider.scopes, ["openid", "email", "profile"]);
        assert!(provider.require_email_verified && !provider.adds_people);
        assert!(!format!("{config:?}").contains("hush-hush"));
    }

    #[test]
    fn a_provider_can_be_set_by_the_environment() {
        let list = "[{ id = \"home\", name = \"Home\", issuer = \"http://127.0.0.1:9\", client_id = \"c\" }]";
        let config = build("", &[("COUNTERSIGN__SIGN_IN__OIDC", list)]).unwrap();
        assert_eq!(config.sign_in.oidc[0].id, "home");
        assert!(build("", &[("COUNTERSIGN__SIGN_IN__OIDC", "[{ id = ")]).is_err());
    }

    #[test]
    fn an_unsafe_setting_is_refused_with_what_to_write() {
        for (from, to, message) in [
            ("id = \"work\"", "id = \"Work/1\"", "a-z, 0-9"),
            ("https://id.example", "http://id.example", "https"),
            ("realms/work", "realms/work?x=1", "query"),
            ("client_id = \"countersign\"", "client_id = \"\"", "client_id"),
            ("client_id", "scopes = [\"email\"]\nclient_id", "openid"),
            ("client_id", "address_claim = \"upn\"\nclient_id", "require_email_verified = false"),
            ("client_id", "client_secret_file = \"s\"\nclient_id", "not both"),
            ("client_id", "timeout = \"5m\"\nclient_id", "1s to 30s"),
            ("client_id", "issuer_url = \"x\"\nclient_id", "issuer_url"),
        ] {
            let problem = build(&GOOD.replacen(from, to, 1), &[]);
            assert!(problem.as_ref().is_err_and(|text| text.contains(message)), "{to}: {problem:?}");
        }
        assert!(build(&GOOD.repeat(2), &[]).is_err_and(|text| text.contains("two providers")));
        let vouched = GOOD.replace("client_id", "address_claim = \"upn\"\nrequire_email_verified = false\nclient_id");
        assert!(build(&vouched, &[]).is_ok());
    }
}
