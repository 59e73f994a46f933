//! Every link ever mailed keeps answering with the truth, to the one it was sent to.

use chrono::TimeDelta;
use countersign::domain::Caller;
use countersign::store;
use countersign::workflow::accounts;

use super::browser::{Browser, roomy};
use crate::support::house::{House, address, person};

/// A house in which Bob asked Ann, and her browser, signed in, before the page of her link.
fn asked() -> (House, Browser, Vec<countersign::domain::User>, countersign::domain::Request, String) {
    let house = roomy();
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    let mut browser = Browser::new(&house);
    browser.follow(&house, "ann@example.org");
    assert_eq!(browser.page.heading(), "Bob asks for access");
    (house, browser, vec![ann, bob], request, token)
}

fn expect(browser: &mut Browser, heading: &str, words: &str) {
    let page = browser.open("/redeem");
    assert_eq!((page.status, page.heading().as_str()), (410, heading), "{}", page.text());
    assert!(page.says(words), "{words:?} in {}", page.text());
    for button in [">Approve<", ">Decline<"] {
        assert!(!page.body.contains(button), "{button}");
    }
}

/// A form that was open when the state changed comes to the same page, and changes nothing.
fn press_late(house: &House, browser: &mut Browser, old: super::browser::Answer, heading: &str) {
    let before = (house.count("audit", "1 = 1"), house.count("grants", "1 = 1"));
    browser.page = old;
    assert_eq!(browser.press("Approve", &[]).heading(), heading);
    assert_eq!((house.count("audit", "1 = 1"), house.count("grants", "1 = 1")), before);
}

fn take(browser: &mut Browser) -> super::browser::Answer {
    let empty = super::browser::Answer { status: 0, headers: actix_web::http::header::HeaderMap::new(), body: String::new() };
    std::mem::replace(&mut browser.page, empty)
}

#[test]
fn approved_elsewhere() {
    let (house, mut browser, people, _, token) = asked();
    let old = take(&mut browser);
    house.redeem(&people[0], &token).unwrap();
    expect(&mut browser, "You gave Bob view and change access", "You can take the access back at any time");
    press_late(&house, &mut browser, old, "You gave Bob view and change access");
    house.deliver();
}

#[test]
fn declined_elsewhere() {
    let (house, mut browser, people, _, token) = asked();
    house.decline(&people[0], &token, Some("Not yet")).unwrap();
    expect(&mut browser, "You declined", "Until 8 Dec 2026, 12:00 (UTC) you can still say yes.");
    assert!(browser.page.says("Your words with it: Not yet"));
    house.deliver();
}

#[test]
fn declined_and_too_late_to_change() {
    let (house, mut browser, people, _, token) = asked();
    house.decline(&people[0], &token, None).unwrap();
    house.pass(TimeDelta::days(7));
    browser.follow_again(&house, &token);
    expect(&mut browser, "You declined", "nothing was shared");
    assert!(!browser.page.body.contains("Approve instead"));
    house.deliver();
}

#[test]
fn withdrawn() {
    let (house, mut browser, people, request, _) = asked();
    let old = take(&mut browser);
    house.delete(&person(&people[1]), request.id).unwrap();
    expect(&mut browser, "No answer needed any more", "Bob took the request back before you answered. Nothing was shared.");
    press_late(&house, &mut browser, old, "No answer needed any more");
    house.deliver();
}

#[test]
fn expired_by_the_clock_alone_and_after_tidying() {
    let (house, mut browser, _, _, token) = asked();
    house.pass(TimeDelta::days(7));
    browser.follow_again(&house, &token);
    let how = "let Bob (bob@example.org) know that they can ask again";
    expect(&mut browser, "This request has expired", how);
    assert_eq!(house.sweep(), 1);
    expect(&mut browser, "This request has expired", how);
    house.deliver();
}

#[test]
fn cancelled_with_its_reason() {
    let (house, mut browser, _, _, _) = asked();
    let bundle = house.texts("SELECT CAST(id AS TEXT) AS value FROM bundles")[0].parse().unwrap();
    house.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), countersign::domain::BundleId(bundle))).unwrap();
    expect(&mut browser, "This request was cancelled", "The reason: what was asked for is no longer there.");
    house.deliver();
}

#[test]
fn failed_to_be_delivered() {
    let (house, mut browser, _, request, token) = asked();
    house.sql(&format!("UPDATE requests SET mail_state = 'bounced' WHERE id = {}", request.id)).unwrap();
    house.pass(TimeDelta::days(7));
    house.sweep();
    browser.follow_again(&house, &token);
    expect(&mut browser, "Our letter could not be delivered", "Bob (bob@example.org) know that they can ask again");
    house.deliver();
}

#[test]
fn handed_over_to_a_new_decider() {
    let (house, mut browser, _, _, _) = asked();
    let eve = house.user("eve@example.org");
    let bundle = house.texts("SELECT CAST(id AS TEXT) AS value FROM bundles")[0].parse().unwrap();
    house.hand_over(countersign::domain::BundleId(bundle), &eve).unwrap();
    expect(&mut browser, "Somebody else decides now", "There is nothing you need to do.");
    assert!(!browser.page.body.contains("fresh"), "the old decider sends nobody letters");
    house.deliver();
}

#[test]
fn decided_by_a_new_decider() {
    let (house, mut browser, _, request, _) = asked();
    let eve = house.user("eve@example.org");
    let bundle = house.texts("SELECT CAST(id AS TEXT) AS value FROM bundles")[0].parse().unwrap();
    house.hand_over(countersign::domain::BundleId(bundle), &eve).unwrap();
    house.approve(&eve, request.id).unwrap();
    expect(&mut browser, "Somebody else has decided", "There is nothing you need to do.");
    assert!(!browser.page.says("Bob"), "{}", browser.page.text());
    house.deliver();
}

