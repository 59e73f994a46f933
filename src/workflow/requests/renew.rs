//! Keeping access that ends: who has it asks whoever decides about it for the very same again, and a yes prolongs the grant
//! instead of making another, so that ids, links and what was shared on under it stay what they are.
//!
//! It can be asked before the end and, within a grace, after it; whenever the yes falls while the request runs, it restores.

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

/// The least that can be asked for.
const LEAST: TimeDelta = TimeDelta::seconds(60);

/// What can be asked about access that ends: all that a page shows before its button is pressed.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The access.
    pub grant: Grant,
    /// What it is to.
    pub bundle: Bundle,
    /// Who decides.
    pub approver: User,
    /// The end that would be asked for.
    pub until: Until,
    /// Until when it can be asked.
    pub ask_until: DateTime<Utc>,
    /// The request that waits for an answer already.
    pub pending: Option<Request>,
    /// From when on it can be asked, where that is not now: the approver said no before.
    pub again_from: Option<DateTime<Utc>>,
}

/// What the caller can ask about access of theirs that ends. Changes nothing.
pub fn offer(tx: &mut Tx<'_>, config: &Config, caller: &Caller, id: GrantId) -> Result<Offer, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    let now = tx.now();
    let (grant, bundle) = held(tx, caller, id)?;
    let ends =
        grant.ends_at.ok_or_else(|| WorkflowError::invalid("id", "this access has no end; there is nothing to prolong"))?;
    let ask_until = ends + config.letters.renewal_grace.delta();
    if ask_until <= now {
        return Err(WorkflowError::invalid("id", "this access ended too long ago to be prolonged; ask for it anew"));
    }
    let term = grant.term().unwrap_or(LEAST).max(LEAST);
    // Before the end it goes on from there; after it, the time is counted from the yes.
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

/// Asks whoever decides for the same again: the same bundle and level, for as long as before. The same that waits already is
/// found, not asked twice; true where it is new.
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
        // Those of the access.
        resources: None,
    };
    file_for(tx, config, caller, &filing, Some(id))
}

/// The caller's own grant of a bundle that was not taken back.
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

/// The grant that a request asks to have prolonged, for this transaction alone to change.
pub(in crate::workflow) fn of_request(
    tx: &mut Tx<'_>,
    request: &Request,
    bundle: &Bundle,
) -> Result<Option<Grant>, WorkflowError> {
    let Some(id) = request.renews else { return Ok(None) };
    let grant = grants::hold_alone(tx, id)?;
    Ok(grant.filter(|grant| grant.bundle == Some(bundle.id) && grant.is_of_one(request.allowed)))
}

/// Whether a yes on this authority prolongs the grant itself; otherwise it makes another.
pub(in crate::workflow) fn can_restore(grant: &Grant, on: Authority) -> bool {
    let is_same_giver = grant.grantor == on.grantor && grant.parent == on.parent;
    is_same_giver && grant.revoked_at.is_none() && grant.deleted_at.is_none() && grant.is_enabled && grant.ends_at.is_some()
}

/// Prolongs a grant to what a new one would have given.
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

/// Takes back what a yes to keep access gave, and no more: it ends when it would have. True where there was something to take
/// back; none where the yes was to something else, or what it prolonged would be over by now.
pub(in crate::workflow) fn undo(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &Request,
    id: GrantId,
) -> Result<Option<bool>, WorkflowError> {
    if request.renews != Some(id) {
        return Ok(None);
    }
    let Some(grant) = grants::hold_alone(tx, id)?.filter(|grant| grant.revoked_at.is_none()) else { return Ok(Some(false)) };
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
