//! What is written behind: the rows that operations set down, all of the batch's in one statement.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Integer, Text};

use super::parts::{Part, Parts, Value};
use crate::clock::from_micros;
use crate::domain::{EmailKind, Grant, Request, RequestId, RequestItem, Until, UserId};
use crate::store::StoreError;
use crate::store::audit::{self, Head, Row};
use crate::store::requests::items_key;
use crate::store::sql::raw::{RawQuery, Statement, raw_query};

/// What is to be written.
pub(in crate::store) struct Deeds {
    /// Numbers for the rows that the operations make.
    ids: VecDeque<i64>,
    pub(in crate::store) requests: Vec<(Request, RequestItem)>,
    /// Those that are approved.
    pub(in crate::store) approved: Vec<Approval>,
    pub(in crate::store) grants: Vec<Grant>,
    pub(in crate::store) letters: Vec<Email>,
    /// When budgets are full again, in the order in which they were taken from.
    pub(in crate::store) taken: Vec<((String, i64), i64)>,
    /// The chain that the batch writes down in, which nobody else does now.
    pub(in crate::store) head: Head,
    pub(in crate::store) audit: Vec<Row>,
}

/// An approval of a pending request.
pub(in crate::store) struct Approval {
    pub(in crate::store) request: RequestId,
    /// Who must still be the approver.
    pub(in crate::store) target: UserId,
    pub(in crate::store) by: Option<UserId>,
    pub(in crate::store) is_narrowed: bool,
    /// The column `given`.
    pub(in crate::store) given: Option<String>,
}

/// An email to be queued.
pub(in crate::store) struct Email {
    pub(in crate::store) kind: EmailKind,
    pub(in crate::store) user: UserId,
    pub(in crate::store) request: Option<RequestId>,
    pub(in crate::store) generation: i32,
}

/// How far the actions had come.
pub(in crate::store) struct Mark {
    lengths: [usize; 6],
    head: Head,
}

impl Deeds {
    /// None yet, and numbers for `count` rows of `table`. Also the database's time.
    pub(super) fn begin(conn: &mut PgConnection, table: &str, count: usize) -> Result<(Self, DateTime<Utc>), StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        loop {
            let begun = sql_query(Begun::TEXT).bind::<Text, _>(table).bind::<BigInt, _>(count);
            let rows: Vec<(i64, i64, i32, i64, Vec<u8>)> = Statement::<Begun, _>::of(begun).load(conn)?;
            if let Some((now, _, chain, seq, hash)) = rows.first() {
                let head = Head { chain: *chain, seq: *seq, hash: hash.clone() };
                return Ok((Self::none(rows.iter().map(|(_, id, ..)| *id).collect(), head), from_micros(*now)));
            }
            // Somebody holds every chain. This waits until one is let go of, and holds it: the next try finds it.
            audit::take_head_of(conn)?;
        }
    }

    fn none(ids: VecDeque<i64>, head: Head) -> Self {
        let (requests, approved, grants, letters) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { ids, requests, approved, grants, letters, taken: Vec::new(), head, audit: Vec::new() }
    }

    /// A number for a row that the operation makes, if one is left.
    pub(in crate::store) fn number(&mut self) -> Option<i64> {
        self.ids.pop_front()
    }

    pub(super) fn mark(&self) -> Mark {
        let lengths =
            [self.requests.len(), self.approved.len(), self.grants.len(), self.letters.len(), self.taken.len(), self.audit.len()];
        Mark { lengths, head: self.head.clone() }
    }

    pub(super) fn back_to(&mut self, mark: Mark) {
        let [requests, approved, grants, letters, taken, audit] = mark.lengths;
        self.requests.truncate(requests);
        self.approved.truncate(approved);
        self.grants.truncate(grants);
        self.letters.truncate(letters);
        self.taken.truncate(taken);
        self.audit.truncate(audit);
        self.head = mark.head;
    }

    /// Writes all of it. A row that is not as it was read asks for another try.
    pub(super) fn write(&self, conn: &mut PgConnection, now: i64) -> Result<(), StoreError> {
        // The last word on each counts.
        let taken: HashMap<&(String, i64), i64> = self.taken.iter().map(|(budget, full_at)| (budget, *full_at)).collect();
        let taken: Vec<(&str, i64, i64)> = taken.into_iter().map(|((kind, id), at)| (kind.as_str(), *id, at)).collect();
        let keys: Vec<String> = self.requests.iter().map(|(_, item)| items_key(std::slice::from_ref(item))).collect();
        let parts = [
            budgets(&taken),
            requests(&self.requests, &keys, now),
            items(&self.requests),
            approvals(&self.approved, now),
            grants(&self.grants),
            letters(&self.letters, now),
            head(&self.head, self.audit.len()),
            audited(self.head.chain, &self.audit),
        ];
        Parts::of(parts).write(conn)
    }
}

