//! The frame of every page: its address, its reader and language, and the CSRF token of its forms.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use url::{Position, Url};

use super::assets::Assets;
use super::csrf::csrf_token;
use super::format::Reader;
use super::message::Sentence;
use crate::config::Instance;
use crate::domain::RequestId;
use crate::i18n::{isolated, with_bdi};

/// The signed-in person, as shown on their own pages.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// Their name, or their address if they have none.
    pub(super) name: String,
    pub(super) address: String,
    /// Whether they are an administrator.
    pub(super) is_admin: bool,
}

/// The frame of a page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    assets: Arc<Assets>,
    base: String,
    /// `public_url`, without a slash at its end.
    public: String,
    /// The host that the address bar must show.
    pub(super) host: String,
    /// The page's own path.
    path: String,
    /// Whether it is the response to a form.
    pub(super) is_action: bool,
    pub(super) csrf_seed: String,
    /// Whether the CSRF seed is new to the browser, and whether a form uses it.
    pub(super) is_fresh: bool,
    is_used: Rc<Cell<bool>>,
    /// The request that the page's forms are about, so that a form never decides a request that another tab opened later.
    pub(super) request: Option<RequestId>,
    /// The signed-in person.
    pub(super) account: Option<Account>,
    /// The page's reader.
    pub(super) reader: Reader,
    /// The time of the page.
    pub(super) now: DateTime<Utc>,
}

impl Frame {
    pub(super) fn new(
        assets: Arc<Assets>,
        public_url: &Url,
        (path, is_action): (&str, bool),
        reader: Reader,
        (csrf_seed, is_fresh): (String, bool),
        now: DateTime<Utc>,
    ) -> Self {
        let base = public_url.path().trim_end_matches('/').to_owned();
        Self {
            assets,
            host: public_url[Position::BeforeHost..Position::AfterPort].to_owned(),
            path: path.to_owned(),
            is_action,
            public: public_url.as_str().trim_end_matches('/').to_owned(),
            base,
            csrf_seed,
            is_fresh,
            is_used: Rc::default(),
            request: None,
            account: None,
            reader: reader.at(now),
            now,
        }
    }

    /// The path of one of our pages as the browser reaches it.
    pub(super) fn to(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The full URL of one of our paths, whatever name this page was opened under.
    pub(super) fn at_public(&self, path: &str) -> String {
        format!("{}{path}", self.public)
    }

    /// Whether this page is at a path or below it.
    pub(super) fn is_at(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The path to which the choice of a language returns: this page, unless it is the response to a form.
    pub(super) fn back(&self) -> String {
        let path = if self.is_action { "/inbox" } else { &self.path };
        url::form_urlencoded::byte_serialize(path.as_bytes()).collect()
    }

    /// Whether this page is at a path.
    pub(super) fn is(&self, path: &str) -> bool {
        self.path == path
    }

    /// A sentence in the reader's language.
    pub(super) fn say(&self, key: &'static str) -> Sentence<'_> {
        self.reader.say(key)
    }

    /// The language of the page.
    pub(super) fn lang(&self) -> String {
        self.reader.lang()
    }

    /// The stylesheet's path.
    pub(super) fn style(&self) -> String {
        self.to(self.assets.sheet())
    }

    /// The administrators' stylesheet's path.
    pub(super) fn admin_style(&self) -> String {
        self.to(self.assets.admin_sheet())
    }

    /// The icon's path.
    pub(super) fn icon(&self) -> String {
        self.to(self.assets.icon())
    }

    /// The instance that runs this site.
    pub(super) fn instance(&self) -> &Instance {
        &self.assets.instance
    }

    /// The instance's name, isolated if it reads from right to left.
    pub(super) fn name(&self) -> String {
        isolated(self.instance().name.clone())
    }

    /// The HTML of an email for a browser, which cannot refer to the other parts of an email.
    pub(super) fn email_in_browser(&self, html: &str) -> String {
        let Some((logo, _)) = self.instance().logo_in_emails() else { return html.to_owned() };
        let data = format!("data:image/png;base64,{}", STANDARD.encode(logo.bytes()));
        html.replace(&format!("cid:{}", logo.content_id()), &data)
    }

    /// The path of the instance's logo.
    pub(super) fn logo(&self) -> Option<String> {
        self.assets.logo().map(|path| self.to(path))
    }

    /// The CSRF token of the page's forms.
    pub(super) fn csrf_token(&self) -> String {
        self.is_used.set(true);
        csrf_token(&self.csrf_seed)
    }

    /// Whether the browser must get the new CSRF seed, since a form uses it.
    pub(super) fn owes_csrf_seed(&self) -> bool {
        self.is_fresh && self.is_used.get()
    }

    /// Redirects with GET, so that a reload after a POST repeats nothing.
    pub(super) fn see(&self, path: &str) -> HttpResponse {
        HttpResponse::SeeOther().insert_header((header::LOCATION, self.to(path))).finish()
    }
}

pub(super) fn rendered(status: StatusCode, template: &impl Template) -> askama::Result<HttpResponse> {
    let html = template.render()?;
    let html = with_bdi(&html).map_or(html, |html| html.to_string());
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
}
