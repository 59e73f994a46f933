//! Rate limits (GCRA), stored in the database so that they apply across daemons and restarts. A row stores the time when a
//! limit is full again.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::budgets;
use super::sql::insert::{Insert, insert};
use super::sql::raw::{Statement, raw_query};
use super::sql::rows::{Column, Part, Rows, column};
use super::{Conn, StoreError, Tx, each};
use crate::clock::{ASTRAY, from_micros};
use crate::domain::Address;
use crate::domain::id::distinct;
use crate::secret::digest;

/// A limit: `burst` at once, and one more after each `every`.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    /// The kind of limit; part of the key.
    pub kind: &'static str,
    /// The subject of the limit, as a number.
    pub subject: i64,
    /// The burst size.
    pub burst: u32,
    /// The interval between refills.
    pub every: TimeDelta,
}

impl RateLimit {
    const fn key(&self) -> (&'static str, i64) {
        (self.kind, self.subject)
    }

    fn step(&self) -> i64 {
        self.every.num_microseconds().unwrap_or(i64::MAX / 4).max(1)
    }

    /// The time in microseconds when the limit is full again after taking one, or, as an error, the time when one is available.
    fn after_one(&self, full_at: Option<i64>, now: i64) -> Result<i64, i64> {
        let step = self.step();
        let full = step.saturating_mul(i64::from(self.burst));
        // A time further away than a full limit was written while the clock was ahead.
        let limit = now.saturating_add(full).saturating_add(ASTRAY.num_microseconds().unwrap_or_default());
        let next = full_at.filter(|full_at| *full_at <= limit).unwrap_or(now).max(now) + step;
        if next - now > full { Err(next - full) } else { Ok(next) }
    }

