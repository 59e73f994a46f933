//! Browsers in which a person proved their mailbox, and which stand for that proof at later sign-ins there.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::schema::remembered_browsers;
use super::{StoreError, Tx, each};
use crate::clock::from_micros;
use crate::domain::UserId;
use crate::secret::SecretHash;

/// How long a browser is remembered.
pub const LASTS: TimeDelta = TimeDelta::days(90);
/// The limit of remembered browsers of a person. A new one beyond it ends the least recently used.
const MOST: i64 = 20;

/// A stored browser, for the check of its cookie.
#[derive(Clone, Debug, Queryable)]
pub struct Stored {
    /// The person.
    pub user: i64,
    /// The hash of the secret that stays.
    pub secret_hash: Vec<u8>,
    /// The hash of the secret that changes at each use.
    pub value_hash: Vec<u8>,
    expires_at: i64,
}

impl Stored {
    /// Whether it is still remembered.
    pub fn is_live_at(&self, now: DateTime<Utc>) -> bool {
        now < from_micros(self.expires_at)
    }
}

/// A remembered browser, as its owner sees it in the list.
#[derive(Clone, Debug)]
pub struct RememberedBrowser {
    /// Its id.
    pub id: i64,
    /// The browser, such as "Firefox, Linux", or empty.
    pub agent: String,
    /// The IP address from which it was remembered.
    pub peer: Option<String>,
    /// The time since which it is remembered.
    pub created_at: DateTime<Utc>,
    /// Time of last use.
    pub used_at: DateTime<Utc>,
    /// Time until which it is remembered.
    pub expires_at: DateTime<Utc>,
}

/// Remembers a browser.
pub fn add(
    tx: &mut Tx<'_>,
    user: UserId,
    (secret, value): (SecretHash, SecretHash),
    (agent, peer): (&str, Option<&str>),
) -> Result<i64, StoreError> {
    let now = tx.micros();
    let values = (
        remembered_browsers::user_id.eq(user.0),
        remembered_browsers::secret_hash.eq(secret.as_bytes().to_vec()),
        remembered_browsers::value_hash.eq(value.as_bytes().to_vec()),
        remembered_browsers::agent.eq(agent),
        remembered_browsers::peer.eq(peer),
        remembered_browsers::created_at.eq(now),
        remembered_browsers::used_at.eq(now),
        remembered_browsers::expires_at.eq((tx.now() + LASTS).timestamp_micros()),
    );
    let id: i64 = each!(tx, |c| {
        diesel::insert_into(remembered_browsers::table).values(values).returning(remembered_browsers::id).get_result(c)?
    });
    let older = remembered_browsers::table
        .filter(remembered_browsers::user_id.eq(user.0))
        .filter(remembered_browsers::id.ne(id))
        .order((remembered_browsers::used_at.desc(), remembered_browsers::id.desc()))
        .offset(MOST - 1)
        .limit(MOST)
        .select(remembered_browsers::id);
    let older: Vec<i64> = each!(tx, |c| older.load(c)?);
    for old in older {
        delete_of(tx, user, old)?;
    }
    Ok(id)
}

/// Finds a browser, remembered or expired.
pub fn find(tx: &mut Tx<'_>, id: i64) -> Result<Option<Stored>, StoreError> {
    let columns = (
        remembered_browsers::user_id,
        remembered_browsers::secret_hash,
        remembered_browsers::value_hash,
        remembered_browsers::expires_at,
    );
    Ok(each!(tx, |c| remembered_browsers::table.find(id).select(columns).get_result(c).optional()?))
}

/// Replaces the secret that changes at each use; false if a concurrent use replaced it first.
pub fn rotate(tx: &mut Tx<'_>, id: i64, from: &[u8], to: SecretHash) -> Result<bool, StoreError> {
    let now = tx.micros();
    let update = diesel::update(remembered_browsers::table.find(id).filter(remembered_browsers::value_hash.eq(from)))
        .set((remembered_browsers::value_hash.eq(to.as_bytes().to_vec()), remembered_browsers::used_at.eq(now)));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// The remembered browsers of a person, the most recently used first.
pub fn list_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<RememberedBrowser>, StoreError> {
    let query = remembered_browsers::table
        .filter(remembered_browsers::user_id.eq(user.0))
        .filter(remembered_browsers::expires_at.gt(tx.micros()))
        .order((remembered_browsers::used_at.desc(), remembered_browsers::id.desc()))
        .select((
            remembered_browsers::id,
            remembered_browsers::agent,
            remembered_browsers::peer,
            remembered_browsers::created_at,
            remembered_browsers::used_at,
            remembered_browsers::expires_at,
        ));
    let rows: Vec<(i64, String, Option<String>, i64, i64, i64)> = each!(tx, |c| query.load(c)?);
    let read = |(id, agent, peer, created_at, used_at, expires_at)| RememberedBrowser {
        id,
        agent,
        peer,
        created_at: from_micros(created_at),
        used_at: from_micros(used_at),
        expires_at: from_micros(expires_at),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Forgets a browser of a person; false if it is not theirs.
pub fn delete_of(tx: &mut Tx<'_>, user: UserId, id: i64) -> Result<bool, StoreError> {
    let these = remembered_browsers::table.find(id).filter(remembered_browsers::user_id.eq(user.0));
    Ok(each!(tx, |c| diesel::delete(these).execute(c)?) == 1)
}

/// Forgets all browsers of a person; returns how many.
pub fn delete_all_of(tx: &mut Tx<'_>, user: UserId) -> Result<usize, StoreError> {
    let these = remembered_browsers::table.filter(remembered_browsers::user_id.eq(user.0));
    Ok(each!(tx, |c| diesel::delete(these).execute(c)?))
}
