//! The only rules on requests for access: the possible requesters, approvers and terms. They apply when a request is filed and
//! again in the transaction of the decision, so that an authority lost in between grants nothing.

use super::{What, WhyForbidden, WorkflowError};
use crate::domain::grant::reshare;
use crate::domain::{Bundle, Caller, Credential, GrantId, KeyId, Request, RequestItem, RequestKind, Scope, User, UserId};
use crate::store::batch::Parties;
use crate::store::credentials::ApiKey;
use crate::store::{self, Tx, credentials};

/// The authority behind a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    pub grantor: UserId,
    /// The owner of the data.
    pub owner: UserId,
    /// The parent grant, if the grantor is not the owner.
    pub parent: Option<GrantId>,
}

/// Requires write access and `scope`.
pub fn require(caller: &Caller, scope: Scope) -> Result<(), WorkflowError> {
    if !caller.may_write() {
        return Err(WorkflowError::Forbidden(WhyForbidden::TokenReadOnly));
    }
    require_read(caller, scope)
}

/// Requires `scope`.
pub fn require_read(caller: &Caller, scope: Scope) -> Result<(), WorkflowError> {
    if caller.scopes.has(scope) { Ok(()) } else { Err(WorkflowError::MissingScope(scope)) }
}

/// Requires an administrator.
pub fn require_admin(caller: &Caller) -> Result<(), WorkflowError> {
    if caller.may_administer() { Ok(()) } else { Err(WorkflowError::Forbidden(WhyForbidden::AdminsOnly)) }
}

/// Requires that the caller is still an administrator, by the database. Jobs with several transactions check this in each,
/// because an administrator may be deleted or a key revoked meanwhile.
pub fn require_admin_now(tx: &mut Tx<'_>, caller: &Caller) -> Result<(), WorkflowError> {
    require_admin(caller)?;
    if caller.credential == Credential::Operator {
        return Ok(());
    }
    let user = caller.user.map(|id| store::users::lock_share(tx, id)).transpose()?.flatten();
    let is_admin = user.is_some_and(|user| user.is_admin);
    let key = caller.key.map(|id| credentials::lock_key(tx, id)).transpose()?;
    let is_key_good = key.is_none_or(|key| key.is_some_and(|key| key.is_live_at(tx.now()) && key.scopes.has(Scope::Admin)));
    if is_admin && is_key_good { Ok(()) } else { Err(WorkflowError::Forbidden(WhyForbidden::NoLongerAdmin)) }
}

/// Requires that the caller may file a request between these people.
pub fn may_file(caller: &Caller, kind: RequestKind, allowed: UserId) -> Result<(), WorkflowError> {
    require(caller, Scope::Requests)?;
    match kind {
        RequestKind::Ask => {
            let is_own = caller.user == Some(allowed);
            let is_app_for_others = caller.credential == Credential::Key && caller.scopes.has(Scope::ActAs);
            if is_own || is_app_for_others || caller.may_administer() {
                Ok(())
            } else if caller.credential == Credential::Key {
                Err(WorkflowError::MissingScope(Scope::ActAs))
            } else {
                Err(WorkflowError::Forbidden(WhyForbidden::OnlyForYourself))
            }
        }
        // `of_bundle` checks the authority behind an offer.
        RequestKind::Invite if caller.user.is_some() => Ok(()),
        RequestKind::Invite => Err(WorkflowError::Forbidden(WhyForbidden::OfferNeedsPerson)),
    }
}

