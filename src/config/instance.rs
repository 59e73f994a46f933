//! `[instance]`: who runs this installation, as pages and emails show it.

use std::fs;
use std::path::Path;

use chrono_tz::Tz;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use url::{Host, Url};

use super::sources::Layers;
use super::{Logo, is_local, parse};
use crate::theme::{Colour, TEXT_CONTRAST, Theme, TooFaint};

/// The limit of characters of the name, which stands in titles and in the bar of a phone.
const NAME_CHARS: usize = 60;
/// The languages of `templates/locales`.
pub const LANGUAGES: [&str; 3] = ["de", "en", "fr"];

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// Never empty: without a configured name it is the host of `server.public_url`.
    #[serde(deserialize_with = "name")]
    pub name: String,
    #[serde(deserialize_with = "logo")]
    pub logo: Option<Logo>,
    #[serde(rename = "accent", deserialize_with = "theme")]
    pub theme: Theme,
    #[serde(deserialize_with = "support_address")]
    pub support_address: Option<String>,
    #[serde(deserialize_with = "web_page")]
    pub privacy_url: Option<Url>,
    #[serde(deserialize_with = "web_page")]
    pub imprint_url: Option<Url>,
    pub language: String,
    #[serde(deserialize_with = "time_zone")]
    pub time_zone: Tz,
}

impl Instance {
    /// Names the instance after the host of `public_url`, or Countersign on this machine alone.
    pub(super) fn name_after(&mut self, public_url: &Url) {
        if self.name.is_empty() {
            let host = public_url.host_str().filter(|host| !is_local(host));
            host.unwrap_or("Countersign").clone_into(&mut self.name);
        }
    }

    /// The logo, with width and height, if emails contain it. The others begin with the name.
    pub fn logo_in_emails(&self) -> Option<(&Logo, (u32, u32))> {
        self.logo.as_ref().and_then(|logo| Some((logo, logo.size_in_emails()?)))
    }
}

pub(super) fn check(instance: &Instance, layers: &mut Layers) {
    if !LANGUAGES.contains(&instance.language.as_str()) {
        layers.refuse("instance.language", format!("write one of {}", LANGUAGES.map(|tag| format!("\"{tag}\"")).join(", ")));
    }
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?.trim().to_owned();
    // Marks of direction would reorder the sentences around the name.
    let is_odd = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if name.chars().count() > NAME_CHARS || name.contains(is_odd) {
        return Err(D::Error::custom(format!("write one line of at most {NAME_CHARS} characters, like \"Example Hospital\"")));
    }
    Ok(name)
}

fn logo<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Logo>, D::Error> {
    let path = parse::path_or_none(deserializer)?;
    path.map(|path| read_logo(&path)).transpose().map_err(D::Error::custom)
}

fn read_logo(path: &Path) -> Result<Logo, String> {
    // A device or a pipe would never end.
    let about =
        fs::metadata(path).map_err(|error| format!("the file cannot be read ({error}); write the path of an SVG or PNG file"))?;
    if !about.is_file() {
        return Err("it is not a file; write the path of an SVG or PNG file".to_owned());
    }
    if about.len() > Logo::MOST_BYTES {
        return Err(format!("the file has {} bytes; at most {} are accepted", about.len(), Logo::MOST_BYTES));
    }
    let bytes = fs::read(path).map_err(|error| format!("the file cannot be read: {error}"))?;
    Logo::read(bytes).map_err(|refused| refused.to_string())
}

fn theme<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Theme, D::Error> {
    let Some(text) = parse::text_or_none(deserializer)? else { return Ok(Theme::default()) };
    let accent = Colour::parse(&text).ok_or_else(|| D::Error::custom("write a colour as \"#rrggbb\", like \"#0b5d57\""))?;
    Theme::with_accent(accent).map_err(|TooFaint { contrast, nearest }| {
        D::Error::custom(format!(
            "text in this colour, or white text on it, has a contrast of {contrast:.1}:1, and needs {TEXT_CONTRAST}:1; the nearest \
             colour that has it is \"{nearest}\""
        ))
    })
}

fn support_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(text) = parse::text_or_none(deserializer)? else { return Ok(None) };
    // Plain characters only, since the address is also part of a mailto link.
    let is_plain = |local: &str| local.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+'));
    let parts = text.split_once('@').filter(|(local, _)| !local.is_empty() && is_plain(local));
    let address = parts.and_then(|(local, domain)| Some(format!("{local}@{}", parse::mail_domain(domain)?)));
    address.map(Some).ok_or_else(|| D::Error::custom("write an email address, like \"help@example.org\""))
}

fn web_page<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let Some(text) = parse::text_or_none(deserializer)? else { return Ok(None) };
    let url = Url::parse(&text).ok().filter(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.username().is_empty()
            && url.password().is_none()
            && !matches!(url.host(), None | Some(Host::Domain("")))
    });
    url.map(Some).ok_or_else(|| D::Error::custom("write the http or https URL of a page, like \"https://example.org/privacy\""))
}

fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::custom("write the IANA name of a time zone, like \"Europe/Zurich\" or \"UTC\""))
}
