//! Files a request: checks it, takes from the rate limits, stores it and queues its email, in one transaction.

use std::collections::BTreeSet;
use std::ops::Deref;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::terms::{self, Terms};
use super::view::{self, RequestView};
use super::{close, remind};
use crate::config::{Config, Receipt};
use crate::domain::{
    Bundle, BundleId, Caller, Credential, EmailKind, GrantId, Level, NewUser, RequestItem, RequestKind, RequestState, Scope,
    Until, User, UserId, UserRef, web_url,
};
use crate::store::audit::Event;
use crate::store::batch::{Changes, Command, History, HistoryKey, Lock, Notice, Parties, PartyIds, Results};
use crate::store::rate_limits::{LockedLimits, RateLimit};
use crate::store::requests::{self, NewRequest, RequestKey};
use crate::store::{self, StoreError, Tx, blocks};
use crate::workflow::visible_users::{Seen, is_revealed_by, sees_everybody};
use crate::workflow::{What, WhyForbidden, WhyInvalid, WhyTooMany, WorkflowError, authority, throttle, validate};

/// The terms of a new request.
#[derive(Clone, Debug)]
pub struct Filing {
    /// The approver.
    pub target: UserRef,
    /// The grantee.
    pub allowed: UserRef,
    pub bundle: BundleId,
    /// The level; none means the bundle's.
    pub level: Option<Level>,
    pub message: Option<String>,
    /// The target of the email's link; none means our own page.
    pub redeem_url: Option<String>,
    /// The time to expiry; none means the configured one.
    pub ttl: Option<TimeDelta>,
    /// The end of the access; none means no end.
    pub until: Option<Until>,
    /// Some of the bundle's resources, by URI; none: the whole bundle.
    pub resources: Option<Vec<String>>,
}

/// Files a request.
#[derive(Clone, Debug)]
pub struct FileRequest<C> {
    pub config: C,
    /// The requester.
    pub caller: Caller,
    pub filing: Filing,
    /// The grant that an approval prolongs.
    pub renews: Option<GrantId>,
}

/// Files a request, or finds an equal pending one with the same terms, without a second email; true if it is new. An equal
/// pending request with other terms is an error.
pub fn file(tx: &mut Tx<'_>, config: &Config, caller: &Caller, filing: &Filing) -> Result<(RequestView, bool), WorkflowError> {
    file_for(tx, config, caller, filing, None)
}

/// As [`file`]; if it `renews` a grant, an approval prolongs it.
pub(in crate::workflow) fn file_for(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    filing: &Filing,
    renews: Option<GrantId>,
) -> Result<(RequestView, bool), WorkflowError> {
    let filed = FileRequest { config, caller: caller.clone(), filing: filing.clone(), renews }.run(tx)??;
    Ok((filed.view, filed.is_new))
}

/// A filed request.
#[derive(Clone, Debug)]
pub struct Filed {
    /// The request, as shown to its requester.
    pub view: RequestView,
    /// Whether it was filed now.
    pub is_new: bool,
    /// Time of filing, or of finding the pending one.
    pub at: DateTime<Utc>,
}

impl<C: Deref<Target = Config> + Send + Sync> Command for FileRequest<C> {
    /// A refusal that takes from the rate limits is part of the output, because an error would roll them back.
    type Output = Result<Filed, WorkflowError>;
    type Error = WorkflowError;
    const ADDS_TO: Option<&'static str> = Some("requests");

    fn run_all(tx: &mut Tx<'_>, commands: &[&Self], changes: &mut Changes) -> Result<Results<Self>, StoreError> {
        let now = tx.now();
        // Bundles, keys and people stay until the request is stored: what is taken away at this moment is taken away before, or sees
        // the request.
        let mut ids = PartyIds::default();
        for command in commands.iter().filter(|command| command.may_file().is_ok()) {
            command.add_parties(&mut ids);
        }
        let parties = Parties::load(tx, ids, Lock::Share)?;
        let mut assessments = Vec::with_capacity(commands.len());
        for command in commands {
            assessments.push(match command.assess(tx, &parties) {
                Err(WorkflowError::Store(error)) => return Err(error),
                other => other,
            });
        }
        let keys: Vec<_> =
            commands.iter().zip(&assessments).filter_map(|(command, assessment)| command.history_key(assessment)).collect();
        let (mut history, limits) = History::load(tx, &keys)?;
        changes.limits = limits;
        let mut results = Vec::with_capacity(commands.len());
        for (command, assessment) in commands.iter().zip(assessments) {
            results.push(match assessment.and_then(|assessment| command.decide(tx, assessment, &mut history, changes)) {
                Ok(Outcome::Filed(view, is_new)) => Some(Ok(Ok(Filed { view: *view, is_new, at: now }))),
                Ok(Outcome::Paid(refusal)) => Some(Ok(Err(refusal))),
                Ok(Outcome::Unprepared) => None,
                Err(WorkflowError::Store(error)) => return Err(error),
                Err(refusal) => Some(Err(refusal)),
            });
        }
        Ok(results)
    }

