//! Grants: the access that exists.

mod resources;
mod revoke;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::access::reach;
use super::bundles::unreadable;
use super::schema::grants;
use super::sql::insert::{Insert, insert, reserve_id};
use super::sql::lock::{NoKeyUpdate, Share, Update, locked};
use super::sql::rows::{Column, column};
use super::{StoreError, Tx, each, row};
use crate::clock::from_micros;
use crate::domain::name::folded;
use crate::domain::{BundleId, Grant, GrantId, GranteeKind, Level, PrincipalId, RequestId, ResourceId, UserId};
use crate::random::Rng;

pub use self::resources::{limit, limited_to, resources_of};
pub use self::revoke::{Roots, revoke, set_grantor, set_grantor_of_resources};

row! {
    struct Row from grants {
        id: i64,
        public_id: String,
        request_id: Option<i64>,
        parent_id: Option<i64>,
        grantor_id: i64,
        grantee_kind: String,
        grantee_id: Option<i64>,
        bundle_id: Option<i64>,
        level: String,
        reshare: i32,
        starts_at: i64,
        ends_at: Option<i64>,
        is_enabled: bool,
        revoked_at: Option<i64>,
        comment: String,
        version: i32,
        created_by: Option<i64>,
        created_at: i64,
        updated_at: i64,
        owner_id: Option<i64>,
        tenant: Option<String>,
        attributes: Option<String>,
        updated_by: Option<i64>,
        deleted_at: Option<i64>,
        term_at: Option<i64>,
        grantee_as: Option<String>,
    }
}

impl TryFrom<Row> for Grant {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: GrantId(row.id),
            public_id: row.public_id,
            request: row.request_id.map(RequestId),
            parent: row.parent_id.map(GrantId),
            grantor: UserId(row.grantor_id),
            owner: UserId(row.owner_id.unwrap_or(row.grantor_id)),
            grantee_kind: GranteeKind::parse(&row.grantee_kind)
                .ok_or_else(|| unreadable("grants.grantee_kind", &row.grantee_kind))?,
            grantee: row.grantee_id.map(PrincipalId),
            bundle: row.bundle_id.map(BundleId),
            level: Level::parse(&row.level).ok_or_else(|| unreadable("grants.level", &row.level))?,
            reshare: row.reshare,
            starts_at: from_micros(row.starts_at),
            ends_at: row.ends_at.map(from_micros),
            is_enabled: row.is_enabled,
            revoked_at: row.revoked_at.map(from_micros),
            comment: row.comment,
            version: row.version,
            tenant: row.tenant,
            attributes: row.attributes,
            created_by: row.created_by.map(UserId),
            created_at: from_micros(row.created_at),
            updated_by: row.updated_by.map(UserId),
            updated_at: from_micros(row.updated_at),
            deleted_at: row.deleted_at.map(from_micros),
            term_at: row.term_at.map(from_micros),
            grantee_as: row.grantee_as,
        })
    }
}

/// A grant to be stored.
#[derive(Clone, Debug)]
pub struct NewGrant<'a> {
    /// The request behind the grant; a second grant of the same request is a violation of `grants_request`.
    pub request: Option<RequestId>,
    /// The parent grant, if this one is reshared.
    pub parent: Option<GrantId>,
    pub grantor: UserId,
    /// The owner of the data.
    pub owner: UserId,
    pub grantee_kind: GranteeKind,
    /// The user or group.
    pub grantee: Option<PrincipalId>,
    /// The grantee as the grantor named them, if not by id.
    pub grantee_as: Option<&'a str>,
    pub bundle: Option<BundleId>,
    /// The resources it is limited to; empty: the whole bundle.
    pub resources: &'a [ResourceId],
    pub level: Level,
    /// Bits of `domain::grant::reshare`.
    pub reshare: i32,
    /// Start; none means now.
    pub starts_at: Option<DateTime<Utc>>,
    /// End; none means no end.
    pub ends_at: Option<DateTime<Utc>>,
    /// Whether the grant is switched on.
    pub is_enabled: bool,
    /// The share's name.
    pub comment: &'a str,
    /// Eluvio's tenant, for its shares.
    pub tenant: Option<&'a str>,
    /// The client's own attributes: a JSON object.
    pub attributes: Option<&'a str>,
    pub created_by: Option<UserId>,
}

