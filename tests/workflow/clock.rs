//! A clock that ran ahead by a month and was set back: what ended stays ended, and nobody waits until the clock is there again.

use chrono::TimeDelta;
use countersign::auth::{Authenticator, Whence};
use countersign::domain::LetterId;
use countersign::store::credentials;

use crate::support::house::{House, ask, on_both, person, runtime, word};

on_both![
    what_ended_while_the_clock_ran_ahead_stays_ended,
    a_letter_that_was_put_off_goes_when_the_clock_is_back,
    a_letter_on_its_way_is_its_workers_for_a_lease,
    a_budget_that_was_spent_is_full_again,
    a_letter_can_be_sent_again,
    the_end_of_access_is_told_of,
    who_signed_in_then_signs_in_again,
    a_code_of_then_opens_nothing,
];

const MONTH: TimeDelta = TimeDelta::days(30);

/// What is over by somebody's act, or was written down as over, never comes back. What was only refused by the time is good
/// again, up to the end that it was given.
fn what_ended_while_the_clock_ran_ahead_stays_ended(house: &House) {
    let house = &house.with("[limits]\ntarget_letters = 0");
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let bundles = ["Sleep", "Steps", "Walks", "Runs"].map(|name| house.bundle(name, &ann));
    let [swept, unswept, kept, revoked] = &bundles;
    let (lost, lost_token) = house.asked_by_mail(swept, &ann, &bob);
    let kept = house.given(kept, &ann, &bob);
    let revoked = house.given(revoked, &ann, &bob);
    house.pass(MONTH);
    assert_eq!(house.sweep(), 1);
    house.revoke(&person(&ann), revoked.id).unwrap();
    house.pass(-MONTH);
    assert_eq!((house.state(lost.id), word(house.redeem(&ann, &lost_token))), ("expired", "expired"));
    assert!(!house.is_live(revoked.id) && house.is_live(kept.id));
    // Asked now, refused a month on, and good again when it is today.
    let (open, token) = house.asked_by_mail(unswept, &ann, &bob);
    house.pass(MONTH);
    assert_eq!(word(house.redeem(&ann, &token)), "expired");
    house.pass(-MONTH);
    assert_eq!((word(house.redeem(&ann, &token)), house.state(open.id)), ("ok", "approved"));
    house.read(countersign::store::audit::verify).unwrap().unwrap();
}

fn recalled(house: &House) -> usize {
    runtime().block_on(house.outbox.recall_astray()).unwrap()
}

fn a_letter_that_was_put_off_goes_when_the_clock_is_back(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    house.pass(MONTH);
    house.asked(&house.bundle("Sleep data", &ann), &ann, &bob);
    assert_eq!(recalled(house), 0, "it is due and no stray");
    house.pass(-MONTH);
    assert_eq!(house.deliver(), 0);
    assert_eq!((recalled(house), recalled(house)), (1, 0));
    assert_eq!(house.deliver(), 1);
    assert_eq!(house.letters(), [("decide", "sent")]);
    // What is put off as ever is left alone.
    house.asked(&house.bundle("Steps", &ann), &ann, &bob);
    house.pass(TimeDelta::hours(-2));
    assert_eq!((recalled(house), house.deliver()), (0, 0));
}

fn a_letter_on_its_way_is_its_workers_for_a_lease(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    house.pass(MONTH);
    house.asked(&house.bundle("Sleep data", &ann), &ann, &bob);
    let outbox = house.outbox.clone();
    let taken = house.write(move |tx| outbox.take(tx, 1)).unwrap();
    house.pass(-MONTH);
    assert_eq!((taken.len(), recalled(house), house.deliver()), (1, 1, 0));
    house.pass(TimeDelta::seconds(120));
    assert_eq!(house.deliver(), 1);
}

fn a_budget_that_was_spent_is_full_again(house: &House) {
    let ann = house.user("ann@example.org");
    let coach = house.relationship("coach");
    let house = &house.with("[limits]\ntarget_letters_in_all = 3");
    let mut askers = (0..).map(|number| house.user(&format!("asker{number}@example.org")));
    let mut ask_again = |house: &House| {
        let asker = askers.next().unwrap();
        word(house.file(&person(&asker), &ask(&coach, &ann, &asker)))
    };
    let spent = ["ok", "ok", "ok", "too many"];
    house.pass(MONTH);
    assert_eq!([(); 4].map(|()| ask_again(house)), spent);
    house.pass(-MONTH);
    assert_eq!([(); 4].map(|()| ask_again(house)), spent, "as many as ever, and no more");
    // A clock that is set back by hours gives nobody more.
    house.pass(TimeDelta::hours(-6));
    assert_eq!(ask_again(house), "too many");
}

fn a_letter_can_be_sent_again(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    house.pass(MONTH);
    let (request, _) = house.asked_by_mail(&house.bundle("Sleep data", &ann), &ann, &bob);
    house.pass(-MONTH);
    assert_eq!(word(house.resend(&person(&bob), request.id)), "ok");
    assert_eq!(word(house.resend(&person(&bob), request.id)), "too many");
}

fn the_end_of_access_is_told_of(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let ending = |name: &str| {
        let ends = Some(house.now() + TimeDelta::days(20));
        house.entitle_with(&house.bundle(name, &ann), bob.id.into(), countersign::domain::Level::View, 0, ends, &[])
    };
    let told = || house.count("outbox", "kind = 'ends_soon'");
    house.tell();
    ending("Sleep data");
    house.pass(TimeDelta::days(15));
    house.tell();
    assert_eq!(told(), 1);
    house.pass(MONTH);
    while house.tell() > 0 {}
    house.pass(-MONTH);
    house.tell();
    assert_eq!(told(), 1, "nobody hears the same twice");
    // This one ends before the clock was.
    ending("Steps");
    house.pass(TimeDelta::days(13));
    while house.tell() > 0 {}
    assert_eq!(house.count("outbox", "kind = 'ends_soon' AND grant_id = (SELECT max(id) FROM grants)"), 1);
}

fn authenticator(house: &House) -> Authenticator {
    Authenticator::new(house.store.clone(), house.chance.clone(), &house.config.limits).unwrap()
}

/// The session would otherwise last a month and twelve hours.
fn who_signed_in_then_signs_in_again(house: &House) {
    let (ann, auth) = (house.user("ann@example.org"), authenticator(house));
    let open = || runtime().block_on(auth.open_session(ann.id, Whence::default())).unwrap();
    let is_good = |session: &str| runtime().block_on(auth.from_session(session, None)).is_ok();
    house.pass(MONTH);
    let then = open();
    assert!(is_good(&then));
    house.pass(-MONTH);
    assert!(!is_good(&then));
    let now = open();
    assert!(is_good(&now));
    house.pass(TimeDelta::minutes(-10));
    assert!(is_good(&now), "a clock that is put right a little signs nobody out");
}

fn a_code_of_then_opens_nothing(house: &House) {
    let id = house.user("ann@example.org").id;
    let add = |email: i64| {
        house
            .write(move |tx| {
                credentials::expect_code(tx, id, LetterId(email), b"browser")?;
                credentials::fill_code(tx, (id, LetterId(email)), b"salt", b"hash", TimeDelta::minutes(10))
            })
            .unwrap()
    };
    let is_there = || house.read(|tx| credentials::live_code(tx, id, b"browser")).unwrap().is_some();
    house.pass(MONTH);
    assert!(add(1) && is_there());
    house.pass(-MONTH);
    assert!(!is_there());
    assert!(add(2) && is_there());
}
