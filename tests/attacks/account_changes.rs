//! Nobody gains a decision by changing what identifies its approver: address, username, password, provider account. Such a change
//! signs the person out, is emailed to the old and the new address, and keeps the account from deciding for seven days, unless the
//! old mailbox confirms it.

use chrono::TimeDelta;
use countersign::auth::{Passwords, SessionOrigin};
use countersign::domain::{ApprovalLimits, Caller, Credential, NewUser, RequestId, User};
use countersign::store;
use countersign::store::users::Settings;
use countersign::workflow::identity::{self, Shown};
use countersign::workflow::requests::link::{self, Way};
use countersign::workflow::{account_changes, accounts};

use crate::pages::browser::{BOB_ASKS, Browser, app, set_password};
use crate::support::fixture::{Fixture, address, confirmation_in, on_both, person, runtime, word};

on_both![
    an_administrator_who_changes_an_address_decides_nothing,
    the_old_mailbox_confirms_a_change_with_one_button,
    a_password_set_by_somebody_else_decides_nothing,
    a_provider_account_linked_by_somebody_else_decides_nothing,
    each_change_by_somebody_else_counts_and_none_of_ones_own,
];

fn change_address(fixture: &Fixture, user: &User, to: &str) {
    let (id, to) = (user.id, address(to));
    fixture.write(move |tx| accounts::change_address(tx, &Caller::operator(), id, &to)).unwrap();
}

/// The results of a decision by the token, by declining with it, and in the inbox of a session that proved its mailbox.
fn decisions(fixture: &Fixture, user: &User, request: RequestId, token: &str) -> [&'static str; 3] {
    let origin = SessionOrigin { has_mailbox: true, ..SessionOrigin::default() };
    let session = runtime().block_on(app(fixture).auth.open_session(user.id, origin)).unwrap();
    let session = countersign::auth::session::id_of(&session).unwrap();
    let caller = Caller { credential: Credential::Session, ..person(user) };
    let way = Way::Inbox { request, session };
    let in_inbox = fixture.write(move |tx| link::approve(tx, &caller, &way, &ApprovalLimits::default()));
    [word(fixture.redeem(user, token)), word(fixture.decline(user, token, None)), word(in_inbox)]
}

/// The addresses to which an email about a change went, each with whether it has the link that confirms the change.
fn told(fixture: &Fixture, addresses: &[&str]) -> Vec<(usize, bool)> {
    let of = |email: &&str| {
        let emails = fixture.emails_to(email);
        let about: Vec<_> = emails.iter().filter(|email| email.subject.contains("account was changed")).collect();
        (about.len(), about.iter().any(|email| confirmation_in(&email.text).is_some()))
    };
    addresses.iter().map(of).collect()
}

fn an_administrator_who_changes_an_address_decides_nothing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, _) = fixture.asked_by_mail(&sleep, &ann, &bob);
    let mut anns = Browser::of(fixture, &ann);
    change_address(fixture, &ann, "eve@evil.example");
    assert_eq!(anns.get("/inbox").status, 303, "signed out");
    fixture.deliver();
    assert_eq!(told(fixture, &["ann@example.org", "eve@evil.example"]), [(1, true), (1, false)]);
    fixture.pass(TimeDelta::minutes(10));
    fixture.resend(&person(&bob), request.id).unwrap();
    fixture.deliver();
    let token = fixture.token_for("eve@evil.example");
    assert_eq!(decisions(fixture, &ann, request.id, &token), ["forbidden"; 3]);
    assert_eq!(word(fixture.check(&ann, &token)), "ok", "it is shown, and not decided");
    // A second change moves neither the confirmation to the first new address nor the seven days to the past.
    fixture.pass(TimeDelta::days(6));
    change_address(fixture, &ann, "eve@other.example");
    fixture.deliver();
    let all = ["ann@example.org", "eve@evil.example", "eve@other.example"];
    assert_eq!(told(fixture, &all), [(2, true), (2, false), (1, false)]);
    fixture.pass(TimeDelta::days(6));
    let food = fixture.bundle("Food diary", &ann);
    let request = fixture.asked(&food, &ann, &bob);
    fixture.deliver();
    let token = fixture.token_for("eve@other.example");
    assert_eq!(decisions(fixture, &ann, request.id, &token), ["forbidden"; 3]);
    fixture.pass(TimeDelta::days(1));
    assert_eq!(word(fixture.redeem(&ann, &token)), "ok");
    fixture.deliver();
}

