//! The context of a browser's request: who is signed in, the CSRF seed of its forms, and the conversion of a handler's result
//! into a page. Every route goes through here, so that no POST forgets the CSRF check.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route, guard, middleware};
use chrono::TimeDelta;

use super::assets::Assets;
use super::cookies::{Cookies, Kind};
use super::csrf::{is_by_another_name, is_csrf_token, is_from_elsewhere};
use super::error::{Outcome, PageError};
use super::format::{Chosen, Person, Reader};
use super::forms::Fields;
use super::headers::{add_security_headers, security_headers};
use super::layout::{Account, Frame};
use super::{language_cookie as language, user_agent};
use crate::auth::oidc::Providers;
use crate::auth::{AuthError, Authenticator, KnownBrowser, Links, OpenedSession, SessionOrigin, Source};
use crate::config::Config;
use crate::domain::{Caller, Credential, Scopes, SessionId, User, UserId};
use crate::http::body::{self, BadBody};
use crate::http::rate_limit::Rates;
use crate::mail::Mailbox;
use crate::secret::{Secret, SecretKind};
use crate::store::{Store, Tx, users};
use crate::workflow::{WorkflowError, accounts};

/// A person who is signed in.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    pub(super) caller: Caller,
    pub(super) user: User,
    pub(super) session: SessionId,
    /// Whether they proved in this session that they read their mailbox.
    pub(super) has_mailbox: bool,
}

/// How somebody signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// With a password or at a provider.
    Account,
    /// With a code from their mailbox, which proves that they read it.
    Code,
}

/// A browser's request.
#[derive(Clone)]
pub(super) struct RequestContext {
    pub(super) request: HttpRequest,
    pub(super) config: Arc<Config>,
    pub(super) store: Arc<Store>,
    pub(super) auth: Arc<Authenticator>,
    pub(super) providers: Providers,
    pub(super) rates: Arc<Rates>,
    pub(super) mailbox: Option<Mailbox>,
    links: Option<Links>,
    pub(super) peer: IpAddr,
    pub(super) cookies: Cookies,
    /// The browser's `Accept-Language`.
    languages: String,
    /// The language and time zone that were chosen in this browser.
    pub(super) chosen: Option<Chosen>,
    pub(super) signed: Option<Signed>,
    pub(super) frame: Frame,
}

impl RequestContext {
    fn new(request: HttpRequest) -> Option<Self> {
        let config = request.app_data::<web::Data<Config>>()?.clone().into_inner();
        let auth = request.app_data::<web::Data<Authenticator>>()?.clone().into_inner();
        let providers = request.app_data::<web::Data<Providers>>()?.get_ref().clone();
        let rates = request.app_data::<web::Data<Rates>>()?.clone().into_inner();
        let store = request.app_data::<web::Data<Store>>()?.clone().into_inner();
        let mailbox = request.app_data::<web::Data<Option<Mailbox>>>()?.get_ref().clone();
        let links = request.app_data::<web::Data<Option<Links>>>()?.get_ref().clone();
        let cookies = Cookies::new(&config);
        let session = cookies.get(&request, Kind::Session).filter(|value| Secret::parse(SecretKind::Session, value).is_some());
        let visit = || cookies.get(&request, Kind::CsrfSeed).filter(|value| is_name_of_visit(value));
        let (csrf_seed, is_fresh) = match session.or_else(visit) {
            Some(known) => (known, false),
            None => (auth.name_visit().ok()?, true),
        };
        let languages: Vec<&str> =
            request.headers().get_all(header::ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok()).collect();
        let languages = languages.join(",");
        let chosen = cookies.get(&request, Kind::Language).and_then(|value| language::read(&value));
        let reader = chosen.as_ref().map_or_else(|| Reader::accepting(&languages, &config.instance), Reader::from);
        let now = store.clock().now();
        let assets = request.app_data::<web::Data<Assets>>()?.clone().into_inner();
        let frame = Frame::new(
            assets,
            &config.server.public_url,
            (request.path(), request.method() == Method::POST),
            reader,
            (csrf_seed, is_fresh),
            now,
        );
        let peer = rates.peer_of(&request);
        Some(Self {
            peer,
            request,
            config,
            store,
            auth,
            providers,
            rates,
            mailbox,
            links,
            cookies,
            languages,
            chosen,
            signed: None,
            frame,
        })
    }

    /// Finds the signed-in person.
    async fn recognise(&mut self) -> Result<(), PageError> {
        let Some(cookie) = self.cookies.get(&self.request, Kind::Session) else { return Ok(()) };
        let OpenedSession { id: session, caller, has_mailbox } = match self.auth.from_session(&cookie, Some(self.peer)).await {
            Ok(opened) => opened,
            Err(AuthError::Wrong | AuthError::Missing) => return Ok(()),
            Err(other) => return Err(other.into()),
        };
        let Some(id) = caller.user else { return Ok(()) };
        let user = self.store.read(move |tx| users::find(tx, id)).await.map_err(PageError::from)?;
        if let Some(user) = user {
            let (name, address) = (Person::from(&user).name, user.email.to_string());
            self.frame.account = Some(Account { name, address, is_admin: caller.may_administer() });
            self.frame.reader = Reader::signed_in(&user, self.chosen.as_ref(), &self.languages).at(self.frame.now);
            self.signed = Some(Signed { caller, user, session, has_mailbox });
        }
        Ok(())
    }

