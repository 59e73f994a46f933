//! Filing a request: who asks whom for what, judged, held back, written down and its email queued, in one transaction.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use url::Url;

use super::terms::{self, Terms};
use super::view::{self, RequestView};
use super::{close, remind};
use crate::config::{Config, Receipt};
use crate::domain::{
    Bundle, BundleId, Caller, Credential, EmailKind, GrantId, Level, NewUser, RequestItem, RequestKind, RequestState, Scope,
    Until, User, UserId, UserRef, web_url,
};
use crate::store::audit::{self, Event};
use crate::store::rate_limits::{self, Blocked};
use crate::store::requests::{self, NewRequest};
use crate::store::{self, Tx, Wants, credentials, outbox};
use crate::workflow::visible_users::{Seen, is_told_by};
use crate::workflow::{What, WhyForbidden, WhyInvalid, WhyTooMany, WorkflowError, authority, throttle, validate};

/// What a caller wants to ask.
#[derive(Clone, Debug)]
pub struct Filing {
    /// Who decides.
    pub target: UserRef,
    /// Who gains.
    pub allowed: UserRef,
    /// What.
    pub bundle: BundleId,
    /// How much; none: the bundle's level.
    pub level: Option<Level>,
    /// A word with it.
    pub message: Option<String>,
    /// Where the link leads; none: our own page.
    pub redeem_url: Option<String>,
    /// How long it may be decided; none: the configuration's.
    pub ttl: Option<TimeDelta>,
    /// When the access shall end; none: never.
    pub until: Option<Until>,
    /// Some of the bundle's resources, by URI; none: the whole bundle.
    pub resources: Option<Vec<String>>,
}

/// What filing it will look at.
pub fn wants(config: &Config, caller: &Caller, filing: &Filing) -> Wants {
    Wants::Filing {
        target: filing.target.clone(),
        allowed: filing.allowed.clone(),
        bundle: filing.bundle,
        user: caller.user,
        key: caller.key,
        budgets: throttle::of_filing(config, caller),
    }
}

/// Files a request, or finds the pending one for the same thing between the same people on the same terms; then no second
/// email goes out. True where it is new. On other terms it is refused while the first is pending.
pub fn file(tx: &mut Tx<'_>, config: &Config, caller: &Caller, filing: &Filing) -> Result<(RequestView, bool), WorkflowError> {
    file_for(tx, config, caller, filing, None)
}

