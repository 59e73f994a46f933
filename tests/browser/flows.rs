//! Every flow, on a phone and a desktop, light and dark, with and without scripts, against a daemon that sends its emails.

use serde_json::{Value, json};

use super::run;
use crate::clients::stage::Stage;
use crate::support::fixture::{Fixture, Kind};

#[test]
fn every_flow_completes_in_every_browser() {
    let fixture = Fixture::new(Kind::Sqlite);
    let stage = Stage::set(&fixture, &[]);
    let key = stage.add(&["key", "add", "App", "--scope", "requests", "--scope", "act-as"]);
    let mut variants = Vec::new();
    for (name, is_phone, has_scripts, scheme) in [
        ("phone-scripts-light", true, true, "light"),
        ("phone-plain-dark", true, false, "dark"),
        ("desktop-scripts-dark", false, true, "dark"),
        ("desktop-plain-light", false, false, "light"),
    ] {
        let person = |first: &str| {
            let email = format!("{first}.{name}@example.org").to_lowercase();
            let added = stage.add(&["user", "add", &email, "--first-name", first]);
            json!({ "email": email, "name": first, "uri": added["resource_uri"] })
        };
        let (approver, requester) = (person("Ann"), person("Bob"));
        let owner = approver["email"].as_str().unwrap();
        let bundle = |n: usize| stage.add(&["bundle", "add", &format!("{name} {n}"), "--owner", owner, "--level", "edit"]);
        let bundles: Vec<Value> = (0..6).map(|n| bundle(n)["resource_uri"].clone()).collect();
        variants.push(json!({
            "name": name, "isPhone": is_phone, "hasScripts": has_scripts, "scheme": scheme,
            "who": { "decider": approver, "asker": requester, "bundles": bundles },
        }));
    }
    let key = format!("Bearer {}", key["key"].as_str().unwrap());
    let done = run("flows.js", &json!({ "url": stage.daemon.url, "key": key, "variants": variants }));
    assert_eq!(done.as_array().unwrap().len(), 4);
    assert_eq!(fixture.count("requests", "state = 'pending'"), 0);
    assert_eq!(fixture.count("blocks", "1 = 1"), 0);
}
