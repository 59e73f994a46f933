//! A signed-in person proves that they read their mailbox: a code is emailed to them and entered in the same session. Sessions
//! that were opened with a password or at a provider need that before they decide.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;

use super::context::{RequestContext, Signed, done, place, put, shown};
use super::cookies::Kind;
use super::error::{Outcome, PageError, page};
use super::forms::{Fields, Problem};
use super::layout::Frame;
use super::return_to::{self, local};
use super::sign_in::EnterCode;
use crate::auth::Tried;
use crate::workflow::account_changes;

const HERE: &str = return_to::CONFIRM;
const CODE: &str = "/account/confirm/code";

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, HERE, [shown(show), done(ask_code)]);
    place(routes, CODE, [shown(show_code), done(by_code)]);
}

#[derive(Template)]
#[template(path = "pages/confirm.html")]
struct Confirm<'a> {
    frame: &'a Frame,
    address: String,
    next: String,
}

/// Whether there is nothing to confirm: the mailbox is proved, and no change of the account by somebody else waits.
fn is_confirmed(visit: &RequestContext, signed: &Signed) -> bool {
    signed.has_mailbox && signed.user.decides_from.is_none_or(|from| from <= visit.frame.now)
}

/// The signed-in person and the page to continue at.
fn waiting<'a>(visit: &'a RequestContext, fields: &Fields) -> Result<(&'a Signed, String), PageError> {
    Ok((visit.signed_or_to("/inbox")?, local(fields.one("next"))))
}

async fn show(visit: RequestContext, fields: Fields) -> Outcome {
    let (signed, next) = waiting(&visit, &fields)?;
    if is_confirmed(&visit, signed) {
        return Ok(visit.frame.see(&next));
    }
    page(StatusCode::OK, &Confirm { frame: &visit.frame, address: signed.user.email.to_string(), next })
}

async fn ask_code(visit: RequestContext, fields: Fields) -> Outcome {
    let (signed, next) = waiting(&visit, &fields)?;
    send_code(&visit, signed).await?;
    Ok(visit.frame.see(&return_to::then(CODE, &next)))
}

/// Emails a code that works in this session only.
pub(super) async fn send_code(visit: &RequestContext, signed: &Signed) -> Result<(), PageError> {
    Ok(visit.auth.request_code(signed.user.email.as_str(), &visit.frame.csrf_seed, &visit.source()).await?)
}

/// Checks such a code; the sentence that says what is wrong with it, if anything.
pub(super) async fn check_code(visit: &RequestContext, signed: &Signed, code: &str) -> Result<Option<Problem>, PageError> {
    let say = |sentence| Ok(Some(Problem::new("code", sentence)));
    match visit.auth.try_code(signed.user.email.as_str(), code, &visit.frame.csrf_seed, &visit.source()).await? {
        Tried::Right(_) => Ok(None),
        Tried::Wrong(left) => say(visit.frame.say("code-wrong-left").count("left", usize::try_from(left).unwrap_or_default())),
        Tried::NoCode => say(visit.frame.say("code-dead")),
    }
}

fn code_page(visit: &RequestContext, signed: &Signed, next: String, problems: Vec<Problem>) -> Outcome {
    let whereto = visit.frame.say("code-to-address").strong("address", &signed.user.email).html();
    let hidden = vec![("next", next)];
    let (button, can_remember) = ("confirm-button", true);
    EnterCode { frame: &visit.frame, whereto, enter: CODE, again: HERE, button, can_remember, hidden, back: None, problems }
        .show()
}

/// Asks for a code that is emailed at this moment, whatever the session has proved, before a form may do what it does: for acts
/// that are hard to take back. `act` is the form's target and `kept` are its fields, which the page of the code sends again with
/// the code. None if the code is right.
pub(super) async fn fresh_code(
    visit: &RequestContext,
    signed: &Signed,
    fields: &Fields,
    (act, button): (&'static str, &'static str),
    kept: &[&'static str],
) -> Result<Option<HttpResponse>, PageError> {
    let problems = match fields.filled("code") {
        Some(code) => match check_code(visit, signed, code).await? {
            None => return Ok(None),
            Some(problem) => vec![problem],
        },
        None if fields.has("code") => vec![Problem::new("code", visit.frame.say("code-missing"))],
        None => {
            send_code(visit, signed).await?;
            Vec::new()
        }
    };
    let whereto = visit.frame.say("fresh-code-to").strong("address", &signed.user.email).html();
    let again = |name: &&'static str| fields.all(name).map(|value| (*name, value.to_owned())).collect::<Vec<_>>();
    let hidden = kept.iter().flat_map(again).collect();
    let page = EnterCode {
        frame: &visit.frame,
        whereto,
        enter: act,
        again: act,
        button,
        can_remember: false,
        hidden,
        back: None,
        problems,
    };
    page.show().map(Some)
}

async fn show_code(visit: RequestContext, fields: Fields) -> Outcome {
    let (signed, next) = waiting(&visit, &fields)?;
    if is_confirmed(&visit, signed) {
        return Ok(visit.frame.see(&next));
    }
    code_page(&visit, signed, next, Vec::new())
}

async fn by_code(visit: RequestContext, fields: Fields) -> Outcome {
    let (signed, next) = waiting(&visit, &fields)?;
    let Some(code) = fields.filled("code") else {
        return code_page(&visit, signed, next, vec![Problem::new("code", visit.frame.say("code-missing"))]);
    };
    if let Some(problem) = check_code(&visit, signed, code).await? {
        return code_page(&visit, signed, next, vec![problem]);
    }
    visit.auth.prove_mailbox(signed.user.id, signed.session).await?;
    let (caller, user) = (signed.caller.clone(), signed.user.id);
    visit.store.write(move |tx| account_changes::confirm_by_code(tx, &caller, user)).await?;
    let mut response = visit.frame.see(&next);
    if fields.has("remember") {
        let value = visit.auth.remember_browser(&signed.caller, signed.user.id, &visit.agent()).await?;
        put(&mut response, &visit.cookies.keep(Kind::Remembered, value.to_string()));
    }
    Ok(response)
}
