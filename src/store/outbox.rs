//! The queue of emails. A row is written in the transaction of its cause. A worker claims it with a lease, and only the owner
//! of the lease may record the outcome.

mod batch;
pub mod context;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;

use super::bundles::unreadable;
use super::schema::{outbox, tokens};
use super::sql::insert::{Insert, insert, reserve_id};
use super::sql::literal::{Queued, SignInCode};
use super::sql::lock::{FirstUnlocked, locked};
use super::sql::prepared_update;
use super::sql::rows::{Column, column};
use super::{StoreError, Tx, each, row};
use crate::clock::{ASTRAY, from_micros};
use crate::domain::{Address, EmailId, EmailKind, EmailState, GrantId, ReplyCode, RequestId, TokenId, UserId};

pub use self::batch::{Attempt, NewToken, Sent, add_tokens, lock_requests, record_sent, set_attempts};

row! {
    struct Row from outbox {
        id: i64,
        kind: String,
        user_id: i64,
        request_id: Option<i64>,
        generation: i32,
        state: String,
        attempts: i32,
        ambiguous: i32,
        next_at: i64,
        token_id: Option<i64>,
        message_id: Option<String>,
        last_error: Option<String>,
        created_at: i64,
        grant_id: Option<i64>,
        address: Option<String>,
    }
}

/// A queued email.
#[derive(Clone, Debug)]
pub struct QueuedEmail {
    /// Its id.
    pub id: EmailId,
    /// The kind of email.
    pub kind: EmailKind,
    /// The recipient.
    pub user: UserId,
    /// The request that it is about.
    pub request: Option<RequestId>,
    /// The grant that it is about, if no request led to it.
    pub grant: Option<GrantId>,
    /// The number of this email among those of its kind about the request: 1, and one more for each resend.
    pub generation: i32,
    /// The state of delivery.
    pub state: EmailState,
    /// The number of attempts.
    pub attempts: i32,
    /// The number of attempts with unknown outcome: the email may have arrived.
    pub ambiguous: i32,
    /// Time of the next attempt, or the end of the lease.
    pub next_at: DateTime<Utc>,
    /// The token of the last attempt.
    pub token: Option<TokenId>,
    /// The Message-ID, the same for every attempt.
    pub message_id: Option<String>,
    /// The mail server's last reply.
    pub last_error: Option<String>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// The address to which it goes, if not to the person's present one.
    pub address: Option<Address>,
}

impl TryFrom<Row> for QueuedEmail {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: EmailId(row.id),
            kind: EmailKind::parse(&row.kind).ok_or_else(|| unreadable("outbox.kind", &row.kind))?,
            user: UserId(row.user_id),
            request: row.request_id.map(RequestId),
            grant: row.grant_id.map(GrantId),
            generation: row.generation,
            state: EmailState::parse(&row.state).ok_or_else(|| unreadable("outbox.state", &row.state))?,
            attempts: row.attempts,
            ambiguous: row.ambiguous,
            next_at: from_micros(row.next_at),
            token: row.token_id.map(TokenId),
            message_id: row.message_id,
            last_error: row.last_error,
            created_at: from_micros(row.created_at),
            address: row.address.map(Address::from_stored),
        })
    }
}

/// A new email.
#[derive(Clone, Copy, Debug)]
pub struct NewEmail {
    /// The kind of email.
    pub kind: EmailKind,
    /// The recipient.
    pub user: UserId,
    /// The request that it is about.
    pub request: Option<RequestId>,
    /// The grant that it is about, if no request led to it.
    pub grant: Option<GrantId>,
    /// The number among emails of the same kind about the same object.
    pub generation: i32,
}

/// The rows of new emails.
pub(in crate::store) fn rows(emails: &[NewEmail], now: i64) -> Insert<'static> {
    let columns = vec![
        ("kind", Column::Texts(column(emails, |email| email.kind.as_str()))),
        ("user_id", Column::Numbers(column(emails, |email| email.user.0))),
        ("request_id", Column::MaybeNumbers(column(emails, |email| email.request.map(|id| id.0)))),
        ("grant_id", Column::MaybeNumbers(column(emails, |email| email.grant.map(|id| id.0)))),
        ("generation", Column::Integers(column(emails, |email| email.generation))),
        ("next_at", Column::Numbers(vec![now; emails.len()])),
        ("created_at", Column::Numbers(vec![now; emails.len()])),
    ];
    Insert::new("outbox", emails.len(), columns).constants(&[("state", "'queued'"), ("attempts", "0"), ("ambiguous", "0")])
}

