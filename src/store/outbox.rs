//! Emails that wait. A row is written in the transaction of its cause; a worker claims it under a lease, and only who
//! holds the lease may say what became of it.

mod batch;
pub mod context;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;

use super::bundles::unreadable;
use super::schema::{outbox, tokens};
use super::sql::insert::{Column, Insert, column, insert, reserve_id};
use super::sql::literal::{Queued, SignInCode};
use super::sql::prepared_update;
use super::{Conn, StoreError, Tx, each, row};
use crate::clock::{ASTRAY, from_micros};
use crate::domain::{EmailId, EmailKind, EmailState, GrantId, ReplyCode, RequestId, TokenId, UserId};

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
    }
}

/// An email in the outbox.
#[derive(Clone, Debug)]
pub struct QueuedEmail {
    /// Its id.
    pub id: EmailId,
    /// What it says.
    pub kind: EmailKind,
    /// To whom.
    pub user: UserId,
    /// The request it is about.
    pub request: Option<RequestId>,
    /// The grant it is about, where no request led to it.
    pub grant: Option<GrantId>,
    /// Which email of its kind for the request: 1, then one more a resend.
    pub generation: i32,
    /// Where it stands.
    pub state: EmailState,
    /// How often it was tried.
    pub attempts: i32,
    /// How often it may have arrived although nobody said so.
    pub ambiguous: i32,
    /// When it is tried next, or when the lease on it ends.
    pub next_at: DateTime<Utc>,
    /// The token of the last attempt.
    pub token: Option<TokenId>,
    /// The same for every attempt.
    pub message_id: Option<String>,
    /// What the mail server said last.
    pub last_error: Option<String>,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
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
        })
    }
}

/// An email to be queued.
#[derive(Clone, Copy, Debug)]
pub struct NewEmail {
    /// Which email.
    pub kind: EmailKind,
    /// Who gets it.
    pub user: UserId,
    /// The request that it is about.
    pub request: Option<RequestId>,
    /// The grant that it is about, where no request led to it.
    pub grant: Option<GrantId>,
    /// Counts emails of one kind about one thing.
    pub generation: i32,
}

/// The rows of emails that are queued now.
pub(in crate::store) fn rows(emails: &[NewEmail], now: i64) -> Insert<'static> {
    let columns = vec![
        ("kind", Column::Texts(column(emails, |email| email.kind.as_str()))),
        ("user_id", Column::Numbers(column(emails, |email| email.user.0))),
        ("request_id", Column::MaybeNumbers(column(emails, |email| email.request.map(|id| id.0)))),
        ("grant_id", Column::MaybeNumbers(column(emails, |email| email.grant.map(|id| id.0)))),
        ("generation", Column::Integers(column(emails, |email| email.generation))),
        ("state", Column::Sql("'queued'")),
        ("attempts", Column::Sql("0")),
        ("ambiguous", Column::Sql("0")),
        ("next_at", Column::Numbers(vec![now; emails.len()])),
        ("created_at", Column::Numbers(vec![now; emails.len()])),
    ];
    Insert::new("outbox", emails.len(), columns)
}

/// Queues an email. The same (request, kind, generation) again is a violation of `outbox_once`.
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

/// Queues the email with a code to sign in with.
pub fn add_code_email(tx: &mut Tx<'_>, user: UserId) -> Result<EmailId, StoreError> {
    let id = reserve_id(tx, "outbox")?;
    let email = NewEmail { kind: EmailKind::SignInCode, user, request: None, grant: None, generation: 1 };
    let rows = rows(&[email], tx.micros()).with_ids(vec![id]);
    insert(tx, vec![rows])?;
    Ok(EmailId(id))
}

/// Queues an email about a grant that no request led to; the same to the same person is queued once.
pub fn add_of_grant(tx: &mut Tx<'_>, kind: EmailKind, user: UserId, grant: GrantId) -> Result<(), StoreError> {
    add_news(tx, kind, user, grant, 1).map(drop)
}

/// As [`add_of_grant`], where the same person gets several in the grant's life; true if it was not queued before.
pub fn add_news(tx: &mut Tx<'_>, kind: EmailKind, user: UserId, grant: GrantId, generation: i32) -> Result<bool, StoreError> {
    add_new(tx, NewEmail { kind, user, request: None, grant: Some(grant), generation })
}

/// Queues an email unless it was queued before; true if it was not.
pub fn add_new(tx: &mut Tx<'_>, email: NewEmail) -> Result<bool, StoreError> {
    let rows = rows(&[email], tx.micros()).on_conflict("ON CONFLICT DO NOTHING");
    Ok(insert(tx, vec![rows])? == [1])
}

/// Cancels what of these kinds still waits to tell of a grant; answers with whom it would have told.
pub fn cancel_of_grant(tx: &mut Tx<'_>, grant: GrantId, kinds: &[EmailKind]) -> Result<Vec<UserId>, StoreError> {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let set = (outbox::state.eq(EmailState::Cancelled.as_str()), outbox::finished_at.eq(tx.micros()));
    let its =
        outbox::table.filter(outbox::grant_id.eq(grant.0)).filter(outbox::kind.eq_any(words)).filter(outbox::state.eq(Queued));
    let told: Vec<i64> = each!(tx, |c| diesel::update(its).set(set).returning(outbox::user_id).get_results(c)?);
    Ok(told.into_iter().map(UserId).collect())
}

