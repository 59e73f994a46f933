//! Changes of how a person is identified, made by somebody else: who may confirm them, and until when they hold.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::bundles::unreadable;
use super::schema::{account_changes, users};
use super::{StoreError, Tx, each, row};
use crate::clock::from_micros;
use crate::domain::{AccountChange, Address, UserId};
use crate::secret::SecretHash;

row! {
    struct Row from account_changes {
        email: String,
        what: String,
        secret_hash: Option<Vec<u8>>,
        created_at: i64,
        until_at: i64,
    }
}

/// A change that holds, or held.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The address before the first of the changes that hold; only its reader can confirm them.
    pub email: Address,
    /// What was changed last.
    pub what: AccountChange,
    /// The hash of the secret in the link of the newest email to that address.
    pub secret_hash: Option<Vec<u8>>,
    /// Time of the last change.
    pub at: DateTime<Utc>,
    /// Time until which the person decides nothing.
    pub until: DateTime<Utc>,
}

/// Finds the change of a person's account, whether it still holds or not.
pub fn find(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Stored>, StoreError> {
    let query = account_changes::table.find(user.0).select(Row::columns());
    let row: Option<Row> = each!(tx, |c| query.get_result(c).optional()?);
    row.map(|row| {
        Ok(Stored {
            email: Address::from_stored(row.email),
            what: AccountChange::parse(&row.what).ok_or_else(|| unreadable("account_changes.what", &row.what))?,
            secret_hash: row.secret_hash,
            at: from_micros(row.created_at),
            until: from_micros(row.until_at),
        })
    })
    .transpose()
}

/// Stores a change, which replaces the one before, and keeps the person from deciding until then.
pub fn put(tx: &mut Tx<'_>, user: UserId, email: &Address, what: AccountChange, until: DateTime<Utc>) -> Result<(), StoreError> {
    let (now, until) = (tx.micros(), until.timestamp_micros());
    let set = || {
        (
            account_changes::email.eq(email.as_str()),
            account_changes::what.eq(what.as_str()),
            account_changes::secret_hash.eq(None::<Vec<u8>>),
            account_changes::created_at.eq(now),
            account_changes::until_at.eq(until),
        )
    };
    each!(tx, |c| {
        diesel::insert_into(account_changes::table)
            .values((account_changes::user_id.eq(user.0), set()))
            .on_conflict(account_changes::user_id)
            .do_update()
            .set(set())
            .execute(c)?
    });
    set_decides_from(tx, user, Some(until))
}

/// Stores the hash of the secret that confirms the change.
pub fn set_secret(tx: &mut Tx<'_>, user: UserId, secret: SecretHash) -> Result<(), StoreError> {
    let update = diesel::update(account_changes::table.find(user.0))
        .set(account_changes::secret_hash.eq(Some(secret.as_bytes().to_vec())));
    each!(tx, |c| update.execute(c)?);
    Ok(())
}

/// Removes a change that was confirmed, so that the person decides again; false if there is none.
pub fn delete(tx: &mut Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    let removed = each!(tx, |c| diesel::delete(account_changes::table.find(user.0)).execute(c)?) == 1;
    set_decides_from(tx, user, None)?;
    Ok(removed)
}

fn set_decides_from(tx: &mut Tx<'_>, user: UserId, from: Option<i64>) -> Result<(), StoreError> {
    each!(tx, |c| diesel::update(users::table.find(user.0)).set(users::decides_from.eq(from)).execute(c)?);
    Ok(())
}
