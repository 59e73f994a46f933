//! Every answer about a decided request has what was given and the present state of the access; the app that filed the request
//! can read the grant.

use chrono::TimeDelta;
use countersign::domain::{GrantId, Level, Scope};
use serde_json::{Value, json};

use super::{ALICE, ASK_SLEEP, BOB, CAROL, Cast, REQUESTS};
use crate::support::fixture::{Fixture, on_both, person};

on_both![
    every_answer_about_a_decided_request_has_what_was_given_and_its_state,
    a_plain_approval_gives_what_was_requested_and_a_decline_nothing,
    an_older_versions_approval_is_described_by_its_grant,
    an_app_reads_the_grants_of_its_own_requests_only,
];

const REQUEST: &str = "/api/bundle_permission_request/1/";

fn given_and_grant(request: &Value) -> (Value, Value) {
    (request["decision"]["given"].clone(), request["grant"].clone())
}

/// The id of the grant in an answer.
fn id_of(request: &Value) -> GrantId {
    let path = request["decision"]["bundle_permission"].as_str().unwrap();
    GrantId(path.trim_end_matches('/').rsplit('/').next().unwrap().parse().unwrap())
}

/// Files as an app. Returns its credential and the path of the token.
fn asked_by_app(cast: &Cast) -> (String, String) {
    let (_, app) = cast.site.key(None, &[Scope::Requests, Scope::ActAs], &[]);
    assert_eq!(cast.site.send(&app, "POST", REQUESTS, ASK_SLEEP).status, 201);
    cast.site.fixture.deliver();
    (app, format!("{REQUESTS}{}/", cast.site.fixture.token_for(BOB)))
}

fn every_answer_about_a_decided_request_has_what_was_given_and_its_state(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (app, token) = asked_by_app(&cast);
    let less = r#"{"level":"view","until":3600,"resources":["urn:night:2"]}"#;
    let approved = cast.site.send(BOB, "PUT", &token, less).json();
    let given = json!({ "level": "view", "until": "2026-12-01T13:00:00Z", "resources": ["urn:night:2"] });
    let grant = json!({ "state": "active", "ends_at": "2026-12-01T13:00:00Z", "level": "view" });
    assert_eq!(given_and_grant(&approved), (given.clone(), grant));
    assert_eq!((&approved["level"], &approved["until"]), (&json!("edit"), &json!("2027-06-01T00:00:00Z")), "what was asked");
    let answers = |who: &str| {
        let one = cast.site.send(who, "GET", REQUEST, "").json();
        let listed = cast.site.send(who, "GET", REQUESTS, "").json()["objects"][0].take();
        assert_eq!(one, listed);
        given_and_grant(&one)
    };
    for who in [ALICE, BOB, &app] {
        assert_eq!(answers(who), given_and_grant(&approved), "{who}");
    }
    // After the end, the answer still has what was given.
    fixture.pass(TimeDelta::hours(1));
    let expired = json!({ "state": "expired", "ends_at": "2026-12-01T13:00:00Z", "level": "view" });
    assert_eq!(answers(&app), (given.clone(), expired));
    let id = id_of(&approved);
    assert_eq!(fixture.revoke(&person(&cast.bob), id).unwrap(), [id]);
    let revoked = json!({ "state": "revoked", "ends_at": "2026-12-01T13:00:00Z", "level": "view" });
    assert_eq!(answers(&app), (given, revoked));
}

fn a_plain_approval_gives_what_was_requested_and_a_decline_nothing(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let ask = ASK_SLEEP.replace("\"2027-06-01T00:00:00Z\"", "86400").replace('}', r#","resources":["urn:night:1"]}"#);
    let token = cast.asked(&ask);
    fixture.pass(TimeDelta::hours(2));
    let approved = cast.site.send(BOB, "PUT", &token, "").json();
    let given = json!({ "level": "edit", "until": "2026-12-02T14:00:00Z", "resources": ["urn:night:1"] });
    let grant = json!({ "state": "active", "ends_at": "2026-12-02T14:00:00Z", "level": "edit" });
    assert_eq!(given_and_grant(&approved), (given.clone(), grant));
    assert_eq!((&approved["until"], &approved["decision"]["is_narrowed"]), (&json!(86_400), &json!(false)));
    // A later change of the access is shown, and what was given stays.
    fixture.sql("UPDATE grants SET level = 'view', is_enabled = false, ends_at = NULL").unwrap();
    let read = cast.site.send(ALICE, "GET", REQUEST, "").json();
    assert_eq!(given_and_grant(&read), (given, json!({ "state": "disabled", "ends_at": null, "level": "view" })));

    let token = cast.asked(&ASK_SLEEP.replace("\"bundle\":2", "\"bundle\":1"));
    let declined = cast.site.send(BOB, "POST", &format!("{token}decline/"), "").json();
    assert_eq!((given_and_grant(&declined), &declined["state"]), ((Value::Null, Value::Null), &json!("declined")));
}

fn an_older_versions_approval_is_described_by_its_grant(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let token = cast.asked(ASK_SLEEP);
    cast.site.send(BOB, "PUT", &token, r#"{"level":"view","resources":["urn:night:2"]}"#);
    fixture.sql("UPDATE requests SET given = NULL").unwrap();
    let read = cast.site.send(ALICE, "GET", REQUEST, "").json();
    let given = json!({ "level": "view", "until": "2027-06-01T00:00:00Z", "resources": ["urn:night:2"] });
    assert_eq!(read["decision"]["given"], given);
    assert_eq!(cast.site.send(BOB, "GET", REQUESTS, "").json()["objects"][0], read);
}

fn an_app_reads_the_grants_of_its_own_requests_only(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (app, token) = asked_by_app(&cast);
    let (_, other) = cast.site.key(None, &[Scope::Requests, Scope::ActAs], &[]);
    let approved = cast.site.send(BOB, "PUT", &token, "").json();
    let path = approved["decision"]["bundle_permission"].as_str().unwrap().to_owned();
    let read = cast.site.send(&app, "GET", &path, "");
    assert_eq!((read.status, &read.json()["resource_uri"]), (200, &json!(path)));
    let mut seen = cast.site.send(BOB, "GET", &path, "").json();
    for field in ["email", "first_name", "username"] {
        seen["user_allowed"][field] = "".into();
    }
    assert_eq!(read.json(), seen, "what its people read, but for somebody who had no part in it yet");
    // Neither another app nor another grant.
    assert_eq!(cast.site.send(&other, "GET", &path, "").status, 403);
    let direct = fixture.entitle(&cast.sleep, &cast.carol, Level::View);
    assert_eq!(cast.site.send(&app, "GET", &format!("/api/bundle_permission/{}/", direct.id), "").status, 403);
    assert_eq!(cast.site.send(CAROL, "GET", &path, "").status, 404);
    // The app may read it and nothing else.
    assert_eq!(cast.site.send(&app, "DELETE", &path, "").status, 403);
    let id = id_of(&approved);
    assert!(fixture.is_live(id));
    fixture.revoke(&person(&cast.bob), id).unwrap();
    assert_eq!(cast.site.send(&app, "GET", &path, "").status, 404, "it is over");
}
