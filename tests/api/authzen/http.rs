//! HTTP itself: methods, media types, sizes, request identifiers, and errors of one shape.

use countersign::domain::Scope;

use super::{Cast, EVALUATION, question};
use crate::support::fixture::{Fixture, Kind};
use crate::support::http::Site;

const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn each_path_has_its_one_method() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let search = ["subject", "resource", "action"].map(|what| format!("/access/v1/search/{what}"));
    for path in [EVALUATION, "/access/v1/evaluations"].into_iter().chain(search.iter().map(String::as_str)) {
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let answer = cast.site.send(&cast.app, method, path, "");
            assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method} {path}");
        }
        let options = cast.site.send("", "OPTIONS", path, "");
        assert_eq!((options.status, options.header("allow")), (200, Some("POST")), "{path}");
    }
    let metadata = "/.well-known/authzen-configuration";
    assert_eq!(cast.site.send("", "POST", metadata, "{}").header("allow"), Some("GET,HEAD"));
    for nowhere in ["/access/v1/", "/access/v1/evaluation/", "/access/v1/search", "/.well-known/authzen-configuration/tenant1"] {
        let answer = cast.site.send(&cast.app, "GET", nowhere, "");
        assert_eq!(answer.status, 404, "{nowhere}");
        assert_eq!(answer.json()["error"]["status"], 404, "{nowhere}");
    }
}

#[test]
fn errors_say_what_is_wrong_in_one_shape() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let asked = question("user=bob@x.org read night=1");
    let send = |who: &str, headers: &[(&str, &str)], body: &str| {
        let answer = cast.site.send_with(who, "POST", EVALUATION, headers, body);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("www-authenticate").is_some(), answer.status == 401);
        answer.line()
    };
    let no_scope = cast.site.key(None, &[Scope::Grants], &[]).1;
    let answers = [
        send("", &[JSON], &asked),
        // An unknown caller learns nothing about errors in the body.
        send("", &[("Content-Type", "text/plain")], "{"),
        send(&no_scope, &[JSON], &asked),
        send(super::EVE, &[JSON], &asked),
        send(&cast.app, &[], &asked),
        send(&cast.app, &[("Content-Type", "text/plain")], &asked),
        send(&cast.app, &[JSON], "[]"),
        send(&cast.app, &[JSON], r#"{"subject":{"type":"user","id":"a"},"subject":{"type":"user","id":"b"}}"#),
        send(&cast.app, &[JSON], r#"{"subject":{"type":"user","id":7}}"#),
        send(&cast.app, &[JSON], r#"{"subject":{"type":"user","id":"a","properties":[]}}"#),
        send(&cast.app, &[JSON, ("Content-Encoding", "gzip")], &asked),
        send(&cast.app, &[JSON], &format!("{{\"context\":{{\"x\":\"{}\"}}}}", "x".repeat(70_000))),
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    401 {"error":{"status":401,"message":"sign in: send Basic with your address and password, or Bearer with a key or an access token"}}
    401 {"error":{"status":401,"message":"sign in: send Basic with your address and password, or Bearer with a key or an access token"}}
    403 {"error":{"status":403,"message":"this key has not the scope `check`; make one with `countersign key add --scope check`"}}
    403 {"error":{"status":403,"message":"people ask about themselves only; ask about others with a key that has the scope `check`, or as an admin"}}
    400 {"error":{"status":400,"message":"Content-Type: it is missing; send application/json"}}
    400 {"error":{"status":400,"message":"Content-Type: text/plain is not read; send application/json"}}
    400 {"error":{"status":400,"message":"Request is not a JSON object."}}
    400 {"error":{"status":400,"message":"Request is not valid JSON: the key 'subject' is there twice."}}
    400 {"error":{"status":400,"message":"subject.id: it is an integer, and must be a string"}}
    400 {"error":{"status":400,"message":"subject.properties: it is a list, and must be an object"}}
    415 {"error":{"status":415,"message":"send the body as it is, without a Content-Encoding"}}
    413 {"error":{"status":413,"message":"the body is too large: at most 65536 bytes"}}
    "#);
}

#[test]
fn a_media_type_may_have_parameters_and_properties_be_anything() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let body = r#"{"subject":{"type":"user","id":"ann@x.org","properties":{"a":[1,{"b":null}]}},"action":{"name":"read","properties":null},
        "resource":{"type":"night","id":"1"},"context":{"properties":[1],"time":"now"}}"#;
    let answer = cast.site.send_with(&cast.app, "POST", EVALUATION, &[("content-type", "Application/JSON; charset=UTF-8")], body);
    assert_eq!(answer.to_string(), "200\ncontent-type: application/json\n{\n  \"decision\": true\n}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn a_request_keeps_its_own_identifier() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let send = |who: &str, id: &str, path: &str| {
        let answer = cast.site.send_with(who, "POST", path, &[JSON, ("X-Request-ID", id)], "{}");
        (answer.status, answer.header("x-request-id").unwrap_or_default().to_owned())
    };
    assert_eq!(send(&cast.app, "abc, \"odd\" {1}", EVALUATION), (400, "abc, \"odd\" {1}".into()));
    assert_eq!(send("", "1", EVALUATION), (401, "1".into()));
    assert_eq!(send("", "2", "/access/v1/nothing"), (404, "2".into()));
    let own = cast.site.send(&cast.app, "POST", EVALUATION, "{}");
    assert!(own.header("x-request-id").is_some_and(|id| id.len() == 36), "{own}");
}

#[test]
fn the_metadata_is_at_the_place_that_public_url_implies() {
    let fixture = Fixture::new(Kind::Sqlite);
    let site = Site::with(&fixture, "[server]\npublic_url = \"https://x.example/sign/\"");
    let metadata = site.send("", "GET", "/.well-known/authzen-configuration/sign", "");
    assert_eq!(metadata.header("cache-control"), Some("public, max-age=3600"));
    insta::assert_snapshot!(metadata, @r#"
    200
    content-type: application/json
    {
      "access_evaluation_endpoint": "https://x.example/sign/access/v1/evaluation",
      "access_evaluations_endpoint": "https://x.example/sign/access/v1/evaluations",
      "policy_decision_point": "https://x.example/sign",
      "search_action_endpoint": "https://x.example/sign/access/v1/search/action",
      "search_resource_endpoint": "https://x.example/sign/access/v1/search/resource",
      "search_subject_endpoint": "https://x.example/sign/access/v1/search/subject"
    }
    "#);
    assert_eq!(site.send("", "GET", "/.well-known/authzen-configuration/sig", "").status, 404);
}
