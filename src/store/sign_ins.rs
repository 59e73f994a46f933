//! The history of a person's sign-ins: consecutive failures, times and networks, and whether the person has any live grants or
//! requests.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::rate_limits::subject;
use super::schema::{grants, requests, sign_in_failures, sign_in_networks, users};
use super::{StoreError, Tx, each};
use crate::clock::from_micros;
use crate::domain::{GranteeKind, Network, RequestState, UserId};

/// A row of failures ends after this time without one.
const ROW_ENDS: TimeDelta = TimeDelta::days(1);
/// Minimum time between two warnings to a person.
const WARN_EVERY: TimeDelta = TimeDelta::days(7);

/// A network counts as known for this time after a sign-in.
const NETWORK_KNOWN: TimeDelta = TimeDelta::days(30);
/// The limit of known networks of a person; the latest are stored.
const NETWORKS_MOST: i64 = 20;

/// Consecutive failed sign-ins for a person or name.
pub fn failures(tx: &mut Tx<'_>, subject: i64) -> Result<u32, StoreError> {
    let query = sign_in_failures::table
        .filter(sign_in_failures::subject.eq(subject))
        .filter(sign_in_failures::last_at.gt((tx.now() - ROW_ENDS).timestamp_micros()))
        .select(sign_in_failures::failures);
    let failures: Option<i32> = each!(tx, |c| query.get_result(c).optional()?);
    Ok(failures.and_then(|failures| u32::try_from(failures).ok()).unwrap_or(0))
}

/// Counts a try as failed, until it succeeds.
pub fn note_failure(tx: &mut Tx<'_>, subject: i64) -> Result<(), StoreError> {
    let so_far = i32::try_from(failures(tx, subject)?).unwrap_or(i32::MAX);
    let (now, failures) = (tx.micros(), so_far.saturating_add(1));
    let values =
        (sign_in_failures::subject.eq(subject), sign_in_failures::failures.eq(failures), sign_in_failures::last_at.eq(now));
    each!(tx, |c| {
        diesel::insert_into(sign_in_failures::table)
            .values(values)
            .on_conflict(sign_in_failures::subject)
            .do_update()
            .set((sign_in_failures::failures.eq(failures), sign_in_failures::last_at.eq(now)))
            .execute(c)?
    });
    Ok(())
}

/// Resets the failures after a successful sign-in.
pub fn forgive(tx: &mut Tx<'_>, subject: i64) -> Result<(), StoreError> {
    let row = sign_in_failures::table.find(subject).filter(sign_in_failures::failures.gt(0));
    each!(tx, |c| diesel::update(row).set(sign_in_failures::failures.eq(0)).execute(c)?);
    Ok(())
}

/// Records a warning to a person; false if there was one recently.
pub fn note_warning(tx: &mut Tx<'_>, subject: i64) -> Result<bool, StoreError> {
    let (now, lately) = (tx.micros(), (tx.now() - WARN_EVERY).timestamp_micros());
    let row = sign_in_failures::table
        .find(subject)
        .filter(sign_in_failures::warned_at.is_null().or(sign_in_failures::warned_at.le(lately)));
    Ok(each!(tx, |c| diesel::update(row).set(sign_in_failures::warned_at.eq(now)).execute(c)?) == 1)
}

