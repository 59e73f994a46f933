//! A clock that ran ahead by a month and was set back: ended requests stay ended, and nobody waits until the clock is there
//! again.

use chrono::TimeDelta;
use countersign::auth::{Authenticator, SessionOrigin};
use countersign::domain::EmailId;
use countersign::store::credentials;

use crate::support::fixture::{Fixture, ask, on_both, person, runtime, word};

on_both![
    requests_that_ended_while_the_clock_ran_ahead_stay_ended,
    a_deferred_email_is_sent_when_the_clock_is_set_back,
    a_lease_survives_a_clock_that_is_set_back,
    a_budget_spent_while_the_clock_ran_ahead_refills,
    an_email_can_be_resent_after_the_clock_is_set_back,
    the_end_of_access_is_notified_after_the_clock_is_set_back,
    a_session_from_the_future_ends,
    a_sign_in_code_from_the_future_is_invalid,
];

const MONTH: TimeDelta = TimeDelta::days(30);

/// An end by a person, or one that was recorded, is final. A request that was only refused by the time is valid again until its
/// own end.
fn requests_that_ended_while_the_clock_ran_ahead_stay_ended(fixture: &Fixture) {
    let fixture = &fixture.with("[limits]\ntarget_letters = 0");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let bundles = ["Sleep", "Steps", "Walks", "Runs"].map(|name| fixture.bundle(name, &ann));
    let [swept, unswept, kept, revoked] = &bundles;
    let (lost, lost_token) = fixture.asked_by_mail(swept, &ann, &bob);
    let kept = fixture.given(kept, &ann, &bob);
    let revoked = fixture.given(revoked, &ann, &bob);
    fixture.pass(MONTH);
    assert_eq!(fixture.sweep(), 1);
    fixture.revoke(&person(&ann), revoked.id).unwrap();
    fixture.pass(-MONTH);
    assert_eq!((fixture.state(lost.id), word(fixture.redeem(&ann, &lost_token))), ("expired", "expired"));
    assert!(!fixture.is_live(revoked.id) && fixture.is_live(kept.id));
    // Filed now, refused a month later, and valid again after the clock is set back.
    let (open, token) = fixture.asked_by_mail(unswept, &ann, &bob);
    fixture.pass(MONTH);
    assert_eq!(word(fixture.redeem(&ann, &token)), "expired");
    fixture.pass(-MONTH);
    assert_eq!((word(fixture.redeem(&ann, &token)), fixture.state(open.id)), ("ok", "approved"));
    fixture.read(countersign::store::audit::verify).unwrap().unwrap();
}

fn recalled(fixture: &Fixture) -> usize {
    runtime().block_on(fixture.outbox.requeue_after_clock_step()).unwrap()
}

fn a_deferred_email_is_sent_when_the_clock_is_set_back(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    fixture.pass(MONTH);
    fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    assert_eq!(recalled(fixture), 0, "it is due and no stray");
    fixture.pass(-MONTH);
    assert_eq!(fixture.deliver(), 0);
    assert_eq!((recalled(fixture), recalled(fixture)), (1, 0));
    assert_eq!(fixture.deliver(), 1);
    assert_eq!(fixture.emails(), [("decide", "sent")]);
    // A normally deferred email is left alone.
    fixture.asked(&fixture.bundle("Steps", &ann), &ann, &bob);
    fixture.pass(TimeDelta::hours(-2));
    assert_eq!((recalled(fixture), fixture.deliver()), (0, 0));
}

fn a_lease_survives_a_clock_that_is_set_back(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    fixture.pass(MONTH);
    fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let outbox = fixture.outbox.clone();
    let taken = fixture.write(move |tx| outbox.take(tx, 1)).unwrap();
    fixture.pass(-MONTH);
    assert_eq!((taken.len(), recalled(fixture), fixture.deliver()), (1, 1, 0));
    fixture.pass(TimeDelta::seconds(120));
    assert_eq!(fixture.deliver(), 1);
}

