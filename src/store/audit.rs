//! The audit log: one row for each change, written in the transaction of the change. Each row is hashed together with the row
//! before it. Triggers refuse UPDATE and DELETE. [`verify`] finds changes made around the triggers, and heads stored elsewhere
//! reveal a truncated chain.
//!
//! SQLite has one chain. PostgreSQL has sixteen, and a transaction takes one that is not locked, because with a single chain
//! all writers of all daemons would wait for the same row.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Integer};
use sha2::{Digest, Sha256};

use super::schema::{audit, audit_heads};
use super::sql::insert::{Insert, insert};
use super::sql::lock::{SkipLocked, Update, locked};
use super::sql::raw::{RawQuery, Statement, raw_query};
use super::sql::rows::{Column, column};
use super::{StoreError, Tx, each};
use crate::domain::{Caller, GrantId, RequestId, UserId};

/// A change to record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Event<'a> {
    /// The event: `request.filed`, `grant.revoked`, …
    pub name: &'a str,
    pub request: Option<RequestId>,
    pub grant: Option<GrantId>,
    /// The affected user, bundle, key or other row; the event name says which.
    pub subject: Option<i64>,
    /// Further details, without secrets and addresses.
    pub detail: Option<&'a str>,
}

/// One row, as it is stored and exported.
#[derive(Clone, Debug, Queryable, serde::Serialize)]
pub struct Row {
    pub chain: i32,
    /// The number within the chain, from 1, without gaps.
    pub seq: i64,
    /// Microseconds since 1970.
    pub at: i64,
    pub event: String,
    /// The person who acted.
    pub actor_id: Option<i64>,
    pub key_id: Option<i64>,
    /// The client's IP address.
    pub peer: Option<String>,
    pub request_id: Option<i64>,
    pub grant_id: Option<i64>,
    /// Another affected row.
    pub subject_id: Option<i64>,
    pub detail: Option<String>,
    /// SHA-256 over the previous hash and this row.
    #[serde(serialize_with = "hex")]
    pub hash: Vec<u8>,
}

/// The end of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, serde::Serialize)]
pub struct Head {
    pub chain: i32,
    /// The number of the last row.
    pub seq: i64,
    /// The hash of the last row.
    #[serde(serialize_with = "hex")]
    pub hash: Vec<u8>,
}

/// A failure found by [`verify`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The hash of a row is wrong.
    #[error("chain {chain}: row {seq} was changed, or the one before it is gone")]
    Row {
        chain: i32,
        /// The row.
        seq: i64,
    },
    /// Rows are missing at the end, or there are too many.
    #[error("chain {chain} ends at row {found}, and should end at row {expected}")]
    End {
        chain: i32,
        /// The last row found.
        found: i64,
        /// The last row expected.
        expected: i64,
    },
}

impl Row {
    /// The row of an event after `head`.
    fn behind(head: &Head, now: i64, caller: &Caller, event: Event<'_>) -> Self {
        let mut row = Self {
            chain: head.chain,
            seq: head.seq + 1,
            at: now,
            event: event.name.to_owned(),
            actor_id: caller.user.map(|id| id.0),
            key_id: caller.key.map(|id| id.0),
            peer: caller.peer.map(|ip| ip.to_string()),
            request_id: event.request.map(|id| id.0),
            grant_id: event.grant.map(|id| id.0),
            subject_id: event.subject,
            detail: event.detail.map(str::to_owned),
            hash: Vec::new(),
        };
        row.hash = chained(&head.hash, &row);
        row
    }
}

/// Appends an event to a chain that is not locked by another transaction.
pub fn append(tx: &mut Tx<'_>, caller: &Caller, event: Event<'_>) -> Result<(), StoreError> {
    let mut head = lock_head(tx)?;
    let row = head.append(tx.micros(), caller, event);
    let rows = rows_of(&head, std::slice::from_ref(&row));
    insert(tx, rows.into()).map(drop)
}

impl Head {
    /// Makes the row of an event and moves this head to it.
    pub(in crate::store) fn append(&mut self, now: i64, caller: &Caller, event: Event<'_>) -> Row {
        let row = Row::behind(self, now, caller, event);
        (self.seq, self.hash) = (row.seq, row.hash.clone());
        row
    }
}

