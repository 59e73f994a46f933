//! All requests, and the history of one.

use super::context::AdminContext;
use super::format::{bundle, fact, in_full, mail_state, moment, person, request_state};
use super::view::{Cell, Detail, Limit, List, Part, Tab, Way, after, limited, said};
use super::{history, tables};
use crate::domain::{AppId, BundleId, RequestId, RequestState, Until, UserId};
use crate::mail::emails::Giver;
use crate::pages::error::Outcome;
use crate::pages::format::state_key;
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::admin::requests::Which;
use crate::store::{apps, bundles, users};
use crate::workflow::admin::history::of_request;
use crate::workflow::admin::lists::{self, PAGE};

const PATH: &str = "/admin/requests";

/// The filters of the list: the value in the URL, the name, and the states.
const PARTS: [(&str, &str, Which); 10] = [
    ("all", "inbox-all", Which::All),
    ("waiting", "state-pending", Which::Waiting),
    ("stale", "admin-stale", Which::Stale),
    ("undeliverable", "admin-undeliverable", Which::Undeliverable),
    ("approved", state_key(RequestState::Approved), Which::Ended(RequestState::Approved)),
    ("declined", state_key(RequestState::Declined), Which::Ended(RequestState::Declined)),
    ("withdrawn", state_key(RequestState::Withdrawn), Which::Ended(RequestState::Withdrawn)),
    ("expired", state_key(RequestState::Expired), Which::Ended(RequestState::Expired)),
    ("cancelled", state_key(RequestState::Cancelled), Which::Ended(RequestState::Cancelled)),
    ("failed", state_key(RequestState::Failed), Which::Ended(RequestState::Failed)),
];

/// The rows that the list can be limited to, by the parameter in the URL.
const LIMITS: [Limit<Which>; 3] =
    [("person", |id| Which::Of(UserId(id))), ("key", |id| Which::FiledBy(AppId(id))), ("bundle", |id| Which::For(BundleId(id)))];

pub(super) async fn list(admin: AdminContext, fields: Fields) -> Outcome {
    let begins = after(&fields);
    let part = fields.filter("state", |text| PARTS.iter().find(|(word, ..)| *word == text))?.unwrap_or(&PARTS[0]);
    let unlimited = || (part.2, format!("{PATH}?state={}", part.0));
    let (which, path) = limited(&fields, PATH, &LIMITS)?.unwrap_or_else(unlimited);
    let (found, whose) = admin
        .read(move |tx, caller| {
            let whose = match which {
                Which::Of(id) => users::find_including_deleted(tx, id)?.map(|user| in_full(&user)),
                Which::FiledBy(id) => apps::find(tx, id)?.map(|app| app.name),
                Which::For(id) => bundles::find_including_deleted(tx, id)?.map(|bundle| bundle.name),
                _ => None,
            };
            Ok((lists::requests(tx, caller, which, begins, PAGE)?, whose))
        })
        .await?;
    let frame = admin.frame();
    let is_limited = matches!(which, Which::Of(_) | Which::FiledBy(_) | Which::For(_));
    let tab = |(word, label, other): &(&'static str, &'static str, Which)| {
        Tab::new(frame, &format!("{PATH}?state={word}"), frame.say(label), *other == which)
    };
    let whose = frame.reader.name(&whose.unwrap_or_default());
    let list = List::new(frame, "admin-requests", tables::requests(frame, &found.items), &path, begins, found.next);
    List {
        only: is_limited.then(|| (frame.say("admin-only-of").with("whose", whose).to_string(), frame.to(PATH))),
        tabs: if is_limited { Vec::new() } else { PARTS.iter().map(tab).collect() },
        said: said(frame, &fields),
        ..list
    }
    .answer()
}

fn until(frame: &Frame, until: Option<Until>) -> String {
    frame.reader.how_long(until, Giver::None)
}

pub(super) async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let id = RequestId(admin.id()?);
    let found = admin.read(move |tx, caller| of_request(tx, caller, id)).await?;
    let frame = admin.frame();
    let (mut facts, mut ways) = (Vec::new(), Vec::new());
    if let Some(view) = &found.view {
        let request = &view.request;
        facts.push(fact(frame, "admin-for-whom", person(frame, &view.allowed)));
        facts.push(fact(frame, "admin-decides", person(frame, &view.target)));
        if let Some(initiator) = &found.initiator {
            facts.push(fact(frame, "admin-filed-by", person(frame, initiator)));
        }
        if let Some(app) = &found.app {
            let path = frame.to(&format!("/admin/keys/{}", app.id));
            facts.push(fact(frame, "admin-app", Cell::of(frame.reader.name(&app.name)).to(path)));
        }
        facts.push(fact(frame, "admin-what", bundle(frame, &view.bundle)));
        let asked = format!("{}, {}", frame.reader.level_label(view.level), until(frame, request.until));
        facts.push(fact(frame, "admin-asked-for", Cell::of(asked)));
        if let Some(share) = &found.grant {
            let level = frame.reader.level_label(share.grant.level);
            let given = format!("{level}, {}", until(frame, share.grant.ends_at.map(Until::At)));
            let path = frame.to(&format!("/admin/grants/{}", share.grant.id));
            let is_less = request.decision.as_ref().is_some_and(|decision| decision.is_narrowed);
            let note = if is_less { frame.say("admin-less").to_string() } else { String::new() };
            facts.push(fact(frame, "admin-given", Cell::of(given).to(path).note(note)));
        }
        facts.push(fact(frame, "admin-asked-at", Cell::of(moment(frame, request.created_at))));
        facts.push(fact(frame, "admin-expires-at", Cell::of(moment(frame, request.expires_at))));
        facts.push(fact(frame, "admin-email", Cell::of(mail_state(frame, request))));
        if let Some(message) = &request.message {
            facts.push(fact(frame, "admin-message", Cell::of(message)));
        }
        if let Some(renewed) = request.renews {
            let cell = Cell::of(format!("#{renewed}")).to(frame.to(&format!("/admin/grants/{renewed}")));
            facts.push(fact(frame, "admin-renews", cell));
        }
        if request.state_at(frame.now) == RequestState::Pending {
            let resend = ["admin-resend", "admin-resend-what", "admin-resend-button"];
            ways.push(Way::form(frame, &format!("{PATH}/{id}/resend"), resend));
            let cancel = ["admin-cancel", "admin-cancel-what", "admin-cancel-button"];
            ways.push(Way::form(frame, &format!("{PATH}/{id}/cancel"), cancel));
        }
    }
    let lines = history::whole(frame, &found.trail, found.view.as_ref());
    let mut parts = vec![Part::history(frame.say("admin-story"), lines)];
    if !found.trail.emails.is_empty() {
        parts.push(Part::table(frame.say("admin-its-emails"), super::outbox::table(frame, &found.trail.emails)));
    }
    if let Some(share) = &found.grant {
        parts.push(Part::table(frame.say("admin-came-of-it"), tables::grants(frame, std::slice::from_ref(share))));
    }
    let heading = frame.say("admin-request-number").with("number", id).to_string();
    let purged = || (frame.say("admin-purged").to_string(), "");
    let state = Some(found.view.as_ref().map_or_else(purged, |view| request_state(frame, &view.request)));
    Detail { frame, heading, state, said: said(frame, &fields), facts, ways, parts }.answer()
}
