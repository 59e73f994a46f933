//! Telling those who have access what becomes of it, and administrators what waits for somebody.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countersign::domain::{Bundle, Caller, Grant, LetterKind, Level, Until, User};
use countersign::store::{due, outbox};
use countersign::workflow::requests::file::Filing;
use countersign::workflow::requests::remind;
use countersign::workflow::shares::{self, Change, NewShare, ShareId, Target, With};
use countersign::workflow::{accounts, daily_summary};

use super::races::at_once;
use crate::support::house::{House, Kind, ask, on_both, person};

on_both![
    who_has_access_hears_a_week_and_a_day_before_its_end_and_at_its_end,
    short_access_is_not_announced_to_end_at_once,
    an_end_that_was_put_off_is_told_of_anew,
    who_goes_on_having_it_hears_of_no_end,
    ends_at_the_same_moment_are_all_told_of,
    after_a_rest_only_what_is_still_news_is_told,
    many_daemons_tell_of_an_end_once,
    the_operator_says_which_ends_are_told_of,
    who_lost_access_is_told_by_whom,
    who_gives_access_up_or_never_heard_of_it_is_not_told,
    every_member_of_a_group_hears_that_it_was_taken_back,
    a_superseded_grant_is_no_loss,
    news_stop_where_the_budget_ends,
    who_asked_hears_why_it_was_cancelled,
    an_administrator_reads_once_a_day_what_waits,
    a_day_on_which_nothing_waits_brings_no_summary,
    many_daemons_write_one_summary,
    a_receipt_goes_where_the_operator_wants_it,
];

/// Ann gives Bob access that ends after so long.
fn given_for(house: &House, bundle: &Bundle, from: &User, to: &User, length: TimeDelta) -> Grant {
    let filing = Filing { until: Some(Until::For(length)), ..ask(bundle, from, to) };
    let request = house.file(&person(to), &filing).unwrap().0.request;
    house.approve(from, request.id).unwrap().1.grant
}

fn ann_and_bob(house: &House) -> (User, User, Bundle) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    (ann, bob, sleep)
}

/// A letter's text, however its lines are broken.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn count(house: &House, kind: &str) -> usize {
    house.count("outbox", &format!("kind = '{kind}'"))
}

/// Looks every hour for so long; what was queued then: kind and hours before (or after) the end.
fn hours_before(house: &House, end: DateTime<Utc>, until: DateTime<Utc>) -> Vec<(&'static str, i64)> {
    let mut told = Vec::new();
    let mut known = house.queue().len();
    while house.now() <= until {
        while house.tell() > 0 {}
        let queue = house.queue();
        told.extend(queue.iter().skip(known).map(|letter| (letter.kind.as_str(), (end - house.now()).num_hours())));
        known = queue.len();
        house.pass(TimeDelta::hours(1));
    }
    told
}

fn who_has_access_hears_a_week_and_a_day_before_its_end_and_at_its_end(house: &House) {
    let (ann, bob, sleep) = ann_and_bob(house);
    let grant = given_for(house, &sleep, &ann, &bob, TimeDelta::days(30));
    house.deliver();
    let end = grant.ends_at.unwrap();
    let told = hours_before(house, end, end + TimeDelta::hours(3));
    assert_eq!(told, [("ends_soon", 168), ("ends_soon", 24), ("ended", 0)]);
    assert!(house.queue().iter().filter(|letter| letter.grant.is_some()).all(|letter| letter.user == bob.id));
    // The first two are no longer true: only the last is sent.
    house.deliver();
    let letters = house.letters_to("bob@example.org");
    assert_eq!(letters[0].subject, "Your access to Sleep data has ended");
    assert!(letters[0].text.contains(&format!("/renew?id={}\n", grant.id)), "{}", letters[0].text);
    assert_eq!(house.count("outbox", "kind = 'ends_soon' AND state = 'cancelled'"), 2);
}

fn short_access_is_not_announced_to_end_at_once(house: &House) {
    for (length, expected) in [
        (TimeDelta::days(14), vec![("ends_soon", 168), ("ends_soon", 24), ("ended", 0)]),
        (TimeDelta::days(14) - TimeDelta::hours(1), vec![("ends_soon", 24), ("ended", 0)]),
        (TimeDelta::days(2), vec![("ends_soon", 24), ("ended", 0)]),
        (TimeDelta::hours(47), vec![("ended", 0)]),
        (TimeDelta::hours(2), vec![("ended", 0)]),
    ] {
        let house = &House::new(house.kind());
        let (ann, bob, sleep) = ann_and_bob(house);
        house.tell();
        let end = given_for(house, &sleep, &ann, &bob, length).ends_at.unwrap();
        assert_eq!(hours_before(house, end, end), expected, "{length}");
    }
}

