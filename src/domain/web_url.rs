//! The URLs of links in our emails. A URL is accepted only if every program reads it in the same way: we check the parsed URL,
//! but mail programs and browsers read the text.

use std::fmt;

use url::{Host, Url};

/// The longest URL, in bytes.
pub const URL_BYTES: usize = 500;

/// Why a URL is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Over [`URL_BYTES`].
    #[error("at most {URL_BYTES} bytes")]
    TooLong,
    /// Characters that URL parsers drop or change.
    #[error("ASCII without blanks, line breaks, quotes and backslashes; write others as %XX")]
    Characters,
    #[error("a whole URL, like https://app.example/redeem")]
    NotWhole,
    /// Not https, except on this machine.
    #[error("https (http only to this machine)")]
    Scheme,
    /// A host that no machine has.
    #[error("a host of letters, digits, dots and hyphens: nothing stands for several hosts, so name each")]
    Host,
    /// User information or a fragment.
    #[error("without a user, a password and a fragment")]
    Extras,
    /// Text that programs read in different ways.
    #[error("{0}")]
    Inexact(Exact),
    /// A path that some web servers read as leaving its folder.
    #[error("without `%2e`, `%2f`, `%5c` and `;` in a part of the path that has two dots: some servers read it as `..`")]
    Climbs,
    /// A query parameter with the name that the email adds.
    #[error("without a parameter `token`: the email adds that")]
    Token,
    #[error("a prefix has no query")]
    Query,
}

/// The text that all programs read in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact(String);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "write it as browsers read it: {}", self.0)
    }
}

/// Parses a `redeem_url`, the page of an email's link. [`is_under`] decides whether the link may lead there.
pub fn redeem_url(text: &str) -> Result<Url, BadUrl> {
    let url = page(text)?;
    if url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("token")) {
        return Err(BadUrl::Token);
    }
    Ok(url)
}

/// Parses the prefix of a key's `redeem_url`s: an origin and a path.
pub fn redeem_prefix(text: &str) -> Result<Url, BadUrl> {
    let url = page(text)?;
    if url.query().is_some() { Err(BadUrl::Query) } else { Ok(url) }
}

