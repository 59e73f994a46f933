//! `/api/bundle_permission_request/`: filing, listing, and actions by id.

use chrono::TimeDelta;
use countersign::domain::Scope;

use super::{ALICE, ASK, ASK_SLEEP, BOB, CAROL, Cast, REQUESTS, altered};
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![
    a_request_is_answered_whole_and_found_again,
    the_same_request_with_the_same_idempotency_key_is_answered_again,
    a_withdrawn_request_is_gone_and_its_token_says_so,
];

fn a_request_is_answered_whole_and_found_again(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let body = r#"{"user_target":"Bob@X.org","user_allowed":"/api/user/1/","bundle":2,"ttl":"3600","level":"view",
        "message":"For the study.","until":86400.0,"redeem_url":null,"id":null}"#;
    insta::assert_snapshot!(cast.site.send(ALICE, "POST", REQUESTS, body), @r#"
    201
    content-type: application/json
    location: /api/bundle_permission_request/1/
    {
      "bundle": {
        "id": 2,
        "name": "Sleep data",
        "resource_uri": "/api/bundle/2/"
      },
      "created_at": "2026-12-01T12:00:00Z",
      "decision": null,
      "expires_at": "2026-12-01T13:00:00Z",
      "grant": null,
      "id": 1,
      "level": "view",
      "mail_state": "queued",
      "message": "For the study.",
      "redeem_url": null,
      "resource_uri": "/api/bundle_permission_request/1/",
      "resources": null,
      "state": "pending",
      "ttl": 3600,
      "until": 86400,
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
        "first_name": "",
        "id": 2,
        "last_name": "",
        "profile": null,
        "resource_uri": "/api/user/2/",
        "username": ""
      }
    }
    "#);
    assert_eq!(fixture.count("outbox", "kind = 'decide'"), 1);
    let again = cast.site.send(ALICE, "POST", REQUESTS, body);
    assert_eq!((again.status, again.header("location")), (200, Some("/api/bundle_permission_request/1/")));
    assert_eq!(fixture.count("outbox", "kind = 'decide'"), 1);
    let by_number = cast.site.send(ALICE, "GET", "/api/bundle_permission_request/1/", "");
    assert_eq!(by_number.body, again.body);
    // Alice, who named Bob by his address, learns nothing else about him before he answers. Bob sees himself.
    let mut as_bob = again.json();
    as_bob["user_target"]["first_name"] = "Bob".into();
    as_bob["user_target"]["username"] = "bob@x.org".into();
    assert_eq!(cast.site.send(BOB, "GET", "/api/bundle_permission_request/1/", "").json(), as_bob);
    assert_eq!(cast.site.send(CAROL, "GET", "/api/bundle_permission_request/1/", "").line(), "404");
    let list = cast.site.send(BOB, "GET", REQUESTS, "").json();
    assert_eq!((&list["objects"][0], &list["meta"]["total_count"]), (&as_bob, &1.into()));
    assert_eq!(cast.site.send(CAROL, "GET", REQUESTS, "").json()["objects"], serde_json::json!([]));
}

