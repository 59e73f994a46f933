//! PostgreSQL: how to reach it, what every connection is set to, and what time it is there.

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
use super::{Conn, StoreError, tls};
use crate::clock::from_micros;
use crate::config;

/// Refuses what is no URL of a PostgreSQL.
pub(super) fn check_url(text: &str) -> Result<(), StoreError> {
    let refuse = |reason: &str| Err(StoreError::Unavailable(format!("database.url: {reason}")));
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    let Some(url) = url else { return refuse("write `sqlite:FILE` or `postgres://user:password@host/name`") };
    tls::check(&url).or_else(|reason| refuse(&reason))
}

/// Whether a pooler hands out another connection for each transaction: the setting says so by taking back what needs one.
pub(super) fn is_pooled(database: &config::Database) -> bool {
    !database.statement_cache
}

/// One that may be silent as long as its work takes.
pub(super) fn open(database: &config::Database) -> Result<Conn, StoreError> {
    set(open_unwatched(&with_signs_of_life(&database.url))?, database)
}

/// Connections that are given up where they fall silent.
pub(super) fn pool(database: &config::Database, most: u32) -> Pool {
    let url = with_signs_of_life(&database.url);
    let watch = Watch::over(&url, most);
    let (its, database) = (watch.clone(), database.clone());
    Pool::new(most, move || set(its.open(&url)?, &database)).watched_by(watch)
}

/// Sets it to what every connection is set to.
fn set(mut conn: PgConnection, database: &config::Database) -> Result<Conn, StoreError> {
    // Poolers keep these two apart for each of their clients.
    conn.batch_execute("SET TIME ZONE 'UTC'; SET application_name = 'countersign'")?;
    if is_pooled(database) {
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    } else {
        conn.batch_execute("SET statement_timeout = '5s'; SET lock_timeout = '2s'")?;
    }
    ask_for_english(&mut conn, is_pooled(database))?;
    Ok(Conn::Postgres(conn))
}

/// Asks for errors in English: deadlocks, timeouts and full disks have no kind in diesel and are told apart by their words
/// (`StoreError::of_words`). Only superusers, and roles that they allow it, may choose the language of a session.
fn ask_for_english(conn: &mut PgConnection, is_pooled: bool) -> Result<(), StoreError> {
    let query = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("current_setting('lc_messages')"));
    let language: String = query.get_result(conn)?;
    if ["C", "POSIX", "en"].iter().any(|english| language.starts_with(english)) {
        return Ok(());
    }
    // What is set for a session behind a pooler stays on a connection that somebody else has next.
    if !is_pooled && conn.batch_execute("SET lc_messages = 'C'").is_ok() {
        return Ok(());
    }
    if stop_reading_words() {
        tracing::warn!(
            %language,
            "PostgreSQL tells its errors in a language that is not read here, so that all of them are taken for what passes. Have a \
             superuser run: ALTER ROLE name SET lc_messages = 'C'"
        );
    }
    Ok(())
}

/// The URL with what lets the kernel notice that nobody is at the other end any more, unless it says otherwise itself.
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

/// The database's time at the start of this transaction.
pub(super) fn now(conn: &mut PgConnection) -> Result<DateTime<Utc>, StoreError> {
    Ok(from_micros(Now.get_result(conn)?))
}

/// Every transaction asks it. With diesel's own `sql("…")` it would be prepared again each time, which is a round trip more.
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
