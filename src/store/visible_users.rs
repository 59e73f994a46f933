//! The people visible to a caller: those with a role in a request or grant that involves the caller. A request or grant made by
//! the caller alone makes nobody visible.
//!
//! The caller sees the requesters of requests that the caller decides, the approvers of requests that the caller filed or gains
//! by, and the grantors of the caller's access. A data owner also sees the grantees and prospective grantees of requests and
//! grants made by others.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;

use super::sql::raw::{RawQuery, Statement, raw_query};
use super::{StoreError, Tx, each};
use crate::domain::id::distinct;
use crate::domain::{AppId, UserId};

/// The limit of people in one statement.
const TOGETHER: usize = 500;

/// `$others` restricts the people. Where they are known, `$plus` excludes the indexes over the caller and over what a person
/// gains. `+r.target_id` excludes the one over approvers, which has all their requests, decided or not.
macro_rules! seen {
    ($viewer:literal, $others:literal, $key:literal, $plus:literal) => {
        concat!(
            "SELECT r.allowed_id AS id FROM requests r WHERE r.target_id = ",
            $viewer,
            " AND ",
            $plus,
            "r.allowed_id ",
            $others,
            " AND (r.initiator_id IS NULL OR r.initiator_id <> ",
            $viewer,
            ") UNION ALL SELECT r.initiator_id FROM requests r WHERE r.target_id = ",
            $viewer,
            " AND ",
            $plus,
            "r.initiator_id ",
            $others,
            " UNION ALL SELECT r.decided_by FROM requests r WHERE r.decided_by ",
            $others,
            " AND +r.target_id = r.decided_by AND ",
            $plus,
            "r.allowed_id = ",
            $viewer,
            " UNION ALL SELECT r.decided_by FROM requests r WHERE r.decided_by ",
            $others,
            " AND +r.target_id = r.decided_by AND r.initiator_id <> r.allowed_id AND ",
            $plus,
            "r.initiator_id = ",
            $viewer,
            " UNION ALL SELECT g.grantor_id FROM grants g WHERE g.grantee_id = ",
            $viewer,
            " AND g.revoked_at IS NULL AND g.grantor_id ",
            $others,
            " UNION ALL SELECT g.grantee_id FROM grants g WHERE g.owner_id = ",
            $viewer,
            " AND g.grantor_id <> ",
            $viewer,
            " AND g.grantee_kind IN ('user', 'external_user') AND g.revoked_at IS NULL AND g.grantee_id ",
            $others,
            " UNION ALL SELECT r.decided_by FROM requests r WHERE r.decided_by ",
            $others,
            " AND +r.target_id = r.decided_by AND ",
            $plus,
            "r.key_id = ",
            $key
        )
    };
}
pub(super) use seen;

/// The same, with the people's ids in the text.
const MANY: &str = seen!("$1", "IN (#)", "$2", "");

raw_query! {
    // `EXISTS` ends at the first row, where one of the people may have thousands.
    Two -> BigInt = concat!(
        "SELECT m.id FROM (SELECT CAST($1 AS BIGINT) AS id UNION SELECT CAST($2 AS BIGINT)) m WHERE EXISTS (",
        seen!("$3", "= m.id", "$4", "+"),
        ")"
    );
    All -> BigInt = seen!("$1", "IS NOT NULL", "$2", "");
}

/// The statement about one or two people, for the test of its plan.
#[must_use]
pub fn statement() -> &'static str {
    Two::TEXT
}

fn numbers(viewer: Option<UserId>, app: Option<AppId>) -> (i64, i64) {
    // No row has the id 0.
    (viewer.map_or(0, |id| id.0), app.map_or(0, |id| id.0))
}

/// Those of `others` that a person, or an app, may see.
pub fn among(
    tx: &mut Tx<'_>,
    viewer: Option<UserId>,
    app: Option<AppId>,
    others: &[UserId],
) -> Result<HashSet<UserId>, StoreError> {
    let (viewer, key) = numbers(viewer, app);
    let mut found = HashSet::new();
    match *others {
        [] => {}
        [one] => two(tx, viewer, key, (one, one), &mut found)?,
        [one, other] => two(tx, viewer, key, (one, other), &mut found)?,
        _ => {
            for part in others.chunks(TOGETHER) {
                let list = part.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(", ");
                let query = sql_query(MANY.replace('#', &list)).bind::<BigInt, _>(viewer).bind::<BigInt, _>(key);
                let rows: Vec<Found> = each!(tx, |c| query.load(c)?);
                found.extend(rows.into_iter().map(|row| UserId(row.id)));
            }
        }
    }
    Ok(found)
}

fn two(
    tx: &mut Tx<'_>,
    viewer: i64,
    key: i64,
    (one, other): (UserId, UserId),
    found: &mut HashSet<UserId>,
) -> Result<(), StoreError> {
    let query = sql_query(Two::TEXT).bind::<BigInt, _>(one.0).bind::<BigInt, _>(other.0);
    let query = query.bind::<BigInt, _>(viewer).bind::<BigInt, _>(key);
    let rows: Vec<i64> = each!(tx, |c| Statement::<Two, _>::of(query).load(c)?);
    found.extend(rows.into_iter().map(UserId));
    Ok(())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// All people visible to a person, including the person, in ascending order. The cost depends on their number and not on all
/// people.
pub fn all(tx: &mut Tx<'_>, viewer: UserId) -> Result<Vec<i64>, StoreError> {
    let query = sql_query(All::TEXT).bind::<BigInt, _>(viewer.0).bind::<BigInt, _>(0);
    let mut found: Vec<i64> = each!(tx, |c| Statement::<All, _>::of(query).load(c)?);
    found.push(viewer.0);
    Ok(distinct(found))
}
