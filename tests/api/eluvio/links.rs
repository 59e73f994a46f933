//! Codes, and the tokens for which they are redeemed.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use countersign::auth::Links;
use countersign::domain::GrantId;
use countersign::key_file::ServerKey;
use countersign::random::Rng;
use countersign::store::tokens;
use serde_json::json;

use super::{Cast, FILM, altered, code_of};
use crate::support::fixture::{Fixture, on_both};

on_both![
    only_the_exact_code_opens_a_share,
    only_the_exact_token_is_valid,
    codes_and_tokens_do_not_reveal_how_many_there_are,
    reading_and_redeeming_a_link_change_nothing,
    a_code_under_another_key_is_invalid,
    codes_from_before_a_restore_are_invalid,
    an_id_that_is_assigned_again_is_not_the_same_share,
    unknown_codes_count_against_a_limit,
];

fn only_the_exact_code_opens_a_share(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    assert_eq!(cast.open(&code, "info").status, 200);
    for at in 0..code.len() {
        let other = altered(&code, at);
        assert_eq!((cast.open(&other, "info").status, cast.open(&other, "token").status), (404, 404), "{at}");
    }
    let longer = [format!("{code}1"), format!("{code}%20"), format!("csl_1{}", &code[4..]), code[4..].to_owned()];
    let shorter = [code[..code.len() - 1].to_owned(), "csl_".into(), "csl_1".into(), format!("csl_{}", "1".repeat(32))];
    for other in longer.iter().chain(&shorter).chain([&code.to_uppercase(), &"A".repeat(5_000)]) {
        assert_eq!((cast.open(other, "info").status, cast.open(other, "token").status), (404, 404), "{other}");
    }
}

fn only_the_exact_token_is_valid(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let token = cast.token(&code);
    assert!(token.starts_with("cst_"), "{token}");
    assert!(cast.good_for(&token).is_some());
    for at in 0..token.len() {
        assert_eq!(cast.good_for(&altered(&token, at)), None, "{at}");
    }
    for other in ["", "cst_", &token[..token.len() - 1], &format!("{token}A"), &format!("{token}="), &code, &token[4..]] {
        assert_eq!(cast.good_for(other), None, "{other}");
    }
    // Each token differs, and a token of one share is invalid for another.
    let second = cast.token(&cast.code());
    assert_ne!(cast.token(&code), token);
    assert_ne!(cast.good_for(&second), cast.good_for(&token));
}

fn codes_and_tokens_do_not_reveal_how_many_there_are(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (mut starts, mut ends, mut lengths) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for i in 0..8 {
        let code = code_of(&cast.shared(&json!({ "object_ids": [FILM], "n": i })));
        starts.insert(code[4..8].to_owned());
        ends.insert(code[code.len() - 4..].to_owned());
        lengths.insert(cast.token(&code).len());
    }
    // If the number were in it unmasked, all would begin or end alike.
    assert!(starts.len() > 5 && ends.len() > 5, "{starts:?} {ends:?}");
    assert_eq!(lengths.len(), 1);
}

fn reading_and_redeeming_a_link_change_nothing(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let rows = || {
        ["grants", "audit", "tokens", "access_tokens", "idempotency_keys", "budgets", "outbox"].map(|table| {
            let version = if table == "grants" { "version > 1" } else { "1 = 1" };
            (cast.site.fixture.count(table, "1 = 1"), cast.site.fixture.count(table, version))
        })
    };
    let before = rows();
    for _ in 0..3 {
        assert_eq!((cast.open(&code, "info").status, cast.open(&code, "token").status), (200, 200));
    }
    assert_eq!(rows(), before);
}

fn a_code_under_another_key_is_invalid(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let token = cast.token(&code);
    let other = Links::new(ServerKey::draw(&Rng::System).unwrap());
    let found = |links: &Links| {
        let fixture = &cast.site.fixture;
        let by_code = fixture.read(|tx| links.find(tx, &code)).unwrap().is_some();
        (by_code, fixture.read(|tx| links.grant_of_share_token(tx, &token)).unwrap().is_some())
    };
    assert_eq!((found(&cast.site.fixture.links), found(&other)), ((true, true), (false, false)));
}

fn codes_from_before_a_restore_are_invalid(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let token = cast.token(&code);
    cast.site.fixture.write(tokens::begin_epoch).unwrap();
    assert_eq!((cast.open(&code, "info").status, cast.open(&code, "token").status), (404, 404));
    assert_eq!(cast.good_for(&token), None);
    // The share itself exists, under a code that nobody has seen.
    let listed = cast.site.send(&cast.ann(), "GET", &super::list_of(super::TENANT), "").json();
    let fresh = code_of(&listed["shares"][0]);
    assert_ne!(fresh, code);
    assert!(cast.good_for(&cast.token(&fresh)).is_some());
}

fn an_id_that_is_assigned_again_is_not_the_same_share(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let token = cast.token(&code);
    // As after a manual restore, when the next share gets the id of a lost one.
    cast.site.fixture.sql("UPDATE grants SET public_id = 'another'").unwrap();
    assert_eq!((cast.open(&code, "info").status, cast.good_for(&token)), (404, None));
}

fn unknown_codes_count_against_a_limit(fixture: &Fixture) {
    let cast = Cast::with(fixture, "bad_tokens_per_hour = 3\n");
    let code = cast.code();
    let wrong = altered(&code, 20);
    let statuses: Vec<u16> = ["info", "token", "info", "token", "info"].map(|what| cast.open(&wrong, what).status).to_vec();
    assert_eq!(statuses, [404, 404, 404, 429, 429]);
    let refused = cast.open(&wrong, "info");
    assert!(refused.header("retry-after").is_some_and(|after| after.parse::<u32>().unwrap() > 0));
    assert_eq!(cast.open(&code, "token").status, 200, "who has a code is not in the way of who tries");
}

#[test]
fn a_deleted_share_is_not_found_anywhere() {
    let fixture = Fixture::new(crate::support::fixture::Kind::Sqlite);
    let cast = Cast::new(&fixture);
    let code = cast.code();
    let token = cast.token(&code);
    let id = cast.good_for(&token).unwrap();
    let caller = crate::support::fixture::person(&cast.ann);
    let deleted = cast.site.fixture.write(move |tx| {
        let id = countersign::workflow::shares::ShareId::Number(GrantId(id.0));
        countersign::workflow::shares::delete(tx, &caller, &id)
    });
    deleted.unwrap();
    cast.site.fixture.pass(TimeDelta::seconds(1));
    assert_eq!((cast.open(&code, "info").status, cast.open(&code, "token").status), (404, 404));
    assert_eq!((cast.put(&cast.ann(), &code, "/revoke", "{}").status, cast.good_for(&token)), (404, None));
}
