//! How many emails one person is sent, how many go to one mail domain, and how many one person or app may cause; how many rows
//! and how many new people one of them may make: counted in the database, so that it holds over all daemons and restarts.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{WhyTooMany, WorkflowError, visible_users};
use crate::config::Config;
use crate::domain::{Caller, User};
use crate::store::rate_limits::{self, RateLimit, RateLimited};
use crate::store::{Subject, Tx};

/// Takes from every one of these budgets, or, where one of them is used up, from none.
pub(super) fn take(tx: &mut Tx<'_>, budgets: &[RateLimit]) -> Result<(), WorkflowError> {
    rate_limits::take_all(tx, budgets)?.map_or(Ok(()), |spent| Err(refusal(spent)))
}

/// Takes what is required, or refuses; and then for each of `letters` what it takes, where there is that. True for the emails
/// that may go.
pub(super) fn take_with_emails(
    tx: &mut Tx<'_>,
    required: &[RateLimit],
    letters: &[Vec<RateLimit>],
) -> Result<Vec<bool>, WorkflowError> {
    let groups: Vec<&[RateLimit]> = std::iter::once(required).chain(letters.iter().map(Vec::as_slice)).collect();
    let mut spent = rate_limits::take_each(tx, &groups)?.into_iter();
    match spent.next().flatten() {
        Some(spent) => Err(refusal(spent)),
        None => Ok(spent.map(|spent| spent.is_none()).collect()),
    }
}

/// A budget that is used up, as it is told.
fn refusal((kind, retry_at): RateLimited) -> WorkflowError {
    let what = match kind {
        "target" => WhyTooMany::EmailsToApprover,
        "target_from" => WhyTooMany::EmailsToApproverFromYou,
        "domain_hour" => WhyTooMany::EmailsToDomain,
        "changes" | "app_changes" => WhyTooMany::Changes,
        "new_people" | "app_new_people" => WhyTooMany::NewPeople,
        _ => WhyTooMany::EmailsByYou,
    };
    WorkflowError::TooMany { what, retry_at }
}

/// One change, by the app whose key was shown or by the person. An operator's are not counted.
pub(super) fn of_change(config: &Config, caller: &Caller) -> Option<RateLimit> {
    let limits = &config.limits;
    let own = ("changes", limits.changes_hourly);
    hourly(caller, own, ("app_changes", limits.app_changes_hourly))
}

/// One person whom the caller does not see.
pub(super) fn of_new_person(config: &Config, caller: &Caller) -> Option<RateLimit> {
    let limits = &config.limits;
    let own = ("new_people", limits.new_people_hourly);
    hourly(caller, own, ("app_new_people", limits.app_new_people_hourly))
}

/// Takes one change.
pub(super) fn take_change(tx: &mut Tx<'_>, config: &Config, caller: &Caller) -> Result<(), WorkflowError> {
    take(tx, of_change(config, caller).as_slice())
}

fn hourly(caller: &Caller, own: (&'static str, u32), of_app: (&'static str, u32)) -> Option<RateLimit> {
    let (subject, (kind, burst)) = match (caller.key, caller.user) {
        (Some(key), _) => (key.0, of_app),
        (None, Some(user)) => (user.0, own),
        (None, None) => return None,
    };
    (burst > 0).then(|| RateLimit { kind, subject, burst, every: share(TimeDelta::hours(1), burst) })
}

/// Refuses a reference that leads nowhere, which costs what one to somebody whom the caller does not see costs: over the budget
/// both are told the same.
pub(super) fn unknown(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    unknown: WorkflowError,
) -> Result<WorkflowError, WorkflowError> {
    if !visible_users::sees_everybody(caller) {
        take(tx, of_new_person(config, caller).as_slice())?;
    }
    Ok(unknown)
}

/// As [`unknown`], where somebody who exists would have been sent an email.
pub(super) fn unknown_reader(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    unknown: WorkflowError,
) -> Result<WorkflowError, WorkflowError> {
    if !visible_users::sees_everybody(caller) {
        let sized = |(kind, whose, burst, every)| match whose {
            Subject::Id(subject) => Some(RateLimit { kind, subject, burst, every }),
            Subject::Target | Subject::TargetFrom(..) | Subject::Domain { .. } => None,
        };
        let mut budgets: Vec<RateLimit> = of_email(config, caller).into_iter().filter_map(sized).collect();
        budgets.extend(of_new_person(config, caller));
        take(tx, &budgets)?;
    }
    Ok(unknown)
}

/// What a filing takes from, as far as it is known beforehand.
pub(super) fn of_filing(config: &Config, caller: &Caller) -> Vec<(&'static str, Subject)> {
    let new_person = of_new_person(config, caller).map(|budget| (budget.kind, Subject::Id(budget.subject)));
    of_email(config, caller).into_iter().map(|(kind, whose, ..)| (kind, whose)).chain(new_person).collect()
}

/// What naming an address takes: the caller's own budgets of emails and that of the mail domain. Those of the person are not
/// among them, since what others sent would tell that somebody has the address.
pub(super) fn of_naming(config: &Config, caller: &Caller, named: &User) -> Vec<RateLimit> {
    let mut budgets = of_email_to(config, caller, named);
    budgets.retain(|budget| !is_of_reader(budget));
    budgets
}

/// The rest of what an email to them takes, where naming them was paid for.
pub(super) fn of_reader(config: &Config, caller: &Caller, reader: &User) -> Vec<RateLimit> {
    let mut budgets = of_email_to(config, caller, reader);
    budgets.retain(is_of_reader);
    budgets
}

fn is_of_reader(budget: &RateLimit) -> bool {
    matches!(budget.kind, "target" | "target_from")
}

/// What an email of the caller's to `target` is taken from.
pub(super) fn of_email_to(config: &Config, caller: &Caller, target: &User) -> Vec<RateLimit> {
    let sized =
        |(kind, whose, burst, every): (_, Subject, _, _)| Some(RateLimit { kind, subject: whose.of(target)?, burst, every });
    of_email(config, caller).into_iter().filter_map(sized).collect()
}

/// The budgets that an email of the caller's touches, and their sizes, in the order in which they are told of.
pub(super) fn of_email(config: &Config, caller: &Caller) -> Vec<(&'static str, Subject, u32, TimeDelta)> {
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
