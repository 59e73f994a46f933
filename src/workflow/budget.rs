//! How many letters one person is sent, how many go to one mail domain, and how many one person or app may cause: counted in
//! the database, so that it holds over all daemons and restarts.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::Refusal;
use crate::config::Config;
use crate::domain::{Caller, User};
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

/// Takes one letter from the caller to `target` out of every budget that it touches, or, where one of them is used up, out of
/// none.
pub(super) fn take_letter(tx: &mut Tx<'_>, config: &Config, caller: &Caller, target: &User) -> Result<Option<Spent>, Refusal> {
    let spent = limits::take_all(tx, &of_letter_to(config, caller, target))?;
    Ok(spent.map(|(kind, retry_at)| {
        let what = match kind {
            "target" => "user_target has had as many letters as one person is sent",
            "target_from" => "user_target has had as many letters as one person or app sends them",
            "domain_hour" => "as many letters as are sent to one mail domain have gone to user_target's",
            _ => "you have caused as many letters as are sent for one person or app",
        };
        Spent { what, retry_at }
    }))
}

/// Holds what letters to these people are taken from, before the first is taken: whoever else sends to several waits, and
/// nobody waits for one who waits for them.
pub(super) fn hold(tx: &mut Tx<'_>, config: &Config, caller: &Caller, targets: &[User]) -> Result<(), Refusal> {
    let budgets: Vec<Budget> = targets.iter().flat_map(|target| of_letter_to(config, caller, target)).collect();
    limits::hold(tx, &budgets)?;
    Ok(())
}

fn of_letter_to(config: &Config, caller: &Caller, target: &User) -> Vec<Budget> {
    let sized = |(kind, whose, burst, every): (_, Subject, _, _)| Some(Budget { kind, subject: whose.of(target)?, burst, every });
    of_letter(config, caller).into_iter().filter_map(sized).collect()
}

/// The budgets that a letter of the caller's touches, and their sizes, in the order in which they are told of.
pub(super) fn of_letter(config: &Config, caller: &Caller) -> Vec<(&'static str, Subject, u32, TimeDelta)> {
    let limits = &config.limits;
    let (hour, day) = (TimeDelta::hours(1), TimeDelta::days(1));
    // What one person or app sends somebody, and a larger budget over all of them: nobody uses up what others need.
    let from = caller.key.map(|key| ("app", key.0)).or(caller.user.map(|user| ("person", user.0)));
    let from = from.map_or(Subject::Target, |(kind, id)| Subject::TargetFrom(kind, id));
    let in_all = if limits.target_letters == 0 { 0 } else { limits.target_letters_in_all.max(limits.target_letters) };
    let mut budgets = vec![
        ("target_from", from, limits.target_letters, limits.target_letter_every.delta()),
        ("target", Subject::Target, in_all, share(hour, limits.target_letters_in_all)),
    ];
    if let Some(user) = caller.user {
        let whose = || Subject::Id(user.0);
        budgets.push(("initiator_hour", whose(), limits.initiator_hourly, share(hour, limits.initiator_hourly)));
        budgets.push(("initiator_day", whose(), limits.initiator_daily, share(day, limits.initiator_daily)));
    }
    if let Some(key) = caller.key {
        budgets.push(("app_day", Subject::Id(key.0), limits.app_daily, share(day, limits.app_daily)));
    }
    let domain = Subject::Domain { but: Arc::clone(&limits.own_domains) };
    budgets.push(("domain_hour", domain, limits.domain_hourly, share(hour, limits.domain_hourly)));
    budgets.retain(|(_, _, burst, _)| *burst > 0);
    budgets
}

fn share(whole: TimeDelta, count: u32) -> TimeDelta {
    whole.checked_div(i32::try_from(count).unwrap_or(i32::MAX)).unwrap_or(whole)
}
