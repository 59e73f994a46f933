//! Lists the subjects with access to an object, and the objects of a subject: candidates in id order from a cursor on, each
//! with its grant. The caller checks whether the parent grants are still valid.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::{EffectiveGrant, Object, RawQuery, Statement, Subject};
use crate::domain::{GrantId, Level, ResourceKind};
use crate::store::bundles::unreadable;
use crate::store::schema::{user_groups, users};
use crate::store::sql::raw::raw_query;
use crate::store::{StoreError, Tx, each};

/// The kind of subject to search for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// People, including members of groups.
    Users,
    Groups,
}

/// The cursor of a list: after this candidate, and after this grant of the candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The candidate's id.
    pub id: i64,
    /// The grant's id; `i64::MAX` after all grants of the candidate.
    pub grant: i64,
}

/// One candidate, with one way of access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub id: i64,
    /// A username, a group's or bundle's name, a URI.
    pub name: String,
    /// The grant; none for an owner.
    pub held: Option<EffectiveGrant>,
}

impl Candidate {
    /// The cursor after this candidate.
    pub fn place(&self) -> Place {
        Place { id: self.id, grant: self.held.map_or(0, |held| held.id.0) }
    }

    /// The sort key.
    pub fn place_in_order(&self) -> (i64, i64) {
        let Place { id, grant } = self.place();
        (id, grant)
    }
}

/// The objects to search for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectFilter {
    Resources,
    Kind(ResourceKind),
    /// Resources whose URI has this prefix.
    Prefix(String),
    Bundles,
    Users,
}

/// Defines the subject: every value of `grantee_id` that reaches the subject, each once. Empty if `here` has no row.
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

/// Subjects with at least `level` on an object.
pub fn subjects_of(
    tx: &mut Tx<'_>,
    subjects: SubjectKind,
    on: Object,
    level: Level,
    after: Place,
    most: i64,
) -> Result<Vec<Candidate>, StoreError> {
    match (on, subjects) {
        (Object::Resource(on), SubjectKind::Users) => holders::<UsersOfResource>(tx, on.0, level, after, most),
        (Object::Resource(on), SubjectKind::Groups) => holders::<GroupsOfResource>(tx, on.0, level, after, most),
        (Object::Bundle(on), SubjectKind::Users) => holders::<UsersOfBundle>(tx, on.0, level, after, most),
        (Object::Bundle(on), SubjectKind::Groups) => holders::<GroupsOfBundle>(tx, on.0, level, after, most),
        (Object::User(on), SubjectKind::Users) => holders::<UsersOfPerson>(tx, on.0, level, after, most),
        (Object::User(on), SubjectKind::Groups) => holders::<GroupsOfPerson>(tx, on.0, level, after, most),
    }
}

/// All people or groups, by id.
pub fn all_after(tx: &mut Tx<'_>, subjects: SubjectKind, after: i64, most: i64) -> Result<Vec<Candidate>, StoreError> {
    let rows: Vec<(i64, String)> = match subjects {
        SubjectKind::Users => {
            let query = users::table.filter(users::id.gt(after)).filter(users::deleted_at.is_null());
            let query = query.order(users::id.asc()).limit(most).select((users::id, users::username));
            each!(tx, |c| query.load(c)?)
        }
        SubjectKind::Groups => {
            let query = user_groups::table.filter(user_groups::id.gt(after)).filter(user_groups::deleted_at.is_null());
            let query = query.order(user_groups::id.asc()).limit(most).select((user_groups::id, user_groups::name));
            each!(tx, |c| query.load(c)?)
        }
    };
    Ok(rows.into_iter().map(|(id, name)| Candidate { id, name, held: None }).collect())
}

/// Objects on which the subject has at least `level`.
pub fn objects_of(
    tx: &mut Tx<'_>,
    holder: Subject,
    level: Level,
    filter: &ObjectFilter,
    after: Place,
    most: i64,
) -> Result<Vec<Candidate>, StoreError> {
    let (kind, prefix) = match filter {
        ObjectFilter::Kind(kind) => (kind.as_str(), ""),
        ObjectFilter::Prefix(prefix) => ("", prefix.as_str()),
        ObjectFilter::Resources | ObjectFilter::Bundles | ObjectFilter::Users => ("", ""),
    };
    /// The numbers that all three statements share, around those of one.
    macro_rules! objects {
        ($statement:ty $(, $text:expr)*) => {{
            let query = sql_query(<$statement>::TEXT)
                .bind::<BigInt, _>(holder.id())
                .bind::<BigInt, _>(holder.own_kind())
                .bind::<BigInt, _>(tx.micros())
                .bind::<BigInt, _>(rank(level))
                $(.bind::<Text, _>($text))*
                .bind::<BigInt, _>(after.id)
                .bind::<BigInt, _>(after.grant)
                .bind::<BigInt, _>(most);
            each!(tx, |c| Statement::<$statement, _>::of(query).load(c)?)
        }};
    }
    candidates(match filter {
        ObjectFilter::Bundles => objects!(BundlesOf),
        ObjectFilter::Users => objects!(PersonsOf),
        _ => objects!(ResourcesOf, kind, prefix),
    })
}

