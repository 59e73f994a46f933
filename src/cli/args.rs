//! Parses arguments, so that invalid ones are refused before anything is opened.

use std::str::FromStr;

use chrono_tz::Tz;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use unic_langid::LanguageIdentifier;

use crate::config::Config;
use crate::domain::{Level, ResourceKind, Scope};
use crate::http::base_path::{path_of, within};
use crate::workflow::accounts;

/// A resource's URI. The path of `public_url` is removed from URIs of this instance's bundles and people, as the APIs do, so
/// that they are refused below a path too.
pub(super) fn uri(config: &Config, text: &str) -> String {
    let ours = within(path_of(config), text);
    if accounts::is_of_ours(ours) { ours.to_owned() } else { text.to_owned() }
}

/// An id of a row.
pub(super) fn id(text: &str) -> Result<i64, String> {
    let problem = || "write the number that stands as `id` in what the command `list` prints, like 12".to_owned();
    text.trim_start_matches('#').parse().ok().filter(|id| *id > 0).ok_or_else(problem)
}

pub(super) fn locale(text: &str) -> Result<String, String> {
    let problem = || "write a language as in BCP 47, like en, de or fr-CH".to_owned();
    text.parse::<LanguageIdentifier>().map(|id| id.to_string()).map_err(|_| problem())
}

pub(super) fn time_zone(text: &str) -> Result<String, String> {
    let problem = || "write a time zone's name, like Europe/Zurich or UTC".to_owned();
    Tz::from_str(text).map(|zone| zone.name().to_owned()).map_err(|_| problem())
}

pub(super) fn eth_address(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let digits = digits.filter(|digits| digits.len() == 40 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    digits.map(|digits| format!("0x{}", digits.to_ascii_lowercase())).ok_or_else(|| "write 0x and 40 hexadecimal digits".into())
}

pub(super) fn tenant(text: &str) -> Result<String, String> {
    let is_one = text
        .strip_prefix("iten")
        .is_some_and(|rest| !rest.is_empty() && rest.len() <= 64 && rest.bytes().all(|b| b.is_ascii_alphanumeric()));
    if is_one { Ok(text.to_owned()) } else { Err("write a tenant contract's id: iten and letters and digits".into()) }
}

pub(super) fn level() -> impl TypedValueParser<Value = Level> {
    one_of(Level::ALL, Level::as_str, Level::parse)
}

pub(super) fn kind() -> impl TypedValueParser<Value = ResourceKind> {
    one_of(ResourceKind::ALL, ResourceKind::as_str, ResourceKind::parse)
}

pub(super) fn scope() -> impl TypedValueParser<Value = Scope> {
    one_of(Scope::ALL, Scope::as_str, Scope::parse)
}

/// A closed set of values, which the help lists and a shell completes.
fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    word: fn(T) -> &'static str,
    parse: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    let words = PossibleValuesParser::new(all.iter().map(move |one| word(*one)));
    words.try_map(move |text| parse(&text).ok_or("no word that there is"))
}
