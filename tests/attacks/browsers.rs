//! Remembered browsers stand for the proof of the mailbox, and for nothing else: a copy, another person and an old one prove
//! nothing. Acts that are hard to take back ask for a code in any case.

use chrono::TimeDelta;
use countersign::auth::Passwords;
use countersign::domain::{Caller, Level, RequestId, Until, User};
use countersign::workflow::accounts;

use crate::pages::browser::{BOB_ASKS, Browser, code_in, set_password};
use crate::support::fixture::{Fixture, address, ask, on_both, person};

on_both![
    a_remembered_browser_replaces_the_code_and_not_the_sign_in,
    a_copied_cookie_ends_itself,
    a_remembered_browser_is_one_persons,
    what_changes_the_account_ends_its_browsers,
    an_owner_sees_and_forgets_their_browsers,
    lasting_access_of_the_strongest_kind_asks_for_a_code_at_that_moment,
];

const COOKIE: &str = "countersign-remembered";
const PASSWORD: &str = "correct horse";

fn sign_in(browser: &mut Browser, email: &str) {
    browser.jar.remove("countersign");
    browser.open("/sign-in");
    browser.press("Sign in", &[("name", email), ("password", PASSWORD)]);
}

/// The newest code that was emailed to Ann.
fn newest_code(fixture: &Fixture) -> String {
    let emails = fixture.emails_to("ann@example.org");
    code_in(&emails.iter().find(|email| email.subject.contains("sign-in code")).unwrap().text)
}

/// Whether the session of a browser may decide.
fn may_decide(browser: &mut Browser, id: RequestId) -> bool {
    let answer = browser.get(&format!("/redeem?request={id}"));
    assert!(answer.status == 200 || answer.header("location").starts_with("/account/confirm?"), "{answer:?}");
    answer.status == 200
}

/// Ann with a password, a request that waits for her, and a browser of hers that is remembered.
fn remembering(fixture: &Fixture) -> (User, RequestId, Browser) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    set_password(fixture, &ann, PASSWORD);
    let request = fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.deliver();
    let mut browser = Browser::new(fixture);
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".clone_into(&mut browser.agent);
    sign_in(&mut browser, "ann@example.org");
    browser.open(&format!("/redeem?request={}", request.id));
    browser.press("Email me a code", &[]);
    fixture.deliver();
    let code = newest_code(fixture);
    browser.press("Confirm", &[("code", &code), ("remember", "1")]);
    assert_eq!(browser.page.heading(), BOB_ASKS);
    (ann, request.id, browser)
}

fn a_remembered_browser_replaces_the_code_and_not_the_sign_in(fixture: &Fixture) {
    let (_, id, mut browser) = remembering(fixture);
    let first = browser.jar[COOKIE].clone();
    fixture.deliver();
    let email = fixture.emails_to("ann@example.org").remove(0);
    assert!(email.subject.contains("remembered") && email.text.contains("Firefox, Linux"), "{}", email.text);
    browser.jar.remove("countersign");
    assert_eq!(browser.get("/inbox").header("location"), "/sign-in?next=/inbox", "it signs nobody in");
    sign_in(&mut browser, "ann@example.org");
    assert!(may_decide(&mut browser, id));
    assert_ne!(browser.jar[COOKIE], first, "changed at each use");
    for secret in first.split('.').chain(browser.jar[COOKIE].split('.')) {
        assert!(!fixture.dump().windows(secret.len()).any(|part| part == secret.as_bytes()), "only hashes are stored");
    }
    fixture.pass(TimeDelta::days(89));
    sign_in(&mut browser, "ann@example.org");
    assert!(may_decide_any(&mut browser));
    fixture.pass(TimeDelta::days(1));
    sign_in(&mut browser, "ann@example.org");
    assert!(!may_decide_any(&mut browser), "90 days from the code, however often it is used");
}

/// The same for a request that has expired meanwhile.
fn may_decide_any(browser: &mut Browser) -> bool {
    browser.get("/account/confirm?next=/inbox").status == 303
}

