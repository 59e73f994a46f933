//! Our emails: what each says, and how it reads to one reader, in HTML and in plain text.
//!
//! A kind of email is what it says (`Content`), in the file of its family, and its sentences in `templates/locales/`. All share
//! the three templates in `templates/mail/`. Whatever comes from other people goes through [`super::sanitize`]; what comes out
//! may hold a live link and is therefore wiped when dropped and never printed.

pub(crate) mod access;
pub(crate) mod decision;
pub mod samples;
pub(crate) mod status;
pub(crate) mod system;
#[cfg(test)]
mod tests;
mod view;

use std::fmt;

use zeroize::Zeroizing;

pub use self::access::Renewal;
pub use self::status::WhyUndeliverable;
use self::view::{EmailView, own_key};
use super::sanitize::SUBJECT_NAME_CHARS;
use crate::domain::{Address, EmailKind, Level, Request, RequestKind, User};
use crate::i18n::{Args, Language, NoSentence};

/// To whom an email goes.
#[derive(Clone, Debug)]
pub struct Reader {
    /// What we call them; empty, or the address, where we know no name.
    pub name: String,
    /// Where it is sent.
    pub address: Address,
    /// Their language (BCP 47).
    pub locale: String,
    /// Their time zone (IANA).
    pub time_zone: String,
}

impl From<&User> for Reader {
    fn from(user: &User) -> Self {
        Self {
            name: user.display_name(),
            address: user.email.clone(),
            locale: user.locale.clone(),
            time_zone: user.time_zone.clone(),
        }
    }
}

/// Somebody whom an email is about.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Their name; empty, or the address, where we know none.
    pub(crate) name: String,
    /// Their address. Shown in full to who decides about them, masked to others.
    pub(crate) address: Address,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self { name: user.display_name(), address: user.email.clone() }
    }
}

/// One thing that access is to.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// What people call the bundle or the resource.
    pub(crate) name: String,
    /// How much.
    pub(crate) level: Level,
    /// Whether it is a bundle without an owner ("coach"): a share in the approver's data.
    pub(crate) is_relationship: bool,
    /// The names of the resources in it; empty where there is nothing to tell beyond the name.
    pub(crate) resources: Vec<String>,
}

/// A URL in an email. It may hold a live token: wiped when dropped, never printed.
#[derive(Clone)]
pub(crate) struct Link(Zeroizing<String>);

impl Link {
    /// The URL as it is mailed.
    pub(crate) fn new(url: impl Into<Zeroizing<String>>) -> Self {
        Self(url.into())
    }

    /// The URL.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(…)")
    }
}

crate::word_enum! {
    /// What an email about a request is about.
    Story {
        /// Somebody asks for something of the approver's.
        Ask = "ask",
        /// Somebody offers.
        Invite = "invite",
        /// Somebody asks to keep what they have.
        Renewal = "renewal",
    }
}

impl From<&Request> for Story {
    fn from(request: &Request) -> Self {
        match request.kind {
            RequestKind::Invite => Self::Invite,
            RequestKind::Ask if request.renews.is_some() => Self::Renewal,
            RequestKind::Ask => Self::Ask,
        }
    }
}

/// What an email says, whoever reads it.
pub(crate) trait Content: fmt::Debug + Send + Sync {
    /// Tells the view all that the templates show.
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()>;
}

/// An email.
#[derive(Debug)]
pub struct Email {
    kind: EmailKind,
    content: Box<dyn Content>,
}

impl Email {
    pub(crate) fn new(kind: EmailKind, content: impl Content + 'static) -> Self {
        Self { kind, content: Box::new(content) }
    }

    /// Which email it is.
    pub fn kind(&self) -> EmailKind {
        self.kind
    }
}

/// An email as it is sent. The bodies may hold a live link or a code: wiped when dropped, never printed.
pub struct Rendered {
    /// One line of at most 150 characters.
    pub subject: String,
    /// The plain text, lines ended by `\n`.
    pub text: Zeroizing<String>,
    /// The HTML.
    pub html: Zeroizing<String>,
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The email as `reader` reads it. It fails only where a template or a sentence of ours is wrong.
pub fn render(email: &Email, reader: &Reader) -> Result<Rendered, askama::Error> {
    // Where names are so long that the subject would lose its end, they are shorter in it.
    let rooms = [2, 3, 4, 6, 9].map(|part| SUBJECT_NAME_CHARS * 2 / part);
    for room in rooms {
        if let Some(rendered) = EmailView::new(email, reader, room)?.print(false)? {
            return Ok(rendered);
        }
    }
    let cut = EmailView::new(email, reader, SUBJECT_NAME_CHARS * 2 / 9)?.print(true)?;
    cut.ok_or_else(|| askama::Error::custom("a subject cannot be cut off"))
}

/// What administrators read of a kind of email: its `name`, or its `purpose`, which is to whom it goes and when.
pub fn about_kind(kind: EmailKind, part: &str, locale: &str) -> Result<String, NoSentence> {
    Language::new(locale, "UTC").say(&own_key(kind, part), &Args::new())
}

/// Every kind of email in all the ways it can be told, for an administrator to look at and for the tests.
pub fn all_samples() -> Vec<samples::Sample> {
    [decision::samples(), status::samples(), access::samples(), system::samples()].into_iter().flatten().collect()
}
