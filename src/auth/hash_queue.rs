//! Slots in which passwords are hashed, and the queue for them. Networks take turns, so that one that sends many tries delays
//! only itself, and some places of the queue are reserved for networks without a failure.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::AuthError;
use crate::domain::Network;

/// The most sign-ins that wait for a slot.
pub(super) const WAITING_MOST: usize = 64;
/// The most of these places that networks with a failure have together.
const WAITING_OF_FAILED: usize = 48;
/// How long a failure counts against a network.
const FAILED_LASTS: Duration = Duration::from_mins(10);
/// After this many refused tries for one name from one network within a minute, the cache of correct passwords is not consulted
/// for it either, since a hit would reveal a correct guess.
const REFUSED_MOST: u32 = 100;
const MINUTE: Duration = Duration::from_mins(1);
const NETWORKS_MOST: usize = 10_000;

/// The slots. Cheap to clone.
#[derive(Clone)]
pub(super) struct HashQueue(Arc<Mutex<State>>);

struct State {
    free: usize,
    waiting: HashMap<Network, VecDeque<oneshot::Sender<HashPermit>>>,
    /// Networks that wait, in the order of service.
    turns: VecDeque<Network>,
    known: HashMap<Network, Known>,
    refusals: HashMap<(Network, NameHash), Refusals>,
}

/// The hash of a name as it was typed; the cache of correct passwords uses the same.
pub(super) type NameHash = [u8; 32];

/// Refused tries for one name from one network within a minute.
#[derive(Clone, Copy)]
struct Refusals {
    count: u32,
    since: Instant,
}

/// The recorded failures of a network.
#[derive(Clone, Copy)]
struct Known {
    failed_at: Option<Instant>,
}

impl State {
    fn count(&self) -> usize {
        self.waiting.values().map(VecDeque::len).sum()
    }

    fn has_failed(&self, network: Network) -> bool {
        let failed_at = self.known.get(&network).and_then(|known| known.failed_at);
        failed_at.is_some_and(|at| at.elapsed() < FAILED_LASTS)
    }

    /// Makes room for one more of this network if the queue is full. The network with most places loses its last one if that
    /// makes the shares more equal, or if it has failed and this one has not.
    fn makes_room(&mut self, network: Network) -> bool {
        let has_failed = self.has_failed(network);
        let failed = |state: &Self| -> usize {
            state.waiting.iter().filter(|(other, _)| state.has_failed(**other)).map(|(_, waiting)| waiting.len()).sum()
        };
        let is_full = self.count() >= WAITING_MOST || has_failed && failed(self) >= WAITING_OF_FAILED;
        if !is_full {
            return true;
        }
        let own = self.waiting.get(&network).map_or(0, VecDeque::len);
        let candidates = self.waiting.iter().map(|(other, waiting)| (self.has_failed(*other), waiting.len(), *other));
        let largest = candidates.filter(|(failed, ..)| !has_failed || *failed).max();
        let Some((failed, length, loser)) = largest else { return false };
        if length <= own + 1 && (!failed || has_failed) {
            return false;
        }
        if let Some(waiting) = self.waiting.get_mut(&loser) {
            waiting.pop_back();
            if waiting.is_empty() {
                self.waiting.remove(&loser);
                self.turns.retain(|turn| *turn != loser);
            }
        }
        true
    }

    /// Removes the next one from the queue.
    fn next(&mut self) -> Option<oneshot::Sender<HashPermit>> {
        let network = self.turns.pop_front()?;
        let waiting = self.waiting.get_mut(&network)?;
        let next = waiting.pop_front();
        if waiting.is_empty() {
            self.waiting.remove(&network);
        } else {
            self.turns.push_back(network);
        }
        next
    }

    fn known(&mut self, network: Network) -> &mut Known {
        if self.known.len() >= NETWORKS_MOST {
            self.evict();
            if self.known.len() >= NETWORKS_MOST {
                self.known.clear();
            }
        }
        self.known.entry(network).or_insert(Known { failed_at: None })
    }

    fn evict(&mut self) {
        self.known.retain(|_, known| known.failed_at.is_some_and(|at| at.elapsed() < FAILED_LASTS));
        self.refusals.retain(|_, refusals| refusals.since.elapsed() < MINUTE);
    }
}

/// A slot to hash in; dropping it passes it to the next one.
pub(super) struct HashPermit(Option<HashQueue>);

impl Drop for HashPermit {
    fn drop(&mut self) {
        let Some(slots) = self.0.take() else { return };
        let mut state = slots.state();
        while let Some(next) = state.next() {
            match next.send(Self(Some(slots.clone()))) {
                Ok(()) => return,
                // The receiver gave up meanwhile.
                Err(mut slot) => slot.0 = None,
            }
        }
        state.free += 1;
    }
}

