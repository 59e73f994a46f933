//! The worker that empties the outbox: claim under a lease, mint, commit the hash, send, record.
//!
//! A token exists in clear here and on the wire only. It is made as its email is about to go, so an email that waits for
//! an hour holds nothing worth stealing. What a mail server surely refused drops its token again; what may have arrived
//! keeps it, and is sent again with the same Message-ID, so that both links work.

use std::future::poll_fn;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::Instant;

pub use super::backoff::Pause;
use super::backoff::QueuePause;
use super::compose::{Done, Ready};
use super::composer::Composer;
use super::domain_queue::{DomainQueues, Turn};
use super::lease::{LEASE, rng_error};
use super::record::{Verdict, record, word_of};
use super::together;
use crate::config::Config;
use crate::domain::{EmailId, EmailKind, TokenId};
use crate::mail::{Mail, Outcome, Problem, Sender, Transport};
use crate::random::Rng;
use crate::store::{Store, StoreError, Tx, outbox};

#[cfg(test)]
mod tests;

/// A daemon that shares its database looks for others' emails so often.
const POLL: Duration = Duration::from_secs(1);

/// Emails that are claimed in one transaction, for each connection, if that is not more than [`TOGETHER`]. As many again may
/// wait or be on their way: while one half is sent, the other is claimed.
const AT_ONCE: usize = 4;
/// Outcomes that are written down in one transaction, and how long the first of them waits for the others while emails are
/// on their way: a transaction of its own costs as much as the email. A crash in between sends those few once more, with
/// the same Message-ID, as a crash just before the dot is answered does.
const TOGETHER: usize = 32;
const LINGER: Duration = Duration::from_millis(5);

/// For so long is an outcome written down again while the database is away: an email that was sent and not noted goes again when
/// its lease is over. Shorter than a stop may take.
const NOTED_WITHIN: Duration = Duration::from_secs(15);
const NOTED_EVERY: Duration = Duration::from_secs(1);

/// Tells the worker that an email was queued. Clones tell the same worker.
#[derive(Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// There is work.
    pub fn up(&self) {
        self.0.notify_one();
    }
}

/// The worker.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    store: Store,
    transport: Transport,
    rng: Rng,
    config: Arc<Config>,
    sender: Sender,
    wake: Wake,
    turns: Arc<DomainQueues>,
    /// Places for emails that are claimed and not yet sent.
    ahead: Arc<Semaphore>,
    /// Places for emails that are claimed and not yet recorded.
    work: Arc<Semaphore>,
    outcomes: Outcomes,
    pause: QueuePause,
}

impl Outbox {
    /// One for the process.
    pub fn new(store: Store, transport: Transport, rng: Rng, config: Arc<Config>, sender: Sender, wake: Wake) -> Self {
        let at_once = at_once(&config);
        // Half of what is claimed may stand in lines.
        let (turns, most) = (Arc::new(DomainQueues::new(config.mail.connections, at_once)), 2 * at_once);
        let (ahead, work) = (Arc::new(Semaphore::new(most)), Arc::new(Semaphore::new(most + TOGETHER)));
        let outcomes = Outcomes::default();
        let pause = QueuePause::default();
        Self(Arc::new(Inner { store, transport, rng, config, sender, wake, turns, ahead, work, outcomes, pause }))
    }

    /// The pause, if the queue stands still.
    pub fn pause(&self) -> Option<Pause> {
        self.0.pause.current()
    }

    /// Makes due what waits for a time that the clock was set back from; answers with how many emails that were.
    pub async fn requeue_after_clock_step(&self) -> Result<usize, StoreError> {
        // Looked for beside the writer: mostly nothing is.
        if !self.0.store.read(outbox::is_any_astray).await? {
            return Ok(0);
        }
        let lease_for = self.lease_for();
        self.0.store.write(move |tx| outbox::requeue_after_clock_step(tx, lease_for)).await
    }

