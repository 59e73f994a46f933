//! Requests, their items, and the guarded UPDATE that decides them.

mod given;
mod lists;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::bundles::unreadable;
use super::schema::{grants, request_items, requests};
use super::sql::each_row;
use super::sql::insert::Insert;
use super::sql::literal::Pending;
use super::sql::prepared_update;
use super::sql::raw::raw_query;
use super::sql::rows::{Column, Rows, column};
use super::tx::Lock;
use super::{StoreError, Tx, each, load_each, row};
use crate::clock::from_micros;
use crate::domain::{
    AppId, BundleId, Decision, Given, GrantId, Level, MailState, Outcome, Reason, Request, RequestId, RequestItem, RequestKind,
    RequestState, ResourceId, Until, UserId,
};

pub(super) use self::given::uris;
pub(super) use self::lists::with_grants;
pub use self::lists::{
    Cause, Condition, Listed, Order, Side, count_before, count_by_state, count_waiting, ended, list, of_side, overdue,
    pending_of, sqlite_text,
};

row! {
    struct Row from requests {
        id: i64,
        kind: String,
        initiator_id: Option<i64>,
        key_id: Option<i64>,
        target_id: i64,
        allowed_id: i64,
        message: Option<String>,
        redeem_url: Option<String>,
        ttl_seconds: i64,
        expires_at: i64,
        until_at: Option<i64>,
        until_seconds: Option<i64>,
        state: String,
        mail_state: String,
        letters: i32,
        last_letter_at: i64,
        created_at: i64,
        decided_at: Option<i64>,
        decided_by: Option<i64>,
        reason: Option<String>,
        reason_code: Option<String>,
        is_narrowed: bool,
        remind_at: Option<i64>,
        renews_id: Option<i64>,
        resources: Option<String>,
        given: Option<String>,
        target_as: Option<String>,
        allowed_as: Option<String>,
    }
}

row! {
    struct ItemRow from request_items {
        request_id: i64,
        bundle_id: Option<i64>,
        resource_id: Option<i64>,
        level: String,
    }
}

impl TryFrom<ItemRow> for (RequestId, RequestItem) {
    type Error = StoreError;

    fn try_from(row: ItemRow) -> Result<Self, StoreError> {
        let level = Level::parse(&row.level).ok_or_else(|| unreadable("request_items.level", &row.level))?;
        let (bundle, resource) = (row.bundle_id.map(BundleId), row.resource_id.map(ResourceId));
        Ok((RequestId(row.request_id), RequestItem { bundle, resource, level }))
    }
}

impl TryFrom<(Row, Option<Outcome>)> for Request {
    type Error = StoreError;

    fn try_from((row, grant): (Row, Option<Outcome>)) -> Result<Self, StoreError> {
        let given = row.given.as_deref().map(given::read).transpose()?;
        let state = RequestState::parse(&row.state).ok_or_else(|| unreadable("requests.state", &row.state))?;
        let decision = row.decided_at.map(|at| Decision {
            at: from_micros(at),
            by: row.decided_by.map(UserId),
            reason: given::reason(state, row.reason_code.as_deref(), row.reason),
            is_narrowed: row.is_narrowed,
            given,
            grant,
        });
        let renews = row.renews_id.map(GrantId);
        let until = row.until_at.map(from_micros).map(Until::At);
        Ok(Self {
            id: RequestId(row.id),
            kind: RequestKind::parse(&row.kind).ok_or_else(|| unreadable("requests.kind", &row.kind))?,
            initiator: row.initiator_id.map(UserId),
            app: row.key_id.map(AppId),
            target: UserId(row.target_id),
            allowed: UserId(row.allowed_id),
            message: row.message,
            redeem_url: row.redeem_url,
            ttl: TimeDelta::seconds(row.ttl_seconds),
            expires_at: from_micros(row.expires_at),
            until: until.or_else(|| row.until_seconds.map(TimeDelta::seconds).map(Until::For)),
            resources: row.resources.as_deref().map(given::read_uris).transpose()?.unwrap_or_default(),
            state,
            mail_state: MailState::parse(&row.mail_state).ok_or_else(|| unreadable("requests.mail_state", &row.mail_state))?,
            letters: row.letters,
            last_letter_at: from_micros(row.last_letter_at),
            created_at: from_micros(row.created_at),
            remind_at: row.remind_at.map(from_micros),
            renews,
            decision,
            target_as: row.target_as,
            allowed_as: row.allowed_as,
        })
    }
}

