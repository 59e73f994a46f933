//! What the tests stand on.

pub(crate) mod daemon;
pub(crate) mod faulty_smtp;
pub(crate) mod house;
pub(crate) mod http;
pub(crate) mod postgres;
pub(crate) mod proxies;
pub(crate) mod proxy;
pub(crate) mod smtp;

use std::time::{Duration, Instant};

/// Asks until there is an answer; fails after 20 seconds.
pub(crate) fn wait_until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
