//! Everything there is, a page at a time, with the people and things that it is about.

use chrono::{DateTime, Utc};

use crate::domain::{Bundle, Caller, EmailState, KeyId, RequestId, User, UserId};
use crate::store::admin::{After, Found, audit, emails, grants, people, requests};
use crate::store::audit::Row;
use crate::store::credentials::{self, ApiKey};
use crate::store::outbox::QueuedEmail;
use crate::store::{self, Tx};
use crate::workflow::requests::view::{self, RequestView};
use crate::workflow::shares::{self, Share};
use crate::workflow::{WorkflowError, authority};

pub use crate::store::admin::people::Ever;

/// Rows on a page: with more, a page of requests would be more than 50 KB with its styles.
pub const PAGE: i64 = 20;

/// A page of the requests.
pub fn requests(
    tx: &mut Tx<'_>,
    caller: &Caller,
    which: requests::Which,
    after: Option<After>,
    limit: i64,
) -> Result<Found<RequestView>, WorkflowError> {
    authority::require_admin(caller)?;
    let mut found = requests::list(tx, which, after, limit)?;
    let items = view::tell_all(tx, caller, std::mem::take(&mut found.items))?;
    Ok(found.with(items))
}

/// A page of the grants.
pub fn grants(
    tx: &mut Tx<'_>,
    caller: &Caller,
    which: grants::Which,
    after: Option<After>,
    limit: i64,
) -> Result<Found<Share>, WorkflowError> {
    authority::require_admin(caller)?;
    let mut found = grants::list(tx, which, after, limit)?;
    let items = shares::tell_all(tx, caller, std::mem::take(&mut found.items))?;
    Ok(found.with(items))
}

/// A page of the people.
pub fn people(
    tx: &mut Tx<'_>,
    caller: &Caller,
    which: people::Which,
    after: Option<After>,
) -> Result<Found<Ever<User>>, WorkflowError> {
    authority::require_admin(caller)?;
    Ok(people::list(tx, which, after, PAGE)?)
}

/// A bundle, and whose it is.
pub type Owned = (Ever<Bundle>, Option<User>);

/// A page of the bundles.
pub fn bundles(tx: &mut Tx<'_>, caller: &Caller, is_gone: bool, after: Option<After>) -> Result<Found<Owned>, WorkflowError> {
    authority::require_admin(caller)?;
    let mut found = people::bundles(tx, is_gone, after, PAGE)?;
    let bundles = std::mem::take(&mut found.items);
    let owners = by_id(tx, bundles.iter().filter_map(|bundle| bundle.item.owner))?;
    let owner = |bundle: &Ever<Bundle>| bundle.item.owner.and_then(|id| owners.iter().find(|user| user.id == id).cloned());
    let items = bundles.into_iter().map(|bundle| (bundle.clone(), owner(&bundle))).collect();
    Ok(found.with(items))
}

/// An email, and to whom it goes.
pub type Addressed = (QueuedEmail, Option<User>);

/// A page of the outbox.
pub fn letters(
    tx: &mut Tx<'_>,
    caller: &Caller,
    state: Option<EmailState>,
    after: Option<After>,
    limit: i64,
) -> Result<Found<Addressed>, WorkflowError> {
    authority::require_admin(caller)?;
    let mut found = emails::list(tx, state, after, limit)?;
    let items = addressed(tx, std::mem::take(&mut found.items))?;
    Ok(found.with(items))
}

/// Emails with their readers.
pub fn addressed(tx: &mut Tx<'_>, letters: Vec<QueuedEmail>) -> Result<Vec<Addressed>, WorkflowError> {
    let readers = by_id(tx, letters.iter().map(|email| email.user))?;
    let reader = |id| readers.iter().find(|user| user.id == id).cloned();
    Ok(letters.into_iter().map(|email| (email.clone(), reader(email.user))).collect())
}

/// An app's key, whose it is, and the newest request that it filed.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key. Its hash is no page's business.
    pub key: ApiKey,
    /// Whose it is.
    pub owner: Option<User>,
    /// The newest request that it filed and that was not purged, and when.
    pub last: Option<(RequestId, DateTime<Utc>)>,
}

/// A page of the keys.
pub fn keys(tx: &mut Tx<'_>, caller: &Caller, after: Option<After>, limit: i64) -> Result<Found<Key>, WorkflowError> {
    authority::require_admin(caller)?;
    let mut found = people::keys(tx, after, limit)?;
    let keys = std::mem::take(&mut found.items);
    let items = keys.into_iter().map(|key| with_owner(tx, key)).collect::<Result<_, _>>()?;
    Ok(found.with(items))
}

/// One key.
pub fn key(tx: &mut Tx<'_>, caller: &Caller, id: KeyId) -> Result<Key, WorkflowError> {
    authority::require_admin(caller)?;
    let key = credentials::find_key(tx, id)?.ok_or(WorkflowError::NotFound(crate::workflow::What::Key))?;
    with_owner(tx, key)
}

fn with_owner(tx: &mut Tx<'_>, key: ApiKey) -> Result<Key, WorkflowError> {
    let owner = key.user.map(|user| store::users::find_including_deleted(tx, user)).transpose()?.flatten();
    let last = people::last_request(tx, key.id)?;
    Ok(Key { key, owner, last })
}

/// A line of the audit, and who is meant.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The line.
    pub row: Row,
    /// Who did it.
    pub actor: Option<User>,
    /// With which app's key.
    pub app: Option<String>,
}

/// The newest lines of the audit before a place, and where the next page begins.
pub fn audit(
    tx: &mut Tx<'_>,
    caller: &Caller,
    before: &audit::Place,
) -> Result<(Vec<Entry>, Option<audit::Place>), WorkflowError> {
    authority::require_admin(caller)?;
    let (rows, next) = audit::newest(tx, before, PAGE)?;
    Ok((entries(tx, rows)?, next))
}

/// Lines with who is meant.
pub(super) fn entries(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Entry>, WorkflowError> {
    let actors = by_id(tx, rows.iter().filter_map(|row| row.actor_id.map(UserId)))?;
    let mut keys: Vec<i64> = rows.iter().filter_map(|row| row.key_id).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut apps = Vec::with_capacity(keys.len());
    for id in keys {
        apps.extend(credentials::find_key(tx, KeyId(id))?.map(|key| (id, key.name)));
    }
    let told = rows.into_iter().map(|row| Entry {
        actor: row.actor_id.and_then(|id| actors.iter().find(|user| user.id.0 == id).cloned()),
        app: row.key_id.and_then(|id| apps.iter().find(|(key, _)| *key == id).map(|(_, name)| name.clone())),
        row,
    });
    Ok(told.collect())
}

fn by_id(tx: &mut Tx<'_>, ids: impl Iterator<Item = UserId>) -> Result<Vec<User>, WorkflowError> {
    let mut ids: Vec<UserId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(store::users::find_all(tx, &ids)?)
}
