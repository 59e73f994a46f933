//! Notices for grantees about their access, and summaries for administrators.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countersign::domain::{Bundle, Caller, EmailKind, Grant, Level, Until, User};
use countersign::store::{due, outbox};
use countersign::workflow::requests::file::Filing;
use countersign::workflow::requests::remind;
use countersign::workflow::shares::{self, Change, NewShare, ShareId, Target, With};
use countersign::workflow::{accounts, daily_summary};

use super::races::at_once;
use crate::support::fixture::{Fixture, Kind, ask, on_both, person};

on_both![
    the_grantee_is_notified_a_week_and_a_day_before_the_end_and_at_it,
    short_access_gets_no_notice_at_its_start,
    a_postponed_end_is_notified_again,
    an_end_with_other_remaining_access_is_not_notified,
    all_ends_at_the_same_moment_are_notified,
    after_downtime_only_recent_ends_are_notified,
    many_daemons_notify_an_end_once,
    the_settings_choose_which_ends_are_notified,
    a_revoked_grantee_learns_who_revoked,
    giving_up_or_never_knowing_of_access_causes_no_notice,
    every_member_of_a_group_is_notified_of_a_revocation,
    a_replaced_grant_causes_no_notice,
    notices_stop_at_the_limit,
    the_requester_learns_why_it_was_cancelled,
    an_administrator_gets_one_summary_a_day,
    a_day_without_open_requests_has_no_summary,
    many_daemons_send_one_summary,
    receipts_are_sent_as_configured,
];

/// Ann gives Bob access that ends after `length`.
fn given_for(fixture: &Fixture, bundle: &Bundle, from: &User, to: &User, length: TimeDelta) -> Grant {
    let filing = Filing { until: Some(Until::For(length)), ..ask(bundle, from, to) };
    let request = fixture.file(&person(to), &filing).unwrap().0.request;
    fixture.approve(from, request.id).unwrap().1.grant
}

fn ann_and_bob(fixture: &Fixture) -> (User, User, Bundle) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    (ann, bob, sleep)
}

/// An email's text without its line breaks.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn count(fixture: &Fixture, kind: &str) -> usize {
    fixture.count("outbox", &format!("kind = '{kind}'"))
}

/// Runs the job every hour until then. Returns the notices: kind and hours before (or after) the end.
fn hours_before(fixture: &Fixture, end: DateTime<Utc>, until: DateTime<Utc>) -> Vec<(&'static str, i64)> {
    let mut notices = Vec::new();
    let mut known = fixture.queue().len();
    while fixture.now() <= until {
        while fixture.queue_notices() > 0 {}
        let queue = fixture.queue();
        notices.extend(queue.iter().skip(known).map(|email| (email.kind.as_str(), (end - fixture.now()).num_hours())));
        known = queue.len();
        fixture.pass(TimeDelta::hours(1));
    }
    notices
}

fn the_grantee_is_notified_a_week_and_a_day_before_the_end_and_at_it(fixture: &Fixture) {
    let (ann, bob, sleep) = ann_and_bob(fixture);
    let grant = given_for(fixture, &sleep, &ann, &bob, TimeDelta::days(30));
    fixture.deliver();
    let end = grant.ends_at.unwrap();
    let notices = hours_before(fixture, end, end + TimeDelta::hours(3));
    assert_eq!(notices, [("ends_soon", 168), ("ends_soon", 24), ("ended", 0)]);
    assert!(fixture.queue().iter().filter(|email| email.grant.is_some()).all(|email| email.user == bob.id));
    // The first two are no longer true: only the last is sent.
    fixture.deliver();
    let emails = fixture.emails_to("bob@example.org");
    assert_eq!(emails[0].subject, "Your access to \"Sleep data\" has ended");
    assert!(emails[0].text.contains(&format!("/renew?id={}\n", grant.id)), "{}", emails[0].text);
    assert_eq!(fixture.count("outbox", "kind = 'ends_soon' AND state = 'cancelled'"), 2);
}

fn short_access_gets_no_notice_at_its_start(fixture: &Fixture) {
    for (length, expected) in [
        (TimeDelta::days(14), vec![("ends_soon", 168), ("ends_soon", 24), ("ended", 0)]),
        (TimeDelta::days(14) - TimeDelta::hours(1), vec![("ends_soon", 24), ("ended", 0)]),
        (TimeDelta::days(2), vec![("ends_soon", 24), ("ended", 0)]),
        (TimeDelta::hours(47), vec![("ended", 0)]),
        (TimeDelta::hours(2), vec![("ended", 0)]),
    ] {
        let fixture = &Fixture::new(fixture.kind());
        let (ann, bob, sleep) = ann_and_bob(fixture);
        fixture.queue_notices();
        let end = given_for(fixture, &sleep, &ann, &bob, length).ends_at.unwrap();
        assert_eq!(hours_before(fixture, end, end), expected, "{length}");
    }
}