/// As [`file`]; where it `renews` a grant, a yes prolongs that.
pub(in crate::workflow) fn file_for(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    filing: &Filing,
    renews: Option<GrantId>,
) -> Result<(RequestView, bool), WorkflowError> {
    authority::require(caller, Scope::Requests)?;
    // Held with its people and its key, so that what is taken away at this moment is taken away before, or sees the request.
    let bundle = store::bundles::hold(tx, filing.bundle)?.ok_or_else(|| unknown_bundle(filing.bundle))?;
    validate::check_message("message", filing.message.as_deref())?;
    let ttl = check_ttl(config, filing.ttl)?;
    check_until(tx, filing.until)?;
    check_redeem_url(tx, config, caller, filing)?;
    let [(target, is_target_new), (allowed, is_allowed_new)] = resolve_both(tx, config, caller, filing)?;

    let kind = if target.id == allowed.id { RequestKind::Invite } else { RequestKind::Ask };
    authority::may_file(caller, kind, allowed.id)?;
    hold_people(tx, caller, &target, &allowed)?;
    let on = authority::of_bundle(tx, kind, &bundle, &target, caller.user)?;
    let level = filing.level.unwrap_or(bundle.level);
    if let Some(parent) = on.parent.map(|id| store::grants::find(tx, id)).transpose()?.flatten()
        && parent.level < level
    {
        return Err(WorkflowError::Forbidden(WhyForbidden::OfferAboveOwnLevel));
    }

    let resources = check_resources(tx, &bundle, filing, on.parent)?;

    let items = [RequestItem { bundle: Some(bundle.id), resource: None, level }];
    let items_key = requests::items_key(&items);
    if let Some(pending) = requests::find_pending(tx, target.id, allowed.id, &items_key)? {
        if pending.state_at(tx.now()) == RequestState::Pending {
            let asked = requests::items(tx, pending.id)?.first().map_or(level, |item| item.level);
            let wanted = Terms { level, until: filing.until, message: filing.message.as_deref(), resources, renews };
            terms::check_same(tx, caller, &pending, asked, &wanted)?;
            let told = RequestView { request: pending, target, allowed, bundle, level, given: None };
            return Ok((as_seen(tx, caller, filing, told)?, false));
        }
        close::expire(tx, &pending)?;
    }
    hold_back(tx, config, caller, filing, (&target, is_target_new), (&allowed, is_allowed_new), &items_key)?;

    let new = NewRequest {
        kind,
        initiator: caller.user,
        key: caller.key,
        target: target.id,
        allowed: allowed.id,
        items: &items,
        message: filing.message.as_deref().filter(|text| !text.trim().is_empty()),
        redeem_url: filing.redeem_url.as_deref(),
        ttl,
        until: filing.until,
        resources: &resources,
        remind_at: remind::first(config, tx.now(), ttl),
        renews,
        target_as: filing.target.address(),
        allowed_as: filing.allowed.address(),
    };
    let request = requests::add(tx, &new)?;
    crate::failpoints::point("file.added");
    outbox::add(tx, kind.email(), target.id, Some(request.id), 1)?;
    if let Some(requester) = request.requester().filter(|requester| *requester != target.id && wants_receipt(config, caller)) {
        outbox::add(tx, EmailKind::Receipt, requester, Some(request.id), 1)?;
    }
    audit::append(tx, caller, Event { name: "request.filed", request: Some(request.id), ..Event::default() })?;
    Ok((as_seen(tx, caller, filing, RequestView { request, target, allowed, bundle, level, given: None })?, true))
}

/// The request as who files it sees it: beyond what they may see they are told what they sent.
fn as_seen(tx: &mut Tx<'_>, caller: &Caller, filing: &Filing, told: RequestView) -> Result<RequestView, WorkflowError> {
    let unseen = if view::may_see(caller, &told.request) {
        view::untold(&told.request, caller)
    } else {
        vec![told.request.target, told.request.allowed]
    };
    let seen = Seen::of(tx, caller, unseen)?;
    let sent = |user: User, reference: &UserRef| if seen.has(user.id) { user } else { user.hidden(reference.address()) };
    let RequestView { mut request, mut target, mut allowed, bundle, level, given } = told;
    // The pending request may be somebody else's: it says nothing to a caller who may not read it.
    let may_see = view::may_see(caller, &request);
    if !may_see || !is_told_by(&request, caller, target.id) {
        target = sent(target, &filing.target);
    }
    if !may_see || !is_told_by(&request, caller, allowed.id) {
        allowed = sent(allowed, &filing.allowed);
    }
    if !may_see {
        request.redeem_url = None;
    }
    Ok(RequestView { request, target, allowed, bundle, level, given })
}

/// An app shows by itself what was sent through it; a page of ours is closed, and the email stays.
fn wants_receipt(config: &Config, caller: &Caller) -> bool {
    match config.letters.receipt {
        Receipt::Always => true,
        Receipt::Pages => caller.credential == Credential::Session,
        Receipt::Never => false,
    }
}

/// Everybody who is part of it stays until the request is stored, and so does the key.
fn hold_people(tx: &mut Tx<'_>, caller: &Caller, target: &User, allowed: &User) -> Result<(), WorkflowError> {
    if let Some(id) = caller.key {
        let key = credentials::hold_key(tx, id)?;
        key.filter(|key| key.is_live_at(tx.now())).ok_or(WorkflowError::Unauthenticated)?;
    }
    let mut people = vec![target.id, allowed.id];
    people.extend(caller.user);
    if store::users::hold_all(tx, people)? { Ok(()) } else { Err(WorkflowError::NotFound(What::User)) }
}

