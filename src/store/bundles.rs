//! Bundles and their resources.

use diesel::prelude::*;

use super::names::by_name;
use super::schema::{bundle_resources, bundles, resources};
use super::sql::lock::{Share, locked};
use super::tx::Lock;
use super::{StoreError, Tx, each, load_each, row};
use crate::domain::name::key;
use crate::domain::{Bundle, BundleId, Level, Name, Page, Resource, ResourceId, ResourceKind, Slice, UserId};

row! {
    struct Row from bundles {
        id: i64,
        name: String,
        owner_id: Option<i64>,
        level: String,
    }
}

impl TryFrom<Row> for Bundle {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let level = Level::parse(&row.level).ok_or_else(|| unreadable("bundles.level", &row.level))?;
        Ok(Self { id: BundleId(row.id), name: row.name, owner: row.owner_id.map(UserId), level })
    }
}

row! {
    struct ResourceRow from resources {
        id: i64,
        uri: String,
        name: String,
        kind: String,
        owner_id: i64,
    }
}

impl TryFrom<ResourceRow> for Resource {
    type Error = StoreError;

    fn try_from(row: ResourceRow) -> Result<Self, StoreError> {
        let kind = ResourceKind::parse(&row.kind).ok_or_else(|| unreadable("resources.kind", &row.kind))?;
        Ok(Self { id: ResourceId(row.id), uri: row.uri, name: row.name, kind, owner: UserId(row.owner_id) })
    }
}

/// The error for a stored word that no version of this program wrote.
pub(super) fn unreadable(column: &str, word: &str) -> StoreError {
    StoreError::Query(format!("{column} holds {word:?}, which this version does not know"))
}

/// Adds a bundle. A taken name is a violation of `bundles.name` or `bundles.name_key`.
pub fn add(tx: &mut Tx<'_>, name: &str, owner: Option<UserId>, level: Level) -> Result<Bundle, StoreError> {
    let values = (
        bundles::name.eq(name),
        bundles::name_key.eq(key(name)),
        bundles::owner_id.eq(owner.map(|id| id.0)),
        bundles::level.eq(level.as_str()),
        bundles::created_at.eq(tx.micros()),
    );
    let row: Row = each!(tx, |c| diesel::insert_into(bundles::table).values(values).returning(Row::columns()).get_result(c)?);
    row.try_into()
}

