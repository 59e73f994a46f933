//! Every link ever emailed keeps answering with the true state to its recipient.

use chrono::TimeDelta;
use countersign::domain::Caller;
use countersign::store;
use countersign::workflow::accounts;

use super::browser::{BOB_ASKS, Browser, roomy};
use crate::support::fixture::{Fixture, address, person};

/// Bob has requested from Ann, and her browser is signed in at the page of her link.
fn asked() -> (Fixture, Browser, Vec<countersign::domain::User>, countersign::domain::Request, String) {
    let fixture = roomy();
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    let mut browser = Browser::new(&fixture);
    browser.follow(&fixture, "ann@example.org");
    assert_eq!(browser.page.heading(), BOB_ASKS);
    (fixture, browser, vec![ann, bob], request, token)
}

fn expect(browser: &mut Browser, heading: &str, words: &str) {
    let page = browser.open("/redeem");
    assert_eq!((page.status, page.heading().as_str()), (410, heading), "{}", page.text());
    assert!(page.says(words), "{words:?} in {}", page.text());
    for button in [">Approve<", ">Decline<"] {
        assert!(!page.body.contains(button), "{button}");
    }
}

/// A form that was open when the state changed leads to the same page, and changes nothing.
fn press_late(fixture: &Fixture, browser: &mut Browser, old: super::browser::Answer, heading: &str) {
    let before = (fixture.count("audit", "1 = 1"), fixture.count("grants", "1 = 1"));
    browser.page = old;
    assert_eq!(browser.press("Approve", &[]).heading(), heading);
    assert_eq!((fixture.count("audit", "1 = 1"), fixture.count("grants", "1 = 1")), before);
}

fn take(browser: &mut Browser) -> super::browser::Answer {
    let empty = super::browser::Answer { status: 0, headers: actix_web::http::header::HeaderMap::new(), body: String::new() };
    std::mem::replace(&mut browser.page, empty)
}

#[test]
fn approved_elsewhere() {
    let (fixture, mut browser, people, _, token) = asked();
    let old = take(&mut browser);
    fixture.redeem(&people[0], &token).unwrap();
    expect(&mut browser, "Bob can now view and change “Sleep data”", "You can stop sharing at any time");
    press_late(&fixture, &mut browser, old, "Bob can now view and change “Sleep data”");
    fixture.deliver();
}

#[test]
fn declined_elsewhere() {
    let (fixture, mut browser, people, _, token) = asked();
    fixture.decline(&people[0], &token, Some("Not yet")).unwrap();
    expect(&mut browser, "You declined", "You can approve this until Tuesday 8 December, 12:00.");
    assert!(browser.page.says("Your reason: Not yet"));
    fixture.deliver();
}

#[test]
fn declined_and_too_late_to_change() {
    let (fixture, mut browser, people, _, token) = asked();
    fixture.decline(&people[0], &token, None).unwrap();
    fixture.pass(TimeDelta::days(7));
    browser.follow_again(&fixture, &token);
    expect(&mut browser, "You declined", "Nothing was shared");
    assert!(!browser.page.body.contains("Approve instead"));
    fixture.deliver();
}

#[test]
fn withdrawn() {
    let (fixture, mut browser, people, request, _) = asked();
    let old = take(&mut browser);
    fixture.delete(&person(&people[1]), request.id).unwrap();
    expect(&mut browser, "No reply needed", "Bob withdrew the request before you replied. Nothing was shared.");
    press_late(&fixture, &mut browser, old, "No reply needed");
    fixture.deliver();
}

#[test]
fn expired_by_the_clock_and_after_the_job() {
    let (fixture, mut browser, _, _, token) = asked();
    fixture.pass(TimeDelta::days(7));
    browser.follow_again(&fixture, &token);
    let how = "ask Bob (bob@example.org) to send a new request";
    expect(&mut browser, "This request has expired", how);
    assert_eq!(fixture.sweep(), 1);
    expect(&mut browser, "This request has expired", how);
    fixture.deliver();
}

#[test]
fn cancelled_with_its_reason() {
    let (fixture, mut browser, _, _, _) = asked();
    let bundle = fixture.texts("SELECT CAST(id AS TEXT) AS value FROM bundles")[0].parse().unwrap();
    fixture.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), countersign::domain::BundleId(bundle))).unwrap();
    expect(&mut browser, "This request was cancelled", "The data was removed.");
    fixture.deliver();
}

