//! The fingerprint of the key that seals this database's links; never the key itself.

use diesel::prelude::*;

use super::schema::meta;
use super::{StoreError, Tx, each};

const NAME: &str = "server_key";

/// The fingerprint of the key; none before the first start.
pub fn fingerprint(tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
    let query = meta::table.find(NAME).select(meta::value);
    Ok(each!(tx, |c| query.get_result(c).optional()?))
}

/// Stores the fingerprint if there is none; returns the stored one.
pub fn bind(tx: &mut Tx<'_>, ours: &str) -> Result<String, StoreError> {
    let values = (meta::name.eq(NAME), meta::value.eq(ours));
    each!(tx, |c| diesel::insert_into(meta::table).values(values).on_conflict_do_nothing().execute(c)?);
    Ok(fingerprint(tx)?.unwrap_or_default())
}

/// Replaces the fingerprint.
pub fn rebind(tx: &mut Tx<'_>, ours: &str) -> Result<(), StoreError> {
    bind(tx, ours)?;
    each!(tx, |c| diesel::update(meta::table.find(NAME)).set(meta::value.eq(ours)).execute(c)?);
    Ok(())
}