/// The current authority behind a request of this kind for this bundle, if there is one.
pub fn of_bundle(
    tx: &mut Tx<'_>,
    kind: RequestKind,
    bundle: &Bundle,
    target: &User,
    initiator: Option<UserId>,
) -> Result<Authority, WorkflowError> {
    match (kind, bundle.owner) {
        (RequestKind::Ask, Some(owner)) if owner == target.id => Ok(Authority { grantor: owner, owner, parent: None }),
        (RequestKind::Ask, None) => Ok(Authority { grantor: target.id, owner: target.id, parent: None }),
        (RequestKind::Ask, Some(_)) => Err(WorkflowError::invalid(
            "bundle",
            "it is not user_target's to give; name its owner as user_target, or another bundle",
        )),
        (RequestKind::Invite, None) => Err(WorkflowError::invalid(
            "user_target",
            "a relationship is asked of somebody else: user_target and user_allowed are the same",
        )),
        (RequestKind::Invite, Some(owner)) if owner == target.id => {
            Err(WorkflowError::invalid("user_allowed", "they own this bundle, so they need nobody's permission"))
        }
        (RequestKind::Invite, Some(owner)) if initiator == Some(owner) => Ok(Authority { grantor: owner, owner, parent: None }),
        (RequestKind::Invite, Some(owner)) => {
            const NOT_YOURS: WorkflowError = WorkflowError::Forbidden(WhyForbidden::NotYoursToOffer);
            let initiator = initiator.ok_or(NOT_YOURS)?;
            let holders = store::users::principals_of(tx, initiator)?;
            let mut held = store::grants::reshare_rights(tx, bundle.id, &holders)?;
            let right = if target.is_external { reshare::EXTERNAL } else { reshare::INTERNAL };
            held.retain(|grant| grant.reshare & right != 0);
            let strongest = held.into_iter().max_by_key(|grant| grant.level).ok_or(NOT_YOURS)?;
            if initiator == target.id {
                return Err(WorkflowError::invalid(
                    "user_allowed",
                    "an offer is to somebody else; ask the owner for more of your own",
                ));
            }
            Ok(Authority { grantor: initiator, owner, parent: Some(strongest.id) })
        }
    }
}

/// A stored request, checked again.
#[derive(Clone, Debug)]
pub struct Standing {
    pub authority: Authority,
    pub bundle: Bundle,
    /// The approver.
    pub target: User,
    /// The grantee.
    pub allowed: User,
}

/// Checks a stored request again: its bundle, people and key must all still be valid. `parties` are locked, so a concurrent
/// deletion comes entirely before or after.
pub fn of_request(
    tx: &mut Tx<'_>,
    parties: &Parties,
    request: &Request,
    items: &[RequestItem],
) -> Result<Standing, WorkflowError> {
    const LOST: WorkflowError = WorkflowError::Forbidden(WhyForbidden::RequesterLostRight);
    let bundle = items.first().and_then(|item| parties.bundle(item.bundle?)).ok_or(WorkflowError::NotFound(What::Bundle))?;
    let allowed = parties.user(request.allowed).ok_or(LOST)?;
    let initiator = request.initiator.filter(|id| *id != request.allowed);
    let initiator = initiator.map(|id| parties.user(id).ok_or(LOST)).transpose()?;
    let is_admins = initiator.is_some_and(|user| user.is_admin);
    let is_for_others = request.kind == RequestKind::Ask && request.initiator != Some(request.allowed);
    if let Some(app) = request.app {
        let now = tx.now();
        let may_ask = |key: &ApiKey| {
            let is_trusted = key.scopes.has(Scope::ActAs) || is_admins && key.scopes.has(Scope::Admin);
            key.is_live_at(now) && key.scopes.has(Scope::Requests) && (is_trusted || !is_for_others)
        };
        // Any key of the app will do, since a key may have been replaced. Mostly the first one still lives.
        let first = parties.key(KeyId(app.0)).ok_or(LOST)?;
        if !may_ask(first) && !credentials::lock_keys_of(tx, app)?.iter().any(may_ask) {
            return Err(LOST);
        }
    } else if is_for_others && !is_admins {
        return Err(LOST);
    }
    let target = parties.user(request.target).ok_or(WorkflowError::NotFound(What::User))?;
    let authority = of_bundle(tx, request.kind, bundle, target, request.initiator).map_err(|refusal| match refusal {
        WorkflowError::Store(error) => WorkflowError::Store(error),
        _ => LOST,
    })?;
    Ok(Standing { authority, bundle: bundle.clone(), target: target.clone(), allowed: allowed.clone() })
}
