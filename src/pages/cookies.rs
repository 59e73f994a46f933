//! The cookies that the pages keep. None of them is anything to an API.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::auth::oidc::ATTEMPT_LASTS;
use crate::config::Config;

/// How long a mailed token, or a name that a code was asked for, stays with the browser.
const INTENT_LASTS: Duration = Duration::minutes(15);

/// How long a browser is known to somebody who does not sign in with it again.
const KNOWN_LASTS: Duration = Duration::days(180);

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Who is signed in.
    Session,
    /// What the forms of a browser that is not signed in are bound to.
    RequestContext,
    /// The token of the email that was opened.
    Link,
    /// For whom a code was asked, and where to go then.
    Name,
    /// A sign-in that is under way at a provider.
    ProviderButton,
    /// Who signed in with this browser before. It gives a budget of tries to sign in, and no right.
    Known,
}

/// How cookies are written under this `public_url`.
#[derive(Clone, Debug)]
pub(super) struct Cookies {
    is_https: bool,
    base: String,
}

impl Cookies {
    pub(super) fn new(config: &Config) -> Self {
        let url = &config.server.public_url;
        Self { is_https: url.scheme() == "https", base: url.path().trim_end_matches('/').to_owned() }
    }

    /// Over https the browser itself holds `__Host-` to this host, and both prefixes to TLS. `__Host-` needs the path `/`.
    const fn name(&self, kind: Kind) -> &'static str {
        match (kind, self.is_https) {
            (Kind::Session, true) => "__Host-countersign",
            (Kind::Session, false) => "countersign",
            (Kind::RequestContext, true) => "__Host-countersign-visit",
            (Kind::RequestContext, false) => "countersign-visit",
            (Kind::Link, true) => "__Secure-countersign-link",
            (Kind::Link, false) => "countersign-link",
            (Kind::Name, true) => "__Secure-countersign-name",
            (Kind::Name, false) => "countersign-name",
            (Kind::ProviderButton, true) => "__Host-countersign-elsewhere",
            (Kind::ProviderButton, false) => "countersign-elsewhere",
            (Kind::Known, true) => "__Host-countersign-known",
            (Kind::Known, false) => "countersign-known",
        }
    }

    fn path(&self, kind: Kind) -> String {
        match kind {
            Kind::Session | Kind::RequestContext | Kind::ProviderButton | Kind::Known => "/".to_owned(),
            Kind::Link => format!("{}/redeem", self.base),
            Kind::Name => format!("{}/sign-in", self.base),
        }
    }

    /// What the browser shows.
    pub(super) fn get(&self, request: &HttpRequest, kind: Kind) -> Option<String> {
        request.cookie(self.name(kind)).map(|cookie| cookie.value().to_owned())
    }

    /// A cookie to be kept. Lax: a click in a mail program comes from elsewhere and must see it.
    pub(super) fn keep(&self, kind: Kind, value: String) -> Cookie<'static> {
        let mut cookie = Cookie::new(self.name(kind), value);
        cookie.set_path(self.path(kind));
        cookie.set_http_only(true);
        cookie.set_secure(self.is_https);
        cookie.set_same_site(SameSite::Lax);
        match kind {
            Kind::Link | Kind::Name => cookie.set_max_age(INTENT_LASTS),
            Kind::ProviderButton => cookie.set_max_age(Duration::seconds(ATTEMPT_LASTS.num_seconds())),
            Kind::Known => cookie.set_max_age(KNOWN_LASTS),
            Kind::Session | Kind::RequestContext => {}
        }
        cookie
    }

    /// The same cookie to be forgotten.
    pub(super) fn forget(&self, kind: Kind) -> Cookie<'static> {
        let mut cookie = self.keep(kind, String::new());
        cookie.make_removal();
        cookie
    }
}
