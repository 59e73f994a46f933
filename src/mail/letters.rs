//! Our letters: what each is told, and how it reads to one reader, in HTML and in plain text.
//!
//! A letter is a struct here, a folder of three templates under `templates/mail/`, and its sentences in
//! `templates/locales/`. Whatever comes from other people goes through [`super::text`]; what comes out may hold a live link
//! and is therefore wiped when dropped and never printed.

#[cfg(test)]
mod samples;
mod sheet;
#[cfg(test)]
mod tests;

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use self::sheet::Sheet;
use super::text::display_safe;
use crate::domain::{Address, LetterKind, Level, RequestKind, Until, User};

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

/// To the decider: somebody asks for access to your data.
#[derive(Clone, Debug)]
pub struct Decide {
    /// Who gains access.
    pub asker: Person,
    /// The app that filed it.
    pub app: Option<String>,
    /// Who filed it, if not the asker.
    pub initiator: Option<Person>,
    /// What is asked for.
    pub what: Vec<Item>,
    /// When access shall end.
    pub until: Option<Until>,
    /// The asker's own words.
    pub message: Option<String>,
    /// Where the decider looks and answers.
    pub link: Link,
    /// When the request ends by itself.
    pub answer_by: DateTime<Utc>,
}

/// To the decider: somebody offers you access.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Who offers.
    pub from: Person,
    /// The app that filed it.
    pub app: Option<String>,
    /// Whose it is, if not the offerer's.
    pub owner: Option<Person>,
    /// What is offered.
    pub what: Vec<Item>,
    /// When access shall end.
    pub until: Option<Until>,
    /// The offerer's own words.
    pub message: Option<String>,
    /// Where the reader looks and answers.
    pub link: Link,
    /// When the offer ends by itself.
    pub answer_by: DateTime<Utc>,
}

/// To the asker (or who offered): yes.
#[derive(Clone, Debug)]
pub struct Approved {
    /// Whether it was asked for or offered.
    pub kind: RequestKind,
    /// Who said yes.
    pub decider: Person,
    /// What was given.
    pub what: Vec<Item>,
    /// When access ends.
    pub ends: Option<DateTime<Utc>>,
    /// Where the reader sees it: a page of ours, without a token.
    pub link: Link,
}

/// To the asker (or who offered): yes, but for less.
#[derive(Clone, Debug)]
pub struct ApprovedLess {
    /// Whether it was asked for or offered.
    pub kind: RequestKind,
    /// Who said yes.
    pub decider: Person,
    /// What was asked for.
    pub asked: Vec<Item>,
    /// The end that was asked for.
    pub asked_until: Option<Until>,
    /// What was given.
    pub given: Vec<Item>,
    /// When access ends.
    pub ends: Option<DateTime<Utc>>,
    /// The decider's own words.
    pub reason: Option<String>,
    /// Where the reader sees it: a page of ours, without a token.
    pub link: Link,
}

/// To the asker (or who offered): no.
#[derive(Clone, Debug)]
pub struct Declined {
    /// Whether it was asked for or offered.
    pub kind: RequestKind,
    /// Who said no.
    pub decider: Person,
    /// What was asked for.
    pub what: Vec<Item>,
    /// The decider's own words.
    pub reason: Option<String>,
    /// From when on it may be asked again.
    pub again_from: Option<DateTime<Utc>>,
}

/// To the decider: no answer is needed any more.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// Whether it was asked for or offered.
    pub kind: RequestKind,
    /// Who asked or offered.
    pub asker: Person,
    /// What it was about.
    pub what: Vec<Item>,
}

/// To the asker (or who offered): nobody answered in time.
#[derive(Clone, Debug)]
pub struct Expired {
    /// Whether it was asked for or offered.
    pub kind: RequestKind,
    /// Who did not answer.
    pub decider: Person,
    /// What it was about.
    pub what: Vec<Item>,
    /// When it ended.
    pub answer_by: DateTime<Utc>,
    /// Where the reader sees it: a page of ours, without a token.
    pub link: Link,
}

