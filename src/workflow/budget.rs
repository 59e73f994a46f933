//! How many letters one person is sent, and one person or app may cause: counted in the database, so that it holds over all
//! daemons and restarts.

use chrono::{DateTime, TimeDelta, Utc};

use super::Refusal;
use crate::config::Config;
use crate::domain::{Caller, UserId};
use crate::store::limits::{self, Budget};
use crate::store::{Subject, Tx};

/// A budget that is used up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spent {
    /// Which, for people.
    pub(super) what: &'static str,
    /// When there is one letter again.
    pub(super) retry_at: DateTime<Utc>,
}

/// Takes one letter from the caller to `target` out of every budget that it touches; what is used up stops it there.
pub(super) fn take_letter(tx: &mut Tx<'_>, config: &Config, caller: &Caller, target: UserId) -> Result<Option<Spent>, Refusal> {
    for (kind, whose, burst, every) in of_letter(config, caller) {
        let subject = match whose {
            Subject::Target => target.0,
            Subject::Id(id) => id,
        };
        if let Some(retry_at) = limits::take(tx, Budget { kind, subject, burst, every })? {
            let what = if kind == "target" {
                "user_target has had as many letters as one person is sent"
            } else {
                "you have caused as many letters as are sent for one person or app"
            };
            return Ok(Some(Spent { what, retry_at }));
        }
    }
    Ok(None)
}

/// The budgets that a letter of the caller's touches, and their sizes.
pub(super) fn of_letter(config: &Config, caller: &Caller) -> Vec<(&'static str, Subject, u32, TimeDelta)> {
    let limits = &config.limits;
    let (hour, day) = (TimeDelta::hours(1), TimeDelta::days(1));
    let mut budgets = vec![("target", Subject::Target, limits.target_letters, limits.target_letter_every.delta())];
    if let Some(user) = caller.user {
        let whose = Subject::Id(user.0);
        budgets.push(("initiator_hour", whose, limits.initiator_hourly, share(hour, limits.initiator_hourly)));
        budgets.push(("initiator_day", whose, limits.initiator_daily, share(day, limits.initiator_daily)));
    }
    if let Some(key) = caller.key {
        budgets.push(("app_day", Subject::Id(key.0), limits.app_daily, share(day, limits.app_daily)));
    }
    budgets.retain(|(_, _, burst, _)| *burst > 0);
    budgets
}

fn share(whole: TimeDelta, count: u32) -> TimeDelta {
    whole.checked_div(i32::try_from(count).unwrap_or(i32::MAX)).unwrap_or(whole)
}
