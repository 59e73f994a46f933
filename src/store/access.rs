//! What somebody holds on something: the live grants that reach them, found by indexes that lead from the one to the other,
//! so that it costs what those two have to do with each other and not what there is.
//!
//! A grant reaches whom it names, whoever is in the group that it names, or a whole kind of people. The rows of
//! `grant_resources` say in `grantee_id` to whom, kinds as numbers that no principal has (`reach`), so that a resource with
//! a hundred thousand links to it is as quickly asked about as one with none.

use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool};

use self::sql::{AroundResource, Columns, OnBundle, OnPerson, OnResource, OnResources};
use super::bundles::unreadable;
use super::names::by_name;
use super::schema::{bundles, grants, resources, user_groups, users};
use super::sql::raw::{RawQuery, Statement};
use super::{StoreError, Tx, each};
use crate::domain::{BundleId, GrantId, GranteeKind, GroupId, Level, Name, PrincipalId, ResourceId, ResourceKind, UserId};

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

    /// Whether something of that owner is theirs; 0 owns nothing.
    const fn owns(self, owner: i64) -> bool {
        owner != 0 && owner == self.id()
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

/// How far to look.
#[derive(Clone, Copy)]
pub enum Look<'a> {
    /// For all that there is.
    Whole,
    /// Up to the first grant that is enough by itself. Both who is asked about and what were found in this transaction, by
    /// what only those have who are here, and are not looked at again: in a large instance each look is at a page of its own.
    UntilEnough(&'a dyn Fn(&Held) -> bool),
}

impl Look<'_> {
    fn is_ended_by(self, held: &Held) -> bool {
        match self {
            Self::Whole => false,
            Self::UntilEnough(is_enough) => is_enough(held),
        }
    }
}

/// What `holder` holds on a resource: as its owner, as the owner of a bundle it is in, by grants of it alone and by grants of
/// bundles it is in.
pub fn on_resource(tx: &mut Tx<'_>, holder: Holder, on: ResourceId, look: Look<'_>) -> Result<Holdings, StoreError> {
    let mut found = ask_about(tx, holder, on, look)?;
    if found.is_enough {
        return Ok(Holdings { is_owner: false, grants: found.grants });
    }
    if !found.owners_around.is_empty() && !found.is_owned_by(holder) {
        found.grants.extend(ask::<AroundResource>(tx, holder, on.0)?.grants);
    }
    Ok(found.holdings(holder))
}

/// What `holder` holds on a whole bundle. A relationship is nobody's, and a grant of some of a bundle is none of the bundle.
pub fn on_bundle(tx: &mut Tx<'_>, holder: Holder, on: BundleId) -> Result<Holdings, StoreError> {
    holdings::<OnBundle>(tx, holder, on.0)
}

/// What `holder` holds on a person, by grants of relationships.
pub fn on_person(tx: &mut Tx<'_>, holder: Holder, on: UserId) -> Result<Holdings, StoreError> {
    holdings::<OnPerson>(tx, holder, on.0)
}

type Row = (Option<i64>, Option<i64>, Option<String>, Option<String>, Option<i32>);

/// What a statement found.
#[derive(Clone, Default)]
struct Found {
    /// That what is asked about and who are both here, and whose it is.
    owner: Option<i64>,
    /// The owners of the bundles that it is in.
    owners_around: Vec<i64>,
    grants: Vec<Held>,
    /// That the last of the grants is enough, and nothing was looked for behind it.
    is_enough: bool,
}

impl Found {
    fn is_owned_by(&self, holder: Holder) -> bool {
        self.owner.iter().chain(&self.owners_around).any(|owner| holder.owns(*owner))
    }

    /// What there is of it. Where one of the two is not here, no grant between them counts.
    fn holdings(self, holder: Holder) -> Holdings {
        if self.owner.is_none() {
            return Holdings::default();
        }
        Holdings { is_owner: self.is_owned_by(holder), grants: self.grants }
    }

    fn take(&mut self, holder: Holder, row: Row, look: Look<'_>) -> Result<(), StoreError> {
        match row {
            (Some(id), parent, Some(kind), Some(level), Some(reshare)) => {
                if let Some(held) = reaching(holder, id, parent, &kind, &level, reshare)? {
                    self.is_enough = look.is_ended_by(&held);
                    self.grants.push(held);
                }
            }
            (Some(_), owner, ..) => self.owners_around.push(owner.unwrap_or_default()),
            (None, owner, ..) => self.owner = Some(owner.unwrap_or_default()),
        }
        Ok(())
    }
}

/// What a statement finds, taken row by row: SQLite has not looked for those that nobody takes.
macro_rules! found {
    ($tx:expr, $holder:expr, $look:expr, $statement:ty, $query:expr) => {{
        let mut found = Found::default();
        each!($tx, |c| {
            for row in Statement::<$statement, _>::of($query).load_iter::<Row, DefaultLoadingMode>(c)? {
                found.take($holder, row?, $look)?;
                if found.is_enough {
                    break;
                }
            }
        });
        Ok(found)
    }};
}

