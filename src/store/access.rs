//! What somebody holds on something: the live grants that reach them, found by indexes that lead from the one to the other,
//! so that it costs what those two have to do with each other and not what there is.
//!
//! A grant reaches whom it names, whoever is in the group that it names, or a whole kind of people. The rows of
//! `grant_resources` say in `grantee_id` to whom, kinds as numbers that no principal has (`reach`), so that a resource with
//! a hundred thousand links to it is as quickly asked about as one with none.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::bundles::unreadable;
use super::schema::{bundles, grants, resources, user_groups, users};
use super::statement::{Statement, Written};
use super::{StoreError, Tx, each};
use crate::domain::{Address, BundleId, GrantId, GranteeKind, GroupId, Level, PrincipalId, ResourceId, ResourceKind, UserId};

/// Who is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A person, with every group they are in.
    User(UserId),
    /// A group by itself.
    Group(GroupId),
    /// Somebody whom we know, whoever it is: what reaches all of them.
    Anybody,
    /// Some group, whichever it is.
    AnyGroup,
    /// Whoever is not signed in.
    Nobody,
}

impl Holder {
    /// The principal; 0 is nobody's.
    const fn id(self) -> i64 {
        match self {
            Self::User(UserId(id)) | Self::Group(GroupId(id)) => id,
            Self::Anybody | Self::AnyGroup | Self::Nobody => 0,
        }
    }

    /// The kind of people they are beside everyone.
    const fn own_kind(self) -> i64 {
        match self {
            Self::User(_) | Self::Anybody => AUTHENTICATED,
            Self::Group(_) | Self::AnyGroup => 0,
            Self::Nobody => GUEST,
        }
    }