/// Queues an email. A second one of the same (request, kind, generation) is a violation of `outbox_once`.
pub fn add(
    tx: &mut Tx<'_>,
    kind: EmailKind,
    user: UserId,
    request: Option<RequestId>,
    generation: i32,
) -> Result<(), StoreError> {
    let email = NewEmail { kind, user, request, grant: None, generation };
    let rows = rows(&[email], tx.micros());
    insert(tx, vec![rows]).map(drop)
}

/// Queues an email about a person's account to this address, be it their present one or not.
pub fn add_to(tx: &mut Tx<'_>, kind: EmailKind, user: UserId, address: &Address) -> Result<(), StoreError> {
    let id = reserve_id(tx, "outbox")?;
    let email = NewEmail { kind, user, request: None, grant: None, generation: 1 };
    let rows = rows(&[email], tx.micros()).with_ids(vec![id]);
    insert(tx, vec![rows])?;
    each!(tx, |c| diesel::update(outbox::table.find(id)).set(outbox::address.eq(Some(address.as_str()))).execute(c)?);
    Ok(())
}

/// Queues an email with a sign-in code.
pub fn add_code_email(tx: &mut Tx<'_>, user: UserId) -> Result<EmailId, StoreError> {
    let id = reserve_id(tx, "outbox")?;
    let email = NewEmail { kind: EmailKind::SignInCode, user, request: None, grant: None, generation: 1 };
    let rows = rows(&[email], tx.micros()).with_ids(vec![id]);
    insert(tx, vec![rows])?;
    Ok(EmailId(id))
}

/// Queues an email about a grant without a request, unless the person already got it.
pub fn add_of_grant(tx: &mut Tx<'_>, kind: EmailKind, user: UserId, grant: GrantId) -> Result<(), StoreError> {
    add_news(tx, kind, user, grant, 1).map(drop)
}

/// As [`add_of_grant`], for emails that can repeat during the grant's life; true if it was not queued before.
pub fn add_news(tx: &mut Tx<'_>, kind: EmailKind, user: UserId, grant: GrantId, generation: i32) -> Result<bool, StoreError> {
    add_new(tx, NewEmail { kind, user, request: None, grant: Some(grant), generation })
}

/// Queues an email unless it was queued before; returns whether it is new.
pub fn add_new(tx: &mut Tx<'_>, email: NewEmail) -> Result<bool, StoreError> {
    let rows = rows(&[email], tx.micros()).on_conflict("ON CONFLICT DO NOTHING");
    Ok(insert(tx, vec![rows])? == [1])
}

/// Cancels queued emails of these kinds about a grant; returns their recipients.
pub fn cancel_of_grant(tx: &mut Tx<'_>, grant: GrantId, kinds: &[EmailKind]) -> Result<Vec<UserId>, StoreError> {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let set = (outbox::state.eq(EmailState::Cancelled.as_str()), outbox::finished_at.eq(tx.micros()));
    let its =
        outbox::table.filter(outbox::grant_id.eq(grant.0)).filter(outbox::kind.eq_any(words)).filter(outbox::state.eq(Queued));
    let readers: Vec<i64> = each!(tx, |c| diesel::update(its).set(set).returning(outbox::user_id).get_results(c)?);
    Ok(readers.into_iter().map(UserId).collect())
}

/// As [`add`], but does nothing if the email was queued before.
pub fn add_once(tx: &mut Tx<'_>, kind: EmailKind, user: UserId, request: RequestId, generation: i32) -> Result<(), StoreError> {
    let its = outbox::table
        .filter(outbox::request_id.eq(request.0))
        .filter(outbox::kind.eq(kind.as_str()))
        .filter(outbox::generation.eq(generation))
        .count();
    if each!(tx, |c| its.get_result::<i64>(c)?) == 0 {
        add(tx, kind, user, Some(request), generation)?;
    }
    Ok(())
}

