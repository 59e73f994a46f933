//! Daemons that read lists from a streaming replica: what they say of it to whoever runs them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, agent, basic};
use crate::support::postgres::{Cluster, Durability};
use crate::support::proxy::{Proxy, Rule};
use crate::support::wait_until;

const LIST: &str = "/api/bundle_permission_request/";

fn said(daemon: &Daemon, path: &str) -> String {
    agent().get(format!("{}{path}", daemon.url)).call().unwrap().body_mut().read_to_string().unwrap()
}

/// What the readiness probe says of the replica.
fn ready(daemon: &Daemon) -> Value {
    serde_json::from_str::<Value>(&said(daemon, "/readyz")).unwrap()["replica"].take()
}

/// A metric's value; nought where nothing was counted.
fn metric(daemon: &Daemon, name: &str) -> f64 {
    let all = said(daemon, "/metrics");
    all.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or_default()
}

fn from_replica(daemon: &Daemon) -> f64 {
    metric(daemon, "countersign_lists_total{told_by=\"replica\",why=\"\"}")
}

fn until(daemon: &Daemon, state: &str) {
    wait_until(state, || (ready(daemon)["state"] == state).then_some(()));
}

/// How often the log has these words.
fn logged(daemon: &Daemon, words: &str) -> usize {
    daemon.log().matches(words).count()
}

/// Looks at the list, which is always there.
fn list(daemon: &Daemon, identity: &str) {
    let listed = daemon.get(LIST, identity).unwrap();
    assert_eq!((listed.status, &listed.json()["meta"]["total_count"]), (200, &3.into()), "{}", listed.body);
}

/// Looks at it until that is over; how often it did.
fn go_on(daemon: &Daemon, identity: &str, is_over: &AtomicBool) -> usize {
    std::iter::repeat_with(|| list(daemon, identity)).take_while(|()| !is_over.load(Ordering::SeqCst)).count()
}

/// Ends those who go on, also where the test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_daemon_says_what_it_reads_from_the_replica_and_when_it_does_not() {
    let primary = Cluster::start(Durability::Full);
    let database = primary.create_empty_database();
    let stage = Stage::set(&database);
    let ann = stage.user("ann@example.org");
    stage.tokens(&ann, 3);
    let standby = primary.standby();
    let (url, identity) = (standby.here(&database), basic("ann@example.org", PASSWORD));
    let settings = [("COUNTERSIGN__DATABASE__REPLICA_URL", url.as_str())];
    let mut daemons = [Daemon::start(&database, &settings), Daemon::start(&database, &settings)];
    for daemon in &daemons {
        until(daemon, "follows");
        assert!(ready(daemon)["behind_seconds"].as_f64().unwrap() < 2.0);
        let before = from_replica(daemon);
        for _ in 0..5 {
            list(daemon, &identity);
        }
        assert!(from_replica(daemon) >= before + 5.0, "{}", said(daemon, "/metrics"));
        assert!((metric(daemon, "countersign_replica_follows") - 1.0).abs() < 0.1);
    }
    // Each has a beat of its own, in one row.
    let rows = "(SELECT count(*)::text FROM meta WHERE name LIKE 'beat:%')";
    assert_eq!(primary.text(&database, rows), "2");

    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let going_on = daemons.each_ref().map(|daemon| scope.spawn(|| go_on(daemon, &identity, &is_over)));
        let over = Over(&is_over);
        standby.crash();
        for daemon in &daemons {
            until(daemon, "away");
            assert!(metric(daemon, "countersign_replica_follows") < 0.1);
        }
        standby.recover();
        for daemon in &daemons {
            until(daemon, "follows");
        }
        standby.promote();
        for daemon in &daemons {
            until(daemon, "no standby");
            wait_until("lists to be told without it", || {
                (metric(daemon, "countersign_lists_total{told_by=\"primary\",why=\"out\"}") > 10.0).then_some(())
            });
        }
        drop(over);
        for lists in going_on {
            assert!(lists.join().unwrap() > 20, "and each of them was answered");
        }
    });
    for daemon in &mut daemons {
        // Once for each change, however often it was looked at.
        assert_eq!(logged(daemon, "lists are read from the replica"), 2, "{}", daemon.log());
        assert_eq!(logged(daemon, "it does not answer"), 1, "{}", daemon.log());
        assert_eq!(logged(daemon, "it takes writes"), 1, "{}", daemon.log());
        assert_eq!(daemon.stop(), Some(0));
    }
}

#[test]
fn a_daemon_whose_replica_hangs_answers_and_stops() {
    let primary = Cluster::start(Durability::Full);
    let database = primary.create_empty_database();
    let stage = Stage::set(&database);
    let ann = stage.user("ann@example.org");
    stage.tokens(&ann, 3);
    let (standby, identity) = (primary.standby(), basic("ann@example.org", PASSWORD));
    let line = Proxy::to(standby.port);
    let url = standby.here(&database).replace(&standby.port.to_string(), &line.port.to_string());
    let mut daemon = Daemon::start(&database, &[("COUNTERSIGN__DATABASE__REPLICA_URL", &url)]);
    until(&daemon, "follows");
    list(&daemon, &identity);
    line.follow(Rule::Stall);
    // Whoever looks how it is doing hangs by now.
    wait_until("it to fall silent", || (ready(&daemon)["behind_seconds"].as_f64()? > 1.5).then_some(()));
    list(&daemon, &identity);
    let start = Instant::now();
    assert_eq!(daemon.stop(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}: {}", start.elapsed(), daemon.log());
}

#[test]
fn a_daemon_without_a_replica_says_nothing_of_it() {
    let database = Cluster::shared().create_empty_database();
    let daemon = Daemon::start(&database, &[]);
    assert_eq!(ready(&daemon), Value::Null);
    assert!(!said(&daemon, "/metrics").contains("replica"));
    assert_eq!(Cluster::shared().text(&database, "(SELECT count(*)::text FROM meta WHERE name LIKE 'beat:%')"), "0");
}