    const fn is_reached_by(self, kind: GranteeKind) -> bool {
        match kind {
            GranteeKind::User | GranteeKind::ExternalUser => matches!(self, Self::User(_)),
            GranteeKind::Group => matches!(self, Self::User(_) | Self::Group(_)),
            GranteeKind::Authenticated => matches!(self, Self::User(_) | Self::Anybody),
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

/// Somebody by the name they sign in with.
pub fn user_by_username(tx: &mut Tx<'_>, username: &str) -> Result<Option<UserId>, StoreError> {
    let query = users::table.filter(users::username.eq(username)).filter(users::deleted_at.is_null()).select(users::id);
    Ok(each!(tx, |c| query.get_result(c).optional()?).map(UserId))
}

/// Somebody by address.
pub fn user_by_email(tx: &mut Tx<'_>, email: &Address) -> Result<Option<UserId>, StoreError> {
    let query = users::table.filter(users::email.eq(email.as_str())).filter(users::deleted_at.is_null()).select(users::id);
    Ok(each!(tx, |c| query.get_result(c).optional()?).map(UserId))
}

/// A group by name.
pub fn group_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<GroupId>, StoreError> {
    let query =
        user_groups::table.filter(user_groups::name.eq(name)).filter(user_groups::deleted_at.is_null()).select(user_groups::id);
    Ok(each!(tx, |c| query.get_result(c).optional()?).map(GroupId))
}

/// A bundle by name.
pub fn bundle_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<BundleId>, StoreError> {
    let query = bundles::table.filter(bundles::name.eq(name)).filter(bundles::deleted_at.is_null()).select(bundles::id);
    Ok(each!(tx, |c| query.get_result(c).optional()?).map(BundleId))
}

/// A resource by its URI, and what it is.
pub fn resource_by_uri(tx: &mut Tx<'_>, uri: &str) -> Result<Option<(ResourceId, ResourceKind)>, StoreError> {
    let query = resources::table.filter(resources::uri.eq(uri)).filter(resources::deleted_at.is_null());
    let query = query.select((resources::id, resources::kind));
    each!(tx, |c| query.get_result(c).optional()?).map(known).transpose()
}

/// A resource by its number, and what it is.
pub fn resource_by_id(tx: &mut Tx<'_>, id: ResourceId) -> Result<Option<(ResourceId, ResourceKind)>, StoreError> {
    let query = resources::table.find(id.0).filter(resources::deleted_at.is_null()).select((resources::id, resources::kind));
    each!(tx, |c| query.get_result(c).optional()?).map(known).transpose()
}

fn known((id, kind): (i64, String)) -> Result<(ResourceId, ResourceKind), StoreError> {
    let kind = ResourceKind::parse(&kind).ok_or_else(|| unreadable("resources.kind", &kind))?;
    Ok((ResourceId(id), kind))
}

/// The pieces of the texts. `holder` has all that a grant can be to so that it reaches the holder, each once: nothing where
/// `here` has no row.
macro_rules! holder {
    ($holder:literal, $own_kind:literal) => {
        concat!(
            ", holder (id) AS MATERIALIZED (SELECT ",
            $holder,
            " FROM here UNION ALL SELECT m.group_id FROM here CROSS JOIN group_members m CROSS JOIN user_groups p
                WHERE p.id = m.group_id AND p.deleted_at IS NULL AND m.user_id = ",
            $holder,
            " UNION ALL SELECT ",
            $own_kind,
            " FROM here UNION ALL SELECT -2 FROM here) "
        )
    };
}

/// That the holder is here, as what they are asked about as.
macro_rules! is_here {
    ($holder:literal, $own_kind:literal) => {
        concat!(
            " (",
            $holder,
            " = 0 OR ",
            $own_kind,
            " = -1 AND EXISTS (SELECT 1 FROM users h WHERE h.id = ",
            $holder,
            " AND h.deleted_at IS NULL) OR ",
            $own_kind,
            " = 0 AND EXISTS (SELECT 1 FROM user_groups h WHERE h.id = ",
            $holder,
            " AND h.deleted_at IS NULL)) "
        )
    };
}

/// That the grant `g` gives access now, and its giver is here.
macro_rules! is_live {
    ($now:literal) => {
        concat!(
            " g.revoked_at IS NULL AND g.deleted_at IS NULL AND g.is_enabled AND g.starts_at <= ",
            $now,
            " AND (g.ends_at IS NULL OR g.ends_at > ",
            $now,
            ") AND EXISTS (SELECT 1 FROM users giver WHERE giver.id = g.grantor_id AND giver.deleted_at IS NULL) "
        )
    };
}

/// That the grant `g` is of its whole bundle.
macro_rules! is_whole {
    () => {
        " NOT EXISTS (SELECT 1 FROM grant_resources part WHERE part.grant_id = g.id) "
    };
}

/// That a resource of the grant `g`, as `s` has it, is still in the bundle that the grant is of, if it is of one.
macro_rules! is_still_in {
    () => {
        " (g.bundle_id IS NULL OR EXISTS (SELECT 1 FROM bundle_resources i CROSS JOIN bundles b
            WHERE i.bundle_id = g.bundle_id AND i.resource_id = s.resource_id AND b.id = i.bundle_id
                AND b.deleted_at IS NULL)) "
    };
}

/// That the grant `g` is to a kind of people.
macro_rules! is_for_a_kind {
    () => {
        " g.grantee_id IS NULL AND g.grantee_kind <> 'public_link' "
    };
}

mod search;

pub use search::{Candidate, Crowd, Place, ResourceFilter, bundles_of, groups_after, holders_of_bundle};
pub use search::{holders_of_person, holders_of_resource, persons_of, resources_of, users_after};

/// The texts, by name: for the test that looks at how the databases go about them.
pub fn statements() -> Vec<(&'static str, &'static str)> {
    let own = [("on_resource", OnResource::TEXT), ("on_bundle", OnBundle::TEXT), ("on_person", OnPerson::TEXT)];
    own.into_iter().chain(search::STATEMENTS).collect()
}

// In these `CROSS JOIN` says in which order SQLite goes: from the few rows that are between the holder and the thing, not from
// all that the holder has. PostgreSQL finds its own order.
//
// In these `$1` is the holder, `$2` what they are asked about, `$3` the holder's own kind, `$4` now.

macro_rules! columns {
    () => {
        " SELECT g.id, g.parent_id, g.grantee_kind, g.level, g.reshare "
    };
}

macro_rules! owner {
    () => {
        " UNION ALL SELECT CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), \
         CAST(NULL AS INTEGER) FROM here "
    };
}

enum OnResource {}

impl Written for OnResource {
    type Columns = Columns;