/// A new request: pending, with its first email queued.
#[derive(Clone, Debug)]
pub struct NewRequest<'a> {
    /// The kind of request.
    pub kind: RequestKind,
    /// The person who filed it.
    pub initiator: Option<UserId>,
    /// The API key that filed it.
    pub app: Option<AppId>,
    /// The approver.
    pub target: UserId,
    /// The grantee.
    pub allowed: UserId,
    /// The requested items.
    pub items: &'a [RequestItem],
    /// The requester's message.
    pub message: Option<&'a str>,
    /// The target of the email's link.
    pub redeem_url: Option<&'a str>,
    /// Time until it expires.
    pub ttl: TimeDelta,
    /// The requested end of access.
    pub until: Option<Until>,
    /// The URIs of the requested resources; empty: the whole bundle.
    pub resources: &'a [String],
    /// Time of the first reminder.
    pub remind_at: Option<DateTime<Utc>>,
    /// The grant to prolong.
    pub renews: Option<GrantId>,
    /// The approver as the caller named them, if not by id.
    pub target_as: Option<&'a str>,
    /// The grantee as the caller named them, if not by id.
    pub allowed_as: Option<&'a str>,
}

/// The key of a pending request. At most one pending request has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestKey {
    /// The approver.
    pub target: UserId,
    /// The grantee.
    pub allowed: UserId,
    /// See [`items_key`].
    pub items_key: String,
}

/// A canonical text of a set of items, in any order. The index of pending requests compares it.
pub fn items_key(items: &[RequestItem]) -> String {
    let mut parts: Vec<String> = items
        .iter()
        .map(|item| match (item.bundle, item.resource) {
            (Some(bundle), _) => format!("b{bundle}"),
            (None, Some(resource)) => format!("r{resource}"),
            (None, None) => String::new(),
        })
        .collect();
    parts.sort_unstable();
    parts.join(" ")
}

