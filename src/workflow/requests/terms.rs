//! The terms of a request: level, end, message and resources. While a request is pending, an equal one with other terms is
//! refused, because returning the pending one would drop the new terms. The expiry and the link's target are not terms.

use chrono::TimeDelta;

use super::view;
use crate::domain::{Caller, GrantId, Level, Request, Until};
use crate::store::{Tx, grants};
use crate::workflow::WorkflowError;

/// Times closer than this count as equal: a client that says "in 30 days" twice sends two different times.
const SAME: TimeDelta = TimeDelta::minutes(1);

/// The new terms.
pub(in crate::workflow) struct Terms<'a> {
    pub(in crate::workflow) level: Level,
    pub(in crate::workflow) until: Option<Until>,
    pub(in crate::workflow) message: Option<&'a str>,
    /// Sorted; empty: the whole bundle.
    pub(in crate::workflow) resources: Vec<String>,
    /// The grant to renew, with its resources.
    pub(in crate::workflow) renews: Option<GrantId>,
}

/// Refuses terms that differ from those of the `pending` request, whose level is `level`.
pub(in crate::workflow) fn check_same(
    tx: &mut Tx<'_>,
    caller: &Caller,
    pending: &Request,
    level: Level,
    wanted: &Terms<'_>,
) -> Result<(), WorkflowError> {
    let differs = differing(tx, pending, level, wanted)?;
    if differs.is_empty() {
        return Ok(());
    }
    let is_visible = view::may_see(caller, pending);
    Err(WorkflowError::OtherTerms {
        pending: is_visible.then_some(pending.id),
        ends_at: pending.expires_at,
        differs: if is_visible { differs } else { Vec::new() },
    })
}

fn differing(tx: &mut Tx<'_>, pending: &Request, level: Level, wanted: &Terms<'_>) -> Result<Vec<&'static str>, WorkflowError> {
    let mut differs = Vec::new();
    if level != wanted.level {
        differs.push("level");
    }
    if !is_same_end(pending.until, wanted.until) {
        differs.push("until");
    }
    let said = |message: Option<&str>| message.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    if said(pending.message.as_deref()) != said(wanted.message) {
        differs.push("message");
    }
    if pending.renews.is_none() || pending.renews != wanted.renews {
        let mut asked = only(tx, pending)?;
        let mut now = match wanted.renews {
            Some(id) => grants::limited_to(tx, id)?,
            None => wanted.resources.clone(),
        };
        asked.sort_unstable();
        now.sort_unstable();
        if asked != now {
            differs.push("resources");
        }
    }
    Ok(differs)
}

fn is_same_end(one: Option<Until>, other: Option<Until>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(Until::At(one)), Some(Until::At(other))) => (one - other).abs() < SAME,
        (Some(Until::For(one)), Some(Until::For(other))) => (one - other).abs() < SAME,
        // A duration begins at the decision, so it never equals a time.
        _ => false,
    }
}

/// The resources of a request: those it names, or those of the grant it renews; empty: the whole bundle.
pub(in crate::workflow) fn only(tx: &mut Tx<'_>, request: &Request) -> Result<Vec<String>, WorkflowError> {
    match request.renews {
        Some(id) => Ok(grants::limited_to(tx, id)?),
        None => Ok(request.resources.clone()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    #[test]
    fn two_ends_less_than_a_minute_apart_are_the_same() {
        let noon: DateTime<Utc> = "2027-01-01T12:00:00Z".parse().unwrap();
        let at = |seconds: i64| Some(Until::At(noon + TimeDelta::seconds(seconds)));
        let after = |seconds: i64| Some(Until::For(TimeDelta::seconds(86_400 + seconds)));
        for (one, other, is_same) in [
            (None, None, true),
            (at(0), at(59), true),
            (at(0), at(60), false),
            (at(0), at(-59), true),
            (at(0), at(-60), false),
            (after(0), after(59), true),
            (after(0), after(60), false),
            (at(0), None, false),
            (None, after(0), false),
            (at(0), after(0), false),
        ] {
            assert_eq!((is_same_end(one, other), is_same_end(other, one)), (is_same, is_same), "{one:?} {other:?}");
        }
    }
}
