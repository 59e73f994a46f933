//! Rate limits of operations: emails to a person, to a mail domain, and from a person or app, and the rows and new people that
//! one may add. They are stored in the database, so they apply across daemons and restarts.

use chrono::{DateTime, TimeDelta, Utc};

use super::{WhyTooMany, WorkflowError, visible_users};
use crate::config::Config;
use crate::domain::{Caller, User};
use crate::store::Tx;
use crate::store::rate_limits::{self, LockedLimits, RateLimit, RateLimited};

/// Takes from all of these locked limits, or from none if one of them is used up.
pub(super) fn take_locked(locked: &mut LockedLimits, now: DateTime<Utc>, limits: &[RateLimit]) -> Result<(), WorkflowError> {
    locked.take_each(now.timestamp_micros(), &[limits]).pop().flatten().map_or(Ok(()), |used_up| Err(refusal(used_up)))
}

/// As [`take_locked`], for limits that are not locked yet.
pub(super) fn take(tx: &mut Tx<'_>, limits: &[RateLimit]) -> Result<(), WorkflowError> {
    rate_limits::take_all(tx, limits)?.map_or(Ok(()), |spent| Err(refusal(spent)))
}

/// Takes the required limits, or fails; then those of each of `emails`, if available. True for the emails that may be sent.
pub(super) fn take_with_emails(
    tx: &mut Tx<'_>,
    required: &[RateLimit],
    emails: &[Vec<RateLimit>],
) -> Result<Vec<bool>, WorkflowError> {
    let groups: Vec<&[RateLimit]> = std::iter::once(required).chain(emails.iter().map(Vec::as_slice)).collect();
    let mut spent = rate_limits::take_each(tx, &groups)?.into_iter();
    match spent.next().flatten() {
        Some(spent) => Err(refusal(spent)),
        None => Ok(spent.map(|spent| spent.is_none()).collect()),
    }
}

/// The error for a limit that is used up.
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

/// The limit of changes by the app or person. An operator's changes are not counted.
pub(super) fn of_change(config: &Config, caller: &Caller) -> Option<RateLimit> {
    let limits = &config.limits;
    let own = ("changes", limits.changes_hourly);
    hourly(caller, own, ("app_changes", limits.app_changes_hourly))
}

/// The limit of people invisible to the caller.
pub(super) fn of_new_person(config: &Config, caller: &Caller) -> Option<RateLimit> {
    let limits = &config.limits;
    let own = ("new_people", limits.new_people_hourly);
    hourly(caller, own, ("app_new_people", limits.app_new_people_hourly))
}

pub(super) fn take_change(tx: &mut Tx<'_>, config: &Config, caller: &Caller) -> Result<(), WorkflowError> {
    take(tx, of_change(config, caller).as_slice())
}

fn hourly(caller: &Caller, own: (&'static str, u32), of_app: (&'static str, u32)) -> Option<RateLimit> {
    let (subject, (kind, burst)) = match (caller.app, caller.user) {
        (Some(app), _) => (app.0, of_app),
        (None, Some(user)) => (user.0, own),
        (None, None) => return None,
    };
    (burst > 0).then(|| RateLimit { kind, subject, burst, every: share(TimeDelta::hours(1), burst) })
}

/// Refuses a reference that does not resolve, at the price of one to an invisible person. Beyond the limit, both get the same
/// error.
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

/// The limits that an unresolvable reference takes, where an existing person would have got an email. A caller with full
/// visibility learns nothing by it, and pays nothing.
pub(super) fn of_unknown_reader(config: &Config, caller: &Caller) -> Vec<RateLimit> {
    if visible_users::sees_everybody(caller) {
        return Vec::new();
    }
    let mut limits = of_email(config, caller, None);
    limits.extend(of_new_person(config, caller));
    limits
}

/// The limits that naming an address takes: the caller's own email limits and that of the mail domain. The recipient's limits
/// are excluded, because emails from others would reveal that the address is known.
pub(super) fn of_naming(config: &Config, caller: &Caller, named: &User) -> Vec<RateLimit> {
    let mut limits = of_email_to(config, caller, named);
    limits.retain(|limit| !is_of_reader(limit));
    limits
}

/// The remaining limits of an email, after naming its recipient was counted.
pub(super) fn of_reader(config: &Config, caller: &Caller, reader: &User) -> Vec<RateLimit> {
    let mut limits = of_email_to(config, caller, reader);
    limits.retain(is_of_reader);
    limits
}

fn is_of_reader(limit: &RateLimit) -> bool {
    matches!(limit.kind, "target" | "target_from")
}

/// The limits of an email from the caller to `target`, in the order in which errors report them.
pub(super) fn of_email_to(config: &Config, caller: &Caller, target: &User) -> Vec<RateLimit> {
    of_email(config, caller, Some(target))
}

/// As [`of_email_to`]; without a target, only the caller's own limits.
fn of_email(config: &Config, caller: &Caller, target: Option<&User>) -> Vec<RateLimit> {
    let limits = &config.limits;
    let (hour, day) = (TimeDelta::hours(1), TimeDelta::days(1));
    let mut found = Vec::new();
    let mut add = |kind, subject: Option<i64>, burst: u32, every: TimeDelta| {
        found.extend(subject.filter(|_| burst > 0).map(|subject| RateLimit { kind, subject, burst, every }));
    };
    // A limit for each sender to a recipient, and a larger one over all senders, so that one sender cannot block the others.
    let from = caller.app.map(|app| ("app", app.0)).or(caller.user.map(|user| ("person", user.0)));
    let in_all = if limits.target_letters == 0 { 0 } else { limits.target_letters_in_all.max(limits.target_letters) };
    let pair = |target: &User| match from {
        Some((kind, id)) => {
            rate_limits::subject("target from", &[&target.id.0.to_be_bytes(), kind.as_bytes(), &id.to_be_bytes()])
        }
        None => target.id.0,
    };
    add("target_from", target.map(pair), limits.target_letters, limits.target_letter_every.delta());
    add("target", target.map(|target| target.id.0), in_all, share(hour, limits.target_letters_in_all));
    let user = caller.user.map(|user| user.0);
    add("initiator_hour", user, limits.initiator_hourly, share(hour, limits.initiator_hourly));
    add("initiator_day", user, limits.initiator_daily, share(day, limits.initiator_daily));
    add("app_day", caller.app.map(|app| app.0), limits.app_daily, share(day, limits.app_daily));
    let domain = target.and_then(|target| rate_limits::of_mail_domain(&target.email, &limits.own_domains));
    add("domain_hour", domain, limits.domain_hourly, share(hour, limits.domain_hourly));
    found
}

fn share(whole: TimeDelta, count: u32) -> TimeDelta {
    whole.checked_div(i32::try_from(count).unwrap_or(i32::MAX)).unwrap_or(whole)
}
