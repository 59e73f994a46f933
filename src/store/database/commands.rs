//! Runs commands: on SQLite one by one, on PostgreSQL in batches. Each kind of command has a queue (`queue.rs`), and a batch
//! takes whatever waits when the last one ends. With one caller a batch is one command; with many callers it grows by itself. A
//! batch does not wait for row locks: its commands then run alone.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::DateTime;
use tokio::sync::{Notify, oneshot};

use super::queue::{Queue, Worker};
use super::{Backend, Conn, PATIENCE, Rng, Store, StoreError, Tx, fell_silent, panicked};
use crate::clock::Clock;
use crate::store::batch::{Changes, Command, Results};
use crate::store::each;
use crate::store::transaction::Transactions as _;

/// The limit of commands in a transaction.
const MOST: usize = 64;

/// A waiting command, with its caller.
struct Waiting<C: Command + 'static> {
    command: C,
    rng: Rng,
    send: oneshot::Sender<Answer<C>>,
}

enum Answer<C: Command + 'static> {
    Result(Result<C::Output, C::Error>),
    /// The command needs its own transaction.
    Alone(C),
}

impl<C: Command + 'static> Waiting<C> {
    fn answer(self, result: Option<Result<C::Output, C::Error>>) {
        let answer = result.map_or(Answer::Alone(self.command), Answer::Result);
        drop(self.send.send(answer));
    }
}

/// A queue of any kind of command.
trait AnyQueue: Any + Send + Sync {
    fn close(&self);
}

impl<J: Send + 'static> AnyQueue for Queue<J> {
    fn close(&self) {
        Self::close(self);
    }
}

/// The queues by kind of command. The threads of a queue start with its first command and end with the store.
#[derive(Default)]
pub(super) struct Queues(Mutex<HashMap<TypeId, Arc<dyn AnyQueue>>>);

impl Drop for Queues {
    fn drop(&mut self) {
        for queue in self.0.get_mut().unwrap_or_else(PoisonError::into_inner).values() {
            queue.close();
        }
    }
}

impl Queues {
    fn of<C: Command + 'static>(&self, start: impl FnOnce() -> Arc<Queue<Waiting<C>>>) -> Option<Arc<Queue<Waiting<C>>>> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = Arc::clone(queues.entry(TypeId::of::<C>()).or_insert_with(|| start()));
        (queue as Arc<dyn Any + Send + Sync>).downcast().ok()
    }
}

impl Store {
    /// Runs a command atomically.
    pub async fn execute<C: Command + 'static>(&self, command: C) -> Result<C::Output, C::Error> {
        match &*self.backend {
            Backend::Sqlite { .. } if C::ADDS_TO.is_none() => self.read_now(move |tx| command.run(tx)).await,
            Backend::Sqlite { .. } => self.write(move |tx| command.run(tx)).await,
            Backend::Postgres { .. } => self.execute_with_others(command).await,
        }
    }

    async fn execute_with_others<C: Command + 'static>(&self, command: C) -> Result<C::Output, C::Error> {
        let (send, answer) = oneshot::channel();
        self.push(Waiting { command, rng: self.rng.clone(), send })?;
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(Answer::Result(result))) => result,
            Ok(Ok(Answer::Alone(command))) if C::ADDS_TO.is_none() => self.read(move |tx| command.run(tx)).await,
            Ok(Ok(Answer::Alone(command))) => self.write(move |tx| command.run(tx)).await,
            Ok(Err(_)) => Err(C::Error::from(gone())),
            Err(_) => Err(C::Error::from(fell_silent())),
        }
    }

    fn push<C: Command + 'static>(&self, waits: Waiting<C>) -> Result<(), StoreError> {
        let Backend::Postgres { queues, waiting, most_waiting, .. } = &*self.backend else { return Err(gone()) };
        let queue = queues.of::<C>(|| self.start_queue()).ok_or_else(gone)?;
        // Reads are limited by the number of open HTTP requests alone.
        let counted = usize::from(C::ADDS_TO.is_some());
        if waiting.fetch_add(counted, Ordering::Relaxed) >= *most_waiting && counted > 0 {
            waiting.fetch_sub(counted, Ordering::Relaxed);
            return Err(StoreError::Overloaded);
        }
        if queue.push(waits) {
            return Ok(());
        }
        waiting.fetch_sub(counted, Ordering::Relaxed);
        Err(gone())
    }

    fn start_queue<C: Command + 'static>(&self) -> Arc<Queue<Waiting<C>>> {
        let queue = Arc::new(Queue::default());
        let start = |worker: Worker| {
            let (queue, backend) = (Arc::clone(&queue), Arc::downgrade(&self.backend));
            let (clock, emails) = (self.clock.clone(), self.emails());
            std::thread::Builder::new().name("commands".into()).spawn(move || work(worker, &queue, &backend, (&clock, &emails)))
        };
        // Without the first thread the queue has no consumer, and callers get an error. The second thread is optional.
        if start(Worker::Any).is_err() {
            queue.close();
        }
        drop(start(Worker::Many));
        queue
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("the thread that runs commands is gone".into())
}