fn change(house: &House, by: &User, grant: &Grant, change: &Change) {
    let (config, caller, id, change) = (Arc::clone(&house.config), person(by), ShareId::Number(grant.id), change.clone());
    house.write(move |tx| shares::change(tx, &config, &caller, &id, None, &change)).unwrap();
}

fn an_end_that_was_put_off_is_told_of_anew(house: &House) {
    let (ann, bob, sleep) = ann_and_bob(house);
    let grant = given_for(house, &sleep, &ann, &bob, TimeDelta::days(30));
    let end = grant.ends_at.unwrap();
    let told = hours_before(house, end, end - TimeDelta::hours(1));
    assert_eq!(told, [("ends_soon", 168), ("ends_soon", 24)]);
    let later = end + TimeDelta::days(20);
    change(house, &ann, &grant, &Change { ends_at: Some(Some(later)), ..Change::default() });
    assert_eq!(hours_before(house, later, later), [("ends_soon", 168), ("ends_soon", 24), ("ended", 0)]);
}

fn who_goes_on_having_it_hears_of_no_end(house: &House) {
    let (ann, bob, sleep) = ann_and_bob(house);
    let grant = given_for(house, &sleep, &ann, &bob, TimeDelta::days(30));
    house.entitle_with(&sleep, bob.id.into(), Level::Contribute, 0, None, &[]);
    let end = grant.ends_at.unwrap();
    assert_eq!(hours_before(house, end, end), []);
    // What is switched off or taken back does not end either.
    let (coach, steps) = (house.bundle("Coach", &ann), house.bundle("Steps", &ann));
    let off = given_for(house, &coach, &ann, &bob, TimeDelta::days(30));
    change(house, &ann, &off, &Change { is_enabled: Some(false), ..Change::default() });
    let revoked = given_for(house, &steps, &ann, &bob, TimeDelta::days(30));
    house.revoke(&person(&ann), revoked.id).unwrap();
    let end = off.ends_at.unwrap();
    assert_eq!(hours_before(house, end, end), []);
}

fn ends_at_the_same_moment_are_all_told_of(house: &House) {
    let ann = house.user("ann@example.org");
    let end = house.now() + TimeDelta::days(30);
    for number in 0..7 {
        let sleep = house.bundle(&format!("Data {number}"), &ann);
        let bob = house.user(&format!("bob{number}@example.org"));
        house.entitle_with(&sleep, bob.id.into(), Level::View, 0, Some(end), &[]);
    }
    house.tell();
    house.pass(TimeDelta::days(23));
    let config = Arc::clone(&house.config);
    let mut batches = Vec::new();
    loop {
        let config = Arc::clone(&config);
        match house.write(move |tx| countersign::workflow::expiry_notices::send_due(tx, &config, 3)).unwrap() {
            0 => break,
            seen => batches.push(seen),
        }
    }
    assert_eq!((batches, count(house, "ends_soon")), (vec![3, 3, 1], 7));
    let is_due = house.read(|tx| countersign::workflow::expiry_notices::is_due(tx, &config)).unwrap();
    assert!(!is_due, "nothing is looked at twice");
}

fn after_a_rest_only_what_is_still_news_is_told(house: &House) {
    let (ann, bob, sleep) = ann_and_bob(house);
    house.tell();
    let grant = given_for(house, &sleep, &ann, &bob, TimeDelta::days(30));
    // Back twelve hours before the end: one letter, not two.
    house.pass(TimeDelta::days(30) - TimeDelta::hours(12));
    while house.tell() > 0 {}
    assert_eq!(count(house, "ends_soon"), 1);
    // Back four days after it: none.
    house.pass(TimeDelta::hours(12) + TimeDelta::days(4));
    while house.tell() > 0 {}
    assert_eq!((count(house, "ends_soon"), count(house, "ended")), (1, 0));
    assert!(!house.is_live(grant.id));
}

fn daemons(house: &House) -> Vec<House> {
    if house.kind() == Kind::Postgres { vec![house.clone(), house.with("")] } else { vec![house.clone()] }
}

