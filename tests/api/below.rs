//! An instance below a path: a proxy removes it from requests, and every address in an answer has it.

use serde_json::Value;

use crate::support::fixture::{Fixture, on_both};
use crate::support::http::{Answer, NO_LIMITS, Site};

const BOB: &str = "bob@x.org";
const BASE: &str = "/access";

on_both![
    below_a_path_every_address_of_an_api_has_it,
    a_reference_is_read_with_the_path_and_without,
    a_share_of_a_bundle_is_made_found_and_changed_with_the_path_and_without
];

fn site(fixture: &Fixture) -> Site {
    let site = Site::with(
        fixture,
        &format!("{NO_LIMITS}[server]\npublic_url = \"https://h.example{BASE}/\"\n[shares]\nopen_claim = true"),
    );
    for email in ["ann@x.org", BOB] {
        site.named(email, &email[..3]);
    }
    for name in ["Sleep", "Steps", "Heart"] {
        site.fixture.relationship(name);
    }
    site
}

/// Our addresses in an answer: each path, alone or in one of our URLs.
fn addresses(answer: &Answer) -> Vec<String> {
    fn within(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) => {
                let path = text.strip_prefix("https://h.example").unwrap_or(text);
                let is_ours =
                    ["/api", "/authorization", "/identities", "/access", "/as"].iter().any(|ours| path.starts_with(ours));
                if is_ours || path.len() < text.len() {
                    into.push(path.to_owned());
                }
            }
            Value::Array(items) => items.iter().for_each(|item| within(item, into)),
            Value::Object(members) => members.values().for_each(|member| within(member, into)),
            _ => {}
        }
    }
    let mut found: Vec<String> = answer.header("location").map(str::to_owned).into_iter().collect();
    if let Ok(body) = serde_json::from_str(&answer.body) {
        within(&body, &mut found);
    }
    found
}

