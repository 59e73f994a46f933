//! A thorough mail scanner: opens the link in a browser that runs scripts, and clicks every link. Nothing changes.

use serde_json::json;

use super::run;
use crate::support::fixture::{Fixture, Kind};
use crate::support::http::Site;

/// All rows, except the time of a session's last use.
fn kept(fixture: &Fixture) -> Vec<(&'static str, usize)> {
    ["requests", "grants", "audit", "outbox", "tokens", "sessions", "sign_in_codes", "cooldowns", "budgets", "blocks"]
        .into_iter()
        .map(|table| (table, fixture.count(table, "1 = 1")))
        .chain(["pending", "approved", "declined"].map(|state| (state, fixture.count("requests", &format!("state = '{state}'")))))
        .chain([("live", fixture.count("grants", "revoked_at IS NULL"))])
        .collect()
}

#[test]
fn a_browser_that_clicks_every_link_changes_nothing() {
    let site = Site::new(&Fixture::new(Kind::Sqlite));
    let fixture = &site.fixture;
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let asked = |name: &str| fixture.asked_by_mail(&fixture.bundle(name, &ann), &ann, &bob).1;
    let (pending, approved, declined) = (asked("Sleep data"), asked("Food diary"), asked("Steps"));
    fixture.redeem(&ann, &approved).unwrap();
    fixture.decline(&ann, &declined, None).unwrap();
    fixture.deliver();
    let session = super::states::session(fixture, &ann);
    let before = kept(fixture);
    let starts: Vec<String> = [&pending, &approved, &declined].iter().map(|token| format!("/redeem?token={token}")).collect();
    for (cookies, reached) in [(json!({}), "/sign-in"), (json!({ "countersign": session }), "/inbox/export/asked-of-you.csv")] {
        let plan = json!({ "url": format!("http://{}", site.address), "starts": starts, "cookies": cookies });
        let saw = run("scanner.js", &plan);
        assert!(saw["clicked"].as_u64() > Some(3), "{saw}");
        assert!(saw["pages"].as_array().unwrap().contains(&reached.into()), "{reached}: {saw}");
        assert!(saw["buttons"].as_u64() > Some(0), "there were buttons to press: {saw}");
        assert_eq!(kept(fixture), before, "{saw}");
    }
    assert_eq!(fixture.deliver(), 0);
    let request = fixture.check(&ann, &pending).unwrap().request.id;
    assert_eq!(fixture.state(request), "pending");
}