fn unknown_bundle(id: BundleId) -> WorkflowError {
    WorkflowError::Unknown { field: "bundle", value: format!("bundle {id}"), hint: "list the bundles to see those there are" }
}

/// The two people whom a request names, and for each whether they became known by it. A number that nobody has is refused before
/// anybody is made, and costs what a person costs whom the caller does not see.
fn resolve_both(tx: &mut Tx<'_>, config: &Config, caller: &Caller, filing: &Filing) -> Result<[(User, bool); 2], WorkflowError> {
    for (field, reference) in [("user_target", &filing.target), ("user_allowed", &filing.allowed)] {
        if let UserRef::Id(id) = reference
            && store::users::find(tx, *id)?.is_none()
        {
            return Err(throttle::unknown_reader(tx, config, caller, unknown_person(field, *id))?);
        }
    }
    let (target, is_target_new) = resolve(tx, "user_target", &filing.target)?;
    if filing.allowed == filing.target {
        return Ok([(target.clone(), is_target_new), (target, false)]);
    }
    Ok([(target, is_target_new), resolve(tx, "user_allowed", &filing.allowed)?])
}

fn unknown_person(field: &'static str, id: UserId) -> WorkflowError {
    WorkflowError::Unknown { field, value: format!("user {id}"), hint: "name them by resource_uri, id or address" }
}

/// The person that a reference names, and whether they became known by it. Somebody known only by the address given becomes an external user.
pub(in crate::workflow) fn resolve(
    tx: &mut Tx<'_>,
    field: &'static str,
    reference: &UserRef,
) -> Result<(User, bool), WorkflowError> {
    match reference {
        UserRef::Id(id) => store::users::find(tx, *id)?.map(|user| (user, false)).ok_or_else(|| unknown_person(field, *id)),
        UserRef::Address(address) => {
            if let Some(user) = store::users::find_by_email(tx, address)? {
                return Ok((user, false));
            }
            let new = NewUser { is_external: true, ..NewUser::with_address(address.clone()) };
            let added = tx.attempt(|tx| store::users::add(tx, &new));
            match added {
                // Somebody else made them known at the same moment.
                Err(error) if error.is_violation() => Ok((store::users::find_by_email(tx, address)?.ok_or(error)?, false)),
                other => Ok((other?, true)),
            }
        }
    }
}

/// Blocks, the pause after a decline, and the budgets. What is taken does not depend on whether a person whom the caller does not
/// see is known: otherwise the budgets would tell.
fn hold_back(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    filing: &Filing,
    (target, is_target_new): (&User, bool),
    (allowed, is_allowed_new): (&User, bool),
    items_key: &str,
) -> Result<(), WorkflowError> {
    let mut requesters = vec![Blocked::User(allowed.id)];
    requesters.extend(caller.user.map(Blocked::User));
    requesters.extend(caller.key.map(Blocked::Key));
    if rate_limits::is_blocked(tx, target.id, &requesters)? {
        return Err(WorkflowError::Forbidden(WhyForbidden::Blocked));
    }
    if let Some(retry_at) = rate_limits::cooldown(tx, target.id, allowed.id, items_key)? {
        return Err(WorkflowError::TooMany { what: WhyTooMany::DeclinedBefore, retry_at });
    }
    let seen = Seen::of(tx, caller, vec![target.id, allowed.id])?;
    let is_unseen = |user: &User, is_new: bool| is_new || !seen.has(user.id);
    let is_target_unseen = is_unseen(target, is_target_new);
    let is_allowed_unseen = allowed.id != target.id && is_unseen(allowed, is_allowed_new);
    let mut budgets = throttle::of_email_to(config, caller, target);
    if is_target_unseen || is_allowed_unseen {
        budgets.extend(throttle::of_new_person(config, caller));
    }
    if is_allowed_unseen && filing.allowed.address().is_some() {
        // Naming an address counts as an email to its domain, although none is sent: it may have made the person known.
        budgets.extend(throttle::of_naming(config, caller, allowed));
    }
    throttle::take(tx, &budgets)?;
    if is_target_unseen && is_allowed_unseen {
        throttle::take(tx, throttle::of_new_person(config, caller).as_slice())?;
    }
    Ok(())
}