/// As [`add`], unless that very email was queued before.
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

/// Takes up to `limit` emails whose time has come, oldest first, for as long as `lease_for`; `lease` is the mark by
/// which this worker is known. Emails that others hold are passed over, not waited for.
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
    // SQLite finds a row when it is asked for the next one; a LIMIT it would plan by, each time again.
    macro_rules! first_of {
        ($due:expr) => {
            match tx.conn() {
                Conn::Sqlite(c) => {
                    let rows = $due.load_iter::<i64, DefaultLoadingMode>(c)?;
                    rows.take(most).collect::<QueryResult<Vec<i64>>>()?
                }
                Conn::Postgres(c) => $due.limit(limit).for_update().skip_locked().load(c)?,
            }
        };
    }
    // Somebody sits and waits for a code.
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
    let mut letters = Vec::with_capacity(rows.len());
    for row in rows {
        let (id, created_at) = (EmailId(row.id), from_micros(row.created_at));
        match QueuedEmail::try_from(row) {
            Ok(email) => letters.push(email),
            // A row that this version cannot read must not hold up those behind it. A newer daemon beside this one can: it is
            // left to that for a day, which is longer than an upgrade takes.
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
    letters.sort_by_key(|email| email.id);
    Ok(letters)
}

/// Whether an email waits for a time that no schedule leads to: the clock ran ahead as it was noted.
pub fn is_any_astray(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let query = outbox::table.filter(outbox::state.eq(Queued)).select(diesel::dsl::max(outbox::next_at));
    let last: Option<i64> = each!(tx, |c| query.get_result(c)?);
    Ok(last.is_some_and(|at| astray(tx) < at))
}

/// Makes such emails due: now, or for what a worker may be at, when a lease that was taken now would end. Answers with how
/// many they were.
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

/// An hour and its jitter is the longest that an email is put off.
fn astray(tx: &Tx<'_>) -> i64 {
    (tx.now() + ASTRAY).timestamp_micros()
}

/// Why an attempt failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What is shown.
    pub text: String,
    /// What the mail server replied, if it did.
    pub reply: Option<ReplyCode>,
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self { text, reply: None }
    }
}

/// What became of an attempt.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The next server has it.
    Sent,
    /// Another try later.
    Later {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        error: Failure,
        /// Whether it may have arrived all the same.
        is_ambiguous: bool,
    },
    /// Given back unused: the worker stops, or the fault is ours and not the email's.
    Released {
        /// When it is tried again.
        at: DateTime<Utc>,
        /// Why, if there is a reason to show.
        error: Option<Failure>,
    },
    /// No more tries.
    Dead {
        /// Why.
        error: Failure,
    },
    /// No longer needed.
    Cancelled,
}

/// Notes what became of an attempt, if the lease is still this worker's; false if it is not.
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

/// Cancels the emails of these kinds that still wait for a request; true if a link of it may have reached somebody.
pub fn cancel_for(tx: &mut Tx<'_>, request: RequestId, kinds: &[EmailKind]) -> Result<bool, StoreError> {
    let now = tx.micros();
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let its = || outbox::table.filter(outbox::request_id.eq(request.0)).filter(outbox::kind.eq_any(words.clone()));
    let set = (outbox::state.eq(EmailState::Cancelled.as_str()), outbox::finished_at.eq(now));
    each!(tx, |c| diesel::update(its().filter(outbox::state.eq(Queued))).set(set).execute(c)?);
    // A token stays unless its email was surely refused; one that was on its way just now may still arrive.
    let went_out = tokens::table.filter(tokens::request_id.eq(request.0)).count();
    Ok(each!(tx, |c| went_out.get_result::<i64>(c)?) > 0)
}

/// The newest emails, for the command line and the admin.
pub fn list(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<QueuedEmail>, StoreError> {
    let query = outbox::table.order(outbox::id.desc()).limit(limit).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(QueuedEmail::try_from).collect()
}

/// An email.
pub fn find(tx: &mut Tx<'_>, id: EmailId) -> Result<Option<QueuedEmail>, StoreError> {
    let query = outbox::table.find(id.0).select(Row::columns());
    each!(tx, |c| query.get_result::<Row>(c).optional()?).map(QueuedEmail::try_from).transpose()
}

/// Queues a dead or waiting email for an attempt now; false if it was sent or cancelled.
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

/// How many emails wait, and since when the oldest should have gone.
pub fn backlog(tx: &mut Tx<'_>) -> Result<(i64, Option<DateTime<Utc>>), StoreError> {
    let queued = || outbox::table.filter(outbox::state.eq(Queued));
    let count = each!(tx, |c| queued().count().get_result(c)?);
    let oldest: Option<i64> = each!(tx, |c| queued().select(diesel::dsl::min(outbox::created_at)).get_result(c)?);
    Ok((count, oldest.map(from_micros)))
}

/// When the next email is due, if any waits.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<DateTime<Utc>>, StoreError> {
    let query = outbox::table.filter(outbox::state.eq(Queued)).select(diesel::dsl::min(outbox::next_at));
    let at: Option<i64> = each!(tx, |c| query.get_result(c)?);
    Ok(at.map(from_micros))
}

/// What the mail server replied when the last email with a link of a request was given up. A program before the columns wrote
/// the code at the beginning of `last_error` only.
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
