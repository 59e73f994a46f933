//! Single-use tokens: the hash of a secret, bound to a request, a person and the address it was mailed to. Whether one is
//! still good is the request's state, so that one decision closes all of a request's tokens without touching them.

use diesel::prelude::*;

use super::requests::{self, ItemRow};
use super::schema::{meta, request_items, requests as requests_table, tokens};
use super::{StoreError, Tx, each};
use crate::domain::{Address, Request, RequestItem, TokenId, UserId};
use crate::secret::digest;

const PURPOSE: &str = "redeem";

/// A token as it is stored.
#[derive(Clone, Debug)]
pub struct StoredToken {
    /// Its id.
    pub id: TokenId,
    /// To whom it was mailed.
    pub user: UserId,
    /// The hash of the address it was mailed to.
    pub address_hash: Vec<u8>,
    /// The hash of its secret.
    pub secret_hash: Vec<u8>,
    /// Whether it was made in the epoch that the database is in: a restored one is in a later one.
    pub is_of_epoch: bool,
}

/// What is kept of an address to see whether it changed.
pub fn address_hash(address: &Address) -> [u8; 32] {
    digest(&[address.as_str().as_bytes()])
}

/// The database's epoch.
pub fn epoch(tx: &mut Tx<'_>) -> Result<i32, StoreError> {
    let query = meta::table.find("epoch").select(meta::value);
    let value: String = each!(tx, |c| query.get_result(c)?);
    read_epoch(&value)
}

pub(super) fn read_epoch(value: &str) -> Result<i32, StoreError> {
    value.parse().map_err(|_| super::bundles::unreadable("meta.epoch", value))
}

/// Starts a new epoch: every token from before is dead, and so is every sign-in: one that was ended since lives in the copy.
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

/// These tokens to redeem with, the epoch that the database is in, and their requests.
macro_rules! with_request {
    ($these:expr) => {
        tokens::table
            .inner_join(requests_table::table)
            .inner_join(meta::table.on(meta::name.eq("epoch")))
            .filter($these)
            .filter(tokens::purpose.eq(PURPOSE))
    };
}

/// The columns of [`Row`].
macro_rules! columns {
    () => {
        (tokens::id, tokens::user_id, tokens::address_hash, tokens::secret_hash, tokens::epoch, meta::value)
    };
}

/// A token by its id, if it is one to redeem with, and the request it decides.
pub fn find(tx: &mut Tx<'_>, id: TokenId) -> Result<Option<(StoredToken, Request)>, StoreError> {
    let query = with_request!(tokens::id.eq(id.0)).select((columns!(), requests::Row::columns()));
    let Some((token, request)): Option<(Row, requests::Row)> = each!(tx, |c| query.get_result(c).optional()?) else {
        return Ok(None);
    };
    Ok(Some((token.try_into()?, requests::complete(tx, request)?)))
}

/// Those of `ids` that are tokens to redeem with, and the requests they decide, without the grants that came of them; one for
/// each thing that is asked for, in order.
pub(super) fn find_all(conn: &mut PgConnection, ids: &[i64]) -> Result<Vec<(StoredToken, Request, RequestItem)>, StoreError> {
    let these = with_request!(tokens::id.eq_any(ids))
        .inner_join(request_items::table.on(request_items::request_id.eq(tokens::request_id)))
        .select((columns!(), requests::Row::columns(), ItemRow::columns()))
        .order((tokens::id.asc(), request_items::position.asc()));
    let rows: Vec<(Row, requests::Row, ItemRow)> = these.load(conn)?;
    let whole = |(token, request, item): (Row, requests::Row, ItemRow)| {
        let (_, item) = item.try_into()?;
        Ok((token.try_into()?, Request::try_from((request, None))?, item))
    };
    rows.into_iter().map(whole).collect()
}

/// Forgets a token that surely reached nobody.
pub fn delete(tx: &mut Tx<'_>, id: TokenId) -> Result<(), StoreError> {
    each!(tx, |c| diesel::delete(tokens::table.find(id.0)).execute(c)?);
    Ok(())
}

diesel::joinable!(tokens -> requests_table (request_id));