impl HashQueue {
    pub(super) fn new(count: usize) -> Self {
        let state = State {
            free: count,
            waiting: HashMap::new(),
            turns: VecDeque::new(),
            known: HashMap::new(),
            refusals: HashMap::new(),
        };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A slot, when one is free.
    pub(super) async fn take(&self, network: Network) -> Result<HashPermit, AuthError> {
        let waiting = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                return Ok(HashPermit(Some(self.clone())));
            }
            if !state.makes_room(network) {
                return Err(AuthError::Overloaded);
            }
            let (send, receive) = oneshot::channel();
            let of_network = state.waiting.entry(network).or_default();
            let is_first = of_network.is_empty();
            of_network.push_back(send);
            if is_first {
                state.turns.push_back(network);
            }
            receive
        };
        waiting.await.map_err(|_| AuthError::Overloaded)
    }

    /// Records a wrong try from this network.
    pub(super) fn note_failure(&self, network: Network) {
        self.state().known(network).failed_at = Some(Instant::now());
    }

    /// Records a refused try for this name from this network.
    pub(super) fn note_refusal(&self, network: Network, name: NameHash) {
        let mut state = self.state();
        if state.refusals.len() >= NETWORKS_MOST {
            state.evict();
            if state.refusals.len() >= NETWORKS_MOST {
                state.refusals.clear();
            }
        }
        let refusals = state.refusals.entry((network, name)).or_insert(Refusals { count: 0, since: Instant::now() });
        if refusals.since.elapsed() >= MINUTE {
            *refusals = Refusals { count: 0, since: Instant::now() };
        }
        refusals.count = refusals.count.saturating_add(1);
    }

    /// Whether so many tries for this name from this network were refused that an immediate answer would let it guess.
    pub(super) fn is_guessing(&self, network: Network, name: NameHash) -> bool {
        let refusals = self.state().refusals.get(&(network, name)).copied();
        refusals.is_some_and(|refusals| refusals.count > REFUSED_MOST && refusals.since.elapsed() < MINUTE)
    }

    /// Forgets networks without recent activity.
    pub(super) fn evict(&self) {
        self.state().evict();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn network(number: u8) -> Network {
        Network::of(std::net::IpAddr::from([192, 0, 2, number]))
    }

    const ANN: NameHash = [1; 32];

    type Waiting = std::pin::Pin<Box<dyn Future<Output = Result<HashPermit, AuthError>>>>;

    fn poll(waiting: &mut Waiting) -> Poll<Result<HashPermit, AuthError>> {
        waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    /// Requests a slot and waits for it.
    fn ask(slots: &HashQueue, number: u8) -> Waiting {
        let slots = slots.clone();
        let mut waiting: Waiting = Box::pin(async move { slots.take(network(number)).await });
        assert!(poll(&mut waiting).is_pending());
        waiting
    }

    fn is_refused(slots: &HashQueue, number: u8) -> bool {
        let slots = slots.clone();
        let mut asked = pin!(slots.take(network(number)));
        matches!(asked.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Err(AuthError::Overloaded)))
    }

    fn the_only(slots: &HashQueue) -> HashPermit {
        let mut asked = pin!(slots.take(network(0)));
        match asked.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(slot)) => slot,
            _ => panic!("the slot is free"),
        }
    }

    #[test]
    fn networks_take_turns() {
        let slots = HashQueue::new(1);
        let taken = the_only(&slots);
        let mut many: Vec<Waiting> = (0..5).map(|_| ask(&slots, 1)).collect();
        let mut one = ask(&slots, 2);
        drop(taken);
        let Poll::Ready(Ok(first)) = poll(&mut many[0]) else { panic!("the first of the first") };
        assert!(poll(&mut one).is_pending());
        drop(first);
        let Poll::Ready(Ok(_second)) = poll(&mut one) else { panic!("the second network is before the other four of the first") };
        assert!(poll(&mut many[1]).is_pending());
    }

    #[test]
    fn a_caller_who_gives_up_keeps_no_slot() {
        let slots = HashQueue::new(1);
        let taken = the_only(&slots);
        let (gone, late, mut stays) = (ask(&slots, 1), ask(&slots, 1), ask(&slots, 1));
        drop(gone);
        drop(taken);
        // It was passed on and not yet received.
        drop(late);
        assert!(poll(&mut stays).is_ready());
    }

    #[test]
    fn a_full_queue_gives_each_network_its_share() {
        let slots = HashQueue::new(1);
        let _taken = the_only(&slots);
        let mut many: Vec<Waiting> = (0..WAITING_MOST).map(|_| ask(&slots, 1)).collect();
        assert!(is_refused(&slots, 1), "the queue is full with its own");
        let others: Vec<Waiting> = (0..WAITING_MOST / 2).map(|_| ask(&slots, 2)).collect();
        assert!(is_refused(&slots, 2) && is_refused(&slots, 1), "half each");
        let lost = many.iter_mut().filter_map(|one| match poll(one) {
            Poll::Ready(Err(AuthError::Overloaded)) => Some(()),
            _ => None,
        });
        assert_eq!((lost.count(), others.len()), (WAITING_MOST / 2, WAITING_MOST / 2), "those that came last gave way");
    }

    #[test]
    fn some_places_are_kept_for_networks_without_a_failure() {
        let slots = HashQueue::new(1);
        let _taken = the_only(&slots);
        for number in 1..=100 {
            slots.note_failure(network(number));
        }
        let _failed: Vec<Waiting> = (1..=48).map(|number| ask(&slots, number)).collect();
        assert!(is_refused(&slots, 49), "those with a failure have their places");
        let _clean: Vec<Waiting> = (101..=116).map(|number| ask(&slots, number)).collect();
        let _instead: Vec<Waiting> = (117..=164).map(|number| ask(&slots, number)).collect();
        assert!(is_refused(&slots, 165), "all places are of networks without a failure, one each");
    }

    #[test]
    fn many_refusals_count_as_guessing() {
        let slots = HashQueue::new(1);
        for _ in 0..=REFUSED_MOST {
            assert!(!slots.is_guessing(network(1), ANN));
            slots.note_refusal(network(1), ANN);
        }
        assert!(slots.is_guessing(network(1), ANN) && !slots.is_guessing(network(2), ANN));
        assert!(!slots.is_guessing(network(1), [2; 32]), "a neighbour who guesses at Ann costs nobody else");
    }
}
