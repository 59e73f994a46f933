//! A machine without more files, threads or random bytes, or without a reader of the log.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::client::token_of;
use super::syscalls::can_trace;
use super::{Scene, skipped};
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::{agent, basic};

/// More connections than the process may have files: present clients are answered or disconnected, the daemon continues, and
/// recovers when they leave.
#[test]
fn a_daemon_without_file_descriptors_survives_and_recovers() {
    let mut scene = Scene::on_sqlite();
    let mut daemon = scene.daemon_under(&["prlimit", "--nofile=128:128"]);
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    let address = daemon.url.trim_start_matches("http://").to_owned();
    let held: Vec<_> = (0..200).filter_map(|_| std::net::TcpStream::connect(&address).ok()).collect();
    assert!(held.len() > 128, "the system keeps them waiting");
    let worked = daemon.worked();
    let begun = Instant::now();
    scene.client.more();
    // New clients get no answer; nobody waits for ever, and the daemon does not spin meanwhile.
    let quick = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(3))).build();
    let _ = ureq::Agent::from(quick).get(format!("{}/healthz", daemon.url)).call();
    assert!(!daemon.has_ended(), "{}", daemon.log());
    let (took, worked) = (begun.elapsed(), daemon.worked().saturating_sub(worked));
    assert!(worked < took / 2 + Duration::from_millis(500), "{worked:?} of {took:?}");
    drop(held);
    scene.is_well_within(Duration::from_mins(1), &daemon);
    assert!(!daemon.log().contains("a panic"), "{}", daemon.log());
    assert_eq!(daemon.stop(), Some(0));
    scene.finish();
}

/// The Nth thread cannot be started, nor any after it: the daemon does not start and says why, or serves with the others. With
/// just too few it may wait for one, and is not ready as long as it does.
#[test]
fn a_daemon_without_threads_refuses_or_serves() {
    if !can_trace() {
        return skipped("no more threads", "strace is not there, or may not trace");
    }
    let mut scene = Scene::on_sqlite();
    let (mut refused, mut served) = (0, 0);
    for first in [1, 2, 4, 7, 10, 14, 20] {
        let inject = format!("inject=clone3,clone:error=EAGAIN:when={first}+");
        let trace = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=clone3,clone", "-e", inject.as_str()];
        let mut daemon = scene.daemon_under(&trace);
        let is_ready = daemon.is_ready_by(Instant::now() + Duration::from_secs(15));
        if is_ready == Some(true) {
            let end = Instant::now() + Duration::from_secs(20);
            let mut is_done = false;
            while !is_done && !daemon.has_ended() && Instant::now() < end {
                scene.client.let_time_pass();
                is_done = scene.client.work(&daemon.url);
            }
            served += usize::from(is_done);
            scene.client.more();
        } else if is_ready == Some(false) {
            // Its last output is read a moment later.
            let signs = ["thread", "Resource temporarily unavailable"];
            let is_reported = |log: &str| log.contains("countersign: ") && signs.iter().any(|sign| log.contains(sign));
            crate::support::wait_until("it to say why", || is_reported(&daemon.log()).then_some(()));
            refused += 1;
        }
        daemon.kill();
        scene.died(&mut daemon);
    }
    assert!(refused > 0 && served > 0, "{refused} refused, {served} served");
    scene.finish();
}

/// strace on a running daemon, until it is dropped.
pub(crate) struct Traced(Child);

impl Traced {
    pub(crate) fn failing(pid: u32, call: &str) -> Self {
        Self::failing_with(pid, call, "EIO")
    }

    pub(crate) fn failing_with(pid: u32, call: &str, error: &str) -> Self {
        let inject = format!("inject={call}:error={error}");
        let mut command = Command::new("strace");
        command.args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject, "-p", &pid.to_string()]);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let said = child.stderr.take().unwrap();
        // It prints a line when it is attached.
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(said), &mut line).unwrap();
        assert!(line.contains("attached"), "{line}");
        Self(child)
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        // SIGTERM makes it detach; killed, it would leave the traced process stopped.
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// Without random bytes from the system there is no weaker second source: actions that need a secret are refused.
#[test]
fn without_random_bytes_no_secret_is_minted_or_reported() {
    if !can_trace() {
        return skipped("no chance", "strace is not there, or may not trace");
    }
    let mut scene = Scene::on_sqlite();
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    scene.client.wait_for_the_post();
    let url = daemon.url.clone();
    let emails = scene.smtp.heard().emails.len();
    let tokens = scene.client.count("tokens", "1 = 1");
    let dark = Traced::failing(daemon.pid(), "getrandom");
    scene.client.more();
    // A request needs no secret, and is accepted; its email cannot be made.
    assert!(scene.client.file_all(&url), "{}", scene.client.transcript());
    let grant = |name: &str| {
        let mut post = agent().post(format!("{url}{name}")).header("authorization", basic("ann@example.org", PASSWORD));
        post = post.header("content-type", "application/x-www-form-urlencoded");
        post.send("grant_type=password&username=ann%40example.org&password=x").map(|answer| answer.status().as_u16())
    };
    assert!(grant("/api/connect/oauth2/token/").is_ok_and(|status| status < 500 || status == 503));
    let asked = agent().post(format!("{url}/sign-in")).header("origin", &url).send("email=ann%40example.org");
    assert!(asked.is_ok(), "an answer comes: {asked:?}");
    let end = Instant::now() + Duration::from_secs(3);
    while Instant::now() < end {
        std::thread::park_timeout(Duration::from_millis(100));
    }
    assert_eq!((scene.smtp.heard().emails.len(), scene.client.count("tokens", "1 = 1")), (emails, tokens), "nothing was minted");
    assert!(!daemon.has_ended() && !daemon.log().contains("a panic"), "{}", daemon.log());
    drop(dark);
    scene.is_well_within(Duration::from_mins(1), &daemon);
    scene.client.wait_for_the_post();
    let mut all: Vec<String> = scene.smtp.heard().emails.iter().filter_map(|email| token_of(email)).collect();
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count, "no two are alike");
    assert_eq!(daemon.stop(), Some(0));
    scene.finish();
}

/// A pipe without a reader: requests are answered, and the daemon stops when told to.
#[test]
fn a_log_without_a_reader_delays_no_request() {
    let mut scene = Scene::on_sqlite();
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    daemon.stop_reading();
    // At the tests' log level each request logs more than a line: several times the capacity of a pipe.
    let (agent, page) = (agent(), format!("{}/healthz", daemon.url));
    for _ in 0..2_000 {
        assert_eq!(agent.get(&page).call().unwrap().status(), 200);
    }
    scene.client.more();
    assert!(scene.client.work(&daemon.url), "{}", scene.client.transcript());
    scene.client.wait_for_the_post();
    assert_eq!(daemon.stop(), Some(0));
    scene.finish();
}
