//! Writes for several emails at once: their tokens, their attempts, and their success. Each is one statement for all emails,
//! the same on both databases.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};

use crate::domain::{EmailId, MailState, RequestId, TokenId, User};
use crate::secret::SecretHash;
use crate::store::schema::requests;
use crate::store::sql::any::is_any;
use crate::store::sql::each_row;
use crate::store::sql::lock::{NoKeyUpdate, locked};
use crate::store::sql::prepared_update;
use crate::store::sql::raw::raw_query;
use crate::store::sql::rows::{Column, Rows, column};
use crate::store::{StoreError, Tx, each, tokens};

/// A token for an email about to be sent.
pub struct NewToken<'a> {
    /// The token's request.
    pub request: RequestId,
    /// The recipient.
    pub user: &'a User,
    /// The hash of the secret.
    pub secret: SecretHash,
}

/// One delivery attempt.
pub struct Attempt {
    /// The email's id.
    pub email: EmailId,
    /// The token in the email.
    pub token: Option<TokenId>,
    /// The Message-ID, the same for every attempt.
    pub message_id: String,
}

/// A sent email.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// The email's id.
    pub email: EmailId,
    /// The lease of the worker.
    pub lease: i64,
    /// The request whose mail state follows this email.
    pub request: Option<RequestId>,
}

/// Stores the hashes of tokens in the current epoch. Returns their ids in the same order.
pub fn add_tokens(tx: &mut Tx<'_>, new: &[NewToken<'_>]) -> Result<Vec<TokenId>, StoreError> {
    let addresses: Vec<[u8; 32]> = new.iter().map(|token| tokens::address_hash(&token.user.email)).collect();
    let rows = vec![
        ("request_id", Column::Numbers(column(new, |token| token.request.0))),
        ("user_id", Column::Numbers(column(new, |token| token.user.id.0))),
        ("address_hash", Column::Blobs(column(&addresses, <[u8; 32]>::as_slice))),
        ("secret_hash", Column::Blobs(column(new, |token| token.secret.as_bytes()))),
    ];
    let stored: Vec<(i64, Vec<u8>)> = each_row::load::<AddTokens, _>(tx, &Rows::new(new.len(), rows))?;
    let id =
        |token: &NewToken<'_>| stored.iter().find(|(_, secret)| *secret == token.secret.as_bytes()).map(|(id, _)| TokenId(*id));
    new.iter().map(id).collect::<Option<_>>().ok_or_else(|| StoreError::Query("a token was not stored".into()))
}

/// Records delivery attempts.
pub fn set_attempts(tx: &mut Tx<'_>, attempts: &[Attempt]) -> Result<(), StoreError> {
    let rows = vec![
        ("id", Column::Numbers(column(attempts, |attempt| attempt.email.0))),
        ("token_id", Column::MaybeNumbers(column(attempts, |attempt| attempt.token.map(|id| id.0)))),
        ("message_id", Column::Texts(column(attempts, |attempt| attempt.message_id.as_str()))),
    ];
    each_row::execute::<SetAttempts>(tx, &Rows::new(attempts.len(), rows))
}

/// Marks emails and their requests as sent, if this worker's lease on each is still valid.
pub fn record_sent(tx: &mut Tx<'_>, sent: &[Sent]) -> Result<(), StoreError> {
    let rows =
        vec![("id", Column::Numbers(column(sent, |one| one.email.0))), ("lease", Column::Numbers(column(sent, |one| one.lease)))];
    let recorded: Vec<i64> = each_row::load::<RecordSent, _>(tx, &Rows::new(sent.len(), rows))?;
    let ours = sent.iter().filter(|one| recorded.contains(&one.email.0)).filter_map(|one| one.request);
    let ours: Vec<i64> = ours.map(|request| request.0).collect();
    if !ours.is_empty() {
        let changes = requests::mail_state.eq(MailState::Sent.as_str());
        each!(tx, |c| prepared_update::update(requests::table, is_any(requests::id, ours), changes).execute(c)?);
    }
    Ok(())
}

raw_query! {
    AddTokens -> (BigInt, Binary) =
        "INSERT INTO tokens (purpose, request_id, user_id, address_hash, secret_hash, epoch, created_at)
         SELECT 'redeem', {request_id}, {user_id}, {address_hash}, {secret_hash},
             (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'epoch'), {now}{rows} RETURNING id, secret_hash";
    SetAttempts -> BigInt = "UPDATE outbox SET token_id = {token_id}, message_id = {message_id}{rows} WHERE outbox.id = {id}";
    // Finds each email by id alone. If the planner expects few queued emails, it would use the index over them and read all of it.
    RecordSent -> BigInt =
        "UPDATE outbox SET state = 'sent', lease = NULL, finished_at = {now}{rows}
         WHERE outbox.id = {id} AND outbox.lease + 0 = {lease} AND outbox.state || '' = 'queued' RETURNING outbox.id";
}

/// Locks the requests of emails in id order, so concurrent callers cannot deadlock. Decisions also lock the request before its
/// emails.
pub fn lock_requests(tx: &mut Tx<'_>, ids: impl Iterator<Item = RequestId>) -> Result<(), StoreError> {
    let ids: Vec<i64> = ids.map(|id| id.0).collect();
    if !ids.is_empty() {
        let those = requests::table.filter(is_any(requests::id, ids)).order(requests::id.asc()).select(requests::id);
        each!(tx, |c| locked(those, NoKeyUpdate).load::<i64>(c)?);
    }
    Ok(())
}
