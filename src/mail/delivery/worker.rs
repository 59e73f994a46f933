//! The outbox worker: claims emails with a lease, composes them, commits the hashes of their tokens, sends them and records the
//! outcomes.
//!
//! Only this process and the email contain the secret of a token. It is created just before sending, so a waiting email
//! contains no secret. A token is deleted if its email was certainly refused. If the email may have arrived, the token stays,
//! and the next attempt has the same Message-ID, so that both links work.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

pub use super::backoff::Pause;
use super::backoff::{Backoff, Key};
use super::compose::compose;
pub use super::compose::{Delivery, Outgoing};
use super::context::Instance;
use super::lease::{LEASE, rng_error};
use super::limiter::{Limiter, Next, PUT_BACK_FOR, Permit, QUICK};
use super::record::{Verdict, record, record_all, word_of};
use crate::config::Config;
use crate::domain::EmailKind;
use crate::mail::transport::Connection;
use crate::mail::{Mail, Outcome, Problem, Sender, Transport};
use crate::random::Rng;
use crate::store::{Store, StoreError, Tx, outbox};

#[cfg(test)]
mod tests;

/// The interval of looking for emails queued by other daemons in a shared database.
const POLL: Duration = Duration::from_secs(1);

/// Emails claimed in one transaction for each connection, up to [`BATCH`].
const PER_CONNECTION: usize = 4;
/// The limit of outcomes recorded in one transaction, and the wait of the first for others while emails are in transit: a
/// transaction costs as much as an email. After a crash in between, these emails are sent again with the same Message-ID, as
/// after a crash just before the server's final reply.
const BATCH: usize = 32;
const LINGER: Duration = Duration::from_millis(5);

/// The time for which recording is retried during a database outage, because an unrecorded email is sent again after its lease.
/// Shorter than the time allowed for a stop.
const RECORDED_WITHIN: Duration = Duration::from_secs(15);
const RECORDED_EVERY: Duration = Duration::from_secs(1);

/// The worker.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    store: Store,
    transport: Transport,
    rng: Rng,
    config: Arc<Config>,
    sender: Sender,
    limiter: Arc<Limiter<Claimed>>,
    backoff: Backoff,
    /// Permits for claimed and unrecorded emails: while one third is claimed, another is sent or recorded.
    places: Arc<Semaphore>,
    /// The number of claimed emails without an outcome.
    unsent: AtomicUsize,
    outcomes: UnboundedSender<Finished>,
    /// Locked by the recorder.
    finished: Mutex<UnboundedReceiver<Finished>>,
}

/// An email claimed by this worker.
struct Claimed {
    outgoing: Outgoing,
    at: Instant,
    place: OwnedSemaphorePermit,
}

/// An email with an outcome to record.
struct Finished {
    delivery: Delivery,
    verdict: Verdict,
    _place: OwnedSemaphorePermit,
}

impl Outbox {
    /// Creates the worker of a process.
    pub fn new(store: Store, transport: Transport, rng: Rng, config: Arc<Config>, sender: Sender) -> Self {
        let at_once = at_once(&config);
        let limiter = Arc::new(Limiter::new(config.mail.connections, at_once));
        let (outcomes, finished) = mpsc::unbounded_channel();
        Self(Arc::new(Inner {
            store,
            transport,
            rng,
            sender,
            limiter,
            backoff: Backoff::default(),
            places: Arc::new(Semaphore::new(3 * at_once)),
            unsent: AtomicUsize::default(),
            outcomes,
            finished: Mutex::new(finished),
            config,
        }))
    }

    /// The pause of the whole queue, if there is one.
    pub fn pause(&self) -> Option<Pause> {
        self.0.backoff.pause(&Key::Server)
    }

