//! Shares: grants made directly and grants from requests, as one list for their people.
//!
//! [`share`] creates one, [`change`] changes it, [`revoke`] and [`delete`] end it; [`bundle_permissions`] shows them as
//! Hexoskin's bundle permissions.

pub mod bundle_permissions;
mod create;
mod public;
mod revoke;
mod update;

use std::collections::HashMap;

use super::directory::KNOWN_MOST;
use super::visible_users::{self, Seen};
use super::{What, WhyForbidden, WorkflowError, authority};
use crate::domain::id::distinct;
use crate::domain::{
    Bundle, BundleId, Caller, Filter, Grant, GrantId, GranteeKind, GroupId, Page, Principal, PrincipalId, Resource, Scope, Slice,
    Sort, User, UserId,
};
use crate::store::{self, Tx, grants, shares};

pub use self::create::{NewShare, Target, With, share};
pub use self::public::{Wanted, Whole, delete_whole, find_whole, list_whole};
pub(super) use self::revoke::end;
pub use self::revoke::{delete, revoke};
pub use self::update::{Change, change};

/// The id of a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareId {
    /// The internal id.
    Number(GrantId),
    /// The public id, used by SAS.
    Public(String),
}

/// The object of a share.
#[derive(Clone, Debug)]
pub enum Shared {
    /// A bundle, limited to these resources; none: the whole bundle.
    Bundle(Bundle, Vec<Resource>),
    Resources(Vec<Resource>),
}

/// A grant with everything that responses show.
#[derive(Clone, Debug)]
pub struct Share {
    pub grant: Grant,
    pub grantor: User,
    /// The grantee, if it is a named one.
    pub grantee: Option<Principal>,
    pub of: Shared,
    pub created_by: Option<User>,
    /// The person who changed it last, if anyone but the creator.
    pub updated_by: Option<User>,
}

/// Selects the owner of the listed shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Shares given by the caller, of the caller's data, and to the caller, also through a group.
    Own,
    /// All shares, for administrators.
    All,
    /// The shares of a tenant, for its members.
    Tenant(String),
}

/// A filtered and sorted list of shares.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The owner of the shares.
    pub whose: Whose,
    pub filter: Filter,
    /// The sort column.
    pub sort: Sort,
    /// Whether the order is descending.
    pub is_descending: bool,
}

/// The limit of a list's size, over attributes and URIs. A larger page is shorter than its row limit.
pub const LIST_BYTES: usize = 4 * 1024 * 1024;
/// Shares of a large list that are read at once.
const TOGETHER: usize = 64;

/// A page of the shares visible to the caller. Deleted ones never appear; the filter decides about revoked, ended and disabled
/// ones. The page ends early at [`LIST_BYTES`].
pub fn list(tx: &mut Tx<'_>, caller: &Caller, listing: &Listing, page: Page) -> Result<Slice<Share>, WorkflowError> {
    let (whose, filter) = wanted(tx, caller, listing)?;
    let wanted = shares::Listing { whose, filter: &filter, sort: listing.sort, is_descending: listing.is_descending };
    if usize::try_from(page.limit).is_ok_and(|limit| limit <= TOGETHER) {
        let slice = shares::list(tx, &wanted, page)?;
        let total = slice.total;
        return Ok(Slice { items: load_all(tx, caller, slice.items)?, total });
    }
    let ids = shares::ids(tx, &wanted, page)?;
    let (mut items, mut bytes) = (Vec::new(), 0);
    let mut is_full = false;
    look_through(tx, caller, &ids.items, |share| {
        bytes += size(&share);
        is_full = bytes > LIST_BYTES && !items.is_empty();
        if !is_full {
            items.push(share);
        }
        !is_full
    })?;
    Ok(Slice { items, total: ids.total })
}

/// As [`list`], with a second filter in memory, if at most `most` shares pass the first; otherwise their number. `total` counts
/// the matches.
pub fn list_matching(
    tx: &mut Tx<'_>,
    caller: &Caller,
    listing: &Listing,
    page: Page,
    most: i64,
    matches: impl Fn(&Share) -> bool,
) -> Result<Result<Slice<Share>, i64>, WorkflowError> {
    let (whose, filter) = wanted(tx, caller, listing)?;
    let wanted = shares::Listing { whose, filter: &filter, sort: listing.sort, is_descending: listing.is_descending };
    let ids = shares::ids(tx, &wanted, Page { limit: most, offset: 0 })?;
    if ids.total > most {
        return Ok(Err(ids.total));
    }
    let (mut items, mut bytes, mut total) = (Vec::new(), 0, 0);
    let end = page.offset.saturating_add(page.limit);
    let mut is_full = false;
    look_through(tx, caller, &ids.items, |share| {
        if matches(&share) {
            if !is_full && (page.offset..end).contains(&total) {
                bytes += size(&share);
                is_full = bytes > LIST_BYTES && !items.is_empty();
                if !is_full {
                    items.push(share);
                }
            }
            total += 1;
        }
        true
    })?;
    Ok(Ok(Slice { items, total }))
}