#[test]
fn each_form_of_a_reference_names_the_same() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let url = format!("http://{}/api/user/2/", cast.site.address);
    for target in ["2", "\"2\"", "\"/api/user/2/\"", "\"/api/user/2\"", "\"bob@x.org\"", "\" BOB@x.org \"", &format!("{url:?}")] {
        for bundle in ["1", "\"1\"", "\"/api/bundle/1/\"", "\"http://127.0.0.1:8080/api/bundle/1/\""] {
            let body = format!(r#"{{"user_target":{target},"user_allowed":1,"bundle":{bundle}}}"#);
            let answer = cast.site.send(ALICE, "POST", REQUESTS, &body);
            assert!(answer.status < 300, "{body}: {answer}");
            assert_eq!(answer.header("location"), Some("/api/bundle_permission_request/1/"), "{body}");
        }
    }
    let stranger = cast.site.send(ALICE, "POST", REQUESTS, &ASK.replace("bob@", "dora@"));
    assert_eq!((stranger.status, &stranger.json()["user_target"]["email"]), (201, &"dora@x.org".into()));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, and what it says")]
fn each_field_is_refused_when_it_is_missing_of_the_wrong_kind_too_long_or_leads_nowhere() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let long = |chars: usize| format!("{:?}", "x".repeat(chars));
    let (long_text, long_url) = (long(1_001), format!("\"https://app.example/{}\"", "x".repeat(500)));
    let references =
        ["null", "true", "1.5", "[2]", "{}", "[\"bob@x.org\",\"eve@x.org\"]", "\"\"", "999", "\"/api/user/999/\"", "-1"];
    let mut cases: Vec<(&str, &str)> = Vec::new();
    for field in ["user_target", "user_allowed", "bundle"] {
        cases.extend(references.iter().map(|value| (field, *value)));
    }
    cases.extend([
        ("user_target", "\"https://other.example/api/user/2/\""),
        ("user_target", "\"/api/bundle/2/\""),
        ("user_target", "\"bob\""),
        ("user_target", "\"bob@x.org\\r\\nBcc: eve@x.org\""),
        ("user_target", "\"<b>@x.org\""),
        ("bundle", "\"/api/bundle/999/\""),
        ("bundle", "\"view\""),
        ("ttl", "59"),
        ("ttl", "2592001"),
        ("ttl", "9223372036854775807"),
        ("ttl", "99999999999999999999"),
        ("ttl", "1.5"),
        ("ttl", "\"soon\""),
        ("ttl", "[60]"),
        ("ttl", "true"),
        ("level", "\"owner\""),
        ("level", "1"),
        ("message", "1"),
        ("message", &long_text),
        ("message", "\"\\u0007\""),
        ("until", "\"tomorrow\""),
        ("until", "\"2020-01-01T00:00:00Z\""),
        ("until", "59"),
        ("until", "4000000000"),
        ("until", "[]"),
        ("redeem_url", "1"),
        ("redeem_url", "\"nowhere\""),
        ("redeem_url", "\"http://app.example/redeem\""),
        ("redeem_url", "\"https://app.example/redeem\""),
        ("redeem_url", "\"https://u:p@app.example/redeem\""),
        ("redeem_url", &long_url),
    ]);
    let mut table: Vec<String> = Vec::new();
    for (field, value) in cases {
        let mut body: serde_json::Value = serde_json::from_str(ASK).unwrap();
        body[field] = serde_json::from_str(value).unwrap_or_else(|_| "unreadable".into());
        // A number that serde_json cannot hold is sent literally.
        let body =
            if value.len() == 20 { format!("{},\"{field}\":{value}}}", ASK.trim_end_matches('}')) } else { body.to_string() };
        let shown = if value.len() > 60 { "(too long)" } else { value };
        table.push(format!("{field}={shown} -> {}", cast.site.send(ALICE, "POST", REQUESTS, &body).line()));
    }
    for field in ["user_target", "user_allowed", "bundle"] {
        let mut body: serde_json::Value = serde_json::from_str(ASK).unwrap();
        body.as_object_mut().unwrap().remove(field);
        table.push(format!("no {field} -> {}", cast.site.send(ALICE, "POST", REQUESTS, &body.to_string()).line()));
    }
    assert_eq!(cast.site.fixture.count("requests", "1 = 1") + cast.site.fixture.count("outbox", "1 = 1"), 0);
    insta::assert_snapshot!(table.join("\n"), @r#"
    user_target=null -> 400 {"error":"The 'user_target' field has no data and doesn't allow a default or null value.","code":"invalid","field":"user_target"}
    user_target=true -> 400 {"error":"The 'user_target' field takes a user's URI, id or address, not true or false.","code":"invalid","field":"user_target"}
    user_target=1.5 -> 400 {"error":"The 'user_target' field takes a user's URI, id or address, not a number that is no integer.","code":"invalid","field":"user_target"}
    user_target=[2] -> 400 {"error":"The 'user_target' field takes a user's URI, id or address, not a list.","code":"invalid","field":"user_target"}
    user_target={} -> 400 {"error":"The 'user_target' field takes a user's URI, id or address, not an object.","code":"invalid","field":"user_target"}
    user_target=["bob@x.org","eve@x.org"] -> 400 {"error":"The 'user_target' field takes a user's URI, id or address, not a list.","code":"invalid","field":"user_target"}
    user_target="" -> 400 {"error":"Could not find the provided user object via resource URI ''.","code":"unknown_reference","field":"user_target"}
    user_target=999 -> 400 {"error":"Could not find the provided user object via resource URI '/api/user/999/'.","code":"unknown_reference","field":"user_target"}
    user_target="/api/user/999/" -> 400 {"error":"Could not find the provided user object via resource URI '/api/user/999/'.","code":"unknown_reference","field":"user_target"}
    user_target=-1 -> 400 {"error":"Could not find the provided user object via resource URI '/api/user/-1/'.","code":"unknown_reference","field":"user_target"}
    user_allowed=null -> 400 {"error":"The 'user_allowed' field has no data and doesn't allow a default or null value.","code":"invalid","field":"user_allowed"}
    user_allowed=true -> 400 {"error":"The 'user_allowed' field takes a user's URI, id or address, not true or false.","code":"invalid","field":"user_allowed"}
    user_allowed=1.5 -> 400 {"error":"The 'user_allowed' field takes a user's URI, id or address, not a number that is no integer.","code":"invalid","field":"user_allowed"}
    user_allowed=[2] -> 400 {"error":"The 'user_allowed' field takes a user's URI, id or address, not a list.","code":"invalid","field":"user_allowed"}
    user_allowed={} -> 400 {"error":"The 'user_allowed' field takes a user's URI, id or address, not an object.","code":"invalid","field":"user_allowed"}
    user_allowed=["bob@x.org","eve@x.org"] -> 400 {"error":"The 'user_allowed' field takes a user's URI, id or address, not a list.","code":"invalid","field":"user_allowed"}
    user_allowed="" -> 400 {"error":"Could not find the provided user object via resource URI ''.","code":"unknown_reference","field":"user_allowed"}
    user_allowed=999 -> 400 {"error":"Could not find the provided user object via resource URI '/api/user/999/'.","code":"unknown_reference","field":"user_allowed"}
    user_allowed="/api/user/999/" -> 400 {"error":"Could not find the provided user object via resource URI '/api/user/999/'.","code":"unknown_reference","field":"user_allowed"}
    user_allowed=-1 -> 400 {"error":"Could not find the provided user object via resource URI '/api/user/-1/'.","code":"unknown_reference","field":"user_allowed"}
    bundle=null -> 400 {"error":"The 'bundle' field has no data and doesn't allow a default or null value.","code":"invalid","field":"bundle"}
    bundle=true -> 400 {"error":"The 'bundle' field takes a bundle's URI or id, not true or false.","code":"invalid","field":"bundle"}
    bundle=1.5 -> 400 {"error":"The 'bundle' field takes a bundle's URI or id, not a number that is no integer.","code":"invalid","field":"bundle"}
    bundle=[2] -> 400 {"error":"The 'bundle' field takes a bundle's URI or id, not a list.","code":"invalid","field":"bundle"}
    bundle={} -> 400 {"error":"The 'bundle' field takes a bundle's URI or id, not an object.","code":"invalid","field":"bundle"}
    bundle=["bob@x.org","eve@x.org"] -> 400 {"error":"The 'bundle' field takes a bundle's URI or id, not a list.","code":"invalid","field":"bundle"}
    bundle="" -> 400 {"error":"Could not find the provided bundle object via resource URI ''.","code":"unknown_reference","field":"bundle"}
    bundle=999 -> 400 {"error":"Could not find the provided bundle object via resource URI '/api/bundle/999/'.","code":"unknown_reference","field":"bundle"}
    bundle="/api/user/999/" -> 400 {"error":"Could not find the provided bundle object via resource URI '/api/user/999/'.","code":"unknown_reference","field":"bundle"}
    bundle=-1 -> 400 {"error":"Could not find the provided bundle object via resource URI '/api/bundle/-1/'.","code":"unknown_reference","field":"bundle"}
    user_target="https://other.example/api/user/2/" -> 400 {"error":"Could not find the provided user object via resource URI 'https://other.example/api/user/2/'.","code":"unknown_reference","field":"user_target"}
    user_target="/api/bundle/2/" -> 400 {"error":"Could not find the provided user object via resource URI '/api/bundle/2/'.","code":"unknown_reference","field":"user_target"}
    user_target="bob" -> 400 {"error":"Could not find the provided user object via resource URI 'bob'.","code":"unknown_reference","field":"user_target"}
    user_target="bob@x.org\r\nBcc: eve@x.org" -> 400 {"error":"user_target: an address has one @ between a name and a domain, like ann@example.org","code":"invalid","field":"user_target"}
    user_target="<b>@x.org" -> 400 {"error":"user_target: before the @ only ASCII letters, digits, dots between them and !#$%&amp;'*+-/=?^_`{|}~ are taken","code":"invalid","field":"user_target"}
    bundle="/api/bundle/999/" -> 400 {"error":"Could not find the provided bundle object via resource URI '/api/bundle/999/'.","code":"unknown_reference","field":"bundle"}
    bundle="view" -> 400 {"error":"Could not find the provided bundle object via resource URI 'view'.","code":"unknown_reference","field":"bundle"}
    ttl=59 -> 400 {"error":"ttl: a number of seconds from 60 to 2592000","code":"invalid","field":"ttl"}
    ttl=2592001 -> 400 {"error":"ttl: a number of seconds from 60 to 2592000","code":"invalid","field":"ttl"}
    ttl=9223372036854775807 -> 400 {"error":"The 'ttl' field is a length of time too long to be one.","code":"invalid","field":"ttl"}
    ttl=99999999999999999999 -> 400 {"error":"The 'ttl' field takes an integer, not a number that is no integer.","code":"invalid","field":"ttl"}
    ttl=1.5 -> 400 {"error":"The 'ttl' field takes an integer, not a number that is no integer.","code":"invalid","field":"ttl"}
    ttl="soon" -> 400 {"error":"The 'ttl' field takes an integer, not a string.","code":"invalid","field":"ttl"}
    ttl=[60] -> 400 {"error":"The 'ttl' field takes an integer, not a list.","code":"invalid","field":"ttl"}
    ttl=true -> 400 {"error":"The 'ttl' field takes an integer, not true or false.","code":"invalid","field":"ttl"}
    level="owner" -> 400 {"error":"The 'level' field is one of view, edit, contribute.","code":"invalid","field":"level"}
    level=1 -> 400 {"error":"The 'level' field takes a string, not an integer.","code":"invalid","field":"level"}
    message=1 -> 400 {"error":"The 'message' field takes a string, not an integer.","code":"invalid","field":"message"}
    message=(too long) -> 400 {"error":"message: at most 1000 characters","code":"invalid","field":"message"}
    message="\u0007" -> 400 {"error":"message: no control characters but line breaks and tabs","code":"invalid","field":"message"}
    until="tomorrow" -> 400 {"error":"The 'until' field is a moment like 2027-03-03T00:00:00Z (RFC 3339), or a whole number of seconds.","code":"invalid","field":"until"}
    until="2020-01-01T00:00:00Z" -> 400 {"error":"until: it must be in the future","code":"invalid","field":"until"}
    until=59 -> 400 {"error":"until: at least 60 seconds after the decision","code":"invalid","field":"until"}
    until=4000000000 -> 400 {"error":"until: at most a hundred years; leave it out for no end","code":"invalid","field":"until"}
    until=[] -> 400 {"error":"The 'until' field is a moment like 2027-03-03T00:00:00Z (RFC 3339), or a whole number of seconds.","code":"invalid","field":"until"}
    redeem_url=1 -> 400 {"error":"The 'redeem_url' field takes a string, not an integer.","code":"invalid","field":"redeem_url"}
    redeem_url="nowhere" -> 400 {"error":"redeem_url: a whole URL, like https://app.example/redeem","code":"invalid","field":"redeem_url"}
    redeem_url="http://app.example/redeem" -> 400 {"error":"redeem_url: https (http only to this machine)","code":"invalid","field":"redeem_url"}
    redeem_url="https://app.example/redeem" -> 400 {"error":"redeem_url: it is not on the list of this key or its app; an operator adds it with `countersign app set ID --redeem-url PREFIX`","code":"invalid","field":"redeem_url"}
    redeem_url="https://u:p@app.example/redeem" -> 400 {"error":"redeem_url: without a user, a password and a fragment","code":"invalid","field":"redeem_url"}
    redeem_url=(too long) -> 400 {"error":"redeem_url: at most 500 bytes","code":"invalid","field":"redeem_url"}
    no user_target -> 400 {"error":"The 'user_target' field has no data and doesn't allow a default or null value.","code":"invalid","field":"user_target"}
    no user_allowed -> 400 {"error":"The 'user_allowed' field has no data and doesn't allow a default or null value.","code":"invalid","field":"user_allowed"}
    no bundle -> 400 {"error":"The 'bundle' field has no data and doesn't allow a default or null value.","code":"invalid","field":"bundle"}
    "#);
}

#[test]
fn only_permitted_callers_may_file() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (_, without) = cast.site.key(Some(&cast.alice), &[Scope::Check], &[]);
    let (_, alone) = cast.site.key(None, &[Scope::Requests], &[]);
    let (_, acting) = cast.site.key(None, &[Scope::Requests, Scope::ActAs], &[]);
    let readonly = super::connect::token(&cast, "readonly");
    let cases = [
        ("carol for alice", CAROL, ASK),
        ("not the target's bundle", ALICE, r#"{"user_target":3,"user_allowed":1,"bundle":2}"#),
        ("an invitation to a relationship", ALICE, r#"{"user_target":1,"user_allowed":1,"bundle":1}"#),
        ("an invitation to what is not hers", ALICE, r#"{"user_target":3,"user_allowed":3,"bundle":2}"#),
        ("a key without the scope", without.as_str(), ASK),
        ("a key that may not act for others", alone.as_str(), ASK),
        ("a token that may only read", readonly.as_str(), ASK),
    ];
    let table: Vec<String> = cases
        .iter()
        .map(|(name, who, body)| format!("{name} -> {}", cast.site.send(who, "POST", REQUESTS, body).line()))
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r#"
    carol for alice -> 403 {"error":"you can only ask for access for yourself (user_allowed)","code":"forbidden"}
    not the target's bundle -> 400 {"error":"bundle: it is not user_target's to give; name its owner as user_target, or another bundle","code":"invalid","field":"bundle"}
    an invitation to a relationship -> 400 {"error":"user_target: a relationship is asked of somebody else: user_target and user_allowed are the same","code":"invalid","field":"user_target"}
    an invitation to what is not hers -> 403 {"error":"you may offer only what is yours, or what you were given with the right to share on","code":"forbidden"}
    a key without the scope -> 403 {"error":"this key has not the scope `requests`; make one with `countersign key add --scope requests`","code":"missing_scope"}
    a key that may not act for others -> 403 {"error":"this key has not the scope `act-as`; make one with `countersign key add --scope act-as`","code":"missing_scope"}
    a token that may only read -> 403 {"error":"this access token may only read; ask for one with the scope readwrite","code":"forbidden"}
    "#);
    assert_eq!(cast.site.send(&acting, "POST", REQUESTS, ASK).status, 201);
    assert_eq!(cast.site.send(BOB, "POST", REQUESTS, r#"{"user_target":3,"user_allowed":3,"bundle":2}"#).status, 201);
    assert_eq!(cast.site.send(&acting, "GET", REQUESTS, "").json()["meta"]["total_count"], 1);
    assert_eq!(cast.site.send(&without, "GET", REQUESTS, "").status, 403);
}

#[test]
fn a_link_leads_to_a_url_in_the_named_apps_list() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (id, bearer) = cast.site.key(None, &[Scope::Requests], &["https://app.example/redeem"]);
    let key = bearer.strip_prefix("Bearer ").unwrap();
    let body = ASK.replace('}', r#","redeem_url":"https://app.example/redeem/here"}"#);
    let send = |name: &str| {
        let headers = [("Content-Type", "application/json"), ("X-HEXOAPIKEY", name)];
        cast.site.send_with(ALICE, "POST", REQUESTS, &headers, &body)
    };
    let forged = altered(key);
    for nobody in ["", "0", "999", "KEY", forged.as_str()] {
        assert_eq!(send(nobody).status, 400, "{nobody}");
    }
    let filed = send(&id.to_string());
    assert_eq!((filed.status, &filed.json()["redeem_url"]), (201, &"https://app.example/redeem/here".into()));
    assert_eq!(send(key).status, 200);
    // Naming an app gives none of its rights: the request is Alice's own.
    assert_eq!(cast.site.send(&bearer, "GET", REQUESTS, "").json()["meta"]["total_count"], 0);
}

fn the_same_request_with_the_same_idempotency_key_is_answered_again(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let send = |key: &str, body: &str| {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        cast.site.send_with(ALICE, "POST", REQUESTS, &headers, body)
    };
    let first = send("one", ASK);
    assert_eq!((first.status, first.header("idempotent-replayed")), (201, None));
    cast.site.send(ALICE, "DELETE", "/api/bundle_permission_request/1/", "");
    let replayed = send("one", ASK);
    assert_eq!((replayed.status, replayed.header("idempotent-replayed")), (201, Some("true")));
    assert_eq!((&replayed.body, replayed.header("location")), (&first.body, first.header("location")));
    insta::assert_snapshot!(send("one", ASK_SLEEP), @r#"
    422
    content-type: application/json
    {
      "code": "idempotency_key_reused",
      "error": "this Idempotency-Key was used for another request; use a new key for each thing you want done"
    }
    "#);
    insta::assert_snapshot!(send("a b", ASK).line(), @r#"400 {"error":"Idempotency-Key: 1 to 200 printable ASCII characters without blanks","code":"invalid","field":"Idempotency-Key"}"#);
    assert_eq!(fixture.count("requests", "1 = 1"), 1);
}

#[test]
fn the_requester_withdraws_the_approver_declines_and_nobody_else_may_do_either() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    cast.asked(ASK);
    let one = "/api/bundle_permission_request/1/";
    assert_eq!(cast.site.send(CAROL, "DELETE", one, "").line(), "404");
    assert_eq!(cast.site.send(ALICE, "PUT", one, "").line(), "404");
    assert_eq!(cast.site.send(BOB, "PUT", one, "").line(), "404");
    assert_eq!(cast.site.send("", "PUT", one, "").status, 401);
    assert_eq!(cast.site.send(BOB, "DELETE", one, "").line(), "204");
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", one, "").json()["decision"], @r#"{"at":"2026-12-01T12:00:00Z","bundle_permission":null,"by":"/api/user/2/","given":null,"is_narrowed":false,"reason":null}"#);
    insta::assert_snapshot!(cast.site.send(ALICE, "DELETE", one, ""), @r#"
    410
    content-type: application/json
    {
      "code": "closed",
      "error": "this request was declined",
      "state": "declined"
    }
    "#);
    insta::assert_snapshot!(cast.site.send(ALICE, "POST", REQUESTS, ASK), @r#"
    429
    content-type: application/json
    retry-after: 604800
    {
      "code": "declined_before",
      "error": "user_target declined this before; try again after 2026-12-08 12:00:00 UTC"
    }
    "#);
}

fn a_withdrawn_request_is_gone_and_its_token_says_so(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let token = cast.asked(ASK);
    let one = "/api/bundle_permission_request/1/";
    assert_eq!(cast.site.send(ALICE, "DELETE", one, "").line(), "204");
    assert_eq!(cast.site.send(ALICE, "GET", one, "").line(), "404");
    assert_eq!(cast.site.send(ALICE, "DELETE", one, "").line(), "404");
    assert_eq!(cast.site.send(ALICE, "GET", REQUESTS, "").json()["meta"]["total_count"], 0);
    insta::assert_snapshot!(cast.site.send(BOB, "GET", &token, ""), @r#"
    410
    content-type: application/json
    {
      "code": "closed",
      "error": "this request was withdrawn by the one who asked",
      "state": "withdrawn"
    }
    "#);
}

#[test]
fn the_requester_may_resend_an_email_every_ten_minutes() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let first = cast.asked(ASK);
    let resend = "/api/bundle_permission_request/1/resend/";
    insta::assert_snapshot!(cast.site.send(ALICE, "POST", resend, ""), @r#"
    429
    content-type: application/json
    retry-after: 600
    {
      "code": "rate_limited",
      "error": "the email is sent again at most every ten minutes; try again after 2026-12-01 12:10:00 UTC"
    }
    "#);
    cast.site.fixture.pass(TimeDelta::minutes(10));
    insta::assert_snapshot!(cast.site.send(BOB, "POST", resend, "").line(), @r#"403 {"error":"only who asked can have the email sent again","code":"forbidden"}"#);
    assert_eq!(cast.site.send(CAROL, "POST", resend, "").line(), "404");
    let sent = cast.site.send(ALICE, "POST", resend, "");
    assert_eq!((sent.status, &sent.json()["mail_state"]), (200, &"queued".into()));
    cast.site.fixture.deliver();
    let second = format!("{REQUESTS}{}/", cast.site.fixture.token_for(BOB));
    assert_ne!(first, second);
    assert_eq!(cast.site.send(BOB, "GET", &first, "").status, 200);
    assert_eq!(cast.site.send(BOB, "PUT", &second, "").status, 200);
    assert_eq!(cast.site.send(BOB, "PUT", &first, "").status, 410);
    assert_eq!(cast.site.send(ALICE, "POST", resend, "").status, 410);
}

#[test]
fn a_list_has_pages() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    cast.asked(ASK);
    cast.asked(ASK_SLEEP);
    let meta = |query: &str| {
        let answer = cast.site.send(ALICE, "GET", &format!("{REQUESTS}?{query}"), "");
        match answer.status {
            200 => format!("{query} -> {} {}\n", answer.json()["meta"], answer.json()["objects"].as_array().unwrap().len()),
            _ => format!("{query} -> {}\n", answer.line()),
        }
    };
    let queries = [
        "",
        "limit=1",
        "limit=1&offset=1&x=a%20b",
        "limit=0",
        "limit=5000",
        "offset=7",
        "limit=abc",
        "limit=-1",
        "offset=x",
        "offset=-1",
        "limit=9223372036854775807&offset=9223372036854775807",
        "user_target=2",
        "level=view",
        "order_by=ttl",
        "order_by=nothing",
        "nothing__in=1",
    ];
    insta::assert_snapshot!(queries.map(meta).concat(), @r#"
     -> {"limit":20,"next":null,"offset":0,"previous":null,"total_count":2} 2
    limit=1 -> {"limit":1,"next":"/api/bundle_permission_request/?limit=1&offset=1","offset":0,"previous":null,"total_count":2} 1
    limit=1&offset=1&x=a%20b -> {"limit":1,"next":null,"offset":1,"previous":"/api/bundle_permission_request/?limit=1&offset=0","total_count":2} 1
    limit=0 -> {"limit":1000,"next":null,"offset":0,"previous":null,"total_count":2} 2
    limit=5000 -> {"limit":1000,"next":null,"offset":0,"previous":null,"total_count":2} 2
    offset=7 -> {"limit":20,"next":null,"offset":7,"previous":null,"total_count":2} 0
    limit=abc -> 400 {"error":"Invalid limit 'abc' provided. Please provide a positive integer.","code":"invalid","field":"limit"}
    limit=-1 -> 400 {"error":"Invalid limit '-1' provided. Please provide a positive integer &gt;= 0.","code":"invalid","field":"limit"}
    offset=x -> 400 {"error":"Invalid offset 'x' provided. Please provide an integer.","code":"invalid","field":"offset"}
    offset=-1 -> 400 {"error":"Invalid offset '-1' provided. Please provide a positive integer &gt;= 0.","code":"invalid","field":"offset"}
    limit=9223372036854775807&offset=9223372036854775807 -> {"limit":1000,"next":null,"offset":9223372036854775807,"previous":"/api/bundle_permission_request/?limit=1000&offset=9223372036854774807","total_count":2} 0
    user_target=2 -> {"limit":20,"next":null,"offset":0,"previous":null,"total_count":2} 2
    level=view -> 400 {"error":"The 'level' field does not allow filtering.","code":"invalid","field":"level"}
    order_by=ttl -> 400 {"error":"The 'ttl' field does not allow ordering.","code":"invalid","field":"order_by"}
    order_by=nothing -> 400 {"error":"No matching 'nothing' field for ordering on.","code":"invalid","field":"order_by"}
    nothing__in=1 -> {"limit":20,"next":null,"offset":0,"previous":null,"total_count":2} 2
    "#);
}
