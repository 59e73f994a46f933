//! Delays strangers at a name that has had many failed sign-ins.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::Network;

/// Failures in a row after which strangers wait, and the person gets an email.
pub(super) const SLOW_FROM: u32 = 100;
/// The longest delay.
pub(super) const WAIT_MOST: Duration = Duration::from_secs(5);
/// The most strangers who wait at the same time. Further ones continue at once: the name alone never causes a refusal, and the
/// queue is bounded.
const WAITERS_MOST: usize = 256;
/// The most of them from one network.
const WAITERS_OF_NETWORK: usize = 4;

/// The strangers who wait.
#[derive(Clone, Default)]
pub(super) struct Waiters(Arc<Mutex<HashMap<Network, usize>>>);

/// One of these places.
struct Waiter(Waiters, Network);

enum Waits {
    Here(Waiter),
    /// All places are taken.
    NotAtAll,
    /// This network has as many as it may have.
    Refused,
}

impl Waiters {
    fn places(&self) -> MutexGuard<'_, HashMap<Network, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits if there were many failures in a row. False if this network already has all its places.
    pub(super) async fn wait(&self, network: Network, failures: u32) -> bool {
        if failures < SLOW_FROM {
            return true;
        }
        match self.enter(network) {
            Waits::Here(_place) => tokio::time::sleep(wait_after(failures)).await,
            Waits::NotAtAll => {}
            Waits::Refused => return false,
        }
        true
    }

    fn enter(&self, network: Network) -> Waits {
        let mut places = self.places();
        if places.get(&network).is_some_and(|own| *own >= WAITERS_OF_NETWORK) {
            return Waits::Refused;
        }
        if places.values().sum::<usize>() >= WAITERS_MOST {
            return Waits::NotAtAll;
        }
        *places.entry(network).or_default() += 1;
        Waits::Here(Waiter(self.clone(), network))
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut places = self.0.places();
        if let Some(own) = places.get_mut(&self.1) {
            *own -= 1;
            if *own == 0 {
                places.remove(&self.1);
            }
        }
    }
}

/// The delay after this many failures in a row.
fn wait_after(failures: u32) -> Duration {
    let over = failures.saturating_sub(SLOW_FROM);
    (Duration::from_secs(1) + Duration::from_millis(40) * over).min(WAIT_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_wait_longer_the_more_failures_there_were_and_five_seconds_at_most() {
        let seconds: Vec<f64> = [100, 125, 200, 10_000, u32::MAX].map(|failures| wait_after(failures).as_secs_f64()).to_vec();
        assert_eq!(seconds, [1.0, 2.0, 5.0, 5.0, 5.0]);
    }

    #[test]
    fn a_network_has_few_waiting_places_and_nobody_waits_when_all_are_taken() {
        let waiters = Waiters::default();
        let network = |number: u32| Network::of(std::net::IpAddr::from(number.to_be_bytes()));
        let mut held: Vec<Waits> = (0..WAITERS_OF_NETWORK).map(|_| waiters.enter(network(1))).collect();
        assert!(matches!(waiters.enter(network(1)), Waits::Refused));
        held.pop();
        assert!(matches!(waiters.enter(network(1)), Waits::Here(_)), "one went on");
        held.extend((2..=u32::try_from(WAITERS_MOST).unwrap()).map(|number| waiters.enter(network(number))));
        assert!(matches!(waiters.enter(network(1_000)), Waits::NotAtAll));
        drop(held);
        assert!(waiters.places().is_empty());
    }
}
