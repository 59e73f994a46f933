//! Our emails: their content, rendered for one reader as HTML and plain text.
//!
//! Each kind of email has a `Content` in the file of its family, and its sentences in `templates/locales/`. All share the three
//! templates in `templates/mail/`. Text from other people goes through [`super::sanitize`]. The output can contain a live link,
//! so it is wiped when dropped and never printed.

pub(crate) mod access;
pub(crate) mod decision;
pub mod samples;
pub(crate) mod status;
pub(crate) mod system;
#[cfg(test)]
mod tests;
mod view;

use std::fmt;

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

pub use self::access::Renewal;
pub use self::status::WhyUndeliverable;
use self::view::{EmailView, own_key};
use super::sanitize::SUBJECT_NAME_CHARS;
use crate::config::Instance;
use crate::domain::{Address, EmailKind, Level, Request, RequestKind, Until, User};
use crate::i18n::{Args, Language, NoSentence};

/// The recipient of an email.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The display name; empty, or the address, if none is known.
    pub name: String,
    /// The address.
    pub address: Address,
    /// The language (BCP 47).
    pub locale: String,
    /// The time zone (IANA).
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

/// A person mentioned in an email.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The name; empty, or the address, if none is known.
    pub(crate) name: String,
    /// The address, shown in full where the reader decides about this person, else masked.
    pub(crate) address: Address,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self { name: user.display_name(), address: user.email.clone() }
    }
}

/// An object of access.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The display name of the bundle or resource.
    pub(crate) name: String,
    pub(crate) level: Level,
    /// Whether it is a bundle without an owner ("coach"): a relationship that opens the approver's data.
    pub(crate) is_relationship: bool,
    /// The names of its resources; empty if they say no more than the name.
    pub(crate) resources: Vec<String>,
}

/// A URL in an email. It can contain a live token, so it is wiped when dropped and never printed.
#[derive(Clone)]
pub(crate) struct Link(Zeroizing<String>);

impl Link {
    pub(crate) fn new(url: impl Into<Zeroizing<String>>) -> Self {
        Self(url.into())
    }

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
    /// The kind of request behind an email.
    RequestType {
        /// A request for access.
        Ask = "ask",
        /// An offer.
        Invite = "invite",
        /// A renewal.
        Renewal = "renewal",
    }
}

crate::word_enum! {
    /// Who can stop sharing, as the reader sees it.
    Giver {
        /// The reader.
        You = "you",
        /// Another person.
        They = "they",
        /// Left open, on administrators' pages.
        None = "none",
    }
}

impl From<&Request> for RequestType {
    fn from(request: &Request) -> Self {
        match request.kind {
            RequestKind::Invite => Self::Invite,
            RequestKind::Ask if request.renews.is_some() => Self::Renewal,
            RequestKind::Ask => Self::Ask,
        }
    }
}

/// The content of an email, independent of its reader.
pub(crate) trait Content: fmt::Debug + Send + Sync {
    /// Passes the content to the view.
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

    /// The kind of email.
    pub fn kind(&self) -> EmailKind {
        self.kind
    }
}

/// A rendered email. The bodies can contain a live link or a code, so they are wiped when dropped and never printed.
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

/// How long access lasts; `name` is the person who can stop sharing, if not the reader, and `length_key` the sentence for a
/// length of time.
pub fn how_long(
    language: &Language,
    until: Option<Until>,
    giver: Giver,
    name: Option<&str>,
    length_key: &str,
) -> Result<String, NoSentence> {
    let mut args = Args::from([("giver".into(), giver.as_str().into())]);
    let key = match until {
        None => {
            if let Some(name) = name {
                args.extend([("giver".into(), "named".into()), ("name".into(), name.to_owned().into())]);
            }
            "how-long-open"
        }
        Some(Until::At(at)) => {
            args.insert("moment".into(), language.moment(at)?.into());
            "how-long-moment"
        }
        Some(Until::For(length)) => {
            args.insert("length".into(), language.length(length)?.into());
            length_key
        }
    };
    language.say(key, &args)
}

/// Renders the email for `reader`, who gets it at `now`, in the look of the instance. Fails only for a faulty template or
/// sentence.
pub fn render(email: &Email, reader: &Reader, instance: &Instance, now: DateTime<Utc>) -> Result<Rendered, askama::Error> {
    let view = |name_chars| EmailView::new(email, reader, instance, now, name_chars);
    // If long names would truncate the subject, they are shortened.
    let limits = [2, 3, 4, 6, 9].map(|part| SUBJECT_NAME_CHARS * 2 / part);
    for name_chars in limits {
        if let Some(rendered) = view(name_chars)?.print(false)? {
            return Ok(rendered);
        }
    }
    let cut = view(SUBJECT_NAME_CHARS * 2 / 9)?.print(true)?;
    cut.ok_or_else(|| askama::Error::custom("a subject cannot be cut off"))
}

/// The description of a kind of email for administrators: its `name`, or its `purpose`, which says who gets it and when.
pub fn about_kind(kind: EmailKind, part: &str, locale: &str) -> Result<String, NoSentence> {
    Language::new(locale, "UTC").say(&own_key(kind, part), &Args::new())
}

/// Samples of every kind of email in all variants, for administrators and tests.
pub fn all_samples() -> Vec<samples::Sample> {
    [decision::samples(), status::samples(), access::samples(), system::samples()].into_iter().flatten().collect()
}
