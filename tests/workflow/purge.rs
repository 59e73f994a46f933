//! Purging ended rows, and nothing else.

use chrono::TimeDelta;
use countersign::domain::Caller;
use countersign::store::purge::Purged;
use countersign::workflow::purge;

use crate::support::fixture::{Fixture, on_both, person, word};

on_both![
    ended_rows_are_purged_after_the_grace_and_not_before,
    no_live_row_is_purged,
    a_dry_run_counts_the_rows_that_a_purge_deletes,
    batches_are_bounded_and_continue_where_they_stopped,
    only_admins_purge,
];

fn batch(fixture: &Fixture, older_than: Option<TimeDelta>, limit: i64) -> Purged {
    let retention = fixture.config.retention.clone();
    fixture.write(move |tx| purge::batch(tx, &Caller::operator(), &retention, older_than, limit)).unwrap()
}

fn dry_run(fixture: &Fixture, older_than: Option<TimeDelta>) -> Purged {
    fixture.read(|tx| purge::dry_run(tx, &Caller::operator(), &fixture.config.retention, older_than)).unwrap()
}

fn ended_rows_are_purged_after_the_grace_and_not_before(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let grant = fixture.given(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.deliver();
    fixture.pass(TimeDelta::days(7) - TimeDelta::microseconds(1));
    assert!(batch(fixture, None, 100).is_empty());
    let token = fixture.token_for("ann@example.org");
    assert_eq!(word(fixture.check(&ann, &token)), "approved");
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!(batch(fixture, None, 100), Purged { requests: 1, tokens: 1, letters: 2, ..Purged::default() });
    assert!(batch(fixture, None, 100).is_empty());
    assert_eq!(fixture.count("request_items", "1 = 1"), 0);
    assert!(fixture.is_live(grant.id));
    assert_eq!(word(fixture.check(&ann, &token)), "not found");
    assert_eq!(fixture.events().last().map(String::as_str), Some("purged"));
    assert!(fixture.read(countersign::store::audit::verify).unwrap().is_ok());
}

fn no_live_row_is_purged(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    fixture.given(&sleep, &ann, &bob);
    let month = countersign::workflow::requests::file::Filing {
        ttl: Some(TimeDelta::days(30)),
        ..crate::support::fixture::ask(&coach, &ann, &eve)
    };
    fixture.file(&person(&eve), &month).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    let events = fixture.events().len();
    fixture.pass(TimeDelta::days(29));
    while !batch(fixture, Some(TimeDelta::zero()), 1).is_empty() {}
    assert_eq!(word(fixture.redeem(&ann, &token)), "ok");
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 2);
    assert!(fixture.events().len() > events);
}

/// Twelve requests, nine of which ended, with an email or two each.
fn fill(fixture: &Fixture) {
    let fixture = &fixture.with("[limits]\ntarget_letters = 0");
    let ann = fixture.user("ann@example.org");
    let coach = fixture.relationship("coach");
    for number in 0..12 {
        let requester = fixture.user(&format!("asker{number}@example.org"));
        let (request, token) = fixture.asked_by_mail(&coach, &ann, &requester);
        match number % 4 {
            0 => drop(fixture.redeem(&ann, &token).unwrap()),
            1 => drop(fixture.decline(&ann, &token, None).unwrap()),
            2 => fixture.delete(&person(&requester), request.id).unwrap(),
            _ => {}
        }
    }
    fixture.deliver();
}

fn a_dry_run_counts_the_rows_that_a_purge_deletes(fixture: &Fixture) {
    fill(fixture);
    fixture.sql("INSERT INTO idempotency_keys (caller, name, body_hash, status, body, created_at) VALUES ('1/-', 'k', '', 200, '', 0)").unwrap();
    fixture.pass(TimeDelta::days(8));
    fixture.sweep();
    let counted = dry_run(fixture, None);
    assert_eq!((counted.requests, counted.answers), (9, 1));
    assert_eq!(batch(fixture, None, 1_000), counted);
    assert!(dry_run(fixture, None).is_empty());
    // Requests that expired meanwhile are purged after another grace.
    fixture.pass(TimeDelta::days(7));
    let counted = dry_run(fixture, None);
    assert_eq!(counted.requests, 3);
    assert_eq!(batch(fixture, None, 1_000), counted);
}

fn batches_are_bounded_and_continue_where_they_stopped(fixture: &Fixture) {
    fill(fixture);
    fixture.pass(TimeDelta::days(6));
    let counted = dry_run(fixture, Some(TimeDelta::days(5)));
    let (mut gone, mut sizes) = (Purged::default(), Vec::new());
    loop {
        // A restart between any two of them.
        let part = batch(&fixture.with(""), Some(TimeDelta::days(5)), 4);
        if part.is_empty() {
            break;
        }
        sizes.push(part.requests);
        gone = gone.plus(part);
    }
    assert_eq!((gone, sizes), (counted, vec![4, 4, 1]));
    assert_eq!(fixture.count("requests", "1 = 1"), 3);
    assert_eq!(fixture.count("tokens", "request_id NOT IN (SELECT id FROM requests)"), 0);
}

fn only_admins_purge(fixture: &Fixture) {
    let (bob, retention) = (person(&fixture.user("bob@example.org")), fixture.config.retention.clone());
    assert_eq!(word(fixture.read(|tx| purge::dry_run(tx, &bob, &retention, None))), "forbidden");
    assert_eq!(word(fixture.write(move |tx| purge::batch(tx, &bob, &retention, None, 1))), "forbidden");
}
