//! What a thorough scanner does with a link: opens it in a browser that runs scripts, and clicks every link. Nothing changes.

use serde_json::json;

use super::run;
use crate::support::house::{House, Kind};
use crate::support::http::Site;

/// All that is kept, but for when a session was seen.
fn kept(house: &House) -> Vec<(&'static str, usize)> {
    ["requests", "grants", "audit", "outbox", "tokens", "sessions", "sign_in_codes", "cooldowns", "budgets", "blocks"]
        .into_iter()
        .map(|table| (table, house.count(table, "1 = 1")))
        .chain(["pending", "approved", "declined"].map(|state| (state, house.count("requests", &format!("state = '{state}'")))))
        .chain([("live", house.count("grants", "revoked_at IS NULL"))])
        .collect()
}

#[test]
fn a_browser_that_clicks_every_link_changes_nothing() {
    let site = Site::new(&House::new(Kind::Sqlite));
    let house = &site.house;
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let asked = |name: &str| house.asked_by_mail(&house.bundle(name, &ann), &ann, &bob).1;
    let (pending, approved, declined) = (asked("Sleep data"), asked("Food diary"), asked("Steps"));
    house.redeem(&ann, &approved).unwrap();
    house.decline(&ann, &declined, None).unwrap();
    house.deliver();
    let session = super::states::session(house, &ann);
    let before = kept(house);
    let starts: Vec<String> = [&pending, &approved, &declined].iter().map(|token| format!("/redeem?token={token}")).collect();
    for (cookies, reached) in [(json!({}), "/sign-in"), (json!({ "countersign": session }), "/inbox/export/asked-of-you.csv")] {
        let plan = json!({ "url": format!("http://{}", site.address), "starts": starts, "cookies": cookies });
        let saw = run("scanner.js", &plan);
        assert!(saw["clicked"].as_u64() > Some(3), "{saw}");
        assert!(saw["pages"].as_array().unwrap().contains(&reached.into()), "{reached}: {saw}");
        assert!(saw["buttons"].as_u64() > Some(0), "there were buttons to press: {saw}");
        assert_eq!(kept(house), before, "{saw}");
    }
    assert_eq!(house.deliver(), 0);
    let request = house.check(&ann, &pending).unwrap().request.id;
    assert_eq!(house.state(request), "pending");
}
