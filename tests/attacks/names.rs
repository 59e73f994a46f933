//! Names that resemble something else, and words instead of an id.

use countersign::domain::{Address, Caller, NewUser};
use countersign::workflow::{WorkflowError, accounts};

use super::{ANN, BOB, EVE, ROOT, Siege};
use crate::api::eluvio::TENANT;
use crate::support::fixture::{Fixture, on_both};

on_both![a_username_is_no_address_id_or_uri, a_word_instead_of_an_id_names_nobody];

/// Grafana CVE-2022-39229: a user named like another's address is taken for them.
fn a_username_is_no_address_id_or_uri(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let before = siege.state();
    for name in [
        ANN,
        "root@x.org",
        "ANN@X.ORG",
        "@ann",
        "1",
        "007",
        "/api/user/1/",
        "https://x.org/ann",
        "mailto:ann",
        "user:1",
        "ann lee",
        " ann",
        "ann\u{0}",
        "ann\n",
        "ann\u{a0}lee",
        "",
        "a\\b",
        &"x".repeat(65),
    ] {
        let new = NewUser { username: Some(name.to_owned()), ..NewUser::with_address(Address::parse("mallory@x.org").unwrap()) };
        let added = siege.fixture().write(move |tx| accounts::add_user(tx, &Caller::operator(), &new));
        assert!(matches!(&added, Err(WorkflowError::Invalid { field: "username", .. })), "{name:?}: {added:?}");
    }
    // Nor can a person rename themselves to one.
    for body in [r#"{"username": "ann@x.org"}"#, r#"{"email": "ann@x.org"}"#, r#"{"id": 1, "is_admin": true}"#] {
        for method in ["PUT", "PATCH"] {
            let path = format!("/api/user/{}/", siege.cast.bob.id.0);
            let answer = siege.site().send(BOB, method, &path, body);
            assert!(answer.status < 500, "{method} {body}: {answer}");
        }
    }
    let bob = siege.site().send(BOB, "GET", "/api/account/", "").json();
    assert!(bob.to_string().contains(BOB) && !bob.to_string().contains(ANN), "{bob}");
    assert_eq!(siege.fixture().count("users", "is_admin"), 1, "Root alone");
    let audited = |state: Vec<String>| state.into_iter().filter(|line| !line.starts_with("audit")).collect::<Vec<_>>();
    assert_eq!(audited(siege.state()), audited(before));
    siege.is_clean();
}

/// Grafana CVE-2021-39226: the placeholder's own name, sent literally, matched the first row.
fn a_word_instead_of_an_id_names_nobody(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let before = siege.state();
    let words = [
        "null",
        "undefined",
        "*",
        "%",
        "_",
        "0",
        "-1",
        "0x1",
        "first",
        "me",
        ":id",
        "%7Bid%7D",
        "{key}",
        "1%20OR%201=1",
        "1,2",
        "9223372036854775808",
    ];
    let mut tried = 0;
    for place in [
        "/api/bundle_permission_request/{}/",
        "/api/bundle_permission_request/{}/decline/",
        "/api/bundle_permission_request/{}/resend/",
        "/api/bundle_permission/{}/",
        "/authorization/shares/{}",
        "/rest/admin/shares/{}",
        "/as/sharing/share/{}/info",
        "/as/sharing/share/{}/token",
        &format!("/as/sharing/{TENANT}/share/{{}}/revoke"),
        &format!("/as/sharing/{TENANT}/share/{{}}"),
    ] {
        for word in words {
            let path = place.replace("{}", word);
            for (who, method) in [(ANN, "GET"), (EVE, "GET"), (ANN, "PUT"), (ROOT, "DELETE")] {
                let star = [("If-Match", "*"), ("Content-Type", "application/json")];
                let answer = siege.site().send_with(who, method, &path, &star, if method == "GET" { "" } else { "{}" });
                assert!((400..500).contains(&answer.status), "{who} {method} {path}: {answer}");
                assert!(!answer.body.contains("Sleep") && !answer.body.contains("Walks"), "{who} {method} {path}: {answer}");
                tried += 1;
            }
        }
    }
    assert!(tried > 600, "{tried}");
    assert_eq!(siege.state(), before);
    siege.is_clean();
}
