//! Requests by what they have in common: whose they are, what they wait for, what they hang on.

use diesel::prelude::*;

use super::{Row, outcome};
use crate::domain::{BundleId, KeyId, Page, Request, RequestId, RequestState, Slice, UserId};
use crate::store::schema::{request_items, requests};
use crate::store::sql::literal::Pending;
use crate::store::{StoreError, Tx, each};

/// Pending requests whose time is over.
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

/// What makes pending requests pointless when it goes.
#[derive(Clone, Copy, Debug)]
pub enum Cause {
    /// A person, in whatever part.
    User(UserId),
    /// A person who asked or would have gained.
    Asker(UserId),
    /// A bundle.
    Bundle(BundleId),
    /// An app's key.
    Key(KeyId),
}

/// The pending requests that hang on `cause`.
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

/// Which requests a list is of.
#[derive(Clone, Copy, Debug)]
pub enum Listed {
    /// Those that somebody asks for, decides or gains by.
    Involving(UserId),
    /// Those that an app filed.
    FiledBy(KeyId),
}

/// A part of the requests, newest last; withdrawn ones are left out, since who withdrew them deleted them.
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

/// Each with the grant that came of it.
pub(in crate::store) fn with_grants(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Request>, StoreError> {
    let approved = || rows.iter().filter(|row| row.state == RequestState::Approved.as_str());
    let (ids, renewed) = (approved().map(|row| row.id).collect(), approved().filter_map(|row| row.renews_id).collect());
    let made = outcome::outcomes(tx, ids, renewed)?;
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

/// On which side of a request somebody is.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// They decide it.
    Decides(UserId),
    /// They gain by it, and another decides.
    Gains(UserId),
    /// They filed it for another, and another decides.
    Filed(UserId),
}

/// The text is put together again for each side, so that each goes over an index of its own that begins with the person.
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

/// The newest requests on one side of somebody, of those that are older than `before`: those that wait for an answer, or the
/// others, or all.
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

/// The SQL of such a list, for the test that looks at its plan.
pub fn sqlite_text(side: Side, is_open: Option<bool>) -> String {
    diesel::debug_query::<diesel::sqlite::Sqlite, _>(&sided!(side, is_open, None, 21, 0)).to_string()
}

/// How many requests wait for somebody's answer.
pub fn count_waiting(tx: &mut Tx<'_>, UserId(user): UserId) -> Result<i64, StoreError> {
    let query = requests::table
        .filter(requests::target_id.eq(user))
        .filter(requests::state.eq(Pending))
        .filter(requests::expires_at.gt(tx.micros()))
        .count();
    Ok(each!(tx, |c| query.get_result(c)?))
}

/// How many requests are in each state: for the metrics and the admin.
pub fn count_by_state(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    let query = requests::table.group_by(requests::state).select((requests::state, diesel::dsl::count_star()));
    Ok(each!(tx, |c| query.load(c)?))
}
