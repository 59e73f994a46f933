//! SAS's published Python client.

use serde_json::json;

use super::stage::{Client, PASSWORD, Stage};
use crate::support::fixture::{Fixture, on_both};

/// More than two pages of 50, and not a whole number of pages.
const MANY: usize = 120;

on_both![sasctl_shares_lists_changes_and_deletes];

fn sasctl_shares_lists_changes_and_deletes(fixture: &Fixture) {
    let stage = Stage::set(fixture, &[("COUNTERSIGN__SHARES__OPEN_CLAIM", "true")]);
    for email in ["bob@example.org", "carol@example.org", "eve@example.org"] {
        stage.user(email, &[]);
    }
    stage.add(&["resource", "add", "/files/files/eves", "--owner", "eve@example.org"]);
    let saw = stage.run(
        Client::Sasctl,
        &[
            ("SAS_USER", "bob"),
            ("SAS_PASSWORD", PASSWORD),
            ("SHARED_WITH", "carol"),
            ("FOREIGN", "/files/files/eves"),
            ("MANY", &MANY.to_string()),
        ],
    );

    assert_eq!(saw["wrong_password"]["raised"], "AuthenticationError", "{}", saw["wrong_password"]);
    assert_eq!((&saw["is_available"], &saw["empty"]), (&json!(true), &json!([])));
    let made = &saw["created"];
    let shown = json!([made["type"], made["sharedWith"], made["sharedWithType"], made["sharedBy"], made["resourceUri"]]);
    assert_eq!(shown, json!(["read", "carol", "user", "bob", "/files/files/0"]));
    let shown = json!([made["name"], made["enabled"], made["version"], made["createdBy"], made["modifiedBy"]]);
    assert_eq!(shown, json!(["share 0", true, 3, "bob", "bob"]));
    assert_eq!((&saw["created_is_object"], &saw["only_one"]), (&json!(true), &json!([made["id"]])));

    // The client fetches pages concurrently, even beyond the end.
    let names: Vec<String> = (0..MANY).map(|number| format!("share {number}")).collect();
    assert_eq!((&saw["length_before"], &saw["names"]), (&json!(MANY), &json!(names)));
    assert_eq!((&saw["last"], &saw["clamped"]), (&json!("share 119"), &json!(MANY)));
    assert_eq!(saw["past_the_end"]["raised"], "IndexError", "{}", saw["past_the_end"]);

    assert_eq!(saw["by_name"], "share 7");
    let without_a_one: Vec<String> = [7, 27, 37, 47, 57, 67, 77, 87, 97].iter().map(|n| format!("share {n}")).collect();
    assert_eq!(saw["filtered"], json!(without_a_one));
    assert_eq!(saw["sorted"], json!(["share 99", "share 98", "share 97"]));
    assert_eq!(saw["bad_filter"], json!({ "raised": "HTTPError", "code": 400 }));
    assert_eq!(saw["foreign"], json!({ "raised": "HTTPError", "code": 403 }));

    assert_eq!((&saw["updated"]["type"], &saw["updated"]["id"]), (&json!("readEdit"), &made["id"]));
    assert_eq!(saw["new_tag"], true);
    assert_eq!(saw["stale"], json!({ "raised": "HTTPError", "code": 412 }));
    assert_eq!(saw["without_tag"], json!({ "raised": "HTTPError", "code": 428 }));

    assert_eq!((&saw["deleted"], &saw["after_delete"]), (&json!({ "value": null }), &json!({ "value": null })));
    assert_eq!(saw["deleted_again"], json!({ "raised": "HTTPError", "code": 404 }));
    assert_eq!(saw["left"], json!(MANY - 1));
}
