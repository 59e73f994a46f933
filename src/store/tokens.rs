//! Single-use tokens: the hash of a secret, bound to a request, a person and an email address. The request's state decides
//! whether a token is still valid, so one decision invalidates all tokens of a request without touching them.

use diesel::prelude::*;

use super::requests::{self, ItemRow};
use super::schema::{meta, request_items, requests as requests_table, tokens};
use super::tx::Lock;
use super::{StoreError, Tx, each, load_each};
use crate::domain::{Address, Request, RequestItem, TokenId, UserId};
use crate::secret::digest;

const PURPOSE: &str = "redeem";

/// A stored token.
#[derive(Clone, Debug)]
pub struct StoredToken {
    /// The token's id.
    pub id: TokenId,
    /// The recipient.
    pub user: UserId,
    /// The hash of the recipient's address.
    pub address_hash: Vec<u8>,
    /// The hash of the secret.
    pub secret_hash: Vec<u8>,
    /// Whether the token is from the current epoch. A restored token is from an earlier one.
    pub is_of_epoch: bool,
}

/// The hash of an address, which shows whether the address changed.
pub fn address_hash(address: &Address) -> [u8; 32] {
    digest(&[address.as_str().as_bytes()])
}

/// The current epoch.
pub fn epoch(tx: &mut Tx<'_>) -> Result<i32, StoreError> {
    let query = meta::table.find("epoch").select(meta::value);
    let value: String = each!(tx, |c| query.get_result(c)?);
    read_epoch(&value)
}

pub(super) fn read_epoch(value: &str) -> Result<i32, StoreError> {
    value.parse().map_err(|_| super::bundles::unreadable("meta.epoch", value))
}

/// Starts a new epoch. All earlier tokens and sign-ins become invalid, because a restored copy contains sign-ins that were
/// ended since.
pub fn begin_epoch(tx: &mut Tx<'_>) -> Result<i32, StoreError> {
    let next = epoch(tx)? + 1;
    let update = diesel::update(meta::table.find("epoch")).set(meta::value.eq(next.to_string()));
    each!(tx, |c| update.execute(c)?);
    super::credentials::end_all(tx)?;
    Ok(next)
}

type Row = (i64, i64, Vec<u8>, Vec<u8>, i32, String);

impl TryFrom<Row> for StoredToken {
    type Error = StoreError;

    fn try_from((id, user, address_hash, secret_hash, made_in, epoch): Row) -> Result<Self, StoreError> {
        let is_of_epoch = made_in == read_epoch(&epoch)?;
        Ok(Self { id: TokenId(id), user: UserId(user), address_hash, secret_hash, is_of_epoch })
    }
}

/// Finds a token for redemption by id, with its request.
pub fn find(tx: &mut Tx<'_>, id: TokenId) -> Result<Option<(StoredToken, Request)>, StoreError> {
    let Some((token, request, _)) = find_all(tx, vec![id.0])?.into_iter().next() else { return Ok(None) };
    Ok(Some((token, requests::with_grant(tx, request)?)))
}

/// Finds tokens for redemption by id, with their requests but without grants; one row for each requested item, in order.
pub(super) fn find_all(tx: &mut Tx<'_>, ids: Vec<i64>) -> Result<Vec<(StoredToken, Request, RequestItem)>, StoreError> {
    let all = tokens::table
        .inner_join(requests_table::table)
        .inner_join(meta::table.on(meta::name.eq("epoch")))
        .inner_join(request_items::table.on(request_items::request_id.eq(tokens::request_id)))
        .filter(tokens::purpose.eq(PURPOSE))
        .select((
            (tokens::id, tokens::user_id, tokens::address_hash, tokens::secret_hash, tokens::epoch, meta::value),
            requests::Row::columns(),
            ItemRow::columns(),
        ))
        .order((tokens::id.asc(), request_items::position.asc()));
    let rows = load_each!(tx, tokens::id, ids, |these| all.filter(these), Lock::No => (Row, requests::Row, ItemRow));
    let whole = |(token, request, item): (Row, requests::Row, ItemRow)| {
        let (_, item) = item.try_into()?;
        Ok((token.try_into()?, Request::try_from((request, None))?, item))
    };
    rows.into_iter().map(whole).collect()
}

/// Deletes a token that certainly reached nobody.
pub fn delete(tx: &mut Tx<'_>, id: TokenId) -> Result<(), StoreError> {
    each!(tx, |c| diesel::delete(tokens::table.find(id.0)).execute(c)?);
    Ok(())
}

diesel::joinable!(tokens -> requests_table (request_id));
