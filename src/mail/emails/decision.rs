//! Emails that ask somebody to decide. Each carries a link of its own.

use chrono::{DateTime, Utc};

use super::view::EmailView;
use super::{Item, Link, Person, Story};
use crate::domain::Until;

/// To the approver: somebody asks for access to your data, or to keep the access they have.
#[derive(Clone, Debug)]
pub struct Decide {
    /// Who gains access.
    pub requester: Person,
    /// The app that filed it.
    pub app: Option<String>,
    /// Who filed it, if not the requester.
    pub initiator: Option<Person>,
    /// What is asked for.
    pub what: Vec<Item>,
    /// When the access that they ask to keep ends, or ended; none where they ask for new access.
    pub renews: Option<DateTime<Utc>>,
    /// When access shall end.
    pub until: Option<Until>,
    /// The requester's own words.
    pub message: Option<String>,
    /// Where the approver looks and answers.
    pub link: Link,
    /// When the request ends by itself.
    pub answer_by: DateTime<Utc>,
}

/// To the approver: somebody offers you access.
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

/// To the approver, once more: what waits for them.
#[derive(Clone, Debug)]
pub enum Asking {
    /// Somebody asks.
    Decide(Decide),
    /// Somebody offers.
    Invite(Invite),
}

impl Asking {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        match self {
            Self::Decide(decide) => decide.write(sheet),
            Self::Invite(invite) => invite.write(sheet),
        }
    }
}

impl Decide {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        let story = if self.renews.is_some() { Story::Renewal } else { Story::Ask };
        sheet.word("kind", story.as_str());
        sheet.name("asker", &self.requester.named());
        sheet.things(&self.what, None)?;
        let how_long = sheet.how_long(self.until, "how-long-from-yes")?;
        sheet.fact("fact-who-asks", self.requester.with_address(sheet)?)?;
        if let Some(initiator) = &self.initiator {
            sheet.fact("fact-filed-by", initiator.with_address(sheet)?)?;
        }
        sheet.through(self.app.as_deref())?;
        sheet.item_facts(&self.what, None)?;
        if let Some(ends) = self.renews {
            sheet.fact_moment("fact-has-it", ends)?;
        }
        sheet.fact("fact-how-long", how_long)?;
        sheet.answer_by(self.answer_by)?;
        sheet.quote(self.message.as_deref());
        sheet.note("decide-undo")?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl Invite {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = self.owner.as_ref().unwrap_or(&self.from).named();
        sheet.word("kind", Story::Invite.as_str());
        sheet.name("asker", &self.from.named());
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
