//! Lists requests for administrators.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::{After, Bounded, Found, windows};
use crate::domain::{AppId, BundleId, Request, RequestState, UserId};
use crate::store::requests::{Row, with_grants};
use crate::store::schema::{request_items, requests};
use crate::store::sql::literal::{Bounced, Pending};
use crate::store::{StoreError, Tx, each};

/// Selects requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All, newest first.
    All,
    /// Pending, the first to expire first.
    Waiting,
    /// Pending, with an undeliverable email.
    Undeliverable,
    /// Pending for more than half of the time to expiry.
    Stale,
    /// In this final state, newest first.
    Ended(RequestState),
    /// Involving this person, newest first.
    Of(UserId),
    /// Filed by this app, newest first.
    FiledBy(AppId),
    /// For this bundle, newest first.
    For(BundleId),
}

macro_rules! pending {
    ($which:expr, $after:expr, $limit:expr, $now:expr) => {{
        let query = requests::table
            .filter(requests::state.eq(Pending))
            .filter(requests::expires_at.gt($now))
            .filter(
                sql::<Bool>("(requests.expires_at, requests.id) > (")
                    .bind::<BigInt, _>($after.at)
                    .sql(", ")
                    .bind::<BigInt, _>($after.id)
                    .sql(")"),
            )
            .order((requests::expires_at.asc(), requests::id.asc()))
            .limit($limit)
            .select(Row::columns())
            .into_boxed();
        match $which {
            Which::Undeliverable => query.filter(requests::mail_state.eq(Bounced)),
            Which::Stale => query.filter(requests::expires_at.le(requests::ttl_seconds * 500_000_i64 + $now)),
            _ => query,
        }
    }};
}

macro_rules! windowed {
    ($state:expr, $top:expr, $floor:expr, $limit:expr) => {{
        let query = requests::table
            .filter(requests::id.lt($top))
            .filter(requests::id.ge($floor))
            .order(requests::id.desc())
            .limit($limit)
            .select(Row::columns())
            .into_boxed();
        match $state {
            Some(state) => query.filter(requests::state.eq(state)),
            None => query,
        }
    }};
}

/// The column that names the person.
#[derive(Clone, Copy)]
enum Part {
    Target(i64),
    Allowed(i64),
    Initiator(i64),
    Key(i64),
}

macro_rules! of_part {
    ($part:expr, $top:expr, $limit:expr) => {{
        let query = requests::table.filter(requests::id.lt($top)).order(requests::id.desc()).limit($limit).select(requests::id);
        match $part {
            Part::Target(id) => query.filter(requests::target_id.eq(id)).into_boxed(),
            Part::Allowed(id) => query.filter(requests::allowed_id.eq(id)).into_boxed(),
            // Matches the expression of the index.
            Part::Initiator(id) => query
                .filter(requests::initiator_id.eq(id))
                .filter(requests::initiator_id.ne(requests::allowed_id.nullable()))
                .into_boxed(),
            Part::Key(id) => query.filter(requests::key_id.eq(id)).into_boxed(),
        }
    }};
}

fn newest_first(request: &Request) -> After {
    After { at: 0, id: request.id.0 }
}

/// A page of requests.
pub fn list(tx: &mut Tx<'_>, which: Which, after: Option<After>, limit: i64) -> Result<Found<Request>, StoreError> {
    match which {
        Which::Waiting | Which::Undeliverable | Which::Stale => {
            let now = tx.micros();
            let from = after.unwrap_or(After { at: now, id: i64::MAX });
            let rows: Vec<Row> = each!(tx, |c| pending!(which, from, limit + 1, now).load(c)?);
            let items = with_grants(tx, rows)?;
            Ok(Found::cut(items, limit, |request| After { at: request.expires_at.timestamp_micros(), id: request.id.0 }))
        }
        Which::All => ended(tx, None, after, limit),
        Which::Ended(state) => ended(tx, Some(state), after, limit),
        Which::Of(UserId(id)) => parts(tx, &[Part::Target(id), Part::Allowed(id), Part::Initiator(id)], after, limit),
        Which::FiledBy(AppId(id)) => parts(tx, &[Part::Key(id)], after, limit),
        Which::For(BundleId(id)) => {
            let top = after.map_or(i64::MAX, |after| after.id);
            let query = request_items::table
                .filter(request_items::bundle_id.eq(id))
                .filter(request_items::request_id.lt(top))
                .order(request_items::request_id.desc())
                .limit(limit + 1)
                .select(request_items::request_id);
            let ids: Vec<i64> = each!(tx, |c| query.load(c)?);
            found(tx, ids, limit)
        }
    }
}