fn change(fixture: &Fixture, by: &User, grant: &Grant, change: &Change) {
    let (config, caller, id, change) = (Arc::clone(&fixture.config), person(by), ShareId::Number(grant.id), change.clone());
    fixture.write(move |tx| shares::change(tx, &config, &caller, &id, None, &change)).unwrap();
}

fn a_postponed_end_is_notified_again(fixture: &Fixture) {
    let (ann, bob, sleep) = ann_and_bob(fixture);
    let grant = given_for(fixture, &sleep, &ann, &bob, TimeDelta::days(30));
    let end = grant.ends_at.unwrap();
    let notices = hours_before(fixture, end, end - TimeDelta::hours(1));
    assert_eq!(notices, [("ends_soon", 168), ("ends_soon", 24)]);
    let later = end + TimeDelta::days(20);
    change(fixture, &ann, &grant, &Change { ends_at: Some(Some(later)), ..Change::default() });
    assert_eq!(hours_before(fixture, later, later), [("ends_soon", 168), ("ends_soon", 24), ("ended", 0)]);
}

fn an_end_with_other_remaining_access_is_not_notified(fixture: &Fixture) {
    let (ann, bob, sleep) = ann_and_bob(fixture);
    let grant = given_for(fixture, &sleep, &ann, &bob, TimeDelta::days(30));
    fixture.entitle_with(&sleep, bob.id.into(), Level::Contribute, 0, None, &[]);
    let end = grant.ends_at.unwrap();
    assert_eq!(hours_before(fixture, end, end), []);
    // A disabled or revoked grant does not end either.
    let (coach, steps) = (fixture.bundle("Coach", &ann), fixture.bundle("Steps", &ann));
    let off = given_for(fixture, &coach, &ann, &bob, TimeDelta::days(30));
    change(fixture, &ann, &off, &Change { is_enabled: Some(false), ..Change::default() });
    let revoked = given_for(fixture, &steps, &ann, &bob, TimeDelta::days(30));
    fixture.revoke(&person(&ann), revoked.id).unwrap();
    let end = off.ends_at.unwrap();
    assert_eq!(hours_before(fixture, end, end), []);
}

fn all_ends_at_the_same_moment_are_notified(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    let end = fixture.now() + TimeDelta::days(30);
    for number in 0..7 {
        let sleep = fixture.bundle(&format!("Data {number}"), &ann);
        let bob = fixture.user(&format!("bob{number}@example.org"));
        fixture.entitle_with(&sleep, bob.id.into(), Level::View, 0, Some(end), &[]);
    }
    fixture.queue_notices();
    fixture.pass(TimeDelta::days(23));
    let config = Arc::clone(&fixture.config);
    let mut batches = Vec::new();
    loop {
        let config = Arc::clone(&config);
        match fixture.write(move |tx| countersign::workflow::expiry_notices::send_due(tx, &config, 3)).unwrap() {
            0 => break,
            seen => batches.push(seen),
        }
    }
    assert_eq!((batches, count(fixture, "ends_soon")), (vec![3, 3, 1], 7));
    let is_due = fixture.read(|tx| countersign::workflow::expiry_notices::is_due(tx, &config)).unwrap();
    assert!(!is_due, "nothing is looked at twice");
}

fn after_downtime_only_recent_ends_are_notified(fixture: &Fixture) {
    let (ann, bob, sleep) = ann_and_bob(fixture);
    fixture.queue_notices();
    let grant = given_for(fixture, &sleep, &ann, &bob, TimeDelta::days(30));
    // Up again twelve hours before the end: one email, not two.
    fixture.pass(TimeDelta::days(30) - TimeDelta::hours(12));
    while fixture.queue_notices() > 0 {}
    assert_eq!(count(fixture, "ends_soon"), 1);
    // Up again four days after it: none.
    fixture.pass(TimeDelta::hours(12) + TimeDelta::days(4));
    while fixture.queue_notices() > 0 {}
    assert_eq!((count(fixture, "ends_soon"), count(fixture, "ended")), (1, 0));
    assert!(!fixture.is_live(grant.id));
}

