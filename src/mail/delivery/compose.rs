//! Composes emails from claimed outbox rows: loads their context, checks whether each is still needed, and stores their
//! attempts, each for all emails at once.

use std::collections::HashMap;
use std::slice;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::context::{Context, Instance};
use super::lease::{LOOSE_LASTS, not_composed, rng_error};
use super::{context, grant_emails};
use crate::config;
use crate::domain::{
    Bundle, EmailId, EmailKind, Grant, Level, Request, RequestId, RequestItem, RequestKind, RequestState, TokenId, Topic, User,
    WhyCancelled, web_url,
};
use crate::mail::emails::decision::{Decide, Invite};
use crate::mail::emails::status::{News, Status};
use crate::mail::emails::system::{AccountChanged, BrowserRemembered, SignInCode, SignInWarning};
use crate::mail::emails::{self, Email, Item, Link, Person, Reader, RequestType, WhyUndeliverable};
use crate::mail::{Mail, Sender};
use crate::random::Rng;
use crate::secret::{FreshSecret, SecretKind};
use crate::store::outbox::{self, Attempt, NewToken, Outcome as Recorded, QueuedEmail, Sent};
use crate::store::{StoreError, Tx, account_changes, cooldowns, credentials, remembered_browsers, requests, visible_users};

const CODE_LASTS: TimeDelta = TimeDelta::minutes(10);
const CODE_MINUTES: u32 = 10;
/// News of an outcome are outdated after this time.
const NEWS_LASTS: TimeDelta = TimeDelta::days(3);
/// As long as a change of an account can be confirmed.
const CHANGE_LASTS: TimeDelta = TimeDelta::days(7);
/// A summary is outdated after this time.
const SUMMARY_LASTS: TimeDelta = TimeDelta::hours(12);

/// An email ready to be sent.
pub struct Outgoing {
    pub(super) reader: Reader,
    email: Email,
    reply_to: Option<Person>,
    message_id: String,
    pub(super) delivery: Delivery,
}

/// The data to record an email's outcome, without secrets.
#[derive(Clone)]
pub struct Delivery {
    pub(super) email: EmailId,
    pub(super) kind: EmailKind,
    pub(super) lease: i64,
    pub(super) request: Option<RequestId>,
    pub(super) generation: i32,
    pub(super) token: Option<TokenId>,
    pub(super) attempts: i32,
    pub(super) ambiguous: i32,
    pub(super) created_at: DateTime<Utc>,
    /// The time from which the email is useless.
    pub(super) ends_at: Option<DateTime<Utc>>,
}

impl Delivery {
    /// The request whose mail state follows this email.
    pub(super) fn speaks_for(&self) -> Option<RequestId> {
        self.request.filter(|_| self.kind.speaks_for_request())
    }

    pub(super) fn sent(&self) -> Sent {
        Sent { email: self.email, lease: self.lease, request: self.speaks_for() }
    }
}

impl Outgoing {
    /// The id of the email.
    pub fn email(&self) -> EmailId {
        self.delivery.email
    }

    /// The token in the email, if any.
    pub fn token(&self) -> Option<TokenId> {
        self.delivery.token
    }

    /// The message in the look of the instance, and the data to record its outcome.
    pub fn into_mail(
        self,
        from: Sender,
        instance: &config::Instance,
        date: DateTime<Utc>,
    ) -> (Delivery, Result<Mail, askama::Error>) {
        let rendered = emails::render(&self.email, &self.reader, instance, date);
        let mail = rendered.map(|rendered| Mail {
            from,
            to: self.reader.address,
            to_name: self.reader.name,
            reply_to: self.reply_to.map(|person| (person.name, person.address)),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            message_id: self.message_id,
            date,
            logo: instance.logo_in_emails().map(|(logo, _)| logo.clone()),
        });
        (self.delivery, mail)
    }
}

/// Composes the emails of claimed rows, and cancels those no longer needed.
pub(super) fn compose(tx: &mut Tx<'_>, instance: &Instance<'_>, rows: &[QueuedEmail]) -> Result<Vec<Outgoing>, StoreError> {
    match tx.attempt(|tx| compose_batch(tx, instance, rows)) {
        Err(StoreError::Query(_) | StoreError::Violation(_)) => {}
        composed => return composed,
    }
    // If the batch fails, one email is faulty, and only that one is given up.
    let mut composed = Vec::with_capacity(rows.len());
    for row in rows {
        match tx.attempt(|tx| compose_batch(tx, instance, slice::from_ref(row))) {
            Ok(one) => composed.extend(one),
            Err(StoreError::Query(error) | StoreError::Violation(error)) => {
                outbox::record(tx, row.id, instance.lease, &Recorded::Dead { error: error.into() })?;
            }
            Err(other) => return Err(other),
        }
    }
    Ok(composed)
}

