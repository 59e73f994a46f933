//! Each letter, in all the ways it can be told.

use super::*;

pub(super) const TOKEN: &str = "csr_AAAAAAAAAAcV2hhdCBhIGZpbmUgZGF5IHRvIHNheSB5ZXMgdG8gQW5u";
pub(super) const CODE: &str = "408215";

pub(super) fn reader() -> Reader {
    Reader {
        name: "Bob Stone".into(),
        address: address("bob@example.org"),
        locale: "en".into(),
        time_zone: "Europe/Zurich".into(),
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(super) fn person(name: &str, at: &str) -> Person {
    Person { name: name.into(), address: address(at) }
}

fn ann() -> Person {
    person("Ann Lee", "ann@example.org")
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn item(name: &str, level: Level, resources: &[&str]) -> Item {
    Item { name: name.into(), level, is_relationship: false, resources: resources.iter().map(ToString::to_string).collect() }
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

fn shared() -> Shared {
    Shared { from: ann(), owner: None, group: None, what: vec![item("Sleep data", Level::View, &[])], ends: None, link: page() }
}

pub(super) fn decide() -> Decide {
    Decide {
        asker: ann(),
        app: Some("Sleep Diary".into()),
        initiator: None,
        what: vec![item("Sleep data", Level::View, &["Heart rate", "Breathing", "Sleep stages"])],
        until: Some(Until::At(at("2027-03-03T13:05:00Z"))),
        message: Some(
            "Hi Bob,\n\nI should like to look at the last three months before we meet.\nSee www.example.org for who I am.\n\nAnn"
                .into(),
        ),
        link: link(),
        answer_by: at("2026-12-03T13:05:00Z"),
    }
}

fn worst() -> Decide {
    let name = "Dr. Wilhelmina-Alexandrina von Hohenlohe-Schillingsfürst-Öttingen-Wallerstein";
    Decide {
        asker: person(name, "wilhelmina-alexandrina.von.hohenlohe@a-rather-long-name.example.org"),
        app: Some("<b>Tom & \"Jerry's\"</b> http://evil.example/?a=b".into()),
        initiator: Some(person("", "carol@example.org")),
        what: vec![item("Everything that was ever measured at night in the cabin by the lake", Level::Contribute, &["<i>"])],
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

fn worst_invite() -> Invite {
    let worst = worst();
    let share = |item: &Item| Item { is_relationship: true, ..item.clone() };
    let what = worst.what.iter().map(share).cycle().take(12).collect();
    Invite {
        from: worst.asker,
        owner: Some(person(&"Ö".repeat(90), "o@example.org")),
        what,
        answer_by: worst.answer_by,
        ..invite()
    }
}

/// One for the eye and the others for the corners, each with a name to file it under.
pub(super) fn all() -> Vec<(&'static str, Letter)> {
    use Letter as L;
    let bob = || person("Bob Stone", "bob@example.org");
    let sleep = |level| vec![item("Sleep data", level, &[])];
    let ends = Some(at("2027-03-03T13:05:00Z"));
    let mut all = vec![
        ("decide", L::Decide(decide())),
        (
            "decide_plain",
            L::Decide(Decide { app: None, message: None, until: Some(Until::For(TimeDelta::days(90))), ..decide() }),
        ),
        ("decide_several", L::Decide(Decide { what: several(), initiator: Some(bob()), ..decide() })),
        (
            "decide_coach",
            L::Decide(Decide { what: vec![coach()], until: None, asker: person("", "ann@example.org"), ..decide() }),
        ),
        ("decide_worst", L::Decide(worst())),
        ("decide_nothing", L::Decide(Decide { what: Vec::new(), message: Some(" \n ".into()), ..decide() })),
        ("invite", L::Invite(invite())),
        ("invite_worst", L::Invite(worst_invite())),
        ("invite_owner", L::Invite(Invite { owner: Some(bob()), what: several(), app: Some("Diary".into()), ..invite() })),
        ("shared", L::Shared(shared())),
        (
            "shared_group",
            L::Shared(Shared { owner: Some(bob()), group: Some("Sleep lab".into()), what: several(), ends, ..shared() }),
        ),
        ("sign_in_code", L::SignInCode(SignInCode { code: CODE.to_owned().into(), minutes: 10 })),
    ];
    for kind in [RequestKind::Ask, RequestKind::Invite] {
        let pick = |ask, invite| if kind == RequestKind::Ask { ask } else { invite };
        let approved = Approved { kind, decider: bob(), what: sleep(Level::View), ends, link: page() };
        let less = ApprovedLess {
            kind,
            decider: bob(),
            asked: vec![item("Sleep data", Level::Edit, &["Heart rate", "Breathing", "Stages"])],
            asked_until: Some(Until::For(TimeDelta::days(365))),
            given: vec![item("Sleep data", Level::View, &["Heart rate"])],
            ends,
            reason: Some("Heart rate should do to begin with.".into()),
            link: page(),
        };
        let declined = Declined {
            kind,
            decider: bob(),
            what: sleep(Level::Edit),
            reason: Some("I'd rather show you in person.\nB.".into()),
            again_from: Some(at("2026-12-10T13:05:00Z")),
        };
        all.extend([
            (
                pick("approved_coach", "approved_coach_invite"),
                L::Approved(Approved { what: vec![coach()], ends: None, ..approved.clone() }),
            ),
            (pick("approved", "approved_invite"), L::Approved(approved)),
            (
                pick("approved_less_several", "approved_less_several_invite"),
                L::ApprovedLess(ApprovedLess { asked: several(), ..less.clone() }),
            ),
            (pick("approved_less", "approved_less_invite"), L::ApprovedLess(less)),
            (
                pick("declined_bare", "declined_bare_invite"),
                L::Declined(Declined { reason: None, again_from: None, what: several(), ..declined.clone() }),
            ),
            (pick("declined", "declined_invite"), L::Declined(declined)),
            (pick("withdrawn", "withdrawn_invite"), L::Withdrawn(Withdrawn { kind, asker: ann(), what: sleep(Level::View) })),
            (
                pick("expired", "expired_invite"),
                L::Expired(Expired {
                    kind,
                    decider: bob(),
                    what: sleep(Level::View),
                    answer_by: at("2026-12-03T13:05:00Z"),
                    link: page(),
                }),
            ),
        ]);
        for (why, name) in [
            (WhyUndeliverable::NoMailbox, pick("undeliverable", "undeliverable_invite")),
            (WhyUndeliverable::Refused, pick("undeliverable_refused", "undeliverable_refused_invite")),
            (WhyUndeliverable::NoAnswer, pick("undeliverable_no_answer", "undeliverable_no_answer_invite")),
        ] {
            all.push((name, L::Undeliverable(Undeliverable { kind, decider: bob(), what: sleep(Level::View), why })));
        }
    }
    all
}
