//! Cards of requests: those that the person decides, and those that they made.

use super::view::{Card, Way};
use crate::domain::{MailState, RequestKind, RequestState, User};
use crate::mail::sanitize;
use crate::pages::format::{Person, Whose, state_key, why_cancelled};
use crate::pages::layout::Frame;
use crate::pages::message::Sentence;
use crate::workflow::inbox::{Asked, Received};
use crate::workflow::requests::resend::{RESEND_PAUSE, RESENDS};
use crate::workflow::requests::view::RequestView;

fn way(frame: &Frame, keys: (&'static str, &'static str, &'static str), action: &'static str, told: &RequestView) -> Way {
    let (label, explained, button) = keys;
    let kind = told.request.kind.as_str();
    let say = |key| frame.say(key).with("kind", kind).to_string();
    Way {
        label: say(label),
        explained: say(explained),
        action,
        fields: vec![("id", told.request.id.to_string())],
        reader: None,
        button: say(button),
    }
}

/// When it was filed, and when and how it ended.
fn when<'a>(frame: &'a Frame, told: &RequestView) -> Sentence<'a> {
    let asked = frame.reader.day(told.request.created_at);
    let is_answered = matches!(told.request.state, RequestState::Approved | RequestState::Declined);
    match &told.request.decision {
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

fn quote(told: &RequestView) -> Vec<String> {
    let is_declined = told.request.state == RequestState::Declined;
    told.request.words().filter(|_| is_declined).map(sanitize::quoted).unwrap_or_default()
}

/// The requester. Of an offer there is none, since only its email names its maker.
fn requester(told: &RequestView) -> Option<&User> {
    (told.request.kind == RequestKind::Ask).then_some(&told.allowed)
}

/// A request for the person.
pub(super) fn of_you(frame: &Frame, received: &Received) -> Card {
    let told = &received.told;
    let request = &told.request;
    let reader = &frame.reader;
    let state = request.state_at(frame.now);
    let is_waiting = state == RequestState::Pending;
    let whose = if request.kind == RequestKind::Invite { Whose::Theirs } else { Whose::Yours };
    let who = requester(told).map(|user| Person::from(user).in_full()).unwrap_or_default();
    let heading = frame
        .say(if is_waiting { "inbox-asks" } else { "inbox-asked-before" })
        .with("kind", request.kind.as_str())
        .with("who", who);
    let mut notes = Vec::new();
    let mut ways = Vec::new();
    if is_waiting {
        ways.extend(answer(frame, told, &mut notes));
        let mut decline = way(frame, ("inbox-decline", "inbox-decline-what", "inbox-decline-button"), "/inbox/decline", told);
        decline.reader =
            Some(requester(told).map_or_else(|| frame.say("inbox-offerer").to_string(), |user| Person::from(user).name));
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
    Card {
        id: format!("r{}", request.id),
        heading: heading.with("level", told.level).with("thing", reader.quoted_thing(&told.bundle, whose)).to_string(),
        state: frame.say(if is_waiting { "state-waits-for-you" } else { state_key(state) }).to_string(),
        tone: if is_waiting { "waits" } else { tone(state) },
        when: if is_waiting {
            frame.say("inbox-answer-by").with("moment", reader.moment(request.expires_at)).to_string()
        } else {
            when(frame, told).to_string()
        },
        notes,
        quote: quote(told),
        ways,
    }
}

/// Shows that the link is in the email; another email can be requested, within limits.
fn answer(frame: &Frame, told: &RequestView, notes: &mut Vec<String>) -> Option<Way> {
    let request = &told.request;
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
        Some(way(frame, ("inbox-link", "inbox-link-what", "inbox-link-button"), "/inbox/link", told))
    }
}

/// The form to block the requester or app, unless they are blocked already.
fn blocks(frame: &Frame, received: &Received) -> Vec<Way> {
    let told = &received.told;
    let request = &told.request;
    let (is_asker_blocked, is_app_blocked) = received.blocked;
    let is_open = matches!(request.state_at(frame.now), RequestState::Pending | RequestState::Declined | RequestState::Expired);
    let mut ways = Vec::new();
    if let Some(user) = requester(told).filter(|_| is_open && !is_asker_blocked) {
        let who = Person::from(user).name;
        let mut block = way(frame, ("inbox-block", "inbox-block-what", "inbox-block"), "/inbox/block", told);
        block.button = frame.say("block-button").with("who", who).to_string();
        block.fields.push(("whom", "person".to_owned()));
        ways.push(block);
    }
    if request.key.is_some() && is_open && !is_app_blocked {
        let mut block = way(frame, ("inbox-block-app", "inbox-block-app-what", "inbox-block-app-button"), "/inbox/block", told);
        block.fields.push(("whom", "app".to_owned()));
        ways.push(block);
    }
    ways
}

/// A request or an offer by the person.
pub(super) fn by_you(frame: &Frame, asked: &Asked) -> Card {
    let told = &asked.told;
    let request = &told.request;
    let reader = &frame.reader;
    let state = request.state_at(frame.now);
    let is_waiting = state == RequestState::Pending;
    let whose = if request.kind == RequestKind::Invite { Whose::Yours } else { Whose::Theirs };
    let heading =
        frame.say("inbox-asked-whom").with("kind", request.kind.as_str()).with("who", Person::named_or_masked(&told.target));
    let mut notes = Vec::new();
    let mut ways = Vec::new();
    match state {
        RequestState::Pending => {
            notes.push(frame.say(delivery(request.mail_state)).to_string());
            if asked.resend_from.is_some_and(|from| from <= frame.now) {
                ways.push(way(frame, ("inbox-resend", "inbox-resend-what", "inbox-resend-button"), "/inbox/resend", told));
            }
            let keys = ("inbox-withdraw", "inbox-withdraw-what", "inbox-withdraw-button");
            ways.push(way(frame, keys, "/inbox/withdraw", told));
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
                None => ways.push(way(frame, ("inbox-again", "inbox-again-what", "inbox-again-button"), "/inbox/again", told)),
            }
        }
    }
    Card {
        id: format!("r{}", request.id),
        heading: heading.with("level", told.level).with("thing", reader.quoted_thing(&told.bundle, whose)).to_string(),
        state: frame.say(state_key(state)).to_string(),
        tone: if is_waiting { "waits" } else { tone(state) },
        when: if is_waiting {
            frame.say("inbox-answer-until").with("moment", reader.moment(request.expires_at)).to_string()
        } else {
            when(frame, told).to_string()
        },
        notes,
        quote: quote(told),
        ways,
    }
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
