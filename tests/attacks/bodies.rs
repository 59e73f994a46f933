//! Malformed bodies, heads and paths: each is refused with what to change, causes no error of ours, and changes nothing.

use countersign::api::openapi::document;

use super::{ANN, Siege};
use crate::api::eluvio::TENANT;
use crate::support::fixture::{Fixture, on_both};

on_both![no_body_breaks_any_endpoint];

fn hostile() -> Vec<String> {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    vec![
        String::from(" "),
        String::from("null"),
        String::from("[]"),
        String::from("\"text\""),
        String::from("{"),
        String::from("{}{}"),
        String::from("{\"a\":1,\"a\":2}"),
        String::from("{\"user_target\":1e999}"),
        String::from("{\"bundle\":99999999999999999999999999}"),
        String::from("{\"bundle\":-9223372036854775808}"),
        String::from("{\"bundle\":{\"$gt\":\"\"},\"user_target\":{\"$ne\":null}}"),
        String::from("{\"__proto__\":{\"is_admin\":true},\"is_admin\":true,\"id\":1}"),
        String::from("{\"user_target\":\"\\ud800\"}"),
        String::from("{\"message\":\"\\u0000\"}"),
        String::from("\u{feff}{}"),
        String::from("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"),
        String::from("a=1&b=2"),
        deep("[", "]"),
        deep("{\"a\":", "}"),
        format!("{{\"message\":\"{}\"}}", "x".repeat(60_000)),
        "x".repeat(70_000),
        format!("{{{}}}", (0..5_000).map(|n| format!("\"k{n}\":{n}")).collect::<Vec<_>>().join(",")),
    ]
}

fn no_body_breaks_any_endpoint(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let before = siege.state();
    let document = serde_json::to_value(document()).unwrap();
    let ann = siege.cast.ann();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["POST", "PUT", "PATCH"] {
            if item.get(method.to_lowercase()).is_none() {
                continue;
            }
            // For missing rows, so that an accepted body would have nothing to change either.
            let path = path.replace("{tenant}", TENANT).replace("{share_id}", "csl_none").replace("{id}", "999999");
            let path = path.replace("{key}/decline", "csr_none/decline").replace("{key}/resend", "999999/resend");
            // A path with an id takes no body, and a connection with an unread body closes a second later.
            let path = path.replace("{key}", "csr_none");
            for body in hostile() {
                for kind in ["application/json", "application/x-www-form-urlencoded", "text/plain", "application/xml"] {
                    if kind != "application/json" && !body.starts_with(['<', 'a']) {
                        continue;
                    }
                    let who = if path.starts_with("/as/") { ann.as_str() } else { ANN };
                    let answer = siege.site().send_with(who, method, &path, &[("Content-Type", kind)], &body);
                    let begin: String = body.chars().take(60).collect();
                    assert!(answer.status < 500, "{method} {path} {kind} {begin:?}: {answer}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 300, "{tried}");
    assert_eq!(siege.state(), before);
    // Heads.
    for head in [
        format!("GET /{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "a".repeat(100_000)),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{}\r\n", "X-A: b\r\n".repeat(5_000)),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {}\r\n\r\n", "a=b; ".repeat(20_000)),
        "GET /api/user/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_owned(),
        "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_owned(),
        "POST /api/bundle_permission/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"
            .to_owned(),
        "POST /api/bundle_permission/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab".to_owned(),
        "BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_owned(),
    ] {
        let answer = siege.site().raw(&head);
        let begin: String = head.chars().take(60).collect();
        assert!(answer.status < 500, "{begin}: {answer}");
    }
    assert_eq!(siege.site().send(ANN, "GET", "/api/account/", "").status, 200, "and the instance still answers");
    assert_eq!(siege.state(), before);
    siege.is_clean();
}
