//! Filing a request, seeing it, resending its letter, taking it back, and what happens to it when its time is over.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{Closed, Refusal, What, authority};
use crate::config::Config;
use crate::domain::{
    Address, Bundle, BundleId, Caller, LetterKind, Level, MailState, NewUser, Page, Request, RequestId, RequestItem, RequestKind,
    RequestState, Scope, Slice, Until, User, UserId,
};
use crate::store::audit::{self, Event};
use crate::store::limits::{self, Blocked, Budget};
use crate::store::requests::{self, Listed, NewRequest, Transition};
use crate::store::{self, Tx, credentials, outbox};

/// Between two letters for one request.
pub const RESEND_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// Letters for one request beside the first.
pub const RESENDS: i32 = 5;
/// Characters of a message or a reason.
pub const MESSAGE_CHARS: usize = 1_000;
const BLOCKED: &str = "user_target does not take requests from you";
const REDEEM_URL_BYTES: usize = 500;

/// How a caller names somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserRef {
    /// By id.
    Id(UserId),
    /// By address; somebody who is not known yet is known by it from then on.
    Address(Address),
}

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
}

/// A request with the people and the bundle it is about: what every answer shows.
#[derive(Clone, Debug)]
pub struct Told {
    /// The request.
    pub request: Request,
    /// The decider.
    pub target: User,
    /// The grantee.
    pub allowed: User,
    /// What is asked for.
    pub bundle: Bundle,
    /// At which level.
    pub level: Level,
}

/// Files a request, or finds the pending one for the same thing between the same people; then no second letter goes out.
/// True where it is new.
pub fn file(tx: &mut Tx<'_>, config: &Config, caller: &Caller, filing: &Filing) -> Result<(Told, bool), Refusal> {
    authority::require(caller, Scope::Requests)?;
    // Held with its people and its key, so that what is taken away at this moment is taken away before, or sees the request.
    let bundle = store::bundles::hold(tx, filing.bundle)?.ok_or_else(|| unknown_bundle(filing.bundle))?;
    check_message("message", filing.message.as_deref())?;
    let ttl = check_ttl(config, filing.ttl)?;
    check_until(tx, filing.until)?;
    check_redeem_url(tx, config, caller, filing)?;
    let target = resolve(tx, "user_target", &filing.target)?;
    let allowed = if filing.allowed == filing.target { target.clone() } else { resolve(tx, "user_allowed", &filing.allowed)? };

    let kind = if target.id == allowed.id { RequestKind::Invite } else { RequestKind::Ask };
    authority::may_file(caller, kind, allowed.id)?;
    hold_people(tx, caller, &target, &allowed)?;
    let on = authority::of_bundle(tx, kind, &bundle, &target, caller.user)?;
    let level = filing.level.unwrap_or(bundle.level);
    if let Some(parent) = on.parent.map(|id| store::grants::find(tx, id)).transpose()?.flatten()
        && parent.level < level
    {
        return Err(Refusal::Forbidden("you may not offer more than you hold yourself; ask for a lower level"));
    }

    let items = [RequestItem { bundle: Some(bundle.id), resource: None, level }];
    let items_key = requests::items_key(&items);
    if let Some(pending) = requests::find_pending(tx, target.id, allowed.id, &items_key)? {
        if pending.state_at(tx.now()) == RequestState::Pending {
            let level = requests::items(tx, pending.id)?.first().map_or(level, |item| item.level);
            return Ok((Told { request: pending, target, allowed, bundle, level }, false));
        }
        expire(tx, &pending)?;
    }
    hold_back(tx, config, caller, &target, &allowed, &items_key)?;

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
    };
    let request = requests::add(tx, &new)?;
    outbox::add(tx, letter_of(kind), target.id, Some(request.id), 1)?;
    audit::append(tx, caller, Event { name: "request.filed", request: Some(request.id), ..Event::default() })?;
    Ok((Told { request, target, allowed, bundle, level }, true))
}

/// Everybody who is part of it stays until the request is stored, and so does the key.
fn hold_people(tx: &mut Tx<'_>, caller: &Caller, target: &User, allowed: &User) -> Result<(), Refusal> {
    if let Some(id) = caller.key {
        let key = credentials::hold_key(tx, id)?;
        key.filter(|key| key.revoked_at.is_none() && tx.now() < key.expires_at).ok_or(Refusal::Unauthenticated)?;
    }
    let mut people = vec![target.id, allowed.id];
    people.extend(caller.user);
    if store::users::hold_all(tx, people)? { Ok(()) } else { Err(Refusal::NotFound(What::User)) }
}

