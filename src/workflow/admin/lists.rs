//! Pages of all objects, with the people and objects related to them.

use chrono::{DateTime, Utc};

use crate::domain::id::distinct;
use crate::domain::{Bundle, Caller, EmailState, KeyId, RequestId, User, UserId};
use crate::store::admin::{After, Found, audit, emails, grants, people, requests};
use crate::store::audit::Row;
use crate::store::credentials::{self, ApiKey};
use crate::store::outbox::QueuedEmail;
use crate::store::{self, StoreError, Tx};
use crate::workflow::requests::view::{self, RequestView};
use crate::workflow::shares::{self, Share};
use crate::workflow::{WorkflowError, authority};

pub use crate::store::admin::people::Ever;

/// Rows on a page. With more, a page of requests would exceed 50 KB with its styles.
pub const PAGE: i64 = 20;

/// A page of rows, for an administrator, with what `show` adds to them.
fn page<T, V>(
    tx: &mut Tx<'_>,
    caller: &Caller,
    list: impl FnOnce(&mut Tx<'_>) -> Result<Found<T>, StoreError>,
    show: impl FnOnce(&mut Tx<'_>, &Caller, Vec<T>) -> Result<Vec<V>, WorkflowError>,
) -> Result<Found<V>, WorkflowError> {
    authority::require_admin(caller)?;
    let mut found = list(tx)?;
    let items = show(tx, caller, std::mem::take(&mut found.items))?;
    Ok(found.with(items))
}

/// A page of requests.
pub fn requests(
    tx: &mut Tx<'_>,
    caller: &Caller,
    which: requests::Which,
    after: Option<After>,
    limit: i64,
) -> Result<Found<RequestView>, WorkflowError> {
    page(tx, caller, |tx| requests::list(tx, which, after, limit), view::load_all)
}

/// A page of grants.
pub fn grants(
    tx: &mut Tx<'_>,
    caller: &Caller,
    which: grants::Which,
    after: Option<After>,
    limit: i64,
) -> Result<Found<Share>, WorkflowError> {
    page(tx, caller, |tx| grants::list(tx, which, after, limit), shares::load_all)
}

/// A page of people.
pub fn people(
    tx: &mut Tx<'_>,
    caller: &Caller,
    which: people::Which,
    after: Option<After>,
) -> Result<Found<Ever<User>>, WorkflowError> {
    authority::require_admin(caller)?;
    Ok(people::list(tx, which, after, PAGE)?)
}

/// A bundle and its owner.
pub type Owned = (Ever<Bundle>, Option<User>);

/// A page of bundles.
pub fn bundles(tx: &mut Tx<'_>, caller: &Caller, is_gone: bool, after: Option<After>) -> Result<Found<Owned>, WorkflowError> {
    let with_owners = |tx: &mut Tx<'_>, _: &Caller, bundles: Vec<Ever<Bundle>>| {
        let owners = by_id(tx, bundles.iter().filter_map(|bundle| bundle.item.owner))?;
        let owner = |bundle: &Ever<Bundle>| bundle.item.owner.and_then(|id| owners.iter().find(|user| user.id == id).cloned());
        Ok(bundles.into_iter().map(|bundle| (bundle.clone(), owner(&bundle))).collect())
    };
    page(tx, caller, |tx| people::bundles(tx, is_gone, after, PAGE), with_owners)
}

/// An email and its recipient.
pub type Addressed = (QueuedEmail, Option<User>);

/// A page of the outbox.
pub fn emails(
    tx: &mut Tx<'_>,
    caller: &Caller,
    state: Option<EmailState>,
    after: Option<After>,
    limit: i64,
) -> Result<Found<Addressed>, WorkflowError> {
    page(tx, caller, |tx| emails::list(tx, state, after, limit), |tx, _, emails| addressed(tx, emails))
}

/// Adds the recipients to emails.
pub fn addressed(tx: &mut Tx<'_>, emails: Vec<QueuedEmail>) -> Result<Vec<Addressed>, WorkflowError> {
    let readers = by_id(tx, emails.iter().map(|email| email.user))?;
    let reader = |id| readers.iter().find(|user| user.id == id).cloned();
    Ok(emails.into_iter().map(|email| (email.clone(), reader(email.user))).collect())
}

/// A key, its owner, and the newest request filed by it.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key. No page shows its hash.
    pub key: ApiKey,
    pub owner: Option<User>,
    /// The newest request filed by its app that was not purged, and its time.
    pub last: Option<(RequestId, DateTime<Utc>)>,
}

/// A page of keys.
pub fn keys(tx: &mut Tx<'_>, caller: &Caller, after: Option<After>, limit: i64) -> Result<Found<Key>, WorkflowError> {
    let with_owners = |tx: &mut Tx<'_>, _: &Caller, keys: Vec<ApiKey>| keys.into_iter().map(|key| with_owner(tx, key)).collect();
    page(tx, caller, |tx| people::keys(tx, after, limit), with_owners)
}

/// One key.
pub fn key(tx: &mut Tx<'_>, caller: &Caller, id: KeyId) -> Result<Key, WorkflowError> {
    authority::require_admin(caller)?;
    let key = credentials::find_key(tx, id)?.ok_or(WorkflowError::NotFound(crate::workflow::What::Key))?;
    with_owner(tx, key)
}

fn with_owner(tx: &mut Tx<'_>, key: ApiKey) -> Result<Key, WorkflowError> {
    let owner = key.user.map(|user| store::users::find_including_deleted(tx, user)).transpose()?.flatten();
    let last = people::last_request(tx, key.app)?;
    Ok(Key { key, owner, last })
}

/// An audit row with its people and app.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row.
    pub row: Row,
    /// The person who acted.
    pub actor: Option<User>,
    /// The app's name.
    pub app: Option<String>,
}

/// The newest audit rows before a cursor, and the next cursor.
pub fn audit(
    tx: &mut Tx<'_>,
    caller: &Caller,
    before: &audit::Place,
) -> Result<(Vec<Entry>, Option<audit::Place>), WorkflowError> {
    authority::require_admin(caller)?;
    let (rows, next) = audit::newest(tx, before, PAGE)?;
    Ok((entries(tx, rows)?, next))
}

/// Adds people and apps to audit rows.
pub(super) fn entries(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Entry>, WorkflowError> {
    let actors = by_id(tx, rows.iter().filter_map(|row| row.actor_id.map(UserId)))?;
    let mut apps = Vec::new();
    for id in distinct(rows.iter().filter_map(|row| row.key_id)) {
        apps.extend(credentials::find_key(tx, KeyId(id))?.map(|key| (id, key.app_name)));
    }
    let entries = rows.into_iter().map(|row| Entry {
        actor: row.actor_id.and_then(|id| actors.iter().find(|user| user.id.0 == id).cloned()),
        app: row.key_id.and_then(|id| apps.iter().find(|(key, _)| *key == id).map(|(_, name)| name.clone())),
        row,
    });
    Ok(entries.collect())
}

fn by_id(tx: &mut Tx<'_>, ids: impl Iterator<Item = UserId>) -> Result<Vec<User>, WorkflowError> {
    Ok(store::users::find_all(tx, &distinct(ids))?)
}
