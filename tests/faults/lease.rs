//! Two workers and one email: the lease of the first, which hangs, ends while it is still sending.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Scene;
use super::client::{id_of, token_of};
use crate::support::daemon::Daemon;
use crate::support::faulty_smtp::{Act, Moment};
use crate::support::postgres::Cluster;

fn signal(daemon: &Daemon, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &daemon.pid().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_worker_whose_lease_ended_changes_nothing_of_the_next_one() {
    let is_held = Arc::new(AtomicBool::new(true));
    let held = Arc::clone(&is_held);
    // The first connection's first dot is answered when the test says so, and after a minute at the latest.
    let script = move |moment, connection| {
        let end = Instant::now() + Duration::from_mins(1);
        while (connection, moment) == (1, Moment::Dot) && held.load(Ordering::SeqCst) && Instant::now() < end {
            std::thread::park_timeout(Duration::from_millis(10));
        }
        Act::Go
    };
    let database = Cluster::shared().create_empty_database();
    let mut scene = Scene::on(tempfile::tempdir().unwrap(), database, script);
    let patience = [("COUNTERSIGN__MAIL__SMTP__TIMEOUT", "25s")];
    let mut first = scene.daemon_with(&scene.database, "", &patience);
    assert!(first.is_ready(), "{}", first.log());
    scene.client.matters.truncate(1);
    assert!(scene.client.file_all(&first.url), "{}", scene.client.transcript());
    crate::support::wait_until("the email to be transmitted", || (scene.smtp.heard().emails.len() == 1).then_some(()));
    signal(&first, "STOP");
    let mut second = scene.daemon_with(&scene.database, "", &patience);
    assert!(second.is_ready(), "{}", second.log());
    // The lease ends.
    scene.client.let_time_pass();
    crate::support::wait_until("the email to be sent", || (scene.client.count("outbox", "state = 'sent'") == 1).then_some(()));
    let row = "SELECT CAST(token_id AS TEXT) || ' ' || CAST(attempts AS TEXT) AS value FROM outbox WHERE kind = 'decide'";
    let written = scene.client.texts(row);
    is_held.store(false, Ordering::SeqCst);
    signal(&first, "CONT");
    // It gets its late reply and is told to stop; before it ends it records what it may.
    assert_eq!(first.stop(), Some(0), "{}", first.log());
    assert_eq!((scene.client.texts(row), scene.client.count("outbox", "state = 'sent'")), (written, 1));
    let emails = scene.smtp.heard().emails;
    let [one, other] = emails.as_slice() else { panic!("{} emails", emails.len()) };
    assert_eq!(id_of(one), id_of(other), "the same message twice");
    assert_ne!(token_of(one), token_of(other), "each with a link of its own");
    // Both links lead to the one decision.
    let open = |email: &str| second.get(&format!("/api/bundle_permission_request/{}/", token_of(email).unwrap()), &ann());
    assert_eq!([one, other].map(|email| open(email).unwrap().status), [200, 200]);
    assert!(scene.client.work(&second.url), "{}", scene.client.transcript());
    assert_eq!([one, other].map(|email| open(email).unwrap().status), [410, 410]);
    scene.client.wait_for_the_post();
    assert_eq!(second.stop(), Some(0));
    scene.crashes = 1;
    scene.finish();
}

fn ann() -> String {
    crate::support::daemon::basic("ann@example.org", crate::daemon::stage::PASSWORD)
}