/// The letter that carries the link.
pub const fn letter_of(kind: RequestKind) -> LetterKind {
    match kind {
        RequestKind::Ask => LetterKind::Decide,
        RequestKind::Invite => LetterKind::Invite,
    }
}

fn unknown_bundle(id: BundleId) -> Refusal {
    Refusal::Unknown { field: "bundle", value: format!("bundle {id}"), hint: "list the bundles to see those there are" }
}

/// The person that a reference names. Somebody known only by the address given becomes an external user.
fn resolve(tx: &mut Tx<'_>, field: &'static str, reference: &UserRef) -> Result<User, Refusal> {
    match reference {
        UserRef::Id(id) => store::users::find(tx, *id)?.ok_or_else(|| Refusal::Unknown {
            field,
            value: format!("user {id}"),
            hint: "name them by resource_uri, id or address",
        }),
        UserRef::Address(address) => {
            if let Some(user) = store::users::find_by_email(tx, address)? {
                return Ok(user);
            }
            let new = NewUser { is_external: true, ..NewUser::with_address(address.clone()) };
            let added = tx.attempt(|tx| store::users::add(tx, &new));
            match added {
                // Somebody else made them known at the same moment.
                Err(error) if error.is_violation() => Ok(store::users::find_by_email(tx, address)?.ok_or(error)?),
                other => Ok(other?),
            }
        }
    }
}

/// Blocks, the pause after a decline, and the budgets of letters.
fn hold_back(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    target: &User,
    allowed: &User,
    items_key: &str,
) -> Result<(), Refusal> {
    let mut askers = vec![Blocked::User(allowed.id)];
    askers.extend(caller.user.map(Blocked::User));
    askers.extend(caller.key.map(Blocked::Key));
    if limits::is_blocked(tx, target.id, &askers)? {
        return Err(Refusal::Forbidden(BLOCKED));
    }
    if let Some(retry_at) = limits::cooldown(tx, target.id, allowed.id, items_key)? {
        return Err(Refusal::TooMany { what: "user_target declined this before", retry_at });
    }
    let limits = &config.limits;
    let hour = TimeDelta::hours(1);
    let day = TimeDelta::days(1);
    let mut budgets = vec![("target", target.id.0, limits.target_letters, limits.target_letter_every.delta())];
    if let Some(user) = caller.user {
        budgets.push(("initiator_hour", user.0, limits.initiator_hourly, share(hour, limits.initiator_hourly)));
        budgets.push(("initiator_day", user.0, limits.initiator_daily, share(day, limits.initiator_daily)));
    }
    if let Some(key) = caller.key {
        budgets.push(("app_day", key.0, limits.app_daily, share(day, limits.app_daily)));
    }
    for (kind, subject, burst, every) in budgets {
        if burst == 0 {
            continue;
        }
        if let Some(retry_at) = limits::take(tx, Budget { kind, subject, burst, every })? {
            let what = if kind == "target" {
                "user_target has had as many letters as one person is sent"
            } else {
                "you have caused as many letters as are sent for one person or app"
            };
            return Err(Refusal::TooMany { what, retry_at });
        }
    }
    Ok(())
}

fn share(whole: TimeDelta, count: u32) -> TimeDelta {
    whole.checked_div(i32::try_from(count).unwrap_or(i32::MAX)).unwrap_or(whole)
}

/// A text from a person: not too long, nothing that a terminal or a mail program could take for more than text.
pub fn check_message(field: &'static str, text: Option<&str>) -> Result<(), Refusal> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > MESSAGE_CHARS {
        return Err(Refusal::invalid(field, format!("at most {MESSAGE_CHARS} characters")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Refusal::invalid(field, "no control characters but line breaks and tabs"));
    }
    Ok(())
}

fn check_ttl(config: &Config, ttl: Option<TimeDelta>) -> Result<TimeDelta, Refusal> {
    let most = config.request.max_ttl.delta();
    let ttl = ttl.unwrap_or_else(|| config.request.ttl.delta());
    if ttl < TimeDelta::seconds(60) || most < ttl {
        return Err(Refusal::invalid("ttl", format!("a number of seconds from 60 to {}", most.num_seconds())));
    }
    Ok(ttl)
}

