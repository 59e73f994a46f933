//! From a row of the outbox to an email: whether it is still needed, what it says, and the secret it carries.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::composer::Composer;
use super::lease::{LOOSE_LASTS, rng_error};
use super::{grant_emails, summary};
use crate::config::Config;
use crate::domain::{
    Bundle, EmailId, EmailKind, Grant, Level, Request, RequestId, RequestItem, RequestKind, RequestState, TokenId, User, UserId,
    WhyCancelled, web_url,
};
use crate::mail::emails::{
    self, AnotherDecides, Approved, ApprovedLess, Asking, Cancelled, Decide, Declined, Email, Expired, Invite, Item, Link,
    Person, Reader, Receipt, SignInCode, SignInWarning, Story, Undeliverable, WhyUndeliverable, Withdrawn,
};
use crate::mail::{Mail, Sender};
use crate::random::Rng;
use crate::secret::{FreshSecret, SecretKind};
use crate::store::outbox::{self, QueuedEmail, Sent};
use crate::store::{StoreError, Tx, bundles, cooldowns, credentials, requests, visible_users};

const CODE_LASTS: TimeDelta = TimeDelta::minutes(10);
/// News of an outcome are none after that.
const NEWS_LASTS: TimeDelta = TimeDelta::days(3);
/// A summary of a day that is over says nothing.
const SUMMARY_LASTS: TimeDelta = TimeDelta::hours(12);
const CODE_MINUTES: u32 = 10;

/// An email that is about to go.
pub(crate) struct Ready {
    pub(crate) reader: Reader,
    email: Email,
    reply_to: Option<Person>,
    message_id: String,
    pub(crate) done: Done,
}

/// What is left of it when it has gone: enough to record the outcome, no secret.
#[derive(Clone)]
pub(crate) struct Done {
    pub(crate) email: EmailId,
    pub(crate) kind: EmailKind,
    pub(crate) lease: i64,
    pub(crate) request: Option<RequestId>,
    pub(crate) generation: i32,
    pub(crate) token: Option<TokenId>,
    pub(crate) attempts: i32,
    pub(crate) ambiguous: i32,
    pub(crate) created_at: DateTime<Utc>,
    /// From then on it is of no use.
    pub(crate) ends_at: Option<DateTime<Utc>>,
}

impl Done {
    /// What is noted of it when the next server has it.
    pub(crate) fn sent(&self) -> Sent {
        let request = self.request.filter(|_| self.kind.speaks_for_request());
        Sent { email: self.email, lease: self.lease, request }
    }
}

impl Ready {
    pub(crate) fn done(self) -> Done {
        self.done
    }

    pub(crate) fn into_mail(self, from: Sender, date: DateTime<Utc>) -> (Done, Result<Mail, askama::Error>) {
        let rendered = emails::render(&self.email, &self.reader);
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
        });
        (self.done, mail)
    }
}

/// Everything an email about a request needs to know.
struct About {
    request: Request,
    item: RequestItem,
    bundle: Bundle,
    target: User,
    allowed: User,
    initiator: Option<User>,
    app: Option<String>,
    resources: Vec<String>,
    /// The grant whose time it asks to have prolonged.
    renewed: Option<Grant>,
}

impl About {
    fn item(&self, level: Level, resources: &[String]) -> Item {
        let resources = if resources.is_empty() { self.resources.clone() } else { resources.to_vec() };
        Item { name: self.bundle.name.clone(), level, is_relationship: self.bundle.owner.is_none(), resources }
    }

    fn asked(&self) -> Vec<Item> {
        vec![self.item(self.item.level, &[])]
    }

    /// Who offered, where it is an invite; who asks otherwise.
    fn requester(&self) -> &User {
        match self.request.kind {
            RequestKind::Ask => &self.allowed,
            RequestKind::Invite => self.initiator.as_ref().unwrap_or(&self.allowed),
        }
    }
}

