//! Letters of one claim, and outcomes of one batch, are written together. Nobody in it pays for another, and a database that is
//! another machine is not asked for each of them.

use chrono::TimeDelta;
use countersign::domain::{LetterState, Request, User};
use countersign::store::outbox::{self, Sent};
use countersign::store::users;

use crate::support::house::{House, Kind, on_both, word};
use crate::support::postgres::Cluster;
use crate::support::proxy::Proxy;

on_both![
    a_row_in_the_middle_that_cannot_be_read_holds_up_nobody,
    a_row_in_the_middle_that_the_database_refuses_holds_up_nobody,
    a_letter_in_the_middle_that_nobody_needs_is_cancelled_alone,
    what_was_sent_is_noted_of_the_letters_that_are_still_ours,
];

const SETTINGS: &str = "[limits]\ntarget_letters = 0\n[database]\nconnections = 2\n[mail]\nconnections = 32";

/// So many ask so many others, each for something of its own.
fn asked(house: &House, from: usize, to: usize) -> Vec<(User, Request)> {
    let ask = |number: usize| {
        let (ann, bob) = (house.user(&format!("ann{number}@example.test")), house.user(&format!("bob{number}@example.test")));
        let request = house.asked(&house.bundle(&format!("Sleep {number}"), &ann), &ann, &bob);
        (ann, request)
    };
    (from..to).map(ask).collect()
}

fn states(house: &House) -> Vec<&'static str> {
    house.queue().iter().map(|letter| letter.state.as_str()).collect()
}

/// Each of them has a link that decides their request and no other.
fn can_decide(house: &House, asked: &[(User, Request)]) {
    for (ann, request) in asked {
        let token = house.token_for(ann.email.as_str());
        assert_eq!(house.check(ann, &token).unwrap().request.id, request.id);
        assert_eq!(word(house.redeem(ann, &token)), "ok");
    }
}

/// The third of five is dead, the others have gone.
fn only_the_third_died(house: &House, asked: &[(User, Request)]) {
    assert_eq!(house.deliver(), 4);
    assert_eq!(states(house), ["sent", "sent", "dead", "sent", "sent"]);
    assert_eq!((house.count("tokens", "1 = 1"), house.count("outbox", "token_id IS NOT NULL")), (4, 4));
    assert!(house.queue().iter().all(|letter| (letter.message_id.is_some()) == (letter.state == LetterState::Sent)));
    can_decide(house, &[&asked[..2], &asked[3..]].concat());
}

fn a_row_in_the_middle_that_cannot_be_read_holds_up_nobody(house: &House) {
    let house = house.with(SETTINGS);
    let asked = asked(&house, 0, 5);
    house.sql(&format!("UPDATE requests SET state = 'odd' WHERE id = {}", asked[2].1.id)).unwrap();
    only_the_third_died(&house, &asked);
    assert!(house.queue()[2].last_error.as_ref().unwrap().contains("odd"));
}

fn a_row_in_the_middle_that_the_database_refuses_holds_up_nobody(house: &House) {
    let house = house.with(SETTINGS);
    let asked = asked(&house, 0, 5);
    let third = asked[2].1.id;
    house
        .sql(&match house.kind() {
            Kind::Sqlite => format!(
                "CREATE TRIGGER refused BEFORE INSERT ON tokens WHEN NEW.request_id = {third}
                 BEGIN SELECT RAISE(ABORT, 'no such luck'); END"
            ),
            Kind::Postgres => format!("ALTER TABLE tokens ADD CONSTRAINT no_such_luck CHECK (request_id <> {third})"),
        })
        .unwrap();
    only_the_third_died(&house, &asked);
    assert!(house.queue()[2].last_error.as_ref().unwrap().contains("luck"));
}

fn a_letter_in_the_middle_that_nobody_needs_is_cancelled_alone(house: &House) {
    let house = house.with(SETTINGS);
    let asked = asked(&house, 0, 5);
    let gone = asked[1].0.id;
    house.sql(&format!("UPDATE users SET deleted_at = 1 WHERE id = {gone}")).unwrap();
    house.sql(&format!("UPDATE requests SET state = 'declined' WHERE id = {}", asked[3].1.id)).unwrap();
    assert_eq!(house.deliver(), 3);
    assert_eq!(states(&house), ["sent", "cancelled", "sent", "cancelled", "sent"]);
    // Who asked and is gone is named all the same.
    let (ann, bob) = (house.user("ann@example.test"), house.user("bob@example.test"));
    house.asked(&house.bundle("One", &ann), &ann, &bob);
    house.asked(&house.bundle("Two", &bob), &bob, &ann);
    house.write(move |tx| users::delete(tx, bob.id)).unwrap();
    assert_eq!(house.deliver(), 1);
    assert_eq!(house.letters()[5..], [("decide", "sent"), ("decide", "cancelled")]);
    assert!(house.letters_to("ann@example.test")[0].text.contains("Bob"));
    can_decide(&house, &[asked[0].clone(), asked[2].clone(), asked[4].clone()]);
}