fn check_until(tx: &Tx<'_>, until: Option<Until>) -> Result<(), Refusal> {
    let problem = match until {
        Some(Until::At(at)) if at <= tx.now() => "it must be in the future",
        Some(Until::For(length)) if length < TimeDelta::seconds(60) => "at least 60 seconds after the decision",
        Some(until) if until.from(tx.now()) > tx.now() + TimeDelta::days(36_525) => {
            "at most a hundred years; leave it out for no end"
        }
        _ => return Ok(()),
    };
    Err(Refusal::invalid("until", problem))
}

/// Only to our own page, or where the app's key says: its letters carry tokens.
fn check_redeem_url(tx: &mut Tx<'_>, config: &Config, caller: &Caller, filing: &Filing) -> Result<(), Refusal> {
    const FIELD: &str = "redeem_url";
    let Some(text) = filing.redeem_url.as_deref() else { return Ok(()) };
    if text.len() > REDEEM_URL_BYTES {
        return Err(Refusal::invalid(FIELD, format!("at most {REDEEM_URL_BYTES} bytes")));
    }
    // URL parsers drop line breaks and read `\` as `/`; the letter would show what was sent, and link what stands behind.
    if !text.bytes().all(|b| b.is_ascii_graphic() && !b"\\\"<>`".contains(&b)) {
        return Err(Refusal::invalid(FIELD, "ASCII without blanks, line breaks, quotes and backslashes; write others as %XX"));
    }
    let url = Url::parse(text).map_err(|_| Refusal::invalid(FIELD, "a whole URL, like https://app.example/redeem"))?;
    let is_loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback) {
        return Err(Refusal::invalid(FIELD, "https (http only to this machine)"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(Refusal::invalid(FIELD, "without a user, a password and a fragment"));
    }
    if url.query_pairs().any(|(name, _)| name == "token") {
        return Err(Refusal::invalid(FIELD, "without a parameter `token`: the letter adds that"));
    }
    let mut prefixes = vec![format!("{}/redeem", config.server.public_url.as_str().trim_end_matches('/'))];
    if let Some(id) = caller.key.or(caller.app)
        && let Some(key) = credentials::find_key(tx, id)?
        && key.revoked_at.is_none()
        && tx.now() < key.expires_at
    {
        prefixes.extend(key.redeem_urls);
    }
    if prefixes.iter().any(|prefix| is_under(&url, prefix)) {
        return Ok(());
    }
    Err(Refusal::invalid(
        FIELD,
        "it is not on this key's list; an operator adds it with `countersign key add --redeem-url PREFIX`",
    ))
}

/// Same origin, and the path is the prefix's or goes on below it.
fn is_under(url: &Url, prefix: &str) -> bool {
    let Ok(prefix) = Url::parse(prefix) else { return false };
    let below = prefix.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(below);
    url.origin() == prefix.origin() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Who is asking may see it: the people in it, the app that filed it, an admin.
pub fn may_see(caller: &Caller, request: &Request) -> bool {
    let is_filer = caller.key.is_some() && caller.key == request.key;
    let is_person = caller.user.is_some_and(|user| request.involves(user));
    is_filer || is_person || caller.may_administer()
}

/// One request, for those who may see it.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Request, Refusal> {
    authority::require_read(caller, Scope::Requests)?;
    let request = requests::find(tx, id)?.ok_or(Refusal::NotFound(What::Request))?;
    if may_see(caller, &request) { Ok(request) } else { Err(Refusal::NotFound(What::Request)) }
}

/// A part of the requests that the caller has to do with.
pub fn list(tx: &mut Tx<'_>, caller: &Caller, page: Page) -> Result<Slice<Told>, Refusal> {
    authority::require_read(caller, Scope::Requests)?;
    let which = match (caller.user, caller.key) {
        (Some(user), _) => Listed::Involving(user),
        (None, Some(key)) => Listed::FiledBy(key),
        (None, None) => return Err(Refusal::Unauthenticated),
    };
    let slice = requests::list(tx, which, page)?;
    let total = slice.total;
    Ok(Slice { items: tell_all(tx, slice.items)?, total })
}

/// A request with what it is about.
pub fn tell(tx: &mut Tx<'_>, request: Request) -> Result<Told, Refusal> {
    let item = requests::items(tx, request.id)?.into_iter().next().ok_or(Refusal::NotFound(What::Bundle))?;
    let bundle = item.bundle.ok_or(Refusal::NotFound(What::Bundle))?;
    let bundle = store::bundles::find_ever(tx, bundle)?.ok_or(Refusal::NotFound(What::Bundle))?;
    let target = store::users::find_ever(tx, request.target)?.ok_or(Refusal::NotFound(What::User))?;
    let allowed = store::users::find_ever(tx, request.allowed)?.ok_or(Refusal::NotFound(What::User))?;
    Ok(Told { request, target, allowed, bundle, level: item.level })
}

/// Requests with what they are about, in three queries however many they are.
pub fn tell_all(tx: &mut Tx<'_>, requests: Vec<Request>) -> Result<Vec<Told>, Refusal> {
    let ids: Vec<RequestId> = requests.iter().map(|request| request.id).collect();
    let items = requests::items_of_all(tx, &ids)?;
    let mut people: Vec<UserId> = requests.iter().flat_map(|request| [request.target, request.allowed]).collect();
    people.sort_unstable();
    people.dedup();
    let people = store::users::find_all(tx, &people)?;
    let mut bundles: Vec<BundleId> = items.iter().filter_map(|(_, item)| item.bundle).collect();
    bundles.sort_unstable();
    bundles.dedup();
    let bundles = store::bundles::find_all(tx, &bundles)?;
    let person = |id| people.iter().find(|user| user.id == id).cloned().ok_or(Refusal::NotFound(What::User));
    requests
        .into_iter()
        .map(|request| {
            let (_, item) = items.iter().find(|(id, _)| *id == request.id).ok_or(Refusal::NotFound(What::Bundle))?;
            let bundle = bundles.iter().find(|bundle| Some(bundle.id) == item.bundle).cloned();
            let bundle = bundle.ok_or(Refusal::NotFound(What::Bundle))?;
            Ok(Told { target: person(request.target)?, allowed: person(request.allowed)?, bundle, level: item.level, request })
        })
        .collect()
}

/// Sends the letter once more, with a link of its own; the old ones stay good.
pub fn resend(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Request, Refusal> {
    authority::require(caller, Scope::Requests)?;
    let request = find(tx, caller, id)?;
    if caller.user == Some(request.target) && request.kind == RequestKind::Ask && caller.user != request.initiator {
        return Err(Refusal::Forbidden("only who asked can have the letter sent again"));
    }
    let mut askers = vec![Blocked::User(request.allowed)];
    askers.extend(request.initiator.map(Blocked::User));
    askers.extend(request.key.map(Blocked::Key));
    if limits::is_blocked(tx, request.target, &askers)? {
        return Err(Refusal::Forbidden(BLOCKED));
    }
    send_again(tx, caller, &request)
}

/// Queues another letter with a link for a pending request, to the decider's own address.
pub fn send_again(tx: &mut Tx<'_>, caller: &Caller, request: &Request) -> Result<Request, Refusal> {
    let state = request.state_at(tx.now());
    if state != RequestState::Pending {
        return Err(Refusal::Closed(Closed::Ended(state)));
    }
    if request.letters > RESENDS {
        return Err(Refusal::TooMany {
            what: "the letter was sent as often as it is sent for one request",
            retry_at: request.expires_at,
        });
    }
    let too_soon = |last: DateTime<Utc>| Refusal::TooMany {
        what: "the letter is sent again at most every ten minutes",
        retry_at: last + RESEND_PAUSE,
    };
    if tx.now() < request.last_letter_at + RESEND_PAUSE {
        return Err(too_soon(request.last_letter_at));
    }
    let Some(generation) = requests::count_letter(tx, request.id, request.letters)? else {
        let winner = requests::find(tx, request.id)?.ok_or(Refusal::NotFound(What::Request))?;
        return Err(match winner.state_at(tx.now()) {
            RequestState::Pending => too_soon(winner.last_letter_at),
            ended => Refusal::Closed(Closed::Ended(ended)),
        });
    };
    outbox::add(tx, letter_of(request.kind), request.target, Some(request.id), generation)?;
    audit::append(tx, caller, Event { name: "request.resent", request: Some(request.id), ..Event::default() })?;
    requests::find(tx, request.id)?.ok_or(Refusal::NotFound(What::Request))
}

/// Takes a pending request back: who asked withdraws it, its decider declines it, an admin cancels it.
pub fn delete(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<(), Refusal> {
    authority::require(caller, Scope::Requests)?;
    let request = find(tx, caller, id)?;
    let state = request.state_at(tx.now());
    match state {
        RequestState::Pending => {}
        RequestState::Withdrawn => return Err(Refusal::NotFound(What::Request)),
        ended => return Err(Refusal::Closed(Closed::Ended(ended))),
    }
    let is_asker = caller.key.is_some() && caller.key == request.key
        || caller.user.is_some() && (caller.user == request.initiator || caller.user == request.asker());
    if is_asker {
        end(tx, &request, RequestState::Withdrawn, caller.user, None)?;
        audit::append(tx, caller, Event { name: "request.withdrawn", request: Some(id), ..Event::default() })?;
    } else if caller.user == Some(request.target) {
        super::decide::decline(tx, caller, &request, None)?;
    } else {
        const WHY: &str = "an administrator removed it";
        end(tx, &request, RequestState::Cancelled, None, Some(WHY))?;
        audit::append(tx, caller, Event { name: "request.cancelled", request: Some(id), detail: Some(WHY), ..Event::default() })?;
    }
    Ok(())
}

/// Cancels a pending request since what it is about is gone. One that was decided at the same moment stays decided: what
/// came of it is for the caller to end.
pub fn cancel(tx: &mut Tx<'_>, caller: &Caller, request: &Request, why: &'static str) -> Result<(), Refusal> {
    match end(tx, request, RequestState::Cancelled, None, Some(why)) {
        Ok(()) => {}
        Err(Refusal::Closed(_)) => return Ok(()),
        Err(other) => return Err(other),
    }
    audit::append(
        tx,
        caller,
        Event { name: "request.cancelled", request: Some(request.id), detail: Some(why), ..Event::default() },
    )?;
    Ok(())
}

/// Ends a pending request without a decision, and tells the decider if a letter went out.
fn end(tx: &mut Tx<'_>, request: &Request, to: RequestState, by: Option<UserId>, reason: Option<&str>) -> Result<(), Refusal> {
    let change = Transition { from: RequestState::Pending, to, target: request.target, by, reason, is_narrowed: false };
    if !requests::transit(tx, request.id, change)? {
        return Err(lost(tx, request.id)?);
    }
    if outbox::cancel_for(tx, request.id, &[LetterKind::Decide, LetterKind::Invite])? {
        outbox::add(tx, LetterKind::Withdrawn, request.target, Some(request.id), 1)?;
    }
    Ok(())
}

/// What the loser of a race reads: how the winner ended it.
pub fn lost(tx: &mut Tx<'_>, id: RequestId) -> Result<Refusal, Refusal> {
    let winner = requests::find(tx, id)?.ok_or(Refusal::NotFound(What::Request))?;
    Ok(Refusal::Closed(Closed::Ended(winner.state_at(tx.now()))))
}

/// Writes down that a pending request's time is over. Only tidying: every reader judges the clock itself.
pub fn expire(tx: &mut Tx<'_>, request: &Request) -> Result<bool, Refusal> {
    let to = if request.mail_state == MailState::Bounced { RequestState::Failed } else { RequestState::Expired };
    let from = RequestState::Pending;
    let change = Transition { from, to, target: request.target, by: None, reason: None, is_narrowed: false };
    if !requests::transit(tx, request.id, change)? {
        return Ok(false);
    }
    outbox::cancel_for(tx, request.id, &[LetterKind::Decide, LetterKind::Invite])?;
    if let Some(asker) = request.asker().filter(|_| to == RequestState::Expired) {
        outbox::add(tx, LetterKind::Expired, asker, Some(request.id), 1)?;
    }
    audit::append_own(tx, Event { name: "request.expired", request: Some(request.id), ..Event::default() })?;
    Ok(true)
}

/// Tidies up to `limit` requests whose time is over; answers with how many.
pub fn expire_overdue(tx: &mut Tx<'_>, limit: i64) -> Result<usize, Refusal> {
    let mut expired = 0;
    for request in requests::overdue(tx, limit)? {
        expired += usize::from(expire(tx, &request)?);
    }
    Ok(expired)
}
