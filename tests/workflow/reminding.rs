//! Reminding a decider: when, how often, and never of what is over.

use chrono::{DateTime, TimeDelta, Utc};
use countersign::domain::{Request, User};
use countersign::store::rate_limits::{self, Blocked};
use countersign::workflow::requests::file::Filing;

use super::races::at_once;
use crate::support::house::{House, Kind, ask, offer, on_both, person, word};

on_both![
    a_decider_is_reminded_at_half_and_a_day_before_the_end,
    a_reminder_has_a_link_of_its_own_and_the_old_ones_stay_good,
    a_short_request_is_reminded_of_seldom_or_not_at_all,
    what_is_over_is_reminded_of_by_nobody,
    a_new_decider_is_asked_anew_and_not_reminded_of_the_old_letter,
    who_never_got_the_letter_is_not_reminded_of_it,
    a_letter_that_somebody_asked_for_stands_for_a_reminder,
    a_blocked_asker_reminds_nobody,
    what_was_missed_is_told_once_and_not_too_late,
    a_decider_is_reminded_no_faster_than_they_are_asked,
    the_operator_says_whether_and_when,
    many_at_once_remind_once,
    a_reminder_never_goes_after_a_decision,
];

fn waiting(house: &House) -> (User, User, Request) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let (request, _) = house.asked_by_mail(&house.bundle("Sleep data", &ann), &ann, &bob);
    (ann, bob, request)
}

fn waiting_for(house: &House, ttl: TimeDelta) -> Request {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let request = house.file(&person(&bob), &Filing { ttl: Some(ttl), ..ask(&sleep, &ann, &bob) }).unwrap().0.request;
    house.deliver();
    request
}

fn reminders(house: &House) -> usize {
    house.count("outbox", "kind = 'reminder'")
}

/// Hours after the filing at which reminders are queued, looking each hour until the request is over.
fn hours_of_reminders(house: &House, request: &Request) -> Vec<i64> {
    let filed: DateTime<Utc> = request.created_at;
    let mut hours = Vec::new();
    while house.now() < request.expires_at {
        let before = reminders(house);
        house.tell();
        house.deliver();
        if reminders(house) > before {
            hours.push((house.now() - filed).num_hours());
        }
        house.pass(TimeDelta::hours(1));
    }
    hours
}

fn a_decider_is_reminded_at_half_and_a_day_before_the_end(house: &House) {
    let (_, _, request) = waiting(house);
    let half = TimeDelta::hours(84);
    house.pass(half - TimeDelta::microseconds(1));
    house.tell();
    assert_eq!(reminders(house), 0);
    house.pass(TimeDelta::microseconds(1));
    assert_eq!([house.tell(), house.tell()], [1, 0]);
    assert_eq!(reminders(house), 1);
    house.pass(TimeDelta::days(6) - half - TimeDelta::microseconds(1));
    house.tell();
    assert_eq!(reminders(house), 1);
    house.pass(TimeDelta::microseconds(1));
    assert_eq!([house.tell(), house.tell()], [1, 0]);
    house.deliver();
    assert_eq!(house.letters(), [("decide", "sent"), ("reminder", "sent"), ("reminder", "sent")]);
    assert_eq!(house.events().iter().filter(|event| *event == "request.reminded").count(), 2);
    // The letters that people ask for are counted by themselves.
    assert_eq!(house.request(request.id).letters, 1);
    house.pass(TimeDelta::hours(23));
    assert_eq!((house.tell(), reminders(house)), (0, 2));
}

fn a_reminder_has_a_link_of_its_own_and_the_old_ones_stay_good(house: &House) {
    let (ann, ..) = waiting(house);
    house.pass(TimeDelta::hours(84));
    house.tell();
    assert_eq!(house.count("tokens", "1 = 1"), 1, "made as the letter goes");
    house.deliver();
    let tokens = house.tokens_for("ann@example.org");
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], tokens[1]);
    assert!(
        house.letters_to("ann@example.org")[0].subject.starts_with("Reminder: Bob asks for view and change access to Sleep data")
    );
    assert_eq!([word(house.check(&ann, &tokens[0])), word(house.check(&ann, &tokens[1]))], ["ok"; 2]);
    assert_eq!([word(house.redeem(&ann, &tokens[0])), word(house.redeem(&ann, &tokens[1]))], ["ok", "approved"]);
}

