//! What is written behind: rows that stories set down, each table's in one statement for the whole batch.

use std::collections::{HashMap, VecDeque};

use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};

use crate::domain::{Grant, LetterKind, Request, RequestId, RequestItem, Until, UserId};
use crate::store::StoreError;
use crate::store::audit::{self, Head, Row};
use crate::store::statement::{Statement, Written, written};

/// What is to be written.
pub(in crate::store) struct Deeds {
    /// Numbers for the rows that the stories make.
    ids: VecDeque<i64>,
    pub(in crate::store) requests: Vec<(Request, RequestItem)>,
    /// Those that are approved: by whom, and whether for less.
    pub(in crate::store) approved: Vec<(RequestId, UserId, Option<UserId>, bool)>,
    pub(in crate::store) grants: Vec<Grant>,
    pub(in crate::store) letters: Vec<Letter>,
    /// When budgets are full again, in the order in which they were taken from.
    pub(in crate::store) taken: Vec<((String, i64), i64)>,
    /// The chain that the batch writes down in, which nobody else does now.
    pub(in crate::store) head: Head,
    pub(in crate::store) audit: Vec<Row>,
}

/// A letter to be queued.
pub(in crate::store) struct Letter {
    pub(in crate::store) kind: LetterKind,
    pub(in crate::store) user: UserId,
    pub(in crate::store) request: Option<RequestId>,
    pub(in crate::store) generation: i32,
}

/// How far the deeds had come.
pub(in crate::store) struct Mark {
    lengths: [usize; 6],
    head: Head,
}

