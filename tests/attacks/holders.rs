//! A grantee cannot widen or prolong access, and the grantor sees it and can revoke it, however it was given.

use serde_json::{Value, json};

use super::{ANN, BOB, EVE, ROOT, Siege};
use crate::api::eluvio::{FILM, TENANT};
use crate::support::fixture::{Fixture, on_both};

on_both![a_grantee_cannot_widen_access, everything_given_is_listed_for_its_grantor_who_can_revoke_it];

/// Nextcloud 2019-002 and 2020-012; Grafana CVE-2022-39306.
fn a_grantee_cannot_widen_access(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let before = siege.state();
    let sas = format!("/authorization/shares/{}", siege.sas_share);
    let wider = |change: &Value| {
        let mut body =
            json!({ "type": "read", "sharedWith": BOB, "sharedWithType": "user", "resourceUri": FILM, "name": "film" });
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        body.to_string()
    };
    let star = [("If-Match", "*"), ("Content-Type", "application/json")];
    for change in [
        json!({ "type": "readEdit" }),
        json!({ "type": "readEditShare" }),
        json!({ "sharedWith": EVE }),
        json!({ "expirationTimestamp": "2036-01-01T00:00:00.000Z" }),
        json!({ "sharedBy": BOB, "createdBy": BOB }),
    ] {
        for who in [BOB, EVE] {
            let answer = siege.site().send_with(who, "PUT", &sas, &star, &wider(&change));
            assert!(matches!(answer.status, 400 | 403 | 404), "{who} {change}: {answer}");
        }
        // Bob may not share on without that right, by any API.
        let shared = siege.site().send(BOB, "POST", "/authorization/shares", &wider(&change));
        assert!(matches!(shared.status, 400 | 403 | 404), "{change}: {shared}");
    }
    let hexoskin = json!({ "user_target": ANN, "user_allowed": EVE, "bundle": siege.bundle.id.0 });
    for who in [BOB, EVE] {
        let given = siege.site().send(who, "POST", "/api/bundle_permission/", &hexoskin.to_string());
        assert!((400..500).contains(&given.status), "{who}: {given}");
    }
    // Eluvio: the code gives what was shared, and its holder cannot change it.
    let bob = siege.cast.bearer_of_bob();
    for (end, body) in
        [("", json!({ "end_time": 4_000_000_000_000_i64 })), ("", json!({ "object_ids": [FILM] })), ("/revoke", json!({}))]
    {
        let path = format!("/as/sharing/{TENANT}/share/{}{end}", siege.code);
        let answer = siege.site().send(&bob, "PUT", &path, &body.to_string());
        assert!((400..500).contains(&answer.status), "{path} {body}: {answer}");
    }
    // Filr's list is for the admin.
    for who in [BOB, EVE] {
        let answer = siege.site().send(who, "DELETE", &format!("/rest/admin/shares/{}", siege.permission), "");
        assert!(matches!(answer.status, 401 | 403 | 404), "{who}: {answer}");
    }
    assert_eq!(siege.state(), before);
    siege.is_clean();
}

/// CVE-2026-45285: access that is not listed cannot be revoked.
fn everything_given_is_listed_for_its_grantor_who_can_revoke_it(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let site = siege.site();
    assert_eq!(site.send(ANN, "PUT", &format!("/api/bundle_permission_request/{}/", siege.token), "").status, 200);
    let shares = site.send(ROOT, "GET", "/rest/admin/shares", "").json();
    let admin_sees = shares["items"].as_array().unwrap().len();
    let live = siege.fixture().count("grants", "revoked_at IS NULL AND is_enabled");
    assert_eq!(admin_sees, live, "Filr's admin sees each of them: {shares}");
    let sas = site.send(ANN, "GET", "/authorization/shares?limit=100", "").json();
    // A link names nobody, and exists only on Eluvio's API.
    let named = format!("grantor_id = {} AND revoked_at IS NULL AND grantee_kind <> 'public_link'", siege.cast.ann.id.0);
    let of_ann = siege.fixture().count("grants", &named);
    assert_eq!(sas["count"], of_ann, "Ann sees each of hers on SAS: {sas}");
    let permissions = site.send(ANN, "GET", "/api/bundle_permission/", "").json();
    let bundles = siege.fixture().count("grants", "bundle_id IS NOT NULL AND revoked_at IS NULL");
    assert_eq!(permissions["objects"].as_array().unwrap().len(), bundles, "and those of bundles on Hexoskin: {permissions}");
    for item in sas["items"].as_array().unwrap() {
        let path = format!("/authorization/shares/{}", item["id"].as_str().unwrap());
        let gone = site.send_with(ANN, "DELETE", &path, &[("If-Match", "*")], "");
        assert_eq!(gone.status, 204, "{item}: {gone}");
    }
    let ann = siege.cast.ann();
    let links = site.send(&ann, "GET", &format!("/as/sharing/{TENANT}/shares"), "");
    assert!(links.body.contains(&siege.code), "{links}");
    let gone = site.send(&ann, "PUT", &format!("/as/sharing/{TENANT}/share/{}/revoke", siege.code), "");
    assert_eq!(gone.status, 200, "{gone}");
    assert_eq!(siege.fixture().count("grants", "revoked_at IS NULL AND is_enabled"), 0, "nothing hidden is left");
    let question = json!({
        "subject": { "type": "user", "id": BOB }, "action": { "name": "view" },
        "resource": { "type": "bundle", "id": siege.bundle.id.0.to_string() }
    });
    let decision = site.send(&siege.key, "POST", "/access/v1/evaluation", &question.to_string()).json();
    assert_eq!(decision["decision"], false);
    siege.is_clean();
}
