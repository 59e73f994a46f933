//! The statements that find the access of a subject to one object.

use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::RawQuery;

// `CROSS JOIN` fixes SQLite's join order: from the few rows between subject and object, not from all grants of the subject.
// PostgreSQL chooses its own order. Each way of reaching the subject is a separate arm, because SQLite would build a list of
// them again for each question, at twice the cost of the whole lookup.
//
// `$1` is the subject, `$2` the object, `$3` now, `$4` the subject's kind. In `OnResource`, `$5` says whether both are known to
// exist. A row without a level is not a grant. Without an id it says that the object exists, and names its owner. With an id it
// names a bundle with the resource, and the bundle's owner.

/// A grant, or a fact about the object.
pub(super) type Columns = (Nullable<BigInt>, Nullable<BigInt>, Nullable<Text>, Nullable<Text>, Nullable<Integer>);

macro_rules! columns {
    () => {
        " SELECT g.id, g.parent_id, g.grantee_kind, g.level, g.reshare "
    };
}

macro_rules! fact {
    ($id:literal, $owner:literal) => {
        concat!(" SELECT ", $id, ", ", $owner, ", CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS INTEGER) ")
    };
}

/// The grant `g` is live and covers its whole bundle.
macro_rules! is_live_and_whole {
    ($now:literal) => {
        concat!(is_live!($now), " AND ", is_whole!())
    };
}

/// The group `m.group_id` exists.
macro_rules! is_group_here {
    () => {
        " EXISTS (SELECT 1 FROM user_groups p WHERE p.id = m.group_id AND p.deleted_at IS NULL) "
    };
}

/// Grants of the resource, alone or as part of a bundle that still contains it.
macro_rules! of_resource {
    ($from:literal, $reach:literal, $what:literal, $now:literal) => {
        concat!(
            columns!(),
            $from,
            "grant_resources s CROSS JOIN grants g
                WHERE s.grantee_id = ",
            $reach,
            " AND s.resource_id = ",
            $what,
            " AND g.id = s.grant_id AND ",
            is_still_in!(),
            " AND ",
            is_live!($now),
        )
    };
}

/// Grants come before facts, so that a search can stop at the first sufficient grant.
macro_rules! on_resource {
    ($who:literal, $in_groups:literal, $what:literal, $now:literal, $own_kind:literal, $is_known:literal) => {
        concat!(
            of_resource!("FROM ", $who, $what, $now),
            " UNION ALL ",
            of_resource!("FROM ", $own_kind, $what, $now),
            " UNION ALL ",
            of_resource!("FROM ", "-2", $what, $now),
            " UNION ALL ",
            of_resource!("FROM group_members m CROSS JOIN ", $in_groups, $what, $now),
            " AND ",
            is_group_here!(),
            " UNION ALL ",
            fact!("CAST(NULL AS BIGINT)", "r.owner_id"),
            "FROM resources r WHERE r.id = ",
            $what,
            " AND r.deleted_at IS NULL AND ",
            is_here!($who, $own_kind, $is_known),
            " UNION ALL ",
            fact!("b.id", "b.owner_id"),
            "FROM bundle_resources i CROSS JOIN bundles b WHERE i.resource_id = ",
            $what,
            " AND b.id = i.bundle_id AND b.deleted_at IS NULL"
        )
    };
}

pub(super) enum OnResource {}

impl RawQuery for OnResource {
    type Columns = Columns;

    const TEXT: &'static str = on_resource!("$1", "m.group_id AND m.user_id = $1", "$2", "$3", "$4", "$5");
}

/// Grants of whole bundles that contain the resource.
macro_rules! of_bundles_around {
    ($from:literal, $reach:literal, $what:literal) => {
        concat!(
            columns!(),
            "FROM bundle_resources i CROSS JOIN bundles b CROSS JOIN ",
            $from,
            "grants g WHERE ",
            $reach,
            " AND i.resource_id = ",
            $what,
            " AND b.id = i.bundle_id AND b.deleted_at IS NULL AND g.bundle_id = i.bundle_id AND ",
        )
    };
}

/// `$rest` is used only so that every parameter of a statement has a value.
macro_rules! around_resource {
    ($who:literal, $in_groups:literal, $what:literal, $now:literal, $rest:literal) => {
        concat!(
            of_bundles_around!("", $who, $what),
            is_live_and_whole!($now),
            $rest,
            " UNION ALL ",
            of_bundles_around!("group_members m CROSS JOIN ", $in_groups, $what),
            is_group_here!(),
            " AND ",
            is_live_and_whole!($now),
            " UNION ALL ",
            of_bundles_around!("", "0 = 0", $what),
            is_for_a_kind!(),
            " AND ",
            is_live_and_whole!($now)
        )
    };
}