/// Stores a grant.
pub fn add(tx: &mut Tx<'_>, new: &NewGrant<'_>) -> Result<Grant, StoreError> {
    let id = reserve_id(tx, "grants")?;
    let grant = stored(new, id, public_id(tx.rng(), tx.now())?, tx.now());
    let limits: Vec<_> = new.resources.iter().map(|resource| (&grant, *resource)).collect();
    let comment_keys = [comment_key(&grant.comment)];
    insert(tx, rows(&[&grant], &comment_keys, &limits).into())?;
    Ok(grant)
}

/// The rows of new grants and of their resources. Names are compared by `comment_keys`.
pub(in crate::store) fn rows<'a>(
    grants: &[&'a Grant],
    comment_keys: &'a [Option<String>],
    limits: &[(&'a Grant, ResourceId)],
) -> [Insert<'a>; 2] {
    let micros = |at: DateTime<Utc>| at.timestamp_micros();
    let columns = vec![
        ("id", Column::Numbers(column(grants, |row| row.id.0))),
        ("public_id", Column::Texts(column(grants, |row| row.public_id.as_str()))),
        ("request_id", Column::MaybeNumbers(column(grants, |row| row.request.map(|id| id.0)))),
        ("parent_id", Column::MaybeNumbers(column(grants, |row| row.parent.map(|id| id.0)))),
        ("grantor_id", Column::Numbers(column(grants, |row| row.grantor.0))),
        ("grantee_kind", Column::Texts(column(grants, |row| row.grantee_kind.as_str()))),
        ("grantee_id", Column::MaybeNumbers(column(grants, |row| row.grantee.map(|id| id.0)))),
        ("bundle_id", Column::MaybeNumbers(column(grants, |row| row.bundle.map(|id| id.0)))),
        ("level", Column::Texts(column(grants, |row| row.level.as_str()))),
        ("reshare", Column::Integers(column(grants, |row| row.reshare))),
        ("starts_at", Column::Numbers(column(grants, |row| micros(row.starts_at)))),
        ("ends_at", Column::MaybeNumbers(column(grants, |row| row.ends_at.map(micros)))),
        ("is_enabled", Column::Flags(column(grants, |row| row.is_enabled))),
        ("comment", Column::Texts(column(grants, |row| row.comment.as_str()))),
        ("comment_key", Column::MaybeTexts(column(comment_keys, Option::as_deref))),
        ("version", Column::Integers(column(grants, |row| row.version))),
        ("created_by", Column::MaybeNumbers(column(grants, |row| row.created_by.map(|id| id.0)))),
        ("created_at", Column::Numbers(column(grants, |row| micros(row.created_at)))),
        ("updated_at", Column::Numbers(column(grants, |row| micros(row.updated_at)))),
        // Without a stored owner, the grantor is the owner.
        ("owner_id", Column::MaybeNumbers(column(grants, |row| Some(row.owner.0).filter(|owner| *owner != row.grantor.0)))),
        ("tenant", Column::MaybeTexts(column(grants, |row| row.tenant.as_deref()))),
        ("attributes", Column::MaybeTexts(column(grants, |row| row.attributes.as_deref()))),
        ("grantee_as", Column::MaybeTexts(column(grants, |row| row.grantee_as.as_deref()))),
    ];
    let resources = vec![
        ("grant_id", Column::Numbers(column(limits, |(grant, _)| grant.id.0))),
        ("resource_id", Column::Numbers(column(limits, |(_, resource)| resource.0))),
        ("grantee_id", Column::MaybeNumbers(column(limits, |(grant, _)| reach(grant.grantee_kind, grant.grantee)))),
    ];
    [Insert::new("grants", grants.len(), columns), Insert::new("grant_resources", limits.len(), resources)]
}

/// The key by which the name of a share is compared; most have no name.
pub(in crate::store) fn comment_key(comment: &str) -> Option<String> {
    (!comment.is_empty()).then(|| folded(comment))
}

/// The grant, as stored.
pub(in crate::store) fn stored(new: &NewGrant<'_>, id: i64, public_id: String, now: DateTime<Utc>) -> Grant {
    Grant {
        id: GrantId(id),
        public_id,
        request: new.request,
        parent: new.parent,
        grantor: new.grantor,
        owner: new.owner,
        grantee_kind: new.grantee_kind,
        grantee: new.grantee,
        bundle: new.bundle,
        level: new.level,
        reshare: new.reshare,
        starts_at: new.starts_at.unwrap_or(now),
        ends_at: new.ends_at,
        is_enabled: new.is_enabled,
        revoked_at: None,
        comment: new.comment.to_owned(),
        version: 1,
        tenant: new.tenant.map(str::to_owned),
        attributes: new.attributes.map(str::to_owned),
        created_by: new.created_by,
        created_at: now,
        updated_by: None,
        updated_at: now,
        deleted_at: None,
        term_at: None,
        grantee_as: new.grantee_as.map(str::to_owned),
    }
}

/// A UUID of version 7: the time and 74 random bits, so that new rows share a page of the index.
pub(in crate::store) fn public_id(rng: &Rng, now: DateTime<Utc>) -> Result<String, StoreError> {
    let mut random = [0; 10];
    rng.fill(&mut random).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string())
}

/// Finds a grant, live or not.
pub fn find(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Grant>, StoreError> {
    let query = grants::table.find(id.0).select(Row::columns());
    each!(tx, |c| query.get_result::<Row>(c).optional()?).map(Grant::try_from).transpose()
}

/// Finds a grant and locks it (shared) until the transaction ends, because a grant reshared under it depends on it.
pub fn lock_share(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Grant>, StoreError> {
    let query = grants::table.find(id.0).select(Row::columns());
    each!(tx, |c| locked(query, Share).get_result::<Row>(c).optional()?).map(Grant::try_from).transpose()
}

/// Finds a grant and locks it for update.
pub fn lock_update(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Grant>, StoreError> {
    let query = grants::table.find(id.0).select(Row::columns());
    let row: Option<Row> = each!(tx, |c| locked(query, NoKeyUpdate).get_result(c).optional()?);
    row.map(Grant::try_from).transpose()
}

/// Finds grants by id, live or not.
pub fn find_all(tx: &mut Tx<'_>, ids: &[GrantId]) -> Result<Vec<Grant>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = grants::table.filter(grants::id.eq_any(ids)).order(grants::id.asc()).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(Grant::try_from).collect()
}

/// The person who revoked a grant.
pub fn revoked_by(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<UserId>, StoreError> {
    let query = grants::table.find(id.0).select(grants::revoked_by);
    Ok(each!(tx, |c| query.get_result::<Option<i64>>(c).optional()?).flatten().map(UserId))
}

/// As [`find_live`], without this grant.
pub fn find_live_beside(
    tx: &mut Tx<'_>,
    bundle: BundleId,
    grantor: UserId,
    grantee: UserId,
    except: GrantId,
) -> Result<Option<Grant>, StoreError> {
    let now = tx.micros();
    let query = grants::table
        .filter(grants::bundle_id.eq(bundle.0))
        .filter(grants::grantor_id.eq(grantor.0))
        .filter(grants::grantee_id.eq(grantee.0))
        .filter(grants::revoked_at.is_null())
        .filter(grants::is_enabled.eq(true))
        .filter(grants::ends_at.is_null().or(grants::ends_at.gt(now)))
        .filter(grants::id.ne(except.0))
        .order(grants::id.asc())
        .select(Row::columns());
    each!(tx, |c| query.get_result::<Row>(c).optional()?).map(Grant::try_from).transpose()
}

/// Sets the end and level of an unrevoked grant, if its version matches; `term_at` is the start of its new term.
pub fn prolong(
    tx: &mut Tx<'_>,
    grant: &Grant,
    level: Level,
    ends_at: Option<DateTime<Utc>>,
    term_at: Option<DateTime<Utc>>,
    by: Option<UserId>,
) -> Result<bool, StoreError> {
    let set = (
        grants::level.eq(level.as_str()),
        grants::ends_at.eq(ends_at.map(|at| at.timestamp_micros())),
        grants::term_at.eq(term_at.map(|at| at.timestamp_micros())),
        grants::version.eq(grant.version.wrapping_add(1)),
        grants::updated_at.eq(tx.micros()),
        grants::updated_by.eq(by.map(|id| id.0)),
    );
    let its = grants::table.find(grant.id.0).filter(grants::version.eq(grant.version)).filter(grants::revoked_at.is_null());
    Ok(each!(tx, |c| diesel::update(its).set(set).execute(c)?) == 1)
}

/// The live grant of a bundle from one person to another.
pub fn find_live(tx: &mut Tx<'_>, bundle: BundleId, grantor: UserId, grantee: UserId) -> Result<Option<Grant>, StoreError> {
    // No row has the id 0.
    find_live_beside(tx, bundle, grantor, grantee, GrantId(0))
}

/// Whether the grantor gave the grantee any grant before this one, live or not.
pub fn has_given_before(tx: &mut Tx<'_>, grant: &Grant) -> Result<bool, StoreError> {
    let Some(grantee) = grant.grantee else { return Ok(false) };
    let earlier = grants::table
        .filter(grants::grantor_id.eq(grant.grantor.0))
        .filter(grants::grantee_id.eq(grantee.0))
        .filter(grants::id.lt(grant.id.0));
    Ok(each!(tx, |c| diesel::select(diesel::dsl::exists(earlier)).get_result(c)?))
}

/// The live grants of a bundle to any of these principals with any of the `reshare` bits.
pub fn reshare_rights(tx: &mut Tx<'_>, bundle: BundleId, holders: &[PrincipalId]) -> Result<Vec<Grant>, StoreError> {
    let now = tx.micros();
    let ids: Vec<i64> = holders.iter().map(|id| id.0).collect();
    let query = grants::table
        .filter(grants::bundle_id.eq(bundle.0))
        .filter(grants::grantee_id.eq_any(ids))
        .filter(grants::reshare.ne(0))
        .filter(grants::revoked_at.is_null())
        .filter(grants::is_enabled.eq(true))
        .filter(grants::ends_at.is_null().or(grants::ends_at.gt(now)))
        .order(grants::id.asc())
        .select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(Grant::try_from).collect()
}

/// Finds a grant by its public id, live or not.
pub fn find_public(tx: &mut Tx<'_>, public_id: &str) -> Result<Option<Grant>, StoreError> {
    let query = grants::table.filter(grants::public_id.eq(public_id)).select(Row::columns());
    each!(tx, |c| query.get_result::<Row>(c).optional()?).map(Grant::try_from).transpose()
}

/// The unrevoked grants under a grant, locked until the transaction ends.
pub fn shared_on(tx: &mut Tx<'_>, parent: GrantId) -> Result<Vec<Grant>, StoreError> {
    let query = grants::table
        .filter(grants::parent_id.eq(parent.0))
        .filter(grants::revoked_at.is_null())
        .order(grants::id.asc())
        .select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| locked(query, Update).load(c)?);
    rows.into_iter().map(Grant::try_from).collect()
}

/// Writes the mutable columns of an unrevoked grant if `version` matches, and increments the version.
pub fn update(tx: &mut Tx<'_>, grant: &Grant, version: i32, by: Option<UserId>) -> Result<bool, StoreError> {
    let set = (
        grants::level.eq(grant.level.as_str()),
        grants::reshare.eq(grant.reshare),
        grants::starts_at.eq(grant.starts_at.timestamp_micros()),
        grants::ends_at.eq(grant.ends_at.map(|at| at.timestamp_micros())),
        grants::is_enabled.eq(grant.is_enabled),
        grants::comment.eq(&grant.comment),
        grants::comment_key.eq(comment_key(&grant.comment)),
        grants::attributes.eq(&grant.attributes),
        grants::version.eq(version.wrapping_add(1)),
        grants::updated_at.eq(tx.micros()),
        grants::updated_by.eq(by.map(|id| id.0)),
    );
    let its = grants::table.find(grant.id.0).filter(grants::version.eq(version)).filter(grants::revoked_at.is_null());
    Ok(each!(tx, |c| diesel::update(its).set(set).execute(c)?) == 1)
}

/// Deletes a grant; false if it was deleted before.
pub fn delete(tx: &mut Tx<'_>, id: GrantId, by: Option<UserId>) -> Result<bool, StoreError> {
    let now = tx.micros();
    let set = (
        grants::deleted_at.eq(now),
        grants::updated_at.eq(now),
        grants::updated_by.eq(by.map(|id| id.0)),
        grants::version.eq(grants::version + 1),
    );
    let its = grants::table.find(id.0).filter(grants::deleted_at.is_null());
    Ok(each!(tx, |c| diesel::update(its).set(set).execute(c)?) == 1)
}

/// The live grants from or to a person, and those of the person's bundles reshared by others, by id.
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Grant>, StoreError> {
    let owned = super::bundles::owned_by(tx, user)?.into_iter().map(|id| id.0);
    let query = grants::table
        .filter(grants::revoked_at.is_null())
        .filter(grants::grantor_id.eq(user.0).or(grants::grantee_id.eq(user.0)).or(grants::bundle_id.eq_any(owned)))
        .order(grants::id.asc())
        .select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(Grant::try_from).collect()
}
