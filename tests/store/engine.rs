//! One transaction for each closure, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use chrono::TimeDelta;
use countersign::clock::Clock;
use countersign::config::Config;
use countersign::domain::{NewUser, UserId};
use countersign::store::{Store, StoreError, Tx, blocks, users};

use crate::support::fixture::{Fixture, Kind, address, on_both, runtime};

on_both![
    a_failed_transaction_is_undone,
    a_panicking_transaction_is_undone_and_the_store_survives,
    a_failed_savepoint_undoes_only_itself,
    a_read_sees_only_committed_rows,
    a_read_has_one_snapshot,
    a_read_cannot_write,
    the_time_of_a_transaction_is_the_clocks,
    writes_beyond_the_queue_are_refused,
];

fn add(tx: &mut Tx<'_>, name: &str) -> Result<UserId, StoreError> {
    users::add(tx, &NewUser::with_address(address(&format!("{name}@example.org")))).map(|user| user.id)
}

fn names(fixture: &Fixture) -> Vec<String> {
    fixture.texts("SELECT username AS value FROM users ORDER BY id")
}

fn a_failed_transaction_is_undone(fixture: &Fixture) {
    fixture.write(|tx| add(tx, "ann")).unwrap();
    let failed = fixture.write(|tx| {
        add(tx, "bob")?;
        add(tx, "ann")
    });
    assert!(failed.is_err_and(|error| error.violates("users", "email") || error.violates("users", "username")));
    assert_eq!(names(fixture), ["ann@example.org"]);
}

fn a_panicking_transaction_is_undone_and_the_store_survives(fixture: &Fixture) {
    // More often than there are connections: none of them is lost.
    for _ in 0..20 {
        let store = fixture.store.clone();
        let result = runtime().block_on(store.write(|tx| {
            add(tx, "ann")?;
            tx.attempt(|tx| -> Result<(), StoreError> {
                add(tx, "bob")?;
                panic!("on purpose")
            })
        }));
        assert!(matches!(result, Err(StoreError::Query(_))), "{result:?}");
        let look: Result<(), StoreError> = runtime().block_on(store.read(|_| panic!("on purpose")));
        assert!(matches!(look, Err(StoreError::Query(_))), "{look:?}");
    }
    fixture.write(|tx| add(tx, "eve")).unwrap();
    assert_eq!(names(fixture), ["eve@example.org"]);
}

fn a_failed_savepoint_undoes_only_itself(fixture: &Fixture) {
    fixture
        .write(|tx| {
            add(tx, "ann")?;
            let failed = tx.attempt(|tx| {
                add(tx, "bob")?;
                add(tx, "ann")
            });
            assert!(failed.is_err());
            add(tx, "eve")
        })
        .unwrap();
    assert_eq!(names(fixture), ["ann@example.org", "eve@example.org"]);
}

fn a_read_sees_only_committed_rows(fixture: &Fixture) {
    let (written, is_written) = channel();
    let (open, gate) = channel::<()>();
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            fixture.write(move |tx| {
                add(tx, "ann")?;
                written.send(()).unwrap();
                gate.recv().unwrap();
                Ok::<_, StoreError>(())
            })
        });
        is_written.recv().unwrap();
        assert!(fixture.read(|tx| users::find_by_email(tx, &address("ann@example.org"))).unwrap().is_none());
        open.send(()).unwrap();
        writer.join().unwrap().unwrap();
    });
    assert!(fixture.read(|tx| users::find_by_email(tx, &address("ann@example.org"))).unwrap().is_some());
}

fn a_read_has_one_snapshot(fixture: &Fixture) {
    let seen = fixture.read(|tx| {
        let before = users::find_by_email(tx, &address("ann@example.org"))?.is_some();
        fixture.write(|tx| add(tx, "ann"))?;
        Ok::<_, StoreError>((before, users::find_by_email(tx, &address("ann@example.org"))?.is_some()))
    });
    assert_eq!(seen.unwrap(), (false, false));
}

