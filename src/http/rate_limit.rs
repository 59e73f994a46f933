//! Rate limits in the process, and the client address of a request. Limits across daemons are in the database
//! (`store::rate_limits`).

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

use crate::config::Config;
use crate::domain::{Caller, Network};

/// Sign-in steps at a provider, per minute and address. A whole office may share an address, and one sign-in takes two steps.
const ELSEWHERE_PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).unwrap();

/// The rate limits of this process.
pub struct Rates {
    redeems: Option<DefaultKeyedRateLimiter<Redeemer>>,
    bad_tokens: Option<DefaultKeyedRateLimiter<Network>>,
    elsewhere: DefaultKeyedRateLimiter<Network>,
    proxies: Vec<IpNet>,
    /// Whether an unreadable X-Forwarded-For was logged.
    is_logged: AtomicBool,
}

/// The subject of the limit on tokens: never an address, which many people may share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Redeemer {
    Person(i64),
    Key(i64),
    /// Neither: such a caller is never an approver.
    Nobody,
}

impl Redeemer {
    fn of(caller: &Caller) -> Self {
        let key = || caller.key.map_or(Self::Nobody, |key| Self::Key(key.0));
        caller.user.map_or_else(key, |user| Self::Person(user.0))
    }
}

impl Rates {
    /// Limits from the configuration; 0 means no limit.
    pub fn new(config: &Config) -> Self {
        let (redeems, bad_tokens) = (config.limits.redeem_per_minute, config.limits.bad_tokens_per_hour);
        Self {
            redeems: NonZeroU32::new(redeems).map(|count| RateLimiter::keyed(Quota::per_minute(count))),
            bad_tokens: NonZeroU32::new(bad_tokens).map(|count| RateLimiter::keyed(Quota::per_hour(count))),
            elsewhere: RateLimiter::keyed(Quota::per_minute(ELSEWHERE_PER_MINUTE)),
            proxies: config.server.trusted_proxies.clone(),
            is_logged: AtomicBool::new(false),
        }
    }

    /// Counts a check or redemption by an authenticated caller; the error is the time to wait.
    pub fn redeem(&self, caller: &Caller) -> Result<(), Duration> {
        check(self.redeems.as_ref(), &Redeemer::of(caller))
    }

    /// Counts a token that does not exist; the error is the time to wait.
    pub fn bad_token(&self, peer: IpAddr) -> Result<(), Duration> {
        check(self.bad_tokens.as_ref(), &Network::of(peer))
    }

    /// Counts a sign-in step that makes us call a provider; the error is the time to wait.
    pub fn elsewhere(&self, peer: IpAddr) -> Result<(), Duration> {
        check(Some(&self.elsewhere), &Network::of(peer))
    }

    /// Evicts idle entries, so that recent clients bound the memory.
    pub fn evict(&self) {
        if let Some(redeems) = &self.redeems {
            redeems.retain_recent();
            redeems.shrink_to_fit();
        }
        for limiter in [self.bad_tokens.as_ref(), Some(&self.elsewhere)].into_iter().flatten() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    /// The client address of a request: the connection's, or, behind a trusted proxy, the last element of X-Forwarded-For that
    /// is not a trusted proxy. Elements before an unreadable one are not trusted.
    pub fn peer_of(&self, request: &HttpRequest) -> IpAddr {
        let peer = request.peer_addr().map_or(IpAddr::from([127, 0, 0, 1]), |address| address.ip().to_canonical());
        if !self.is_proxy(peer) {
            return peer;
        }
        let lines: Vec<&str> = request.headers().get_all("x-forwarded-for").map(|value| value.to_str().unwrap_or("?")).collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim).filter(|hop| !hop.is_empty());
        for hop in hops {
            let Some(hop) = read_hop(hop) else {
                self.log_unreadable(peer);
                return peer;
            };
            if !self.is_proxy(hop) {
                return hop;
            }
        }
        peer
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|proxies| proxies.contains(&address))
    }

    /// Logs once, because such a client sends many of these headers. The header's text comes from a client and stays out of the
    /// log.
    fn log_unreadable(&self, proxy: IpAddr) {
        if !self.is_logged.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %proxy,
                "X-Forwarded-For from this proxy has an element that is no address, so limits count such clients as the proxy; \
                 have it write addresses (said once)"
            );
        }
    }
}

/// The address in an element of X-Forwarded-For, in any form that proxies write: bare, with a port, in brackets, in quotes,
/// with a zone.
fn read_hop(text: &str) -> Option<IpAddr> {
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text).trim();
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return read_v6(address).filter(|_| is_port).map(|address| IpAddr::V6(address).to_canonical());
    }
    if let Some(address) = read_v6(text) {
        return Some(IpAddr::V6(address).to_canonical());
    }
    let address = text.split_once(':').map_or(Some(text), |(address, port)| is_port(port).then_some(address));
    address?.parse().ok().map(IpAddr::V4)
}

