//! Apps with several keys: what one key filed, the others continue.

use chrono::TimeDelta;
use countersign::domain::{AppId, Caller, Page, Scope};
use countersign::store::blocks::{self, Blocked};
use countersign::store::{apps, requests};
use countersign::workflow::accounts;
use countersign::workflow::requests::view;

use crate::support::fixture::{Fixture, ask, on_both, word};

on_both![
    a_second_key_sees_and_withdraws_what_the_first_filed,
    open_requests_survive_a_rotation_and_end_with_the_last_key,
    a_block_of_an_app_covers_all_its_keys,
    a_key_with_less_scope_does_not_stand_for_a_revoked_one,
    an_app_without_a_key_gets_its_first_one_later,
    a_key_of_an_older_program_gets_an_app,
];

const SCOPES: [Scope; 2] = [Scope::Requests, Scope::ActAs];

fn revoke(fixture: &Fixture, caller: &Caller) {
    let key = caller.key.unwrap();
    fixture.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), key)).unwrap();
}

fn a_second_key_sees_and_withdraws_what_the_first_filed(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let first = fixture.app("Diary", None, &SCOPES);
    let second = fixture.key_of(first.app, "Diary 2", None, &SCOPES);
    let other = fixture.app("Other", None, &SCOPES);
    assert_ne!((first.key, other.app), (second.key, first.app));
    let request = fixture.file(&first, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    let see = |caller: &Caller| word(fixture.read(|tx| view::find(tx, caller, request.id)));
    assert_eq!([see(&first), see(&second), see(&other)], ["ok", "ok", "not found"]);
    let order = (requests::Order::Id, false);
    let list =
        |caller: &Caller| fixture.read(|tx| view::list(tx, caller, &[], order, Page { limit: 9, offset: 0 })).unwrap().total;
    assert_eq!([list(&first), list(&second), list(&other)], [1, 1, 0]);
    // The same request by the other key is the pending one.
    assert!(!fixture.file(&second, &ask(&sleep, &ann, &bob)).unwrap().1);
    assert_eq!(word(fixture.delete(&other, request.id)), "not found");
    fixture.delete(&second, request.id).unwrap();
    assert_eq!(fixture.state(request.id), "withdrawn");
    // The audit names the key that did it.
    let second_key = second.key.unwrap();
    assert_eq!(fixture.count("audit", &format!("event = 'request.withdrawn' AND key_id = {second_key}")), 1);
}

fn open_requests_survive_a_rotation_and_end_with_the_last_key(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let first = fixture.app("Diary", None, &SCOPES);
    let request = fixture.file(&first, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    fixture.deliver();
    let second = fixture.key_of(first.app, "Diary 2", None, &SCOPES);
    revoke(fixture, &first);
    assert_eq!(fixture.state(request.id), "pending");
    assert_eq!(word(fixture.file(&first, &ask(&sleep, &ann, &eve))), "unauthenticated");
    let (view, _) = fixture.redeem(&ann, &fixture.token_for("ann@example.org")).unwrap();
    assert_eq!(view.request.id, request.id);
    let pending = fixture.file(&second, &ask(&sleep, &ann, &eve)).unwrap().0.request;
    assert_eq!(pending.app, first.app);
    revoke(fixture, &second);
    assert_eq!(fixture.state(pending.id), "cancelled");
    fixture.deliver();
}

fn a_block_of_an_app_covers_all_its_keys(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let first = fixture.app("Diary", None, &SCOPES);
    let second = fixture.key_of(first.app, "Diary 2", None, &SCOPES);
    let blocked = Blocked::App(first.app.unwrap());
    assert!(fixture.write(move |tx| blocks::add(tx, ann.id, blocked)).unwrap());
    let ann = fixture.read(|tx| countersign::store::users::find(tx, ann.id)).unwrap().unwrap();
    let blocked = [&first, &second].map(|caller| word(fixture.file(caller, &ask(&sleep, &ann, &bob))));
    assert_eq!(blocked, ["forbidden"; 2]);
    let other = fixture.app("Other", None, &SCOPES);
    assert_eq!(word(fixture.file(&other, &ask(&sleep, &ann, &bob))), "ok");
    fixture.deliver();
}

fn a_key_with_less_scope_does_not_stand_for_a_revoked_one(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let first = fixture.app("Diary", None, &SCOPES);
    fixture.key_of(first.app, "Reader", None, &[Scope::Requests]);
    let request = fixture.file(&first, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    fixture.deliver();
    revoke(fixture, &first);
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("ann@example.org"))), "forbidden");
    assert_eq!(fixture.state(request.id), "pending");
}

fn an_app_without_a_key_gets_its_first_one_later(fixture: &Fixture) {
    let add = |name: &'static str| fixture.write(move |tx| accounts::add_app(tx, &Caller::operator(), name, &[])).unwrap();
    let (one, two) = (add("One"), add("Two"));
    let key = fixture.app("Three", None, &SCOPES);
    assert_eq!(key.app, Some(AppId(key.key.unwrap().0)));
    let of_two = fixture.key_of(Some(two.id), "Two's", None, &SCOPES);
    let of_one = fixture.key_of(Some(one.id), "One's", None, &SCOPES);
    assert_eq!((of_two.key.unwrap().0, of_one.key.unwrap().0), (two.id.0, one.id.0));
    let again = fixture.key_of(Some(one.id), "One's second", None, &SCOPES);
    let keys = [&key, &of_two, &of_one, &again].map(|caller| caller.key.unwrap());
    assert!(keys.iter().all(|key| keys.iter().filter(|other| *other == key).count() == 1), "{keys:?}");
    let set = |name: Option<&'static str>, urls: Option<&'static [&'static str]>| {
        let urls = urls.map(|urls| urls.iter().map(|url| (*url).to_owned()).collect::<Vec<_>>());
        fixture.write(move |tx| accounts::set_app(tx, &Caller::operator(), AppId(1), name, urls.as_deref()))
    };
    assert_eq!(set(Some("First"), None).unwrap().name, "First");
    assert_eq!(set(None, Some(&["https://first.example/r"])).unwrap().redeem_urls, ["https://first.example/r"]);
    assert_eq!(word(set(None, Some(&["ftp://first.example/"]))), "redeem_url");
    assert_eq!(fixture.read(|tx| apps::find(tx, AppId(1))).unwrap().unwrap().name, "First");
    fixture.clock.advance(TimeDelta::seconds(1));
}

/// The release before inserts keys without an app.
fn a_key_of_an_older_program_gets_an_app(fixture: &Fixture) {
    fixture
        .sql("INSERT INTO api_keys (name, secret_hash, scopes, redeem_urls, created_at, expires_at) VALUES ('Old', '', '', '', 1, 2)")
        .unwrap();
    assert_eq!(fixture.texts("SELECT CAST(app_id AS TEXT) AS value FROM api_keys WHERE name = 'Old'"), ["1"]);
    assert_eq!(fixture.texts("SELECT name AS value FROM apps WHERE id = 1"), ["Old"]);
    assert_eq!(fixture.app("New", None, &SCOPES).app, Some(AppId(2)));
}
