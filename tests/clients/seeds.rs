//! The calls and samples of the documents from which these APIs were made, sent by curl. The answers have every member of the
//! samples, with the same type. Only names of the original's machine and people are replaced.

use std::process::Command;

use serde_json::{Value, json};

use super::stage::{PASSWORD, Stage, finish};
use crate::support::fixture::{Fixture, on_both};
use crate::support::wait_until;

on_both![filrs_example_calls_are_answered, hexoskins_example_loop_completes, the_sas_examples_are_accepted_and_returned];

/// The result of curl.
struct Got {
    status: String,
    body: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }
}

/// Runs a line, split at blanks, with `more` appended.
fn curl(line: &str, more: &[&str]) -> Got {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap());
    command.args(["--silent", "--show-error", "--max-time", "30", "--write-out", "\n%{http_code}"]).args(words).args(more);
    let said = finish(command);
    assert!(said.is_success, "{line}: {}", said.err);
    let (body, status) = said.out.rsplit_once('\n').unwrap();
    Got { status: status.to_owned(), body: body.to_owned() }
}

/// Checks that `ours` has each member of `sample`, with the same type; each element of our lists has the members of the
/// sample's first element.
fn has_all(sample: &Value, ours: &Value, place: &str) {
    match (sample, ours) {
        (Value::Object(sample), Value::Object(ours)) => {
            for (name, value) in sample {
                let inner = format!("{place}.{name}");
                has_all(value, ours.get(name).unwrap_or_else(|| panic!("{inner} is missing")), &inner);
            }
        }
        (Value::Array(sample), Value::Array(ours)) => {
            assert!(!ours.is_empty(), "{place} is empty");
            for ours in ours {
                has_all(&sample[0], ours, place);
            }
        }
        _ => assert_eq!(std::mem::discriminant(sample), std::mem::discriminant(ours), "{place}: {sample} and {ours}"),
    }
}

fn filrs_example_calls_are_answered(fixture: &Fixture) {
    let stage = Stage::set(fixture, &[("COUNTERSIGN__SHARES__OPEN_CLAIM", "true")]);
    stage.user("admin@example.org", &["--admin"]);
    let sharer = stage.user("ann@example.org", &[])["id"].as_i64().unwrap();
    let recipient = stage.add(&["user", "add", "siguat@example.org", "--external"])["id"].as_i64().unwrap();
    let given = |uri: &str, kind: &str, with: &str| {
        let share = json!({ "type": "read", "sharedWith": with, "sharedWithType": kind, "resourceUri": uri });
        let got = post_as("ann", &format!("curl {}/authorization/shares", stage.daemon.url), &share.to_string());
        assert_eq!(got.status, "201", "{}", got.body);
    };
    given("/entries/10", "user", "siguat@example.org");
    given("/entries/11", "everyone", "everyone");

    // From "2.8 Shares" of the seed.
    let line = |rest: &str| curl_as("admin", &format!("curl -k {}/rest/admin/shares{rest}", stage.daemon.url));
    let sample = json!({
        "first": 0, "count": 1, "total": 1,
        "items": [{
            "id": 1, "comment": "",
            "sharer": { "id": 20, "href": "/users/20" },
            "recipient": { "id": 140, "type": "external_user", "href": "/users/140", "email": "siguat@example.org" },
            "role": "VIEWER",
            "access": {
                "role": "VIEWER",
                "sharing": {
                    "internal": false, "external": false, "public": false, "public_link": false, "grant_reshare": false
                }
            },
            "href": "/admin/shares/1",
            "sharing_date": "2015-12-22T17:31:12Z",
            "shared_entity": { "id": 10, "type": "folderEntry", "href": "/folder_entries/10" },
            "can_share": false
        }]
    });
    assert_eq!(line("").json()["total"], 2);
    assert_eq!(line(&format!("?shared_by={sharer}")).json()["total"], 2);
    let with = line(&format!("?shared_with={recipient}")).json();
    has_all(&sample, &with, "shares");
    assert_eq!((&with["total"], &with["items"][0]["recipient"]["type"]), (&1.into(), &"external_user".into()));
    let public = line("/public").json();
    assert_eq!((&public["total"], &public["items"][0]["recipient"]), (&1.into(), &json!({ "type": "public" })));
    let deleted = line(&format!("/{} -X DELETE", with["items"][0]["id"]));
    assert_eq!((deleted.status.as_str(), deleted.body.as_str()), ("204", ""));
    assert_eq!(line("").json()["total"], 1);
}

