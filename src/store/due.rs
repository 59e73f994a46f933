//! Finds scheduled work: reminders of pending requests, expiring grants, and the daily summary. Each query uses an index over
//! only the rows that can still become due, so it costs almost nothing while none are.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::outbox::{NewEmail, add_new};
use super::schema::{grants, meta, outbox, requests, users};
use super::sql::literal::{Bounced, Pending, Summary};
use super::sql::lock::{SkipLocked, locked};
use super::{StoreError, Tx, each, grants as grant_rows, requests as request_rows};
use crate::clock::from_micros;
use crate::domain::{EmailKind, Grant, GrantId, Request, RequestId, User, UserId};

/// A cursor through the grants by end: after this end, and among equal ends after this grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub ends_at: DateTime<Utc>,
    pub grant: GrantId,
}

impl Cursor {
    /// The cursor before all grants that end after `at`.
    pub const fn at(at: DateTime<Utc>) -> Self {
        Self { ends_at: at, grant: GrantId(i64::MAX) }
    }

    fn parse(text: &str) -> Option<Self> {
        let (ends_at, grant) = text.split_once(' ')?;
        Some(Self { ends_at: from_micros(ends_at.parse().ok()?), grant: GrantId(grant.parse().ok()?) })
    }

    fn text(self) -> String {
        format!("{} {}", self.ends_at.timestamp_micros(), self.grant)
    }
}

/// The stored cursor of this name; none if it was never set.
pub fn cursor(tx: &mut Tx<'_>, name: &str) -> Result<Option<Cursor>, StoreError> {
    let query = meta::table.find(name).select(meta::value);
    let text: Option<String> = each!(tx, |c| query.get_result(c).optional()?);
    text.map(|text| Cursor::parse(&text).ok_or_else(|| super::bundles::unreadable("meta.value", &text))).transpose()
}

/// Locks and reads the cursor of this name; none if another daemon has the lock. Sets it to `first` if it does not exist.
pub fn lock_cursor(tx: &mut Tx<'_>, name: &str, first: Cursor) -> Result<Option<Cursor>, StoreError> {
    if cursor(tx, name)?.is_none() {
        let values = (meta::name.eq(name), meta::value.eq(first.text()));
        each!(tx, |c| diesel::insert_into(meta::table).values(values).on_conflict_do_nothing().execute(c)?);
    }
    let query = locked(meta::table.find(name).select(meta::value), SkipLocked);
    let text: Option<String> = each!(tx, |c| query.get_result(c).optional()?);
    text.map(|text| Cursor::parse(&text).ok_or_else(|| super::bundles::unreadable("meta.value", &text))).transpose()
}

/// Stores the cursor of this name.
pub fn set_cursor(tx: &mut Tx<'_>, name: &str, to: Cursor) -> Result<(), StoreError> {
    let update = diesel::update(meta::table.find(name)).set(meta::value.eq(to.text()));
    each!(tx, |c| update.execute(c)?);
    Ok(())
}

/// The first unrevoked grants that end after `cursor` and at `horizon` at the latest.
pub fn ending(tx: &mut Tx<'_>, cursor: Cursor, horizon: DateTime<Utc>, limit: i64) -> Result<Vec<Grant>, StoreError> {
    let behind = sql::<Bool>("(grants.ends_at, grants.id) > (")
        .bind::<BigInt, _>(cursor.ends_at.timestamp_micros())
        .sql(", ")
        .bind::<BigInt, _>(cursor.grant.0)
        .sql(")");
    let query = grants::table
        .filter(grants::ends_at.is_not_null())
        .filter(grants::revoked_at.is_null())
        .filter(behind)
        .filter(grants::ends_at.le(horizon.timestamp_micros()))
        .order((grants::ends_at.asc(), grants::id.asc()))
        .limit(limit)
        .select(grant_rows::Row::columns());
    let rows: Vec<grant_rows::Row> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(Grant::try_from).collect()
}

