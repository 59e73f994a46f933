//! Emails about a grant: checks that they are still true, and composes them.

use chrono::{DateTime, Utc};

use super::context::{Context, Instance};
use super::lease::not_composed;
use crate::config::Config;
use crate::domain::{EmailKind, Grant, GrantId, GranteeKind, GroupId, UserId};
use crate::mail::emails::access::{Ended, EndsSoon, Revoked, Shared};
use crate::mail::emails::{Email, Item, Person, Renewal};
use crate::store::blocks::{self, Blocked};
use crate::store::rate_limits::{self, RateLimit};
use crate::store::{self, StoreError, Tx, grants, requests};

/// Composes the email of this kind about a grant, with the person to reply to; none if it is no longer true.
pub(super) fn compose(
    tx: &mut Tx<'_>,
    instance: &Instance<'_>,
    context: &Context,
    kind: EmailKind,
    reader: UserId,
    id: GrantId,
) -> Result<Option<(Email, Option<Person>)>, StoreError> {
    let now = tx.now();
    let Some(grant) = context.grants.get(&id) else { return Ok(None) };
    if kind != EmailKind::Shared && blocks::is_blocked(tx, reader, &[Blocked::User(grant.grantor)])? {
        return Ok(None);
    }
    let is_true = match kind {
        EmailKind::Shared | EmailKind::EndsSoon => grant.is_live_at(now),
        // A grant that was prolonged or revoked meanwhile did not end this way.
        EmailKind::Ended => grant.revoked_at.is_none() && grant.ends_at.is_some_and(|end| end <= now),
        EmailKind::Revoked => grant.revoked_at.is_some(),
        other => return Err(not_composed(other)),
    };
    if !is_true {
        return Ok(None);
    }
    let Some(from) = context.user_ever(grant.grantor).map(Person::from) else { return Ok(None) };
    let owner = context.user_ever(grant.owner).filter(|owner| owner.id != grant.grantor).map(Person::from);
    let what = items(context, grant);
    if what.is_empty() {
        return Ok(None);
    }
    let page = |renewal| match renewal {
        Renewal::Offered => instance.page(&format!("/renew?id={id}")),
        Renewal::Asked | Renewal::None => instance.page("/inbox"),
    };
    let email = match (kind, grant.ends_at) {
        (EmailKind::Shared, ends) => {
            let reply_to = Some(from.clone());
            let group = match (grant.grantee_kind, grant.grantee) {
                (GranteeKind::Group, Some(id)) => store::users::find_group(tx, GroupId(id.0))?.map(|group| group.name),
                _ => None,
            };
            let shared = Shared { from, owner, group, what, ends, link: page(Renewal::None) };
            return Ok(Some((Email::new(kind, shared), reply_to)));
        }
        (EmailKind::EndsSoon, Some(ends)) => {
            let renewal = renewal(tx, grant, reader, now, ends)?;
            Email::new(kind, EndsSoon { from, owner, what, ends, renewal, link: page(renewal) })
        }
        (EmailKind::Ended, Some(at)) => {
            let ask_until = at + instance.config.letters.renewal_grace.delta();
            let renewal = renewal(tx, grant, reader, now, ask_until)?;
            Email::new(kind, Ended { from, owner, what, at, renewal, ask_until, link: page(renewal) })
        }
        (EmailKind::Revoked, _) => {
            let at = grant.revoked_at.unwrap_or(now);
            let is_by_giver = grants::revoked_by(tx, id)? == Some(grant.grantor);
            Email::new(kind, Revoked { from, owner, what, at, is_by_giver })
        }
        _ => return Ok(None),
    };
    Ok(Some((email, None)))
}

/// Whether the reader may get another informational email. Beyond the limit, the inbox page still shows the news.
pub(super) fn is_within_budget(tx: &mut Tx<'_>, config: &Config, reader: UserId) -> Result<bool, StoreError> {
    let (burst, every) = (config.limits.news_letters, config.limits.news_letter_every.delta());
    Ok(burst == 0 || rate_limits::take(tx, RateLimit { kind: "news", subject: reader.0, burst, every })?.is_none())
}

/// The possible renewal, with `until` as the deadline.
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

/// The items of a grant. Deleted objects are still named if the grant has ended.
fn items(context: &Context, grant: &Grant) -> Vec<Item> {
    let (limits, level) = (context.limits(grant.id), grant.level);
    let Some(id) = grant.bundle else {
        let item = |name: &String| Item { name: name.clone(), level, is_relationship: false, resources: Vec::new() };
        return limits.iter().map(item).collect();
    };
    let Some(bundle) = context.bundles.get(&id) else { return Vec::new() };
    let resources = if limits.is_empty() { context.resources(id) } else { limits }.to_vec();
    vec![Item { name: bundle.name.clone(), level, is_relationship: bundle.owner.is_none(), resources }]
}