    /// Adds external users for unknown addresses, and records the expiry of an equal overdue request.
    fn prepare(&self, tx: &mut Tx<'_>) -> Result<(), WorkflowError> {
        let (target, _) = resolve(tx, &self.config, "user_target", &self.filing.target)?;
        let (allowed, _) = resolve(tx, &self.config, "user_allowed", &self.filing.allowed)?;
        if let Some(pending) = requests::find_pending(tx, target.id, allowed.id, &self.items_key())?
            && pending.state_at(tx.now()) != RequestState::Pending
        {
            close::expire(tx, &pending)?;
        }
        Ok(())
    }
}

/// The state of a filing after the first checks.
enum Assessment {
    /// A person named by address is unknown.
    Unprepared,
    /// A person named by id does not exist.
    NoSuchUser(&'static str, UserId),
    Known(Box<Known>),
}

struct Known {
    kind: RequestKind,
    target: User,
    allowed: User,
    bundle: Bundle,
    level: Level,
    resources: Vec<String>,
    ttl: TimeDelta,
    limits: Limits,
}

/// The rate limits that a filing may take from.
struct Limits {
    /// For the email to the approver.
    email: Vec<RateLimit>,
    /// For each person whom the caller cannot see.
    new_person: Option<RateLimit>,
    /// For naming the grantee by address.
    naming: Vec<RateLimit>,
}

impl Limits {
    fn all(&self) -> Vec<RateLimit> {
        self.email.iter().chain(&self.new_person).chain(&self.naming).copied().collect()
    }
}

enum Outcome {
    Filed(Box<RequestView>, bool),
    /// Refused, but the rate limits stay taken.
    Paid(WorkflowError),
    Unprepared,
}

impl<C: Deref<Target = Config> + Send + Sync> FileRequest<C> {
    fn may_file(&self) -> Result<(), WorkflowError> {
        authority::require(&self.caller, Scope::Requests)
    }

    /// What can be checked without the database; how long the request may be decided.
    fn check(&self, now: DateTime<Utc>) -> Result<TimeDelta, WorkflowError> {
        validate::check_message("message", self.filing.message.as_deref())?;
        let ttl = check_ttl(&self.config, self.filing.ttl)?;
        check_until(now, self.filing.until)?;
        Ok(ttl)
    }

    fn items_key(&self) -> String {
        requests::items_key(&[RequestItem { bundle: Some(self.filing.bundle), resource: None, level: Level::View }])
    }

    fn add_parties(&self, ids: &mut PartyIds) {
        ids.bundles.push(self.filing.bundle);
        ids.keys.extend([self.caller.key, self.caller.client].into_iter().flatten());
        ids.users.extend(self.caller.user);
        for person in [&self.filing.target, &self.filing.allowed] {
            match person {
                UserRef::Id(id) => ids.users.push(*id),
                UserRef::Address(address) => ids.addresses.push(address.clone()),
            }
        }
    }

