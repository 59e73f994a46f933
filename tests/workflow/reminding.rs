//! Reminders for an approver: when, how often, and never after the end.

use chrono::{DateTime, TimeDelta, Utc};
use countersign::domain::{Request, User};
use countersign::store::blocks::{self, Blocked};
use countersign::workflow::requests::file::Filing;

use super::races::at_once;
use crate::support::fixture::{Fixture, Kind, ask, offer, on_both, person, word};

on_both![
    an_approver_is_reminded_at_half_time_and_a_day_before_the_end,
    a_reminder_has_its_own_link_and_old_ones_stay_valid,
    a_short_request_has_few_reminders_or_none,
    an_ended_request_is_not_reminded_of,
    a_new_approver_gets_a_new_email_instead_of_a_reminder,
    an_undelivered_email_is_not_reminded_of,
    a_resent_email_replaces_a_reminder,
    requests_of_a_blocked_requester_are_not_reminded_of,
    missed_reminders_are_sent_once_and_not_too_late,
    reminders_have_the_limits_of_requests,
    the_settings_choose_whether_and_when_to_remind,
    concurrent_jobs_remind_once,
    no_reminder_is_sent_after_a_decision,
];

fn waiting(fixture: &Fixture) -> (User, User, Request) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (request, _) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    (ann, bob, request)
}

fn waiting_for(fixture: &Fixture, ttl: TimeDelta) -> Request {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let request = fixture.file(&person(&bob), &Filing { ttl: Some(ttl), ..ask(&sleep, &ann, &bob) }).unwrap().0.request;
    fixture.deliver();
    request
}

fn reminders(fixture: &Fixture) -> usize {
    fixture.count("outbox", "kind = 'reminder'")
}

/// The hours after the filing at which reminders are queued, with a run each hour until the request ends.
fn hours_of_reminders(fixture: &Fixture, request: &Request) -> Vec<i64> {
    let filed: DateTime<Utc> = request.created_at;
    let mut hours = Vec::new();
    while fixture.now() < request.expires_at {
        let before = reminders(fixture);
        fixture.queue_notices();
        fixture.deliver();
        if reminders(fixture) > before {
            hours.push((fixture.now() - filed).num_hours());
        }
        fixture.pass(TimeDelta::hours(1));
    }
    hours
}

fn an_approver_is_reminded_at_half_time_and_a_day_before_the_end(fixture: &Fixture) {
    let (_, _, request) = waiting(fixture);
    let half = TimeDelta::hours(84);
    fixture.pass(half - TimeDelta::microseconds(1));
    fixture.queue_notices();
    assert_eq!(reminders(fixture), 0);
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!([fixture.queue_notices(), fixture.queue_notices()], [1, 0]);
    assert_eq!(reminders(fixture), 1);
    fixture.pass(TimeDelta::days(6) - half - TimeDelta::microseconds(1));
    fixture.queue_notices();
    assert_eq!(reminders(fixture), 1);
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!([fixture.queue_notices(), fixture.queue_notices()], [1, 0]);
    fixture.deliver();
    assert_eq!(fixture.emails(), [("decide", "sent"), ("reminder", "sent"), ("reminder", "sent")]);
    assert_eq!(fixture.events().iter().filter(|event| *event == "request.reminded").count(), 2);
    // Emails that people request are counted separately.
    assert_eq!(fixture.request(request.id).letters, 1);
    fixture.pass(TimeDelta::hours(23));
    assert_eq!((fixture.queue_notices(), reminders(fixture)), (0, 2));
}

fn a_reminder_has_its_own_link_and_old_ones_stay_valid(fixture: &Fixture) {
    let (ann, ..) = waiting(fixture);
    fixture.pass(TimeDelta::hours(84));
    fixture.queue_notices();
    assert_eq!(fixture.count("tokens", "1 = 1"), 1, "minted when the email is sent");
    fixture.deliver();
    let tokens = fixture.tokens_for("ann@example.org");
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], tokens[1]);
    assert!(
        fixture.emails_to("ann@example.org")[0]
            .subject
            .starts_with("Reminder: Bob wants to view and change \"Sleep data\" (reply by")
    );
    assert_eq!([word(fixture.check(&ann, &tokens[0])), word(fixture.check(&ann, &tokens[1]))], ["ok"; 2]);
    assert_eq!([word(fixture.redeem(&ann, &tokens[0])), word(fixture.redeem(&ann, &tokens[1]))], ["ok", "approved"]);
}

