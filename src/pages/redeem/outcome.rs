//! What a link says when there is nothing left to decide: how it ended, and the next step. Every link ever mailed keeps
//! answering, to the one it was sent to.

use actix_web::http::StatusCode;
use askama::Template;

use crate::domain::{RequestKind, RequestState};
use crate::mail::text;
use crate::pages::visit::{Frame, Outcome, page};
use crate::pages::words::{self, Person};
use crate::workflow::Closed;
use crate::workflow::link::Matter;

/// What can be done now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ways {
    /// Take back what was given.
    undo: bool,
    /// Yes after a no.
    approve: bool,
    /// Another letter to the same reader.
    fresh: bool,
}

/// The page's words.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    heading: String,
    sentences: Vec<String>,
    facts: Vec<(&'static str, Vec<String>)>,
    quote: Vec<String>,
    undo_label: &'static str,
    approve_label: &'static str,
    ways: Ways,
}

#[derive(Template)]
#[template(path = "pages/outcome.html")]
struct Page<'a> {
    frame: &'a Frame,
    told: &'a Told,
}

pub(super) fn show(frame: &Frame, status: StatusCode, told: &Told) -> Outcome {
    page(status, &Page { frame, told })
}

impl Told {
    /// Of a request that has ended.
    pub(super) fn of(frame: &Frame, matter: &Matter, is_current: bool) -> Self {
        let request = &matter.told.request;
        let is_invite = request.kind == RequestKind::Invite;
        let asker = if is_invite { matter.initiator.as_ref().unwrap_or(&matter.told.allowed) } else { &matter.told.allowed };
        let asker = Person::from(asker);
        let thing = words::thing(&matter.told.bundle, if is_invite { "their" } else { "your" });
        let who = &asker.name;
        let wanted = if is_invite { "offered you" } else { "asked for" };
        let matter_fact = ("What", vec![thing.clone()]);
        let asker_fact = (if is_invite { "Who offered" } else { "Who asked" }, vec![asker.in_full()]);
        let mut told = Self { facts: vec![asker_fact, matter_fact], ..Self::default() };
        match request.state_at(frame.now) {
            RequestState::Approved => told.approved(frame, matter, who, &thing),
            RequestState::Declined => {
                told.head("You declined");
                told.sentences.push(format!(
                    "{who} {wanted} {} access. You said no, and nothing was shared.",
                    words::level(matter.told.level)
                ));
                told.quote = request.decision.as_ref().and_then(|d| d.reason.as_deref()).map(text::quoted).unwrap_or_default();
                if frame.now < request.expires_at && is_current {
                    told.ways.approve = true;
                    told.approve_label = if is_invite { "Accept instead" } else { "Approve instead" };
                    told.sentences.push(format!(
                        "Changed your mind? Until {} you can still say yes.",
                        frame.reader.moment(request.expires_at)
                    ));
                } else if let Some(again) = matter.again_from {
                    told.sentences.push(format!("The same can be asked again from {} on.", frame.reader.day(again)));
                }
            }
            RequestState::Withdrawn => {
                told.head("No answer needed any more");
                let back = if is_invite { "the offer back" } else { "the request back" };
                told.sentences.push(format!("{who} took {back} before you answered. Nothing was shared."));
            }
            RequestState::Expired => {
                told.head(if is_invite { "This offer has expired" } else { "This request has expired" });
                told.sentences
                    .push(format!("No answer came by {}, so nothing was shared.", frame.reader.moment(request.expires_at)));
                let again = if is_invite { "offer it again" } else { "ask again" };
                told.sentences.push(format!(
                    "If it still matters, let {} know that they can {again}: a new letter with a new link will come to you.",
                    asker.in_full()
                ));
            }
            RequestState::Cancelled => {
                told.head(if is_invite { "This offer was cancelled" } else { "This request was cancelled" });
                let why = request.decision.as_ref().and_then(|decision| decision.reason.clone());
                let why = why.unwrap_or_else(|| "what it was about is no longer there".to_owned());
                told.sentences.push(format!("The reason: {}.", text::one_line(&why)));
                told.sentences.push("Nothing was shared, and there is nothing you need to do.".to_owned());
            }
            RequestState::Failed => {
                told.head("Our letter could not be delivered");
                told.sentences.push(
                    "The mail server would not take the letter, so the request ended without an answer. Nothing was shared."
                        .to_owned(),
                );
                told.sentences.push(format!("If it still matters, let {} know that they can ask again.", asker.in_full()));
            }
            RequestState::Pending => {
                told.head("This request waits for your answer");
            }
        }
        told
    }