/// Whether a URL is at a prefix or below it: the same origin, and a path that equals the prefix's or continues it after a
/// slash.
pub fn is_under(url: &Url, prefix: &Url) -> bool {
    let rest = url.path().strip_prefix(prefix.path().trim_end_matches('/'));
    url.origin() == prefix.origin() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn page(text: &str) -> Result<Url, BadUrl> {
    if text.len() > URL_BYTES {
        return Err(BadUrl::TooLong);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>`".contains(&byte)) {
        return Err(BadUrl::Characters);
    }
    let url = Url::parse(text).map_err(|_| BadUrl::NotWhole)?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return Err(BadUrl::Scheme);
    }
    if url.domain().is_some_and(|name| !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))) {
        return Err(BadUrl::Host);
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(BadUrl::Extras);
    }
    // `https:host/path` is relative to the page that contains it, and `https://HOST:443` and `/a/../b` are other spellings of
    // one URL.
    if url.as_str() != text && url.as_str().strip_suffix('/') != Some(text) {
        return Err(BadUrl::Inexact(Exact(url.into())));
    }
    if url.path().split('/').any(climbs) { Err(BadUrl::Climbs) } else { Ok(url) }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Whether a segment has two dots and something that nginx, IIS or Tomcat read as its end, encoded once or more often.
fn climbs(part: &str) -> bool {
    let mut part = part.to_ascii_lowercase();
    while part.contains("%25") {
        part = part.replace("%25", "%");
    }
    let has_two_dots = part.replace("%2e", ".").contains("..");
    has_two_dots && ["%2e", "%2f", "%5c", ";"].iter().any(|mark| part.contains(mark))
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn a_redeem_url_is_accepted_only_in_its_canonical_spelling() {
        for text in [
            "https://app.example",
            "https://app.example/",
            "https://app.example/cb/here?study=7&name=%C3%A9",
            "https://app.example/cb/a..b/v1.2/;x=1/a%2eb",
            "https://app.example:8443/cb?",
            "http://localhost:8080/redeem",
            "http://127.0.0.1/redeem",
            "http://[::1]:8080/redeem",
        ] {
            assert_eq!(
                redeem_url(text).map(|url| url.as_str().trim_end_matches('/').to_owned()),
                Ok(text.trim_end_matches('/').into())
            );
        }
        for text in [
            "https:app.example/cb",
            "https:/app.example/cb",
            "https:///app.example/cb",
            "http:127.0.0.1:8080/redeem",
            "http:/127.0.0.1:8080/redeem",
            "https://APP.example/cb",
            "HTTPS://app.example/cb",
            "https://app.example:443/cb",
            "https://app.example/cb/../cb",
            "https://app.example/cb/./x",
            "https://app.example/cb/%2e%2e/x",
            "https://app.example?x=1",
            "https://app.example:/cb",
            "https://@app.example/cb",
            "http://0x7f.1/redeem",
            "http://2130706433/redeem",
            "https://app.example/cb//",
        ] {
            let read = redeem_url(text);
            let is_inexact = matches!(read, Err(BadUrl::Inexact(_)));
            assert!(is_inexact || text.ends_with("//") && read.is_ok(), "{text}: {read:?}");
        }
    }

    #[test]
    fn no_segment_of_a_path_leaves_the_prefix_on_any_server() {
        for path in [
            "/cb/%2e%2e%2fx",
            "/cb/..%2fx",
            "/cb/..%2Fx",
            "/cb/..%5cx",
            "/cb/..;/x",
            "/cb/..;a=b/x",
            "/cb/%2E.;/x",
            "/cb/%252e%252e%252fx",
            "/cb/..%25252fx",
            "/cb/x%2f..%2f..",
        ] {
            assert_eq!(redeem_url(&format!("https://app.example{path}")), Err(BadUrl::Climbs), "{path}");
        }
    }

    #[test]
    fn a_prefix_covers_whole_segments_of_a_path() {
        let is_under = |text, prefix| is_under(&redeem_url(text).unwrap(), &redeem_prefix(prefix).unwrap());
        for (text, prefix) in [
            ("https://app.example/cb", "https://app.example/cb"),
            ("https://app.example/cb/x?y=1", "https://app.example/cb/"),
            ("https://app.example", "https://app.example"),
            ("https://app.example/any", "https://app.example/"),
        ] {
            assert!(is_under(text, prefix), "{text} {prefix}");
        }
        for (text, prefix) in [
            ("https://app.example/cbx", "https://app.example/cb"),
            ("https://app.example.evil.example/cb", "https://app.example/cb"),
            ("https://app.example:8443/cb", "https://app.example/cb"),
            ("https://app.example/", "https://app.example/cb"),
        ] {
            assert!(!is_under(text, prefix), "{text} {prefix}");
        }
        for prefix in [
            "http://evil.example/",
            "https://*.app.example/",
            "https:app.example",
            "https://app.example/?a",
            "https://a@app.example/",
            "app.example",
        ] {
            assert!(redeem_prefix(prefix).is_err(), "{prefix}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_url_parses_to_itself_and_stays_below_its_prefix(text in r"(https?:/{0,3})?([a-zA-Z.]{1,9}|127\.0\.0\.1)(:[0-9]{0,3})?(/(\.|%2[eEfF]|%5[cC]|%25|;|[a-c]){0,6}){0,4}(\?[a-z=&]{0,5})?") {
            if let Ok(url) = redeem_url(&text) {
                prop_assert_eq!(url.as_str().trim_end_matches('/'), text.trim_end_matches('/'));
                prop_assert!(text.starts_with("https://") || text.starts_with("http://"));
                // However often it is decoded, no segment between slashes is `..`.
                let mut path = url.path().to_ascii_lowercase();
                for _ in 0..4 {
                    path = path.replace("%25", "%").replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
                }
                prop_assert!(!path.split(['/', ';']).any(|part| part == ".."), "{}", path);
            }
        }
    }
}
