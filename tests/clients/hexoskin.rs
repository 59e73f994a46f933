//! The original's Python client. It is in no registry, so its recorded exchanges replace it.
//!
//! Each recorded call is sent unchanged, with our ids, passwords and token in place of the recorded ones, and the answer is
//! checked against the client's code: the status, the envelope, the members that it reads, and a `resource_uri` that it can
//! parse. Two deviations are intended: a redeem is answered 200 with a body (the client reads one) instead of 204, and a spent
//! token is 410 instead of 404.

use countersign::domain::Scope;
use serde_json::Value;

use crate::support::fixture::{Fixture, on_both};
use crate::support::http::{Site, basic};

const RECORDED_TOKEN: &str = "Ho46c1KXUclgagX-cs0tgdic-xztIWgMkpeJ1jbm-v0";

on_both![the_recorded_client_gets_what_it_needs, below_a_path_the_recorded_client_gets_what_it_needs];

fn the_recorded_client_gets_what_it_needs(fixture: &Fixture) {
    play(fixture, &Site::new(fixture), "");
}

/// Behind nginx, which removes the path. The client keeps only the host of its `base_url`. It finds the map and the tokens at
/// the host, where nginx forwards them too, and everything else by the addresses in answers.
fn below_a_path_the_recorded_client_gets_what_it_needs(fixture: &Fixture) {
    let (site, _nginx) = Site::below(fixture, "/access");
    play(fixture, &site, "/access");
}

fn play(fixture: &Fixture, site: &Site, base: &str) {
    for email in ["alice@x.org", "bob@x.org", "carol@x.org"] {
        site.user(email);
    }
    site.fixture.relationship("view");
    site.fixture.relationship("admin");
    let (key, bearer) = site.key(None, &[Scope::Requests], &["http://127.0.0.1/r"]);
    let client = basic(&key.to_string(), bearer.strip_prefix("Bearer ").unwrap());
    let (mut access, mut request_uri, mut redeemed) = (String::new(), String::new(), 0);

    for line in include_str!("hexoskin/recording.jsonl").lines() {
        let exchange: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| exchange[name].as_str().unwrap().to_owned();
        let (method, recorded) = (text("method"), text("path"));
        let is_built_in = recorded == "/api/" || recorded.starts_with("/api/connect/");
        let mut path = if is_built_in { recorded.clone() } else { format!("{base}{recorded}") };
        if path.contains(RECORDED_TOKEN) {
            if fixture.emails_to("bob@x.org").is_empty() && site.fixture.emails_to("bob@x.org").is_empty() {
                site.fixture.deliver();
            }
            path = path.replace(RECORDED_TOKEN, &site.fixture.token_for("bob@x.org"));
        }
        if method == "DELETE" {
            path.clone_from(&request_uri);
        }
        if !text("query").is_empty() {
            path = format!("{path}?{}", text("query"));
        }
        let mut body = text("body").replace("password=pw", "password=correct+horse");
        let authorization = match exchange["headers"]["Authorization"].as_str().unwrap() {
            "Basic S0VZOlNFQ1JFVA==" => client.clone(),
            bearer if bearer.starts_with("Bearer ") => format!("Bearer {access}"),
            // `pw` is too short for a password here.
            recorded => {
                let emails = ["alice@x.org", "bob@x.org", "carol@x.org"];
                let email = emails.into_iter().find(|email| basic(email, "pw") == recorded).unwrap();
                basic(email, crate::support::http::PASSWORD)
            }
        };
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in exchange["headers"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            match name.as_str() {
                "Authorization" => {}
                "X-HEXOAPIKEY" => headers.push((name.clone(), key.to_string())),
                _ => headers.push((name.clone(), value.to_owned())),
            }
        }
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = site.send_with(&authorization, &method, &path, &headers, &std::mem::take(&mut body));

        let recorded_status = exchange["status"].as_u64().unwrap();
        let expected = match (method.as_str(), recorded_status) {
            ("PUT", 204) => 200,
            ("PUT", 404) => 410,
            (_, status) => status,
        };
        assert_eq!(u64::from(answer.status), expected, "{line}\n{answer}");
        if recorded.ends_with("/schema/") {
            // The recording ends there; `api/hexoskin/schema.rs` compares the whole schemas.
            let ours = answer.json();
            assert!(
                ["allowed_detail_http_methods", "allowed_list_http_methods", "fields"]
                    .iter()
                    .all(|name| ours.get(name).is_some())
            );
            continue;
        }
        if let Ok(before) = serde_json::from_str::<Value>(exchange["response"].as_str().unwrap()) {
            // Each address has the path, which those of the recording lack.
            assert!(base.is_empty() || !answer.body.contains("\"/api/"), "{answer}");
            let ours = serde_json::from_str(&answer.body.replace(&format!("{base}/api/"), "/api/")).unwrap();
            superset(&before, &ours, &format!("{method} {recorded}"));
        }
        if method == "PUT" && answer.status == 200 {
            redeemed += 1;
            assert_eq!(answer.json()["state"], "approved");
        }
        if method == "POST" && recorded.ends_with("request/") {
            answer.json()["resource_uri"].as_str().unwrap().clone_into(&mut request_uri);
            assert_eq!(answer.header("location"), Some(request_uri.as_str()));
        }
        if let Some(token) = answer_token(&answer.body) {
            access = token;
        }
    }
    assert_eq!((redeemed, access.is_empty()), (1, false));
}

