//! Emails of one claim, and outcomes of one batch, are written together. None of them is affected by another, and a remote
//! database is not queried for each.

use chrono::TimeDelta;
use countersign::domain::{EmailState, Request, User};
use countersign::store::outbox::{self, Sent};
use countersign::store::users;

use crate::support::fixture::{Fixture, Kind, on_both, word};
use crate::support::postgres::Cluster;
use crate::support::proxy::Proxy;

on_both![
    an_unreadable_row_in_a_batch_delays_no_other,
    a_row_in_a_batch_that_the_database_refuses_delays_no_other,
    an_unneeded_email_in_a_batch_is_cancelled_alone,
    outcomes_are_recorded_only_for_emails_under_our_lease,
];

const SETTINGS: &str = "[limits]\ntarget_letters = 0\n[database]\nconnections = 2\n[mail]\nconnections = 32";

/// Several people request from several others, each another bundle.
fn asked(fixture: &Fixture, from: usize, to: usize) -> Vec<(User, Request)> {
    let ask = |number: usize| {
        let (ann, bob) = (fixture.user(&format!("ann{number}@example.test")), fixture.user(&format!("bob{number}@example.test")));
        let request = fixture.asked(&fixture.bundle(&format!("Sleep {number}"), &ann), &ann, &bob);
        (ann, request)
    };
    (from..to).map(ask).collect()
}

fn states(fixture: &Fixture) -> Vec<&'static str> {
    fixture.queue().iter().map(|email| email.state.as_str()).collect()
}

/// Each of them has a link that decides their own request only.
fn can_decide(fixture: &Fixture, asked: &[(User, Request)]) {
    for (ann, request) in asked {
        let token = fixture.token_for(ann.email.as_str());
        assert_eq!(fixture.check(ann, &token).unwrap().request.id, request.id);
        assert_eq!(word(fixture.redeem(ann, &token)), "ok");
    }
}

/// The third of five failed, the others were sent.
fn only_the_third_died(fixture: &Fixture, asked: &[(User, Request)]) {
    assert_eq!(fixture.deliver(), 4);
    assert_eq!(states(fixture), ["sent", "sent", "dead", "sent", "sent"]);
    assert_eq!((fixture.count("tokens", "1 = 1"), fixture.count("outbox", "token_id IS NOT NULL")), (4, 4));
    assert!(fixture.queue().iter().all(|email| (email.message_id.is_some()) == (email.state == EmailState::Sent)));
    can_decide(fixture, &[&asked[..2], &asked[3..]].concat());
}

fn an_unreadable_row_in_a_batch_delays_no_other(fixture: &Fixture) {
    let fixture = fixture.with(SETTINGS);
    let asked = asked(&fixture, 0, 5);
    fixture.sql(&format!("UPDATE requests SET state = 'odd' WHERE id = {}", asked[2].1.id)).unwrap();
    only_the_third_died(&fixture, &asked);
    assert!(fixture.queue()[2].last_error.as_ref().unwrap().contains("odd"));
}

fn a_row_in_a_batch_that_the_database_refuses_delays_no_other(fixture: &Fixture) {
    let fixture = fixture.with(SETTINGS);
    let asked = asked(&fixture, 0, 5);
    let third = asked[2].1.id;
    fixture
        .sql(&match fixture.kind() {
            Kind::Sqlite => format!(
                "CREATE TRIGGER refused BEFORE INSERT ON tokens WHEN NEW.request_id = {third}
                 BEGIN SELECT RAISE(ABORT, 'no such luck'); END"
            ),
            Kind::Postgres => format!("ALTER TABLE tokens ADD CONSTRAINT no_such_luck CHECK (request_id <> {third})"),
        })
        .unwrap();
    only_the_third_died(&fixture, &asked);
    assert!(fixture.queue()[2].last_error.as_ref().unwrap().contains("luck"));
}

fn an_unneeded_email_in_a_batch_is_cancelled_alone(fixture: &Fixture) {
    let fixture = fixture.with(SETTINGS);
    let asked = asked(&fixture, 0, 5);
    let gone = asked[1].0.id;
    fixture.sql(&format!("UPDATE users SET deleted_at = 1 WHERE id = {gone}")).unwrap();
    fixture.sql(&format!("UPDATE requests SET state = 'declined' WHERE id = {}", asked[3].1.id)).unwrap();
    assert_eq!(fixture.deliver(), 3);
    assert_eq!(states(&fixture), ["sent", "cancelled", "sent", "cancelled", "sent"]);
    // A removed requester is named all the same.
    let (ann, bob) = (fixture.user("ann@example.test"), fixture.user("bob@example.test"));
    fixture.asked(&fixture.bundle("One", &ann), &ann, &bob);
    fixture.asked(&fixture.bundle("Two", &bob), &bob, &ann);
    fixture.write(move |tx| users::delete(tx, bob.id)).unwrap();
    assert_eq!(fixture.deliver(), 1);
    assert_eq!(fixture.emails()[5..], [("decide", "sent"), ("decide", "cancelled")]);
    assert!(fixture.emails_to("ann@example.test")[0].text.contains("Bob"));
    can_decide(&fixture, &[asked[0].clone(), asked[2].clone(), asked[4].clone()]);
}

