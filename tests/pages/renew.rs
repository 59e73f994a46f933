//! Renewing access that ends, from the email's button to the approver's email.

use chrono::TimeDelta;
use countersign::domain::Until;
use countersign::workflow::requests::file::Filing;

use super::browser::{Browser, set_password};
use crate::support::fixture::{Fixture, ask, on_both, person};

on_both![the_emails_button_leads_to_a_request_with_one_click, other_terms_while_pending_are_refused_in_the_readers_language,];

fn the_emails_button_leads_to_a_request_with_one_click(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let eve = fixture.user("eve@example.org");
    for user in [&bob, &eve] {
        set_password(fixture, user, "correct horse");
    }
    let filing = Filing { until: Some(Until::For(TimeDelta::days(30))), ..ask(&fixture.bundle("Sleep data", &ann), &ann, &bob) };
    let request = fixture.file(&person(&bob), &filing).unwrap().0.request;
    let grant = fixture.approve(&ann, request.id).unwrap().1.grant;
    fixture.pass(TimeDelta::days(23));
    while fixture.queue_notices() > 0 {}
    fixture.deliver();
    let email = fixture.emails_to("bob@example.org").remove(0);
    let path = format!("/renew?id={}", grant.id);
    assert!(email.text.contains(&format!("{path}\n")), "{}", email.text);

    // Without a session it leads through the sign-in and back; opening it requests nothing.
    let mut browser = Browser::new(fixture);
    browser.open(&path);
    browser.press("Sign in", &[("name", "bob@example.org"), ("password", "correct horse")]);
    assert_eq!(browser.page.heading(), "Keep your access", "{}", browser.page.text());
    assert!(
        browser.page.says("You can view and change “Sleep data” until Thursday 31 December, 12:00."),
        "{}",
        browser.page.text()
    );
    assert_eq!(fixture.count("requests", "state = 'pending'"), 0);
    let asked = browser.press("Ask to keep access", &[("message", "Still needed.")]);
    assert!(asked.says("We have asked Ann. We will email you when there is a reply."), "{}", asked.text());
    assert_eq!(fixture.count("requests", &format!("state = 'pending' AND renews_id = {}", grant.id)), 1);
    fixture.deliver();
    assert!(fixture.emails_to("ann@example.org")[0].subject.starts_with("Bob wants more time to view and change \"Sleep data\""));
    // A requester on our page gets a confirmation.
    assert!(fixture.emails_to("bob@example.org")[0].subject.starts_with("Request sent: you asked Ann for more time"));

    // Nobody else may see it.
    let mut other = Browser::new(fixture);
    other.open(&path);
    let page = other.press("Sign in", &[("name", "eve@example.org"), ("password", "correct horse")]);
    assert_eq!(page.status, 404, "{}", page.text());
    assert!(!page.says("Sleep data"));
}

fn other_terms_while_pending_are_refused_in_the_readers_language(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let filing = Filing { until: Some(Until::For(TimeDelta::days(30))), ..ask(&fixture.bundle("Sleep data", &ann), &ann, &bob) };
    let request = fixture.file(&person(&bob), &filing).unwrap().0.request;
    let grant = fixture.approve(&ann, request.id).unwrap().1.grant;
    fixture.pass(TimeDelta::days(23));
    let mut browser = Browser::of(fixture, &bob);
    browser.open(&format!("/renew?id={}", grant.id));
    let (action, fields) = browser.form("Ask to keep access");
    let mut ask = |message: &str| {
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| *name != "message");
        browser.post(&action, &fields.chain([("message", message)]).collect::<Vec<_>>(), &[])
    };
    assert_eq!(ask("Still needed.").status, 303);
    assert_eq!(ask("Still needed.").status, 303, "the same again is what is pending");
    for (locale, heading, why) in [
        (
            "en",
            "A request for this is already open",
            "The open request has different permissions or parts, or a different end date",
        ),
        ("de", "Dazu ist bereits eine Anfrage offen", "eine andere Berechtigung, andere Teile, ein anderes Ende"),
        ("fr", "Une demande est déjà en attente", "Son niveau d’accès, ses éléments, sa fin ou son message sont différents."),
    ] {
        fixture.sql(&format!("UPDATE users SET locale = '{locale}'")).unwrap();
        let refused = ask("Other words.");
        assert_eq!((refused.status, refused.heading().as_str()), (409, heading), "{}", refused.text());
        assert!(refused.says(why), "{}", refused.text());
    }
    assert_eq!(fixture.count("requests", "state = 'pending'"), 1);
}