/// Makes the email of a claimed row; None where nobody needs it any more.
pub(crate) fn compose(tx: &mut Tx<'_>, composer: &mut Composer<'_>, row: QueuedEmail) -> Result<Option<Ready>, StoreError> {
    let Composer { config, rng, sender, lease, .. } = *composer;
    let Some(user) = composer.known.user(tx, row.user)? else { return Ok(None) };
    let mut done = Done {
        email: row.id,
        kind: row.kind,
        lease,
        request: row.request,
        generation: row.generation,
        token: None,
        attempts: row.attempts,
        ambiguous: row.ambiguous,
        created_at: row.created_at,
        ends_at: None,
    };
    let (email, reply_to) = match (row.request, row.grant) {
        (None, None) if row.kind == EmailKind::Summary => {
            done.ends_at = Some(row.created_at + SUMMARY_LASTS);
            let is_late = tx.now() >= row.created_at + SUMMARY_LASTS;
            match summary::write(tx, config)?.filter(|_| !is_late && user.is_admin) {
                Some(summary) => (Email::Summary(summary), None),
                None => return Ok(None),
            }
        }
        (None, None) if row.kind == EmailKind::SignInWarning => {
            done.ends_at = Some(row.created_at + NEWS_LASTS);
            if tx.now() >= row.created_at + NEWS_LASTS {
                return Ok(None);
            }
            (Email::SignInWarning(SignInWarning { at: row.created_at, link: account_page(config) }), None)
        }
        (None, None) if tx.now() >= row.created_at + LOOSE_LASTS => return Ok(None),
        (None, None) => match sign_in_code(tx, rng, user.id, row.id)? {
            Some(code) => (code, None),
            None => return Ok(None),
        },
        (None, Some(id)) => {
            done.ends_at = Some(row.created_at + NEWS_LASTS);
            if done.ends_at.is_some_and(|end| tx.now() >= end) {
                return Ok(None);
            }
            let Some(told) = grant_emails::write(tx, composer, row.kind, user.id, id)? else { return Ok(None) };
            told
        }
        (Some(id), _) => {
            let Some(about) = about(tx, composer, id)? else { return Ok(None) };
            let is_open = about.request.state_at(tx.now()) == RequestState::Pending && about.request.target == user.id;
            if row.kind.carries_token() && !is_open {
                return Ok(None);
            }
            // A receipt for what has been answered meanwhile, and news for an old approver who decides again, would be untrue.
            let is_over = about.request.state_at(tx.now()) != RequestState::Pending;
            let is_stale = match row.kind {
                EmailKind::Receipt => is_over,
                EmailKind::AnotherDecides => is_over || about.request.target == user.id,
                _ => false,
            };
            if is_stale {
                return Ok(None);
            }
            done.ends_at = Some(if row.kind.carries_token() { about.request.expires_at } else { row.created_at + NEWS_LASTS });
            if done.ends_at.is_some_and(|end| tx.now() >= end) {
                return Ok(None);
            }
            let reply_to = row.kind.carries_token().then(|| Person::from(about.requester()));
            let Some(email) = about_request(tx, composer, &row, &user, &about, &mut done)? else { return Ok(None) };
            (email, reply_to)
        }
    };
    let is_news = matches!(row.kind, EmailKind::Receipt | EmailKind::EndsSoon | EmailKind::Ended | EmailKind::Revoked);
    if is_news && row.attempts <= 1 && !grant_emails::is_within_budget(tx, config, user.id)? {
        return Ok(None);
    }
    let message_id = match row.message_id {
        Some(id) => id,
        None => sender.message_id(&unique(rng)?),
    };
    composer.set_attempt(tx, row.id, done.token, &message_id)?;
    Ok(Some(Ready { reader: Reader::from(&user), email, reply_to, message_id, done }))
}

fn unique(rng: &Rng) -> Result<String, StoreError> {
    let mut bytes = [0; 16];
    rng.fill(&mut bytes).map_err(rng_error)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().simple().to_string())
}

fn about(tx: &mut Tx<'_>, composer: &mut Composer<'_>, id: RequestId) -> Result<Option<About>, StoreError> {
    let known = &mut composer.known;
    let Some(request) = known.request(tx, id)? else { return Ok(None) };
    let Some(item) = known.item(tx, id)? else { return Ok(None) };
    let Some(bundle_id) = item.bundle else { return Ok(None) };
    let Some(bundle) = known.bundle(tx, bundle_id)? else { return Ok(None) };
    let (Some(target), Some(allowed)) = (known.user_ever(tx, request.target)?, known.user_ever(tx, request.allowed)?) else {
        return Ok(None);
    };
    let initiator = request.initiator.map(|id| known.user_ever(tx, id)).transpose()?.flatten();
    let app = request.key.map(|key| known.app(tx, key)).transpose()?.flatten();
    let mut resources: Vec<String> = Vec::new();
    let renewed = request.renews.map(|id| known.grant(tx, id)).transpose()?.flatten();
    if let Some(grant) = &renewed {
        resources = known.limits(tx, grant.id)?;
    }
    if !request.resources.is_empty() {
        resources = named(tx, &request.resources)?;
    }
    if resources.is_empty() {
        resources = known.resources(tx, bundle_id)?;
    }
    Ok(Some(About { request, item, bundle, target, allowed, initiator, app, resources, renewed }))
}

