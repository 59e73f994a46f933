//! Idempotency keys.

use std::sync::Arc;

use chrono::TimeDelta;
use countersign::domain::{Caller, Scope};
use countersign::workflow::WorkflowError;
use countersign::workflow::idempotency::{Answer, Once, once};
use countersign::workflow::requests::file;

use crate::support::fixture::{Fixture, ask, on_both, person, word};

on_both![
    the_same_key_gives_the_same_answer_and_does_nothing_twice,
    the_same_key_with_another_body_is_refused,
    a_key_is_forgotten_after_a_day,
    a_key_is_its_callers_own,
    a_refusal_is_not_stored_under_the_key,
    the_same_key_at_the_same_moment_does_it_once,
    a_key_is_printable_and_short,
];

fn key(fixture: &Fixture, caller: &Caller, name: &str, body: &str) -> Result<Once, WorkflowError> {
    Once::new(caller, name, "POST", "/api/request/", body.as_bytes(), fixture.config.retention.idempotency.delta())
}

/// Files with a key, as an API does: the answer's body is the request's id.
fn file(fixture: &Fixture, caller: &Caller, filing: &file::Filing, name: &str, body: &str) -> Result<Answer, WorkflowError> {
    let kept = key(fixture, caller, name, body)?;
    let (config, caller, filing) = (Arc::clone(&fixture.config), caller.clone(), filing.clone());
    fixture.write(move |tx| {
        once(tx, Some(&kept), |tx| {
            let (view, is_new) = file::file(tx, &config, &caller, &filing)?;
            let location = Some(format!("/api/request/{}/", view.request.id));
            Ok(Answer { status: if is_new { 201 } else { 200 }, location, body: view.request.id.to_string(), is_replay: false })
        })
    })
}

fn the_same_key_gives_the_same_answer_and_does_nothing_twice(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let filing = ask(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let first = file(fixture, &person(&bob), &filing, "k-1", "{}").unwrap();
    assert_eq!((first.status, first.is_replay), (201, false));
    let events = fixture.events().len();
    // A restart forgets nothing.
    let fixture = fixture.with("");
    let second = file(&fixture, &person(&bob), &filing, "k-1", "{}").unwrap();
    assert_eq!((second.status, second.is_replay, second.body, second.location), (201, true, first.body, first.location));
    assert_eq!((fixture.events().len(), fixture.emails().len()), (events, 1));
    // Without it, the pending request is found.
    assert_eq!(file(&fixture, &person(&bob), &filing, "k-2", "{}").unwrap().status, 200);
}

fn the_same_key_with_another_body_is_refused(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let filing = ask(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    file(fixture, &person(&bob), &filing, "k-1", "{}").unwrap();
    assert_eq!(word(file(fixture, &person(&bob), &filing, "k-1", "{ }")), "key reused");
}

fn a_key_is_forgotten_after_a_day(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let filing = ask(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    file(fixture, &person(&bob), &filing, "k-1", "{}").unwrap();
    fixture.pass(TimeDelta::days(1) - TimeDelta::microseconds(1));
    assert!(file(fixture, &person(&bob), &filing, "k-1", "{}").unwrap().is_replay);
    fixture.pass(TimeDelta::microseconds(1));
    assert!(!file(fixture, &person(&bob), &filing, "k-1", "{\"other\":1}").unwrap().is_replay);
    assert!(file(fixture, &person(&bob), &filing, "k-1", "{\"other\":1}").unwrap().is_replay);
}

fn a_key_is_its_callers_own(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let filing = ask(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    file(fixture, &person(&bob), &filing, "k-1", "{}").unwrap();
    let app = fixture.app("app", Some(&bob), &[Scope::Requests]);
    assert!(!file(fixture, &app, &filing, "k-1", "{}").unwrap().is_replay);
    assert_eq!(word(file(fixture, &person(&ann), &filing, "k-1", "{}")), "forbidden");
}

fn a_refusal_is_not_stored_under_the_key(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    assert_eq!(word(file(fixture, &person(&ann), &ask(&sleep, &ann, &bob), "k-1", "{}")), "forbidden");
    assert_eq!(fixture.count("idempotency_keys", "1 = 1"), 0);
}

fn the_same_key_at_the_same_moment_does_it_once(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let filing = ask(&fixture.relationship("coach"), &ann, &bob);
    let (caller, filing) = (&person(&bob), &filing);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(move || file(fixture, caller, filing, "k-1", "{}"))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let fresh = answers.iter().flatten().filter(|answer| !answer.is_replay).count();
    assert_eq!(fresh, 1, "{answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(WorkflowError::InFlight))), "{answers:?}");
    assert_eq!(fixture.count("requests", "1 = 1"), 1);
}

fn a_key_is_printable_and_short(fixture: &Fixture) {
    let caller = Caller::operator();
    for name in ["", "a b", "é", "a\nb", &"x".repeat(201)] {
        assert_eq!(word(key(fixture, &caller, name, "")), "Idempotency-Key", "{name:?}");
    }
    assert_eq!(word(key(fixture, &caller, &"x".repeat(200), "")), "ok");
}
