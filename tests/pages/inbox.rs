//! What somebody has before them, and the ways to end it.

use chrono::TimeDelta;

use super::browser::{Browser, set_password};
use crate::support::house::{House, on_both};

on_both![all_four_lists_show_what_is_there_and_end_it];

fn sign_in(house: &House, email: &str) -> Browser {
    let mut browser = Browser::new(house);
    browser.open("/sign-in?next=/inbox");
    browser.press("Sign in", &[("name", email), ("password", "correct horse")]);
    browser
}

fn all_four_lists_show_what_is_there_and_end_it(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    set_password(house, &ann, "correct horse");
    set_password(house, &bob, "correct horse");
    let (sleep, food) = (house.bundle("Sleep data", &ann), house.bundle("Food diary", &ann));
    let grant = house.given(&sleep, &ann, &bob);
    house.asked_by_mail(&food, &ann, &bob);

    let mut anns = sign_in(house, "ann@example.org");
    for words in [
        "Bob (bob@example.org) asks for view and edit access to Food diary waits for you answer by 8 Dec 2026, 12:00 (UTC)",
        "Bob (bob@example.org): view and edit access to Sleep data has access since 1 Dec 2026, no end date",
        "You have asked for nothing.",
        "You have access to nothing of others.",
    ] {
        assert!(anns.page.says(words), "{words:?} in {}", anns.page.text());
    }
    let soon = anns.press_only("Mail me the link again", &[]);
    assert_eq!(soon.status, 429);
    assert!(soon.says("The letter is sent again at most every ten minutes."), "{}", soon.text());
    house.pass(TimeDelta::minutes(10));
    assert!(anns.press("Mail me the link again", &[]).says("A fresh link is on its way"));
    assert_eq!(house.deliver(), 1);

    let mut bobs = sign_in(house, "bob@example.org");
    for words in [
        "You asked Ann for view and edit access to Food diary waiting until 8 Dec 2026, 12:00 (UTC)",
        "The letter has gone to their mail server.",
        "view and edit access to Sleep data, from Ann yours",
    ] {
        assert!(bobs.page.says(words), "{words:?} in {}", bobs.page.text());
    }
    assert!(!bobs.page.body.contains("ann@example.org"), "the address of who decides is not his to read");
    assert!(bobs.press("Withdraw it", &[]).says("Your request is withdrawn."));
    assert_eq!(house.count("requests", "state = 'withdrawn'"), 1);
    assert!(bobs.press("Give the access up", &[]).says("You gave the access up."));
    assert!(!house.is_live(grant.id));
    // Ann's page is old: pressing is harmless, and shows what is.
    let late = anns.press("Take the access back", &[]);
    assert_eq!((late.status, late.heading().as_str()), (200, "Inbox"));
    house.deliver();
}

on_both![nobody_ends_what_is_not_theirs];

fn nobody_ends_what_is_not_theirs(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.admin("eve@example.org"));
    let carl = house.user("carl@example.org");
    for user in [&eve, &carl] {
        set_password(house, user, "correct horse");
    }
    let grant = house.given(&house.bundle("Sleep data", &ann), &ann, &bob);
    let request = house.asked(&house.bundle("Food diary", &ann), &ann, &bob);
    house.deliver();
    for email in ["carl@example.org", "eve@example.org"] {
        let mut browser = sign_in(house, email);
        assert!(!browser.page.says("Sleep data") && !browser.page.says("Food diary"));
        let mark = browser.form("Sign out").1[0].1.clone();
        let request = request.id.to_string();
        for path in ["/inbox/withdraw", "/inbox/link"] {
            let answer = browser.post(path, &[("form", &mark), ("id", &request)], &[]);
            assert!(matches!(answer.status, 303 | 403 | 404), "{path}: {}", answer.status);
        }
        for id in ["", "x", "-1", "99999999999999999999"] {
            assert_eq!(browser.post("/inbox/revoke", &[("form", &mark), ("id", id)], &[]).status, 400, "{id}");
        }
    }
    let mut carls = sign_in(house, "carl@example.org");
    let mark = carls.form("Sign out").1[0].1.clone();
    carls.post("/inbox/revoke", &[("form", &mark), ("id", &grant.id.to_string())], &[]);
    assert!(house.is_live(grant.id));
    assert_eq!(house.state(request.id), "pending");
    assert_eq!(house.deliver(), 0);
}
