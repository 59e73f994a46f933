//! The rows that commands add, written for all of them in one statement.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Integer, Text};

use crate::clock::from_micros;
use crate::domain::{Caller, EmailKind, Grant, Request, RequestId, RequestItem, ResourceId, UserId};
use crate::random::Rng;
use crate::store::audit::{self, Event, Head, Row};
use crate::store::grants::{self, NewGrant};
use crate::store::outbox::{self, NewEmail};
use crate::store::rate_limits::{self, LockedLimits};
use crate::store::requests::{self, NewRequest, items_key};
use crate::store::sql::insert::{insert, reserve_ids};
use crate::store::sql::raw::{RawQuery, Statement, raw_query};
use crate::store::{StoreError, Tx, each};

/// The pending writes of commands. Nothing is written before `write`.
#[derive(Default)]
pub struct Changes {
    /// Ids for the new rows.
    ids: std::vec::IntoIter<i64>,
    /// The end of the audit chain for these changes, locked against other transactions.
    head: Option<Head>,
    requests: Vec<(Request, Vec<RequestItem>)>,
    grants: Vec<(Grant, Vec<ResourceId>)>,
    emails: Vec<NewEmail>,
    /// Changes to rate limits.
    pub limits: LockedLimits,
    events: Vec<(Caller, Event<'static>)>,
}

/// An email about a request.
#[derive(Clone, Copy, Debug)]
pub struct Notice {
    /// The kind of email.
    pub kind: EmailKind,
    /// The recipient.
    pub to: UserId,
}

impl Changes {
    /// Starts without changes, and with ids for up to `count` rows of the table.
    pub(super) fn begin(tx: &mut Tx<'_>, table: Option<&str>, count: usize) -> Result<Self, StoreError> {
        let ids = table.map(|table| reserve_ids(tx, table, count)).transpose()?;
        Ok(Self { ids: ids.unwrap_or_default().into_iter(), ..Self::default() })
    }

    /// As [`Changes::begin`], and reads PostgreSQL's time in the same statement.
    pub(in crate::store) fn begin_with_time(
        tx: &mut Tx<'_>,
        table: &str,
        count: usize,
    ) -> Result<(Self, DateTime<Utc>), StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        loop {
            let query = sql_query(Begin::TEXT).bind::<Text, _>(table).bind::<BigInt, _>(count);
            let rows: Vec<(i64, i64, i32, i64, Vec<u8>)> = each!(tx, |c| Statement::<Begin, _>::of(query).load(c)?);
            if let Some((now, _, chain, seq, hash)) = rows.first() {
                let head = Some(Head { chain: *chain, seq: *seq, hash: hash.clone() });
                let ids = rows.iter().map(|(_, id, ..)| *id).collect::<Vec<_>>().into_iter();
                return Ok((Self { ids, head, ..Self::default() }, from_micros(*now)));
            }
            // All chains are locked. This waits for one, and the retry finds it.
            audit::lock_head(tx)?;
        }
    }

    fn id(&mut self) -> Result<i64, StoreError> {
        self.ids.next().ok_or_else(|| StoreError::Query("more rows than ids were reserved for".into()))
    }

    /// Adds a request.
    pub fn add_request(&mut self, new: &NewRequest<'_>, now: DateTime<Utc>) -> Result<Request, StoreError> {
        let request = requests::stored(new, self.id()?, now);
        self.requests.push((request.clone(), new.items.to_vec()));
        Ok(request)
    }

    /// Adds a grant.
    pub fn add_grant(&mut self, new: &NewGrant<'_>, now: DateTime<Utc>, rng: &Rng) -> Result<Grant, StoreError> {
        let grant = grants::stored(new, self.id()?, grants::public_id(rng, now)?, now);
        self.grants.push((grant.clone(), new.resources.to_vec()));
        Ok(grant)
    }

    /// Queues the first email of its kind about a request.
    pub fn notify(&mut self, request: RequestId, notice: Notice) {
        let Notice { kind, to } = notice;
        self.emails.push(NewEmail { kind, user: to, request: Some(request), grant: None, generation: 1 });
    }

    /// Appends to the audit.
    pub fn audit(&mut self, actor: &Caller, event: Event<'static>) {
        self.events.push((actor.clone(), event));
    }

    pub(in crate::store) fn write(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let now = tx.micros();
        let mut head = match self.head {
            Some(head) => Some(head),
            None if self.events.is_empty() => None,
            None => Some(audit::lock_head(tx)?),
        };
        let audited: Vec<Row> = head
            .as_mut()
            .map_or_else(Vec::new, |head| self.events.iter().map(|(actor, event)| head.append(now, actor, *event)).collect());
        let keys: Vec<String> = self.requests.iter().map(|(_, items)| items_key(items)).collect();
        let uris: Vec<_> = self.requests.iter().map(|(request, _)| requests::uris(&request.resources)).collect();
        let comment_keys: Vec<_> = self.grants.iter().map(|(grant, _)| grants::comment_key(&grant.comment)).collect();
        let grants: Vec<&Grant> = self.grants.iter().map(|(grant, _)| grant).collect();
        let limited: Vec<_> = self.grants.iter().flat_map(|(grant, only)| only.iter().map(move |id| (grant, *id))).collect();
        let taken = self.limits.taken();
        // Describing the columns of no row would cost as much as a small query.
        let mut inserts = Vec::new();
        if !taken.is_empty() {
            inserts.push(rate_limits::taken_rows(&taken));
        }
        if !self.requests.is_empty() {
            inserts.extend(requests::rows(&self.requests, &keys, &uris));
        }
        if !grants.is_empty() {
            inserts.extend(grants::rows(&grants, &comment_keys, &limited));
        }
        if !self.emails.is_empty() {
            inserts.push(outbox::rows(&self.emails, now));
        }
        inserts.extend(head.iter().flat_map(|head| audit::rows_of(head, &audited)));
        if inserts.is_empty() {
            return Ok(());
        }
        insert(tx, inserts).map(drop).map_err(|error| match error {
            // A concurrent transaction filed the same request; the retry finds it.
            StoreError::Violation(text) if text.contains("requests_pending") || text.contains("requests.items_key") => {
                StoreError::Conflict(text)
            }
            other => other,
        })
    }
}

raw_query! {
    Begin -> (BigInt, BigInt, Integer, BigInt, Binary) =
        "WITH head AS MATERIALIZED (
             SELECT h.chain, h.seq, h.hash FROM audit_heads h ORDER BY h.chain LIMIT 1 FOR UPDATE SKIP LOCKED)
         SELECT (extract(epoch FROM now()) * 1000000)::bigint, nextval(pg_get_serial_sequence($1, 'id')), h.chain, h.seq, h.hash
         FROM head h, generate_series(1, $2)";
}
