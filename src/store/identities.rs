//! Accounts at OpenID Connect providers, each identified by issuer and subject. An issuer never reuses a subject. A person has
//! one account at each issuer.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::schema::identities;
use super::{StoreError, Tx, each};
use crate::clock::from_micros;
use crate::domain::UserId;

/// An external account.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The row's id.
    pub id: i64,
    pub user: UserId,
    pub issuer: String,
    /// Time of linking.
    pub created_at: DateTime<Utc>,
    /// Time of last use.
    pub seen_at: DateTime<Utc>,
}

type Columns = (identities::id, identities::user_id, identities::issuer, identities::created_at, identities::seen_at);
type Row = (i64, i64, String, i64, i64);

const COLUMNS: Columns = (identities::id, identities::user_id, identities::issuer, identities::created_at, identities::seen_at);

fn read((id, user, issuer, created_at, seen_at): Row) -> Identity {
    Identity { id, user: UserId(user), issuer, created_at: from_micros(created_at), seen_at: from_micros(seen_at) }
}

/// Finds an account by issuer and subject.
pub fn find(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> Result<Option<Identity>, StoreError> {
    let query = identities::table.filter(identities::issuer.eq(issuer)).filter(identities::subject.eq(subject)).select(COLUMNS);
    Ok(each!(tx, |c| query.get_result::<Row>(c).optional()?).map(read))
}

/// The accounts of a person, oldest first.
pub fn list_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Identity>, StoreError> {
    let query = identities::table.filter(identities::user_id.eq(user.0)).order(identities::id.asc()).select(COLUMNS);
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    Ok(rows.into_iter().map(read).collect())
}

/// Links an account to a person. A second account at the same issuer is a violation of `identities.user`; an account that was
/// linked concurrently, of `identities.subject`.
pub fn add(tx: &mut Tx<'_>, user: UserId, issuer: &str, subject: &str) -> Result<i64, StoreError> {
    let now = tx.micros();
    let values = (
        identities::user_id.eq(user.0),
        identities::issuer.eq(issuer),
        identities::subject.eq(subject),
        identities::created_at.eq(now),
        identities::seen_at.eq(now),
    );
    Ok(each!(tx, |c| diesel::insert_into(identities::table).values(values).returning(identities::id).get_result(c)?))
}

/// Records a use of an account.
pub fn touch(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    let now = tx.micros();
    each!(tx, |c| diesel::update(identities::table.find(id)).set(identities::seen_at.eq(now)).execute(c)?);
    Ok(())
}

/// Unlinks an account of a person; false if it is not theirs.
pub fn delete(tx: &mut Tx<'_>, user: UserId, id: i64) -> Result<bool, StoreError> {
    let these = identities::table.filter(identities::id.eq(id)).filter(identities::user_id.eq(user.0));
    Ok(each!(tx, |c| diesel::delete(these).execute(c)?) == 1)
}

/// Unlinks all accounts of a person.
pub fn delete_of(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    each!(tx, |c| diesel::delete(identities::table.filter(identities::user_id.eq(user.0))).execute(c)?);
    Ok(())
}
