//! The only module that speaks SQL. [`Store::write`] and [`Store::read`] take closures; what they call is plain, synchronous
//! and the same for both databases.
//!
//! - **SQLite**: one writer thread with group commit (`sqlite.rs`), readers beside it.
//! - **PostgreSQL**: a pool, READ COMMITTED, any number of daemons (`postgres.rs`).
//!
//! One row is asked for with `get_result`, not with `first`: that adds a bound `LIMIT`, whose value our SQLite plans
//! by, so that it plans the statement again at each execution and keeping it prepared gains nothing. For the same reason
//! the word that an index is limited to stands in the SQL itself (`sql/literal.rs`). An UPDATE on a way that is often taken goes
//! through `sql/prepared_update.rs`.

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

/// The file that a `sqlite:` URL names; none for another URL.
pub fn sqlite_file(url: &str) -> Option<&str> {
    sqlite::path_of(url)
}

/// Refuses what is no database's URL.
pub fn check_url(url: &str) -> Result<(), StoreError> {
    if sqlite::path_of(url).is_some() { Ok(()) } else { postgres::check_url(url) }
}

/// What an attacker between this machine and the database's could do, if that is another one; none where TLS prevents it.
pub fn connection_warning(url: &str) -> Option<String> {
    tls::warning(url, |name| std::env::var(name).ok())
}

/// One connection, to either database. Queries are written once and run on both through [`each!`].
pub(crate) enum Conn {
    /// The embedded one.
    Sqlite(diesel::SqliteConnection),
    /// The one that several daemons share.
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

/// The first row of a query, kept from being changed by others until the transaction ends. SQLite has one writer anyway.
macro_rules! held {
    ($tx:expr, $query:expr => $row:ty) => {
        match $tx.conn() {
            $crate::store::Conn::Sqlite(c) => $query.get_result::<$row>(c).optional()?,
            $crate::store::Conn::Postgres(c) => $query.for_share().get_result::<$row>(c).optional()?,
        }
    };
}
pub(crate) use held;

/// Rows by their ids: `$query` restricts and selects them. PostgreSQL finds and locks all of them in one statement, in id order, so that
/// concurrent callers cannot deadlock; SQLite looks each up by a statement that stays prepared.
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

/// A row as it is read: the struct, and its columns as a list that both databases take (diesel's `Selectable` is for one).
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
