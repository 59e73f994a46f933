//! Lists people, bundles and API keys for administrators.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{After, Found, windows};
use crate::clock::from_micros;
use crate::domain::{AppId, Bundle, RequestId, User};
use crate::store::credentials::{ApiKey, KeyOfApp, keys_of_apps};
use crate::store::schema::{api_keys, bundles, requests, users};
use crate::store::{StoreError, Tx, bundles as bundle_rows, each, users as user_rows};

/// Selects people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Existing people.
    Here,
    /// Administrators.
    Admins,
    /// External people, known by address only.
    External,
    /// Deleted people.
    Gone,
}

/// A row that exists or was deleted.
#[derive(Clone, Debug)]
pub struct Ever<T> {
    /// The row.
    pub item: T,
    /// Time of creation.
    pub since: DateTime<Utc>,
    pub gone_at: Option<DateTime<Utc>>,
}

macro_rules! windowed_users {
    ($which:expr, $top:expr, $floor:expr, $limit:expr) => {{
        let query = users::table
            .filter(users::id.lt($top))
            .filter(users::id.ge($floor))
            .order(users::id.desc())
            .limit($limit)
            .select((user_rows::Row::columns(), users::deleted_at))
            .into_boxed();
        match $which {
            Which::Here => query.filter(users::deleted_at.is_null()),
            Which::Admins => query.filter(users::is_admin).filter(users::deleted_at.is_null()),
            Which::External => query.filter(users::is_external.eq(true)).filter(users::deleted_at.is_null()),
            Which::Gone => query.filter(users::deleted_at.is_not_null()),
        }
    }};
}

fn person((row, gone_at): (user_rows::Row, Option<i64>)) -> Ever<User> {
    let item = User::from(row);
    Ever { since: item.created_at, gone_at: gone_at.map(from_micros), item }
}

/// A page of people, newest first.
pub fn list(tx: &mut Tx<'_>, which: Which, after: Option<After>, limit: i64) -> Result<Found<Ever<User>>, StoreError> {
    let newest: Option<i64> = each!(tx, |c| users::table.select(diesel::dsl::max(users::id)).get_result(c)?);
    let read = |top, floor| {
        // An index covers all administrators.
        let floor = if which == Which::Admins { 1 } else { floor };
        let rows: Vec<(user_rows::Row, Option<i64>)> = each!(tx, |c| windowed_users!(which, top, floor, limit + 1).load(c)?);
        Ok(rows.into_iter().map(person).collect())
    };
    let mut found = windows(after, newest.unwrap_or_default(), limit, read, |user| After { at: 0, id: user.item.id.0 })?;
    if which == Which::Admins && i64::try_from(found.items.len()).unwrap_or(i64::MAX) < limit {
        found.next = None;
    }
    Ok(found)
}

/// Finds a person, including deleted ones.
pub fn find(tx: &mut Tx<'_>, id: crate::domain::UserId) -> Result<Option<Ever<User>>, StoreError> {
    let query = users::table.find(id.0).select((user_rows::Row::columns(), users::deleted_at));
    let row: Option<(user_rows::Row, Option<i64>)> = each!(tx, |c| query.get_result(c).optional()?);
    Ok(row.map(person))
}

type BundleRow = (bundle_rows::Row, i64, Option<i64>);

fn bundle((row, since, gone_at): BundleRow) -> Result<Ever<Bundle>, StoreError> {
    Ok(Ever { item: row.try_into()?, since: from_micros(since), gone_at: gone_at.map(from_micros) })
}

macro_rules! windowed_bundles {
    ($is_gone:expr, $top:expr, $floor:expr, $limit:expr) => {{
        let query = bundles::table
            .filter(bundles::id.lt($top))
            .filter(bundles::id.ge($floor))
            .order(bundles::id.desc())
            .limit($limit)
            .select((bundle_rows::Row::columns(), bundles::created_at, bundles::deleted_at))
            .into_boxed();
        if $is_gone { query.filter(bundles::deleted_at.is_not_null()) } else { query.filter(bundles::deleted_at.is_null()) }
    }};
}

/// A page of existing or deleted bundles, newest first.
pub fn bundles(tx: &mut Tx<'_>, is_gone: bool, after: Option<After>, limit: i64) -> Result<Found<Ever<Bundle>>, StoreError> {
    let newest: Option<i64> = each!(tx, |c| bundles::table.select(diesel::dsl::max(bundles::id)).get_result(c)?);
    let read = |top, floor| {
        let rows: Vec<BundleRow> = each!(tx, |c| windowed_bundles!(is_gone, top, floor, limit + 1).load(c)?);
        rows.into_iter().map(bundle).collect()
    };
    windows(after, newest.unwrap_or_default(), limit, read, |bundle| After { at: 0, id: bundle.item.id.0 })
}

/// A page of keys, newest first, including revoked ones.
pub fn keys(tx: &mut Tx<'_>, after: Option<After>, limit: i64) -> Result<Found<ApiKey>, StoreError> {
    let before = api_keys::id.lt(after.map_or(i64::MAX, |after| after.id));
    let query = keys_of_apps!(before).order(api_keys::id.desc()).limit(limit + 1);
    let rows: Vec<KeyOfApp> = each!(tx, |c| query.load(c)?);
    let keys = rows.into_iter().map(ApiKey::from).collect();
    Ok(Found::cut(keys, limit, |key: &ApiKey| After { at: 0, id: key.id.0 }))
}

/// The newest request of an app that was not purged, and its time.
pub fn last_request(tx: &mut Tx<'_>, app: AppId) -> Result<Option<(RequestId, DateTime<Utc>)>, StoreError> {
    let query = requests::table
        .filter(requests::key_id.eq(app.0))
        .order(requests::id.desc())
        .limit(1)
        .select((requests::id, requests::created_at));
    let rows: Vec<(i64, i64)> = each!(tx, |c| query.load(c)?);
    Ok(rows.into_iter().next().map(|(id, at)| (RequestId(id), from_micros(at))))
}