fn many_daemons_tell_of_an_end_once(house: &House) {
    let ann = house.user("ann@example.org");
    for number in 0..9 {
        let bob = house.user(&format!("bob{number}@example.org"));
        let end = house.now() + TimeDelta::days(30);
        house.entitle_with(&house.bundle(&format!("Data {number}"), &ann), bob.id.into(), Level::View, 0, Some(end), &[]);
    }
    let houses = daemons(house);
    at_once(8, |number| houses[number % houses.len()].tell());
    house.pass(TimeDelta::days(23));
    at_once(8, |number| while houses[number % houses.len()].tell() > 0 {});
    while house.tell() > 0 {}
    assert_eq!(count(house, "ends_soon"), 9);
}

fn the_operator_says_which_ends_are_told_of(house: &House) {
    let house = &house.with("[letters]\nends_soon = [\"3d\"]\nended = false");
    let (ann, bob, sleep) = ann_and_bob(house);
    let end = given_for(house, &sleep, &ann, &bob, TimeDelta::days(30)).ends_at.unwrap();
    assert_eq!(hours_before(house, end, end), [("ends_soon", 72)]);
}

fn who_lost_access_is_told_by_whom(house: &House) {
    let (ann, bob, sleep) = ann_and_bob(house);
    let admin = house.admin("root@example.org");
    let grant = house.given(&sleep, &ann, &bob);
    house.deliver();
    house.revoke(&person(&ann), grant.id).unwrap();
    house.deliver();
    assert_eq!(house.letters_to("bob@example.org")[0].subject, "Ann took back your access to Sleep data");
    let grant = house.given(&house.bundle("Steps", &ann), &ann, &bob);
    house.deliver();
    house.revoke(&person(&admin), grant.id).unwrap();
    house.deliver();
    assert_eq!(house.letters_to("bob@example.org")[0].subject, "Your access to Steps was taken back");
    assert_eq!(count(house, "revoked"), 2);
}

fn share_with(house: &House, from: &User, bundle: &Bundle, with: With) -> Grant {
    let new = NewShare {
        of: Target::Bundle(bundle.id),
        with,
        level: Level::View,
        reshare: 0,
        starts_at: None,
        ends_at: None,
        is_enabled: true,
        name: String::new(),
        tenant: None,
        attributes: None,
    };
    let (config, caller) = (Arc::clone(&house.config), person(from));
    house.write(move |tx| shares::share(tx, &config, &caller, &new)).unwrap().grant
}

fn who_gives_access_up_or_never_heard_of_it_is_not_told(house: &House) {
    let (ann, bob, sleep) = ann_and_bob(house);
    let grant = house.given(&sleep, &ann, &bob);
    house.deliver();
    house.revoke(&person(&bob), grant.id).unwrap();
    assert_eq!(count(house, "revoked"), 0);
    // Shared, and taken back before the letter about it went: neither is told.
    let grant = share_with(house, &ann, &sleep, With::User(bob.id));
    house.revoke(&person(&ann), grant.id).unwrap();
    assert_eq!((count(house, "shared"), count(house, "revoked")), (1, 0));
    // Who asked waits for an answer, so of a yes that was taken back at once they hear the end of it, and that alone.
    let request = house.asked(&house.bundle("Steps", &ann), &ann, &bob);
    let grant = house.approve(&ann, request.id).unwrap().1.grant;
    house.revoke(&person(&ann), grant.id).unwrap();
    let before = house.letters_to("bob@example.org").len();
    house.deliver();
    let letters = house.letters_to("bob@example.org");
    assert_eq!(letters.len(), before + 1);
    assert_eq!(letters[0].subject, "Ann took back your access to Steps");
}

fn every_member_of_a_group_hears_that_it_was_taken_back(house: &House) {
    let (ann, bob, sleep) = ann_and_bob(house);
    let eve = house.user("eve@example.org");
    let members = vec![ann.id, bob.id, eve.id];
    house.write(move |tx| accounts::add_group(tx, &Caller::operator(), "Team", &members)).unwrap();
    let grant = share_with(house, &ann, &sleep, With::Group("Team".into()));
    house.deliver();
    house.revoke(&person(&ann), grant.id).unwrap();
    house.deliver();
    let told: Vec<_> =
        house.queue().into_iter().filter(|letter| letter.kind == LetterKind::Revoked).map(|letter| letter.user).collect();
    assert_eq!(told, [bob.id, eve.id]);
}

fn a_superseded_grant_is_no_loss(house: &House) {
    let (ann, bob, sleep) = ann_and_bob(house);
    let first = house.given(&sleep, &ann, &bob);
    house.pass(TimeDelta::hours(1));
    house.given(&sleep, &ann, &bob);
    assert!(!house.is_live(first.id));
    assert_eq!(count(house, "revoked"), 0);
}

