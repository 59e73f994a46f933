//! A NUL character is in no name and no text. PostgreSQL accepts none, so one in a query would be an internal error there and
//! an empty answer on SQLite. It is refused where a path, a query, a form, a header or a body is parsed.

use std::path::Path;

use serde_json::Value;

use crate::attacks::{ANN, ROOT, Siege};
use crate::pages::browser::Browser;
use crate::support::fixture::{Fixture, on_both};
use crate::support::http::{PASSWORD, basic};

on_both![a_nul_character_is_refused_by_every_api, a_nul_character_is_refused_by_every_page];

const NUL: &str = "a%00b";

/// Every method and path of the description, with the names of its query parameters.
fn operations() -> Vec<(String, String, Vec<String>)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api/openapi.json");
    let described: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut found = Vec::new();
    for (path, operations) in described["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let in_query = parameters.iter().filter(|parameter| parameter["in"] == "query");
            let names = in_query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect();
            found.push((method.to_uppercase(), path.clone(), names));
        }
    }
    assert!(found.len() > 40, "{}", found.len());
    found
}

/// Filters that the description names only in its text.
const MORE: [&str; 14] = [
    "email__in",
    "email__startswith",
    "username__in",
    "username__startswith",
    "id__in",
    "id__range",
    "sharedWith",
    "resourceUri",
    "name",
    "type",
    "sharedWithType",
    "enabled",
    "format",
    "q",
];

fn with_ids(path: &str, id: &str) -> String {
    let mut parts = path.split('{');
    let mut filled = parts.next().unwrap().to_owned();
    for part in parts {
        filled.push_str(id);
        filled.push_str(part.split_once('}').unwrap().1);
    }
    filled
}

fn a_nul_character_is_refused_by_every_api(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let before = siege.state();
    let key = siege.key.clone();
    let mut tried = 0;
    let mut is_refused = |call: &str, answer: crate::support::http::Answer, most: u16| {
        tried += 1;
        assert!(answer.status < most, "{call}: {answer}");
    };
    for (method, path, in_query) in operations() {
        for who in [ANN, ROOT, key.as_str()] {
            for id in [NUL, "1%00", "%00"] {
                if path.contains('{') {
                    let path = with_ids(&path, id);
                    let body = if method == "GET" || method == "DELETE" { "" } else { "{}" };
                    let headers = [("Content-Type", "application/json"), ("If-Match", "*")];
                    is_refused(&format!("{method} {path}"), siege.site().send_with(who, &method, &path, &headers, body), 500);
                }
            }
            let path = with_ids(&path, "1");
            if matches!(method.as_str(), "GET" | "DELETE") {
                for name in in_query.iter().map(String::as_str).chain(MORE) {
                    let path = format!("{path}?{name}={NUL}");
                    if method == "GET" {
                        is_refused(&format!("{method} {path}"), siege.site().send(who, &method, &path, ""), 500);
                    }
                }
                continue;
            }
            for body in ["{\"a\":\"\\u0000\"}", "{\"a\":[{\"b\":\"x\\u0000\"}]}", "{\"\\u0000\":1}", "{\"a\":\"\0\"}"] {
                let answer = siege.site().send(who, &method, &path, body);
                is_refused(&format!("{method} {path} {body}"), answer, 500);
            }
        }
    }
    // Authentication: nobody has such a name, whatever the rest is.
    for path in
        ["/api/account/", "/authorization/shares", "/rest/admin/shares", "/as/sharing/iten1/shares", "/access/v1/evaluation"]
    {
        for (name, password) in [("a\0b", "c"), ("ann@x.org\0", PASSWORD), ("\0", ""), (ANN, "correct\0horse")] {
            let authorization = basic(name, password);
            let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
            let (method, body) = if path.starts_with("/access") { ("POST", "{}") } else { ("GET", "") };
            let answer = siege.site().send_with("", method, path, &headers, body);
            assert_eq!(answer.status, 401, "{path} as {name:?}: {answer}");
        }
    }
    for path in ["/SASLogon/oauth/token", "/api/connect/oauth2/token/"] {
        for field in ["grant_type", "username", "password", "client_id", "client_secret", "code", "refresh_token", "scope"] {
            let mut form = String::from("x=1");
            for (name, value) in [("grant_type", "password"), ("username", ANN), ("password", "x"), ("client_id", "sas.ec")] {
                form.extend(["&", name, "=", if name == field { NUL } else { value }]);
            }
            if !form.contains(NUL) {
                form.extend(["&", field, "=", NUL]);
            }
            for client in [String::new(), basic("sas.ec\0", ""), basic("1\0", "x")] {
                let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
                if !client.is_empty() {
                    headers.push(("Authorization", client.as_str()));
                }
                let answer = siege.site().send_with("", "POST", path, &headers, &form);
                assert!(!client.is_empty() || answer.status == 400 && answer.body.contains("NUL"), "{path} {form}: {answer}");
                is_refused(&format!("{path} {form}"), answer, 500);
            }
        }
    }
    for path in
        ["/api/user/?search=%00", "/api/user/?email=%00", "/api/user/?username__in=a,%00", "/api/user/?username__startswith=%00"]
    {
        let answer = siege.site().send(ROOT, "GET", path, "");
        assert!(answer.status == 400 && answer.body.contains("NUL"), "{path}: {answer}");
    }
    assert!(tried > 900, "{tried}");
    assert_eq!(siege.state(), before);
}

