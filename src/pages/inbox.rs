//! What a signed-in person has before them: asked of them, asked by them, given, held; and the ways to end each.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;

use super::forms::Fields;
use super::trouble::Trouble;
use super::visit::{Frame, Outcome, Visit, done, page, place, shown};
use super::words::{self, Person};
use crate::domain::{GrantId, GranteeKind, MailState, RequestId, RequestKind, RequestState, User, UserId};
use crate::workflow::inbox::{self, Given, Grantee, Inbox};
use crate::workflow::told::Told;
use crate::workflow::{Refusal, link, share, told, withdraw};

const HERE: &str = "/inbox";
/// What was done, as the address says it, and as the page does. Nothing else that the address says is shown.
const SAID: [(&str, &str); 4] = [
    ("link", "A fresh link is on its way to your mail address."),
    ("withdrawn", "Your request is withdrawn."),
    ("taken-back", "The access is taken back."),
    ("given-up", "You gave the access up."),
];

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/inbox", [shown(show)]);
    place(routes, "/inbox/link", [done(mail_link)]);
    place(routes, "/inbox/withdraw", [done(withdraw)]);
    place(routes, "/inbox/revoke", [done(revoke)]);
}

/// A way to end or move something.
struct Way {
    label: &'static str,
    explained: String,
    action: &'static str,
    id: i64,
    button: &'static str,
}

struct Card {
    heading: String,
    state: &'static str,
    is_waiting: bool,
    when: String,
    notes: Vec<String>,
    way: Option<Way>,
}

struct List {
    id: &'static str,
    heading: &'static str,
    nothing: &'static str,
    cards: Vec<Card>,
}

#[derive(Template)]
#[template(path = "pages/inbox.html")]
struct Page<'a> {
    frame: &'a Frame,
    said: Option<&'static str>,
    lists: Vec<List>,
    has_older: bool,
}

async fn show(visit: Visit, fields: Fields) -> Outcome {
    let signed = visit.signed_or_to(HERE)?;
    let (caller, me) = (signed.caller.clone(), signed.user.id);
    let inbox = visit.store.read(move |tx| inbox::open(tx, &caller, me)).await?;
    let said = SAID.iter().find(|(word, _)| fields.one("said") == Some(word)).map(|(_, said)| *said);
    let lists = lists(&visit.frame, &inbox, me);
    page(StatusCode::OK, &Page { frame: &visit.frame, said, lists, has_older: inbox.has_older })
}

fn lists(frame: &Frame, inbox: &Inbox, me: UserId) -> Vec<List> {
    let is_mine = |told: &&Told| told.request.target == me;
    let (of_me, by_me): (Vec<_>, Vec<_>) = inbox.requests.iter().partition(is_mine);
    // What another shared on of one's own is among it too: it can be taken back.
    let is_held = |given: &&Given| given.grant.grantor != me && given.grant.grantee == Some(me.into());
    let (held, given): (Vec<_>, Vec<_>) = inbox.grants.iter().partition(is_held);
    vec![
        List {
            id: "asked-of-you",
            heading: "Asked of you",
            nothing: "Nobody has asked you for anything.",
            cards: of_me.into_iter().map(|told| asked_of(frame, told)).collect(),
        },
        List {
            id: "asked-by-you",
            heading: "Asked by you",
            nothing: "You have asked for nothing.",
            cards: by_me.into_iter().map(|told| asked_by(frame, told)).collect(),
        },
        List {
            id: "what-you-gave",
            heading: "What you gave",
            nothing: "Nobody has access to anything of yours.",
            cards: given.into_iter().map(|given| gave(frame, given)).collect(),
        },
        List {
            id: "what-you-hold",
            heading: "What you hold",
            nothing: "You have access to nothing of others.",
            cards: held.into_iter().map(|given| holds(frame, given)).collect(),
        },
    ]
}

/// Somebody's name, or an address that cannot be written to: who is not to decide about them need not learn it.
fn named_or_masked(user: &User) -> String {
    let person = Person::from(user);
    if person.address.is_some() { person.name } else { words::masked(&user.email) }
}

const fn ended(state: RequestState) -> &'static str {
    match state {
        RequestState::Pending => "waiting",
        RequestState::Approved => "approved",
        RequestState::Declined => "declined",
        RequestState::Withdrawn => "withdrawn",
        RequestState::Expired => "expired",
        RequestState::Cancelled => "cancelled",
        RequestState::Failed => "not delivered",
    }
}