fn compose_batch(tx: &mut Tx<'_>, instance: &Instance<'_>, rows: &[QueuedEmail]) -> Result<Vec<Outgoing>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let context = Context::load(tx, rows)?;
    let mut links = make_links(tx, instance, &context, rows)?;
    let mut composed = Vec::with_capacity(rows.len());
    for row in rows {
        match compose_one(tx, instance, &context, row, links.remove(&row.id))? {
            Some(outgoing) => composed.push(outgoing),
            None => {
                outbox::record(tx, row.id, instance.lease, &Recorded::Cancelled)?;
            }
        }
    }
    let attempt = |one: &Outgoing| Attempt { email: one.email(), token: one.token(), message_id: one.message_id.clone() };
    outbox::set_attempts(tx, &composed.iter().map(attempt).collect::<Vec<_>>())?;
    Ok(composed)
}

/// Creates a token for each email that asks for a decision and is still needed, and stores the hashes; only the links contain
/// the secrets.
fn make_links(
    tx: &mut Tx<'_>,
    instance: &Instance<'_>,
    context: &Context,
    rows: &[QueuedEmail],
) -> Result<HashMap<EmailId, (TokenId, Link)>, StoreError> {
    let now = tx.now();
    let (mut open, mut new, mut secrets) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows.iter().filter(|row| row.kind.carries_token()) {
        let (Some(user), Some(about)) = (context.user(row.user), row.request.and_then(|id| About::find(context, id))) else {
            continue;
        };
        if about.request.target == user.id && about.request.state_at(now) == RequestState::Pending {
            let secret = FreshSecret::draw(instance.rng).map_err(rng_error)?;
            new.push(NewToken { request: about.request.id, user, secret: secret.hash() });
            open.push((row.id, about.request));
            secrets.push(secret);
        }
    }
    let ids = outbox::add_tokens(tx, &new)?;
    let link = |((id, secret), (email, request)): ((TokenId, FreshSecret), (EmailId, &Request))| {
        (email, (id, link_with(instance, request, id, secret)))
    };
    Ok(ids.into_iter().zip(secrets).zip(open).map(link).collect())
}

fn link_with(instance: &Instance<'_>, request: &Request, id: TokenId, secret: FreshSecret) -> Link {
    let token = secret.with_id(SecretKind::Redeem, id.0).reveal();
    let own = format!("{}/redeem", instance.public_url());
    // Older versions accepted URLs that browsers and mail programs read differently. Those are replaced by our own page.
    let page = request.redeem_url.as_deref().filter(|page| web_url::redeem_url(page).is_ok()).unwrap_or(&own);
    let separator = if page.contains('?') { '&' } else { '?' };
    let mut link = Zeroizing::new(String::with_capacity(page.len() + token.len() + 8));
    link.push_str(page);
    link.push(separator);
    link.push_str("token=");
    link.push_str(&token);
    Link::new(link)
}

/// The context of an email about a request.
struct About<'a> {
    request: &'a Request,
    item: &'a RequestItem,
    bundle: &'a Bundle,
    target: &'a User,
    allowed: &'a User,
    initiator: Option<&'a User>,
    app: Option<String>,
    renewed: Option<&'a Grant>,
}

impl<'a> About<'a> {
    /// None if part of the context does not exist.
    fn find(context: &'a Context, id: RequestId) -> Option<Self> {
        let (request, item) = (context.requests.get(&id)?, context.items.get(&id)?);
        Some(Self {
            request,
            item,
            bundle: context.bundles.get(&item.bundle?)?,
            target: context.user_ever(request.target)?,
            allowed: context.user_ever(request.allowed)?,
            initiator: request.initiator.and_then(|id| context.user_ever(id)),
            app: request.app.and_then(|id| context.apps.get(&id).cloned()),
            renewed: request.renews.and_then(|id| context.grants.get(&id)),
        })
    }

