//! What somebody holds on something: the live grants that reach them, found by indexes that lead from the one to the other,
//! so that it costs what those two have to do with each other and not what there is.
//!
//! A grant reaches whom it names, whoever is in the group that it names, or a whole kind of people. The rows of
//! `grant_resources` say in `grantee_id` to whom, kinds as numbers that no principal has ([`reach`]), so that a resource with
//! a hundred thousand links to it is as quickly asked about as one with none.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::bundles::unreadable;
use super::schema::{grants, users};
use super::statement::{Statement, Written};
use super::{StoreError, Tx, each};
use crate::domain::{BundleId, GrantId, GranteeKind, GroupId, Level, PrincipalId, ResourceId, UserId};

/// Who is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A person, with every group they are in.
    User(UserId),
    /// A group by itself.
    Group(GroupId),
    /// Whoever is not signed in.
    Nobody,
}

impl Holder {
    /// The principal; 0 is nobody's.
    const fn id(self) -> i64 {
        match self {
            Self::User(UserId(id)) | Self::Group(GroupId(id)) => id,
            Self::Nobody => 0,
        }
    }

    /// The kind of people they are beside everyone.
    const fn own_kind(self) -> i64 {
        match self {
            Self::User(_) => AUTHENTICATED,
            Self::Group(_) => 0,
            Self::Nobody => GUEST,
        }
    }

    const fn is_reached_by(self, kind: GranteeKind) -> bool {
        match kind {
            GranteeKind::User | GranteeKind::ExternalUser | GranteeKind::Authenticated => matches!(self, Self::User(_)),
            GranteeKind::Group => !matches!(self, Self::Nobody),
            GranteeKind::Everyone => true,
            GranteeKind::Guest => matches!(self, Self::Nobody),
            GranteeKind::PublicLink => false,
        }
    }
}

const AUTHENTICATED: i64 = -1;
const GUEST: i64 = -3;

/// What `grant_resources.grantee_id` says of whom a grant reaches: a principal, or a kind of people. A link reaches whoever
/// holds it, which no row can say.
pub(super) const fn reach(kind: GranteeKind, grantee: Option<PrincipalId>) -> Option<i64> {
    match (kind, grantee) {
        (GranteeKind::User | GranteeKind::ExternalUser | GranteeKind::Group, Some(PrincipalId(id))) => Some(id),
        (GranteeKind::Authenticated, _) => Some(AUTHENTICATED),
        // In the texts below.
        (GranteeKind::Everyone, _) => Some(-2),
        (GranteeKind::Guest, _) => Some(GUEST),
        (GranteeKind::User | GranteeKind::ExternalUser | GranteeKind::Group | GranteeKind::PublicLink, _) => None,
    }
}

/// A live grant, as far as it says what may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which one.
    pub id: GrantId,
    /// The one it is shared on under.
    pub parent: Option<GrantId>,
    /// How much.
    pub level: Level,
    /// Bits of `domain::grant::reshare`.
    pub reshare: i32,
}

/// What somebody holds on something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// It is theirs.
    pub is_owner: bool,
    /// The live grants that reach them.
    pub grants: Vec<Held>,
}

/// What `holder` holds on a resource: as its owner, as the owner of a bundle it is in, by grants of it alone and by grants of
/// bundles it is in.
pub fn on_resource(tx: &mut Tx<'_>, holder: Holder, on: ResourceId) -> Result<Holdings, StoreError> {
    ask::<OnResource>(tx, holder, on.0)
}

/// What `holder` holds on a whole bundle. A relationship is nobody's, and a grant of some of a bundle is none of the bundle.
pub fn on_bundle(tx: &mut Tx<'_>, holder: Holder, on: BundleId) -> Result<Holdings, StoreError> {
    ask::<OnBundle>(tx, holder, on.0)
}

/// What `holder` holds on a person, by grants of relationships.
pub fn on_person(tx: &mut Tx<'_>, holder: Holder, on: UserId) -> Result<Holdings, StoreError> {
    ask::<OnPerson>(tx, holder, on.0)
}

type Columns = (Nullable<BigInt>, Nullable<BigInt>, Nullable<Text>, Nullable<Text>, Nullable<Integer>);
type Row = (Option<i64>, Option<i64>, Option<String>, Option<String>, Option<i32>);

