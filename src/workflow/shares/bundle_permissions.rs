//! Live grants of bundles to single people: Hexoskin's bundle permissions.

use super::create::{Receiver, announce};
use super::{Listing, Share, ShareId, Shared, Whose, unrevealed};
use crate::config::Config;
use crate::domain::{
    Bundle, BundleId, Caller, Filter, Grant, GrantId, GranteeKind, Page, Principal, RequestKind, Scope, Slice, Sort, User,
    UserRef,
};
use crate::store::audit::{self, Event};
use crate::store::batch::{Lock, Parties, PartyIds};
use crate::store::grants::{self, NewGrant};
use crate::store::rate_limits::RateLimit;
use crate::store::{self, Tx, requests};
use crate::workflow::visible_users::Seen;
use crate::workflow::{What, WhyForbidden, WorkflowError, authority, throttle, validate};

/// A grant of a bundle with its people, as all responses show it.
#[derive(Clone, Debug)]
pub struct GrantView {
    pub grant: Grant,
    /// The grantor (`user_target`).
    pub grantor: User,
    /// The grantee (`user_allowed`).
    pub grantee: User,
    pub bundle: Bundle,
}

/// Shares the caller's own bundle with a person, without a request; `name` is the grantor's name for it. Finds an equal live
/// grant instead; true if it is new.
pub fn give(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    bundle: BundleId,
    target: &UserRef,
    allowed: &UserRef,
    name: &str,
) -> Result<(GrantView, bool), WorkflowError> {
    authority::require(caller, Scope::Grants)?;
    validate::check_name("name", name, true)?;
    let giver = find_user(tx, config, caller, "user_target", target)?;
    if caller.user != Some(giver.id) {
        return Err(WorkflowError::Forbidden(WhyForbidden::OnlyOwnerGives));
    }
    // Locks, as an approval does, so that a concurrent deletion or grant comes entirely before or after.
    let bundle = store::bundles::lock_share(tx, bundle)?.ok_or_else(|| WorkflowError::Unknown {
        field: "bundle",
        value: format!("bundle {bundle}"),
        hint: "list the bundles to see those there are",
    })?;
    let receiver = find_user(tx, config, caller, "user_allowed", allowed)?;
    let both = PartyIds { users: vec![giver.id, receiver.id], ..PartyIds::default() };
    let parties = Parties::load(tx, both, Lock::Update)?;
    let receiver = parties.user(receiver.id).ok_or(WorkflowError::NotFound(What::User))?.clone();
    if parties.user(giver.id).is_none() {
        return Err(WorkflowError::Unauthenticated);
    }
    if receiver.id == giver.id {
        return Err(WorkflowError::invalid("user_allowed", "it is the same person as user_target, who has access anyway"));
    }
    let on = authority::of_bundle(tx, RequestKind::Ask, &bundle, &giver, caller.user)?;
    if let Some(grant) = grants::find_live(tx, bundle.id, giver.id, receiver.id)? {
        let grantee = as_seen(tx, caller, allowed, &grant, receiver)?;
        return Ok((GrantView { grant, grantor: giver, grantee, bundle }, false));
    }
    let new = NewGrant {
        request: None,
        parent: None,
        grantor: on.grantor,
        owner: on.owner,
        grantee_kind: if receiver.is_external { GranteeKind::ExternalUser } else { GranteeKind::User },
        grantee: Some(receiver.id.into()),
        grantee_as: allowed.address(),
        bundle: Some(bundle.id),
        resources: &[],
        level: bundle.level,
        reshare: 0,
        starts_at: None,
        ends_at: None,
        is_enabled: true,
        comment: name,
        tenant: None,
        attributes: None,
        created_by: caller.user,
    };
    let grant = grants::add(tx, &new)?;
    audit::append(tx, caller, Event { name: "grant.made", grant: Some(grant.id), ..Event::default() })?;
    let seen = Seen::of(tx, caller, unrevealed(&grant, caller).into_iter().collect())?;
    let mut required: Vec<RateLimit> = throttle::of_change(config, caller).into_iter().collect();
    if !seen.has(receiver.id) && !grants::has_given_before(tx, &grant)? {
        required.extend(throttle::of_new_person(config, caller));
    }
    announce(tx, config, caller, &grant, &required, &Receiver::known())?;
    let grantee = seen.show(receiver, allowed.address());
    Ok((GrantView { grant, grantor: giver, grantee, bundle }, true))
}