fn outcomes_are_recorded_only_for_emails_under_our_lease(fixture: &Fixture) {
    let asked = asked(fixture, 0, 4);
    let lease_for = TimeDelta::seconds(120);
    let first = fixture.write(move |tx| outbox::claim(tx, 2, 1, lease_for)).unwrap();
    let second = fixture.write(move |tx| outbox::claim(tx, 2, 2, lease_for)).unwrap();
    let emails: Vec<_> = first.iter().chain(&second).map(|email| (email.id, email.request)).collect();
    // By now another worker has the lease on the second, and is in the batch too.
    let leases = [1, 2, 2, 2];
    let sent: Vec<Sent> =
        emails.iter().zip(leases).map(|((email, request), lease)| Sent { email: *email, lease, request: *request }).collect();
    let noted = sent.clone();
    fixture.write(move |tx| outbox::record_sent(tx, &noted)).unwrap();
    assert_eq!(states(fixture), ["sent", "queued", "sent", "sent"]);
    let mail_states = || asked.iter().map(|(_, request)| fixture.request(request.id).mail_state.as_str()).collect::<Vec<_>>();
    assert_eq!(mail_states(), ["sent", "queued", "sent", "sent"]);
    assert_eq!(fixture.count("outbox", "lease IS NOT NULL OR finished_at IS NULL"), 1);
    // An email that does not set the mail state leaves it unchanged; an empty batch has no effect.
    fixture.write(move |tx| outbox::record_sent(tx, &[Sent { lease: 1, request: None, ..sent[1] }])).unwrap();
    fixture.write(|tx| outbox::record_sent(tx, &[])).unwrap();
    assert_eq!((states(fixture), mail_states()), (vec!["sent"; 4], vec!["sent", "queued", "sent", "sent"]));
}

/// With a remote database, round trips are the cost of an email.
#[test]
fn a_remote_database_is_not_queried_for_each_email() {
    let cluster = Cluster::shared();
    let url = cluster.create_empty_database();
    let mut through = url::Url::parse(&url).unwrap();
    let proxy = Proxy::to(through.port().unwrap());
    through.set_port(Some(proxy.port)).unwrap();
    let fixture = Fixture::elsewhere(through.as_str()).with(&SETTINGS.replace("connections = 2", "connections = 1"));
    let said_while = |work: &dyn Fn()| {
        let before = proxy.said();
        work();
        proxy.said() - before
    };
    // The first use of a statement takes two round trips, since it is prepared.
    let first = asked(&fixture, 0, 4);
    fixture.deliver();
    can_decide(&fixture, &first);
    fixture.deliver();
    let asked = asked(&fixture, 4, 36);
    let to_ask = said_while(&|| assert_eq!(fixture.deliver(), 32));
    can_decide(&fixture, &asked);
    let to_tell = said_while(&|| assert_eq!(fixture.deliver(), 32));
    assert_eq!(fixture.count("outbox", "state = 'sent'"), 72);
    // A claim, its outcomes, and a claim that finds nothing. Late outcomes are a batch of their own.
    assert!((10..45).contains(&to_ask) && (10..45).contains(&to_tell), "{to_ask} to ask, {to_tell} to tell");
    drop(fixture);
    cluster.drop_database(&url);
}

/// A decision locks its request and then its emails, so recording an outcome must not lock the email first.
#[test]
fn outcomes_lock_rows_in_the_same_order_as_decisions() {
    use diesel::connection::SimpleConnection;
    let fixture = Fixture::new(Kind::Postgres).with(SETTINGS);
    let request = asked(&fixture, 0, 3)[1].1.id;
    let mut decision = fixture.lock(&format!("UPDATE requests SET reason = NULL WHERE id = {request}"));
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| fixture.deliver());
        while fixture.waiting_for_rows() == 0 {
            std::thread::yield_now();
        }
        let its_emails = format!("UPDATE outbox SET last_error = NULL WHERE request_id = {request}");
        decision.batch_execute("SET lock_timeout = '1ms'").unwrap();
        decision.batch_execute(&its_emails).expect("nobody holds it");
        decision.batch_execute("COMMIT").unwrap();
        assert_eq!(sending.join().unwrap(), 3);
    });
    assert_eq!(states(&fixture), ["sent"; 3]);
}
