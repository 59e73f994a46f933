//! The daily summary for each administrator, by the administrator's local day. Its numbers are counted when it is sent, and it
//! is skipped if all are zero.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use super::WorkflowError;
use crate::config::Config;
use crate::domain::User;
use crate::store::{Tx, due};

/// The limit of administrators who get a summary.
const ADMINS_MOST: i64 = 100;
/// Hours after the configured one in which the summary is still sent.
const HOURS: u32 = 6;

/// Administrators with a due summary that is not queued, each with the number of the day.
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

/// Queues the due summaries; of several daemons, one does.
pub fn send_due(tx: &mut Tx<'_>, config: &Config) -> Result<usize, WorkflowError> {
    let due = due(tx, config)?;
    for (admin, day) in &due {
        due::add_summary(tx, admin.id, *day)?;
    }
    Ok(due.len())
}

/// The day of an administrator's due summary. An administrator added within the last day gets none.
fn day_of(config: &Config, now: DateTime<Utc>, admin: &User) -> Option<i32> {
    let local = now.with_timezone(&admin.time_zone.parse().unwrap_or(Tz::UTC));
    let first = config.letters.summary_hour;
    let is_time = (first..24).contains(&local.hour()) && local.hour() < first + HOURS;
    (is_time && admin.created_at + TimeDelta::days(1) <= now).then(|| local.date_naive().num_days_from_ce())
}
