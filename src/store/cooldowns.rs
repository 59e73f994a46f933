//! The cooldown between a decline and the next equal request.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::schema::cooldowns;
use super::{StoreError, Tx, each};
use crate::clock::from_micros;
use crate::domain::UserId;

/// The end of the cooldown, if the same request was declined before.
pub fn find(tx: &mut Tx<'_>, target: UserId, allowed: UserId, items_key: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let query = cooldowns::table.find((target.0, allowed.0, items_key)).select(cooldowns::until_at);
    let until: Option<i64> = each!(tx, |c| query.get_result(c).optional()?);
    Ok(until.map(from_micros).filter(|until| tx.now() < *until))
}

/// Starts a cooldown after a decline: 7 days, doubling up to 90.
pub fn note_decline(tx: &mut Tx<'_>, target: UserId, allowed: UserId, items_key: &str) -> Result<(), StoreError> {
    let key = (target.0, allowed.0, items_key);
    let declines: Option<i32> = each!(tx, |c| cooldowns::table.find(key).select(cooldowns::declines).get_result(c).optional()?);
    let declines = declines.unwrap_or(0).saturating_add(1);
    let days = 7_i64.checked_shl(u32::try_from(declines - 1).unwrap_or(0)).filter(|days| (7..=90).contains(days)).unwrap_or(90);
    let until = (tx.now() + TimeDelta::days(days)).timestamp_micros();
    let values = (
        cooldowns::target_id.eq(target.0),
        cooldowns::allowed_id.eq(allowed.0),
        cooldowns::items_key.eq(items_key),
        cooldowns::declines.eq(declines),
        cooldowns::until_at.eq(until),
    );
    each!(tx, |c| {
        diesel::insert_into(cooldowns::table)
            .values(values)
            .on_conflict((cooldowns::target_id, cooldowns::allowed_id, cooldowns::items_key))
            .do_update()
            .set((cooldowns::declines.eq(declines), cooldowns::until_at.eq(until)))
            .execute(c)?
    });
    Ok(())
}

/// Deletes the cooldown, because the request was approved later.
pub fn forget(tx: &mut Tx<'_>, target: UserId, allowed: UserId, items_key: &str) -> Result<(), StoreError> {
    each!(tx, |c| diesel::delete(cooldowns::table.find((target.0, allowed.0, items_key))).execute(c)?);
    Ok(())
}