/// The INSERTs of these rows and of the new head.
pub(in crate::store) fn rows_of<'a>(head: &'a Head, rows: &'a [Row]) -> [Insert<'a>; 2] {
    let heads = if rows.is_empty() { &[] } else { std::slice::from_ref(head) };
    let end = vec![
        ("chain", Column::Integers(column(heads, |head| head.chain))),
        ("seq", Column::Numbers(column(heads, |head| head.seq))),
        ("hash", Column::Blobs(column(heads, |head| head.hash.as_slice()))),
    ];
    let end = Insert::new("audit_heads", heads.len(), end)
        .on_conflict("ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash");
    let columns = vec![
        ("chain", Column::Integers(column(rows, |row| row.chain))),
        ("seq", Column::Numbers(column(rows, |row| row.seq))),
        ("at", Column::Numbers(column(rows, |row| row.at))),
        ("event", Column::Texts(column(rows, |row| row.event.as_str()))),
        ("actor_id", Column::MaybeNumbers(column(rows, |row| row.actor_id))),
        ("key_id", Column::MaybeNumbers(column(rows, |row| row.key_id))),
        ("peer", Column::MaybeTexts(column(rows, |row| row.peer.as_deref()))),
        ("request_id", Column::MaybeNumbers(column(rows, |row| row.request_id))),
        ("grant_id", Column::MaybeNumbers(column(rows, |row| row.grant_id))),
        ("subject_id", Column::MaybeNumbers(column(rows, |row| row.subject_id))),
        ("detail", Column::MaybeTexts(column(rows, |row| row.detail.as_deref()))),
        ("hash", Column::Blobs(column(rows, |row| row.hash.as_slice()))),
    ];
    [end, Insert::new("audit", rows.len(), columns)]
}

/// Whether a person was added by an operator. The index is limited to this event, so the event name is part of the SQL text.
pub fn was_added(tx: &mut Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    let is_addition = diesel::dsl::sql::<diesel::sql_types::Bool>("event = 'user.added'");
    let query = audit::table.filter(audit::subject_id.eq(user.0)).filter(is_addition).select(audit::seq).limit(1);
    Ok(each!(tx, |c| query.load::<i64>(c)?).first().is_some())
}

/// Appends an event caused by the daemon itself.
pub fn append_own(tx: &mut Tx<'_>, event: Event<'_>) -> Result<(), StoreError> {
    append(tx, &Caller::operator(), event)
}

raw_query! {
    FirstHead -> (Integer, BigInt, Binary) = "SELECT chain, seq, hash FROM audit_heads ORDER BY chain LIMIT 1";
}

/// Locks the end of a chain: of a free one, or of the first to become free.
pub(in crate::store) fn lock_head(tx: &mut Tx<'_>) -> Result<Head, StoreError> {
    let first = || Statement::<FirstHead, _>::of(sql_query(FirstHead::TEXT));
    let free: Option<Head> = each!(tx, |c| locked(first(), SkipLocked).get_result(c).optional()?);
    free.map_or_else(|| Ok(each!(tx, |c| locked(first(), Update).get_result(c)?)), Ok)
}

