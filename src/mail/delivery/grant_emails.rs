//! Emails about a grant: whether they are still true when they go, and what they say.

use chrono::{DateTime, Utc};

use super::composer::Composer;
use crate::config::Config;
use crate::domain::{EmailKind, Grant, GrantId, GranteeKind, GroupId, UserId};
use crate::mail::emails::{Email, Ended, EndsSoon, Item, Link, Person, Renewal, Revoked, Shared};
use crate::store::blocks::{self, Blocked};
use crate::store::rate_limits::{self, RateLimit};
use crate::store::{self, StoreError, Tx, grants, requests};

/// The email of this kind about a grant to one of those who have or had it, and to whom they may answer; none where it is not
/// true any more.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    composer: &mut Composer<'_>,
    kind: EmailKind,
    reader: UserId,
    id: GrantId,
) -> Result<Option<(Email, Option<Person>)>, StoreError> {
    let now = tx.now();
    let Some(grant) = composer.known.grant(tx, id)? else { return Ok(None) };
    if kind != EmailKind::Shared && blocks::is_blocked(tx, reader, &[Blocked::User(grant.grantor)])? {
        return Ok(None);
    }
    let is_true = match kind {
        EmailKind::Shared | EmailKind::EndsSoon => grant.is_live_at(now),
        // Prolonged or taken back meanwhile, it did not end so.
        EmailKind::Ended => grant.revoked_at.is_none() && grant.ends_at.is_some_and(|end| end <= now),
        EmailKind::Revoked => grant.revoked_at.is_some(),
        _ => false,
    };
    if !is_true {
        return Ok(None);
    }
    let Some(from) = composer.known.user_ever(tx, grant.grantor)? else { return Ok(None) };
    let owner = if grant.owner == grant.grantor { None } else { composer.known.user_ever(tx, grant.owner)? };
    let what = items(tx, composer, &grant)?;
    if what.is_empty() {
        return Ok(None);
    }
    let (from, owner) = (Person::from(&from), owner.as_ref().map(Person::from));
    let config = composer.config;
    let public = config.server.public_url.as_str().trim_end_matches('/');
    let inbox = || Link::new(format!("{public}/inbox"));
    let email = match (kind, grant.ends_at) {
        (EmailKind::Shared, ends) => {
            let reply_to = Some(from.clone());
            let group = match (grant.grantee_kind, grant.grantee) {
                (GranteeKind::Group, Some(id)) => store::users::find_group(tx, GroupId(id.0))?.map(|group| group.name),
                _ => None,
            };
            return Ok(Some((Email::Shared(Shared { from, owner, group, what, ends, link: inbox() }), reply_to)));
        }
        (EmailKind::EndsSoon, Some(ends)) => {
            let renewal = renewal(tx, &grant, reader, now, ends)?;
            let link = if renewal == Renewal::Offered { renewal_page(public, id) } else { inbox() };
            Email::EndsSoon(EndsSoon { from, owner, what, ends, renewal, link })
        }
        (EmailKind::Ended, Some(ended)) => {
            let ask_until = ended + config.letters.renewal_grace.delta();
            let renewal = renewal(tx, &grant, reader, now, ask_until)?;
            let link = if renewal == Renewal::Offered { renewal_page(public, id) } else { inbox() };
            Email::Ended(Ended { from, owner, what, ended, renewal, ask_until, link })
        }
        (EmailKind::Revoked, _) => {
            let at = grant.revoked_at.unwrap_or(now);
            let is_by_giver = grants::revoked_by(tx, id)? == Some(grant.grantor);
            Email::Revoked(Revoked { from, owner, what, at, is_by_giver })
        }
        _ => return Ok(None),
    };
    Ok(Some((email, None)))
}

/// Whether somebody may be sent one more email that asks nothing of them. What is beyond the budget is in their inbox all the
/// same.
pub(crate) fn is_within_budget(tx: &mut Tx<'_>, config: &Config, reader: UserId) -> Result<bool, StoreError> {
    let (burst, every) = (config.limits.news_letters, config.limits.news_letter_every.delta());
    Ok(burst == 0 || rate_limits::take(tx, RateLimit { kind: "news", subject: reader.0, burst, every })?.is_none())
}

/// Where who has access asks to keep it: a page of ours, which knows them by their sign-in.
fn renewal_page(public: &str, id: GrantId) -> Link {
    Link::new(format!("{public}/renew?id={id}"))
}

/// What the reader can do about the end of their access, had they to do it before `until`.
fn renewal(
    tx: &mut Tx<'_>,
    grant: &Grant,
    reader: UserId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Renewal, StoreError> {
    let Some(bundle) = grant.bundle.filter(|_| grant.is_of_one(reader)) else { return Ok(Renewal::None) };
    let key = requests::items_key(&[crate::domain::RequestItem { bundle: Some(bundle), resource: None, level: grant.level }]);
    if requests::find_pending(tx, grant.owner, reader, &key)?.is_some_and(|pending| now < pending.expires_at) {
        return Ok(Renewal::Asked);
    }
    Ok(if now < until { Renewal::Offered } else { Renewal::None })
}

/// What a grant is to. What is no longer there is named all the same, where the grant is over.
fn items(tx: &mut Tx<'_>, composer: &mut Composer<'_>, grant: &Grant) -> Result<Vec<Item>, StoreError> {
    let mut resources = composer.known.limits(tx, grant.id)?;
    let level = grant.level;
    let Some(id) = grant.bundle else {
        return Ok(resources
            .into_iter()
            .map(|name| Item { name, level, is_relationship: false, resources: Vec::new() })
            .collect());
    };
    let Some(bundle) = composer.known.bundle(tx, id)? else { return Ok(Vec::new()) };
    if resources.is_empty() {
        resources = composer.known.resources(tx, bundle.id)?;
    }
    Ok(vec![Item { name: bundle.name, level, is_relationship: bundle.owner.is_none(), resources }])
}
