//! Emails about the state of a request: to the requester (or offerer), and to an approver who need not decide any longer.

use chrono::{DateTime, TimeDelta, Utc};

use super::samples::{self, Sample, ann, at, coach, item, person, sample, several};
use super::view::EmailView;
use super::{Content, Item, Link, Person, RequestType};
use crate::domain::{EmailKind, Level, Until, WhyCancelled};

/// The state of a request.
#[derive(Clone, Debug)]
pub(crate) struct Status {
    /// The kind of request.
    pub(crate) request_type: RequestType,
    /// The other person: the approver, or in news to the approver the requester or offerer.
    pub(crate) other: Person,
    /// The items; in an approval the granted ones.
    pub(crate) what: Vec<Item>,
    pub(crate) news: News,
}

/// The news. Links lead to our pages, without a token.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// To the requester (or offerer): your request was sent.
    Receipt { app: Option<String>, until: Option<Until>, answer_by: DateTime<Utc>, link: Link },
    /// To the requester (or offerer): approved.
    Approved { ends: Option<DateTime<Utc>>, link: Link },
    /// To the requester (or offerer): approved with limits.
    ApprovedLess { asked: Vec<Item>, asked_until: Option<Until>, ends: Option<DateTime<Utc>>, reason: Option<String>, link: Link },
    /// To the requester (or offerer): declined, and when an equal request is possible.
    Declined { reason: Option<String>, again_from: Option<DateTime<Utc>> },
    /// To the approver: no decision is needed. A cancellation was not by the requester.
    Withdrawn { is_cancelled: bool },
    /// To the requester (or offerer): expired without a decision.
    Expired { answer_by: DateTime<Utc>, link: Link },
    /// To the requester (or offerer): cancelled.
    Cancelled { why: WhyCancelled },
    /// To the former approver: another person decides.
    AnotherDecides,
    /// To the requester (or offerer): the email could not be delivered.
    Undeliverable { why: WhyUndeliverable },
}

crate::word_enum! {
    /// Why an email was not delivered, as far as the requester can act on it. The server's text is for administrators only,
    /// because it names addresses and machines.
    WhyUndeliverable {
        /// The address does not exist.
        NoMailbox = "no_mailbox",
        /// The server refused for another reason.
        Refused = "refused",
        /// The server deferred or did not answer, until delivery was given up.
        NoAnswer = "no_answer",
    }
}

impl Content for Status {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        let is_invite = self.request_type == RequestType::Invite;
        view.word("kind", self.request_type.as_str());
        // The owner, from the reader's view; none if the data is the reader's.
        let owner = if view.kind.is_to_requester() {
            let name = self.other.named_or_masked();
            view.name("decider", &name);
            (!is_invite).then_some(name)
        } else {
            let name = self.other.named();
            view.name("asker", &name);
            (is_invite && view.kind == EmailKind::Withdrawn).then_some(name)
        };
        let owner = owner.as_deref();
        view.things(&self.what, owner)?;
        match &self.news {
            News::Receipt { app, until, answer_by, link } => {
                let how_long = view.how_long(*until, owner, "how-long-length")?;
                view.fact("fact-mailed-to", self.other.named_or_masked())?;
                view.item_facts(&self.what, owner)?;
                view.fact("fact-how-long", how_long)?;
                view.through(app.as_deref())?;
                view.detail_moment("fact-waits-until", *answer_by)?;
                view.note("receipt-note")?;
                view.link(link, "receipt-click");
            }
            News::Approved { ends, link } => {
                view.why = "asked-why".into();
                let how_long = view.how_long(ends.map(Until::At), owner, "how-long-length")?;
                view.fact("fact-approved-by", self.other.named_or_masked())?;
                view.item_facts(&self.what, owner)?;
                view.fact("fact-how-long", how_long)?;
                view.link(link, "look-click");
            }
            News::ApprovedLess { asked, asked_until, ends, reason, link } => {
                view.why = "asked-why".into();
                let until = view.how_long(*asked_until, owner, "how-long-length")?;
                let given = view.how_long(ends.map(Until::At), owner, "how-long-length")?;
                view.fact("fact-approved-by", self.other.named_or_masked())?;
                view.compared_facts(&self.what, asked, owner)?;
                let how_long = view.instead(given, until)?;
                view.fact("fact-how-long", how_long)?;
                view.quote("decider-quote", reason.as_deref());
                view.link(link, "look-click");
                view.button = "approved-button".into();
            }
            News::Declined { reason, again_from } => {
                view.why = "asked-why".into();
                view.quote("decider-quote", reason.as_deref());
                if let Some(again) = again_from {
                    view.moment("again", *again)?;
                    view.note("declined-again")?;
                }
            }
            News::Withdrawn { is_cancelled } => {
                if *is_cancelled {
                    view.word("kind", "cancelled");
                }
                view.note("withdrawn-note")?;
            }
            News::Expired { answer_by, link } => {
                view.why = "asked-open-why".into();
                view.moment("answer_by", *answer_by)?;
                view.note("expired-note")?;
                view.link(link, "look-click");
            }
            News::Cancelled { why } => {
                view.why = "asked-why".into();
                view.word("why", cause(*why));
            }
            News::AnotherDecides => view.note("another-decides-note")?,
            News::Undeliverable { why } => {
                view.why = "asked-open-why".into();
                view.word("why", why.as_str());
                if !self.other.address.as_str().is_empty() {
                    view.fact("fact-mailed-to", self.other.address.masked())?;
                }
                let happened = view.say("undeliverable-happened")?;
                view.fact("fact-what-happened", happened)?;
                view.note("undeliverable-next")?;
            }
        }
        Ok(())
    }
}

