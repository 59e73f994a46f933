//! Lists of requests by state, cause or person.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{Row, given};
use crate::domain::{AppId, BundleId, MailState, Page, Request, RequestId, RequestState, Slice, UserId};
use crate::store::schema::{request_items, requests};
use crate::store::sql::any::is_any;
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
    /// An app.
    App(AppId),
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
        Cause::App(AppId(id)) => each!(tx, |c| pending().filter(requests::key_id.eq(id)).load(c)?),
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
    FiledBy(AppId),
}

/// A condition on listed requests.
#[derive(Clone, Debug)]
pub enum Condition {
    /// In one of these states at the time of the query.
    States(Vec<RequestState>),
    /// Filed, emailed again, decided or ended since then.
    UpdatedSince(DateTime<Utc>),
    /// For one of these bundles.
    Bundles(Vec<BundleId>),
    /// With one of these approvers, by id or by the name that the caller used.
    Targets(Vec<UserId>, Vec<String>),
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By id.
    Id,
    /// By the time of filing.
    CreatedAt,
    /// By the time of expiry.
    ExpiresAt,
}

/// A page of requests, by default newest last. Withdrawn ones are left out, because to their requesters they are deleted.
pub fn list(
    tx: &mut Tx<'_>,
    which: Listed,
    conditions: &[Condition],
    (order, is_descending): (Order, bool),
    page: Page,
) -> Result<Slice<Request>, StoreError> {
    let now = tx.micros();
    macro_rules! listed {
        ($query:expr) => {{
            let query = $query.filter(requests::state.ne(RequestState::Withdrawn.as_str())).into_boxed();
            let query = match which {
                Listed::FiledBy(app) => query.filter(requests::key_id.eq(app.0)),
                Listed::Involving(UserId(user)) => query.filter(
                    requests::target_id
                        .eq(user)
                        .or(requests::allowed_id.eq(user))
                        .or(requests::initiator_id.eq(user).and(requests::initiator_id.ne(requests::allowed_id.nullable()))),
                ),
            };
            conditions.iter().fold(query, |query, condition| match condition {
                Condition::States(states) => {
                    let is_recorded = requests::state.eq_any(states.iter().map(|state| state.as_str()).collect::<Vec<_>>());
                    let is_open = requests::state.ne(RequestState::Pending.as_str()).or(requests::expires_at.gt(now));
                    // As `Request::state_at` says: a bounced request fails at its end, any other expires.
                    let ends =
                        |mail: &MailState| if *mail == MailState::Bounced { RequestState::Failed } else { RequestState::Expired };
                    let over = MailState::ALL.iter().filter(|mail| states.contains(&ends(mail))).map(|mail| mail.as_str());
                    let is_over = requests::state.eq(RequestState::Pending.as_str()).and(requests::expires_at.le(now));
                    query.filter(is_recorded.and(is_open).or(is_over.and(requests::mail_state.eq_any(over.collect::<Vec<_>>()))))
                }
                Condition::UpdatedSince(since) => {
                    let since = since.timestamp_micros();
                    let is_over =
                        requests::state.eq(RequestState::Pending.as_str()).and(requests::expires_at.between(since, now));
                    let is_changed = requests::last_letter_at.ge(since).or(requests::created_at.ge(since)).or(is_over);
                    query.filter(is_changed.or(requests::decided_at.is_not_null().and(requests::decided_at.ge(since))))
                }
                Condition::Bundles(ids) => {
                    let is_one = request_items::bundle_id.eq_any(ids.iter().map(|id| id.0).collect::<Vec<_>>());
                    let items = request_items::table.filter(is_one).select(request_items::request_id);
                    query.filter(requests::id.eq_any(items))
                }
                Condition::Targets(ids, names) => {
                    let is_named = requests::target_as.is_not_null().and(requests::target_as.eq_any(names.clone()));
                    let is_one = requests::target_id.eq_any(ids.iter().map(|id| id.0).collect::<Vec<_>>());
                    match which {
                        Listed::FiledBy(_) => query.filter(is_one.or(is_named)),
                        // Only the requester knows a hidden person by this name.
                        Listed::Involving(UserId(user)) => query.filter(is_one.or(is_named.and(requests::initiator_id.eq(user)))),
                    }
                }
            })
        }};
    }
    let total = each!(tx, |c| listed!(requests::table.count()).get_result(c)?);
    let rows: Vec<Row> = each!(tx, |c| {
        let query = listed!(requests::table.select(Row::columns())).limit(page.limit).offset(page.offset);
        let query = match (order, is_descending) {
            (Order::Id, false) => query.order(requests::id.asc()),
            (Order::Id, true) => query.order(requests::id.desc()),
            (Order::CreatedAt, false) => query.order((requests::created_at.asc(), requests::id.asc())),
            (Order::CreatedAt, true) => query.order((requests::created_at.desc(), requests::id.desc())),
            (Order::ExpiresAt, false) => query.order((requests::expires_at.asc(), requests::id.asc())),
            (Order::ExpiresAt, true) => query.order((requests::expires_at.desc(), requests::id.desc())),
        };
        query.load(c)?
    });
    let items = with_grants(tx, rows)?;
    Ok(Slice { items, total })
}

/// Those of these requests that are no longer pending.
pub fn ended(tx: &mut Tx<'_>, ids: &[RequestId]) -> Result<Vec<RequestId>, StoreError> {
    let query = requests::table
        .filter(is_any(requests::id, ids.iter().map(|id| id.0).collect()))
        .filter(requests::state.ne(RequestState::Pending.as_str()).or(requests::expires_at.le(tx.micros())))
        .select(requests::id);
    let ended: Vec<i64> = each!(tx, |c| query.load(c)?);
    Ok(ended.into_iter().map(RequestId).collect())
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

/// Counts by state the requests for the same person's access to the same approver's data that were filed before this one.
pub fn count_before(tx: &mut Tx<'_>, request: &Request) -> Result<Vec<(String, i64)>, StoreError> {
    let query = requests::table
        .filter(requests::target_id.eq(request.target.0))
        .filter(requests::allowed_id.eq(request.allowed.0))
        .filter(requests::id.lt(request.id.0))
        .group_by(requests::state)
        .select((requests::state, diesel::dsl::count_star()));
    Ok(each!(tx, |c| query.load(c)?))
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
