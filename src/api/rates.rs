//! Rates per peer, in the process: how often one address may try tokens. Budgets that must hold over daemons are in the
//! database (`store::limits`).

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::HttpRequest;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Config;

/// Steps of sign-ins at a provider a minute from one address, behind which a whole office may be: two make one sign-in.
const ELSEWHERE_PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).unwrap();

/// The peers' buckets.
pub struct Rates {
    redeems: Option<DefaultKeyedRateLimiter<IpAddr>>,
    bad_tokens: Option<DefaultKeyedRateLimiter<IpAddr>>,
    elsewhere: DefaultKeyedRateLimiter<IpAddr>,
    proxies: Vec<IpAddr>,
}

impl Rates {
    /// As the configuration says; 0 is no limit.
    pub fn new(config: &Config) -> Self {
        let keyed =
            |count: u32, quota: fn(NonZeroU32) -> Quota| NonZeroU32::new(count).map(|count| RateLimiter::keyed(quota(count)));
        Self {
            redeems: keyed(config.limits.redeem_per_minute, Quota::per_minute),
            bad_tokens: keyed(config.limits.bad_tokens_per_hour, Quota::per_hour),
            elsewhere: RateLimiter::keyed(Quota::per_minute(ELSEWHERE_PER_MINUTE)),
            proxies: config.server.trusted_proxies.clone(),
        }
    }

    /// Counts a check or a redeem; the error is how long to wait.
    pub fn redeem(&self, peer: IpAddr) -> Result<(), Duration> {
        check(self.redeems.as_ref(), peer)
    }

    /// Counts a token that does not exist; the error is how long to wait.
    pub fn bad_token(&self, peer: IpAddr) -> Result<(), Duration> {
        check(self.bad_tokens.as_ref(), peer)
    }

    /// Counts a step of a sign-in at a provider, which makes us call that provider; the error is how long to wait.
    pub fn elsewhere(&self, peer: IpAddr) -> Result<(), Duration> {
        check(Some(&self.elsewhere), peer)
    }

    /// Forgets peers that have been quiet: memory is bounded by who was here lately.
    pub fn tidy(&self) {
        for limiter in [self.redeems.as_ref(), self.bad_tokens.as_ref(), Some(&self.elsewhere)].into_iter().flatten() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    /// The address that a request comes from: the connection's, or the last one in X-Forwarded-For that is no trusted
    /// proxy's, where the connection is one's. What stands before something that is no address is anybody's word.
    pub fn peer_of(&self, request: &HttpRequest) -> IpAddr {
        let peer = request.peer_addr().map_or(IpAddr::from([127, 0, 0, 1]), |address| address.ip().to_canonical());
        if !self.proxies.contains(&peer) {
            return peer;
        }
        let lines: Vec<&str> = request.headers().get_all("x-forwarded-for").map(|value| value.to_str().unwrap_or("?")).collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        let hops = hops.map_while(|hop| hop.trim().parse().ok()).map(|hop: IpAddr| hop.to_canonical());
        hops.into_iter().find(|hop| !self.proxies.contains(hop)).unwrap_or(peer)
    }
}

fn check(limiter: Option<&DefaultKeyedRateLimiter<IpAddr>>, peer: IpAddr) -> Result<(), Duration> {
    let Some(limiter) = limiter else { return Ok(()) };
    limiter.check_key(&household(peer)).map_err(|wait| wait.wait_time_from(DefaultClock::default().now()))
}

/// Whom to count: an IPv4 address, or the /64 that one IPv6 connection has to itself, whole.
fn household(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn rates() -> Rates {
        let settings = "[server]\ntrusted_proxies = [\"10.0.0.1\", \"10.0.0.2\"]\n[limits]\nredeem_per_minute = 1";
        Rates::new(&Config::build(Some(settings), []).unwrap())
    }

    #[test]
    fn a_peer_is_the_last_hop_that_no_proxy_of_ours_is() {
        for (peer, lines, found) in [
            ("192.0.2.1", &["198.51.100.7"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7, 192.0.2.9, 10.0.0.2"], "192.0.2.9"),
            ("10.0.0.1", &["198.51.100.7", "192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["198.51.100.7, 192.0.2.9:4711"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7, unknown, 10.0.0.2"], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["::ffff:192.0.2.9"], "192.0.2.9"),
        ] {
            let address = std::net::SocketAddr::new(peer.parse().unwrap(), 1);
            let request = TestRequest::default().peer_addr(address);
            let request = lines.iter().fold(request, |request, line| request.append_header(("x-forwarded-for", *line)));
            assert_eq!(rates().peer_of(&request.to_http_request()).to_string(), found, "{peer} {lines:?}");
        }
    }

    #[test]
    fn the_addresses_of_one_network_are_one_peer() {
        let rates = rates();
        let try_as = |peer: &str| rates.redeem(peer.parse().unwrap()).is_ok();
        assert!(try_as("2001:db8:0:1::1") && !try_as("2001:db8:0:1:ffff::2") && try_as("2001:db8:0:2::1"));
        assert!(try_as("192.0.2.1") && try_as("192.0.2.2"));
    }
    #[test]
    fn peers_that_have_been_quiet_are_forgotten() {
        // A hundred a second: whoever came once is as good as new after ten milliseconds.
        let rates = Rates::new(&Config::build(Some("[limits]\nredeem_per_minute = 6000"), []).unwrap());
        for peer in 0..500_u32 {
            assert!(rates.redeem(IpAddr::from(peer.to_be_bytes())).is_ok());
        }
        let known = || rates.redeems.as_ref().map_or(0, RateLimiter::len);
        let begun = std::time::Instant::now();
        while known() > 0 {
            rates.tidy();
            assert!(begun.elapsed() < Duration::from_secs(20), "{} are still known", known());
            std::thread::yield_now();
        }
    }
}