fn what_was_sent_is_noted_of_the_letters_that_are_still_ours(house: &House) {
    let asked = asked(house, 0, 4);
    let lease_for = TimeDelta::seconds(120);
    let first = house.write(move |tx| outbox::claim(tx, 2, 1, lease_for)).unwrap();
    let second = house.write(move |tx| outbox::claim(tx, 2, 2, lease_for)).unwrap();
    let letters: Vec<_> = first.iter().chain(&second).map(|letter| (letter.id, letter.request)).collect();
    // The lease on the second is another's by now, who is in the batch too.
    let leases = [1, 2, 2, 2];
    let sent: Vec<Sent> =
        letters.iter().zip(leases).map(|((letter, request), lease)| Sent { letter: *letter, lease, request: *request }).collect();
    let noted = sent.clone();
    house.write(move |tx| outbox::record_sent(tx, &noted)).unwrap();
    assert_eq!(states(house), ["sent", "queued", "sent", "sent"]);
    let told = || asked.iter().map(|(_, request)| house.request(request.id).mail_state.as_str()).collect::<Vec<_>>();
    assert_eq!(told(), ["sent", "queued", "sent", "sent"]);
    assert_eq!(house.count("outbox", "lease IS NOT NULL OR finished_at IS NULL"), 1);
    // One that says nothing for its request leaves it as it is; nothing is nothing.
    house.write(move |tx| outbox::record_sent(tx, &[Sent { lease: 1, request: None, ..sent[1] }])).unwrap();
    house.write(|tx| outbox::record_sent(tx, &[])).unwrap();
    assert_eq!((states(house), told()), (vec!["sent"; 4], vec!["sent", "queued", "sent", "sent"]));
}

/// The way there and back is what a letter costs where the database is another machine.
#[test]
fn a_far_database_is_not_asked_for_each_letter() {
    let cluster = Cluster::shared();
    let url = cluster.create_empty_database();
    let mut through = url::Url::parse(&url).unwrap();
    let proxy = Proxy::to(through.port().unwrap());
    through.set_port(Some(proxy.port)).unwrap();
    let house = House::elsewhere(through.as_str()).with(&SETTINGS.replace("connections = 2", "connections = 1"));
    let said_while = |work: &dyn Fn()| {
        let before = proxy.said();
        work();
        proxy.said() - before
    };
    // What is said for the first time is said twice.
    let first = asked(&house, 0, 4);
    house.deliver();
    can_decide(&house, &first);
    house.deliver();
    let asked = asked(&house, 4, 36);
    let to_ask = said_while(&|| assert_eq!(house.deliver(), 32));
    can_decide(&house, &asked);
    let to_tell = said_while(&|| assert_eq!(house.deliver(), 32));
    assert_eq!(house.count("outbox", "state = 'sent'"), 72);
    // A claim, its outcomes, and a claim that finds nothing. Outcomes that come late are a batch of their own.
    assert!((10..45).contains(&to_ask) && (10..45).contains(&to_tell), "{to_ask} to ask, {to_tell} to tell");
    drop(house);
    cluster.drop_database(&url);
}

/// A decision holds its request and then its letters. Whoever notes that a letter was sent must not hold the letter first.
#[test]
fn what_was_sent_is_noted_in_the_order_in_which_decisions_are_made() {
    use diesel::connection::SimpleConnection;
    let house = House::new(Kind::Postgres).with(SETTINGS);
    let request = asked(&house, 0, 3)[1].1.id;
    let mut decision = house.hold(&format!("UPDATE requests SET reason = NULL WHERE id = {request}"));
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| house.deliver());
        while house.waiting_for_rows() == 0 {
            std::thread::yield_now();
        }
        let its_letters = format!("UPDATE outbox SET last_error = NULL WHERE request_id = {request}");
        decision.batch_execute("SET lock_timeout = '1ms'").unwrap();
        decision.batch_execute(&its_letters).expect("nobody holds it");
        decision.batch_execute("COMMIT").unwrap();
        assert_eq!(sending.join().unwrap(), 3);
    });
    assert_eq!(states(&house), ["sent"; 3]);
}
