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
mod schema;
mod schema_check;
mod socket;
mod sql;
mod sqlite;
mod tls;
mod transaction;

pub mod access;
pub mod account_changes;
pub mod admin;
pub mod apps;
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
pub mod remembered_browsers;
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

impl Conn {
    /// This connection, so that [`each!`] takes a connection as well as a transaction.
    pub(in crate::store) const fn conn(&mut self) -> &mut Self {
        self
    }
}

/// Runs the same code on whichever database the connection leads to: `each!(tx, |c| users::table.load(c))`. What differs between
/// the databases is a trait of their connections, or a part of a query that each database writes in its own way (`sql/`).
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

/// Loads the rows of a query, locked as `$lock` says.
macro_rules! load_all {
    ($tx:expr, $query:expr, $lock:expr => $row:ty) => {{
        let rows: Vec<$row> = match $lock {
            $crate::store::tx::Lock::No => $crate::store::each!($tx, |c| $query.load(c)?),
            $crate::store::tx::Lock::Share => {
                $crate::store::each!($tx, |c| $crate::store::sql::lock::locked($query, $crate::store::sql::lock::Share)
                    .load(c)?)
            }
            $crate::store::tx::Lock::Update => {
                $crate::store::each!($tx, |c| $crate::store::sql::lock::locked($query, $crate::store::sql::lock::NoKeyUpdate)
                    .load(c)?)
            }
        };
        rows
    }};
}
pub(crate) use load_all;

/// Loads the rows of a query for each of these values, `|condition| query`, locked as `$lock` says. PostgreSQL, where a statement
/// is a round trip, gets one for all values. SQLite gets one for each, which costs less there than reading a list from JSON.
macro_rules! load_each {
    ($tx:expr, $column:expr, $values:expr, |$condition:ident| $query:expr, $lock:expr => $row:ty) => {{
        let values = $values;
        let mut rows: Vec<$row> = Vec::new();
        if $tx.is_in_process() {
            for value in values {
                let $condition = $column.eq(value);
                rows.extend($crate::store::each!($tx, |c| $query.load::<$row>(c)?));
            }
        } else if !values.is_empty() {
            let $condition = $crate::store::sql::any::is_any($column, values);
            rows = $crate::store::load_all!($tx, $query, $lock => $row);
        }
        rows
    }};
}
pub(crate) use load_each;

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