/// Claims up to `limit` due emails for `lease_for`, oldest first. `lease` identifies this worker. Skips emails claimed by
/// others instead of waiting.
pub fn claim(tx: &mut Tx<'_>, limit: i64, lease: i64, lease_for: TimeDelta) -> Result<Vec<QueuedEmail>, StoreError> {
    let now = tx.micros();
    let due = || {
        outbox::table
            .filter(outbox::state.eq(Queued))
            .filter(outbox::next_at.le(now))
            .order(outbox::next_at.asc())
            .select(outbox::id)
    };
    let most = usize::try_from(limit).unwrap_or_default();
    macro_rules! first_of {
        ($due:expr) => {
            each!(tx, |c| {
                let rows = locked($due, FirstUnlocked(limit)).load_iter::<i64, DefaultLoadingMode>(c)?;
                rows.take(most).collect::<QueryResult<Vec<i64>>>()?
            })
        };
    }
    // Sign-in codes go first, because their users are waiting.
    let mut ids: Vec<i64> = first_of!(due().filter(outbox::kind.eq(SignInCode)));
    if ids.len() < most {
        let others: Vec<i64> = first_of!(due());
        let others = others.into_iter().filter(|id| !ids.contains(id)).take(most - ids.len()).collect::<Vec<_>>();
        ids.extend(others);
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let set = (
        outbox::lease.eq(lease),
        outbox::next_at.eq((tx.now() + lease_for).timestamp_micros()),
        outbox::attempts.eq(outbox::attempts + 1),
    );
    let rows: Vec<Row> = each!(tx, |c| {
        diesel::update(outbox::table.filter(outbox::id.eq_any(&ids))).set(set).returning(Row::columns()).get_results(c)?
    });
    let mut emails = Vec::with_capacity(rows.len());
    for row in rows {
        let (id, created_at) = (EmailId(row.id), from_micros(row.created_at));
        match QueuedEmail::try_from(row) {
            Ok(email) => emails.push(email),
            // An unreadable row must not block those after it. A newer daemon may be able to read it, so it is put off for a
            // day, which is longer than an upgrade takes.
            Err(error) => {
                let (now, error) = (tx.now(), error.to_string());
                let outcome = if now < created_at + TimeDelta::days(1) {
                    Outcome::Released { at: now + TimeDelta::minutes(1), error: Some(error.into()) }
                } else {
                    Outcome::Dead { error: error.into() }
                };
                record(tx, id, lease, &outcome)?;
            }
        }
    }
    emails.sort_by_key(|email| email.id);
    Ok(emails)
}

/// Whether an email's next attempt is later than any schedule allows, because the clock was ahead.
pub fn is_any_astray(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let query = outbox::table.filter(outbox::state.eq(Queued)).select(diesel::dsl::max(outbox::next_at));
    let last: Option<i64> = each!(tx, |c| query.get_result(c)?);
    Ok(last.is_some_and(|at| astray(tx) < at))
}

/// Makes such emails due: now, or at the end of a new lease if a worker may be sending them. Returns their number.
pub fn requeue_after_clock_step(tx: &mut Tx<'_>, lease_for: TimeDelta) -> Result<usize, StoreError> {
    let (now, limit) = (tx.micros(), astray(tx));
    let those = || outbox::table.filter(outbox::state.eq(Queued)).filter(outbox::next_at.gt(limit));
    let free = those().filter(outbox::lease.is_null());
    let free = each!(tx, |c| diesel::update(free).set(outbox::next_at.eq(now)).execute(c)?);
    let end = (tx.now() + lease_for).timestamp_micros();
    let held = each!(tx, |c| diesel::update(those()).set(outbox::next_at.eq(end)).execute(c)?);
    tx.note_email();
    Ok(free + held)
}

/// The latest time of a next attempt: the longest delay is an hour with jitter.
fn astray(tx: &Tx<'_>) -> i64 {
    (tx.now() + ASTRAY).timestamp_micros()
}

/// Why a delivery attempt failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The text to show.
    pub text: String,
    /// The mail server's reply code, if there was a reply.
    pub reply: Option<ReplyCode>,
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self { text, reply: None }
    }
}

/// The outcome of an attempt.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The next server accepted it.
    Sent,
    /// To be tried again.
    Later {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        error: Failure,
        /// Whether it may have arrived anyway.
        is_ambiguous: bool,
    },
    /// Returned to the queue: the worker stops, or the fault is ours and not the email's.
    Released {
        /// Time of the next attempt.
        at: DateTime<Utc>,
        /// Why, if there is a reason to show.
        error: Option<Failure>,
    },
    /// Given up.
    Dead {
        /// Why.
        error: Failure,
    },
    /// No longer needed.
    Cancelled,
}

