//! Sign-in at an OpenID Connect provider. It starts with a link instead of a form, since after a form browsers follow no
//! redirect to a site that our policy does not name (`form-action`). The link changes nothing here; it only sets a short-lived
//! cookie. The provider's response is a GET too, by the protocol. It signs in only a browser with the cookie that belongs to
//! its `state`.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::ServiceConfig;
use url::form_urlencoded;

use super::context::{Proof, RequestContext, place, put, shown};
use super::cookies::Kind;
use super::error::{Message, Next, Outcome, PageError, page};
use super::forms::Fields;
use super::layout::Frame;
use super::return_to::local;
use crate::auth::AuthError;
use crate::auth::oidc::{Attempt, Back, OidcError, Provider, Providers};
use crate::workflow::identity::{self, LoginError};

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/sign-in/with/{id}", [shown(leave)]);
    place(routes, "/sign-in/with/{id}/back", [shown(come_back)]);
}

/// A button for a provider.
pub(super) struct ProviderButton {
    pub(super) path: String,
    pub(super) label: String,
}

/// The buttons of all providers, which continue at `next`. With `other` the provider lets the person choose another account.
pub(super) fn ways(frame: &Frame, providers: &Providers, next: &str, other: bool) -> Vec<ProviderButton> {
    let way = |provider: &Provider| {
        let settings = provider.settings();
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("next", next);
        if other {
            query.append_pair("other", "1");
        }
        let path = frame.to(&format!("/sign-in/with/{}?{}", settings.id, query.finish()));
        ProviderButton { path, label: frame.say("elsewhere-button").with("name", &settings.name).to_string() }
    };
    providers.iter().map(way).collect()
}

/// The provider in the path.
fn named(visit: &RequestContext) -> Result<&Provider, PageError> {
    visit.request.match_info().get("id").and_then(|id| visit.providers.find(id)).ok_or(PageError::NotFound)
}

fn redirect_of(visit: &RequestContext, provider: &Provider) -> String {
    let base = visit.config.server.public_url.as_str().trim_end_matches('/');
    format!("{base}/sign-in/with/{}/back", provider.settings().id)
}

async fn leave(visit: RequestContext, fields: Fields) -> Outcome {
    let provider = named(&visit)?;
    let next = local(fields.one("next"));
    // A person who is signed in already is redirected. With an email that is somebody else's they sign out first.
    if visit.signed.is_some() {
        return Ok(visit.frame.see(&next));
    }
    visit.rates.elsewhere(visit.peer).map_err(PageError::TooFast)?;
    let attempt = Attempt::begin(visit.auth.rng(), &provider.settings().id, &next, visit.frame.now).map_err(AuthError::from)?;
    let redirect = redirect_of(&visit, provider);
    match provider.way_there(&attempt, &redirect, fields.has("other"), visit.frame.now).await {
        Ok(url) => {
            let mut response = visit.frame.see("/");
            response.headers_mut().insert(header::LOCATION, url_header(url.as_str())?);
            put(&mut response, &visit.cookies.keep(Kind::LoginState, attempt.to_cookie()));
            Ok(response)
        }
        Err(error) => failed(&visit, provider, &next, &Failure::from(error)),
    }
}

fn url_header(url: &str) -> Result<header::HeaderValue, PageError> {
    header::HeaderValue::from_str(url).map_err(|error| PageError::broken(&error))
}

async fn come_back(visit: RequestContext, fields: Fields) -> Outcome {
    let provider = named(&visit)?;
    // HEAD must have no effect, and there is no page to show.
    if visit.request.method() != Method::GET {
        return Ok(visit.frame.see("/sign-in"));
    }
    visit.rates.elsewhere(visit.peer).map_err(PageError::TooFast)?;
    let cookie = visit.cookies.get(&visit.request, Kind::LoginState);
    let attempt = cookie.as_deref().and_then(Attempt::from_cookie);
    let next = local(attempt.as_ref().map(Attempt::next));
    let back =
        Back { state: fields.one("state"), issuer: fields.one("iss"), code: fields.one("code"), error: fields.one("error") };
    let redirect = redirect_of(&visit, provider);
    let who = provider.who(attempt.as_ref(), &back, &redirect, visit.frame.now).await;
    // A browser without cookies brings back neither this one nor another.
    let is_without = visit.request.headers().get(header::COOKIE).is_none();
    let mut response = match who {
        Err(OidcError::Stale) if is_without => failed(&visit, provider, &next, &Failure::NoCookie)?,
        Err(error) => failed(&visit, provider, &next, &Failure::from(error))?,
        Ok(who) => {
            let (adds, peer, config) = (provider.settings().adds_people, visit.peer, Arc::clone(&visit.config));
            match visit.store.write(move |tx| identity::settle(tx, &config.instance, &who, adds, Some(peer))).await {
                Ok(user) => visit.sign_in(user, Proof::Account, &next).await?,
                Err(not_here) => failed(&visit, provider, &next, &Failure::of(not_here)?)?,
            }
        }
    };
    // The cookie is deleted whatever the result, so that a repeated response matches no login.
    put(&mut response, &visit.cookies.forget(Kind::LoginState));
    Ok(response)
}