/// These resources, as people call them.
fn named(tx: &mut Tx<'_>, uris: &[String]) -> Result<Vec<String>, StoreError> {
    let found = bundles::find_resources(tx, uris)?;
    let named = |uri: &String| found.iter().find(|resource| resource.uri == *uri);
    Ok(uris.iter().map(|uri| named(uri).map_or_else(|| uri.clone(), |resource| resource.name.clone())).collect())
}

fn about_request(
    tx: &mut Tx<'_>,
    composer: &mut Composer<'_>,
    row: &QueuedEmail,
    user: &User,
    about: &About,
    done: &mut Done,
) -> Result<Option<Email>, StoreError> {
    let public = composer.config.server.public_url.as_str().trim_end_matches('/');
    let inbox = || Link::new(format!("{public}/inbox"));
    let request = &about.request;
    let story = Story::from(request);
    let approver = decider_for(tx, row.kind, user, about)?;
    Ok(Some(match row.kind {
        EmailKind::Decide | EmailKind::Invite | EmailKind::Reminder | EmailKind::FreshLink => {
            let link = mint(tx, composer, public, request, user, done)?;
            match (row.kind, asking(tx, composer, about, link)?) {
                (EmailKind::Reminder, asking) => Email::Reminder(asking),
                (EmailKind::FreshLink, asking) => Email::FreshLink(asking),
                (_, Asking::Decide(decide)) => Email::Decide(decide),
                (_, Asking::Invite(invite)) => Email::Invite(invite),
            }
        }
        EmailKind::Receipt => Email::Receipt(Receipt {
            story,
            approver,
            app: about.app.clone(),
            what: about.asked(),
            until: request.until,
            answer_by: request.expires_at,
            link: inbox(),
        }),
        EmailKind::Approved | EmailKind::ApprovedLess => {
            let grant = request.decision.as_ref().and_then(|decision| decision.grant).map(|grant| grant.id);
            let grant = grant.map(|id| composer.known.grant(tx, id)).transpose()?.flatten();
            let ends = grant.as_ref().and_then(|grant| grant.ends_at);
            if row.kind == EmailKind::Approved {
                Email::Approved(Approved { story, approver, what: about.asked(), ends, link: inbox() })
            } else {
                let limited = grant.as_ref().map(|grant| composer.known.limits(tx, grant.id)).transpose()?.unwrap_or_default();
                let level = grant.as_ref().map_or(about.item.level, |grant| grant.level);
                let given = vec![about.item(level, &limited)];
                let (asked, asked_until) = (about.asked(), request.until);
                Email::ApprovedLess(ApprovedLess {
                    story,
                    approver,
                    asked,
                    asked_until,
                    given,
                    ends,
                    reason: None,
                    link: inbox(),
                })
            }
        }
        EmailKind::Declined => {
            let items = [about.item.clone()];
            let again_from = cooldowns::find(tx, request.target, request.allowed, &requests::items_key(&items))?;
            let reason = request.words().map(str::to_owned);
            Email::Declined(Declined { story, approver, what: about.asked(), reason, again_from })
        }
        EmailKind::Withdrawn => {
            let is_cancelled = request.state == RequestState::Cancelled;
            let requester = Person::from(about.requester());
            Email::Withdrawn(Withdrawn { story, requester, what: about.asked(), is_cancelled })
        }
        EmailKind::Cancelled => {
            let why = request.why_cancelled().unwrap_or(WhyCancelled::Removed);
            Email::Cancelled(Cancelled { story, approver, what: about.asked(), why })
        }
        EmailKind::AnotherDecides => {
            Email::AnotherDecides(AnotherDecides { story, requester: Person::from(about.requester()), what: about.asked() })
        }
        EmailKind::Expired => {
            Email::Expired(Expired { story, approver, what: about.asked(), answer_by: request.expires_at, link: inbox() })
        }
        EmailKind::Undeliverable => {
            let why = why_undeliverable(tx, request.id)?;
            Email::Undeliverable(Undeliverable { story, approver, what: about.asked(), why })
        }
        // Never about a request.
        EmailKind::SignInCode
        | EmailKind::SignInWarning
        | EmailKind::Shared
        | EmailKind::EndsSoon
        | EmailKind::Ended
        | EmailKind::Revoked
        | EmailKind::Summary => return Ok(None),
    }))
}