fn daemons(fixture: &Fixture) -> Vec<Fixture> {
    if fixture.kind() == Kind::Postgres { vec![fixture.clone(), fixture.with("")] } else { vec![fixture.clone()] }
}

fn many_daemons_notify_an_end_once(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    for number in 0..9 {
        let bob = fixture.user(&format!("bob{number}@example.org"));
        let end = fixture.now() + TimeDelta::days(30);
        fixture.entitle_with(&fixture.bundle(&format!("Data {number}"), &ann), bob.id.into(), Level::View, 0, Some(end), &[]);
    }
    let instances = daemons(fixture);
    at_once(8, |number| instances[number % instances.len()].queue_notices());
    fixture.pass(TimeDelta::days(23));
    at_once(8, |number| while instances[number % instances.len()].queue_notices() > 0 {});
    while fixture.queue_notices() > 0 {}
    assert_eq!(count(fixture, "ends_soon"), 9);
}

fn the_settings_choose_which_ends_are_notified(fixture: &Fixture) {
    let fixture = &fixture.with("[letters]\nends_soon = [\"3d\"]\nended = false");
    let (ann, bob, sleep) = ann_and_bob(fixture);
    let end = given_for(fixture, &sleep, &ann, &bob, TimeDelta::days(30)).ends_at.unwrap();
    assert_eq!(hours_before(fixture, end, end), [("ends_soon", 72)]);
}

fn a_revoked_grantee_learns_who_revoked(fixture: &Fixture) {
    let (ann, bob, sleep) = ann_and_bob(fixture);
    let admin = fixture.admin("root@example.org");
    let grant = fixture.given(&sleep, &ann, &bob);
    fixture.deliver();
    fixture.revoke(&person(&ann), grant.id).unwrap();
    fixture.deliver();
    assert_eq!(fixture.emails_to("bob@example.org")[0].subject, "Ann stopped sharing \"Sleep data\" with you");
    let grant = fixture.given(&fixture.bundle("Steps", &ann), &ann, &bob);
    fixture.deliver();
    fixture.revoke(&person(&admin), grant.id).unwrap();
    fixture.deliver();
    assert_eq!(fixture.emails_to("bob@example.org")[0].subject, "Your access to \"Steps\" was stopped");
    assert_eq!(count(fixture, "revoked"), 2);
}

fn share_with(fixture: &Fixture, from: &User, bundle: &Bundle, with: With) -> Grant {
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
    let (config, caller) = (Arc::clone(&fixture.config), person(from));
    fixture.write(move |tx| shares::share(tx, &config, &caller, &new)).unwrap().grant
}

fn giving_up_or_never_knowing_of_access_causes_no_notice(fixture: &Fixture) {
    let (ann, bob, sleep) = ann_and_bob(fixture);
    let grant = fixture.given(&sleep, &ann, &bob);
    fixture.deliver();
    fixture.revoke(&person(&bob), grant.id).unwrap();
    assert_eq!(count(fixture, "revoked"), 0);
    // Shared, and revoked before its email was sent: neither is notified.
    let grant = share_with(fixture, &ann, &sleep, With::User(bob.id));
    fixture.revoke(&person(&ann), grant.id).unwrap();
    assert_eq!((count(fixture, "shared"), count(fixture, "revoked")), (1, 0));
    // A requester waits for an answer: if an approval is revoked at once, they are told only of the revocation.
    let request = fixture.asked(&fixture.bundle("Steps", &ann), &ann, &bob);
    let grant = fixture.approve(&ann, request.id).unwrap().1.grant;
    fixture.revoke(&person(&ann), grant.id).unwrap();
    let before = fixture.emails_to("bob@example.org").len();
    fixture.deliver();
    let emails = fixture.emails_to("bob@example.org");
    assert_eq!(emails.len(), before + 1);
    assert_eq!(emails[0].subject, "Ann stopped sharing \"Steps\" with you");
}

fn every_member_of_a_group_is_notified_of_a_revocation(fixture: &Fixture) {
    let (ann, bob, sleep) = ann_and_bob(fixture);
    let eve = fixture.user("eve@example.org");
    let members = vec![ann.id, bob.id, eve.id];
    fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), "Team", &members)).unwrap();
    let grant = share_with(fixture, &ann, &sleep, With::Group("Team".into()));
    fixture.deliver();
    fixture.revoke(&person(&ann), grant.id).unwrap();
    fixture.deliver();
    let notices: Vec<_> =
        fixture.queue().into_iter().filter(|email| email.kind == EmailKind::Revoked).map(|email| email.user).collect();
    assert_eq!(notices, [bob.id, eve.id]);
}

