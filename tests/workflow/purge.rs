//! Removing what is over, and nothing else.

use chrono::TimeDelta;
use countersign::domain::Caller;
use countersign::store::purge::Purged;
use countersign::workflow::purge;

use crate::support::house::{House, on_both, person, word};

on_both![
    what_ended_goes_after_the_grace_and_not_before,
    nothing_that_lives_goes,
    a_dry_run_counts_what_then_goes,
    batches_are_bounded_and_go_on_where_they_stopped,
    only_admins_purge,
];

fn batch(house: &House, older_than: Option<TimeDelta>, limit: i64) -> Purged {
    let retention = house.config.retention.clone();
    house.write(move |tx| purge::batch(tx, &Caller::operator(), &retention, older_than, limit)).unwrap()
}

fn dry_run(house: &House, older_than: Option<TimeDelta>) -> Purged {
    house.read(|tx| purge::dry_run(tx, &Caller::operator(), &house.config.retention, older_than)).unwrap()
}

fn what_ended_goes_after_the_grace_and_not_before(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let grant = house.given(&house.bundle("Sleep data", &ann), &ann, &bob);
    house.deliver();
    house.pass(TimeDelta::days(7) - TimeDelta::microseconds(1));
    assert!(batch(house, None, 100).is_empty());
    let token = house.token_for("ann@example.org");
    assert_eq!(word(house.check(&ann, &token)), "approved");
    house.pass(TimeDelta::microseconds(1));
    assert_eq!(batch(house, None, 100), Purged { requests: 1, tokens: 1, letters: 2, ..Purged::default() });
    assert!(batch(house, None, 100).is_empty());
    assert_eq!(house.count("request_items", "1 = 1"), 0);
    assert!(house.is_live(grant.id));
    assert_eq!(word(house.check(&ann, &token)), "not found");
    assert_eq!(house.events().last().map(String::as_str), Some("purged"));
    assert!(house.read(countersign::store::audit::verify).unwrap().is_ok());
}

fn nothing_that_lives_goes(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let (sleep, coach) = (house.bundle("Sleep data", &ann), house.relationship("coach"));
    house.given(&sleep, &ann, &bob);
    let month = countersign::workflow::requests::file::Filing {
        ttl: Some(TimeDelta::days(30)),
        ..crate::support::house::ask(&coach, &ann, &eve)
    };
    house.file(&person(&eve), &month).unwrap();
    house.deliver();
    let token = house.token_for("ann@example.org");
    let events = house.events().len();
    house.pass(TimeDelta::days(29));
    while !batch(house, Some(TimeDelta::zero()), 1).is_empty() {}
    assert_eq!(word(house.redeem(&ann, &token)), "ok");
    assert_eq!(house.count("grants", "revoked_at IS NULL"), 2);
    assert!(house.events().len() > events);
}

/// Twelve requests, of which nine ended, with a letter or two each.
fn fill(house: &House) {
    let house = &house.with("[limits]\ntarget_letters = 0");
    let ann = house.user("ann@example.org");
    let coach = house.relationship("coach");
    for number in 0..12 {
        let asker = house.user(&format!("asker{number}@example.org"));
        let (request, token) = house.asked_by_mail(&coach, &ann, &asker);
        match number % 4 {
            0 => drop(house.redeem(&ann, &token).unwrap()),
            1 => drop(house.decline(&ann, &token, None).unwrap()),
            2 => house.delete(&person(&asker), request.id).unwrap(),
            _ => {}
        }
    }
    house.deliver();
}

fn a_dry_run_counts_what_then_goes(house: &House) {
    fill(house);
    house.sql("INSERT INTO idempotency_keys (caller, name, body_hash, status, body, created_at) VALUES ('1/-', 'k', '', 200, '', 0)").unwrap();
    house.pass(TimeDelta::days(8));
    house.sweep();
    let counted = dry_run(house, None);
    assert_eq!((counted.requests, counted.answers), (9, 1));
    assert_eq!(batch(house, None, 1_000), counted);
    assert!(dry_run(house, None).is_empty());
    // What expired meanwhile goes with the next grace.
    house.pass(TimeDelta::days(7));
    let counted = dry_run(house, None);
    assert_eq!(counted.requests, 3);
    assert_eq!(batch(house, None, 1_000), counted);
}

fn batches_are_bounded_and_go_on_where_they_stopped(house: &House) {
    fill(house);
    house.pass(TimeDelta::days(6));
    let counted = dry_run(house, Some(TimeDelta::days(5)));
    let (mut gone, mut sizes) = (Purged::default(), Vec::new());
    loop {
        // A restart between any two of them.
        let part = batch(&house.with(""), Some(TimeDelta::days(5)), 4);
        if part.is_empty() {
            break;
        }
        sizes.push(part.requests);
        gone = gone.plus(part);
    }
    assert_eq!((gone, sizes), (counted, vec![4, 4, 1]));
    assert_eq!(house.count("requests", "1 = 1"), 3);
    assert_eq!(house.count("tokens", "request_id NOT IN (SELECT id FROM requests)"), 0);
}

fn only_admins_purge(house: &House) {
    let (bob, retention) = (person(&house.user("bob@example.org")), house.config.retention.clone());
    assert_eq!(word(house.read(|tx| purge::dry_run(tx, &bob, &retention, None))), "forbidden");
    assert_eq!(word(house.write(move |tx| purge::batch(tx, &bob, &retention, None, 1))), "forbidden");
}
