//! PostgreSQL: operations that wait at the same moment are told in one transaction (`store/ahead.rs` says how). For each kind of
//! operation there is a queue, of which what waits is taken whenever the last batch is done (`queue.rs`): with one caller a batch is
//! one operation, with many it is as many as came meanwhile, and what a transaction costs is shared by all of them. It waits for
//! nobody: what strays, and what finds a row held by somebody else, goes back to its caller and is told alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock, Weak};

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use tokio::sync::oneshot;

use super::queue::{Queue, Taker};
use super::{Backend, Conn, Fault, Ordering, PATIENCE, Rng, Store, StoreError, Tx, fell_silent, finish_read, panicked};
use crate::clock::Clock;
use crate::store::ahead::{Ahead, Kind, Wants};

/// Operations in one transaction at most.
const MOST: usize = 64;

/// A operation that waits, with its caller.
trait Job: Send {
    fn wants(&self) -> &Wants;

    /// Tells it; whether what it set down stays.
    fn tell(&mut self, conn: &mut Conn, now: DateTime<Utc>, ahead: &mut Ahead) -> bool;

    /// Gives it back to its caller, to be told in a transaction of its own.
    fn give_back(self: Box<Self>);

    /// Answers with what came of it, if the batch was kept.
    fn answer(self: Box<Self>, kept: Result<(), StoreError>);
}

struct Waiting<T, E, F> {
    rng: Rng,
    wants: Wants,
    story: F,
    told: Option<Result<T, E>>,
    send: oneshot::Sender<Answer<T, E, F>>,
}

enum Answer<T, E, F> {
    RequestView(Result<T, E>),
    Alone(F),
}

impl<T, E, F> Job for Waiting<T, E, F>
where
    T: Send,
    E: Fault,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn wants(&self) -> &Wants {
        &self.wants
    }

    fn tell(&mut self, conn: &mut Conn, now: DateTime<Utc>, ahead: &mut Ahead) -> bool {
        let (story, rng) = (&mut self.story, &self.rng);
        let mut tx = Tx::with_others(conn, now, rng, ahead);
        let told = catch_unwind(AssertUnwindSafe(|| story(&mut tx)));
        let told = told.unwrap_or_else(|_| Err(E::from(panicked())));
        self.told.insert(told).is_ok()
    }

    fn give_back(self: Box<Self>) {
        drop(self.send.send(Answer::Alone(self.story)));
    }

    fn answer(self: Box<Self>, kept: Result<(), StoreError>) {
        let nothing = || Err(E::from(StoreError::Query("a story was not told".into())));
        let told = self.told.unwrap_or_else(nothing);
        // A batch that failed failed for all: even a refusal may rest on what another one in it had set down.
        drop(self.send.send(Answer::RequestView(kept.map_err(E::from).and(told))));
    }
}

type Jobs = Queue<Box<dyn Job>>;

/// Where operations wait, by kind. Their threads start when the first one comes, and end with the store.
#[derive(Default)]
pub(super) struct Queues([OnceLock<Arc<Jobs>>; 3]);

impl Drop for Queues {
    fn drop(&mut self) {
        for queue in self.0.iter().filter_map(OnceLock::get) {
            queue.close();
        }
    }
}

impl Queues {
    fn of(&self, kind: Kind) -> &OnceLock<Arc<Jobs>> {
        let [looks, filings, approvals] = &self.0;
        match kind {
            Kind::Look => looks,
            Kind::File => filings,
            Kind::Approve => approvals,
        }
    }
}

impl Store {
    /// As [`Store::write`], for an operation of which is known what it will look at: on PostgreSQL it shares its transaction with
    /// the operations that wait at the same moment.
    pub async fn write_with<T, E>(
        &self,
        wants: Wants,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        match &*self.backend {
            Backend::Sqlite { .. } => self.write(f).await,
            Backend::Postgres { .. } => self.tell_with_others(wants, f).await,
        }
    }