fn a_copied_cookie_ends_itself(fixture: &Fixture) {
    let (_, id, mut browser) = remembering(fixture);
    let mut thief = browser.beside();
    thief.jar.insert(COOKIE.to_owned(), browser.jar[COOKIE].clone());
    sign_in(&mut browser, "ann@example.org");
    assert!(may_decide(&mut browser, id));
    // The thief has the password too; the copy is older than the owner's last use.
    sign_in(&mut thief, "ann@example.org");
    assert!(!may_decide(&mut thief, id));
    assert_eq!(fixture.count("remembered_browsers", "1 = 1"), 0);
    assert_eq!(fixture.count("audit", "event = 'browser.copied'"), 1);
    assert!(!may_decide(&mut browser, id), "nor does any session, until its person proves the mailbox again");
    sign_in(&mut browser, "ann@example.org");
    assert!(!may_decide(&mut browser, id));
    // The other way around: the thief was first, and the owner's next sign-in ends it.
    browser.open(&format!("/redeem?request={id}"));
    browser.press("Email me a code", &[]);
    fixture.deliver();
    let code = newest_code(fixture);
    browser.press("Confirm", &[("code", &code), ("remember", "1")]);
    thief.jar.insert(COOKIE.to_owned(), browser.jar[COOKIE].clone());
    sign_in(&mut thief, "ann@example.org");
    assert!(may_decide(&mut thief, id));
    sign_in(&mut browser, "ann@example.org");
    assert!(!may_decide(&mut browser, id) && !may_decide(&mut thief, id));
}

fn a_remembered_browser_is_one_persons(fixture: &Fixture) {
    let (_, id, mut browser) = remembering(fixture);
    let carl = fixture.user("carl@example.org");
    set_password(fixture, &carl, PASSWORD);
    let mut other = browser.beside();
    other.jar.insert(COOKIE.to_owned(), browser.jar[COOKIE].clone());
    sign_in(&mut other, "carl@example.org");
    assert!(!may_decide_any(&mut other));
    // Nor with half of it, or with another secret under the same number, which ends nothing either.
    let cookie = browser.jar[COOKIE].clone();
    let (secret, value) = cookie.split_once('.').unwrap();
    let wrong = format!("{}{}", &secret[..20], "A".repeat(secret.len() - 20));
    for forged in
        [format!("{wrong}.{value}"), format!("{secret}."), secret.to_owned(), format!("{value}.{secret}"), String::new()]
    {
        other.jar.insert(COOKIE.to_owned(), forged.clone());
        sign_in(&mut other, "ann@example.org");
        assert!(!may_decide(&mut other, id), "{forged}");
    }
    sign_in(&mut browser, "ann@example.org");
    assert!(may_decide(&mut browser, id));
}

fn what_changes_the_account_ends_its_browsers(fixture: &Fixture) {
    let (ann, id, mut browser) = remembering(fixture);
    let remember = |browser: &mut Browser| {
        browser.open(&format!("/redeem?request={id}"));
        browser.press("Email me a code", &[]);
        fixture.deliver();
        let code = newest_code(fixture);
        browser.press("Confirm", &[("code", &code), ("remember", "1")]);
        fixture.deliver();
    };
    // Signing out everywhere else.
    let mut second = browser.beside();
    sign_in(&mut second, "ann@example.org");
    browser.open("/account/sessions");
    browser.press("Sign out all other browsers", &[]);
    assert_eq!(fixture.count("remembered_browsers", "1 = 1"), 0);
    sign_in(&mut browser, "ann@example.org");
    assert!(!may_decide(&mut browser, id));
    // Another password.
    remember(&mut browser);
    assert_eq!(fixture.count("remembered_browsers", "1 = 1"), 1);
    let (user, hash) = (ann.id, Passwords::hash(&fixture.rng, PASSWORD).unwrap());
    fixture.write(move |tx| accounts::set_password(tx, &Caller::operator(), user, &hash)).unwrap();
    assert_eq!(fixture.count("remembered_browsers", "1 = 1"), 0);
    sign_in(&mut browser, "ann@example.org");
    assert!(!may_decide(&mut browser, id));
    // Another address.
    remember(&mut browser);
    let new = address("anna@example.org");
    fixture.write(move |tx| accounts::change_address(tx, &Caller::operator(), user, &new)).unwrap();
    assert_eq!(fixture.count("remembered_browsers", "1 = 1"), 0);
    sign_in(&mut browser, "anna@example.org");
    assert!(!may_decide_any(&mut browser));
    fixture.deliver();
}

