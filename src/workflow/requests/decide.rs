//! The decision: check, redeem, decline. At most one falls, only its target makes it, and it happens in one transaction
//! with the grant, the emails and the audit.

use chrono::{DateTime, Utc};

use super::view::{self, RequestView};
use super::{close, renew, terms};
use crate::domain::{
    ApprovalLimits, Bundle, Caller, EmailKind, Given, Grant, GrantId, GranteeKind, Level, Outcome, Reason, Request, RequestItem,
    RequestState, Resource, ResourceId, TokenId, User,
};
use crate::secret::{Secret, SecretKind};
use crate::store::audit::{self, Event};
use crate::store::grants::{self, NewGrant};
use crate::store::requests::{self, Transition};
use crate::store::tokens::{self, StoredToken};
use crate::store::{self, Tx, Wants, outbox, rate_limits};
use crate::workflow::authority::{self, Standing};
use crate::workflow::visible_users::Seen;
use crate::workflow::{Closed, What, WhyForbidden, WhyInvalid, WorkflowError, validate};

/// What an approval gave, and what was asked where that differs.
#[derive(Clone, Debug)]
pub struct Approved {
    /// The access that exists now.
    pub grant: Grant,
    /// The URIs it is limited to; empty: the whole bundle.
    pub resources: Vec<String>,
    /// The level that was asked for, if less was given.
    pub asked_level: Option<Level>,
    /// The end that was asked for, if an earlier one was given; none within: no end.
    pub asked_until: Option<Option<DateTime<Utc>>>,
}

/// Who shows a token must be there in person; a key never decides.
fn in_person(caller: &Caller) -> Result<(), WorkflowError> {
    if caller.user.is_none() && caller.key.is_none() {
        return Err(WorkflowError::Unauthenticated);
    }
    if caller.is_in_person() || !caller.may_write() && caller.user.is_some() && caller.key.is_none() {
        return Ok(());
    }
    Err(WorkflowError::Forbidden(WhyForbidden::TokenNeedsPerson))
}

/// The stored token that a text is the secret of, and its request.
pub(in crate::workflow) fn find_token(tx: &mut Tx<'_>, text: &str) -> Result<(StoredToken, Request), WorkflowError> {
    const NONE: WorkflowError = WorkflowError::NotFound(What::Token);
    let secret = Secret::find(SecretKind::Redeem, text).ok_or(NONE)?;
    let stored = tokens::find(tx, TokenId(secret.id()))?;
    if !secret.matches(stored.as_ref().map(|(token, _)| token.secret_hash.as_slice())) {
        return Err(NONE);
    }
    stored.ok_or(NONE)
}

/// Whether a token is from this database's epoch and was mailed to the address that its reader has now.
pub(in crate::workflow) fn check_current(token: &StoredToken, reader: &User) -> Result<(), WorkflowError> {
    if tokens::address_hash(&reader.email).as_slice() != token.address_hash {
        return Err(WorkflowError::Closed(Closed::AddressChanged));
    }
    if token.is_of_epoch { Ok(()) } else { Err(WorkflowError::Closed(Closed::Restored)) }
}