fn a_replaced_grant_causes_no_notice(fixture: &Fixture) {
    let (ann, bob, sleep) = ann_and_bob(fixture);
    let first = fixture.given(&sleep, &ann, &bob);
    fixture.pass(TimeDelta::hours(1));
    fixture.given(&sleep, &ann, &bob);
    assert!(!fixture.is_live(first.id));
    assert_eq!(count(fixture, "revoked"), 0);
}

fn notices_stop_at_the_limit(fixture: &Fixture) {
    let fixture =
        &fixture.with("[limits]\ntarget_letters = 0\ninitiator_hourly = 0\nnews_letters = 2\nnews_letter_every = \"1h\"");
    let (ann, bob, _) = ann_and_bob(fixture);
    let grants: Vec<_> =
        (0..4).map(|number| fixture.given(&fixture.bundle(&format!("Data {number}"), &ann), &ann, &bob)).collect();
    fixture.deliver();
    for grant in &grants {
        fixture.revoke(&person(&ann), grant.id).unwrap();
    }
    fixture.deliver();
    let states = |state: &str| fixture.count("outbox", &format!("kind = 'revoked' AND state = '{state}'"));
    assert_eq!([states("sent"), states("cancelled")], [2, 2]);
    assert!(grants.iter().all(|grant| !fixture.is_live(grant.id)), "revoking never waits for emails");
}

fn the_requester_learns_why_it_was_cancelled(fixture: &Fixture) {
    let (ann, bob, sleep) = ann_and_bob(fixture);
    fixture.asked_by_mail(&sleep, &ann, &bob);
    let id = sleep.id;
    fixture.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), id)).unwrap();
    fixture.deliver();
    let email = &fixture.emails_to("bob@example.org")[0];
    assert_eq!(email.subject, "Cancelled: your request to #1 for access to \"Sleep data\"");
    assert!(flat(&email.text).contains("The data was removed, so there is nothing to decide."), "{}", email.text);
    let subject = &fixture.emails_to("ann@example.org")[0].subject;
    assert!(subject.starts_with("No reply needed to our email about Bob and \"Sleep data\""), "{subject}");
    // Withdrawn by the requester, who knows.
    let (request, _) = fixture.asked_by_mail(&fixture.bundle("Steps", &ann), &ann, &bob);
    fixture.delete(&person(&bob), request.id).unwrap();
    assert_eq!(count(fixture, "cancelled"), 1);
    // Cancelled by an administrator: the requester is notified.
    let admin = fixture.admin("root@example.org");
    let (request, _) = fixture.asked_by_mail(&fixture.bundle("Naps", &ann), &ann, &bob);
    fixture.delete(&person(&admin), request.id).unwrap();
    fixture.deliver();
    assert!(flat(&fixture.emails_to("bob@example.org")[0].text).contains("An administrator cancelled it."));
}

fn an_administrator_gets_one_summary_a_day(fixture: &Fixture) {
    let admin = fixture.add_user("root@example.org", |new| {
        new.is_admin = true;
        new.time_zone = "America/New_York".into();
    });
    let (ann, bob, sleep) = ann_and_bob(fixture);
    fixture.pass(TimeDelta::days(1));
    fixture.asked(&sleep, &ann, &bob);
    let ends = given_for(fixture, &fixture.bundle("Steps", &ann), &ann, &bob, TimeDelta::days(5));
    fixture.deliver();
    // The fixture's noon is seven in the morning in New York, in winter.
    fixture.pass(TimeDelta::days(1) - TimeDelta::microseconds(1));
    fixture.queue_notices();
    fixture.deliver();
    assert_eq!(fixture.emails_to("root@example.org").len(), 0);
    fixture.pass(TimeDelta::microseconds(1));
    fixture.queue_notices();
    fixture.queue_notices();
    fixture.deliver();
    let emails = fixture.emails_to("root@example.org");
    assert_eq!((emails.len(), count(fixture, "summary")), (1, 1));
    assert_eq!(emails[0].subject, "Countersign on 3 December: what needs attention");
    let text = &emails[0].text;
    assert!(text.contains("  Open requests: 1\n") && text.contains("  Access that ends within a week: 1\n"), "{text}");
    assert!(!text.contains("undelivered email:") && !text.contains("within a day:"), "{text}");
    assert!(ends.ends_at.unwrap() > fixture.now() && admin.is_admin);
    // By the afternoon it is another day's.
    fixture.pass(TimeDelta::hours(20));
    assert_eq!(fixture.queue_notices(), 0);
}

