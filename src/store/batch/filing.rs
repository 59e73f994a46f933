//! Prefetches the history that decides filings, for a whole batch: equal pending requests, cooldowns, blocks, rate limits, and
//! which people the callers may see.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::sql_types::Array;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use crate::clock::from_micros;
use crate::domain::{KeyId, Request, RequestItem, UserId};
use crate::store::blocks::{self, Blocked};
use crate::store::cooldowns;
use crate::store::rate_limits::{self, LockedLimits, RateLimit, key_at, lock_limits};
use crate::store::requests::{self, RequestKey};
use crate::store::sql::raw::{RawQuery, Statement, raw_query};
use crate::store::visible_users::{self, seen};
use crate::store::{Conn, StoreError, Tx};

/// The history that one filing needs.
#[derive(Clone, Debug)]
pub struct HistoryKey {
    /// The key of the request, if both people are known.
    pub request: Option<RequestKey>,
    /// The calling person.
    pub user: Option<UserId>,
    /// The API key.
    pub key: Option<KeyId>,
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
    seen: HashSet<(Option<UserId>, Option<KeyId>, UserId)>,
}

impl History {
    /// Loads the history and locks the rate limits.
    pub fn load(tx: &mut Tx<'_>, filings: &[HistoryKey]) -> Result<(Self, LockedLimits), StoreError> {
        let limits: Vec<RateLimit> = filings.iter().flat_map(|filing| &filing.limits).copied().collect();
        if let Conn::Postgres(_) = tx.conn() {
            return Self::load_together(tx, filings, &limits);
        }
        let mut history = Self::default();
        for filing in filings {
            let named = visible_users::among(tx, filing.user, filing.key, &filing.named)?;
            history.seen.extend(named.into_iter().map(|other| (filing.user, filing.key, other)));
            let Some(key) = &filing.request else { continue };
            let blocked = blocks::blocked_by(tx, key.target)?;
            history.blocks.insert(key.target, blocked);
            let until = cooldowns::find(tx, key.target, key.allowed, &key.items_key)?;
            history.cooldowns.extend(until.map(|until| (key.clone(), until)));
            if let Some(pending) = requests::find_pending(tx, key.target, key.allowed, &key.items_key)? {
                let items = requests::items(tx, pending.id)?;
                history.pending.insert(key.clone(), (pending, items));
            }
        }
        Ok((history, LockedLimits::lock(tx, &limits)?))
    }

    /// Whether the caller of a filing may see a person.
    pub fn sees(&self, user: Option<UserId>, key: Option<KeyId>, other: UserId) -> bool {
        user == Some(other) || self.seen.contains(&(user, key, other))
    }

    fn load_together(tx: &mut Tx<'_>, filings: &[HistoryKey], limits: &[RateLimit]) -> Result<(Self, LockedLimits), StoreError> {
        let mut history = Self::default();
        let keys: Vec<&RequestKey> = filings.iter().filter_map(|filing| filing.request.as_ref()).collect();
        let limit_keys = rate_limits::keys(limits);
        let (kinds, subjects): (Vec<&str>, Vec<i64>) = limit_keys.iter().copied().unzip();
        let (mut viewers, mut others, mut apps) = (Vec::new(), Vec::new(), Vec::new());
        for filing in filings {
            for other in &filing.named {
                // No row has the id 0.
                viewers.push(filing.user.map_or(0, |id| id.0));
                others.push(other.0);
                apps.push(filing.key.map_or(0, |id| id.0));
            }
        }
        let query = sql_query(InTheWay::TEXT)
            .bind::<Array<BigInt>, _>(keys.iter().map(|key| key.target.0).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(keys.iter().map(|key| key.allowed.0).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(keys.iter().map(|key| key.items_key.as_str()).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(&kinds)
            .bind::<Array<BigInt>, _>(&subjects)
            .bind::<Array<BigInt>, _>(&viewers)
            .bind::<Array<BigInt>, _>(&others)
            .bind::<Array<BigInt>, _>(&apps);
        let now = tx.now();
        let Conn::Postgres(conn) = tx.conn() else { return Ok((history, LockedLimits::default())) };
        let rows: Vec<(String, i64, i64, String, i64)> = Statement::<InTheWay, _>::of(query).load(conn)?;
        let (mut pending, mut locked) = (Vec::new(), Vec::new());
        for (what, first, second, text, third) in rows {
            match what.as_str() {
                "pending" => pending.push(first),
                "cooldown" => {
                    let key = RequestKey { target: UserId(first), allowed: UserId(second), items_key: text };
                    let until = from_micros(third);
                    history.cooldowns.extend((now < until).then_some((key, until)));
                }
                "limit" => locked.extend(key_at(&limit_keys, first).map(|key| (key, second))),
                "seen" => {
                    let id = |id: i64| (id != 0).then_some(id);
                    history.seen.insert((id(first).map(UserId), id(third).map(KeyId), UserId(second)));
                }
                _ => history.blocks.entry(UserId(first)).or_default().extend(Blocked::read(&text, second)),
            }
        }
        for (key, pending, item) in requests::pending_by_id(conn, pending)? {
            history.pending.entry(key).or_insert_with(|| (pending, Vec::new())).1.push(item);
        }
        // Missing rows are added before any row is locked. A batch waits for locks only briefly; then its commands run alone.
        let is_whole = locked.len() == limit_keys.len();
        let limits = if is_whole { LockedLimits::locked(locked.into_iter()) } else { LockedLimits::lock(tx, limits)? };
        Ok((history, limits))
    }
}

// `LATERAL` with `LIMIT` forces an index lookup for each row. The planner's statistics are old while a table grows fast, and it
// would read all pending requests instead.
raw_query! {
    InTheWay -> (Text, BigInt, BigInt, Text, BigInt) = concat!(
        "SELECT 'pending', f.id, 0::bigint, '', 0::bigint
         FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS m (target, allowed, items_key)
         CROSS JOIN LATERAL (SELECT r.id FROM requests r
             WHERE r.target_id = m.target AND r.allowed_id = m.allowed AND r.items_key = m.items_key AND r.state = 'pending'
             LIMIT 1) f
         UNION ALL SELECT 'cooldown', m.target, m.allowed, m.items_key, f.until_at
         FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS m (target, allowed, items_key)
         CROSS JOIN LATERAL (SELECT c.until_at FROM cooldowns c
             WHERE c.target_id = m.target AND c.allowed_id = m.allowed AND c.items_key = m.items_key LIMIT 1) f
         UNION ALL SELECT 'block', b.decider_id, b.blocked_id, b.kind, 0 FROM blocks b WHERE b.decider_id = ANY ($1)
         UNION ALL SELECT 'limit', h.place, h.full_at, '', 0
         FROM (", lock_limits!("$4", "$5"), ") h
         UNION ALL SELECT 'seen', m.viewer, m.other, '', m.key
         FROM unnest($6::bigint[], $7::bigint[], $8::bigint[]) AS m (viewer, other, key)
         WHERE EXISTS (", seen!("m.viewer", "= m.other", "m.key", "+"), ")");
}
