//! The settings. `config.toml` at the top of the source is compiled in: it is the manual and the defaults. The operator's
//! file lies over it, the environment over that, and a key that the manual does not know is refused.

mod oidc;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer};
use toml::{Table, Value};
use url::Url;

pub use oidc::Oidc;

/// The manual, which is the defaults.
pub const MANUAL: &str = include_str!("../config.toml");

const PREFIX: &str = "COUNTERSIGN__";
/// The longest time before, or after, the end of access that letters and renewals look at.
const ENDS_SOON_MOST: Duration = Duration::from_hours(90 * 24);

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or not readable.
    #[error("cannot read the configuration {path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The file is no TOML, or a value has the wrong type.
    #[error("the configuration does not read: {0}")]
    Syntax(String),
    /// A key that the manual does not know.
    #[error("the configuration has no key `{key}`{hint}; `countersign config show` lists those it has")]
    Unknown {
        /// The key, with its section.
        key: String,
        /// What may have been meant.
        hint: String,
    },
    /// A value that cannot be.
    #[error("`{key}` cannot be {value:?}: {reason}")]
    Value {
        /// The key, with its section.
        key: &'static str,
        /// What it was set to.
        value: String,
        /// What to change.
        reason: String,
    },
}

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub mail: Mail,
    pub request: RequestSettings,
    pub letters: Letters,
    pub sign_in: SignIn,
    pub shares: Shares,
    pub authzen: Authzen,
    pub eluvio: Eluvio,
    pub limits: Limits,
    pub retention: Retention,
    pub log: Log,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: Url,
    #[serde(deserialize_with = "path_or_none")]
    pub key_file: Option<PathBuf>,
    pub workers: usize,
    pub trusted_proxies: Vec<IpAddr>,
    pub public_metrics: bool,
    pub stop_within: Span,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Database {
    pub url: String,
    pub connections: u32,
    pub statement_cache: bool,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("url", &without_password(&self.url))
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

/// How letters leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub enum TransportKind {
    Smtp,
    File,
    Capture,
}

