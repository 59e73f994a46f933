//! `/api/bundle_permission_request/{token}/`: checking, redeeming, declining.

use chrono::TimeDelta;
use countersign::domain::Scope;

use super::{ALICE, ASK, ASK_SLEEP, BOB, CAROL, Cast, REQUESTS, altered};
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![the_approver_checks_and_redeems_a_token_once, an_approval_with_limits_says_what_was_limited, a_decline_has_its_reason,];

fn the_approver_checks_and_redeems_a_token_once(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let token = cast.asked(ASK);
    let checked = cast.site.send(BOB, "GET", &token, "");
    insta::assert_snapshot!(checked, @r#"
    200
    content-type: application/json
    {
      "bundle": {
        "id": 1,
        "name": "view",
        "resource_uri": "/api/bundle/1/"
      },
      "created_at": "2026-12-01T12:00:00Z",
      "decision": null,
      "expires_at": "2026-12-08T12:00:00Z",
      "grant": null,
      "id": 1,
      "level": "view",
      "mail_state": "sent",
      "message": null,
      "redeem_url": null,
      "resource_uri": "/api/bundle_permission_request/1/",
      "resources": null,
      "state": "pending",
      "ttl": 604800,
      "until": null,
      "url": "http://127.0.0.1:8080/inbox/asked#r1",
      "user_allowed": {
        "email": "alice@x.org",
        "first_name": "Alice",
        "id": 1,
        "last_name": "",
        "profile": null,
        "resource_uri": "/api/user/1/",
        "username": "alice@x.org"
      },
      "user_target": {
        "email": "bob@x.org",
        "first_name": "Bob",
        "id": 2,
        "last_name": "",
        "profile": null,
        "resource_uri": "/api/user/2/",
        "username": "bob@x.org"
      }
    }
    "#);
    assert_eq!(cast.site.send(BOB, "GET", &token, "").body, checked.body);
    let put = cast.site.send_with(BOB, "PUT", &token, &[("Content-type", "application/json"), ("Idempotency-Key", "k")], "");
    assert_eq!(put.status, 200);
    insta::assert_snapshot!(put.json()["decision"], @r#"{"at":"2026-12-01T12:00:00Z","bundle_permission":"/api/bundle_permission/1/","by":"/api/user/2/","given":{"level":"view","resources":null,"until":null},"is_narrowed":false,"reason":null}"#);
    assert_eq!(put.json()["state"], "approved");
    insta::assert_snapshot!(cast.site.send(BOB, "PUT", &token, ""), @r#"
    410
    content-type: application/json
    {
      "code": "closed",
      "error": "this request was approved already",
      "state": "approved"
    }
    "#);
    insta::assert_snapshot!(cast.site.send(BOB, "GET", &token, "").line(), @r#"410 {"error":"this request was approved already","state":"approved","code":"closed"}"#);
    let again = cast.site.send_with(BOB, "PUT", &token, &[("Content-type", "application/json"), ("Idempotency-Key", "k")], "");
    assert_eq!((again.status, again.header("idempotent-replayed"), &again.body), (200, Some("true"), &put.body));
    assert_eq!(fixture.count("grants", "1 = 1"), 1);
    assert_eq!(cast.site.send(ALICE, "GET", "/api/bundle_permission_request/1/", "").body, put.body);
}

#[test]
fn only_the_approver_learns_anything_from_a_token() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let admin = cast.site.admin("admin@x.org");
    let (_, key) = cast.site.key(Some(&cast.bob), &[Scope::Requests, Scope::Admin, Scope::ActAs], &[]);
    let token = cast.asked(ASK);
    let decline = format!("{token}decline/");
    let wrong_secret = altered(&token);
    let mut table: Vec<String> = Vec::new();
    for (name, who) in [
        ("nobody", ""),
        ("who asked", ALICE),
        ("a third", CAROL),
        ("an admin", admin.email.as_str()),
        ("a key of the decider's", &key),
    ] {
        let answers = [("GET", &token), ("PUT", &token), ("POST", &decline)]
            .map(|(method, path)| cast.site.send(who, method, path, "").line());
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        table.push(format!("{name} -> {}", answers[0]));
    }
    for (name, path) in [
        ("another secret", wrong_secret.as_str()),
        ("no token", "/api/bundle_permission_request/csr_x/"),
        ("odd", "/api/bundle_permission_request/%00%2F../"),
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            table.push(format!("{name} {method} -> {}", cast.site.send(BOB, method, path, "").line()));
        }
    }
    insta::assert_snapshot!(table.join("\n"), @r#"
    nobody -> 401
    who asked -> 403 {"error":"this token is not valid for this user; sign in as the one it was mailed to","code":"forbidden"}
    a third -> 403 {"error":"this token is not valid for this user; sign in as the one it was mailed to","code":"forbidden"}
    an admin -> 403 {"error":"this token is not valid for this user; sign in as the one it was mailed to","code":"forbidden"}
    a key of the decider's -> 403 {"error":"only user_target in person can check or redeem a token, never a key","code":"forbidden"}
    another secret GET -> 404
    another secret PUT -> 404
    another secret DELETE -> 404
    no token GET -> 404
    no token PUT -> 404
    no token DELETE -> 404
    odd GET -> 404
    odd PUT -> 404
    odd DELETE -> 404
    "#);
    assert_eq!(cast.site.send(BOB, "GET", &token, "").status, 200);
    assert_eq!(cast.site.fixture.count("grants", "1 = 1"), 0);
}

fn an_approval_with_limits_says_what_was_limited(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let token = cast.asked(ASK_SLEEP);
    let body = r#"{"level":"view","until":"2027-01-01T00:00:00+01:00","resources":["urn:night:2"]}"#;
    let answer = cast.site.send(BOB, "PUT", &token, body);
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!((&answer.json()["level"], &answer.json()["until"]), (&"edit".into(), &"2027-06-01T00:00:00Z".into()));
    // The database assigns the id.
    let grant = fixture.texts("SELECT CAST(id AS TEXT) AS value FROM grants");
    let decision = format!("{:#}", answer.json()["decision"]);
    insta::assert_snapshot!(decision.replace(&format!("permission/{}/", grant[0]), "permission/N/"), @r#"
    {
      "at": "2026-12-01T12:00:00Z",
      "bundle_permission": "/api/bundle_permission/N/",
      "by": "/api/user/2/",
      "given": {
        "level": "view",
        "resources": [
          "urn:night:2"
        ],
        "until": "2026-12-31T23:00:00Z"
      },
      "is_narrowed": true,
      "reason": null
    }
    "#);
}

#[test]
fn an_unchanged_body_may_be_sent_back_and_limits_nothing() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let token = cast.asked(ASK_SLEEP);
    let read = cast.site.send(BOB, "GET", &token, "").body;
    let decision = cast.site.send(BOB, "PUT", &token, &read).json()["decision"].clone();
    let given = serde_json::json!({ "level": "edit", "until": "2027-06-01T00:00:00Z", "resources": null });
    assert_eq!((&decision["is_narrowed"], &decision["given"]), (&false.into(), &given));
}

#[test]
fn more_is_never_given_and_a_misspelt_member_is_refused() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let token = cast.asked(ASK_SLEEP);
    let bodies = [
        r#"{"level":"contribute"}"#,
        r#"{"level":"none"}"#,
        r#"{"level":2}"#,
        r#"{"levle":"view"}"#,
        r#"{"until":"2027-06-01T00:00:01Z"}"#,
        r#"{"until":"2020-01-01T00:00:00Z"}"#,
        r#"{"until":0}"#,
        r#"{"until":"never"}"#,
        r#"{"until":true}"#,
        r#"{"resources":[]}"#,
        r#"{"resources":["urn:other"]}"#,
        r#"{"resources":"urn:night:1"}"#,
        r#"{"resources":[1]}"#,
        "[]",
        "{",
    ];
    let lines = bodies.map(|body| format!("{body} -> {}\n", cast.site.send(BOB, "PUT", &token, body).line()));
    insta::assert_snapshot!(lines.concat(), @r#"
    {"level":"contribute"} -> 400 {"error":"level: edit was asked for; you can give that or less","code":"invalid","field":"level"}
    {"level":"none"} -> 400 {"error":"The 'level' field is one of view, edit, contribute.","code":"invalid","field":"level"}
    {"level":2} -> 400 {"error":"The 'level' field takes a string, not an integer.","code":"invalid","field":"level"}
    {"levle":"view"} -> 400 {"error":"there is no member \"levle\" here; did you mean \"level\"?","code":"invalid","field":"levle"}
    {"until":"2027-06-01T00:00:01Z"} -> 400 {"error":"until: it was asked for until 2027-06-01T00:00:00+00:00; you can give that or less","code":"invalid","field":"until"}
    {"until":"2020-01-01T00:00:00Z"} -> 400 {"error":"until: it must be in the future; to give nothing, decline","code":"invalid","field":"until"}
    {"until":0} -> 400 {"error":"until: it must be in the future; to give nothing, decline","code":"invalid","field":"until"}
    {"until":"never"} -> 400 {"error":"The 'until' field is a moment like 2027-03-03T00:00:00Z (RFC 3339), or a whole number of seconds.","code":"invalid","field":"until"}
    {"until":true} -> 400 {"error":"The 'until' field is a moment like 2027-03-03T00:00:00Z (RFC 3339), or a whole number of seconds.","code":"invalid","field":"until"}
    {"resources":[]} -> 400 {"error":"resources: name at least one; to give nothing, decline","code":"invalid","field":"resources"}
    {"resources":["urn:other"]} -> 400 {"error":"resources: \"urn:other\" is not in the bundle that was asked for","code":"invalid","field":"resources"}
    {"resources":"urn:night:1"} -> 400 {"error":"The 'resources' field takes a list of strings, not a string.","code":"invalid","field":"resources"}
    {"resources":[1]} -> 400 {"error":"The 'resources' field takes strings in its list, not an integer.","code":"invalid","field":"resources"}
    [] -> 400 {"error":"Request is not a JSON object.","code":"invalid"}
    { -> 400 {"error":"Request is not valid JSON.","code":"invalid"}
    "#);
    let form = [("Content-Type", "text/plain")];
    assert_eq!(cast.site.send_with(BOB, "PUT", &token, &form, "{}").status, 415);
    assert_eq!(cast.site.fixture.count("grants", "1 = 1"), 0);
}

fn a_decline_has_its_reason(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let token = cast.asked(ASK);
    let decline = format!("{token}decline/");
    let bad = [r#"{"reason":1}"#, r#"{"reason":["x"]}"#, r#"{"reason":"\u0007"}"#, "[]"];
    let lines = bad.map(|body| format!("{body} -> {}\n", cast.site.send(BOB, "POST", &decline, body).line()));
    insta::assert_snapshot!(lines.concat(), @r#"
    {"reason":1} -> 400 {"error":"The 'reason' field takes a string, not an integer.","code":"invalid","field":"reason"}
    {"reason":["x"]} -> 400 {"error":"The 'reason' field takes a string, not a list.","code":"invalid","field":"reason"}
    {"reason":"\u0007"} -> 400 {"error":"reason: no control characters but line breaks and tabs","code":"invalid","field":"reason"}
    [] -> 400 {"error":"Request is not a JSON object.","code":"invalid"}
    "#);
    let long = format!("{{\"reason\":{:?}}}", "x".repeat(1_001));
    assert_eq!(cast.site.send(BOB, "POST", &decline, &long).status, 400);
    let declined = cast.site.send(BOB, "POST", &decline, r#"{"reason":" Not now. "}"#);
    assert_eq!((declined.status, &declined.json()["state"]), (200, &"declined".into()));
    insta::assert_snapshot!(declined.json()["decision"], @r#"{"at":"2026-12-01T12:00:00Z","bundle_permission":null,"by":"/api/user/2/","given":null,"is_narrowed":false,"reason":"Not now."}"#);
    assert_eq!(cast.site.send(BOB, "PUT", &token, "").json()["state"], "declined");
    assert_eq!(cast.site.send(BOB, "POST", &decline, "").status, 410);
}

#[test]
fn each_invalid_token_has_its_code() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let token = cast.asked(&ASK.replace('}', r#","ttl":60}"#));
    cast.site.fixture.pass(TimeDelta::seconds(60));
    insta::assert_snapshot!(cast.site.send(BOB, "PUT", &token, "").line(), @r#"410 {"error":"this request has expired; it can be asked again","state":"expired","code":"closed"}"#);
    // The requester learns the state too; others do not.
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", &token, "").line(), @r#"410 {"error":"this request has expired; it can be asked again","state":"expired","code":"closed"}"#);
    assert_eq!(cast.site.send(CAROL, "GET", &token, "").status, 403);
    let listed = cast.site.send(ALICE, "GET", "/api/bundle_permission_request/1/", "").json();
    assert_eq!((&listed["state"], &listed["decision"]["at"]), (&"expired".into(), &"2026-12-01T12:01:00Z".into()));

    let token = cast.asked(ASK_SLEEP);
    cast.site.fixture.hand_over(cast.sleep.id, &cast.carol).unwrap();
    insta::assert_snapshot!(cast.site.send(BOB, "GET", &token, "").line(), @r#"410 {"error":"the data has a new owner, who decides now","state":"new_decider","code":"closed"}"#);
    cast.site.fixture.deliver();
    let token = format!("{REQUESTS}{}/", cast.site.fixture.token_for(CAROL));
    cast.site.fixture.remove_user(&cast.alice, None).unwrap();
    insta::assert_snapshot!(cast.site.send(CAROL, "GET", &token, "").line(), @r#"410 {"error":"this request was cancelled, since what it was about is no longer there","state":"cancelled","code":"closed"}"#);
    assert_eq!(cast.view.name, "view");
}
