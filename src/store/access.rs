//! Evaluates access: the live grants between a subject and a resource, bundle or person. Indexes lead from one to the other, so
//! the cost depends on the grants between the two and not on the size of the instance.
//!
//! A grant reaches the grantee it names, the members of the group it names, or a whole kind of people.
//! `grant_resources.grantee_id` stores this as a number: principals by id, kinds as negative numbers (`reach`). A lookup on a
//! resource with a hundred thousand links is therefore as fast as on one with none.

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

/// The subject of an access question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person, with all groups of that person.
    User(UserId),
    Group(GroupId),
    /// Any known person: only grants to everyone count.
    Anybody,
    /// Any group: only grants to all groups count.
    AnyGroup,
    Anonymous,
}

impl Subject {
    /// The principal's id; 0 is no principal.
    const fn id(self) -> i64 {
        match self {
            Self::User(UserId(id)) | Self::Group(GroupId(id)) => id,
            Self::Anybody | Self::AnyGroup | Self::Anonymous => 0,
        }
    }

    /// The kind of subject, besides everyone.
    const fn own_kind(self) -> i64 {
        match self {
            Self::User(_) | Self::Anybody => AUTHENTICATED,
            Self::Group(_) | Self::AnyGroup => 0,
            Self::Anonymous => GUEST,
        }
    }

    /// Whether this subject is the owner; 0 owns nothing.
    const fn owns(self, owner: i64) -> bool {
        owner != 0 && owner == self.id()
    }

    const fn is_reached_by(self, kind: GranteeKind) -> bool {
        match kind {
            GranteeKind::User | GranteeKind::ExternalUser => matches!(self, Self::User(_)),
            GranteeKind::Group => matches!(self, Self::User(_) | Self::Group(_)),
            GranteeKind::Authenticated => matches!(self, Self::User(_) | Self::Anybody),
            GranteeKind::Everyone => true,
            GranteeKind::Guest => matches!(self, Self::Anonymous),
            GranteeKind::PublicLink => false,
        }
    }
}

/// The object of an access question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    Resource(ResourceId),
    /// A whole bundle, without its resources.
    Bundle(BundleId),
    /// A person, to whom relationships give access.
    User(UserId),
}

const AUTHENTICATED: i64 = -1;
const GUEST: i64 = -3;

/// The value of `grant_resources.grantee_id`: a principal, or a kind of people. A link has none: anyone with the link may use
/// it.
pub(super) const fn reach(kind: GranteeKind, grantee: Option<PrincipalId>) -> Option<i64> {
    match (kind, grantee) {
        (GranteeKind::User | GranteeKind::ExternalUser | GranteeKind::Group, Some(PrincipalId(id))) => Some(id),
        (GranteeKind::Authenticated, _) => Some(AUTHENTICATED),
        // The SQL texts below use these numbers.
        (GranteeKind::Everyone, _) => Some(-2),
        (GranteeKind::Guest, _) => Some(GUEST),
        (GranteeKind::User | GranteeKind::ExternalUser | GranteeKind::Group | GranteeKind::PublicLink, _) => None,
    }
}

/// A live grant, with the columns that decide what it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectiveGrant {
    pub id: GrantId,
    /// The parent grant, if this one was reshared.
    pub parent: Option<GrantId>,
    pub level: Level,
    /// Bits of `domain::grant::reshare`.
    pub reshare: i32,
}

/// The access of a subject to a resource, bundle or person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Whether the subject is the owner.
    pub is_owner: bool,
    /// The live grants that reach the subject.
    pub grants: Vec<EffectiveGrant>,
}

/// When a lookup may stop.
#[derive(Clone, Copy)]
enum Search<'a> {
    /// Find all grants.
    All,
    /// Stop at the first grant that is sufficient by itself. Subject and resource were both found in this transaction, so they
    /// are not checked again: in a large instance each check reads another page.
    UntilEnough(&'a dyn Fn(&EffectiveGrant) -> bool),
}

impl Search<'_> {
    fn is_ended_by(self, held: &EffectiveGrant) -> bool {
        match self {
            Self::All => false,
            Self::UntilEnough(is_enough) => is_enough(held),
        }
    }
}

/// The access of a subject to an object. A relationship has no owner, and a grant of single resources gives no access to the
/// bundle.
pub fn on(tx: &mut Tx<'_>, holder: Subject, object: Object) -> Result<Access, StoreError> {
    let found = match object {
        Object::Resource(id) => return on_resource(tx, holder, id, Search::All),
        Object::Bundle(id) => ask::<OnBundle>(tx, holder, id.0)?,
        Object::User(id) => ask::<OnPerson>(tx, holder, id.0)?,
    };
    Ok(found.access(holder))
}

