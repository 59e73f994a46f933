//! The CSRF checks of every form: whether it comes from our site, and from a page that was shown to this browser.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::config::Config;
use crate::secret::digest;

const FETCH_SITE: &str = "sec-fetch-site";

/// A form's CSRF token: derived from the secret in the session cookie (or the visit cookie, when signed out), which pages of
/// other sites cannot read.
pub(super) fn csrf_token(seed: &str) -> String {
    URL_SAFE_NO_PAD.encode(keyed(seed).finalize().into_bytes())
}

/// Whether a form's CSRF token belongs to this browser, compared in constant time.
pub(super) fn is_csrf_token(seed: &str, token: &str) -> bool {
    URL_SAFE_NO_PAD.decode(token).is_ok_and(|token| keyed(seed).verify_slice(&token).is_ok())
}

fn keyed(seed: &str) -> Hmac<Sha256> {
    // HMAC pads a short key with zeros (RFC 2104); the type here needs the whole block.
    let mut key = [0; 64];
    let (head, _) = key.split_at_mut(32);
    head.copy_from_slice(&digest(&[seed.as_bytes()]));
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&key.into());
    mac.update(b"countersign form 1");
    mac
}

/// Whether the browser says that another site sent the form. Under our `Referrer-Policy: no-referrer` browsers send `Origin:
/// null` from our own pages too (Fetch standard, "append a request Origin header"), so that value alone proves nothing.
/// `Sec-Fetch-Site` does, and the CSRF token decides in any case.
pub(super) fn is_from_elsewhere(request: &HttpRequest, config: &Config) -> bool {
    let headers = request.headers();
    let own = config.server.public_url.origin().ascii_serialization();
    let is_foreign_origin = all(headers, header::ORIGIN.as_str()).any(|origin| origin != "null" && origin != own);
    let is_foreign_site = all(headers, FETCH_SITE).any(|site| !matches!(site, "same-origin" | "none"));
    is_foreign_origin || is_foreign_site
}

/// Whether a browser opened the page under a name other than `public_url`'s: `localhost`, the machine's own name, http for
/// https. Then its `Origin` and `Host` agree, while a page of another site has its own name in the one and ours in the other.
pub(super) fn is_by_another_name(request: &HttpRequest, config: &Config) -> bool {
    let headers = request.headers();
    let own = config.server.public_url.origin().ascii_serialization();
    let (Some(origin), Some(host)) = (one(headers, header::ORIGIN.as_str()), one(headers, header::HOST.as_str())) else {
        return false;
    };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    origin != own && authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

/// The value of a header that is there once.
fn one<'a>(headers: &'a HeaderMap, name: &'static str) -> Option<&'a str> {
    let mut values = all(headers, name);
    values.next().filter(|_| values.next().is_none())
}

/// A header's values; one that is not text becomes a value that matches nothing.
fn all<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).map(|value| value.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_csrf_token_is_valid_for_its_own_browser_only() {
        assert!(is_csrf_token("css_abc", &csrf_token("css_abc")));
        for (seed, token) in [("css_abd", csrf_token("css_abc")), ("css_abc", String::new()), ("css_abc", "AAAA".into())] {
            assert!(!is_csrf_token(seed, &token));
        }
    }

    #[test]
    fn another_name_of_this_site_is_distinguished_from_another_site() {
        let config = Config::build(Some("[server]\npublic_url = \"https://cs.example\""), []).unwrap();
        for (origin, host, is_other) in [
            ("http://localhost:8080", "localhost:8080", true),
            ("http://cs.example", "cs.example", true),
            ("https://www.cs.example", "WWW.cs.example", true),
            ("https://cs.example", "cs.example", false),
            ("https://evil.example", "cs.example", false),
            ("null", "cs.example", false),
            ("null", "null", false),
        ] {
            let request = TestRequest::post().insert_header(("origin", origin)).insert_header(("host", host)).to_http_request();
            assert_eq!(is_by_another_name(&request, &config), is_other, "{origin} {host}");
        }
    }

    #[test]
    fn a_cross_site_form_is_detected_by_origin_or_fetch_site() {
        let config = Config::build(Some("[server]\npublic_url = \"https://cs.example\""), []).unwrap();
        for (headers, is_foreign) in [
            (&[][..], false),
            (&[("origin", "https://cs.example")], false),
            (&[("origin", "null"), ("sec-fetch-site", "same-origin")], false),
            (&[("origin", "https://cs.example.evil.example")], true),
            (&[("origin", "http://cs.example")], true),
            (&[("origin", "https://cs.example:444")], true),
            (&[("origin", "null"), ("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
        ] {
            let request = headers.iter().fold(TestRequest::post(), |request, header| request.insert_header(*header));
            assert_eq!(is_from_elsewhere(&request.to_http_request(), &config), is_foreign, "{headers:?}");
        }
    }
}