/// Passes these shares to `take`, in order, until it returns false.
fn look_through(
    tx: &mut Tx<'_>,
    caller: &Caller,
    ids: &[GrantId],
    mut take: impl FnMut(Share) -> bool,
) -> Result<(), WorkflowError> {
    for part in ids.chunks(TOGETHER) {
        let mut found: HashMap<GrantId, Grant> = grants::find_all(tx, part)?.into_iter().map(|grant| (grant.id, grant)).collect();
        let in_order: Vec<Grant> = part.iter().filter_map(|id| found.remove(id)).collect();
        for share in load_all(tx, caller, in_order)? {
            if !take(share) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The size of a share's unbounded fields.
fn size(share: &Share) -> usize {
    let (Shared::Bundle(_, resources) | Shared::Resources(resources)) = &share.of;
    let uris: usize = resources.iter().map(|resource| resource.uri.len() + resource.name.len()).sum();
    share.grant.attributes.as_ref().map_or(0, String::len) + uris
}

/// The scope and filter of a list, after checking the caller's rights.
fn wanted(tx: &mut Tx<'_>, caller: &Caller, listing: &Listing) -> Result<(shares::Whose, Filter), WorkflowError> {
    authority::require_read(caller, Scope::Grants)?;
    Ok(match &listing.whose {
        Whose::All => {
            authority::require_admin(caller)?;
            (shares::Whose::All, listing.filter.clone())
        }
        Whose::Own => {
            let user = caller.user.ok_or(WorkflowError::Forbidden(WhyForbidden::SharesNeedPerson))?;
            let filter = as_seen(tx, caller, user, listing.filter.clone())?;
            (shares::Whose::Of(user, store::users::principals_of(tx, user)?), filter)
        }
        Whose::Tenant(tenant) => {
            require_tenant(tx, caller, tenant)?;
            (shares::Whose::All, Filter::All(vec![Filter::Tenant(tenant.clone()), listing.filter.clone()]))
        }
    })
}

/// Limits filters by name to people whom the list shows, so that they cannot find others.
fn as_seen(tx: &mut Tx<'_>, caller: &Caller, user: UserId, filter: Filter) -> Result<Filter, WorkflowError> {
    if !filter.asks_for_grantees() || visible_users::sees_everybody(caller) {
        return Ok(filter);
    }
    let mut known = store::visible_users::all(tx, user)?;
    let over = known.len().saturating_sub(KNOWN_MOST);
    known.drain(..over);
    known.push(user.0);
    Ok(filter.as_seen_by(user, &known.into_iter().map(PrincipalId).collect::<Vec<_>>()))
}

/// Requires that the caller belongs to a tenant.
pub fn require_tenant(tx: &mut Tx<'_>, caller: &Caller, tenant: &str) -> Result<(), WorkflowError> {
    const FOREIGN: WorkflowError = WorkflowError::Forbidden(WhyForbidden::OtherTenant);
    let user = caller.user.ok_or(FOREIGN)?;
    if store::users::tenant_of(tx, user)?.as_deref() == Some(tenant) { Ok(()) } else { Err(FOREIGN) }
}

/// Finds a share visible to the caller; it may be ended or revoked, but not deleted.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, id: &ShareId) -> Result<Share, WorkflowError> {
    authority::require_read(caller, Scope::Grants)?;
    let grant = find_grant(tx, caller, id)?;
    load(tx, caller, grant)
}

/// Finds the grant of a share visible to the caller.
fn find_grant(tx: &mut Tx<'_>, caller: &Caller, id: &ShareId) -> Result<Grant, WorkflowError> {
    const NONE: WorkflowError = WorkflowError::NotFound(What::Grant);
    let found = match id {
        ShareId::Number(id) => grants::find(tx, *id)?,
        ShareId::Public(id) => grants::find_public(tx, id)?,
    };
    let grant = found.filter(|grant| grant.deleted_at.is_none()).ok_or(NONE)?;
    if may_see(tx, caller, &grant)? { Ok(grant) } else { Err(NONE) }
}

/// Whether the caller may see a grant: the grantor, the grantees, also through a group, the data owner and administrators may.
fn may_see(tx: &mut Tx<'_>, caller: &Caller, grant: &Grant) -> Result<bool, WorkflowError> {
    let Some(user) = caller.user else { return Ok(caller.may_administer()) };
    let is_part = grant.grantor == user || grant.owner == user || grant.grantee == Some(user.into());
    if is_part || caller.may_administer() {
        return Ok(true);
    }
    let Some(grantee) = grant.grantee.filter(|_| grant.grantee_kind == GranteeKind::Group) else { return Ok(false) };
    Ok(store::users::principals_of(tx, user)?.contains(&grantee))
}

/// A grant with everything that responses show.
pub fn load(tx: &mut Tx<'_>, caller: &Caller, grant: Grant) -> Result<Share, WorkflowError> {
    load_all(tx, caller, vec![grant])?.pop().ok_or(WorkflowError::NotFound(What::Grant))
}

/// The grantee whose visibility to the caller needs a lookup. The caller always sees themselves, and grantees to whom another
/// person gave access to the caller's data.
pub(super) fn unrevealed(grant: &Grant, caller: &Caller) -> Option<UserId> {
    let is_person = matches!(grant.grantee_kind, GranteeKind::User | GranteeKind::ExternalUser);
    let grantee = grant.grantee.filter(|_| is_person).map(|id| UserId(id.0)).filter(|id| caller.user != Some(*id))?;
    let is_of_theirs = caller.user == Some(grant.owner) && grant.grantor != grant.owner;
    (!is_of_theirs).then_some(grantee)
}

/// A grantee as the caller sees them. Only the grantor sees the name that the grantor used.
pub(super) fn shown(grantee: Principal, grant: &Grant, caller: &Caller, seen: &Seen) -> Principal {
    match grantee {
        Principal::User(user) if unrevealed(grant, caller).is_some() => {
            let is_giver = caller.user.is_some_and(|user| user == grant.grantor);
            Principal::User(seen.show(user, grant.grantee_as.as_deref().filter(|_| is_giver)))
        }
        other => other,
    }
}

/// As [`load`] for many grants, in five queries. Grantors and editors are visible; grantees may be [hidden](User::hidden).
pub fn load_all(tx: &mut Tx<'_>, caller: &Caller, grants: Vec<Grant>) -> Result<Vec<Share>, WorkflowError> {
    let seen = Seen::of(tx, caller, grants.iter().filter_map(|grant| unrevealed(grant, caller)).collect())?;
    let mut people: Vec<UserId> = Vec::new();
    let mut groups: Vec<GroupId> = Vec::new();
    let mut bundles: Vec<BundleId> = Vec::new();
    for grant in &grants {
        people.push(grant.grantor);
        people.extend(grant.created_by.into_iter().chain(grant.updated_by));
        match (grant.grantee_kind, grant.grantee) {
            (GranteeKind::Group, Some(id)) => groups.push(GroupId(id.0)),
            (_, Some(id)) => people.push(UserId(id.0)),
            (_, None) => {}
        }
        bundles.extend(grant.bundle);
    }
    let mut people = store::users::find_all(tx, &distinct(people))?;
    people.sort_unstable_by_key(|user| user.id);
    let groups = store::users::find_groups(tx, &distinct(groups))?;
    let bundles = store::bundles::find_all(tx, &distinct(bundles))?;
    let ids: Vec<GrantId> = grants.iter().map(|grant| grant.id).collect();
    let resources = store::grants::resources_of(tx, &ids)?;

    let person = |id: UserId| people.binary_search_by_key(&id, |user| user.id).ok().and_then(|at| people.get(at)).cloned();
    let shares = grants.into_iter().map(|grant| {
        let grantee = grant.grantee.and_then(|id| match grant.grantee_kind {
            GranteeKind::Group => groups.iter().find(|group| group.id.0 == id.0).cloned().map(Principal::Group),
            _ => person(UserId(id.0)).map(Principal::User),
        });
        let grantee = grantee.map(|grantee| shown(grantee, &grant, caller, &seen));
        let first = resources.partition_point(|(id, _)| *id < grant.id);
        let its = resources.iter().skip(first).take_while(|(id, _)| *id == grant.id);
        let its: Vec<Resource> = its.map(|(_, resource)| resource.clone()).collect();
        let of = match grant.bundle {
            Some(id) => {
                let bundle = bundles.iter().find(|bundle| bundle.id == id).cloned();
                Shared::Bundle(bundle.ok_or(WorkflowError::NotFound(What::Bundle))?, its)
            }
            None => Shared::Resources(its),
        };
        Ok(Share {
            grantor: person(grant.grantor).ok_or(WorkflowError::NotFound(What::User))?,
            grantee,
            of,
            created_by: grant.created_by.and_then(person),
            updated_by: grant.updated_by.and_then(person),
            grant,
        })
    });
    shares.collect()
}
