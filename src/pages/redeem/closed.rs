//! The page of a link after the decision: how the request ended, and the next step. Every link ever emailed keeps answering to
//! its recipient.

use actix_web::http::StatusCode;
use askama::Template;

use super::Reached;
use crate::domain::{Grant, RequestKind, RequestState, Until};
use crate::mail::emails::Giver;
use crate::mail::sanitize;
use crate::pages::error::{Outcome, page};
use crate::pages::format::{Person, Whose, why_cancelled};
use crate::pages::layout::Frame;
use crate::workflow::Closed;
use crate::workflow::requests::link::{Matter, Way};
use crate::workflow::requests::view::RequestView;

/// The actions that are possible now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ways {
    /// Revoke what was given.
    undo: bool,
    /// Approve after a decline.
    approve: bool,
    /// Send the same reader another email.
    fresh: bool,
}

/// A person or an app that can be blocked or is blocked.
#[derive(Clone, Debug)]
struct Blockable {
    /// The form's value.
    whom: &'static str,
    name: String,
    is_blocked: bool,
}

/// A row of the comparison: the label, the requested and the approved values.
#[derive(Clone, Debug)]
struct Compared {
    label: String,
    asked: Vec<String>,
    given: Vec<String>,
}

/// The texts of the page.
#[derive(Clone, Debug, Default)]
pub(super) struct ClosedView {
    /// `ask` or `invite`.
    kind: &'static str,
    /// A name in `_seal.html`.
    seal: &'static str,
    heading: String,
    sentences: Vec<String>,
    facts: Vec<(String, Vec<String>)>,
    /// What was requested beside what was approved, if that is less.
    compared: Vec<Compared>,
    quote: Vec<String>,
    ways: Ways,
    blockable: Vec<Blockable>,
    /// The next request that waits: how many wait, its page and the link's text.
    next: Option<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "pages/outcome.html")]
struct Page<'a> {
    frame: &'a Frame,
    seal: &'static str,
    view: &'a ClosedView,
}

pub(super) fn show(frame: &Frame, status: StatusCode, view: &ClosedView) -> Outcome {
    page(status, &Page { frame, seal: view.seal, view })
}

impl ClosedView {
    /// For a request that has ended.
    pub(super) fn of(frame: &Frame, matter: &Matter, reached: &Reached) -> Self {
        let request = &matter.view.request;
        let is_invite = request.kind == RequestKind::Invite;
        let kind = request.kind.as_str();
        let requester = if is_invite { matter.initiator.as_ref().unwrap_or(&matter.view.allowed) } else { &matter.view.allowed };
        let requester = Person::from(requester);
        let whose = if is_invite { Whose::Theirs } else { Whose::Yours };
        let thing = frame.reader.thing(&matter.view.bundle, whose);
        let quoted = frame.reader.quoted_thing(&matter.view.bundle, whose);
        let say = |key| frame.say(key).with("kind", kind).with("who", &requester.name);
        let full = |key| frame.say(key).with("kind", kind).with("who", requester.in_full());
        let facts = vec![(say("told-who").to_string(), vec![requester.in_full()]), (say("told-thing").to_string(), vec![thing])];
        let mut view = Self { kind, facts, ..Self::default() };
        match request.state_at(frame.now) {
            RequestState::Approved => view.approved(frame, matter, &requester.name, &quoted),
            RequestState::Declined => {
                let (is_requester_blocked, _) = matter.blocked;
                view.head("no", say(if is_requester_blocked { "told-declined-blocked" } else { "told-declined" }));
                view.add(say("told-declined-what").with("level", matter.view.level).with("thing", &quoted));
                view.quote = request.words().map(sanitize::quoted).unwrap_or_default();
                if frame.now < request.expires_at && reached.recipient.is_current {
                    view.ways.approve = true;
                    view.add(say("told-declined-until").with("moment", frame.reader.moment(request.expires_at)));
                } else if let Some(again) = matter.again_from {
                    view.add(say("told-declined-again").with("day", frame.reader.day(again)));
                }
            }
            RequestState::Withdrawn => {
                view.head("back", say("told-withdrawn"));
                view.add(say("told-withdrawn-what"));
            }
            RequestState::Expired => {
                view.head("late", say("told-expired"));
                view.add(say("told-expired-what").with("moment", frame.reader.moment(request.expires_at)));
                view.next_time(full("told-ask-again"), matter);
            }
            RequestState::Cancelled => {
                view.head("over", say("told-cancelled"));
                view.add(say(why_cancelled(request.why_cancelled())));
                view.add(say("told-nothing-shared"));
            }
            RequestState::Failed => {
                view.head("over", say("told-failed"));
                view.add(say("told-failed-what"));
                view.next_time(full("told-ask-again"), matter);
            }
            RequestState::Pending => view.head("wait", say("told-pending")),
        }
        // The inbox has the newer request, and needs no link.
        if matter.is_asked_again && matches!(reached.way, Way::Link(_)) {
            view.ways.fresh = true;
            view.add(say("told-asked-again"));
        }
        view.block(frame, matter, &requester);
        view
    }