fn a_short_request_is_reminded_of_seldom_or_not_at_all(house: &House) {
    for (ttl, hours) in [
        (TimeDelta::hours(24), vec![]),
        (TimeDelta::hours(36), vec![12]),
        (TimeDelta::hours(48), vec![24]),
        (TimeDelta::hours(71), vec![36]),
        (TimeDelta::hours(72), vec![36, 48]),
        (TimeDelta::days(10), vec![120, 216]),
    ] {
        let house = &House::new(house.kind());
        let request = waiting_for(house, ttl);
        assert_eq!(hours_of_reminders(house, &request), hours, "{ttl}");
    }
}

fn what_is_over_is_reminded_of_by_nobody(house: &House) {
    let ways: [fn(&House, &User, &User, &Request); 4] = [
        |house, ann, _, request| drop(house.approve(ann, request.id).unwrap()),
        |house, ann, _, request| house.delete(&person(ann), request.id).unwrap(),
        |house, _, bob, request| house.delete(&person(bob), request.id).unwrap(),
        |house, ann, _, _| house.remove_user(ann, None).unwrap(),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        // Over before the reminder is queued, and over before it is sent.
        for is_queued in [false, true] {
            let house = &House::new(house.kind());
            let (ann, bob, request) = waiting(house);
            house.pass(TimeDelta::hours(84));
            if is_queued {
                house.tell();
            }
            way(house, &ann, &bob, &request);
            house.tell();
            house.deliver();
            let sent = house.count("outbox", "kind = 'reminder' AND state = 'sent'");
            assert_eq!((sent, reminders(house)), (0, usize::from(is_queued)), "way {number}, queued {is_queued}");
        }
    }
}

fn a_new_decider_is_asked_anew_and_not_reminded_of_the_old_letter(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let (eve, sleep) = (house.user("eve@example.org"), house.bundle("Sleep data", &ann));
    house.asked_by_mail(&sleep, &ann, &bob);
    house.pass(TimeDelta::hours(84));
    house.tell();
    house.hand_over(sleep.id, &eve).unwrap();
    house.deliver();
    assert_eq!(house.letters(), [("decide", "sent"), ("reminder", "cancelled"), ("another_decides", "sent"), ("decide", "sent")]);
    assert_eq!(house.letters_to("ann@example.org")[0].subject, "No answer needed: somebody else decides about Sleep data now");
    // A day before the end it is the new one who is reminded.
    house.pass(TimeDelta::hours(60));
    house.tell();
    house.deliver();
    assert!(house.letters_to("eve@example.org")[0].subject.starts_with("Reminder: "));
    assert_eq!(house.letters_to("ann@example.org").len(), 2);
}

fn who_never_got_the_letter_is_not_reminded_of_it(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    house.asked(&house.bundle("Sleep data", &ann), &ann, &bob);
    house.pass(TimeDelta::hours(84));
    for state in ["queued", "deferred", "bounced"] {
        house.sql(&format!("UPDATE requests SET mail_state = '{state}', remind_at = created_at")).unwrap();
        house.tell();
        assert_eq!(reminders(house), 0, "{state}");
    }
    house.sql("UPDATE requests SET mail_state = 'sent', remind_at = created_at").unwrap();
    house.tell();
    assert_eq!(reminders(house), 1);
}

fn a_letter_that_somebody_asked_for_stands_for_a_reminder(house: &House) {
    let (_, bob, request) = waiting(house);
    house.pass(TimeDelta::hours(83));
    house.resend(&person(&bob), request.id).unwrap();
    house.deliver();
    house.pass(TimeDelta::hours(1));
    house.tell();
    assert_eq!(reminders(house), 0);
    house.pass(TimeDelta::hours(60));
    house.tell();
    assert_eq!(reminders(house), 1, "the one a day before the end");
}

fn a_blocked_asker_reminds_nobody(house: &House) {
    let (ann, bob, _) = waiting(house);
    house.write(move |tx| rate_limits::block(tx, ann.id, Blocked::User(bob.id))).unwrap();
    house.pass(TimeDelta::hours(84));
    assert_eq!((house.tell(), house.tell(), reminders(house)), (1, 0, 0));
}

