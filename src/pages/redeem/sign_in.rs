//! Sign-in to answer an email. The recipient is known from the email, so nobody types a name: a password, or a code to the same
//! address.

use actix_web::http::StatusCode;
use askama::Template;

use super::{Here, Token, recipient, token};
use crate::auth::{AuthError, Source, Tried};
use crate::pages::context::{Proof, RequestContext};
use crate::pages::error::{Outcome, PageError, page};
use crate::pages::format;
use crate::pages::forms::{Fields, Problem};
use crate::pages::layout::Frame;
use crate::pages::oidc::{self, ProviderButton};
use crate::pages::sign_in::EnterCode;
use crate::secret::{Secret, SecretKind};
use crate::workflow::requests::link::Recipient;

#[derive(Template)]
#[template(path = "pages/redeem_sign_in.html")]
struct SignIn<'a> {
    frame: &'a Frame,
    /// The email's address; none if it is no longer the recipient's.
    address: Option<String>,
    has_password: bool,
    /// The provider decides who signs in, and the email's recipient is not passed to it.
    elsewhere: Vec<ProviderButton>,
    problems: Vec<Problem>,
}

pub(super) fn show(visit: &RequestContext, recipient: &Recipient, problems: Vec<Problem>) -> Outcome {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let address = recipient.is_current.then(|| format::masked(&recipient.user.email));
    let has_password = recipient.user.password_hash.is_some();
    // After switching accounts, the provider would sign in the same account again.
    let elsewhere = oidc::ways(&visit.frame, &visit.providers, "/redeem", visit.request.query_string() == "other");
    page(status, &SignIn { frame: &visit.frame, address, has_password, elsewhere, problems })
}

/// The email's link, if its recipient is not signed in yet and still has that address; in any other case `/redeem` shows the
/// right page.
async fn waiting(visit: &RequestContext) -> Result<Option<(Token, Recipient)>, PageError> {
    let Some(token) = token(visit) else { return Ok(None) };
    let recipient = recipient(visit, &token).await?;
    let is_waiting = recipient.is_current && matches!(Here::of(visit, &recipient), Here::Nobody);
    Ok(is_waiting.then_some((token, recipient)))
}

/// The holder of a valid link has limits of their own, since the link proves access to the mailbox.
fn source(visit: &RequestContext, token: &Token, recipient: &Recipient) -> Source {
    let link = Secret::parse(SecretKind::Redeem, token).map(|secret| (recipient.user.id, secret.id()));
    Source { link, ..visit.source() }
}

pub(super) async fn by_password(visit: RequestContext, fields: Fields) -> Outcome {
    let Some((token, recipient)) = waiting(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let Some(password) = fields.one("password").filter(|password| !password.is_empty()) else {
        return show(&visit, &recipient, vec![Problem::new("password", visit.frame.say("password-missing"))]);
    };
    match visit.auth.by_password(recipient.user.email.as_str(), password, &source(&visit, &token, &recipient)).await {
        Ok(caller) => visit.sign_in(caller.user.ok_or(AuthError::Wrong)?, Proof::Account, "/redeem").await,
        Err(AuthError::Wrong | AuthError::Missing) => {
            show(&visit, &recipient, vec![Problem::new("password", visit.frame.say("gate-password-wrong"))])
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn ask_code(visit: RequestContext, _: Fields) -> Outcome {
    let Some((token, recipient)) = waiting(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let source = source(&visit, &token, &recipient);
    visit.auth.request_code(recipient.user.email.as_str(), &visit.frame.csrf_seed, &source).await?;
    Ok(visit.frame.see("/redeem/code"))
}

fn code_page(visit: &RequestContext, recipient: &Recipient, problems: Vec<Problem>) -> Outcome {
    let shown = EnterCode {
        frame: &visit.frame,
        whereto: visit.frame.say("code-to-address").strong("address", format::masked(&recipient.user.email)).html(),
        enter: "/redeem/code/enter",
        again: "/redeem/code",
        button: "sign-in-button",
        can_remember: false,
        hidden: Vec::new(),
        back: Some("/redeem"),
        problems,
    };
    shown.show()
}

pub(super) async fn show_code(visit: RequestContext, _: Fields) -> Outcome {
    match waiting(&visit).await? {
        Some((_, recipient)) => code_page(&visit, &recipient, Vec::new()),
        None => Ok(visit.frame.see("/redeem")),
    }
}

pub(super) async fn by_code(visit: RequestContext, fields: Fields) -> Outcome {
    let Some((token, recipient)) = waiting(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let Some(code) = fields.filled("code") else {
        return code_page(&visit, &recipient, vec![Problem::new("code", visit.frame.say("code-missing"))]);
    };
    // The holder of the link knows that the address has an account, so they may see how many tries are left.
    let source = source(&visit, &token, &recipient);
    let problem = match visit.auth.try_code(recipient.user.email.as_str(), code, &visit.frame.csrf_seed, &source).await? {
        Tried::Right(caller) => return visit.sign_in(caller.user.ok_or(AuthError::Wrong)?, Proof::Code, "/redeem").await,
        Tried::Wrong(left) => visit.frame.say("code-wrong-left").count("left", usize::try_from(left).unwrap_or_default()),
        Tried::NoCode => visit.frame.say("code-dead"),
    };
    code_page(&visit, &recipient, vec![Problem::new("code", problem)])
}
