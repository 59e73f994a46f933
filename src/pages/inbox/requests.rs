//! Cards of requests: those that the person decides, and those that they made.

use super::view::{Card, Way};
use crate::domain::{MailState, RequestKind, RequestState, User};
use crate::mail::sanitize;
use crate::pages::format::{Person, Whose, state_key, why_cancelled};
use crate::pages::layout::Frame;
use crate::pages::message::Sentence;
use crate::pages::redeem;
use crate::workflow::inbox::{Asked, Received};
use crate::workflow::requests::resend::{RESEND_PAUSE, RESENDS};
use crate::workflow::requests::view::RequestView;

fn way(frame: &Frame, keys: (&'static str, &'static str, &'static str), action: &'static str, view: &RequestView) -> Way {
    let (label, explained, button) = keys;
    let kind = view.request.kind.as_str();
    let say = |key| frame.say(key).with("kind", kind).to_string();
    Way {
        label: say(label),
        explained: say(explained),
        action,
        fields: vec![("id", view.request.id.to_string())],
        reader: None,
        button: say(button),
    }
}

/// When it was filed, and when and how it ended.
fn when<'a>(frame: &'a Frame, view: &RequestView) -> Sentence<'a> {
    let asked = frame.reader.day(view.request.created_at);
    let is_answered = matches!(view.request.state, RequestState::Approved | RequestState::Declined);
    match &view.request.decision {
        Some(decision) if is_answered => {
            frame.say("inbox-asked-answered").with("asked", asked).with("answered", frame.reader.day(decision.at))
        }
        Some(decision) => frame.say("inbox-asked-over").with("asked", asked).with("ended", frame.reader.day(decision.at)),
        None => frame.say("inbox-asked").with("asked", asked),
    }
}

const fn tone(state: RequestState) -> &'static str {
    match state {
        RequestState::Approved => "good",
        _ => "",
    }
}

fn quote(view: &RequestView) -> Vec<String> {
    let is_declined = view.request.state == RequestState::Declined;
    view.request.words().filter(|_| is_declined).map(sanitize::quoted).unwrap_or_default()
}

/// The requester. Of an offer there is none, since only its email names its maker.
fn requester(view: &RequestView) -> Option<&User> {
    (view.request.kind == RequestKind::Ask).then_some(&view.allowed)
}

/// A request for the person.
pub(super) fn of_you(frame: &Frame, received: &Received) -> Card {
    let view = &received.view;
    let request = &view.request;
    let reader = &frame.reader;
    let state = request.state_at(frame.now);
    let whose = if request.kind == RequestKind::Invite { Whose::Theirs } else { Whose::Yours };
    let who = requester(view).map(|user| Person::from(user).in_full()).unwrap_or_default();
    let heading = frame
        .say(if state == RequestState::Pending { "inbox-asks" } else { "inbox-asked-before" })
        .with("kind", request.kind.as_str())
        .with("who", who);
    let mut notes = Vec::new();
    let mut ways = Vec::new();
    if state == RequestState::Pending {
        ways.extend(answer(frame, view, &mut notes));
        let mut decline = way(frame, ("inbox-decline", "inbox-decline-what", "inbox-decline-button"), "/inbox/decline", view);
        decline.reader =
            Some(requester(view).map_or_else(|| frame.say("inbox-offerer").to_string(), |user| Person::from(user).name));
        ways.push(decline);
    } else if state == RequestState::Declined && frame.now < request.expires_at {
        notes.push(
            frame
                .say("inbox-still-yes")
                .with("kind", request.kind.as_str())
                .with("moment", reader.moment(request.expires_at))
                .to_string(),
        );
    }
    ways.extend(blocks(frame, received));
    let heading = heading.with("level", view.level).with("thing", reader.quoted_thing(&view.bundle, whose));
    let mut card = card(frame, view, &heading, ["state-waits-for-you", "inbox-answer-by"], notes, ways);
    let is_open = matches!(state, RequestState::Pending | RequestState::Declined) && frame.now < request.expires_at;
    card.review = is_open.then(|| (frame.to(&redeem::path_of(request.id)), reader.review(view)));
    card
}

