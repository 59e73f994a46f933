//! Signing in and out without an email.

use chrono::TimeDelta;

use super::browser::{Browser, code_in, roomy, set_password};

#[test]
fn an_unknown_name_and_a_wrong_password_get_the_same_page() {
    let fixture = roomy();
    let ann = fixture.user("ann@example.org");
    set_password(&fixture, &ann, "correct horse");
    let mut answers = Vec::new();
    for name in ["ann@example.org", "nobody@example.org"] {
        let mut browser = Browser::new(&fixture);
        browser.open("/sign-in");
        let wrong = browser.press_only("Sign in", &[("name", name), ("password", "wrong")]);
        browser.open("/sign-in");
        let asked = browser.press_only("Email me a sign-in code", &[("name", name)]);
        let code = browser.open("/sign-in/code").text();
        let code_wrong = browser.press_only("Sign in", &[("code", "000000")]);
        let texts = [wrong.text(), asked.header("location").to_owned(), code, code_wrong.text()];
        answers.push((wrong.status, code_wrong.status, texts.map(|text| text.replace(name, "NAME"))));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!((answers[0].0, answers[0].1), (422, 422));
    assert_eq!(fixture.deliver(), 1);
}

#[test]
fn an_emailed_code_returns_to_the_requested_page() {
    let fixture = roomy();
    fixture.user("ann@example.org");
    let mut browser = Browser::new(&fixture);
    assert_eq!(browser.open("/inbox").heading(), "Sign in");
    browser.press("Email me a sign-in code", &[("name", " Ann@Example.org ")]);
    fixture.deliver();
    let code = code_in(&fixture.emails_to("ann@example.org")[0].text);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let inbox = browser.press("Sign in", &[("code", &spaced)]);
    assert_eq!((inbox.status, inbox.heading().as_str()), (200, "Inbox"));
    assert!(inbox.says("Ann Sign out"), "{}", inbox.text());
    assert_eq!(browser.get("/sign-in?next=/redeem").header("location"), "/redeem");
    assert_eq!(browser.get("/").header("location"), "/inbox");
}

#[test]
fn a_sign_in_never_redirects_to_another_site() {
    let fixture = roomy();
    let ann = fixture.user("ann@example.org");
    set_password(&fixture, &ann, "correct horse");
    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "%2F%2Fevil.example", "/%0d%0aset-cookie:x"] {
        let mut browser = Browser::new(&fixture);
        browser.open(&format!("/sign-in?next={next}"));
        let there = browser.press_only("Sign in", &[("name", "ann@example.org"), ("password", "correct horse")]);
        assert_eq!((there.status, there.header("location")), (303, "/inbox"), "{next}");
    }
}

#[test]
fn each_sign_in_is_a_new_session_and_ends_the_old_one() {
    let fixture = roomy();
    let ann = fixture.user("ann@example.org");
    set_password(&fixture, &ann, "correct horse");
    let mut browser = Browser::new(&fixture);
    let sign_in = |browser: &mut Browser| {
        browser.open("/sign-in");
        browser.press("Sign in", &[("name", "ann@example.org"), ("password", "correct horse")]);
        browser.jar["countersign"].clone()
    };
    let first = sign_in(&mut browser);
    fixture.pass(TimeDelta::minutes(31));
    let second = sign_in(&mut browser);
    assert_ne!(first, second);
    assert_eq!(fixture.count("sessions", "1 = 1"), 1);
    assert_eq!(browser.open("/inbox").heading(), "Inbox");
    let out = browser.press("Sign out", &[]);
    assert_eq!(out.heading(), "Share your data on your terms");
    assert!(!browser.jar.contains_key("countersign"));
    browser.jar.insert("countersign".into(), second);
    assert_eq!(browser.open("/inbox").heading(), "Sign in");
}

#[test]
fn too_many_codes_for_one_name_are_refused() {
    let fixture = roomy();
    let mut browser = Browser::new(&fixture);
    browser.open("/sign-in");
    let statuses: Vec<u16> =
        (0..4).map(|_| browser.press_only("Email me a sign-in code", &[("name", "x@example.org")]).status).collect();
    assert_eq!(statuses, [303, 303, 303, 429]);
    let wait = browser.press_only("Email me a sign-in code", &[("name", "x@example.org")]);
    assert_eq!(wait.header("retry-after"), "601");
    assert!(wait.says("Try again in 10 minutes."), "{}", wait.text());
}