fn a_day_without_open_requests_has_no_summary(fixture: &Fixture) {
    fixture.admin("root@example.org");
    fixture.pass(TimeDelta::hours(20));
    let config = Arc::clone(&fixture.config);
    assert!(
        fixture.read(|tx| daily_summary::due(tx, &config)).unwrap().is_empty(),
        "an administrator who was added today gets no summary"
    );
    fixture.pass(TimeDelta::days(1));
    fixture.queue_notices();
    fixture.deliver();
    assert_eq!(fixture.emails(), [("summary", "cancelled")]);
    // Later requests of the day are in the next summary.
    let (ann, bob, sleep) = ann_and_bob(fixture);
    fixture.asked(&sleep, &ann, &bob);
    fixture.pass(TimeDelta::hours(1));
    fixture.queue_notices();
    assert_eq!(count(fixture, "summary"), 1);
    let off = fixture.with("[letters]\nsummary_hour = 24");
    fixture.pass(TimeDelta::days(1));
    off.queue_notices();
    assert_eq!(count(fixture, "summary"), 1);
}

fn many_daemons_send_one_summary(fixture: &Fixture) {
    fixture.admin("root@example.org");
    fixture.pass(TimeDelta::hours(24));
    let (ann, bob, sleep) = ann_and_bob(fixture);
    fixture.asked(&sleep, &ann, &bob);
    let instances = daemons(fixture);
    at_once(8, |number| instances[number % instances.len()].queue_notices());
    assert_eq!(count(fixture, "summary"), 1);
    fixture.deliver();
    assert_eq!(fixture.emails_to("root@example.org").len(), 1);
}

fn receipts_are_sent_as_configured(fixture: &Fixture) {
    let (ann, bob, _) = ann_and_bob(fixture);
    let page = Caller::person(bob.id, false, countersign::domain::Credential::Session);
    let mut number = 0;
    let mut receipts = |settings: &str, caller: &Caller| {
        number += 1;
        let fixture = fixture.with(&format!("[limits]\ntarget_letters = 0\n[letters]\n{settings}"));
        let before = count(&fixture, "receipt");
        fixture.file(caller, &ask(&fixture.bundle(&format!("Data {number}"), &ann), &ann, &bob)).unwrap();
        count(&fixture, "receipt") - before
    };
    assert_eq!([receipts("", &page), receipts("", &person(&bob))], [1, 0]);
    assert_eq!([receipts("receipt = \"always\"", &page), receipts("receipt = \"always\"", &person(&bob))], [1, 1]);
    assert_eq!([receipts("receipt = \"never\"", &page), receipts("receipt = \"never\"", &person(&bob))], [0, 0]);
    // Decided before it was sent, it is not needed.
    let last =
        fixture.texts("SELECT CAST(max(request_id) AS TEXT) AS value FROM outbox WHERE kind = 'receipt'")[0].parse().unwrap();
    fixture.approve(&ann, countersign::domain::RequestId(last)).unwrap();
    fixture.deliver();
    let subjects: Vec<_> = fixture.emails_to("bob@example.org").into_iter().map(|email| email.subject).collect();
    let sent = subjects.iter().filter(|subject| subject.starts_with("Request sent: you asked Ann to let you")).count();
    assert_eq!(sent, 2, "{subjects:?}");
}

/// The job's queries without due rows use an index, however many rows there are.
#[test]
fn idle_jobs_use_an_index() {
    let fixture = Fixture::new(Kind::Sqlite);
    let noon = fixture.now();
    let config = Arc::clone(&fixture.config);
    fixture.queue_notices();
    assert!(!fixture.read(due::is_reminder_due).unwrap());
    assert_eq!(fixture.read(|tx| due::ending(tx, due::Cursor::at(noon), noon, 1)).unwrap().len(), 0);
    assert_eq!(fixture.write(move |tx| remind::send_due(tx, &config, 10)).unwrap(), 0);
    assert!(fixture.read(|tx| outbox::list(tx, 1)).unwrap().is_empty());
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
        let plan = fixture.plan(query, &[]);
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
        assert!(!plan.contains("SCAN") || plan.contains("SCAN users USING INDEX users_admins"), "{query}: {plan}");
    }
}