fn when(frame: &Frame, told: &Told) -> String {
    let asked = frame.reader.day(told.request.created_at);
    match &told.request.decision {
        Some(decision) if decision.by.is_some() => format!("asked on {asked}, answered on {}", frame.reader.day(decision.at)),
        Some(decision) => format!("asked on {asked}, ended on {}", frame.reader.day(decision.at)),
        None => format!("asked on {asked}"),
    }
}

fn asked_of(frame: &Frame, told: &Told) -> Card {
    let request = &told.request;
    let is_invite = request.kind == RequestKind::Invite;
    let state = request.state_at(frame.now);
    let is_waiting = state == RequestState::Pending;
    let level = words::level(told.level);
    let heading = if is_invite {
        format!("You are offered {level} access to {}", words::thing(&told.bundle, "their"))
    } else {
        format!("{} asks for {level} access to {}", Person::from(&told.allowed).in_full(), words::thing(&told.bundle, "your"))
    };
    let way = is_waiting.then(|| Way {
        label: "Answer",
        explained: "You answer with the link in the letter that we mailed you. If it is lost, we can mail you another."
            .to_owned(),
        action: "/inbox/link",
        id: request.id.0,
        button: "Mail me the link again",
    });
    Card {
        heading,
        state: if is_waiting { "waits for you" } else { ended(state) },
        is_waiting,
        when: if is_waiting { format!("answer by {}", frame.reader.moment(request.expires_at)) } else { when(frame, told) },
        notes: Vec::new(),
        way,
    }
}

fn asked_by(frame: &Frame, told: &Told) -> Card {
    let request = &told.request;
    let is_invite = request.kind == RequestKind::Invite;
    let state = request.state_at(frame.now);
    let is_waiting = state == RequestState::Pending;
    let decider = named_or_masked(&told.target);
    let level = words::level(told.level);
    let heading = if is_invite {
        format!("You offered {decider} {level} access to {}", words::thing(&told.bundle, "your"))
    } else {
        format!("You asked {decider} for {level} access to {}", words::thing(&told.bundle, "their"))
    };
    let mut notes = Vec::new();
    if is_waiting {
        notes.push(
            match request.mail_state {
                MailState::Queued => "The letter to them is about to be sent.",
                MailState::Sent => "The letter has gone to their mail server.",
                MailState::Deferred => "Their mail server asked us to wait; we keep trying.",
                MailState::Bounced => "The letter could not be delivered. Check the address and ask again.",
            }
            .to_owned(),
        );
    }
    if let Some(reason) = request.decision.as_ref().and_then(|decision| decision.reason.as_deref()) {
        notes.push(format!("With these words: {}", crate::mail::text::quoted(reason).join(" ")));
    }
    let way = is_waiting.then(|| Way {
        label: "Withdraw",
        explained: "They are told that no answer is needed any more. You can ask again later.".to_owned(),
        action: "/inbox/withdraw",
        id: request.id.0,
        button: "Withdraw it",
    });
    Card {
        heading,
        state: if is_waiting { "waiting" } else { ended(state) },
        is_waiting: false,
        when: if is_waiting { format!("until {}", frame.reader.moment(request.expires_at)) } else { when(frame, told) },
        notes,
        way,
    }
}

/// What a grant is to.
fn what(given: &Given, whose: &str) -> String {
    match &given.bundle {
        Some(bundle) => words::thing(bundle, whose),
        None => match given.resources.as_slice() {
            [] => format!("{whose} data"),
            [one] => words::name(one),
            [one, more @ ..] => format!("{} and {} more", words::name(one), more.len()),
        },
    }
}

fn since(frame: &Frame, given: &Given) -> (&'static str, String) {
    let grant = &given.grant;
    let state = if !grant.is_enabled {
        "switched off"
    } else if frame.now < grant.starts_at {
        "not yet"
    } else {
        "has access"
    };
    let from = frame.reader.day(grant.starts_at);
    let until = grant.ends_at.map_or_else(|| "no end date".to_owned(), |end| format!("until {}", frame.reader.moment(end)));
    (state, format!("since {from}, {until}"))
}

fn limits(given: &Given) -> Vec<String> {
    let is_limited = given.bundle.is_some() && !given.resources.is_empty();
    is_limited
        .then(|| format!("Only: {}", given.resources.iter().map(|uri| words::name(uri)).collect::<Vec<_>>().join(", ")))
        .into_iter()
        .collect()
}

