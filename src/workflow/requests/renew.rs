//! Renews expiring access: the grantee requests the same access again, and an approval prolongs the grant instead of creating
//! another. So ids, links and reshared grants stay the same.
//!
//! A renewal can be requested before the end and for a grace period after it. An approval after the end restores the access.

use chrono::{DateTime, TimeDelta, Utc};

use super::file::{Filing, file_for};
use super::view::RequestView;
use crate::config::Config;
use crate::domain::{
    Bundle, BundleId, Caller, EmailKind, Grant, GrantId, Request, RequestItem, RequestState, Scope, Until, User, UserRef,
};
use crate::store::audit::{self, Event};
use crate::store::batch::Changes;
use crate::store::grants::{self, NewGrant};
use crate::store::{self, StoreError, Tx, cooldowns, outbox, requests};
use crate::workflow::authority::{self, Authority};
use crate::workflow::{What, WhyForbidden, WorkflowError};

/// The shortest renewal.
const LEAST: TimeDelta = TimeDelta::seconds(60);

/// The possible renewal of a grant, as a page shows it.
#[derive(Clone, Debug)]
pub struct Offer {
    pub grant: Grant,
    pub bundle: Bundle,
    /// The approver.
    pub approver: User,
    /// The requested end.
    pub until: Until,
    /// The end of the grace period.
    pub ask_until: DateTime<Utc>,
    /// The pending renewal, if there is one.
    pub pending: Option<Request>,
    /// The time from which a renewal is possible, after a decline; none if now.
    pub again_from: Option<DateTime<Utc>>,
}

/// The possible renewal of the caller's grant. Changes nothing.
pub fn offer(tx: &mut Tx<'_>, config: &Config, caller: &Caller, id: GrantId) -> Result<Offer, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    let now = tx.now();
    let (grant, bundle) = held(tx, caller, id)?;
    let ends =
        grant.ends_at.ok_or_else(|| WorkflowError::invalid("id", "this access has no end; there is nothing to prolong"))?;
    let ask_until = ends + config.letters.renewal_grace.delta();
    if ask_until <= now {
        return Err(WorkflowError::invalid("id", "this access ended too long ago to be prolonged; ask for it again"));
    }
    let term = grant.term().unwrap_or(LEAST).max(LEAST);
    // Before the end, the term begins at the end; after it, at the approval.
    let until = if now < ends { Until::At(ends.checked_add_signed(term).unwrap_or(ends)) } else { Until::For(term) };
    let bundle_id = Some(bundle);
    let bundle = store::bundles::find(tx, bundle)?.ok_or(WorkflowError::NotFound(What::Bundle))?;
    let approver = store::users::find(tx, grant.owner)?.ok_or(WorkflowError::NotFound(What::User))?;
    let reader = caller.user.ok_or(WorkflowError::Unauthenticated)?;
    let key = requests::items_key(&[RequestItem { bundle: bundle_id, resource: None, level: grant.level }]);
    let pending = requests::find_pending(tx, approver.id, reader, &key)?;
    let pending = pending.filter(|pending| pending.state_at(now) == RequestState::Pending);
    let again_from = cooldowns::find(tx, approver.id, reader, &key)?;
    Ok(Offer { grant, bundle, approver, until, ask_until, pending, again_from })
}

/// Requests a renewal with the same bundle, level and duration. Finds a pending equal one instead; true if it is new.
pub fn ask(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    id: GrantId,
    message: Option<&str>,
) -> Result<(RequestView, bool), WorkflowError> {
    let offer = offer(tx, config, caller, id)?;
    let reader = caller.user.ok_or(WorkflowError::Unauthenticated)?;
    let filing = Filing {
        target: UserRef::Id(offer.approver.id),
        allowed: UserRef::Id(reader),
        bundle: offer.bundle.id,
        level: Some(offer.grant.level),
        message: message.map(str::to_owned),
        redeem_url: None,
        ttl: None,
        until: Some(offer.until),
        // None means the resources of the grant.
        resources: None,
    };
    file_for(tx, config, caller, &filing, Some(id))
}

