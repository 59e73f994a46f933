//! Parsers of single values, for types whose own errors would not say what to write.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use ipnet::IpNet;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use toml::Value;
use url::{Host, Url};

/// A text that `read` accepts, else the advice `how`.
fn text<'de, D: Deserializer<'de>, T>(deserializer: D, how: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    value.as_str().and_then(|text| read(text.trim())).ok_or_else(|| D::Error::custom(how))
}

/// A list of texts that `read` accepts, else the advice `how`.
fn list<'de, D: Deserializer<'de>, T>(deserializer: D, how: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let item = |item: &Value| item.as_str().and_then(|text| read(text.trim()));
    value.as_array().and_then(|items| items.iter().map(item).collect()).ok_or_else(|| D::Error::custom(how))
}

pub(super) fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    const HOW: &str = "write an address of this machine and a port, like \"127.0.0.1:8080\"; \"0.0.0.0:8080\" or \"[::]:8080\" \
                       listens to everybody";
    text(deserializer, HOW, |text| text.parse().ok())
}

/// Drops a slash at the end, so that both spellings are the same.
pub(super) fn public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    const HOW: &str = "write what browsers reach the daemon by, like \"https://access.example.org\"";
    let mut url = text(deserializer, HOW, |text| Url::parse(text).ok().filter(Url::has_host))?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Addresses and networks. An address becomes the network that contains only it.
pub(super) fn proxies<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    const HOW: &str = "write the address or the network of each proxy, like [\"127.0.0.1\", \"10.0.0.0/8\", \"fd00::/8\"]; names are \
                       not taken";
    list(deserializer, HOW, proxy)
}

fn proxy(text: &str) -> Option<IpNet> {
    let address = |text: &str| text.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
    address(text).or_else(|| text.parse().ok())
}

/// Names as in a Host header, without a port.
pub(super) fn hosts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    const HOW: &str = "write each name or address as it stands in a Host header, without scheme and port, like \
                       [\"access.internal\", \"10.0.0.5\"]; there is no wildcard";
    list(deserializer, HOW, host)
}

fn host(text: &str) -> Option<String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(match address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        });
    }
    let host = Host::parse(text).ok()?;
    // A pattern such as `*.example.org` would match nothing.
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    Some(host.to_string()).filter(|host| host.bytes().all(is_plain))
}

/// Origins as browsers send them (RFC 6454 §6.2).
pub(super) fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    const HOW: &str = "write each origin as browsers send it, scheme, host and perhaps port, like [\"https://app.example.org\"]; https, \
                       or http on this machine; there is no wildcard";
    list(deserializer, HOW, |text| is_origin(text).then(|| text.to_owned()))
}

fn is_origin(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_local = url.host_str().is_some_and(super::is_local);
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_local);
    is_safe && !text.contains('*') && url.origin().ascii_serialization() == text
}

/// Domains in the form that they have in a stored address, so that both can be compared.
pub(super) fn domains<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<[String]>, D::Error> {
    const HOW: &str = "write each domain as it stands behind the @ of an address, like [\"example.org\", \"mail.example.org\"]";
    let wrong = |item: &Value| D::Error::custom(format!("{item} is no mail domain; {HOW}"));
    let value = Value::deserialize(deserializer)?;
    let items = value.as_array().ok_or_else(|| D::Error::custom(HOW))?;
    items.iter().map(|item| item.as_str().and_then(mail_domain).ok_or_else(|| wrong(item))).collect()
}

/// Reads it as `domain::Address` reads the part after the `@`.
pub(super) fn mail_domain(text: &str) -> Option<String> {
    let domain = idna::domain_to_ascii_strict(text.trim()).ok()?;
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let ends_well = domain.split('.').next_back().is_some_and(|label| !is_number(label));
    (ends_well && (domain.contains('.') || domain == "localhost")).then_some(domain)
}

pub(super) fn text_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(String::deserialize(deserializer)?).filter(|text| !text.is_empty()))
}

pub(super) fn path_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    Ok(text_or_none(deserializer)?.map(PathBuf::from))
}

/// Longer ones would overflow when added to a moment.
const MOST: Duration = Duration::from_hours(36_500 * 24);

/// A length of time, written as a number and a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub(super) Duration);

impl Span {
    /// For timers.
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// For arithmetic with moments.
    pub fn delta(self) -> TimeDelta {
        TimeDelta::from_std(self.0).unwrap_or(TimeDelta::MAX)
    }

    /// Reads `90s`, `15m`, `12h`, `7d`; 100 years at most.
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
        let span = Duration::from_secs(number.checked_mul(seconds)?);
        (span <= MOST).then_some(Self(span))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const HOW: &str =
            "write a number and a unit in quotes, like \"90s\", \"15m\", \"12h\" or \"7d\", of 100 years (\"36500d\") at most";
        text(deserializer, HOW, Self::parse)
    }
}
