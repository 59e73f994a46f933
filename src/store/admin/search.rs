//! Prefix search, by an index on both databases.

use diesel::prelude::*;

use crate::domain::id::distinct;
use crate::domain::name::key;
use crate::domain::{Bundle, BundleId, User, UserId};
use crate::store::schema::{bundles, users};
use crate::store::users::like;
use crate::store::{Conn, StoreError, Tx, bundles as bundle_rows, users as user_rows};

/// An upper bound of all texts with this prefix: SQLite compares texts byte by byte.
fn behind(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

macro_rules! begins_on_sqlite {
    ($column:expr, $prefix:expr) => {
        $column.ge($prefix.to_owned()).and($column.lt(behind($prefix)))
    };
}

/// The ids of rows with this prefix in a column. PostgreSQL's index serves LIKE, SQLite's serves the order.
macro_rules! beginning {
    ($tx:expr, $table:ident :: $column:ident, $prefix:expr, $limit:expr) => {{
        let query = || $table::table.order($table::$column.asc()).limit($limit).select($table::id);
        let ids: Vec<i64> = match $tx.conn() {
            Conn::Sqlite(c) => query().filter(begins_on_sqlite!($table::$column, $prefix)).load(c)?,
            Conn::Postgres(c) => query().filter($table::$column.like(like($prefix, false)).escape('\\')).load(c)?,
        };
        ids
    }};
}

/// People with this prefix of address, username or name, in any case and form, including deleted ones.
pub fn people(tx: &mut Tx<'_>, prefix: &str, limit: i64) -> Result<Vec<User>, StoreError> {
    let prefix = &key(prefix);
    let mut ids = beginning!(tx, users::email, prefix, limit);
    ids.extend(beginning!(tx, users::username_key, prefix, limit));
    ids.extend(beginning!(tx, users::last_name_key, prefix, limit));
    ids.extend(beginning!(tx, users::first_name_key, prefix, limit));
    let mut ids = distinct(ids);
    ids.truncate(usize::try_from(limit).unwrap_or_default());
    let ids: Vec<UserId> = ids.into_iter().map(UserId).collect();
    let mut found = user_rows::find_all(tx, &ids)?;
    found.sort_by(|one, other| one.email.as_str().cmp(other.email.as_str()));
    Ok(found)
}

/// Bundles with this prefix of the name, in any case and form, including deleted ones.
pub fn bundles(tx: &mut Tx<'_>, prefix: &str, limit: i64) -> Result<Vec<Bundle>, StoreError> {
    let ids: Vec<BundleId> = beginning!(tx, bundles::name_key, &key(prefix), limit).into_iter().map(BundleId).collect();
    let mut found = bundle_rows::find_all(tx, &ids)?;
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The SQL of the searches, for the test of query plans.
pub fn sqlite_texts() -> [(String, &'static str); 5] {
    use diesel::debug_query;
    use diesel::sqlite::Sqlite;
    macro_rules! text {
        ($table:ident :: $column:ident) => {
            debug_query::<Sqlite, _>(
                &$table::table
                    .order($table::$column.asc())
                    .limit(20)
                    .select($table::id)
                    .filter(begins_on_sqlite!($table::$column, "a")),
            )
            .to_string()
        };
    }
    [
        (text!(users::email), "users_email_prefix"),
        (text!(users::username_key), "users_username_key_prefix"),
        (text!(users::last_name_key), "users_last_name_key_prefix"),
        (text!(users::first_name_key), "users_first_name_key_prefix"),
        (text!(bundles::name_key), "bundles_name_key_prefix"),
    ]
}