type Columns = (BigInt, BigInt, Nullable<BigInt>, Text, Integer, Text);
type Row = (i64, i64, Option<i64>, String, i32, String);

fn holders<S: RawQuery<Columns = Columns>>(
    tx: &mut Tx<'_>,
    on: i64,
    level: Level,
    after: Place,
    most: i64,
) -> Result<Vec<Candidate>, StoreError> {
    let query = sql_query(S::TEXT)
        .bind::<BigInt, _>(on)
        .bind::<BigInt, _>(tx.micros())
        .bind::<BigInt, _>(rank(level))
        .bind::<BigInt, _>(after.id)
        .bind::<BigInt, _>(after.grant)
        .bind::<BigInt, _>(most);
    let rows: Vec<Row> = each!(tx, |c| Statement::<S, _>::of(query).load(c)?);
    candidates(rows)
}

fn candidates(rows: Vec<Row>) -> Result<Vec<Candidate>, StoreError> {
    let all = rows.into_iter().map(|(id, grant, parent, level, reshare, name)| {
        let level = Level::parse(&level).ok_or_else(|| unreadable("grants.level", &level))?;
        let held = EffectiveGrant { id: GrantId(grant), parent: parent.map(GrantId), level, reshare };
        Ok(Candidate { id, name, held: (grant != 0).then_some(held) })
    });
    all.collect()
}

const fn rank(level: Level) -> i64 {
    match level {
        Level::View => 0,
        Level::Edit => 1,
        Level::Contribute => 2,
    }
}

/// The grant `g` is to a named grantee.
macro_rules! is_to_somebody {
    () => {
        " g.grantee_id IS NOT NULL AND g.grantee_kind IN ('user', 'external_user', 'group') "
    };
}

macro_rules! is_enough {
    ($rank:literal) => {
        concat!(" CASE g.level WHEN 'view' THEN 0 WHEN 'edit' THEN 1 WHEN 'contribute' THEN 2 ELSE -1 END >= ", $rank, " ")
    };
}

/// Pages the rows of `found`: `(id, grant_id, parent_id, level, reshare)`.
macro_rules! listed {
    ($name:literal, $from:literal, $id:literal, $grant:literal, $most:literal) => {
        concat!(
            " SELECT f.id, f.grant_id, f.parent_id, f.level, f.reshare, ",
            $name,
            $from,
            " AND (f.id > ",
            $id,
            " OR f.id = ",
            $id,
            " AND f.grant_id > ",
            $grant,
            ") ORDER BY 1, 2 LIMIT ",
            $most
        )
    };
}

// Subjects with access. `$1` is the object, `$2` now, `$3` the least level, `$4` and `$5` the cursor, `$6` the page size.

macro_rules! given {
    () => {
        " SELECT g.id, g.parent_id, g.level, g.reshare, g.grantee_kind, g.grantee_id "
    };
}

macro_rules! to_somebody_now {
    () => {
        concat!(is_live!("$2"), " AND ", is_enough!("$3"), " AND ", is_to_somebody!())
    };
}

macro_rules! given_of_resource {
    () => {
        concat!(
            "WITH here AS MATERIALIZED (SELECT r.owner_id FROM resources r WHERE r.id = $1 AND r.deleted_at IS NULL),
                given (id, parent_id, level, reshare, kind, grantee_id) AS (",
            given!(),
            "FROM here CROSS JOIN grant_resources s CROSS JOIN grants g WHERE s.resource_id = $1 AND g.id = s.grant_id AND ",
            is_still_in!(),
            " AND ",
            to_somebody_now!(),
            " UNION ALL ",
            given!(),
            "FROM here CROSS JOIN bundle_resources i CROSS JOIN bundles b CROSS JOIN grants g
                WHERE i.resource_id = $1 AND b.id = i.bundle_id AND b.deleted_at IS NULL AND g.bundle_id = i.bundle_id AND ",
            to_somebody_now!(),
            " AND ",
            is_whole!(),
            "), owners (id) AS (SELECT owner_id FROM here UNION SELECT b.owner_id FROM here CROSS JOIN bundle_resources i
                CROSS JOIN bundles b WHERE i.resource_id = $1 AND b.id = i.bundle_id AND b.deleted_at IS NULL AND b.owner_id IS NOT NULL), "
        )
    };
}

