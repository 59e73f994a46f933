//! A list is told: by the replica where that is recent enough, and else by the primary.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Following, OFTEN, Replica, SELDOM, Wanted, Who, Why, lock, place_of};
use crate::domain::Caller;
use crate::store::database::{Backend, Fault, Store, StoreError, Tx, end_look};

/// How long a list is waited for; then the primary tells it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the replica did not tell a story.
enum Missed<E> {
    Why(Why),
    Store(StoreError),
    /// The story's own word, which counts only where the primary says it.
    Story(E),
}

impl<E> From<StoreError> for Missed<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E: Fault> Fault for Missed<E> {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Why(_) => None,
            Self::Store(error) => Some(error),
            Self::Story(error) => error.as_store(),
        }
    }
}

impl Store {
    /// As [`Store::read`], for a list that `caller` looks at, from the replica where there is one that is recent enough.
    ///
    /// What it tells may be as old as `database.replica_lag`, but has all that the caller did through this daemon. So it is for what
    /// people read to see what there is. It is never for what somebody is let in by, or acts on without being judged anew: not who
    /// may see what (evaluations, searches and lists of access that apps ask for), nor who calls, tokens, sessions, keys, budgets,
    /// or a single thing that a link leads to.
    ///
    /// `within`: how old it may be for this caller, where they say so. `f` may be called twice, and its errors count only where
    /// the primary says them.
    pub async fn list<T, E>(
        &self,
        caller: &Caller,
        within: Option<Duration>,
        f: impl Fn(&mut Tx<'_>, &Caller) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        let known = caller.clone();
        let Some(replica) = self.replica() else { return self.read(move |tx| f(tx, &known)).await };
        let story = Arc::new(move |tx: &mut Tx<'_>| f(tx, &known));
        let wanted = Wanted { wrote: lock(&replica.wrote).last(Who::of(caller)), within };
        let told = self.told_by(replica, wanted, &story).await;
        replica.count(told.as_ref().err().copied());
        match told {
            Ok(told) => Ok(told),
            Err(_) => self.read(move |tx| story(tx)).await,
        }
    }

    async fn told_by<T, E, F>(&self, replica: &Arc<Replica>, wanted: Wanted, story: &Arc<F>) -> Result<T, Why>
    where
        T: Send + 'static,
        E: Fault,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
    {
        replica.admits(wanted)?;
        let (this, replica, story) = (self.clone(), Arc::clone(replica), Arc::clone(story));
        let told = async move {
            // Kept by the thread, which may hang for longer than it is waited for.
            let turn = Arc::clone(&replica.turns).acquire_owned().await.map_err(|_| Why::Failed)?;
            let look = move || {
                let _turn = turn;
                this.look_behind(&replica, wanted, story.as_ref())
            };
            tokio::task::spawn_blocking(look).await.unwrap_or(Err(Why::Failed))
        };
        tokio::time::timeout(PATIENCE, told).await.unwrap_or(Err(Why::Failed))
    }

    fn look_behind<T, E: Fault>(
        &self,
        replica: &Replica,
        wanted: Wanted,
        story: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, Why> {
        let told = replica.pool.with_begun(replica.begins.read, |conn| {
            let told = replica.show(conn).map_err(Missed::Store).and_then(|shown| {
                let theirs = replica.judge(&shown, wanted).map_err(Missed::Why)?;
                let now = if self.clock.is_manual() { self.clock.now() } else { theirs };
                story(&mut Tx::over(conn, now, &self.chance)).map_err(Missed::Story)
            });
            end_look(conn, told)
        });
        told.map_err(|missed| match missed {
            Missed::Why(why) => why,
            Missed::Story(error) if error.as_store().is_none() => Why::Refused,
            Missed::Store(_) | Missed::Story(_) => Why::Failed,
        })
    }

    /// Notes whose deeds there were, for the lists that they look at next.
    pub(in crate::store::database) fn wrote(&self, by: &[Who]) {
        if let Some(replica) = self.replica() {
            replica.wrote(by);
        }
    }

    fn replica(&self) -> Option<&Arc<Replica>> {
        match &*self.backend {
            Backend::Postgres { replica, .. } => replica.as_ref(),
            Backend::Sqlite { .. } => None,
        }
    }

    /// How often [`Store::follow`] is to be called; none where there is no replica.
    pub fn follows_every(&self) -> Option<Duration> {
        self.replica().map(|replica| (replica.lag / 4).clamp(OFTEN, SELDOM))
    }

    /// Has the replica followed: gives a beat on the primary, and looks what the replica shows.
    pub async fn follow(&self) {
        if let Some(replica) = self.replica().map(Arc::clone) {
            let chance = self.chance.clone();
            // A panic in there is in the log, and lists are told by the primary.
            drop(tokio::task::spawn_blocking(move || replica.follow(&chance)).await);
        }
    }

    /// How the replica is doing; none where there is none.
    pub fn following(&self) -> Option<Following> {
        let replica = self.replica()?;
        let beats = lock(&replica.beats);
        let told = |why| replica.told.get(place_of(why)).map_or(0, |told| told.load(Ordering::Relaxed));
        Some(Following {
            standing: *lock(&replica.standing),
            behind: beats.seen().or(beats.first()).map(|given| given.elapsed()),
            told: told(None),
            told_by_primary: Why::ALL.map(|why| (why.as_str(), told(Some(why)))).to_vec(),
        })
    }
}