fn a_read_cannot_write(fixture: &Fixture) {
    assert!(fixture.read(|tx| add(tx, "ann")).is_err());
    assert!(names(fixture).is_empty());
    fixture.write(|tx| add(tx, "ann")).unwrap();
}

fn the_time_of_a_transaction_is_the_clocks(fixture: &Fixture) {
    let start = fixture.now();
    fixture.pass(TimeDelta::microseconds(1_234_567));
    assert_eq!(fixture.read(|tx| Ok::<_, StoreError>(tx.now())).unwrap() - start, TimeDelta::microseconds(1_234_567));
    let clock = fixture.clock.clone();
    let times = fixture.write(move |tx| {
        let first = tx.now();
        clock.advance(TimeDelta::seconds(1));
        Ok::<_, StoreError>((first, tx.now()))
    });
    let (first, second) = times.unwrap();
    assert_eq!(first, second, "asked once, so that all of it agrees");
}

fn writes_beyond_the_queue_are_refused(fixture: &Fixture) {
    let mut config = Config::defaults().unwrap();
    config.database = fixture.config.database.clone();
    config.database.connections = 1;
    let store = Store::open(&config.database, 2, Clock::Manual(fixture.clock.clone())).unwrap();
    let (started, is_started) = channel();
    let (open, gate) = channel::<()>();
    runtime().block_on(async {
        let holder = store.clone();
        let first = tokio::spawn(async move {
            holder
                .write(move |_| {
                    started.send(()).unwrap();
                    gate.recv().unwrap();
                    Ok::<_, StoreError>(())
                })
                .await
        });
        is_started.recv().unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.write(|_| Ok::<_, StoreError>(())).await })
            })
            .collect();
        // An operation counts as waiting until it starts.
        while store.queue_len() < 2 + usize::from(store.has_one_writer()) {
            tokio::task::yield_now().await;
        }
        let one_more = tokio::time::timeout(Duration::from_secs(20), store.write(|_| Ok::<_, StoreError>(()))).await;
        assert!(matches!(one_more, Ok(Err(StoreError::Overloaded))), "it is refused, and not kept waiting: {one_more:?}");
        open.send(()).unwrap();
        first.await.unwrap().unwrap();
        for waits in waiting {
            waits.await.unwrap().unwrap();
        }
        store.write(|_| Ok::<_, StoreError>(())).await.unwrap();
    });
}

#[test]
fn a_transaction_with_a_serialization_failure_runs_again() {
    let fixture = Fixture::new(Kind::Postgres);
    let tries = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tries);
    let result = fixture.write(move |tx| {
        add(tx, "ann")?;
        match counter.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Err(StoreError::Conflict("in each other's way".into())),
            _ => Ok(()),
        }
    });
    result.unwrap();
    assert_eq!((tries.load(Ordering::SeqCst), names(&fixture).len()), (3, 1));
    let counter = Arc::clone(&tries);
    let result: Result<(), _> = fixture.write(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Err(StoreError::Conflict("for ever".into()))
    });
    assert!(matches!(result, Err(StoreError::Conflict(_))));
    assert_eq!(tries.load(Ordering::SeqCst), 7);
}

#[test]
fn two_deadlocked_transactions_both_complete() {
    let fixture = &Fixture::new(Kind::Postgres);
    let (ann, bob) = (fixture.user("ann@example.org").id, fixture.user("bob@example.org").id);
    let both = std::sync::Barrier::new(2);
    let both = Arc::new(both);
    std::thread::scope(|scope| {
        let threads = [(ann, bob), (bob, ann)].map(|(first, second)| {
            let both = Arc::clone(&both);
            let mut is_first_try = true;
            scope.spawn(move || {
                fixture.write(move |tx| {
                    users::rename(tx, first, "A", "B")?;
                    if std::mem::take(&mut is_first_try) {
                        both.wait();
                    }
                    users::rename(tx, second, "A", "B")
                })
            })
        });
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
    });
}

