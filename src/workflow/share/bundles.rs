//! Live grants of bundles to one person: Hexoskin's bundle permissions, as their people see them.

use super::making::announce;
use super::may_see;
use crate::config::Config;
use crate::domain::{Bundle, BundleId, Caller, Grant, GrantId, GranteeKind, Page, RequestKind, Scope, Slice, User, UserId};
use crate::store::audit::{self, Event};
use crate::store::grants::{self, Filter, NewGrant};
use crate::store::{self, Tx};
use crate::workflow::request::UserRef;
use crate::workflow::{Refusal, What, authority, wording};

/// A grant of a bundle with its people: what every answer shows.
#[derive(Clone, Debug)]
pub struct ToldGrant {
    /// The grant.
    pub grant: Grant,
    /// Whose data it opens (`user_target`).
    pub grantor: User,
    /// To whom (`user_allowed`).
    pub grantee: User,
    /// The bundle.
    pub bundle: Bundle,
}

/// Gives a bundle of one's own to somebody, without anybody asking; `name` is what the giver calls that. The same live
/// grant again is found, not made twice; true where it is new.
pub fn give(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    bundle: BundleId,
    target: &UserRef,
    allowed: &UserRef,
    name: &str,
) -> Result<(ToldGrant, bool), Refusal> {
    authority::require(caller, Scope::Grants)?;
    wording::check_name("name", name, true)?;
    let giver = find_user(tx, "user_target", target)?;
    if caller.user != Some(giver.id) {
        return Err(Refusal::Forbidden(
            "only user_target can give access to their data; file a bundle_permission_request to ask them",
        ));
    }
    // Held, as an approval holds them: what is taken away or given at this moment is so before or after, not unseen in between.
    let bundle = store::bundles::hold(tx, bundle)?.ok_or_else(|| Refusal::Unknown {
        field: "bundle",
        value: format!("bundle {bundle}"),
        hint: "list the bundles to see those there are",
    })?;
    let receiver = find_user(tx, "user_allowed", allowed)?;
    let receiver = store::users::hold_alone(tx, receiver.id)?.ok_or(Refusal::NotFound(What::User))?;
    if !store::users::hold_all(tx, vec![giver.id])? {
        return Err(Refusal::Unauthenticated);
    }
    if receiver.id == giver.id {
        return Err(Refusal::invalid("user_allowed", "it is the same person as user_target, who has access anyway"));
    }
    let on = authority::of_bundle(tx, RequestKind::Ask, &bundle, &giver, caller.user)?;
    if let Some(grant) = grants::find_live(tx, bundle.id, giver.id, receiver.id)? {
        return Ok((ToldGrant { grant, grantor: giver, grantee: receiver, bundle }, false));
    }
    let new = NewGrant {
        request: None,
        parent: None,
        grantor: on.grantor,
        owner: on.owner,
        grantee_kind: if receiver.is_external { GranteeKind::ExternalUser } else { GranteeKind::User },
        grantee: Some(receiver.id.into()),
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
    announce(tx, config, caller, &grant)?;
    Ok((ToldGrant { grant, grantor: giver, grantee: receiver, bundle }, true))
}

fn find_user(tx: &mut Tx<'_>, field: &'static str, reference: &UserRef) -> Result<User, Refusal> {
    let (found, value) = match reference {
        UserRef::Id(id) => (store::users::find(tx, *id)?, format!("user {id}")),
        UserRef::Address(address) => (store::users::find_by_email(tx, address)?, address.to_string()),
    };
    found.ok_or(Refusal::Unknown { field, value, hint: "name them by resource_uri, id or address" })
}

/// A part of the live grants of bundles that the caller gave or holds, or that were shared on of theirs; all of them for an admin.
pub fn list(tx: &mut Tx<'_>, caller: &Caller, mut filter: Filter, page: Page) -> Result<Slice<ToldGrant>, Refusal> {
    authority::require_read(caller, Scope::Grants)?;
    filter.involving = match caller.user {
        Some(user) => Some((user, store::bundles::owned_by(tx, user)?)),
        None if caller.may_administer() => None,
        None => return Ok(Slice { items: Vec::new(), total: 0 }),
    };
    let slice = grants::list_of_bundles(tx, &filter, page)?;
    let total = slice.total;
    Ok(Slice { items: tell_all(tx, slice.items)?, total })
}

/// One live grant of a bundle, for those who may see it.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<ToldGrant, Refusal> {
    authority::require_read(caller, Scope::Grants)?;
    let grant = grants::find(tx, id)?.filter(|grant| grant.is_live_at(tx.now())).ok_or(Refusal::NotFound(What::Grant))?;
    if !may_see(tx, caller, &grant)? {
        return Err(Refusal::NotFound(What::Grant));
    }
    tell_all(tx, vec![grant])?.pop().ok_or(Refusal::NotFound(What::Grant))
}

fn tell_all(tx: &mut Tx<'_>, grants: Vec<Grant>) -> Result<Vec<ToldGrant>, Refusal> {
    let grantee_of = |grant: &Grant| grant.grantee.map(|id| UserId(id.0));
    let mut people: Vec<UserId> = grants.iter().flat_map(|grant| [Some(grant.grantor), grantee_of(grant)]).flatten().collect();
    people.sort_unstable();
    people.dedup();
    let people = store::users::find_all(tx, &people)?;
    let mut bundles: Vec<BundleId> = grants.iter().filter_map(|grant| grant.bundle).collect();
    bundles.sort_unstable();
    bundles.dedup();
    let bundles = store::bundles::find_all(tx, &bundles)?;
    let person = |id: UserId| people.iter().find(|user| user.id == id).cloned().ok_or(Refusal::NotFound(What::User));
    grants
        .into_iter()
        .map(|grant| {
            let bundle = bundles.iter().find(|bundle| Some(bundle.id) == grant.bundle).cloned();
            Ok(ToldGrant {
                grantor: person(grant.grantor)?,
                grantee: person(grantee_of(&grant).ok_or(Refusal::NotFound(What::User))?)?,
                bundle: bundle.ok_or(Refusal::NotFound(What::Bundle))?,
                grant,
            })
        })
        .collect()
}