/// The access of a subject to a resource: as its owner, as the owner of a bundle with it, by grants of the resource and by
/// grants of such bundles.
fn on_resource(tx: &mut Tx<'_>, holder: Subject, on: ResourceId, search: Search<'_>) -> Result<Access, StoreError> {
    let mut found = ask_about(tx, holder, on, search)?;
    if found.is_enough {
        return Ok(Access { is_owner: false, grants: found.grants });
    }
    if !found.owners_around.is_empty() && !found.is_owned_by(holder) {
        found.grants.extend(ask::<AroundResource>(tx, holder, on.0)?.grants);
    }
    Ok(found.access(holder))
}

type Row = (Option<i64>, Option<i64>, Option<String>, Option<String>, Option<i32>);

/// The rows of one statement, collected.
#[derive(Clone, Default)]
struct Found {
    /// The owner. None if the subject or the object does not exist.
    owner: Option<i64>,
    /// The owners of the bundles that contain the resource.
    owners_around: Vec<i64>,
    grants: Vec<EffectiveGrant>,
    /// Whether the last grant is sufficient, so that the search stopped there.
    is_enough: bool,
}

impl Found {
    fn is_owned_by(&self, holder: Subject) -> bool {
        self.owner.iter().chain(&self.owners_around).any(|owner| holder.owns(*owner))
    }

    /// The access that these rows give. If the subject or the object does not exist, no grant between them counts.
    fn access(self, holder: Subject) -> Access {
        if self.owner.is_none() {
            return Access::default();
        }
        Access { is_owner: self.is_owned_by(holder), grants: self.grants }
    }

    fn take(&mut self, holder: Subject, row: Row, search: Search<'_>) -> Result<(), StoreError> {
        match row {
            (Some(id), parent, Some(kind), Some(level), Some(reshare)) => {
                if let Some(held) = reaching(holder, id, parent, &kind, &level, reshare)? {
                    self.is_enough = search.is_ended_by(&held);
                    self.grants.push(held);
                }
            }
            (Some(_), owner, ..) => self.owners_around.push(owner.unwrap_or_default()),
            (None, owner, ..) => self.owner = Some(owner.unwrap_or_default()),
        }
        Ok(())
    }
}

/// Takes rows one by one, so that SQLite computes no row after the last one used.
macro_rules! found {
    ($tx:expr, $holder:expr, $search:expr, $statement:ty, $query:expr) => {{
        let mut found = Found::default();
        each!($tx, |c| {
            for row in Statement::<$statement, _>::of($query).load_iter::<Row, DefaultLoadingMode>(c)? {
                found.take($holder, row?, $search)?;
                if found.is_enough {
                    break;
                }
            }
        });
        Ok(found)
    }};
}

/// Stops as `search` says.
fn ask_about(tx: &mut Tx<'_>, holder: Subject, on: ResourceId, search: Search<'_>) -> Result<Found, StoreError> {
    let query = sql_query(OnResource::TEXT)
        .bind::<BigInt, _>(holder.id())
        .bind::<BigInt, _>(on.0)
        .bind::<BigInt, _>(tx.micros())
        .bind::<BigInt, _>(holder.own_kind())
        .bind::<Bool, _>(matches!(search, Search::UntilEnough(_)));
    found!(tx, holder, search, OnResource, query)
}

/// Reads all rows.
fn ask<S: RawQuery<Columns = Columns>>(tx: &mut Tx<'_>, holder: Subject, on: i64) -> Result<Found, StoreError> {
    let query = sql_query(S::TEXT)
        .bind::<BigInt, _>(holder.id())
        .bind::<BigInt, _>(on)
        .bind::<BigInt, _>(tx.micros())
        .bind::<BigInt, _>(holder.own_kind());
    found!(tx, holder, Search::All, S, query)
}

/// A grant, if it reaches the subject.
fn reaching(
    holder: Subject,
    id: i64,
    parent: Option<i64>,
    kind: &str,
    level: &str,
    reshare: i32,
) -> Result<Option<EffectiveGrant>, StoreError> {
    let kind = GranteeKind::parse(kind).ok_or_else(|| unreadable("grants.grantee_kind", kind))?;
    let level = Level::parse(level).ok_or_else(|| unreadable("grants.level", level))?;
    let held = EffectiveGrant { id: GrantId(id), parent: parent.map(GrantId), level, reshare };
    Ok(holder.is_reached_by(kind).then_some(held))
}