    /// Offers the next request that waits for the reader.
    pub(super) fn with_next(mut self, frame: &Frame, next: Option<(RequestView, i64)>) -> Self {
        self.next = next.map(|(view, count)| {
            let count = frame.say("told-next").count("count", usize::try_from(count).unwrap_or_default());
            (count.to_string(), frame.to(&super::path_of(view.request.id)), frame.reader.review(&view))
        });
        self
    }

    fn head(&mut self, seal: &'static str, heading: impl std::fmt::Display) {
        self.seal = seal;
        self.heading = heading.to_string();
    }

    fn add(&mut self, sentence: impl std::fmt::Display) {
        self.sentences.push(sentence.to_string());
    }

    /// Adds advice if nobody answered, unless the request was filed again already.
    fn next_time(&mut self, sentence: impl std::fmt::Display, matter: &Matter) {
        if !matter.is_asked_again {
            self.add(sentence);
        }
    }

    /// Offers to block a declined requester or app, and shows a block that can be lifted.
    fn block(&mut self, frame: &Frame, matter: &Matter, requester: &Person) {
        let request = &matter.view.request;
        let is_declined = request.state_at(frame.now) == RequestState::Declined;
        let (is_requester_blocked, is_app_blocked) = matter.blocked;
        if (is_declined && request.requester().is_some_and(|requester| requester != request.target)) || is_requester_blocked {
            self.blockable.push(Blockable { whom: "person", name: requester.name.clone(), is_blocked: is_requester_blocked });
        }
        if let Some(app) = matter.app.as_deref().filter(|_| is_declined || is_app_blocked) {
            self.blockable.push(Blockable { whom: "app", name: frame.reader.name(app), is_blocked: is_app_blocked });
        }
    }

    fn approved(&mut self, frame: &Frame, matter: &Matter, who: &str, thing: &str) {
        let say = |key| frame.say(key).with("kind", matter.view.request.kind.as_str()).with("who", who);
        let Some(grant) = &matter.grant else {
            self.head("over", say("told-yes"));
            self.add(say("told-yes-over"));
            return;
        };
        let is_invite = matter.view.request.kind == RequestKind::Invite;
        let sharer = if is_invite { Giver::They } else { Giver::You };
        let how_long = |until| frame.reader.how_long_by(until, sharer, is_invite.then_some(who));
        let is_narrowed = matter.view.request.decision.as_ref().is_some_and(|decision| decision.is_narrowed);
        if is_narrowed {
            self.compared = compared(frame, matter, grant, how_long);
        } else {
            self.facts.push((frame.say("told-access").to_string(), vec![frame.reader.level_label(grant.level)]));
            self.facts.extend(limits(frame, matter));
        }
        let ends = if grant.ends_at.is_some() { "day" } else { "open" };
        let day = grant.ends_at.map(|end| frame.reader.day(end)).unwrap_or_default();
        let given = |key| say(key).with("level", grant.level).with("thing", thing).with("ends", ends).with("day", &day);
        if let Some(at) = grant.revoked_at {
            self.head("over", say("told-revoked"));
            self.add(given("told-revoked-what").with("moment", frame.reader.moment(at)));
            self.add(say("told-revoked-next"));
        } else if is_over(grant, frame) {
            self.head("over", say("told-ended"));
            self.add(given("told-ended-what"));
        } else {
            self.head("yes", given("told-approved"));
            self.add(say("told-approved-next"));
            if !is_narrowed {
                self.facts.push((frame.say("told-ends").to_string(), vec![how_long(grant.ends_at.map(Until::At))]));
            }
            self.ways.undo = true;
        }
    }

