//! People and apps blocked by approvers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::bundles::unreadable;
use super::schema::blocks;
use super::{StoreError, Tx, each};
use crate::clock::from_micros;
use crate::domain::{AppId, UserId};

/// A blocked person or app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    User(UserId),
    /// An app.
    App(AppId),
}

impl Blocked {
    fn columns(self) -> (&'static str, i64) {
        match self {
            Self::User(id) => ("user", id.0),
            Self::App(id) => ("key", id.0),
        }
    }

    pub(in crate::store) fn read(kind: &str, id: i64) -> Option<Self> {
        match kind {
            "user" => Some(Self::User(UserId(id))),
            "key" => Some(Self::App(AppId(id))),
            _ => None,
        }
    }
}

/// Adds a block; false if it existed.
pub fn add(tx: &mut Tx<'_>, approver: UserId, blocked: Blocked) -> Result<bool, StoreError> {
    let (kind, id) = blocked.columns();
    let values =
        (blocks::decider_id.eq(approver.0), blocks::kind.eq(kind), blocks::blocked_id.eq(id), blocks::created_at.eq(tx.micros()));
    Ok(each!(tx, |c| diesel::insert_into(blocks::table).values(values).on_conflict_do_nothing().execute(c)?) == 1)
}

/// Removes a block; false if there was none.
pub fn remove(tx: &mut Tx<'_>, approver: UserId, blocked: Blocked) -> Result<bool, StoreError> {
    let (kind, id) = blocked.columns();
    Ok(each!(tx, |c| diesel::delete(blocks::table.find((approver.0, kind, id))).execute(c)?) == 1)
}

/// Whether the approver blocked any of these.
pub fn is_blocked(tx: &mut Tx<'_>, approver: UserId, any: &[Blocked]) -> Result<bool, StoreError> {
    Ok(blocked_by(tx, approver)?.iter().any(|blocked| any.contains(blocked)))
}

/// Everybody behind a request whom its approver may have blocked.
pub fn requesters(allowed: UserId, initiator: Option<UserId>, app: Option<AppId>) -> Vec<Blocked> {
    let people = std::iter::once(allowed).chain(initiator).map(Blocked::User);
    people.chain(app.map(Blocked::App)).collect()
}

/// All people and apps blocked by an approver.
pub(in crate::store) fn blocked_by(tx: &mut Tx<'_>, approver: UserId) -> Result<Vec<Blocked>, StoreError> {
    let query = blocks::table.filter(blocks::decider_id.eq(approver.0)).select((blocks::kind, blocks::blocked_id));
    let rows: Vec<(String, i64)> = each!(tx, |c| query.load(c)?);
    Ok(rows.iter().filter_map(|(kind, id)| Blocked::read(kind, *id)).collect())
}

/// Those of `any` that the approver blocked.
pub fn blocked_of(tx: &mut Tx<'_>, approver: UserId, any: &[Blocked]) -> Result<Vec<Blocked>, StoreError> {
    let mut found = Vec::new();
    for blocked in any {
        let (kind, id) = blocked.columns();
        let query = blocks::table.find((approver.0, kind, id)).select(blocks::blocked_id);
        let row: Option<i64> = each!(tx, |c| query.get_result(c).optional()?);
        found.extend(row.map(|_| *blocked));
    }
    Ok(found)
}

/// All people and apps blocked by an approver, with the time of each block; the latest first.
pub fn list(tx: &mut Tx<'_>, approver: UserId) -> Result<Vec<(Blocked, DateTime<Utc>)>, StoreError> {
    let query = blocks::table
        .filter(blocks::decider_id.eq(approver.0))
        .order((blocks::created_at.desc(), blocks::blocked_id.desc()))
        .select((blocks::kind, blocks::blocked_id, blocks::created_at));
    let rows: Vec<(String, i64, i64)> = each!(tx, |c| query.load(c)?);
    rows.into_iter()
        .map(|(kind, id, at)| {
            let blocked = Blocked::read(&kind, id).ok_or_else(|| unreadable("blocks.kind", &kind))?;
            Ok((blocked, from_micros(at)))
        })
        .collect()
}