    const TEXT: &'static str = concat!(
        "WITH here AS MATERIALIZED (SELECT r.owner_id FROM resources r
            WHERE $1 >= 0 AND r.id = $2 AND r.deleted_at IS NULL AND ",
        is_here!("$1", "$3"),
        ")",
        holder!("$1", "$3"),
        // Of the resource, alone or as a part of a bundle that it is still in.
        columns!(),
        "FROM holder CROSS JOIN grant_resources s CROSS JOIN grants g
            WHERE s.resource_id = $2 AND s.grantee_id = holder.id AND g.id = s.grant_id AND ",
        is_still_in!(),
        " AND ",
        is_live!("$4"),
        // Of a whole bundle that it is in.
        "UNION ALL ",
        columns!(),
        "FROM bundle_resources i CROSS JOIN bundles b CROSS JOIN holder CROSS JOIN grants g
            WHERE i.resource_id = $2 AND b.id = i.bundle_id AND b.deleted_at IS NULL
                AND g.grantee_id = holder.id AND g.bundle_id = i.bundle_id AND ",
        is_live!("$4"),
        " AND ",
        is_whole!(),
        "UNION ALL ",
        columns!(),
        "FROM bundle_resources i CROSS JOIN bundles b CROSS JOIN here CROSS JOIN grants g
            WHERE i.resource_id = $2 AND b.id = i.bundle_id AND b.deleted_at IS NULL AND g.bundle_id = i.bundle_id AND ",
        is_for_a_kind!(),
        " AND ",
        is_live!("$4"),
        " AND ",
        is_whole!(),
        owner!(),
        "WHERE owner_id = $1 OR EXISTS (SELECT 1 FROM bundle_resources i CROSS JOIN bundles b
            WHERE i.resource_id = $2 AND b.id = i.bundle_id AND b.owner_id = $1 AND b.deleted_at IS NULL)",
    );
}

enum OnBundle {}

impl Written for OnBundle {
    type Columns = Columns;

    const TEXT: &'static str = concat!(
        "WITH here AS MATERIALIZED (SELECT b.owner_id FROM bundles b WHERE $1 >= 0 AND b.id = $2 AND b.deleted_at IS NULL
            AND b.owner_id IS NOT NULL AND ",
        is_here!("$1", "$3"),
        ")",
        holder!("$1", "$3"),
        columns!(),
        "FROM holder CROSS JOIN grants g WHERE g.grantee_id = holder.id AND g.bundle_id = $2 AND ",
        is_live!("$4"),
        " AND ",
        is_whole!(),
        "UNION ALL ",
        columns!(),
        "FROM here CROSS JOIN grants g WHERE g.bundle_id = $2 AND ",
        is_for_a_kind!(),
        " AND ",
        is_live!("$4"),
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
        "WITH here AS MATERIALIZED (SELECT u.id FROM users u WHERE $1 >= 0 AND u.id = $2 AND u.deleted_at IS NULL AND ",
        is_here!("$1", "$3"),
        ")",
        holder!("$1", "$3"),
        columns!(),
        "FROM holder CROSS JOIN grants g CROSS JOIN bundles b
            WHERE g.grantor_id = $2 AND g.grantee_id = holder.id AND b.id = g.bundle_id AND b.owner_id IS NULL AND b.deleted_at IS NULL AND ",
        is_live!("$4"),
        "UNION ALL ",
        columns!(),
        "FROM here CROSS JOIN grants g CROSS JOIN bundles b
            WHERE g.grantor_id = $2 AND b.id = g.bundle_id AND b.owner_id IS NULL AND b.deleted_at IS NULL AND ",
        is_for_a_kind!(),
        " AND ",
        is_live!("$4"),
        owner!(),
        "WHERE id = $1",
    );
}
