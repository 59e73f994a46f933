//! Prefetches the history that decides filings, for a whole batch: equal pending requests, cooldowns, blocks, rate limits, and
//! which people the callers may see.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::clock::from_micros;
use crate::domain::{AppId, Request, RequestItem, UserId};
use crate::store::blocks::Blocked;
use crate::store::rate_limits::{self, LockedLimits, RateLimit, key_at};
use crate::store::requests::{self, RequestKey};
use crate::store::sql::raw::{Statement, raw_query};
use crate::store::sql::rows::{Column, Part, Rows, column};
use crate::store::visible_users::seen;
use crate::store::{StoreError, Tx, each};

/// The history that one filing needs.
#[derive(Clone, Debug)]
pub struct HistoryKey {
    /// The key of the request, if both people are known.
    pub request: Option<RequestKey>,
    /// The calling person.
    pub user: Option<UserId>,
    /// The app.
    pub app: Option<AppId>,
    /// The people named by the caller.
    pub named: Vec<UserId>,
    /// The rate limits to take from.
    pub limits: Vec<RateLimit>,
}

/// The history, loaded.
#[derive(Debug, Default)]
pub struct History {
    /// Equal pending requests, including overdue ones.
    pub pending: HashMap<RequestKey, (Request, Vec<RequestItem>)>,
    /// The ends of cooldowns.
    pub cooldowns: HashMap<RequestKey, DateTime<Utc>>,
    /// The people and apps that each approver blocked.
    pub blocks: HashMap<UserId, Vec<Blocked>>,
    seen: HashSet<(Option<UserId>, Option<AppId>, UserId)>,
}

impl History {
    /// Loads the history and locks the rate limits.
    pub fn load(tx: &mut Tx<'_>, filings: &[HistoryKey]) -> Result<(Self, LockedLimits), StoreError> {
        let limits: Vec<RateLimit> = filings.iter().flat_map(|filing| &filing.limits).copied().collect();
        let keys: Vec<&RequestKey> = filings.iter().filter_map(|filing| filing.request.as_ref()).collect();
        let limit_keys = rate_limits::keys(&limits);
        // No row has the id 0.
        let id = |id: Option<i64>| id.unwrap_or_default();
        let named =
            |filing: &HistoryKey, other: &UserId| (id(filing.user.map(|id| id.0)), other.0, id(filing.app.map(|id| id.0)));
        let named: Vec<(i64, i64, i64)> =
            filings.iter().flat_map(|filing| filing.named.iter().map(move |other| named(filing, other))).collect();
        let parts = vec![
            Part::Rows(rate_limits::rows(&limit_keys)),
            Part::Rows(request_rows(&keys)),
            Part::Rows(request_rows(&keys)),
            Part::Rows(request_rows(&keys)),
            Part::Lock,
            Part::Rows(viewer_rows(&named)),
        ];
        let rows: Vec<Row> = each!(tx, |c| Statement::<LoadHistory, _>::over(parts).load(c)?);
        let mut history = Self::default();
        let (mut pending, mut locked) = (Vec::new(), Vec::new());
        for (what, first, second, text, third) in rows {
            match what.as_str() {
                "pending" => pending.extend(third),
                "cooldown" => {
                    let key = RequestKey { target: UserId(first), allowed: UserId(second), items_key: text };
                    let until = third.map(from_micros).filter(|until| tx.now() < *until);
                    history.cooldowns.extend(until.map(|until| (key, until)));
                }
                "limit" => locked.extend(key_at(&limit_keys, first).map(|key| (key, second))),
                "seen" => {
                    let id = |id: i64| (id != 0).then_some(id);
                    history.seen.insert((id(first).map(UserId), third.and_then(id).map(AppId), UserId(second)));
                }
                _ => history.blocks.entry(UserId(first)).or_default().extend(Blocked::read(&text, second)),
            }
        }
        for (key, pending, item) in requests::pending_by_id(tx, pending)? {
            history.pending.entry(key).or_insert_with(|| (pending, Vec::new())).1.push(item);
        }
        let is_whole = locked.len() == limit_keys.len();
        let limits = if is_whole { LockedLimits::locked(locked.into_iter()) } else { LockedLimits::lock(tx, &limits)? };
        Ok((history, limits))
    }

    /// Whether the caller of a filing may see a person.
    pub fn sees(&self, user: Option<UserId>, app: Option<AppId>, other: UserId) -> bool {
        user == Some(other) || self.seen.contains(&(user, app, other))
    }
}

type Row = (String, i64, i64, String, Option<i64>);

fn request_rows<'a>(keys: &[&'a RequestKey]) -> Rows<'a> {
    let columns = vec![
        ("target", Column::Numbers(column(keys, |key| key.target.0))),
        ("allowed", Column::Numbers(column(keys, |key| key.allowed.0))),
        ("items_key", Column::Texts(column(keys, |key| key.items_key.as_str()))),
    ];
    Rows::new(keys.len(), columns)
}

fn viewer_rows(named: &[(i64, i64, i64)]) -> Rows<'static> {
    let columns = vec![
        ("viewer", Column::Numbers(column(named, |(viewer, ..)| *viewer))),
        ("other", Column::Numbers(column(named, |(_, other, _)| *other))),
        ("api_key", Column::Numbers(column(named, |(.., key)| *key))),
    ];
    Rows::new(named.len(), columns)
}

// A subquery with `LIMIT` forces an index lookup for each row. The planner's statistics are old while a table grows fast, and
// PostgreSQL would read all pending requests instead.
//
// Locks the rate limits only if all of them have a row. Otherwise [`LockedLimits::lock`] adds the missing rows first: a
// transaction that adds rows while it has locks could deadlock with another one.
raw_query! {
    LoadHistory -> (Text, BigInt, BigInt, Text, Nullable<BigInt>) = concat!(
        "WITH wanted AS (SELECT n.kind, n.subject, n.place FROM {})
         SELECT 'pending', n.target, n.allowed, n.items_key, (SELECT r.id FROM requests r
             WHERE r.target_id = n.target AND r.allowed_id = n.allowed AND r.items_key = n.items_key AND r.state = 'pending'
             LIMIT 1)
         FROM {}
         UNION ALL SELECT 'cooldown', n.target, n.allowed, n.items_key, (SELECT c.until_at FROM cooldowns c
             WHERE c.target_id = n.target AND c.allowed_id = n.allowed AND c.items_key = n.items_key LIMIT 1)
         FROM {}
         UNION ALL SELECT 'block', b.decider_id, b.blocked_id, b.kind, NULL FROM blocks b
         WHERE b.decider_id IN (SELECT n.target FROM {})
         UNION ALL SELECT 'limit', h.place, h.full_at, '', NULL
         FROM (SELECT w.place, b.full_at FROM wanted w JOIN budgets b ON b.kind = w.kind AND b.subject = w.subject
             WHERE NOT EXISTS (SELECT 1 FROM wanted x WHERE NOT EXISTS (SELECT 1 FROM budgets e
                 WHERE e.kind = x.kind AND e.subject = x.subject))
             ORDER BY b.kind, b.subject{}) h
         UNION ALL SELECT 'seen', n.viewer, n.other, '', n.api_key FROM {}
         WHERE EXISTS (", seen!("n.viewer", "= n.other", "n.api_key", "+"), ")");
}