fn check_ttl(config: &Config, ttl: Option<TimeDelta>) -> Result<TimeDelta, WorkflowError> {
    let most = config.request.max_ttl.delta();
    let ttl = ttl.unwrap_or_else(|| config.request.ttl.delta());
    if ttl < TimeDelta::seconds(60) || most < ttl {
        return Err(WorkflowError::invalid("ttl", format!("a number of seconds from 60 to {}", most.num_seconds())));
    }
    Ok(ttl)
}

fn check_until(tx: &Tx<'_>, until: Option<Until>) -> Result<(), WorkflowError> {
    let problem = match until {
        Some(Until::At(at)) if at <= tx.now() => WhyInvalid::NotInFuture,
        Some(Until::For(length)) if length < TimeDelta::seconds(60) => "at least 60 seconds after the decision".into(),
        Some(until) if until.from(tx.now()) > tx.now() + TimeDelta::days(36_525) => {
            "at most a hundred years; leave it out for no end".into()
        }
        _ => return Ok(()),
    };
    Err(WorkflowError::invalid("until", problem))
}

/// The resources that are asked for, each once and in one order; none of them: the whole bundle.
fn check_resources(
    tx: &mut Tx<'_>,
    bundle: &Bundle,
    filing: &Filing,
    parent: Option<GrantId>,
) -> Result<Vec<String>, WorkflowError> {
    const FIELD: &str = "resources";
    let Some(uris) = &filing.resources else { return Ok(Vec::new()) };
    if uris.is_empty() {
        return Err(WorkflowError::invalid(FIELD, "name at least one; leave it out to ask for the whole bundle"));
    }
    let within = store::bundles::resources_of(tx, bundle.id)?;
    if let Some(unknown) = uris.iter().find(|uri| !within.iter().any(|resource| resource.uri == **uri)) {
        return Err(WorkflowError::invalid(
            FIELD,
            format!("{unknown:?} is not in this bundle; name its resources by their URIs"),
        ));
    }
    let limits = parent.map(|id| store::grants::limited_to(tx, id)).transpose()?.unwrap_or_default();
    if !limits.is_empty() && uris.iter().any(|uri| !limits.contains(uri)) {
        return Err(WorkflowError::Forbidden(WhyForbidden::OfferBeyondOwnResources));
    }
    Ok(uris.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect())
}

/// Only to our own page, or where the app's key says: its emails carry tokens.
fn check_redeem_url(tx: &mut Tx<'_>, config: &Config, caller: &Caller, filing: &Filing) -> Result<(), WorkflowError> {
    const FIELD: &str = "redeem_url";
    let Some(text) = filing.redeem_url.as_deref() else { return Ok(()) };
    let url = web_url::redeem_url(text).map_err(|bad| WorkflowError::invalid(FIELD, bad.to_string()))?;
    if is_own_page(&url, &config.server.public_url) {
        return Ok(());
    }
    if let Some(id) = caller.key.or(caller.app)
        && let Some(key) = credentials::find_key(tx, id)?
        && key.is_live_at(tx.now())
        && key
            .redeem_urls
            .iter()
            .any(|prefix| web_url::redeem_prefix(prefix).is_ok_and(|prefix| web_url::is_under(&url, &prefix)))
    {
        return Ok(());
    }
    Err(WorkflowError::invalid(
        FIELD,
        "it is not on this key's list; an operator adds it with `countersign key add --redeem-url PREFIX`",
    ))
}

/// Nothing below it: a link there would be dead.
fn is_own_page(url: &Url, public_url: &Url) -> bool {
    let own = format!("{}/redeem", public_url.path().trim_end_matches('/'));
    url.origin() == public_url.origin() && url.path().trim_end_matches('/') == own
}
