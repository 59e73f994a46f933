//! Apps, each with one API key or more. An app has the id of its first key, which stands in `key_id` of the requests that the app
//! filed, and in blocks and rate limits. So a rotated key continues what an earlier key of the app began.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::schema::apps;
use super::sql::insert::reserve_id;
use super::{StoreError, Tx, each, row};
use crate::clock::from_micros;
use crate::domain::AppId;

/// A stored app.
#[derive(Clone, Debug)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// Its name, shown in emails.
    pub name: String,
    /// The allowed link targets of emails that all its keys have: origins with a path prefix.
    pub redeem_urls: Vec<String>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
}

row! {
    struct Row from apps {
        id: i64,
        name: String,
        redeem_urls: String,
        created_at: i64,
    }
}

impl From<Row> for App {
    fn from(row: Row) -> Self {
        Self {
            id: AppId(row.id),
            name: row.name,
            redeem_urls: row.redeem_urls.lines().map(str::to_owned).collect(),
            created_at: from_micros(row.created_at),
        }
    }
}

/// An id that neither a key nor an app has.
pub(super) fn new_id(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let mut id = reserve_id(tx, "api_keys")?;
    if tx.is_in_process() {
        // SQLite goes on from the highest key. An app without a key may have a higher id.
        let highest = apps::table.select(diesel::dsl::max(apps::id));
        let highest = each!(tx, |c| highest.get_result::<Option<i64>>(c)?);
        return Ok(id.max(highest.unwrap_or_default() + 1));
    }
    while find(tx, AppId(id))?.is_some() {
        id = reserve_id(tx, "api_keys")?;
    }
    Ok(id)
}

/// Stores an app without a key.
pub fn add(tx: &mut Tx<'_>, name: &str, redeem_urls: &[String]) -> Result<App, StoreError> {
    let id = new_id(tx)?;
    let values =
        (apps::id.eq(id), apps::name.eq(name), apps::redeem_urls.eq(redeem_urls.join("\n")), apps::created_at.eq(tx.micros()));
    each!(tx, |c| diesel::insert_into(apps::table).values(values).execute(c)?);
    Ok(App { id: AppId(id), name: name.to_owned(), redeem_urls: redeem_urls.to_vec(), created_at: tx.now() })
}

/// Finds an app.
pub fn find(tx: &mut Tx<'_>, id: AppId) -> Result<Option<App>, StoreError> {
    let query = apps::table.find(id.0).select(Row::columns());
    Ok(each!(tx, |c| query.get_result::<Row>(c).optional()?).map(App::from))
}

/// The newest apps.
pub fn list(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<App>, StoreError> {
    let query = apps::table.order(apps::id.desc()).limit(limit).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    Ok(rows.into_iter().map(App::from).collect())
}

/// Sets the name and the allowed links of an app.
pub fn set(tx: &mut Tx<'_>, app: &App) -> Result<(), StoreError> {
    let set = (apps::name.eq(&app.name), apps::redeem_urls.eq(app.redeem_urls.join("\n")));
    each!(tx, |c| diesel::update(apps::table.find(app.id.0)).set(set).execute(c)?);
    Ok(())
}
