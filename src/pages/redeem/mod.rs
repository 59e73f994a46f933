//! From the email to the decision. Opening the link changes nothing: the token moves into a short-lived cookie, the address bar
//! loses it, and the recipient signs in, reviews the request and presses a button. Mail scanners, which follow every link, end
//! at a sign-in page.

mod closed;
mod decide;
mod review;
mod sign_in;

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;
use zeroize::Zeroizing;

use self::closed::ClosedView;
use super::context::{RequestContext, Signed, done, place, put, shown};
use super::cookies::Kind;
use super::error::{Lost, Message, Outcome, PageError, no_cookie, page};
use super::format;
use super::forms::Fields;
use super::layout::Frame;
use crate::domain::RequestState;
use crate::secret::{Secret, SecretKind};
use crate::workflow::requests::link::{self, Matter, Recipient};
use crate::workflow::{What, WorkflowError};

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/redeem", [shown(open)]);
    place(routes, "/redeem/done", [shown(show_done)]);
    place(routes, "/redeem/sign-in", [done(sign_in::by_password)]);
    place(routes, "/redeem/code", [shown(sign_in::show_code), done(sign_in::ask_code)]);
    place(routes, "/redeem/code/enter", [done(sign_in::by_code)]);
    place(routes, "/redeem/switch", [done(switch)]);
    place(routes, "/redeem/approve", [done(decide::approve)]);
    place(routes, "/redeem/decline", [done(decide::decline)]);
    place(routes, "/redeem/undo", [done(decide::undo)]);
    place(routes, "/redeem/block", [done(decide::block)]);
    place(routes, "/redeem/unblock", [done(decide::unblock)]);
    place(routes, "/redeem/fresh", [shown(decide::show_fresh), done(decide::fresh)]);
}

type Token = Zeroizing<String>;

/// The parameter in the URL after an opened link. If the cookie is missing there, the browser keeps none.
const OPENED: &str = "opened";

/// The token in this browser's cookie.
fn token(visit: &RequestContext) -> Option<Token> {
    let value = Zeroizing::new(visit.cookies.get(&visit.request, Kind::Link)?);
    Secret::parse(SecretKind::Redeem, &value).map(|_| value)
}

/// The recipient of the token. Unknown tokens count against a limit.
async fn recipient(visit: &RequestContext, token: &Token) -> Result<Recipient, PageError> {
    let text = token.clone();
    match visit.store.read(move |tx| link::recipient(tx, &text)).await {
        Ok(recipient) => Ok(recipient),
        Err(WorkflowError::NotFound(What::Token)) => {
            visit.rates.bad_token(visit.peer).map_err(PageError::TooFast)?;
            Err(PageError::NotALink)
        }
        Err(other) => Err(other.into()),
    }
}

/// The reader: not signed in, the recipient, or somebody else.
enum Here<'a> {
    Nobody,
    Reader(&'a Signed),
    Other(&'a Signed),
}

impl<'a> Here<'a> {
    fn of(visit: &'a RequestContext, recipient: &Recipient) -> Self {
        match &visit.signed {
            None => Self::Nobody,
            Some(signed) if signed.user.id == recipient.user.id => Self::Reader(signed),
            Some(signed) => Self::Other(signed),
        }
    }
}

/// The request of the token, for its reader; `Err` is the state in which its details are not shown.
async fn matter(visit: &RequestContext, signed: &Signed, token: &Token) -> Result<Matter, WorkflowError> {
    let (caller, text) = (signed.caller.clone(), token.clone());
    visit.store.read(move |tx| link::matter(tx, &caller, &text)).await
}

async fn open(visit: RequestContext, fields: Fields) -> Outcome {
    if let Some(text) = presented(&fields) {
        return arrive(&visit, text);
    }
    let Some(token) = token(&visit) else {
        return if fields.has(OPENED) { no_cookie(&visit.frame, Lost::Link) } else { no_link(&visit.frame) };
    };
    // The parameter has served its purpose, and is removed from the address bar.
    if fields.has(OPENED) {
        return Ok(visit.frame.see("/redeem"));
    }
    visit.count_redeem()?;
    let recipient = recipient(&visit, &token).await?;
    match Here::of(&visit, &recipient) {
        Here::Nobody => sign_in::show(&visit, &recipient, Vec::new()),
        Here::Other(signed) => wrong_account(&visit, signed, &recipient),
        Here::Reader(signed) => match matter(&visit, signed, &token).await {
            Ok(matter) if matter.view.request.state_at(visit.frame.now) == RequestState::Pending => {
                review::show(&visit.frame, &matter, &review::Entered::default(), Vec::new())
            }
            Ok(matter) => {
                closed::show(&visit.frame, StatusCode::GONE, &ClosedView::of(&visit.frame, &matter, recipient.is_current))
            }
            Err(WorkflowError::Closed(closed)) => {
                let view = ClosedView::closed(&visit.frame, closed, recipient.request.state_at(visit.frame.now));
                closed::show(&visit.frame, StatusCode::GONE, &view)
            }
            Err(other) => Err(other.into()),
        },
    }
}

/// The token in the URL. A mail program that writes `&` as `&amp;` changes the name before the `=`.
fn presented(fields: &Fields) -> Option<&str> {
    if fields.has("token") {
        return Some(fields.one("token").unwrap_or_default());
    }
    fields.texts().find(|text| text.contains(SecretKind::Redeem.prefix()))
}

/// Moves the token of an opened link from the URL into the cookie, and nothing else.
fn arrive(visit: &RequestContext, text: &str) -> Outcome {
    let token = Secret::find(SecretKind::Redeem, text).ok_or(PageError::NotALink)?;
    let mut response = visit.frame.see(&format!("/redeem?{OPENED}"));
    put(&mut response, &visit.cookies.keep(Kind::Link, token.reveal().to_string()));
    Ok(response)
}

fn no_link(frame: &Frame) -> Outcome {
    let message = Message::waiting(frame, "no-link-heading", ["no-link-why", "no-link-do"], ("/inbox", "no-link-inbox"));
    page(StatusCode::OK, &message)
}

/// Shows the result after the action.
async fn show_done(visit: RequestContext, _: Fields) -> Outcome {
    let Some(token) = token(&visit) else { return no_link(&visit.frame) };
    let recipient = recipient(&visit, &token).await?;
    let Here::Reader(signed) = Here::of(&visit, &recipient) else { return Ok(visit.frame.see("/redeem")) };
    match matter(&visit, signed, &token).await {
        Ok(matter) if matter.view.request.state_at(visit.frame.now) == RequestState::Pending => Ok(visit.frame.see("/redeem")),
        Ok(matter) => closed::show(&visit.frame, StatusCode::OK, &ClosedView::of(&visit.frame, &matter, recipient.is_current)),
        Err(WorkflowError::Closed(_)) => Ok(visit.frame.see("/redeem")),
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "pages/wrong_account.html")]
struct WrongAccount<'a> {
    frame: &'a Frame,
    mine: String,
    theirs: Option<String>,
}

fn wrong_account(visit: &RequestContext, signed: &Signed, recipient: &Recipient) -> Outcome {
    let theirs = recipient.is_current.then(|| format::masked(&recipient.user.email));
    let shown = WrongAccount { frame: &visit.frame, mine: signed.user.email.to_string(), theirs };
    page(StatusCode::FORBIDDEN, &shown)
}

/// Signs out and returns with the same email.
async fn switch(visit: RequestContext, _: Fields) -> Outcome {
    visit.sign_out("/redeem?other").await
}
