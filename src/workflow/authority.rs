//! Who may ask whom for what: the one place that says so. It is asked when a request is filed and again in the transaction
//! that decides it, so that what was true then and is no longer gives nothing away.

use super::{Refusal, What};
use crate::domain::{Bundle, BundleId, Caller, Credential, GrantId, Request, RequestItem, RequestKind, Scope, User, UserId};
use crate::store::{self, Tx, credentials};

/// On whose authority a grant would be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Who would give.
    pub grantor: UserId,
    /// The grant under which it would be shared on, where the giver is not the owner.
    pub parent: Option<GrantId>,
}

/// Whether the caller may change anything and has `scope`.
pub fn require(caller: &Caller, scope: Scope) -> Result<(), Refusal> {
    if !caller.may_write() {
        return Err(Refusal::Forbidden("this access token may only read; ask for one with the scope readwrite"));
    }
    require_read(caller, scope)
}

/// Whether the caller has `scope`.
pub fn require_read(caller: &Caller, scope: Scope) -> Result<(), Refusal> {
    if caller.scopes.has(scope) { Ok(()) } else { Err(Refusal::MissingScope(scope)) }
}

/// Whether the caller keeps watch.
pub fn require_admin(caller: &Caller) -> Result<(), Refusal> {
    if caller.may_administer() { Ok(()) } else { Err(Refusal::Forbidden("this is for administrators")) }
}

/// Whether the caller may file a request between these two.
pub fn may_file(caller: &Caller, kind: RequestKind, allowed: UserId) -> Result<(), Refusal> {
    require(caller, Scope::Requests)?;
    match kind {
        RequestKind::Ask => {
            let is_own = caller.user == Some(allowed);
            let is_app_for_others = caller.credential == Credential::Key && caller.scopes.has(Scope::ActAs);
            if is_own || is_app_for_others || caller.may_administer() {
                Ok(())
            } else if caller.credential == Credential::Key {
                Err(Refusal::MissingScope(Scope::ActAs))
            } else {
                Err(Refusal::Forbidden("you can only ask for access for yourself (user_allowed)"))
            }
        }
        // Whose offer it is decides `authority`.
        RequestKind::Invite if caller.user.is_some() => Ok(()),
        RequestKind::Invite => Err(Refusal::Forbidden("an offer comes from a person: use a key that belongs to the owner")),
    }
}

/// On whose authority a request of this kind for this bundle rests, if it has any now.
pub fn of_bundle(
    tx: &mut Tx<'_>,
    kind: RequestKind,
    bundle: &Bundle,
    target: UserId,
    initiator: Option<UserId>,
) -> Result<Authority, Refusal> {
    match (kind, bundle.owner) {
        (RequestKind::Ask, Some(owner)) if owner == target => Ok(Authority { grantor: owner, parent: None }),
        (RequestKind::Ask, None) => Ok(Authority { grantor: target, parent: None }),
        (RequestKind::Ask, Some(_)) => {
            Err(Refusal::invalid("bundle", "it is not user_target's to give; name its owner as user_target, or another bundle"))
        }
        (RequestKind::Invite, None) => Err(Refusal::invalid(
            "user_target",
            "a relationship is asked of somebody else: user_target and user_allowed are the same",
        )),
        (RequestKind::Invite, Some(owner)) if initiator == Some(owner) => {
            if owner == target {
                return Err(Refusal::invalid("user_allowed", "you own this bundle, so you need nobody's permission"));
            }
            Ok(Authority { grantor: owner, parent: None })
        }
        (RequestKind::Invite, Some(_)) => {
            const NOT_YOURS: &str = "you may offer only what is yours, or what you were given with the right to share on";
            let initiator = initiator.ok_or(Refusal::Forbidden(NOT_YOURS))?;
            let holders = store::users::principals_of(tx, initiator)?;
            let held = store::grants::reshare_rights(tx, bundle.id, &holders)?;
            let strongest = held.into_iter().max_by_key(|grant| grant.level).ok_or(Refusal::Forbidden(NOT_YOURS))?;
            Ok(Authority { grantor: initiator, parent: Some(strongest.id) })
        }
    }
}

/// A stored request, judged anew.
#[derive(Clone, Debug)]
pub struct Standing {
    /// On whose authority it rests now.
    pub authority: Authority,
    /// What it is for.
    pub bundle: Bundle,
    /// Who would gain.
    pub allowed: User,
}

/// Judges a stored request anew: its bundle, its people and its key must all still be what they were.
pub fn of_request(tx: &mut Tx<'_>, request: &Request, items: &[RequestItem]) -> Result<Standing, Refusal> {
    const LOST: Refusal = Refusal::Forbidden("who asked may no longer ask for this, so it can no longer be approved");
    let bundle = items.first().and_then(|item| item.bundle).ok_or(Refusal::NotFound(What::Bundle))?;
    let bundle = find_bundle(tx, bundle)?;
    let allowed = store::users::find(tx, request.allowed)?.ok_or(LOST)?;
    if let Some(key) = request.key {
        let key = credentials::find_key(tx, key)?.ok_or(LOST)?;
        let is_live = key.revoked_at.is_none() && tx.now() < key.expires_at;
        let has_scope = key.scopes.has(Scope::Requests)
            && (request.initiator == Some(request.allowed)
                || request.kind == RequestKind::Invite
                || key.scopes.has(Scope::ActAs));
        if !is_live || !has_scope {
            return Err(LOST);
        }
    }
    if let Some(initiator) = request.initiator.filter(|id| *id != request.allowed && *id != request.target) {
        store::users::find(tx, initiator)?.ok_or(LOST)?;
    }
    let authority = of_bundle(tx, request.kind, &bundle, request.target, request.initiator).map_err(|refusal| match refusal {
        Refusal::Store(error) => Refusal::Store(error),
        _ => LOST,
    })?;
    Ok(Standing { authority, bundle, allowed })
}

fn find_bundle(tx: &mut Tx<'_>, id: BundleId) -> Result<Bundle, Refusal> {
    store::bundles::find(tx, id)?.ok_or(Refusal::NotFound(What::Bundle))
}
