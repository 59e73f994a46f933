//! Shares: access that somebody gives directly, and the grants that came of requests, as one list to their people.
//!
//! [`share`] makes one, [`change`] changes it, [`revoke`] and [`delete`] end it; [`bundle_permissions`] shows them as Hexoskin's
//! bundle permissions.

pub mod bundle_permissions;
mod create;
mod public;
mod revoke;
mod update;

use std::collections::HashMap;

use super::directory::KNOWN_MOST;
use super::visible_users::{self, Seen};
use super::{What, WhyForbidden, WorkflowError, authority};
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

/// How a share is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareId {
    /// By its number.
    Number(GrantId),
    /// By the id that SAS knows it by.
    Public(String),
}

/// What a share is of.
#[derive(Clone, Debug)]
pub enum Shared {
    /// A bundle, limited to these of its resources; of none: all of it.
    Bundle(Bundle, Vec<Resource>),
    /// Single resources.
    Resources(Vec<Resource>),
}

/// A grant with all that it is told with.
#[derive(Clone, Debug)]
pub struct Share {
    /// The grant.
    pub grant: Grant,
    /// Who gives.
    pub grantor: User,
    /// To whom, where they have a name.
    pub grantee: Option<Principal>,
    /// What it is of.
    pub of: Shared,
    /// Who made it.
    pub created_by: Option<User>,
    /// Who changed it last; none: nobody but its maker.
    pub updated_by: Option<User>,
}

/// Whose shares a list is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// What the caller gave, what is of their data, and what they hold, also through a group.
    Own,
    /// Everybody's: for administrators.
    All,
    /// A tenant's: for those who belong to it.
    Tenant(String),
}

/// Which shares are wanted, and in which order.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Whose.
    pub whose: Whose,
    /// Which of them.
    pub filter: Filter,
    /// By what they are ordered.
    pub sort: Sort,
    /// The other way round.
    pub is_descending: bool,
}

/// Bytes of what their makers keep with the shares of one list, and of the URIs in them, at most: a page that would have more is
/// shorter than its limit.
pub const LIST_BYTES: usize = 4 * 1024 * 1024;
/// Shares of a large list that are read at once.
const TOGETHER: usize = 64;