/// The sentence is chosen by the code, or by the sentence that an older program wrote down, in the reader's language.
#[test]
fn cancelled_with_its_reason_in_the_readers_language() {
    for (locale, heading, app_gone, approver_gone) in [
        (
            "en",
            "This request was cancelled",
            "The app that sent it is no longer allowed to send requests.",
            "The person who decides no longer has an account here.",
        ),
        (
            "de",
            "Diese Anfrage wurde geschlossen",
            "Die App, über die der Vorgang lief, darf keine Anfragen mehr senden.",
            "Die Person, die entschieden hätte, hat hier kein Konto mehr.",
        ),
        (
            "fr",
            "Cette demande a été annulée",
            "L’application utilisée n’a plus le droit d’envoyer des demandes.",
            "La personne qui décide n’a plus de compte ici.",
        ),
    ] {
        let (fixture, mut browser, people, request, _) = asked();
        fixture.sql(&format!("UPDATE users SET locale = '{locale}' WHERE id = {}", people[0].id)).unwrap();
        let cancelled = "UPDATE requests SET state = 'cancelled', decided_at = created_at";
        for (columns, sentence) in [
            ("reason = 'an administrator removed it', reason_code = 'app_gone'", app_gone),
            ("reason = 'who would decide is no longer here', reason_code = NULL", approver_gone),
        ] {
            fixture.sql(&format!("{cancelled}, {columns} WHERE id = {}", request.id)).unwrap();
            let page = browser.open("/redeem");
            assert!(page.says(sentence) && page.says(heading), "{locale}: {sentence:?} in {}", page.text());
        }
    }
}

#[test]
fn failed_to_be_delivered() {
    let (fixture, mut browser, _, request, token) = asked();
    fixture.sql(&format!("UPDATE requests SET mail_state = 'bounced' WHERE id = {}", request.id)).unwrap();
    fixture.pass(TimeDelta::days(7));
    fixture.sweep();
    browser.follow_again(&fixture, &token);
    expect(&mut browser, "We could not deliver our email", "ask Bob (bob@example.org) to send a new request");
    fixture.deliver();
}

#[test]
fn transferred_to_a_new_approver() {
    let (fixture, mut browser, _, _, _) = asked();
    let eve = fixture.user("eve@example.org");
    let bundle = fixture.texts("SELECT CAST(id AS TEXT) AS value FROM bundles")[0].parse().unwrap();
    fixture.hand_over(countersign::domain::BundleId(bundle), &eve).unwrap();
    expect(&mut browser, "Someone else now decides", "You do not need to do anything.");
    assert!(!browser.page.body.contains("/redeem/fresh"), "the former approver cannot cause emails");
    fixture.deliver();
}

#[test]
fn decided_by_a_new_approver() {
    let (fixture, mut browser, _, request, _) = asked();
    let eve = fixture.user("eve@example.org");
    let bundle = fixture.texts("SELECT CAST(id AS TEXT) AS value FROM bundles")[0].parse().unwrap();
    fixture.hand_over(countersign::domain::BundleId(bundle), &eve).unwrap();
    fixture.approve(&eve, request.id).unwrap();
    expect(&mut browser, "Someone else has decided", "You do not need to do anything.");
    assert!(!browser.page.says("Bob"), "{}", browser.page.text());
    fixture.deliver();
}

#[test]
fn expired_and_filed_again_leads_to_the_new_email() {
    let (fixture, mut browser, people, _, token) = asked();
    fixture.pass(TimeDelta::days(8));
    let bundle =
        countersign::domain::BundleId(fixture.texts("SELECT CAST(id AS TEXT) AS value FROM bundles")[0].parse().unwrap());
    let sleep = fixture.read(|tx| store::bundles::find_including_deleted(tx, bundle)).unwrap().unwrap();
    let again = fixture.asked(&sleep, &people[0], &people[1]);
    fixture.deliver();
    fixture.pass(TimeDelta::minutes(10));
    browser.follow_again(&fixture, &token);
    expect(&mut browser, "This request has expired", "There is a newer request for the same data");
    assert!(!browser.page.says("send a new request"));
    browser.press("Email me a new link", &[]);
    assert_eq!(fixture.deliver(), 1);
    assert_eq!(fixture.request(again.id).letters, 2);
    let token = fixture.token_for("ann@example.org");
    assert_eq!(browser.open(&format!("/redeem?token={token}")).heading(), BOB_ASKS);
}

