//! The elements of the administrators' pages: tables that fit a narrow screen, facts, forms behind a summary, lines of a
//! history.

use std::fmt::Display;

use actix_web::http::StatusCode;
use askama::Template;

use crate::pages::error::{Outcome, page};
use crate::pages::forms::{BadFilter, Fields};
use crate::pages::layout::Frame;
use crate::store::admin::{After, Bounded};

/// A cell of a table.
#[derive(Clone, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// The target of its link.
    pub(super) path: Option<String>,
    /// A second line, smaller.
    pub(super) note: String,
    /// The look of a state: `waits`, `good`, `bad` or empty; none: plain text.
    pub(super) tone: Option<&'static str>,
}

impl Cell {
    pub(super) fn of(text: impl Display) -> Self {
        Self { text: text.to_string(), ..Self::default() }
    }

    pub(super) fn to(mut self, path: String) -> Self {
        self.path = Some(path);
        self
    }

    pub(super) fn note(mut self, note: impl Display) -> Self {
        self.note = note.to_string();
        self
    }

    pub(super) fn state((text, tone): (String, &'static str)) -> Self {
        Self { text, tone: Some(tone), ..Self::default() }
    }
}

/// A table. On a narrow screen each row becomes a card with its fields below each other, each with its column's name.
pub(super) struct Table {
    /// Its caption for screen readers.
    pub(super) caption: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// The sentence for a table without rows.
    pub(super) nothing: String,
}

impl Table {
    pub(super) fn new(frame: &Frame, caption: &'static str, head: &[&'static str], rows: Vec<Vec<Cell>>) -> Self {
        let head = head.iter().map(|key| frame.say(key).to_string()).collect();
        Self { caption: frame.say(caption).to_string(), head, rows, nothing: frame.say("admin-nothing").to_string() }
    }

    /// The cells of a row, each with its column's name.
    pub(super) fn named<'a>(&'a self, row: &'a [Cell]) -> impl Iterator<Item = (&'a str, &'a Cell)> {
        self.head.iter().map(String::as_str).zip(row)
    }
}

/// A link to another filter of a list.
pub(super) struct Tab {
    pub(super) path: String,
    pub(super) label: String,
    pub(super) is_here: bool,
}

impl Tab {
    pub(super) fn new(frame: &Frame, path: &str, label: impl Display, is_here: bool) -> Self {
        Self { path: frame.to(path), label: label.to_string(), is_here }
    }
}

/// A label and a value.
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) cell: Cell,
}

/// A way to change something: a form behind a summary, so that it takes two clicks, or a link to a page that counts first.
pub(super) struct Way {
    pub(super) label: String,
    pub(super) explained: String,
    /// The form's target, or the link's if there is no button.
    pub(super) action: String,
    pub(super) button: String,
}

impl Way {
    /// A form with one button.
    pub(super) fn form(frame: &Frame, action: &str, [label, explained, button]: [&'static str; 3]) -> Self {
        let say = |key: &'static str| frame.say(key).to_string();
        Self { label: say(label), explained: say(explained), action: frame.to(action), button: say(button) }
    }

    /// A link to a page that counts before anything is done.
    pub(super) fn page(frame: &Frame, path: &str, label: &'static str) -> Self {
        let label = frame.say(label).to_string();
        Self { label, explained: String::new(), action: frame.to(path), button: String::new() }
    }
}

/// A line of a history.
pub(super) struct Line {
    pub(super) at: String,
    pub(super) what: String,
    /// The actor, the credential and the address.
    pub(super) who: String,
    pub(super) notes: Vec<String>,
    pub(super) tone: &'static str,
}

/// A section of a page.
pub(super) struct Part {
    pub(super) heading: String,
    pub(super) lines: Vec<Line>,
    pub(super) table: Option<Table>,
    /// A link to the whole list.
    pub(super) more: Option<Tab>,
}

impl Part {
    pub(super) fn table(heading: impl Display, table: Table) -> Self {
        Self { heading: heading.to_string(), lines: Vec::new(), table: Some(table), more: None }
    }

    pub(super) fn history(heading: impl Display, lines: Vec<Line>) -> Self {
        Self { heading: heading.to_string(), lines, table: None, more: None }
    }