/// The loop of a queue's thread.
fn work<C: Command + 'static>(
    worker: Worker,
    queue: &Queue<Waiting<C>>,
    backend: &Weak<Backend>,
    (clock, emails): (&Clock, &Notify),
) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else {
        return if worker == Worker::Any {
            queue.close();
        };
    };
    while queue.wait(worker) {
        let Some(backend) = backend.upgrade() else { return };
        let Backend::Postgres { waiting, permits, .. } = &*backend else { return };
        // All queues share the connections.
        let Ok(_permit) = runtime.block_on(permits.acquire()) else { return };
        let batch = queue.take(worker, MOST);
        if batch.is_empty() {
            continue;
        }
        if C::ADDS_TO.is_some() {
            waiting.fetch_sub(batch.len(), Ordering::Relaxed);
        }
        let result = run(&backend, clock, emails, &batch);
        answer(batch, result);
    }
}

/// Runs a batch in one transaction.
fn run<C: Command + 'static>(
    backend: &Backend,
    clock: &Clock,
    emails: &Notify,
    batch: &[Waiting<C>],
) -> Result<Results<C>, StoreError> {
    let (Backend::Postgres { pool, begins, .. }, Some(first)) = (backend, batch.first()) else { return Err(gone()) };
    let commands: Vec<&C> = batch.iter().map(|waiting| &waiting.command).collect();
    let begin = if C::ADDS_TO.is_some() { &begins.batch } else { &begins.read };
    let mut has_emails = false;
    let ran = pool.with_begun(
        |conn| each!(conn, |c| c.begin_by(begin)),
        |conn| {
            let results = catch_unwind(AssertUnwindSafe(|| run_all(conn, clock, &first.rng, &commands, &mut has_emails)));
            let results = results.unwrap_or_else(|_| Err(panicked())).inspect(|_| crate::failpoints::point("commit.before"));
            each!(conn, |c| c.finish(results))
        },
    );
    crate::failpoints::point("commit.after");
    if has_emails && ran.is_ok() {
        emails.notify_one();
    }
    ran
}

fn run_all<C: Command + 'static>(
    conn: &mut Conn,
    clock: &Clock,
    rng: &Rng,
    commands: &[&C],
    has_emails: &mut bool,
) -> Result<Results<C>, StoreError> {
    let Some(table) = C::ADDS_TO else {
        let now = each!(conn, |c| c.now(clock))?;
        return C::run_all(&mut Tx::over(conn, now, rng), commands, &mut Changes::default());
    };
    let mut tx = Tx::over(conn, DateTime::UNIX_EPOCH, rng);
    let (mut changes, theirs) = Changes::begin_with_time(&mut tx, table, commands.len())?;
    tx.set_now(if clock.is_manual() { clock.now() } else { theirs });
    let results = C::run_all(&mut tx, commands, &mut changes)?;
    changes.write(&mut tx)?;
    *has_emails = tx.has_emails();
    Ok(results)
}

/// Answers the callers of a batch. If the batch was certainly rolled back, its commands may succeed alone. In an outage all of
/// them fail: the commit may have succeeded, so nothing runs again.
fn answer<C: Command + 'static>(batch: Vec<Waiting<C>>, result: Result<Results<C>, StoreError>) {
    match result {
        Ok(results) => batch.into_iter().zip(results).for_each(|(waiting, result)| waiting.answer(result)),
        Err(StoreError::Unavailable(why)) => {
            for waiting in batch {
                waiting.answer(Some(Err(StoreError::Unavailable(why.clone()).into())));
            }
        }
        Err(StoreError::Overloaded) => {
            for waiting in batch {
                waiting.answer(Some(Err(StoreError::Overloaded.into())));
            }
        }
        Err(_) => batch.into_iter().for_each(|waiting| waiting.answer(None)),
    }
}