fn budgets<'a>(rows: &[(&'a str, i64, i64)]) -> Part<'a> {
    Part {
        name: "budgets_taken",
        text: "UPDATE budgets b SET full_at = n.full_at FROM unnest(?, ?, ?) AS n (kind, subject, full_at)
            WHERE b.kind = n.kind AND b.subject = n.subject",
        values: vec![
            Value::Texts(column(rows, |row| row.0)),
            Value::Numbers(column(rows, |row| row.1)),
            Value::Numbers(column(rows, |row| row.2)),
        ],
        rows: rows.len(),
    }
}

fn requests<'a>(rows: &'a [(Request, RequestItem)], keys: &'a [String], now: i64) -> Part<'a> {
    let at = |until: Option<Until>| if let Some(Until::At(at)) = until { Some(at.timestamp_micros()) } else { None };
    let length = |until: Option<Until>| if let Some(Until::For(time)) = until { Some(time.num_seconds()) } else { None };
    Part {
        name: "requests_made",
        text: "INSERT INTO requests (id, kind, initiator_id, key_id, target_id, allowed_id, items_key, message, redeem_url,
                ttl_seconds, expires_at, until_at, until_seconds, remind_at, renews_id, target_as, allowed_as, state, mail_state,
                letters, last_letter_at, created_at, is_narrowed)
            SELECT n.*, 'pending', 'queued', 1, t.now, t.now, false
            FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS n, (SELECT ?::bigint AS now) AS t",
        values: vec![
            Value::Numbers(column(rows, |(row, _)| row.id.0)),
            Value::Texts(column(rows, |(row, _)| row.kind.as_str())),
            Value::MaybeNumbers(column(rows, |(row, _)| row.initiator.map(|id| id.0))),
            Value::MaybeNumbers(column(rows, |(row, _)| row.key.map(|id| id.0))),
            Value::Numbers(column(rows, |(row, _)| row.target.0)),
            Value::Numbers(column(rows, |(row, _)| row.allowed.0)),
            Value::Texts(column(keys, String::as_str)),
            Value::MaybeTexts(column(rows, |(row, _)| row.message.as_deref())),
            Value::MaybeTexts(column(rows, |(row, _)| row.redeem_url.as_deref())),
            Value::Numbers(column(rows, |(row, _)| row.ttl.num_seconds())),
            Value::Numbers(column(rows, |(row, _)| row.expires_at.timestamp_micros())),
            Value::MaybeNumbers(column(rows, |(row, _)| at(row.until))),
            Value::MaybeNumbers(column(rows, |(row, _)| length(row.until))),
            Value::MaybeNumbers(column(rows, |(row, _)| row.remind_at.map(|at| at.timestamp_micros()))),
            Value::MaybeNumbers(column(rows, |(row, _)| row.renews.map(|id| id.0))),
            Value::MaybeTexts(column(rows, |(row, _)| row.target_as.as_deref())),
            Value::MaybeTexts(column(rows, |(row, _)| row.allowed_as.as_deref())),
            Value::Number(now),
        ],
        rows: rows.len(),
    }
}

fn items(rows: &[(Request, RequestItem)]) -> Part<'_> {
    Part {
        name: "items_made",
        text: "INSERT INTO request_items (request_id, position, bundle_id, resource_id, level)
            SELECT n.request, 0, n.bundle, n.resource, n.level
            FROM unnest(?, ?, ?, ?) AS n (request, bundle, resource, level)",
        values: vec![
            Value::Numbers(column(rows, |(row, _)| row.id.0)),
            Value::MaybeNumbers(column(rows, |(_, item)| item.bundle.map(|id| id.0))),
            Value::MaybeNumbers(column(rows, |(_, item)| item.resource.map(|id| id.0))),
            Value::Texts(column(rows, |(_, item)| item.level.as_str())),
        ],
        rows: rows.len(),
    }
}

/// The guard is the one of `requests::transit`, in words that no index has: by the one over what is pending, which the
/// planner would take for small, every request that is pending would be read.
fn approvals(rows: &[Approval], now: i64) -> Part<'_> {
    Part {
        name: "requests_approved",
        text: "UPDATE requests r
            SET state = 'approved', decided_at = t.now, decided_by = n.by, reason = NULL, is_narrowed = n.is_narrowed,
                given = n.given
            FROM unnest(?, ?, ?, ?, ?) AS n (id, target, by, is_narrowed, given), (SELECT ?::bigint AS now) AS t
            WHERE r.id = n.id AND r.state || '' = 'pending' AND r.expires_at + 0 > t.now AND r.target_id = n.target",
        values: vec![
            Value::Numbers(column(rows, |row| row.request.0)),
            Value::Numbers(column(rows, |row| row.target.0)),
            Value::MaybeNumbers(column(rows, |row| row.by.map(|id| id.0))),
            Value::Flags(column(rows, |row| row.is_narrowed)),
            Value::MaybeTexts(column(rows, |row| row.given.as_deref())),
            Value::Number(now),
        ],
        rows: rows.len(),
    }
}