/// Subjects with outdated failures, up to `limit`.
pub fn old_failures(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<i64>, StoreError> {
    let (ended, lately) = old_before(tx);
    let query = sign_in_failures::table
        .filter(sign_in_failures::last_at.le(ended))
        .filter(sign_in_failures::warned_at.is_null().or(sign_in_failures::warned_at.le(lately)))
        .limit(limit)
        .select(sign_in_failures::subject);
    Ok(each!(tx, |c| query.load(c)?))
}

/// Deletes those of these failures that are still outdated.
pub fn forget_failures(tx: &mut Tx<'_>, subjects: &[i64]) -> Result<(), StoreError> {
    let (ended, lately) = old_before(tx);
    let rows = sign_in_failures::table
        .filter(sign_in_failures::subject.eq_any(subjects))
        .filter(sign_in_failures::last_at.le(ended))
        .filter(sign_in_failures::warned_at.is_null().or(sign_in_failures::warned_at.le(lately)));
    each!(tx, |c| diesel::delete(rows).execute(c)?);
    Ok(())
}

fn old_before(tx: &mut Tx<'_>) -> (i64, i64) {
    let now = tx.now();
    ((now - ROW_ENDS).timestamp_micros(), (now - WARN_EVERY).timestamp_micros())
}

/// Records a sign-in by day, so that frequent sign-ins with a password do not write a row each time.
pub fn note_sign_in(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    let (now, lately) = (tx.micros(), (tx.now() - TimeDelta::days(1)).timestamp_micros());
    let row = users::table.find(user.0).filter(users::signed_in_at.is_null().or(users::signed_in_at.lt(lately)));
    each!(tx, |c| diesel::update(row).set(users::signed_in_at.eq(now)).execute(c)?);
    Ok(())
}

/// Whether the person recently signed in from this network.
pub fn is_known_network(tx: &mut Tx<'_>, user: UserId, network: Network) -> Result<bool, StoreError> {
    let known_since = (tx.now() - NETWORK_KNOWN).timestamp_micros();
    Ok(signed_in_from(tx, user, network)?.is_some_and(|at| at > known_since))
}

/// Records a sign-in from this network, by day.
pub fn note_network(tx: &mut Tx<'_>, user: UserId, network: Network) -> Result<(), StoreError> {
    let (now, lately) = (tx.micros(), (tx.now() - TimeDelta::days(1)).timestamp_micros());
    if signed_in_from(tx, user, network)?.is_some_and(|at| at > lately) {
        return Ok(());
    }
    let values = (
        sign_in_networks::user_id.eq(user.0),
        sign_in_networks::network.eq(number_of(network)),
        sign_in_networks::signed_in_at.eq(now),
    );
    each!(tx, |c| {
        diesel::insert_into(sign_in_networks::table)
            .values(values)
            .on_conflict((sign_in_networks::user_id, sign_in_networks::network))
            .do_update()
            .set(sign_in_networks::signed_in_at.eq(now))
            .execute(c)?
    });
    let older = sign_in_networks::table
        .filter(sign_in_networks::user_id.eq(user.0))
        .order((sign_in_networks::signed_in_at.desc(), sign_in_networks::network.asc()))
        .offset(NETWORKS_MOST)
        .limit(NETWORKS_MOST)
        .select(sign_in_networks::network);
    let older: Vec<i64> = each!(tx, |c| older.load(c)?);
    if !older.is_empty() {
        let rows =
            sign_in_networks::table.filter(sign_in_networks::user_id.eq(user.0)).filter(sign_in_networks::network.eq_any(&older));
        each!(tx, |c| diesel::delete(rows).execute(c)?);
    }
    Ok(())
}

fn signed_in_from(tx: &mut Tx<'_>, user: UserId, network: Network) -> Result<Option<i64>, StoreError> {
    let row = sign_in_networks::table.find((user.0, number_of(network))).select(sign_in_networks::signed_in_at);
    Ok(each!(tx, |c| row.get_result(c).optional()?))
}

/// The number of a network: equal on every daemon, and not reversible.
fn number_of(network: Network) -> i64 {
    subject("known network", &[&network.octets()])
}

/// Deletes up to `limit` outdated networks; returns their number.
pub fn forget_networks(tx: &mut Tx<'_>, limit: i64) -> Result<usize, StoreError> {
    let known_since = (tx.now() - NETWORK_KNOWN).timestamp_micros();
    let old = || sign_in_networks::table.filter(sign_in_networks::signed_in_at.le(known_since));
    let rows = old()
        .order(sign_in_networks::signed_in_at.asc())
        .limit(limit)
        .select((sign_in_networks::user_id, sign_in_networks::network));
    let rows: Vec<(i64, i64)> = each!(tx, |c| rows.load(c)?);
    for key in &rows {
        let row = sign_in_networks::table.find(*key).filter(sign_in_networks::signed_in_at.le(known_since));
        each!(tx, |c| diesel::delete(row).execute(c)?);
    }
    Ok(rows.len())
}

/// The day of the last sign-in; none means never.
pub fn last_sign_in(tx: &mut Tx<'_>, user: UserId) -> Result<Option<DateTime<Utc>>, StoreError> {
    let query = users::table.find(user.0).select(users::signed_in_at);
    let at: Option<Option<i64>> = each!(tx, |c| query.get_result(c).optional()?);
    Ok(at.flatten().map(from_micros))
}

/// Whether the person has a live grant or a pending request.
pub fn has_something_live(tx: &mut Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    let now = tx.micros();
    let held = grants::table
        .filter(grants::grantee_kind.eq_any([GranteeKind::User.as_str(), GranteeKind::ExternalUser.as_str()]))
        .filter(grants::grantee_id.eq(user.0))
        .filter(grants::revoked_at.is_null())
        .filter(grants::deleted_at.is_null())
        .filter(grants::ends_at.is_null().or(grants::ends_at.gt(now)));
    if each!(tx, |c| diesel::select(exists(held)).get_result::<bool>(c)?) {
        return Ok(true);
    }
    let waiting =
        || requests::table.filter(requests::state.eq(RequestState::Pending.as_str())).filter(requests::expires_at.gt(now));
    let asked = waiting().filter(requests::target_id.eq(user.0));
    if each!(tx, |c| diesel::select(exists(asked)).get_result::<bool>(c)?) {
        return Ok(true);
    }
    let asks = waiting().filter(requests::allowed_id.eq(user.0));
    if each!(tx, |c| diesel::select(exists(asks)).get_result::<bool>(c)?) {
        return Ok(true);
    }
    // Matches the index over requests for others.
    let for_others =
        waiting().filter(requests::initiator_id.eq(user.0)).filter(requests::initiator_id.ne(requests::allowed_id.nullable()));
    Ok(each!(tx, |c| diesel::select(exists(for_others)).get_result::<bool>(c)?))
}