macro_rules! given_of_bundle {
    () => {
        concat!(
            "WITH here AS MATERIALIZED (SELECT b.owner_id FROM bundles b WHERE b.id = $1 AND b.deleted_at IS NULL AND b.owner_id IS NOT NULL),
                given (id, parent_id, level, reshare, kind, grantee_id) AS (",
            given!(),
            "FROM here CROSS JOIN grants g WHERE g.bundle_id = $1 AND ",
            to_somebody_now!(),
            " AND ",
            is_whole!(),
            "), owners (id) AS (SELECT owner_id FROM here), "
        )
    };
}

macro_rules! given_of_person {
    () => {
        concat!(
            "WITH here AS MATERIALIZED (SELECT u.id FROM users u WHERE u.id = $1 AND u.deleted_at IS NULL),
                given (id, parent_id, level, reshare, kind, grantee_id) AS (",
            given!(),
            "FROM here CROSS JOIN grants g CROSS JOIN bundles b
                WHERE g.grantor_id = $1 AND b.id = g.bundle_id AND b.owner_id IS NULL AND b.deleted_at IS NULL AND ",
            to_somebody_now!(),
            "), owners (id) AS (SELECT id FROM here), "
        )
    };
}

macro_rules! users {
    () => {
        concat!(
            "found (id, grant_id, parent_id, level, reshare) AS (
                SELECT v.grantee_id, v.id, v.parent_id, v.level, v.reshare FROM given v WHERE v.kind <> 'group'
                UNION ALL SELECT m.user_id, v.id, v.parent_id, v.level, v.reshare FROM given v
                    CROSS JOIN user_groups p CROSS JOIN group_members m
                    WHERE v.kind = 'group' AND p.id = v.grantee_id AND m.group_id = p.id AND p.deleted_at IS NULL
                UNION ALL SELECT id, 0, CAST(NULL AS BIGINT), 'contribute', 0 FROM owners)",
            listed!(
                "u.username",
                " FROM found f CROSS JOIN users u WHERE u.id = f.id AND u.deleted_at IS NULL",
                "$4",
                "$5",
                "$6"
            )
        )
    };
}

macro_rules! groups {
    () => {
        concat!(
            "found (id, grant_id, parent_id, level, reshare) AS (
                SELECT v.grantee_id, v.id, v.parent_id, v.level, v.reshare FROM given v WHERE v.kind = 'group')",
            listed!(
                "p.name",
                " FROM found f CROSS JOIN user_groups p WHERE p.id = f.id AND p.deleted_at IS NULL",
                "$4",
                "$5",
                "$6"
            )
        )
    };
}

// Objects of a subject. `$1` is the subject, `$2` its kind, `$3` now, `$4` the least level.

macro_rules! held {
    () => {
        " SELECT g.id, g.parent_id, g.level, g.reshare, g.bundle_id, g.grantor_id "
    };
}

macro_rules! held_by_holder {
    () => {
        concat!(
            "WITH here AS MATERIALIZED (SELECT 1 AS one WHERE ",
            is_here!("$1", "$2", "FALSE"),
            ")",
            holder!("$1", "$2"),
            ", given (id, parent_id, level, reshare, bundle_id, grantor_id) AS (",
            held!(),
            "FROM holder CROSS JOIN grants g WHERE g.grantee_id = holder.id AND ",
            is_to_somebody!(),
            " AND ",
            is_live!("$3"),
            " AND ",
            is_enough!("$4"),
            " UNION ALL ",
            held!(),
            "FROM here CROSS JOIN grants g WHERE ",
            is_for_a_kind!(),
            " AND (g.grantee_kind = 'everyone' OR $2 = -1 AND g.grantee_kind = 'authenticated' OR $2 = -3 AND g.grantee_kind = 'guest')
                AND ",
            is_live!("$3"),
            " AND ",
            is_enough!("$4"),
            ") "
        )
    };
}