/// A six-digit code to sign in with.
#[derive(Clone)]
pub struct SignInCode {
    /// The code.
    pub code: Zeroizing<String>,
    /// How many minutes it is good for.
    pub minutes: u32,
}

impl fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInCode").field("minutes", &self.minutes).finish_non_exhaustive()
    }
}

/// To the asker (or who offered): the letter could not be delivered.
#[derive(Clone, Debug)]
pub struct Undeliverable {
    /// Whether it was asked for or offered.
    pub kind: RequestKind,
    /// To whom we wrote.
    pub decider: Person,
    /// What it was about.
    pub what: Vec<Item>,
    /// Why it did not arrive.
    pub why: WhyUndeliverable,
}

/// To who is given to: somebody shared something with you.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Who gives.
    pub from: Person,
    /// Whose it is, if not the giver's.
    pub owner: Option<Person>,
    /// The group that it is shared with, where the reader has it as one of them.
    pub group: Option<String>,
    /// What was given.
    pub what: Vec<Item>,
    /// When access ends.
    pub ends: Option<DateTime<Utc>>,
    /// Where the reader sees it: a page of ours, without a token.
    pub link: Link,
}

crate::words! {
    /// Why a letter did not arrive, as far as the asker can do something about it. The server's own words stay with the
    /// admin: they name addresses and machines.
    WhyUndeliverable {
        /// The server says that there is no such address.
        NoMailbox = "no_mailbox",
        /// The server refused for another reason.
        Refused = "refused",
        /// It said "later", or nothing, for as long as it made sense to try.
        NoAnswer = "no_answer",
    }
}

/// A letter, with all that it says.
#[derive(Clone, Debug)]
pub enum Letter {
    /// To the decider: somebody asks for access to your data.
    Decide(Decide),
    /// To the decider: somebody offers you access.
    Invite(Invite),
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
    /// A six-digit code to sign in with.
    SignInCode(SignInCode),
    /// To the asker: the letter could not be delivered.
    Undeliverable(Undeliverable),
    /// To who is given to: somebody shared something with you.
    Shared(Shared),
}

