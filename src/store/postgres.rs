//! Connects to PostgreSQL, configures each connection, and reads the database's time.

use chrono::{DateTime, Utc};
use diesel::connection::{CacheSize, SimpleConnection};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, QueryResult, RunQueryDsl};
use url::Url;

use super::connection_watchdog::{Watch, open_unwatched};
use super::error::stop_reading_words;
use super::pool::Pool;
use super::transaction::Transactions;
use super::{Conn, StoreError, tls};
use crate::clock::{Clock, from_micros};
use crate::config;

/// Refuses an invalid PostgreSQL URL.
pub(super) fn check_url(text: &str) -> Result<(), StoreError> {
    let refuse = |reason: &str| Err(StoreError::Unavailable(format!("database.url: {reason}")));
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    let Some(url) = url else { return refuse("write `sqlite:FILE` or `postgres://user:password@host/name`") };
    tls::check(&url).or_else(|reason| refuse(&reason))
}

/// Whether a pooler may use another connection for each transaction. The configuration says so by disabling what needs a fixed
/// one.
pub(super) fn is_pooled(database: &config::Database) -> bool {
    !database.statement_cache
}

/// Opens a connection without a watchdog, for slow work.
pub(super) fn open(database: &config::Database) -> Result<Conn, StoreError> {
    set(open_unwatched(&with_signs_of_life(&database.url))?, database)
}

/// A pool with a watchdog that closes silent connections.
pub(super) fn pool(database: &config::Database, most: u32) -> Pool {
    let url = with_signs_of_life(&database.url);
    let watch = Watch::over(&url, most);
    let (its, database) = (watch.clone(), database.clone());
    Pool::new(most, move || set(its.open(&url)?, &database)).watched_by(watch)
}

/// Configures a new connection.
fn set(mut conn: PgConnection, database: &config::Database) -> Result<Conn, StoreError> {
    // Poolers track these two settings for each client.
    conn.batch_execute("SET TIME ZONE 'UTC'; SET application_name = 'countersign'")?;
    if is_pooled(database) {
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    } else {
        conn.batch_execute("SET statement_timeout = '5s'; SET lock_timeout = '2s'")?;
    }
    ask_for_english(&mut conn, is_pooled(database))?;
    Ok(Conn::Postgres(conn))
}

/// Requests error messages in English. diesel has no kind for deadlocks, timeouts and full disks, so they are recognised by
/// message (`StoreError::of_words`). Only superusers and authorised roles may set the language.
fn ask_for_english(conn: &mut PgConnection, is_pooled: bool) -> Result<(), StoreError> {
    let query = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("current_setting('lc_messages')"));
    let language: String = query.get_result(conn)?;
    if ["C", "POSIX", "en"].iter().any(|english| language.starts_with(english)) {
        return Ok(());
    }
    // Behind a pooler, a session setting would stay on a connection that another client gets next.
    if !is_pooled && conn.batch_execute("SET lc_messages = 'C'").is_ok() {
        return Ok(());
    }
    if stop_reading_words() {
        tracing::warn!(
            %language,
            "PostgreSQL reports its errors in a language that is not read here, so that all of them are taken for temporary ones. Have a \
             superuser run: ALTER ROLE name SET lc_messages = 'C'"
        );
    }
    Ok(())
}

/// Adds TCP keepalive settings to the URL, unless it has them, so that the kernel detects a dead peer.
fn with_signs_of_life(text: &str) -> String {
    let watch = [
        ("connect_timeout", "5"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "5"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "15000"),
    ];
    let Ok(mut url) = Url::parse(text) else { return text.to_owned() };
    let said: Vec<String> = url.query_pairs().map(|(key, _)| key.into_owned()).collect();
    for (key, value) in watch.iter().filter(|(key, _)| !said.iter().any(|said| said == key)) {
        url.query_pairs_mut().append_pair(key, value);
    }
    url.into()
}

/// Limits statement and lock wait times for the rest of a transaction. Behind a pooler each transaction sets them, because a
/// session setting would stay on a connection that another client gets next.
const LIMITS: &str = "SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '2s'";

/// Stops PostgreSQL from scanning a table that was small at its last statistics, from planning again for each batch size, and
/// from making a batch wait long for a lock that one operation needs. All rows of a batch are found by index.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
    SET LOCAL lock_timeout = '100ms'; SET LOCAL plan_cache_mode = force_generic_plan";

/// The statements that begin a transaction, each in one round trip.
pub(super) struct Begins {
    pub(super) write: String,
    /// On one snapshot. PostgreSQL refuses writes in it, as SQLite's readers always do.
    pub(super) read: String,
    pub(super) batch: String,
}

impl Begins {
    pub(super) fn of(database: &config::Database) -> Self {
        let limited = |begin: &str| if is_pooled(database) { format!("{begin}; {LIMITS}") } else { begin.to_owned() };
        let write = limited("BEGIN");
        let batch = format!("{write}; {BY_INDEX}");
        Self { write, read: limited("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), batch }
    }
}

impl Transactions for PgConnection {
    /// The database's time at the start of the transaction, so that several daemons agree.
    fn now(&mut self, clock: &Clock) -> Result<DateTime<Utc>, StoreError> {
        if clock.is_manual() { Ok(clock.now()) } else { Ok(from_micros(Now.get_result(self)?)) }
    }
}

/// Runs in every transaction. diesel prepares its own `sql("…")` again each time, at the cost of a round trip.
#[derive(QueryId)]
struct Now;

impl QueryFragment<Pg> for Now {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT (extract(epoch FROM now()) * 1000000)::bigint");
        Ok(())
    }
}

impl Query for Now {
    type SqlType = BigInt;
}

impl RunQueryDsl<PgConnection> for Now {}
