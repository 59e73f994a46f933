//! Cards of access: given by the person, and held by them.

use super::view::{Card, Way};
use crate::domain::{Grant, GrantState, GranteeKind, Outcome, Principal, Resource, UserId};
use crate::mail::emails::Giver;
use crate::pages::format::{Person, Whose};
use crate::pages::layout::Frame;
use crate::workflow::shares::{Share, Shared};

/// A share's grantee.
pub(super) fn grantee(frame: &Frame, share: &Share) -> String {
    match (&share.grantee, share.grant.grantee_kind) {
        (Some(Principal::User(user)), _) => Person::from(user).in_full(),
        (Some(Principal::Group(group)), _) => frame.say("inbox-group").with("name", frame.reader.name(&group.name)).to_string(),
        (None, GranteeKind::PublicLink) => frame.say("inbox-public-link").to_string(),
        (None, GranteeKind::Authenticated) => frame.say("inbox-signed-in").to_string(),
        (None, GranteeKind::Guest) => frame.say("inbox-guests").to_string(),
        (None, _) => frame.say("inbox-everyone").to_string(),
    }
}

/// A share's resources.
pub(super) fn what(frame: &Frame, share: &Share, whose: Whose) -> String {
    match &share.of {
        Shared::Bundle(bundle, _) => frame.reader.thing(bundle, whose),
        Shared::Resources(resources) => first(frame, resources, |name| name),
    }
}

/// A share's resources within a sentence: names in quotes.
pub(in crate::pages) fn quoted(frame: &Frame, share: &Share, whose: Whose) -> String {
    match &share.of {
        Shared::Bundle(bundle, _) => frame.reader.quoted_thing(bundle, whose),
        Shared::Resources(resources) => first(frame, resources, |name| frame.reader.quoted(&name)),
    }
}

/// The first resource and the number of the others.
fn first(frame: &Frame, resources: &[Resource], show: impl Fn(String) -> String) -> String {
    let name = |one: &Resource| show(named(frame, &one.name, &one.uri));
    match resources {
        [] => frame.say("pages-nameless").to_string(),
        [one] => name(one),
        [one, more @ ..] => frame.say("inbox-and-more").with("first", name(one)).count("more", more.len()).to_string(),
    }
}

fn named(frame: &Frame, name: &str, uri: &str) -> String {
    frame.reader.name(if name.is_empty() { uri } else { name })
}

/// The state of access: the sentence's key, and the look.
pub(super) fn standing(frame: &Frame, grant: &Grant, is_held: bool) -> (&'static str, &'static str) {
    match Outcome::from(grant).state_at(frame.now) {
        GrantState::Revoked => ("state-taken-back", ""),
        GrantState::Expired => ("state-over", ""),
        GrantState::Disabled => ("state-off", ""),
        GrantState::Scheduled => ("state-later", ""),
        GrantState::Active if is_held => ("state-yours", "good"),
        GrantState::Active => ("state-live", "good"),
    }
}

fn card(frame: &Frame, share: &Share, heading: String, is_held: bool) -> Card {
    let (state, tone) = standing(frame, &share.grant, is_held);
    let from = frame.reader.day(share.grant.starts_at);
    let when = match (share.grant.revoked_at, share.grant.ends_at) {
        (Some(at), _) => frame.say("inbox-since-to").with("from", from).with("moment", frame.reader.moment(at)),
        (None, Some(end)) => frame.say("inbox-since-until").with("from", from).with("moment", frame.reader.moment(end)),
        (None, None) => frame.say("inbox-since").with("from", from).with("giver", if is_held { Giver::They } else { Giver::You }),
    };
    let mut notes = Vec::new();
    if let Shared::Bundle(_, only) = &share.of
        && !only.is_empty()
    {
        let names: Vec<String> = only.iter().map(|one| named(frame, &one.name, &one.uri)).collect();
        notes.push(frame.say("inbox-only").with("parts", names.join(", ")).to_string());
    }
    Card {
        id: format!("g{}", share.grant.id),
        heading,
        state: frame.say(state).to_string(),
        tone,
        when: when.to_string(),
        notes,
        quote: Vec::new(),
        review: None,
        ways: Vec::new(),
    }
}

fn end(frame: &Frame, share: &Share, keys: [&'static str; 3]) -> Way {
    let [label, explained, button] = keys.map(|key| frame.say(key).to_string());
    let fields = vec![("id", share.grant.id.to_string())];
    Way { label, explained, action: "/inbox/revoke", fields, reader: None, button }
}

fn is_over(frame: &Frame, grant: &Grant) -> bool {
    grant.revoked_at.is_some() || grant.ends_at.is_some_and(|end| end <= frame.now)
}

/// Whether the heading is about the past.
fn tense(frame: &Frame, grant: &Grant) -> &'static str {
    if is_over(frame, grant) { "past" } else { "now" }
}

/// Access that the person gave, or that another gave to their data.
pub(super) fn given(frame: &Frame, share: &Share) -> Card {
    let heading = frame
        .say("inbox-gave")
        .with("state", tense(frame, &share.grant))
        .with("who", grantee(frame, share))
        .with("level", share.grant.level)
        .with("thing", quoted(frame, share, Whose::Yours));
    let mut card = card(frame, share, heading.to_string(), false);
    if share.grant.owner != share.grant.grantor {
        card.notes.push(frame.say("inbox-shared-on").with("who", Person::from(&share.grantor).in_full()).to_string());
    }
    if !is_over(frame, &share.grant) {
        card.ways.push(end(frame, share, ["inbox-take-back", "inbox-take-back-what", "inbox-take-back-button"]));
    }
    card
}

/// Access that the person has.
pub(super) fn held(frame: &Frame, share: &Share, me: UserId) -> Card {
    let heading = frame
        .say("inbox-holds")
        .with("state", tense(frame, &share.grant))
        .with("who", Person::named_or_masked(&share.grantor))
        .with("level", share.grant.level)
        .with("thing", quoted(frame, share, Whose::Theirs));
    let mut card = card(frame, share, heading.to_string(), true);
    if share.grant.grantee == Some(me.into()) {
        if !is_over(frame, &share.grant) {
            card.ways.push(end(frame, share, ["inbox-give-up", "inbox-give-up-what", "inbox-give-up-button"]));
        }
    } else if let Some(Principal::Group(group)) = &share.grantee {
        card.notes.push(frame.say("inbox-through-group").with("name", frame.reader.name(&group.name)).to_string());
    }
    card
}