impl Letter {
    /// Which letter it is.
    pub const fn kind(&self) -> LetterKind {
        match self {
            Self::Decide(_) => LetterKind::Decide,
            Self::Invite(_) => LetterKind::Invite,
            Self::Approved(_) => LetterKind::Approved,
            Self::ApprovedLess(_) => LetterKind::ApprovedLess,
            Self::Declined(_) => LetterKind::Declined,
            Self::Withdrawn(_) => LetterKind::Withdrawn,
            Self::Expired(_) => LetterKind::Expired,
            Self::SignInCode(_) => LetterKind::SignInCode,
            Self::Undeliverable(_) => LetterKind::Undeliverable,
            Self::Shared(_) => LetterKind::Shared,
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
    let mut sheet = Sheet::new(reader)?;
    match letter {
        Letter::Decide(decide) => decide.write(&mut sheet),
        Letter::Invite(invite) => invite.write(&mut sheet),
        Letter::Approved(approved) => approved.write(&mut sheet),
        Letter::ApprovedLess(less) => less.write(&mut sheet),
        Letter::Declined(declined) => declined.write(&mut sheet),
        Letter::Withdrawn(withdrawn) => withdrawn.write(&mut sheet),
        Letter::Expired(expired) => expired.write(&mut sheet),
        Letter::SignInCode(code) => code.write(&mut sheet),
        Letter::Undeliverable(undeliverable) => undeliverable.write(&mut sheet),
        Letter::Shared(shared) => shared.write(&mut sheet),
    }?;
    sheet.print(letter.kind())
}

impl Decide {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        sheet.name("asker", &self.asker.named());
        sheet.things(&self.what, None)?;
        let how_long = sheet.how_long(self.until, "how-long-from-yes")?;
        sheet.fact("fact-who-asks", self.asker.with_address(sheet)?)?;
        if let Some(initiator) = &self.initiator {
            sheet.fact("fact-filed-by", initiator.with_address(sheet)?)?;
        }
        sheet.through(self.app.as_deref())?;
        sheet.item_facts(&self.what, None)?;
        sheet.fact("fact-how-long", how_long)?;
        sheet.answer_by(self.answer_by)?;
        sheet.quote(self.message.as_deref());
        sheet.note("decide-undo")?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl Invite {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        let owner = self.owner.as_ref().unwrap_or(&self.from).named();
        sheet.name("from", &self.from.named());
        sheet.things(&self.what, Some(&owner))?;
        let how_long = sheet.how_long(self.until, "how-long-from-yes")?;
        sheet.fact("fact-who-offers", self.from.with_address(sheet)?)?;
        if let Some(owner) = &self.owner {
            sheet.fact("fact-whose", owner.named_or_masked())?;
        }
        sheet.through(self.app.as_deref())?;
        sheet.item_facts(&self.what, Some(&owner))?;
        sheet.fact("fact-how-long", how_long)?;
        sheet.answer_by(self.answer_by)?;
        sheet.quote(self.message.as_deref());
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl Approved {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.kind, &self.decider);
        sheet.things(&self.what, owner.as_deref())?;
        let how_long = sheet.how_long(self.ends.map(Until::At), "how-long-length")?;
        sheet.item_facts(&self.what, owner.as_deref())?;
        sheet.fact("fact-how-long", how_long)?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl ApprovedLess {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.kind, &self.decider);
        sheet.things(&self.given, owner.as_deref())?;
        let asked = sheet.how_long(self.asked_until, "how-long-length")?;
        let given = sheet.how_long(self.ends.map(Until::At), "how-long-length")?;
        sheet.compared_facts(&self.given, &self.asked, owner.as_deref())?;
        let how_long = sheet.instead(given, asked)?;
        sheet.fact("fact-how-long", how_long)?;
        sheet.quote(self.reason.as_deref());
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl Declined {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.kind, &self.decider);
        sheet.things(&self.what, owner.as_deref())?;
        sheet.quote(self.reason.as_deref());
        if let Some(again) = self.again_from {
            sheet.moment("again", again)?;
            sheet.note("declined-again")?;
        }
        Ok(())
    }
}

impl Withdrawn {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        sheet.word("kind", self.kind.as_str());
        sheet.name("asker", &self.asker.named());
        let owner = match self.kind {
            RequestKind::Ask => None,
            RequestKind::Invite => Some(self.asker.named()),
        };
        sheet.things(&self.what, owner.as_deref())?;
        sheet.note("withdrawn-note")
    }
}

impl Expired {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.kind, &self.decider);
        sheet.things(&self.what, owner.as_deref())?;
        sheet.moment("answer_by", self.answer_by)?;
        sheet.note("expired-note")?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl SignInCode {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        sheet.length("length", TimeDelta::minutes(i64::from(self.minutes)))?;
        sheet.code = Some(&self.code);
        sheet.note("sign-in-code-note")
    }
}

impl Undeliverable {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.kind, &self.decider);
        sheet.things(&self.what, owner.as_deref())?;
        sheet.word("why", self.why.as_str());
        sheet.fact("fact-mailed-to", self.decider.address.masked())?;
        let happened = sheet.say("undeliverable-happened")?;
        sheet.fact("fact-what-happened", happened)?;
        sheet.note("undeliverable-next")
    }
}

impl Shared {
    fn write<'a>(&'a self, sheet: &mut Sheet<'a>) -> askama::Result<()> {
        let owner = self.owner.as_ref().unwrap_or(&self.from).named();
        sheet.name("from", &self.from.named());
        sheet.things(&self.what, Some(&owner))?;
        let how_long = sheet.how_long(self.ends.map(Until::At), "how-long-length")?;
        sheet.fact("fact-who-shares", self.from.with_address(sheet)?)?;
        if let Some(owner) = &self.owner {
            sheet.fact("fact-whose", owner.named_or_masked())?;
        }
        if let Some(group) = &self.group {
            sheet.fact("fact-group", display_safe(group))?;
        }
        sheet.item_facts(&self.what, Some(&owner))?;
        sheet.fact("fact-how-long", how_long)?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}
