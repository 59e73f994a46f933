//! How the instance is, at a glance: what waits, what hangs, what ends, and how it went lately. Nothing is counted without bound.

use chrono::{DateTime, TimeDelta, Utc};

use super::lists::{self, Addressed};
use crate::config::Config;
use crate::domain::{Caller, EmailState};
use crate::store::admin::{Bounded, charts, emails, grants, requests};
use crate::store::{Tx, tokens};
use crate::workflow::requests::view::RequestView;
use crate::workflow::shares::Share;
use crate::workflow::{WorkflowError, authority, purge};

/// Access that ends is worth knowing of so long before; the daily email says the same.
pub const SOON: TimeDelta = TimeDelta::days(7);
/// Lines shown of each.
const FIRST: i64 = 5;

/// How many, and the first of them.
#[derive(Clone, Debug)]
pub struct Few<T> {
    /// How many.
    pub number: Bounded,
    /// The first.
    pub first: Vec<T>,
}

/// How the instance is.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Requests that wait for a decision, the soonest to end first.
    pub pending: Few<RequestView>,
    /// Of those, the ones whose email did not arrive.
    pub undeliverable: Few<RequestView>,
    /// Of those, the ones that have waited for more than half of their time.
    pub stale: Few<RequestView>,
    /// Access that ends soon.
    pub ending: Few<Share>,
    /// Emails that were given up.
    pub dead: Few<Addressed>,
    /// Emails that wait.
    pub queued: Bounded,
    /// What is over and would be purged, and what is over and not written down as ended.
    pub over: (Bounded, Bounded),
    /// What happened to requests, hour by hour.
    pub hours: Vec<charts::Hour>,
    /// From when that is all, where it is not all that was asked for.
    pub since: Option<DateTime<Utc>>,
    /// How long the newest decisions took, in seconds.
    pub decisions: Vec<i64>,
    /// How the newest emails went.
    pub letters: Vec<(String, i64)>,
    /// How often the database was restored, and once more.
    pub epoch: i32,
}

/// Looks around; what happened is counted from `since` on.
pub fn look(tx: &mut Tx<'_>, caller: &Caller, config: &Config, since: DateTime<Utc>) -> Result<Overview, WorkflowError> {
    authority::require_admin(caller)?;
    let now = tx.now();
    let soon = now + SOON;
    let mut waiting = |which| {
        let number = requests::count_waiting(tx, which)?;
        Ok::<_, WorkflowError>(Few { number, first: lists::requests(tx, caller, which, None, FIRST)?.items })
    };
    let pending = waiting(requests::Which::Waiting)?;
    let undeliverable = waiting(requests::Which::Undeliverable)?;
    let stale = waiting(requests::Which::Stale)?;
    let first = lists::grants(tx, caller, grants::Which::EndingBefore(soon), None, FIRST)?.items;
    let ending = Few { number: grants::count_ending(tx, soon)?, first };
    let (number, queued) = emails::count(tx)?;
    let dead = Few { number, first: lists::letters(tx, caller, Some(EmailState::Dead), None, FIRST)?.items };
    let over = requests::count_over(tx, purge::cutoff(now, &config.retention, None).ended)?;
    let (hours, left_out) = charts::by_hour(tx, since.timestamp_micros())?;
    let decisions = charts::times_to_decision(tx)?;
    let letters = charts::emails_by_state(tx)?;
    let since = left_out.and_then(DateTime::from_timestamp_micros);
    Ok(Overview {
        pending,
        undeliverable,
        stale,
        ending,
        dead,
        queued,
        over,
        hours,
        since,
        decisions,
        letters,
        epoch: tokens::epoch(tx)?,
    })
}