fn news_stop_where_the_budget_ends(house: &House) {
    let house = &house.with("[limits]\ntarget_letters = 0\ninitiator_hourly = 0\nnews_letters = 2\nnews_letter_every = \"1h\"");
    let (ann, bob, _) = ann_and_bob(house);
    let grants: Vec<_> = (0..4).map(|number| house.given(&house.bundle(&format!("Data {number}"), &ann), &ann, &bob)).collect();
    house.deliver();
    for grant in &grants {
        house.revoke(&person(&ann), grant.id).unwrap();
    }
    house.deliver();
    let states = |state: &str| house.count("outbox", &format!("kind = 'revoked' AND state = '{state}'"));
    assert_eq!([states("sent"), states("cancelled")], [2, 2]);
    assert!(grants.iter().all(|grant| !house.is_live(grant.id)), "taking back never waits for letters");
}

fn who_asked_hears_why_it_was_cancelled(house: &House) {
    let (ann, bob, sleep) = ann_and_bob(house);
    house.asked_by_mail(&sleep, &ann, &bob);
    let id = sleep.id;
    house.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), id)).unwrap();
    house.deliver();
    let letter = &house.letters_to("bob@example.org")[0];
    assert_eq!(letter.subject, "Cancelled: your request to #1 for Sleep data");
    assert!(flat(&letter.text).contains("This is no longer there, so nobody can decide about it."), "{}", letter.text);
    assert!(house.letters_to("ann@example.org")[0].subject.starts_with("No answer needed: Bob can no longer be given"));
    // Withdrawn by themselves, they know.
    let (request, _) = house.asked_by_mail(&house.bundle("Steps", &ann), &ann, &bob);
    house.delete(&person(&bob), request.id).unwrap();
    assert_eq!(count(house, "cancelled"), 1);
    // By an administrator, they do not.
    let admin = house.admin("root@example.org");
    let (request, _) = house.asked_by_mail(&house.bundle("Naps", &ann), &ann, &bob);
    house.delete(&person(&admin), request.id).unwrap();
    house.deliver();
    assert!(flat(&house.letters_to("bob@example.org")[0].text).contains("An administrator cancelled it."));
}

fn an_administrator_reads_once_a_day_what_waits(house: &House) {
    let admin = house.add_user("root@example.org", |new| {
        new.is_admin = true;
        new.time_zone = "America/New_York".into();
    });
    let (ann, bob, sleep) = ann_and_bob(house);
    house.pass(TimeDelta::days(1));
    house.asked(&sleep, &ann, &bob);
    let ends = given_for(house, &house.bundle("Steps", &ann), &ann, &bob, TimeDelta::days(5));
    house.deliver();
    // The house's noon is seven in the morning in New York, in winter.
    house.pass(TimeDelta::days(1) - TimeDelta::microseconds(1));
    house.tell();
    house.deliver();
    assert_eq!(house.letters_to("root@example.org").len(), 0);
    house.pass(TimeDelta::microseconds(1));
    house.tell();
    house.tell();
    house.deliver();
    let letters = house.letters_to("root@example.org");
    assert_eq!((letters.len(), count(house, "summary")), (1, 1));
    assert_eq!(letters[0].subject, "Countersign on 3 Dec 2026: what waits for somebody");
    let text = &letters[0].text;
    assert!(
        text.contains("  Requests without an answer: 1\n") && text.contains("  Access that ends within a week: 1\n"),
        "{text}"
    );
    assert!(!text.contains("did not arrive") && !text.contains("end within a day:"), "{text}");
    assert!(ends.ends_at.unwrap() > house.now() && admin.is_admin);
    // By the afternoon it is another day's.
    house.pass(TimeDelta::hours(20));
    assert_eq!(house.tell(), 0);
}

fn a_day_on_which_nothing_waits_brings_no_summary(house: &House) {
    house.admin("root@example.org");
    house.pass(TimeDelta::hours(20));
    let config = Arc::clone(&house.config);
    assert!(house.read(|tx| daily_summary::due(tx, &config)).unwrap().is_empty(), "who came today has seen the house today");
    house.pass(TimeDelta::days(1));
    house.tell();
    house.deliver();
    assert_eq!(house.letters(), [("summary", "cancelled")]);
    // What comes up later that day is for the next.
    let (ann, bob, sleep) = ann_and_bob(house);
    house.asked(&sleep, &ann, &bob);
    house.pass(TimeDelta::hours(1));
    house.tell();
    assert_eq!(count(house, "summary"), 1);
    let off = house.with("[letters]\nsummary_hour = 24");
    house.pass(TimeDelta::days(1));
    off.tell();
    assert_eq!(count(house, "summary"), 1);
}

