//! Emails that ask for a decision. Each contains its own link.

use chrono::{DateTime, TimeDelta, Utc};

use super::samples::{self, Sample, at, coach, person, sample};
use super::view::EmailView;
use super::{Content, Item, Link, Person, RequestType};
use crate::domain::{EmailKind, Level, Until};

/// To the approver: a person requests or wants to renew access to your data.
#[derive(Clone, Debug)]
pub(crate) struct Decide {
    pub(crate) requester: Person,
    pub(crate) app: Option<String>,
    /// The person who filed it, if not the requester.
    pub(crate) initiator: Option<Person>,
    pub(crate) what: Vec<Item>,
    /// The end of the access to renew; none for new access.
    pub(crate) renews: Option<DateTime<Utc>>,
    pub(crate) until: Option<Until>,
    pub(crate) message: Option<String>,
    pub(crate) link: Link,
    pub(crate) answer_by: DateTime<Utc>,
}

/// To the approver: a person offers you access.
#[derive(Clone, Debug)]
pub(crate) struct Invite {
    pub(crate) from: Person,
    pub(crate) app: Option<String>,
    /// The owner, if not the offerer.
    pub(crate) owner: Option<Person>,
    pub(crate) what: Vec<Item>,
    pub(crate) until: Option<Until>,
    pub(crate) message: Option<String>,
    pub(crate) link: Link,
    pub(crate) answer_by: DateTime<Utc>,
}

impl Content for Decide {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        let request_type = if self.renews.is_some() { RequestType::Renewal } else { RequestType::Ask };
        view.word("kind", request_type.as_str());
        view.name("asker", &self.requester.named());
        view.replies_go_to(&self.requester);
        view.things(&self.what, None)?;
        let how_long = view.how_long(self.until, None, "how-long-from-yes")?;
        view.fact("fact-who-asks", self.requester.with_address(view)?)?;
        view.item_facts(&self.what, None)?;
        view.fact("fact-how-long", how_long)?;
        if let Some(initiator) = &self.initiator {
            view.detail("fact-filed-by", initiator.with_address(view)?)?;
        }
        view.through(self.app.as_deref())?;
        if let Some(ends) = self.renews {
            view.detail_moment("fact-has-it", ends)?;
        }
        view.answer_by(self.answer_by)?;
        view.quote("asking-quote", self.message.as_deref());
        view.note("decide-undo")?;
        view.link(&self.link, if view.kind == EmailKind::Decide { "decide-click" } else { "look-click" });
        Ok(())
    }
}

impl Content for Invite {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = self.owner.as_ref().unwrap_or(&self.from).named();
        view.word("kind", RequestType::Invite.as_str());
        view.name("asker", &self.from.named());
        view.replies_go_to(&self.from);
        view.things(&self.what, Some(&owner))?;
        let how_long = view.how_long(self.until, Some(&self.from.named()), "how-long-from-yes")?;
        view.fact("fact-who-offers", self.from.with_address(view)?)?;
        view.item_facts(&self.what, Some(&owner))?;
        view.fact("fact-how-long", how_long)?;
        if let Some(owner) = &self.owner {
            view.detail("fact-whose", owner.named_or_masked())?;
        }
        view.through(self.app.as_deref())?;
        view.answer_by(self.answer_by)?;
        view.quote("asking-quote", self.message.as_deref());
        view.link(&self.link, "look-click");
        Ok(())
    }
}

/// Ann's request to Bob.
pub(super) fn decide() -> Decide {
    Decide {
        requester: samples::ann(),
        app: Some("Sleep Diary".into()),
        initiator: None,
        what: vec![samples::item("Sleep data", Level::View, &["Heart rate", "Breathing", "Sleep stages"])],
        renews: None,
        until: Some(Until::At(at("2027-03-03T13:05:00Z"))),
        message: Some(
            "Hi Bob,\n\nI should like to look at the last three months before we meet.\nSee www.example.org for who I am.\n\nAnn"
                .into(),
        ),
        link: samples::link(),
        answer_by: at("2026-12-03T13:05:00Z"),
    }
}

/// Carol's offer.
pub(super) fn invite() -> Invite {
    Invite {
        from: person("Carol King", "carol@example.org"),
        app: None,
        owner: None,
        what: vec![samples::item("Training plan", Level::Contribute, &[])],
        until: Some(Until::For(TimeDelta::days(90))),
        message: Some("Have a look, and add your runs.".into()),
        link: samples::link(),
        answer_by: at("2026-12-03T13:05:00Z"),
    }
}

pub(super) fn samples() -> Vec<Sample> {
    use EmailKind as K;
    let dora = || person("Dora Klein", "dora@example.org");
    let renewal = || Decide { renews: Some(at("2026-12-05T13:05:00Z")), app: None, message: None, ..decide() };
    let plain = Decide { app: None, message: None, until: Some(Until::For(TimeDelta::days(90))), ..decide() };
    let several = Decide { what: samples::several(), initiator: Some(dora()), ..decide() };
    let coach = Decide { what: vec![coach()], until: None, requester: person("", "ann@example.org"), ..decide() };
    let of_dora = Invite { owner: Some(dora()), what: samples::several(), app: Some("Diary".into()), ..invite() };
    vec![
        sample("decide", K::Decide, decide()),
        sample("decide_plain", K::Decide, plain),
        sample("decide_several", K::Decide, several),
        sample("decide_coach", K::Decide, coach),
        sample("decide_renewal", K::Decide, renewal()),
        sample("invite", K::Invite, invite()),
        sample("invite_owner", K::Invite, of_dora),
        sample("reminder", K::Reminder, decide()),
        sample("reminder_renewal", K::Reminder, renewal()),
        sample("reminder_invite", K::Reminder, invite()),
        sample("fresh_link", K::FreshLink, decide()),
        sample("fresh_link_renewal", K::FreshLink, renewal()),
        sample("fresh_link_invite", K::FreshLink, invite()),
    ]
}
