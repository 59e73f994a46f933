//! The daily email to each administrator. The day is theirs, by their own clock; what it says is counted as it goes, and where
//! there is nothing to say it does not.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use super::WorkflowError;
use crate::config::Config;
use crate::domain::User;
use crate::store::{Tx, due};

/// Administrators at most who are written to.
const ADMINS_MOST: i64 = 100;
/// Hours after the first in which a day's email is still worth writing.
const HOURS: u32 = 6;

/// Those whose summary of today is due and not queued, each with the number of their day.
pub fn due(tx: &mut Tx<'_>, config: &Config) -> Result<Vec<(User, i32)>, WorkflowError> {
    let now = tx.now();
    let mut due = Vec::new();
    for admin in due::admins(tx, ADMINS_MOST)? {
        if let Some(day) = day_of(config, now, &admin)
            && !due::has_summary(tx, admin.id, day)?
        {
            due.push((admin, day));
        }
    }
    Ok(due)
}

/// Queues them; of several daemons one does.
pub fn send_due(tx: &mut Tx<'_>, config: &Config) -> Result<usize, WorkflowError> {
    let due = due(tx, config)?;
    for (admin, day) in &due {
        due::add_summary(tx, admin.id, *day)?;
    }
    Ok(due.len())
}

/// The day of somebody's summary, where it is time for it. Who came today has seen the instance today.
fn day_of(config: &Config, now: DateTime<Utc>, admin: &User) -> Option<i32> {
    let local = now.with_timezone(&admin.time_zone.parse().unwrap_or(Tz::UTC));
    let first = config.letters.summary_hour;
    let is_time = (first..24).contains(&local.hour()) && local.hour() < first + HOURS;
    (is_time && admin.created_at + TimeDelta::days(1) <= now).then(|| local.date_naive().num_days_from_ce())
}
