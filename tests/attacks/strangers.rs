//! Nobody but Ann answers: not the requester, not an admin, not an app with every scope, not somebody who found the email.

use serde_json::json;

use super::{ANN, BOB, EVE, ROOT, Siege};
use crate::support::fixture::{Fixture, on_both};

on_both![only_the_approver_checks_or_decides, only_the_invited_person_accepts_an_invitation];

fn only_the_approver_checks_or_decides(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let (before, token) = (siege.state(), siege.token.clone());
    let path = format!("/api/bundle_permission_request/{token}/");
    let number = format!("/api/bundle_permission_request/{}/", siege.request.id.0);
    let claims = [
        // Headers that apps, proxies and careless code have trusted.
        ("X-Forwarded-User", ANN),
        ("X-Remote-User", ANN),
        ("X-Original-URL", "/"),
        ("X-User-Id", "1"),
        ("X-HTTP-Method-Override", "PUT"),
        ("Content-Type", "application/json"),
    ];
    for (who, status) in [("", 401), (BOB, 403), (EVE, 403), (ROOT, 403), (siege.key.as_str(), 403)] {
        for (method, end, body) in [
            ("GET", "", ""),
            ("PUT", "", ""),
            ("PUT", "", r#"{"user_target": "eve@x.org"}"#),
            ("PUT", "", r#"{"user_allowed": "eve@x.org"}"#),
            ("POST", "decline/", ""),
        ] {
            let answer = siege.site().send_with(who, method, &format!("{path}{end}"), &claims, body);
            assert_eq!(answer.status, status, "{who:?} {method} {end} {body}: {answer}");
            assert!(!answer.body.contains("Sleep"), "{who:?} learns what it is about: {answer}");
        }
        // By its id nobody can approve it.
        let decided = siege.site().send_with(who, "PUT", &number, &claims, "");
        assert!(matches!(decided.status, 401 | 404), "{who:?}: {decided}");
    }
    // Eve can neither become the grantee by filing in Bob's place, nor file for him.
    for (who, body) in [
        (EVE, json!({ "user_target": ANN, "user_allowed": BOB, "bundle": siege.bundle.id.0 })),
        (EVE, json!({ "user_target": EVE, "user_allowed": EVE, "bundle": siege.bundle.id.0 })),
        (EVE, json!({ "user_target": BOB, "user_allowed": EVE, "bundle": siege.bundle.id.0 })),
        (BOB, json!({ "user_target": ANN, "user_allowed": EVE, "bundle": siege.bundle.id.0 })),
    ] {
        let answer = siege.site().send(who, "POST", "/api/bundle_permission_request/", &body.to_string());
        assert!((400..500).contains(&answer.status), "{who} {body}: {answer}");
        let answer = siege.site().send(who, "POST", "/api/bundle_permission/", &body.to_string());
        assert!((400..500).contains(&answer.status), "{who} gives what is not theirs: {body}: {answer}");
    }
    assert_eq!(siege.state(), before, "nothing changed and nothing was mailed");
    assert_eq!(siege.site().send(ANN, "PUT", &path, "").status, 200);
    siege.is_clean();
}

/// Grafana CVE-2022-39306: an invitation that was found or forwarded, used by somebody else or by its sender.
fn only_the_invited_person_accepts_an_invitation(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let bundle = siege.fixture().bundle("Runs", &siege.cast.ann);
    let offered = json!({ "user_target": BOB, "user_allowed": BOB, "bundle": bundle.id.0 });
    let filed = siege.site().send(ANN, "POST", "/api/bundle_permission_request/", &offered.to_string());
    assert_eq!(filed.status, 201, "{filed}");
    siege.fixture().deliver();
    let token = siege.fixture().token_for(BOB);
    let (before, path) = (siege.state(), format!("/api/bundle_permission_request/{token}/"));
    for (who, status) in [("", 401), (ANN, 403), (EVE, 403), (ROOT, 403), (siege.key.as_str(), 403)] {
        for (method, end, body) in [
            ("GET", "", ""),
            ("PUT", "", ""),
            ("PUT", "", r#"{"user_target": "eve@x.org", "user_allowed": "eve@x.org"}"#),
            ("POST", "decline/", ""),
        ] {
            let answer = siege.site().send(who, method, &format!("{path}{end}"), body);
            assert_eq!(answer.status, status, "{who:?} {method} {end} {body}: {answer}");
        }
    }
    assert_eq!(siege.state(), before);
    assert_eq!(siege.site().send(BOB, "PUT", &path, "").status, 200);
    let grantees = siege.fixture().texts(&format!(
        "SELECT CAST(grantee_id AS TEXT) AS value FROM grants WHERE bundle_id = {} AND revoked_at IS NULL",
        bundle.id.0
    ));
    assert_eq!(grantees, [siege.cast.bob.id.0.to_string()]);
    siege.is_clean();
}