    /// Reads for `caller`, on one snapshot.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        caller: &Caller,
        f: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Result<T, WorkflowError> {
        let caller = caller.clone();
        self.store.read(move |tx| f(tx, &caller)).await
    }

    /// The signed-in person, or a redirect to the sign-in page that returns to `next`.
    pub(super) fn signed_or_to(&self, next: &'static str) -> Result<&Signed, PageError> {
        self.signed.as_ref().ok_or(PageError::SignIn { next })
    }

    /// Counts a check of a link, or a step with it, by the signed-in person. Without a sign-in a link shows only where to sign
    /// in.
    pub(super) fn count_redeem(&self) -> Result<(), PageError> {
        let Some(signed) = &self.signed else { return Ok(()) };
        self.rates.redeem(&signed.caller).map_err(|wait| {
            let retry_at = self.frame.now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::hours(1));
            PageError::TooMany { why: "trouble-many-any", retry_at }
        })
    }

    /// A caller without rights, for the audit, if nobody needs to be signed in.
    pub(super) fn somebody(&self) -> Caller {
        self.signed.as_ref().map_or_else(
            || Caller {
                user: None,
                is_admin: false,
                key: None,
                app: None,
                client: None,
                scopes: Scopes::NONE,
                credential: Credential::Session,
                peer: Some(self.peer),
            },
            |signed| signed.caller.clone(),
        )
    }

    /// Signs this browser in, ends its earlier session, and redirects.
    pub(super) async fn sign_in(&self, user: UserId, proof: Proof, next: &str) -> Outcome {
        let person = self.store.read(move |tx| users::find(tx, user)).await.map_err(PageError::from)?;
        let person = person.ok_or(AuthError::Wrong)?;
        let known = self.known();
        let remembered = match self.cookies.get(&self.request, Kind::Remembered) {
            Some(cookie) if proof == Proof::Account => self.auth.use_remembered_browser(user, &cookie, Some(self.peer)).await?,
            _ => None,
        };
        if let Some(chosen) = self.chosen.as_ref().filter(|_| !person.is_language_chosen) {
            // Chosen before the sign-in, so that emails follow too.
            let (caller, chosen) = (Caller::person(user, person.is_admin, Credential::Session), chosen.clone());
            let choose = move |tx: &mut Tx<'_>| accounts::choose_language(tx, &caller, &chosen.locale, chosen.zone.name());
            self.store.write(choose).await?;
        }
        let origin = SessionOrigin {
            agent: self.agent(),
            peer: Some(self.peer),
            has_mailbox: proof == Proof::Code || remembered.is_some(),
            last_visit_at: known.as_ref().and_then(|known| known.last_visit(&person)),
        };
        let fresh = self.auth.open_session(user, origin).await?;
        if let Some(old) = self.cookies.get(&self.request, Kind::Session) {
            self.auth.close_session(&old).await?;
        }
        let mut response = self.frame.see(next);
        if let Some(known) = known {
            let value = known.with(self.auth.rng(), &person, self.frame.now).map_err(AuthError::from)?;
            put(&mut response, &self.cookies.keep(Kind::Known, value));
        }
        if let Some(remembered) = remembered {
            put(&mut response, &self.cookies.keep(Kind::Remembered, remembered.to_string()));
        }
        put(&mut response, &self.cookies.keep(Kind::Session, fresh.to_string()));
        put(&mut response, &self.cookies.forget(Kind::CsrfSeed));
        put(&mut response, &self.cookies.forget(Kind::Name));
        Ok(response)
    }

    /// The browser in short: "Firefox, Linux".
    pub(super) fn agent(&self) -> String {
        let agent = self.request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        user_agent::in_short(agent.unwrap_or_default())
    }

    /// The people who signed in with this browser before.
    fn known(&self) -> Option<KnownBrowser> {
        let cookie = self.cookies.get(&self.request, Kind::Known).unwrap_or_default();
        Some(KnownBrowser::read(self.links.clone()?, &cookie))
    }

    /// The origin of a sign-in on this page.
    pub(super) fn source(&self) -> Source {
        Source { peer: Some(self.peer), browser: self.known(), link: None }
    }

    /// Signs this browser out and redirects.
    pub(super) async fn sign_out(&self, next: &str) -> Outcome {
        if let Some(old) = self.cookies.get(&self.request, Kind::Session) {
            self.auth.close_session(&old).await?;
        }
        let mut response = self.frame.see(next);
        put(&mut response, &self.cookies.forget(Kind::Session));
        Ok(response)
    }

    /// The fields of a form that one of our pages showed to this browser.
    fn form(&self, body: Result<Bytes, BadBody>) -> Result<Fields, PageError> {
        let is_other_name = is_by_another_name(&self.request, &self.config);
        if is_from_elsewhere(&self.request, &self.config) {
            return Err(if is_other_name { PageError::OtherName } else { PageError::Forged });
        }
        let body =
            body.map_err(|bad| if matches!(bad, BadBody::TooLarge(_)) { PageError::TooBig } else { PageError::BadForm })?;
        let fields = Fields::parse(&body).ok_or(PageError::BadForm)?;
        let is_ours = !self.frame.is_fresh && fields.one("form").is_some_and(|token| is_csrf_token(&self.frame.csrf_seed, token));
        match is_ours {
            true => Ok(fields),
            false if self.frame.is_fresh => Err(PageError::NoCookie),
            false => Err(PageError::Forged),
        }
    }
}

