//! Emails about existing access: granted, expiring, ended, revoked.

use chrono::{DateTime, Utc};

use super::samples::{self, Sample, ann, at, coach, person, sample};
use super::view::EmailView;
use super::{Content, Item, Link, Person};
use crate::domain::{EmailKind, Level, Until};
use crate::mail::sanitize::for_email;

/// To the grantee: a person shared access with you.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) from: Person,
    /// The owner, if not the grantor.
    pub(crate) owner: Option<Person>,
    /// The group of the share, if the reader has access as a member.
    pub(crate) group: Option<String>,
    pub(crate) what: Vec<Item>,
    pub(crate) ends: Option<DateTime<Utc>>,
    pub(crate) link: Link,
}

crate::word_enum! {
    /// Whether the grantee can request a renewal.
    Renewal {
        /// With one click.
        Offered = "offered",
        /// Requested and pending.
        Asked = "asked",
        /// No; the grantor can prolong the access.
        None = "none",
    }
}

/// To the grantee: your access ends soon.
#[derive(Clone, Debug)]
pub(crate) struct EndsSoon {
    pub(crate) from: Person,
    /// The owner, if not the grantor.
    pub(crate) owner: Option<Person>,
    pub(crate) what: Vec<Item>,
    pub(crate) ends: DateTime<Utc>,
    pub(crate) renewal: Renewal,
    pub(crate) link: Link,
}

/// To the former grantee: your access has ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) from: Person,
    /// The owner, if not the grantor.
    pub(crate) owner: Option<Person>,
    pub(crate) what: Vec<Item>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) renewal: Renewal,
    /// The end of the grace period.
    pub(crate) ask_until: DateTime<Utc>,
    pub(crate) link: Link,
}

/// To the former grantee: your access was revoked.
#[derive(Clone, Debug)]
pub(crate) struct Revoked {
    pub(crate) from: Person,
    /// The owner, if not the grantor.
    pub(crate) owner: Option<Person>,
    pub(crate) what: Vec<Item>,
    pub(crate) at: DateTime<Utc>,
    /// Whether the grantor revoked it; otherwise another person may have.
    pub(crate) is_by_giver: bool,
}

impl Content for Shared {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        let owner = self.owner.as_ref().unwrap_or(&self.from).named();
        view.name("from", &self.from.named());
        view.replies_go_to(&self.from);
        view.things(&self.what, Some(&owner))?;
        let how_long = view.how_long(self.ends.map(Until::At), Some(&self.from.named()), "how-long-length")?;
        view.fact("fact-who-shares", self.from.with_address(view)?)?;
        view.item_facts(&self.what, Some(&owner))?;
        view.fact("fact-how-long", how_long)?;
        if let Some(owner) = &self.owner {
            view.detail("fact-whose", owner.named_or_masked())?;
        }
        if let Some(group) = &self.group {
            view.detail("fact-group", for_email(group))?;
        }
        view.link(&self.link, "look-click");
        Ok(())
    }
}

/// The common content of emails about the end of access.
fn about_access(view: &mut EmailView<'_>, from: &Person, owner: Option<&Person>, what: &[Item]) -> askama::Result<()> {
    let whose = owner.unwrap_or(from).named_or_masked();
    let from = from.named_or_masked();
    view.name("from", &from);
    view.things(what, Some(&whose))?;
    view.fact("fact-from", from)?;
    view.item_facts(what, Some(&whose))
}

impl Content for EndsSoon {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        about_access(view, &self.from, self.owner.as_ref(), &self.what)?;
        view.word("renewal", self.renewal.as_str());
        view.day("end_day", self.ends)?;
        view.moment("ends", self.ends)?;
        view.fact_moment("fact-ends", self.ends)?;
        view.note("ends-soon-note")?;
        view.link(&self.link, "renew-click");
        Ok(())
    }
}

impl Content for Ended {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        about_access(view, &self.from, self.owner.as_ref(), &self.what)?;
        view.word("renewal", self.renewal.as_str());
        view.moment("ask_until", self.ask_until)?;
        view.fact_moment("fact-ended", self.at)?;
        view.note("ended-note")?;
        view.link(&self.link, "renew-click");
        Ok(())
    }
}

impl Content for Revoked {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        about_access(view, &self.from, self.owner.as_ref(), &self.what)?;
        view.word("by", if self.is_by_giver { "giver" } else { "other" });
        view.fact_moment("fact-taken-back", self.at)?;
        view.note("revoked-note")
    }
}

pub(super) fn samples() -> Vec<Sample> {
    use EmailKind as K;
    let sleep = |resources| vec![samples::item("Sleep data", Level::View, resources)];
    let (page, renew) = (|| samples::page("/inbox"), || samples::page("/renew?id=17"));
    let (other, owner) = (|| person("", "carol@example.org"), Some(person("Dora Klein", "dora@example.org")));
    let (group, when) = (Some("Sleep lab".into()), at("2026-12-08T13:05:00Z"));
    let shared = || Shared { from: ann(), owner: None, group: None, what: sleep(&[]), ends: None, link: page() };
    let in_group = Shared { owner, group, what: samples::several(), ends: Some(at("2027-03-03T13:05:00Z")), ..shared() };
    let resources = &["Heart rate", "Breathing"];
    let (offered, asked, none) = (Renewal::Offered, Renewal::Asked, Renewal::None);
    let soon = || EndsSoon { from: ann(), owner: None, what: sleep(resources), ends: when, renewal: offered, link: renew() };
    let ask_until = at("2026-12-15T13:05:00Z");
    let ended =
        || Ended { from: ann(), owner: None, what: sleep(resources), at: when, renewal: offered, ask_until, link: renew() };
    let revoked = || Revoked { from: ann(), owner: None, what: sleep(resources), at: when, is_by_giver: true };
    let several = samples::several;
    vec![
        sample("shared", K::Shared, shared()),
        sample("shared_group", K::Shared, in_group),
        sample("ends_soon", K::EndsSoon, soon()),
        sample("ends_soon_asked", K::EndsSoon, EndsSoon { renewal: asked, link: page(), ..soon() }),
        sample(
            "ends_soon_several",
            K::EndsSoon,
            EndsSoon { renewal: none, owner: Some(other()), what: several(), link: page(), ..soon() },
        ),
        sample("ended", K::Ended, ended()),
        sample("ended_asked", K::Ended, Ended { renewal: asked, link: page(), ..ended() }),
        sample("ended_none", K::Ended, Ended { renewal: none, from: other(), what: several(), link: page(), ..ended() }),
        sample("revoked", K::Revoked, revoked()),
        sample("revoked_other", K::Revoked, Revoked { from: other(), what: vec![coach()], is_by_giver: false, ..revoked() }),
    ]
}
