//! What every page has around its own: where it lives, who reads it and in which language, the mark of its forms.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use chrono::{DateTime, Utc};
use url::{Position, Url};

use super::assets;
use super::format::Reader;
use super::guard::mark;
use super::message::Sentence;
use crate::i18n::with_bdi;

/// Who is signed in, as their own pages name them.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// Their name, or their address where they gave none.
    pub(super) name: String,
    /// Their address, as only they know it.
    pub(super) masked: String,
    /// Whether they keep watch.
    pub(super) is_admin: bool,
}

/// What a page has around its own.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    base: String,
    /// `public_url`, without a slash at its end.
    public: String,
    /// The name that the address bar must show.
    pub(super) host: String,
    /// The page's own path.
    path: String,
    /// Whether it answers a form.
    pub(super) is_deed: bool,
    pub(super) anchor: String,
    /// Whether the anchor is new to the browser, and whether a form was bound to it.
    pub(super) is_fresh: bool,
    is_used: Rc<Cell<bool>>,
    /// Who is signed in.
    pub(super) account: Option<Account>,
    /// Whose language and calendar it speaks.
    pub(super) reader: Reader,
    /// When the page is made.
    pub(super) now: DateTime<Utc>,
}

impl Frame {
    pub(super) fn new(
        public_url: &Url,
        (path, is_deed): (&str, bool),
        reader: Reader,
        (anchor, is_fresh): (String, bool),
        now: DateTime<Utc>,
    ) -> Self {
        let base = public_url.path().trim_end_matches('/').to_owned();
        Self {
            host: public_url[Position::BeforeHost..Position::AfterPort].to_owned(),
            path: path.to_owned(),
            is_deed,
            public: public_url.as_str().trim_end_matches('/').to_owned(),
            base,
            anchor,
            is_fresh,
            is_used: Rc::default(),
            account: None,
            reader,
            now,
        }
    }

    /// A path of ours as the browser reaches it.
    pub(super) fn to(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The whole address of a path of ours, whatever name this page was opened by.
    pub(super) fn at_public(&self, path: &str) -> String {
        format!("{}{path}", self.public)
    }

    /// Whether this page is at a path or below it.
    pub(super) fn is_at(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether this is the page at a path.
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
        self.to(assets::sheet())
    }

    /// The administrators' stylesheet's path.
    pub(super) fn admin_style(&self) -> String {
        self.to(assets::admin_sheet())
    }

    /// The icon's path.
    pub(super) fn icon(&self) -> String {
        self.to(assets::icon())
    }

    /// What the page's forms carry.
    pub(super) fn mark(&self) -> String {
        self.is_used.set(true);
        mark(&self.anchor)
    }

    /// Whether a browser must be told its new anchor: a form was bound to it.
    pub(super) fn owes_its_anchor(&self) -> bool {
        self.is_fresh && self.is_used.get()
    }

    /// Where to look instead: after a POST, so that a reload does nothing twice.
    pub(super) fn see(&self, path: &str) -> HttpResponse {
        HttpResponse::SeeOther().insert_header((header::LOCATION, self.to(path))).finish()
    }
}

/// A page as it is sent.
pub(super) fn rendered(status: StatusCode, template: &impl Template) -> askama::Result<HttpResponse> {
    let html = template.render()?;
    let html = with_bdi(&html).map_or(html, |html| html.to_string());
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
}
