//! Concurrent redeems of one token.

use std::sync::Barrier;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, basic};
use crate::support::postgres::Cluster;

const HANDS: usize = 64;

fn one_of_many(database: &str, daemons: usize) {
    let stage = Stage::set(database);
    let (ann, bob) = (stage.user("ann@example.org"), stage.user("bob@example.org"));
    let bundle = stage.bundle("Sleep data", Some(ann.id));
    let (request, token) = stage.token(&ann, &bob, bundle);
    let audited = |stage: &Stage| stage.store.read_sync(countersign::store::audit::verify).unwrap().unwrap();
    let before = audited(&stage);

    let daemons: Vec<Daemon> = (0..daemons).map(|_| Daemon::start(database, &[])).collect();
    let (path, identity) = (format!("/api/bundle_permission_request/{token}/"), basic("ann@example.org", PASSWORD));
    for daemon in &daemons {
        assert_eq!(daemon.get(&path, &identity).unwrap().status, 200, "the token is good on every daemon");
    }
    let start = Barrier::new(HANDS);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                let (daemon, path, identity, start) = (&daemons[hand % daemons.len()], &path, &identity, &start);
                scope.spawn(move || {
                    start.wait();
                    daemon.put(path, identity).expect("an answer").status
                })
            })
            .collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    let mut expected = vec![410; HANDS];
    expected[0] = 200;
    assert_eq!(statuses, expected);
    assert!(stage.has_grant(request));
    assert_eq!(audited(&stage) - before, 1, "one decision is written down, and nothing else");
}

#[test]
fn of_64_parallel_redeems_on_sqlite_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    one_of_many(&format!("sqlite:{}", folder.path().join("race.db").display()), 1);
}

#[test]
fn of_64_parallel_redeems_over_three_daemons_on_postgresql_one_wins() {
    let database = Cluster::shared().create_empty_database();
    one_of_many(&database, 3);
}
