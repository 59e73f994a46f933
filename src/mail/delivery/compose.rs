//! From a row of the outbox to a letter: whether it is still needed, what it says, and the secret it carries.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::composer::Composer;
use super::lease::{LOOSE_LASTS, no_chance};
use super::{grant_emails, summary};
use crate::config::Config;
use crate::domain::{
    Bundle, Grant, LetterId, LetterKind, Level, Request, RequestId, RequestItem, RequestKind, RequestState, TokenId, User,
    UserId, WhyCancelled, web_url,
};
use crate::mail::emails::{
    self, AnotherDecides, Approved, ApprovedLess, Asking, Cancelled, Decide, Declined, Expired, Invite, Item, Letter, Link,
    Person, Reader, Receipt, SignInCode, SignInWarning, Story, Undeliverable, WhyUndeliverable, Withdrawn,
};
use crate::mail::{Mail, Sender};
use crate::random::Chance;
use crate::secret::{FreshSecret, SecretKind};
use crate::store::outbox::{self, QueuedLetter, Sent};
use crate::store::{StoreError, Tx, bundles, credentials, rate_limits, requests, visible_users};

const CODE_LASTS: TimeDelta = TimeDelta::minutes(10);
/// News of an outcome are none after that.
const NEWS_LASTS: TimeDelta = TimeDelta::days(3);
/// A summary of a day that is over says nothing.
const SUMMARY_LASTS: TimeDelta = TimeDelta::hours(12);
const CODE_MINUTES: u32 = 10;

/// A letter that is about to go.
pub(crate) struct Ready {
    pub(crate) reader: Reader,
    letter: Letter,
    reply_to: Option<Person>,
    message_id: String,
    pub(crate) done: Done,
}

/// What is left of it when it has gone: enough to record the outcome, no secret.
#[derive(Clone)]
pub(crate) struct Done {
    pub(crate) letter: LetterId,
    pub(crate) kind: LetterKind,
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
        Sent { letter: self.letter, lease: self.lease, request }
    }
}

impl Ready {
    pub(crate) fn done(self) -> Done {
        self.done
    }

