//! Invalid calls get JSON with a status that says who must act, and never 500 or more.

use std::fmt::Write as _;

use serde_json::json;

use super::{Cast, DAY, FILM, NOON, TENANT, list_of, shares_of};
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![invalid_bodies_are_refused_with_what_to_change];

fn invalid_bodies_are_refused_with_what_to_change(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let film = |rest: &str| format!("{{\"object_ids\":[\"{FILM}\"],{rest}}}");
    let bodies = [
        String::new(),
        "{}".into(),
        "[]".into(),
        "{\"object_ids\":".into(),
        r#"{"object_ids":[]}"#.into(),
        r#"{"object_ids":null}"#.into(),
        r#"{"object_ids":"iq__2hAJPCjqo1wbobPvB7wb1x"}"#.into(),
        r#"{"object_ids":[7]}"#.into(),
        r#"{"object_ids":["iq__"]}"#.into(),
        r#"{"object_ids":["iq__0 Il"]}"#.into(),
        r#"{"object_ids":["hq__2hAJPCjqo1wbobPvB7wb1x"]}"#.into(),
        r#"{"object_ids":["/api/bundle/1/"]}"#.into(),
        r#"{"object_id":{"id":1}}"#.into(),
        film(r#""object_ids":[]"#),
        film(r#""a":"\u0000""#),
        film(&format!("\"end_time\":{NOON}")),
        film(&format!("\"end_time\":{}", NOON - 1)),
        film(&format!("\"end_time\":{}.5", NOON + DAY)),
        film("\"end_time\":-1"),
        film("\"end_time\":9223372036854775807"),
        film("\"end_time\":1e308"),
        film("\"end_time\":true"),
        film(r#""end_time":"tomorrow""#),
        film(&format!("\"start_time\":{},\"end_time\":{}", NOON + DAY, NOON + DAY)),
        film("\"start_time\":253402300800"),
        film(r#""start_time":[]"#),
    ];
    let mut table = String::new();
    for body in bodies {
        let headers = [("Content-Type", "application/json")];
        let answer = cast.site.send_with(&cast.ann(), "POST", &shares_of(TENANT), &headers, &body);
        writeln!(table, "{body} {}", answer.line()).unwrap();
    }
    insta::assert_snapshot!(table, @r#"
     400 {"error":"object_ids: name at least one object"}
    {} 400 {"error":"object_ids: name at least one object"}
    [] 400 {"error":"Request is not a JSON object."}
    {"object_ids": 400 {"error":"Request is not valid JSON."}
    {"object_ids":[]} 400 {"error":"object_ids: name at least one object"}
    {"object_ids":null} 400 {"error":"object_ids: name at least one object"}
    {"object_ids":"iq__2hAJPCjqo1wbobPvB7wb1x"} 400 {"error":"object_ids: send a list of object ids"}
    {"object_ids":[7]} 400 {"error":"object_ids: send object ids, like iq__2hAJPCjqo1wbobPvB7wb1x"}
    {"object_ids":["iq__"]} 400 {"error":"object_ids: send object ids, like iq__2hAJPCjqo1wbobPvB7wb1x"}
    {"object_ids":["iq__0 Il"]} 400 {"error":"object_ids: send object ids, like iq__2hAJPCjqo1wbobPvB7wb1x"}
    {"object_ids":["hq__2hAJPCjqo1wbobPvB7wb1x"]} 400 {"error":"object_ids: send object ids, like iq__2hAJPCjqo1wbobPvB7wb1x"}
    {"object_ids":["/api/bundle/1/"]} 400 {"error":"object_ids: send object ids, like iq__2hAJPCjqo1wbobPvB7wb1x"}
    {"object_id":{"id":1}} 400 {"error":"object_id: send object ids, like iq__2hAJPCjqo1wbobPvB7wb1x"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"object_ids":[]} 400 {"error":"Request is not valid JSON: the key 'object_ids' is there twice."}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"a":"\u0000"} 400 {"error":"Request is not valid JSON: a NUL character in a string."}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"end_time":1796126400} 400 {"error":"end_time: it must be in the future"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"end_time":1796126399} 400 {"error":"end_time: it must be in the future"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"end_time":1796212800.5} 400 {"error":"end_time: send whole seconds since 1970"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"end_time":-1} 400 {"error":"end_time: send whole seconds since 1970"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"end_time":9223372036854775807} 400 {"error":"end_time: send whole seconds since 1970"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"end_time":1e308} 400 {"error":"end_time: send whole seconds since 1970"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"end_time":true} 400 {"error":"end_time: send whole seconds since 1970"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"end_time":"tomorrow"} 400 {"error":"end_time: send whole seconds since 1970"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"start_time":1796212800,"end_time":1796212800} 400 {"error":"end_time: it must be after the start"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"start_time":253402300800} 400 {"error":"end_time: at most a hundred years from now; leave it out for no end"}
    {"object_ids":["iq__2hAJPCjqo1wbobPvB7wb1x"],"start_time":[]} 400 {"error":"start_time: send whole seconds since 1970"}
    "#);
    let mut table = String::new();
    for body in ["[]", "{", r#"{"end_time":1}"#, r#"{"end_time":"x"}"#, r#"{"start_time":1.5}"#, r#"{"object_ids":[1]}"#] {
        writeln!(table, "{body} {}", cast.put(&cast.ann(), &code, "", body).line()).unwrap();
    }
    insta::assert_snapshot!(table, @r#"
    [] 400 {"error":"Request is not a JSON object."}
    { 400 {"error":"Request is not valid JSON."}
    {"end_time":1} 400 {"error":"end_time: it must be in the future"}
    {"end_time":"x"} 400 {"error":"end_time: send whole seconds since 1970"}
    {"start_time":1.5} 400 {"error":"start_time: send whole seconds since 1970"}
    {"object_ids":[1]} 400 {"error":"object_ids: send object ids, like iq__2hAJPCjqo1wbobPvB7wb1x"}
    "#);
    assert_eq!(cast.site.fixture.count("grants", "1 = 1"), 1);
}

#[test]
fn an_unknown_path_is_answered_in_json() {
    let fixture = Fixture::new(Kind::Sqlite);
    let cast = Cast::new(&fixture);
    let code = cast.code();
    let ann = cast.ann();
    let ask = |method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
        let answer = cast.site.send_with(&ann, method, path, headers, body);
        let allow = answer.header("allow").map(|allow| format!(" allow: {allow}")).unwrap_or_default();
        format!("{method} {}{allow} {}\n", path.replace(&code, "CODE"), answer.line())
    };
    let (share, shares) = (shares_of(TENANT), list_of(TENANT));
    let one = format!("{share}/{code}");
    let mut table = String::new();
    for (method, path) in [
        ("GET", "/as"),
        ("GET", "/as/sharing"),
        ("GET", "/as/tnt/trans"),
        ("GET", &share),
        ("PUT", &shares),
        ("GET", &one),
        ("DELETE", &one),
        ("POST", &format!("{one}/revoke")),
        ("POST", &format!("/as/sharing/share/{code}/info")),
        ("HEAD", &format!("/as/sharing/share/{code}/token")),
        ("GET", &format!("/as/sharing/share/{code}")),
        ("POST", "/config"),
        ("OPTIONS", "/config"),
        ("OPTIONS", &shares),
    ] {
        table.push_str(&ask(method, path, &[], ""));
    }
    let body = json!({ "object_ids": [FILM] }).to_string();
    table.push_str(&ask("POST", &share, &[("Content-Type", "text/plain")], &body));
    table.push_str(&ask("POST", &share, &[("Content-Encoding", "gzip")], &body));
    insta::assert_snapshot!(table, @r#"
    GET /as 404 {"error":"not found"}
    GET /as/sharing 404 {"error":"not found"}
    GET /as/tnt/trans 404 {"error":"not found"}
    GET /as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/share allow: POST 405 {"error":"only POST here"}
    PUT /as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/shares allow: GET,HEAD,POST 405 {"error":"only GET,HEAD,POST here"}
    GET /as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/share/CODE allow: PUT 405 {"error":"only PUT here"}
    DELETE /as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/share/CODE allow: PUT 405 {"error":"only PUT here"}
    POST /as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/share/CODE/revoke allow: PUT 405 {"error":"only PUT here"}
    POST /as/sharing/share/CODE/info allow: GET,HEAD 405 {"error":"only GET,HEAD here"}
    HEAD /as/sharing/share/CODE/token 200
    GET /as/sharing/share/CODE 404 {"error":"not found"}
    POST /config allow: GET,HEAD 405 {"error":"only GET,HEAD here"}
    OPTIONS /config allow: GET,HEAD 200
    OPTIONS /as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/shares allow: GET,HEAD,POST 200
    POST /as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/share 415 {"error":"send application/json, not text/plain"}
    POST /as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/share 415 {"error":"send the body as it is, without a Content-Encoding"}
    "#);
    assert_eq!(cast.site.send_with(&ann, "POST", &share, &[], &body).status, 200, "nothing said of it is taken for JSON");
}