macro_rules! is_all_of_it {
    () => {
        " NOT EXISTS (SELECT 1 FROM grant_resources part WHERE part.grant_id = v.id) "
    };
}

raw_query! {
    UsersOfResource -> Columns = concat!(given_of_resource!(), users!());
    GroupsOfResource -> Columns = concat!(given_of_resource!(), groups!());
    UsersOfBundle -> Columns = concat!(given_of_bundle!(), users!());
    GroupsOfBundle -> Columns = concat!(given_of_bundle!(), groups!());
    UsersOfPerson -> Columns = concat!(given_of_person!(), users!());
    GroupsOfPerson -> Columns = concat!(given_of_person!(), groups!());
    ResourcesOf -> Columns = concat!(
        held_by_holder!(),
        ", found (id, grant_id, parent_id, level, reshare) AS (
            SELECT s.resource_id, g.id, g.parent_id, g.level, g.reshare FROM given g CROSS JOIN grant_resources s
                WHERE s.grant_id = g.id AND ",
        is_still_in!(),
        " UNION ALL SELECT i.resource_id, v.id, v.parent_id, v.level, v.reshare FROM given v CROSS JOIN bundles b
            CROSS JOIN bundle_resources i WHERE b.id = v.bundle_id AND i.bundle_id = b.id AND b.deleted_at IS NULL AND ",
        is_all_of_it!(),
        " UNION ALL SELECT r.id, 0, CAST(NULL AS BIGINT), 'contribute', 0 FROM here CROSS JOIN resources r
            WHERE r.owner_id = $1 AND r.deleted_at IS NULL
          UNION ALL SELECT i.resource_id, 0, CAST(NULL AS BIGINT), 'contribute', 0 FROM here CROSS JOIN bundles b
            CROSS JOIN bundle_resources i WHERE i.bundle_id = b.id AND b.owner_id = $1 AND b.deleted_at IS NULL)",
        listed!(
            "r.uri",
            " FROM found f CROSS JOIN resources r WHERE r.id = f.id AND r.deleted_at IS NULL AND ($5 = '' OR r.kind = $5)
                AND substr(r.uri, 1, length($6)) = $6",
            "$7",
            "$8",
            "$9"
        )
    );
    BundlesOf -> Columns = concat!(
        held_by_holder!(),
        ", found (id, grant_id, parent_id, level, reshare) AS (
            SELECT v.bundle_id, v.id, v.parent_id, v.level, v.reshare FROM given v WHERE v.bundle_id IS NOT NULL AND ",
        is_all_of_it!(),
        " UNION ALL SELECT b.id, 0, CAST(NULL AS BIGINT), 'contribute', 0 FROM here CROSS JOIN bundles b
            WHERE b.owner_id = $1 AND b.deleted_at IS NULL)",
        listed!(
            "b.name",
            " FROM found f CROSS JOIN bundles b WHERE b.id = f.id AND b.deleted_at IS NULL AND b.owner_id IS NOT NULL",
            "$5",
            "$6",
            "$7"
        )
    );
    PersonsOf -> Columns = concat!(
        held_by_holder!(),
        ", found (id, grant_id, parent_id, level, reshare) AS (
            SELECT v.grantor_id, v.id, v.parent_id, v.level, v.reshare FROM given v CROSS JOIN bundles b
                WHERE b.id = v.bundle_id AND b.owner_id IS NULL AND b.deleted_at IS NULL
            UNION ALL SELECT $1, 0, CAST(NULL AS BIGINT), 'contribute', 0 FROM here)",
        listed!("u.username", " FROM found f CROSS JOIN users u WHERE u.id = f.id AND u.deleted_at IS NULL", "$5", "$6", "$7")
    );
}

/// The statements by name, for the test of query plans.
pub(super) const STATEMENTS: [(&str, &str); 9] = [
    ("users_of_resource", UsersOfResource::TEXT),
    ("groups_of_resource", GroupsOfResource::TEXT),
    ("users_of_bundle", UsersOfBundle::TEXT),
    ("groups_of_bundle", GroupsOfBundle::TEXT),
    ("users_of_person", UsersOfPerson::TEXT),
    ("groups_of_person", GroupsOfPerson::TEXT),
    ("resources_of", ResourcesOf::TEXT),
    ("bundles_of", BundlesOf::TEXT),
    ("persons_of", PersonsOf::TEXT),
];
