//! The history of a request or a grant.

use chrono::TimeDelta;
use countersign::domain::Credential;

use super::Town;
use crate::support::fixture::{Fixture, on_both};

on_both![
    a_grants_page_shows_its_whole_history,
    a_reshares_page_links_to_its_parent,
    a_requests_page_shows_its_reason,
    the_audit_outlives_purged_rows,
];

fn a_grants_page_shows_its_whole_history(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    // Renewed by an approval from an email, and then revoked from a known address.
    fixture.pass(TimeDelta::days(2));
    fixture.renew(&town.bob, town.given.id).unwrap();
    fixture.deliver();
    fixture.redeem(&town.ann, &fixture.token_for("ann@example.org")).unwrap();
    fixture.pass(TimeDelta::hours(1));
    let mut caller = countersign::domain::Caller::person(town.ann.id, false, Credential::Session);
    caller.peer = Some("192.0.2.7".parse().unwrap());
    fixture.revoke(&caller, town.given.id).unwrap();
    let mut browser = town.browser();
    let text = browser.open(&format!("/admin/grants/{}", town.given.id)).text();
    let history = &text[text.find("History").unwrap()..text.find("Requests behind this access").unwrap()];
    let mut from = 0;
    for line in [
        "Tuesday 1 December, 12:00 Request sent by the app Sleep Diary",
        "Tuesday 1 December, 12:00 Email: Request to Ann (ann@example.org) Sent.",
        "Tuesday 1 December, 12:30 Approved by Ann (ann@example.org)",
        "Less than requested",
        "Thursday 3 December, 12:30 Request sent by Bob (bob@example.org)",
        "Access extended by Ann (ann@example.org)",
        "Thursday 3 December, 13:30 Access revoked by Ann (ann@example.org) From 192.0.2.7",
    ] {
        let at = history[from..].find(line).unwrap_or_else(|| panic!("{line:?} is not told, or too early: {history}"));
        from += at;
    }
    for fact in [
        "Person with access Bob bob@example.org",
        "Given by Ann ann@example.org",
        "Data Sleep data View only",
        "Revoked Thursday 3 December, 13:30 Ann",
    ] {
        assert!(text.contains(fact), "{fact}: {text}");
    }
    // The request shows what was requested beside what was given.
    let text = browser.open(&format!("/admin/requests/{}", town.answered.id)).text();
    for fact in ["App Sleep Diary", "Message For the study", "Requested View and change, no end date", "Less than requested"] {
        assert!(text.contains(fact), "{fact}: {text}");
    }
}

fn a_reshares_page_links_to_its_parent(fixture: &Fixture) {
    let town = Town::new(fixture);
    let mut browser = town.browser();
    let child = browser.open(&format!("/admin/grants/{}", town.shared_on.id)).text();
    let held = format!("#{}", town.held.id);
    let from = child.find("Access it comes from").unwrap();
    assert!(child[from..].contains(&held), "{child}");
    let parent = browser.open(&format!("/admin/grants/{}", town.held.id)).text();
    let on = parent.find("Access shared on from it").unwrap();
    assert!(parent[on..].contains("Dora dora@example.org"), "{parent}");
}

fn a_requests_page_shows_its_reason(fixture: &Fixture) {
    let town = Town::new(fixture);
    let text = town.browser().open(&format!("/admin/requests/{}", town.declined.id)).text();
    assert!(text.contains("Declined by Ann (ann@example.org) Reason: Not now, please"), "{text}");
    let text = town.browser().open(&format!("/admin/requests/{}", town.lost.id)).text();
    assert!(text.contains("Email not delivered") && text.contains("550 5.1.1 no such mailbox here"), "{text}");
}

fn the_audit_outlives_purged_rows(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    fixture.pass(TimeDelta::days(20));
    fixture.sweep();
    fixture.pass(TimeDelta::days(20));
    let mut browser = town.browser();
    browser.open("/admin/purge?days=7");
    let done = browser.press("Delete these records", &[]);
    assert!(done.says("Done."), "{}", done.text());
    assert_eq!(fixture.count("requests", "1 = 1"), 0);
    let text = browser.open(&format!("/admin/requests/{}", town.declined.id)).text();
    assert!(text.contains("Purged") && text.contains("Declined by Ann (ann@example.org)"), "{text}");
    let text = browser.open(&format!("/admin/grants/{}", town.given.id)).text();
    assert!(text.contains("Request sent by the app Sleep Diary") && text.contains("Approved by Ann"), "{text}");
}

/// Every event of the audit has a sentence for people.
#[test]
fn every_event_of_the_audit_has_a_sentence() {
    fn events(folder: &std::path::Path, into: &mut std::collections::BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                events(&path, into);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            into.extend(text.split("Event { name: \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    let top = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut words = std::collections::BTreeSet::new();
    events(&top.join("src"), &mut words);
    assert!(words.len() > 30, "{words:?}");
    for language in ["en", "de", "fr"] {
        let text = std::fs::read_to_string(top.join(format!("templates/locales/{language}/admin.ftl"))).unwrap();
        for word in &words {
            let key = word.replace(['.', '_'], "-");
            assert!(text.contains(&format!("    [{key}] ")), "{language}: {word}");
        }
    }
}