#[test]
fn connections_closed_by_the_database_fail_no_call() {
    let fixture = Fixture::new(Kind::Postgres);
    fixture.write(|tx| add(tx, "ann")).unwrap();
    let others = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) AS value FROM pg_stat_activity \
                  WHERE datname = current_database() AND application_name = 'countersign'";
    assert!(!fixture.texts(others).is_empty());
    fixture.write(|tx| add(tx, "bob")).unwrap();
    assert!(!fixture.texts(others).is_empty());
    assert!(fixture.read(|tx| users::find_by_email(tx, &address("bob@example.org"))).unwrap().is_some());
}

#[test]
fn a_second_daemon_on_one_file_is_refused_with_what_to_do() {
    let fixture = Fixture::new(Kind::Sqlite);
    let held = fixture.store.lock().unwrap();
    let text = fixture.with("").store.lock().err().unwrap().to_string();
    assert!(text.contains("another countersign already runs") && text.contains("PostgreSQL"), "{text}");
    drop(held);
    assert!(fixture.with("").store.lock().is_ok());
    let shared = Fixture::new(Kind::Postgres);
    let _one = shared.store.lock().unwrap();
    assert!(shared.with("").store.lock().is_ok());
}

#[test]
fn a_backup_of_a_file_in_use_is_complete() {
    let fixture = Fixture::new(Kind::Sqlite);
    let ann = fixture.user("ann@example.org").id;
    let file = fixture.file_path().with_file_name("copy.db");
    fixture.store.backup(file.to_str().unwrap()).unwrap();
    fixture.user("bob@example.org");
    let again = fixture.store.backup(file.to_str().unwrap()).unwrap_err().to_string();
    assert!(again.contains("exists already"), "{again}");
    let mut config = Config::defaults().unwrap();
    config.database.url = format!("sqlite:{}", file.display());
    let copy = Store::open(&config.database, 8, Clock::Manual(fixture.clock.clone())).unwrap();
    assert!(copy.pending_migrations().unwrap().is_empty());
    assert_eq!(copy.read_sync(|tx| users::find_by_email(tx, &address("ann@example.org"))).unwrap().unwrap().id, ann);
    assert!(copy.read_sync(|tx| users::find_by_email(tx, &address("bob@example.org"))).unwrap().is_none());
    assert_eq!(copy.read_sync(countersign::store::audit::verify).unwrap(), Ok(1));
    copy.write_sync(move |tx| blocks::add(tx, ann, blocks::Blocked::User(ann))).unwrap();
}

#[test]
fn a_database_in_memory_is_shared_by_name_until_its_last_user() {
    let open = |name| Store::in_memory(name, Clock::default()).unwrap();
    let (one, other) = (open("one"), open("other"));
    one.migrate().unwrap();
    one.write_sync(|tx| add(tx, "ann")).unwrap();
    let failed = one.write_sync(|tx| {
        add(tx, "bob")?;
        add(tx, "ann")
    });
    assert!(failed.is_err_and(|error| error.is_violation()));
    let same = open("one");
    let is_there = |name: &str| same.read_sync(|tx| users::find_by_email(tx, &address(&format!("{name}@example.org")))).unwrap();
    assert_eq!((is_there("ann").is_some(), is_there("bob").is_some()), (true, false));
    assert!(same.read_sync(|tx| add(tx, "cyd")).is_err(), "a look cannot write");
    assert!(!other.pending_migrations().unwrap().is_empty());
    drop((one, same));
    assert!(!open("one").pending_migrations().unwrap().is_empty());
}

#[test]
fn an_invalid_file_path_is_refused_with_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Config::defaults().unwrap().database;
    for name in [":memory:", "file:data.db", "file:data?mode=memory&cache=shared", "file:/data?vfs=memdb"] {
        database.url = format!("sqlite:{name}");
        let refused = Store::open(&database, 8, Clock::default()).map(drop).unwrap_err().to_string();
        assert!(refused.contains("database.url"), "{name}: {refused}");
    }
    database.url = format!("sqlite:{}", folder.path().join("file:data.db").display());
    Store::open(&database, 8, Clock::default()).map(drop).unwrap();
}