/// Pending requests with a due reminder. Skips rows locked by another daemon.
pub fn reminders(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Request>, StoreError> {
    let query = requests::table
        .filter(requests::state.eq(Pending))
        .filter(requests::remind_at.is_not_null())
        .filter(requests::remind_at.le(tx.micros()))
        .order(requests::remind_at.asc())
        .limit(limit)
        .select(request_rows::Row::columns());
    let rows: Vec<request_rows::Row> = each!(tx, |c| locked(query, SkipLocked).load(c)?);
    rows.into_iter().map(|row| Request::try_from((row, None))).collect()
}

/// Whether a reminder is due.
pub fn is_reminder_due(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let query = requests::table
        .filter(requests::state.eq(Pending))
        .filter(requests::remind_at.is_not_null())
        .select(diesel::dsl::min(requests::remind_at));
    let first: Option<i64> = each!(tx, |c| query.get_result(c)?);
    Ok(first.is_some_and(|at| at <= tx.micros()))
}

/// Sets the time of a pending request's next reminder; false if it is no longer pending.
pub fn set_reminder(tx: &mut Tx<'_>, id: RequestId, at: Option<DateTime<Utc>>) -> Result<bool, StoreError> {
    let update = diesel::update(requests::table.find(id.0).filter(requests::state.eq(Pending)))
        .set(requests::remind_at.eq(at.map(|at| at.timestamp_micros())));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// The administrators.
pub fn admins(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<User>, StoreError> {
    let query = users::table
        .filter(users::is_admin)
        .filter(users::deleted_at.is_null())
        .order(users::id.asc())
        .limit(limit)
        .select(super::users::Row::columns());
    let rows: Vec<super::users::Row> = each!(tx, |c| query.load(c)?);
    Ok(rows.into_iter().map(User::from).collect())
}

/// Whether the summary of a day was queued for an administrator.
pub fn has_summary(tx: &mut Tx<'_>, admin: UserId, day: i32) -> Result<bool, StoreError> {
    let query = outbox::table
        .filter(outbox::user_id.eq(admin.0))
        .filter(outbox::generation.eq(day))
        .filter(outbox::kind.eq(Summary))
        .count();
    Ok(each!(tx, |c| query.get_result::<i64>(c)?) > 0)
}

/// Queues the summary of a day for an administrator, unless it was queued before.
pub fn add_summary(tx: &mut Tx<'_>, admin: UserId, day: i32) -> Result<(), StoreError> {
    let email = NewEmail { kind: EmailKind::Summary, user: admin, request: None, grant: None, generation: day };
    add_new(tx, email).map(drop)
}

/// The numbers of a summary, each counted up to [`Counts::MOST`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pending requests.
    pub pending: i64,
    /// Pending requests with an undeliverable email.
    pub undeliverable: i64,
    /// Pending requests that expire before `until`.
    pub stale: i64,
    /// Grants that end before `soon`.
    pub ending: i64,
}

impl Counts {
    /// The limit of each count.
    pub const MOST: i64 = 10_000;

    /// Whether all counts are zero.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Counts each, by its own index.
pub fn count(tx: &mut Tx<'_>, stale_until: DateTime<Utc>, ending_until: DateTime<Utc>) -> Result<Counts, StoreError> {
    let now = tx.micros();
    let most = Counts::MOST + 1;
    let pending = || requests::table.filter(requests::state.eq(Pending)).filter(requests::expires_at.gt(now)).limit(most);
    // Loads ids instead of counting, because `LIMIT` then limits the cost: a million rows cost no more than ten thousand.
    let counted = |rows: Vec<i64>| i64::try_from(rows.len()).unwrap_or(most);
    let all: Vec<i64> = each!(tx, |c| pending().select(requests::expires_at).load(c)?);
    let bounced = || pending().filter(requests::mail_state.eq(Bounced)).select(requests::expires_at);
    let bounced: Vec<i64> = each!(tx, |c| bounced().load(c)?);
    let stale = || pending().filter(requests::expires_at.le(stale_until.timestamp_micros())).select(requests::expires_at);
    let stale: Vec<i64> = each!(tx, |c| stale().load(c)?);
    let ends = grants::table
        .filter(grants::ends_at.is_not_null())
        .filter(grants::revoked_at.is_null())
        .filter(grants::ends_at.gt(now))
        .filter(grants::ends_at.le(ending_until.timestamp_micros()))
        .limit(most)
        .select(grants::id);
    let ends: Vec<i64> = each!(tx, |c| ends.load(c)?);
    Ok(Counts { pending: counted(all), undeliverable: counted(bounced), stale: counted(stale), ending: counted(ends) })
}