    /// The item at this level; without resources of its own, limited to those of the request.
    fn item(&self, context: &Context, level: Level, limited: &[String]) -> Item {
        let kept = self.renewed.map_or(&[][..], |grant| context.limits(grant.id));
        let resources = match () {
            () if !limited.is_empty() => limited.to_vec(),
            () if !self.request.resources.is_empty() => context.named(&self.request.resources),
            () if !kept.is_empty() => kept.to_vec(),
            () => context.resources(self.bundle.id).to_vec(),
        };
        Item { name: self.bundle.name.clone(), level, is_relationship: self.bundle.owner.is_none(), resources }
    }

    /// The requester, or for an invite the offerer.
    fn requester(&self) -> Person {
        Person::from(match self.request.kind {
            RequestKind::Ask => self.allowed,
            RequestKind::Invite => self.initiator.unwrap_or(self.allowed),
        })
    }
}

/// Composes the email of a row; none if it is no longer needed. `link` is present if it asks for an open decision.
fn compose_one(
    tx: &mut Tx<'_>,
    instance: &Instance<'_>,
    context: &Context,
    row: &QueuedEmail,
    link: Option<(TokenId, Link)>,
) -> Result<Option<Outgoing>, StoreError> {
    let Some(user) = context.user(row.user) else { return Ok(None) };
    let (token, link) = link.unzip();
    let about = row.request.and_then(|id| About::find(context, id));
    let ends_at = match (row.kind.topic(), &about) {
        (Topic::Decision, Some(about)) => Some(about.request.expires_at),
        (Topic::Decision | Topic::Request, None) => return Ok(None),
        (Topic::Request, Some(_)) | (Topic::Grant, _) => Some(row.created_at + NEWS_LASTS),
        (Topic::System, _) => match row.kind {
            EmailKind::Summary => Some(row.created_at + SUMMARY_LASTS),
            EmailKind::AccountChanged => Some(row.created_at + CHANGE_LASTS),
            EmailKind::SignInWarning | EmailKind::BrowserRemembered => Some(row.created_at + NEWS_LASTS),
            _ => None,
        },
    };
    if tx.now() >= ends_at.unwrap_or(row.created_at + LOOSE_LASTS) {
        return Ok(None);
    }
    let composed = match (row.kind.topic(), about, row.grant, link) {
        (Topic::Decision, Some(about), _, Some(link)) => {
            // Somebody whose address is hidden from the reader gets no replies either.
            let reply_to = requester_for(tx, &about)?;
            let email = decision(tx, context, row.kind, &about, link)?;
            Some((email, Some(reply_to).filter(|person| !person.address.as_str().is_empty())))
        }
        (Topic::Request, Some(about), ..) => {
            about_request(tx, instance, context, row.kind, user, &about)?.map(|email| (email, None))
        }
        (Topic::Grant, _, Some(id), _) => grant_emails::compose(tx, instance, context, row.kind, user.id, id)?,
        (Topic::System, ..) => by_itself(tx, instance, row, user)?.map(|email| (email, None)),
        (Topic::Decision | Topic::Request | Topic::Grant, ..) => None,
    };
    let Some((email, reply_to)) = composed else { return Ok(None) };
    let is_news = matches!(row.kind, EmailKind::Receipt | EmailKind::EndsSoon | EmailKind::Ended | EmailKind::Revoked);
    if is_news && row.attempts <= 1 && !grant_emails::is_within_budget(tx, instance.config, user.id)? {
        return Ok(None);
    }
    let message_id = match &row.message_id {
        Some(id) => id.clone(),
        None => instance.sender.message_id(&unique(instance.rng)?),
    };
    let delivery = Delivery {
        email: row.id,
        kind: row.kind,
        lease: instance.lease,
        request: row.request,
        generation: row.generation,
        token,
        attempts: row.attempts,
        ambiguous: row.ambiguous,
        created_at: row.created_at,
        ends_at,
    };
    let mut reader = Reader::from(user);
    if let Some(address) = &row.address {
        reader.address = address.clone();
    }
    Ok(Some(Outgoing { reader, email, reply_to, message_id, delivery }))
}

fn unique(rng: &Rng) -> Result<String, StoreError> {
    Ok(uuid::Builder::from_random_bytes(rng.bytes().map_err(rng_error)?).into_uuid().simple().to_string())
}