fn a_budget_spent_while_the_clock_ran_ahead_refills(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    let coach = fixture.relationship("coach");
    let fixture = &fixture.with("[limits]\ntarget_letters_in_all = 3");
    let mut requesters = (0..).map(|number| fixture.user(&format!("asker{number}@example.org")));
    let mut ask_again = |fixture: &Fixture| {
        let requester = requesters.next().unwrap();
        word(fixture.file(&person(&requester), &ask(&coach, &ann, &requester)))
    };
    let spent = ["ok", "ok", "ok", "too many"];
    fixture.pass(MONTH);
    assert_eq!([(); 4].map(|()| ask_again(fixture)), spent);
    fixture.pass(-MONTH);
    assert_eq!([(); 4].map(|()| ask_again(fixture)), spent, "as many as ever, and no more");
    // A clock that is set back by hours changes no limit.
    fixture.pass(TimeDelta::hours(-6));
    assert_eq!(ask_again(fixture), "too many");
}

fn an_email_can_be_resent_after_the_clock_is_set_back(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    fixture.pass(MONTH);
    let (request, _) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.pass(-MONTH);
    assert_eq!(word(fixture.resend(&person(&bob), request.id)), "ok");
    assert_eq!(word(fixture.resend(&person(&bob), request.id)), "too many");
}

fn the_end_of_access_is_notified_after_the_clock_is_set_back(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let ending = |name: &str| {
        let ends = Some(fixture.now() + TimeDelta::days(20));
        fixture.entitle_with(&fixture.bundle(name, &ann), bob.id.into(), countersign::domain::Level::View, 0, ends, &[])
    };
    let notices = || fixture.count("outbox", "kind = 'ends_soon'");
    fixture.queue_notices();
    ending("Sleep data");
    fixture.pass(TimeDelta::days(15));
    fixture.queue_notices();
    assert_eq!(notices(), 1);
    fixture.pass(MONTH);
    while fixture.queue_notices() > 0 {}
    fixture.pass(-MONTH);
    fixture.queue_notices();
    assert_eq!(notices(), 1, "nobody hears the same twice");
    // This one ends before the clock was set back.
    ending("Steps");
    fixture.pass(TimeDelta::days(13));
    while fixture.queue_notices() > 0 {}
    assert_eq!(fixture.count("outbox", "kind = 'ends_soon' AND grant_id = (SELECT max(id) FROM grants)"), 1);
}

fn authenticator(fixture: &Fixture) -> Authenticator {
    Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap()
}

/// Otherwise the session would last a month and twelve hours.
fn a_session_from_the_future_ends(fixture: &Fixture) {
    let (ann, auth) = (fixture.user("ann@example.org"), authenticator(fixture));
    let open = || runtime().block_on(auth.open_session(ann.id, SessionOrigin::default())).unwrap();
    let is_good = |session: &str| runtime().block_on(auth.from_session(session, None)).is_ok();
    fixture.pass(MONTH);
    let then = open();
    assert!(is_good(&then));
    fixture.pass(-MONTH);
    assert!(!is_good(&then));
    let now = open();
    assert!(is_good(&now));
    fixture.pass(TimeDelta::minutes(-10));
    assert!(is_good(&now), "a clock that is put right a little signs nobody out");
}

fn a_sign_in_code_from_the_future_is_invalid(fixture: &Fixture) {
    let id = fixture.user("ann@example.org").id;
    let add = |email: i64| {
        fixture
            .write(move |tx| {
                credentials::expect_code(tx, id, EmailId(email), b"browser")?;
                credentials::fill_code(tx, (id, EmailId(email)), b"salt", b"hash", TimeDelta::minutes(10))
            })
            .unwrap()
    };
    let is_there = || fixture.read(|tx| credentials::live_code(tx, id, b"browser")).unwrap().is_some();
    fixture.pass(MONTH);
    assert!(add(1) && is_there());
    fixture.pass(-MONTH);
    assert!(!is_there());
    assert!(add(2) && is_there());
}
