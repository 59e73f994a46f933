//! One recipient is one person: no list, no object, no look-alike instead.

use serde_json::{Value, json};

use super::{ANN, BOB, EVE, Siege};
use crate::api::eluvio::{FILM, TENANT};
use crate::support::fixture::{Fixture, on_both};

on_both![a_list_of_addresses_names_nobody, a_look_alike_address_is_another_person];

/// Values of an attacker where one name belongs (CVE-2023-7028).
fn in_place_of_one() -> Vec<Value> {
    vec![
        json!([ANN, EVE]),
        json!([ANN]),
        json!({ "email": ANN, "cc": EVE }),
        json!({ "0": ANN, "1": EVE }),
        json!(format!("{ANN},{EVE}")),
        json!(format!("{ANN};{EVE}")),
        json!(format!("{ANN} {EVE}")),
        json!(format!("{ANN}\n{EVE}")),
        json!(format!("{ANN}\r\nBcc: {EVE}")),
        json!(format!("{ANN}%0a{EVE}")),
        json!(format!("{ANN}\u{0}{EVE}")),
        json!(format!("<{ANN}> {EVE}")),
        json!(format!("\"{ANN}\"@x.org")),
        json!(true),
        json!(null),
        json!(1.5),
    ]
}

fn a_list_of_addresses_names_nobody(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let before = siege.state();
    for name in in_place_of_one() {
        let filed = json!({ "user_target": name, "user_allowed": BOB, "bundle": siege.bundle.id.0 });
        let gained = json!({ "user_target": ANN, "user_allowed": name, "bundle": siege.bundle.id.0 });
        let given = json!({ "user_target": ANN, "user_allowed": name, "bundle": siege.bundle.id.0 });
        let shared = json!({ "type": "read", "sharedWith": name, "sharedWithType": "user", "resourceUri": FILM, "name": "f" });
        let public = json!({ "object_ids": [FILM], "email": name });
        let subject = json!({
            "subject": { "type": "user", "id": name }, "action": { "name": "view" }, "resource": { "type": "bundle", "id": "1" }
        });
        let tenant = format!("/as/sharing/{TENANT}/share");
        let ann = siege.cast.ann();
        for (who, path, body) in [
            (BOB, "/api/bundle_permission_request/", &filed),
            (BOB, "/api/bundle_permission_request/", &gained),
            (ANN, "/api/bundle_permission/", &given),
            (ANN, "/authorization/shares", &shared),
            (siege.key.as_str(), "/access/v1/evaluation", &subject),
            (ann.as_str(), tenant.as_str(), &public),
        ] {
            let answer = siege.site().send(who, "POST", path, &body.to_string());
            // AuthZEN denies an unknown name; Eluvio has no such member.
            let is_no = path.starts_with("/access") && answer.status == 200 && answer.json()["decision"] == false;
            let is_passed_over = path == tenant && answer.status == 200;
            assert!((400..500).contains(&answer.status) || is_no || is_passed_over, "{path} {body}: {answer}");
        }
    }
    // Only Eluvio's shares, which name nobody, may be new.
    let without = |state: Vec<String>| {
        state.into_iter().filter(|line| line.starts_with("requests") || line.starts_with("users") || line.starts_with("tokens"))
    };
    assert!(without(siege.state()).eq(without(before)), "{:?}", siege.state());
    siege.is_clean();
}

/// A look-alike of Ann is not Ann (CVE-2019-19844), and another spelling of her address is.
fn a_look_alike_address_is_another_person(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let file = |name: &str| {
        let body = json!({ "user_target": name, "user_allowed": BOB, "bundle": siege.bundle.id.0 });
        siege.site().send(BOB, "POST", "/api/bundle_permission_request/", &body.to_string())
    };
    for same in ["ANN@X.ORG", " ann@x.org ", "Ann@x.ORG"] {
        let answer = file(same);
        assert_eq!(answer.status, 200, "{same}: the one that waits: {answer}");
    }
    for other in ["аnn@x.org", "ann@х.org", "ann@x.org.evil.example", "ann+1@x.org", "a.nn@x.org", "ann@x.orɡ", "ﬁnn@x.org"]
    {
        let answer = file(other);
        assert!((400..500).contains(&answer.status), "{other} is not Ann, and it is not theirs: {answer}");
    }
    assert_eq!(siege.fixture().tokens_for(ANN).len(), 2, "she had two emails and gets no more");
    siege.fixture().deliver();
    let strangers = siege.fixture().mailbox.list().into_iter().filter(|email| email.to != ANN && email.to != BOB).count();
    assert_eq!(strangers, 0, "nobody else is written to");
    siege.is_clean();
}