/// An email about neither a request nor a grant.
fn by_itself(tx: &mut Tx<'_>, instance: &Instance<'_>, row: &QueuedEmail, user: &User) -> Result<Option<Email>, StoreError> {
    match row.kind {
        EmailKind::Summary if !user.is_admin => Ok(None),
        EmailKind::Summary => Ok(context::summary(tx, instance)?.map(|summary| Email::new(row.kind, summary))),
        EmailKind::SignInWarning => {
            let warning = SignInWarning { at: row.created_at, link: instance.page("/account/sessions") };
            Ok(Some(Email::new(row.kind, warning)))
        }
        EmailKind::BrowserRemembered => {
            let browsers = remembered_browsers::list_of(tx, user.id)?;
            let browser = browsers.into_iter().find(|browser| browser.created_at == row.created_at);
            let browser = browser.map(|browser| browser.agent).filter(|agent| !agent.is_empty());
            let remembered = BrowserRemembered { at: row.created_at, browser, link: instance.page("/account/sessions") };
            Ok(Some(Email::new(row.kind, remembered)))
        }
        EmailKind::AccountChanged => account_changed(tx, instance, row, user),
        EmailKind::SignInCode => sign_in_code(tx, instance.rng, row, user),
        other => Err(not_composed(other)),
    }
}

/// About the change of an account; none if it was confirmed meanwhile. Only the address before the change gets a link.
fn account_changed(
    tx: &mut Tx<'_>,
    instance: &Instance<'_>,
    row: &QueuedEmail,
    user: &User,
) -> Result<Option<Email>, StoreError> {
    let Some(change) = account_changes::find(tx, user.id)? else { return Ok(None) };
    let mut link = None;
    if row.address.as_ref() == Some(&change.email) {
        let secret = FreshSecret::draw(instance.rng).map_err(rng_error)?;
        account_changes::set_secret(tx, user.id, secret.hash())?;
        let secret = secret.with_id(SecretKind::Confirm, user.id.0).reveal();
        let url = format!("{}/account/changed?token={}", instance.public_url(), *secret);
        link = Some(Link::new(Zeroizing::new(url)));
    }
    let changed = AccountChanged { what: change.what, at: change.at, until: change.until, link };
    Ok(Some(Email::new(row.kind, changed)))
}

/// Creates a code and stores its hash, salted because there are only a million codes. None if the code is no longer wanted.
fn sign_in_code(tx: &mut Tx<'_>, rng: &Rng, row: &QueuedEmail, user: &User) -> Result<Option<Email>, StoreError> {
    let code = Zeroizing::new(format!("{:06}", rng.below(1_000_000).map_err(rng_error)?));
    let salt: [u8; 16] = rng.bytes().map_err(rng_error)?;
    let hash: [u8; 32] = Sha256::new().chain_update(salt).chain_update(code.as_bytes()).finalize().into();
    let is_waited_for = credentials::fill_code(tx, (user.id, row.id), &salt, &hash, CODE_LASTS)?;
    Ok(is_waited_for.then(|| Email::new(EmailKind::SignInCode, SignInCode { code, minutes: CODE_MINUTES })))
}

/// An email that says how a request stands; none if it is outdated.
fn about_request(
    tx: &mut Tx<'_>,
    instance: &Instance<'_>,
    context: &Context,
    kind: EmailKind,
    user: &User,
    about: &About<'_>,
) -> Result<Option<Email>, StoreError> {
    let About { request, .. } = about;
    let is_over = request.state_at(tx.now()) != RequestState::Pending;
    let asked = || vec![about.item(context, about.item.level, &[])];
    let inbox = || instance.page("/inbox");
    let grant = request.decision.as_ref().and_then(|decision| decision.grant).and_then(|grant| context.grants.get(&grant.id));
    let ends = grant.and_then(|grant| grant.ends_at);
    let mut what = asked();
    let news = match kind {
        // Outdated: the request was decided, or the old approver decides again.
        EmailKind::Receipt if is_over => return Ok(None),
        EmailKind::AnotherDecides if is_over || request.target == user.id => return Ok(None),
        EmailKind::Receipt => {
            let (until, answer_by) = (request.until, request.expires_at);
            News::Receipt { app: about.app.clone(), until, answer_by, link: inbox() }
        }
        EmailKind::Approved => News::Approved { ends, link: inbox() },
        EmailKind::ApprovedLess => {
            let limited = grant.map_or(&[][..], |grant| context.limits(grant.id));
            what = vec![about.item(context, grant.map_or(about.item.level, |grant| grant.level), limited)];
            News::ApprovedLess { asked: asked(), asked_until: request.until, ends, reason: None, link: inbox() }
        }
        EmailKind::Declined => {
            let key = requests::items_key(slice::from_ref(about.item));
            let again_from = cooldowns::find(tx, request.target, request.allowed, &key)?;
            News::Declined { reason: request.words().map(str::to_owned), again_from }
        }
        EmailKind::Withdrawn => News::Withdrawn { is_cancelled: request.state == RequestState::Cancelled },
        EmailKind::Cancelled => News::Cancelled { why: request.why_cancelled().unwrap_or(WhyCancelled::Removed) },
        EmailKind::AnotherDecides => News::AnotherDecides,
        EmailKind::Expired => News::Expired { answer_by: request.expires_at, link: inbox() },
        EmailKind::Undeliverable => News::Undeliverable { why: why_undeliverable(tx, request.id)? },
        other => return Err(not_composed(other)),
    };
    let other = if kind.is_to_requester() { approver_for(tx, kind, user, about)? } else { requester_for(tx, about)? };
    Ok(Some(Email::new(kind, Status { request_type: RequestType::from(*request), other, what, news })))
}

