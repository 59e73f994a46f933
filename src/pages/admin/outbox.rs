//! The outbox: queued, sent and failed emails, with reasons.

use super::context::AdminContext;
use super::format::{email_kind, email_state, fact, moment, person};
use super::view::{Cell, Detail, List, Tab, Table, Way, after, said};
use crate::domain::{EmailId, EmailState};
use crate::pages::error::{Outcome, PageError};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::outbox::{self, QueuedEmail};
use crate::workflow::admin::lists::{self, Addressed, PAGE};

pub(super) const PATH: &str = "/admin/emails/queue";
const PARTS: [Option<EmailState>; 5] =
    [None, Some(EmailState::Queued), Some(EmailState::Dead), Some(EmailState::Sent), Some(EmailState::Cancelled)];

/// The subject of an email.
fn about(frame: &Frame, email: &QueuedEmail) -> Cell {
    if let Some(id) = email.request {
        let cell = Cell::of(frame.say("admin-request-number").with("number", id));
        return cell.to(frame.to(&format!("/admin/requests/{id}")));
    }
    let Some(id) = email.grant else { return Cell::default() };
    Cell::of(frame.say("admin-grant-number").with("number", id)).to(frame.to(&format!("/admin/grants/{id}")))
}

/// When it was queued, and when the next try is.
fn next(frame: &Frame, email: &QueuedEmail) -> String {
    let next = || frame.say("admin-next-try").with("moment", moment(frame, email.next_at)).to_string();
    if email.state == EmailState::Queued { next() } else { String::new() }
}

pub(super) fn table(frame: &Frame, emails: &[Addressed]) -> Table {
    const HEAD: [&str; 6] = ["admin-email", "admin-reader", "admin-state", "admin-tries", "admin-about", "admin-when"];
    let row = |(email, reader): &Addressed| {
        let error = email.last_error.clone().unwrap_or_default();
        vec![
            Cell::of(email_kind(frame, email)).to(frame.to(&format!("{PATH}/{}", email.id))).note(format!("#{}", email.id)),
            reader.as_ref().map_or_else(Cell::default, |reader| person(frame, reader)),
            Cell::state(email_state(frame, email.state)).note(error),
            Cell::of(email.attempts),
            about(frame, email),
            Cell::of(moment(frame, email.created_at)).note(next(frame, email)),
        ]
    };
    Table::new(frame, "admin-queue", &HEAD, emails.iter().map(row).collect())
}

fn path(state: Option<EmailState>) -> String {
    state.map_or_else(|| PATH.to_owned(), |state| format!("{PATH}?state={state}"))
}

pub(super) async fn list(admin: AdminContext, fields: Fields) -> Outcome {
    let begins = after(&fields);
    let state = fields.filter("state", EmailState::parse)?;
    let found = admin.read(move |tx, caller| lists::emails(tx, caller, state, begins, PAGE)).await?;
    let frame = admin.frame();
    let all = || frame.say("inbox-all").to_string();
    let tab = |part: Option<EmailState>| {
        let label = part.map_or_else(all, |part| email_state(frame, part).0);
        Tab::new(frame, &path(part), label, part == state)
    };
    let list = List::new(frame, "admin-queue", table(frame, &found.items), &path(state), begins, found.next);
    List {
        tabs: PARTS.into_iter().map(tab).collect(),
        ways: vec![Way::page(frame, "/admin/emails/queue/retry", "admin-retry-all")],
        said: said(frame, &fields),
        ..list
    }
    .answer()
}

pub(super) async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let id = EmailId(admin.id()?);
    let read = admin.read(move |tx, _| {
        let email = outbox::find(tx, id)?;
        Ok(lists::addressed(tx, email.into_iter().collect())?.pop())
    });
    let found = read.await?;
    let (email, reader) = found.ok_or(PageError::NotFound)?;
    let frame = admin.frame();
    let mut facts = vec![
        fact(frame, "admin-reader", reader.as_ref().map_or_else(Cell::default, |reader| person(frame, reader))),
        fact(frame, "admin-about", about(frame, &email)),
        fact(frame, "admin-when", Cell::of(moment(frame, email.created_at)).note(next(frame, &email))),
        fact(frame, "admin-tries", Cell::of(email.attempts)),
    ];
    if let Some(error) = &email.last_error {
        facts.push(fact(frame, "admin-last-answer", Cell::of(error)));
    }
    if let Some(message) = &email.message_id {
        facts.push(fact(frame, "admin-message-id", Cell::of(message)));
    }
    let mut ways = Vec::new();
    if matches!(email.state, EmailState::Queued | EmailState::Dead) {
        let keys = ["admin-retry", "admin-retry-what", "admin-retry-button"];
        ways.push(Way::form(frame, &format!("{PATH}/{id}/retry"), keys));
    }
    let heading = format!("{} #{id}", email_kind(frame, &email));
    let state = Some(email_state(frame, email.state));
    Detail { frame, heading, state, said: said(frame, &fields), facts, ways, parts: Vec::new() }.answer()
}