fn the_old_mailbox_confirms_a_change_with_one_button(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (request, _) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    change_address(fixture, &ann, "anna@example.org");
    fixture.deliver();
    fixture.pass(TimeDelta::minutes(10));
    fixture.resend(&person(&bob), request.id).unwrap();
    fixture.deliver();
    let mut held = Browser::new(fixture);
    let page = held.follow(fixture, "anna@example.org");
    assert_eq!((page.status, page.says("cannot reply to requests for 7 days")), (403, true), "{}", page.text());
    let secret = confirmation_in(&fixture.emails_to("ann@example.org")[0].text).unwrap();
    assert!(!fixture.dump().windows(secret.len()).any(|part| part == secret.as_bytes()), "only its hash is stored");
    let path = format!("/account/changed?token={secret}");
    let mut browser = Browser::new(fixture);
    let wrong = format!("{}AAAA", &secret[..secret.len() - 4]);
    for bad in ["", "x", &wrong] {
        assert_eq!(browser.get(&format!("/account/changed?token={bad}")).status, 404, "{bad}");
    }
    assert_eq!(browser.post("/account/changed", &[("token", &secret), ("form", "x")], &[]).status, 403);
    browser.head(&path);
    assert!(browser.open(&path).says("The email address of your account was changed"), "{}", browser.page.text());
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("anna@example.org"))), "forbidden", "looking confirms nothing");
    let done = browser.press("Confirm the change", &[]);
    assert_eq!((done.status, done.heading().as_str()), (200, "You confirmed the change"));
    assert_eq!(fixture.count("audit", "event = 'user.change_confirmed'"), 1);
    assert_eq!(browser.get(&path).status, 404);
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("anna@example.org"))), "ok");
    fixture.deliver();
}

fn a_password_set_by_somebody_else_decides_nothing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (request, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let (id, hash) = (ann.id, Passwords::hash(&fixture.rng, "chosen by eve").unwrap());
    fixture.write(move |tx| accounts::set_password(tx, &Caller::operator(), id, &hash)).unwrap();
    fixture.deliver();
    assert_eq!(told(fixture, &["ann@example.org"]), [(1, true)]);
    // Eve knows the password and has a copy of the link.
    let mut eves = Browser::new(fixture);
    eves.open(&format!("/redeem?token={token}"));
    let page = eves.press("Sign in", &[("password", "chosen by eve")]);
    assert!(page.says("Email me a code") && !page.says("Approve"), "{}", page.text());
    eves.open("/account/sessions");
    let mark = eves.form("Sign out").1[0].1.clone();
    let id = request.id.to_string();
    for path in ["/redeem/approve", "/redeem/decline"] {
        assert_eq!(eves.post(path, &[("form", &mark), ("request", &id)], &[]).status, 403, "{path}");
    }
    assert_eq!(decisions(fixture, &ann, request.id, &token), ["forbidden"; 3]);
    // Ann reads the mailbox, which is the one before the change too, and confirms with a code.
    let mut anns = Browser::new(fixture);
    anns.follow(fixture, "ann@example.org");
    assert!(!anns.page.says("Approve"), "{}", anns.page.text());
    let review = anns.prove_mailbox(fixture, "ann@example.org");
    assert_eq!((review.status, review.heading().as_str()), (200, BOB_ASKS));
    assert_eq!(anns.press("Approve", &[]).status, 200);
    assert_eq!(fixture.state(request.id), "approved");
    fixture.deliver();
}

