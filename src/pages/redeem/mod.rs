//! From the email or the inbox to the decision. Opening the link changes nothing: the token moves into a short-lived cookie, the address bar
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
use super::return_to;
use crate::domain::{RequestId, RequestState};
use crate::secret::{Secret, SecretKind};
use crate::workflow::requests::link::{self, Matter, Recipient, Way};
use crate::workflow::{What, WhyForbidden, WorkflowError, account_changes, inbox};

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

/// The field and the parameter that name a request: in the forms of its pages, and where the reader comes from the inbox.
const REQUEST: &str = "request";

/// How this browser comes to a request, and who may open it.
struct Reached {
    way: Way,
    recipient: Recipient,
}

impl Reached {
    /// The path of a page about the request.
    fn path(&self, path: &str) -> String {
        match self.way {
            Way::Link(_) => path.to_owned(),
            Way::Inbox { request, .. } => path_in_inbox(path, request),
        }
    }
}

fn path_in_inbox(path: &str, request: RequestId) -> String {
    format!("{path}?{REQUEST}={request}")
}

/// The page on which the reader of an inbox decides a request.
pub(super) fn path_of(request: RequestId) -> String {
    path_in_inbox("/redeem", request)
}

/// Finds how this browser comes to the request that the page or form names: by the link that it opened, if that is of this
/// request, else by the inbox of the signed-in person. Without a name it is the request of the link.
async fn reached(visit: &mut RequestContext, fields: &Fields) -> Result<Option<Reached>, PageError> {
    let named = fields.has(REQUEST).then(|| fields.one(REQUEST).and_then(|id| id.parse().ok()).filter(|id| *id > 0));
    let named = named.map(|id| id.map(RequestId).ok_or(PageError::BadForm)).transpose()?;
    let mut found = None;
    if let Some(token) = token(visit) {
        match recipient(visit, &token).await {
            Ok(recipient) if named.is_none_or(|id| id == recipient.request.id) => {
                found = Some(Reached { way: Way::Link(token), recipient });
            }
            Ok(_) => {}
            Err(PageError::NotALink) if named.is_some() => {}
            Err(other) => return Err(other),
        }
    }
    if let (None, Some(request), Some(signed)) = (&found, named, &visit.signed) {
        if !signed.has_mailbox {
            return Err(PageError::ProveMailbox { next: path_of(request) });
        }
        let recipient = visit.read(&signed.caller, move |tx, caller| link::approver(tx, caller, request)).await?;
        found = Some(Reached { way: Way::Inbox { request, session: signed.session }, recipient });
    }
    if let Some(Reached { recipient, .. }) = &found
        && matches!(Here::of(visit, recipient), Here::Reader(_))
    {
        visit.frame.request = Some(recipient.request.id);
    }
    Ok(found)
}

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

/// The request, for its reader; `Err` is the state in which its details are not shown.
async fn matter(visit: &RequestContext, signed: &Signed, way: &Way) -> Result<Matter, WorkflowError> {
    let (caller, way) = (signed.caller.clone(), way.clone());
    visit.store.read(move |tx| link::matter(tx, &caller, &way)).await
}

async fn open(mut visit: RequestContext, fields: Fields) -> Outcome {
    if let Some(text) = presented(&fields) {
        return arrive(&visit, text);
    }
    if fields.has(OPENED) {
        // The parameter has served its purpose, and is removed from the address bar.
        return if token(&visit).is_some() { Ok(visit.frame.see("/redeem")) } else { no_cookie(&visit.frame, Lost::Link) };
    }
    visit.count_redeem()?;
    let Some(reached) = reached(&mut visit, &fields).await? else { return not_reached(&visit, &fields) };
    let Reached { way, recipient } = &reached;
    match Here::of(&visit, recipient) {
        Here::Nobody => sign_in::show(&visit, recipient, Vec::new()),
        Here::Other(signed) => wrong_account(&visit, signed, recipient),
        Here::Reader(signed) => match matter(&visit, signed, way).await {
            Ok(matter) if matter.view.request.state_at(visit.frame.now) == RequestState::Pending => {
                if signed.user.decides_from.is_some_and(|from| visit.frame.now < from) {
                    let user = signed.user.clone();
                    if visit.store.read(move |tx| account_changes::is_confirmed_by_code(tx, &user)).await? {
                        return Ok(visit.frame.see(&return_to::then(return_to::CONFIRM, &reached.path("/redeem"))));
                    }
                    return Err(WorkflowError::Forbidden(WhyForbidden::AccountChanged).into());
                }
                review::show(&visit.frame, &matter, &review::Entered::default(), Vec::new())
            }
            Ok(matter) => closed::show(&visit.frame, StatusCode::GONE, &ClosedView::of(&visit.frame, &matter, &reached)),
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

/// The page of somebody who comes with neither a link nor a request of their inbox, or must sign in first.
fn not_reached(visit: &RequestContext, fields: &Fields) -> Outcome {
    match fields.one(REQUEST) {
        Some(id) => Ok(visit.frame.see(&format!("/sign-in?next=/redeem?{REQUEST}={id}"))),
        None => no_link(&visit.frame),
    }
}

fn no_link(frame: &Frame) -> Outcome {
    let message = Message::waiting(frame, "no-link-heading", ["no-link-why", "no-link-do"], ("/inbox", "no-link-inbox"));
    page(StatusCode::OK, &message)
}

/// Shows the result after the action.
async fn show_done(mut visit: RequestContext, fields: Fields) -> Outcome {
    let Some(reached) = reached(&mut visit, &fields).await? else { return not_reached(&visit, &fields) };
    let again = || Ok(visit.frame.see(&reached.path("/redeem")));
    let Here::Reader(signed) = Here::of(&visit, &reached.recipient) else { return again() };
    match matter(&visit, signed, &reached.way).await {
        Ok(matter) if matter.view.request.state_at(visit.frame.now) == RequestState::Pending => again(),
        Ok(matter) => {
            let next = visit.read(&signed.caller, inbox::next_waiting).await?;
            let view = ClosedView::of(&visit.frame, &matter, &reached).with_next(&visit.frame, next);
            closed::show(&visit.frame, StatusCode::OK, &view)
        }
        Err(WorkflowError::Closed(_)) => again(),
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