    /// Takes one, given the times when the limits are full again.
    fn take_from(
        &self,
        full_at: &HashMap<(&'static str, i64), i64>,
        now: i64,
    ) -> Result<((&'static str, i64), i64), RateLimited> {
        let full_at = full_at.get(&self.key()).copied();
        self.after_one(full_at, now).map(|full_at| (self.key(), full_at)).map_err(|retry_at| (self.kind, from_micros(retry_at)))
    }
}

/// A limit that is used up, and the time when one is available again.
pub type RateLimited = (&'static str, DateTime<Utc>);

/// Takes one from a rate limit. None on success, else the time when one is available. A rollback of the transaction also undoes
/// it.
pub fn take(tx: &mut Tx<'_>, limit: RateLimit) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(take_all(tx, &[limit])?.map(|(_, retry_at)| retry_at))
}

/// Takes one from each of these rate limits, or from none of them. None on success, else the first limit that is used up, and
/// the time when one is available.
pub fn take_all(tx: &mut Tx<'_>, those: &[RateLimit]) -> Result<Option<RateLimited>, StoreError> {
    Ok(take_each(tx, &[those])?.pop().flatten())
}

/// As [`take_all`] for each group separately, in order. If a limit of the first group is used up, nothing is taken: the other
/// groups depend on the first.
pub fn take_each(tx: &mut Tx<'_>, groups: &[&[RateLimit]]) -> Result<Vec<Option<RateLimited>>, StoreError> {
    let mut limits = LockedLimits::lock(tx, &groups.concat())?;
    let used_up = limits.take_each(tx.micros(), groups);
    let taken = limits.taken();
    insert(tx, vec![taken_rows(&taken)])?;
    Ok(used_up)
}

type LimitKey = (&'static str, i64);

/// Rate limits whose rows are locked in this transaction, and the changes to them.
#[derive(Clone, Debug, Default)]
pub struct LockedLimits {
    /// The times in microseconds when the limits are full again. A limit without a row is full.
    full_at: HashMap<LimitKey, i64>,
    taken: BTreeSet<LimitKey>,
}

impl LockedLimits {
    /// Locks these limits, so that of two concurrent callers the second sees the change of the first. Locks rows in key order,
    /// so concurrent callers cannot deadlock.
    pub fn lock(tx: &mut Tx<'_>, limits: &[RateLimit]) -> Result<Self, StoreError> {
        let keys = keys(limits);
        let now = tx.micros();
        if keys.is_empty() {
            return Ok(Self::default());
        }
        // A row that does not exist cannot be locked. All are added before any is locked, because two callers that do both could
        // deadlock. SQLite has one writer.
        if let Conn::Postgres(c) = tx.conn() {
            Statement::<AddMissing, _>::over(vec![Part::Number(now), Part::Rows(rows(&keys))]).execute(c)?;
        }
        let locked = vec![Part::Rows(rows(&keys)), Part::Lock];
        let locked: Vec<(i64, i64)> = each!(tx, |c| Statement::<Lock, _>::over(locked).load(c)?);
        let full_at = locked.into_iter().filter_map(|(place, at)| Some((key_at(&keys, place)?, at))).collect();
        Ok(Self { full_at, taken: BTreeSet::new() })
    }

    /// As [`take_each`], in memory.
    pub fn take_each(&mut self, now: i64, groups: &[&[RateLimit]]) -> Vec<Option<RateLimited>> {
        let mut used_up: Vec<Option<RateLimited>> = Vec::with_capacity(groups.len());
        for group in groups {
            let after: Result<Vec<_>, _> = group.iter().map(|limit| limit.take_from(&self.full_at, now)).collect();
            match after {
                Ok(after) => {
                    self.taken.extend(after.iter().map(|(key, _)| *key));
                    self.full_at.extend(after);
                    used_up.push(None);
                }
                Err(first) => used_up.push(Some(first)),
            }
            if matches!(used_up.as_slice(), [Some(_)]) {
                break;
            }
        }
        used_up
    }

    /// The changed limits, with the times when they are full again.
    pub(in crate::store) fn taken(&self) -> Vec<(LimitKey, i64)> {
        self.taken.iter().filter_map(|key| Some((*key, *self.full_at.get(key)?))).collect()
    }

    /// Limits locked by another statement.
    pub(in crate::store) fn locked(rows: impl Iterator<Item = (LimitKey, i64)>) -> Self {
        Self { full_at: rows.collect(), taken: BTreeSet::new() }
    }
}

/// The keys of these limits, in locking order.
pub(in crate::store) fn keys(limits: &[RateLimit]) -> Vec<LimitKey> {
    distinct(limits.iter().map(RateLimit::key))
}

/// The key at a position, counted from 1 as in PostgreSQL.
pub(in crate::store) fn key_at(keys: &[LimitKey], place: i64) -> Option<LimitKey> {
    keys.get(usize::try_from(place - 1).ok()?).copied()
}

/// The rows of changed limits.
pub(in crate::store) fn taken_rows(taken: &[(LimitKey, i64)]) -> Insert<'static> {
    let columns = vec![
        ("kind", Column::Texts(column(taken, |((kind, _), _)| *kind))),
        ("subject", Column::Numbers(column(taken, |((_, subject), _)| *subject))),
        ("full_at", Column::Numbers(column(taken, |(_, full_at)| *full_at))),
    ];
    Insert::new("budgets", taken.len(), columns)
        .on_conflict("ON CONFLICT (kind, subject) DO UPDATE SET full_at = excluded.full_at")
}

/// Limits as rows of a statement, numbered from 1.
pub(in crate::store) fn rows(keys: &[LimitKey]) -> Rows<'static> {
    let columns = vec![
        ("kind", Column::Texts(column(keys, |(kind, _)| *kind))),
        ("subject", Column::Numbers(column(keys, |(_, subject)| *subject))),
        ("place", Column::Numbers((1..).take(keys.len()).collect())),
    ];
    Rows::new(keys.len(), columns)
}

raw_query! {
    AddMissing -> BigInt =
        "INSERT INTO budgets (kind, subject, full_at) SELECT n.kind, n.subject, {} FROM {} ON CONFLICT DO NOTHING";
    Lock -> (BigInt, BigInt) =
        "SELECT n.place, b.full_at FROM {} JOIN budgets b ON b.kind = n.kind AND b.subject = n.subject
         ORDER BY b.kind, b.subject{}";
}

/// The subject of the limit on emails to an address's mail domain. It is equal on every daemon and does not reveal the address.
/// None if the domain is in `unlimited`.
pub fn of_mail_domain(address: &Address, unlimited: &[String]) -> Option<i64> {
    let domain = address.domain();
    if unlimited.iter().any(|other| other == domain) { None } else { Some(subject("mail domain", &[domain.as_bytes()])) }
}

/// The first of these limits that is used up, and the time when one is available. Neither takes nor locks.
pub fn spent(tx: &mut Tx<'_>, those: &[RateLimit]) -> Result<Option<(&'static str, DateTime<Utc>)>, StoreError> {
    let now = tx.micros();
    for limit in those {
        let query = budgets::table.find(limit.key()).select(budgets::full_at);
        let full_at: Option<i64> = each!(tx, |c| query.get_result(c).optional()?);
        if let Err(retry_at) = limit.after_one(full_at, now) {
            return Ok(Some((limit.kind, from_micros(retry_at))));
        }
    }
    Ok(None)
}

/// Returns one to each of these limits, which was taken for a try that turned out to be correct.
pub fn give_back(tx: &mut Tx<'_>, those: &[RateLimit]) -> Result<(), StoreError> {
    // Locks in the same order as taking does.
    let mut those = those.to_vec();
    those.sort_unstable_by_key(RateLimit::key);
    for limit in those {
        let row = budgets::table.find(limit.key());
        let full_at = budgets::full_at.eq(budgets::full_at - limit.step());
        each!(tx, |c| diesel::update(row).set(full_at).execute(c)?);
    }
    Ok(())
}

/// The subject number of a limit: equal on every daemon, and not reversible.
pub fn subject(purpose: &str, parts: &[&[u8]]) -> i64 {
    let parts: Vec<&[u8]> = std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()).collect();
    digest(&parts).first_chunk().map_or(0, |first| i64::from_be_bytes(*first))
}

/// Limits that are full again: their rows are equivalent to no row.
pub fn full(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let query = budgets::table.filter(budgets::full_at.le(tx.micros())).limit(limit).select((budgets::kind, budgets::subject));
    Ok(each!(tx, |c| query.load(c)?))
}

/// Deletes those of these limits that are still full.
pub fn forget(tx: &mut Tx<'_>, those: &[(String, i64)]) -> Result<(), StoreError> {
    let now = tx.micros();
    for (kind, subject) in those {
        let row = budgets::table.find((kind, subject)).filter(budgets::full_at.le(now));
        each!(tx, |c| diesel::delete(row).execute(c)?);
    }
    Ok(())
}
