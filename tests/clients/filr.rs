//! Filr's Java client. It is in no registry, so its recorded exchanges replace it.
//!
//! Each recorded call is sent unchanged, with our people and their passwords in place of the recorded ones, and the answer is
//! checked against the client's code. The client refuses a list or a root with an unknown member, and a date in any other
//! format. It reads an error only with exactly the type `application/json`, and it deletes a listed item by that item's own
//! `href`.

use chrono::TimeDelta;
use countersign::domain::{Caller, ResourceKind};
use countersign::store::Tx;
use countersign::workflow::accounts;
use countersign::workflow::shares::{self, NewShare, Target, With};
use serde_json::Value;

use crate::support::fixture::{Fixture, on_both, person};
use crate::support::http::{Answer, PASSWORD, Site, basic};

const ADMIN: &str = "admin@example.org";
const BOB: &str = "bob@example.org";

on_both![the_recorded_client_gets_what_it_needs, below_a_path_the_recorded_client_gets_what_it_needs];

fn the_recorded_client_gets_what_it_needs(fixture: &Fixture) {
    play(&Site::new(fixture), "");
}

/// Behind nginx, which removes the path. The client puts its own `…/rest` before each `href`.
fn below_a_path_the_recorded_client_gets_what_it_needs(fixture: &Fixture) {
    let (site, _nginx) = Site::below(fixture, "/access");
    play(&site, "/access");
}

