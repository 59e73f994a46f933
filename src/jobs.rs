//! Background jobs: sending emails, reminders, notices of ends, deleting expired rows, purging. No answer depends on them,
//! since every reader judges the clock itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::domain::Caller;
use crate::mail::delivery::worker::Outbox;
use crate::store::{Store, StoreError, Tx, due, names, rate_limits, sign_ins};
use crate::workflow::purge::{self, Pace};
use crate::workflow::requests::{close, remind};
use crate::workflow::{WorkflowError, daily_summary, expiry_notices};

const SWEEP_EVERY: Duration = Duration::from_secs(30);
const EXPIRE_BATCH: i64 = 200;
/// The interval of looking for due notices, a read of a few indexes beside the writer.
const NOTIFY_EVERY: Duration = Duration::from_secs(30);
const NOTIFY_BATCH: i64 = 200;

/// A daemon's jobs, until they are stopped.
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Jobs {
    /// Starts them. `memory` is called regularly and releases memory that the process does not need.
    pub fn start(config: &Arc<Config>, store: &Store, outbox: Outbox, memory: impl Fn() + Send + Sync + 'static) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(outbox.clone().run(stopped.clone()));
        tasks.spawn(fill_names(store.clone(), stopped.clone()));
        tasks.spawn(evict_memory(memory, stopped.clone()));
        tasks.spawn(sweep(store.clone(), outbox, stopped.clone()));
        tasks.spawn(notify(Arc::clone(config), store.clone(), stopped.clone()));
        tasks.spawn(purge_regularly(Arc::clone(config), store.clone(), stopped));
        Self { stop, tasks }
    }

    /// Stops them: waits for emails that are being sent, and starts nothing new.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// True after the pause, false if it is time to stop.
async fn pause(length: Duration, stop: &mut watch::Receiver<bool>) -> bool {
    if *stop.borrow() {
        return false;
    }
    tokio::select! {
        () = tokio::time::sleep(length) => !*stop.borrow(),
        _ = stop.changed() => false,
    }
}

async fn evict_memory(evict: impl Fn() + Send, mut stop: watch::Receiver<bool>) {
    while pause(SWEEP_EVERY, &mut stop).await {
        evict();
    }
}

/// Fills in the keys of names that an older version wrote beside this one.
async fn fill_names(store: Store, mut stop: watch::Receiver<bool>) {
    while pause(SWEEP_EVERY, &mut stop).await {
        if let Err(error) = fill_all(&store, &mut stop).await {
            tracing::warn!(%error, "names without keys could not be given theirs; trying again later");
        }
    }
}

async fn fill_all(store: &Store, stop: &mut watch::Receiver<bool>) -> Result<(), StoreError> {
    while store.read(names::is_any_to_fill).await? {
        let changed = store.write(|tx| names::fill(tx, names::BATCH)).await?;
        if changed == 0 || !pause(Duration::from_millis(20), stop).await {
            break;
        }
    }
    Ok(())
}

async fn sweep(store: Store, outbox: Outbox, mut stop: watch::Receiver<bool>) {
    while pause(SWEEP_EVERY, &mut stop).await {
        match outbox.requeue_after_clock_step().await {
            Ok(0) => {}
            Ok(emails) => {
                tracing::warn!(emails, "the clock was set back; emails that waited for a time far ahead are sent now");
            }
            Err(error) => tracing::warn!(%error, "the outbox could not be looked through; trying again later"),
        }
        loop {
            match store.write(|tx| close::expire_overdue(tx, EXPIRE_BATCH)).await {
                Ok(0) => break,
                Ok(expired) => {
                    tracing::info!(expired, "requests whose time was over");
                }
                Err(error) => {
                    tracing::warn!(%error, "expired requests could not be closed; trying again later");
                    break;
                }
            }
        }
    }
}

async fn notify(config: Arc<Config>, store: Store, mut stop: watch::Receiver<bool>) {
    while pause(NOTIFY_EVERY, &mut stop).await {
        if let Err(error) = notify_all(&config, &store, &mut stop).await {
            tracing::warn!(%error, "reminders and notices could not be queued; trying again later");
        }
    }
}

/// Queues due notices. It reads first, without the writer, since mostly nothing is due.
async fn notify_all(config: &Arc<Config>, store: &Store, stop: &mut watch::Receiver<bool>) -> Result<(), WorkflowError> {
    loop {
        let settings = Arc::clone(config);
        if !store.read(move |tx| is_anything_due(tx, &settings)).await? {
            return Ok(());
        }
        let settings = Arc::clone(config);
        let seen = store.write(move |tx| queue_what_is_due(tx, &settings, NOTIFY_BATCH)).await?;
        // Another daemon has the rest at this moment. The pause between batches leaves the writer to requests.
        if seen == 0 || !pause(Duration::from_millis(20), stop).await {
            return Ok(());
        }
    }
}

fn is_anything_due(tx: &mut Tx<'_>, config: &Config) -> Result<bool, WorkflowError> {
    Ok(due::is_reminder_due(tx)? || expiry_notices::is_due(tx, config)? || !daily_summary::due(tx, config)?.is_empty())
}

/// Queues reminders, notices of ends and summaries that are due, looking at up to `limit` of each kind. Returns how many it
/// looked at.
pub fn queue_what_is_due(tx: &mut Tx<'_>, config: &Config, limit: i64) -> Result<usize, WorkflowError> {
    Ok(remind::send_due(tx, config, limit)? + expiry_notices::send_due(tx, config, limit)? + daily_summary::send_due(tx, config)?)
}

async fn purge_regularly(config: Arc<Config>, store: Store, mut stop: watch::Receiver<bool>) {
    let every = config.retention.purge_every.duration();
    if every.is_zero() {
        return;
    }
    while pause(every, &mut stop).await {
        if let Err(error) = purge_all(&config, &store, &mut stop).await {
            tracing::warn!(%error, "the purge stopped; what is left goes with the next one");
        }
    }
}

async fn purge_all(config: &Arc<Config>, store: &Store, stop: &mut watch::Receiver<bool>) -> Result<(), WorkflowError> {
    let mut pace = Pace::new(&config.retention, store);
    loop {
        let (retention, rows) = (config.retention.clone(), pace.rows());
        let purged = store.write(move |tx| purge::timed(|| purge::batch(tx, &Caller::operator(), &retention, None, rows)));
        let (gone, took) = purged.await?;
        // Read without the writer, since most limits are not full and there may be many.
        let full = store.read(move |tx| rate_limits::full(tx, rows)).await?;
        let failures = store.read(move |tx| sign_ins::old_failures(tx, rows)).await?;
        let networks = store.write(move |tx| sign_ins::forget_networks(tx, rows)).await?;
        let is_done = gone.is_empty() && full.is_empty() && failures.is_empty() && networks == 0;
        if !failures.is_empty() {
            store.write(move |tx| sign_ins::forget_failures(tx, &failures)).await?;
        }
        if !full.is_empty() {
            store.write(move |tx| rate_limits::forget(tx, &full)).await?;
        }
        if is_done || !pause(pace.breath(took), stop).await {
            return Ok(());
        }
    }
}
