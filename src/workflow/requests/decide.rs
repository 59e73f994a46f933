//! Decides requests: check, redeem, decline. A request has at most one decision, by its approver only, in one transaction with
//! the grant, the emails and the audit.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::view::{self, RequestView};
use super::{close, renew, terms};
use crate::domain::{
    ApprovalLimits, Bundle, BundleId, Caller, Credential, EmailKind, Given, Grant, GrantId, GranteeKind, KeyId, Level, Reason,
    Request, RequestId, RequestItem, RequestState, Resource, ResourceId, SessionId, TokenId, User, UserId,
};
use crate::secret::{Secret, SecretKind};
use crate::store::audit::{self, Event};
use crate::store::batch::{self, Changes, Command, FoundToken, Lock, Notice, Parties, PartyIds, Reading, Results};
use crate::store::grants::{self, NewGrant};
use crate::store::requests::{self, Transition};
use crate::store::tokens::{self, StoredToken};
use crate::store::{self, StoreError, Tx, cooldowns, credentials, outbox};
use crate::workflow::authority::{self, Standing};
use crate::workflow::visible_users::Seen;
use crate::workflow::{Closed, What, WhyForbidden, WhyInvalid, WorkflowError, validate};

/// The result of an approval, with the requested terms that were limited.
#[derive(Clone, Debug)]
pub struct Approved {
    /// The new or prolonged grant.
    pub grant: Grant,
    /// The URIs of its resources; empty: the whole bundle.
    pub resources: Vec<String>,
    /// The requested level, if the approval limited it.
    pub asked_level: Option<Level>,
    /// The requested end, if the approval limited it; none within means no end.
    pub asked_until: Option<Option<DateTime<Utc>>>,
}

/// Requires a person: a key cannot decide.
fn in_person(caller: &Caller) -> Result<(), WorkflowError> {
    if caller.user.is_none() && caller.key.is_none() {
        return Err(WorkflowError::Unauthenticated);
    }
    if caller.is_in_person() || !caller.may_write() && caller.user.is_some() && caller.key.is_none() {
        return Ok(());
    }
    Err(WorkflowError::Forbidden(WhyForbidden::TokenNeedsPerson))
}

/// Finds the loaded token with this secret.
fn right_token<'a>(found: &'a HashMap<TokenId, FoundToken>, text: &str) -> Result<&'a FoundToken, WorkflowError> {
    let secret = token_secret(text).ok_or(NO_TOKEN)?;
    let stored = found.get(&TokenId(secret.id()));
    check_secret(&secret, stored.map(|(token, ..)| token))?;
    stored.ok_or(NO_TOKEN)
}

const NO_TOKEN: WorkflowError = WorkflowError::NotFound(What::Token);

/// Checks a secret against that of a stored token, in equal time if there is none.
fn check_secret(secret: &Secret, stored: Option<&StoredToken>) -> Result<(), WorkflowError> {
    if secret.matches(stored.map(|token| token.secret_hash.as_slice())) { Ok(()) } else { Err(NO_TOKEN) }
}

/// Finds the stored token with this secret, and its request with the grant.
pub(in crate::workflow) fn find_token(tx: &mut Tx<'_>, text: &str) -> Result<(StoredToken, Request), WorkflowError> {
    let secret = token_secret(text).ok_or(NO_TOKEN)?;
    let stored = tokens::find(tx, TokenId(secret.id()))?;
    check_secret(&secret, stored.as_ref().map(|(token, _)| token))?;
    stored.ok_or(NO_TOKEN)
}

/// Checks that a token is of the current epoch and was mailed to the recipient's current address.
pub(in crate::workflow) fn check_current(token: &StoredToken, reader: &User) -> Result<(), WorkflowError> {
    if tokens::address_hash(&reader.email).as_slice() != token.address_hash {
        return Err(WorkflowError::Closed(Closed::AddressChanged));
    }
    if token.is_of_epoch { Ok(()) } else { Err(WorkflowError::Closed(Closed::Restored)) }
}

/// Checks that a token is valid for this caller. `reader` is the recipient, if that person exists.
fn check_opens(
    now: DateTime<Utc>,
    caller: &Caller,
    (token, request): (&StoredToken, &Request),
    reader: Option<&User>,
) -> Result<(), WorkflowError> {
    let state = request.state_at(now);
    if caller.user != Some(token.user) {
        if state != RequestState::Pending && caller.user.is_some() && caller.user == request.initiator {
            return Err(WorkflowError::Closed(Closed::Ended(state)));
        }
        return Err(WorkflowError::Forbidden(WhyForbidden::TokenOfAnother));
    }
    if request.target != token.user {
        return Err(WorkflowError::Closed(Closed::NewApprover));
    }
    // A declined request can still be approved, so the same rules apply to it.
    if !matches!(state, RequestState::Pending | RequestState::Declined) {
        return Ok(());
    }
    check_current(token, reader.ok_or(WorkflowError::NotFound(What::Token))?)
}

