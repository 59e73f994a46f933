//! The two proofs of a decision: being signed in as the approver, and reading their mailbox. In the inbox the second one is a code
//! in the same session; nothing else about a decision differs from one by the emailed link.

use countersign::auth::SessionOrigin;
use countersign::domain::{ApprovalLimits, Caller, Credential, RequestId, SessionId, User};
use countersign::workflow::requests::link::{self, Way};

use crate::pages::browser::{BOB_ASKS, Browser, app, set_password};
use crate::support::fixture::{Fixture, Kind, on_both, person, runtime, word};
use crate::workflow::races::at_once;

on_both![
    a_session_without_the_mailbox_decides_nothing,
    with_both_proofs_the_inbox_decides,
    nobody_decides_in_the_inbox_of_another,
    a_form_decides_the_request_that_it_shows,
    of_decisions_in_the_inbox_and_by_link_at_once_one_wins,
    an_ended_session_decides_nothing,
];

fn decision(id: RequestId) -> String {
    format!("/redeem?request={id}")
}

fn a_session_without_the_mailbox_decides_nothing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    set_password(fixture, &ann, "correct horse");
    let request = fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.deliver();
    let mut browser = Browser::new(fixture);
    browser.open("/sign-in");
    browser.press("Sign in", &[("name", "ann@example.org"), ("password", "correct horse")]);
    let page = decision(request.id);
    let confirm = "/account/confirm?next=%2Fredeem%3Frequest%3D1";
    assert_eq!(browser.get(&page).header("location"), confirm);
    let mark = browser.form("Sign out").1[0].1.clone();
    let id = request.id.to_string();
    let fields = [("form", mark.as_str()), ("request", id.as_str()), ("whom", "person"), ("code", "000000")];
    for path in ["/redeem/approve", "/redeem/decline", "/redeem/undo", "/redeem/block", "/redeem/unblock"] {
        let answer = browser.post(path, &fields, &[]);
        assert_eq!((answer.status, answer.header("location")), (303, confirm), "{path}");
    }
    // The form of the code neither accepts a guess nor leads away from this site.
    browser.open(confirm);
    browser.press("Email me a code", &[]);
    fixture.deliver();
    let right = crate::pages::browser::code_in(&fixture.emails_to("ann@example.org")[0].text);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let refused = browser.press("Confirm", &[("code", wrong)]);
    assert_eq!(refused.status, 422);
    assert!(refused.says("You have 4 attempts left."), "{}", refused.text());
    assert_eq!(browser.get(&page).header("location"), confirm);
    // A code is bound to the session that asked for it.
    let mut thief = browser.beside();
    thief.open("/sign-in");
    thief.press("Sign in", &[("name", "ann@example.org"), ("password", "correct horse")]);
    let mark = thief.form("Sign out").1[0].1.clone();
    assert_eq!(thief.post("/account/confirm/code", &[("form", &mark), ("code", &right)], &[]).status, 422);
    assert_eq!(thief.get(&page).header("location"), confirm);
    let away = browser.press_only("Confirm", &[("code", &right), ("next", "https://evil.example/")]);
    assert_eq!((away.status, away.header("location")), (303, "/inbox"));
    assert_eq!(browser.get(&page).status, 200);
    assert_eq!(fixture.state(request.id), "pending");
    assert_eq!(fixture.count("grants", "1 = 1"), 0);
}

fn with_both_proofs_the_inbox_decides(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (food, sleep) = (fixture.bundle("Food diary", &ann), fixture.bundle("Sleep data", &ann));
    let (first, _) = fixture.asked_by_mail(&food, &ann, &bob);
    let (second, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    let mut browser = Browser::of(fixture, &ann);
    assert!(browser.open("/inbox").says("Review the request from Bob"), "{}", browser.page.text());
    assert!(browser.page.body.contains(&format!("href=\"{}\"", decision(first.id))), "{}", browser.page.body);
    browser.open(&decision(second.id));
    assert_eq!(browser.page.heading(), "Confirm it’s you");
    let review = browser.prove_mailbox(fixture, "ann@example.org");
    assert_eq!((review.status, review.heading().as_str()), (200, BOB_ASKS));
    let done = browser.press("Approve", &[]);
    assert_eq!((done.status, done.heading().as_str()), (200, "Bob can now view and change “Sleep data”"));
    assert_eq!(fixture.count("audit", "event = 'request.approved' AND detail = 'from the inbox'"), 1);
    assert!(done.says("One more request is waiting for you. Review the request from Bob"), "{}", done.text());
    // The token that was emailed is settled too.
    assert_eq!(word(fixture.redeem(&ann, &token)), "approved");
    let undone = browser.press("Stop sharing", &[]);
    assert_eq!((undone.status, undone.heading().as_str()), (200, "Bob no longer has access"));
    // The next one is decided without another code.
    browser.open(&decision(first.id));
    let no = browser.press("Decline with this reason", &[("reason", "Not now")]);
    assert_eq!((no.status, no.heading().as_str()), (200, "You declined"));
    assert!(!no.says("waiting for you"), "{}", no.text());
    assert_eq!(fixture.count("audit", "event = 'request.declined' AND detail = 'from the inbox'"), 1);
    let yes = browser.press("Approve instead", &[]);
    assert_eq!(yes.heading(), "Bob can now view and change “Food diary”");
    fixture.deliver();
}

fn nobody_decides_in_the_inbox_of_another(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.admin("eve@example.org"));
    let request = fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.deliver();
    let page = decision(request.id);
    let mut nobody = Browser::new(fixture);
    assert_eq!(nobody.get(&page).header("location"), format!("/sign-in?next={page}"));
    assert_eq!(nobody.get("/account/confirm").header("location"), "/sign-in?next=/inbox");
    for user in [&bob, &eve] {
        let mut browser = proven(fixture, user);
        assert_eq!(browser.open(&page).status, 404);
        browser.open("/inbox");
        let mark = browser.form("Sign out").1[0].1.clone();
        for path in ["/redeem/approve", "/redeem/decline", "/redeem/undo", "/redeem/block"] {
            let fields = [("form", mark.as_str()), ("request", &request.id.to_string()), ("whom", "person")];
            assert_eq!(browser.post(path, &fields, &[]).status, 404, "{path}");
        }
    }
    // Nor by a form of another site.
    let mut anns = proven(fixture, &ann);
    anns.open(&page);
    let mark = anns.form("Approve").1[0].1.clone();
    for (form, headers) in
        [(mark.as_str(), &[("sec-fetch-site", "cross-site")][..]), ("x", &[]), (&mark, &[("origin", "https://evil.example")])]
    {
        let fields = [("form", form), ("request", "1")];
        assert_eq!(anns.post("/redeem/approve", &fields, headers).status, 403);
    }
    for id in ["", "x", "-1", "0", "99999999999999999999"] {
        assert_eq!(anns.post("/redeem/approve", &[("form", &mark), ("request", id)], &[]).status, 400, "{id}");
    }
    assert_eq!(anns.post("/redeem/approve", &[("form", &mark), ("request", "99")], &[]).status, 404);
    assert_eq!(fixture.state(request.id), "pending");
}