/// The approver, as the reader of the email may see them: before they had a part in anything, naming them must not teach who
/// they are.
fn decider_for(tx: &mut Tx<'_>, kind: EmailKind, reader: &User, about: &About) -> Result<Person, StoreError> {
    let (request, target) = (&about.request, &about.target);
    let is_before = matches!(kind, EmailKind::Receipt | EmailKind::Cancelled | EmailKind::Expired | EmailKind::Undeliverable);
    if !is_before || reader.id == target.id || visible_users::among(tx, Some(reader.id), None, &[target.id])?.contains(&target.id)
    {
        return Ok(Person::from(target));
    }
    let called = request.target_as.as_deref().filter(|_| request.initiator == Some(reader.id));
    Ok(Person::from(&target.hidden(called)))
}

/// What an approver is asked.
fn asking(tx: &mut Tx<'_>, composer: &mut Composer<'_>, about: &About, link: Link) -> Result<Asking, StoreError> {
    let request = &about.request;
    let (app, what, message) = (about.app.clone(), about.asked(), request.message.clone());
    let (until, answer_by) = (request.until, request.expires_at);
    if request.kind == RequestKind::Invite {
        let owner = about.bundle.owner.filter(|owner| Some(*owner) != request.initiator);
        let owner = owner.map(|id| composer.known.user(tx, id)).transpose()?.flatten().as_ref().map(Person::from);
        let from = Person::from(about.requester());
        return Ok(Asking::Invite(Invite { from, app, owner, what, until, message, link, answer_by }));
    }
    // Somebody who named the grantee alone, and by number, learns no more of them from their own email.
    let is_own = request.initiator == Some(about.target.id);
    let is_hidden =
        is_own && !visible_users::among(tx, request.initiator, None, &[about.allowed.id])?.contains(&about.allowed.id);
    let requester =
        if is_hidden { Person::from(&about.allowed.hidden(request.allowed_as.as_deref())) } else { Person::from(&about.allowed) };
    let initiator = about.initiator.as_ref().filter(|user| user.id != request.allowed).map(Person::from);
    let renews = about.renewed.as_ref().and_then(|grant| grant.ends_at);
    Ok(Asking::Decide(Decide { requester, app, initiator, what, renews, until, message, link, answer_by }))
}

/// Makes the token and stores its hash; the link is the only place that has it in clear.
fn mint(
    tx: &mut Tx<'_>,
    composer: &mut Composer<'_>,
    public: &str,
    request: &Request,
    user: &User,
    done: &mut Done,
) -> Result<Link, StoreError> {
    let secret = FreshSecret::draw(composer.rng).map_err(rng_error)?;
    let id = composer.add_token(tx, request.id, user, secret.hash())?;
    done.token = Some(id);
    let token = secret.with_id(SecretKind::Redeem, id.0).reveal();
    let own = format!("{public}/redeem");
    // An earlier version took URLs that browsers and mail programs read as other places. Those lead to our own page.
    let page = request.redeem_url.as_deref().filter(|page| web_url::redeem_url(page).is_ok()).unwrap_or(&own);
    let separator = if page.contains('?') { '&' } else { '?' };
    let mut link = Zeroizing::new(String::with_capacity(page.len() + token.len() + 8));
    link.push_str(page);
    link.push(separator);
    link.push_str("token=");
    link.push_str(&token);
    Ok(Link::new(link))
}

/// Where people see where they are signed in.
fn account_page(config: &Config) -> Link {
    Link::new(format!("{}/account/sessions", config.server.public_url.as_str().trim_end_matches('/')))
}

/// Makes a code and stores its hash, salted: there are only a million of them. None where nobody waits for it any more.
fn sign_in_code(tx: &mut Tx<'_>, rng: &Rng, user: UserId, email: EmailId) -> Result<Option<Email>, StoreError> {
    let code = Zeroizing::new(format!("{:06}", rng.below(1_000_000).map_err(rng_error)?));
    let mut salt = [0; 16];
    rng.fill(&mut salt).map_err(rng_error)?;
    let hash: [u8; 32] = Sha256::new().chain_update(salt).chain_update(code.as_bytes()).finalize().into();
    let is_waited_for = credentials::fill_code(tx, (user, email), &salt, &hash, CODE_LASTS)?;
    Ok(is_waited_for.then_some(Email::SignInCode(SignInCode { code, minutes: CODE_MINUTES })))
}

/// By the mail server's codes: its words are for administrators only, since they may name addresses.
fn why_undeliverable(tx: &mut Tx<'_>, request: RequestId) -> Result<WhyUndeliverable, StoreError> {
    Ok(match outbox::last_reply(tx, request)? {
        Some(reply) if reply.is_no_mailbox() => WhyUndeliverable::NoMailbox,
        Some(reply) if reply.is_permanent() => WhyUndeliverable::Refused,
        Some(_) | None => WhyUndeliverable::NoAnswer,
    })
}