fn ended(tx: &mut Tx<'_>, state: Option<RequestState>, after: Option<After>, limit: i64) -> Result<Found<Request>, StoreError> {
    let newest: Option<i64> = each!(tx, |c| requests::table.select(diesel::dsl::max(requests::id)).get_result(c)?);
    let read = |top, floor| {
        let state = state.map(RequestState::as_str);
        let rows: Vec<Row> = each!(tx, |c| windowed!(state, top, floor, limit + 1).load(c)?);
        with_grants(tx, rows)
    };
    windows(after, newest.unwrap_or_default(), limit, read, newest_first)
}

fn parts(tx: &mut Tx<'_>, parts: &[Part], after: Option<After>, limit: i64) -> Result<Found<Request>, StoreError> {
    let top = after.map_or(i64::MAX, |after| after.id);
    let mut ids: Vec<i64> = Vec::new();
    for part in parts {
        let its: Vec<i64> = each!(tx, |c| of_part!(*part, top, limit + 1).load(c)?);
        ids.extend(its);
    }
    found(tx, ids, limit)
}

/// The newest requests of these ids.
fn found(tx: &mut Tx<'_>, mut ids: Vec<i64>, limit: i64) -> Result<Found<Request>, StoreError> {
    ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    ids.dedup();
    ids.truncate(usize::try_from(limit + 1).unwrap_or_default());
    let query = requests::table.filter(requests::id.eq_any(ids)).order(requests::id.desc()).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    let items = with_grants(tx, rows)?;
    Ok(Found::cut(items, limit, newest_first))
}

/// Counts pending requests, in one of the three selections of pending ones.
pub fn count_waiting(tx: &mut Tx<'_>, which: Which) -> Result<Bounded, StoreError> {
    let now = tx.micros();
    let (from, limit) = (After { at: now, id: i64::MAX }, Bounded::MOST + 1);
    let rows: Vec<Row> = each!(tx, |c| pending!(which, from, limit, now).load(c)?);
    Ok(Bounded::counted(rows.len(), Bounded::MOST))
}

/// Counts requests that a purge would remove: ended before the cut-off, and expired without a recorded end.
pub fn count_over(tx: &mut Tx<'_>, ended_before: DateTime<Utc>) -> Result<(Bounded, Bounded), StoreError> {
    let limit = Bounded::MOST + 1;
    let query = requests::table
        .filter(requests::decided_at.le(ended_before.timestamp_micros()))
        .limit(limit)
        .select(requests::decided_at);
    let over: Vec<Option<i64>> = each!(tx, |c| query.load(c)?);
    let query = requests::table
        .filter(requests::state.eq(Pending))
        .filter(requests::expires_at.le(tx.micros()))
        .limit(limit)
        .select(requests::expires_at);
    let unswept: Vec<i64> = each!(tx, |c| query.load(c)?);
    Ok((Bounded::counted(over.len(), Bounded::MOST), Bounded::counted(unswept.len(), Bounded::MOST)))
}

/// The SQL of a list, for the test of query plans.
pub fn sqlite_texts(which: Which) -> Vec<String> {
    use diesel::debug_query;
    use diesel::sqlite::Sqlite;
    let after = After { at: 5, id: 6 };
    match which {
        Which::Waiting | Which::Undeliverable | Which::Stale => {
            vec![debug_query::<Sqlite, _>(&pending!(which, after, 51, 5)).to_string()]
        }
        Which::All => vec![debug_query::<Sqlite, _>(&windowed!(None::<&str>, 9, 1, 51)).to_string()],
        Which::Ended(state) => vec![debug_query::<Sqlite, _>(&windowed!(Some(state.as_str()), 9, 1, 51)).to_string()],
        Which::Of(UserId(id)) => [Part::Target(id), Part::Allowed(id), Part::Initiator(id)]
            .into_iter()
            .map(|part| debug_query::<Sqlite, _>(&of_part!(part, 9, 51)).to_string())
            .collect(),
        Which::FiledBy(AppId(id)) => vec![debug_query::<Sqlite, _>(&of_part!(Part::Key(id), 9, 51)).to_string()],
        Which::For(BundleId(id)) => {
            let query = request_items::table.filter(request_items::bundle_id.eq(id)).select(request_items::request_id);
            vec![debug_query::<Sqlite, _>(&query).to_string()]
        }
    }
}
