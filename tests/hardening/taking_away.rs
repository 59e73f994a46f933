//! A request that is filed while its basis is removed.

use std::sync::Arc;

use chrono::TimeDelta;
use countersign::domain::{ApprovalLimits, Caller, RequestId, Scope};
use countersign::store::{Tx, requests};
use countersign::workflow::requests::file::{self, Filing};
use countersign::workflow::requests::{decide, resend};
use countersign::workflow::{WorkflowError, accounts, purge};

use super::overlapping;
use crate::support::fixture::{Fixture, ask, on_both, person, word};

on_both![
    no_request_waits_for_a_removed_person_or_bundle,
    no_request_of_a_revoked_key_waits,
    a_request_for_a_transferred_bundle_waits_for_the_new_owner,
    a_late_decision_is_not_purged,
];

fn file(
    fixture: &Fixture,
    caller: &Caller,
    filing: &Filing,
) -> impl FnMut(&mut Tx<'_>) -> Result<(), WorkflowError> + Send + use<> {
    let (config, caller, filing) = (Arc::clone(&fixture.config), caller.clone(), filing.clone());
    move |tx| file::file(tx, &config, &caller, &filing).map(drop)
}

fn no_request_waits_for_a_removed_person_or_bundle(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (filed, removed) = overlapping(fixture, file(fixture, &person(&bob), &ask(&sleep, &ann, &bob)), || {
        fixture.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), sleep.id))
    });
    assert_eq!((word(filed), word(removed)), ("ok", "ok"));
    assert_eq!(fixture.count("requests", "state = 'pending'"), 0);
    let coach = fixture.relationship("coach");
    let (filed, removed) =
        overlapping(fixture, file(fixture, &person(&bob), &ask(&coach, &ann, &bob)), || fixture.remove_user(&ann, None));
    assert_eq!((word(filed), word(removed)), ("ok", "ok"));
    let joe = fixture.user("joe@example.org");
    let (filed, removed) =
        overlapping(fixture, file(fixture, &person(&bob), &ask(&coach, &joe, &bob)), || fixture.remove_user(&bob, None));
    assert_eq!((word(filed), word(removed)), ("ok", "ok"));
    assert_eq!(fixture.count("requests", "state = 'pending'"), 0);
}

fn no_request_of_a_revoked_key_waits(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    let key = app.key.unwrap();
    let filing = ask(&sleep, &ann, &bob);
    let (filed, revoked) = overlapping(fixture, file(fixture, &app, &filing), || {
        fixture.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), key))
    });
    assert_eq!((word(filed), word(revoked)), ("ok", "ok"));
    assert_eq!(fixture.count("requests", "state = 'pending'"), 0);
    assert_eq!(word(fixture.file(&app, &filing)), "unauthenticated");
}

fn a_request_for_a_transferred_bundle_waits_for_the_new_owner(fixture: &Fixture) {
    let (ann, bob, joe) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("joe@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (filed, moved) =
        overlapping(fixture, file(fixture, &person(&bob), &ask(&sleep, &ann, &bob)), || fixture.hand_over(sleep.id, &joe));
    assert_eq!((word(filed), word(moved)), ("ok", "ok"));
    assert_eq!(fixture.count("requests", &format!("state = 'pending' AND target_id = {}", joe.id)), 1);
    // And when its email is resent at that moment.
    fixture.pass(resend::RESEND_PAUSE);
    let kate = fixture.user("kate@example.org");
    let id = fixture.texts("SELECT CAST(id AS TEXT) AS value FROM requests").remove(0).parse().unwrap();
    let caller = person(&bob);
    let (resent, moved) = overlapping(
        fixture,
        move |tx| resend::resend(tx, &caller, RequestId(id)).map(drop),
        || fixture.hand_over(sleep.id, &kate),
    );
    assert_eq!((word(resent), word(moved)), ("ok", "ok"));
    assert_eq!(fixture.count("requests", &format!("state = 'pending' AND target_id = {}", kate.id)), 1);
}

fn a_late_decision_is_not_purged(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let filing = Filing { ttl: Some(TimeDelta::days(30)), ..ask(&sleep, &ann, &bob) };
    let id = fixture.file(&person(&bob), &filing).unwrap().0.request.id;
    fixture.delete(&person(&ann), id).unwrap();
    fixture.pass(TimeDelta::days(8));
    let caller = person(&ann);
    let retention = fixture.config.retention.clone();
    let (approved, purged) = overlapping(
        fixture,
        move |tx| {
            let declined = requests::find(tx, id)?.unwrap();
            decide::approve(tx, &caller, &declined, &ApprovalLimits::default()).map(drop)
        },
        || fixture.write(move |tx| purge::batch(tx, &Caller::operator(), &retention, None, 10)),
    );
    assert_eq!((word(approved), word(purged)), ("ok", "ok"));
    assert_eq!(fixture.state(id), "approved");
}