fn grants(rows: &[Grant]) -> Part<'_> {
    Part {
        name: "grants_made",
        text: "INSERT INTO grants (id, public_id, request_id, grantor_id, grantee_kind, grantee_id, bundle_id, level, starts_at,
                ends_at, created_by, created_at, owner_id, updated_at, reshare, is_enabled, comment, version)
            SELECT n.*, n.created_at, 0, true, '', 1
            FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                AS n (id, public_id, request, grantor, kind, grantee, bundle, level, starts_at, ends_at, created_by, created_at,
                    owner)",
        values: vec![
            Value::Numbers(column(rows, |row| row.id.0)),
            Value::Texts(column(rows, |row| row.public_id.as_str())),
            Value::MaybeNumbers(column(rows, |row| row.request.map(|id| id.0))),
            Value::Numbers(column(rows, |row| row.grantor.0)),
            Value::Texts(column(rows, |row| row.grantee_kind.as_str())),
            Value::MaybeNumbers(column(rows, |row| row.grantee.map(|id| id.0))),
            Value::MaybeNumbers(column(rows, |row| row.bundle.map(|id| id.0))),
            Value::Texts(column(rows, |row| row.level.as_str())),
            Value::Numbers(column(rows, |row| row.starts_at.timestamp_micros())),
            Value::MaybeNumbers(column(rows, |row| row.ends_at.map(|at| at.timestamp_micros()))),
            Value::MaybeNumbers(column(rows, |row| row.created_by.map(|id| id.0))),
            Value::Numbers(column(rows, |row| row.created_at.timestamp_micros())),
            Value::MaybeNumbers(column(rows, |row| Some(row.owner.0).filter(|owner| *owner != row.grantor.0))),
        ],
        rows: rows.len(),
    }
}

fn letters(rows: &[Email], now: i64) -> Part<'_> {
    Part {
        name: "letters_queued",
        text: "INSERT INTO outbox (kind, user_id, request_id, generation, state, attempts, ambiguous, next_at, created_at)
            SELECT n.kind, n.user_id, n.request, n.generation, 'queued', 0, 0, t.now, t.now
            FROM unnest(?, ?, ?, ?) AS n (kind, user_id, request, generation), (SELECT ?::bigint AS now) AS t",
        values: vec![
            Value::Texts(column(rows, |row| row.kind.as_str())),
            Value::Numbers(column(rows, |row| row.user.0)),
            Value::MaybeNumbers(column(rows, |row| row.request.map(|id| id.0))),
            Value::Smalls(column(rows, |row| row.generation)),
            Value::Number(now),
        ],
        rows: rows.len(),
    }
}

/// The end of the chain, behind so many rows more.
fn head(head: &Head, more: usize) -> Part<'_> {
    Part {
        name: "head_moved",
        text: "UPDATE audit_heads SET seq = ?, hash = ? WHERE chain = ?",
        values: vec![Value::Number(head.seq), Value::Bytes(&head.hash), Value::Small(head.chain)],
        rows: more.min(1),
    }
}

fn audited(chain: i32, rows: &[Row]) -> Part<'_> {
    Part {
        name: "audited",
        text: "INSERT INTO audit (chain, seq, at, event, actor_id, key_id, peer, request_id, grant_id, subject_id, detail, hash)
            SELECT c.chain, n.*
            FROM (SELECT ?::integer AS chain) AS c, unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS n",
        values: vec![
            Value::Small(chain),
            Value::Numbers(column(rows, |row| row.seq)),
            Value::Numbers(column(rows, |row| row.at)),
            Value::Texts(column(rows, |row| row.event.as_str())),
            Value::MaybeNumbers(column(rows, |row| row.actor_id)),
            Value::MaybeNumbers(column(rows, |row| row.key_id)),
            Value::MaybeTexts(column(rows, |row| row.peer.as_deref())),
            Value::MaybeNumbers(column(rows, |row| row.request_id)),
            Value::MaybeNumbers(column(rows, |row| row.grant_id)),
            Value::MaybeNumbers(column(rows, |row| row.subject_id)),
            Value::MaybeTexts(column(rows, |row| row.detail.as_deref())),
            Value::Blobs(column(rows, |row| row.hash.as_slice())),
        ],
        rows: rows.len(),
    }
}

/// One column of what is written.
fn column<'a, R, T>(rows: &'a [R], of: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

raw_query! {
    Begun -> (BigInt, BigInt, Integer, BigInt, Binary) =
        "WITH head AS MATERIALIZED (
             SELECT h.chain, h.seq, h.hash FROM audit_heads h ORDER BY h.chain LIMIT 1 FOR UPDATE SKIP LOCKED)
         SELECT (extract(epoch FROM now()) * 1000000)::bigint, nextval(pg_get_serial_sequence($1, 'id')), h.chain, h.seq, h.hash
         FROM head h, generate_series(1, $2)";
}
