//! Blocking people and apps; and filing again.

use chrono::TimeDelta;
use countersign::domain::{Caller, Request, Scope, Until};
use countersign::store::blocks::Blocked;
use countersign::store::requests;
use countersign::workflow::WorkflowError;
use countersign::workflow::blocks::{self, Named, Whom};
use countersign::workflow::requests::ask_again;

use crate::support::fixture::{Fixture, ask, offer, on_both, person, word};

on_both![
    each_block_counts_as_a_change_and_unblocking_is_never_limited,
    only_the_approver_blocks_and_in_person,
    a_block_declines_pending_requests_and_is_audited_once,
    the_maker_of_an_offer_is_blocked_and_nobody_blocks_themselves,
    only_the_requester_files_again_and_only_after_the_end,
    filing_again_has_the_limits_of_any_request,
];

fn block(fixture: &Fixture, caller: &Caller, request: &Request, whom: Whom) -> Result<(), WorkflowError> {
    let (config, caller, request) = (fixture.config.clone(), caller.clone(), request.clone());
    fixture.write(move |tx| blocks::block(tx, &config, &caller, &request, whom))
}

fn again(fixture: &Fixture, caller: &Caller, request: &Request) -> Result<Request, WorkflowError> {
    let (config, caller, id) = (fixture.config.clone(), caller.clone(), request.id);
    fixture.write(move |tx| ask_again::ask_again(tx, &config, &caller, id)).map(|(view, _)| view.request)
}

fn only_the_approver_blocks_and_in_person(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.admin("eve@example.org"));
    let request = fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let key = fixture.app("App", Some(&ann), Scope::ALL);
    for caller in [person(&bob), person(&eve), key.clone()] {
        assert_eq!(word(block(fixture, &caller, &request, Whom::Person)), "forbidden");
    }
    assert_eq!(word(block(fixture, &person(&ann), &request, Whom::App)), "not found", "it came through no app");
    let lift = move |caller: Caller| fixture.write(move |tx| blocks::lift(tx, &caller, Blocked::User(bob.id)));
    assert_eq!(word(lift(key)), "unauthenticated");
    assert_eq!(fixture.count("blocks", "1 = 1"), 0);
    assert_eq!(fixture.state(request.id), "pending");
    fixture.deliver();
}

fn a_block_declines_pending_requests_and_is_audited_once(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let given = fixture.given(&sleep, &ann, &bob);
    let app = fixture.app("App", Some(&bob), &[Scope::Requests]);
    let request = fixture.file(&app, &ask(&fixture.bundle("Food diary", &ann), &ann, &bob)).unwrap().0.request;
    for whom in [Whom::Person, Whom::Person, Whom::App] {
        block(fixture, &person(&ann), &fixture.request(request.id), whom).unwrap();
    }
    assert_eq!(fixture.state(request.id), "declined");
    assert!(fixture.is_live(given.id));
    let names = |fixture: &Fixture| -> Vec<String> {
        let blocks = fixture.read(|tx| blocks::list(tx, &person(&ann))).unwrap();
        let name = |block: blocks::Block| match block.whom {
            Named::Person(user) => user.first_name,
            Named::App(_, name) => name,
        };
        blocks.into_iter().map(name).collect()
    };
    let mut found = names(fixture);
    found.sort();
    assert_eq!(found, ["App", "Bob"]);
    let (caller, its) = (person(&ann), fixture.request(request.id));
    let lift = move |whom: Whom| {
        let (caller, its) = (caller.clone(), its.clone());
        fixture.write(move |tx| blocks::lift_of(tx, &caller, &its, whom)).unwrap();
    };
    lift(Whom::Person);
    lift(Whom::Person);
    assert_eq!(names(fixture), ["App"]);
    let events: Vec<String> = fixture.events().into_iter().filter(|event| event.contains("block")).collect();
    let mut sorted = events;
    sorted.sort();
    assert_eq!(sorted, ["app.blocked", "asker.blocked", "asker.unblocked"]);
    fixture.deliver();
}

fn the_maker_of_an_offer_is_blocked_and_nobody_blocks_themselves(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let offered = fixture.file(&person(&ann), &offer(&sleep, &bob)).unwrap().0.request;
    block(fixture, &person(&bob), &offered, Whom::Person).unwrap();
    assert_eq!(fixture.state(offered.id), "declined");
    fixture.pass(TimeDelta::days(8));
    assert_eq!(word(fixture.file(&person(&ann), &offer(&sleep, &bob))), "forbidden");
    fixture.deliver();
}

fn only_the_requester_files_again_and_only_after_the_end(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let mut filing = ask(&sleep, &ann, &bob);
    filing.message = Some("May I?".into());
    filing.until = Some(Until::For(TimeDelta::days(9)));
    let request = fixture.file(&person(&bob), &filing).unwrap().0.request;
    assert_eq!(word(again(fixture, &person(&bob), &request)), "pending");
    fixture.delete(&person(&bob), request.id).unwrap();
    let key = fixture.app("App", Some(&bob), Scope::ALL);
    for caller in [person(&ann), key] {
        assert_eq!(word(again(fixture, &caller, &request)), "forbidden");
    }
    assert_eq!(word(again(fixture, &person(&fixture.user("joe@example.org")), &request)), "not found");
    let second = again(fixture, &person(&bob), &request).unwrap();
    assert_ne!(second.id, request.id);
    assert_eq!((second.message.as_deref(), second.until, second.target), (Some("May I?"), filing.until, ann.id));
    fixture.approve(&ann, second.id).unwrap();
    assert_eq!(word(again(fixture, &person(&bob), &second)), "approved");
    fixture.deliver();
}

fn filing_again_has_the_limits_of_any_request(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let request = fixture.decline(&ann, &token, None).unwrap().request;
    assert_eq!(word(again(fixture, &person(&bob), &request)), "too many");
    fixture.pass(TimeDelta::days(7));
    let second = again(fixture, &person(&bob), &request).unwrap();
    block(fixture, &person(&ann), &second, Whom::Person).unwrap();
    fixture.pass(TimeDelta::days(60));
    assert_eq!(word(again(fixture, &person(&bob), &second)), "forbidden");
    fixture.deliver();
}

fn each_block_counts_as_a_change_and_unblocking_is_never_limited(fixture: &Fixture) {
    let fixture = fixture.with("[limits]\nchanges_hourly = 2");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let asked = fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.approve(&ann, asked.id).unwrap();
    let request = fixture.read(|tx| requests::find(tx, asked.id)).unwrap().unwrap();
    let lift = || {
        let caller = person(&ann);
        let bob = bob.id;
        fixture.write(move |tx| blocks::lift(tx, &caller, Blocked::User(bob))).unwrap();
    };
    for _ in 0..2 {
        block(&fixture, &person(&ann), &request, Whom::Person).unwrap();
        // Blocked already, so it is no change.
        block(&fixture, &person(&ann), &request, Whom::Person).unwrap();
        lift();
    }
    assert!(matches!(block(&fixture, &person(&ann), &request, Whom::Person), Err(WorkflowError::TooMany { .. })));
    assert_eq!((fixture.count("blocks", "1 = 1"), fixture.count("audit", "event = 'asker.blocked'")), (0, 2));
    fixture.pass(TimeDelta::minutes(30));
    block(&fixture, &person(&ann), &request, Whom::Person).unwrap();
    lift();
    assert_eq!(fixture.count("blocks", "1 = 1"), 0);
}