fn an_owner_sees_and_forgets_their_browsers(fixture: &Fixture) {
    let (_, id, mut browser) = remembering(fixture);
    fixture.deliver();
    let page = browser.open("/account/sessions");
    assert!(page.says("Remembered browsers") && page.says("Remembered until: Monday 1 March 2027, 12:00"), "{}", page.text());
    // Carl cannot forget it.
    let carl = fixture.user("carl@example.org");
    let mut carls = Browser::of(fixture, &carl);
    carls.open("/account/sessions");
    let mark = carls.form("Sign out").1[0].1.clone();
    assert_eq!(carls.post("/account/browsers/forget", &[("form", &mark), ("id", "1")], &[]).status, 404);
    assert_eq!(carls.post("/account/browsers/forget", &[("form", "x"), ("id", "1")], &[]).status, 403);
    assert_eq!(fixture.count("remembered_browsers", "1 = 1"), 1);
    let mark = browser.form("Sign out").1[0].1.clone();
    let answer = browser.post("/account/browsers/forget", &[("form", &mark), ("id", "1")], &[]);
    assert_eq!(answer.header("location"), "/account/sessions?said=forgotten");
    assert!(!browser.open("/account/sessions?said=forgotten").says("Remembered browsers"), "{}", browser.page.text());
    sign_in(&mut browser, "ann@example.org");
    assert!(!may_decide(&mut browser, id));
}

fn lasting_access_of_the_strongest_kind_asks_for_a_code_at_that_moment(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let all = |name: &str, until: Option<Until>| {
        let mut filing = ask(&fixture.bundle(name, &ann), &ann, &bob);
        filing.level = Some(Level::Contribute);
        filing.until = until;
        fixture.file(&person(&bob), &filing).unwrap().0.request
    };
    let (lasting, ending) = (all("Sleep data", None), all("Food diary", Some(Until::For(TimeDelta::days(30)))));
    let limited = all("Steps", None);
    fixture.deliver();
    let mut browser = Browser::new(fixture);
    browser.follow(fixture, "ann@example.org");
    let used = newest_code(fixture);
    // With an end or with less it needs no code.
    for (request, button, filled) in
        [(&ending, "Approve", &[][..]), (&limited, "Approve with these limits", &[("level", "edit")])]
    {
        browser.open(&format!("/redeem?request={}", request.id));
        browser.press(button, filled);
        assert_eq!(fixture.state(request.id), "approved");
    }
    // By the link and in the inbox alike, and a code that was used is not one of this moment.
    for button in ["Approve", "Approve with these limits"] {
        browser.open(&format!("/redeem?request={}", lasting.id));
        let asked = browser.press(button, &[]);
        assert_eq!((asked.status, asked.heading().as_str()), (200, "Enter your sign-in code"));
        assert!(asked.says("This access includes deleting and has no end."), "{}", asked.text());
        fixture.deliver();
        let refused = browser.press("Approve", &[("code", &used)]);
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert_eq!(browser.press("Approve", &[("code", "")]).status, 422);
        assert_eq!(fixture.state(lasting.id), "pending");
    }
    let code = newest_code(fixture);
    let done = browser.press("Approve", &[("code", &code)]);
    assert_eq!((done.status, fixture.state(lasting.id)), (200, "approved"), "{}", done.text());
    fixture.deliver();
}
