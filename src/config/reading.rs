//! How single values are read, where their type's own words would not say what to write.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use toml::Value;
use url::Url;

pub(super) fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    const HOW: &str = "write an address of this machine and a port, like \"127.0.0.1:8080\"; \"0.0.0.0:8080\" or \"[::]:8080\" \
                       listens to everybody";
    let value = Value::deserialize(deserializer)?;
    value.as_str().and_then(|text| text.trim().parse().ok()).ok_or_else(|| D::Error::custom(HOW))
}

/// A slash at its end means nothing, so that two who write it differently mean the same.
pub(super) fn public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    const HOW: &str = "write what browsers reach the daemon by, like \"https://access.example.org\"";
    let value = Value::deserialize(deserializer)?;
    let url = value.as_str().and_then(|text| Url::parse(text.trim()).ok()).filter(Url::has_host);
    let mut url = url.ok_or_else(|| D::Error::custom(HOW))?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

pub(super) fn proxies<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpAddr>, D::Error> {
    const HOW: &str = "write the address of each proxy, like [\"127.0.0.1\", \"10.0.0.2\"]; names and networks are not taken";
    let wrong = || D::Error::custom(HOW);
    let value = Value::deserialize(deserializer)?;
    let address = |item: &Value| item.as_str().and_then(|text| text.trim().parse().ok()).ok_or_else(wrong);
    value.as_array().ok_or_else(wrong)?.iter().map(address).collect()
}

/// In the form that they have in a stored address, to be compared with those.
pub(super) fn domains<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<[String]>, D::Error> {
    const HOW: &str = "write each domain as it stands behind the @ of an address, like [\"example.org\", \"mail.example.org\"]";
    let wrong = |item: &Value| D::Error::custom(format!("{item} is no mail domain; {HOW}"));
    let value = Value::deserialize(deserializer)?;
    let items = value.as_array().ok_or_else(|| D::Error::custom(HOW))?;
    items.iter().map(|item| item.as_str().and_then(mail_domain).ok_or_else(|| wrong(item))).collect()
}

/// As `domain::Address` reads what stands behind its `@`.
fn mail_domain(text: &str) -> Option<String> {
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