fn a_short_request_has_few_reminders_or_none(fixture: &Fixture) {
    for (ttl, hours) in [
        (TimeDelta::hours(24), vec![]),
        (TimeDelta::hours(36), vec![12]),
        (TimeDelta::hours(48), vec![24]),
        (TimeDelta::hours(71), vec![36]),
        (TimeDelta::hours(72), vec![36, 48]),
        (TimeDelta::days(10), vec![120, 216]),
    ] {
        let fixture = &Fixture::new(fixture.kind());
        let request = waiting_for(fixture, ttl);
        assert_eq!(hours_of_reminders(fixture, &request), hours, "{ttl}");
    }
}

fn an_ended_request_is_not_reminded_of(fixture: &Fixture) {
    let ways: [fn(&Fixture, &User, &User, &Request); 4] = [
        |fixture, ann, _, request| drop(fixture.approve(ann, request.id).unwrap()),
        |fixture, ann, _, request| fixture.delete(&person(ann), request.id).unwrap(),
        |fixture, _, bob, request| fixture.delete(&person(bob), request.id).unwrap(),
        |fixture, ann, _, _| fixture.remove_user(ann, None).unwrap(),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        // Ended before the reminder is queued, and before it is sent.
        for is_queued in [false, true] {
            let fixture = &Fixture::new(fixture.kind());
            let (ann, bob, request) = waiting(fixture);
            fixture.pass(TimeDelta::hours(84));
            if is_queued {
                fixture.queue_notices();
            }
            way(fixture, &ann, &bob, &request);
            fixture.queue_notices();
            fixture.deliver();
            let sent = fixture.count("outbox", "kind = 'reminder' AND state = 'sent'");
            assert_eq!((sent, reminders(fixture)), (0, usize::from(is_queued)), "way {number}, queued {is_queued}");
        }
    }
}

fn a_new_approver_gets_a_new_email_instead_of_a_reminder(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (eve, sleep) = (fixture.user("eve@example.org"), fixture.bundle("Sleep data", &ann));
    fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.pass(TimeDelta::hours(84));
    fixture.queue_notices();
    fixture.hand_over(sleep.id, &eve).unwrap();
    fixture.deliver();
    assert_eq!(
        fixture.emails(),
        [("decide", "sent"), ("reminder", "cancelled"), ("another_decides", "sent"), ("decide", "sent")]
    );
    assert_eq!(fixture.emails_to("ann@example.org")[0].subject, "No reply needed: someone else now decides about \"Sleep data\"");
    // A day before the end the new approver is reminded.
    fixture.pass(TimeDelta::hours(60));
    fixture.queue_notices();
    fixture.deliver();
    assert!(fixture.emails_to("eve@example.org")[0].subject.starts_with("Reminder: "));
    assert_eq!(fixture.emails_to("ann@example.org").len(), 2);
}

fn an_undelivered_email_is_not_reminded_of(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.pass(TimeDelta::hours(84));
    for state in ["queued", "deferred", "bounced"] {
        fixture.sql(&format!("UPDATE requests SET mail_state = '{state}', remind_at = created_at")).unwrap();
        fixture.queue_notices();
        assert_eq!(reminders(fixture), 0, "{state}");
    }
    fixture.sql("UPDATE requests SET mail_state = 'sent', remind_at = created_at").unwrap();
    fixture.queue_notices();
    assert_eq!(reminders(fixture), 1);
}

fn a_resent_email_replaces_a_reminder(fixture: &Fixture) {
    let (_, bob, request) = waiting(fixture);
    fixture.pass(TimeDelta::hours(83));
    fixture.resend(&person(&bob), request.id).unwrap();
    fixture.deliver();
    fixture.pass(TimeDelta::hours(1));
    fixture.queue_notices();
    assert_eq!(reminders(fixture), 0);
    fixture.pass(TimeDelta::hours(60));
    fixture.queue_notices();
    assert_eq!(reminders(fixture), 1, "the one a day before the end");
}

fn requests_of_a_blocked_requester_are_not_reminded_of(fixture: &Fixture) {
    let (ann, bob, _) = waiting(fixture);
    fixture.write(move |tx| blocks::add(tx, ann.id, Blocked::User(bob.id))).unwrap();
    fixture.pass(TimeDelta::hours(84));
    assert_eq!((fixture.queue_notices(), fixture.queue_notices(), reminders(fixture)), (1, 0, 0));
}