fn decision(tx: &mut Tx<'_>, context: &Context, kind: EmailKind, about: &About<'_>, link: Link) -> Result<Email, StoreError> {
    let About { request, .. } = about;
    let (app, what, message) = (about.app.clone(), vec![about.item(context, about.item.level, &[])], request.message.clone());
    let (until, answer_by) = (request.until, request.expires_at);
    let is_first = matches!(kind, EmailKind::Decide | EmailKind::Invite);
    if request.kind == RequestKind::Invite {
        let owner = about.bundle.owner.filter(|owner| Some(*owner) != request.initiator);
        let owner = owner.and_then(|id| context.user(id)).map(Person::from);
        let invite = Invite { from: about.requester(), app, owner, what, until, message, link, answer_by };
        return Ok(Email::new(if is_first { EmailKind::Invite } else { kind }, invite));
    }
    let requester = requester_for(tx, about)?;
    let initiator = about.initiator.filter(|user| user.id != request.allowed).map(Person::from);
    let renews = about.renewed.and_then(|grant| grant.ends_at);
    let decide = Decide { requester, app, initiator, what, renews, until, message, link, answer_by };
    Ok(Email::new(if is_first { EmailKind::Decide } else { kind }, decide))
}

/// The approver, as visible to the reader: before they are related, an email must not reveal the approver's identity.
fn approver_for(tx: &mut Tx<'_>, kind: EmailKind, reader: &User, about: &About<'_>) -> Result<Person, StoreError> {
    let (request, target) = (about.request, about.target);
    let is_before = matches!(kind, EmailKind::Receipt | EmailKind::Cancelled | EmailKind::Expired | EmailKind::Undeliverable);
    if !is_before || reader.id == target.id || visible_users::among(tx, Some(reader.id), None, &[target.id])?.contains(&target.id)
    {
        return Ok(Person::from(target));
    }
    let called = request.target_as.as_deref().filter(|_| request.initiator == Some(reader.id));
    Ok(Person::from(&target.hidden(called)))
}

/// The requester or offerer, as visible to the approver: an approver who filed the request by id for another person learns
/// nothing more from the email.
fn requester_for(tx: &mut Tx<'_>, about: &About<'_>) -> Result<Person, StoreError> {
    let (request, allowed) = (about.request, about.allowed);
    let is_own = request.kind == RequestKind::Ask && request.initiator == Some(about.target.id);
    if is_own && !visible_users::among(tx, request.initiator, None, &[allowed.id])?.contains(&allowed.id) {
        return Ok(Person::from(&allowed.hidden(request.allowed_as.as_deref())));
    }
    Ok(about.requester())
}

/// The reason by the mail server's codes. Its text is for administrators only, because it can contain addresses.
fn why_undeliverable(tx: &mut Tx<'_>, request: RequestId) -> Result<WhyUndeliverable, StoreError> {
    Ok(match outbox::last_reply(tx, request)? {
        Some(reply) if reply.is_no_mailbox() => WhyUndeliverable::NoMailbox,
        Some(reply) if reply.is_permanent() => WhyUndeliverable::Refused,
        Some(_) | None => WhyUndeliverable::NoAnswer,
    })
}