    fn head(&mut self, heading: impl Into<String>) {
        self.heading = heading.into();
    }

    fn approved(&mut self, frame: &Frame, matter: &Matter, who: &str, thing: &str) {
        let is_invite = matter.told.request.kind == RequestKind::Invite;
        let Some(grant) = &matter.grant else {
            self.head("You said yes");
            self.sentences.push("The access that came of it is over.".to_owned());
            return;
        };
        let level = words::level(grant.level);
        let given = if grant.level < matter.told.level {
            format!("{level} (instead of {})", words::level(matter.told.level))
        } else {
            format!("{level}: {}", words::explained(grant.level))
        };
        self.facts.push(("Access", vec![given]));
        let whole: Vec<String> = matter.resources.iter().map(|resource| words::name(&resource.name)).collect();
        if !matter.limited_to.is_empty() {
            let named = |uri: &String| {
                let found = matter.resources.iter().find(|resource| resource.uri == *uri);
                found.map_or_else(|| words::name(uri), |resource| words::name(&resource.name))
            };
            let mut parts: Vec<String> = matter.limited_to.iter().map(named).collect();
            parts.push(format!("({} of {} that belong to it)", matter.limited_to.len(), whole.len()));
            self.facts.push(("Only", parts));
        }
        let until = grant.ends_at.map(|end| format!(" until {}", frame.reader.day(end))).unwrap_or_default();
        let is_over = grant.ends_at.is_some_and(|end| end <= frame.now);
        if let Some(at) = grant.revoked_at {
            self.head(if is_invite { "You no longer have this access" } else { "This access was taken back" });
            let holder = if is_invite { "You had" } else { "You had given" };
            let to = if is_invite { String::new() } else { format!(" {who}") };
            self.sentences.push(format!("{holder}{to} {level} access to {thing}. It ended on {}.", frame.reader.moment(at)));
            let again = if is_invite { "offer it again" } else { "ask again" };
            self.sentences.push(format!("If it is needed after all, {who} can {again}."));
        } else if is_over {
            self.head("This access has ended");
            self.sentences.push(format!("It ran{until}."));
        } else {
            self.heading = if is_invite {
                format!("You now have {level} access{until}")
            } else {
                format!("You gave {who} {level} access{until}")
            };
            if !is_invite {
                self.sentences
                    .push(format!("{who} is told by mail. You can take the access back at any time, here or in your inbox."));
            }
            let end = grant.ends_at.map(|end| frame.reader.moment(end));
            self.facts.push(("Ends", vec![end.unwrap_or_else(|| "no end date".to_owned())]));
            self.ways.undo = true;
            self.undo_label = if is_invite { "Undo: give the access up" } else { "Undo: take the access back" };
        }
    }

    /// Of a link that is dead although its request may live.
    pub(super) fn closed(closed: Closed) -> Self {
        let (heading, sentences, fresh) = match closed {
            Closed::NewDecider => (
                "Somebody else decides now",
                vec!["What was asked for has a new owner, who has got a letter of their own. There is nothing you need to do."],
                false,
            ),
            Closed::AddressChanged => (
                "This link was mailed to an earlier address of yours",
                vec![
                    "Links work only while the address they were mailed to is yours. If the request still waits for you, we can mail a fresh link to your present address.",
                ],
                true,
            ),
            Closed::Restored => (
                "This link is from before a restored backup",
                vec![
                    "The database was restored from a backup, and links from before no longer work. If the request still waits for you, we can mail you a fresh link.",
                ],
                true,
            ),
            Closed::Ended(_) => ("This request has ended", vec!["There is nothing left to decide."], false),
        };
        Self {
            heading: heading.to_owned(),
            sentences: sentences.into_iter().map(str::to_owned).collect(),
            ways: Ways { fresh, ..Ways::default() },
            ..Self::default()
        }
    }
}
