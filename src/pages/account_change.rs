//! The page behind the link of the email about a change of an account by somebody else: one button confirms the change. It needs no
//! sign-in, since the change may have taken that from the person; the link proves the mailbox before the change.

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;

use super::context::{RequestContext, done, place, shown};
use super::error::{Message, Next, Outcome, PageError, page};
use super::forms::Fields;
use super::layout::Frame;
use crate::workflow::account_changes::{self, Waiting};
use crate::workflow::{What, WorkflowError};

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/account/changed", [shown(show), done(confirm)]);
    place(routes, "/account/changed/done", [shown(show_done)]);
}

#[derive(Template)]
#[template(path = "pages/account_changed.html")]
struct Changed<'a> {
    frame: &'a Frame,
    token: &'a str,
    what: &'static str,
    moment: String,
    until: String,
}

/// The page of a link that is not ours, or no longer needed. Unknown ones count against a limit.
fn gone(visit: &RequestContext, error: WorkflowError) -> Outcome {
    if !matches!(error, WorkflowError::NotFound(What::Token)) {
        return Err(error.into());
    }
    visit.rates.bad_token(visit.peer).map_err(PageError::TooFast)?;
    let say = |key| visit.frame.say(key).to_string();
    let message = Message {
        frame: &visit.frame,
        seal: "over",
        heading: say("changed-gone"),
        sentences: vec![say("changed-gone-why")],
        next: vec![Next { path: visit.frame.to("/sign-in"), label: say("gate-dead-sign-in") }],
    };
    page(StatusCode::NOT_FOUND, &message)
}

async fn show(visit: RequestContext, fields: Fields) -> Outcome {
    let token = fields.one("token").unwrap_or_default();
    let text = token.to_owned();
    let Waiting { what, at, until, .. } = match visit.store.read(move |tx| account_changes::of_link(tx, &text)).await {
        Ok(waiting) => waiting,
        Err(error) => return gone(&visit, error),
    };
    let reader = &visit.frame.reader;
    let (moment, until) = (reader.moment(at), reader.moment(until));
    page(StatusCode::OK, &Changed { frame: &visit.frame, token, what: what.as_str(), moment, until })
}

async fn confirm(visit: RequestContext, fields: Fields) -> Outcome {
    let (caller, text) = (visit.somebody(), fields.one("token").unwrap_or_default().to_owned());
    match visit.store.write(move |tx| account_changes::confirm(tx, &caller, &text)).await {
        Ok(()) => Ok(visit.frame.see("/account/changed/done")),
        Err(error) => gone(&visit, error),
    }
}

async fn show_done(visit: RequestContext, _: Fields) -> Outcome {
    let say = |key| visit.frame.say(key).to_string();
    let message = Message {
        frame: &visit.frame,
        seal: "yes",
        heading: say("changed-done"),
        sentences: vec![say("changed-done-what")],
        next: vec![Next { path: visit.frame.to("/inbox"), label: say("gate-dead-sign-in") }],
    };
    page(StatusCode::OK, &message)
}
