//! People, resources and states on administrators' pages, each with a link to its own page.

use chrono::{DateTime, Utc};

use super::view::{Cell, Fact};
use crate::domain::{
    Bundle, EmailState, GrantState, GranteeKind, MailState, Outcome, Principal, Request, RequestState, Resource, User,
};
use crate::mail::emails::about_kind;
use crate::pages::format::{Person, state_key};
use crate::pages::layout::Frame;
use crate::store::outbox::QueuedEmail;
use crate::workflow::shares::{Share, Shared};

/// A moment; the page's footer names the zone.
pub(super) fn moment(frame: &Frame, at: DateTime<Utc>) -> String {
    frame.reader.moment(at)
}

/// A person, with the address below the name.
pub(super) fn person(frame: &Frame, user: &User) -> Cell {
    let person = Person::from(user);
    let note = person.address.unwrap_or_default();
    Cell::of(person.name).note(note).to(frame.to(&format!("/admin/users/{}", user.id)))
}

/// A person on one line.
pub(super) fn in_full(user: &User) -> String {
    Person::from(user).in_full()
}

pub(super) fn bundle(frame: &Frame, bundle: &Bundle) -> Cell {
    Cell::of(frame.reader.name(&bundle.name)).to(frame.to(&format!("/admin/bundles/{}", bundle.id)))
}

/// A grant's grantee.
pub(super) fn grantee(frame: &Frame, share: &Share) -> Cell {
    match (&share.grantee, share.grant.grantee_kind) {
        (Some(Principal::User(user)), _) => person(frame, user),
        (Some(Principal::Group(group)), _) => Cell::of(frame.say("inbox-group").with("name", frame.reader.name(&group.name))),
        (None, GranteeKind::PublicLink) => Cell::of(frame.say("inbox-public-link")),
        (None, GranteeKind::Authenticated) => Cell::of(frame.say("inbox-signed-in")),
        (None, GranteeKind::Guest) => Cell::of(frame.say("inbox-guests")),
        (None, _) => Cell::of(frame.say("inbox-everyone")),
    }
}

/// A grant's resources and level.
pub(super) fn thing(frame: &Frame, share: &Share) -> Cell {
    let level = frame.reader.level_label(share.grant.level);
    match &share.of {
        Shared::Bundle(of, _) => bundle(frame, of).note(level),
        Shared::Resources(resources) => Cell::of(named(frame, resources)).note(level),
    }
}

/// Resources by their names.
pub(super) fn named(frame: &Frame, resources: &[Resource]) -> String {
    let name = |one: &Resource| frame.reader.name(if one.name.is_empty() { &one.uri } else { &one.name });
    match resources {
        [] => frame.say("pages-nameless").to_string(),
        [one] => name(one),
        [one, more @ ..] => frame.say("inbox-and-more").with("first", name(one)).count("more", more.len()).to_string(),
    }
}

/// A grant's state.
pub(super) fn standing(frame: &Frame, share: &Share) -> (String, &'static str) {
    let (key, tone) = match Outcome::from(&share.grant).state_at(frame.now) {
        GrantState::Revoked => ("admin-is-revoked", ""),
        GrantState::Expired => ("state-over", ""),
        GrantState::Disabled => ("state-off", "waits"),
        GrantState::Scheduled => ("state-later", "waits"),
        GrantState::Active => ("state-live", "good"),
    };
    (frame.say(key).to_string(), tone)
}

pub(super) fn request_state(frame: &Frame, request: &Request) -> (String, &'static str) {
    let state = request.state_at(frame.now);
    let tone = match state {
        RequestState::Pending if request.mail_state == MailState::Bounced => "bad",
        RequestState::Pending => "waits",
        RequestState::Approved => "good",
        RequestState::Failed => "bad",
        RequestState::Declined | RequestState::Withdrawn | RequestState::Expired | RequestState::Cancelled => "",
    };
    (frame.say(state_key(state)).to_string(), tone)
}

/// The delivery state of a request's email.
pub(super) fn mail_state(frame: &Frame, request: &Request) -> String {
    frame.say("admin-mail-state").with("state", request.mail_state).to_string()
}

pub(super) fn email_kind(frame: &Frame, email: &QueuedEmail) -> String {
    about_kind(email.kind, "name", &frame.lang()).unwrap_or_else(|_| email.kind.to_string())
}

pub(super) fn email_state(frame: &Frame, state: EmailState) -> (String, &'static str) {
    let tone = match state {
        EmailState::Queued => "waits",
        EmailState::Sent => "good",
        EmailState::Dead => "bad",
        EmailState::Cancelled => "",
    };
    (frame.say("admin-email-state").with("state", state).to_string(), tone)
}

pub(super) fn fact(frame: &Frame, label: &'static str, cell: Cell) -> Fact {
    Fact { label: frame.say(label).to_string(), cell }
}
