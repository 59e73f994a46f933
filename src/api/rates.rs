//! Rates per peer, in the process: how often one address may try tokens. Budgets that must hold over daemons are in the
//! database (`store::limits`).

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::HttpRequest;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Config;

/// The peers' buckets.
pub struct Rates {
    redeems: Option<DefaultKeyedRateLimiter<IpAddr>>,
    bad_tokens: Option<DefaultKeyedRateLimiter<IpAddr>>,
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

    /// Forgets peers that have been quiet: memory is bounded by who was here lately.
    pub fn tidy(&self) {
        for limiter in [self.redeems.as_ref(), self.bad_tokens.as_ref()].into_iter().flatten() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    /// The address that a request comes from: the connection's, or the last one in X-Forwarded-For that is no trusted
    /// proxy's, where the connection is one's.
    pub fn peer_of(&self, request: &HttpRequest) -> IpAddr {
        let peer = request.peer_addr().map_or(IpAddr::from([127, 0, 0, 1]), |address| address.ip());
        if !self.proxies.contains(&peer) {
            return peer;
        }
        let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        let hops: Vec<IpAddr> = forwarded.flat_map(|value| value.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
        hops.into_iter().rev().find(|hop| !self.proxies.contains(hop)).unwrap_or(peer)
    }
}

fn check(limiter: Option<&DefaultKeyedRateLimiter<IpAddr>>, peer: IpAddr) -> Result<(), Duration> {
    let Some(limiter) = limiter else { return Ok(()) };
    limiter.check_key(&peer).map_err(|wait| wait.wait_time_from(DefaultClock::default().now()))
}
