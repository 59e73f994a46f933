//! Each email, in all the ways it can be told, about people who do not exist: for an administrator to look at, and for the
//! tests, which add the corners.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Address, AnotherDecides, Approved, ApprovedLess, Asking, Cancelled, Decide, Declined, Email, EmailKind, Ended, EndsSoon,
    Expired, Invite, Item, Level, Link, Person, Reader, Receipt, Renewal, Revoked, Shared, SignInCode, SignInWarning, Story,
    Summary, Undeliverable, WhyUndeliverable, Withdrawn,
};
use crate::domain::{Until, WhyCancelled};

pub(super) const TOKEN: &str = "csr_AAAAAAAAAAcV2hhdCBhIGZpbmUgZGF5IHRvIHNheSB5ZXMgdG8gQW5u";
pub(super) const CODE: &str = "408215";

/// Who reads an email of this kind: who asked is Ann, who is asked is Bob.
pub fn reader_of(kind: EmailKind) -> Reader {
    use EmailKind as K;
    match kind {
        K::Receipt | K::Approved | K::ApprovedLess | K::Declined | K::Expired | K::Cancelled | K::Undeliverable => {
            Reader { name: "Ann Lee".into(), address: address("ann@example.org"), ..reader() }
        }
        K::Decide
        | K::Invite
        | K::Reminder
        | K::FreshLink
        | K::Withdrawn
        | K::AnotherDecides
        | K::SignInCode
        | K::SignInWarning
        | K::Shared
        | K::EndsSoon
        | K::Ended
        | K::Revoked
        | K::Summary => reader(),
    }
}

/// Bob.
pub(super) fn reader() -> Reader {
    Reader {
        name: "Bob Stone".into(),
        address: address("bob@example.org"),
        locale: "en".into(),
        time_zone: "Europe/Zurich".into(),
    }
}

fn address(text: &str) -> Address {
    Address::from_stored(text.to_owned())
}

pub(super) fn person(name: &str, at: &str) -> Person {
    Person { name: name.into(), address: address(at) }
}