/// The request that a token opens, for its own target only.
pub fn open(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Request, WorkflowError> {
    open_with_target(tx, caller, text).map(|(request, _)| request)
}

/// As [`open`], and the target, where the request may still be decided.
fn open_with_target(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<(Request, Option<User>), WorkflowError> {
    in_person(caller)?;
    let (token, request) = find_token(tx, text)?;
    let state = request.state_at(tx.now());
    if caller.user != Some(token.user) {
        if state != RequestState::Pending && caller.user.is_some() && caller.user == request.initiator {
            return Err(WorkflowError::Closed(Closed::Ended(state)));
        }
        return Err(WorkflowError::Forbidden(WhyForbidden::TokenOfAnother));
    }
    if request.target != token.user {
        return Err(WorkflowError::Closed(Closed::NewDecider));
    }
    // A no can still become a yes, so a link that may not say the one may not say the other.
    if !matches!(state, RequestState::Pending | RequestState::Declined) {
        return Ok((request, None));
    }
    let target = store::users::find(tx, token.user)?.ok_or(WorkflowError::NotFound(What::Token))?;
    check_current(&token, &target)?;
    Ok((request, Some(target)))
}

/// A pending request, by its token: what its target is asked. Changes nothing.
pub fn check(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<RequestView, WorkflowError> {
    let (request, target) = open_with_target(tx, caller, text)?;
    pending(tx, &request)?;
    view::tell_with(tx, caller, request, target)
}

/// The token that a text may be the secret of, by its looks.
pub fn token_id(text: &str) -> Option<TokenId> {
    Secret::find(SecretKind::Redeem, text).map(|secret| TokenId(secret.id()))
}

/// What spending a token will look at, if the text can be one.
pub fn wants(text: &str) -> Option<Wants> {
    token_id(text).map(Wants::Token)
}

/// Spends a token: the request is approved and the access exists, or nothing changed.
pub fn redeem(
    tx: &mut Tx<'_>,
    caller: &Caller,
    text: &str,
    narrowing: &ApprovalLimits,
) -> Result<(RequestView, Approved), WorkflowError> {
    let (request, target) = open_with_target(tx, caller, text)?;
    pending(tx, &request)?;
    approve_with(tx, caller, &request, target, narrowing)
}

fn pending(tx: &Tx<'_>, request: &Request) -> Result<(), WorkflowError> {
    match request.state_at(tx.now()) {
        RequestState::Pending => Ok(()),
        ended => Err(WorkflowError::Closed(Closed::Ended(ended))),
    }
}

/// Approves a pending request, or one that the same person declined while its time runs on.
pub fn approve(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &Request,
    narrowing: &ApprovalLimits,
) -> Result<(RequestView, Approved), WorkflowError> {
    approve_with(tx, caller, request, None, narrowing)
}

/// As [`approve`], with the target where this transaction has read it already.
fn approve_with(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &Request,
    target: Option<User>,
    narrowing: &ApprovalLimits,
) -> Result<(RequestView, Approved), WorkflowError> {
    may_decide(caller, request)?;
    let items = requests::items(tx, request.id)?;
    let Standing { authority: on, bundle, target, allowed } = authority::of_request(tx, request, &items, target)?;
    let asked = items.first().ok_or(WorkflowError::NotFound(What::Bundle))?;
    let parent = parent(tx, on)?;
    let renewed = renew::of_request(tx, request, &bundle)?;
    let only = terms::only(tx, request)?;
    let Narrowed { given, resources, is_less: is_narrowed } =
        narrow(tx, request, asked, &bundle, narrowing, parent.as_ref(), &only)?;
    let (ends_at, level) = (given.until, given.level);

    let from = if request.state == RequestState::Declined { RequestState::Declined } else { RequestState::Pending };
    let (to, by) = (RequestState::Approved, caller.user);
    // What was simply as asked needs no words of its own: it is what the request says.
    let is_written = is_narrowed || request.renews.is_some() || !request.resources.is_empty();
    let written = Some(&given).filter(|_| is_written);
    let change = Transition { from, to, target: request.target, by, reason: None, is_narrowed, given: written };
    if !requests::transition(tx, request.id, change)? {
        return Err(close::lost(tx, request.id)?);
    }
    crate::failpoints::point("redeem.decided");
    let kept = renewed.filter(|grant| renew::can_restore(grant, on));
    supersede(tx, caller, request, &bundle, on, kept.as_ref().map(|grant| grant.id))?;
    let new = NewGrant {
        request: Some(request.id),
        parent: on.parent,
        grantor: on.grantor,
        owner: on.owner,
        grantee_kind: if allowed.is_external { GranteeKind::ExternalUser } else { GranteeKind::User },
        grantee: Some(request.allowed.into()),
        grantee_as: None,
        bundle: Some(bundle.id),
        resources: &resources,
        level,
        reshare: 0,
        starts_at: None,
        ends_at,
        is_enabled: true,
        comment: "",
        tenant: None,
        attributes: None,
        created_by: caller.user,
    };
    let grant = match kept {
        Some(kept) => renew::restore(tx, caller, request, &kept, &new)?,
        None => grants::add(tx, &new)?,
    };
    if from == RequestState::Declined {
        rate_limits::forget_declines(tx, request.target, request.allowed, &requests::items_key(&items))?;
    }
    if let Some(requester) = request.requester().filter(|requester| Some(*requester) != caller.user) {
        let kind = if is_narrowed { EmailKind::ApprovedLess } else { EmailKind::Approved };
        outbox::add(tx, kind, requester, Some(request.id), 1)?;
    }
    let event = Event { name: "request.approved", request: Some(request.id), grant: Some(grant.id), ..Event::default() };
    audit::append(tx, caller, event)?;

    let asked_until = request.until.map(|until| until.from(tx.now()));
    let approved = Approved {
        resources: given.resources.clone(),
        asked_level: (level < asked.level).then_some(asked.level),
        asked_until: (ends_at != asked_until).then_some(asked_until),
        grant,
    };
    let mut request = request.clone();
    request.state = RequestState::Approved;
    request.decision = Some(crate::domain::Decision {
        at: tx.now(),
        by: caller.user,
        reason: None,
        is_narrowed,
        given: Some(given.clone()).filter(|_| is_written),
        grant: Some(Outcome::from(&approved.grant)),
    });
    let told = RequestView { level: asked.level, request, target, allowed, bundle, given: Some(given) };
    if told.request.initiator != caller.user {
        return Ok((told, approved));
    }
    // Approvers who filed for somebody else themselves learn no more of that person by approving.
    let seen = Seen::of(tx, caller, view::untold(&told.request, caller))?;
    Ok((view::shown(told, caller, &seen), approved))
}

/// The grant that an approval would share on, with the resources it is limited to. It is held, so that it cannot be taken
/// back unseen before what is made under it is there to go with it.
fn parent(tx: &mut Tx<'_>, on: authority::Authority) -> Result<Option<(Grant, Vec<String>)>, WorkflowError> {
    let Some(id) = on.parent else { return Ok(None) };
    let parent = grants::hold(tx, id)?.filter(|grant| grant.is_live_at(tx.now()));
    let parent = parent.ok_or(WorkflowError::Forbidden(WhyForbidden::OffererLostRight))?;
    let limits = grants::limited_to(tx, id)?;
    Ok(Some((parent, limits)))
}

/// The newest yes counts: an older grant of the same bundle between the same people ends as the new one begins, so that
/// taking back what one sees in the list takes back all of it.
fn supersede(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &Request,
    bundle: &Bundle,
    on: authority::Authority,
    kept: Option<GrantId>,
) -> Result<(), WorkflowError> {
    loop {
        let older = match kept {
            Some(kept) => grants::find_live_beside(tx, bundle.id, on.grantor, request.allowed, kept)?,
            None => grants::find_live(tx, bundle.id, on.grantor, request.allowed)?,
        };
        let Some(older) = older else { return Ok(()) };
        for ended in grants::revoke(tx, grants::Roots::Grant(older.id), caller.user)? {
            let event = Event { name: "grant.superseded", request: Some(request.id), grant: Some(ended), ..Event::default() };
            audit::append(tx, caller, event)?;
        }
    }
}

struct Narrowed {
    given: Given,
    /// Those of `given`.
    resources: Vec<ResourceId>,
    is_less: bool,
}

/// For less, never for more: neither than was asked, nor than the one holds who shares it on.
fn narrow(
    tx: &mut Tx<'_>,
    request: &Request,
    asked: &RequestItem,
    bundle: &Bundle,
    to: &ApprovalLimits,
    parent: Option<&(Grant, Vec<String>)>,
    only: &[String],
) -> Result<Narrowed, WorkflowError> {
    let now = tx.now();
    let level = to.level.unwrap_or(asked.level);
    if level > asked.level {
        return Err(WorkflowError::invalid("level", format!("{} was asked for; you can give that or less", asked.level)));
    }
    if parent.is_some_and(|(parent, _)| parent.level < level) {
        return Err(WorkflowError::Forbidden(WhyForbidden::OffererHoldsLess));
    }
    let asked_end = request.until.map(|until| until.from(now));
    if asked_end.is_some_and(|end| end <= now) {
        return Err(WorkflowError::invalid("until", WhyInvalid::EndPassed));
    }
    let wanted_end = to.until.map(|until| until.from(now));
    if wanted_end.is_some_and(|end| end <= now) {
        return Err(WorkflowError::invalid("until", "it must be in the future; to give nothing, decline"));
    }
    if let (Some(asked), Some(wanted)) = (asked_end, wanted_end)
        && wanted > asked
    {
        return Err(WorkflowError::invalid(
            "until",
            format!("it was asked for until {}; you can give that or less", asked.to_rfc3339()),
        ));
    }
    let ends_at = [wanted_end.or(asked_end), parent.and_then(|(parent, _)| parent.ends_at)].into_iter().flatten().min();
    let limits = parent.map_or(&[] as &[String], |(_, limits)| limits);
    let (resources, is_fewer) = choose(tx, bundle, to.resources.as_deref(), limits, only)?;
    let is_less = level < asked.level || ends_at != asked_end || is_fewer;
    let (ids, uris) = resources.into_iter().map(|resource| (resource.id, resource.uri)).unzip();
    Ok(Narrowed { given: Given { level, until: ends_at, resources: uris }, resources: ids, is_less })
}

/// The resources of a bundle that are wanted, within `limits` where there are any; none of them: the whole bundle. Also
/// whether that is fewer than were asked for: `only` some, where it names any.
fn choose(
    tx: &mut Tx<'_>,
    bundle: &Bundle,
    wanted: Option<&[String]>,
    limits: &[String],
    only: &[String],
) -> Result<(Vec<Resource>, bool), WorkflowError> {
    const FIELD: &str = "resources";
    if wanted.is_none() && limits.is_empty() && only.is_empty() {
        return Ok((Vec::new(), false));
    }
    let mut within = store::bundles::resources_of(tx, bundle.id)?;
    within.retain(|resource| only.is_empty() || only.contains(&resource.uri));
    // What was asked for and is no longer in the bundle is less, too.
    let all = if only.is_empty() { within.len() } else { only.len() };
    within.retain(|resource| limits.is_empty() || limits.contains(&resource.uri));
    if let Some(uris) = wanted {
        if let Some(unknown) = uris.iter().find(|uri| !within.iter().any(|resource| resource.uri == **uri)) {
            return Err(WorkflowError::invalid(FIELD, format!("{unknown:?} is not in the bundle that was asked for")));
        }
        within.retain(|resource| uris.contains(&resource.uri));
    }
    if within.is_empty() {
        return Err(WorkflowError::invalid(FIELD, "name at least one; to give nothing, decline"));
    }
    let is_fewer = within.len() < all;
    if !is_fewer && limits.is_empty() && only.is_empty() {
        within.clear();
    }
    Ok((within, is_fewer))
}

fn may_decide(caller: &Caller, request: &Request) -> Result<(), WorkflowError> {
    if !caller.is_in_person() {
        return Err(WorkflowError::Forbidden(WhyForbidden::DecisionNeedsPerson));
    }
    if caller.user == Some(request.target) { Ok(()) } else { Err(WorkflowError::Forbidden(WhyForbidden::OnlyApproverDecides)) }
}

/// Says no, perhaps with a reason.
pub fn decline(tx: &mut Tx<'_>, caller: &Caller, request: &Request, reason: Option<&str>) -> Result<(), WorkflowError> {
    may_decide(caller, request)?;
    validate::check_message("reason", reason)?;
    let words = reason.map(str::trim).filter(|words| !words.is_empty());
    let reason = words.map(|words| Reason::Words(words.to_owned()));
    let (from, to) = (RequestState::Pending, RequestState::Declined);
    let (target, by, reason) = (request.target, caller.user, reason.as_ref());
    let change = Transition { from, to, target, by, reason, is_narrowed: false, given: None };
    if !requests::transition(tx, request.id, change)? {
        return Err(close::lost(tx, request.id)?);
    }
    outbox::cancel_for(tx, request.id, EmailKind::WITH_TOKEN)?;
    let items = requests::items(tx, request.id)?;
    rate_limits::note_decline(tx, request.target, request.allowed, &requests::items_key(&items))?;
    if let Some(requester) = request.requester().filter(|requester| Some(*requester) != caller.user) {
        outbox::add(tx, EmailKind::Declined, requester, Some(request.id), 1)?;
    }
    audit::append(tx, caller, Event { name: "request.declined", request: Some(request.id), ..Event::default() })?;
    Ok(())
}

/// Spends a token on a no.
pub fn decline_by_token(
    tx: &mut Tx<'_>,
    caller: &Caller,
    text: &str,
    reason: Option<&str>,
) -> Result<RequestView, WorkflowError> {
    let request = open(tx, caller, text)?;
    pending(tx, &request)?;
    decline(tx, caller, &request, reason)?;
    let request = requests::find(tx, request.id)?.ok_or(WorkflowError::NotFound(What::Request))?;
    view::tell(tx, caller, request)
}
