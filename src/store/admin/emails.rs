//! Lists the outbox for administrators.

use diesel::prelude::*;

use super::{After, Bounded, Found, windows};
use crate::domain::{EmailState, GrantId, RequestId};
use crate::store::outbox::{QueuedEmail, Row};
use crate::store::schema::outbox;
use crate::store::sql::literal::{Dead, Queued};
use crate::store::{StoreError, Tx, each};

macro_rules! windowed {
    ($state:expr, $top:expr, $floor:expr, $limit:expr) => {{
        let query =
            outbox::table.filter(outbox::id.lt($top)).order(outbox::id.desc()).limit($limit).select(Row::columns()).into_boxed();
        match $state {
            Some(EmailState::Dead) => query.filter(outbox::state.eq(Dead)),
            Some(state) => query.filter(outbox::id.ge($floor)).filter(outbox::state.eq(state.as_str())),
            None => query.filter(outbox::id.ge($floor)),
        }
    }};
}

macro_rules! waiting {
    ($after:expr, $limit:expr) => {
        outbox::table
            .filter(outbox::state.eq(Queued))
            .filter(outbox::next_at.ge($after.at))
            .filter(outbox::next_at.gt($after.at).or(outbox::id.gt($after.id)))
            .order((outbox::next_at.asc(), outbox::id.asc()))
            .limit($limit)
            .select(Row::columns())
    };
}

fn all(rows: Vec<Row>) -> Result<Vec<QueuedEmail>, StoreError> {
    rows.into_iter().map(QueuedEmail::try_from).collect()
}

fn newest_first(email: &QueuedEmail) -> After {
    After { at: 0, id: email.id.0 }
}

/// A page of emails: queued ones by due time, others newest first.
pub fn list(
    tx: &mut Tx<'_>,
    state: Option<EmailState>,
    after: Option<After>,
    limit: i64,
) -> Result<Found<QueuedEmail>, StoreError> {
    match state {
        Some(EmailState::Queued) => {
            let from = after.unwrap_or(After { at: i64::MIN, id: 0 });
            let rows: Vec<Row> = each!(tx, |c| waiting!(from, limit + 1).load(c)?);
            let by_turn = |email: &QueuedEmail| After { at: email.next_at.timestamp_micros(), id: email.id.0 };
            Ok(Found::cut(all(rows)?, limit, by_turn))
        }
        Some(EmailState::Dead) => {
            let top = after.map_or(i64::MAX, |after| after.id);
            let rows: Vec<Row> = each!(tx, |c| windowed!(state, top, 1, limit + 1).load(c)?);
            Ok(Found::cut(all(rows)?, limit, newest_first))
        }
        _ => {
            let newest: Option<i64> = each!(tx, |c| outbox::table.select(diesel::dsl::max(outbox::id)).get_result(c)?);
            let read = |top, floor| {
                let rows: Vec<Row> = each!(tx, |c| windowed!(state, top, floor, limit + 1).load(c)?);
                all(rows)
            };
            windows(after, newest.unwrap_or_default(), limit, read, newest_first)
        }
    }
}

/// The emails about a request, oldest first.
pub fn of_request(tx: &mut Tx<'_>, request: RequestId, limit: i64) -> Result<Vec<QueuedEmail>, StoreError> {
    let query =
        outbox::table.filter(outbox::request_id.eq(request.0)).order(outbox::id.asc()).limit(limit).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    all(rows)
}

/// The emails about a grant without a request, oldest first.
pub fn of_grant(tx: &mut Tx<'_>, grant: GrantId, limit: i64) -> Result<Vec<QueuedEmail>, StoreError> {
    let query = outbox::table.filter(outbox::grant_id.eq(grant.0)).order(outbox::id.asc()).limit(limit).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    all(rows)
}

/// Counts dead and queued emails.
pub fn count(tx: &mut Tx<'_>) -> Result<(Bounded, Bounded), StoreError> {
    let limit = Bounded::MOST + 1;
    let dead: Vec<i64> = each!(tx, |c| outbox::table.filter(outbox::state.eq(Dead)).limit(limit).select(outbox::id).load(c)?);
    let waiting = outbox::table.filter(outbox::state.eq(Queued)).limit(limit).select(outbox::next_at);
    let waiting: Vec<i64> = each!(tx, |c| waiting.load(c)?);
    Ok((Bounded::counted(dead.len(), Bounded::MOST), Bounded::counted(waiting.len(), Bounded::MOST)))
}

/// The SQL of a list, for the test of query plans.
pub fn sqlite_text(state: Option<EmailState>) -> String {
    use diesel::debug_query;
    use diesel::sqlite::Sqlite;
    if state == Some(EmailState::Queued) {
        return debug_query::<Sqlite, _>(&waiting!(After { at: 5, id: 6 }, 51)).to_string();
    }
    debug_query::<Sqlite, _>(&windowed!(state, 9, 1, 51)).to_string()
}