/// The rows of new requests and their items. `keys` are their [`items_key`]s, and `uris` are their resources after
/// [`given::uris`].
pub(in crate::store) fn rows<'a>(
    requests: &'a [(Request, Vec<RequestItem>)],
    keys: &'a [String],
    uris: &'a [Option<String>],
) -> [Insert<'a>; 2] {
    let micros = |at: DateTime<Utc>| at.timestamp_micros();
    let at = |until: Option<Until>| if let Some(Until::At(at)) = until { Some(micros(at)) } else { None };
    let length = |until: Option<Until>| if let Some(Until::For(length)) = until { Some(length.num_seconds()) } else { None };
    let columns = vec![
        ("id", Column::Numbers(column(requests, |(row, _)| row.id.0))),
        ("kind", Column::Texts(column(requests, |(row, _)| row.kind.as_str()))),
        ("initiator_id", Column::MaybeNumbers(column(requests, |(row, _)| row.initiator.map(|id| id.0)))),
        ("key_id", Column::MaybeNumbers(column(requests, |(row, _)| row.app.map(|id| id.0)))),
        ("target_id", Column::Numbers(column(requests, |(row, _)| row.target.0))),
        ("allowed_id", Column::Numbers(column(requests, |(row, _)| row.allowed.0))),
        ("items_key", Column::Texts(column(keys, String::as_str))),
        ("message", Column::MaybeTexts(column(requests, |(row, _)| row.message.as_deref()))),
        ("redeem_url", Column::MaybeTexts(column(requests, |(row, _)| row.redeem_url.as_deref()))),
        ("ttl_seconds", Column::Numbers(column(requests, |(row, _)| row.ttl.num_seconds()))),
        ("expires_at", Column::Numbers(column(requests, |(row, _)| micros(row.expires_at)))),
        ("until_at", Column::MaybeNumbers(column(requests, |(row, _)| at(row.until)))),
        ("until_seconds", Column::MaybeNumbers(column(requests, |(row, _)| length(row.until)))),
        ("last_letter_at", Column::Numbers(column(requests, |(row, _)| micros(row.last_letter_at)))),
        ("created_at", Column::Numbers(column(requests, |(row, _)| micros(row.created_at)))),
        ("remind_at", Column::MaybeNumbers(column(requests, |(row, _)| row.remind_at.map(micros)))),
        ("renews_id", Column::MaybeNumbers(column(requests, |(row, _)| row.renews.map(|id| id.0)))),
        ("resources", Column::MaybeTexts(column(uris, Option::as_deref))),
        ("target_as", Column::MaybeTexts(column(requests, |(row, _)| row.target_as.as_deref()))),
        ("allowed_as", Column::MaybeTexts(column(requests, |(row, _)| row.allowed_as.as_deref()))),
    ];
    let items: Vec<(RequestId, i32, &RequestItem)> =
        requests.iter().flat_map(|(row, items)| (0..).zip(items).map(|(position, item)| (row.id, position, item))).collect();
    let item_columns = vec![
        ("request_id", Column::Numbers(column(&items, |(id, ..)| id.0))),
        ("position", Column::Integers(column(&items, |(_, position, _)| *position))),
        ("bundle_id", Column::MaybeNumbers(column(&items, |(.., item)| item.bundle.map(|id| id.0)))),
        ("resource_id", Column::MaybeNumbers(column(&items, |(.., item)| item.resource.map(|id| id.0)))),
        ("level", Column::Texts(items.iter().map(|(.., item)| item.level.as_str()).collect())),
    ];
    let new = Insert::new("requests", requests.len(), columns).constants(&[
        ("state", "'pending'"),
        ("mail_state", "'queued'"),
        ("letters", "1"),
        ("is_narrowed", "false"),
    ]);
    [new, Insert::new("request_items", items.len(), item_columns)]
}

/// The request, as stored.
pub(in crate::store) fn stored(new: &NewRequest<'_>, id: i64, now: DateTime<Utc>) -> Request {
    Request {
        id: RequestId(id),
        kind: new.kind,
        initiator: new.initiator,
        app: new.app,
        target: new.target,
        allowed: new.allowed,
        message: new.message.map(str::to_owned),
        redeem_url: new.redeem_url.map(str::to_owned),
        ttl: new.ttl,
        expires_at: now + new.ttl,
        until: new.until,
        resources: new.resources.to_vec(),
        state: RequestState::Pending,
        mail_state: MailState::Queued,
        letters: 1,
        last_letter_at: now,
        created_at: now,
        remind_at: new.remind_at,
        renews: new.renews,
        decision: None,
        target_as: new.target_as.map(str::to_owned),
        allowed_as: new.allowed_as.map(str::to_owned),
    }
}

