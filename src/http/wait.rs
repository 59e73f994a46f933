//! Calls that wait for a change (`Prefer: wait=N`, RFC 7240). A waiting call holds no connection to the database: once a second
//! one task of the daemon asks for all of them what has changed, which another daemon may have written.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::HttpRequest;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::domain::{Caller, RequestId};
use crate::store::{Store, StoreError, requests};

/// The longest wait. Longer preferences are shortened to it.
const LONGEST: Duration = Duration::from_secs(50);
/// The most waiting calls.
const MOST: usize = 2_000;
/// The most waiting calls of one caller.
const MOST_OF_ONE: usize = 50;
/// The pause between two looks at the database.
const EVERY: Duration = Duration::from_secs(1);

/// What a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The end of a pending request.
    Request(RequestId),
}

/// The waiting calls of this daemon.
#[derive(Default)]
pub struct Waits(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: HashMap<u64, Waiting>,
    next: u64,
    is_watched: bool,
    is_stopped: bool,
}

struct Waiting {
    topic: Topic,
    caller: Waiter,
    wake: Arc<Notify>,
}

/// A person and an API key.
type Waiter = (Option<i64>, Option<i64>);

/// A place among the waiting calls, free again when dropped.
struct Place<'a> {
    waits: &'a Waits,
    number: u64,
    wake: Arc<Notify>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waits.state().waiting.remove(&self.number);
    }
}

impl Waits {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers all waiting calls now and lets none wait from here on, because the daemon stops.
    pub fn stop(&self) {
        let mut state = self.state();
        state.is_stopped = true;
        state.waiting.values().for_each(|waiting| waiting.wake.notify_one());
    }

    /// Reads until the result is settled or the time that the client prefers to wait is over. Also returns the preference if it
    /// was applied: with too many waiting calls the answer comes at once.
    pub async fn until<T, E, F: Future<Output = Result<T, E>>>(
        self: &Arc<Self>,
        store: &Store,
        (request, caller): (&HttpRequest, &Caller),
        topic: Topic,
        is_settled: impl Fn(&T) -> bool,
        read: impl Fn() -> F,
    ) -> Result<(T, Option<Duration>), E> {
        let Some(preferred) = preference(request) else { return Ok((read().await?, None)) };
        // It counts as waiting before the first read, so that no change after that read is missed.
        let Some(place) = self.enter(store, caller, topic) else { return Ok((read().await?, None)) };
        let end = Instant::now() + preferred;
        let mut is_over = false;
        loop {
            let result = read().await?;
            if is_settled(&result) || is_over || self.state().is_stopped {
                return Ok((result, Some(preferred)));
            }
            is_over = tokio::time::timeout_at(end, place.wake.notified()).await.is_err();
        }
    }

    fn enter(self: &Arc<Self>, store: &Store, caller: &Caller, topic: Topic) -> Option<Place<'_>> {
        let caller: Waiter = (caller.user.map(|id| id.0), caller.key.map(|id| id.0));
        let mut state = self.state();
        let of_caller = state.waiting.values().filter(|waiting| waiting.caller == caller).count();
        if state.is_stopped || state.waiting.len() >= MOST || of_caller >= MOST_OF_ONE {
            return None;
        }
        let (number, wake) = (state.next, Arc::new(Notify::new()));
        state.next += 1;
        state.waiting.insert(number, Waiting { topic, caller, wake: Arc::clone(&wake) });
        if !state.is_watched {
            state.is_watched = true;
            tokio::spawn(watch(Arc::clone(self), store.clone()));
        }
        Some(Place { waits: self, number, wake })
    }

    /// The topics of all waiting calls. Without any, the watch ends.
    fn topics(&self) -> Vec<Topic> {
        let mut state = self.state();
        state.is_watched = !state.waiting.is_empty();
        state.waiting.values().map(|waiting| waiting.topic).collect()
    }

    fn wake(&self, is_changed: impl Fn(Topic) -> bool) {
        let state = self.state();
        state.waiting.values().filter(|waiting| is_changed(waiting.topic)).for_each(|waiting| waiting.wake.notify_one());
    }
}

async fn watch(waits: Arc<Waits>, store: Store) {
    loop {
        tokio::time::sleep(EVERY).await;
        let topics = waits.topics();
        if topics.is_empty() {
            return;
        }
        let requests: Vec<RequestId> = topics.iter().map(|Topic::Request(id)| *id).collect();
        match store.read(move |tx| requests::ended(tx, &requests)).await {
            Ok(ended) => waits.wake(|Topic::Request(id)| ended.contains(&id)),
            Err(error @ StoreError::Overloaded) => tracing::debug!(%error, "waiting calls could not be looked after"),
            Err(error) => tracing::warn!(%error, "waiting calls could not be looked after; trying again"),
        }
    }
}

/// The seconds that the client prefers to wait; none without such a preference.
fn preference(request: &HttpRequest) -> Option<Duration> {
    let lines = request.headers().get_all("prefer").filter_map(|line| line.to_str().ok());
    let wait = lines.flat_map(|line| line.split(',')).find_map(|preference| {
        let (name, value) = preference.split(';').next()?.split_once('=')?;
        name.trim().eq_ignore_ascii_case("wait").then(|| value.trim().trim_matches('"').parse().ok())
    });
    Some(Duration::from_secs(wait??).min(LONGEST)).filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_preference_is_read_in_each_notation_and_shortened() {
        for (lines, seconds) in [
            (&["wait=10"][..], Some(10)),
            (&["respond-async, Wait=\"7\"; x=1"], Some(7)),
            (&["return=minimal", "wait = 3"], Some(3)),
            (&["wait=900"], Some(50)),
            (&["wait=0"], None),
            (&["wait=-1"], None),
            (&["wait"], None),
            (&["waiting=3"], None),
            (&[], None),
        ] {
            let request = lines.iter().fold(TestRequest::default(), |request, line| request.append_header(("Prefer", *line)));
            assert_eq!(preference(&request.to_http_request()).map(|wait| wait.as_secs()), seconds, "{lines:?}");
        }
    }
}
