//! The state of long jobs between their steps: one row of `meta` for each kind of job. Every daemon can show the progress, and
//! another daemon can resume a stopped job.

use diesel::prelude::*;

use crate::store::schema::meta;
use crate::store::sql::lock::{SkipLocked, locked};
use crate::store::{StoreError, Tx, each};

fn named(name: &str) -> String {
    format!("errand.{name}")
}

/// The stored state of a job.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    let query = meta::table.find(named(name)).select(meta::value);
    Ok(each!(tx, |c| query.get_result(c).optional()?))
}

/// Locks and reads the state of a job; none if another transaction has the lock, or there is no job.
pub fn take(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    let query = meta::table.find(named(name)).select(meta::value);
    Ok(each!(tx, |c| locked(query, SkipLocked).get_result(c).optional()?))
}

/// Stores the state of a job.
pub fn keep(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    let values = (meta::name.eq(named(name)), meta::value.eq(value));
    let insert = || diesel::insert_into(meta::table).values(values.clone()).on_conflict(meta::name).do_update();
    each!(tx, |c| insert().set(meta::value.eq(value)).execute(c)?);
    Ok(())
}
