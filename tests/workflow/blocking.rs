//! Who does not want to hear from somebody any more; and asking again.

use chrono::TimeDelta;
use countersign::domain::{Caller, Request, Scope, Until};
use countersign::store::rate_limits::Blocked;
use countersign::store::requests;
use countersign::workflow::Refusal;
use countersign::workflow::blocks::{self, Named, Whom};
use countersign::workflow::requests::ask_again;

use crate::support::house::{House, ask, offer, on_both, person, word};

on_both![
    blocking_and_lifting_in_turn_is_a_change_each_time_and_lifting_is_not_held_back,
    only_who_decides_blocks_and_in_person,
    a_block_declines_what_waits_and_is_written_down_once,
    an_offers_maker_is_blocked_and_not_oneself,
    only_who_asked_asks_again_and_only_what_has_ended,
    what_is_asked_again_is_held_back_as_any_other,
];

fn block(house: &House, caller: &Caller, request: &Request, whom: Whom) -> Result<(), Refusal> {
    let (config, caller, request) = (house.config.clone(), caller.clone(), request.clone());
    house.write(move |tx| blocks::block(tx, &config, &caller, &request, whom))
}

fn again(house: &House, caller: &Caller, request: &Request) -> Result<Request, Refusal> {
    let (config, caller, id) = (house.config.clone(), caller.clone(), request.id);
    house.write(move |tx| ask_again::ask_again(tx, &config, &caller, id)).map(|(told, _)| told.request)
}

fn only_who_decides_blocks_and_in_person(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.admin("eve@example.org"));
    let request = house.asked(&house.bundle("Sleep data", &ann), &ann, &bob);
    let key = house.app("App", Some(&ann), Scope::ALL);
    for caller in [person(&bob), person(&eve), key.clone()] {
        assert_eq!(word(block(house, &caller, &request, Whom::Person)), "forbidden");
    }
    assert_eq!(word(block(house, &person(&ann), &request, Whom::App)), "not found", "it came through no app");
    let lift = move |caller: Caller| house.write(move |tx| blocks::lift(tx, &caller, Blocked::User(bob.id)));
    assert_eq!(word(lift(key)), "unauthenticated");
    assert_eq!(house.count("blocks", "1 = 1"), 0);
    assert_eq!(house.state(request.id), "pending");
    house.deliver();
}

fn a_block_declines_what_waits_and_is_written_down_once(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let given = house.given(&sleep, &ann, &bob);
    let app = house.app("App", Some(&bob), &[Scope::Requests]);
    let request = house.file(&app, &ask(&house.bundle("Food diary", &ann), &ann, &bob)).unwrap().0.request;
    for whom in [Whom::Person, Whom::Person, Whom::App] {
        block(house, &person(&ann), &house.request(request.id), whom).unwrap();
    }
    assert_eq!(house.state(request.id), "declined");
    assert!(house.is_live(given.id));
    let names = |house: &House| -> Vec<String> {
        let blocks = house.read(|tx| blocks::list(tx, &person(&ann))).unwrap();
        let name = |block: blocks::Block| match block.whom {
            Named::Person(user) => user.first_name,
            Named::App(_, name) => name,
        };
        blocks.into_iter().map(name).collect()
    };
    let mut found = names(house);
    found.sort();
    assert_eq!(found, ["App", "Bob"]);
    let (caller, its) = (person(&ann), house.request(request.id));
    let lift = move |whom: Whom| {
        let (caller, its) = (caller.clone(), its.clone());
        house.write(move |tx| blocks::lift_of(tx, &caller, &its, whom)).unwrap();
    };
    lift(Whom::Person);
    lift(Whom::Person);
    assert_eq!(names(house), ["App"]);
    let events: Vec<String> = house.events().into_iter().filter(|event| event.contains("block")).collect();
    let mut sorted = events;
    sorted.sort();
    assert_eq!(sorted, ["app.blocked", "asker.blocked", "asker.unblocked"]);
    house.deliver();
}

fn an_offers_maker_is_blocked_and_not_oneself(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let offered = house.file(&person(&ann), &offer(&sleep, &bob)).unwrap().0.request;
    block(house, &person(&bob), &offered, Whom::Person).unwrap();
    assert_eq!(house.state(offered.id), "declined");
    house.pass(TimeDelta::days(8));
    assert_eq!(word(house.file(&person(&ann), &offer(&sleep, &bob))), "forbidden");
    house.deliver();
}

fn only_who_asked_asks_again_and_only_what_has_ended(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let mut filing = ask(&sleep, &ann, &bob);
    filing.message = Some("May I?".into());
    filing.until = Some(Until::For(TimeDelta::days(9)));
    let request = house.file(&person(&bob), &filing).unwrap().0.request;
    assert_eq!(word(again(house, &person(&bob), &request)), "pending");
    house.delete(&person(&bob), request.id).unwrap();
    let key = house.app("App", Some(&bob), Scope::ALL);
    for caller in [person(&ann), key] {
        assert_eq!(word(again(house, &caller, &request)), "forbidden");
    }
    assert_eq!(word(again(house, &person(&house.user("joe@example.org")), &request)), "not found");
    let second = again(house, &person(&bob), &request).unwrap();
    assert_ne!(second.id, request.id);
    assert_eq!((second.message.as_deref(), second.until, second.target), (Some("May I?"), filing.until, ann.id));
    house.approve(&ann, second.id).unwrap();
    assert_eq!(word(again(house, &person(&bob), &second)), "approved");
    house.deliver();
}

fn what_is_asked_again_is_held_back_as_any_other(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let (_, token) = house.asked_by_mail(&house.bundle("Sleep data", &ann), &ann, &bob);
    let request = house.decline(&ann, &token, None).unwrap().request;
    assert_eq!(word(again(house, &person(&bob), &request)), "too many");
    house.pass(TimeDelta::days(7));
    let second = again(house, &person(&bob), &request).unwrap();
    block(house, &person(&ann), &second, Whom::Person).unwrap();
    house.pass(TimeDelta::days(60));
    assert_eq!(word(again(house, &person(&bob), &second)), "forbidden");
    house.deliver();
}

fn blocking_and_lifting_in_turn_is_a_change_each_time_and_lifting_is_not_held_back(house: &House) {
    let house = house.with("[limits]\nchanges_hourly = 2");
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let asked = house.asked(&house.bundle("Sleep data", &ann), &ann, &bob);
    house.approve(&ann, asked.id).unwrap();
    let request = house.read(|tx| requests::find(tx, asked.id)).unwrap().unwrap();
    let lift = || {
        let caller = person(&ann);
        let bob = bob.id;
        house.write(move |tx| blocks::lift(tx, &caller, Blocked::User(bob))).unwrap();
    };
    for _ in 0..2 {
        block(&house, &person(&ann), &request, Whom::Person).unwrap();
        // Blocked already, it is no change.
        block(&house, &person(&ann), &request, Whom::Person).unwrap();
        lift();
    }
    assert!(matches!(block(&house, &person(&ann), &request, Whom::Person), Err(Refusal::TooMany { .. })));
    assert_eq!((house.count("blocks", "1 = 1"), house.count("audit", "event = 'asker.blocked'")), (0, 2));
    house.pass(TimeDelta::minutes(30));
    block(&house, &person(&ann), &request, Whom::Person).unwrap();
    lift();
    assert_eq!(house.count("blocks", "1 = 1"), 0);
}
