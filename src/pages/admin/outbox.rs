//! The outbox: what waits, what went, what was given up and why.

use actix_web::http::StatusCode;

use super::context::Keeper;
use super::format::{fact, letter_kind, letter_state, moment, person};
use super::view::{Cell, Detail, List, Tab, Table, Way, after, following, said};
use crate::domain::{LetterId, LetterState};
use crate::pages::error::{Outcome, Trouble, page};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::store::outbox::{self, QueuedLetter};
use crate::workflow::Refusal;
use crate::workflow::admin::lists::{self, Addressed, PAGE};

pub(super) const PATH: &str = "/admin/letters/queue";
const PARTS: [Option<LetterState>; 5] =
    [None, Some(LetterState::Queued), Some(LetterState::Dead), Some(LetterState::Sent), Some(LetterState::Cancelled)];

/// What a letter is about.
fn about(frame: &Frame, letter: &QueuedLetter) -> Cell {
    if let Some(id) = letter.request {
        let cell = Cell::of(frame.say("admin-request-number").with("number", id));
        return cell.to(frame.to(&format!("/admin/requests/{id}")));
    }
    let Some(id) = letter.grant else { return Cell::default() };
    Cell::of(frame.say("admin-grant-number").with("number", id)).to(frame.to(&format!("/admin/grants/{id}")))
}

/// When it was caused, and where it waits when it goes next.
fn next(frame: &Frame, letter: &QueuedLetter) -> String {
    let next = || frame.say("admin-next-try").with("moment", moment(frame, letter.next_at)).to_string();
    if letter.state == LetterState::Queued { next() } else { String::new() }
}

/// Letters as a table.
pub(super) fn table(frame: &Frame, letters: &[Addressed]) -> Table {
    const HEAD: [&str; 6] = ["admin-letter", "admin-reader", "admin-state", "admin-tries", "admin-about", "admin-when"];
    let row = |(letter, reader): &Addressed| {
        let error = letter.last_error.clone().unwrap_or_default();
        vec![
            Cell::of(letter_kind(frame, letter)).to(frame.to(&format!("{PATH}/{}", letter.id))).note(format!("#{}", letter.id)),
            reader.as_ref().map_or_else(Cell::default, |reader| person(frame, reader)),
            Cell::state(letter_state(frame, letter.state)).note(error),
            Cell::of(letter.attempts),
            about(frame, letter),
            Cell::of(moment(frame, letter.created_at)).note(next(frame, letter)),
        ]
    };
    Table::new(frame, "admin-queue", &HEAD, letters.iter().map(row).collect())
}

fn path(state: Option<LetterState>) -> String {
    state.map_or_else(|| PATH.to_owned(), |state| format!("{PATH}?state={state}"))
}

pub(super) async fn list(keeper: Keeper, fields: Fields) -> Outcome {
    let begins = after(&fields);
    let state = fields.filter("state", LetterState::parse)?;
    let found = keeper.read(move |tx, caller| lists::letters(tx, caller, state, begins, PAGE)).await?;
    let frame = keeper.frame();
    let all = || frame.say("inbox-all").to_string();
    let tab = |part: Option<LetterState>| {
        let label = part.map_or_else(all, |part| letter_state(frame, part).0);
        Tab::new(frame, &path(part), label, part == state)
    };
    let list = List {
        frame,
        heading: frame.say("admin-queue").to_string(),
        only: None,
        tabs: PARTS.into_iter().map(tab).collect(),
        table: table(frame, &found.items),
        ways: vec![Way::page(frame, "/admin/letters/queue/retry", "admin-retry-all")],
        said: said(frame, &fields),
        newest: begins.map(|_| frame.to(&path(state))),
        older: following(frame, &path(state), found.next),
    };
    page(StatusCode::OK, &list)
}

pub(super) async fn show(keeper: Keeper, fields: Fields) -> Outcome {
    let id = LetterId(keeper.id()?);
    let found = keeper
        .visit
        .store
        .read(move |tx| {
            let letter = outbox::find(tx, id)?;
            Ok::<_, Refusal>(lists::addressed(tx, letter.into_iter().collect())?.pop())
        })
        .await?;
    let (letter, reader) = found.ok_or(Trouble::NotFound)?;
    let frame = keeper.frame();
    let mut facts = vec![
        fact(frame, "admin-reader", reader.as_ref().map_or_else(Cell::default, |reader| person(frame, reader))),
        fact(frame, "admin-about", about(frame, &letter)),
        fact(frame, "admin-when", Cell::of(moment(frame, letter.created_at)).note(next(frame, &letter))),
        fact(frame, "admin-tries", Cell::of(letter.attempts)),
    ];
    if let Some(error) = &letter.last_error {
        facts.push(fact(frame, "admin-last-answer", Cell::of(error)));
    }
    if let Some(message) = &letter.message_id {
        facts.push(fact(frame, "admin-message-id", Cell::of(message)));
    }
    let mut ways = Vec::new();
    if matches!(letter.state, LetterState::Queued | LetterState::Dead) {
        let keys = ["admin-retry", "admin-retry-what", "admin-retry-button"];
        ways.push(Way::form(frame, &format!("{PATH}/{id}/retry"), keys));
    }
    let heading = format!("{} #{id}", letter_kind(frame, &letter));
    let state = Some(letter_state(frame, letter.state));
    Detail { frame, heading, state, said: said(frame, &fields), facts, ways, parts: Vec::new() }.answer()
}
