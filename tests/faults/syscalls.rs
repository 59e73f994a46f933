//! System calls that fail, or that a process dies in: strace stands between the daemon and the kernel.

use std::process::Command;
use std::time::{Duration, Instant};

use super::{Scene, skipped};

/// Whether strace is there and may trace here.
pub(crate) fn can_trace() -> bool {
    let tried = Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "-e", "inject=sync:error=EIO", "true"]).output();
    tried.is_ok_and(|tried| tried.status.success())
}

fn with_injection(injection: &str) {
    let is_killed = injection.contains("KILL");
    let mut scene = Scene::on_sqlite();
    let inject = format!("inject={injection}");
    let trace = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,pwrite64", "-e", inject.as_str()];
    let mut daemon = scene.daemon_under(&trace);
    let mut is_finished = daemon.is_ready() && scene.client.work(&daemon.url);
    let end = Instant::now() + Duration::from_secs(10);
    while !is_finished && !daemon.has_ended() && Instant::now() < end {
        scene.client.let_time_pass();
        is_finished = scene.client.work(&daemon.url);
    }
    assert!(is_finished || daemon.has_ended(), "{injection}: {}", scene.client.story());
    assert_eq!(daemon.has_ended(), is_killed, "{injection} takes effect");
    daemon.kill();
    scene.died(&mut daemon);
    scene.finish();
}

#[test]
fn storage_calls_that_fail_or_kill_lose_nothing_that_was_answered() {
    if !can_trace() {
        return skipped("failing system calls", "strace is not there, or may not trace");
    }
    for injection in [
        "fsync:error=EIO:when=4",
        "fsync:signal=KILL:when=5",
        "fsync:signal=KILL:when=9",
        "pwrite64:error=ENOSPC:when=30..34",
        "pwrite64:signal=KILL:when=41",
    ] {
        with_injection(injection);
    }
}
