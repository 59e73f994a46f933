//! The overview of the instance: pending, stuck and expiring objects, and recent activity. Every count has a limit.

use chrono::{DateTime, TimeDelta, Utc};

use super::lists::{self, Addressed};
use crate::config::Config;
use crate::domain::{Caller, EmailState};
use crate::store::admin::{Bounded, charts, emails, grants, requests};
use crate::store::{Tx, tokens};
use crate::workflow::requests::view::RequestView;
use crate::workflow::shares::Share;
use crate::workflow::{WorkflowError, authority, purge};

/// The notice period for expiring grants, the same as in the daily email.
pub const SOON: TimeDelta = TimeDelta::days(7);
/// Rows shown of each list.
const FIRST: i64 = 5;

/// A count with the first rows.
#[derive(Clone, Debug)]
pub struct Few<T> {
    pub number: Bounded,
    pub first: Vec<T>,
}

/// The overview of the instance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Pending requests, the first to expire first.
    pub pending: Few<RequestView>,
    /// Pending requests with an undeliverable email.
    pub undeliverable: Few<RequestView>,
    /// Requests pending for more than half of the time to expiry.
    pub stale: Few<RequestView>,
    /// Grants that expire soon.
    pub ending: Few<Share>,
    pub dead: Few<Addressed>,
    pub queued: Bounded,
    /// Ended requests that a purge would delete, and expired ones without a recorded end.
    pub over: (Bounded, Bounded),
    /// Request events by hour.
    pub hours: Vec<charts::Hour>,
    /// The time from which the hours are complete, if not from the start.
    pub since: Option<DateTime<Utc>>,
    /// The time to decision of the newest requests, in seconds.
    pub decisions: Vec<i64>,
    /// The newest emails, counted by state.
    pub emails: Vec<(String, i64)>,
    /// The current epoch: one more than the number of restores.
    pub epoch: i32,
}

/// Reads the overview, with events from `since` on.
pub fn read(tx: &mut Tx<'_>, caller: &Caller, config: &Config, since: DateTime<Utc>) -> Result<Overview, WorkflowError> {
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
    let dead = Few { number, first: lists::emails(tx, caller, Some(EmailState::Dead), None, FIRST)?.items };
    let over = requests::count_over(tx, purge::cutoff(now, &config.retention, None).ended)?;
    let (hours, left_out) = charts::by_hour(tx, since.timestamp_micros())?;
    let decisions = charts::times_to_decision(tx)?;
    let emails = charts::emails_by_state(tx)?;
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
        emails,
        epoch: tokens::epoch(tx)?,
    })
}
