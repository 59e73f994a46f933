//! Long jobs started by administrators. A job runs in steps. Each step is a transaction that also stores the progress, so that
//! nobody waits, every daemon can show the progress, and another daemon can resume a stopped job.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::from_micros;
use crate::config::Config;
use crate::domain::{AppId, Caller, EmailId, GrantId, KeyId, UserId, WhyCancelled};
use crate::store::admin::{Bounded, bulk};
use crate::store::audit::{self, Event, Head};
use crate::store::purge::Purged;
use crate::store::{StoreError, Tx, credentials, outbox};
use crate::workflow::requests::close;
use crate::workflow::{What, WorkflowError, authority, purge, shares};

pub use crate::store::admin::bulk::Side;

/// Audit rows verified in one step.
const ROWS: i64 = 1_000;
/// Requests, emails or grants processed in one step. (A grant may have others under it.)
const TOGETHER: i64 = 50;
const GRANTS: i64 = 10;
/// After this time without a step, a job counts as stopped.
const LEFT: TimeDelta = TimeDelta::minutes(1);

crate::word_enum! {
    /// The kinds of jobs. At most one of each kind runs at a time.
    Kind {
        /// Deletes old rows.
        Purge = "purge",
        /// Verifies the audit.
        Verify = "verify",
        /// Cancels an app's requests.
        Cancel = "cancel",
        /// Revokes the grants from or to a person.
        Revoke = "revoke",
        /// Retries dead emails.
        Retry = "retry",
    }
}

/// A job's task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "lowercase")]
pub enum Task {
    /// Deletes rows that ended at least this many seconds ago; none means the configured grace.
    Purge {
        /// Seconds.
        older_than: Option<i64>,
    },
    /// Verifies all audit rows up to its start.
    Verify {
        /// The ends of the chains at the start.
        heads: Vec<Place>,
        /// The position in the first of them.
        at: Place,
    },
    /// Cancels the requests that an app filed before the start.
    Cancel {
        /// The app's key.
        key: i64,
    },
    /// Revokes the grants from or to a person.
    Revoke {
        /// The person.
        user: i64,
        /// Whether the person is the grantor; otherwise the grantee.
        gave: bool,
    },
    /// Retries the emails that were dead at the start.
    Retry {
        /// The last processed email.
        after: i64,
    },
}

/// A position in the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub chain: i32,
    pub seq: i64,
    pub hash: Vec<u8>,
}

impl From<Head> for Place {
    fn from(Head { chain, seq, hash }: Head) -> Self {
        Self { chain, seq, hash }
    }
}

impl From<&Place> for Head {
    fn from(place: &Place) -> Self {
        Self { chain: place.chain, seq: place.seq, hash: place.hash.clone() }
    }
}

impl Task {
    /// The kind of job.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Purge { .. } => Kind::Purge,
            Self::Verify { .. } => Kind::Verify,
            Self::Cancel { .. } => Kind::Cancel,
            Self::Revoke { .. } => Kind::Revoke,
            Self::Retry { .. } => Kind::Retry,
        }
    }

    const fn side(gave: bool) -> Side {
        if gave { Side::Gave } else { Side::Holds }
    }
}

/// The end of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    Done,
    /// The audit is broken at this position.
    Broken {
        chain: i32,
        /// The row, or the end of the chain.
        seq: i64,
    },
}

/// A job with its progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The task, from its current position.
    pub task: Task,
    /// The administrator who started it.
    pub by: Option<i64>,
    started_at: i64,
    seen_at: i64,
    /// The counted amount of work.
    pub total: i64,
    /// Whether there was more than the count.
    pub is_more: bool,
    /// The amount of finished work.
    pub done: i64,
    /// The rows deleted by a purge.
    pub gone: Purged,
    /// The result, once it has ended.
    pub end: Option<End>,
}

impl Job {
    /// Time of the start.
    pub fn started_at(&self) -> DateTime<Utc> {
        from_micros(self.started_at)
    }

    /// Time of the last step.
    pub fn seen_at(&self) -> DateTime<Utc> {
        from_micros(self.seen_at)
    }

