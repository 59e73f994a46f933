//! Counts for the charts. Each reads a limited number of newest rows, never a whole table.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::domain::RequestState;
use crate::store::schema::{audit, audit_heads, outbox, requests};
use crate::store::{StoreError, Tx, each};

/// The limit of audit rows.
pub const CHANGES: i64 = 100_000;
/// The limit of decisions.
pub const DECISIONS: i64 = 2_000;
/// The limit of emails.
pub const LETTERS: i64 = 10_000;
const HOUR: i64 = 3_600_000_000;

/// The number of events of one kind in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hour {
    /// Start of the hour, in microseconds since 1970.
    pub at: i64,
    /// The event name, as in the audit.
    pub event: String,
    /// The number of events.
    pub number: i64,
}

/// Request events since `since`, by hour. If the limit cut off older rows, also the time from which the counts are complete.
pub fn by_hour(tx: &mut Tx<'_>, since: i64) -> Result<(Vec<Hour>, Option<i64>), StoreError> {
    let heads: Vec<(i32, i64)> = each!(tx, |c| audit_heads::table.select((audit_heads::chain, audit_heads::seq)).load(c)?);
    let share = CHANGES / i64::try_from(heads.len().max(1)).unwrap_or(1);
    let (mut hours, mut left_out) = (Vec::new(), None);
    for (chain, seq) in heads.into_iter().filter(|(_, seq)| *seq > 0) {
        let floor = seq - share;
        let query = audit::table
            .filter(audit::chain.eq(chain))
            .filter(audit::seq.gt(floor))
            .filter(audit::at.ge(since))
            .filter(audit::request_id.is_not_null())
            .group_by(sql::<BigInt>("1, 2"))
            .select(sql::<(BigInt, Text, BigInt)>("audit.at / 3600000000, audit.event, count(*)"));
        let its: Vec<(i64, String, i64)> = each!(tx, |c| query.load(c)?);
        hours.extend(its.into_iter().map(|(hour, event, number)| Hour { at: hour * HOUR, event, number }));
        if floor > 0 {
            let query = audit::table.filter(audit::chain.eq(chain)).filter(audit::seq.eq(floor)).select(audit::at);
            let edge: Option<i64> = each!(tx, |c| query.get_result(c).optional()?);
            left_out = left_out.max(edge.filter(|at| *at >= since));
        }
    }
    Ok((hours, left_out))
}

/// The time to decision of the newest requests, in seconds.
pub fn times_to_decision(tx: &mut Tx<'_>) -> Result<Vec<i64>, StoreError> {
    let query = requests::table
        .filter(requests::decided_at.is_not_null())
        .order(requests::decided_at.desc())
        .limit(DECISIONS)
        .select((requests::state, requests::created_at, requests::decided_at));
    let rows: Vec<(String, i64, Option<i64>)> = each!(tx, |c| query.load(c)?);
    let is_decision = |state: &str| [RequestState::Approved, RequestState::Declined].iter().any(|one| one.as_str() == state);
    let decisions = rows.into_iter().filter(|(state, _, _)| is_decision(state));
    Ok(decisions.filter_map(|(_, asked, decided)| Some((decided? - asked) / 1_000_000)).collect())
}

/// The newest emails, counted by state.
pub fn emails_by_state(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    let newest: Option<i64> = each!(tx, |c| outbox::table.select(diesel::dsl::max(outbox::id)).get_result(c)?);
    let query = outbox::table
        .filter(outbox::id.gt(newest.unwrap_or_default() - LETTERS))
        .group_by(outbox::state)
        .select((outbox::state, count_star()));
    Ok(each!(tx, |c| query.load(c)?))
}