    /// As [`Store::glance`], of which is known what it will look at.
    pub async fn glance_with<T, E>(
        &self,
        wants: Wants,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        match &*self.backend {
            Backend::Sqlite { .. } => self.glance(f).await,
            Backend::Postgres { .. } => self.tell_with_others(wants, f).await,
        }
    }

    async fn tell_with_others<T, E>(
        &self,
        wants: Wants,
        story: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        let (send, answer) = oneshot::channel();
        let kind = wants.kind();
        let job = Waiting { rng: self.rng.clone(), wants, story, told: None, send };
        self.enqueue(kind, Box::new(job))?;
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(Answer::RequestView(told))) => told,
            Ok(Ok(Answer::Alone(story))) if kind == Kind::Look => self.read(story).await,
            Ok(Ok(Answer::Alone(story))) => self.write(story).await,
            Ok(Err(_)) => Err(E::from(gone())),
            Err(_) => Err(E::from(fell_silent())),
        }
    }

    fn enqueue(&self, kind: Kind, job: Box<dyn Job>) -> Result<(), StoreError> {
        let Backend::Postgres { queues, waiting, most_waiting, .. } = &*self.backend else { return Err(gone()) };
        let queue = queues.of(kind).get_or_init(|| {
            let jobs = Arc::new(Jobs::default());
            let start = |taker: Taker| {
                let (jobs, store) = (Arc::clone(&jobs), (Arc::downgrade(&self.backend), self.clock.clone()));
                std::thread::Builder::new().name("together".into()).spawn(move || work(kind, taker, &jobs, &store))
            };
            // Where no thread can be had nobody takes, and whoever asks hears it. The second one is a help, and no more.
            if start(Taker::Any).is_err() {
                jobs.close();
            }
            drop(start(Taker::Many));
            jobs
        });
        // Looks are bounded by the requests that are open, and by nothing else.
        let counted = usize::from(kind != Kind::Look);
        if waiting.fetch_add(counted, Ordering::Relaxed) >= *most_waiting && counted > 0 {
            waiting.fetch_sub(counted, Ordering::Relaxed);
            return Err(StoreError::Overloaded);
        }
        if queue.push(job) {
            return Ok(());
        }
        waiting.fetch_sub(counted, Ordering::Relaxed);
        Err(gone())
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("the thread that tells stories together is gone".into())
}

/// What one of a kind's threads does.
fn work(kind: Kind, taker: Taker, jobs: &Jobs, (backend, clock): &(Weak<Backend>, Clock)) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else {
        return if taker == Taker::Any {
            jobs.close();
        };
    };
    while jobs.wait(taker) {
        let Some(backend) = backend.upgrade() else { return };
        let Backend::Postgres { waiting, turns, .. } = &*backend else { return };
        // A connection is one of those that all share.
        let Ok(_turn) = runtime.block_on(turns.acquire()) else { return };
        let batch = jobs.take(taker, MOST);
        if batch.is_empty() {
            continue;
        }
        if kind != Kind::Look {
            waiting.fetch_sub(batch.len(), Ordering::Relaxed);
        }
        let store = Batcher { backend: &backend, clock };
        // A panic loses the batch, whose callers hear it, and not the thread.
        drop(catch_unwind(AssertUnwindSafe(|| store.tell(kind, batch))));
    }
}

struct Batcher<'a> {
    backend: &'a Backend,
    clock: &'a Clock,
}

/// Why a batch was not kept.
enum Undone {
    /// These need more than was read ahead.
    Strayed(Vec<bool>),
    Store(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault for Undone {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Strayed(_) => None,
        }
    }
}

