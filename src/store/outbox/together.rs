//! Emails of one claim, and outcomes of one batch, written together: on PostgreSQL each statement is a way there and back, so
//! that an email costs none of its own. On SQLite they are written one by one.

use std::collections::VecDeque;

use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::Outcome;
use super::parts::{Part, Parts, Value};
use crate::domain::{Address, EmailId, MailState, RequestId, TokenId, UserId};
use crate::secret::SecretHash;
use crate::store::schema::requests as requests_table;
use crate::store::sql::raw::{RawQuery, Statement, raw_query};
use crate::store::{Conn, StoreError, Tx, requests, tokens};

raw_query! {
    Numbers -> (BigInt, Text) =
        "SELECT nextval(pg_get_serial_sequence('tokens', 'id')), m.value FROM meta m, generate_series(1, $1)
         WHERE m.name = 'epoch'";
    // By its id alone is an email found: the index over those that are queued would be read whole where the planner takes it
    // for small.
    AllSent -> BigInt =
        "WITH sent AS (
             UPDATE outbox o SET state = 'sent', lease = NULL, finished_at = t.now
             FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n (id, lease, request), (SELECT $4::bigint AS now) AS t
             WHERE o.id = n.id AND o.lease + 0 = n.lease AND o.state || '' = 'queued'
             RETURNING o.id, n.request),
         told AS (UPDATE requests r SET mail_state = 'sent' FROM sent s WHERE r.id = s.request)
         SELECT id FROM sent";
}

/// What the emails of a claim go out with, until it is written.
pub struct Attempts {
    /// For the tokens.
    numbers: VecDeque<i64>,
    epoch: i32,
    tokens: Vec<Token>,
    letters: Vec<(EmailId, Option<TokenId>, String)>,
}

struct Token {
    id: TokenId,
    request: RequestId,
    user: UserId,
    address_hash: [u8; 32],
    secret: SecretHash,
}

impl Attempts {
    /// None yet, and numbers for so many tokens. On SQLite there is no sense in it.
    pub fn begin(tx: &mut Tx<'_>, tokens: usize) -> Result<Option<Self>, StoreError> {
        let Conn::Postgres(c) = tx.conn() else { return Ok(None) };
        let (mut numbers, mut epoch) = (VecDeque::new(), 0);
        if tokens > 0 {
            let query = sql_query(Numbers::TEXT).bind::<BigInt, _>(i64::try_from(tokens).unwrap_or(i64::MAX));
            let rows: Vec<(i64, String)> = Statement::<Numbers, _>::of(query).load(c)?;
            for (number, word) in rows {
                numbers.push_back(number);
                epoch = tokens::read_epoch(&word)?;
            }
        }
        Ok(Some(Self { numbers, epoch, tokens: Vec::new(), letters: Vec::new() }))
    }

    /// As [`tokens::add`]; none where no number is left.
    pub fn add_token(&mut self, request: RequestId, user: UserId, address: &Address, secret: SecretHash) -> Option<TokenId> {
        let id = TokenId(self.numbers.pop_front()?);
        self.tokens.push(Token { id, request, user, address_hash: tokens::address_hash(address), secret });
        Some(id)
    }

    /// As [`super::set_attempt`].
    pub fn set(&mut self, id: EmailId, token: Option<TokenId>, message_id: &str) {
        self.letters.push((id, token, message_id.to_owned()));
    }

    /// Writes all of it in one statement.
    pub fn write(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let now = tx.micros();
        let Conn::Postgres(c) = tx.conn() else { return Ok(()) };
        Parts::of([self.made(now), self.set_out()]).write(c)
    }

    fn made(&self, now: i64) -> Part<'_> {
        let rows = &self.tokens;
        Part {
            name: "tokens_made",
            text: "INSERT INTO tokens (id, purpose, request_id, user_id, address_hash, secret_hash, epoch, created_at)
                SELECT n.id, 'redeem', n.request, n.user_id, n.address, n.secret, t.epoch, t.now
                FROM unnest(?, ?, ?, ?, ?) AS n (id, request, user_id, address, secret),
                    (SELECT ?::integer AS epoch, ?::bigint AS now) AS t",
            values: vec![
                Value::Numbers(rows.iter().map(|row| row.id.0).collect()),
                Value::Numbers(rows.iter().map(|row| row.request.0).collect()),
                Value::Numbers(rows.iter().map(|row| row.user.0).collect()),
                Value::Blobs(rows.iter().map(|row| row.address_hash.as_slice()).collect()),
                Value::Blobs(rows.iter().map(|row| row.secret.as_bytes()).collect()),
                Value::Small(self.epoch),
                Value::Number(now),
            ],
            rows: rows.len(),
        }
    }

    fn set_out(&self) -> Part<'_> {
        let rows = &self.letters;
        Part {
            name: "letters_set_out",
            text: "UPDATE outbox o SET token_id = n.token, message_id = n.message_id
                FROM unnest(?, ?, ?) AS n (id, token, message_id) WHERE o.id = n.id",
            values: vec![
                Value::Numbers(rows.iter().map(|(id, ..)| id.0).collect()),
                Value::MaybeNumbers(rows.iter().map(|(_, token, _)| token.map(|id| id.0)).collect()),
                Value::Texts(rows.iter().map(|(.., message_id)| message_id.as_str()).collect()),
            ],
            rows: rows.len(),
        }
    }
}

/// An email that the next server has.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Its id.
    pub email: EmailId,
    /// The mark under which it was claimed.
    pub lease: i64,
    /// The request whose email it was, if it speaks for one.
    pub request: Option<RequestId>,
}

/// Notes of emails that they were sent, and of their requests, if the lease on each is still this worker's.
pub fn record_sent(tx: &mut Tx<'_>, sent: &[Sent]) -> Result<(), StoreError> {
    let now = tx.micros();
    if let Conn::Postgres(c) = tx.conn() {
        if sent.is_empty() {
            return Ok(());
        }
        let query = sql_query(AllSent::TEXT)
            .bind::<Array<BigInt>, _>(sent.iter().map(|one| one.email.0).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(sent.iter().map(|one| one.lease).collect::<Vec<_>>())
            .bind::<Array<Nullable<BigInt>>, _>(sent.iter().map(|one| one.request.map(|id| id.0)).collect::<Vec<_>>())
            .bind::<BigInt, _>(now);
        Statement::<AllSent, _>::of(query).execute(c)?;
        return Ok(());
    }
    for one in sent {
        if super::record(tx, one.email, one.lease, &Outcome::Sent)?
            && let Some(request) = one.request
        {
            requests::set_mail_state(tx, request, MailState::Sent)?;
        }
    }
    Ok(())
}

/// Holds the requests whose emails are about to be written down, in one order. A decision, too, holds its request before it
/// looks at the emails of it.
pub fn hold_requests(tx: &mut Tx<'_>, ids: impl Iterator<Item = RequestId>) -> Result<(), StoreError> {
    let Conn::Postgres(c) = tx.conn() else { return Ok(()) };
    let ids: Vec<i64> = ids.map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let those = requests_table::table.filter(requests_table::id.eq_any(ids)).order(requests_table::id.asc());
    those.select(requests_table::id).for_no_key_update().load::<i64>(c)?;
    Ok(())
}