/// A grant's own level, rights and parent; none if it is not live.
pub fn live(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<EffectiveGrant>, StoreError> {
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
        Ok(EffectiveGrant { id, parent: parent.map(GrantId), level, reshare })
    })
    .transpose()
}

/// Finds a person by name.
pub fn user_by(tx: &mut Tx<'_>, whom: &Whom) -> Result<Option<UserId>, StoreError> {
    let those = users::table.filter(users::deleted_at.is_null()).select(users::id);
    let found = match whom {
        Whom::Address(address) => each!(tx, |c| those.filter(users::email.eq(address.as_str())).get_result(c).optional()?),
        Whom::Username(name) => by_name!(tx, users, username, username_key, name, users::id => i64),
    };
    Ok(found.map(UserId))
}

/// Finds a group by name.
pub fn group_by_name(tx: &mut Tx<'_>, name: &Name) -> Result<Option<GroupId>, StoreError> {
    Ok(by_name!(tx, user_groups, name, name_key, name, user_groups::id => i64).map(GroupId))
}

/// Finds a bundle by name.
pub fn bundle_by_name(tx: &mut Tx<'_>, name: &Name) -> Result<Option<BundleId>, StoreError> {
    Ok(by_name!(tx, bundles, name, name_key, name, bundles::id => i64).map(BundleId))
}

/// Finds a resource by URI.
pub fn resource_by_uri(tx: &mut Tx<'_>, uri: &str) -> Result<Option<ResourceId>, StoreError> {
    let query = resources::table.filter(resources::uri.eq(uri)).filter(resources::deleted_at.is_null()).select(resources::id);
    Ok(each!(tx, |c| query.get_result(c).optional()?).map(ResourceId))
}

/// Finds a resource and its kind by URI. The kind is not in the index, so this also reads the row.
pub fn resource_and_kind_by_uri(tx: &mut Tx<'_>, uri: &str) -> Result<Option<(ResourceId, ResourceKind)>, StoreError> {
    let query = resources::table.filter(resources::uri.eq(uri)).filter(resources::deleted_at.is_null());
    let query = query.select((resources::id, resources::kind));
    each!(tx, |c| query.get_result(c).optional()?).map(known).transpose()
}

/// Finds a resource and its kind by id.
pub fn resource_by_id(tx: &mut Tx<'_>, id: ResourceId) -> Result<Option<(ResourceId, ResourceKind)>, StoreError> {
    let query = resources::table.find(id.0).filter(resources::deleted_at.is_null()).select((resources::id, resources::kind));
    each!(tx, |c| query.get_result(c).optional()?).map(known).transpose()
}

fn known((id, kind): (i64, String)) -> Result<(ResourceId, ResourceKind), StoreError> {
    let kind = ResourceKind::parse(&kind).ok_or_else(|| unreadable("resources.kind", &kind))?;
    Ok((ResourceId(id), kind))
}

// Parts of the SQL texts.

/// The subject exists as this kind of principal, or is known to exist.
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

/// The grant `g` gives access now, and its grantor exists.
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

/// The grant `g` covers its whole bundle.
macro_rules! is_whole {
    () => {
        " NOT EXISTS (SELECT 1 FROM grant_resources part WHERE part.grant_id = g.id) "
    };
}

/// The resource `s` of the grant `g` is still in the bundle of the grant, if the grant has one.
macro_rules! is_still_in {
    () => {
        " (g.bundle_id IS NULL OR EXISTS (SELECT 1 FROM bundle_resources i CROSS JOIN bundles b
            WHERE i.bundle_id = g.bundle_id AND i.resource_id = s.resource_id AND b.id = i.bundle_id
                AND b.deleted_at IS NULL)) "
    };
}

/// The grant `g` is to a kind of people.
macro_rules! is_for_a_kind {
    () => {
        " g.grantee_id IS NULL AND g.grantee_kind <> 'public_link' "
    };
}

mod questions;
mod search;
mod sql;

pub use self::questions::{Answer, Asked, Whom, answers};
pub use self::search::{Candidate, ObjectFilter, Place, SubjectKind, all_after, objects_of, subjects_of};

/// The statements by name, for the test of query plans. `on_resources` runs on PostgreSQL only.
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