/// Runs only for resources in a bundle, and most are in none.
pub(super) enum AroundResource {}

impl RawQuery for AroundResource {
    type Columns = Columns;

    const TEXT: &'static str =
        around_resource!("g.grantee_id = $1", "m.user_id = $1 AND g.grantee_id = m.group_id", "$2", "$3", " AND $4 < 1");
}

/// Many questions at once, for PostgreSQL. Each names the person by address (`$1`) or username (`$2`, with its key `$4`), and
/// the resource by URI (`$3`); `$5` is now. A name with exactly the spelling of a contested name matches nobody.
///
/// The first column is the index of the question; the others are the person, the resource and the columns of [`OnResource`] and
/// [`AroundResource`]. If person or resource does not exist, one row says so.
pub(super) enum OnResources {}

impl RawQuery for OnResources {
    type Columns = (
        BigInt,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Integer>,
    );

    const TEXT: &'static str = concat!(
        "SELECT a.place, a.who, a.what, x.* FROM (
            SELECT q.place, u.id AS who, r.id AS what
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS q (address, username, uri, key, place)
            LEFT JOIN LATERAL (SELECT e.id FROM users e WHERE e.email = q.address AND e.deleted_at IS NULL
                UNION ALL SELECT CASE WHEN n.is_name_contested THEN NULL ELSE n.id END FROM users n
                    WHERE n.username = q.username AND n.deleted_at IS NULL
                UNION ALL SELECT k.id FROM users k
                    WHERE k.username_key = q.key AND k.deleted_at IS NULL AND NOT k.is_name_contested LIMIT 1) u ON TRUE
            LEFT JOIN LATERAL (SELECT t.id FROM resources t WHERE t.uri = q.uri AND t.deleted_at IS NULL LIMIT 1) r ON TRUE
         ) a LEFT JOIN LATERAL (",
        on_resource!("a.who", "m.group_id AND m.user_id = a.who", "a.what", "$5", "-1", "TRUE"),
        " UNION ALL ",
        around_resource!("g.grantee_id = a.who", "m.user_id = a.who AND g.grantee_id = m.group_id", "a.what", "$5", ""),
        ") x ON a.who IS NOT NULL"
    );
}

pub(super) enum OnBundle {}

impl RawQuery for OnBundle {
    type Columns = Columns;

    const TEXT: &'static str = concat!(
        columns!(),
        "FROM grants g WHERE g.grantee_id = $1 AND g.bundle_id = $2 AND ",
        is_live_and_whole!("$3"),
        " UNION ALL ",
        columns!(),
        "FROM group_members m CROSS JOIN grants g
            WHERE m.user_id = $1 AND g.grantee_id = m.group_id AND g.bundle_id = $2 AND ",
        is_group_here!(),
        " AND ",
        is_live_and_whole!("$3"),
        " UNION ALL ",
        columns!(),
        "FROM grants g WHERE g.bundle_id = $2 AND ",
        is_for_a_kind!(),
        " AND ",
        is_live_and_whole!("$3"),
        " UNION ALL ",
        fact!("CAST(NULL AS BIGINT)", "b.owner_id"),
        "FROM bundles b WHERE b.id = $2 AND b.deleted_at IS NULL AND b.owner_id IS NOT NULL AND ",
        is_here!("$1", "$4", "FALSE"),
    );
}

pub(super) enum OnPerson {}

impl RawQuery for OnPerson {
    type Columns = Columns;

    const TEXT: &'static str = concat!(
        columns!(),
        "FROM grants g CROSS JOIN bundles b WHERE g.grantee_id = $1 AND g.grantor_id = $2
            AND b.id = g.bundle_id AND b.owner_id IS NULL AND b.deleted_at IS NULL AND ",
        is_live!("$3"),
        " UNION ALL ",
        columns!(),
        "FROM group_members m CROSS JOIN grants g CROSS JOIN bundles b
            WHERE m.user_id = $1 AND g.grantor_id = $2 AND g.grantee_id = m.group_id
                AND b.id = g.bundle_id AND b.owner_id IS NULL AND b.deleted_at IS NULL AND ",
        is_group_here!(),
        " AND ",
        is_live!("$3"),
        " UNION ALL ",
        columns!(),
        "FROM grants g CROSS JOIN bundles b
            WHERE g.grantor_id = $2 AND b.id = g.bundle_id AND b.owner_id IS NULL AND b.deleted_at IS NULL AND ",
        is_for_a_kind!(),
        " AND ",
        is_live!("$3"),
        " UNION ALL ",
        fact!("CAST(NULL AS BIGINT)", "u.id"),
        "FROM users u WHERE u.id = $2 AND u.deleted_at IS NULL AND ",
        is_here!("$1", "$4", "FALSE"),
    );
}
