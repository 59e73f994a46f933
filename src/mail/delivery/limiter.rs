//! Chooses the next claimed email, and limits concurrent sending.
//!
//! At most `mail.connections` senders work at a time, each with its own connection, and at most three quarters of them for one
//! mail domain, so that a slow domain leaves room for others. Emails are sent in the order of claiming, sign-in codes first.
//! For a slow domain only some emails may wait here. The others return to the queue, because they would take the places of
//! emails to other domains.
//!
//! If the mail server accepts fewer connections, the number of senders drops, and grows by one a minute.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

/// A domain is slow if an email to it takes longer, or if none of its active emails ends within this time.
pub(super) const QUICK: Duration = Duration::from_millis(500);
/// The longest wait for a domain.
const PATIENCE: Duration = Duration::from_secs(5);
/// The delay of an email that returns to the queue.
pub(super) const PUT_BACK_FOR: TimeDelta = TimeDelta::seconds(2);
/// The interval at which another sender is tried after the mail server refused connections.
const GROW_EVERY: Duration = Duration::from_mins(1);
/// An idle connection is closed after this time; most servers close it after 5 minutes (RFC 5321 §4.5.3.2.7), some earlier.
const KEPT_IDLE: Duration = Duration::from_mins(1);

/// The waiting items, and the limits.
pub(super) struct Limiter<T> {
    state: Mutex<State<T>>,
    changed: Notify,
}

struct State<T> {
    waiting: VecDeque<Waiting<T>>,
    /// The domains with active senders.
    domains: HashMap<String, Domain>,
    senders: usize,
    /// The number of idle senders.
    idle: usize,
    /// The limit of senders: current and configured.
    limit: usize,
    most: usize,
    /// The lowest limit that was logged.
    logged: usize,
    limited_at: Instant,
    per_domain: usize,
    /// The limit of emails that wait for slow domains.
    places: usize,
}

struct Waiting<T> {
    item: T,
    /// None for emails that are not limited by domain.
    domain: Option<String>,
    since: Instant,
}

struct Domain {
    sending: usize,
    /// The time when its last email began or ended.
    moved_at: Instant,
    is_slow: bool,
}

impl<T> State<T> {
    fn is_full(&self, waiting: &Waiting<T>) -> Option<&Domain> {
        let domain = self.domains.get(waiting.domain.as_ref()?)?;
        (domain.sending >= self.per_domain).then_some(domain)
    }

    /// The first item that may be sent now.
    fn next(&self) -> Option<usize> {
        self.waiting.iter().position(|waiting| self.is_full(waiting).is_none())
    }

    /// Removes items that waited too long for their domain, or have no place while it is slow.
    fn take_late(&mut self) -> Vec<T> {
        for domain in self.domains.values_mut().filter(|domain| domain.sending >= self.per_domain) {
            domain.is_slow |= domain.moved_at.elapsed() > QUICK;
        }
        let (mut late, mut kept, mut in_slow) = (Vec::new(), VecDeque::with_capacity(self.waiting.len()), 0);
        for waiting in std::mem::take(&mut self.waiting) {
            let full = self.is_full(&waiting);
            in_slow += usize::from(full.is_some_and(|domain| domain.is_slow));
            let is_late =
                full.is_some_and(|domain| waiting.since.elapsed() > PATIENCE || (domain.is_slow && in_slow > self.places));
            if is_late { late.push(waiting.item) } else { kept.push_back(waiting) }
        }
        self.waiting = kept;
        late
    }
}

