//! Emails that tell how a request stands: to who asked (or offered), and to who need not decide any more.

use chrono::{DateTime, Utc};

use super::view::EmailView;
use super::{Item, Link, Person, Story};
use crate::domain::{Until, WhyCancelled};

/// To the requester (or who offered): it is on its way.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// What was asked.
    pub story: Story,
    /// Who decides.
    pub approver: Person,
    /// The app that filed it.
    pub app: Option<String>,
    /// What it is about.
    pub what: Vec<Item>,
    /// When access shall end.
    pub until: Option<Until>,
    /// When it ends by itself.
    pub answer_by: DateTime<Utc>,
    /// Where the reader sees it: a page of ours, without a token.
    pub link: Link,
}

/// To the requester (or who offered): yes.
#[derive(Clone, Debug)]
pub struct Approved {
    /// What was asked.
    pub story: Story,
    /// Who said yes.
    pub approver: Person,
    /// What was given.
    pub what: Vec<Item>,
    /// When access ends.
    pub ends: Option<DateTime<Utc>>,
    /// Where the reader sees it: a page of ours, without a token.
    pub link: Link,
}

/// To the requester (or who offered): yes, but for less.
#[derive(Clone, Debug)]
pub struct ApprovedLess {
    /// What was asked.
    pub story: Story,
    /// Who said yes.
    pub approver: Person,
    /// What was asked for.
    pub asked: Vec<Item>,
    /// The end that was asked for.
    pub asked_until: Option<Until>,
    /// What was given.
    pub given: Vec<Item>,
    /// When access ends.
    pub ends: Option<DateTime<Utc>>,
    /// The approver's own words.
    pub reason: Option<String>,
    /// Where the reader sees it: a page of ours, without a token.
    pub link: Link,
}

/// To the requester (or who offered): no.
#[derive(Clone, Debug)]
pub struct Declined {
    /// What was asked.
    pub story: Story,
    /// Who said no.
    pub approver: Person,
    /// What was asked for.
    pub what: Vec<Item>,
    /// The approver's own words.
    pub reason: Option<String>,
    /// From when on it may be asked again.
    pub again_from: Option<DateTime<Utc>>,
}

/// To the approver: no answer is needed any more.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// What was asked.
    pub story: Story,
    /// Who asked or offered.
    pub requester: Person,
    /// What it was about.
    pub what: Vec<Item>,
    /// Whether it was cancelled, which who asked did not do.
    pub is_cancelled: bool,
}

/// To the requester (or who offered): nobody answered in time.
#[derive(Clone, Debug)]
pub struct Expired {
    /// What was asked.
    pub story: Story,
    /// Who did not answer.
    pub approver: Person,
    /// What it was about.
    pub what: Vec<Item>,
    /// When it ended.
    pub answer_by: DateTime<Utc>,
    /// Where the reader sees it: a page of ours, without a token.
    pub link: Link,
}

/// To the requester (or who offered): it can no longer be decided.
#[derive(Clone, Debug)]
pub struct Cancelled {
    /// What was asked.
    pub story: Story,
    /// Who would have decided.
    pub approver: Person,
    /// What it was about.
    pub what: Vec<Item>,
    /// Why.
    pub why: WhyCancelled,
}

/// To who decided until now: somebody else does.
#[derive(Clone, Debug)]
pub struct AnotherDecides {
    /// What was asked.
    pub story: Story,
    /// Who asked.
    pub requester: Person,
    /// What it is about.
    pub what: Vec<Item>,
}

/// To the requester (or who offered): the email could not be delivered.
#[derive(Clone, Debug)]
pub struct Undeliverable {
    /// What was asked.
    pub story: Story,
    /// To whom we wrote.
    pub approver: Person,
    /// What it was about.
    pub what: Vec<Item>,
    /// Why it did not arrive.
    pub why: WhyUndeliverable,
}

crate::word_enum! {
    /// Why an email did not arrive, as far as the requester can do something about it. The server's own words stay with the
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

impl Receipt {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.story, &self.approver);
        sheet.things(&self.what, owner.as_deref())?;
        let how_long = sheet.how_long(self.until, "how-long-length")?;
        sheet.through(self.app.as_deref())?;
        sheet.item_facts(&self.what, owner.as_deref())?;
        sheet.fact("fact-how-long", how_long)?;
        sheet.fact_moment("fact-waits-until", self.answer_by)?;
        sheet.note("receipt-note")?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl Approved {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.story, &self.approver);
        sheet.things(&self.what, owner.as_deref())?;
        let how_long = sheet.how_long(self.ends.map(Until::At), "how-long-length")?;
        sheet.item_facts(&self.what, owner.as_deref())?;
        sheet.fact("fact-how-long", how_long)?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl ApprovedLess {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.story, &self.approver);
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
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.story, &self.approver);
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
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        sheet.word("kind", if self.is_cancelled { "cancelled" } else { self.story.as_str() });
        sheet.name("asker", &self.requester.named());
        let owner = (self.story == Story::Invite).then(|| self.requester.named());
        sheet.things(&self.what, owner.as_deref())?;
        sheet.note("withdrawn-note")
    }
}

impl Expired {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.story, &self.approver);
        sheet.things(&self.what, owner.as_deref())?;
        sheet.moment("answer_by", self.answer_by)?;
        sheet.note("expired-note")?;
        sheet.link = Some(&self.link);
        Ok(())
    }
}

impl Cancelled {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.story, &self.approver);
        sheet.things(&self.what, owner.as_deref())?;
        sheet.word(
            "why",
            match self.why {
                WhyCancelled::ThingGone => "thing_gone",
                WhyCancelled::DeciderGone => "decider_gone",
                WhyCancelled::AppGone => "app_gone",
                WhyCancelled::AskersOwn => "own",
                WhyCancelled::NotOfferersAnyMore => "not_yours",
                WhyCancelled::Removed | WhyCancelled::AskerGone => "removed",
            },
        );
        Ok(())
    }
}

impl AnotherDecides {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        sheet.word("kind", self.story.as_str());
        sheet.name("asker", &self.requester.named());
        sheet.things(&self.what, None)?;
        sheet.note("another-decides-note")
    }
}

impl Undeliverable {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = sheet.outcome(self.story, &self.approver);
        sheet.things(&self.what, owner.as_deref())?;
        sheet.word("why", self.why.as_str());
        if !self.approver.address.as_str().is_empty() {
            sheet.fact("fact-mailed-to", self.approver.address.masked())?;
        }
        let happened = sheet.say("undeliverable-happened")?;
        sheet.fact("fact-what-happened", happened)?;
        sheet.note("undeliverable-next")
    }
}