/// The request of a token, for its approver only.
pub fn open(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<Request, WorkflowError> {
    in_person(caller)?;
    let (token, request) = find_token(tx, text)?;
    let reader = store::users::find(tx, token.user)?;
    check_opens(tx.now(), caller, (&token, &request), reader.as_ref())?;
    Ok(request)
}

/// A pending request by its token, for its approver. Changes nothing.
pub fn check(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<RequestView, WorkflowError> {
    let tokens: Vec<Secret> = token_secret(text).into_iter().collect();
    let reading = Reading::load(tx, Vec::new(), &tokens)?;
    check_within(tx, &reading, caller, text)
}

/// As [`check`], with loaded rows.
pub fn check_within(tx: &mut Tx<'_>, reading: &Reading, caller: &Caller, text: &str) -> Result<RequestView, WorkflowError> {
    in_person(caller)?;
    let (token, request, items) = right_token(reading.tokens(), text)?;
    check_opens(tx.now(), caller, (token, request), reading.user(token.user))?;
    pending(tx.now(), request)?;
    view::within(tx, reading, caller, request, items)
}

/// The secret of a token that a text may be, by its form.
pub fn token_secret(text: &str) -> Option<Secret> {
    Secret::find(SecretKind::Redeem, text)
}

/// Redeems a token: approves the request and creates the grant, atomically.
#[derive(Clone, Debug)]
pub struct Redeem {
    /// The approver.
    pub caller: Caller,
    pub token: String,
    pub limits: ApprovalLimits,
}

/// Runs [`Redeem`] in this transaction.
pub fn redeem(
    tx: &mut Tx<'_>,
    caller: &Caller,
    text: &str,
    limits: &ApprovalLimits,
) -> Result<(RequestView, Approved), WorkflowError> {
    Redeem { caller: caller.clone(), token: text.to_owned(), limits: limits.clone() }.run(tx)
}

impl Command for Redeem {
    type Output = (RequestView, Approved);
    type Error = WorkflowError;
    const ADDS_TO: Option<&'static str> = Some("grants");

    fn run_all(tx: &mut Tx<'_>, commands: &[&Self], changes: &mut Changes) -> Result<Results<Self>, StoreError> {
        let secrets: Vec<Secret> = commands.iter().filter_map(|command| token_secret(&command.token)).collect();
        let found = batch::tokens(tx, &secrets)?;
        let approvals: Vec<Result<Approval<'_>, WorkflowError>> = commands
            .iter()
            .map(|command| {
                in_person(&command.caller)?;
                let (token, request, items) = right_token(&found, &command.token)?;
                Ok(Approval { caller: &command.caller, token: Some(token), request, items, limits: &command.limits, how: None })
            })
            .collect();
        approve_all(tx, approvals, changes)
    }
}

pub(in crate::workflow) fn pending(now: DateTime<Utc>, request: &Request) -> Result<(), WorkflowError> {
    match request.state_at(now) {
        RequestState::Pending => Ok(()),
        ended => Err(WorkflowError::Closed(Closed::Ended(ended))),
    }
}

/// Approves a pending request, or one that the same person declined and that has not expired.
#[derive(Clone, Debug)]
pub(in crate::workflow) struct Approve<'a> {
    pub(in crate::workflow) caller: &'a Caller,
    pub(in crate::workflow) request: &'a Request,
    pub(in crate::workflow) limits: &'a ApprovalLimits,
    /// How it is decided, for the audit; none: by the link of an email.
    pub(in crate::workflow) how: Option<&'static str>,
}

/// Approves a pending request, or one that the same person declined and that has not expired.
pub fn approve(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &Request,
    limits: &ApprovalLimits,
) -> Result<(RequestView, Approved), WorkflowError> {
    Approve { caller, request, limits, how: None }.run(tx)
}

impl Command for Approve<'_> {
    type Output = (RequestView, Approved);
    type Error = WorkflowError;
    const ADDS_TO: Option<&'static str> = Some("grants");

    fn run_all(tx: &mut Tx<'_>, commands: &[&Self], changes: &mut Changes) -> Result<Results<Self>, StoreError> {
        let mut items = Vec::with_capacity(commands.len());
        for command in commands {
            items.push(requests::items(tx, command.request.id)?);
        }
        let approvals = commands.iter().zip(&items).map(|(command, items)| {
            let Approve { caller, request, limits, how } = **command;
            Ok(Approval { caller, token: None, request, items, limits, how })
        });
        approve_all(tx, approvals.collect(), changes)
    }
}

