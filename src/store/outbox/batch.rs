//! Writes for several emails at once: their tokens, their attempts, and their success. Each is one statement for all emails,
//! the same on both databases.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Nullable, Text};

use crate::domain::{EmailId, RequestId, TokenId, User};
use crate::secret::SecretHash;
use crate::store::schema::requests as requests_table;
use crate::store::{Conn, StoreError, Tx, each, tokens};

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
    let now = tx.micros();
    let addresses: Vec<[u8; 32]> = new.iter().map(|token| tokens::address_hash(&token.user.email)).collect();
    let row = |(token, address)| -> [Value<'_>; 5] {
        let NewToken { request, user, secret }: &NewToken<'_> = token;
        let address: &[u8; 32] = address;
        [number(request.0), number(user.id.0), Value::Bytes(address), Value::Bytes(secret.as_bytes()), number(now)]
    };
    let insert = OverRows::<5, (BigInt, Binary)>::of(
        "INSERT INTO tokens (purpose, request_id, user_id, address_hash, secret_hash, epoch, created_at)
         SELECT DISTINCT 'redeem', n.column1, n.column2, n.column3, n.column4, CAST(m.value AS INTEGER), n.column5 FROM ",
        new.iter().zip(&addresses).map(row).collect(),
        ", meta AS m WHERE m.name = 'epoch' RETURNING id, secret_hash",
    );
    let Some(insert) = insert else { return Ok(Vec::new()) };
    let stored: Vec<(i64, Vec<u8>)> = each!(tx, |c| insert.load(c)?);
    let id =
        |token: &NewToken<'_>| stored.iter().find(|(_, secret)| *secret == token.secret.as_bytes()).map(|(id, _)| TokenId(*id));
    new.iter().map(id).collect::<Option<_>>().ok_or_else(|| StoreError::Query("the database has no epoch".into()))
}

/// Records delivery attempts.
pub fn set_attempts(tx: &mut Tx<'_>, attempts: &[Attempt]) -> Result<(), StoreError> {
    let row = |one| -> [Value<'_>; 3] {
        let Attempt { email, token, message_id }: &Attempt = one;
        [number(email.0), Value::Number(token.map(|id| id.0)), Value::Text(message_id)]
    };
    let update = OverRows::<3, BigInt>::of(
        "UPDATE outbox SET token_id = n.column2, message_id = n.column3 FROM ",
        attempts.iter().map(row).collect(),
        " WHERE outbox.id = n.column1",
    );
    if let Some(update) = update {
        each!(tx, |c| update.execute(c)?);
    }
    Ok(())
}

/// Marks emails and their requests as sent, if this worker's lease on each is still valid.
pub fn record_sent(tx: &mut Tx<'_>, sent: &[Sent]) -> Result<(), StoreError> {
    let now = tx.micros();
    // Finds each email by id alone. If the planner expects few queued emails, it would use the index over them and read all of
    // it.
    let update = OverRows::<3, BigInt>::of(
        "UPDATE outbox SET state = 'sent', lease = NULL, finished_at = n.column3 FROM ",
        sent.iter().map(|one| [number(one.email.0), number(one.lease), number(now)]).collect(),
        " WHERE outbox.id = n.column1 AND outbox.lease + 0 = n.column2 AND outbox.state || '' = 'queued' RETURNING id",
    );
    let Some(update) = update else { return Ok(()) };
    let recorded: Vec<i64> = each!(tx, |c| update.load(c)?);
    let ours = sent.iter().filter(|one| recorded.contains(&one.email.0));
    let update = OverRows::<1, BigInt>::of(
        "UPDATE requests SET mail_state = 'sent' FROM ",
        ours.filter_map(|one| one.request).map(|request| [number(request.0)]).collect(),
        " WHERE requests.id = n.column1",
    );
    if let Some(update) = update {
        each!(tx, |c| update.execute(c)?);
    }
    Ok(())
}

/// Locks the requests of emails in id order, so concurrent callers cannot deadlock. Decisions also lock the request before its
/// emails. SQLite has one writer and needs no locks.
pub fn lock_requests(tx: &mut Tx<'_>, ids: impl Iterator<Item = RequestId>) -> Result<(), StoreError> {
    let Conn::Postgres(c) = tx.conn() else { return Ok(()) };
    let ids: Vec<i64> = ids.map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let those = requests_table::table.filter(requests_table::id.eq_any(ids)).order(requests_table::id.asc());
    those.select(requests_table::id).for_no_key_update().load::<i64>(c)?;
    Ok(())
}

enum Value<'a> {
    Number(Option<i64>),
    Text(&'a str),
    Bytes(&'a [u8]),
}

const fn number<'a>(number: i64) -> Value<'a> {
    Value::Number(Some(number))
}

/// A statement over rows of values, named `n.column1`, `n.column2` and so on, with the columns it returns. The last row is
/// repeated up to a power of two, so that few statements stay prepared; the statement must tolerate the repetition.
struct OverRows<'a, const N: usize, A> {
    before: &'static str,
    rows: Vec<[Value<'a>; N]>,
    after: &'static str,
    answer: PhantomData<A>,
}

impl<'a, const N: usize, A> OverRows<'a, N, A> {
    /// None if there are no rows.
    fn of(before: &'static str, rows: Vec<[Value<'a>; N]>, after: &'static str) -> Option<Self> {
        (!rows.is_empty()).then_some(Self { before, rows, after, answer: PhantomData })
    }
}

impl<const N: usize, A, DB> QueryFragment<DB> for OverRows<'_, N, A>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Nullable<BigInt>> + HasSqlType<Text> + HasSqlType<Binary>,
    Option<i64>: ToSql<Nullable<BigInt>, DB>,
    str: ToSql<Text, DB>,
    [u8]: ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.before);
        let padding = std::iter::repeat(self.rows.last()).flatten();
        let rows = self.rows.iter().chain(padding).take(self.rows.len().next_power_of_two());
        for (place, row) in rows.enumerate() {
            out.push_sql(if place == 0 { "(VALUES " } else { "), " });
            for (place, value) in row.iter().enumerate() {
                out.push_sql(if place == 0 { "(" } else { ", " });
                match value {
                    Value::Number(value) => out.push_bind_param::<Nullable<BigInt>, _>(value)?,
                    Value::Text(value) => out.push_bind_param::<Text, _>(*value)?,
                    Value::Bytes(value) => out.push_bind_param::<Binary, _>(*value)?,
                }
            }
        }
        out.push_sql(")) AS n");
        out.push_sql(self.after);
        Ok(())
    }
}

impl<const N: usize, A> Query for OverRows<'_, N, A> {
    type SqlType = A;
}

/// Each number of rows is a statement of its own, cached by its text.
impl<const N: usize, A> QueryId for OverRows<'_, N, A> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<const N: usize, A, C> RunQueryDsl<C> for OverRows<'_, N, A> {}