/// Renames a bundle; false if there is none. A taken name is a violation, as in [`add`].
pub fn rename(tx: &mut Tx<'_>, id: BundleId, name: &str) -> Result<bool, StoreError> {
    let update = diesel::update(bundles::table.find(id.0).filter(bundles::deleted_at.is_null())).set((
        bundles::name.eq(name),
        bundles::name_key.eq(key(name)),
        bundles::is_name_contested.eq(false),
    ));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// Finds an existing bundle.
pub fn find(tx: &mut Tx<'_>, id: BundleId) -> Result<Option<Bundle>, StoreError> {
    let query = bundles::table.find(id.0).filter(bundles::deleted_at.is_null()).select(Row::columns());
    each!(tx, |c| query.get_result::<Row>(c).optional()?).map(Bundle::try_from).transpose()
}

/// Finds a bundle, including deleted ones.
pub fn find_including_deleted(tx: &mut Tx<'_>, id: BundleId) -> Result<Option<Bundle>, StoreError> {
    let query = bundles::table.find(id.0).select(Row::columns());
    each!(tx, |c| query.get_result::<Row>(c).optional()?).map(Bundle::try_from).transpose()
}

/// Finds an existing bundle and locks it (shared) until the transaction ends, because an approval depends on it.
pub fn lock_share(tx: &mut Tx<'_>, id: BundleId) -> Result<Option<Bundle>, StoreError> {
    let query = bundles::table.find(id.0).filter(bundles::deleted_at.is_null()).select(Row::columns());
    each!(tx, |c| locked(query, Share).get_result::<Row>(c).optional()?).map(Bundle::try_from).transpose()
}

/// Finds the existing bundles of `ids`, and locks them in id order, so that concurrent callers cannot deadlock.
pub(super) fn load_all(tx: &mut Tx<'_>, ids: &[BundleId], lock: Lock) -> Result<Vec<Bundle>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let existing = bundles::table.filter(bundles::deleted_at.is_null()).order(bundles::id.asc()).select(Row::columns());
    let rows = load_each!(tx, bundles::id, ids, |these| existing.filter(these), lock => Row);
    rows.into_iter().map(Bundle::try_from).collect()
}

/// Finds the bundles of `ids`, including deleted ones.
pub fn find_all(tx: &mut Tx<'_>, ids: &[BundleId]) -> Result<Vec<Bundle>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = bundles::table.filter(bundles::id.eq_any(ids)).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(Bundle::try_from).collect()
}

/// Finds a bundle by name.
pub fn find_by_name(tx: &mut Tx<'_>, name: &Name) -> Result<Option<Bundle>, StoreError> {
    by_name!(tx, bundles, name, name_key, name, Row::columns() => Row).map(Bundle::try_from).transpose()
}

/// A page of the existing bundles, by id.
pub fn list(tx: &mut Tx<'_>, page: Page) -> Result<Slice<Bundle>, StoreError> {
    let live = || bundles::table.filter(bundles::deleted_at.is_null());
    let total = each!(tx, |c| live().count().get_result(c)?);
    let query = live().select(Row::columns()).order(bundles::id.asc()).limit(page.limit).offset(page.offset);
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    let items = rows.into_iter().map(Bundle::try_from).collect::<Result<_, _>>()?;
    Ok(Slice { items, total })
}

/// The bundles of an owner.
pub fn owned_by(tx: &mut Tx<'_>, owner: UserId) -> Result<Vec<BundleId>, StoreError> {
    let query = bundles::table.filter(bundles::owner_id.eq(owner.0)).filter(bundles::deleted_at.is_null()).select(bundles::id);
    let ids: Vec<i64> = each!(tx, |c| query.load(c)?);
    Ok(ids.into_iter().map(BundleId).collect())
}

/// Sets the owner of a bundle.
pub fn set_owner(tx: &mut Tx<'_>, id: BundleId, owner: UserId) -> Result<(), StoreError> {
    let update = diesel::update(bundles::table.find(id.0)).set(bundles::owner_id.eq(owner.0));
    each!(tx, |c| update.execute(c)?);
    Ok(())
}

/// Deletes a bundle. Its name becomes free.
pub fn delete(tx: &mut Tx<'_>, id: BundleId) -> Result<bool, StoreError> {
    let now = tx.micros();
    let update = diesel::update(bundles::table.find(id.0).filter(bundles::deleted_at.is_null())).set(bundles::deleted_at.eq(now));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// Adds a resource. A taken URI is a violation of `resources.uri`.
pub fn add_resource(tx: &mut Tx<'_>, uri: &str, name: &str, kind: ResourceKind, owner: UserId) -> Result<Resource, StoreError> {
    let values = (
        resources::uri.eq(uri),
        resources::name.eq(name),
        resources::kind.eq(kind.as_str()),
        resources::owner_id.eq(owner.0),
        resources::created_at.eq(tx.micros()),
    );
    let row: ResourceRow =
        each!(tx, |c| diesel::insert_into(resources::table).values(values).returning(ResourceRow::columns()).get_result(c)?);
    row.try_into()
}

/// Finds a resource by URI.
pub fn find_resource(tx: &mut Tx<'_>, uri: &str) -> Result<Option<Resource>, StoreError> {
    let query =
        resources::table.filter(resources::uri.eq(uri)).filter(resources::deleted_at.is_null()).select(ResourceRow::columns());
    each!(tx, |c| query.get_result::<ResourceRow>(c).optional()?).map(Resource::try_from).transpose()
}

/// Finds resources by URI.
pub fn find_resources(tx: &mut Tx<'_>, uris: &[String]) -> Result<Vec<Resource>, StoreError> {
    let query = resources::table
        .filter(resources::uri.eq_any(uris))
        .filter(resources::deleted_at.is_null())
        .select(ResourceRow::columns());
    let rows: Vec<ResourceRow> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(Resource::try_from).collect()
}

/// Adds a resource to a bundle, if it is not in it yet.
pub fn put_in(tx: &mut Tx<'_>, bundle: BundleId, resource: ResourceId) -> Result<(), StoreError> {
    let values = (bundle_resources::bundle_id.eq(bundle.0), bundle_resources::resource_id.eq(resource.0));
    each!(tx, |c| diesel::insert_into(bundle_resources::table).values(values).on_conflict_do_nothing().execute(c)?);
    Ok(())
}

/// The resources of a bundle, by id.
pub fn resources_of(tx: &mut Tx<'_>, bundle: BundleId) -> Result<Vec<Resource>, StoreError> {
    let query = bundle_resources::table
        .inner_join(resources::table)
        .filter(bundle_resources::bundle_id.eq(bundle.0))
        .filter(resources::deleted_at.is_null())
        .order(resources::id.asc())
        .select(ResourceRow::columns());
    let rows: Vec<ResourceRow> = each!(tx, |c| query.load(c)?);
    rows.into_iter().map(Resource::try_from).collect()
}

/// Finds a resource by URI and locks it (shared) until the transaction ends, because a grant depends on it.
pub fn lock_resource(tx: &mut Tx<'_>, uri: &str) -> Result<Option<Resource>, StoreError> {
    let query =
        resources::table.filter(resources::uri.eq(uri)).filter(resources::deleted_at.is_null()).select(ResourceRow::columns());
    each!(tx, |c| locked(query, Share).get_result::<ResourceRow>(c).optional()?).map(Resource::try_from).transpose()
}

/// Deletes all resources of a person. Their URIs become free.
pub fn delete_resources_of(tx: &mut Tx<'_>, owner: UserId) -> Result<(), StoreError> {
    let now = tx.micros();
    let theirs = resources::table.filter(resources::owner_id.eq(owner.0)).filter(resources::deleted_at.is_null());
    each!(tx, |c| diesel::update(theirs).set(resources::deleted_at.eq(now)).execute(c)?);
    Ok(())
}

/// Sets the owner of all resources of a person.
pub fn set_resource_owner(tx: &mut Tx<'_>, from: UserId, to: UserId) -> Result<(), StoreError> {
    let update = diesel::update(resources::table.filter(resources::owner_id.eq(from.0))).set(resources::owner_id.eq(to.0));
    each!(tx, |c| update.execute(c)?);
    Ok(())
}

diesel::joinable!(bundle_resources -> resources (resource_id));