/// A browser whose session proved the mailbox.
fn proven(fixture: &Fixture, user: &User) -> Browser {
    let mut browser = Browser::new(fixture);
    let origin = SessionOrigin { has_mailbox: true, ..SessionOrigin::default() };
    let session = runtime().block_on(app(fixture).auth.open_session(user.id, origin)).unwrap();
    browser.jar.insert("countersign".to_owned(), session.to_string());
    browser
}

/// Two emails in two tabs: the cookie has the link that was opened last, and the form of the first tab is still about its own.
fn a_form_decides_the_request_that_it_shows(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (food, _) = fixture.asked_by_mail(&fixture.bundle("Food diary", &ann), &ann, &bob);
    let mut browser = Browser::new(fixture);
    browser.follow(fixture, "ann@example.org");
    let (action, fields) = browser.form("Approve");
    let (sleep, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    browser.open(&format!("/redeem?token={token}"));
    assert!(browser.page.says("Sleep data"), "{}", browser.page.text());
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&action, &fields, &[]);
    assert_eq!((fixture.state(food.id), fixture.state(sleep.id)), ("approved", "pending"));
    fixture.deliver();
}

/// The id of a session that proved the mailbox.
fn session_of(fixture: &Fixture, user: &User) -> SessionId {
    let origin = SessionOrigin { has_mailbox: true, ..SessionOrigin::default() };
    let session = runtime().block_on(app(fixture).auth.open_session(user.id, origin)).unwrap();
    countersign::auth::session::id_of(&session).unwrap()
}

fn of_decisions_in_the_inbox_and_by_link_at_once_one_wins(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (request, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let session = session_of(fixture, &ann);
    // Two daemons, if the database permits.
    let instances =
        if fixture.kind() == Kind::Postgres { vec![fixture.clone(), fixture.with("")] } else { vec![fixture.clone()] };
    let words = at_once(16, |number| {
        let (instance, caller) = (&instances[number % instances.len()], person_in_session(&ann));
        let way = Way::Inbox { request: request.id, session };
        match number / 2 % 4 {
            0 => word(instance.redeem(&ann, &token)),
            1 => word(instance.decline(&ann, &token, None)),
            2 => word(instance.write(move |tx| link::approve(tx, &caller, &way, &ApprovalLimits::default()))),
            _ => word(instance.write(move |tx| link::decline(tx, &caller, &way, None))),
        }
    });
    let won = words.iter().filter(|word| **word == "ok").count();
    // A decline may be followed by an approval in the inbox, the one legal second transition.
    let (approved, declined) =
        (fixture.count("audit", "event = 'request.approved'"), fixture.count("audit", "event = 'request.declined'"));
    assert!(approved <= 1 && declined <= 1 && approved + declined == won, "{words:?}");
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), approved);
    assert_eq!(fixture.state(request.id), if approved == 1 { "approved" } else { "declined" });
}

fn person_in_session(user: &User) -> Caller {
    Caller { credential: Credential::Session, ..person(user) }
}

fn an_ended_session_decides_nothing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let request = fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let (session, bobs) = (session_of(fixture, &ann), session_of(fixture, &bob));
    let approve = |caller: Caller, session| {
        let way = Way::Inbox { request: request.id, session };
        word(fixture.write(move |tx| link::approve(tx, &caller, &way, &ApprovalLimits::default())))
    };
    assert_eq!(approve(person_in_session(&ann), bobs), "forbidden", "the session of another");
    assert_eq!(approve(Caller { credential: Credential::Password, ..person(&ann) }, session), "forbidden", "an API");
    assert_eq!(approve(Caller { credential: Credential::AccessToken, ..person(&ann) }, session), "forbidden", "an API");
    let id = ann.id;
    fixture.write(move |tx| countersign::store::credentials::sign_out_everywhere(tx, id)).unwrap();
    assert_eq!(approve(person_in_session(&ann), session), "forbidden");
    assert_eq!(fixture.state(request.id), "pending");
}