fn below_a_path_every_address_of_an_api_has_it(fixture: &Fixture) {
    let site = site(fixture);
    let ask = r#"{"user_target": "ann@x.org", "user_allowed": "bob@x.org", "bundle": 1}"#;
    let share = r#"{"type":"read","sharedWith":"ann","sharedWithType":"user","resourceUri":"/files/1"}"#;
    let mut seen = 0;
    for (method, path, body, least) in [
        ("GET", "/api/", "", 10),
        ("GET", "/api/bundle", "", 1),
        ("GET", "/api/bundle/?limit=1&offset=1", "", 3),
        ("POST", "/api/bundle_permission_request/", ask, 5),
        ("GET", "/api/bundle_permission_request/", "", 4),
        ("GET", "/api/bundle_permission_request/1/", "", 4),
        ("GET", "/api/account/", "", 1),
        ("GET", "/api/user/2/", "", 1),
        ("GET", "/authorization/", "", 4),
        ("POST", "/authorization/shares", share, 7),
        ("GET", "/authorization/shares?limit=1", "", 8),
        ("GET", "/identities/users/@currentUser", "", 2),
        ("GET", "/config", "", 2),
        ("GET", "/.well-known/authzen-configuration", "", 5),
    ] {
        let answer = site.send(BOB, method, path, body);
        let found = addresses(&answer);
        assert!(answer.status < 400 && found.len() >= least, "{method} {path}: {answer}");
        for address in &found {
            let is_below = address.strip_prefix(BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            // AuthZEN's own paths begin with the same segment.
            let is_once = !address.starts_with("/access/access/") || address.starts_with("/access/access/v1/");
            assert!(is_below && is_once, "{method} {path}: {address}");
        }
        seen += found.len();
    }
    assert!(seen > 50, "{seen}");
    let document = site.send("", "GET", "/openapi.json", "").json();
    assert_eq!(document["servers"], serde_json::json!([{ "url": BASE }]));
    let flows = &document["components"]["securitySchemes"]["oauth2"]["flows"];
    for flow in ["password", "clientCredentials"] {
        assert_eq!(flows[flow]["tokenUrl"], "/access/api/connect/oauth2/token/");
    }
    let location = site.send("", "GET", "/api/user?limit=1&x=%2F", "");
    assert_eq!(location.header("location"), Some("/access/api/user/?limit=1&x=%2F"));
    // Errors contain addresses too: of the pending request, and of a missing resource.
    let other = site.send(BOB, "POST", "/api/bundle_permission_request/", &ask.replace("1}", "1, \"level\": \"edit\"}"));
    assert_eq!(other.status, 409, "{other}");
    assert_eq!(other.json()["resource_uri"], "/access/api/bundle_permission_request/1/");
    let unknown = site.send(BOB, "POST", "/api/bundle_permission_request/", &ask.replace("1}", "99}"));
    assert!(unknown.status == 400 && unknown.body.contains("'/access/api/bundle/99/'"), "{unknown}");
}

fn a_reference_is_read_with_the_path_and_without(fixture: &Fixture) {
    let site = site(fixture);
    for (number, base) in ["", BASE, "https://h.example/access", "https://h.example"].into_iter().enumerate() {
        let bundle = number % 3 + 1;
        let target = format!("t{number}@x.org");
        let body = format!(
            r#"{{"user_target": "{target}", "user_allowed": "{base}/api/user/2/", "bundle": "{base}/api/bundle/{bundle}/"}}"#
        );
        let filed = site.send(BOB, "POST", "/api/bundle_permission_request/", &body);
        assert_eq!(filed.status, 201, "{base}: {filed}");
        assert_eq!(filed.json()["bundle"]["resource_uri"], format!("/access/api/bundle/{bundle}/"));
    }
    let odd = r#"{"user_target": "t@x.org", "user_allowed": "/other/api/user/2/", "bundle": 1}"#;
    assert_eq!(site.send(BOB, "POST", "/api/bundle_permission_request/", odd).status, 400);
}

fn a_share_of_a_bundle_is_made_found_and_changed_with_the_path_and_without(fixture: &Fixture) {
    let site = site(fixture);
    let ann = "ann@x.org";
    let share = |base: &str, bundle: i64| {
        let uri = format!("{base}/api/bundle/{bundle}/");
        format!(r#"{{"type":"read","sharedWith":"bob","sharedWithType":"user","resourceUri":"{uri}"}}"#)
    };
    let mut made = String::new();
    for (base, bundle) in [(BASE, 1), ("", 2)] {
        let answer = site.send(ann, "POST", "/authorization/shares", &share(base, bundle));
        assert_eq!(answer.status, 201, "{answer}");
        assert_eq!(answer.json()["resourceUri"], format!("/access/api/bundle/{bundle}/"));
        answer.header("location").unwrap().clone_into(&mut made);
    }
    let resource = r#"{"type":"read","sharedWith":"bob","sharedWithType":"user","resourceUri":"/access/files/1"}"#;
    assert_eq!(site.send(ann, "POST", "/authorization/shares", resource).status, 201);
    for (filter, count) in [
        ("eq(resourceUri,'/access/api/bundle/1/')", 1),
        ("eq(resourceUri,'/api/bundle/1/')", 1),
        ("ne(resourceUri,'/access/api/bundle/1/')", 2),
        ("eq($primary,resourceUri,'/access/api/bundle/1/')", 1),
        ("in(resourceUri,'/access/api/bundle/1/','/api/bundle/2/')", 2),
        ("startsWith(resourceUri,'/access/api/bundle/')", 2),
        ("startsWith(resourceUri,'/access/')", 3),
        ("startsWith(resourceUri,'/access/files/')", 1),
        ("contains(resourceUri,'cess/api')", 2),
        ("eq(resourceUri,'/access/files/1')", 1),
        ("eq(resourceUri,'/files/1')", 0),
    ] {
        let found = site.send(ann, "GET", &format!("/authorization/shares?filter={filter}"), "");
        assert_eq!(found.json()["count"], count, "{filter}: {found}");
    }
    // A client sends back the address that it got, or names the bundle in the shorter form.
    let path = made.strip_prefix(BASE).unwrap();
    for base in [BASE, ""] {
        let tag = site.send(ann, "GET", path, "").header("etag").unwrap().to_owned();
        let headers = [("Content-Type", "application/json"), ("If-Match", tag.as_str())];
        let changed = site.send_with(ann, "PUT", path, &headers, &share(base, 2).replace("read", "readEdit"));
        assert_eq!(changed.status, 200, "{base}: {changed}");
    }
    let odd = share("/other", 1);
    let answer = site.send(ann, "POST", "/authorization/shares", &odd);
    assert!(answer.status == 201 && answer.json()["resourceUri"] == "/other/api/bundle/1/", "{answer}");
}
