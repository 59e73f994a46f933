//! Callers without a part in something cannot find out whether it exists.

use serde_json::json;

use super::{BOB, EVE, Siege};
use crate::support::fixture::{Fixture, on_both};

on_both![known_and_unknown_names_have_the_same_answers];

/// The status, body and relevant headers, without values that always differ.
fn shape(answer: &crate::support::http::Answer) -> String {
    format!("{answer}")
}

fn known_and_unknown_names_have_the_same_answers(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let site = siege.site();
    let wrong = |name: &str| crate::support::http::basic(name, "wrong horse");
    // A wrong password, and an unknown name.
    for path in ["/api/account/", "/authorization/shares", "/rest", "/access/v1/evaluation"] {
        let method = if path.starts_with("/access") { "POST" } else { "GET" };
        let (known, unknown) = (
            site.send(&wrong(BOB), method, path, if method == "POST" { "{}" } else { "" }),
            site.send(&wrong("nobody@x.org"), method, path, if method == "POST" { "{}" } else { "" }),
        );
        assert_eq!(known.status, 401, "{path}");
        assert_eq!(shape(&known), shape(&unknown), "{path}");
    }
    // The OAuth2 token endpoints.
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    for path in ["/api/connect/oauth2/token/", "/SASLogon/oauth/token"] {
        let ask = |name: &str| {
            let body = format!("grant_type=password&username={}&password=wrong", name.replace('@', "%40"));
            site.send_with("", "POST", path, &form, &body)
        };
        let (known, unknown) = (ask(BOB), ask("nobody@x.org"));
        assert!((400..500).contains(&known.status), "{path}: {known}");
        assert_eq!(shape(&known), shape(&unknown), "{path}");
    }
    // Rows of others, and missing ones.
    let others = [
        (format!("/api/bundle_permission_request/{}/", siege.request.id.0), "/api/bundle_permission_request/999999/".to_owned()),
        (format!("/api/bundle_permission/{}/", siege.permission), "/api/bundle_permission/999999/".to_owned()),
        (
            format!("/authorization/shares/{}", siege.sas_share),
            format!("/authorization/shares/{}", "00000000-0000-4000-8000-000000000000"),
        ),
        (format!("/api/user/{}/", siege.cast.ann.id.0), "/api/user/999999/".to_owned()),
    ];
    for (theirs, nothing) in &others {
        let (theirs, nothing) = (site.send(EVE, "GET", theirs, ""), site.send(EVE, "GET", nothing, ""));
        assert_eq!(theirs.status, nothing.status, "{theirs} and {nothing}");
        let plain = |answer: &crate::support::http::Answer| {
            shape(answer).replace(&siege.sas_share, "(id)").replace("00000000-0000-4000-8000-000000000000", "(id)")
        };
        assert_eq!(plain(&theirs), plain(&nothing));
    }
    // A request to an unknown person is accepted like one to a known person.
    let walks = siege.fixture().relationship("coach");
    let ask = |target: &str| {
        let body = json!({ "user_target": target, "user_allowed": EVE, "bundle": walks.id.0 });
        site.send(EVE, "POST", "/api/bundle_permission_request/", &body.to_string())
    };
    let (known, unknown) = (ask(BOB), ask("nobody@x.org"));
    assert_eq!((known.status, unknown.status), (201, 201), "{known} {unknown}");
    let names = |answer: &crate::support::http::Answer| {
        answer.json()["user_target"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&known), names(&unknown));
    // The page that sends a code is the same for both.
    let (known, unknown) =
        (site.send("", "GET", "/sign-in?name=bob%40x.org", ""), site.send("", "GET", "/sign-in?name=nobody%40x.org", ""));
    assert_eq!(known.status, unknown.status);
    siege.is_clean();
}