/// The name of a cause in the sentences.
const fn cause(why: WhyCancelled) -> &'static str {
    match why {
        WhyCancelled::ThingGone => "thing_gone",
        WhyCancelled::ApproverGone => "decider_gone",
        WhyCancelled::AppGone => "app_gone",
        WhyCancelled::GranteeIsOwner => "own",
        WhyCancelled::OffererNotOwner => "not_yours",
        WhyCancelled::Removed | WhyCancelled::RequesterGone => "removed",
    }
}

pub(super) fn samples() -> Vec<Sample> {
    let request_types = [(RequestType::Ask, ""), (RequestType::Invite, "_invite"), (RequestType::Renewal, "_renewal")];
    request_types.into_iter().flat_map(|(request_type, suffix)| samples_of(request_type, suffix)).collect()
}

fn samples_of(request_type: RequestType, suffix: &str) -> Vec<Sample> {
    use EmailKind as K;
    let link = || samples::page("/inbox");
    let sleep = |level, resources| vec![item("Sleep data", level, resources)];
    let view = || sleep(Level::View, &[]);
    let edit = || sleep(Level::Edit, &[]);
    let (ends, answer_by) = (Some(at("2027-03-03T13:05:00Z")), at("2026-12-03T13:05:00Z"));
    let receipt = News::Receipt { app: Some("Diary".into()), until: ends.map(Until::At), answer_by, link: link() };
    let less = |asked| {
        let (asked_until, reason) = (Some(Until::For(TimeDelta::days(365))), Some("Heart rate should do to begin with.".into()));
        News::ApprovedLess { asked, asked_until, ends, reason, link: link() }
    };
    let asked = sleep(Level::Edit, &["Heart rate", "Breathing", "Stages"]);
    let given = || sleep(Level::View, &["Heart rate"]);
    let (reason, again_from) = (Some("I'd rather show you in person.\nB.".into()), Some(at("2026-12-10T13:05:00Z")));
    let bare = News::Declined { reason: None, again_from: None };
    let mut all = vec![
        ("receipt".to_owned(), K::Receipt, view(), receipt),
        ("approved".to_owned(), K::Approved, view(), News::Approved { ends, link: link() }),
        ("approved_coach".to_owned(), K::Approved, vec![coach()], News::Approved { ends: None, link: link() }),
        ("approved_less".to_owned(), K::ApprovedLess, given(), less(asked)),
        ("approved_less_several".to_owned(), K::ApprovedLess, given(), less(several())),
        ("declined".to_owned(), K::Declined, edit(), News::Declined { reason, again_from }),
        ("declined_bare".to_owned(), K::Declined, several(), bare),
        ("withdrawn".to_owned(), K::Withdrawn, view(), News::Withdrawn { is_cancelled: false }),
        ("withdrawn_cancelled".to_owned(), K::Withdrawn, vec![coach()], News::Withdrawn { is_cancelled: true }),
        ("another_decides".to_owned(), K::AnotherDecides, view(), News::AnotherDecides),
        ("expired".to_owned(), K::Expired, view(), News::Expired { answer_by, link: link() }),
    ];
    for why in WhyUndeliverable::ALL.iter().copied() {
        let name = if why == WhyUndeliverable::NoMailbox { "undeliverable".into() } else { format!("undeliverable_{why}") };
        all.push((name, K::Undeliverable, view(), News::Undeliverable { why }));
    }
    for why in WhyCancelled::ALL.iter().copied() {
        let name = if why == WhyCancelled::ThingGone { "cancelled".into() } else { format!("cancelled_{}", cause(why)) };
        all.push((name, K::Cancelled, view(), News::Cancelled { why }));
    }
    let bob = || person("Bob Stone", "bob@example.org");
    let email = |(name, kind, what, news): (String, EmailKind, Vec<Item>, News)| {
        let other = if kind.is_to_requester() { bob() } else { ann() };
        sample(name + suffix, kind, Status { request_type, other, what, news })
    };
    all.into_iter().map(email).collect()
}
