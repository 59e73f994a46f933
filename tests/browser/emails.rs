//! Every kind of email in Chromium, at the widths of phones and of a mail program, in both colour schemes.

use countersign::mail::emails::{self, samples};
use countersign::mail::sanitize::LINE_CHARS;
use serde_json::{Value, json};

use super::run;
use crate::support::fixture::{Fixture, Kind};

/// The emails whose button must end on the first screen of a phone: those that ask for a decision.
const DECIDING: [&str; 4] = ["decide", "invite", "reminder", "fresh_link"];

#[test]
fn every_email_fits_every_width_and_has_its_button_on_the_first_screen() {
    let fixture = Fixture::new(Kind::Sqlite);
    let folder = tempfile::tempdir().unwrap();
    let mut plans = Vec::new();
    for (name, email) in emails::all_samples() {
        let kind = email.kind();
        // All variants in English, the most complete sample of each kind in the other languages.
        let locales = if name == kind.as_str() { &["en", "de", "fr"][..] } else { &["en"] };
        for locale in locales {
            let reader = emails::Reader { locale: (*locale).to_owned(), ..samples::reader_of(kind) };
            let rendered = emails::render(&email, &reader, &fixture.config.instance, samples::now()).unwrap();
            let name = format!("{name}.{locale}");
            std::fs::write(folder.path().join(format!("{name}.html")), &*rendered.html).unwrap();
            let is_deciding = DECIDING.contains(&kind.as_str());
            plans.push(json!({ "name": name, "isDeciding": is_deciding }));
            for line in rendered.text.lines().filter(|line| line.contains("://")) {
                assert!(line.starts_with("https://") && !line.contains(' '), "{name}: a link is not alone on its line: {line}");
            }
            let is_long = |line: &&str| line.chars().count() > LINE_CHARS && !line.starts_with("https://");
            assert_eq!(rendered.text.lines().find(is_long), None, "{name}");
        }
    }
    let out = concat!(env!("CARGO_MANIFEST_DIR"), "/target/screenshots-emails");
    let saw = run("emails.js", &json!({ "folder": folder.path(), "out": out, "emails": plans }));
    let wrong: Vec<&Value> =
        saw.as_array().unwrap().iter().filter(|seen| !seen["wrong"].as_array().unwrap().is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(saw.as_array().unwrap().len(), plans.len());
}