    fn lease_for(&self) -> TimeDelta {
        LEASE.max(self.0.config.mail.smtp.timeout.delta() * 4)
    }

    /// How long a claimed email may wait for its turn: what is left of its lease is enough to send it, and as much again to
    /// write down what became of it.
    fn waits_for(&self) -> Duration {
        let lease = self.lease_for().to_std().unwrap_or_default();
        lease.saturating_sub(self.0.config.mail.smtp.timeout.duration() * 2)
    }

    /// Sends what is due until nothing is: for commands and tests. Answers with the number of attempts.
    pub async fn deliver_due(&self) -> Result<usize, StoreError> {
        let mut attempts = 0;
        loop {
            let ready = self.claim(i64::try_from(self.0.config.mail.connections).unwrap_or(1)).await?;
            if ready.is_empty() {
                return Ok(attempts);
            }
            attempts += ready.len();
            let sends: Vec<_> = ready.into_iter().map(|ready| tokio::spawn(self.clone().deliver(ready))).collect();
            for send in sends {
                let _ = send.await;
            }
        }
    }

    /// Works until `stop` says so, then puts back what waits and waits for the emails on their way.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let next = match self.step().await {
                Ok(true) => continue,
                Ok(false) => POLL,
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read; trying again");
                    POLL
                }
            };
            tokio::select! {
                () = self.0.wake.0.notified() => {}
                () = tokio::time::sleep(next) => {}
                _ = stop.changed() => {}
            }
        }
        // Those that wait for their turn are put back.
        self.0.turns.close();
        let all = 2 * at_once(&self.0.config) + TOGETHER;
        let _ = self.0.work.acquire_many(u32::try_from(all).unwrap_or(u32::MAX)).await;
    }

    /// Claims some emails for each connection, while as many again wait their turn or are on their way: a connection never
    /// waits for a claim, and a claim is never for one email where many wait. False if there was nothing to do.
    async fn step(&self) -> Result<bool, StoreError> {
        let at_once = u32::try_from(at_once(&self.0.config)).unwrap_or(u32::MAX);
        let places = |of: &Arc<Semaphore>| of.clone().acquire_many_owned(at_once);
        let mut ahead = places(&self.0.ahead).await.map_err(|_| StoreError::Overloaded)?;
        let mut places = places(&self.0.work).await.map_err(|_| StoreError::Overloaded)?;
        match self.pause() {
            Some(pause) if pause.is_on_at(self.0.store.clock().now()) => return Ok(false),
            // One email finds out whether the mail server takes emails again.
            Some(_) => {
                let probe = self.claim(1).await?.pop();
                let is_busy = probe.is_some();
                if let Some(ready) = probe {
                    self.clone().deliver(ready).await;
                }
                return Ok(is_busy);
            }
            None => {}
        }
        let claimed_at = Instant::now();
        let ready = self.claim(i64::from(at_once)).await?;
        let is_busy = !ready.is_empty();
        for ready in ready {
            let (unsent, place) = (ahead.split(1), places.split(1));
            let worker = self.clone();
            tokio::spawn(async move {
                let (done, verdict) = worker.clone().send_in_turn(ready, claimed_at).await;
                drop(unsent);
                worker.record(done, verdict).await;
                drop(place);
            });
        }
        Ok(is_busy)
    }

    /// Waits for its turn; if emails no longer leave by then, or its lease nears its end, the email is put back.
    async fn send_in_turn(&self, ready: Ready, claimed_at: Instant) -> (Done, Verdict) {
        let turns = &self.0.turns;
        let turn = match ready.done.kind {
            EmailKind::SignInCode => turns.take_at_once().await,
            _ => turns.take(ready.reader.address.domain()).await,
        };
        let turn = match turn {
            Ok(turn) => turn,
            Err(put_back_for) => return (ready.done(), Verdict::Wait(put_back_for)),
        };
        let now = self.0.store.clock().now();
        match self.pause() {
            Some(pause) if pause.is_on_at(now) => (ready.done(), Verdict::Wait(pause.until - now)),
            _ if claimed_at.elapsed() < self.waits_for() => self.send(ready, Some(turn)).await,
            _ => (ready.done(), Verdict::Wait(TimeDelta::zero())),
        }
    }

    /// Sends one email and records what became of it, at once.
    async fn deliver(self, ready: Ready) {
        let (done, verdict) = self.send(ready, None).await;
        self.record(done, verdict).await;
    }

    /// Takes emails under a lease and mints what they carry: after this commit the hashes are stored, and nothing is sent.
    async fn claim(&self, limit: i64) -> Result<Vec<Ready>, StoreError> {
        let worker = self.clone();
        let claimed = self.0.store.write(move |tx| worker.claim_in(tx, limit)).await;
        self.0.outcomes.await_more(claimed.as_ref().map_or(0, Vec::len));
        claimed
    }

    fn claim_in(&self, tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Ready>, StoreError> {
        let inner = &self.0;
        let lease = i64::try_from(inner.rng.below(i64::MAX as u64).map_err(rng_error)?).unwrap_or(1);
        let mut composer = Composer::new(&inner.config, &inner.rng, &inner.sender, lease);
        let letters = outbox::claim(tx, limit, lease, self.lease_for())?;
        together::make(tx, &mut composer, letters)
    }

    /// Takes emails in a transaction of the caller's, for a simulation to lose or to [`settle`](Outbox::settle): what the
    /// worker does before it sends.
    pub fn take(&self, tx: &mut Tx<'_>, limit: i64) -> Result<Vec<InHand>, StoreError> {
        Ok(self.claim_in(tx, limit)?.into_iter().map(InHand).collect())
    }

    /// Records what became of an email that was taken: what the worker does after it sent.
    pub fn settle(&self, tx: &mut Tx<'_>, gone: &Gone, outcome: Outcome) -> Result<(), StoreError> {
        record(tx, &self.0.rng, &gone.0, &Verdict::Outcome(outcome))
    }

    /// Sends one email; what became of it is to be recorded. The connection is the next email's meanwhile.
    async fn send(&self, ready: Ready, turn: Option<Turn>) -> (Done, Verdict) {
        crate::failpoints::point("letter.claimed");
        let domain = ready.reader.address.domain().to_owned();
        let (done, mail) = ready.into_mail(self.0.sender.clone(), self.0.store.clock().now());
        let outcome = match mail {
            Ok(mail) => self.attempt(&mail).await,
            Err(error) => Outcome::Refused(Problem { code: None, text: error.to_string() }),
        };
        crate::failpoints::point("letter.sent");
        let is_turned_away = matches!(&outcome, Outcome::Away(problem) if problem.code.is_some());
        if is_turned_away && turn.is_some_and(Turn::gives_way) {
            return (done, Verdict::Wait(TimeDelta::zero()));
        }
        let kind = done.kind;
        metrics::counter!("countersign_letters_total", "kind" => kind.as_str(), "outcome" => word_of(&outcome)).increment(1);
        self.0.turns.restraint.learn(&domain, done.attempts, &outcome);
        let now = self.0.store.clock().now();
        if self.0.pause.learn(&outcome, self.0.turns.connections(), now) {
            self.0.turns.widen();
        }
        (done, Verdict::Outcome(outcome))
    }

    /// A panic in a library becomes an outcome, not a lost slot.
    async fn attempt(&self, mail: &Mail) -> Outcome {
        let mut sending = pin!(self.0.transport.send(mail));
        poll_fn(|cx| {
            let polled = catch_unwind(AssertUnwindSafe(|| sending.as_mut().poll(cx)));
            polled.unwrap_or_else(|_| {
                Poll::Ready(Outcome::Ambiguous(Problem { code: None, text: "sending it broke off inside of us".into() }))
            })
        })
        .await
    }

    /// Writes down what became of an email, with what became of others at this time. When it returns, it is written.
    async fn record(&self, done: Done, verdict: Verdict) {
        let outcomes = &self.0.outcomes;
        outcomes.add(done, verdict);
        // One at a time, and each takes all there are: whoever comes after finds their own written.
        let _turn = outcomes.turn.lock().await;
        if outcomes.is_empty() {
            return;
        }
        if !outcomes.are_enough() {
            tokio::select! {
                () = outcomes.enough.notified() => {}
                () = tokio::time::sleep(LINGER) => {}
            }
        }
        let all = Arc::new(outcomes.take());
        if all.len() == 1 || self.write_down(Arc::clone(&all), 0..all.len()).await.is_err() {
            // One that cannot be recorded must not hold up the others; where the database is away, all wait for it.
            let end = Instant::now() + NOTED_WITHIN;
            for one in 0..all.len() {
                if let Err(error) = self.write_down_until(end, &all, one).await {
                    // The lease runs out and the email is tried again, with the same Message-ID.
                    tracing::error!(%error, "what became of a letter could not be stored");
                }
            }
        }
    }

    /// Tries again until `end` while the database is away.
    async fn write_down_until(&self, end: Instant, all: &Arc<Vec<(Done, Verdict)>>, one: usize) -> Result<(), StoreError> {
        loop {
            match self.write_down(Arc::clone(all), one..one + 1).await {
                Err(StoreError::Unavailable(_) | StoreError::Overloaded | StoreError::Conflict(_)) if Instant::now() < end => {
                    tokio::time::sleep(NOTED_EVERY).await;
                }
                other => return other,
            }
        }
    }

    async fn write_down(&self, all: Arc<Vec<(Done, Verdict)>>, which: Range<usize>) -> Result<(), StoreError> {
        let rng = self.0.rng.clone();
        let write = move |tx: &mut Tx<'_>| together::record_all(tx, &rng, all.iter().take(which.end).skip(which.start));
        self.0.store.write(write).await
    }
}