impl Batcher<'_> {
    /// Tells all of them and answers: together, but for those that stray.
    fn tell(&self, kind: Kind, mut batch: Vec<Box<dyn Job>>) {
        match self.together(kind, &mut batch) {
            Ok(left_out) => answer_but(batch, left_out),
            // Of a look nothing is undone: what the others were told was read before.
            Err(Undone::Strayed(strayed)) if kind == Kind::Look => answer_but(batch, strayed),
            Err(Undone::Strayed(strayed)) => {
                let (strayed, others): (Vec<_>, Vec<_>) = batch.into_iter().zip(strayed).partition(|(_, strayed)| *strayed);
                let mut others: Vec<_> = others.into_iter().map(|(job, _)| job).collect();
                if !others.is_empty() {
                    match self.together(kind, &mut others) {
                        // Nobody of whom nothing is known is among these: those strayed before.
                        Ok(_) => answer_kept(others),
                        Err(undone) => answer_undone(others, &undone),
                    }
                }
                for (job, _) in strayed {
                    job.give_back();
                }
            }
            Err(undone) => answer_undone(batch, &undone),
        }
    }

    /// Tells all of them in one transaction, which is kept if none strays; answers with those that it left out.
    fn together(&self, kind: Kind, batch: &mut [Box<dyn Job>]) -> Result<Vec<bool>, Undone> {
        let Backend::Postgres { pool, begins, .. } = self.backend else {
            return Err(Undone::Store(gone()));
        };
        let begin = if kind == Kind::Look { begins.read } else { begins.together };
        let told = pool.with_begun(begin, |conn| {
            let told = tell_all(conn, self.clock, kind, batch).inspect(|_| crate::failpoints::point("commit.before"));
            finish_read(conn, told)
        });
        crate::failpoints::point("commit.after");
        told
    }
}

/// Answers all but those that are told alone.
fn answer_but(batch: Vec<Box<dyn Job>>, alone: Vec<bool>) {
    for (job, is_alone) in batch.into_iter().zip(alone) {
        if is_alone { job.give_back() } else { job.answer(Ok(())) }
    }
}

/// Tells all but those that name somebody whom nobody knows yet, and who has to be made first: those are told alone.
fn tell_all(conn: &mut Conn, clock: &Clock, kind: Kind, batch: &mut [Box<dyn Job>]) -> Result<Vec<bool>, Undone> {
    let wants: Vec<&Wants> = batch.iter().map(|job| job.wants()).collect();
    let (mut ahead, now) = Ahead::read(postgres(conn)?, clock, kind, &wants)?;
    let left_out: Vec<bool> = wants.iter().map(|wants| !ahead.knows_all_of(wants)).collect();
    let mut strayed = left_out.clone();
    let told = batch.iter_mut().zip(&mut strayed).filter(|(_, is_left_out)| !**is_left_out);
    let mut is_whole = true;
    for (job, has_strayed) in told {
        let mark = ahead.mark();
        if !job.tell(conn, now, &mut ahead) {
            ahead.back_to(mark);
        }
        *has_strayed = ahead.has_strayed();
        is_whole &= !*has_strayed;
    }
    if !is_whole {
        return Err(Undone::Strayed(strayed));
    }
    ahead.write(postgres(conn)?, now)?;
    Ok(left_out)
}

fn postgres(conn: &mut Conn) -> Result<&mut PgConnection, StoreError> {
    match conn {
        Conn::Postgres(c) => Ok(c),
        Conn::Sqlite(_) => Err(gone()),
    }
}

fn answer_kept(batch: Vec<Box<dyn Job>>) {
    for job in batch {
        job.answer(Ok(()));
    }
}

/// What was surely not kept may go well alone. An outage is the same for all of them; and whether a commit
/// that it met was kept nobody knows, so that nothing is told again.
fn answer_undone(batch: Vec<Box<dyn Job>>, undone: &Undone) {
    for job in batch {
        match undone {
            Undone::Store(StoreError::Unavailable(why)) => job.answer(Err(StoreError::Unavailable(why.clone()))),
            Undone::Store(StoreError::Overloaded) => job.answer(Err(StoreError::Overloaded)),
            Undone::Store(_) | Undone::Strayed(_) => job.give_back(),
        }
    }
}
