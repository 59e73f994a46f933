//! SAS's published client for Node. It navigates by links.

use serde_json::{Value, json};

use super::stage::{Client, PASSWORD, Stage};
use crate::support::fixture::{Fixture, on_both};

on_both![restaf_finds_its_way_by_links];

fn restaf_finds_its_way_by_links(fixture: &Fixture) {
    let stage = Stage::set(fixture, &[("COUNTERSIGN__SHARES__OPEN_CLAIM", "true")]);
    for email in ["bob@example.org", "carol@example.org", "eve@example.org"] {
        stage.user(email, &[]);
    }
    stage.add(&["resource", "add", "/files/files/eves", "--owner", "eve@example.org"]);
    let saw = stage.run(
        Client::Restaf,
        &[("SAS_USER", "bob"), ("SAS_PASSWORD", PASSWORD), ("SHARED_WITH", "carol"), ("FOREIGN", "/files/files/eves")],
    );

    assert!(saw["wrongPassword"]["error"].is_object(), "{}", saw["wrongPassword"]);
    assert!(saw["logon"].get("error").is_none(), "{}", saw["logon"]);
    assert!(has_all(&saw["rels"], &["shares", "createShare"]), "{}", saw["rels"]);
    assert_eq!(saw["empty"], json!([]));
    let created: Vec<Value> =
        saw["created"].as_array().unwrap().iter().map(|share| json!([share["name"], share["type"], share["sharedBy"]])).collect();
    assert_eq!(json!(created), json!([["one", "readShare", "bob"], ["two", "readShare", "bob"], ["three", "readShare", "bob"]]));
    assert_eq!(saw["foreign"]["error"]["status"], 403, "{}", saw["foreign"]);

    let pages = saw["pages"].as_array().unwrap();
    let names: Vec<Vec<&Value>> =
        pages.iter().map(|page| page["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect()).collect();
    assert_eq!(names, [vec!["one", "two"], vec!["three"]]);
    assert!(has_all(&pages[0]["scroll"], &["next"]) && !has_all(&pages[1]["scroll"], &["next"]), "{pages:?}");
    assert!(has_all(&pages[0]["rels"][0], &["self", "update", "delete"]), "{}", pages[0]["rels"]);

    assert_eq!((&saw["self"]["name"], &saw["self"]["id"]), (&json!("one"), &saw["created"][0]["id"]));
    assert_eq!(saw["deleted"], json!({ "value": 204 }));
    assert_eq!(saw["selfOfDeleted"]["error"]["status"], 404, "{}", saw["selfOfDeleted"]);
    assert_eq!(saw["badFilter"]["error"]["status"], 400, "{}", saw["badFilter"]);
    assert_eq!(saw["left"], 2);
}

fn has_all(list: &Value, words: &[&str]) -> bool {
    words.iter().all(|word| list.as_array().unwrap().iter().any(|found| found == word))
}