/// An IPv6 address; a zone after it is local to the proxy.
fn read_v6(text: &str) -> Option<Ipv6Addr> {
    match text.split_once('%') {
        Some((_, "")) => None,
        Some((address, _)) => address.parse().ok(),
        None => text.parse().ok(),
    }
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

fn check<K: Clone + Eq + std::hash::Hash>(limiter: Option<&DefaultKeyedRateLimiter<K>>, key: &K) -> Result<(), Duration> {
    let Some(limiter) = limiter else { return Ok(()) };
    limiter.check_key(key).map_err(|wait| wait.wait_time_from(DefaultClock::default().now()))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::domain::{Credential, UserId};

    fn rates() -> Rates {
        let settings =
            "[server]\ntrusted_proxies = [\"10.0.0.1\", \"10.0.8.0/24\", \"fd00::/8\"]\n[limits]\nredeem_per_minute = 1";
        Rates::new(&Config::build(Some(settings), []).unwrap())
    }

    fn peer(rates: &Rates, connection: &str, lines: &[&str]) -> String {
        let address = std::net::SocketAddr::new(connection.parse().unwrap(), 1);
        let request = TestRequest::default().peer_addr(address);
        let request = lines.iter().fold(request, |request, line| request.append_header(("x-forwarded-for", *line)));
        rates.peer_of(&request.to_http_request()).to_string()
    }

    #[test]
    fn a_peer_is_the_last_hop_that_no_proxy_of_ours_is() {
        for (connection, lines, found) in [
            ("192.0.2.1", &["198.51.100.7"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7, 192.0.2.9, 10.0.8.200"], "192.0.2.9"),
            ("10.0.8.3", &["198.51.100.7", "192.0.2.9"], "192.0.2.9"),
            ("10.0.9.3", &["198.51.100.7"], "10.0.9.3"),
            ("fd12::1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7, unknown, 10.0.8.2"], "10.0.0.1"),
            ("10.0.0.1", &["unknown, 198.51.100.7"], "198.51.100.7"),
            ("::ffff:10.0.0.1", &["::ffff:192.0.2.9"], "192.0.2.9"),
        ] {
            assert_eq!(peer(&rates(), connection, lines), found, "{connection} {lines:?}");
        }
    }

    #[test]
    fn an_address_is_read_in_every_form_that_proxies_write() {
        for (element, found) in [
            ("192.0.2.9:4711", "192.0.2.9"),
            ("\"192.0.2.9:4711\"", "192.0.2.9"),
            ("\"192.0.2.9\"", "192.0.2.9"),
            (" \t192.0.2.9 ", "192.0.2.9"),
            ("2001:db8::9", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("[2001:db8::9]:443", "2001:db8::9"),
            ("\"[2001:db8::9]:443\"", "2001:db8::9"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%eth0]:443", "fe80::1"),
            ("[::ffff:192.0.2.9]:443", "192.0.2.9"),
            ("198.51.100.7:99999, 192.0.2.9:1, 10.0.8.2:443,", "192.0.2.9"),
        ] {
            assert_eq!(peer(&rates(), "10.0.0.1", &[element]), found, "{element}");
        }
    }

    #[test]
    fn an_element_that_is_no_address_ends_the_search_and_is_logged_once() {
        for element in [
            "unknown",
            "_hidden",
            "192.0.2.9:99999",
            "192.0.2.9:",
            "192.0.2.9:x",
            "[2001:db8::9",
            "[2001:db8::9]443",
            "[192.0.2.9]",
            "fe80::1%",
            "192.0.2.9 198.51.100.7",
            "for=192.0.2.9",
            "\"192.0.2.9",
        ] {
            let rates = rates();
            assert_eq!(peer(&rates, "10.0.0.1", &[element]), "10.0.0.1", "{element}");
            assert!(rates.is_logged.load(Ordering::Relaxed), "{element}");
        }
        let rates = rates();
        assert_eq!(peer(&rates, "10.0.0.1", &["unknown, 192.0.2.9"]), "192.0.2.9");
        assert!(!rates.is_logged.load(Ordering::Relaxed), "what a client wrote itself is not looked at");
    }

    #[test]
    fn good_tokens_are_counted_by_person_and_bad_ones_by_network() {
        let rates = rates();
        let redeem = |id| rates.redeem(&Caller::person(UserId(id), false, Credential::Password)).is_ok();
        assert!(redeem(1) && !redeem(1) && redeem(2));
        let rates = Rates::new(&Config::build(Some("[limits]\nbad_tokens_per_hour = 1"), []).unwrap());
        let try_as = |peer: &str| rates.bad_token(peer.parse().unwrap()).is_ok();
        assert!(try_as("2001:db8:0:1::1") && !try_as("2001:db8:0:1:ffff::2") && try_as("2001:db8:0:2::1"));
        assert!(try_as("192.0.2.1") && try_as("192.0.2.2"));
    }

    #[test]
    fn those_that_have_been_quiet_are_forgotten() {
        // At a hundred per second, a client that called once is idle again after ten milliseconds.
        let rates = Rates::new(&Config::build(Some("[limits]\nredeem_per_minute = 6000"), []).unwrap());
        for id in 0..500 {
            assert!(rates.redeem(&Caller::person(UserId(id), false, Credential::Password)).is_ok());
        }
        let known = || rates.redeems.as_ref().map_or(0, RateLimiter::len);
        let begun = std::time::Instant::now();
        while known() > 0 {
            rates.evict();
            assert!(begun.elapsed() < Duration::from_secs(20), "{} are still known", known());
            std::thread::yield_now();
        }
    }
}
