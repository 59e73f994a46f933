//! Lists grants for administrators.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::{After, Bounded, Found, windows};
use crate::domain::{BundleId, Grant, UserId};
use crate::store::grants::Row;
use crate::store::schema::grants;
use crate::store::{StoreError, Tx, each};

/// Selects grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All, newest first.
    All,
    /// Neither revoked nor expired, newest first.
    Live,
    /// Expiring before this time, the soonest first.
    EndingBefore(DateTime<Utc>),
    /// Revoked or expired, newest first.
    Over,
    /// Given by this person, newest first.
    GivenBy(UserId),
    /// Granted to this person by name, newest first.
    HeldBy(UserId),
    /// Reshared by others from this person's data, newest first.
    Of(UserId),
    /// Of this bundle, newest first.
    For(BundleId),
}

macro_rules! ending {
    ($after:expr, $until:expr, $limit:expr) => {
        grants::table
            .filter(grants::ends_at.is_not_null())
            .filter(grants::revoked_at.is_null())
            .filter(grants::ends_at.le($until))
            .filter(
                sql::<Bool>("(grants.ends_at, grants.id) > (")
                    .bind::<BigInt, _>($after.at)
                    .sql(", ")
                    .bind::<BigInt, _>($after.id)
                    .sql(")"),
            )
            .order((grants::ends_at.asc(), grants::id.asc()))
            .limit($limit)
    };
}

macro_rules! windowed {
    ($which:expr, $top:expr, $floor:expr, $limit:expr, $now:expr) => {{
        let query =
            grants::table.filter(grants::id.lt($top)).order(grants::id.desc()).limit($limit).select(Row::columns()).into_boxed();
        match $which {
            Which::All | Which::EndingBefore(_) => query.filter(grants::id.ge($floor)),
            Which::Live => query
                .filter(grants::id.ge($floor))
                .filter(grants::revoked_at.is_null())
                .filter(grants::ends_at.is_null().or(grants::ends_at.gt($now))),
            Which::Over => {
                query.filter(grants::id.ge($floor)).filter(grants::revoked_at.is_not_null().or(grants::ends_at.le($now)))
            }
            Which::GivenBy(UserId(id)) => query.filter(grants::grantor_id.eq(id)),
            Which::HeldBy(UserId(id)) => query.filter(grants::grantee_id.eq(id)),
            Which::Of(UserId(id)) => query.filter(grants::owner_id.eq(id)),
            Which::For(BundleId(id)) => query.filter(grants::bundle_id.eq(id)),
        }
    }};
}

fn newest_first(grant: &Grant) -> After {
    After { at: 0, id: grant.id.0 }
}

fn all(rows: Vec<Row>) -> Result<Vec<Grant>, StoreError> {
    rows.into_iter().map(Grant::try_from).collect()
}

/// A page of grants.
pub fn list(tx: &mut Tx<'_>, which: Which, after: Option<After>, limit: i64) -> Result<Found<Grant>, StoreError> {
    let now = tx.micros();
    match which {
        Which::EndingBefore(until) => {
            let from = after.unwrap_or(After { at: now, id: i64::MAX });
            let until = until.timestamp_micros();
            let rows: Vec<Row> = each!(tx, |c| ending!(from, until, limit + 1).select(Row::columns()).load(c)?);
            let by_end = |grant: &Grant| After { at: grant.ends_at.map_or(now, |at| at.timestamp_micros()), id: grant.id.0 };
            Ok(Found::cut(all(rows)?, limit, by_end))
        }
        Which::All | Which::Live | Which::Over => {
            let newest: Option<i64> = each!(tx, |c| grants::table.select(diesel::dsl::max(grants::id)).get_result(c)?);
            let read = |top, floor| {
                let rows: Vec<Row> = each!(tx, |c| windowed!(which, top, floor, limit + 1, now).load(c)?);
                all(rows)
            };
            windows(after, newest.unwrap_or_default(), limit, read, newest_first)
        }
        Which::GivenBy(_) | Which::HeldBy(_) | Which::Of(_) | Which::For(_) => {
            let top = after.map_or(i64::MAX, |after| after.id);
            let rows: Vec<Row> = each!(tx, |c| windowed!(which, top, 1, limit + 1, now).load(c)?);
            Ok(Found::cut(all(rows)?, limit, newest_first))
        }
    }
}

/// The grants reshared under a grant, oldest first.
pub fn shared_on(tx: &mut Tx<'_>, parent: crate::domain::GrantId, limit: i64) -> Result<Vec<Grant>, StoreError> {
    let query = grants::table.filter(grants::parent_id.eq(parent.0)).order(grants::id.asc()).limit(limit).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    all(rows)
}

/// Counts grants that expire before `until`.
pub fn count_ending(tx: &mut Tx<'_>, until: DateTime<Utc>) -> Result<Bounded, StoreError> {
    let (from, until) = (After { at: tx.micros(), id: i64::MAX }, until.timestamp_micros());
    let rows: Vec<i64> = each!(tx, |c| ending!(from, until, Bounded::MOST + 1).select(grants::id).load(c)?);
    Ok(Bounded::counted(rows.len(), Bounded::MOST))
}

/// The SQL of a list, for the test of query plans.
pub fn sqlite_texts(which: Which) -> Vec<String> {
    use diesel::debug_query;
    use diesel::sqlite::Sqlite;
    let after = After { at: 5, id: 6 };
    if let Which::EndingBefore(until) = which {
        let until = until.timestamp_micros();
        return vec![debug_query::<Sqlite, _>(&ending!(after, until, 51).select(grants::id)).to_string()];
    }
    vec![debug_query::<Sqlite, _>(&windowed!(which, 9, 1, 51, 5)).to_string()]
}
