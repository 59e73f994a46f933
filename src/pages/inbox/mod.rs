//! The inbox of a signed-in person: requests for them, their requests, access that they gave, access that they have; each with
//! actions in place.

pub(super) mod access;
mod actions;
mod blocked;
mod export;
mod requests;
mod view;

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;

use self::view::{Card, List, Said, View};
use super::context::{RequestContext, done, place, shown};
use super::error::{Outcome, page};
use super::forms::Fields;
use super::layout::Frame;
use crate::domain::{Caller, Page};
use crate::store::Tx;
use crate::workflow::WorkflowError;
use crate::workflow::inbox::{self, Asked, Listed, Received};
use crate::workflow::shares::Share;

/// Cards on a page. Each has forms of its own, and with more cards the page and its styles would exceed 50 KB.
const CARDS: i64 = 10;
/// The most pages; the export has the rest.
const PAGES_MOST: i64 = 500;

pub(super) fn routes(routes: &mut ServiceConfig) {
    for list in List::ALL {
        place(routes, list.path(), [shown(move |visit, fields| show(visit, fields, list))]);
    }
    place(routes, "/inbox/blocked", [shown(blocked::show)]);
    place(routes, "/inbox/export/{file}", [shown(export::export)]);
    place(routes, "/inbox/link", [done(actions::mail_link)]);
    place(routes, "/inbox/decline", [done(actions::decline)]);
    place(routes, "/inbox/withdraw", [done(actions::withdraw)]);
    place(routes, "/inbox/resend", [done(actions::resend)]);
    place(routes, "/inbox/again", [done(actions::again)]);
    place(routes, "/inbox/revoke", [done(actions::revoke)]);
    place(routes, "/inbox/block", [done(actions::block)]);
    place(routes, "/inbox/unblock", [done(actions::unblock)]);
}

/// The rows of a list.
enum Items {
    OfYou(Listed<Received>),
    ByYou(Listed<Asked>),
    Given(Listed<Share>),
    Held(Listed<Share>),
}

fn read(tx: &mut Tx<'_>, caller: &Caller, view: &View, page: Page) -> Result<Items, WorkflowError> {
    Ok(match view.list {
        List::OfYou => Items::OfYou(inbox::asked_of(tx, caller, view.standing, page)?),
        List::ByYou => Items::ByYou(inbox::asked_by(tx, caller, view.standing, page)?),
        List::Given => Items::Given(inbox::given(tx, caller, view.standing, page)?),
        List::Held => Items::Held(inbox::held(tx, caller, view.standing, page)?),
    })
}

/// A link to another list or filter.
struct Turn {
    path: String,
    label: String,
    /// The number of pending rows there.
    count: i64,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "pages/inbox.html")]
struct Inbox<'a> {
    frame: &'a Frame,
    view: View,
    said: Option<Said>,
    lists: Vec<Turn>,
    standings: Vec<Turn>,
    cards: Vec<Card>,
    newer: Option<String>,
    older: Option<String>,
}

async fn show(visit: RequestContext, fields: Fields, list: List) -> Outcome {
    let signed = visit.signed_or_to(list.path())?;
    let me = signed.user.id;
    let view = View::read(list, &fields)?;
    let part = Page { limit: CARDS, offset: (view.page - 1) * CARDS };
    let look = move |tx: &mut Tx<'_>, caller: &Caller| -> Result<_, WorkflowError> {
        Ok((inbox::waiting(tx, caller)?, read(tx, caller, &view, part)?))
    };
    let (waiting, items) = visit.read(&signed.caller, look).await?;
    let frame = &visit.frame;
    let (cards, has_more): (Vec<Card>, bool) = match items {
        Items::OfYou(listed) => {
            (listed.items.iter().map(|received| requests::of_you(frame, received)).collect(), listed.has_more)
        }
        Items::ByYou(listed) => (listed.items.iter().map(|asked| requests::by_you(frame, asked)).collect(), listed.has_more),
        Items::Given(listed) => (listed.items.iter().map(|share| access::given(frame, share)).collect(), listed.has_more),
        Items::Held(listed) => (listed.items.iter().map(|share| access::held(frame, share, me)).collect(), listed.has_more),
    };
    let turn = |to: View, label: &'static str, count: i64, is_here: bool| Turn {
        path: frame.to(&to.path()),
        label: frame.say(label).to_string(),
        count,
        is_here,
    };
    let lists = List::ALL.map(|list| {
        let count = if list == List::OfYou { waiting } else { 0 };
        turn(View::of(list), list.heading(), count, list == view.list)
    });
    let standings =
        View::STANDINGS.map(|standing| turn(view.with(standing), view.list.standing(standing), 0, standing == view.standing));
    let turned = |page: i64| frame.to(&View { page, ..view }.path());
    let inbox = Inbox {
        frame,
        view,
        said: Said::read(frame, &fields),
        lists: lists.into(),
        standings: standings.into(),
        cards,
        newer: (view.page > 1).then(|| turned(view.page - 1)),
        older: (has_more && view.page < PAGES_MOST).then(|| turned(view.page + 1)),
    };
    page(StatusCode::OK, &inbox)
}