    pub(crate) fn into_mail(self, from: Sender, date: DateTime<Utc>) -> (Done, Result<Mail, askama::Error>) {
        let rendered = emails::render(&self.letter, &self.reader);
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

/// Everything a letter about a request needs to know.
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
    fn asker(&self) -> &User {
        match self.request.kind {
            RequestKind::Ask => &self.allowed,
            RequestKind::Invite => self.initiator.as_ref().unwrap_or(&self.allowed),
        }
    }
}

/// Makes the letter of a claimed row; None where nobody needs it any more.
pub(crate) fn compose(tx: &mut Tx<'_>, composer: &mut Composer<'_>, row: QueuedLetter) -> Result<Option<Ready>, StoreError> {
    let Composer { config, chance, sender, lease, .. } = *composer;
    let Some(user) = composer.known.user(tx, row.user)? else { return Ok(None) };
    let mut done = Done {
        letter: row.id,
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
    let (letter, reply_to) = match (row.request, row.grant) {
        (None, None) if row.kind == LetterKind::Summary => {
            done.ends_at = Some(row.created_at + SUMMARY_LASTS);
            let is_late = tx.now() >= row.created_at + SUMMARY_LASTS;
            match summary::write(tx, config)?.filter(|_| !is_late && user.is_admin) {
                Some(summary) => (Letter::Summary(summary), None),
                None => return Ok(None),
            }
        }
        (None, None) if row.kind == LetterKind::SignInWarning => {
            done.ends_at = Some(row.created_at + NEWS_LASTS);
            if tx.now() >= row.created_at + NEWS_LASTS {
                return Ok(None);
            }
            (Letter::SignInWarning(SignInWarning { at: row.created_at, link: account_page(config) }), None)
        }
        (None, None) if tx.now() >= row.created_at + LOOSE_LASTS => return Ok(None),
        (None, None) => match sign_in_code(tx, chance, user.id, row.id)? {
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
            // A receipt for what has been answered meanwhile, and news for an old decider who decides again, would be untrue.
            let is_over = about.request.state_at(tx.now()) != RequestState::Pending;
            let is_stale = match row.kind {
                LetterKind::Receipt => is_over,
                LetterKind::AnotherDecides => is_over || about.request.target == user.id,
                _ => false,
            };
            if is_stale {
                return Ok(None);
            }
            done.ends_at = Some(if row.kind.carries_token() { about.request.expires_at } else { row.created_at + NEWS_LASTS });
            if done.ends_at.is_some_and(|end| tx.now() >= end) {
                return Ok(None);
            }
            let reply_to = row.kind.carries_token().then(|| Person::from(about.asker()));
            let Some(letter) = about_request(tx, composer, &row, &user, &about, &mut done)? else { return Ok(None) };
            (letter, reply_to)
        }
    };
    let is_news = matches!(row.kind, LetterKind::Receipt | LetterKind::EndsSoon | LetterKind::Ended | LetterKind::Revoked);
    if is_news && row.attempts <= 1 && !grant_emails::is_within_budget(tx, config, user.id)? {
        return Ok(None);
    }
    let message_id = match row.message_id {
        Some(id) => id,
        None => sender.message_id(&unique(chance)?),
    };
    composer.set_attempt(tx, row.id, done.token, &message_id)?;
    Ok(Some(Ready { reader: Reader::from(&user), letter, reply_to, message_id, done }))
}

fn unique(chance: &Chance) -> Result<String, StoreError> {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes).map_err(no_chance)?;
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
    row: &QueuedLetter,
    user: &User,
    about: &About,
    done: &mut Done,
) -> Result<Option<Letter>, StoreError> {
    let public = composer.config.server.public_url.as_str().trim_end_matches('/');
    let inbox = || Link::new(format!("{public}/inbox"));
    let request = &about.request;
    let story = Story::from(request);
    let decider = decider_for(tx, row.kind, user, about)?;
    Ok(Some(match row.kind {
        LetterKind::Decide | LetterKind::Invite | LetterKind::Reminder | LetterKind::FreshLink => {
            let link = mint(tx, composer, public, request, user, done)?;
            match (row.kind, asking(tx, composer, about, link)?) {
                (LetterKind::Reminder, asking) => Letter::Reminder(asking),
                (LetterKind::FreshLink, asking) => Letter::FreshLink(asking),
                (_, Asking::Decide(decide)) => Letter::Decide(decide),
                (_, Asking::Invite(invite)) => Letter::Invite(invite),
            }
        }
        LetterKind::Receipt => Letter::Receipt(Receipt {
            story,
            decider,
            app: about.app.clone(),
            what: about.asked(),
            until: request.until,
            answer_by: request.expires_at,
            link: inbox(),
        }),
        LetterKind::Approved | LetterKind::ApprovedLess => {
            let grant = request.decision.as_ref().and_then(|decision| decision.grant).map(|grant| grant.id);
            let grant = grant.map(|id| composer.known.grant(tx, id)).transpose()?.flatten();
            let ends = grant.as_ref().and_then(|grant| grant.ends_at);
            if row.kind == LetterKind::Approved {
                Letter::Approved(Approved { story, decider, what: about.asked(), ends, link: inbox() })
            } else {
                let limited = grant.as_ref().map(|grant| composer.known.limits(tx, grant.id)).transpose()?.unwrap_or_default();
                let level = grant.as_ref().map_or(about.item.level, |grant| grant.level);
                let given = vec![about.item(level, &limited)];
                let (asked, asked_until) = (about.asked(), request.until);
                Letter::ApprovedLess(ApprovedLess {
                    story,
                    decider,
                    asked,
                    asked_until,
                    given,
                    ends,
                    reason: None,
                    link: inbox(),
                })
            }
        }
        LetterKind::Declined => {
            let items = [about.item.clone()];
            let again_from = rate_limits::cooldown(tx, request.target, request.allowed, &requests::items_key(&items))?;
            let reason = request.decision.as_ref().and_then(|decision| decision.reason.clone());
            Letter::Declined(Declined { story, decider, what: about.asked(), reason, again_from })
        }
        LetterKind::Withdrawn => {
            let is_cancelled = request.state == RequestState::Cancelled;
            let asker = Person::from(about.asker());
            Letter::Withdrawn(Withdrawn { story, asker, what: about.asked(), is_cancelled })
        }
        LetterKind::Cancelled => {
            let reason = request.decision.as_ref().and_then(|decision| decision.reason.as_deref());
            let why = reason.and_then(WhyCancelled::parse).unwrap_or(WhyCancelled::Removed);
            Letter::Cancelled(Cancelled { story, decider, what: about.asked(), why })
        }
        LetterKind::AnotherDecides => {
            Letter::AnotherDecides(AnotherDecides { story, asker: Person::from(about.asker()), what: about.asked() })
        }
        LetterKind::Expired => {
            Letter::Expired(Expired { story, decider, what: about.asked(), answer_by: request.expires_at, link: inbox() })
        }
        LetterKind::Undeliverable => {
            let why = why_undeliverable(tx, request.id)?;
            Letter::Undeliverable(Undeliverable { story, decider, what: about.asked(), why })
        }
        // Never about a request.
        LetterKind::SignInCode
        | LetterKind::SignInWarning
        | LetterKind::Shared
        | LetterKind::EndsSoon
        | LetterKind::Ended
        | LetterKind::Revoked
        | LetterKind::Summary => return Ok(None),
    }))
}

/// The decider, as the reader of the email may see them: before they had a part in anything, naming them must not teach who
/// they are.
fn decider_for(tx: &mut Tx<'_>, kind: LetterKind, reader: &User, about: &About) -> Result<Person, StoreError> {
    let (request, target) = (&about.request, &about.target);
    let is_before = matches!(kind, LetterKind::Receipt | LetterKind::Cancelled | LetterKind::Expired | LetterKind::Undeliverable);
    if !is_before || reader.id == target.id || visible_users::among(tx, Some(reader.id), None, &[target.id])?.contains(&target.id)
    {
        return Ok(Person::from(target));
    }
    let called = request.target_as.as_deref().filter(|_| request.initiator == Some(reader.id));
    Ok(Person::from(&target.hidden(called)))
}

/// What a decider is asked.
fn asking(tx: &mut Tx<'_>, composer: &mut Composer<'_>, about: &About, link: Link) -> Result<Asking, StoreError> {
    let request = &about.request;
    let (app, what, message) = (about.app.clone(), about.asked(), request.message.clone());
    let (until, answer_by) = (request.until, request.expires_at);
    if request.kind == RequestKind::Invite {
        let owner = about.bundle.owner.filter(|owner| Some(*owner) != request.initiator);
        let owner = owner.map(|id| composer.known.user(tx, id)).transpose()?.flatten().as_ref().map(Person::from);
        let from = Person::from(about.asker());
        return Ok(Asking::Invite(Invite { from, app, owner, what, until, message, link, answer_by }));
    }
    // Somebody who named the grantee alone, and by number, learns no more of them from their own email.
    let is_own = request.initiator == Some(about.target.id);
    let is_hidden =
        is_own && !visible_users::among(tx, request.initiator, None, &[about.allowed.id])?.contains(&about.allowed.id);
    let asker =
        if is_hidden { Person::from(&about.allowed.hidden(request.allowed_as.as_deref())) } else { Person::from(&about.allowed) };
    let initiator = about.initiator.as_ref().filter(|user| user.id != request.allowed).map(Person::from);
    let renews = about.renewed.as_ref().and_then(|grant| grant.ends_at);
    Ok(Asking::Decide(Decide { asker, app, initiator, what, renews, until, message, link, answer_by }))
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
    let secret = FreshSecret::draw(composer.chance).map_err(no_chance)?;
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
fn sign_in_code(tx: &mut Tx<'_>, chance: &Chance, user: UserId, email: LetterId) -> Result<Option<Letter>, StoreError> {
    let code = Zeroizing::new(format!("{:06}", chance.below(1_000_000).map_err(no_chance)?));
    let mut salt = [0; 16];
    chance.fill(&mut salt).map_err(no_chance)?;
    let hash: [u8; 32] = Sha256::new().chain_update(salt).chain_update(code.as_bytes()).finalize().into();
    let is_waited_for = credentials::fill_code(tx, (user, email), &salt, &hash, CODE_LASTS)?;
    Ok(is_waited_for.then_some(Letter::SignInCode(SignInCode { code, minutes: CODE_MINUTES })))
}

/// In the asker's words: the mail server's own may name addresses.
fn why_undeliverable(tx: &mut Tx<'_>, request: RequestId) -> Result<WhyUndeliverable, StoreError> {
    let error = outbox::last_death(tx, request)?.unwrap_or_default();
    Ok(if error.contains("5.1.1") || error.contains("5.1.10") || error.contains("550") {
        WhyUndeliverable::NoMailbox
    } else if error.starts_with('5') {
        WhyUndeliverable::Refused
    } else {
        WhyUndeliverable::NoAnswer
    })
}
