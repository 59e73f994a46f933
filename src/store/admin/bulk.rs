//! The rows of a bulk action: counted beforehand, and loaded in batches.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::Bounded;
use crate::domain::{AppId, EmailId, GrantId, Request, RequestId, UserId};
use crate::store::requests::find;
use crate::store::schema::{grants, meta, outbox, requests};
use crate::store::sql::literal::{Dead, Pending};
use crate::store::sql::lock::{SkipLocked, locked};
use crate::store::{StoreError, Tx, each};

/// The limit of the count before a bulk action.
pub const MOST: i64 = 10_000;

macro_rules! waiting_of {
    ($key:expr, $limit:expr, $now:expr) => {
        requests::table
            .filter(requests::key_id.eq($key))
            .filter(requests::state.eq(Pending))
            .filter(requests::expires_at.gt($now))
            .order(requests::id.asc())
            .limit($limit)
            .select(requests::id)
    };
}

/// The first pending requests of an app.
pub fn waiting_of(tx: &mut Tx<'_>, app: AppId, limit: i64) -> Result<Vec<Request>, StoreError> {
    let now = tx.micros();
    let ids: Vec<i64> = each!(tx, |c| waiting_of!(app.0, limit, now).load(c)?);
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(find(tx, RequestId(id))?);
    }
    Ok(found)
}

/// Counts the pending requests of an app.
pub fn count_waiting_of(tx: &mut Tx<'_>, app: AppId) -> Result<Bounded, StoreError> {
    let now = tx.micros();
    let ids: Vec<i64> = each!(tx, |c| waiting_of!(app.0, MOST + 1, now).load(c)?);
    Ok(Bounded::counted(ids.len(), MOST))
}

/// The person's side of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The grantor.
    Gave,
    /// The grantee.
    Holds,
}

macro_rules! live_of {
    ($side:expr, $user:expr, $limit:expr, $now:expr) => {{
        let query = grants::table
            .filter(grants::revoked_at.is_null())
            .filter(grants::ends_at.is_null().or(grants::ends_at.gt($now)))
            .order(grants::id.asc())
            .limit($limit)
            .select(grants::id)
            .into_boxed();
        match $side {
            Side::Gave => query.filter(grants::grantor_id.eq($user)),
            Side::Holds => query.filter(grants::grantee_id.eq($user)),
        }
    }};
}

/// The first of the unexpired grants of a person, made before `until`.
pub fn live_of(
    tx: &mut Tx<'_>,
    side: Side,
    user: UserId,
    made_until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<GrantId>, StoreError> {
    let (now, made_until) = (tx.micros(), made_until.timestamp_micros());
    let ids: Vec<i64> = each!(tx, |c| live_of!(side, user.0, limit, now).filter(grants::created_at.le(made_until)).load(c)?);
    Ok(ids.into_iter().map(GrantId).collect())
}

/// Counts the grants that a revocation would end, including those reshared under them.
pub fn count_live_of(tx: &mut Tx<'_>, side: Side, user: UserId) -> Result<Bounded, StoreError> {
    let now = tx.micros();
    let mut generation: Vec<i64> = each!(tx, |c| live_of!(side, user.0, MOST + 1, now).load(c)?);
    let mut ended: BTreeSet<i64> = generation.iter().copied().collect();
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    while !generation.is_empty() && ended.len() <= most {
        let below = grants::table
            .filter(grants::parent_id.eq_any(&generation))
            .filter(grants::revoked_at.is_null())
            .limit(MOST + 1)
            .select(grants::id);
        let below: Vec<i64> = each!(tx, |c| below.load(c)?);
        generation = below.into_iter().filter(|id| ended.insert(*id)).collect();
    }
    Ok(Bounded::counted(ended.len(), MOST))
}

/// The first undeliverable emails after this id.
pub fn dead(tx: &mut Tx<'_>, after: EmailId, limit: i64) -> Result<Vec<EmailId>, StoreError> {
    let query = outbox::table
        .filter(outbox::state.eq(Dead))
        .filter(outbox::id.gt(after.0))
        .order(outbox::id.asc())
        .limit(limit)
        .select(outbox::id);
    let ids: Vec<i64> = each!(tx, |c| query.load(c)?);
    Ok(ids.into_iter().map(EmailId).collect())
}

fn named(name: &str) -> String {
    format!("errand.{name}")
}

/// The stored state of a job.
pub fn find_job(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    let query = meta::table.find(named(name)).select(meta::value);
    Ok(each!(tx, |c| query.get_result(c).optional()?))
}

/// Locks and reads the state of a job; none if another transaction has the lock, or there is no job.
pub fn take_job(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    let query = meta::table.find(named(name)).select(meta::value);
    Ok(each!(tx, |c| locked(query, SkipLocked).get_result(c).optional()?))
}

/// Stores the state of a job.
pub fn keep_job(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    let values = (meta::name.eq(named(name)), meta::value.eq(value));
    let insert = || diesel::insert_into(meta::table).values(values.clone()).on_conflict(meta::name).do_update();
    each!(tx, |c| insert().set(meta::value.eq(value)).execute(c)?);
    Ok(())
}