    /// Whether the job runs at `now`: it has neither ended nor stopped.
    pub fn is_going_at(&self, now: DateTime<Utc>) -> bool {
        self.end.is_none() && now < self.seen_at() + LEFT
    }

    fn read(text: &str) -> Result<Self, WorkflowError> {
        serde_json::from_str(text).map_err(|error| StoreError::Query(format!("a job in meta cannot be read: {error}")).into())
    }

    fn keep(&self, tx: &mut Tx<'_>) -> Result<(), WorkflowError> {
        let text = serde_json::to_string(self).map_err(|error| StoreError::Query(error.to_string()))?;
        Ok(bulk::keep_job(tx, self.task.kind().as_str(), &text)?)
    }
}

/// The last started job of a kind.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, kind: Kind) -> Result<Option<Job>, WorkflowError> {
    authority::require_admin(caller)?;
    bulk::find_job(tx, kind.as_str())?.as_deref().map(Job::read).transpose()
}

/// Counts the work of a task, up to one more than the limit.
pub fn count(tx: &mut Tx<'_>, caller: &Caller, task: &Task) -> Result<Bounded, WorkflowError> {
    authority::require_admin(caller)?;
    Ok(match task {
        Task::Cancel { key } => {
            let app = app_of(tx, *key)?;
            bulk::count_waiting_of(tx, app)?
        }
        Task::Revoke { user, gave } => bulk::count_live_of(tx, Task::side(*gave), UserId(*user))?,
        Task::Retry { after } => {
            let emails = bulk::dead(tx, EmailId(*after), bulk::MOST + 1)?;
            Bounded::counted(emails.len(), bulk::MOST)
        }
        Task::Verify { heads, .. } => Bounded { number: heads.iter().map(|head| head.seq).sum(), is_more: false },
        Task::Purge { .. } => Bounded::default(),
    })
}

/// The task to verify the audit in its present state.
pub fn verification(tx: &mut Tx<'_>, caller: &Caller) -> Result<Task, WorkflowError> {
    authority::require_admin(caller)?;
    let heads: Vec<Place> = audit::heads(tx)?.into_iter().map(Place::from).collect();
    let at = Place { chain: heads.first().map_or(0, |head| head.chain), seq: 0, hash: Vec::new() };
    Ok(Task::Verify { heads, at })
}

/// Starts a job, unless one of its kind is running. Returns the running job.
pub fn start(tx: &mut Tx<'_>, caller: &Caller, task: &Task, total: Bounded) -> Result<Job, WorkflowError> {
    authority::require_admin(caller)?;
    let now = tx.now();
    if let Some(other) = find(tx, caller, task.kind())?
        && other.is_going_at(now)
    {
        return Ok(other);
    }
    let now = now.timestamp_micros();
    let begun = Job {
        task: task.clone(),
        by: caller.user.map(|user| user.0),
        started_at: now,
        seen_at: now,
        total: total.number,
        is_more: total.is_more,
        done: 0,
        gone: Purged::default(),
        end: None,
    };
    begun.keep(tx)?;
    Ok(begun)
}

/// Runs one step; a purge deletes up to `rows` of each kind. None if there is no job to run, or another daemon runs a step
/// right now.
pub fn step(tx: &mut Tx<'_>, caller: &Caller, config: &Config, kind: Kind, rows: i64) -> Result<Option<Job>, WorkflowError> {
    authority::require_admin_now(tx, caller)?;
    let Some(kept) = bulk::take_job(tx, kind.as_str())? else { return Ok(None) };
    let mut job = Job::read(&kept)?;
    if job.end.is_some() {
        return Ok(Some(job));
    }
    match job.task.clone() {
        Task::Purge { older_than } => {
            let older_than = older_than.map(TimeDelta::seconds);
            let gone = purge::batch(tx, caller, &config.retention, older_than, rows)?;
            job.gone = job.gone.plus(gone);
            job.done = job.gone.sum();
            job.end = gone.is_empty().then_some(End::Done);
        }
        Task::Verify { heads, at } => verify(tx, &mut job, heads, &at)?,
        Task::Cancel { key } => cancel(tx, caller, &mut job, key)?,
        Task::Revoke { user, gave } => revoke(tx, caller, &mut job, UserId(user), Task::side(gave))?,
        Task::Retry { after } => retry(tx, caller, &mut job, EmailId(after))?,
    }
    job.seen_at = tx.now().timestamp_micros();
    job.keep(tx)?;
    Ok(Some(job))
}

