//! Single-use tokens: the hash of a secret, bound to a request, a person and the address it was mailed to. Whether one is
//! still good is the request's state, so that one decision closes all of a request's tokens without touching them.

use diesel::prelude::*;

use super::schema::{meta, tokens};
use super::{StoreError, Tx, each};
use crate::domain::{Address, RequestId, TokenId, UserId};
use crate::token::{SecretHash, digest};

const PURPOSE: &str = "redeem";

/// A token as it is stored.
#[derive(Clone, Debug)]
pub struct StoredToken {
    /// Its id.
    pub id: TokenId,
    /// The request it decides.
    pub request: RequestId,
    /// To whom it was mailed.
    pub user: UserId,
    /// The hash of the address it was mailed to.
    pub address_hash: Vec<u8>,
    /// The hash of its secret.
    pub secret_hash: Vec<u8>,
    /// The epoch it was made in; a restored database is in a later one.
    pub epoch: i32,
}

/// What is kept of an address to see whether it changed.
pub fn address_hash(address: &Address) -> [u8; 32] {
    digest(&[address.as_str().as_bytes()])
}

/// The database's epoch.
pub fn epoch(tx: &mut Tx<'_>) -> Result<i32, StoreError> {
    let query = meta::table.find("epoch").select(meta::value);
    let value: String = each!(tx, |c| query.get_result(c)?);
    value.parse().map_err(|_| super::bundles::unreadable("meta.epoch", &value))
}

/// Starts a new epoch: every token from before is dead, and so is every sign-in: one that was ended since lives in the copy.
pub fn begin_epoch(tx: &mut Tx<'_>) -> Result<i32, StoreError> {
    let next = epoch(tx)? + 1;
    let update = diesel::update(meta::table.find("epoch")).set(meta::value.eq(next.to_string()));
    each!(tx, |c| update.execute(c)?);
    super::credentials::end_all(tx)?;
    Ok(next)
}

/// Stores the hash of a token that is about to be mailed.
pub fn add(
    tx: &mut Tx<'_>,
    request: RequestId,
    user: UserId,
    address: &Address,
    secret: SecretHash,
    epoch: i32,
) -> Result<TokenId, StoreError> {
    let values = (
        tokens::purpose.eq(PURPOSE),
        tokens::request_id.eq(request.0),
        tokens::user_id.eq(user.0),
        tokens::address_hash.eq(address_hash(address).to_vec()),
        tokens::secret_hash.eq(secret.as_bytes().to_vec()),
        tokens::epoch.eq(epoch),
        tokens::created_at.eq(tx.micros()),
    );
    let id = each!(tx, |c| diesel::insert_into(tokens::table).values(values).returning(tokens::id).get_result(c)?);
    Ok(TokenId(id))
}

/// A token by its id, if it is one to redeem with.
pub fn find(tx: &mut Tx<'_>, id: TokenId) -> Result<Option<StoredToken>, StoreError> {
    type Row = (i64, i64, i64, Vec<u8>, Vec<u8>, i32);
    let columns = (tokens::id, tokens::request_id, tokens::user_id, tokens::address_hash, tokens::secret_hash, tokens::epoch);
    let query = tokens::table.find(id.0).filter(tokens::purpose.eq(PURPOSE)).select(columns);
    let row: Option<Row> = each!(tx, |c| query.get_result(c).optional()?);
    Ok(row.map(|(id, request, user, address_hash, secret_hash, epoch)| StoredToken {
        id: TokenId(id),
        request: RequestId(request),
        user: UserId(user),
        address_hash,
        secret_hash,
        epoch,
    }))
}

/// Forgets a token that surely reached nobody.
pub fn delete(tx: &mut Tx<'_>, id: TokenId) -> Result<(), StoreError> {
    each!(tx, |c| diesel::delete(tokens::table.find(id.0)).execute(c)?);
    Ok(())
}
