//! Audit rows as lines for people.

use super::format::{email_kind, in_full, moment};
use super::view::{Cell, Line, Table};
use crate::clock::from_micros;
use crate::domain::{EmailState, RequestState};
use crate::pages::format::why_cancelled;
use crate::pages::layout::Frame;
use crate::workflow::admin::history::Trail;
use crate::workflow::admin::lists::{Addressed, Entry};
use crate::workflow::requests::view::RequestView;

/// What happened.
pub(super) fn event(frame: &Frame, name: &str) -> String {
    frame.say("admin-event").with("event", name.replace(['.', '_'], "-")).with("word", name).to_string()
}

/// Who did it: a person, an app, both, or the instance itself, as the end of a sentence or alone.
fn who(frame: &Frame, entry: &Entry, is_alone: bool) -> String {
    let row = &entry.row;
    let person = || match (&entry.actor, row.actor_id) {
        (Some(user), _) => Some(in_full(user)),
        (None, Some(id)) => Some(format!("#{id}")),
        (None, None) => None,
    };
    let app = || match (&entry.app, row.key_id) {
        (Some(name), _) => Some(frame.reader.name(name)),
        (None, Some(id)) => Some(format!("#{id}")),
        (None, None) => None,
    };
    match (person(), app()) {
        (Some(person), Some(app)) if is_alone => frame.say("admin-through").with("who", person).with("app", app).to_string(),
        (Some(person), Some(app)) => frame.say("admin-by-through").with("who", person).with("app", app).to_string(),
        (Some(person), None) if is_alone => person,
        (Some(person), None) => frame.say("admin-by").with("who", person).to_string(),
        (None, Some(app)) if is_alone => frame.say("admin-the-app").with("app", app).to_string(),
        (None, Some(app)) => frame.say("admin-by-app").with("app", app).to_string(),
        (None, None) if is_alone => frame.say("admin-the-house").to_string(),
        (None, None) => frame.say("admin-by-house").to_string(),
    }
}

fn tone(event: &str) -> &'static str {
    match event {
        "request.approved" | "grant.made" | "grant.prolonged" => "good",
        "request.declined" | "request.cancelled" | "grant.revoked" | "grant.deleted" | "letter.bounced" => "bad",
        _ => "",
    }
}

/// An email as a line: its kind, its reader, and its delivery.
fn email_line(frame: &Frame, (email, reader): &Addressed) -> Line {
    let mut notes = vec![frame.say("admin-line-went").with("state", email.state).to_string()];
    notes.extend(email.last_error.clone());
    let to = |reader| frame.say("admin-line-to").with("who", in_full(reader)).to_string();
    Line {
        at: moment(frame, email.created_at),
        what: frame.say("admin-line-email").with("kind", email_kind(frame, email)).to_string(),
        who: reader.as_ref().map(to).unwrap_or_default(),
        notes,
        tone: if email.state == EmailState::Dead { "bad" } else { "" },
    }
}

/// Audit rows and emails in order of time; at the same moment, the cause before its emails.
pub(super) fn whole(frame: &Frame, trail: &Trail, view: Option<&RequestView>) -> Vec<Line> {
    let written = trail.entries.iter().map(|entry| from_micros(entry.row.at)).zip(lines(frame, &trail.entries, view));
    let mailed = trail.emails.iter().map(|one| (one.0.created_at, email_line(frame, one)));
    let mut all: Vec<_> = written.chain(mailed).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, line)| line).collect()
}

/// Audit rows as lines. If the request is known, the decision's line has its reason.
fn lines(frame: &Frame, entries: &[Entry], view: Option<&RequestView>) -> Vec<Line> {
    let decision = view.and_then(|view| view.request.decision.as_ref().map(|decision| (view.request.state, decision)));
    let line = |entry: &Entry| {
        let row = &entry.row;
        let mut notes = Vec::new();
        if let Some(peer) = &row.peer {
            notes.push(frame.say("admin-from").with("peer", peer).to_string());
        }
        let cause = view.filter(|_| row.event == "request.cancelled").and_then(|view| view.request.why_cancelled());
        match cause {
            Some(why) => notes.push(frame.say(why_cancelled(Some(why))).to_string()),
            None => notes.extend(row.detail.clone()),
        }
        if let Some((state, decision)) = decision
            && (state == RequestState::Declined && row.event == "request.declined"
                || state == RequestState::Approved && row.event == "request.approved")
        {
            let words = view.and_then(|view| view.request.words());
            notes.extend(words.map(|words| frame.say("admin-reason").with("reason", words).to_string()));
            notes.extend(decision.is_narrowed.then(|| frame.say("admin-less").to_string()));
        }
        Line {
            at: moment(frame, from_micros(row.at)),
            what: event(frame, &row.event),
            who: who(frame, entry, false),
            notes,
            tone: tone(&row.event),
        }
    };
    entries.iter().map(line).collect()
}

/// Audit rows as a table.
pub(super) fn table(frame: &Frame, entries: &[Entry]) -> Table {
    const HEAD: [&str; 4] = ["admin-when", "admin-happened", "admin-about", "admin-who"];
    let about = |entry: &Entry| {
        let row = &entry.row;
        if let Some(id) = row.grant_id {
            let cell = Cell::of(frame.say("admin-grant-number").with("number", id)).to(frame.to(&format!("/admin/grants/{id}")));
            return row.request_id.map_or(cell.clone(), |id| cell.note(frame.say("admin-request-number").with("number", id)));
        }
        if let Some(id) = row.request_id {
            let cell = Cell::of(frame.say("admin-request-number").with("number", id));
            return cell.to(frame.to(&format!("/admin/requests/{id}")));
        }
        let Some(id) = row.subject_id else { return Cell::default() };
        let cell = Cell::of(format!("#{id}"));
        match row.event.split('.').next() {
            Some("user") => cell.to(frame.to(&format!("/admin/users/{id}"))),
            Some("bundle") => cell.to(frame.to(&format!("/admin/bundles/{id}"))),
            Some("key") => cell.to(frame.to(&format!("/admin/keys/{id}"))),
            Some("letter") => cell.to(frame.to(&format!("/admin/emails/queue/{id}"))),
            _ => cell,
        }
    };
    let row = |entry: &Entry| {
        let row = &entry.row;
        vec![
            Cell::of(moment(frame, from_micros(row.at))).note(format!("{}:{}", row.chain, row.seq)),
            Cell::of(event(frame, &row.event)).note(row.detail.clone().unwrap_or_default()),
            about(entry),
            Cell::of(who(frame, entry, true)).note(row.peer.clone().unwrap_or_default()),
        ]
    };
    Table::new(frame, "admin-audit", &HEAD, entries.iter().map(row).collect())
}
