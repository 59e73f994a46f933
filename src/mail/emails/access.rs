//! Emails about access that somebody has: that it was given, that it ends, that it is over.

use chrono::{DateTime, Utc};

use super::view::EmailView;
use super::{Item, Link, Person};
use crate::domain::Until;
use crate::mail::sanitize::display_safe;

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

crate::word_enum! {
    /// Whether who has access can ask to keep it.
    Renewal {
        /// By one click.
        Offered = "offered",
        /// They did, and wait for the answer.
        Asked = "asked",
        /// Not here: who gave it can prolong it.
        None = "none",
    }
}

/// To who has access: it ends soon.
#[derive(Clone, Debug)]
pub struct EndsSoon {
    /// Who gave it.
    pub from: Person,
    /// Whose it is, if not the giver's.
    pub owner: Option<Person>,
    /// What it is to.
    pub what: Vec<Item>,
    /// When it ends.
    pub ends: DateTime<Utc>,
    /// What the reader can do about it.
    pub renewal: Renewal,
    /// Where: a page of ours, without a token.
    pub link: Link,
}

/// To who had access: its time is over.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Who gave it.
    pub from: Person,
    /// Whose it is, if not the giver's.
    pub owner: Option<Person>,
    /// What it was to.
    pub what: Vec<Item>,
    /// When it ended.
    pub ended: DateTime<Utc>,
    /// What the reader can do about it.
    pub renewal: Renewal,
    /// Until when.
    pub ask_until: DateTime<Utc>,
    /// Where: a page of ours, without a token.
    pub link: Link,
}

/// To who had access: it was taken back.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// Who gave it.
    pub from: Person,
    /// Whose it is, if not the giver's.
    pub owner: Option<Person>,
    /// What it was to.
    pub what: Vec<Item>,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether who gave it took it back; otherwise somebody else may have.
    pub is_by_giver: bool,
}

impl Shared {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
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

/// What all emails about the end of access say.
fn about_access(sheet: &mut EmailView<'_>, from: &Person, owner: Option<&Person>, what: &[Item]) -> askama::Result<()> {
    let whose = owner.unwrap_or(from).named_or_masked();
    let from = from.named_or_masked();
    sheet.name("from", &from);
    sheet.things(what, Some(&whose))?;
    sheet.fact("fact-from", from)?;
    sheet.item_facts(what, Some(&whose))
}

impl EndsSoon {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        about_access(sheet, &self.from, self.owner.as_ref(), &self.what)?;
        sheet.word("renewal", self.renewal.as_str());
        sheet.day("end_day", self.ends)?;
        sheet.moment("ends", self.ends)?;
        sheet.fact_moment("fact-ends", self.ends)?;
        sheet.note("ends-soon-note")?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl Ended {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        about_access(sheet, &self.from, self.owner.as_ref(), &self.what)?;
        sheet.word("renewal", self.renewal.as_str());
        sheet.moment("ask_until", self.ask_until)?;
        sheet.fact_moment("fact-ended", self.ended)?;
        sheet.note("ended-note")?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl Revoked {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        about_access(sheet, &self.from, self.owner.as_ref(), &self.what)?;
        sheet.word("by", if self.is_by_giver { "giver" } else { "other" });
        sheet.fact_moment("fact-taken-back", self.at)?;
        sheet.note("revoked-note")
    }
}
