//! Loads the context of a batch of emails, in one statement for each table.

use diesel::prelude::*;

use crate::domain::{AppId, BundleId, Request, RequestId, User, UserId};
use crate::store::schema::{apps as apps_table, bundle_resources, requests as requests_table, resources, users as users_table};
use crate::store::{StoreError, Tx, each, requests, users};

/// Finds people by id, including deleted ones, with whether each still exists.
pub fn people(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Vec<(User, bool)>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let columns = (users::Row::columns(), users_table::deleted_at.is_null());
    let query = users_table::table.filter(users_table::id.eq_any(ids)).select(columns);
    let rows: Vec<(users::Row, bool)> = each!(tx, |c| query.load(c)?);
    Ok(rows.into_iter().map(|(row, is_here)| (row.into(), is_here)).collect())
}

/// Finds requests by id, each with the grant of its approval.
pub fn requests(tx: &mut Tx<'_>, ids: &[RequestId]) -> Result<Vec<Request>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = requests_table::table.filter(requests_table::id.eq_any(ids)).select(requests::Row::columns());
    let rows: Vec<requests::Row> = each!(tx, |c| query.load(c)?);
    requests::with_grants(tx, rows)
}

/// The names of the resources in these bundles.
pub fn resources(tx: &mut Tx<'_>, ids: &[BundleId]) -> Result<Vec<(BundleId, String)>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = bundle_resources::table
        .inner_join(resources::table)
        .filter(bundle_resources::bundle_id.eq_any(ids))
        .filter(resources::deleted_at.is_null())
        .order(resources::id.asc())
        .select((bundle_resources::bundle_id, resources::name));
    let rows: Vec<(i64, String)> = each!(tx, |c| query.load(c)?);
    Ok(rows.into_iter().map(|(id, name)| (BundleId(id), name)).collect())
}

/// The names of these apps.
pub fn apps(tx: &mut Tx<'_>, ids: &[AppId]) -> Result<Vec<(AppId, String)>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = apps_table::table.filter(apps_table::id.eq_any(ids)).select((apps_table::id, apps_table::name));
    let rows: Vec<(i64, String)> = each!(tx, |c| query.load(c)?);
    Ok(rows.into_iter().map(|(id, name)| (AppId(id), name)).collect())
}