#[test]
fn blocked_and_unblocked_from_the_page() {
    let (fixture, mut browser, people, request, _) = asked();
    let page = browser.press("Block Bob", &[]);
    assert_eq!((page.status, page.heading().as_str()), (200, "You declined and blocked Bob"));
    assert!(page.says("You blocked Bob."), "{}", page.text());
    assert_eq!(fixture.state(request.id), "declined");
    let food = fixture.bundle("Food diary", &people[0]);
    let filing = crate::support::fixture::ask(&food, &people[0], &people[1]);
    assert_eq!(crate::support::fixture::word(fixture.file(&person(&people[1]), &filing)), "forbidden");
    let page = browser.press("Unblock Bob", &[]);
    assert!(!page.says("You blocked Bob.") && page.body.contains(">Block Bob</button>"), "{}", page.text());
    fixture.file(&person(&people[1]), &filing).unwrap();
    assert_eq!(browser.press("Approve instead", &[]).heading(), "Bob can now view and change “Sleep data”");
    fixture.deliver();
}

#[test]
fn a_link_to_an_earlier_address_only_sends_a_fresh_one_to_the_present_address() {
    let (fixture, mut browser, people, _, token) = asked();
    let ann = people[0].clone();
    fixture.write(move |tx| store::users::set_email(tx, &ann, &address("ann@new.example"))).unwrap();
    expect(&mut browser, "We sent this link to your old email address", "Links only work for your current address.");

    let mut finder = browser.beside();
    let gate = finder.open(&format!("/redeem?token={token}"));
    assert_eq!(gate.heading(), "This link no longer works");
    assert!(!gate.says("new.example") && !gate.says("a•"), "{}", gate.text());
    let mark = finder.form("Send a new link").1[0].1.clone();
    for path in ["/redeem/code", "/redeem/sign-in"] {
        assert_eq!(finder.post(path, &[("form", &mark), ("password", "x")], &[]).header("location"), "/redeem", "{path}");
    }
    assert_eq!(fixture.deliver(), 0);

    fixture.pass(TimeDelta::minutes(11));
    finder.open("/redeem");
    assert_eq!(finder.press("Send a new link", &[]).heading(), "Check your email");
    assert_eq!(fixture.deliver(), 1);
    assert_eq!(fixture.emails_to("ann@new.example").len(), 1);
    finder.open("/redeem");
    let again = finder.press("Send a new link", &[]);
    assert_eq!(again.heading(), "Check your email", "the answer does not tell whether one was sent");
    assert_eq!(fixture.deliver(), 0, "not twice in ten minutes");
    assert_eq!(finder.follow(&fixture, "ann@new.example").heading(), BOB_ASKS);
}

#[test]
fn a_link_from_before_a_restore_is_invalid_and_can_be_replaced() {
    let (fixture, mut browser, _, _, token) = asked();
    fixture.write(store::tokens::begin_epoch).unwrap();
    fixture.pass(TimeDelta::minutes(11));
    assert_eq!(browser.open("/redeem").heading(), "This link no longer works", "who was signed in is not any more");
    assert_eq!(browser.press("Send a new link", &[]).heading(), "Check your email");
    assert_eq!(fixture.deliver(), 1);
    assert_eq!(browser.follow(&fixture, "ann@example.org").heading(), BOB_ASKS);
    browser.open(&format!("/redeem?token={token}"));
    expect(&mut browser, "This link no longer works", "restored from a backup");
}

#[test]
fn ended_access_is_shown_as_ended() {
    let (fixture, mut browser, _, _, token) = asked();
    browser.press("Approve with these limits", &[("ends", "1d")]);
    assert_eq!(browser.page.heading(), "Bob can now view and change “Sleep data” until 2 December");
    fixture.pass(TimeDelta::days(1));
    browser.follow_again(&fixture, &token);
    expect(&mut browser, "Bob no longer has access", "Bob could view and change “Sleep data” until 2 December.");
    fixture.deliver();
}

#[test]
fn a_failed_save_says_that_nothing_changed() {
    let (fixture, mut browser, _, request, _) = asked();
    fixture.sql("CREATE TRIGGER full BEFORE INSERT ON grants BEGIN SELECT RAISE(ABORT, 'x'); END").unwrap();
    let page = browser.press("Approve", &[]);
    assert!(page.status >= 500, "{}", page.status);
    assert_eq!(page.heading(), "We could not save this");
    assert!(page.says("Nothing was changed.") && page.says("Back to the request"), "{}", page.text());
    assert_eq!(fixture.state(request.id), "pending");
    fixture.sql("DROP TRIGGER full").unwrap();
    assert_eq!(browser.open("/redeem").heading(), BOB_ASKS);
}