/// A part of the shares that the caller may see. Deleted ones are nowhere; whether those are that were taken back, have ended
/// or are switched off, is for the filter to say. It ends before its limit where it has [`LIST_BYTES`].
pub fn list(tx: &mut Tx<'_>, caller: &Caller, listing: &Listing, page: Page) -> Result<Slice<Share>, WorkflowError> {
    let (whose, filter) = wanted(tx, caller, listing)?;
    let wanted = shares::Listing { whose, filter: &filter, sort: listing.sort, is_descending: listing.is_descending };
    if usize::try_from(page.limit).is_ok_and(|limit| limit <= TOGETHER) {
        let slice = shares::list(tx, &wanted, page)?;
        let total = slice.total;
        return Ok(Slice { items: tell_all(tx, caller, slice.items)?, total });
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

/// As [`list`], of those shares alone that match, where there are not more than `most` to look through; otherwise how many there
/// are. `total` is how many match.
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

/// Hands over these shares, in their order, until there is enough of them.
fn look_through(
    tx: &mut Tx<'_>,
    caller: &Caller,
    ids: &[GrantId],
    mut take: impl FnMut(Share) -> bool,
) -> Result<(), WorkflowError> {
    for part in ids.chunks(TOGETHER) {
        let mut found: HashMap<GrantId, Grant> = grants::find_all(tx, part)?.into_iter().map(|grant| (grant.id, grant)).collect();
        let in_order: Vec<Grant> = part.iter().filter_map(|id| found.remove(id)).collect();
        for share in tell_all(tx, caller, in_order)? {
            if !take(share) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// What of a share can be large.
fn size(share: &Share) -> usize {
    let (Shared::Bundle(_, resources) | Shared::Resources(resources)) = &share.of;
    let uris: usize = resources.iter().map(|resource| resource.uri.len() + resource.name.len()).sum();
    share.grant.attributes.as_ref().map_or(0, String::len) + uris
}

/// Whose shares a list is of, and which of them, as the caller may ask.
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

/// A filter by names finds nobody whom the list does not name.
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

/// Whether the caller belongs to a tenant.
pub fn require_tenant(tx: &mut Tx<'_>, caller: &Caller, tenant: &str) -> Result<(), WorkflowError> {
    const FOREIGN: WorkflowError = WorkflowError::Forbidden(WhyForbidden::OtherTenant);
    let user = caller.user.ok_or(FOREIGN)?;
    if store::users::tenant_of(tx, user)?.as_deref() == Some(tenant) { Ok(()) } else { Err(FOREIGN) }
}

/// One share that is not deleted, for those who may see it; it may have ended or have been taken back.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, id: &ShareId) -> Result<Share, WorkflowError> {
    authority::require_read(caller, Scope::Grants)?;
    let grant = find_grant(tx, caller, id)?;
    tell(tx, caller, grant)
}

/// One share's grant, for those who may see it.
fn find_grant(tx: &mut Tx<'_>, caller: &Caller, id: &ShareId) -> Result<Grant, WorkflowError> {
    const NONE: WorkflowError = WorkflowError::NotFound(What::Grant);
    let found = match id {
        ShareId::Number(id) => grants::find(tx, *id)?,
        ShareId::Public(id) => grants::find_public(tx, id)?,
    };
    let grant = found.filter(|grant| grant.deleted_at.is_none()).ok_or(NONE)?;
    if may_see(tx, caller, &grant)? { Ok(grant) } else { Err(NONE) }
}

/// Who gave it, who holds it, also through a group, whose data it is, an admin: no grant is hidden from the owner.
fn may_see(tx: &mut Tx<'_>, caller: &Caller, grant: &Grant) -> Result<bool, WorkflowError> {
    let Some(user) = caller.user else { return Ok(caller.may_administer()) };
    let is_part = grant.grantor == user || grant.owner == user || grant.grantee == Some(user.into());
    if is_part || caller.may_administer() {
        return Ok(true);
    }
    let Some(grantee) = grant.grantee.filter(|_| grant.grantee_kind == GranteeKind::Group) else { return Ok(false) };
    Ok(store::users::principals_of(tx, user)?.contains(&grantee))
}

/// A grant with all that it is told with.
pub fn tell(tx: &mut Tx<'_>, caller: &Caller, grant: Grant) -> Result<Share, WorkflowError> {
    tell_all(tx, caller, vec![grant])?.pop().ok_or(WorkflowError::NotFound(What::Grant))
}

/// The person whom a grant is to, where it does not say by itself that the caller may see them: it is theirs, or somebody else gave
/// it of the caller's data.
pub(super) fn untold(grant: &Grant, caller: &Caller) -> Option<UserId> {
    let is_person = matches!(grant.grantee_kind, GranteeKind::User | GranteeKind::ExternalUser);
    let grantee = grant.grantee.filter(|_| is_person).map(|id| UserId(id.0)).filter(|id| caller.user != Some(*id))?;
    let is_of_theirs = caller.user == Some(grant.owner) && grant.grantor != grant.owner;
    (!is_of_theirs).then_some(grantee)
}

/// A grantee as the caller sees them. Only who gave is shown what they called them.
pub(super) fn shown(grantee: Principal, grant: &Grant, caller: &Caller, seen: &Seen) -> Principal {
    match grantee {
        Principal::User(user) if untold(grant, caller).is_some() => {
            let is_giver = caller.user.is_some_and(|user| user == grant.grantor);
            Principal::User(seen.show(user, grant.grantee_as.as_deref().filter(|_| is_giver)))
        }
        other => other,
    }
}

/// Grants with all that they are told with, in five queries however many they are. Who gave or changed one had a part in it, and
/// is seen; to whom it is may be [hidden](User::hidden).
pub fn tell_all(tx: &mut Tx<'_>, caller: &Caller, grants: Vec<Grant>) -> Result<Vec<Share>, WorkflowError> {
    let seen = Seen::of(tx, caller, grants.iter().filter_map(|grant| untold(grant, caller)).collect())?;
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
    let told = grants.into_iter().map(|grant| {
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
    told.collect()
}

fn distinct<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort_unstable();
    ids.dedup();
    ids
}
