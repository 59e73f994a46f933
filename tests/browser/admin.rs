//! Every page of the administrators in Chromium: accessible by axe-core's rules in both colour schemes, on a phone and a
//! desktop, no wider than 320 pixels.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::run;
use super::states::{judge, session};
use crate::pages::admin::{ROOMY, Town};
use crate::support::fixture::{Fixture, Kind};
use crate::support::http::Site;

#[test]
fn every_admin_page_is_accessible_at_every_width() {
    let mut town = Town::new(&Fixture::new(Kind::Sqlite));
    // Data for the charts: some days of requests and decisions.
    for day in 0..9_usize {
        town.fixture.pass(TimeDelta::days(1));
        for n in 0..=(day * 5) % 7 {
            let bundle = town.fixture.bundle(&format!("Resting pulse {day}.{n}"), &town.ann);
            let (_, token) = town.fixture.asked_by_mail(&bundle, &town.ann, &town.bob);
            town.fixture.pass(TimeDelta::minutes(40 * i64::try_from(n).unwrap()));
            match n % 4 {
                0 | 1 => drop(town.fixture.redeem(&town.ann, &token).unwrap()),
                2 => drop(town.fixture.decline(&town.ann, &token, None).unwrap()),
                _ => {}
            }
        }
    }
    town.fixture.sweep();
    // One that is pending, and one whose email was not delivered.
    town.waiting = town.fixture.asked(&town.fixture.bundle("Resting pulse, all of last year", &town.ann), &town.ann, &town.bob);
    let lost = town.fixture.asked(&town.fixture.bundle("Walks", &town.ann), &town.ann, &town.bob);
    town.fixture.deliver();
    town.fixture.sql(&format!("UPDATE requests SET mail_state = 'bounced' WHERE id = {}", lost.id)).unwrap();
    let site = Site::with(&town.fixture, ROOMY);
    let cookies = json!({ "countersign": session(&site.fixture, &town.root) });
    let mut states: Vec<(String, String, Value)> = Vec::new();
    for (name, path, heading) in town.pages() {
        // The heading of a row's page includes its state.
        states.push((name.to_owned(), heading, json!({ "name": name, "path": path, "cookies": cookies })));
    }
    let mut step = |name: &str, heading: &str, path: &str, steps: Value| {
        let plan = json!({ "name": name, "path": path, "cookies": cookies, "steps": steps });
        states.push((name.to_owned(), heading.to_owned(), plan));
    };
    step(
        "verified",
        "Verify the audit log",
        "/admin/audit",
        json!([{ "open": "Verify the audit log" }, { "press": "Verify audit log" }]),
    );
    step("purge-odd", "Purge", "/admin/purge?days=x", json!([]));
    step("not-there", "Page not found", "/admin/grants/999", json!([]));
    let out = concat!(env!("CARGO_MANIFEST_DIR"), "/target/screenshots-admin");
    let url = format!("http://{}", site.address);
    let look = |states: &[(String, String, Value)], out: &str| {
        let plans: Vec<&Value> = states.iter().map(|(_, _, plan)| plan).collect();
        run("look.js", &json!({ "url": url, "out": out, "states": plans }))
    };
    let mut saw = look(&states, out);
    // The state is beside the heading.
    for (name, heading, _) in &states {
        let there = saw["seen"][name]["heading"].as_str().unwrap().to_owned();
        if there.starts_with(heading.as_str()) {
            saw["seen"][name]["heading"] = heading.as_str().into();
        }
    }
    judge(&saw, states.iter().map(|(name, heading, _)| (name.as_str(), heading.as_str())));
    assert!(states.len() > 35, "{}", states.len());

    for (locale, heading) in [("de", "Übersicht"), ("fr", "Vue d’ensemble")] {
        site.fixture
            .sql(&format!("UPDATE users SET locale = '{locale}', is_language_chosen = TRUE WHERE id = {}", town.root.id))
            .unwrap();
        let plan = |name: &str, path: &str| json!({ "name": format!("{name}-{locale}"), "path": path, "cookies": cookies });
        let translated = [
            (format!("overview-{locale}"), heading.to_owned(), plan("overview", "/admin")),
            (
                format!("work-{locale}"),
                if locale == "de" { "Protokoll prüfen" } else { "Vérifier le journal d’audit" }.to_owned(),
                plan("work", "/admin/work/verify"),
            ),
        ];
        let saw = look(&translated, &format!("{out}-{locale}"));
        judge(&saw, translated.iter().map(|(name, heading, _)| (name.as_str(), heading.as_str())));
    }
}