/// The error of a sign-in, for the page.
enum Failure {
    Down,
    Unusable,
    Forged,
    Denied,
    Stale,
    NoCookie,
    Unverified,
    Unknown(String),
    OtherAccount,
}

impl From<OidcError> for Failure {
    fn from(error: OidcError) -> Self {
        let failure = match &error {
            OidcError::Unreachable(_) => Self::Down,
            OidcError::Unusable(_) => Self::Unusable,
            OidcError::Forged(_) => Self::Forged,
            OidcError::Denied(_) => Self::Denied,
            OidcError::Stale => Self::Stale,
        };
        if !matches!(failure, Self::Denied | Self::Stale) {
            tracing::warn!(%error, "nobody could be signed in at a provider");
        }
        failure
    }
}

impl Failure {
    fn of(not_here: LoginError) -> Result<Self, PageError> {
        Ok(match not_here {
            LoginError::Unverified => Self::Unverified,
            // It is their own address, as they have just proved, so they may read it.
            LoginError::Unknown(address) => Self::Unknown(address.to_string()),
            LoginError::OtherAccount => Self::OtherAccount,
            LoginError::Refused(refusal) => return Err(refusal.into()),
            LoginError::Store(error) => return Err(error.into()),
        })
    }

    /// The status, and the keys of the heading, the reason and the advice.
    const fn said(&self) -> (StatusCode, &'static str, [&'static str; 3]) {
        match self {
            Self::Down => {
                let keys = ["elsewhere-down", "elsewhere-down-why", "elsewhere-down-do"];
                (StatusCode::SERVICE_UNAVAILABLE, "wait", keys)
            }
            Self::Unusable => {
                (StatusCode::BAD_GATEWAY, "broken", ["elsewhere-odd", "elsewhere-unusable-why", "elsewhere-unusable-do"])
            }
            Self::Forged => (StatusCode::BAD_REQUEST, "warn", ["elsewhere-odd", "elsewhere-forged-why", "elsewhere-forged-do"]),
            Self::Denied => (StatusCode::FORBIDDEN, "warn", ["elsewhere-denied", "elsewhere-denied-why", "elsewhere-other-ways"]),
            Self::Stale => (StatusCode::BAD_REQUEST, "warn", ["elsewhere-stale", "elsewhere-stale-why", "elsewhere-stale-do"]),
            Self::NoCookie => {
                (StatusCode::BAD_REQUEST, "warn", ["no-cookie-heading", "no-cookie-elsewhere", "no-cookie-elsewhere-do"])
            }
            Self::Unverified => {
                (StatusCode::FORBIDDEN, "warn", ["elsewhere-unverified", "elsewhere-unverified-why", "elsewhere-unverified-do"])
            }
            Self::Unknown(_) => {
                (StatusCode::FORBIDDEN, "warn", ["elsewhere-unknown", "elsewhere-unknown-why", "elsewhere-unknown-do"])
            }
            Self::OtherAccount => {
                (StatusCode::FORBIDDEN, "warn", ["elsewhere-linked", "elsewhere-linked-why", "elsewhere-linked-do"])
            }
        }
    }
}

/// The error page, with links to all ways of signing in.
fn failed(visit: &RequestContext, provider: &Provider, next: &str, failure: &Failure) -> Outcome {
    let frame = &visit.frame;
    let (status, seal, [heading, why, what]) = failure.said();
    let name = &provider.settings().name;
    let address = if let Failure::Unknown(address) = failure { address.as_str() } else { "" };
    let say = |key| frame.say(key).with("name", name).with("address", address).with("host", &frame.host).to_string();
    // The email's page has the ways of signing in itself, and knows the recipient.
    let back = if next == "/redeem" {
        "/redeem?other".to_owned()
    } else {
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("/sign-in?{}", query.append_pair("next", next).append_pair("other", "1").finish())
    };
    let message = Message {
        frame,
        seal,
        heading: say(heading),
        sentences: vec![say(why), say(what)],
        next: vec![Next { path: frame.to(&back), label: frame.say("elsewhere-back").to_string() }],
    };
    let mut response = page(status, &message)?;
    if matches!(failure, Failure::Down) {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("10"));
    }
    Ok(response)
}
