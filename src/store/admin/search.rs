//! What begins as somebody typed: by an index on either database.

use diesel::prelude::*;

use crate::domain::{Bundle, BundleId, User, UserId};
use crate::store::schema::{bundles, users};
use crate::store::users::like;
use crate::store::{Conn, StoreError, Tx, bundles as bundle_rows, users as user_rows};

/// Behind everything that begins so: SQLite compares texts byte by byte.
fn behind(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

macro_rules! begins_on_sqlite {
    ($column:expr, $prefix:expr) => {
        $column.ge($prefix.to_owned()).and($column.lt(behind($prefix)))
    };
}

/// The ids of rows whose column begins so. PostgreSQL's index is for LIKE, SQLite's for the order.
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

/// As it was typed and, where that has no capital, with one: names mostly begin so.
fn names(prefix: &str) -> Vec<String> {
    let mut letters = prefix.chars();
    let capital: Option<String> = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
    let mut both = vec![prefix.to_owned()];
    both.extend(capital.filter(|capital| capital != prefix));
    both
}

/// People whose address, username, last or first name begins so, those that are gone too.
pub fn people(tx: &mut Tx<'_>, prefix: &str, limit: i64) -> Result<Vec<User>, StoreError> {
    let mut ids = beginning!(tx, users::email, &prefix.to_ascii_lowercase(), limit);
    ids.extend(beginning!(tx, users::username, prefix, limit));
    for name in names(prefix) {
        ids.extend(beginning!(tx, users::last_name, &name, limit));
        ids.extend(beginning!(tx, users::first_name, &name, limit));
    }
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(usize::try_from(limit).unwrap_or_default());
    let ids: Vec<UserId> = ids.into_iter().map(UserId).collect();
    let mut found = user_rows::find_all(tx, &ids)?;
    found.sort_by(|one, other| one.email.as_str().cmp(other.email.as_str()));
    Ok(found)
}

/// Bundles whose name begins so, those that are gone too.
pub fn bundles(tx: &mut Tx<'_>, prefix: &str, limit: i64) -> Result<Vec<Bundle>, StoreError> {
    let ids: Vec<BundleId> = beginning!(tx, bundles::name, prefix, limit).into_iter().map(BundleId).collect();
    let mut found = bundle_rows::find_all(tx, &ids)?;
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The SQL of the looks, for the test that looks at their plans.
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
        (text!(users::username), "users_username_prefix"),
        (text!(users::last_name), "users_last_name_prefix"),
        (text!(users::first_name), "users_first_name_prefix"),
        (text!(bundles::name), "bundles_name_prefix"),
    ]
}
