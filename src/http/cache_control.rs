//! How old a list may be for a client: what it says of it in `Cache-Control` (RFC 9111, section 5.2.1).

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{CACHE_CONTROL, PRAGMA};

/// The oldest that the client will have; none where it does not say.
pub fn of(request: &HttpRequest) -> Option<Duration> {
    let lines = |name| request.headers().get_all(name).filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(','));
    let mut directives = lines(CACHE_CONTROL).filter_map(read).peekable();
    if directives.peek().is_some() {
        return directives.min();
    }
    // Section 5.4: what clients of old say.
    lines(PRAGMA).any(|word| word.trim().eq_ignore_ascii_case("no-cache")).then_some(Duration::ZERO)
}

fn read(directive: &str) -> Option<Duration> {
    let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
    match name.trim() {
        name if name.eq_ignore_ascii_case("no-cache") => Some(Duration::ZERO),
        name if name.eq_ignore_ascii_case("max-age") => value.trim().trim_matches('"').parse().ok().map(Duration::from_secs),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_client_says_how_old_a_list_may_be_and_the_least_counts() {
        let of = |headers: &[(&'static str, &str)]| {
            let request = headers.iter().fold(TestRequest::default(), |request, header| request.append_header(*header));
            of(&request.to_http_request()).map(|age| age.as_secs())
        };
        for (value, age) in [
            ("no-cache", Some(0)),
            ("max-age=0", Some(0)),
            ("Max-Age = 5", Some(5)),
            ("max-age=\"5\"", Some(5)),
            ("no-transform, max-age=7, MAX-AGE=3", Some(3)),
            ("max-age=60, No-Cache", Some(0)),
            ("max-age=18446744073709551615", Some(u64::MAX)),
            ("", None),
            ("no-store", None),
            ("max-age", None),
            ("max-age=-1", None),
            ("max-age=soon", None),
            ("max-stale=5", None),
        ] {
            assert_eq!(of(&[("Cache-Control", value)]), age, "{value}");
        }
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("Cache-Control", "max-age=9"), ("Cache-Control", "max-age=2")]), Some(2));
        assert_eq!(of(&[("Pragma", "no-cache")]), Some(0));
        assert_eq!(of(&[("Pragma", "no-cache"), ("Cache-Control", "max-age=4")]), Some(4), "the newer word counts");
    }
}