fn play(site: &Site, base: &str) {
    site.admin(ADMIN);
    let (ann, bob) = (site.user("ann@example.org"), site.user(BOB));
    let owner = ann.id;
    let add =
        move |tx: &mut Tx<'_>| accounts::add_resource(tx, &Caller::operator(), "/entry", "", ResourceKind::FolderEntry, owner);
    site.fixture.write(add).unwrap();
    // As in the recording: to an external user for 30 days, to a person, to everyone, by link.
    let ends_at = Some(site.fixture.now() + TimeDelta::days(30));
    let with = [With::Named("siguat@example.org".into()), With::User(bob.id), With::Everyone, With::PublicLink];
    let made = with.map(|with| {
        let new = NewShare {
            of: Target::Uris(vec!["/entry".into()]),
            with,
            level: countersign::domain::Level::View,
            reshare: 0,
            starts_at: None,
            ends_at,
            is_enabled: true,
            name: String::new(),
            tenant: None,
            attributes: None,
        };
        let (config, caller) = (site.fixture.config.clone(), person(&ann));
        site.fixture.write(move |tx| shares::share(tx, &config, &caller, &new)).unwrap().grant
    });
    let external = made[0].grantee.unwrap();

    let (mut counts, mut deleted) = (Vec::new(), String::new());
    for line in include_str!("filr/recording.jsonl").lines() {
        let exchange: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| exchange[name].as_str().unwrap();
        let who = match exchange["headers"]["Authorization"].as_str().unwrap() {
            "Basic YWRtaW46bm92ZWxs" => ADMIN,
            "Basic Ym9iOm5vdmVsbA==" => BOB,
            other => panic!("{other}"),
        };
        let mut path = format!("{base}{}", text("path"));
        if text("method") == "DELETE" {
            path.clone_from(&deleted);
        }
        if !text("query").is_empty() {
            let query = text("query").replace("shared_by=20", &format!("shared_by={}", ann.id));
            path = format!("{path}?{}", query.replace("shared_with=140", &format!("shared_with={external}")));
        }
        let accept = exchange["headers"]["Accept"].as_str().unwrap();
        let answer = site.send_with(&basic(who, PASSWORD), text("method"), &path, &[("Accept", accept)], text("body"));
        assert_eq!(u64::from(answer.status), exchange["status"].as_u64().unwrap(), "{line}\n{answer}");
        match (answer.status, text("path")) {
            (200, "/rest/admin") => read_root(&answer, text("response")),
            (200, _) => {
                counts.push(read_list(&answer));
                let first = &answer.json()["items"][0];
                // The recording's share 1 is the first one in the list.
                if deleted.is_empty() {
                    deleted = format!("{base}/rest{}", first["href"].as_str().unwrap());
                    read_first(first, external.0);
                }
            }
            (204, _) => assert_eq!((answer.body.as_str(), answer.header("content-type")), ("", None)),
            _ => read_error(&answer, text("response")),
        }
    }
    assert_eq!(counts, [4, 1, 1, 3, 1], "as many as were recorded");
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The root contains only links, by the names that the client looks for.
fn read_root(answer: &Answer, recorded: &str) {
    let (ours, theirs): (Value, Value) = (answer.json(), serde_json::from_str(recorded).unwrap());
    assert_eq!(ours, theirs);
}

/// The number of shares. The list is parsed as strictly as by the client.
fn read_list(answer: &Answer) -> i64 {
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    let list = answer.json();
    assert!(members(&list).iter().all(|name| ["first", "count", "total", "next", "items"].contains(name)), "{list}");
    let items = list["items"].as_array().unwrap();
    for item in items {
        read_share(item);
    }
    let count = list["count"].as_i64().unwrap();
    assert_eq!((list["first"].as_i64(), list["total"].as_i64()), (Some(0), Some(count)));
    assert_eq!(i64::try_from(items.len()).unwrap(), count);
    count
}

fn read_share(share: &Value) {
    let id = share["id"].as_i64().unwrap();
    assert_eq!(share["href"], format!("/admin/shares/{id}"));
    assert!(share["comment"].is_string() && share["can_share"].is_boolean(), "{share}");
    for (place, what) in [("/users/", &share["sharer"]), ("/folder_entries/", &share["shared_entity"])] {
        assert_eq!(what["href"], format!("{place}{}", what["id"].as_i64().unwrap()));
    }
    assert!(["folder", "folderEntry"].contains(&share["shared_entity"]["type"].as_str().unwrap()));
    for name in ["sharing_date", "expiration"] {
        let date = share[name].as_str().unwrap();
        let form: String = date.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
        assert_eq!(form, "9999-99-99T99:99:99Z", "{name}: {date}");
    }
    assert!(share["days_to_expire"].is_i64());
    let recipient = &share["recipient"];
    let kind = recipient["type"].as_str().unwrap();
    assert!(["user", "group", "external_user", "public", "public_link"].contains(&kind), "{kind}");
    assert_eq!(recipient["id"].is_i64(), !kind.starts_with("public"), "{recipient}");
    assert_eq!(recipient.get("email").is_some(), kind == "external_user", "{recipient}");
    assert!(["VIEWER", "EDITOR", "CONTRIBUTOR"].contains(&share["role"].as_str().unwrap()));
    assert_eq!(share["access"]["role"], share["role"]);
    let sharing = share["access"]["sharing"].as_object().unwrap();
    let mut rights: Vec<&str> = sharing.keys().map(String::as_str).collect();
    rights.sort_unstable();
    assert_eq!(rights, ["external", "grant_reshare", "internal", "public", "public_link"]);
    assert!(sharing.values().all(Value::is_boolean) && !share.to_string().contains("null"), "{share}");
}

/// The recording's first share, as far as the recording shows it.
fn read_first(share: &Value, external: i64) {
    let recipient = &share["recipient"];
    assert_eq!((&recipient["type"], &recipient["email"]), (&"external_user".into(), &"siguat@example.org".into()));
    assert_eq!((&recipient["id"], &recipient["href"]), (&external.into(), &format!("/users/{external}").into()));
    assert_eq!((&share["days_to_expire"], &share["role"], &share["can_share"]), (&30.into(), &"VIEWER".into(), &false.into()));
}

/// The recorded code, with a type that the client reads.
fn read_error(answer: &Answer, recorded: &str) {
    let (ours, theirs): (Value, Value) = (answer.json(), serde_json::from_str(recorded).unwrap());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(ours["code"], theirs["code"]);
    assert!(
        ours["message"].is_string() && members(&ours).iter().all(|name| ["code", "message", "data"].contains(name)),
        "{ours}"
    );
}
