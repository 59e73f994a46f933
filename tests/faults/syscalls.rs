//! System calls that fail, or in which the process dies, by strace.

use std::process::Command;
use std::time::{Duration, Instant};

use super::{Scene, skipped};

/// Whether strace is installed and may trace here.
pub(crate) fn can_trace() -> bool {
    let tried = Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "-e", "inject=sync:error=EIO", "true"]).output();
    tried.is_ok_and(|tried| tried.status.success())
}

/// `is_reached`: whether the call is certainly made that often, in the middle of the work.
fn with_injection(injection: &str, is_reached: bool) {
    let is_killed = injection.contains("KILL");
    let mut scene = Scene::on_sqlite();
    let inject = format!("inject={injection}");
    let trace = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,pwrite64", "-e", inject.as_str()];
    let mut daemon = scene.daemon_under(&trace);
    let mut is_finished = daemon.is_ready() && scene.client.work(&daemon.url);
    let end = Instant::now() + Duration::from_secs(10);
    while !is_finished && !daemon.has_ended() && Instant::now() < end {
        scene.client.let_time_pass();
        is_finished = scene.client.work(&daemon.url);
    }
    assert!(is_finished || daemon.has_ended(), "{injection}: {}", scene.client.transcript());
    // A daemon that cannot even open its database says so and ends.
    assert!(!is_reached || daemon.has_ended() == is_killed, "{injection} takes effect");
    // An email whose outcome could not be recorded is sent again, as after a crash, and its lease ends early here.
    scene.crashes += usize::from(!is_killed);
    daemon.kill();
    scene.died(&mut daemon);
    scene.finish();
}

#[test]
fn failing_storage_calls_lose_no_acknowledged_change() {
    if !can_trace() {
        return skipped("failing system calls", "strace is not there, or may not trace");
    }
    for injection in [
        "fdatasync:error=EIO:when=4",
        "fdatasync:signal=KILL:when=5",
        "fdatasync:signal=KILL:when=9",
        "pwrite64:error=ENOSPC:when=30..34",
        "pwrite64:signal=KILL:when=41",
    ] {
        with_injection(injection, true);
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let Some(minutes) = number("FAULT_MINUTES") else { return };
    // The long form: any call at any place, even if it is not reached any more.
    let (seed, end) = (number("SEED").unwrap_or(1), Instant::now() + Duration::from_secs(60 * minutes));
    let mut draws = seed;
    let mut draw = |below: u64| {
        draws = draws.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (draws >> 33) % below
    };
    let mut runs = 0;
    while Instant::now() < end {
        let (call, most) = [("fdatasync", 60), ("pwrite64", 300)][usize::try_from(draw(2)).unwrap()];
        let what = ["signal=KILL", "error=EIO", "error=ENOSPC"][usize::try_from(draw(3)).unwrap()];
        let injection = format!("{call}:{what}:when={}", 1 + draw(most));
        eprintln!("SEED={seed}: {injection}");
        with_injection(&injection, false);
        runs += 1;
    }
    eprintln!("{runs} storage calls failed or killed from seed {seed}, no promise was broken");
}
