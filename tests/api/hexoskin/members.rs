//! Members of bodies: an unknown one is refused by its name, and one that an answer has contained has no effect.

use serde_json::{Value, json};

use super::{ALICE, ASK, ASK_SLEEP, BOB, Cast, REQUESTS};
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![
    an_unknown_member_is_refused_without_any_change,
    sending_a_resource_back_changes_only_the_changed_member,
    an_id_in_the_body_has_no_effect,
];

fn an_unknown_member_is_refused_without_any_change(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let filed = cast.site.send(ALICE, "POST", REQUESTS, &ASK.replace('}', r#","levle":"view","untill":3600}"#));
    insta::assert_snapshot!(filed.line(), @r#"400 {"error":"there is no member \"levle\" here; did you mean \"level\"?","code":"invalid","field":"levle"}"#);
    let given = r#"{"user_target":1,"user_allowed":2,"bundle":1,"level":"view"}"#;
    insta::assert_snapshot!(cast.site.send(ALICE, "POST", "/api/bundle_permission/", given).line(), @r#"400 {"error":"there is no member \"level\" here; it takes bundle, name, user_allowed, user_target","code":"invalid","field":"level"}"#);
    assert_eq!(fixture.count("requests", "1 = 1") + fixture.count("grants", "1 = 1") + fixture.count("outbox", "1 = 1"), 0);

    let token = cast.asked(ASK_SLEEP);
    let decline = format!("{token}decline/");
    cast.site.admin("root@x.org");
    let resend = "/api/bundle_permission_request/1/resend/";
    let refused = [
        (BOB, "PUT", "/api/user/2/", r#"{"firstname":"Robert"}"#),
        (BOB, "PATCH", "/api/user/2/", r#"{"firstname":"Robert"}"#),
        (BOB, "PUT", &token, r#"{"levle":"view"}"#),
        (BOB, "POST", &decline, r#"{"reson":"x"}"#),
        (BOB, "POST", &decline, r#"{"why":"x"}"#),
        (ALICE, "POST", resend, r#"{"to":"eve@x.org"}"#),
        ("root@x.org", "POST", "/api/purge/", r#"{"dry_runn":true}"#),
        ("root@x.org", "POST", "/api/purge/", r#"{"dryRun":true}"#),
        ("root@x.org", "POST", "/api/purge/", r#"{"requests":0}"#),
    ];
    let lines = refused
        .map(|(who, method, path, body)| format!("{method} {body} -> {}\n", cast.site.send(who, method, path, body).line()));
    insta::assert_snapshot!(lines.concat(), @r#"
    PUT {"firstname":"Robert"} -> 400 {"error":"there is no member \"firstname\" here; did you mean \"first_name\"?","code":"invalid","field":"firstname"}
    PATCH {"firstname":"Robert"} -> 400 {"error":"there is no member \"firstname\" here; did you mean \"first_name\"?","code":"invalid","field":"firstname"}
    PUT {"levle":"view"} -> 400 {"error":"there is no member \"levle\" here; did you mean \"level\"?","code":"invalid","field":"levle"}
    POST {"reson":"x"} -> 400 {"error":"there is no member \"reson\" here; did you mean \"reason\"?","code":"invalid","field":"reson"}
    POST {"why":"x"} -> 400 {"error":"there is no member \"why\" here; it takes reason","code":"invalid","field":"why"}
    POST {"to":"eve@x.org"} -> 400 {"error":"there is no member \"to\" here; send an empty body","code":"invalid","field":"to"}
    POST {"dry_runn":true} -> 400 {"error":"there is no member \"dry_runn\" here; did you mean \"dry_run\"?","code":"invalid","field":"dry_runn"}
    POST {"dryRun":true} -> 400 {"error":"there is no member \"dryRun\" here; did you mean \"dry_run\"?","code":"invalid","field":"dryRun"}
    POST {"requests":0} -> 400 {"error":"there is no member \"requests\" here; it takes dry_run, limit, older_than_seconds","code":"invalid","field":"requests"}
    "#);
    let request = cast.site.send(BOB, "GET", "/api/bundle_permission_request/1/", "").json();
    assert_eq!((&request["state"], &request["user_target"]["first_name"]), (&json!("pending"), &json!("Bob")));
}

fn sending_a_resource_back_changes_only_the_changed_member(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    // A person, by PUT and by PATCH; the account is one too.
    for (method, path, name) in [("PUT", "/api/user/2/", "Robert"), ("PATCH", "/api/user/2/", "Bobby")] {
        let mut user = cast.site.send(BOB, "GET", path, "").json();
        user["first_name"] = json!(name);
        let changed = cast.site.send(BOB, method, path, &user.to_string());
        assert_eq!((changed.status, changed.json()), (200, user), "{method}");
    }
    let mut account = cast.site.send(BOB, "GET", "/api/account/", "").json()["objects"][0].take();
    account["last_name"] = json!("Stone");
    let changed = cast.site.send(BOB, "PUT", "/api/user/2/", &account.to_string());
    assert_eq!(
        (changed.status, &changed.json()["last_name"], &changed.json()["first_name"]),
        (200, &json!("Stone"), &json!("Bobby"))
    );

    // A request, by its token: the body that was read with only a lower level.
    let token = cast.asked(ASK_SLEEP);
    let read = cast.site.send(BOB, "GET", &token, "").json();
    let mut sent = read.clone();
    sent["level"] = json!("view");
    let approved = cast.site.send(BOB, "PUT", &token, &sent.to_string());
    assert_eq!(approved.status, 200, "{approved}");
    let mut approved: Value = approved.json();
    let decision = approved["decision"].take();
    assert_eq!(decision["given"], json!({ "level": "view", "until": "2027-06-01T00:00:00Z", "resources": null }));
    for name in ["decision", "grant", "state"] {
        approved[name] = read[name].clone();
    }
    assert_eq!(approved, read, "what was asked stays as it was");
    // Every member of an answer is accepted in every body about a request.
    let again = cast.site.send(BOB, "GET", "/api/bundle_permission_request/1/", "").body;
    assert_eq!(cast.site.send(ALICE, "POST", "/api/bundle_permission_request/1/resend/", &again).status, 410);
}

/// Clients of the original send an object's `id` by themselves, even before it has one.
fn an_id_in_the_body_has_no_effect(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let with_id = |body: &str, id: &str| body.replacen('{', &format!("{{\"id\":{id},"), 1);
    let post = |path: &str, body: &str| cast.site.send(ALICE, "POST", path, body);
    assert_eq!(post(REQUESTS, &with_id(ASK, "null")).status, 201);
    let again = post(REQUESTS, &with_id(ASK, "900"));
    assert_eq!((again.status, &again.json()["resource_uri"]), (200, &json!("/api/bundle_permission_request/1/")));
    let given = post("/api/bundle_permission/", r#"{"id":900,"user_target":1,"user_allowed":2,"bundle":1}"#);
    assert_eq!((given.status, &given.json()["resource_uri"]), (201, &json!("/api/bundle_permission/1/")));
    let token = cast.asked(ASK_SLEEP);
    assert_eq!(cast.site.send(BOB, "PUT", "/api/user/2/", r#"{"id":900,"first_name":"Robert"}"#).json()["id"], 2);
    let approved = cast.site.send(BOB, "PUT", &token, r#"{"id":900}"#);
    assert_eq!((approved.status, &approved.json()["decision"]["is_narrowed"]), (200, &json!(false)), "{approved}");
}

#[test]
fn a_byte_order_mark_and_a_zero_fraction_are_accepted() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let marked = format!("\u{feff}{}", ASK.replace('}', r#","ttl":86400.0,"until":3600.0}"#));
    let filed = cast.site.send(ALICE, "POST", REQUESTS, &marked);
    assert_eq!((filed.status, &filed.json()["ttl"], &filed.json()["until"]), (201, &json!(86_400), &json!(3_600)));
    let by_id = r#"{"user_target":2.0,"user_allowed":1.0,"bundle":2.0}"#;
    assert_eq!(cast.site.send(ALICE, "POST", REQUESTS, by_id).status, 201);
    let halves = ["ttl", "until"].map(|name| {
        let body = ASK.replace('}', &format!(",{name:?}:86400.5}}"));
        format!("{}\n", cast.site.send(ALICE, "POST", REQUESTS, &body).line())
    });
    insta::assert_snapshot!(halves.concat(), @r#"
    400 {"error":"The 'ttl' field takes an integer, not a number that is no integer.","code":"invalid","field":"ttl"}
    400 {"error":"The 'until' field is a moment like 2027-03-03T00:00:00Z (RFC 3339), or a whole number of seconds.","code":"invalid","field":"until"}
    "#);
}

#[test]
fn other_terms_while_a_request_is_pending_are_409_and_its_readers_learn_which_one() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    assert_eq!(cast.site.send(ALICE, "POST", REQUESTS, ASK).status, 201);
    let higher = ASK.replace('}', r#","level":"edit","until":"2030-01-01T00:00:00Z"}"#);
    insta::assert_snapshot!(cast.site.send(ALICE, "POST", REQUESTS, &higher), @r#"
    409
    content-type: application/json
    {
      "code": "pending_on_other_terms",
      "ends_at": "2026-12-08T12:00:00Z",
      "error": "a request for this is pending until 2026-12-08 12:00:00 UTC on other terms (level, until); wait for its answer or withdraw it, then ask again",
      "resource_uri": "/api/bundle_permission_request/1/"
    }
    "#);
    let scopes = [countersign::domain::Scope::Requests, countersign::domain::Scope::ActAs];
    let (_, app) = cast.site.key(None, &scopes, &[]);
    insta::assert_snapshot!(cast.site.send(&app, "POST", REQUESTS, &higher), @r#"
    409
    content-type: application/json
    {
      "code": "pending_on_other_terms",
      "ends_at": "2026-12-08T12:00:00Z",
      "error": "a request for this is pending until 2026-12-08 12:00:00 UTC; wait for its answer or withdraw it, then ask again"
    }
    "#);
    assert_eq!(cast.site.fixture.count("outbox", "kind = 'decide'"), 1);
}
