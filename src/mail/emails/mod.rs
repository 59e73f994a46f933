//! Our letters: what each is told, and how it reads to one reader, in HTML and in plain text.
//!
//! A letter is a struct in the file of its family, a folder of three templates under `templates/mail/`, and its sentences in
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
use self::view::Sheet;
use super::sanitize::SUBJECT_NAME_CHARS;
use crate::domain::{Address, LetterKind, Level, Request, RequestKind, User};

/// To whom a letter goes.
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

/// Somebody whom a letter is about.
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
    /// Whether it is a bundle without an owner ("coach"): a share in the decider's data.
    pub is_relationship: bool,
    /// The names of the resources in it; empty where there is nothing to tell beyond the name.
    pub resources: Vec<String>,
}

/// A URL in a letter. It may hold a live token: wiped when dropped, never printed.
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

crate::words! {
    /// What a letter about a request is about.
    Story {
        /// Somebody asks for something of the decider's.
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

/// A letter, with all that it says.
#[derive(Clone, Debug)]
pub enum Letter {
    /// To the decider: somebody asks for access to your data.
    Decide(Decide),
    /// To the decider: somebody offers you access.
    Invite(Invite),
    /// To the decider: it still waits.
    Reminder(Asking),
    /// To the decider: the link that they asked for.
    FreshLink(Asking),
    /// To the asker: your request is on its way.
    Receipt(Receipt),
    /// To the asker: yes.
    Approved(Approved),
    /// To the asker: yes, but for less.
    ApprovedLess(ApprovedLess),
    /// To the asker: no.
    Declined(Declined),
    /// To the decider: no answer is needed any more.
    Withdrawn(Withdrawn),
    /// To the asker: nobody answered in time.
    Expired(Expired),
    /// To the asker: it can no longer be decided, and why.
    Cancelled(Cancelled),
    /// To who decided until now: somebody else does.
    AnotherDecides(AnotherDecides),
    /// A six-digit code to sign in with.
    SignInCode(SignInCode),
    /// To the asker: the letter could not be delivered.
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

impl Letter {
    /// Which letter it is.
    pub const fn kind(&self) -> LetterKind {
        match self {
            Self::Decide(_) => LetterKind::Decide,
            Self::Invite(_) => LetterKind::Invite,
            Self::Reminder(_) => LetterKind::Reminder,
            Self::FreshLink(_) => LetterKind::FreshLink,
            Self::Receipt(_) => LetterKind::Receipt,
            Self::Approved(_) => LetterKind::Approved,
            Self::ApprovedLess(_) => LetterKind::ApprovedLess,
            Self::Declined(_) => LetterKind::Declined,
            Self::Withdrawn(_) => LetterKind::Withdrawn,
            Self::Expired(_) => LetterKind::Expired,
            Self::Cancelled(_) => LetterKind::Cancelled,
            Self::AnotherDecides(_) => LetterKind::AnotherDecides,
            Self::SignInCode(_) => LetterKind::SignInCode,
            Self::Undeliverable(_) => LetterKind::Undeliverable,
            Self::Shared(_) => LetterKind::Shared,
            Self::EndsSoon(_) => LetterKind::EndsSoon,
            Self::Ended(_) => LetterKind::Ended,
            Self::Revoked(_) => LetterKind::Revoked,
            Self::SignInWarning(_) => LetterKind::SignInWarning,
            Self::Summary(_) => LetterKind::Summary,
        }
    }
}

/// A letter as it is sent. The bodies may hold a live link or a code: wiped when dropped, never printed.
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

/// The letter as `reader` reads it. It fails only where a template or a sentence of ours is wrong.
pub fn render(letter: &Letter, reader: &Reader) -> Result<Rendered, askama::Error> {
    // Where names are so long that the subject would lose its end, they are shorter in it.
    let rooms = [2, 3, 4, 6, 9].map(|part| SUBJECT_NAME_CHARS * 2 / part);
    for room in rooms {
        if let Some(rendered) = written(letter, reader, room)?.print(letter.kind(), false)? {
            return Ok(rendered);
        }
    }
    let cut = written(letter, reader, SUBJECT_NAME_CHARS * 2 / 9)?.print(letter.kind(), true)?;
    cut.ok_or_else(|| askama::Error::custom("a subject cannot be cut off"))
}

fn written<'a>(letter: &'a Letter, reader: &Reader, room: usize) -> Result<Sheet<'a>, askama::Error> {
    let mut sheet = Sheet::new(reader, room)?;
    match letter {
        Letter::Decide(decide) => decide.write(&mut sheet),
        Letter::Invite(invite) => invite.write(&mut sheet),
        Letter::Reminder(asking) | Letter::FreshLink(asking) => asking.write(&mut sheet),
        Letter::Receipt(receipt) => receipt.write(&mut sheet),
        Letter::Approved(approved) => approved.write(&mut sheet),
        Letter::ApprovedLess(less) => less.write(&mut sheet),
        Letter::Declined(declined) => declined.write(&mut sheet),
        Letter::Withdrawn(withdrawn) => withdrawn.write(&mut sheet),
        Letter::Expired(expired) => expired.write(&mut sheet),
        Letter::Cancelled(cancelled) => cancelled.write(&mut sheet),
        Letter::AnotherDecides(moved) => moved.write(&mut sheet),
        Letter::SignInCode(code) => code.write(&mut sheet),
        Letter::Undeliverable(undeliverable) => undeliverable.write(&mut sheet),
        Letter::Shared(shared) => shared.write(&mut sheet),
        Letter::EndsSoon(soon) => soon.write(&mut sheet),
        Letter::Ended(ended) => ended.write(&mut sheet),
        Letter::Revoked(revoked) => revoked.write(&mut sheet),
        Letter::SignInWarning(warning) => warning.write(&mut sheet),
        Letter::Summary(summary) => summary.write(&mut sheet),
    }?;
    Ok(sheet)
}
