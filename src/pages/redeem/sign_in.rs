//! Signing in to answer a letter. Whose it is is known from the letter, so nobody types a name: a password, or a code to
//! the same address.

use actix_web::http::StatusCode;
use askama::Template;

use super::{Here, Token, holder, token};
use crate::auth::AuthError;
use crate::pages::forms::{Fields, Problem};
use crate::pages::sign_in::{EnterCode, wrong_code};
use crate::pages::trouble::Trouble;
use crate::pages::visit::{Frame, Outcome, Visit, page};
use crate::pages::words;
use crate::workflow::link::Holder;

#[derive(Template)]
#[template(path = "pages/redeem_sign_in.html")]
struct SignIn<'a> {
    frame: &'a Frame,
    /// Where the letter went; none where that address is no longer theirs.
    address: Option<String>,
    has_password: bool,
    problems: Vec<Problem>,
}

pub(super) fn show(visit: &Visit, holder: &Holder, problems: Vec<Problem>) -> Outcome {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let address = holder.is_current.then(|| words::masked(&holder.user.email));
    let has_password = holder.user.password_hash.is_some();
    page(status, &SignIn { frame: &visit.frame, address, has_password, problems })
}

/// The letter in hand, if its reader is not signed in yet and its address is still theirs; otherwise `/redeem` knows what
/// to show.
async fn waiting(visit: &Visit) -> Result<Option<(Token, Holder)>, Trouble> {
    let Some(token) = token(visit) else { return Ok(None) };
    let holder = holder(visit, &token).await?;
    let is_waiting = holder.is_current && matches!(Here::of(visit, &holder), Here::Nobody);
    Ok(is_waiting.then_some((token, holder)))
}

pub(super) async fn by_password(visit: Visit, fields: Fields) -> Outcome {
    let Some((_, holder)) = waiting(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let Some(password) = fields.one("password").filter(|password| !password.is_empty()) else {
        return show(&visit, &holder, vec![Problem::new("password", "Enter your password.")]);
    };
    match visit.auth.by_password(holder.user.email.as_str(), password).await {
        Ok(caller) => visit.sign_in(caller.user.ok_or(AuthError::Wrong)?, "/redeem").await,
        Err(AuthError::Wrong | AuthError::Missing) => {
            let text = "That password is not right. Check it, or have a code mailed to you.";
            show(&visit, &holder, vec![Problem::new("password", text)])
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn ask_code(visit: Visit, _: Fields) -> Outcome {
    let Some((_, holder)) = waiting(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    visit.auth.request_code(holder.user.email.as_str()).await?;
    visit.wake.up();
    Ok(visit.frame.see("/redeem/code"))
}

fn code_page(visit: &Visit, holder: &Holder, problems: Vec<Problem>) -> Outcome {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = EnterCode {
        frame: &visit.frame,
        whereto: format!("We have mailed a six-digit code to {}.", words::masked(&holder.user.email)),
        enter: "/redeem/code/enter",
        again: "/redeem/code",
        hidden: Vec::new(),
        back: "/redeem",
        problems,
    };
    page(status, &shown)
}

pub(super) async fn show_code(visit: Visit, _: Fields) -> Outcome {
    match waiting(&visit).await? {
        Some((_, holder)) => code_page(&visit, &holder, Vec::new()),
        None => Ok(visit.frame.see("/redeem")),
    }
}

pub(super) async fn by_code(visit: Visit, fields: Fields) -> Outcome {
    let Some((_, holder)) = waiting(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let Some(code) = fields.filled("code") else {
        return code_page(&visit, &holder, vec![Problem::new("code", "Enter the six digits from the letter.")]);
    };
    match visit.auth.by_code(holder.user.email.as_str(), code).await {
        Ok(caller) => visit.sign_in(caller.user.ok_or(AuthError::Wrong)?, "/redeem").await,
        Err(AuthError::Wrong | AuthError::Missing) => code_page(&visit, &holder, wrong_code()),
        Err(other) => Err(other.into()),
    }
}