fn ask<S: Written<Columns = Columns>>(tx: &mut Tx<'_>, holder: Holder, on: i64) -> Result<Holdings, StoreError> {
    let query = sql_query(S::TEXT)
        .bind::<BigInt, _>(holder.id())
        .bind::<BigInt, _>(on)
        .bind::<BigInt, _>(holder.own_kind())
        .bind::<BigInt, _>(tx.micros());
    let rows: Vec<Row> = each!(tx, |c| Statement::<S, _>::of(query).load(c)?);
    let mut holdings = Holdings::default();
    for (id, parent, kind, level, reshare) in rows {
        let Some(id) = id else {
            holdings.is_owner = true;
            continue;
        };
        let (kind, level) = (kind.unwrap_or_default(), level.unwrap_or_default());
        let kind = GranteeKind::parse(&kind).ok_or_else(|| unreadable("grants.grantee_kind", &kind))?;
        let level = Level::parse(&level).ok_or_else(|| unreadable("grants.level", &level))?;
        if holder.is_reached_by(kind) {
            let held = Held { id: GrantId(id), parent: parent.map(GrantId), level, reshare: reshare.unwrap_or_default() };
            holdings.grants.push(held);
        }
    }
    Ok(holdings)
}

/// A grant's own level and rights, and the grant it is shared on under; none where it is not live.
pub fn live(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Held>, StoreError> {
    let now = tx.micros();
    let query = grants::table
        .inner_join(users::table.on(users::id.eq(grants::grantor_id)))
        .filter(grants::id.eq(id.0))
        .filter(grants::revoked_at.is_null())
        .filter(grants::deleted_at.is_null())
        .filter(grants::is_enabled.eq(true))
        .filter(grants::starts_at.le(now))
        .filter(grants::ends_at.is_null().or(grants::ends_at.gt(now)))
        .filter(users::deleted_at.is_null())
        .select((grants::parent_id, grants::level, grants::reshare));
    let row: Option<(Option<i64>, String, i32)> = each!(tx, |c| query.get_result(c).optional()?);
    row.map(|(parent, level, reshare)| {
        let level = Level::parse(&level).ok_or_else(|| unreadable("grants.level", &level))?;
        Ok(Held { id, parent: parent.map(GrantId), level, reshare })
    })
    .transpose()
}

/// `$1` is the holder, `$2` what they are asked about, `$3` their own kind, `$4` now. `here` has a row if both are here;
/// `holder` has all that a grant can be to so that it reaches them, each once.
macro_rules! holder {
    () => {
        ", holder (id) AS (
            SELECT $1 FROM here
            UNION ALL SELECT m.group_id FROM here CROSS JOIN group_members m JOIN user_groups p ON p.id = m.group_id
                WHERE m.user_id = $1 AND p.deleted_at IS NULL
            UNION ALL SELECT $3 FROM here
            UNION ALL SELECT -2 FROM here)
        "
    };
}

/// That the holder is here, as what they are asked about as.
macro_rules! is_here {
    () => {
        "($3 = -3 OR $3 = -1 AND EXISTS (SELECT 1 FROM users h WHERE h.id = $1 AND h.deleted_at IS NULL)
            OR $3 = 0 AND EXISTS (SELECT 1 FROM user_groups h WHERE h.id = $1 AND h.deleted_at IS NULL))"
    };
}

macro_rules! columns {
    () => {
        "SELECT g.id, g.parent_id, g.grantee_kind, g.level, g.reshare "
    };
}

macro_rules! owner {
    () => {
        " UNION ALL SELECT CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), \
         CAST(NULL AS INTEGER) FROM here "
    };
}

/// The grant `g` gives access now, and its giver is here.
macro_rules! is_live {
    () => {
        " g.revoked_at IS NULL AND g.deleted_at IS NULL AND g.is_enabled AND g.starts_at <= $4
            AND (g.ends_at IS NULL OR g.ends_at > $4)
            AND EXISTS (SELECT 1 FROM users giver WHERE giver.id = g.grantor_id AND giver.deleted_at IS NULL) "
    };
}

macro_rules! is_whole {
    () => {
        " NOT EXISTS (SELECT 1 FROM grant_resources part WHERE part.grant_id = g.id) "
    };
}

