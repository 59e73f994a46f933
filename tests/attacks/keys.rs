//! A key does only what its scopes permit, for its user, and cannot create anything more powerful.

use countersign::domain::Scope;
use serde_json::json;

use super::{ANN, BOB, EVE, Siege};
use crate::api::eluvio::{FILM, TENANT};
use crate::support::fixture::{Fixture, on_both};

on_both![
    a_key_does_nothing_beyond_its_scopes,
    a_persons_key_gives_no_access_to_others_data,
    a_key_that_lost_its_rights_cannot_gain_access
];

/// Every call that changes something or returns protected data, each with the scopes that allow it, if any.
fn calls(siege: &Siege) -> Vec<(&'static str, String, String, &'static [Scope])> {
    let asked = json!({ "user_target": ANN, "user_allowed": BOB, "bundle": siege.bundle.id.0 }).to_string();
    let given = json!({ "user_target": ANN, "user_allowed": EVE, "bundle": siege.bundle.id.0 }).to_string();
    let shared = json!({ "type": "read", "sharedWith": EVE, "sharedWithType": "user", "resourceUri": FILM, "name": "film" });
    let question = json!({
        "subject": { "type": "user", "id": BOB }, "action": { "name": "view" }, "resource": { "type": "bundle", "id": "1" }
    });
    let permission = format!("/api/bundle_permission/{}/", siege.permission);
    let request = format!("/api/bundle_permission_request/{}/", siege.request.id.0);
    let token = format!("/api/bundle_permission_request/{}/", siege.token);
    let sas = format!("/authorization/shares/{}", siege.sas_share);
    let none: &[Scope] = &[];
    vec![
        ("POST", "/api/bundle_permission_request/".into(), asked, &[Scope::Requests]),
        ("POST", "/api/bundle_permission/".into(), given, &[Scope::Grants]),
        ("DELETE", permission, String::new(), &[Scope::Grants, Scope::Admin]),
        ("DELETE", request, String::new(), &[Scope::Requests, Scope::Admin]),
        ("GET", token.clone(), String::new(), none),
        ("PUT", token.clone(), String::new(), none),
        ("POST", format!("{token}decline/"), String::new(), none),
        ("POST", "/authorization/shares".into(), shared.to_string(), &[Scope::Grants]),
        ("DELETE", sas, String::new(), &[Scope::Grants, Scope::Admin]),
        ("GET", "/rest/admin/shares".into(), String::new(), &[Scope::Admin]),
        ("DELETE", format!("/rest/admin/shares/{}", siege.permission), String::new(), &[Scope::Admin]),
        ("POST", "/access/v1/evaluation".into(), question.to_string(), &[Scope::Check]),
        ("POST", format!("/as/sharing/{TENANT}/share"), json!({ "object_ids": [FILM] }).to_string(), &[Scope::Grants]),
        ("POST", "/api/purge/".into(), "{}".into(), &[Scope::Admin]),
    ]
}

/// CVE-2026-72828: a key with one scope tries every call that needs another one.
fn a_key_does_nothing_beyond_its_scopes(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let all = [Scope::Requests, Scope::ActAs, Scope::Resources, Scope::Grants, Scope::Check, Scope::Directory, Scope::Admin];
    let keys: Vec<_> = all.iter().map(|scope| (*scope, siege.site().key(None, &[*scope], &[]).1)).collect();
    let (_, none) = siege.site().key(None, &[], &[]);
    let before = siege.state();
    let (mut refused, mut allowed) = (0, 0);
    for (method, path, body, scopes) in calls(&siege) {
        for (scope, key) in keys.iter().filter(|(scope, _)| !scopes.contains(scope)) {
            let answer = siege.site().send(key, method, &path, &body);
            assert!(matches!(answer.status, 401 | 403 | 404), "{scope:?} {method} {path}: {answer}");
            refused += 1;
        }
        let answer = siege.site().send(&none, method, &path, &body);
        assert!(matches!(answer.status, 401 | 403 | 404), "no scope at all, {method} {path}: {answer}");
        allowed += scopes.len();
    }
    assert!(refused > 70 && allowed > 10, "{refused} {allowed}");
    assert_eq!(siege.state(), before);
    siege.is_clean();
}

/// Bob's own key, with every scope, gives no access to Ann's data.
fn a_persons_key_gives_no_access_to_others_data(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let all = [Scope::Requests, Scope::ActAs, Scope::Resources, Scope::Grants, Scope::Check, Scope::Directory];
    let (_, key) = siege.site().key(Some(&siege.cast.bob), &all, &[]);
    let before = siege.state();
    let given = json!({ "user_target": ANN, "user_allowed": EVE, "bundle": siege.bundle.id.0 }).to_string();
    let shared = json!({ "type": "read", "sharedWith": EVE, "sharedWithType": "user", "resourceUri": FILM, "name": "film" });
    let offered = json!({ "user_target": EVE, "user_allowed": EVE, "bundle": siege.bundle.id.0 }).to_string();
    let token = format!("/api/bundle_permission_request/{}/", siege.token);
    for (method, path, body) in [
        ("POST", "/api/bundle_permission/", given.as_str()),
        ("POST", "/api/bundle_permission_request/", offered.as_str()),
        ("POST", "/authorization/shares", &shared.to_string()),
        ("PUT", token.as_str(), ""),
        ("POST", &format!("{token}decline/"), ""),
        ("POST", &format!("/as/sharing/{TENANT}/share"), &json!({ "object_ids": [FILM] }).to_string()),
    ] {
        let answer = siege.site().send(&key, method, path, body);
        assert!((400..500).contains(&answer.status), "{method} {path}: {answer}");
    }
    assert_eq!(siege.state(), before);
    siege.is_clean();
}

/// A request that it filed with its scopes is checked again when Ann approves.
fn a_key_that_lost_its_rights_cannot_gain_access(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let (id, key) = siege.site().key(None, &[Scope::Requests, Scope::ActAs], &[]);
    let bundle = siege.fixture().bundle("Runs", &siege.cast.ann);
    let asked = json!({ "user_target": ANN, "user_allowed": EVE, "bundle": bundle.id.0 }).to_string();
    assert_eq!(siege.site().send(&key, "POST", "/api/bundle_permission_request/", &asked).status, 201);
    siege.fixture().deliver();
    let tokens = siege.fixture().tokens_for(ANN);
    // The order in her mailbox is undefined: the token that opens the new request.
    let about_runs = |token: &&String| {
        let looked = siege.site().send(ANN, "GET", &format!("/api/bundle_permission_request/{token}/"), "");
        looked.status == 200 && **token != siege.token
    };
    let token = tokens.iter().find(about_runs).expect("an email about it");
    siege.fixture().sql(&format!("UPDATE api_keys SET scopes = 'check' WHERE id = {}", id.0)).unwrap();
    let yes = siege.site().send(ANN, "PUT", &format!("/api/bundle_permission_request/{token}/"), "");
    assert!((400..500).contains(&yes.status), "{yes}");
    let grants = format!("bundle_id = {} AND revoked_at IS NULL", bundle.id.0);
    assert_eq!(siege.fixture().count("grants", &grants), 0);
    siege.is_clean();
}