fn what_was_missed_is_told_once_and_not_too_late(house: &House) {
    // The daemon was away over both moments: one reminder, not two.
    waiting(house);
    house.pass(TimeDelta::days(6) + TimeDelta::hours(3));
    house.tell();
    house.tell();
    assert_eq!(reminders(house), 1);
    // And none where the request is all but over.
    let house = &House::new(house.kind());
    waiting(house);
    house.pass(TimeDelta::days(7) - TimeDelta::minutes(59));
    assert_eq!((house.tell(), house.tell(), reminders(house)), (1, 0, 0));
}

fn a_decider_is_reminded_no_faster_than_they_are_asked(house: &House) {
    let ann = house.user("ann@example.org");
    let coach = house.relationship("coach");
    let free = house.with("[limits]\ntarget_letters = 0");
    for number in 0..5 {
        let asker = house.user(&format!("asker{number}@example.org"));
        free.file(&person(&asker), &ask(&coach, &ann, &asker)).unwrap();
    }
    house.deliver();
    house.pass(TimeDelta::hours(84));
    house.tell();
    assert_eq!(reminders(house), 3, "three, then one an hour");
    for expected in [4, 5, 5] {
        house.pass(TimeDelta::hours(1));
        house.tell();
        assert_eq!(reminders(house), expected);
    }
}

fn the_operator_says_whether_and_when(house: &House) {
    for (settings, hours) in [
        ("remind_at_half = false", vec![144]),
        ("remind_before_end = \"0s\"", vec![84]),
        ("remind_at_half = false\nremind_before_end = \"0s\"", vec![]),
        ("remind_before_end = \"2d\"", vec![84, 120]),
    ] {
        let house = &House::new(house.kind()).with(&format!("[letters]\n{settings}"));
        let request = waiting_for(house, TimeDelta::days(7));
        assert_eq!(hours_of_reminders(house, &request), hours, "{settings}");
    }
    // What was filed before it was switched off is left alone too.
    let (_, _, _) = waiting(house);
    let quiet = house.with("[letters]\nremind_at_half = false\nremind_before_end = \"0s\"");
    house.pass(TimeDelta::hours(84));
    assert_eq!((quiet.tell(), quiet.tell(), reminders(house)), (1, 0, 0));
}

/// Two daemons, as far as the database allows them.
fn daemons(house: &House) -> Vec<House> {
    if house.kind() == Kind::Postgres { vec![house.clone(), house.with("")] } else { vec![house.clone()] }
}

fn many_at_once_remind_once(house: &House) {
    let ann = house.user("ann@example.org");
    let free = house.with("[limits]\ntarget_letters = 0");
    let sleep = house.bundle("Sleep data", &ann);
    for number in 0..12 {
        let eve = house.user(&format!("eve{number}@example.org"));
        free.file(&person(&ann), &offer(&sleep, &eve)).unwrap();
    }
    house.deliver();
    house.pass(TimeDelta::hours(84));
    let houses = daemons(&free);
    at_once(8, |number| houses[number % houses.len()].tell());
    assert_eq!(reminders(house), 12);
    house.deliver();
    assert_eq!(house.count("outbox", "kind = 'reminder' AND state = 'sent'"), 12);
}

fn a_reminder_never_goes_after_a_decision(house: &House) {
    let free = &house.with("[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\ndomain_hourly = 0");
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let houses = daemons(free);
    for round in 0..8 {
        let (request, token) = free.asked_by_mail(&house.bundle(&format!("Data {round}"), &ann), &ann, &bob);
        house.pass(TimeDelta::hours(84));
        let words = at_once(6, |number| match number {
            0 => word(houses[0].redeem(&ann, &token)),
            1 => word(houses[0].delete(&person(&bob), request.id)),
            _ => {
                houses[number % houses.len()].tell();
                "told"
            }
        });
        assert!(words[..2].contains(&"ok"), "{words:?}");
        house.deliver();
        let sent = house.count("outbox", &format!("request_id = {} AND kind = 'reminder' AND state <> 'cancelled'", request.id));
        assert_eq!(sent, 0, "{words:?}");
    }
}
