//! What runs beside requests: delivering letters, tidying what has expired, purging. None of it is needed for a right
//! answer: every reader judges the clock itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::api::rates::Rates;
use crate::config::Config;
use crate::domain::Caller;
use crate::mail::outbox::{Outbox, Wake};
use crate::store::{Store, limits};
use crate::workflow::{Refusal, ending, purge};

const TIDY_EVERY: Duration = Duration::from_secs(30);
const TIDY_BATCH: i64 = 200;

/// The jobs of a daemon, until they are told to stop.
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Jobs {
    /// Starts them.
    pub fn start(config: &Arc<Config>, store: &Store, outbox: Outbox, wake: Wake, rates: Arc<Rates>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(outbox.run(stopped.clone()));
        tasks.spawn(tidy(store.clone(), wake, rates, stopped.clone()));
        tasks.spawn(purge_regularly(Arc::clone(config), store.clone(), stopped));
        Self { stop, tasks }
    }

    /// Ends them: letters on their way are waited for, nothing new is begun.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// True when the pause is over, false when it is time to stop.
async fn pause(length: Duration, stop: &mut watch::Receiver<bool>) -> bool {
    if *stop.borrow() {
        return false;
    }
    tokio::select! {
        () = tokio::time::sleep(length) => !*stop.borrow(),
        _ = stop.changed() => false,
    }
}

async fn tidy(store: Store, wake: Wake, rates: Arc<Rates>, mut stop: watch::Receiver<bool>) {
    while pause(TIDY_EVERY, &mut stop).await {
        rates.tidy();
        loop {
            match store.write(|tx| ending::expire_overdue(tx, TIDY_BATCH)).await {
                Ok(0) => break,
                Ok(expired) => {
                    tracing::info!(expired, "requests whose time was over");
                    wake.up();
                }
                Err(error) => {
                    tracing::warn!(%error, "what has expired could not be tidied; trying again later");
                    break;
                }
            }
        }
    }
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

async fn purge_all(config: &Arc<Config>, store: &Store, stop: &mut watch::Receiver<bool>) -> Result<(), Refusal> {
    let most = config.retention.batch;
    loop {
        let retention = config.retention.clone();
        let gone = store.write(move |tx| purge::batch(tx, &Caller::operator(), &retention, None, most)).await?;
        // Looked for beside the writer: most budgets are not full, and there may be many.
        let full = store.read(move |tx| limits::full(tx, most)).await?;
        let is_done = gone.is_empty() && full.is_empty();
        store.write(move |tx| limits::forget(tx, &full)).await?;
        // A breath between batches: the writer belongs to the requests.
        if is_done || !pause(Duration::from_millis(20), stop).await {
            return Ok(());
        }
    }
}
