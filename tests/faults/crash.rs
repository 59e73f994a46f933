//! Kills between every two steps: by the name of a point and the number of its passes (`src/failpoints.rs`).

use std::process::Command;
use std::time::{Duration, Instant};

use super::Scene;

/// Kills the daemon there, restarts it, and checks every acknowledged change. False if the point was never passed.
fn killed_at(mut scene: Scene, point: &str) -> bool {
    let mut daemon = scene.daemon(point);
    let _ = daemon.is_ready() && scene.client.work(&daemon.url);
    // The last steps are the worker's, and a process takes a moment to die.
    let end = Instant::now() + Duration::from_secs(3);
    while !daemon.has_ended() && Instant::now() < end {
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let has_died = daemon.has_ended();
    if has_died {
        scene.died(&mut daemon);
    }
    drop(daemon);
    scene.finish();
    has_died
}

fn on_sqlite(points: &[&str]) {
    for point in points {
        assert!(killed_at(Scene::on_sqlite(), point), "{point} is passed");
    }
}

fn on_postgres(points: &[&str]) {
    for point in points {
        assert!(killed_at(Scene::on_postgres(), point), "{point} is passed");
    }
}

#[test]
fn a_kill_before_a_commit_leaves_nothing_on_sqlite() {
    on_sqlite(&["file.added:2", "redeem.decided:1", "revoke.ended:1", "commit.before:1", "commit.before:6"]);
}

#[test]
fn a_kill_after_a_commit_leaves_everything_on_sqlite() {
    on_sqlite(&["commit.after:1", "commit.after:3", "commit.after:7", "commit.after:11"]);
}

#[test]
fn a_kill_during_sending_repeats_an_email_at_most_once_on_sqlite() {
    on_sqlite(&["email.claimed:1", "email.claimed:3", "email.sent:1", "email.sent:4"]);
}

#[test]
fn a_kill_anywhere_loses_no_acknowledged_change_on_postgresql() {
    on_postgres(&["file.added:2", "redeem.decided:1", "commit.before:4", "commit.after:3", "email.sent:2"]);
}

/// A purge that is killed in the middle of a batch has purged nothing of it, and can be started again.
#[test]
fn a_killed_purge_can_be_started_again() {
    let mut scene = Scene::on_sqlite();
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    scene.client.wait_for_the_post();
    assert_eq!(daemon.stop(), Some(0));
    scene.client.sql("UPDATE requests SET decided_at = decided_at - 864000000000");
    let tables = ["requests", "tokens", "outbox", "request_items", "grants"];
    let rows = |scene: &Scene| tables.map(|table| scene.client.count(table, "1 = 1"));
    let before = rows(&scene);
    let purge = |crash: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.arg("purge").env("COUNTERSIGN__DATABASE__URL", &scene.database).env("COUNTERSIGN_CRASH", crash);
        command.output().unwrap().status
    };
    assert_eq!(purge("purge.begun:1").code(), None, "killed");
    assert_eq!(rows(&scene), before);
    assert_eq!(purge("").code(), Some(0));
    let [requests, tokens, _, items, grants] = rows(&scene);
    assert_eq!((requests, tokens, items), (0, 0, 0));
    assert_eq!(grants, before[4], "a grant outlives its request");
    scene.client.stage.store.read_sync(countersign::store::audit::verify).unwrap().unwrap();
}
