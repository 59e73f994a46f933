//! The sections as types. `config.toml` is the documentation of every key.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;
use serde::Deserialize;
use url::Url;

use super::{Instance, Oidc, Span, parse, without_password};

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub instance: Instance,
    pub database: Database,
    pub mail: Mail,
    pub request: RequestSettings,
    pub letters: Emails,
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
pub struct Server {
    #[serde(deserialize_with = "parse::listen")]
    pub listen: SocketAddr,
    #[serde(deserialize_with = "parse::public_url")]
    pub public_url: Url,
    #[serde(deserialize_with = "parse::path_or_none")]
    pub key_file: Option<PathBuf>,
    pub workers: usize,
    #[serde(deserialize_with = "parse::proxies")]
    pub trusted_proxies: Vec<IpNet>,
    #[serde(deserialize_with = "parse::hosts")]
    pub allowed_hosts: Vec<String>,
    #[serde(deserialize_with = "parse::origins")]
    pub cors_origins: Vec<String>,
    pub public_metrics: bool,
    pub stop_within: Span,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// How emails leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    Smtp,
    File,
    Capture,
}

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    Starttls,
    Implicit,
    None,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub transport: TransportKind,
    pub from: String,
    pub directory: PathBuf,
    pub connections: usize,
    pub smtp: Smtp,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    #[serde(deserialize_with = "parse::path_or_none")]
    pub ca_file: Option<PathBuf>,
    #[serde(deserialize_with = "parse::text_or_none")]
    pub username: Option<String>,
    #[serde(deserialize_with = "parse::path_or_none")]
    pub password_file: Option<PathBuf>,
    pub timeout: Span,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestSettings {
    pub ttl: Span,
    pub max_ttl: Span,
}

/// Which requesters get an email that confirms their request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Receipt {
    Pages,
    Always,
    Never,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emails {
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
pub struct SignIn {
    pub oidc: Vec<Oidc>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    pub open_claim: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authzen {
    pub actions: Actions,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actions {
    pub view: Vec<String>,
    pub edit: Vec<String>,
    pub contribute: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eluvio {
    #[serde(deserialize_with = "parse::text_or_none")]
    pub space_id: Option<String>,
    pub network: String,
    pub network_id: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub target_letters: u32,
    pub target_letter_every: Span,
    pub target_letters_in_all: u32,
    pub initiator_hourly: u32,
    pub initiator_daily: u32,
    pub app_daily: u32,
    pub changes_hourly: u32,
    pub app_changes_hourly: u32,
    pub new_people_hourly: u32,
    pub app_new_people_hourly: u32,
    pub domain_hourly: u32,
    #[serde(deserialize_with = "parse::domains")]
    pub own_domains: Arc<[String]>,
    pub news_letters: u32,
    pub news_letter_every: Span,
    pub redeem_per_minute: u32,
    pub bad_tokens_per_hour: u32,
    pub sign_ins: u32,
    pub sign_ins_per_peer: u32,
    pub codes_per_peer: u32,
    pub hashing_slots: usize,
    pub body_bytes: usize,
    pub listed_shares: i64,
    pub write_queue: usize,
    pub captured_letters: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    pub grace: Span,
    pub purge_every: Span,
    pub batch: i64,
    pub idempotency: Span,
}

/// The format of a line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}