/// `SHA-256(h_{n-1} || canonical(row_n))`. Each field has a length prefix, so that different rows never encode the same.
fn chained(previous: &[u8], row: &Row) -> Vec<u8> {
    fn field(hash: &mut Sha256, bytes: Option<&[u8]>) {
        match bytes {
            None => hash.update([0]),
            Some(bytes) => {
                hash.update([1]);
                hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(bytes);
            }
        }
    }
    fn number(hash: &mut Sha256, value: Option<i64>) {
        field(hash, value.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    }
    let mut hash = Sha256::new();
    field(&mut hash, Some(previous));
    number(&mut hash, Some(i64::from(row.chain)));
    number(&mut hash, Some(row.seq));
    number(&mut hash, Some(row.at));
    field(&mut hash, Some(row.event.as_bytes()));
    number(&mut hash, row.actor_id);
    number(&mut hash, row.key_id);
    field(&mut hash, row.peer.as_deref().map(str::as_bytes));
    number(&mut hash, row.request_id);
    number(&mut hash, row.grant_id);
    number(&mut hash, row.subject_id);
    field(&mut hash, row.detail.as_deref().map(str::as_bytes));
    hash.finalize().to_vec()
}

/// The ends of all chains, to be stored elsewhere.
pub fn heads(tx: &mut Tx<'_>) -> Result<Vec<Head>, StoreError> {
    let query = audit_heads::table.select(audit_heads::all_columns).order(audit_heads::chain.asc());
    Ok(each!(tx, |c| query.load(c)?))
}

/// The rows of a chain after `after`, in order.
pub fn rows(tx: &mut Tx<'_>, chain: i32, after: i64, limit: i64) -> Result<Vec<Row>, StoreError> {
    let query = audit::table
        .filter(audit::chain.eq(chain))
        .filter(audit::seq.gt(after))
        .order(audit::seq.asc())
        .limit(limit)
        .select(audit::all_columns);
    Ok(each!(tx, |c| query.load(c)?))
}

/// Verifies all chains. Returns the number of valid rows, or the first failure.
pub fn verify(tx: &mut Tx<'_>) -> Result<Result<u64, Broken>, StoreError> {
    const STEP: i64 = 1_000;
    let mut checked = 0;
    if let Err(broken) = verify_ends(tx)? {
        return Ok(Err(broken));
    }
    for head in heads(tx)? {
        let mut at = Head { chain: head.chain, seq: 0, hash: Vec::new() };
        while at.seq < head.seq {
            match verify_part(tx, &head, &at, STEP)? {
                Ok(next) => {
                    checked += u64::try_from(next.seq - at.seq).unwrap_or_default();
                    at = next;
                }
                Err(broken) => return Ok(Err(broken)),
            }
        }
    }
    Ok(Ok(checked))
}

/// Verifies up to `limit` rows of a chain after `at`, up to the earlier end `head`. Returns the last verified row.
pub fn verify_part(tx: &mut Tx<'_>, head: &Head, at: &Head, limit: i64) -> Result<Result<Head, Broken>, StoreError> {
    let chain = head.chain;
    let mut at = at.clone();
    for row in rows(tx, chain, at.seq, limit.min(head.seq - at.seq))? {
        if row.seq != at.seq + 1 || row.hash != chained(&at.hash, &row) {
            return Ok(Err(Broken::Row { chain, seq: row.seq }));
        }
        at = Head { chain, seq: row.seq, hash: row.hash };
    }
    let is_short = at.seq < head.seq && rows(tx, chain, at.seq, 1)?.is_empty();
    if is_short || at.seq == head.seq && at.hash != head.hash {
        return Ok(Err(Broken::End { chain, found: at.seq, expected: head.seq }));
    }
    Ok(Ok(at))
}

/// Checks whether every chain ends at its head. Others may write meanwhile, so the heads are read before and after each end.
pub fn verify_ends(tx: &mut Tx<'_>) -> Result<Result<(), Broken>, StoreError> {
    let before = heads(tx)?;
    let (mut chain, mut ends) = (i32::MIN, Vec::new());
    while let Some((next, found)) = last_of_next_chain(tx, chain)? {
        ends.push((next, found));
        chain = next;
    }
    let after = heads(tx)?;
    let of = |heads: &[Head], chain| heads.iter().find(|head| head.chain == chain).map_or(0, |head| head.seq);
    for (chain, found) in &ends {
        if *found > of(&after, *chain) {
            return Ok(Err(Broken::End { chain: *chain, found: *found, expected: of(&after, *chain) }));
        }
    }
    for head in &before {
        let found = ends.iter().find(|(chain, _)| *chain == head.chain).map_or(0, |(_, found)| *found);
        if found < head.seq {
            return Ok(Err(Broken::End { chain: head.chain, found, expected: head.seq }));
        }
    }
    Ok(Ok(()))
}

/// The next chain with rows, and its last row; by the primary key, without reading all rows.
fn last_of_next_chain(tx: &mut Tx<'_>, after: i32) -> Result<Option<(i32, i64)>, StoreError> {
    let next = audit::table.filter(audit::chain.gt(after)).select(diesel::dsl::min(audit::chain));
    let Some(chain) = each!(tx, |c| next.get_result::<Option<i32>>(c)?) else { return Ok(None) };
    let last = audit::table.filter(audit::chain.eq(chain)).select(diesel::dsl::max(audit::seq));
    Ok(each!(tx, |c| last.get_result::<Option<i64>>(c)?).map(|seq| (chain, seq)))
}

fn hex<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::secret::hex(bytes))
}