impl Deeds {
    /// None yet, and numbers for `count` rows of `table`.
    pub(super) fn begin(conn: &mut PgConnection, table: &str, count: usize) -> Result<Self, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let ids = sql_query(Numbers::TEXT).bind::<Text, _>(table).bind::<BigInt, _>(count);
        let ids: Vec<i64> = Statement::<Numbers, _>::of(ids).load(conn)?;
        Ok(Self {
            ids: ids.into(),
            requests: Vec::new(),
            approved: Vec::new(),
            grants: Vec::new(),
            letters: Vec::new(),
            taken: Vec::new(),
            head: audit::take_head_of(conn)?,
            audit: Vec::new(),
        })
    }

    /// A number for a row that the story makes, if one is left.
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
        self.write_budgets(conn)?;
        self.write_requests(conn, now)?;
        self.write_decisions(conn, now)?;
        self.write_grants(conn)?;
        self.write_letters(conn, now)?;
        self.write_audit(conn)
    }

    fn write_budgets(&self, conn: &mut PgConnection) -> Result<(), StoreError> {
        // The last word on each counts.
        let taken: HashMap<&(String, i64), i64> = self.taken.iter().map(|(budget, full_at)| (budget, *full_at)).collect();
        let taken: Vec<(&str, i64, i64)> = taken.into_iter().map(|((kind, id), at)| (kind.as_str(), *id, at)).collect();
        let query = sql_query(Taken::TEXT)
            .bind::<Array<Text>, _>(column(&taken, |budget| budget.0))
            .bind::<Array<BigInt>, _>(column(&taken, |budget| budget.1))
            .bind::<Array<BigInt>, _>(column(&taken, |budget| budget.2));
        wrote(taken.len(), || Statement::<Taken, _>::of(query).execute(conn))
    }

    fn write_requests(&self, conn: &mut PgConnection, now: i64) -> Result<(), StoreError> {
        let rows: Vec<&Request> = self.requests.iter().map(|(request, _)| request).collect();
        let until_at = |until: Option<Until>| if let Some(Until::At(at)) = until { Some(at.timestamp_micros()) } else { None };
        let until_for = |until: Option<Until>| if let Some(Until::For(time)) = until { Some(time.num_seconds()) } else { None };
        let query = sql_query(Requests::TEXT)
            .bind::<Array<BigInt>, _>(column(&rows, |row| row.id.0))
            .bind::<Array<Text>, _>(column(&rows, |row| row.kind.as_str()))
            .bind::<Array<Nullable<BigInt>>, _>(column(&rows, |row| row.initiator.map(|id| id.0)))
            .bind::<Array<Nullable<BigInt>>, _>(column(&rows, |row| row.key.map(|id| id.0)))
            .bind::<Array<BigInt>, _>(column(&rows, |row| row.target.0))
            .bind::<Array<BigInt>, _>(column(&rows, |row| row.allowed.0))
            .bind::<Array<Text>, _>(column(&self.requests, |(_, item)| {
                crate::store::requests::items_key(std::slice::from_ref(item))
            }))
            .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.message.clone()))
            .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.redeem_url.clone()))
            .bind::<Array<BigInt>, _>(column(&rows, |row| row.ttl.num_seconds()))
            .bind::<Array<BigInt>, _>(column(&rows, |row| row.expires_at.timestamp_micros()))
            .bind::<Array<Nullable<BigInt>>, _>(column(&rows, |row| until_at(row.until)))
            .bind::<Array<Nullable<BigInt>>, _>(column(&rows, |row| until_for(row.until)))
            .bind::<Array<Nullable<BigInt>>, _>(column(&rows, |row| row.remind_at.map(|at| at.timestamp_micros())))
            .bind::<Array<Nullable<BigInt>>, _>(column(&rows, |row| row.renews.map(|id| id.0)))
            .bind::<BigInt, _>(now);
        wrote(rows.len(), || Statement::<Requests, _>::of(query).execute(conn))?;
        let query = sql_query(Items::TEXT)
            .bind::<Array<BigInt>, _>(column(&rows, |row| row.id.0))
            .bind::<Array<Nullable<BigInt>>, _>(column(&self.requests, |(_, item)| item.bundle.map(|id| id.0)))
            .bind::<Array<Nullable<BigInt>>, _>(column(&self.requests, |(_, item)| item.resource.map(|id| id.0)))
            .bind::<Array<Text>, _>(column(&self.requests, |(_, item)| item.level.as_str()));
        wrote(rows.len(), || Statement::<Items, _>::of(query).execute(conn))
    }

    /// The guard is the one of `requests::transit`, in words that no index has: by the one over what is pending, which the
    /// planner would take for small, every request that is pending would be read.
    fn write_decisions(&self, conn: &mut PgConnection, now: i64) -> Result<(), StoreError> {
        let query = sql_query(Approved::TEXT)
            .bind::<Array<BigInt>, _>(column(&self.approved, |(request, ..)| request.0))
            .bind::<Array<BigInt>, _>(column(&self.approved, |(_, target, ..)| target.0))
            .bind::<Array<Nullable<BigInt>>, _>(column(&self.approved, |(_, _, by, _)| by.map(|id| id.0)))
            .bind::<Array<Bool>, _>(column(&self.approved, |(.., is_narrowed)| *is_narrowed))
            .bind::<BigInt, _>(now);
        wrote(self.approved.len(), || Statement::<Approved, _>::of(query).execute(conn))
    }

    fn write_grants(&self, conn: &mut PgConnection) -> Result<(), StoreError> {
        let rows = &self.grants;
        let query = sql_query(Grants::TEXT)
            .bind::<Array<BigInt>, _>(column(rows, |row| row.id.0))
            .bind::<Array<Text>, _>(column(rows, |row| row.public_id.clone()))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.request.map(|id| id.0)))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.grantor.0))
            .bind::<Array<Text>, _>(column(rows, |row| row.grantee_kind.as_str()))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.grantee.map(|id| id.0)))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.bundle.map(|id| id.0)))
            .bind::<Array<Text>, _>(column(rows, |row| row.level.as_str()))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.starts_at.timestamp_micros()))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.ends_at.map(|at| at.timestamp_micros())))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.created_by.map(|id| id.0)))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at.timestamp_micros()))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| Some(row.owner.0).filter(|owner| *owner != row.grantor.0)));
        wrote(rows.len(), || Statement::<Grants, _>::of(query).execute(conn))
    }

    fn write_letters(&self, conn: &mut PgConnection, now: i64) -> Result<(), StoreError> {
        let rows = &self.letters;
        let query = sql_query(Letters::TEXT)
            .bind::<Array<Text>, _>(column(rows, |row| row.kind.as_str()))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.user.0))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.request.map(|id| id.0)))
            .bind::<Array<Integer>, _>(column(rows, |row| row.generation))
            .bind::<BigInt, _>(now);
        wrote(rows.len(), || Statement::<Letters, _>::of(query).execute(conn))
    }

    fn write_audit(&self, conn: &mut PgConnection) -> Result<(), StoreError> {
        let rows = &self.audit;
        if rows.is_empty() {
            return Ok(());
        }
        audit::put_head(conn, &self.head)?;
        let query = sql_query(Audit::TEXT)
            .bind::<Integer, _>(self.head.chain)
            .bind::<Array<BigInt>, _>(column(rows, |row| row.seq))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.at))
            .bind::<Array<Text>, _>(column(rows, |row| row.event.clone()))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.actor_id))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.key_id))
            .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.peer.clone()))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.request_id))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.grant_id))
            .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.subject_id))
            .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.detail.clone()))
            .bind::<Array<Binary>, _>(column(rows, |row| row.hash.clone()));
        wrote(rows.len(), || Statement::<Audit, _>::of(query).execute(conn))
    }
}