/// Each page, and the page of each form.
const LOOKED: [&str; 36] = [
    "/",
    "/redeem",
    "/redeem/done",
    "/redeem/code",
    "/redeem/fresh",
    "/renew",
    "/inbox",
    "/inbox/asked",
    "/inbox/given",
    "/inbox/held",
    "/inbox/blocked",
    "/inbox/export/given.csv",
    "/account/sessions",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/with/work",
    "/sign-in/with/work/back",
    "/mailbox",
    "/mailbox.json",
    "/mailbox/1",
    "/admin",
    "/admin/search",
    "/admin/requests",
    "/admin/requests/1",
    "/admin/grants",
    "/admin/grants/1",
    "/admin/users",
    "/admin/users/1",
    "/admin/bundles",
    "/admin/bundles/1",
    "/admin/emails",
    "/admin/emails/queue",
    "/admin/keys",
    "/admin/audit",
    "/admin/purge",
    "/docs",
];
const DONE: [&str; 38] = [
    "/redeem/sign-in",
    "/redeem/code",
    "/redeem/code/enter",
    "/redeem/switch",
    "/redeem/approve",
    "/redeem/decline",
    "/redeem/undo",
    "/redeem/block",
    "/redeem/unblock",
    "/redeem/fresh",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/code/enter",
    "/inbox/link",
    "/inbox/decline",
    "/inbox/withdraw",
    "/inbox/resend",
    "/inbox/again",
    "/inbox/revoke",
    "/inbox/block",
    "/inbox/unblock",
    "/renew",
    "/account/confirm",
    "/account/confirm/code",
    "/account/browsers/forget",
    "/account/changed",
    "/language",
    "/account/sessions/end",
    "/account/sessions/end-others",
    "/account/identities/unlink",
    "/admin/requests/1/cancel",
    "/admin/requests/1/resend",
    "/admin/grants/1/revoke",
    "/admin/users/1/revoke/gave",
    "/admin/emails/queue/retry",
    "/admin/keys/1/revoke",
    "/admin/purge",
    "/sign-out",
];
const FIELDS: &str = "q=a%00b&name=a%00b&password=a%00b&code=a%00b&next=a%00b&token=a%00b&reason=a%00b&message=a%00b&id=a%00b\
                      &before=a%00b&state=a%00b&kind=a%00b&level=a%00b&until=a%00b&whom=a%00b&said=a%00b&grant=a%00b&page=a%00b&request=a%00b";

fn a_nul_character_is_refused_by_every_page(fixture: &Fixture) {
    let fixture = &fixture.with("[limits]\nredeem_per_minute = 0\nsign_ins = 0\n");
    let root = fixture.admin("root@x.org");
    let mut browser = Browser::of(fixture, &root);
    for path in LOOKED {
        let path_of_all = format!("{path}?{FIELDS}");
        let answer = browser.get(&path_of_all);
        assert!(answer.status < 500, "{path}: {} {}", answer.status, answer.body);
        for field in FIELDS.split('&') {
            if ["/admin/search", "/admin/audit", "/admin/users", "/admin/requests", "/sign-in"].contains(&path) {
                let answer = browser.get(&format!("{path}?{field}"));
                assert_eq!(answer.status, 400, "{path}?{field}: {}", answer.body);
            }
        }
        let answer = browser.get(&format!("{path}%00"));
        assert!(answer.status < 500, "{path}%00: {} {}", answer.status, answer.body);
    }
    browser.open("/inbox");
    let mark = browser.page.body.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let headers = [("origin", "null"), ("sec-fetch-site", "same-origin")];
    for path in DONE {
        for field in ["name", "code", "password", "reason", "token", "id", "q"] {
            let answer = browser.post(path, &[("form", &mark), (field, "a\0b"), ("next", "/inbox")], &headers);
            assert_eq!(answer.status, 400, "{path} {field}: {}", answer.body);
        }
    }
    // Not signed in: the name for a code comes from the form, and back from a cookie.
    let mut stranger = Browser::new(fixture);
    stranger.open("/sign-in");
    let mark = stranger.page.body.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for path in ["/sign-in", "/sign-in/code"] {
        let answer = stranger.post(path, &[("form", &mark), ("name", "a\0"), ("password", "b")], &headers);
        assert_eq!(answer.status, 400, "{path}: {}", answer.body);
    }
    // "/inbox", a line end, "a" and a NUL.
    stranger.jar.insert("countersign-name".to_owned(), "L2luYm94CmEA".to_owned());
    let answer = stranger.post("/sign-in/code/enter", &[("form", &mark), ("code", "123456")], &headers);
    assert!(answer.status < 500, "{}: {}", answer.status, answer.body);
}