    /// Makes emails due whose next attempt is too late, because the clock was set back; returns their number.
    pub async fn requeue_after_clock_step(&self) -> Result<usize, StoreError> {
        // Checks by a read first, because there are mostly none.
        if !self.0.store.read(outbox::is_any_astray).await? {
            return Ok(0);
        }
        let lease_for = self.lease_for();
        self.0.store.write(move |tx| outbox::requeue_after_clock_step(tx, lease_for)).await
    }

    fn lease_for(&self) -> TimeDelta {
        LEASE.max(self.0.config.mail.smtp.timeout.delta() * 4)
    }

    /// The longest wait of a claimed email: the rest of its lease suffices to send it, and as much again to record it.
    fn waits_for(&self) -> Duration {
        let lease = self.lease_for().to_std().unwrap_or_default();
        lease.saturating_sub(self.0.config.mail.smtp.timeout.duration() * 2)
    }

    /// Sends emails until none is due, for tests. Returns the number of attempts.
    pub async fn deliver_due(&self) -> Result<usize, StoreError> {
        let most = i64::try_from(self.0.config.mail.connections).unwrap_or(1);
        let mut attempts = 0;
        loop {
            let claimed = self.claim(most).await?;
            if claimed.is_empty() {
                return Ok(attempts);
            }
            attempts += claimed.len();
            self.send_now(claimed, Instant::now()).await;
        }
    }

