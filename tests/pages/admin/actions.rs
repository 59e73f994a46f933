//! Each action changes exactly what it says, is audited, and uses the same operation as everybody else's.

use super::Town;
use crate::support::fixture::{Fixture, on_both};

on_both![
    a_request_is_cancelled_once,
    an_email_is_sent_again,
    access_is_revoked_with_all_reshares,
    a_failed_email_is_retried,
    a_key_is_revoked_with_its_pending_requests,
    an_administrator_decides_nothing,
];

/// The newest audit rows with their actors, after the first `before` ones.
fn since(fixture: &Fixture, before: usize) -> Vec<(String, String)> {
    let actors = fixture.texts("SELECT CAST(actor_id AS TEXT) AS value FROM audit ORDER BY at, chain, seq");
    fixture.events().into_iter().zip(actors).skip(before).collect()
}

fn by_root(town: &Town, events: &[&str]) -> Vec<(String, String)> {
    events.iter().map(|event| ((*event).to_owned(), town.root.id.to_string())).collect()
}

fn a_request_is_cancelled_once(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    fixture.pass(chrono::TimeDelta::seconds(1));
    let before = fixture.events().len();
    let mut browser = town.browser();
    let path = format!("/admin/requests/{}", town.waiting.id);
    browser.open(&path);
    let (action, fields) = browser.form("Cancel the request");
    let page = browser.press("Cancel the request", &[]);
    assert!(page.says("The request is cancelled.") && page.says("Cancelled"), "{}", page.text());
    assert_eq!(fixture.state(town.waiting.id), "cancelled");
    assert_eq!(since(fixture, before), by_root(&town, &["request.cancelled"]));
    assert_eq!(fixture.state(town.lost.id), "pending");
    assert!(fixture.is_live(town.given.id));
    // The emails that follow: to the approver, and to the requester.
    fixture.deliver();
    assert!(fixture.emails_to("bob@example.org")[0].subject.contains("Training log"));
    // A second submission of the same form finds it ended, and changes nothing.
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = browser.post(&action, &fields, &[]);
    assert_eq!((again.status, again.header("location")), (303, path.as_str()));
    assert_eq!(since(fixture, before).len(), 1);
}

fn an_email_is_sent_again(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    let mut browser = town.browser();
    browser.open(&format!("/admin/requests/{}", town.waiting.id));
    let early = browser.press_only("Send email again", &[]);
    assert_eq!(early.status, 429, "at most every ten minutes, for administrators too");
    fixture.pass(chrono::TimeDelta::minutes(11));
    let before = (fixture.events().len(), fixture.tokens_for("ann@example.org").len());
    assert!(browser.press("Send email again", &[]).says("We are sending another email."));
    fixture.deliver();
    assert_eq!(since(fixture, before.0), by_root(&town, &["request.resent"]));
    assert_eq!(fixture.tokens_for("ann@example.org").len(), before.1 + 1);
}

fn access_is_revoked_with_all_reshares(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    fixture.pass(chrono::TimeDelta::seconds(1));
    let before = fixture.events().len();
    let mut browser = town.browser();
    browser.open(&format!("/admin/grants/{}", town.held.id));
    let page = browser.press("Revoke access", &[]);
    assert!(page.says("The access is revoked.") && page.says("Revoked"), "{}", page.text());
    assert!(!fixture.is_live(town.held.id) && !fixture.is_live(town.shared_on.id) && fixture.is_live(town.given.id));
    assert_eq!(since(fixture, before), by_root(&town, &["grant.revoked", "grant.revoked"]));
}

fn a_failed_email_is_retried(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    fixture.pass(chrono::TimeDelta::seconds(1));
    let before = fixture.events().len();
    let mut browser = town.browser();
    browser.open(&format!("/admin/emails/queue/{}", town.dead()));
    assert!(browser.page.says("550 5.1.1 no such mailbox here"));
    assert!(browser.press("Retry email", &[]).says("We are sending the email again."));
    assert_eq!(since(fixture, before), by_root(&town, &["letter.retried"]));
    assert_eq!(fixture.deliver(), 1);
    assert_eq!(fixture.count("outbox", "state = 'dead'"), 0);
    assert_eq!(fixture.request(town.lost.id).mail_state.as_str(), "sent");
    // It is sent by now: the button is gone, and the old form has no effect.
    let sent = fixture.texts(&format!("SELECT CAST(id AS TEXT) AS value FROM outbox WHERE request_id = {}", town.lost.id));
    let page = browser.open(&format!("/admin/emails/queue/{}", sent[0]));
    assert!(!page.body.contains("Retry email</button>"), "{}", page.text());
}

fn a_key_is_revoked_with_its_pending_requests(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    let filed = fixture.file(&town.app, &crate::support::fixture::ask(&fixture.bundle("Pulse", &town.ann), &town.ann, &town.bob));
    let filed = filed.unwrap().0.request;
    fixture.deliver();
    fixture.pass(chrono::TimeDelta::seconds(1));
    let before = fixture.events().len();
    let mut browser = town.browser();
    let page = browser.open(&format!("/admin/keys/{}/revoke", town.key()));
    assert!(page.says("Requests to close 1"), "{}", page.text());
    assert!(browser.press("Revoke key", &[]).says("The key is revoked."));
    assert_eq!(since(fixture, before), by_root(&town, &["request.cancelled", "key.revoked"]));
    assert_eq!((fixture.state(filed.id), fixture.is_live(town.given.id)), ("cancelled", true));
    let page = browser.open("/admin/keys");
    assert!(page.says("Sleep Diary #1 Owner The app’s own Scopes requests, act-as"), "{}", page.text());
    assert!(page.says("Revoked"), "{}", page.text());
}

/// An administrator may purge and revoke, and never approves.
fn an_administrator_decides_nothing(fixture: &Fixture) {
    let town = Town::new(fixture);
    let mut browser = town.browser();
    browser.open(&format!("/admin/requests/{}", town.waiting.id));
    let page = &browser.page.body;
    assert!(!page.contains("Approve") && !page.contains("token="), "{page}");
    assert!(town.fixture.approve(&town.root, town.waiting.id).is_err());
}