/// The card of a request, with the keys of its state and of its deadline while it is pending.
fn card(
    frame: &Frame,
    view: &RequestView,
    heading: &Sentence<'_>,
    [waiting, deadline]: [&'static str; 2],
    notes: Vec<String>,
    ways: Vec<Way>,
) -> Card {
    let request = &view.request;
    let (state, tone, when) = match request.state_at(frame.now) {
        RequestState::Pending => (waiting, "waits", frame.say(deadline).with("moment", frame.reader.moment(request.expires_at))),
        state => (state_key(state), tone(state), when(frame, view)),
    };
    Card {
        id: format!("r{}", request.id),
        heading: heading.to_string(),
        state: frame.say(state).to_string(),
        tone,
        when: when.to_string(),
        notes,
        quote: quote(view),
        review: None,
        ways,
    }
}

/// Says that the link in the email works too; another email can be requested, within limits.
fn answer(frame: &Frame, view: &RequestView, notes: &mut Vec<String>) -> Option<Way> {
    let request = &view.request;
    let from = request.last_letter_at + RESEND_PAUSE;
    if request.letters > RESENDS {
        notes.push(frame.say("inbox-link-no-more").with("kind", request.kind.as_str()).to_string());
        None
    } else if frame.now < from {
        notes.push(
            frame
                .say("inbox-link-later")
                .with("kind", request.kind.as_str())
                .with("moment", frame.reader.moment_after(from))
                .to_string(),
        );
        None
    } else {
        Some(way(frame, ("inbox-link", "inbox-link-what", "inbox-link-button"), "/inbox/link", view))
    }
}

/// The form to block the requester or app, unless they are blocked already.
fn blocks(frame: &Frame, received: &Received) -> Vec<Way> {
    let view = &received.view;
    let request = &view.request;
    let (is_requester_blocked, is_app_blocked) = received.blocked;
    let is_open = matches!(request.state_at(frame.now), RequestState::Pending | RequestState::Declined | RequestState::Expired);
    let mut ways = Vec::new();
    if let Some(user) = requester(view).filter(|_| is_open && !is_requester_blocked) {
        let who = Person::from(user).name;
        let mut block = way(frame, ("inbox-block", "inbox-block-what", "inbox-block"), "/inbox/block", view);
        block.button = frame.say("block-button").with("who", who).to_string();
        block.fields.push(("whom", "person".to_owned()));
        ways.push(block);
    }
    if request.app.is_some() && is_open && !is_app_blocked {
        let mut block = way(frame, ("inbox-block-app", "inbox-block-app-what", "inbox-block-app-button"), "/inbox/block", view);
        block.fields.push(("whom", "app".to_owned()));
        ways.push(block);
    }
    ways
}

/// A request or an offer by the person.
pub(super) fn by_you(frame: &Frame, asked: &Asked) -> Card {
    let view = &asked.view;
    let request = &view.request;
    let reader = &frame.reader;
    let state = request.state_at(frame.now);
    let whose = if request.kind == RequestKind::Invite { Whose::Yours } else { Whose::Theirs };
    let heading =
        frame.say("inbox-asked-whom").with("kind", request.kind.as_str()).with("who", Person::named_or_masked(&view.target));
    let mut notes = Vec::new();
    let mut ways = Vec::new();
    match state {
        RequestState::Pending => {
            notes.push(frame.say(delivery(request.mail_state)).to_string());
            if asked.resend_from.is_some_and(|from| from <= frame.now) {
                ways.push(way(frame, ("inbox-resend", "inbox-resend-what", "inbox-resend-button"), "/inbox/resend", view));
            }
            let keys = ("inbox-withdraw", "inbox-withdraw-what", "inbox-withdraw-button");
            ways.push(way(frame, keys, "/inbox/withdraw", view));
        }
        RequestState::Approved => {}
        RequestState::Cancelled => {
            notes.push(frame.say(why_cancelled(request.why_cancelled())).with("kind", request.kind.as_str()).to_string());
        }
        RequestState::Declined | RequestState::Withdrawn | RequestState::Expired | RequestState::Failed => {
            match asked.again_from.filter(|from| frame.now < *from) {
                Some(from) => notes.push(
                    frame
                        .say("inbox-again-from")
                        .with("kind", request.kind.as_str())
                        .with("moment", reader.moment_after(from))
                        .to_string(),
                ),
                None => ways.push(way(frame, ("inbox-again", "inbox-again-what", "inbox-again-button"), "/inbox/again", view)),
            }
        }
    }
    let heading = heading.with("level", view.level).with("thing", reader.quoted_thing(&view.bundle, whose));
    card(frame, view, &heading, ["state-pending", "inbox-answer-until"], notes, ways)
}

/// The delivery state of the email.
const fn delivery(state: MailState) -> &'static str {
    match state {
        MailState::Queued => "mail-queued",
        MailState::Sent => "mail-sent",
        MailState::Deferred => "mail-deferred",
        MailState::Bounced => "mail-bounced",
    }
}