    pub(super) fn with_all(mut self, frame: &Frame, path: &str) -> Self {
        self.more = Some(Tab::new(frame, path, frame.say("admin-all-of-it"), false));
        self
    }
}

/// A list.
#[derive(Template)]
#[template(path = "pages/admin/list.html")]
pub(super) struct List<'a> {
    pub(super) frame: &'a Frame,
    pub(super) heading: String,
    /// Its filter, and the link without it.
    pub(super) only: Option<(String, String)>,
    pub(super) tabs: Vec<Tab>,
    pub(super) table: Table,
    pub(super) ways: Vec<Way>,
    pub(super) said: Option<String>,
    /// The link to the newest rows, on later pages.
    pub(super) newest: Option<String>,
    pub(super) older: Option<String>,
}

impl<'a> List<'a> {
    /// A list without filters and actions. `path` is its URL without a position, `begins` the position of this page.
    pub(super) fn new(
        frame: &'a Frame,
        heading: &'static str,
        table: Table,
        path: &str,
        begins: Option<After>,
        next: Option<After>,
    ) -> Self {
        let and = if path.contains('?') { '&' } else { '?' };
        Self {
            frame,
            heading: frame.say(heading).to_string(),
            only: None,
            tabs: Vec::new(),
            table,
            ways: Vec::new(),
            said: None,
            newest: begins.map(|_| frame.to(path)),
            older: next.map(|After { at, id }| frame.to(&format!("{path}{and}after={at}.{id}"))),
        }
    }

    pub(super) fn answer(&self) -> Outcome {
        page(StatusCode::OK, self)
    }
}

/// The page of one row.
#[derive(Template)]
#[template(path = "pages/admin/detail.html")]
pub(super) struct Detail<'a> {
    pub(super) frame: &'a Frame,
    pub(super) heading: String,
    pub(super) state: Option<(String, &'static str)>,
    pub(super) said: Option<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) ways: Vec<Way>,
    pub(super) parts: Vec<Part>,
}

impl Detail<'_> {
    pub(super) fn answer(&self) -> Outcome {
        page(StatusCode::OK, self)
    }
}

/// The question before an action that cannot be undone.
#[derive(Template)]
#[template(path = "pages/admin/confirm.html")]
pub(super) struct Confirm<'a> {
    pub(super) frame: &'a Frame,
    pub(super) heading: String,
    pub(super) sentences: Vec<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) fields: Vec<(&'static str, String)>,
    /// The form's target; empty if there is nothing to do.
    pub(super) action: String,
    pub(super) button: String,
    pub(super) back: Tab,
}

/// The actions that a URL may name, and their sentences. No other text of the URL is shown.
const SAID: [(&str, &str); 6] = [
    ("cancelled", "admin-said-cancelled"),
    ("resent", "admin-said-resent"),
    ("revoked", "admin-said-revoked"),
    ("retried", "admin-said-retried"),
    ("not-retried", "admin-said-not-retried"),
    ("key-revoked", "admin-said-key-revoked"),
];

/// The sentence about the last action.
pub(super) fn said(frame: &Frame, fields: &Fields) -> Option<String> {
    let word = fields.one("said")?;
    SAID.iter().find(|(said, _)| *said == word).map(|(_, key)| frame.say(key).to_string())
}

/// The position of a page of a list in the URL.
pub(super) fn after(fields: &Fields) -> Option<After> {
    let (at, id) = fields.one("after")?.split_once('.')?;
    Some(After { at: at.parse().ok()?, id: id.parse().ok()? })
}

/// The id in a parameter.
fn number(fields: &Fields, name: &str) -> Result<Option<i64>, BadFilter> {
    fields.filter(name, |text| text.parse().ok().filter(|id| *id > 0))
}

/// A parameter with an id, and the rows that it limits a list to.
pub(super) type Limit<W> = (&'static str, fn(i64) -> W);

/// The row that a list is limited to, by the first of these parameters in the URL, and the list's URL with it.
pub(super) fn limited<W>(fields: &Fields, path: &str, by: &[Limit<W>]) -> Result<Option<(W, String)>, BadFilter> {
    for (name, which) in by {
        if let Some(id) = number(fields, name)? {
            return Ok(Some((which(id), format!("{path}?{name}={id}"))));
        }
    }
    Ok(None)
}

/// "12", "more than 1000".
pub(super) fn bounded(frame: &Frame, count: Bounded) -> String {
    if count.is_more { frame.say("admin-more-than").with("number", count.number).to_string() } else { count.number.to_string() }
}