#[derive(Clone, Copy)]
struct Approval<'a> {
    caller: &'a Caller,
    /// The redeemed token, if there is one.
    token: Option<&'a StoredToken>,
    request: &'a Request,
    items: &'a [RequestItem],
    limits: &'a ApprovalLimits,
    how: Option<&'static str>,
}

/// The grant of an approval, if the request can still be approved.
struct Giving {
    bundle: Bundle,
    target: User,
    allowed: User,
    asked: Level,
    on: authority::Authority,
    /// The grant to prolong, if any.
    kept: Option<Grant>,
    narrowed: Narrowed,
    transition: Transition,
}

impl Giving {
    /// The bundle, grantor and grantee of the grant.
    fn between(&self) -> (BundleId, UserId, UserId) {
        (self.bundle.id, self.on.grantor, self.allowed.id)
    }
}

/// Approves the possible ones: loads the rows, decides each, writes the transitions, and creates the grants of the successful
/// ones.
fn approve_all(
    tx: &mut Tx<'_>,
    approvals: Vec<Result<Approval<'_>, WorkflowError>>,
    changes: &mut Changes,
) -> Result<Results<Redeem>, StoreError> {
    let mut ids = PartyIds::default();
    for Approval { request, items, .. } in approvals.iter().flatten() {
        ids.bundles.extend(items.iter().filter_map(|item| item.bundle));
        ids.keys.extend(request.app.map(|app| KeyId(app.0)));
        ids.users.extend([request.target, request.allowed].into_iter().chain(request.initiator));
    }
    // Locks, so that of two concurrent approvals for the same person the second sees the grant of the first.
    let parties = Parties::load(tx, ids, Lock::Update)?;
    let mut decided = Vec::with_capacity(approvals.len());
    let (mut requests, mut between) = (HashSet::new(), HashSet::new());
    let is_alone = approvals.len() == 1;
    for approval in approvals {
        decided.push(match approval.and_then(|approval| Ok((approval, give(tx, approval, &parties)?))) {
            // What is shared on could lose its parent to another approval of this batch, whose revocation would not see it.
            Ok((_, giving)) if giving.on.parent.is_some() && !is_alone => None,
            // The second approval of one batch for the same people runs alone, and sees the first one's grant.
            Ok((approval, giving)) if requests.insert(approval.request.id) && between.insert(giving.between()) => {
                Some(Ok((approval, giving)))
            }
            Ok(_) => None,
            Err(WorkflowError::Store(error)) => return Err(error),
            Err(refusal) => Some(Err(refusal)),
        });
    }
    let givings = || decided.iter().flatten().flatten();
    let transitions: Vec<Transition> = givings().map(|(_, giving)| giving.transition.clone()).collect();
    let won: HashSet<RequestId> = requests::make_transitions(tx, &transitions)?.into_iter().collect();
    let between: Vec<_> = givings().map(|(_, giving)| giving.between()).collect();
    let older = batch::older_grants(tx, &between)?;
    let mut results = Vec::with_capacity(decided.len());
    for decision in decided {
        let result = match decision {
            None => None,
            Some(Err(refusal)) => Some(Err(refusal)),
            Some(Ok((approval, giving))) if won.contains(&approval.request.id) => {
                crate::failpoints::point("redeem.decided");
                let has_older = older.contains(&giving.between());
                // The transition is made, so whatever fails now undoes it.
                let granted = grant(tx, approval, giving, has_older, changes).map_err(|error| match error {
                    WorkflowError::Store(error) => error,
                    other => StoreError::Query(other.to_string()),
                })?;
                Some(Ok(granted))
            }
            Some(Ok((approval, _))) => Some(Err(close::lost(tx, approval.request.id).unwrap_or_else(|error| error))),
        };
        match result {
            Some(Err(WorkflowError::Store(error))) => return Err(error),
            other => results.push(other),
        }
    }
    Ok(results)
}

