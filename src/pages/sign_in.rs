//! Sign-in with a password or an emailed code, for people who come without an email, and sign-out. The responses do not reveal
//! whether a name exists.

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::context::{Proof, RequestContext, done, place, put, shown};
use super::cookies::Kind;
use super::error::{Lost, Outcome, no_cookie, page};
use super::forms::{Fields, Problem};
use super::layout::Frame;
use super::oidc::{self, ProviderButton};
use super::return_to::local;
use crate::auth::AuthError;

const NAME_BYTES: usize = 320;
/// The parameter in the URL after requesting a code. If the cookie is missing there, the browser keeps none.
const ASKED: &str = "asked";

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/sign-in", [shown(show), done(by_password)]);
    place(routes, "/sign-in/code", [shown(show_code), done(ask_code)]);
    place(routes, "/sign-in/code/enter", [done(by_code)]);
    place(routes, "/sign-out", [done(sign_out)]);
}

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignIn<'a> {
    frame: &'a Frame,
    elsewhere: Vec<ProviderButton>,
    next: String,
    name: &'a str,
    /// Whether name and password did not match; then both fields are marked.
    is_wrong: bool,
    problems: Vec<Problem>,
}

/// The form for an emailed code.
#[derive(Template)]
#[template(path = "pages/code.html")]
pub(super) struct EnterCode<'a> {
    pub(super) frame: &'a Frame,
    /// The email's address, as far as it may be shown: HTML.
    pub(super) whereto: String,
    /// The forms' targets: for the code, and for another one.
    pub(super) enter: &'static str,
    pub(super) again: &'static str,
    /// The key of the button's text.
    pub(super) button: &'static str,
    /// Whether the browser can be remembered.
    pub(super) can_remember: bool,
    /// The hidden fields of both forms.
    pub(super) hidden: Vec<(&'static str, String)>,
    /// Another way to sign in, if there is one.
    pub(super) back: Option<&'static str>,
    pub(super) problems: Vec<Problem>,
}

impl EnterCode<'_> {
    /// The page, with its problems, if there are any.
    pub(super) fn show(&self) -> Outcome {
        page(if self.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, self)
    }
}

async fn show(visit: RequestContext, fields: Fields) -> Outcome {
    let next = local(fields.one("next"));
    if visit.signed.is_some() {
        return Ok(visit.frame.see(&next));
    }
    let elsewhere = oidc::ways(&visit.frame, &visit.providers, &next, fields.has("other"));
    let shown = SignIn { frame: &visit.frame, elsewhere, next, name: "", is_wrong: false, problems: Vec::new() };
    page(StatusCode::OK, &shown)
}

async fn by_password(visit: RequestContext, fields: Fields) -> Outcome {
    let next = local(fields.one("next"));
    let name = fields.filled("name").filter(|name| name.len() <= NAME_BYTES);
    let password = fields.one("password").filter(|password| !password.is_empty());
    let problems = match (name, password) {
        (Some(name), Some(password)) => match visit.auth.by_password(name, password, &visit.source()).await {
            Ok(caller) => {
                let user = caller.user.ok_or(AuthError::Wrong)?;
                return visit.sign_in(user, Proof::Account, &next).await;
            }
            Err(AuthError::Wrong | AuthError::Missing) => {
                vec![Problem::new("name", visit.frame.say("sign-in-wrong"))]
            }
            Err(other) => return Err(other.into()),
        },
        (None, _) => vec![Problem::new("name", visit.frame.say("sign-in-name-missing"))],
        (_, None) => vec![Problem::new("password", visit.frame.say("password-missing"))],
    };
    let elsewhere = oidc::ways(&visit.frame, &visit.providers, &next, false);
    let name = name.unwrap_or_default();
    let shown = SignIn { frame: &visit.frame, elsewhere, next, name, is_wrong: true, problems };
    page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

async fn ask_code(visit: RequestContext, fields: Fields) -> Outcome {
    let next = local(fields.one("next"));
    let Some(name) = fields.filled("name").filter(|name| name.len() <= NAME_BYTES) else {
        let problems = vec![Problem::new("address", visit.frame.say("sign-in-name-missing"))];
        let elsewhere = oidc::ways(&visit.frame, &visit.providers, &next, false);
        let shown = SignIn { frame: &visit.frame, elsewhere, next, name: "", is_wrong: false, problems };
        return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    visit.auth.request_code(name, &visit.frame.csrf_seed, &visit.source()).await?;
    let mut response = visit.frame.see(&format!("/sign-in/code?{ASKED}"));
    let kept = URL_SAFE_NO_PAD.encode(format!("{next}\n{name}"));
    put(&mut response, &visit.cookies.keep(Kind::Name, kept));
    Ok(response)
}

/// The name for which a code was requested, and the page after the sign-in.
fn asked(visit: &RequestContext) -> Option<(String, String)> {
    let kept = URL_SAFE_NO_PAD.decode(visit.cookies.get(&visit.request, Kind::Name)?).ok()?;
    let kept = String::from_utf8(kept).ok()?;
    let (next, name) = kept.split_once('\n')?;
    Some((local(Some(next)), name.to_owned()))
}

fn code_page(visit: &RequestContext, next: String, name: String, problems: Vec<Problem>) -> Outcome {
    let shown = EnterCode {
        frame: &visit.frame,
        whereto: visit.frame.say("code-to-name").strong("name", &name).html(),
        enter: "/sign-in/code/enter",
        again: "/sign-in/code",
        button: "sign-in-button",
        can_remember: false,
        hidden: vec![("name", name), ("next", next)],
        back: Some("/sign-in"),
        problems,
    };
    shown.show()
}

async fn show_code(visit: RequestContext, fields: Fields) -> Outcome {
    match asked(&visit) {
        None if fields.has(ASKED) => no_cookie(&visit.frame, Lost::Code),
        Some((next, _)) if visit.signed.is_some() => Ok(visit.frame.see(&next)),
        Some((next, name)) => code_page(&visit, next, name, Vec::new()),
        None => Ok(visit.frame.see("/sign-in")),
    }
}

async fn by_code(visit: RequestContext, fields: Fields) -> Outcome {
    let Some((next, name)) = asked(&visit) else { return Ok(visit.frame.see("/sign-in")) };
    let Some(code) = fields.filled("code") else {
        return code_page(&visit, next, name, vec![Problem::new("code", visit.frame.say("code-missing"))]);
    };
    match visit.auth.by_code(&name, code, &visit.frame.csrf_seed, &visit.source()).await {
        Ok(caller) => visit.sign_in(caller.user.ok_or(AuthError::Wrong)?, Proof::Code, &next).await,
        Err(AuthError::Wrong | AuthError::Missing) => {
            code_page(&visit, next, name, vec![Problem::new("code", visit.frame.say("code-wrong"))])
        }
        Err(other) => Err(other.into()),
    }
}

async fn sign_out(visit: RequestContext, _: Fields) -> Outcome {
    visit.sign_out("/").await
}
