//! The people in the samples of all emails, who do not exist, and the corners: for an administrator to look at, and for the tests.

use chrono::{DateTime, Utc};

#[cfg(test)]
use super::decision::{Decide, Invite};
use super::{Address, Content, Email, EmailKind, Item, Level, Link, Person, Reader, access, decision, status, system};

pub(super) const TOKEN: &str = "csr_AAAAAAAAAAcV2hhdCBhIGZpbmUgZGF5IHRvIHNheSB5ZXMgdG8gQW5u";
pub(super) const CODE: &str = "408215";

/// An email, with a name to file it under; the one that is called as its kind tells most of it.
pub type Sample = (String, Email);

pub(super) fn sample(name: impl Into<String>, kind: EmailKind, content: impl Content + 'static) -> Sample {
    (name.into(), Email::new(kind, content))
}

/// Every kind of email in all the ways it can be told.
pub fn shown() -> Vec<Sample> {
    [decision::samples(), status::samples(), access::samples(), system::samples()].into_iter().flatten().collect()
}

/// Who reads an email of this kind: who asked is Ann, who is asked is Bob.
pub fn reader_of(kind: EmailKind) -> Reader {
    let (name, at) = if kind.is_to_requester() { ("Ann Lee", "ann@example.org") } else { ("Bob Stone", "bob@example.org") };
    Reader { name: name.into(), address: address(at), locale: "en".into(), time_zone: "Europe/Zurich".into() }
}

fn address(text: &str) -> Address {
    Address::from_stored(text.to_owned())
}

pub(super) fn person(name: &str, at: &str) -> Person {
    Person { name: name.into(), address: address(at) }
}

pub(super) fn ann() -> Person {
    person("Ann Lee", "ann@example.org")
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

pub(super) fn item(name: &str, level: Level, resources: &[&str]) -> Item {
    Item { name: name.into(), level, is_relationship: false, resources: resources.iter().map(|one| (*one).to_owned()).collect() }
}

pub(super) fn coach() -> Item {
    Item { is_relationship: true, ..item("coach", Level::Edit, &[]) }
}

pub(super) fn several() -> Vec<Item> {
    vec![
        item("Sleep data", Level::View, &["Heart rate", "Breathing", "Stages", "Snoring", "Nights", "Naps", "Notes"]),
        item("Training plan", Level::Contribute, &[]),
        coach(),
    ]
}

pub(super) fn page(path: &str) -> Link {
    Link::new(format!("https://access.example.org{path}"))
}

pub(super) fn link() -> Link {
    page(&format!("/redeem?token={TOKEN}"))
}

#[cfg(test)]
fn worst() -> Decide {
    let name = "Dr. Wilhelmina-Alexandrina von Hohenlohe-Schillingsfürst-Öttingen-Wallerstein";
    Decide {
        requester: person(name, "wilhelmina-alexandrina.von.hohenlohe@a-rather-long-name.example.org"),
        app: Some("<b>Tom & \"Jerry's\"</b> http://evil.example/?a=b".into()),
        initiator: Some(person("", "carol@example.org")),
        what: vec![item("Everything that was ever measured at night in the cabin by the lake", Level::Contribute, &["<i>"])],
        until: None,
        message: Some("Unaußprechlich".repeat(20) + "\r\n> https://evil.example/x?y=z <a href='https://evil.example'>go</a>"),
        answer_by: at("2026-09-30T23:30:00Z"),
        ..decision::decide()
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
        ..decision::invite()
    }
}

/// Those for the eye and those for the corners: what is too long, missing, or not what it should be.
#[cfg(test)]
pub(super) fn all() -> Vec<Sample> {
    let renews = Some(at("2026-12-05T13:05:00Z"));
    let nothing = Decide { what: Vec::new(), message: Some(" \n ".into()), ..decision::decide() };
    let corners = [
        sample("decide_worst", EmailKind::Decide, worst()),
        sample("decide_nothing", EmailKind::Decide, nothing),
        sample("invite_worst", EmailKind::Invite, worst_invite()),
        sample("reminder_worst", EmailKind::Reminder, worst()),
        sample("reminder_worst_renewal", EmailKind::Reminder, Decide { renews, ..worst() }),
        sample("reminder_worst_invite", EmailKind::Reminder, worst_invite()),
    ];
    shown().into_iter().chain(corners).collect()
}
