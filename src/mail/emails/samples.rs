//! The fictitious people and objects of the sample emails.

use chrono::{DateTime, Utc};

use super::{Address, Content, Email, EmailKind, Item, Level, Link, Person, Reader};

pub(super) const TOKEN: &str = "csr_AAAAAAAAAAcV2hhdCBhIGZpbmUgZGF5IHRvIHNheSB5ZXMgdG8gQW5u";
pub(super) const CODE: &str = "408215";

/// A sample email with its file name; the one named as its kind is the most complete.
pub type Sample = (String, Email);

pub(super) fn sample(name: impl Into<String>, kind: EmailKind, content: impl Content + 'static) -> Sample {
    (name.into(), Email::new(kind, content))
}

/// The reader of a kind of email: Ann is the requester, Bob the approver.
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

/// The time at which the samples are read.
pub fn now() -> DateTime<Utc> {
    at("2026-12-01T09:00:00Z")
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
