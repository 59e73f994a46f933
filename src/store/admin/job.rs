//! Long work that goes on in steps, as it is kept between them: one row of `meta` for each kind of work, so that every daemon
//! can say how far it is, and another one can go on where one stopped.

use diesel::prelude::*;

use crate::store::schema::meta;
use crate::store::{Conn, StoreError, Tx, each};

fn named(name: &str) -> String {
    format!("errand.{name}")
}

/// What is kept of a kind of work.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    let query = meta::table.find(named(name)).select(meta::value);
    Ok(each!(tx, |c| query.get_result(c).optional()?))
}

/// The same, for this transaction alone to go on with; none where another has it, or there is none.
pub fn take(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    let query = meta::table.find(named(name)).select(meta::value);
    match tx.conn() {
        Conn::Sqlite(c) => Ok(query.get_result(c).optional()?),
        Conn::Postgres(c) => Ok(query.for_update().skip_locked().get_result(c).optional()?),
    }
}

/// Keeps it.
pub fn keep(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    let values = (meta::name.eq(named(name)), meta::value.eq(value));
    let insert = || diesel::insert_into(meta::table).values(values.clone()).on_conflict(meta::name).do_update();
    each!(tx, |c| insert().set(meta::value.eq(value)).execute(c)?);
    Ok(())
}
