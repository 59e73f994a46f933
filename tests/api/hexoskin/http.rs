//! Rules of every route: methods, slashes, media types, bodies, credentials.

use std::io::{Read, Write};
use std::net::TcpStream;

use countersign::domain::Scope;

use super::{ALICE, ASK, BOB, CAROL, Cast, REQUESTS, altered};
use crate::support::fixture::{Fixture, Kind};
use crate::support::http::{Site, basic};

fn cast() -> Cast {
    Cast::new(&Fixture::new(Kind::Sqlite))
}

#[test]
fn a_method_that_is_not_served_is_405_and_options_says_which_are() {
    let cast = cast();
    insta::assert_snapshot!(cast.site.send("", "DELETE", REQUESTS, ""), @r#"
    405
    allow: GET,HEAD,POST
    content-type: text/html; charset=utf-8
    GET,HEAD,POST
    "#);
    insta::assert_snapshot!(cast.site.send("", "OPTIONS", "/api/bundle_permission/4/", ""), @r#"
    200
    allow: GET,HEAD,DELETE
    content-type: text/html; charset=utf-8
    GET,HEAD,DELETE
    "#);
    let allowed = |path: &str| {
        let answer = cast.site.send("", "TRACE", path, "");
        assert_eq!(answer.status, 405, "{path}");
        format!("{path} {}\n", answer.header("allow").unwrap())
    };
    let paths = [
        "/api/",
        "/api/user/",
        "/api/user/1/",
        "/api/user/set/1;2/",
        "/api/account/",
        "/api/bundle/",
        "/api/bundle/1/",
        "/api/bundle_permission/",
        "/api/bundle_permission_request/1/",
        "/api/bundle_permission_request/csr_x/",
        "/api/bundle_permission_request/csr_x/decline/",
        "/api/bundle_permission_request/1/resend/",
        "/api/connect/oauth2/token/",
        "/api/purge/",
        "/api/user/schema/",
    ];
    insta::assert_snapshot!(paths.map(allowed).concat(), @r#"
    /api/ GET,HEAD
    /api/user/ GET,HEAD
    /api/user/1/ GET,HEAD,PUT,PATCH
    /api/user/set/1;2/ GET,HEAD
    /api/account/ GET,HEAD
    /api/bundle/ GET,HEAD
    /api/bundle/1/ GET,HEAD
    /api/bundle_permission/ GET,HEAD,POST
    /api/bundle_permission_request/1/ GET,HEAD,PUT,DELETE
    /api/bundle_permission_request/csr_x/ GET,HEAD,PUT,DELETE
    /api/bundle_permission_request/csr_x/decline/ POST
    /api/bundle_permission_request/1/resend/ POST
    /api/connect/oauth2/token/ POST
    /api/purge/ POST
    /api/user/schema/ GET,HEAD
    "#);
}

#[test]
fn a_get_without_the_slash_is_redirected_and_a_write_is_served() {
    let cast = cast();
    insta::assert_snapshot!(cast.site.send("", "GET", "/api/user?limit=1&x=%2F", ""), @r#"
    301
    location: /api/user/?limit=1&x=%2F
    "#);
    assert_eq!(cast.site.send("", "GET", "/api", "").header("location"), Some("/api/"));
    let filed = cast.site.send(ALICE, "POST", "/api/bundle_permission_request", ASK);
    assert_eq!((filed.status, filed.header("location")), (201, Some("/api/bundle_permission_request/1/")));
    assert_eq!(cast.site.send(ALICE, "DELETE", "/api/bundle_permission_request/1", "").status, 204);
}

#[test]
fn an_unknown_path_is_an_empty_html_answer() {
    let cast = cast();
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/nothing/", ""), @r#"
    404
    content-type: text/html; charset=utf-8
    "#);
    for path in
        ["/api/bundle/99/", "/api/bundle/x/", "/api/user/99/", "/api/bundle_permission/99/", "/api/user/99999999999999999999/"]
    {
        assert_eq!(cast.site.send(ALICE, "GET", path, "").line(), "404", "{path}");
    }
}

#[test]
fn an_unknown_caller_is_challenged_with_an_empty_body() {
    let cast = cast();
    insta::assert_snapshot!(cast.site.send("", "GET", "/api/account/", ""), @r#"
    401
    content-type: text/html; charset=utf-8
    www-authenticate: Basic Realm="Countersign"
    "#);
    let expired = cast.site.key(None, &[Scope::Requests], &[]).1;
    cast.site.fixture.pass(chrono::TimeDelta::days(366));
    let wrong = [
        basic(ALICE, "wrong horse"),
        basic("nobody@x.org", "correct horse"),
        "Basic !!!".into(),
        "Bearer x".into(),
        "Bearer csk_AAAAAAAAAAHmJRjExnoecndBhrES4O7U1-qdU8OSfCBl54fuegsi5g".into(),
        expired,
        "Digest x".into(),
    ];
    for who in wrong {
        assert_eq!(cast.site.send(&who, "GET", "/api/account/", "").line(), "401", "{who}");
    }
    // Errors in the body are not reported before authentication.
    assert_eq!(cast.site.send("", "POST", REQUESTS, "{").status, 401);
}

#[test]
fn bearer_and_basic_are_accepted_in_any_case_and_the_originals_signature_is_ignored() {
    let cast = cast();
    let (_, key) = cast.site.key(Some(&cast.alice), &[Scope::Requests], &[]);
    for who in [
        key.replace("Bearer", "bearer"),
        key.replace("Bearer", "BEARER"),
        basic(ALICE, "correct horse").replace("Basic", "basic"),
    ] {
        let account = cast.site.send(&who, "GET", "/api/account/", "").json();
        assert_eq!(account["objects"][0]["email"], ALICE);
    }
    let headers =
        [("X-HEXOTIMESTAMP", "1"), ("X-HEXOAPIKEY", "KEY"), ("X-HEXOAPISIGNATURE", "0000"), ("X-HexoAPIVersion", "3.3.x")];
    assert_eq!(cast.site.send_with(ALICE, "GET", "/api/account/", &headers, "").status, 200);
    assert_eq!(cast.site.send_with("", "GET", "/api/account/", &headers, "").status, 401);
}

#[test]
fn only_json_is_accepted_and_every_answer_is_json() {
    let cast = cast();
    let form = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")];
    insta::assert_snapshot!(cast.site.send_with(ALICE, "POST", REQUESTS, &form, "user_target=2"), @r#"
    415
    content-type: application/json
    {
      "code": "unsupported_media_type",
      "error_message": "The format indicated 'application/x-www-form-urlencoded' had no available deserialization method. Send application/json."
    }
    "#);
    let odd = [("Content-Type", "<b>")];
    insta::assert_snapshot!(cast.site.send_with(ALICE, "POST", REQUESTS, &odd, ASK).line(), @r#"415 {"error_message":"The format indicated '&lt;b&gt;' had no available deserialization method. Send application/json.","code":"unsupported_media_type"}"#);
    let packed = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")];
    insta::assert_snapshot!(cast.site.send_with(ALICE, "POST", REQUESTS, &packed, ASK).line(), @r#"415 {"error":"send the body as it is, without a Content-Encoding","code":"unsupported_media_type"}"#);
    let xml = cast.site.send_with(ALICE, "GET", "/api/bundle/1/", &[("Accept", "application/xml")], "");
    assert_eq!((xml.status, xml.header("content-type")), (200, Some("application/json")));
    for kind in ["application/json", "Application/JSON; charset=UTF-8"] {
        assert!(cast.site.send_with(ALICE, "POST", REQUESTS, &[("Content-Type", kind)], ASK).status < 300);
    }
    assert_eq!(cast.site.send_with(ALICE, "POST", REQUESTS, &[], ASK).status, 200);
}

#[test]
fn json_that_two_readers_could_read_differently_is_refused() {
    let cast = cast();
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(32), "]".repeat(32));
    let bodies =
        ["", "{", "[]", "null", "\"x\"", r#"{"bundle":1,"bundle":2}"#, r#"{"message":"a\u0000b"}"#, deep.as_str(), "{} {}"];
    let lines = bodies.map(|body| format!("{body} -> {}\n", cast.site.send(ALICE, "POST", REQUESTS, body).line()));
    insta::assert_snapshot!(lines.concat(), @r#"
     -> 400 {"error":"Request is not valid JSON.","code":"invalid"}
    { -> 400 {"error":"Request is not valid JSON.","code":"invalid"}
    [] -> 400 {"error":"Request is not a JSON object.","code":"invalid"}
    null -> 400 {"error":"Request is not a JSON object.","code":"invalid"}
    "x" -> 400 {"error":"Request is not a JSON object.","code":"invalid"}
    {"bundle":1,"bundle":2} -> 400 {"error":"Request is not valid JSON: the key 'bundle' is there twice.","code":"invalid"}
    {"message":"a\u0000b"} -> 400 {"error":"Request is not valid JSON: a NUL character in a string.","code":"invalid"}
    {"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]} -> 400 {"error":"Request is not valid JSON: more than 32 levels within each other.","code":"invalid"}
    {} {} -> 400 {"error":"Request is not valid JSON.","code":"invalid"}
    "#);
}

#[test]
fn a_body_is_at_most_64_kib() {
    let cast = cast();
    let padded = |length: usize| format!("{}{}}}", ASK.trim_end_matches('}'), " ".repeat(length - ASK.len()));
    let (fits, too_large) = (padded(65_536), padded(65_537));
    assert_eq!((fits.len(), cast.site.send(ALICE, "POST", REQUESTS, &fits).status), (65_536, 201));
    insta::assert_snapshot!(cast.site.send(ALICE, "POST", REQUESTS, &too_large), @r#"
    413
    content-type: application/json
    {
      "code": "too_large",
      "error": "the body is too large: at most 65536 bytes"
    }
    "#);
    let head = format!(
        "POST {REQUESTS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        basic(ALICE, "correct horse")
    );
    let chunks = format!("{head}{:x}\r\n{too_large}\r\n0\r\n\r\n", too_large.len());
    assert_eq!(cast.site.raw(&chunks).status, 413);
}

#[test]
fn a_missing_body_times_out() {
    let cast = cast();
    let begun = std::time::Instant::now();
    let mut stream = TcpStream::connect(cast.site.address).unwrap();
    let head = format!(
        "POST {REQUESTS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {}\r\nContent-Length: 9\r\n\r\n{{",
        basic(ALICE, "correct horse")
    );
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("10 seconds"), "{answer}");
    assert!(begun.elapsed().as_secs() < 15);
}

#[test]
fn too_many_calls_by_a_person_and_bad_tokens_from_a_network_are_429_with_retry_after() {
    let fixture = Fixture::new(Kind::Sqlite);
    let cast = Cast::on(Site::with(&fixture, "[limits]\nredeem_per_minute = 3\nbad_tokens_per_hour = 1\n"));
    let token = cast.asked(ASK);
    let nothing = format!("{REQUESTS}{}/", altered(token.split('/').rev().nth(1).unwrap()));
    assert_eq!(cast.site.send(BOB, "GET", &nothing, "").line(), "404");
    let again = cast.site.send(BOB, "GET", &nothing, "");
    assert_eq!((again.status, again.header("content-type")), (429, Some("application/json")));
    assert!(again.header("retry-after").unwrap().parse::<u64>().unwrap() > 1_000);
    insta::assert_snapshot!(again.line(), @r#"429 {"error":"too many tokens that do not exist were tried from your network; try again later","code":"rate_limited"}"#);
    // A valid token is not among those, and is counted by person.
    assert_eq!(cast.site.send(BOB, "GET", &token, "").status, 200);
    let fourth = cast.site.send(BOB, "GET", &token, "");
    assert!(fourth.status == 429 && fourth.header("retry-after").unwrap().parse::<u64>().unwrap() <= 21, "{fourth}");
    insta::assert_snapshot!(fourth.line(), @r#"429 {"error":"you have checked and redeemed as many tokens as one person does in a minute; try again later","code":"rate_limited"}"#);
    assert_eq!(cast.site.send(ALICE, "GET", &token, "").status, 403, "another person at the same address is not told to wait");
}

#[test]
fn too_many_wrong_passwords_and_emails_are_429() {
    let fixture = Fixture::new(Kind::Sqlite);
    let cast = Cast::on(Site::with(&fixture, "[limits]\nsign_ins = 1\ntarget_letters = 1\n"));
    let wrong = basic(CAROL, "wrong horse");
    assert_eq!(cast.site.send(&wrong, "GET", "/api/account/", "").status, 401);
    insta::assert_snapshot!(cast.site.send(&wrong, "GET", "/api/account/", ""), @r#"
    429
    content-type: application/json
    retry-after: 60
    {
      "code": "rate_limited",
      "error": "too many wrong tries; try again after 12:01:00 UTC"
    }
    "#);
    assert_eq!(cast.site.send(ALICE, "POST", REQUESTS, ASK).status, 201);
    let other = ASK.replace("bundle/1", "bundle/2");
    insta::assert_snapshot!(cast.site.send(ALICE, "POST", REQUESTS, &other), @r#"
    429
    content-type: application/json
    retry-after: 3600
    {
      "code": "rate_limited",
      "error": "user_target has had as many emails as one person or app sends them; try again after 2026-12-01 13:00:00 UTC"
    }
    "#);
}