/// Adds a cookie to a response.
pub(super) fn put(response: &mut HttpResponse, cookie: &actix_web::cookie::Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// 128 bits in base64url.
fn is_name_of_visit(value: &str) -> bool {
    value.len() == 22 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

async fn answer<F, Fut>(request: HttpRequest, body: Option<Result<Bytes, BadBody>>, handler: F) -> HttpResponse
where
    F: Fn(RequestContext, Fields) -> Fut,
    Fut: Future<Output = Outcome>,
{
    let Some(mut visit) = RequestContext::new(request) else { return HttpResponse::InternalServerError().finish() };
    let recognised = visit.recognise().await;
    let (frame, cookies) = (visit.frame.clone(), visit.cookies.clone());
    let outcome = async {
        recognised?;
        let fields = match body {
            None => Fields::parse(visit.request.query_string().as_bytes()).ok_or(PageError::BadForm)?,
            Some(body) => visit.form(body)?,
        };
        handler(visit, fields).await
    };
    let mut response = outcome.await.unwrap_or_else(|trouble| trouble.answer(&frame));
    if frame.owes_csrf_seed() {
        put(&mut response, &cookies.keep(Kind::CsrfSeed, frame.csrf_seed.clone()));
    }
    response
}

/// The fallback for unknown paths with any method. It reads no form, since none of ours leads there, and adds the security
/// headers itself, since no middleware does.
pub(super) fn lost<F, Fut>(handler: F) -> Route
where
    F: Fn(RequestContext) -> Fut + Clone + 'static,
    Fut: Future<Output = Outcome> + 'static,
{
    web::to(move |request: HttpRequest| {
        let handler = handler.clone();
        async move {
            let config = request.app_data::<web::Data<Config>>().cloned();
            let mut response = answer(request, None, move |visit, _| handler(visit)).await;
            add_security_headers(response.headers_mut(), config.as_deref().map(AsRef::as_ref));
            response
        }
    })
}

/// A route with the methods that it handles.
pub(super) struct Way {
    route: Route,
    allow: &'static str,
}

/// A route that only shows a page: GET and HEAD.
pub(super) fn shown<F, Fut>(handler: F) -> Way
where
    F: Fn(RequestContext, Fields) -> Fut + Clone + 'static,
    Fut: Future<Output = Outcome> + 'static,
{
    let safe = guard::Any(guard::Get()).or(guard::Head());
    let route = web::route().guard(safe).to(move |request: HttpRequest| answer(request, None, handler.clone()));
    Way { route, allow: "GET, HEAD" }
}

/// A route that acts on a form of ours: POST.
pub(super) fn done<F, Fut>(handler: F) -> Way
where
    F: Fn(RequestContext, Fields) -> Fut + Clone + 'static,
    Fut: Future<Output = Outcome> + 'static,
{
    let route = web::post().to(move |request: HttpRequest, payload: web::Payload| {
        let handler = handler.clone();
        async move {
            let limit = request.app_data::<web::Data<Config>>().map_or(0, |config| config.limits.body_bytes);
            let body = body::read(&request, payload, limit).await;
            answer(request, Some(body), handler).await
        }
    });
    Way { route, allow: "POST" }
}

/// Registers a page's routes with the security headers. Any other method is 405 with `Allow` (RFC 9110 §15.5.6).
pub(super) fn place(routes: &mut ServiceConfig, path: &str, ways: impl IntoIterator<Item = Way>) {
    let (ways, allowed): (Vec<Route>, Vec<&str>) = ways.into_iter().map(|way| (way.route, way.allow)).unzip();
    let allowed = allowed.join(", ");
    let resource = ways.into_iter().fold(web::resource(path), actix_web::Resource::route);
    let other = web::to(move || {
        let answer = HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, allowed.as_str()))
            .content_type("text/plain; charset=utf-8")
            .body("This page is read with GET; its forms are sent with POST.\n");
        std::future::ready(answer)
    });
    routes.service(resource.default_service(other).wrap(middleware::from_fn(security_headers)));
}