/// The caller's own unrevoked grant of a bundle.
fn held(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<(Grant, BundleId), WorkflowError> {
    const NONE: WorkflowError = WorkflowError::NotFound(What::Grant);
    let reader = caller.user.ok_or(WorkflowError::Unauthenticated)?;
    let grant = grants::find(tx, id)?.filter(|grant| grant.deleted_at.is_none() && grant.is_of_one(reader)).ok_or(NONE)?;
    if grant.revoked_at.is_some() || !grant.is_enabled {
        return Err(WorkflowError::Forbidden(WhyForbidden::GrantRevoked));
    }
    let bundle = grant.bundle.ok_or(WorkflowError::Forbidden(WhyForbidden::SharedDirectly))?;
    Ok((grant, bundle))
}

/// The grant that a request renews, locked for update.
pub(in crate::workflow) fn of_request(
    tx: &mut Tx<'_>,
    request: &Request,
    bundle: &Bundle,
) -> Result<Option<Grant>, WorkflowError> {
    let Some(id) = request.renews else { return Ok(None) };
    let grant = grants::lock_update(tx, id)?;
    Ok(grant.filter(|grant| grant.bundle == Some(bundle.id) && grant.is_of_one(request.allowed)))
}

/// Whether an approval with this authority prolongs the grant; otherwise it creates another.
pub(in crate::workflow) fn can_restore(grant: &Grant, on: Authority) -> bool {
    let is_same_giver = grant.grantor == on.grantor && grant.parent == on.parent;
    is_same_giver && grant.revoked_at.is_none() && grant.deleted_at.is_none() && grant.is_enabled && grant.ends_at.is_some()
}

/// Prolongs a grant to the terms of a new one.
pub(in crate::workflow) fn restore(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &Request,
    grant: &Grant,
    new: &NewGrant<'_>,
    changes: &mut Changes,
) -> Result<Grant, WorkflowError> {
    let now = tx.now();
    let old_end = grant.ends_at.unwrap_or(now).max(now);
    let term_at = if new.ends_at.is_none_or(|end| old_end < end) { old_end } else { now };
    if !grants::prolong(tx, grant, new.level, new.ends_at, Some(term_at), caller.user)? {
        return Err(StoreError::Conflict("the access was changed at this moment".into()).into());
    }
    let before: Vec<_> = grants::resources_of(tx, &[grant.id])?.into_iter().map(|(_, resource)| resource.id).collect();
    if before != new.resources {
        grants::limit(tx, grant, new.resources)?;
    }
    outbox::cancel_of_grant(tx, grant.id, &[EmailKind::EndsSoon, EmailKind::Ended])?;
    let event = Event { name: "grant.prolonged", request: Some(request.id), grant: Some(grant.id), ..Event::default() };
    changes.audit(caller, event);
    Ok(Grant {
        level: new.level,
        ends_at: new.ends_at,
        term_at: Some(term_at),
        version: grant.version.wrapping_add(1),
        updated_at: now,
        updated_by: caller.user,
        ..grant.clone()
    })
}

/// Undoes a renewal: the grant gets its old end back. True if there was something to undo; none if the request was no renewal
/// of it, or the old end has passed.
pub(in crate::workflow) fn undo(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &Request,
    id: GrantId,
) -> Result<Option<bool>, WorkflowError> {
    if request.renews != Some(id) {
        return Ok(None);
    }
    let Some(grant) = grants::lock_update(tx, id)?.filter(|grant| grant.revoked_at.is_none()) else { return Ok(Some(false)) };
    let Some(old_end) = grant.term_at else { return Ok(Some(false)) };
    if old_end <= tx.now() {
        return Ok(None);
    }
    if !grants::prolong(tx, &grant, grant.level, Some(old_end), None, caller.user)? {
        return Err(StoreError::Conflict("the access was changed at this moment".into()).into());
    }
    outbox::cancel_for(tx, request.id, &[EmailKind::Approved, EmailKind::ApprovedLess])?;
    let event = Event { name: "grant.shortened", request: Some(request.id), grant: Some(id), ..Event::default() };
    audit::append(tx, caller, event)?;
    Ok(Some(true))
}
