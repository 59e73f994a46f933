//! Every end takes effect at its exact moment, by the instance's clock.

use chrono::TimeDelta;
use serde_json::json;

use super::signer::Account;
use super::{Cast, DAY, FILM, NOON, TENANT, code_of, list_of};
use crate::support::fixture::{Fixture, on_both};

on_both![
    a_share_opens_from_its_start_until_its_end,
    a_token_is_valid_for_an_hour_and_no_longer_than_its_share,
    a_token_follows_the_state_of_its_share,
    a_signed_token_is_valid_from_its_creation_until_its_end,
];

/// Moves the clock to this many milliseconds after noon.
fn at(cast: &Cast, millis: i64) {
    let now = cast.site.fixture.now().timestamp_millis();
    cast.site.fixture.pass(TimeDelta::milliseconds(NOON * 1_000 + millis - now));
}

fn a_share_opens_from_its_start_until_its_end(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = code_of(&cast.shared(&json!({ "object_ids": [FILM], "start_time": NOON + 100, "end_time": NOON + 200 })));
    for (millis, line) in [
        (99_999, r#"403 {"error":"share not started"}"#),
        (100_000, "200"),
        (199_999, "200"),
        (200_000, r#"403 {"error":"share expired"}"#),
        (99_999, r#"403 {"error":"share not started"}"#),
    ] {
        at(&cast, millis);
        let answer = cast.open(&code, "token");
        let shown = if answer.status == 200 { "200".to_owned() } else { answer.line() };
        assert_eq!(shown, line, "{millis}");
        assert_eq!(cast.open(&code, "info").status, 200, "what it is can be read at any time");
    }
}

fn a_token_is_valid_for_an_hour_and_no_longer_than_its_share(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let endless = cast.code();
    let short = code_of(&cast.shared(&json!({ "object_ids": [FILM], "end_time": NOON + 60 })));
    at(&cast, 1_000);
    for (code, end) in [(&endless, NOON + 3_601), (&short, NOON + 60)] {
        at(&cast, 1_000);
        let redeemed = cast.open(code, "token").json();
        assert_eq!(redeemed["end_time"], json!(end));
        let token = redeemed["token"].as_str().unwrap();
        for (millis, is_good) in [(1_000, true), ((end - NOON) * 1_000 - 1, true), ((end - NOON) * 1_000, false)] {
            at(&cast, millis);
            assert_eq!(cast.good_for(token).is_some(), is_good, "{millis}");
        }
    }
}

fn a_token_follows_the_state_of_its_share(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let token = cast.token(&code);
    // The end is moved forwards and back again. The token lasts as long as it was issued for, and no longer than the share.
    let ends = |end: i64| assert_eq!(cast.put(&cast.ann(), &code, "", &json!({ "end_time": end }).to_string()).status, 200);
    ends(NOON + 60);
    at(&cast, 59_999);
    assert!(cast.good_for(&token).is_some());
    at(&cast, 60_000);
    assert_eq!(cast.good_for(&token), None);
    at(&cast, 30_000);
    ends(NOON + DAY);
    at(&cast, 3_599_000);
    assert!(cast.good_for(&token).is_some());
    at(&cast, 3_600_001);
    assert_eq!(cast.good_for(&token), None, "an hour from when it was made");
    let token = cast.token(&code);
    assert_eq!(cast.put(&cast.ann(), &code, "/revoke", "{}").status, 200);
    assert_eq!(cast.good_for(&token), None, "at once");
}

fn a_signed_token_is_valid_from_its_creation_until_its_end(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let account = Account::of(0x11);
    let mut claims = account.claims(NOON * 1_000);
    claims["exp"] = json!(NOON * 1_000 + 600_000);
    let ann = format!("Bearer {}", account.token(&claims));
    for (millis, status) in [
        // A clock may be five minutes ahead of ours.
        (-300_001, 401),
        (-300_000, 200),
        (0, 200),
        (599_999, 200),
        (600_000, 401),
        (86_400_000, 401),
        (-86_400_000, 401),
    ] {
        at(&cast, millis);
        assert_eq!(cast.site.send(&ann, "GET", &list_of(TENANT), "").status, status, "{millis}");
    }
}
