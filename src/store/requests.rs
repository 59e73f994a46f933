//! Requests, their items, and the one guarded UPDATE that decides them.

mod lists;
mod outcome;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::ahead::{Approval, Matter};
use super::bundles::unreadable;
use super::schema::{grants, request_items, requests};
use super::sql::literal::Pending;
use super::sql::prepared_update;
use super::{StoreError, Tx, each, row};
use crate::clock::from_micros;
use crate::domain::{
    BundleId, Decision, Given, GrantId, KeyId, Level, MailState, Outcome, Reason, Request, RequestId, RequestItem, RequestKind,
    RequestState, ResourceId, Until, UserId,
};

pub(super) use self::lists::with_grants;
pub use self::lists::{Cause, Listed, Side, count_by_state, count_waiting, list, of_side, overdue, pending_of, sqlite_text};

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
        let given = row.given.as_deref().map(outcome::read).transpose()?;
        let state = RequestState::parse(&row.state).ok_or_else(|| unreadable("requests.state", &row.state))?;
        let decision = row.decided_at.map(|at| Decision {
            at: from_micros(at),
            by: row.decided_by.map(UserId),
            reason: outcome::reason(state, row.reason_code.as_deref(), row.reason),
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
            key: row.key_id.map(KeyId),
            target: UserId(row.target_id),
            allowed: UserId(row.allowed_id),
            message: row.message,
            redeem_url: row.redeem_url,
            ttl: TimeDelta::seconds(row.ttl_seconds),
            expires_at: from_micros(row.expires_at),
            until: until.or_else(|| row.until_seconds.map(TimeDelta::seconds).map(Until::For)),
            resources: row.resources.as_deref().map(outcome::read_uris).transpose()?.unwrap_or_default(),
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

/// A request to be stored: pending, its first email queued.
#[derive(Clone, Debug)]
pub struct NewRequest<'a> {
    /// Who decides.
    pub kind: RequestKind,
    /// Who called.
    pub initiator: Option<UserId>,
    /// With which key.
    pub key: Option<KeyId>,
    /// The approver.
    pub target: UserId,
    /// The grantee.
    pub allowed: UserId,
    /// What is asked for.
    pub items: &'a [RequestItem],
    /// A word from the requester.
    pub message: Option<&'a str>,
    /// Where the link leads.
    pub redeem_url: Option<&'a str>,
    /// How long it may be decided.
    pub ttl: TimeDelta,
    /// When the access shall end.
    pub until: Option<Until>,
    /// The URIs of the resources that are asked for; empty: the whole bundle.
    pub resources: &'a [String],
    /// When its approver is reminded.
    pub remind_at: Option<DateTime<Utc>>,
    /// The grant whose time shall be prolonged.
    pub renews: Option<GrantId>,
    /// What the caller called the approver, where that was no number.
    pub target_as: Option<&'a str>,
    /// What the caller called the grantee, where that was no number.
    pub allowed_as: Option<&'a str>,
}

/// One text for the same set of items, whatever their order: what the index of pending requests compares.
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

/// Stores a request. The same pending one between the same people is a conflict: whoever looks again finds it.
pub fn add(tx: &mut Tx<'_>, new: &NewRequest<'_>) -> Result<Request, StoreError> {
    let now = tx.now();
    if new.resources.is_empty()
        && let ([item], Some((deeds, facts))) = (new.items, tx.deeds())
        && let Some(id) = deeds.number()
    {
        // Whoever asks for the same in this batch looks again.
        facts.pending.remove(&Matter { target: new.target, allowed: new.allowed, items_key: items_key(new.items) });
        let request = stored(new, id, now);
        deeds.requests.push((request.clone(), item.clone()));
        return Ok(request);
    }
    let expires_at = now + new.ttl;
    let (until_at, until_seconds) = match new.until {
        Some(Until::At(at)) => (Some(at.timestamp_micros()), None),
        Some(Until::For(length)) => (None, Some(length.num_seconds())),
        None => (None, None),
    };
    let values = (
        requests::kind.eq(new.kind.as_str()),
        requests::initiator_id.eq(new.initiator.map(|id| id.0)),
        requests::key_id.eq(new.key.map(|id| id.0)),
        requests::target_id.eq(new.target.0),
        requests::allowed_id.eq(new.allowed.0),
        requests::items_key.eq(items_key(new.items)),
        requests::message.eq(new.message),
        requests::redeem_url.eq(new.redeem_url),
        requests::ttl_seconds.eq(new.ttl.num_seconds()),
        requests::expires_at.eq(expires_at.timestamp_micros()),
        requests::until_at.eq(until_at),
        requests::until_seconds.eq(until_seconds),
        requests::state.eq(RequestState::Pending.as_str()),
        requests::mail_state.eq(MailState::Queued.as_str()),
        requests::letters.eq(1),
        requests::last_letter_at.eq(now.timestamp_micros()),
        requests::created_at.eq(now.timestamp_micros()),
        requests::is_narrowed.eq(false),
        requests::remind_at.eq(new.remind_at.map(|at| at.timestamp_micros())),
        requests::renews_id.eq(new.renews.map(|id| id.0)),
        requests::resources.eq(outcome::uris(new.resources)),
        requests::target_as.eq(new.target_as),
        requests::allowed_as.eq(new.allowed_as),
    );
    let insert = diesel::insert_into(requests::table).values(values).returning(requests::id);
    let added: Result<i64, StoreError> = each!(tx, |c| insert.get_result(c).map_err(StoreError::from));
    let id = added.map_err(|error| match error {
        // Somebody else filed the same at this moment; who tries again finds it.
        StoreError::Violation(text) if text.contains("requests_pending") || text.contains("requests.items_key") => {
            StoreError::Conflict(text)
        }
        other => other,
    })?;
    for (position, item) in (0..).zip(new.items) {
        let values = (
            request_items::request_id.eq(id),
            request_items::position.eq(position),
            request_items::bundle_id.eq(item.bundle.map(|id| id.0)),
            request_items::resource_id.eq(item.resource.map(|id| id.0)),
            request_items::level.eq(item.level.as_str()),
        );
        each!(tx, |c| diesel::insert_into(request_items::table).values(values).execute(c)?);
    }
    Ok(stored(new, id, now))
}

fn stored(new: &NewRequest<'_>, id: i64, now: DateTime<Utc>) -> Request {
    Request {
        id: RequestId(id),
        kind: new.kind,
        initiator: new.initiator,
        key: new.key,
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

/// A request.
pub fn find(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<Request>, StoreError> {
    let query = requests::table.find(id.0).select(Row::columns());
    let row = each!(tx, |c| query.get_result::<Row>(c).optional()?);
    row.map(|row| complete(tx, row)).transpose()
}

/// A request with the grant that came of it.
pub(super) fn complete(tx: &mut Tx<'_>, row: Row) -> Result<Request, StoreError> {
    let is_approved = row.state == RequestState::Approved.as_str();
    // One that prolonged another's grant has none of its own.
    let renewed = row.renews_id.map(GrantId);
    let grant = if is_approved { outcome::outcome(tx, RequestId(row.id), renewed)? } else { None };
    Request::try_from((row, grant))
}

/// The pending request for the same thing between the same people, whatever the time.
pub fn find_pending(tx: &mut Tx<'_>, target: UserId, allowed: UserId, items_key: &str) -> Result<Option<Request>, StoreError> {
    if let Some(facts) = tx.facts()
        && let Some(known) = facts.pending.get(&Matter { target, allowed, items_key: items_key.to_owned() })
    {
        return Ok(known.clone());
    }
    let query = requests::table
        .filter(requests::target_id.eq(target.0))
        .filter(requests::allowed_id.eq(allowed.0))
        .filter(requests::items_key.eq(items_key))
        .filter(requests::state.eq(Pending))
        .select(Row::columns());
    let row: Option<Row> = each!(tx, |c| query.get_result(c).optional()?);
    row.map(|row| Request::try_from((row, None))).transpose()
}

/// The grant that came of a request.
pub fn grant_of(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<GrantId>, StoreError> {
    let query = grants::table.filter(grants::request_id.eq(id.0)).select(grants::id);
    Ok(each!(tx, |c| query.get_result::<i64>(c).optional()?).map(GrantId))
}

/// Whether a grant came of a request that was filed with this key, or was prolonged by one.
pub fn filed_for_grant(tx: &mut Tx<'_>, key: KeyId, grant: GrantId) -> Result<bool, StoreError> {
    let made = grants::table.find(grant.0).select(grants::request_id);
    let made = each!(tx, |c| made.get_result::<Option<i64>>(c).optional()?).flatten();
    let approved = requests::state.eq(RequestState::Approved.as_str());
    let its = requests::renews_id.eq(grant.0).and(approved).or(requests::id.nullable().eq(made));
    let query = diesel::select(diesel::dsl::exists(requests::table.filter(requests::key_id.eq(key.0)).filter(its)));
    Ok(each!(tx, |c| query.get_result(c)?))
}

/// What a request asks for.
pub fn items(tx: &mut Tx<'_>, id: RequestId) -> Result<Vec<RequestItem>, StoreError> {
    if let Some(known) = tx.facts().and_then(|facts| facts.items.get(&id)) {
        return Ok(known.clone());
    }
    Ok(items_of_all(tx, &[id])?.into_iter().map(|(_, item)| item).collect())
}

/// What several requests ask for, by request and position.
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

/// A way a pending request ends, or a declined one is approved after all.
#[derive(Clone, Copy, Debug)]
pub struct Transition<'a> {
    /// From.
    pub from: RequestState,
    /// To.
    pub to: RequestState,
    /// Whose decision it is, if it is one: they must still be the target.
    pub target: UserId,
    /// By whom.
    pub by: Option<UserId>,
    /// Why.
    pub reason: Option<&'a Reason>,
    /// Whether less was given.
    pub is_narrowed: bool,
    /// What was given, where that is to be written down.
    pub given: Option<&'a Given>,
}

/// The one guarded UPDATE: true for the one caller whose transition it is. It also holds that a decision falls before the
/// end (`now < expires_at`) and is its target's, and that an expiry falls after it. A transition that no request can make is
/// an error of its caller's and does not reach the database.
pub fn transition(tx: &mut Tx<'_>, id: RequestId, change: Transition<'_>) -> Result<bool, StoreError> {
    if !change.from.may_become(change.to) {
        return Err(StoreError::Query(format!("a request cannot become {} once it is {}", change.to, change.from)));
    }
    if let (RequestState::Pending, RequestState::Approved, None) = (change.from, change.to, change.reason)
        && let Some((deeds, facts)) = tx.deeds()
        && facts.take_pending(id)
    {
        // The guard is in the statement that writes it; if it does not hold, all of the batch is told again.
        deeds.approved.push(Approval {
            request: id,
            target: change.target,
            by: change.by,
            is_narrowed: change.is_narrowed,
            given: change.given.map(outcome::written),
        });
        return Ok(true);
    }
    let now = tx.micros();
    let set = (
        requests::state.eq(change.to.as_str()),
        requests::decided_at.eq(now),
        requests::decided_by.eq(change.by.map(|id| id.0)),
        requests::reason.eq(change.reason.map(Reason::text)),
        requests::reason_code.eq(change.reason.and_then(Reason::code)),
        requests::is_narrowed.eq(change.is_narrowed),
        requests::given.eq(change.given.map(outcome::written)),
    );
    macro_rules! guarded {
        ($from:expr) => {{
            let guarded = requests::table.find(id.0).filter(requests::state.eq($from));
            match change.to {
                RequestState::Approved | RequestState::Declined => {
                    let is_theirs = requests::expires_at.gt(now).and(requests::target_id.eq(change.target.0));
                    let guarded = requests::id.eq(id.0).and(requests::state.eq($from)).and(is_theirs);
                    each!(tx, |c| prepared_update::update(requests::table, guarded, set).execute(c)?)
                }
                RequestState::Expired | RequestState::Failed => {
                    let update = diesel::update(guarded.filter(requests::expires_at.le(now))).set(set);
                    each!(tx, |c| update.execute(c)?)
                }
                _ => each!(tx, |c| diesel::update(guarded).set(set).execute(c)?),
            }
        }};
    }
    let changed = match change.from {
        RequestState::Pending => guarded!(Pending),
        other => guarded!(other.as_str()),
    };
    Ok(changed == 1)
}

/// Counts one more email with a link for a pending request that has had `letters`; None if somebody was faster.
pub fn count_email(tx: &mut Tx<'_>, id: RequestId, letters: i32) -> Result<Option<i32>, StoreError> {
    let now = tx.micros();
    let set = (
        requests::letters.eq(letters + 1),
        requests::last_letter_at.eq(now),
        requests::mail_state.eq(MailState::Queued.as_str()),
    );
    let seen = requests::table.find(id.0).filter(requests::letters.eq(letters)).filter(requests::state.eq(Pending));
    let update = diesel::update(seen).set(set);
    Ok(each!(tx, |c| update.execute(c)?).eq(&1).then_some(letters + 1))
}

/// Notes how far the email has come.
pub fn set_mail_state(tx: &mut Tx<'_>, id: RequestId, state: MailState) -> Result<(), StoreError> {
    let set = requests::mail_state.eq(state.as_str());
    each!(tx, |c| prepared_update::update(requests::table, requests::id.eq(id.0), set).execute(c)?);
    Ok(())
}

/// Makes somebody else the approver of a pending request.
pub fn set_target(tx: &mut Tx<'_>, id: RequestId, target: UserId) -> Result<(), StoreError> {
    let update = diesel::update(requests::table.find(id.0)).set(requests::target_id.eq(target.0));
    each!(tx, |c| update.execute(c)?);
    Ok(())
}
