//! How single values are read, where their type's own words would not say what to write.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

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

pub(super) fn text_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(String::deserialize(deserializer)?).filter(|text| !text.is_empty()))
}

pub(super) fn path_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    Ok(text_or_none(deserializer)?.map(PathBuf::from))
}