/// Finds a request.
pub fn find(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<Request>, StoreError> {
    let query = requests::table.find(id.0).select(Row::columns());
    let row = each!(tx, |c| query.get_result::<Row>(c).optional()?);
    row.map(|row| with_grant(tx, Request::try_from((row, None))?)).transpose()
}

/// Adds the grant of its approval to a request.
pub(super) fn with_grant(tx: &mut Tx<'_>, mut request: Request) -> Result<Request, StoreError> {
    if let (RequestState::Approved, Some(decision)) = (request.state, &mut request.decision) {
        decision.grant = given::outcome(tx, request.id, request.renews)?;
    }
    Ok(request)
}

/// The pending request with the same people and items, even if overdue.
pub fn find_pending(tx: &mut Tx<'_>, target: UserId, allowed: UserId, items_key: &str) -> Result<Option<Request>, StoreError> {
    let query = requests::table
        .filter(requests::target_id.eq(target.0))
        .filter(requests::allowed_id.eq(allowed.0))
        .filter(requests::items_key.eq(items_key))
        .filter(requests::state.eq(Pending))
        .select(Row::columns());
    let row: Option<Row> = each!(tx, |c| query.get_result(c).optional()?);
    row.map(|row| Request::try_from((row, None))).transpose()
}

/// Finds pending requests by id, with one row for each item.
pub(super) fn pending_by_id(tx: &mut Tx<'_>, ids: Vec<i64>) -> Result<Vec<(RequestKey, Request, RequestItem)>, StoreError> {
    let all = requests::table
        .inner_join(request_items::table.on(request_items::request_id.eq(requests::id)))
        .order((requests::id.asc(), request_items::position.asc()))
        .select((Row::columns(), requests::items_key, ItemRow::columns()));
    let rows = load_each!(tx, requests::id, ids, |these| all.filter(these), Lock::No => (Row, String, ItemRow));
    rows.into_iter()
        .map(|(row, items_key, item)| {
            let (_, item) = item.try_into()?;
            let request = Request::try_from((row, None))?;
            let key = RequestKey { target: request.target, allowed: request.allowed, items_key };
            Ok((key, request, item))
        })
        .collect()
}

/// The grant that a request led to.
pub fn grant_of(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<GrantId>, StoreError> {
    let query = grants::table.filter(grants::request_id.eq(id.0)).select(grants::id);
    Ok(each!(tx, |c| query.get_result::<i64>(c).optional()?).map(GrantId))
}

/// Whether the grant was created or prolonged by a request of this app.
pub fn filed_for_grant(tx: &mut Tx<'_>, app: AppId, grant: GrantId) -> Result<bool, StoreError> {
    let made = grants::table.find(grant.0).select(grants::request_id);
    let made = each!(tx, |c| made.get_result::<Option<i64>>(c).optional()?).flatten();
    let approved = requests::state.eq(RequestState::Approved.as_str());
    let its = requests::renews_id.eq(grant.0).and(approved).or(requests::id.nullable().eq(made));
    let query = diesel::select(diesel::dsl::exists(requests::table.filter(requests::key_id.eq(app.0)).filter(its)));
    Ok(each!(tx, |c| query.get_result(c)?))
}

/// The items of a request.
pub fn items(tx: &mut Tx<'_>, id: RequestId) -> Result<Vec<RequestItem>, StoreError> {
    Ok(items_of_all(tx, &[id])?.into_iter().map(|(_, item)| item).collect())
}

/// The items of several requests, by request and position.
pub fn items_of_all(tx: &mut Tx<'_>, ids: &[RequestId]) -> Result<Vec<(RequestId, RequestItem)>, StoreError> {
    let rows: Vec<ItemRow> = if let [id] = ids {
        let items = request_items::table.filter(request_items::request_id.eq(id.0)).select(ItemRow::columns());
        each!(tx, |c| items.order(request_items::position.asc()).load(c)?)
    } else {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let items = request_items::table.filter(request_items::request_id.eq_any(ids)).select(ItemRow::columns());
        each!(tx, |c| items.order((request_items::request_id.asc(), request_items::position.asc())).load(c)?)
    };
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A state transition: a pending request ends, or a declined one is approved later.
#[derive(Clone, Debug)]
pub struct Transition {
    /// The request.
    pub request: RequestId,
    /// The state before.
    pub from: RequestState,
    /// The state after.
    pub to: RequestState,
    /// The person who decides, for a decision: must still be the approver.
    pub target: UserId,
    /// The person who acts.
    pub by: Option<UserId>,
    /// The reason.
    pub reason: Option<Reason>,
    /// Whether the approval granted less than the request asked for.
    pub is_narrowed: bool,
    /// The approved terms, if they differ from the request.
    pub given: Option<Given>,
}

/// As [`make_transitions`], for one request; returns whether it changed.
pub fn make_transition(tx: &mut Tx<'_>, change: &Transition) -> Result<bool, StoreError> {
    Ok(!make_transitions(tx, std::slice::from_ref(change))?.is_empty())
}

/// The guarded UPDATE of every transition, which makes a decision unique. Of two concurrent transitions the second finds
/// another state and changes nothing. A decision must be by the approver and before the expiry; an expiry must be after it. An
/// impossible transition is an error and does not reach the database. Returns the changed requests.
pub fn make_transitions(tx: &mut Tx<'_>, changes: &[Transition]) -> Result<Vec<RequestId>, StoreError> {
    if let Some(Transition { from, to, .. }) = changes.iter().find(|change| !change.from.may_become(change.to)) {
        return Err(StoreError::Query(format!("a request cannot become {to} once it is {from}")));
    }
    let given: Vec<Option<String>> = column(changes, |change| change.given.as_ref().map(given::written));
    let rows = vec![
        ("id", Column::Numbers(column(changes, |change| change.request.0))),
        ("from_state", Column::Texts(column(changes, |change| change.from.as_str()))),
        ("state", Column::Texts(column(changes, |change| change.to.as_str()))),
        ("target", Column::Numbers(column(changes, |change| change.target.0))),
        ("decided_by", Column::MaybeNumbers(column(changes, |change| change.by.map(|id| id.0)))),
        ("reason", Column::MaybeTexts(column(changes, |change| change.reason.as_ref().map(Reason::text)))),
        ("reason_code", Column::MaybeTexts(column(changes, |change| change.reason.as_ref().and_then(Reason::code)))),
        ("is_narrowed", Column::Flags(column(changes, |change| change.is_narrowed))),
        ("given", Column::MaybeTexts(column(&given, Option::as_deref))),
    ];
    let won: Vec<i64> = each_row::load::<MakeTransitions, _>(tx, &Rows::new(changes.len(), rows))?;
    Ok(won.into_iter().map(RequestId).collect())
}

// Finds the requests by id alone: `|| ''` and `+ 0` exclude the indexes over pending requests.
raw_query! {
    MakeTransitions -> BigInt =
        "UPDATE requests SET state = {state}, decided_at = {now}, decided_by = {decided_by}, reason = {reason},
             reason_code = {reason_code}, is_narrowed = {is_narrowed}, given = {given}{rows}
         WHERE requests.id = {id} AND requests.state || '' = {from_state} AND CASE
             WHEN requests.expires_at + 0 > {now} THEN {state} IN ('withdrawn', 'cancelled')
                 OR {state} IN ('approved', 'declined') AND requests.target_id = {target}
             ELSE {state} IN ('withdrawn', 'cancelled', 'expired', 'failed')
         END RETURNING requests.id";
}

/// Counts another link email of a pending request that has had this many `emails`; none if a concurrent call counted first.
pub fn count_email(tx: &mut Tx<'_>, id: RequestId, emails: i32) -> Result<Option<i32>, StoreError> {
    let now = tx.micros();
    let set =
        (requests::letters.eq(emails + 1), requests::last_letter_at.eq(now), requests::mail_state.eq(MailState::Queued.as_str()));
    let seen = requests::table.find(id.0).filter(requests::letters.eq(emails)).filter(requests::state.eq(Pending));
    let update = diesel::update(seen).set(set);
    Ok(each!(tx, |c| update.execute(c)?).eq(&1).then_some(emails + 1))
}

/// Sets the delivery state of the request's email.
pub fn set_mail_state(tx: &mut Tx<'_>, id: RequestId, state: MailState) -> Result<(), StoreError> {
    let set = requests::mail_state.eq(state.as_str());
    each!(tx, |c| prepared_update::update(requests::table, requests::id.eq(id.0), set).execute(c)?);
    Ok(())
}

/// Sets the approver of a pending request.
pub fn set_target(tx: &mut Tx<'_>, id: RequestId, target: UserId) -> Result<(), StoreError> {
    let update = diesel::update(requests::table.find(id.0)).set(requests::target_id.eq(target.0));
    each!(tx, |c| update.execute(c)?);
    Ok(())
}