fn gave(frame: &Frame, given: &Given) -> Card {
    let who = match &given.grantee {
        Grantee::Person(user) => Person::from(user).in_full(),
        Grantee::Group(group) => format!("The group {}", words::name(&group.name)),
        Grantee::Many(GranteeKind::PublicLink) => "Whoever has the public link".to_owned(),
        Grantee::Many(GranteeKind::Authenticated) => "Everyone who is signed in".to_owned(),
        Grantee::Many(_) => "Everyone".to_owned(),
    };
    let (state, when) = since(frame, given);
    Card {
        heading: format!("{who}: {} access to {}", words::level(given.grant.level), what(given, "your")),
        state,
        is_waiting: false,
        when,
        notes: limits(given),
        way: Some(Way {
            label: "Take back",
            explained: "The access ends at once, and so does every one that was shared on from it. To give it again, they have to ask again."
                .to_owned(),
            action: "/inbox/revoke",
            id: given.grant.id.0,
            button: "Take the access back",
        }),
    }
}

fn holds(frame: &Frame, given: &Given) -> Card {
    let (state, when) = since(frame, given);
    Card {
        heading: format!(
            "{} access to {}, from {}",
            words::level(given.grant.level),
            what(given, "their"),
            named_or_masked(&given.grantor)
        ),
        state: if state == "has access" { "yours" } else { state },
        is_waiting: false,
        when,
        notes: limits(given),
        way: Some(Way {
            label: "Give up",
            explained: "Your access ends at once. To have it again, you have to ask again.".to_owned(),
            action: "/inbox/revoke",
            id: given.grant.id.0,
            button: "Give the access up",
        }),
    }
}

/// The row that a form is about.
fn id_of(fields: &Fields) -> Result<i64, Trouble> {
    fields.one("id").and_then(|id| id.parse().ok()).filter(|id| *id > 0).ok_or(Trouble::BadForm)
}

fn said(visit: &Visit, word: &str) -> HttpResponse {
    visit.wake.up();
    visit.frame.see(&format!("{HERE}?said={word}"))
}

async fn mail_link(visit: Visit, fields: Fields) -> Outcome {
    let caller = visit.signed_or_to(HERE)?.caller.clone();
    let id = RequestId(id_of(&fields)?);
    match visit.store.write(move |tx| link::fresh_of(tx, &caller, id)).await {
        Ok(_) => Ok(said(&visit, "link")),
        // It has ended meanwhile: the inbox shows how.
        Err(Refusal::Closed(_)) => Ok(visit.frame.see(HERE)),
        Err(other) => Err(other.into()),
    }
}

async fn withdraw(visit: Visit, fields: Fields) -> Outcome {
    let caller = visit.signed_or_to(HERE)?.caller.clone();
    let id = RequestId(id_of(&fields)?);
    let withdrawn = visit
        .store
        .write(move |tx| {
            let told = told::find(tx, &caller, id)?;
            let is_asker = caller.user.is_some() && (caller.user == told.asker() || caller.user == told.initiator);
            if !is_asker || caller.user == Some(told.target) {
                return Err(Refusal::Forbidden("only who asked can withdraw a request"));
            }
            withdraw::delete(tx, &caller, id)
        })
        .await;
    match withdrawn {
        Ok(()) => Ok(said(&visit, "withdrawn")),
        Err(Refusal::Closed(_) | Refusal::NotFound(_)) => Ok(visit.frame.see(HERE)),
        Err(other) => Err(other.into()),
    }
}

async fn revoke(visit: Visit, fields: Fields) -> Outcome {
    let signed = visit.signed_or_to(HERE)?;
    let (caller, me) = (signed.caller.clone(), signed.user.id);
    let id = GrantId(id_of(&fields)?);
    let was_held = visit
        .store
        .write(move |tx| {
            let ended = share::revoke(tx, &caller, id)?;
            let grant = crate::store::grants::find(tx, id)?;
            Ok::<_, Refusal>(!ended.is_empty() && grant.is_some_and(|grant| grant.grantee == Some(me.into())))
        })
        .await;
    match was_held {
        Ok(true) => Ok(said(&visit, "given-up")),
        Ok(false) => Ok(said(&visit, "taken-back")),
        Err(Refusal::NotFound(_)) => Ok(visit.frame.see(HERE)),
        Err(other) => Err(other.into()),
    }
}
