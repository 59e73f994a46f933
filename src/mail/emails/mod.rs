//! Our emails: what each is told, and how it reads to one reader, in HTML and in plain text.
//!
//! An email is a struct in the file of its family, a folder of three templates under `templates/mail/`, and its sentences in
//! `templates/locales/`. Whatever comes from other people goes through [`super::sanitize`]; what comes out may hold a live link
//! and is therefore wiped when dropped and never printed.

mod access;
mod decision;
pub mod samples;
mod status;
mod system;
#[cfg(test)]
mod tests;
mod view;

use std::fmt;

use zeroize::Zeroizing;

pub use self::access::{Ended, EndsSoon, Renewal, Revoked, Shared};
pub use self::decision::{Asking, Decide, Invite};
pub use self::status::{
    AnotherDecides, Approved, ApprovedLess, Cancelled, Declined, Expired, Receipt, Undeliverable, WhyUndeliverable, Withdrawn,
};
pub use self::system::{SignInCode, SignInWarning, Summary};
use self::view::EmailView;
use super::sanitize::SUBJECT_NAME_CHARS;
use crate::domain::{Address, EmailKind, Level, Request, RequestKind, User};

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
pub struct Person {
    /// Their name; empty, or the address, where we know none.
    pub name: String,
    /// Their address. Shown in full to who decides about them, masked to others.
    pub address: Address,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self { name: user.display_name(), address: user.email.clone() }
    }
}

/// One thing that access is to.
#[derive(Clone, Debug)]
pub struct Item {
    /// What people call the bundle or the resource.
    pub name: String,
    /// How much.
    pub level: Level,
    /// Whether it is a bundle without an owner ("coach"): a share in the approver's data.
    pub is_relationship: bool,
    /// The names of the resources in it; empty where there is nothing to tell beyond the name.
    pub resources: Vec<String>,
}

/// A URL in an email. It may hold a live token: wiped when dropped, never printed.
#[derive(Clone)]
pub struct Link(Zeroizing<String>);

impl Link {
    /// The URL as it is mailed.
    pub fn new(url: impl Into<Zeroizing<String>>) -> Self {
        Self(url.into())
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
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

/// An email, with all that it says.
#[derive(Clone, Debug)]
pub enum Email {
    /// To the approver: somebody asks for access to your data.
    Decide(Decide),
    /// To the approver: somebody offers you access.
    Invite(Invite),
    /// To the approver: it still waits.
    Reminder(Asking),
    /// To the approver: the link that they asked for.
    FreshLink(Asking),
    /// To the requester: your request is on its way.
    Receipt(Receipt),
    /// To the requester: yes.
    Approved(Approved),
    /// To the requester: yes, but for less.
    ApprovedLess(ApprovedLess),
    /// To the requester: no.
    Declined(Declined),
    /// To the approver: no answer is needed any more.
    Withdrawn(Withdrawn),
    /// To the requester: nobody answered in time.
    Expired(Expired),
    /// To the requester: it can no longer be decided, and why.
    Cancelled(Cancelled),
    /// To who decided until now: somebody else does.
    AnotherDecides(AnotherDecides),
    /// A six-digit code to sign in with.
    SignInCode(SignInCode),
    /// To the requester: the email could not be delivered.
    Undeliverable(Undeliverable),
    /// To who is given to: somebody shared something with you.
    Shared(Shared),
    /// To who has access: it ends soon.
    EndsSoon(EndsSoon),
    /// To who had access: its time is over.
    Ended(Ended),
    /// To who had access: it was taken back.
    Revoked(Revoked),
    /// To somebody whose password others guess at.
    SignInWarning(SignInWarning),
    /// To an administrator: what waits for somebody.
    Summary(Summary),
}

impl Email {
    /// Which email it is.
    pub const fn kind(&self) -> EmailKind {
        match self {
            Self::Decide(_) => EmailKind::Decide,
            Self::Invite(_) => EmailKind::Invite,
            Self::Reminder(_) => EmailKind::Reminder,
            Self::FreshLink(_) => EmailKind::FreshLink,
            Self::Receipt(_) => EmailKind::Receipt,
            Self::Approved(_) => EmailKind::Approved,
            Self::ApprovedLess(_) => EmailKind::ApprovedLess,
            Self::Declined(_) => EmailKind::Declined,
            Self::Withdrawn(_) => EmailKind::Withdrawn,
            Self::Expired(_) => EmailKind::Expired,
            Self::Cancelled(_) => EmailKind::Cancelled,
            Self::AnotherDecides(_) => EmailKind::AnotherDecides,
            Self::SignInCode(_) => EmailKind::SignInCode,
            Self::Undeliverable(_) => EmailKind::Undeliverable,
            Self::Shared(_) => EmailKind::Shared,
            Self::EndsSoon(_) => EmailKind::EndsSoon,
            Self::Ended(_) => EmailKind::Ended,
            Self::Revoked(_) => EmailKind::Revoked,
            Self::SignInWarning(_) => EmailKind::SignInWarning,
            Self::Summary(_) => EmailKind::Summary,
        }
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
        if let Some(rendered) = written(email, reader, room)?.print(email.kind(), false)? {
            return Ok(rendered);
        }
    }
    let cut = written(email, reader, SUBJECT_NAME_CHARS * 2 / 9)?.print(email.kind(), true)?;
    cut.ok_or_else(|| askama::Error::custom("a subject cannot be cut off"))
}

fn written<'a>(email: &'a Email, reader: &Reader, room: usize) -> Result<EmailView<'a>, askama::Error> {
    let mut sheet = EmailView::new(reader, room)?;
    match email {
        Email::Decide(decide) => decide.write(&mut sheet),
        Email::Invite(invite) => invite.write(&mut sheet),
        Email::Reminder(asking) | Email::FreshLink(asking) => asking.write(&mut sheet),
        Email::Receipt(receipt) => receipt.write(&mut sheet),
        Email::Approved(approved) => approved.write(&mut sheet),
        Email::ApprovedLess(less) => less.write(&mut sheet),
        Email::Declined(declined) => declined.write(&mut sheet),
        Email::Withdrawn(withdrawn) => withdrawn.write(&mut sheet),
        Email::Expired(expired) => expired.write(&mut sheet),
        Email::Cancelled(cancelled) => cancelled.write(&mut sheet),
        Email::AnotherDecides(moved) => moved.write(&mut sheet),
        Email::SignInCode(code) => code.write(&mut sheet),
        Email::Undeliverable(undeliverable) => undeliverable.write(&mut sheet),
        Email::Shared(shared) => shared.write(&mut sheet),
        Email::EndsSoon(soon) => soon.write(&mut sheet),
        Email::Ended(ended) => ended.write(&mut sheet),
        Email::Revoked(revoked) => revoked.write(&mut sheet),
        Email::SignInWarning(warning) => warning.write(&mut sheet),
        Email::Summary(summary) => summary.write(&mut sheet),
    }?;
    Ok(sheet)
}