/// One column of what is written.
fn column<R, T>(rows: &[R], of: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// Writes rows where there are any, and sees that all of them were written.
fn wrote(count: usize, write: impl FnOnce() -> QueryResult<usize>) -> Result<(), StoreError> {
    if count == 0 || write()? == count {
        return Ok(());
    }
    Err(StoreError::Conflict("what was read for several at once has changed".into()))
}

written! {
    Numbers -> BigInt =
        "SELECT nextval(pg_get_serial_sequence($1, 'id')) FROM generate_series(1, $2)";
    Taken -> BigInt =
        "UPDATE budgets b SET full_at = n.full_at FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS n (kind, subject, full_at)
         WHERE b.kind = n.kind AND b.subject = n.subject";
    Requests -> BigInt =
        "INSERT INTO requests (id, kind, initiator_id, key_id, target_id, allowed_id, items_key, message, redeem_url, ttl_seconds,
             expires_at, until_at, until_seconds, remind_at, renews_id, state, mail_state, letters, last_letter_at, created_at,
             is_narrowed)
         SELECT n.*, 'pending', 'queued', 1, $16, $16, false
         FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[],
             $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[]) AS n";
    Items -> BigInt =
        "INSERT INTO request_items (request_id, position, bundle_id, resource_id, level)
         SELECT n.request, 0, n.bundle, n.resource, n.level
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS n (request, bundle, resource, level)";
    Approved -> BigInt =
        "UPDATE requests r SET state = 'approved', decided_at = $5, decided_by = n.by, reason = NULL, is_narrowed = n.is_narrowed
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[]) AS n (id, target, by, is_narrowed)
         WHERE r.id = n.id AND r.state || '' = 'pending' AND r.expires_at + 0 > $5 AND r.target_id = n.target";
    Grants -> BigInt =
        "INSERT INTO grants (id, public_id, request_id, grantor_id, grantee_kind, grantee_id, bundle_id, level, starts_at, ends_at,
             created_by, created_at, owner_id, updated_at, reshare, is_enabled, comment, version)
         SELECT n.*, n.created_at, 0, true, '', 1
         FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[],
             $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[])
             AS n (id, public_id, request, grantor, kind, grantee, bundle, level, starts_at, ends_at, created_by, created_at, owner)";
    Letters -> BigInt =
        "INSERT INTO outbox (kind, user_id, request_id, generation, state, attempts, ambiguous, next_at, created_at)
         SELECT n.kind, n.user_id, n.request, n.generation, 'queued', 0, 0, $5, $5
         FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::integer[]) AS n (kind, user_id, request, generation)";
    Audit -> BigInt =
        "INSERT INTO audit (chain, seq, at, event, actor_id, key_id, peer, request_id, grant_id, subject_id, detail, hash)
         SELECT $1, n.*
         FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[],
             $10::bigint[], $11::text[], $12::bytea[]) AS n";
}