fn missed_reminders_are_sent_once_and_not_too_late(fixture: &Fixture) {
    // The daemon was down at both moments: one reminder, not two.
    waiting(fixture);
    fixture.pass(TimeDelta::days(6) + TimeDelta::hours(3));
    fixture.queue_notices();
    fixture.queue_notices();
    assert_eq!(reminders(fixture), 1);
    // And none if the request is about to end.
    let fixture = &Fixture::new(fixture.kind());
    waiting(fixture);
    fixture.pass(TimeDelta::days(7) - TimeDelta::minutes(59));
    assert_eq!((fixture.queue_notices(), fixture.queue_notices(), reminders(fixture)), (1, 0, 0));
}

fn reminders_have_the_limits_of_requests(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    let coach = fixture.relationship("coach");
    let free = fixture.with("[limits]\ntarget_letters = 0");
    for number in 0..5 {
        let requester = fixture.user(&format!("asker{number}@example.org"));
        free.file(&person(&requester), &ask(&coach, &ann, &requester)).unwrap();
    }
    fixture.deliver();
    fixture.pass(TimeDelta::hours(84));
    fixture.queue_notices();
    assert_eq!(reminders(fixture), 3, "three, then one an hour");
    for expected in [4, 5, 5] {
        fixture.pass(TimeDelta::hours(1));
        fixture.queue_notices();
        assert_eq!(reminders(fixture), expected);
    }
}

fn the_settings_choose_whether_and_when_to_remind(fixture: &Fixture) {
    for (settings, hours) in [
        ("remind_at_half = false", vec![144]),
        ("remind_before_end = \"0s\"", vec![84]),
        ("remind_at_half = false\nremind_before_end = \"0s\"", vec![]),
        ("remind_before_end = \"2d\"", vec![84, 120]),
    ] {
        let fixture = &Fixture::new(fixture.kind()).with(&format!("[letters]\n{settings}"));
        let request = waiting_for(fixture, TimeDelta::days(7));
        assert_eq!(hours_of_reminders(fixture, &request), hours, "{settings}");
    }
    // A request from before the setting was changed gets none either.
    let (_, _, _) = waiting(fixture);
    let quiet = fixture.with("[letters]\nremind_at_half = false\nremind_before_end = \"0s\"");
    fixture.pass(TimeDelta::hours(84));
    assert_eq!((quiet.queue_notices(), quiet.queue_notices(), reminders(fixture)), (1, 0, 0));
}

/// Two daemons, if the database permits.
fn daemons(fixture: &Fixture) -> Vec<Fixture> {
    if fixture.kind() == Kind::Postgres { vec![fixture.clone(), fixture.with("")] } else { vec![fixture.clone()] }
}

fn concurrent_jobs_remind_once(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    let free = fixture.with("[limits]\ntarget_letters = 0");
    let sleep = fixture.bundle("Sleep data", &ann);
    for number in 0..12 {
        let eve = fixture.user(&format!("eve{number}@example.org"));
        free.file(&person(&ann), &offer(&sleep, &eve)).unwrap();
    }
    fixture.deliver();
    fixture.pass(TimeDelta::hours(84));
    let instances = daemons(&free);
    at_once(8, |number| instances[number % instances.len()].queue_notices());
    assert_eq!(reminders(fixture), 12);
    fixture.deliver();
    assert_eq!(fixture.count("outbox", "kind = 'reminder' AND state = 'sent'"), 12);
}

fn no_reminder_is_sent_after_a_decision(fixture: &Fixture) {
    let free = &fixture.with("[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\ndomain_hourly = 0");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let instances = daemons(free);
    for round in 0..8 {
        let (request, token) = free.asked_by_mail(&fixture.bundle(&format!("Data {round}"), &ann), &ann, &bob);
        fixture.pass(TimeDelta::hours(84));
        let words = at_once(6, |number| match number {
            0 => word(instances[0].redeem(&ann, &token)),
            1 => word(instances[0].delete(&person(&bob), request.id)),
            _ => {
                instances[number % instances.len()].queue_notices();
                "told"
            }
        });
        assert!(words[..2].contains(&"ok"), "{words:?}");
        fixture.deliver();
        let sent =
            fixture.count("outbox", &format!("request_id = {} AND kind = 'reminder' AND state <> 'cancelled'", request.id));
        assert_eq!(sent, 0, "{words:?}");
    }
}
