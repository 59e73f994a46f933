use std::future::Future;

use super::*;
use crate::clock::Clock;
use crate::domain::{Address, EmailKind, EmailState, NewUser};
use crate::mail::Mailbox;
use crate::store::users;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A claimed email of a worker that sends into a mailbox.
fn claimed(name: &str) -> (Outbox, Mailbox, Vec<Outgoing>) {
    let store = Store::in_memory(name, Clock::System).unwrap();
    store.migrate().unwrap();
    let config = Arc::new(Config::defaults().unwrap());
    let mailbox = Mailbox::new(10, Clock::System);
    let sender = Sender::parse(&config.mail.from).unwrap();
    let transport = Transport::Capture(mailbox.clone());
    let outbox = Outbox::new(store.clone(), transport, Rng::System, config, sender);
    let queued = store.write_sync(|tx| {
        let ann = users::add(tx, &NewUser::with_address(Address::parse("ann@example.org").unwrap()))?;
        outbox::add(tx, EmailKind::SignInCode, ann.id, None, 0)
    });
    queued.unwrap();
    let claimed = run(outbox.claim(1)).unwrap();
    assert_eq!(claimed.len(), 1);
    (outbox, mailbox, claimed)
}

/// The state and the attempts of the only email.
fn email(outbox: &Outbox) -> (EmailState, i32) {
    let emails = outbox.0.store.read_sync(|tx| outbox::list(tx, 2)).unwrap();
    assert_eq!(emails.len(), 1);
    (emails[0].state, emails[0].attempts)
}

#[test]
fn an_email_whose_turn_comes_too_late_for_its_lease_is_put_back() {
    let (outbox, mailbox, claimed) = claimed("too late");
    assert_eq!(email(&outbox), (EmailState::Queued, 1));
    let long_ago = Instant::now().checked_sub(outbox.waits_for()).unwrap();
    run(outbox.send_now(claimed, long_ago));
    assert!(mailbox.list().is_empty());
    // As before the attempt, and due again.
    assert_eq!(email(&outbox), (EmailState::Queued, 0));
    assert_eq!(run(outbox.deliver_due()).unwrap(), 1);
    assert_eq!(email(&outbox), (EmailState::Sent, 1));
}

#[test]
fn an_email_whose_turn_comes_in_time_goes() {
    let (outbox, mailbox, claimed) = claimed("in time");
    run(outbox.send_now(claimed, Instant::now()));
    assert_eq!((mailbox.list().len(), email(&outbox)), (1, (EmailState::Sent, 1)));
}
