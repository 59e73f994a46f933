//! A filesystem that becomes read only under a running daemon, as a damaged one does: reads work as before, writes are refused
//! with advice, and every acknowledged change is kept.

use std::time::Duration;

use serde_json::json;

use super::scarce::Traced;
use super::syscalls::can_trace;
use super::{Client, Scene, skipped};
use crate::daemon::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, agent, basic};
use crate::support::disk::Disk;
use crate::support::faulty_smtp::{Act, FaultySmtp};

/// Reads are answered; a write is refused, with advice and the time to retry.
fn looks_and_does_not_write(daemon: &Daemon, bundle: i64) {
    for path in ["/api/account/", "/api/bundle_permission_request/", "/api/bundle_permission/", "/authorization/shares"] {
        for who in ["ann@example.org", "bob@example.org"] {
            let looked = daemon.get(path, &basic(who, PASSWORD)).expect("an answer");
            assert_eq!(looked.status, 200, "{path}: {}", looked.body);
        }
    }
    let body = json!({ "user_target": "ann@example.org", "user_allowed": "bob@example.org", "bundle": bundle });
    let url = format!("{}/api/bundle_permission_request/", daemon.url);
    let post = agent().post(url).header("authorization", basic("bob@example.org", PASSWORD));
    let mut refused = post.header("content-type", "application/json").send(body.to_string()).unwrap();
    let text = refused.body_mut().read_to_string().unwrap();
    assert_eq!(refused.status(), 503, "{text}");
    assert!(refused.headers().contains_key("retry-after"), "{text}");
    assert!(text.contains("try again"), "{text}");
}

/// By the kernel, as with a damaged filesystem. It becomes writable only after it was unmounted, so the daemon is restarted,
/// too; while it is read only, none starts.
#[test]
fn a_filesystem_that_fails_loses_no_acknowledged_change() {
    let what = "a filesystem that becomes read only";
    let mut disk = match Disk::of_megabytes(64) {
        Ok(disk) => disk,
        Err(why) => return skipped(what, &why),
    };
    let (folder, database) = (tempfile::tempdir().unwrap(), format!("sqlite:{}", disk.at.join("failing.db").display()));
    let aside = format!("sqlite:{}", folder.path().join("aside.db").display());
    let mut scene = Scene::with(folder, database.clone(), FaultySmtp::start(|_, _| Act::Go));
    let bundle = scene.client.bundle("what is asked for in vain");
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    for _ in 0..3 {
        scene.client.more();
    }
    // Only the daemon has the file open.
    scene.client.stage = Stage::set(&aside);
    scene.client.is_outside = true;
    if let Err(why) = disk.fail() {
        return skipped(what, &why);
    }
    assert!(std::fs::write(disk.at.join("file"), "").is_err(), "it is read only");
    assert!(!scene.client.work(&daemon.url), "nothing is taken: {}", scene.client.transcript());
    looks_and_does_not_write(&daemon, bundle);
    assert!(!daemon.has_ended() && !daemon.log().contains("a panic"), "{}", daemon.log());
    // Its last output is read a moment later.
    crate::support::wait_until("it to say why", || daemon.log().contains("readonly database").then_some(()));
    assert_eq!(daemon.stop(), Some(0), "it stops: {}", daemon.log());
    let mut other = Daemon::begin(&database, &[]);
    assert!(!other.is_ready(), "none starts on it");
    let is_reported = |log: &str| log.contains("Read-only file system") && log.contains("failing.db");
    crate::support::wait_until("it to say why", || is_reported(&other.log()).then_some(()));

    disk.come_back();
    assert_eq!(Client::open_copy(database.trim_start_matches("sqlite:")), "ok");
    scene.client.stage = Stage::set(&database);
    scene.client.is_outside = false;
    scene.died(&mut daemon);
    scene.finish();
}

/// By failing system calls, until they work again: the daemon recovers by itself.
#[test]
fn a_daemon_recovers_when_its_files_are_writable_again() {
    if !can_trace() {
        return skipped("files that cannot be written for a while", "strace is not there, or may not trace");
    }
    let mut scene = Scene::on_sqlite();
    let bundle = scene.client.bundle("what is asked for in vain");
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    for round in 0..2 {
        scene.client.more();
        let calls = "pwrite64,pwritev,fsync,fdatasync,ftruncate,fallocate,unlink";
        let read_only = Traced::failing_with(daemon.pid(), calls, "EROFS");
        assert!(!scene.client.work(&daemon.url), "round {round}: nothing is taken: {}", scene.client.transcript());
        looks_and_does_not_write(&daemon, bundle);
        assert!(!daemon.has_ended() && !daemon.log().contains("a panic"), "{}", daemon.log());
        drop(read_only);
        scene.is_well_within(Duration::from_secs(20), &daemon);
    }
    assert_eq!(daemon.stop(), Some(0));
    scene.crashes = 2;
    scene.finish();
}