fn a_provider_account_linked_by_somebody_else_decides_nothing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    set_password(fixture, &ann, "correct horse");
    let (request, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut anns = Browser::of(fixture, &ann);
    let shown = |email: &str, subject: &str| Shown {
        issuer: "https://login.example".to_owned(),
        subject: subject.to_owned(),
        address: Some(address(email)),
        first_name: String::new(),
        last_name: String::new(),
        locale: None,
    };
    let settle = |shown: Shown| {
        let config = fixture.config.clone();
        fixture.write(move |tx| identity::settle(tx, &config.instance, &shown, true, None)).unwrap()
    };
    assert_eq!(settle(shown("ann@example.org", "eve")), ann.id);
    assert_eq!(anns.get("/inbox").status, 303, "signed out");
    fixture.deliver();
    assert_eq!(told(fixture, &["ann@example.org"]), [(1, true)]);
    assert_eq!(decisions(fixture, &ann, request.id, &token), ["forbidden"; 3]);
    // The next sign-in with it changes nothing, and somebody who is new has nothing to lose.
    settle(shown("ann@example.org", "eve"));
    settle(shown("new@example.org", "new"));
    fixture.deliver();
    assert_eq!(told(fixture, &["ann@example.org", "new@example.org"]), [(1, true), (0, false)]);
    let id = ann.id;
    fixture.write(move |tx| account_changes::confirm_by_code(tx, &Caller::operator(), id)).unwrap();
    assert_eq!(word(fixture.redeem(&ann, &token)), "ok");
    fixture.deliver();
}

fn each_change_by_somebody_else_counts_and_none_of_ones_own(fixture: &Fixture) {
    let is_held = |user: &User| fixture.count("users", &format!("id = {} AND decides_from IS NOT NULL", user.id)) == 1;
    let set = |user: &User, to: Settings| {
        let id = user.id;
        fixture.write(move |tx| accounts::set_user(tx, &Caller::operator(), id, &to)).unwrap();
    };
    let ann = fixture.user("ann@example.org");
    set(&ann, Settings { first_name: Some("Anna".into()), is_admin: Some(true), ..Settings::default() });
    let (id, config) = (ann.id, fixture.config.clone());
    let own = person(&ann);
    fixture.write(move |tx| accounts::rename(tx, &config, &own, id, "Ann", "Lee")).unwrap();
    set(&ann, Settings { username: Some(ann.username.clone()), ..Settings::default() });
    assert!(!is_held(&ann));
    set(&ann, Settings { username: Some("anna".into()), ..Settings::default() });
    assert!(is_held(&ann));
    let bob = fixture.user("bob@example.org");
    let id = bob.id;
    fixture.write(move |tx| accounts::change_username(tx, &Caller::operator(), id, "robert")).unwrap();
    assert!(is_held(&bob));
    // Completing the entry of somebody who was known by address only.
    for (email, password, is_identified) in [("carl@example.org", None, false), ("dora@example.org", Some("a hash"), true)] {
        let known = NewUser::external(address(email), "en", "UTC");
        let known = fixture.write(move |tx| store::users::add(tx, &known)).unwrap();
        let completed = fixture.add_user(email, |new| new.password_hash = password.map(str::to_owned));
        assert_eq!((completed.id, is_held(&completed)), (known.id, is_identified), "{email}");
    }
    fixture.deliver();
}

/// The email that tells of a change is no sign-in code: it goes out whenever the mail server comes back.
#[test]
fn the_email_about_a_change_outlasts_an_outage_of_the_mail_server() {
    let fixture = Fixture::new(crate::support::fixture::Kind::Sqlite);
    let ann = fixture.user("ann@example.org");
    change_address(&fixture, &ann, "anna@example.org");
    fixture.pass(TimeDelta::days(6));
    fixture.deliver();
    assert_eq!(told(&fixture, &["ann@example.org", "anna@example.org"]), [(1, true), (1, false)]);
}