/// The grantee as the grantor sees them: for an invisible person, only the data that the grantor sent.
fn as_seen(tx: &mut Tx<'_>, caller: &Caller, sent: &UserRef, grant: &Grant, user: User) -> Result<User, WorkflowError> {
    let seen = Seen::of(tx, caller, unrevealed(grant, caller).into_iter().collect())?;
    Ok(seen.show(user, sent.address()))
}

fn find_user(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    field: &'static str,
    reference: &UserRef,
) -> Result<User, WorkflowError> {
    let (found, value) = match reference {
        UserRef::Id(id) => (store::users::find(tx, *id)?, format!("user {id}")),
        UserRef::Address(address) => (store::users::find_by_email(tx, address)?, address.to_string()),
    };
    if let Some(user) = found {
        return Ok(user);
    }
    let unknown = WorkflowError::Unknown { field, value, hint: "name them by resource_uri, id or address" };
    Err(throttle::unknown(tx, config, caller, unknown)?)
}

/// A page of live grants of bundles to single people, related to the caller; for an administrator's key without an owner, all
/// of them.
pub fn list(tx: &mut Tx<'_>, caller: &Caller, mut filters: Vec<Filter>, page: Page) -> Result<Slice<GrantView>, WorkflowError> {
    let whose = match caller.user {
        Some(_) => Whose::Own,
        None if caller.may_administer() => Whose::All,
        None => {
            authority::require_read(caller, Scope::Grants)?;
            return Ok(Slice { items: Vec::new(), total: 0 });
        }
    };
    filters.extend([Filter::OfBundle, Filter::InEffect, Filter::Kinds(vec![GranteeKind::User, GranteeKind::ExternalUser])]);
    let listing = Listing { whose, filter: Filter::All(filters), sort: Sort::Id, is_descending: false };
    let slice = super::list(tx, caller, &listing, page)?;
    let items = slice.items.into_iter().map(GrantView::try_from).collect::<Result<_, _>>()?;
    Ok(Slice { items, total: slice.total })
}

/// Finds a live grant of a bundle, if visible to the caller.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<GrantView, WorkflowError> {
    authority::require_read(caller, Scope::Grants)?;
    let grant = super::find_grant(tx, caller, &ShareId::Number(id))?;
    if !grant.is_live_at(tx.now()) {
        return Err(WorkflowError::NotFound(What::Grant));
    }
    super::load(tx, caller, grant)?.try_into()
}

/// As [`find`]; also for the app whose request created or prolonged the grant.
pub fn read(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<GrantView, WorkflowError> {
    if !caller.scopes.has(Scope::Requests) || !came_of_own_request(tx, caller, id)? {
        return find(tx, caller, id);
    }
    let grant = grants::find(tx, id)?.filter(|grant| grant.deleted_at.is_none() && grant.is_live_at(tx.now()));
    super::load(tx, caller, grant.ok_or(WorkflowError::NotFound(What::Grant))?)?.try_into()
}

fn came_of_own_request(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<bool, WorkflowError> {
    let Some(app) = caller.app else { return Ok(false) };
    Ok(requests::filed_for_grant(tx, app, id)?)
}

impl TryFrom<Share> for GrantView {
    type Error = WorkflowError;

    /// Fails for shares of anything but a bundle, and for those to more than one person.
    fn try_from(share: Share) -> Result<Self, WorkflowError> {
        match (share.of, share.grantee) {
            (Shared::Bundle(bundle, _), Some(Principal::User(grantee))) => {
                Ok(Self { grant: share.grant, grantor: share.grantor, grantee, bundle })
            }
            _ => Err(WorkflowError::NotFound(What::Grant)),
        }
    }
}
