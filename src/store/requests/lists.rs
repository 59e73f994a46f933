//! Lists of requests by state, cause or person.

use diesel::prelude::*;

use super::{Row, given};
use crate::domain::{BundleId, KeyId, Page, Request, RequestId, RequestState, Slice, UserId};
use crate::store::schema::{request_items, requests};
use crate::store::sql::literal::Pending;
use crate::store::{StoreError, Tx, each};

/// Pending requests past their expiry.
pub fn overdue(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Request>, StoreError> {
    let query = requests::table
        .filter(requests::state.eq(Pending))
        .filter(requests::expires_at.le(tx.micros()))
        .order(requests::expires_at.asc())
        .limit(limit)
        .select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(|row| Request::try_from((row, None))).collect()
}

/// A deleted object that cancels pending requests.
#[derive(Clone, Copy, Debug)]
pub enum Cause {
    /// A person in any role.
    User(UserId),
    /// A requester or grantee.
    Asker(UserId),
    /// A bundle.
    Bundle(BundleId),
    /// An API key.
    Key(KeyId),
}

/// The pending requests that depend on `cause`.
pub fn pending_of(tx: &mut Tx<'_>, cause: Cause) -> Result<Vec<Request>, StoreError> {
    let pending = || requests::table.filter(requests::state.eq(Pending)).select(Row::columns()).order(requests::id.asc());
    let rows: Vec<Row> = match cause {
        Cause::User(UserId(id)) => {
            let is_part = requests::target_id.eq(id).or(requests::allowed_id.eq(id)).or(requests::initiator_id.eq(id));
            each!(tx, |c| pending().filter(is_part).load(c)?)
        }
        Cause::Asker(UserId(id)) => {
            let is_part = requests::allowed_id.eq(id).or(requests::initiator_id.eq(id));
            each!(tx, |c| pending().filter(is_part).load(c)?)
        }
        Cause::Key(KeyId(id)) => each!(tx, |c| pending().filter(requests::key_id.eq(id)).load(c)?),
        Cause::Bundle(BundleId(id)) => {
            let its = request_items::table.filter(request_items::bundle_id.eq(id)).select(request_items::request_id);
            each!(tx, |c| pending().filter(requests::id.eq_any(its)).load(c)?)
        }
    };
    rows.into_iter().map(|row| Request::try_from((row, None))).collect()
}

/// Selects the requests of a list.
#[derive(Clone, Copy, Debug)]
pub enum Listed {
    /// With this person as requester, approver or grantee.
    Involving(UserId),
    /// Filed by this app.
    FiledBy(KeyId),
}

/// A page of requests, newest last. Withdrawn ones are left out, because to their requesters they are deleted.
pub fn list(tx: &mut Tx<'_>, which: Listed, page: Page) -> Result<Slice<Request>, StoreError> {
    macro_rules! listed {
        ($query:expr) => {{
            let query = $query.filter(requests::state.ne(RequestState::Withdrawn.as_str())).into_boxed();
            match which {
                Listed::FiledBy(key) => query.filter(requests::key_id.eq(key.0)),
                Listed::Involving(UserId(user)) => query.filter(
                    requests::target_id
                        .eq(user)
                        .or(requests::allowed_id.eq(user))
                        .or(requests::initiator_id.eq(user).and(requests::initiator_id.ne(requests::allowed_id.nullable()))),
                ),
            }
        }};
    }
    let total = each!(tx, |c| listed!(requests::table.count()).get_result(c)?);
    let rows: Vec<Row> = each!(tx, |c| {
        listed!(requests::table.select(Row::columns())).order(requests::id.asc()).limit(page.limit).offset(page.offset).load(c)?
    });
    let items = with_grants(tx, rows)?;
    Ok(Slice { items, total })
}

/// Adds the grant of its approval to each request.
pub(in crate::store) fn with_grants(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Request>, StoreError> {
    let approved = || rows.iter().filter(|row| row.state == RequestState::Approved.as_str());
    let (ids, renewed) = (approved().map(|row| row.id).collect(), approved().filter_map(|row| row.renews_id).collect());
    let made = given::outcomes(tx, ids, renewed)?;
    let request = |row: Row| {
        let mut grant = None;
        if row.state == RequestState::Approved.as_str() {
            let own = made.iter().find(|(request, _)| *request == Some(row.id));
            let renewed = || made.iter().find(|(_, outcome)| Some(outcome.id.0) == row.renews_id);
            grant = own.or_else(renewed).map(|(_, outcome)| *outcome);
        }
        Request::try_from((row, grant))
    };
    rows.into_iter().map(request).collect()
}

/// A person's role in a request.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// The approver.
    Decides(UserId),
    /// The grantee, if another person decides.
    Gains(UserId),
    /// The requester for another person, if a third person decides.
    Filed(UserId),
}

/// Each role gets its own statement, so that each uses an index that begins with the person.
macro_rules! sided {
    ($side:expr, $is_open:expr, $before:expr, $limit:expr, $now:expr) => {{
        let query = requests::table.order(requests::id.desc()).limit($limit).select(Row::columns()).into_boxed();
        let query = match $side {
            Side::Decides(UserId(user)) => query.filter(requests::target_id.eq(user)),
            Side::Gains(UserId(user)) => query.filter(requests::allowed_id.eq(user)).filter(requests::target_id.ne(user)),
            Side::Filed(UserId(user)) => query
                .filter(requests::initiator_id.eq(user))
                .filter(requests::initiator_id.ne(requests::allowed_id.nullable()))
                .filter(requests::target_id.ne(user)),
        };
        let query = match $before {
            Some(RequestId(id)) => query.filter(requests::id.lt(id)),
            None => query,
        };
        match $is_open {
            Some(true) => query.filter(requests::state.eq(Pending)).filter(requests::expires_at.gt($now)),
            Some(false) => query.filter(requests::state.ne(RequestState::Pending.as_str()).or(requests::expires_at.le($now))),
            None => query,
        }
    }};
}

/// The newest requests of a person in one role and older than `before`: open ones, closed ones, or all.
pub fn of_side(
    tx: &mut Tx<'_>,
    side: Side,
    is_open: Option<bool>,
    before: Option<RequestId>,
    limit: i64,
) -> Result<Vec<Request>, StoreError> {
    let now = tx.micros();
    let rows: Vec<Row> = each!(tx, |c| sided!(side, is_open, before, limit, now).load(c)?);
    with_grants(tx, rows)
}

/// The SQL of such a list, for the test of query plans.
pub fn sqlite_text(side: Side, is_open: Option<bool>) -> String {
    diesel::debug_query::<diesel::sqlite::Sqlite, _>(&sided!(side, is_open, None, 21, 0)).to_string()
}

/// Counts the requests that await a person's decision.
pub fn count_waiting(tx: &mut Tx<'_>, UserId(user): UserId) -> Result<i64, StoreError> {
    let query = requests::table
        .filter(requests::target_id.eq(user))
        .filter(requests::state.eq(Pending))
        .filter(requests::expires_at.gt(tx.micros()))
        .count();
    Ok(each!(tx, |c| query.get_result(c)?))
}

/// Counts requests by state, for the metrics and the admin pages.
pub fn count_by_state(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    let query = requests::table.group_by(requests::state).select((requests::state, diesel::dsl::count_star()));
    Ok(each!(tx, |c| query.load(c)?))
}
