//! Checks the host name of requests, and whether a request comes from this machine.
//!
//! A foreign page can resolve its own name to our address (DNS rebinding). The browser then sends that name as Host, so foreign
//! names are refused.

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderMap};
use actix_web::http::{Uri, Version};

use crate::config::{Server, is_local};

/// Headers that proxies add to forwarded requests, besides all that begin with `x-forwarded-`.
const PASSED_ON: [&str; 3] = ["forwarded", "via", "x-real-ip"];

/// The accepted host names.
#[derive(Clone, Debug)]
pub struct Hosts(Vec<String>);

/// Why a host name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadHost {
    /// Host is missing, repeated or malformed (RFC 9112 §3.2).
    Malformed,
    /// The name is not ours.
    Foreign,
}

impl Hosts {
    /// Accepts the hosts of `server.public_url` and `server.allowed_hosts`, and always the names of this machine.
    pub fn new(server: &Server) -> Self {
        let public = server.public_url.host_str().map(str::to_owned);
        Self(public.into_iter().chain(server.allowed_hosts.iter().cloned()).collect())
    }

    /// Checks the request's host name. Ports are ignored, because they differ behind every proxy.
    pub fn check(&self, uri: &Uri, headers: &HeaderMap, version: Version) -> Result<(), BadHost> {
        match named(uri, headers)? {
            Some(host) if self.has(host) => Ok(()),
            Some(_) => Err(BadHost::Foreign),
            // Host does not exist before HTTP/1.1.
            None if version < Version::HTTP_11 => Ok(()),
            None => Err(BadHost::Malformed),
        }
    }

    fn has(&self, host: &str) -> bool {
        let bare = host.strip_suffix('.').unwrap_or(host);
        self.0.iter().any(|name| name.eq_ignore_ascii_case(bare)) || is_local(bare)
    }
}

/// Whether a request comes from this machine, not through a proxy, and by a name that no foreign page can have. Only such
/// requests may see the operator's pages.
pub fn is_this_machine(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let is_from_here = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let is_passed_on = headers.keys().any(|name| PASSED_ON.contains(&name.as_str()) || name.as_str().starts_with("x-forwarded-"));
    let is_local_name = matches!(named(request.uri(), headers), Ok(Some(host)) if is_local(host));
    is_from_here && !is_passed_on && is_local_name
}

/// The request's host without the port. A target in absolute form takes precedence over Host (RFC 9112 §3.2.2).
fn named<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<Option<&'a str>, BadHost> {
    let mut lines = headers.get_all(HOST);
    let (line, more) = (lines.next(), lines.next());
    if more.is_some() {
        return Err(BadHost::Malformed);
    }
    let line = line.map(|line| line.to_str().map_err(|_| BadHost::Malformed)).transpose()?;
    let text = uri.authority().map(actix_web::http::uri::Authority::as_str).or(line);
    text.map(|text| without_port(text).ok_or(BadHost::Malformed)).transpose()
}

/// `name`, `name:80`, `[::1]`, `[::1]:80`; none for anything else.
fn without_port(text: &str) -> Option<&str> {
    let end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
    let (name, port) = text.split_at_checked(end)?;
    let is_port = |port: &str| port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let is_name = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    (!name.is_empty() && name.bytes().all(is_name) && (port.is_empty() || is_port(port))).then_some(name)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::config::Config;

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for (text, name) in [
            ("a.example", Some("a.example")),
            ("a.example:443", Some("a.example")),
            ("a.example:", Some("a.example")),
            ("127.0.0.1:8080", Some("127.0.0.1")),
            ("[::1]", Some("[::1]")),
            ("[::1]:8080", Some("[::1]")),
            ("[::1].evil.test", None),
            ("[::1]evil.test:80", None),
            ("localhost:80@evil.test", None),
            ("evil.test/localhost", None),
            ("a b", None),
            ("::1", None),
            ("", None),
        ] {
            assert_eq!(without_port(text), name, "{text}");
        }
    }

    #[test]
    fn the_public_name_those_allowed_and_those_of_this_machine_are_served() {
        let settings =
            "[server]\npublic_url = \"https://access.example.org/x\"\nallowed_hosts = [\"Inner\", \"10.0.0.5\", \"fd00::5\"]";
        let hosts = Hosts::new(&Config::build(Some(settings), []).unwrap().server);
        let check = |host: &str, version| {
            let request = TestRequest::default().uri("/inbox").version(version);
            let request = if host.is_empty() { request } else { request.insert_header((HOST, host)) }.to_http_request();
            hosts.check(request.uri(), request.headers(), version)
        };
        for host in [
            "access.example.org",
            "ACCESS.example.org:8443",
            "access.example.org.",
            "inner:80",
            "10.0.0.5",
            "[fd00::5]:80",
            "localhost:1",
            "[::1]",
            "127.8.9.1",
        ] {
            assert_eq!(check(host, Version::HTTP_11), Ok(()), "{host}");
        }
        for host in ["www.access.example.org", "evil.test", "localhost.evil.test", "10.0.0.6", "[fd00::6]"] {
            assert_eq!(check(host, Version::HTTP_11), Err(BadHost::Foreign), "{host}");
        }
        for host in ["[::1].evil.test", "a b", ""] {
            assert_eq!(check(host, Version::HTTP_11), Err(BadHost::Malformed), "{host}");
        }
        assert_eq!(check("", Version::HTTP_10), Ok(()));
        let two = TestRequest::default().append_header((HOST, "localhost")).append_header((HOST, "localhost")).to_http_request();
        assert_eq!(hosts.check(two.uri(), two.headers(), Version::HTTP_11), Err(BadHost::Malformed));
        let absolute = TestRequest::default().uri("http://evil.test/").insert_header((HOST, "localhost")).to_http_request();
        assert_eq!(hosts.check(absolute.uri(), absolute.headers(), Version::HTTP_11), Err(BadHost::Foreign));
    }
}