    /// Sends emails claimed at this time, and returns once their outcomes are recorded.
    async fn send_now(&self, claimed: Vec<Outgoing>, at: Instant) {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.clone().record_outcomes());
        let count = u32::try_from(claimed.len()).unwrap_or(u32::MAX);
        let Ok(places) = Arc::clone(&self.0.places).acquire_many_owned(count).await else { return };
        self.queue(claimed, at, places, &mut tasks);
        self.end(tasks).await;
    }

    /// Ends the senders and the recorder once all claimed emails are recorded. It takes all permits meanwhile, so that no email
    /// is given to a sender that ends.
    async fn end(&self, mut tasks: JoinSet<()>) {
        let _all_places = Arc::clone(&self.0.places).acquire_many_owned(3 * self.claims()).await;
        tasks.shutdown().await;
    }

    /// Works until `stop`, then puts waiting emails back and waits for those in transit.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.clone().record_outcomes());
        let emails = self.0.store.emails();
        while !*stop.borrow() {
            let next = tokio::select! {
                places = Arc::clone(&self.0.places).acquire_many_owned(self.claims()) => match places {
                    Ok(places) => self.step(places, &mut tasks).await,
                    Err(_) => return,
                },
                _ = stop.changed() => continue,
            };
            let next = match next {
                Ok(true) => continue,
                Ok(false) => POLL,
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read; trying again");
                    POLL
                }
            };
            tokio::select! {
                () = emails.notified() => {}
                () = tokio::time::sleep(next) => {}
                _ = stop.changed() => {}
            }
        }
        for claimed in self.0.limiter.drain() {
            self.put_back(claimed, TimeDelta::zero());
        }
        self.end(tasks).await;
    }

    /// Claims emails for these permits. False if there is nothing to do for now.
    async fn step(&self, places: OwnedSemaphorePermit, tasks: &mut JoinSet<()>) -> Result<bool, StoreError> {
        let limit = match self.pause() {
            Some(pause) if pause.is_on_at(self.0.store.clock().now()) => return Ok(false),
            // A single email probes whether the mail server works again.
            Some(_) => 1,
            None => i64::from(self.claims()),
        };
        let at = Instant::now();
        let claimed = self.claim(limit).await?;
        let is_busy = !claimed.is_empty() && limit > 1;
        self.queue(claimed, at, places, tasks);
        Ok(is_busy)
    }

    /// The number of emails claimed at once.
    fn claims(&self) -> u32 {
        u32::try_from(at_once(&self.0.config)).unwrap_or(u32::MAX)
    }

    /// Passes emails to senders, and starts more senders as needed.
    fn queue(&self, claimed: Vec<Outgoing>, at: Instant, mut places: OwnedSemaphorePermit, tasks: &mut JoinSet<()>) {
        let limiter = &self.0.limiter;
        for outgoing in claimed {
            let Some(place) = places.split(1) else { return };
            let is_code = outgoing.delivery.kind == EmailKind::SignInCode;
            let domain = (!is_code).then(|| outgoing.reader.address.domain().to_owned());
            limiter.push(domain, Claimed { outgoing, at, place });
        }
        while tasks.try_join_next().is_some() {}
        while let Some(permit) = limiter.permit() {
            tasks.spawn(self.clone().send_waiting(permit));
        }
    }

    /// Claims emails and creates their tokens. This commits the hashes before anything is sent.
    async fn claim(&self, limit: i64) -> Result<Vec<Outgoing>, StoreError> {
        let worker = self.clone();
        let claimed = self.0.store.write(move |tx| worker.take(tx, limit)).await?;
        self.0.unsent.fetch_add(claimed.len(), Ordering::Relaxed);
        Ok(claimed)
    }

    /// Claims emails in the caller's transaction, as the worker does before sending.
    pub fn take(&self, tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Outgoing>, StoreError> {
        let Inner { config, rng, sender, .. } = &*self.0;
        let lease = i64::try_from(rng.below(i64::MAX as u64).map_err(rng_error)?).unwrap_or(1);
        let rows = outbox::claim(tx, limit, lease, self.lease_for())?;
        compose(tx, &Instance { config, rng, sender, lease }, &rows)
    }

    /// Records an email's outcome in the caller's transaction, as the worker does after sending.
    pub fn settle(&self, tx: &mut Tx<'_>, delivery: &Delivery, outcome: Outcome) -> Result<(), StoreError> {
        record(tx, &self.0.rng, delivery, &Verdict::Outcome(outcome))
    }

    /// A sender: sends waiting emails over its own connection until none is left.
    async fn send_waiting(self, mut permit: Permit<Claimed>) {
        let mut connection = self.0.transport.connection();
        loop {
            match permit.next(connection.is_open()).await {
                Next::Send(claimed) => {
                    if !self.send(claimed, &mut connection, &permit).await {
                        return;
                    }
                }
                Next::PutBack(late) => late.into_iter().for_each(|claimed| self.put_back(claimed, PUT_BACK_FOR)),
                Next::End => return connection.close().await,
            }
        }
    }

    /// Sends an email, unless its lease is too short or a pause applies. False if this sender must end.
    async fn send(&self, claimed: Claimed, connection: &mut Connection, permit: &Permit<Claimed>) -> bool {
        if claimed.at.elapsed() >= self.waits_for() {
            self.put_back(claimed, TimeDelta::zero());
            return true;
        }
        let Inner { backoff, limiter, .. } = &*self.0;
        let (kind, attempts) = (claimed.outgoing.delivery.kind, claimed.outgoing.delivery.attempts);
        let domain = claimed.outgoing.reader.address.domain().to_owned();
        let now = self.0.store.clock().now();
        // Codes skip the domain's pause, because their users are waiting.
        let by_domain = if kind == EmailKind::SignInCode { Ok(()) } else { backoff.admit(&Key::Domain(domain.clone()), now) };
        if let Err(wait) = by_domain.and_then(|()| backoff.admit(&Key::Server, now)) {
            self.put_back(claimed, wait);
            return true;
        }
        crate::failpoints::point("email.claimed");
        let Claimed { outgoing, place, .. } = claimed;
        let (delivery, mail) = outgoing.into_mail(self.0.sender.clone(), &self.0.config.instance, now);
        let outcome = match mail {
            Ok(mail) => self.attempt(connection, &mail).await,
            Err(error) => Outcome::Refused(Problem { code: None, text: error.to_string() }),
        };
        crate::failpoints::point("email.sent");
        if matches!(&outcome, Outcome::Away(problem) if problem.code.is_some()) && permit.gives_way() {
            self.finish(delivery, Verdict::Wait(TimeDelta::zero()), place);
            return false;
        }
        metrics::counter!("countersign_letters_total", "kind" => kind.as_str(), "outcome" => word_of(&outcome)).increment(1);
        if backoff.learn(&domain, attempts, &outcome, limiter.limit(), self.0.store.clock().now()) {
            limiter.reset();
        }
        self.finish(delivery, Verdict::Outcome(outcome), place);
        true
    }

    /// Turns a panic in a library into an outcome. During a slow attempt, it puts back emails that waited too long for their
    /// domain.
    async fn attempt(&self, connection: &mut Connection, mail: &Mail) -> Outcome {
        let mut sending = pin!(connection.send(mail));
        let mut attempted = pin!(poll_fn(|cx| {
            let polled = catch_unwind(AssertUnwindSafe(|| sending.as_mut().poll(cx)));
            polled.unwrap_or_else(|_| {
                Poll::Ready(Outcome::Ambiguous(Problem { code: None, text: "sending it broke off inside of us".into() }))
            })
        }));
        loop {
            match timeout(QUICK, attempted.as_mut()).await {
                Ok(outcome) => return outcome,
                Err(_) => self.0.limiter.take_late().into_iter().for_each(|claimed| self.put_back(claimed, PUT_BACK_FOR)),
            }
        }
    }

    fn put_back(&self, claimed: Claimed, wait: TimeDelta) {
        self.finish(claimed.outgoing.delivery, Verdict::Wait(wait), claimed.place);
    }

    fn finish(&self, delivery: Delivery, verdict: Verdict, place: OwnedSemaphorePermit) {
        self.0.unsent.fetch_sub(1, Ordering::Relaxed);
        // The receiver lives as long as the worker, so this cannot fail.
        let _ = self.0.outcomes.send(Finished { delivery, verdict, _place: place });
    }

    /// Records outcomes in batches until it is dropped.
    async fn record_outcomes(self) {
        let mut finished = self.0.finished.lock().await;
        while let Some(first) = finished.recv().await {
            let (mut batch, end) = (vec![first], Instant::now() + LINGER);
            while batch.len() < BATCH && (self.0.unsent.load(Ordering::Relaxed) > 0 || !finished.is_empty()) {
                let Ok(Some(next)) = timeout_at(end, finished.recv()).await else { break };
                batch.push(next);
            }
            self.record(Arc::new(batch)).await;
        }
    }

    async fn record(&self, batch: Arc<Vec<Finished>>) {
        if batch.len() > 1 && self.try_record(&batch, 0, batch.len()).await.is_ok() {
            return;
        }
        // A faulty outcome must not block the others. During an outage of the database, all wait.
        let end = Instant::now() + RECORDED_WITHIN;
        for one in 0..batch.len() {
            loop {
                match self.try_record(&batch, one, 1).await {
                    Err(StoreError::Unavailable(_) | StoreError::Overloaded | StoreError::Conflict(_))
                        if Instant::now() < end =>
                    {
                        tokio::time::sleep(RECORDED_EVERY).await;
                    }
                    // Its lease ends, and it is sent again with the same Message-ID.
                    Err(error) => break tracing::error!(%error, "the outcome of an email could not be stored"),
                    Ok(()) => break,
                }
            }
        }
    }

    async fn try_record(&self, batch: &Arc<Vec<Finished>>, first: usize, count: usize) -> Result<(), StoreError> {
        let (rng, batch) = (self.0.rng.clone(), Arc::clone(batch));
        let these = move |tx: &mut Tx<'_>| {
            let these = batch.iter().skip(first).take(count).map(|finished| (&finished.delivery, &finished.verdict));
            record_all(tx, &rng, these)
        };
        self.0.store.write(these).await
    }
}

fn at_once(config: &Config) -> usize {
    let connections = config.mail.connections;
    BATCH.min(PER_CONNECTION * connections).max(connections)
}
