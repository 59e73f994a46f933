//! The cookies of the pages. No API reads any of them.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::auth::oidc::ATTEMPT_LASTS;
use crate::config::Config;
use crate::store::remembered_browsers;

/// How long the browser keeps an emailed token, or the name for which a code was requested.
const INTENT_LASTS: Duration = Duration::minutes(15);

/// How long a browser stays known to a person who does not sign in with it again.
const KNOWN_LASTS: Duration = Duration::days(180);

/// The purpose of a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Session,
    /// The CSRF seed of a browser that is not signed in.
    CsrfSeed,
    /// The token of the email that was opened.
    Link,
    /// The name for which a code was requested, and the page after the sign-in.
    Name,
    LoginState,
    /// The people who signed in with this browser before. It gives a separate limit of sign-in tries, and no right.
    Known,
    /// The language and time zone that somebody chose in this browser: `de Europe/Berlin`, encoded.
    Language,
    /// The secrets of a remembered browser, which stand for the proof of one person's mailbox.
    Remembered,
}

/// The attributes of cookies under this `public_url`.
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

    /// Over https the browser binds `__Host-` to this host, and both prefixes to TLS. `__Host-` needs the path `/`.
    const fn name(&self, kind: Kind) -> &'static str {
        let (over_https, over_http) = match kind {
            Kind::Session => ("__Host-countersign", "countersign"),
            Kind::CsrfSeed => ("__Host-countersign-visit", "countersign-visit"),
            Kind::Link => ("__Secure-countersign-link", "countersign-link"),
            Kind::Name => ("__Secure-countersign-name", "countersign-name"),
            Kind::LoginState => ("__Host-countersign-elsewhere", "countersign-elsewhere"),
            Kind::Known => ("__Host-countersign-known", "countersign-known"),
            Kind::Language => ("__Host-countersign-language", "countersign-language"),
            Kind::Remembered => ("__Host-countersign-remembered", "countersign-remembered"),
        };
        if self.is_https { over_https } else { over_http }
    }

    fn path(&self, kind: Kind) -> String {
        match kind {
            Kind::Session | Kind::CsrfSeed | Kind::LoginState | Kind::Known | Kind::Language | Kind::Remembered => "/".to_owned(),
            Kind::Link => format!("{}/redeem", self.base),
            Kind::Name => format!("{}/sign-in", self.base),
        }
    }

    /// The cookie's value in a request.
    pub(super) fn get(&self, request: &HttpRequest, kind: Kind) -> Option<String> {
        request.cookie(self.name(kind)).map(|cookie| cookie.value().to_owned())
    }

    /// A cookie to set. It is Lax, since it must be sent after a click in a mail program, which is another site.
    pub(super) fn keep(&self, kind: Kind, value: String) -> Cookie<'static> {
        let mut cookie = Cookie::new(self.name(kind), value);
        cookie.set_path(self.path(kind));
        cookie.set_http_only(true);
        cookie.set_secure(self.is_https);
        cookie.set_same_site(SameSite::Lax);
        match kind {
            Kind::Link | Kind::Name => cookie.set_max_age(INTENT_LASTS),
            Kind::LoginState => cookie.set_max_age(Duration::seconds(ATTEMPT_LASTS.num_seconds())),
            Kind::Known | Kind::Language => cookie.set_max_age(KNOWN_LASTS),
            Kind::Remembered => cookie.set_max_age(Duration::seconds(remembered_browsers::LASTS.num_seconds())),
            Kind::Session | Kind::CsrfSeed => {}
        }
        cookie
    }

    /// The same cookie, deleted.
    pub(super) fn forget(&self, kind: Kind) -> Cookie<'static> {
        let mut cookie = self.keep(kind, String::new());
        cookie.make_removal();
        cookie
    }
}
