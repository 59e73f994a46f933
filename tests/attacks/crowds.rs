//! Concurrent calls over two daemons: no call runs as another caller, and a revocation on one daemon takes effect on the other.

use std::sync::Barrier;

use serde_json::json;

use super::{ANN, BOB, EVE, ROOT, Siege};
use crate::support::fixture::{Fixture, on_both};
use crate::support::http::Site;

on_both![under_load_nobody_is_authenticated_as_another, a_revocation_on_one_daemon_takes_effect_on_the_other];

/// Grafana CVE-2022-39328: the context of one request in another.
fn under_load_nobody_is_authenticated_as_another(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let (people, rounds) = ([ANN, BOB, EVE, ROOT], 30);
    let start = Barrier::new(people.len() * 2);
    std::thread::scope(|scope| {
        for who in people.iter().chain(&people) {
            let (site, start) = (siege.site(), &start);
            scope.spawn(move || {
                start.wait();
                for round in 0..rounds {
                    let answer = site.send(who, "GET", "/api/account/", "");
                    assert_eq!(answer.status, 200, "{answer}");
                    assert!(answer.body.contains(who), "{who} in round {round}: {answer}");
                    let others = people.iter().filter(|other| **other != *who);
                    assert!(others.clone().all(|other| !answer.body.contains(*other)), "{who}: {answer}");
                }
            });
        }
    });
    siege.is_clean();
}

/// From the answer on, at once: no daemon caches it.
fn a_revocation_on_one_daemon_takes_effect_on_the_other(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let other = Site::new(siege.fixture());
    let question = |bundle: i64| {
        json!({
            "subject": { "type": "user", "id": BOB }, "action": { "name": "view" },
            "resource": { "type": "bundle", "id": bundle.to_string() }
        })
        .to_string()
    };
    let ask = |site: &Site, bundle: i64| {
        site.send(&siege.key, "POST", "/access/v1/evaluation", &question(bundle)).json()["decision"] == true
    };
    for round in 0..12 {
        let bundle = siege.fixture().bundle(&format!("Heart {round}"), &siege.cast.ann);
        let given = json!({ "user_target": ANN, "user_allowed": BOB, "bundle": bundle.id.0 }).to_string();
        let given = siege.site().send(ANN, "POST", "/api/bundle_permission/", &given);
        assert_eq!(given.status, 201, "{given}");
        assert!(ask(&other, bundle.id.0) && ask(siege.site(), bundle.id.0), "given here, good there");
        let path = given.json()["resource_uri"].as_str().unwrap().to_owned();
        let (here, there) = if round % 2 == 0 { (siege.site(), &other) } else { (&other, siege.site()) };
        assert_eq!(here.send(ANN, "DELETE", &path, "").status, 204);
        assert!(!ask(there, bundle.id.0) && !ask(here, bundle.id.0), "taken back here, gone there");
    }
    siege.is_clean();
}