fn ann() -> Person {
    person("Ann Lee", "ann@example.org")
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

pub(super) fn item(name: &str, level: Level, resources: &[&str]) -> Item {
    Item { name: name.into(), level, is_relationship: false, resources: resources.iter().map(|one| (*one).to_owned()).collect() }
}

fn coach() -> Item {
    Item { is_relationship: true, ..item("coach", Level::Edit, &[]) }
}

fn several() -> Vec<Item> {
    vec![
        item("Sleep data", Level::View, &["Heart rate", "Breathing", "Stages", "Snoring", "Nights", "Naps", "Notes"]),
        item("Training plan", Level::Contribute, &[]),
        coach(),
    ]
}

pub(super) fn link() -> Link {
    Link::new(format!("https://access.example.org/redeem?token={TOKEN}"))
}

fn page() -> Link {
    Link::new("https://access.example.org/inbox".to_owned())
}

fn administration() -> Link {
    Link::new("https://access.example.org/admin".to_owned())
}

fn shared() -> Shared {
    Shared { from: ann(), owner: None, group: None, what: vec![item("Sleep data", Level::View, &[])], ends: None, link: page() }
}

pub(super) fn decide() -> Decide {
    Decide {
        requester: ann(),
        app: Some("Sleep Diary".into()),
        initiator: None,
        what: vec![item("Sleep data", Level::View, &["Heart rate", "Breathing", "Sleep stages"])],
        renews: None,
        until: Some(Until::At(at("2027-03-03T13:05:00Z"))),
        message: Some(
            "Hi Bob,\n\nI should like to look at the last three months before we meet.\nSee www.example.org for who I am.\n\nAnn"
                .into(),
        ),
        link: link(),
        answer_by: at("2026-12-03T13:05:00Z"),
    }
}

#[cfg(test)]
fn worst() -> Decide {
    let name = "Dr. Wilhelmina-Alexandrina von Hohenlohe-Schillingsfürst-Öttingen-Wallerstein";
    Decide {
        requester: person(name, "wilhelmina-alexandrina.von.hohenlohe@a-rather-long-name.example.org"),
        app: Some("<b>Tom & \"Jerry's\"</b> http://evil.example/?a=b".into()),
        initiator: Some(person("", "carol@example.org")),
        what: vec![item("Everything that was ever measured at night in the cabin by the lake", Level::Contribute, &["<i>"])],
        renews: None,
        until: None,
        message: Some("Unaußprechlich".repeat(20) + "\r\n> https://evil.example/x?y=z <a href='https://evil.example'>go</a>"),
        link: link(),
        answer_by: at("2026-09-30T23:30:00Z"),
    }
}

fn invite() -> Invite {
    Invite {
        from: person("Carol King", "carol@example.org"),
        app: None,
        owner: None,
        what: vec![item("Training plan", Level::Contribute, &[])],
        until: Some(Until::For(TimeDelta::days(90))),
        message: Some("Have a look, and add your runs.".into()),
        link: link(),
        answer_by: at("2026-12-03T13:05:00Z"),
    }
}

#[cfg(test)]
fn worst_invite() -> Invite {
    let worst = worst();
    let share = |item: &Item| Item { is_relationship: true, ..item.clone() };
    let what = worst.what.iter().map(share).cycle().take(12).collect();
    Invite {
        from: worst.requester,
        owner: Some(person(&"Ö".repeat(90), "o@example.org")),
        what,
        answer_by: worst.answer_by,
        ..invite()
    }
}

/// The corners: what is too long, missing, or not what it should be.
#[cfg(test)]
fn corners() -> Vec<(&'static str, Email)> {
    use Email as L;
    let renews = Some(at("2026-12-05T13:05:00Z"));
    vec![
        ("decide_worst", L::Decide(worst())),
        ("decide_nothing", L::Decide(Decide { what: Vec::new(), message: Some(" \n ".into()), ..decide() })),
        ("invite_worst", L::Invite(worst_invite())),
        ("reminder_worst", L::Reminder(Asking::Decide(worst()))),
        ("reminder_worst_renewal", L::Reminder(Asking::Decide(Decide { renews, ..worst() }))),
        ("reminder_worst_invite", L::Reminder(Asking::Invite(worst_invite()))),
    ]
}

/// Those for the eye and those for the corners.
#[cfg(test)]
pub(super) fn all() -> Vec<(&'static str, Email)> {
    shown().into_iter().chain(corners()).collect()
}

/// Those for the eye, each with a name to file it under; the one that is called as its kind tells most of it.
pub fn shown() -> Vec<(&'static str, Email)> {
    use Email as L;
    let dora = || person("Dora Klein", "dora@example.org");
    let ends = Some(at("2027-03-03T13:05:00Z"));
    let mut all = vec![
        ("decide", L::Decide(decide())),
        (
            "decide_plain",
            L::Decide(Decide { app: None, message: None, until: Some(Until::For(TimeDelta::days(90))), ..decide() }),
        ),
        ("decide_several", L::Decide(Decide { what: several(), initiator: Some(dora()), ..decide() })),
        (
            "decide_coach",
            L::Decide(Decide { what: vec![coach()], until: None, requester: person("", "ann@example.org"), ..decide() }),
        ),
        ("invite", L::Invite(invite())),
        ("invite_owner", L::Invite(Invite { owner: Some(dora()), what: several(), app: Some("Diary".into()), ..invite() })),
        ("shared", L::Shared(shared())),
        (
            "shared_group",
            L::Shared(Shared { owner: Some(dora()), group: Some("Sleep lab".into()), what: several(), ends, ..shared() }),
        ),
        (
            "sign_in_warning",
            L::SignInWarning(SignInWarning {
                at: at("2026-12-03T13:05:00Z"),
                link: Link::new("https://access.example.org/account/sessions".to_owned()),
            }),
        ),
        ("sign_in_code", L::SignInCode(SignInCode { code: CODE.to_owned().into(), minutes: 10 })),
    ];
    all.extend(renewals());
    all.extend(about_access());
    for story in [Story::Ask, Story::Invite, Story::Renewal] {
        all.extend(told_of(story));
    }
    all
}

/// What becomes of what was asked.
fn told_of(story: Story) -> Vec<(&'static str, Email)> {
    use Email as L;
    let bob = || person("Bob Stone", "bob@example.org");
    let sleep = |level| vec![item("Sleep data", level, &[])];
    let ends = Some(at("2027-03-03T13:05:00Z"));
    let pick = |ask, invite, renewal| match story {
        Story::Ask => ask,
        Story::Invite => invite,
        Story::Renewal => renewal,
    };
    let approved = Approved { story, approver: bob(), what: sleep(Level::View), ends, link: page() };
    let less = ApprovedLess {
        story,
        approver: bob(),
        asked: vec![item("Sleep data", Level::Edit, &["Heart rate", "Breathing", "Stages"])],
        asked_until: Some(Until::For(TimeDelta::days(365))),
        given: vec![item("Sleep data", Level::View, &["Heart rate"])],
        ends,
        reason: Some("Heart rate should do to begin with.".into()),
        link: page(),
    };
    let declined = Declined {
        story,
        approver: bob(),
        what: sleep(Level::Edit),
        reason: Some("I'd rather show you in person.\nB.".into()),
        again_from: Some(at("2026-12-10T13:05:00Z")),
    };
    let (answer_by, until) = (at("2026-12-03T13:05:00Z"), Some(Until::At(at("2027-03-03T13:05:00Z"))));
    let receipt =
        Receipt { story, approver: bob(), app: Some("Diary".into()), what: sleep(Level::View), until, answer_by, link: page() };
    let mut all = vec![
        (
            pick("approved_coach", "approved_coach_invite", "approved_coach_renewal"),
            L::Approved(Approved { what: vec![coach()], ends: None, ..approved.clone() }),
        ),
        (pick("approved", "approved_invite", "approved_renewal"), L::Approved(approved)),
        (
            pick("approved_less_several", "approved_less_several_invite", "approved_less_several_renewal"),
            L::ApprovedLess(ApprovedLess { asked: several(), ..less.clone() }),
        ),
        (pick("approved_less", "approved_less_invite", "approved_less_renewal"), L::ApprovedLess(less)),
        (
            pick("declined_bare", "declined_bare_invite", "declined_bare_renewal"),
            L::Declined(Declined { reason: None, again_from: None, what: several(), ..declined.clone() }),
        ),
        (pick("declined", "declined_invite", "declined_renewal"), L::Declined(declined)),
        (pick("receipt", "receipt_invite", "receipt_renewal"), L::Receipt(receipt)),
        (
            pick("withdrawn", "withdrawn_invite", "withdrawn_renewal"),
            L::Withdrawn(Withdrawn { story, requester: ann(), what: sleep(Level::View), is_cancelled: false }),
        ),
        (
            pick("withdrawn_cancelled", "withdrawn_cancelled_invite", "withdrawn_cancelled_renewal"),
            L::Withdrawn(Withdrawn { story, requester: ann(), what: vec![coach()], is_cancelled: true }),
        ),
        (
            pick("another_decides", "another_decides_invite", "another_decides_renewal"),
            L::AnotherDecides(AnotherDecides { story, requester: ann(), what: sleep(Level::View) }),
        ),
        (
            pick("expired", "expired_invite", "expired_renewal"),
            L::Expired(Expired { story, approver: bob(), what: sleep(Level::View), answer_by, link: page() }),
        ),
    ];
    for (why, name) in [
        (WhyUndeliverable::NoMailbox, pick("undeliverable", "undeliverable_invite", "undeliverable_renewal")),
        (
            WhyUndeliverable::Refused,
            pick("undeliverable_refused", "undeliverable_refused_invite", "undeliverable_refused_renewal"),
        ),
        (
            WhyUndeliverable::NoAnswer,
            pick("undeliverable_no_answer", "undeliverable_no_answer_invite", "undeliverable_no_answer_renewal"),
        ),
    ] {
        all.push((name, L::Undeliverable(Undeliverable { story, approver: bob(), what: sleep(Level::View), why })));
    }
    for why in WhyCancelled::ALL.iter().copied() {
        let name = match why {
            WhyCancelled::ThingGone => pick("cancelled", "cancelled_invite", "cancelled_renewal"),
            WhyCancelled::DeciderGone => "cancelled_decider",
            WhyCancelled::AppGone => "cancelled_app",
            WhyCancelled::AskersOwn => "cancelled_own",
            WhyCancelled::NotOfferersAnyMore => "cancelled_offer",
            WhyCancelled::Removed | WhyCancelled::AskerGone => "cancelled_removed",
        };
        all.push((name, L::Cancelled(Cancelled { story, approver: bob(), what: sleep(Level::View), why })));
    }
    all
}

/// What waits still, asked for the first time, once more, and by a fresh link.
fn renewals() -> Vec<(&'static str, Email)> {
    use Email as L;
    let renewal = Decide { renews: Some(at("2026-12-05T13:05:00Z")), app: None, message: None, ..decide() };
    vec![
        ("decide_renewal", L::Decide(renewal.clone())),
        ("reminder", L::Reminder(Asking::Decide(decide()))),
        ("reminder_renewal", L::Reminder(Asking::Decide(renewal.clone()))),
        ("reminder_invite", L::Reminder(Asking::Invite(invite()))),
        ("fresh_link", L::FreshLink(Asking::Decide(decide()))),
        ("fresh_link_renewal", L::FreshLink(Asking::Decide(renewal))),
        ("fresh_link_invite", L::FreshLink(Asking::Invite(invite()))),
    ]
}

/// What becomes of access, and what an administrator reads.
fn about_access() -> Vec<(&'static str, Email)> {
    use Email as L;
    let sleep = || vec![item("Sleep data", Level::View, &["Heart rate", "Breathing"])];
    let renew = || Link::new("https://access.example.org/renew?id=17".to_owned());
    let ends = at("2026-12-08T13:05:00Z");
    let soon = EndsSoon { from: ann(), owner: None, what: sleep(), ends, renewal: Renewal::Offered, link: renew() };
    let ask_until = at("2026-12-15T13:05:00Z");
    let ended =
        Ended { from: ann(), owner: None, what: sleep(), ended: ends, renewal: Renewal::Offered, ask_until, link: renew() };
    let revoked = Revoked { from: ann(), owner: None, what: sleep(), at: ends, is_by_giver: true };
    let summary =
        Summary { at: ends, pending: 12, undeliverable: 2, stale: 1, ending: 10_001, most: 10_000, link: administration() };
    let other = person("", "carol@example.org");
    vec![
        ("ends_soon_asked", L::EndsSoon(EndsSoon { renewal: Renewal::Asked, link: page(), ..soon.clone() })),
        (
            "ends_soon_several",
            L::EndsSoon(EndsSoon {
                renewal: Renewal::None,
                owner: Some(other.clone()),
                what: several(),
                link: page(),
                ..soon.clone()
            }),
        ),
        ("ends_soon", L::EndsSoon(soon)),
        ("ended_asked", L::Ended(Ended { renewal: Renewal::Asked, link: page(), ..ended.clone() })),
        (
            "ended_none",
            L::Ended(Ended { renewal: Renewal::None, from: other.clone(), what: several(), link: page(), ..ended.clone() }),
        ),
        ("ended", L::Ended(ended)),
        ("revoked_other", L::Revoked(Revoked { from: other, what: vec![coach()], is_by_giver: false, ..revoked.clone() })),
        ("revoked", L::Revoked(revoked)),
        ("summary_one", L::Summary(Summary { pending: 1, undeliverable: 0, stale: 0, ending: 0, ..summary.clone() })),
        ("summary", L::Summary(summary)),
    ]
}