    /// Whether it may be filed at all.
    fn assess(&self, tx: &mut Tx<'_>, parties: &Parties) -> Result<Assessment, WorkflowError> {
        let Self { config, caller, filing, .. } = self;
        self.may_file()?;
        let bundle = parties.bundle(filing.bundle).ok_or_else(|| unknown_bundle(filing.bundle))?;
        let ttl = self.check(tx.now())?;
        check_redeem_url(tx.now(), config, caller, filing, parties)?;
        for (field, reference) in [("user_target", &filing.target), ("user_allowed", &filing.allowed)] {
            if let UserRef::Id(id) = reference
                && parties.user(*id).is_none()
            {
                return Ok(Assessment::NoSuchUser(field, *id));
            }
        }
        let (Some(target), Some(allowed)) = (parties.named(&filing.target), parties.named(&filing.allowed)) else {
            return Ok(Assessment::Unprepared);
        };
        let kind = if target.id == allowed.id { RequestKind::Invite } else { RequestKind::Ask };
        authority::may_file(caller, kind, allowed.id)?;
        if caller.key.is_some_and(|id| !parties.key(id).is_some_and(|key| key.is_live_at(tx.now()))) {
            return Err(WorkflowError::Unauthenticated);
        }
        if caller.user.is_some_and(|id| parties.user(id).is_none()) {
            return Err(WorkflowError::NotFound(What::User));
        }
        let on = authority::of_bundle(tx, kind, bundle, target, caller.user)?;
        let level = filing.level.unwrap_or(bundle.level);
        if let Some(parent) = on.parent.map(|id| store::grants::find(tx, id)).transpose()?.flatten()
            && parent.level < level
        {
            return Err(WorkflowError::Forbidden(WhyForbidden::OfferAboveOwnLevel));
        }
        let resources = check_resources(tx, bundle, filing, on.parent)?;
        let limits = self.limits(target, allowed);
        let (target, allowed, bundle) = (target.clone(), allowed.clone(), bundle.clone());
        Ok(Assessment::Known(Box::new(Known { kind, target, allowed, bundle, level, resources, ttl, limits })))
    }

    fn limits(&self, target: &User, allowed: &User) -> Limits {
        let Self { config, caller, filing, .. } = self;
        let is_named = allowed.id != target.id && caller.user != Some(allowed.id) && filing.allowed.address().is_some();
        Limits {
            email: throttle::of_email_to(config, caller, target),
            new_person: throttle::of_new_person(config, caller),
            naming: if is_named { throttle::of_naming(config, caller, allowed) } else { Vec::new() },
        }
    }

    /// The history to load, unless it is refused already.
    fn history_key(&self, assessment: &Result<Assessment, WorkflowError>) -> Option<HistoryKey> {
        let Self { config, caller, .. } = self;
        let (user, app) = (caller.user, caller.app);
        match assessment {
            Ok(Assessment::Known(known)) => {
                let Known { target, allowed, limits, .. } = &**known;
                let mut named = vec![target.id, allowed.id];
                named.retain(|id| Some(*id) != user && !sees_everybody(caller));
                let request = Some(RequestKey { target: target.id, allowed: allowed.id, items_key: self.items_key() });
                Some(HistoryKey { request, user, app, named, limits: limits.all() })
            }
            Ok(Assessment::NoSuchUser(..)) => {
                let limits = throttle::of_unknown_reader(config, caller);
                Some(HistoryKey { request: None, user, app, named: Vec::new(), limits })
            }
            Ok(Assessment::Unprepared) | Err(_) => None,
        }
    }

    fn decide(
        &self,
        tx: &mut Tx<'_>,
        assessment: Assessment,
        history: &mut History,
        changes: &mut Changes,
    ) -> Result<Outcome, WorkflowError> {
        let Self { config, caller, filing, renews } = self;
        let now = tx.now();
        let Known { kind, target, allowed, bundle, level, resources, ttl, limits } = match assessment {
            Assessment::Unprepared => return Ok(Outcome::Unprepared),
            // Takes as much as a person invisible to the caller would.
            Assessment::NoSuchUser(field, id) => {
                throttle::take_locked(&mut changes.limits, now, &throttle::of_unknown_reader(config, caller))?;
                return Ok(Outcome::Paid(unknown_person(field, id)));
            }
            Assessment::Known(known) => *known,
        };
        let seen = Seen::within(caller, &[target.id, allowed.id], |id| history.sees(caller.user, caller.app, id));
        let key = RequestKey { target: target.id, allowed: allowed.id, items_key: self.items_key() };
        if let Some((pending, items)) = history.pending.get(&key) {
            if pending.state_at(now) != RequestState::Pending {
                return Ok(Outcome::Unprepared);
            }
            let asked = items.first().map_or(level, |item| item.level);
            let wanted = Terms { level, until: filing.until, message: filing.message.as_deref(), resources, renews: *renews };
            terms::check_same(tx, caller, pending, asked, &wanted)?;
            let view = RequestView { request: pending.clone(), target, allowed, bundle, level, given: None };
            return Ok(Outcome::Filed(Box::new(as_seen(caller, filing, &seen, view)), false));
        }
        self.check_blocks(&key, history)?;
        self.take_limits(now, (&target, &allowed), &seen, limits, &mut changes.limits)?;

        let items = [RequestItem { bundle: Some(bundle.id), resource: None, level }];
        let new = NewRequest {
            kind,
            initiator: caller.user,
            app: caller.app,
            target: target.id,
            allowed: allowed.id,
            items: &items,
            message: filing.message.as_deref().filter(|text| !text.trim().is_empty()),
            redeem_url: filing.redeem_url.as_deref(),
            ttl,
            until: filing.until,
            resources: &resources,
            remind_at: remind::first(config, now, ttl),
            renews: *renews,
            target_as: filing.target.address(),
            allowed_as: filing.allowed.address(),
        };
        let request = changes.add_request(&new, now)?;
        crate::failpoints::point("file.added");
        changes.notify(request.id, Notice { kind: kind.email(), to: target.id });
        if let Some(to) = request.requester().filter(|requester| *requester != target.id && wants_receipt(config, caller)) {
            changes.notify(request.id, Notice { kind: EmailKind::Receipt, to });
        }
        changes.audit(caller, Event { name: "request.filed", request: Some(request.id), ..Event::default() });
        history.pending.insert(key, (request.clone(), items.to_vec()));
        let view = RequestView { request, target, allowed, bundle, level, given: None };
        Ok(Outcome::Filed(Box::new(as_seen(caller, filing, &seen, view)), true))
    }