fn many_daemons_write_one_summary(house: &House) {
    house.admin("root@example.org");
    house.pass(TimeDelta::hours(24));
    let (ann, bob, sleep) = ann_and_bob(house);
    house.asked(&sleep, &ann, &bob);
    let houses = daemons(house);
    at_once(8, |number| houses[number % houses.len()].tell());
    assert_eq!(count(house, "summary"), 1);
    house.deliver();
    assert_eq!(house.letters_to("root@example.org").len(), 1);
}

fn a_receipt_goes_where_the_operator_wants_it(house: &House) {
    let (ann, bob, _) = ann_and_bob(house);
    let page = Caller::person(bob.id, false, countersign::domain::Credential::Session);
    let mut number = 0;
    let mut receipts = |settings: &str, caller: &Caller| {
        number += 1;
        let house = house.with(&format!("[limits]\ntarget_letters = 0\n[letters]\n{settings}"));
        let before = count(&house, "receipt");
        house.file(caller, &ask(&house.bundle(&format!("Data {number}"), &ann), &ann, &bob)).unwrap();
        count(&house, "receipt") - before
    };
    assert_eq!([receipts("", &page), receipts("", &person(&bob))], [1, 0]);
    assert_eq!([receipts("receipt = \"always\"", &page), receipts("receipt = \"always\"", &person(&bob))], [1, 1]);
    assert_eq!([receipts("receipt = \"never\"", &page), receipts("receipt = \"never\"", &person(&bob))], [0, 0]);
    // Decided before it went, it says nothing any more.
    let last =
        house.texts("SELECT CAST(max(request_id) AS TEXT) AS value FROM outbox WHERE kind = 'receipt'")[0].parse().unwrap();
    house.approve(&ann, countersign::domain::RequestId(last)).unwrap();
    house.deliver();
    let subjects: Vec<_> = house.letters_to("bob@example.org").into_iter().map(|letter| letter.subject).collect();
    let on_its_way = subjects.iter().filter(|subject| subject.starts_with("On its way: you asked Ann for")).count();
    assert_eq!(on_its_way, 2, "{subjects:?}");
}

/// What the job asks while there is nothing to do goes by an index, however much there is.
#[test]
fn idle_looks_go_by_an_index() {
    let house = House::new(Kind::Sqlite);
    let noon = house.now();
    let config = Arc::clone(&house.config);
    house.tell();
    assert!(!house.read(due::is_reminder_due).unwrap());
    assert_eq!(house.read(|tx| due::ending(tx, due::Mark::at(noon), noon, 1)).unwrap().len(), 0);
    assert_eq!(house.write(move |tx| remind::send_due(tx, &config, 10)).unwrap(), 0);
    assert!(house.read(|tx| outbox::list(tx, 1)).unwrap().is_empty());
    for (query, index) in [
        ("SELECT min(remind_at) FROM requests WHERE state = 'pending' AND remind_at IS NOT NULL", "requests_remind"),
        (
            "SELECT * FROM requests WHERE state = 'pending' AND remind_at IS NOT NULL AND remind_at <= 9 ORDER BY remind_at LIMIT 9",
            "requests_remind",
        ),
        (
            "SELECT * FROM grants WHERE ends_at IS NOT NULL AND revoked_at IS NULL AND (grants.ends_at, grants.id) > (5, 6) \
             AND ends_at <= 9 ORDER BY ends_at, id LIMIT 9",
            "grants_ends",
        ),
        (
            "SELECT id FROM grants WHERE ends_at IS NOT NULL AND revoked_at IS NULL AND ends_at > 5 AND ends_at <= 9 LIMIT 9",
            "grants_ends",
        ),
        (
            "SELECT expires_at FROM requests WHERE state = 'pending' AND expires_at > 5 AND mail_state = 'bounced' LIMIT 9",
            "requests_bounced",
        ),
        ("SELECT * FROM users WHERE is_admin AND deleted_at IS NULL ORDER BY id LIMIT 9", "users_admins"),
        ("SELECT count(*) FROM outbox WHERE user_id = 1 AND generation = 2 AND kind = 'summary'", "outbox_summary_once"),
    ] {
        let plan = house.plan(query, &[]);
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
        assert!(!plan.contains("SCAN") || plan.contains("SCAN users USING INDEX users_admins"), "{query}: {plan}");
    }
}