fn hexoskins_example_loop_completes(fixture: &Fixture) {
    let stage = Stage::set(fixture, &[]);
    let target = stage.user("bob@example.org", &[])["resource_uri"].as_str().unwrap().to_owned();
    let allowed = stage.user("ann@example.org", &[])["resource_uri"].as_str().unwrap().to_owned();
    let bundle = stage.add(&["bundle", "add", "coach"])["resource_uri"].as_str().unwrap().to_owned();
    let requests = format!("{}/api/bundle_permission_request/", stage.daemon.url);
    let body = json!({ "user_target": target, "user_allowed": allowed, "bundle": bundle }).to_string();
    let filed = post_as("ann", &format!("curl -X POST {requests}"), &body);
    assert_eq!(filed.status, "201", "{}", filed.body);
    let user =
        json!({ "id": 1, "email": "", "username": "", "first_name": "", "last_name": "", "profile": null, "resource_uri": "" });
    let sample = json!({
        "bundle": { "id": 1, "name": "", "resource_uri": "" }, "redeem_url": null, "resource_uri": "", "ttl": 1,
        "user_allowed": user, "user_target": user
    });
    has_all(&sample, &filed.json(), "request");

    let token = wait_until("the email", || {
        let emails: Value = curl(&format!("curl {}/mailbox.json", stage.daemon.url), &[]).json();
        let text = emails.as_array().unwrap().iter().find(|email| email["to"] == "bob@example.org")?["text"].to_string();
        crate::support::fixture::token_in(&text)
    });
    let location = format!("{requests}{token}/");
    let listed = curl_as("bob", &format!("curl {requests}")).json();
    has_all(
        &json!({ "meta": { "limit": 1, "next": null, "offset": 0, "previous": null, "total_count": 1 }, "objects": [sample] }),
        &listed,
        "list",
    );
    has_all(&sample, &curl_as("bob", &format!("curl {location}")).json(), "token");
    assert_eq!(curl_as("ann", &format!("curl -X PUT {location}")).status, "403", "only user_target may");
    assert_eq!(curl_as("bob", &format!("curl -X PUT {location}")).status, "200");
    assert_eq!(curl_as("bob", &format!("curl -X PUT {location}")).status, "410", "the token is single-use");
    // A pending one is deleted by its resource_uri.
    let body = json!({ "user_target": allowed, "user_allowed": target, "bundle": bundle }).to_string();
    let other = post_as("bob", &format!("curl -X POST {requests}"), &body).json();
    let uri = other["resource_uri"].as_str().unwrap();
    assert_eq!(curl_as("bob", &format!("curl -X DELETE {}{uri}", stage.daemon.url)).status, "204");
}

fn the_sas_examples_are_accepted_and_returned(fixture: &Fixture) {
    let stage = Stage::set(fixture, &[("COUNTERSIGN__SHARES__OPEN_CLAIM", "true")]);
    for name in ["currentUser", "testUser"] {
        stage.add(&["user", "add", &format!("{name}@example.org"), "--username", name, "--password-stdin"]);
    }
    // The sample of the request and of the answer are the same in the seed.
    let href = "/authorization/shares/3288b305-981f-4b8d-b440-0911eabc3fac";
    let kind = "application/vnd.sas.authorization.share";
    let sample = json!({
        "type": "read", "sharedWith": "testUser", "sharedWithType": "user", "sharedBy": "currentUser",
        "resourceUri": "/files/files/4288b305-981f-4b8d-b440-0911eabe3faf", "name": "test file", "enabled": true, "version": 3,
        "links": [
            { "method": "GET", "rel": "self", "href": href, "uri": href, "type": kind },
            { "method": "PUT", "rel": "update", "href": href, "uri": href, "type": kind, "responseType": kind },
            { "method": "DELETE", "rel": "delete", "href": href, "uri": href }
        ],
        "id": "3288b305-981f-4b8d-b440-0911eabc3fac",
        "modifiedTimestamp": "2016-08-27T04:09:42.150Z", "createdTimestamp": "2016-08-27T04:09:42.150Z",
        "createdBy": "currentUser", "modifiedBy": "currentUser"
    });
    let shares = format!("curl {}/authorization/shares", stage.daemon.url);
    let made = post_as("currentUser", &shares, &sample.to_string());
    assert_eq!(made.status, "201", "{}", made.body);
    let made = made.json();
    for name in ["type", "sharedWith", "sharedWithType", "sharedBy", "resourceUri", "name", "enabled", "version", "createdBy"] {
        assert_eq!(made[name], sample[name], "{name}");
    }
    assert_ne!(made["id"], sample["id"], "the instance assigns the id");
    let links = made["links"].as_array().unwrap();
    for link in sample["links"].as_array().unwrap() {
        let ours = links.iter().find(|ours| ours["rel"] == link["rel"]).unwrap();
        has_all(link, ours, "link");
        assert_eq!((&ours["method"], &ours["type"]), (&link["method"], &link["type"]));
    }
    let mut without_links = sample.clone();
    without_links["links"] = json!([{ "method": "", "rel": "", "href": "", "uri": "" }]);
    has_all(&json!({ "value": [without_links] }), &curl_as("currentUser", &shares).json(), "shares");
}

fn curl_as(who: &str, line: &str) -> Got {
    curl(line, &["-u", &format!("{who}:{PASSWORD}")])
}

fn post_as(who: &str, line: &str, body: &str) -> Got {
    curl(line, &["-u", &format!("{who}:{PASSWORD}"), "-H", "Content-Type: application/json", "-d", body])
}