    /// Refuses blocked requesters, and equal requests during a cooldown.
    fn check_blocks(&self, key: &RequestKey, history: &History) -> Result<(), WorkflowError> {
        let requesters = blocks::requesters(key.allowed, self.caller.user, self.caller.app);
        if history.blocks.get(&key.target).is_some_and(|blocked| blocked.iter().any(|one| requesters.contains(one))) {
            return Err(WorkflowError::Forbidden(WhyForbidden::Blocked));
        }
        match history.cooldowns.get(key) {
            Some(retry_at) => Err(WorkflowError::TooMany { what: WhyTooMany::DeclinedBefore, retry_at: *retry_at }),
            None => Ok(()),
        }
    }

    /// Takes from the rate limits. The amount must not depend on whether an invisible person was known, or the limits would
    /// reveal it.
    fn take_limits(
        &self,
        now: DateTime<Utc>,
        (target, allowed): (&User, &User),
        seen: &Seen,
        limits: Limits,
        locked: &mut LockedLimits,
    ) -> Result<(), WorkflowError> {
        let (caller, Limits { email: mut limits, new_person, naming }) = (&self.caller, limits);
        // Callers with full visibility pay only for external users added in this transaction.
        let is_unseen = |user: &User| !seen.has(user.id) || sees_everybody(caller) && user.is_external && user.created_at == now;
        let is_target_unseen = is_unseen(target);
        let is_allowed_unseen = allowed.id != target.id && is_unseen(allowed);
        if is_target_unseen || is_allowed_unseen {
            limits.extend(new_person);
        }
        if is_allowed_unseen {
            // Naming an address counts as an email to its domain, because it may have added the person, although no email is
            // sent.
            limits.extend(naming);
        }
        if !(is_target_unseen && is_allowed_unseen) {
            return throttle::take_locked(locked, now, &limits);
        }
        let mut both = locked.clone();
        throttle::take_locked(&mut both, now, &limits)?;
        throttle::take_locked(&mut both, now, new_person.as_slice())?;
        *locked = both;
        Ok(())
    }
}

/// The request as shown to its requester: for invisible people, it repeats only the data that the requester sent.
fn as_seen(caller: &Caller, filing: &Filing, seen: &Seen, view: RequestView) -> RequestView {
    let sent = |user: User, reference: &UserRef| if seen.has(user.id) { user } else { user.hidden(reference.address()) };
    let RequestView { mut request, mut target, mut allowed, bundle, level, given } = view;
    // The pending request may be from another requester, so it is shown only to those who may read it.
    let may_see = view::may_see(caller, &request);
    if !may_see || !is_revealed_by(&request, caller, target.id) {
        target = sent(target, &filing.target);
    }
    if !may_see || !is_revealed_by(&request, caller, allowed.id) {
        allowed = sent(allowed, &filing.allowed);
    }
    if !may_see {
        request.redeem_url = None;
    }
    RequestView { request, target, allowed, bundle, level, given }
}

/// Whether to send a receipt: an app shows its own confirmation, but our page is closed afterwards.
fn wants_receipt(config: &Config, caller: &Caller) -> bool {
    match config.letters.receipt {
        Receipt::Always => true,
        Receipt::Pages => caller.credential == Credential::Session,
        Receipt::Never => false,
    }
}

fn unknown_bundle(id: BundleId) -> WorkflowError {
    WorkflowError::Unknown { field: "bundle", value: format!("bundle {id}"), hint: "list the bundles to see those there are" }
}

fn unknown_person(field: &'static str, id: UserId) -> WorkflowError {
    WorkflowError::Unknown { field, value: format!("user {id}"), hint: "name them by resource_uri, id or address" }
}

/// Finds the person of a reference; true if added now. An unknown address becomes an external user.
pub(in crate::workflow) fn resolve(
    tx: &mut Tx<'_>,
    config: &Config,
    field: &'static str,
    reference: &UserRef,
) -> Result<(User, bool), WorkflowError> {
    match reference {
        UserRef::Id(id) => store::users::find(tx, *id)?.map(|user| (user, false)).ok_or_else(|| unknown_person(field, *id)),
        UserRef::Address(address) => {
            if let Some(user) = store::users::find_by_email(tx, address)? {
                return Ok((user, false));
            }
            let new = NewUser::external(address.clone(), &config.instance.language, config.instance.time_zone.name());
            let added = tx.attempt(|tx| store::users::add(tx, &new));
            match added {
                // Added by a concurrent transaction.
                Err(error) if error.is_violation() => Ok((store::users::find_by_email(tx, address)?.ok_or(error)?, false)),
                other => Ok((other?, true)),
            }
        }
    }
}

fn check_ttl(config: &Config, ttl: Option<TimeDelta>) -> Result<TimeDelta, WorkflowError> {
    let most = config.request.max_ttl.delta();
    let ttl = ttl.unwrap_or_else(|| config.request.ttl.delta());
    if ttl < TimeDelta::seconds(60) || most < ttl {
        return Err(WorkflowError::invalid("ttl", format!("a number of seconds from 60 to {}", most.num_seconds())));
    }
    Ok(ttl)
}

fn check_until(now: DateTime<Utc>, until: Option<Until>) -> Result<(), WorkflowError> {
    let problem = match until {
        Some(Until::At(at)) if at <= now => WhyInvalid::NotInFuture,
        Some(Until::For(length)) if length < TimeDelta::seconds(60) => "at least 60 seconds after the decision".into(),
        Some(until) if until.from(now) > now + TimeDelta::days(36_525) => {
            "at most a hundred years; leave it out for no end".into()
        }
        _ => return Ok(()),
    };
    Err(WorkflowError::invalid("until", problem))
}

/// The requested resources, sorted and without duplicates; empty means the whole bundle.
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

/// Allows only our own page and the targets of the app's key, because the links contain tokens.
fn check_redeem_url(
    now: DateTime<Utc>,
    config: &Config,
    caller: &Caller,
    filing: &Filing,
    parties: &Parties,
) -> Result<(), WorkflowError> {
    const FIELD: &str = "redeem_url";
    let Some(text) = filing.redeem_url.as_deref() else { return Ok(()) };
    let url = web_url::redeem_url(text).map_err(|bad| WorkflowError::invalid(FIELD, bad.to_string()))?;
    if is_own_page(&url, &config.server.public_url) {
        return Ok(());
    }
    if let Some(key) = caller.key.or(caller.client).and_then(|id| parties.key(id))
        && key.is_live_at(now)
        && (key.redeem_urls.iter().chain(&key.app_redeem_urls))
            .any(|prefix| web_url::redeem_prefix(prefix).is_ok_and(|prefix| web_url::is_under(&url, &prefix)))
    {
        return Ok(());
    }
    Err(WorkflowError::invalid(
        FIELD,
        "it is not on the list of this key or its app; an operator adds it with `countersign app set ID --redeem-url PREFIX`",
    ))
}

/// Whether it is our own page itself; a link below it would lead nowhere.
fn is_own_page(url: &Url, public_url: &Url) -> bool {
    let own = format!("{}/redeem", public_url.path().trim_end_matches('/'));
    url.origin() == public_url.origin() && url.path().trim_end_matches('/') == own
}