/// How the conversation with the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub enum Tls {
    Starttls,
    Implicit,
    None,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Mail {
    pub transport: TransportKind,
    pub from: String,
    pub directory: PathBuf,
    pub connections: usize,
    pub smtp: Smtp,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    #[serde(deserialize_with = "path_or_none")]
    pub ca_file: Option<PathBuf>,
    #[serde(deserialize_with = "text_or_none")]
    pub username: Option<String>,
    #[serde(deserialize_with = "path_or_none")]
    pub password_file: Option<PathBuf>,
    pub timeout: Span,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct RequestSettings {
    pub ttl: Span,
    pub max_ttl: Span,
}

/// Who gets a receipt for having asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub enum Receipt {
    Pages,
    Always,
    Never,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Letters {
    pub receipt: Receipt,
    pub remind_at_half: bool,
    pub remind_before_end: Span,
    pub ends_soon: Vec<Span>,
    pub ended: bool,
    pub renewal_grace: Span,
    pub summary_hour: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct SignIn {
    pub oidc: Vec<Oidc>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Shares {
    pub open_claim: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Authzen {
    pub actions: Actions,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Actions {
    pub view: Vec<String>,
    pub edit: Vec<String>,
    pub contribute: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Eluvio {
    #[serde(deserialize_with = "text_or_none")]
    pub space_id: Option<String>,
    pub network: String,
    pub network_id: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Limits {
    pub target_letters: u32,
    pub target_letter_every: Span,
    pub initiator_hourly: u32,
    pub initiator_daily: u32,
    pub app_daily: u32,
    pub news_letters: u32,
    pub news_letter_every: Span,
    pub redeem_per_minute: u32,
    pub bad_tokens_per_hour: u32,
    pub sign_ins: u32,
    pub hashing_slots: usize,
    pub body_bytes: usize,
    pub listed_shares: i64,
    pub write_queue: usize,
    pub captured_letters: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Retention {
    pub grace: Span,
    pub purge_every: Span,
    pub batch: i64,
    pub idempotency: Span,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.toml is the documentation of every key")]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

/// A length of time, written as a number and a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(Duration);

impl Span {
    /// For timers.
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// For arithmetic with moments.
    pub fn delta(self) -> TimeDelta {
        TimeDelta::from_std(self.0).unwrap_or(TimeDelta::MAX)
    }

    /// Reads `90s`, `15m`, `12h`, `7d`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (number, seconds) = match text.char_indices().next_back()? {
            (at, 's') => (text.get(..at)?, 1),
            (at, 'm') => (text.get(..at)?, 60),
            (at, 'h') => (text.get(..at)?, 3_600),
            (at, 'd') => (text.get(..at)?, 86_400),
            _ => return None,
        };
        let number: u64 = number.parse().ok()?;
        Some(Self(Duration::from_secs(number.checked_mul(seconds)?)))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let problem =
            || format!("{text:?} is no length of time; write a number and a unit, like \"90s\", \"15m\", \"12h\" or \"7d\"");
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(problem()))
    }
}

impl Config {
    /// The defaults.
    pub fn defaults() -> Result<Self, ConfigError> {
        Self::build(None, std::iter::empty())
    }

    /// The defaults, then `file`, then this process's environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = file.map(|path| {
            std::fs::read_to_string(path)
                .map_err(|e| ConfigError::Unreadable { path: path.display().to_string(), reason: e.to_string() })
        });
        Self::build(text.transpose()?.as_deref(), std::env::vars())
    }

    /// The defaults, then the text of a file, then variables.
    pub fn build(file: Option<&str>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let table = merged(file, variables)?;
        let config: Self = Value::Table(table).try_into().map_err(|e: toml::de::Error| ConfigError::Syntax(e.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// Each key and its value in force, a line each, without secrets.
    pub fn show(file: Option<&Path>) -> Result<String, ConfigError> {
        let text = file.map(std::fs::read_to_string).transpose().map_err(|e| ConfigError::Syntax(e.to_string()))?;
        let mut table = merged(text.as_deref(), std::env::vars())?;
        if let Some(url) = table.get_mut("database").and_then(|section| section.get_mut("url"))
            && let Some(shown) = url.as_str().map(without_password)
        {
            *url = Value::String(shown);
        }
        let providers = table.get_mut("sign_in").and_then(|section| section.get_mut("oidc")).and_then(Value::as_array_mut);
        for secret in providers.into_iter().flatten().filter_map(|provider| provider.get_mut("client_secret")) {
            *secret = Value::String("…".into());
        }
        toml::to_string(&table).map_err(|e| ConfigError::Syntax(e.to_string()))
    }

    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |key, value: &dyn fmt::Display, reason: &str| {
            Err(ConfigError::Value { key, value: value.to_string(), reason: reason.to_owned() })
        };
        let url = &self.server.public_url;
        if !matches!(url.scheme(), "http" | "https")
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
        {
            return refuse("server.public_url", url, "it is an http or https URL without user, query and fragment");
        }
        if self.mail.transport == TransportKind::Capture && !self.server.listen.ip().is_loopback() {
            return refuse(
                "mail.transport",
                &"capture",
                "the mailbox holds live links, so it is only for a daemon that listens to this machine alone; \
                 set mail.transport to smtp, or server.listen to 127.0.0.1",
            );
        }
        if self.mail.transport == TransportKind::Smtp && self.mail.smtp.tls == Tls::None && !is_local(&self.mail.smtp.host) {
            return refuse(
                "mail.smtp.tls",
                &"none",
                "letters carry links that open access, so they leave this machine by TLS only",
            );
        }
        if self.mail.smtp.username.is_some() != self.mail.smtp.password_file.is_some() {
            return refuse(
                "mail.smtp.username",
                &self.mail.smtp.username.as_deref().unwrap_or_default(),
                "it goes with mail.smtp.password_file: set both or none",
            );
        }
        if !(1..=10_000).contains(&self.limits.listed_shares) {
            return refuse("limits.listed_shares", &self.limits.listed_shares, "it is 1 to 10000");
        }
        let (least, ttl, most) = (Duration::from_mins(1), self.request.ttl.0, self.request.max_ttl.0);
        if ttl < least || most < ttl || most > Duration::from_hours(30 * 24) {
            return refuse(
                "request.ttl",
                &format!("{}s", ttl.as_secs()),
                "60s <= request.ttl <= request.max_ttl <= 30d must hold",
            );
        }
        if let Some(space) = &self.eluvio.space_id
            && !is_space_id(space)
        {
            return refuse("eluvio.space_id", space, "it is ispc and 20 bytes in base58, or empty for one made of public_url");
        }
        if self.database.connections == 0 || self.mail.connections == 0 || self.limits.hashing_slots == 0 {
            return refuse("database.connections", &0, "connections and slots are at least 1");
        }
        if self.mail.connections > 1_000 {
            return refuse(
                "mail.connections",
                &self.mail.connections,
                "at most 1000: a mail server takes no more from one client",
            );
        }
        let Actions { view, edit, contribute } = &self.authzen.actions;
        let mut names: Vec<&String> = view.iter().chain(edit).chain(contribute).collect();
        names.sort_unstable();
        if let Some(name) = names.windows(2).find_map(|pair| pair.first().filter(|first| pair.last() == Some(first))) {
            return refuse("authzen.actions", name, "an action takes one level: name it once");
        }
        if self.letters.summary_hour > 24 {
            return refuse("letters.summary_hour", &self.letters.summary_hour, "it is an hour from 0 to 23, or 24 for never");
        }
        if self.letters.ends_soon.len() > 4 || self.letters.ends_soon.iter().any(|span| span.0 > ENDS_SOON_MOST) {
            return refuse(
                "letters.ends_soon",
                &self.letters.ends_soon.len(),
                "at most four lengths of time, of 90 days at most",
            );
        }
        if self.letters.renewal_grace.0 > ENDS_SOON_MOST {
            return refuse("letters.renewal_grace", &self.letters.renewal_grace.0.as_secs(), "at most 90 days");
        }
        oidc::check(&self.sign_in.oidc)?;
        if self.retention.batch < 1 {
            return refuse("retention.batch", &self.retention.batch, "a batch has at least one row");
        }
        Ok(())
    }
}

/// As Eluvio's clients take it apart: they decode what follows `ispc`.
fn is_space_id(text: &str) -> bool {
    text.strip_prefix("ispc").is_some_and(|body| bs58::decode(body).into_vec().is_ok_and(|bytes| bytes.len() == 20))
}

/// The three layers on top of each other, not yet typed.
fn merged(file: Option<&str>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Table, ConfigError> {
    let syntax = |e: toml::de::Error| ConfigError::Syntax(e.to_string());
    let mut table: Table = MANUAL.parse().map_err(syntax)?;
    if let Some(file) = file {
        overlay(&mut table, file.parse().map_err(syntax)?, "")?;
    }
    for (name, value) in variables {
        if let Some(path) = name.strip_prefix(PREFIX) {
            let keys: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
            set(&mut table, &keys, &value).ok_or_else(|| unknown(&keys.join("."), &table, &format!(" (from {name})")))?;
        }
    }
    Ok(table)
}

fn overlay(under: &mut Table, over: Table, path: &str) -> Result<(), ConfigError> {
    for (key, value) in over {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let Some(place) = under.get_mut(&key) else {
            return Err(unknown(&full, under, ""));
        };
        match (place, value) {
            (Value::Table(under), Value::Table(over)) => overlay(under, over, &full)?,
            (place, value) => *place = value,
        }
    }
    Ok(())
}

/// Sets what `keys` leads to, read as the type that the default has. None where it leads to no key.
fn set(table: &mut Table, keys: &[String], text: &str) -> Option<()> {
    let (first, rest) = keys.split_first()?;
    let place = table.get_mut(first)?;
    match place {
        Value::Table(inner) => return set(inner, rest, text),
        _ if !rest.is_empty() => return None,
        Value::Integer(_) => *place = text.parse().map_or_else(|_| Value::String(text.into()), Value::Integer),
        Value::Boolean(_) => *place = text.parse().map_or_else(|_| Value::String(text.into()), Value::Boolean),
        // A list of more than words is written as it is in a file.
        Value::Array(_) if text.trim_start().starts_with('[') => {
            let whole: Option<Table> = format!("list = {}", text.trim()).parse().ok();
            *place = whole.and_then(|mut whole| whole.remove("list")).unwrap_or_else(|| Value::String(text.into()));
        }
        Value::Array(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            *place = items.map(|item| Value::String(item.into())).collect::<Vec<_>>().into();
        }
        _ => *place = Value::String(text.into()),
    }
    Some(())
}

fn unknown(key: &str, table: &Table, from: &str) -> ConfigError {
    let last = key.rsplit('.').next().unwrap_or(key);
    let near =
        table.keys().find(|known| known.starts_with(last) || last.starts_with(known.as_str()) || strip(known) == strip(last));
    let hint = near.map_or_else(|| from.to_owned(), |near| format!("{from} (did you mean `{near}`?)"));
    ConfigError::Unknown { key: key.to_owned(), hint }
}

fn strip(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Whether a host name or address is this machine.
pub fn is_local(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A database URL as it may be shown.
fn without_password(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let _ = parsed.set_password(Some("…"));
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}

fn text_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(String::deserialize(deserializer)?).filter(|text| !text.is_empty()))
}

fn path_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    Ok(text_or_none(deserializer)?.map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::build(Some(file), variables).map_err(|e| e.to_string())
    }

    #[test]
    fn the_environment_lies_over_the_file_and_the_file_over_the_manual() -> Result<(), String> {
        let config = build("[request]\nttl = \"2d\"\n[mail.smtp]\nport = 25", &[("COUNTERSIGN__MAIL__SMTP__PORT", "2525")])?;
        assert_eq!(config.request.ttl.delta(), TimeDelta::days(2));
        assert_eq!(config.mail.smtp.port, 2525);
        assert_eq!(config.request.max_ttl.delta(), TimeDelta::days(30));
        Ok(())
    }

    #[test]
    fn a_key_that_the_manual_does_not_know_is_refused_with_what_may_have_been_meant() {
        let problem = build("[server]\npublicurl = \"http://a.example\"", &[]);
        assert!(problem.is_err_and(|text| text.contains("server.publicurl") && text.contains("`public_url`")));
        assert!(build("", &[("COUNTERSIGN__SERVER__PORT", "1")]).is_err_and(|text| text.contains("COUNTERSIGN__SERVER__PORT")));
    }

    #[test]
    fn a_mailbox_on_a_public_address_is_refused() {
        let problem = build("[server]\nlisten = \"0.0.0.0:80\"", &[]);
        assert!(problem.is_err_and(|text| text.contains("mail.transport")));
    }

    #[test]
    fn a_space_id_that_clients_could_not_take_apart_is_refused() {
        let with = |id: &str| build(&format!("[eluvio]\nspace_id = {id:?}"), &[]).map(|config| config.eluvio.space_id);
        let known = "ispc3ANoVSzNA3P6t7abLR69ho5YPPZU";
        assert_eq!(with(known), Ok(Some(known.to_owned())));
        assert_eq!(with(""), Ok(None));
        for odd in ["ispc", "3ANoVSzNA3P6t7abLR69ho5YPPZU", "ispc3ANoVSzNA3P6t7abLR69ho5YPPZ0", "ispc3ANo"] {
            assert!(with(odd).is_err_and(|text| text.contains("eluvio.space_id")), "{odd}");
        }
    }

    #[test]
    fn an_action_takes_one_level() {
        let problem = build("[authzen.actions]\nview = [\"read\", \"peek\"]\nedit = [\"peek\"]\ncontribute = []", &[]);
        assert!(problem.is_err_and(|text| text.contains("authzen.actions") && text.contains("peek")));
        let config = build("[authzen.actions]\nview = [\"GET\"]", &[("COUNTERSIGN__AUTHZEN__ACTIONS__EDIT", "PUT, PATCH")]);
        assert!(config.is_ok_and(|config| config.authzen.actions.edit == ["PUT", "PATCH"]));
    }

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(without_password("postgres://u:secret@h/d"), "postgres://u:%E2%80%A6@h/d");
    }
}
