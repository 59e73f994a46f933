//! After kill -9 every acknowledged change is there, and any other is there completely or not at all.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, basic};
use crate::support::postgres::{Cluster, Durability};

const TOKENS: usize = 120;
const CLIENTS: usize = 8;

fn every_acked_redeem_survives(database: &str) {
    let stage = Stage::set(database);
    let ann = stage.user("ann@example.org");
    let identity = basic("ann@example.org", PASSWORD);
    let tokens = stage.tokens(&ann, TOKENS);
    let (next, acked) = (AtomicUsize::new(0), Mutex::new(HashSet::new()));
    // Killed after this many answers, each time at another point of the other calls.
    for kill_after in [7, 23, 40] {
        let daemon = Mutex::new(Daemon::start(database, &[]));
        let url = daemon.lock().unwrap().url.clone();
        let answered = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let agent = crate::support::daemon::agent();
                    loop {
                        let number = next.fetch_add(1, Ordering::SeqCst);
                        let Some((request, token)) = tokens.get(number) else { return };
                        let path = format!("{url}/api/bundle_permission_request/{token}/");
                        let put = agent.put(path).header("authorization", &identity).header("content-type", "application/json");
                        let Ok(response) = put.send_empty() else { return };
                        assert_eq!(response.status(), 200);
                        acked.lock().unwrap().insert(*request);
                        if answered.fetch_add(1, Ordering::SeqCst) + 1 == kill_after {
                            daemon.lock().unwrap().kill();
                        }
                    }
                });
            }
        });
    }
    let acked = acked.into_inner().unwrap();
    assert!(acked.len() >= 70, "the clients got {} answers", acked.len());
    let daemon = Daemon::start(database, &[]);
    for (request, token) in &tokens {
        let is_there = stage.has_grant(*request);
        assert!(is_there || !acked.contains(request), "request {request} was answered with 200 and its grant is gone");
        let status = daemon.get(&format!("/api/bundle_permission_request/{token}/"), &identity).unwrap().status;
        assert_eq!(status, if is_there { 410 } else { 200 }, "the token says what the grant says");
    }
    stage.store.read_sync(countersign::store::audit::verify).unwrap().unwrap();
}

#[test]
fn an_acknowledged_redeem_survives_kill_9_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    every_acked_redeem_survives(&format!("sqlite:{}", folder.path().join("crash.db").display()));
}

#[test]
fn an_acknowledged_redeem_survives_kill_9_on_postgresql() {
    let cluster = Cluster::start(Durability::Full);
    every_acked_redeem_survives(&cluster.create_empty_database());
}

#[test]
fn sigterm_ends_a_daemon_with_0() {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::start(&format!("sqlite:{}", folder.path().join("stop.db").display()), &[]);
    assert_eq!(daemon.stop(), Some(0));
}