/// Decides the terms of the grant.
fn give(tx: &mut Tx<'_>, approval: Approval<'_>, parties: &Parties) -> Result<Giving, WorkflowError> {
    let Approval { caller, token, request, items, limits, .. } = approval;
    if let Some(token) = token {
        check_opens(tx.now(), caller, (token, request), parties.user(token.user))?;
        pending(tx.now(), request)?;
    }
    may_decide(tx.now(), caller, request, parties.user(request.target))?;
    let Standing { authority: on, bundle, target, allowed } = authority::of_request(tx, parties, request, items)?;
    let asked = items.first().ok_or(WorkflowError::NotFound(What::Bundle))?;
    let parent = parent(tx, on)?;
    let kept = renew::of_request(tx, request, &bundle)?.filter(|grant| renew::can_restore(grant, on));
    let only = terms::only(tx, request)?;
    let narrowed = narrow(tx, request, asked, &bundle, limits, parent.as_ref(), &only)?;
    let from = if request.state == RequestState::Declined { RequestState::Declined } else { RequestState::Pending };
    // Terms equal to the request's are not stored again.
    let is_written = narrowed.is_less || request.renews.is_some() || !request.resources.is_empty();
    let transition = Transition {
        request: request.id,
        from,
        to: RequestState::Approved,
        target: request.target,
        by: caller.user,
        reason: None,
        is_narrowed: narrowed.is_less,
        given: Some(narrowed.given.clone()).filter(|_| is_written),
    };
    Ok(Giving { bundle, target, allowed, asked: asked.level, on, kept, narrowed, transition })
}

/// Creates the grant, after the transition.
fn grant(
    tx: &mut Tx<'_>,
    approval: Approval<'_>,
    giving: Giving,
    has_older: bool,
    changes: &mut Changes,
) -> Result<(RequestView, Approved), WorkflowError> {
    let Approval { caller, request, items, how, .. } = approval;
    let Giving { bundle, target, allowed, asked, on, kept, narrowed, transition } = giving;
    let (now, Narrowed { given, resources, is_less }) = (tx.now(), narrowed);
    if has_older {
        supersede(tx, approval, &bundle, on, kept.as_ref().map(|grant| grant.id), changes)?;
    }
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
        level: given.level,
        reshare: 0,
        starts_at: None,
        ends_at: given.until,
        is_enabled: true,
        comment: "",
        tenant: None,
        attributes: None,
        created_by: caller.user,
    };
    let grant = match kept {
        Some(kept) => renew::restore(tx, caller, request, &kept, &new, changes)?,
        None => changes.add_grant(&new, now, tx.rng())?,
    };
    if transition.from == RequestState::Declined {
        cooldowns::forget(tx, request.target, request.allowed, &requests::items_key(items))?;
    }
    if let Some(to) = request.requester().filter(|requester| Some(*requester) != caller.user) {
        let kind = if is_less { EmailKind::ApprovedLess } else { EmailKind::Approved };
        changes.notify(request.id, Notice { kind, to });
    }
    let event =
        Event { name: "request.approved", request: Some(request.id), grant: Some(grant.id), detail: how, ..Event::default() };
    changes.audit(caller, event);

    let asked_until = request.until.map(|until| until.from(now));
    let approved = Approved {
        resources: given.resources.clone(),
        asked_level: (given.level < asked).then_some(asked),
        asked_until: (given.until != asked_until).then_some(asked_until),
        grant,
    };
    let mut request = request.clone();
    request.state = RequestState::Approved;
    request.decision = Some(crate::domain::Decision {
        at: now,
        by: caller.user,
        reason: None,
        is_narrowed: is_less,
        given: transition.given,
        grant: Some(crate::domain::Outcome::from(&approved.grant)),
    });
    let view = RequestView { level: asked, request, target, allowed, bundle, given: Some(given) };
    if view.request.initiator != caller.user {
        return Ok((view, approved));
    }
    // An approver who filed the request for another person learns no more about that person by approving.
    let seen = Seen::of(tx, caller, view::unrevealed(&view.request, caller))?;
    Ok((view::shown(view, caller, &seen), approved))
}

/// The parent of the new grant, with its resources. It is locked, so that a concurrent revocation also sees the new grant.
fn parent(tx: &mut Tx<'_>, on: authority::Authority) -> Result<Option<(Grant, Vec<String>)>, WorkflowError> {
    let Some(id) = on.parent else { return Ok(None) };
    let parent = grants::lock_share(tx, id)?.filter(|grant| grant.is_live_at(tx.now()));
    let parent = parent.ok_or(WorkflowError::Forbidden(WhyForbidden::OffererLostRight))?;
    let limits = grants::limited_to(tx, id)?;
    Ok(Some((parent, limits)))
}