/// Records the outcome of an attempt; false if this worker's lease has ended.
pub fn record(tx: &mut Tx<'_>, id: EmailId, lease: i64, outcome: &Outcome) -> Result<bool, StoreError> {
    let now = tx.micros();
    let held = outbox::id.eq(id.0).and(outbox::lease.eq(lease)).and(outbox::state.eq(Queued));
    let none = None::<i64>;
    let said = |error: Option<&Failure>| {
        let reply = error.and_then(|error| error.reply.clone());
        (
            outbox::last_error.eq(error.map(|error| error.text.clone())),
            outbox::reply_code.eq(reply.as_ref().map(|reply| i32::from(reply.code))),
            outbox::enhanced_code.eq(reply.and_then(|reply| reply.enhanced)),
        )
    };
    let changed = match outcome {
        Outcome::Sent | Outcome::Cancelled => {
            let state = if matches!(outcome, Outcome::Sent) { EmailState::Sent } else { EmailState::Cancelled };
            let set = (outbox::state.eq(state.as_str()), outbox::lease.eq(none), outbox::finished_at.eq(now));
            each!(tx, |c| prepared_update::update(outbox::table, held, set).execute(c)?)
        }
        Outcome::Dead { error } => {
            let set = (
                outbox::state.eq(EmailState::Dead.as_str()),
                outbox::lease.eq(none),
                outbox::finished_at.eq(now),
                said(Some(error)),
            );
            each!(tx, |c| prepared_update::update(outbox::table, held, set).execute(c)?)
        }
        Outcome::Later { at, error, is_ambiguous } => {
            let set = (
                outbox::next_at.eq(at.timestamp_micros()),
                outbox::lease.eq(none),
                said(Some(error)),
                outbox::ambiguous.eq(outbox::ambiguous + i32::from(*is_ambiguous)),
            );
            each!(tx, |c| prepared_update::update(outbox::table, held, set).execute(c)?)
        }
        Outcome::Released { at, error } => {
            let set = (
                outbox::next_at.eq(at.timestamp_micros()),
                outbox::lease.eq(none),
                outbox::attempts.eq(outbox::attempts - 1),
                said(error.as_ref()),
            );
            each!(tx, |c| prepared_update::update(outbox::table, held, set).execute(c)?)
        }
    };
    Ok(changed == 1)
}

/// Cancels the queued emails of these kinds about a request; returns whether a link may have reached the recipient.
pub fn cancel_for(tx: &mut Tx<'_>, request: RequestId, kinds: &[EmailKind]) -> Result<bool, StoreError> {
    let now = tx.micros();
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let its = || outbox::table.filter(outbox::request_id.eq(request.0)).filter(outbox::kind.eq_any(words.clone()));
    let set = (outbox::state.eq(EmailState::Cancelled.as_str()), outbox::finished_at.eq(now));
    each!(tx, |c| diesel::update(its().filter(outbox::state.eq(Queued))).set(set).execute(c)?);
    // A token is deleted only if its email was certainly refused, so an email in transit still counts.
    let went_out = tokens::table.filter(tokens::request_id.eq(request.0)).count();
    Ok(each!(tx, |c| went_out.get_result::<i64>(c)?) > 0)
}

/// The newest emails, for the command line and the admin pages.
pub fn list(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<QueuedEmail>, StoreError> {
    let query = outbox::table.order(outbox::id.desc()).limit(limit).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(QueuedEmail::try_from).collect()
}

/// Finds an email.
pub fn find(tx: &mut Tx<'_>, id: EmailId) -> Result<Option<QueuedEmail>, StoreError> {
    let query = outbox::table.find(id.0).select(Row::columns());
    each!(tx, |c| query.get_result::<Row>(c).optional()?).map(QueuedEmail::try_from).transpose()
}

/// Makes a dead or queued email due now; false if it was sent or cancelled.
pub fn retry(tx: &mut Tx<'_>, id: EmailId) -> Result<bool, StoreError> {
    let now = tx.micros();
    let set = (
        outbox::state.eq(EmailState::Queued.as_str()),
        outbox::next_at.eq(now),
        outbox::lease.eq(None::<i64>),
        outbox::finished_at.eq(None::<i64>),
    );
    let update = diesel::update(outbox::table.find(id.0).filter(outbox::state.eq_any(["queued", "dead"]))).set(set);
    tx.note_email();
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// The number of queued emails, and the due time of the oldest.
pub fn backlog(tx: &mut Tx<'_>) -> Result<(i64, Option<DateTime<Utc>>), StoreError> {
    let queued = || outbox::table.filter(outbox::state.eq(Queued));
    let count = each!(tx, |c| queued().count().get_result(c)?);
    let oldest: Option<i64> = each!(tx, |c| queued().select(diesel::dsl::min(outbox::created_at)).get_result(c)?);
    Ok((count, oldest.map(from_micros)))
}

/// The mail server's reply to the last link email of a request that was given up. Older programs stored the code only at the
/// start of `last_error`.
pub fn last_reply(tx: &mut Tx<'_>, request: RequestId) -> Result<Option<ReplyCode>, StoreError> {
    let query = outbox::table
        .filter(outbox::request_id.eq(request.0))
        .filter(outbox::state.eq(EmailState::Dead.as_str()))
        .order(outbox::id.desc())
        .select((outbox::reply_code, outbox::enhanced_code, outbox::last_error));
    let row: Option<(Option<i32>, Option<String>, Option<String>)> = each!(tx, |c| query.get_result(c).optional()?);
    let Some((code, enhanced, text)) = row else { return Ok(None) };
    let reply = code.and_then(|code| u16::try_from(code).ok()).map(|code| ReplyCode { code, enhanced });
    Ok(reply.or_else(|| ReplyCode::of_line(text.as_deref()?)))
}