/// Grants of bundles and of relationships that name nobody.
macro_rules! is_for_a_kind {
    () => {
        " g.grantee_id IS NULL AND g.grantee_kind <> 'public_link' "
    };
}

enum OnResource {}

impl Written for OnResource {
    type Columns = Columns;

    const TEXT: &'static str = concat!(
        "WITH here AS (SELECT r.owner_id FROM resources r WHERE $1 >= 0 AND r.id = $2 AND r.deleted_at IS NULL AND ",
        is_here!(),
        ")",
        holder!(),
        // Of the resource, alone or as a part of a bundle that it is still in.
        columns!(),
        "FROM holder CROSS JOIN grant_resources s JOIN grants g ON g.id = s.grant_id
            WHERE s.resource_id = $2 AND s.grantee_id = holder.id AND (g.bundle_id IS NULL OR EXISTS (
                SELECT 1 FROM bundle_resources i JOIN bundles b ON b.id = i.bundle_id
                    WHERE i.bundle_id = g.bundle_id AND i.resource_id = $2 AND b.deleted_at IS NULL)) AND ",
        is_live!(),
        // Of a whole bundle that it is in.
        "UNION ALL ",
        columns!(),
        "FROM holder CROSS JOIN bundle_resources i JOIN bundles b ON b.id = i.bundle_id
            JOIN grants g ON g.bundle_id = i.bundle_id AND g.grantee_id = holder.id
            WHERE i.resource_id = $2 AND b.deleted_at IS NULL AND ",
        is_live!(),
        " AND ",
        is_whole!(),
        "UNION ALL ",
        columns!(),
        "FROM here CROSS JOIN bundle_resources i JOIN bundles b ON b.id = i.bundle_id JOIN grants g ON g.bundle_id = i.bundle_id
            WHERE i.resource_id = $2 AND b.deleted_at IS NULL AND ",
        is_for_a_kind!(),
        " AND ",
        is_live!(),
        " AND ",
        is_whole!(),
        owner!(),
        "WHERE owner_id = $1 OR EXISTS (SELECT 1 FROM bundle_resources i JOIN bundles b ON b.id = i.bundle_id
            WHERE i.resource_id = $2 AND b.owner_id = $1 AND b.deleted_at IS NULL)",
    );
}

enum OnBundle {}

impl Written for OnBundle {
    type Columns = Columns;

    const TEXT: &'static str = concat!(
        "WITH here AS (SELECT b.owner_id FROM bundles b WHERE $1 >= 0 AND b.id = $2 AND b.deleted_at IS NULL
            AND b.owner_id IS NOT NULL AND ",
        is_here!(),
        ")",
        holder!(),
        columns!(),
        "FROM holder CROSS JOIN grants g WHERE g.grantee_id = holder.id AND g.bundle_id = $2 AND ",
        is_live!(),
        " AND ",
        is_whole!(),
        "UNION ALL ",
        columns!(),
        "FROM here CROSS JOIN grants g WHERE g.bundle_id = $2 AND ",
        is_for_a_kind!(),
        " AND ",
        is_live!(),
        " AND ",
        is_whole!(),
        owner!(),
        "WHERE owner_id = $1",
    );
}

enum OnPerson {}

impl Written for OnPerson {
    type Columns = Columns;

    const TEXT: &'static str = concat!(
        "WITH here AS (SELECT u.id FROM users u WHERE $1 >= 0 AND u.id = $2 AND u.deleted_at IS NULL AND ",
        is_here!(),
        ")",
        holder!(),
        columns!(),
        "FROM holder CROSS JOIN grants g JOIN bundles b ON b.id = g.bundle_id
            WHERE g.grantor_id = $2 AND g.grantee_id = holder.id AND b.owner_id IS NULL AND b.deleted_at IS NULL AND ",
        is_live!(),
        "UNION ALL ",
        columns!(),
        "FROM here CROSS JOIN grants g JOIN bundles b ON b.id = g.bundle_id
            WHERE g.grantor_id = $2 AND b.owner_id IS NULL AND b.deleted_at IS NULL AND ",
        is_for_a_kind!(),
        " AND ",
        is_live!(),
        owner!(),
        "WHERE id = $1",
    );
}