/// Ends an older grant of the same bundle between the same people, so that the list shows one grant, and revoking it ends all
/// access.
fn supersede(
    tx: &mut Tx<'_>,
    approval: Approval<'_>,
    bundle: &Bundle,
    on: authority::Authority,
    kept: Option<GrantId>,
    changes: &mut Changes,
) -> Result<(), WorkflowError> {
    let Approval { caller, request, .. } = approval;
    loop {
        let older = match kept {
            Some(kept) => grants::find_live_beside(tx, bundle.id, on.grantor, request.allowed, kept)?,
            None => grants::find_live(tx, bundle.id, on.grantor, request.allowed)?,
        };
        let Some(older) = older else { return Ok(()) };
        for ended in grants::revoke(tx, grants::Roots::Grant(older.id), caller.user)? {
            let event = Event { name: "grant.superseded", request: Some(request.id), grant: Some(ended), ..Event::default() };
            changes.audit(caller, event);
        }
    }
}

struct Narrowed {
    given: Given,
    /// The resources of `given`.
    resources: Vec<ResourceId>,
    is_less: bool,
}

/// Limits the terms: never beyond the request, nor beyond the access of the resharer.
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

/// The wanted resources of a bundle, within `limits` if there are any; empty means the whole bundle. Also whether they are
/// fewer than requested, where `only` lists the requested ones, if any.
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
    // A requested resource that left the bundle counts as missing.
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

/// Whether the caller may decide a request, whose approver is `target`.
fn may_decide(now: DateTime<Utc>, caller: &Caller, request: &Request, target: Option<&User>) -> Result<(), WorkflowError> {
    if !caller.is_in_person() {
        return Err(WorkflowError::Forbidden(WhyForbidden::DecisionNeedsPerson));
    }
    if caller.user != Some(request.target) {
        return Err(WorkflowError::Forbidden(WhyForbidden::OnlyApproverDecides));
    }
    match target.and_then(|user| user.decides_from) {
        Some(from) if now < from => Err(WorkflowError::Forbidden(WhyForbidden::AccountChanged)),
        _ => Ok(()),
    }
}

/// Declines a request, optionally with a reason.
pub fn decline(tx: &mut Tx<'_>, caller: &Caller, request: &Request, reason: Option<&str>) -> Result<(), WorkflowError> {
    decline_how(tx, caller, request, reason, None)
}

/// The same, with how it is decided, for the audit.
pub(in crate::workflow) fn decline_how(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &Request,
    reason: Option<&str>,
    how: Option<&'static str>,
) -> Result<(), WorkflowError> {
    let target = store::users::find(tx, request.target)?;
    may_decide(tx.now(), caller, request, target.as_ref())?;
    validate::check_message("reason", reason)?;
    let words = reason.map(str::trim).filter(|words| !words.is_empty());
    let change = Transition {
        request: request.id,
        from: RequestState::Pending,
        to: RequestState::Declined,
        target: request.target,
        by: caller.user,
        reason: words.map(|words| Reason::Words(words.to_owned())),
        is_narrowed: false,
        given: None,
    };
    if !requests::make_transition(tx, &change)? {
        return Err(close::lost(tx, request.id)?);
    }
    outbox::cancel_for(tx, request.id, EmailKind::WITH_TOKEN)?;
    let items = requests::items(tx, request.id)?;
    cooldowns::note_decline(tx, request.target, request.allowed, &requests::items_key(&items))?;
    if let Some(requester) = request.requester().filter(|requester| Some(*requester) != caller.user) {
        outbox::add(tx, EmailKind::Declined, requester, Some(request.id), 1)?;
    }
    audit::append(tx, caller, Event { name: "request.declined", request: Some(request.id), detail: how, ..Event::default() })?;
    Ok(())
}

/// A request that its approver opens in the inbox, in a session that proved the mailbox: the same two proofs as with a link.
pub(in crate::workflow) fn open_in_inbox(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: RequestId,
    session: SessionId,
) -> Result<Request, WorkflowError> {
    let request = requests::find(tx, id)?.filter(|request| caller.user == Some(request.target));
    let request = request.ok_or(WorkflowError::NotFound(What::Request))?;
    if caller.credential != Credential::Session || !credentials::has_mailbox(tx, request.target, session)? {
        return Err(WorkflowError::Forbidden(WhyForbidden::MailboxNotProved));
    }
    Ok(request)
}

/// Declines a request by its token.
pub fn decline_by_token(
    tx: &mut Tx<'_>,
    caller: &Caller,
    text: &str,
    reason: Option<&str>,
) -> Result<RequestView, WorkflowError> {
    let request = open(tx, caller, text)?;
    pending(tx.now(), &request)?;
    decline(tx, caller, &request, reason)?;
    let request = requests::find(tx, request.id)?.ok_or(WorkflowError::NotFound(What::Request))?;
    view::load(tx, caller, &request)
}