/// As far as that is enough.
fn ask_about(tx: &mut Tx<'_>, holder: Holder, on: ResourceId, look: Look<'_>) -> Result<Found, StoreError> {
    let query = sql_query(OnResource::TEXT)
        .bind::<BigInt, _>(holder.id())
        .bind::<BigInt, _>(on.0)
        .bind::<BigInt, _>(tx.micros())
        .bind::<BigInt, _>(holder.own_kind())
        .bind::<Bool, _>(matches!(look, Look::UntilEnough(_)));
    found!(tx, holder, look, OnResource, query)
}

/// All that there is.
fn ask<S: RawQuery<Columns = Columns>>(tx: &mut Tx<'_>, holder: Holder, on: i64) -> Result<Found, StoreError> {
    let query = sql_query(S::TEXT)
        .bind::<BigInt, _>(holder.id())
        .bind::<BigInt, _>(on)
        .bind::<BigInt, _>(tx.micros())
        .bind::<BigInt, _>(holder.own_kind());
    found!(tx, holder, Look::Whole, S, query)
}

/// A grant, if it reaches the holder.
fn reaching(
    holder: Holder,
    id: i64,
    parent: Option<i64>,
    kind: &str,
    level: &str,
    reshare: i32,
) -> Result<Option<Held>, StoreError> {
    let kind = GranteeKind::parse(kind).ok_or_else(|| unreadable("grants.grantee_kind", kind))?;
    let level = Level::parse(level).ok_or_else(|| unreadable("grants.level", level))?;
    let held = Held { id: GrantId(id), parent: parent.map(GrantId), level, reshare };
    Ok(holder.is_reached_by(kind).then_some(held))
}

/// As [`ask`], where that is all there is to it.
fn holdings<S: RawQuery<Columns = Columns>>(tx: &mut Tx<'_>, holder: Holder, on: i64) -> Result<Holdings, StoreError> {
    Ok(ask::<S>(tx, holder, on)?.holdings(holder))
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

/// Somebody by name.
pub fn user_by(tx: &mut Tx<'_>, whom: &Whom) -> Result<Option<UserId>, StoreError> {
    let those = users::table.filter(users::deleted_at.is_null()).select(users::id);
    let found = match whom {
        Whom::Address(address) => each!(tx, |c| those.filter(users::email.eq(address.as_str())).get_result(c).optional()?),
        Whom::Username(name) => by_name!(tx, users, username, username_key, name, users::id => i64),
    };
    Ok(found.map(UserId))
}

/// A group by name.
pub fn group_by_name(tx: &mut Tx<'_>, name: &Name) -> Result<Option<GroupId>, StoreError> {
    Ok(by_name!(tx, user_groups, name, name_key, name, user_groups::id => i64).map(GroupId))
}

/// A bundle by name.
pub fn bundle_by_name(tx: &mut Tx<'_>, name: &Name) -> Result<Option<BundleId>, StoreError> {
    Ok(by_name!(tx, bundles, name, name_key, name, bundles::id => i64).map(BundleId))
}

/// A resource by its URI.
pub fn resource_by_uri(tx: &mut Tx<'_>, uri: &str) -> Result<Option<ResourceId>, StoreError> {
    let query = resources::table.filter(resources::uri.eq(uri)).filter(resources::deleted_at.is_null()).select(resources::id);
    Ok(each!(tx, |c| query.get_result(c).optional()?).map(ResourceId))
}

/// A resource by its URI, and what it is: that is not in the index, and costs a look at its row.
pub fn resource_and_kind_by_uri(tx: &mut Tx<'_>, uri: &str) -> Result<Option<(ResourceId, ResourceKind)>, StoreError> {
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

// The pieces of the texts.

/// That the holder is here, as what they are asked about as, or is known to be.
macro_rules! is_here {
    ($holder:literal, $own_kind:literal, $is_known:literal) => {
        concat!(
            " (",
            $is_known,
            " OR ",
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

mod questions;
mod search;
mod sql;

pub use self::questions::{Answer, Asked, Whom, answers};
pub use self::search::{
    Candidate, Place, ResourceFilter, SubjectKind, bundles_of, groups_after, holders_of_bundle, holders_of_person,
    holders_of_resource, persons_of, resources_of, users_after,
};

/// The texts, by name: for the test that looks at how the databases go about them. `on_resources` is PostgreSQL's alone.
pub fn statements() -> Vec<(&'static str, &'static str)> {
    let own = [
        ("on_resource", OnResource::TEXT),
        ("around_resource", AroundResource::TEXT),
        ("on_bundle", OnBundle::TEXT),
        ("on_person", OnPerson::TEXT),
        ("on_resources", OnResources::TEXT),
    ];
    own.into_iter().chain(search::STATEMENTS).collect()
}
