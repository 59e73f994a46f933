use std::future::Future;

use super::*;
use crate::clock::Clock;
use crate::domain::{Address, EmailKind, EmailState, NewUser};
use crate::mail::Mailbox;
use crate::store::users;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// An email that is claimed, to a worker whose emails go into a mailbox.
fn claimed(name: &str) -> (Outbox, Mailbox, Ready) {
    let store = Store::in_memory(name, Clock::System).unwrap();
    store.migrate().unwrap();
    let config = Arc::new(Config::defaults().unwrap());
    let mailbox = Mailbox::new(10, Clock::System);
    let sender = Sender::parse(&config.mail.from).unwrap();
    let transport = Transport::Capture(mailbox.clone());
    let outbox = Outbox::new(store.clone(), transport, Rng::System, config, sender, Wake::default());
    let queued = store.write_sync(|tx| {
        let ann = users::add(tx, &NewUser::with_address(Address::parse("ann@example.org").unwrap()))?;
        outbox::add(tx, EmailKind::SignInCode, ann.id, None, 0)
    });
    queued.unwrap();
    let ready = run(outbox.claim(1)).unwrap().pop().unwrap();
    (outbox, mailbox, ready)
}

/// The one email: whether a worker has it, after how many attempts.
fn email(outbox: &Outbox) -> (EmailState, i32) {
    let letters = outbox.0.store.read_sync(|tx| outbox::list(tx, 2)).unwrap();
    assert_eq!(letters.len(), 1);
    (letters[0].state, letters[0].attempts)
}

#[test]
fn an_email_whose_turn_comes_too_late_for_its_lease_is_put_back() {
    let (outbox, mailbox, ready) = claimed("too late");
    assert_eq!(email(&outbox), (EmailState::Queued, 1));
    let long_ago = Instant::now().checked_sub(outbox.waits_for()).unwrap();
    run(async {
        let (done, verdict) = outbox.send_in_turn(ready, long_ago).await;
        outbox.record(done, verdict).await;
    });
    assert!(mailbox.list().is_empty());
    // As if it had not been tried; and it is due.
    assert_eq!(email(&outbox), (EmailState::Queued, 0));
    assert_eq!(run(outbox.deliver_due()).unwrap(), 1);
    assert_eq!(email(&outbox), (EmailState::Sent, 1));
}

#[test]
fn an_email_whose_turn_comes_in_time_goes() {
    let (outbox, mailbox, ready) = claimed("in time");
    run(async {
        let (done, verdict) = outbox.send_in_turn(ready, Instant::now()).await;
        outbox.record(done, verdict).await;
    });
    assert_eq!((mailbox.list().len(), email(&outbox)), (1, (EmailState::Sent, 1)));
}

/// A turn for an email to each of these domains.
async fn take(turns: &Arc<DomainQueues>, domains: [&str; 3]) -> Vec<Turn> {
    let mut held = Vec::new();
    for domain in domains {
        held.push(turns.take(domain).await.ok().unwrap());
    }
    held
}

#[test]
fn those_who_stand_in_a_line_that_moves_go_in_their_order() {
    let turns = Arc::new(DomainQueues::new(4, 0));
    run(async {
        let mut held = take(&turns, ["example.org"; 3]).await;
        // A fourth connection is there, and for another domain.
        held.push(turns.take("example.com").await.ok().unwrap());
        let gone = Arc::new(Mutex::new(Vec::new()));
        let waiting: Vec<_> = (0..9)
            .map(|number| {
                let (turns, gone) = (Arc::clone(&turns), Arc::clone(&gone));
                tokio::spawn(async move {
                    let turn = turns.take("example.org").await;
                    gone.lock().unwrap().push(number);
                    tokio::task::yield_now().await;
                    drop(turn.ok().unwrap());
                })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(gone.lock().unwrap().is_empty());
        held.clear();
        for one in waiting {
            one.await.unwrap();
        }
        assert_eq!(*gone.lock().unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert!(turns.is_empty(), "nobody stands in line");
    });
}

#[test]
fn in_a_line_that_does_not_move_few_stand() {
    let turns = Arc::new(DomainQueues::new(4, 2));
    run(async {
        let _held = take(&turns, ["example.org"; 3]).await;
        let waiting: Vec<_> = (0..5)
            .map(|_| {
                let turns = Arc::clone(&turns);
                tokio::spawn(async move { turns.take("example.org").await.err() })
            })
            .collect();
        let mut put_back = 0;
        for one in &waiting {
            while !one.is_finished() && put_back < 3 {
                tokio::time::sleep(Duration::from_millis(10)).await;
                put_back = waiting.iter().filter(|one| one.is_finished()).count();
            }
        }
        assert_eq!(put_back, 3, "two have a place");
        turns.close();
        let mut told = Vec::new();
        for one in waiting {
            told.push(one.await.unwrap().unwrap().num_seconds());
        }
        told.sort_unstable();
        assert_eq!(told, [0, 0, 2, 2, 2]);
    });
}

#[test]
fn a_connection_that_is_one_too_many_gives_way_to_the_others() {
    let turns = Arc::new(DomainQueues::new(3, 0));
    run(async {
        let mut held = take(&turns, ["example.org", "example.com", "example.net"]).await;
        assert!(held.pop().unwrap().gives_way() && turns.connections() == 2);
        // A code stands in no line, and needs a connection all the same.
        let mut code = pin!(turns.take_at_once());
        assert!(poll_fn(|cx| Poll::Ready(code.as_mut().poll(cx).is_pending())).await);
        assert!(held.pop().unwrap().gives_way() && turns.connections() == 1);
        assert!(!held.pop().unwrap().gives_way(), "the last one is no crowd");
        assert_eq!(turns.connections(), 1);
        drop(code.await.ok().unwrap());
        turns.widen();
        let held = take(&turns, ["example.org", "example.com", "example.net"]).await;
        assert_eq!((turns.connections(), held.len()), (3, 3));
    });
}