fn answer_token(body: &str) -> Option<String> {
    let json: Value = serde_json::from_str(body).ok()?;
    Some(json.get("access_token")?.as_str()?.to_owned())
}

/// Each member of `before` is in `ours`, with the same type, and the same value unless it is an id, token or state of ours.
fn superset(before: &Value, ours: &Value, place: &str) {
    match (before, ours) {
        (Value::Object(before), Value::Object(ours)) => {
            for (name, value) in before {
                let inner = format!("{place}.{name}");
                superset(value, ours.get(name).unwrap_or_else(|| panic!("{inner} is missing")), &inner);
            }
            if let Some(uri) = ours.get("resource_uri") {
                assert!(is_numbered(uri.as_str().unwrap()), "{place}: {uri}");
            }
        }
        (Value::Array(before), Value::Array(ours)) => {
            assert_eq!(before.len(), ours.len(), "{place}");
            for (i, (before, ours)) in before.iter().zip(ours).enumerate() {
                superset(before, ours, &format!("{place}[{i}]"));
            }
        }
        (Value::String(before), Value::String(ours)) => {
            let is_ours = ["resource_uri", "access_token", "refresh_token", "error"].iter().any(|name| place.ends_with(name));
            assert!(is_ours || before == ours || is_hidden(ours, place), "{place}: {before:?} and {ours:?}");
        }
        // Each instance has its own default `ttl`.
        (Value::Number(_), Value::Number(_)) if place.rsplit('.').next() == Some("ttl") => {}
        _ => assert_eq!(before, ours, "{place}"),
    }
}

/// An approver whom the requester named and who has not answered yet is shown without names (docs/api/hexoskin.md).
fn is_hidden(ours: &str, place: &str) -> bool {
    let is_name = ["first_name", "last_name", "username"].iter().any(|name| place.ends_with(&format!(".user_target.{name}")));
    ours.is_empty() && is_name && place.contains("/bundle_permission_request/")
}

/// The client's pattern: `^(.+?)(\d+)/$`.
fn is_numbered(uri: &str) -> bool {
    let digits = uri.strip_suffix('/').map(|rest| rest.len() - rest.trim_end_matches(|c: char| c.is_ascii_digit()).len());
    digits.is_some_and(|digits| digits > 0 && digits < uri.len() - 1)
}