#[test]
fn expired_and_asked_again_leads_to_the_new_letter() {
    let (house, mut browser, people, _, token) = asked();
    house.pass(TimeDelta::days(8));
    let bundle = countersign::domain::BundleId(house.texts("SELECT CAST(id AS TEXT) AS value FROM bundles")[0].parse().unwrap());
    let sleep = house.read(|tx| store::bundles::find_ever(tx, bundle)).unwrap().unwrap();
    let again = house.asked(&sleep, &people[0], &people[1]);
    house.deliver();
    house.pass(TimeDelta::minutes(10));
    browser.follow_again(&house, &token);
    expect(&mut browser, "This request has expired", "the same was asked again, and that waits for your answer");
    assert!(!browser.page.says("can ask again"));
    browser.press("Send me a fresh link", &[]);
    assert_eq!(house.deliver(), 1);
    assert_eq!(house.request(again.id).letters, 2);
    let token = house.token_for("ann@example.org");
    assert_eq!(browser.open(&format!("/redeem?token={token}")).heading(), "Bob asks for access");
}

#[test]
fn blocked_from_the_page_and_let_ask_again() {
    let (house, mut browser, people, request, _) = asked();
    let page = browser.press("Block Bob", &[]);
    assert_eq!((page.status, page.heading().as_str()), (200, "You declined"));
    assert!(page.says("You blocked Bob."), "{}", page.text());
    assert_eq!(house.state(request.id), "declined");
    let food = house.bundle("Food diary", &people[0]);
    let filing = crate::support::house::ask(&food, &people[0], &people[1]);
    assert_eq!(crate::support::house::word(house.file(&person(&people[1]), &filing)), "forbidden");
    let page = browser.press("Undo: let Bob ask again", &[]);
    assert!(!page.says("You blocked Bob.") && page.body.contains(">Block Bob</button>"), "{}", page.text());
    house.file(&person(&people[1]), &filing).unwrap();
    assert_eq!(browser.press("Approve instead", &[]).heading(), "You gave Bob view and change access");
    house.deliver();
}

#[test]
fn an_earlier_address_gets_a_fresh_link_at_the_present_one_and_learns_nothing() {
    let (house, mut browser, people, _, token) = asked();
    let ann = people[0].clone();
    house.write(move |tx| store::users::set_email(tx, &ann, &address("ann@new.example"))).unwrap();
    expect(&mut browser, "This link was mailed to an earlier address of yours", "mail a fresh link to your present address");

    let mut finder = browser.beside();
    let gate = finder.open(&format!("/redeem?token={token}"));
    assert_eq!(gate.heading(), "This link no longer works");
    assert!(!gate.says("new") && !gate.says("a…"), "{}", gate.text());
    let mark = finder.form("Send a fresh link").1[0].1.clone();
    for path in ["/redeem/code", "/redeem/sign-in"] {
        assert_eq!(finder.post(path, &[("form", &mark), ("password", "x")], &[]).header("location"), "/redeem", "{path}");
    }
    assert_eq!(house.deliver(), 0);

    house.pass(TimeDelta::minutes(11));
    finder.open("/redeem");
    assert_eq!(finder.press("Send a fresh link", &[]).heading(), "Look into your mail");
    assert_eq!(house.deliver(), 1);
    assert_eq!(house.letters_to("ann@new.example").len(), 1);
    finder.open("/redeem");
    let again = finder.press("Send a fresh link", &[]);
    assert_eq!(again.heading(), "Look into your mail", "the answer does not tell whether one was sent");
    assert_eq!(house.deliver(), 0, "not twice in ten minutes");
    assert_eq!(finder.follow(&house, "ann@new.example").heading(), "Bob asks for access");
}

#[test]
fn a_link_from_before_a_restore_is_dead_and_can_be_sent_again() {
    let (house, mut browser, _, _, token) = asked();
    house.write(store::tokens::begin_epoch).unwrap();
    house.pass(TimeDelta::minutes(11));
    assert_eq!(browser.open("/redeem").heading(), "This link no longer works", "who was signed in is not any more");
    assert_eq!(browser.press("Send a fresh link", &[]).heading(), "Look into your mail");
    assert_eq!(house.deliver(), 1);
    assert_eq!(browser.follow(&house, "ann@example.org").heading(), "Bob asks for access");
    browser.open(&format!("/redeem?token={token}"));
    expect(&mut browser, "This link is from before a restored backup", "we can mail you a fresh link");
}

#[test]
fn an_access_that_has_run_out_is_told_as_such() {
    let (house, mut browser, _, _, token) = asked();
    browser.press("Approve for this", &[("ends", "1d")]);
    assert_eq!(browser.page.heading(), "You gave Bob view and change access until 2 Dec 2026");
    house.pass(TimeDelta::days(1));
    browser.follow_again(&house, &token);
    expect(&mut browser, "This access has ended", "It ran until 2 Dec 2026.");
    house.deliver();
}

#[test]
fn what_cannot_be_saved_is_said_to_have_changed_nothing() {
    let (house, mut browser, _, request, _) = asked();
    house.sql("CREATE TRIGGER full BEFORE INSERT ON grants BEGIN SELECT RAISE(ABORT, 'x'); END").unwrap();
    let page = browser.press("Approve", &[]);
    assert!(page.status >= 500, "{}", page.status);
    assert_eq!(page.heading(), "This could not be saved");
    assert!(page.says("Nothing was changed.") && page.says("Back to the request"), "{}", page.text());
    assert_eq!(house.state(request.id), "pending");
    house.sql("DROP TRIGGER full").unwrap();
    assert_eq!(browser.open("/redeem").heading(), "Bob asks for access");
}
