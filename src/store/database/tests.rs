//! Tests that need a raw connection. Tests that need only a [`Store`] are in `tests/store`.

use std::sync::mpsc::channel;

use diesel::connection::SimpleConnection;

use super::*;
use crate::config::Config;
use crate::domain::{Address, NewUser, UserId};
use crate::store::blocks::{self, Blocked};
use crate::store::users;

struct Fixture {
    store: Store,
    _folder: tempfile::TempDir,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config::defaults().expect("the defaults");
    config.database.url = format!("sqlite:{}", folder.path().join("t.db").display());
    let store = Store::open(&config.database, 64, Clock::System).expect("a store");
    store.migrate().expect("the schema");
    Fixture { store, _folder: folder }
}

fn run(tx: &mut Tx<'_>, sql: &str) -> Result<(), StoreError> {
    each!(tx, |c| c.batch_execute(sql)?);
    Ok(())
}

fn add(tx: &mut Tx<'_>, name: &str) -> Result<UserId, StoreError> {
    let address = Address::parse(&format!("{name}@example.org")).expect("an address");
    users::add(tx, &NewUser::with_address(address)).map(|user| user.id)
}

fn is_there(store: &Store, name: &str) -> bool {
    let address = Address::parse(&format!("{name}@example.org")).expect("an address");
    store.read_sync(|tx| users::find_by_email(tx, &address)).expect("a read").is_some()
}

fn is_anybody_there(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    run(tx, "SELECT 1 FROM users LIMIT 1")
}

type Closure = fn(&mut Tx<'_>) -> Result<(), StoreError>;

/// Blocks the writer, queues these operations and releases it, so that all are in one batch. Returns their results.
fn in_one_batch<F>(store: &Store, jobs: Vec<F>) -> Vec<Result<(), StoreError>>
where
    F: FnMut(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let (open, gate) = channel::<()>();
        let first = enqueue_in(store, move |_: &mut Tx<'_>| {
            let _ = gate.recv();
            Ok(())
        });
        let answers: Vec<_> = jobs.into_iter().map(|job| enqueue_in(store, job)).collect();
        drop(open);
        let _ = first.await;
        let mut results = Vec::new();
        for answer in answers {
            results.push(answer.await.expect("an answer"));
        }
        results
    })
}

fn enqueue_in(
    store: &Store,
    f: impl FnMut(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
) -> oneshot::Receiver<Result<(), StoreError>> {
    let Backend::Sqlite { writer, .. } = &*store.backend else { panic!("this is about SQLite") };
    let (send, answer) = oneshot::channel();
    store.enqueue(writer, f, move |result| drop(send.send(result))).expect("room in the queue");
    answer
}

/// Simulates a full disk for this connection.
fn overflow(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    run(tx, "PRAGMA max_page_count = 1; INSERT INTO meta VALUES ('big', hex(randomblob(1000000)))")
}

#[test]
fn a_full_disk_fails_the_whole_batch_and_the_writer_goes_on() {
    let ways: [Closure; 3] = [overflow, |tx| tx.attempt(overflow), |tx| tx.attempt(overflow).or(Ok(()))];
    for way in ways {
        let fixture = fixture();
        let others: [Closure; 2] = [|tx| add(tx, "ann").map(drop), |tx| add(tx, "bob").map(drop)];
        let results = in_one_batch(&fixture.store, vec![others[0], way, others[1]]);
        assert!(results[0].is_err() && results[1].is_err(), "{results:?}");
        for (name, result) in [("ann", &results[0]), ("bob", &results[2])] {
            assert_eq!(is_there(&fixture.store, name), result.is_ok(), "{name} got {result:?}");
        }
        fixture.store.write_sync(|tx| add(tx, "eve")).expect("the writer goes on");
        assert!(is_there(&fixture.store, "eve"));
    }
}

#[test]
fn a_commit_that_fails_fails_for_all_in_it() {
    let fixture = fixture();
    let results = in_one_batch(
        &fixture.store,
        vec![
            (|tx| add(tx, "ann").map(drop)) as Closure,
            |tx| {
                run(tx, "PRAGMA defer_foreign_keys = ON")?;
                blocks::add(tx, UserId(4_242), Blocked::User(UserId(1))).map(drop)
            },
            // A refusal too may depend on rows of another operation in the batch.
            |_| Err(StoreError::Violation("a refusal".into())),
        ],
    );
    assert!(results.iter().all(|result| matches!(result, Err(StoreError::Unavailable(_)))), "{results:?}");
    assert!(!is_there(&fixture.store, "ann"));
    fixture.store.write_sync(|tx| add(tx, "ann")).expect("the writer goes on");
}

#[test]
fn a_failure_or_a_panic_undoes_only_itself_in_a_batch() {
    let fixture = fixture();
    let results = in_one_batch(
        &fixture.store,
        vec![
            (|tx| add(tx, "ann").map(drop)) as Closure,
            |tx| add(tx, "bob").and(Err(StoreError::Violation("no".into()))),
            |tx| {
                add(tx, "eve")?;
                panic!("on purpose")
            },
            |tx| {
                tx.attempt(|tx| {
                    add(tx, "joe")?;
                    tx.attempt(|_| -> Result<(), StoreError> { panic!("on purpose, in a savepoint") })
                })
            },
            |tx| add(tx, "zoe").map(drop),
        ],
    );
    let oks: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(oks, [true, false, false, false, true], "{results:?}");
    let there = ["ann", "bob", "eve", "joe", "zoe"].map(|name| is_there(&fixture.store, name));
    assert_eq!(there, [true, false, false, false, true]);
}

#[test]
fn each_operation_of_a_batch_runs_once_whatever_the_others_do() {
    let failures: [Closure; 4] = [
        |tx| {
            is_anybody_there(tx)?;
            Err(StoreError::Violation("no".into()))
        },
        |tx| add(tx, "bob").and(Err(StoreError::Violation("no".into()))),
        |tx| tx.attempt(|tx| add(tx, "bob").and(Err(StoreError::Violation("no".into())))),
        |tx| {
            add(tx, "bob")?;
            panic!("on purpose")
        },
    ];
    for failure in failures {
        let fixture = fixture();
        let times: [Arc<AtomicUsize>; 3] = Default::default();
        let operations: [Closure; 3] = [|tx| add(tx, "ann").map(drop), failure, |tx| add(tx, "zoe").map(drop)];
        let jobs = times.iter().cloned().zip(operations).map(|(times, operation)| {
            move |tx: &mut Tx<'_>| {
                times.fetch_add(1, Ordering::Relaxed);
                operation(tx)
            }
        });
        let results = in_one_batch(&fixture.store, jobs.collect());
        assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true], "{results:?}");
        assert_eq!(times.map(|times| times.load(Ordering::Relaxed)), [1, 1, 1]);
        let there = ["ann", "bob", "zoe"].map(|name| is_there(&fixture.store, name));
        assert_eq!(there, [true, false, true]);
    }
}

#[test]
fn a_read_cannot_write() {
    let fixture = fixture();
    let result = fixture.store.read_sync(|tx| add(tx, "ann"));
    assert!(result.is_err());
    assert!(!is_there(&fixture.store, "ann"));
}