impl<T> Limiter<T> {
    /// A limiter for this number of connections; `places` items may wait for slow domains.
    pub(super) fn new(connections: usize, places: usize) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            domains: HashMap::new(),
            senders: 0,
            idle: 0,
            limit: connections,
            most: connections,
            logged: connections,
            limited_at: Instant::now(),
            per_domain: (connections * 3).div_ceil(4),
            places,
        };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }

    /// Adds an item for a domain, or for the next free connection.
    pub(super) fn push(&self, domain: Option<String>, item: T) {
        let mut state = self.lock();
        let waiting = Waiting { item, domain, since: Instant::now() };
        if waiting.domain.is_none() {
            let at = state.waiting.iter().take_while(|other| other.domain.is_none()).count();
            state.waiting.insert(at, waiting);
        } else {
            state.waiting.push_back(waiting);
        }
        // Wakes the most recently active sender, so that unneeded connections become idle.
        self.changed.notify_last();
    }

    /// A permit for another sender, if an item can be sent and no idle sender will take it.
    pub(super) fn permit(self: &Arc<Self>) -> Option<Permit<T>> {
        let mut state = self.lock();
        if state.limit < state.most && state.limited_at.elapsed() >= GROW_EVERY {
            if state.limit < state.logged {
                state.logged = state.limit;
                let (connections, most) = (state.limit, state.most);
                tracing::warn!(
                    connections,
                    most,
                    "the mail server lets in no more connections at once; mail.connections should say so"
                );
            }
            (state.limit, state.limited_at) = (state.limit + 1, Instant::now());
        }
        let is_needed = state.senders < state.limit && state.waiting.len() > state.idle && state.next().is_some();
        is_needed.then(|| {
            (state.senders, state.idle) = (state.senders + 1, state.idle + 1);
            Permit { limiter: Arc::clone(self), sending: None, is_idle: true, has_left: false }
        })
    }

    /// Removes the items to put back for [`PUT_BACK_FOR`].
    pub(super) fn take_late(&self) -> Vec<T> {
        self.lock().take_late()
    }

    pub(super) fn drain(&self) -> Vec<T> {
        self.lock().waiting.drain(..).map(|waiting| waiting.item).collect()
    }

    pub(super) fn limit(&self) -> usize {
        self.lock().limit
    }

    /// Restores the configured limit: an outage says nothing about the number of connections that the server accepts.
    pub(super) fn reset(&self) {
        let mut state = self.lock();
        state.limit = state.most;
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The permit of a sender; dropping it frees its place.
pub(super) struct Permit<T> {
    limiter: Arc<Limiter<T>>,
    /// The domain of the current item, and the time when it began.
    sending: Option<(Option<String>, Instant)>,
    is_idle: bool,
    has_left: bool,
}

/// The next action of a sender.
pub(super) enum Next<T> {
    Send(T),
    /// Put these back for [`PUT_BACK_FOR`].
    PutBack(Vec<T>),
    /// End: there is nothing to do, and the permit is released.
    End,
}

impl<T> Permit<T> {
    /// Ends the current item, and waits for the next as long as there is a connection to keep open.
    pub(super) async fn next(&mut self, has_connection: bool) -> Next<T> {
        let limiter = Arc::clone(&self.limiter);
        self.finish(&mut limiter.lock());
        let idle_since = Instant::now();
        loop {
            let wait = {
                let mut state = limiter.lock();
                self.set_idle(&mut state, false);
                if let Some(waiting) = state.next().and_then(|at| state.waiting.remove(at)) {
                    self.start(&mut state, waiting.domain);
                    if state.idle > 0 && state.next().is_some() {
                        limiter.changed.notify_last();
                    }
                    return Next::Send(waiting.item);
                }
                let late = state.take_late();
                if !late.is_empty() {
                    return Next::PutBack(late);
                }
                if !has_connection || idle_since.elapsed() >= KEPT_IDLE {
                    self.leave(&mut state);
                    return Next::End;
                }
                self.set_idle(&mut state, true);
                if state.waiting.is_empty() { KEPT_IDLE.saturating_sub(idle_since.elapsed()) } else { QUICK }
            };
            let _ = timeout(wait, limiter.changed.notified()).await;
        }
    }

    /// Called when the mail server refused this sender's connection. If others are connected, they become the limit, and this
    /// sender ends. False for the only one.
    pub(super) fn gives_way(&self) -> bool {
        let mut state = self.limiter.lock();
        let taken = state.limit.min(state.senders);
        if taken < 2 {
            return false;
        }
        (state.limit, state.limited_at) = (taken - 1, Instant::now());
        true
    }

    fn start(&mut self, state: &mut State<T>, domain: Option<String>) {
        let now = Instant::now();
        if let Some(domain) = &domain {
            let fresh = || Domain { sending: 0, moved_at: now, is_slow: false };
            state.domains.entry(domain.clone()).or_insert_with(fresh).sending += 1;
        }
        self.sending = Some((domain, now));
    }

    fn finish(&mut self, state: &mut State<T>) {
        let Some((Some(name), since)) = self.sending.take() else { return };
        let Some(domain) = state.domains.get_mut(&name) else { return };
        (domain.sending, domain.moved_at, domain.is_slow) = (domain.sending - 1, Instant::now(), since.elapsed() > QUICK);
        if domain.sending == 0 {
            state.domains.remove(&name);
        }
    }

    fn set_idle(&mut self, state: &mut State<T>, is_idle: bool) {
        state.idle = state.idle + usize::from(is_idle) - usize::from(self.is_idle);
        self.is_idle = is_idle;
    }

    fn leave(&mut self, state: &mut State<T>) {
        if !std::mem::replace(&mut self.has_left, true) {
            self.finish(state);
            self.set_idle(state, false);
            state.senders -= 1;
        }
    }
}

impl<T> Drop for Permit<T> {
    fn drop(&mut self) {
        let limiter = Arc::clone(&self.limiter);
        self.leave(&mut limiter.lock());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sender with its item.
    async fn sending(limiter: &Arc<Limiter<u32>>) -> (Permit<u32>, u32) {
        let mut permit = limiter.permit().unwrap();
        let Next::Send(item) = permit.next(true).await else { panic!("nothing to send") };
        (permit, item)
    }

    /// Senders of one item to each of these domains.
    async fn senders(limiter: &Arc<Limiter<u32>>, domains: [&str; 3]) -> Vec<Permit<u32>> {
        let mut senders = Vec::new();
        for domain in domains {
            limiter.push(Some(domain.into()), 0);
            senders.push(sending(limiter).await.0);
        }
        senders
    }

    #[tokio::test]
    async fn those_who_stand_in_a_line_that_moves_go_in_their_order() {
        let limiter = Arc::new(Limiter::new(4, 0));
        let mut held = senders(&limiter, ["example.org"; 3]).await;
        (1..=9).for_each(|number| limiter.push(Some("example.org".into()), number));
        assert!(limiter.permit().is_none(), "the domain has its share");
        // The fourth connection is reserved for another domain.
        limiter.push(Some("example.com".into()), 10);
        let (other, item) = sending(&limiter).await;
        assert_eq!(item, 10);
        drop(other);
        let mut gone = Vec::new();
        for at in 0..9 {
            let Next::Send(number) = held[at % 3].next(true).await else { panic!("{at}") };
            gone.push(number);
        }
        assert_eq!(gone, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        held.clear();
        let state = limiter.lock();
        assert!(state.domains.is_empty() && state.waiting.is_empty(), "nobody stands in line");
        assert_eq!((state.senders, state.idle), (0, 0));
    }

    #[tokio::test]
    async fn in_a_line_that_does_not_move_few_stand() {
        let limiter = Arc::new(Limiter::new(4, 2));
        let mut held = senders(&limiter, ["example.org"; 3]).await;
        (1..=5).for_each(|number| limiter.push(Some("example.org".into()), number));
        assert!(limiter.take_late().is_empty(), "it may move yet");
        limiter.push(Some("example.com".into()), 0);
        let (mut other, _) = sending(&limiter).await;
        let Next::PutBack(late) = other.next(true).await else { panic!("two have a place") };
        assert_eq!(late, [3, 4, 5]);
        assert!(limiter.take_late().is_empty(), "two have a place");
        let Next::Send(1) = held[0].next(true).await else { panic!("the first goes on") };
        assert_eq!(limiter.drain(), [2]);
        // No item waits longer than this for a domain, slow or not.
        limiter.push(Some("example.org".into()), 6);
        limiter.lock().waiting[0].since = Instant::now().checked_sub(PATIENCE + Duration::from_secs(1)).unwrap();
        assert_eq!(limiter.take_late(), [6]);
    }

    #[tokio::test]
    async fn a_connection_that_is_one_too_many_gives_way_to_the_others() {
        let limiter = Arc::new(Limiter::new(3, 0));
        let domains = ["example.org", "example.com", "example.net"];
        let mut held = senders(&limiter, domains).await;
        assert!(held.pop().unwrap().gives_way() && limiter.limit() == 2);
        // A code is not limited by domain, but still needs a connection.
        limiter.push(Some("example.edu".into()), 1);
        limiter.push(None, 2);
        assert!(limiter.permit().is_none());
        assert!(held.pop().unwrap().gives_way() && limiter.limit() == 1);
        let mut last = held.pop().unwrap();
        assert!(!last.gives_way(), "the last one is no crowd");
        assert_eq!(limiter.limit(), 1);
        assert!(matches!(last.next(true).await, Next::Send(2)));
        assert!(matches!(last.next(true).await, Next::Send(1)));
        drop(last);
        limiter.reset();
        let held = senders(&limiter, domains).await;
        assert_eq!((limiter.limit(), held.len()), (3, 3));
    }

    #[tokio::test]
    async fn a_sender_without_a_connection_ends_when_nothing_waits() {
        let limiter = Arc::new(Limiter::new(2, 0));
        limiter.push(None, 1);
        let (mut sender, _) = sending(&limiter).await;
        assert!(matches!(sender.next(false).await, Next::End));
        assert_eq!(limiter.lock().senders, 0);
        drop(sender);
        assert_eq!(limiter.lock().senders, 0, "it left once");
    }
}
