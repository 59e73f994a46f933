//! A request that is filed while what it rests on is taken away.

use std::sync::Arc;

use chrono::TimeDelta;
use countersign::domain::{Caller, Narrowing, RequestId, Scope};
use countersign::store::{Tx, requests};
use countersign::workflow::requests::file::{self, Filing};
use countersign::workflow::requests::{decide, resend};
use countersign::workflow::{Refusal, accounts, purge};

use super::overlapping;
use crate::support::house::{House, ask, on_both, person, word};

on_both![
    nothing_waits_for_who_or_what_is_gone,
    nothing_waits_on_a_key_that_is_gone,
    what_is_handed_over_while_it_is_asked_for_waits_for_the_new_owner,
    what_is_decided_after_all_is_not_purged,
];

fn file(house: &House, caller: &Caller, filing: &Filing) -> impl FnMut(&mut Tx<'_>) -> Result<(), Refusal> + Send + use<> {
    let (config, caller, filing) = (Arc::clone(&house.config), caller.clone(), filing.clone());
    move |tx| file::file(tx, &config, &caller, &filing).map(drop)
}

fn nothing_waits_for_who_or_what_is_gone(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (filed, removed) = overlapping(house, file(house, &person(&bob), &ask(&sleep, &ann, &bob)), || {
        house.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), sleep.id))
    });
    assert_eq!((word(filed), word(removed)), ("ok", "ok"));
    assert_eq!(house.count("requests", "state = 'pending'"), 0);
    let coach = house.relationship("coach");
    let (filed, removed) =
        overlapping(house, file(house, &person(&bob), &ask(&coach, &ann, &bob)), || house.remove_user(&ann, None));
    assert_eq!((word(filed), word(removed)), ("ok", "ok"));
    let joe = house.user("joe@example.org");
    let (filed, removed) =
        overlapping(house, file(house, &person(&bob), &ask(&coach, &joe, &bob)), || house.remove_user(&bob, None));
    assert_eq!((word(filed), word(removed)), ("ok", "ok"));
    assert_eq!(house.count("requests", "state = 'pending'"), 0);
}

fn nothing_waits_on_a_key_that_is_gone(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let app = house.app("app", None, &[Scope::Requests, Scope::ActAs]);
    let key = app.key.unwrap();
    let filing = ask(&sleep, &ann, &bob);
    let (filed, revoked) = overlapping(house, file(house, &app, &filing), || {
        house.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), key))
    });
    assert_eq!((word(filed), word(revoked)), ("ok", "ok"));
    assert_eq!(house.count("requests", "state = 'pending'"), 0);
    assert_eq!(word(house.file(&app, &filing)), "unauthenticated");
}

fn what_is_handed_over_while_it_is_asked_for_waits_for_the_new_owner(house: &House) {
    let (ann, bob, joe) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("joe@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (filed, moved) =
        overlapping(house, file(house, &person(&bob), &ask(&sleep, &ann, &bob)), || house.hand_over(sleep.id, &joe));
    assert_eq!((word(filed), word(moved)), ("ok", "ok"));
    assert_eq!(house.count("requests", &format!("state = 'pending' AND target_id = {}", joe.id)), 1);
    // And where its letter is sent again at that moment.
    house.pass(resend::RESEND_PAUSE);
    let kate = house.user("kate@example.org");
    let id = house.texts("SELECT CAST(id AS TEXT) AS value FROM requests").remove(0).parse().unwrap();
    let caller = person(&bob);
    let (resent, moved) =
        overlapping(house, move |tx| resend::resend(tx, &caller, RequestId(id)).map(drop), || house.hand_over(sleep.id, &kate));
    assert_eq!((word(resent), word(moved)), ("ok", "ok"));
    assert_eq!(house.count("requests", &format!("state = 'pending' AND target_id = {}", kate.id)), 1);
}

fn what_is_decided_after_all_is_not_purged(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let filing = Filing { ttl: Some(TimeDelta::days(30)), ..ask(&sleep, &ann, &bob) };
    let id = house.file(&person(&bob), &filing).unwrap().0.request.id;
    house.delete(&person(&ann), id).unwrap();
    house.pass(TimeDelta::days(8));
    let caller = person(&ann);
    let retention = house.config.retention.clone();
    let (approved, purged) = overlapping(
        house,
        move |tx| {
            let declined = requests::find(tx, id)?.unwrap();
            decide::approve(tx, &caller, &declined, &Narrowing::default()).map(drop)
        },
        || house.write(move |tx| purge::batch(tx, &Caller::operator(), &retention, None, 10)),
    );
    assert_eq!((word(approved), word(purged)), ("ok", "ok"));
    assert_eq!(house.state(id), "approved");
}