fn at_once(config: &Config) -> usize {
    let connections = config.mail.connections;
    TOGETHER.min(AT_ONCE * connections).max(connections)
}

/// An email that was taken and has not gone: its lease runs, and the hash of what it carries is stored.
pub struct InHand(Ready);

/// What is left of it once it is on its way: no secret.
#[derive(Clone)]
pub struct Gone(Done);

impl InHand {
    /// Its row.
    pub fn email(&self) -> EmailId {
        self.0.done.email
    }

    /// The token that was minted for it.
    pub fn token(&self) -> Option<TokenId> {
        self.0.done.token
    }

    /// The mail itself, and what to settle it with.
    pub fn send(self, from: Sender, date: DateTime<Utc>) -> (Gone, Result<Mail, askama::Error>) {
        let (done, mail) = self.0.into_mail(from, date);
        (Gone(done), mail)
    }
}

/// What became of emails and is not written down yet.
#[derive(Default)]
struct Outcomes {
    known: Mutex<Vec<(Done, Verdict)>>,
    /// Emails that are claimed and whose outcome is not known.
    awaited: AtomicUsize,
    /// Whose turn it is to write.
    turn: tokio::sync::Mutex<()>,
    enough: Notify,
}

impl Outcomes {
    fn await_more(&self, letters: usize) {
        self.awaited.fetch_add(letters, Ordering::Relaxed);
    }

    fn add(&self, done: Done, verdict: Verdict) {
        self.known().push((done, verdict));
        self.awaited.fetch_sub(1, Ordering::Relaxed);
        if self.are_enough() {
            self.enough.notify_one();
        }
    }

    fn is_empty(&self) -> bool {
        self.known().is_empty()
    }

    /// There is no sense in waiting for others.
    fn are_enough(&self) -> bool {
        self.awaited.load(Ordering::Relaxed) == 0 || self.known().len() >= TOGETHER
    }

    fn take(&self) -> Vec<(Done, Verdict)> {
        std::mem::take(&mut *self.known())
    }

    fn known(&self) -> MutexGuard<'_, Vec<(Done, Verdict)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