    /// For a link that is invalid although its request may be pending; `state` is the request's.
    pub(super) fn closed(frame: &Frame, closed: Closed, state: RequestState) -> Self {
        let is_decided = matches!(state, RequestState::Approved | RequestState::Declined);
        let (heading, sentence, fresh) = match closed {
            Closed::NewApprover if is_decided => ("told-other-decided", "told-other-decided-what", false),
            Closed::NewApprover => ("told-other-decides", "told-other-decides-what", false),
            Closed::AddressChanged => ("told-earlier-address", "told-earlier-address-what", true),
            Closed::Restored => ("told-restored", "told-restored-what", true),
            Closed::Ended(_) => ("told-over", "told-nothing-shared", false),
        };
        let mut view = Self { kind: "ask", ways: Ways { fresh, ..Ways::default() }, ..Self::default() };
        view.head("over", frame.say(heading));
        view.add(frame.say(sentence));
        view
    }
}

fn is_over(grant: &Grant, frame: &Frame) -> bool {
    grant.ends_at.is_some_and(|end| end <= frame.now)
}

/// What was requested beside what the grant gives.
fn compared(frame: &Frame, matter: &Matter, grant: &Grant, how_long: impl Fn(Option<Until>) -> String) -> Vec<Compared> {
    let row = |key, asked, given| Compared { label: frame.say(key).to_string(), asked, given };
    let level = |level| vec![frame.reader.level_label(level)];
    let mut rows = vec![row("told-access", level(matter.view.level), level(grant.level))];
    if let Some((_, given)) = limits(frame, matter) {
        let asked = match matter.view.request.resources.as_slice() {
            [] if matter.limited_to.len() == matter.resources.len() => given.clone(),
            [] => vec![frame.say("told-all-parts").count("number", matter.resources.len()).to_string()],
            some => some.iter().map(|uri| named(frame, matter, uri)).collect(),
        };
        rows.push(row("told-parts-label", asked, given));
    }
    let (asked, given) = (how_long(matter.view.request.until), how_long(grant.ends_at.map(Until::At)));
    rows.push(row("told-ends", vec![asked], vec![given]));
    rows
}

fn named(frame: &Frame, matter: &Matter, uri: &String) -> String {
    let found = matter.resources.iter().find(|resource| resource.uri == *uri);
    frame.reader.name(found.map_or(uri, |resource| if resource.name.is_empty() { uri } else { &resource.name }))
}

/// The resources that a grant is limited to.
fn limits(frame: &Frame, matter: &Matter) -> Option<(String, Vec<String>)> {
    if matter.limited_to.is_empty() {
        return None;
    }
    let mut parts: Vec<String> = matter.limited_to.iter().map(|uri| named(frame, matter, uri)).collect();
    if matter.limited_to.len() < matter.resources.len() {
        let of = frame.say("told-parts").count("some", matter.limited_to.len()).count("all", matter.resources.len());
        parts.push(of.to_string());
    }
    Some((frame.say("told-only").to_string(), parts))
}
