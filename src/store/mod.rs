//! The only module with SQL. [`Store::write`] and [`Store::read`] take closures; the functions they call are synchronous and
//! the same for both databases.
//!
//! - **SQLite**: one writer thread with group commit (`sqlite.rs`), and concurrent readers.
//! - **PostgreSQL**: a pool, READ COMMITTED, any number of daemons (`postgres.rs`).
//!
//! A single row is read with `get_result`, not with `first`. `first` adds a bound `LIMIT`, and our SQLite plans by its value:
//! it would plan the statement again at each execution, and preparing it would gain nothing. For the same reason the literal of
//! a partial index stands in the SQL itself (`sql/literal.rs`). A frequent UPDATE goes through `sql/prepared_update.rs`.

mod connection_watchdog;
mod database;
mod error;
mod migrate;
mod pool;
mod postgres;
mod privileges;
mod schema;
mod schema_check;
mod socket;
mod sql;
mod sqlite;
mod tls;
mod transaction;

pub mod access;
pub mod admin;
pub mod audit;
pub mod batch;
pub mod blocks;
pub mod bundles;
pub mod cooldowns;
pub mod copy;
pub mod credentials;
pub mod due;
pub mod grants;
pub mod idempotency;
pub mod identities;
pub mod key_fingerprint;
pub mod names;
pub mod outbox;
pub mod purge;
pub mod rate_limits;
pub mod replication;
pub mod requests;
pub mod shares;
pub mod sign_ins;
pub mod tokens;
mod tx;
pub mod users;
pub mod visible_users;

pub use self::database::{DatabaseLock, Store, Tx};
pub use self::error::{Fault, StoreError};
pub use self::schema_check::Newer;

/// The file of a `sqlite:` URL; none for another URL.
pub fn sqlite_file(url: &str) -> Option<&str> {
    sqlite::path_of(url)
}

/// Refuses an invalid database URL.
pub fn check_url(url: &str) -> Result<(), StoreError> {
    if sqlite::path_of(url).is_some() { Ok(()) } else { postgres::check_url(url) }
}

/// A warning if an attacker on the network could read or change the connection to the database; none if TLS prevents it.
pub fn connection_warning(url: &str) -> Option<String> {
    tls::warning(url, |name| std::env::var(name).ok())
}

/// One connection, to either database. Queries are written once and run on both through [`each!`].
pub(crate) enum Conn {
    /// The embedded database.
    Sqlite(diesel::SqliteConnection),
    /// The shared database.
    Postgres(diesel::PgConnection),
}

/// Runs the same query text on whichever database the connection leads to: `each!(tx, |c| users::table.load(c))`.
///
/// diesel's own `MultiConnection` has no upsert, no batch insert and no `returning(as_select)`, and builds the SQL again at
/// each call; matching on the connection keeps one text, all of diesel, and statements that are prepared once.
macro_rules! each {
    ($tx:expr, |$c:ident| $body:expr) => {
        match $tx.conn() {
            $crate::store::Conn::Sqlite($c) => $body,
            $crate::store::Conn::Postgres($c) => $body,
        }
    };
}
pub(crate) use each;

/// The first row of a query, locked until the transaction ends. SQLite has only one writer and needs no lock.
macro_rules! held {
    ($tx:expr, $query:expr => $row:ty) => {
        match $tx.conn() {
            $crate::store::Conn::Sqlite(c) => $query.get_result::<$row>(c).optional()?,
            $crate::store::Conn::Postgres(c) => $query.for_share().get_result::<$row>(c).optional()?,
        }
    };
}
pub(crate) use held;

/// Loads rows by id; `$query` filters and selects them. PostgreSQL reads and locks all of them in one statement, in id order,
/// so that concurrent callers cannot deadlock. SQLite looks up each by a prepared statement.
macro_rules! load_all {
    ($tx:expr, $table:ident, $ids:expr, $lock:expr, $query:expr => $row:ty) => {{
        let ids: Vec<i64> = $ids.iter().map(|id| id.0).collect();
        match $tx.conn() {
            $crate::store::Conn::Sqlite(c) => {
                let mut rows: Vec<$row> = Vec::with_capacity(ids.len());
                for id in ids {
                    rows.extend($query.filter($table::id.eq(id)).get_result::<$row>(c).optional()?);
                }
                rows
            }
            $crate::store::Conn::Postgres(_) if ids.is_empty() => Vec::new(),
            $crate::store::Conn::Postgres(c) => {
                let query = $query.filter($table::id.eq_any(ids)).order($table::id.asc());
                match $lock {
                    $crate::store::tx::Lock::No => query.load::<$row>(c)?,
                    $crate::store::tx::Lock::Share => query.for_share().load::<$row>(c)?,
                    $crate::store::tx::Lock::Update => query.for_no_key_update().load::<$row>(c)?,
                }
            }
        }
    }};
}
pub(crate) use load_all;

/// A row type with its list of columns, for both databases (diesel's `Selectable` serves one backend).
macro_rules! row {
    (struct $name:ident from $table:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        #[derive(diesel::Queryable)]
        pub(super) struct $name { $($field: $type),+ }

        impl $name {
            pub(super) const fn columns() -> ($($table::$field,)+) {
                ($($table::$field,)+)
            }
        }
    };
}
pub(crate) use row;