fn verify(tx: &mut Tx<'_>, job: &mut Job, mut heads: Vec<Place>, at: &Place) -> Result<(), WorkflowError> {
    let broken = |broken: audit::Broken| match broken {
        audit::Broken::Row { chain, seq } => End::Broken { chain, seq },
        audit::Broken::End { chain, found, .. } => End::Broken { chain, seq: found },
    };
    let Some(head) = heads.first() else {
        job.end = Some(audit::verify_ends(tx)?.map_or_else(broken, |()| End::Done));
        return Ok(());
    };
    match audit::verify_part(tx, &head.into(), &at.into(), ROWS)? {
        Err(wrong) => job.end = Some(broken(wrong)),
        Ok(next) => {
            job.done += next.seq - at.seq;
            let mut at = Place::from(next);
            if at.seq >= head.seq {
                heads.remove(0);
                at = Place { chain: heads.first().map_or(0, |head| head.chain), seq: 0, hash: Vec::new() };
            }
            job.task = Task::Verify { heads, at };
        }
    }
    Ok(())
}

fn app_of(tx: &mut Tx<'_>, key: i64) -> Result<AppId, WorkflowError> {
    Ok(credentials::find_key(tx, KeyId(key))?.ok_or(WorkflowError::NotFound(What::Key))?.app)
}

/// Excludes requests filed after the start.
fn cancel(tx: &mut Tx<'_>, caller: &Caller, job: &mut Job, key: i64) -> Result<(), WorkflowError> {
    let started_at = job.started_at();
    let app = app_of(tx, key)?;
    let waiting = bulk::waiting_of(tx, app, TOGETHER)?;
    let requests: Vec<_> = waiting.into_iter().filter(|request| request.created_at <= started_at).collect();
    for request in &requests {
        close::cancel(tx, caller, request, WhyCancelled::Removed)?;
        job.done += 1;
    }
    job.end = requests.is_empty().then_some(End::Done);
    Ok(())
}

/// Reshared grants end with their parent.
fn revoke(tx: &mut Tx<'_>, caller: &Caller, job: &mut Job, user: UserId, side: Side) -> Result<(), WorkflowError> {
    let live: Vec<GrantId> = bulk::live_of(tx, side, user, job.started_at(), GRANTS)?;
    for id in &live {
        match shares::revoke(tx, caller, *id) {
            Ok(ended) => job.done += i64::try_from(ended.len()).unwrap_or_default(),
            Err(WorkflowError::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    job.end = live.is_empty().then_some(End::Done);
    Ok(())
}

/// Excludes emails that died again meanwhile: they come before the position.
fn retry(tx: &mut Tx<'_>, caller: &Caller, job: &mut Job, after: EmailId) -> Result<(), WorkflowError> {
    let dead = bulk::dead(tx, after, TOGETHER)?;
    for id in &dead {
        job.done += i64::from(retry_email(tx, caller, *id)?);
    }
    match dead.last() {
        Some(last) => job.task = Task::Retry { after: last.0 },
        None => job.end = Some(End::Done),
    }
    Ok(())
}

/// Makes an email due now; false if it was sent or cancelled.
pub fn retry_email(tx: &mut Tx<'_>, caller: &Caller, id: EmailId) -> Result<bool, WorkflowError> {
    authority::require_admin(caller)?;
    let email = outbox::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Email))?;
    let is_queued = outbox::retry(tx, id)?;
    if is_queued {
        let (request, grant) = (email.request, email.grant);
        audit::append(tx, caller, Event { name: "letter.retried", request, grant, subject: Some(id.0), ..Event::default() })?;
    }
    Ok(is_queued)
}
