//! The database's machine is lost under load, and its synchronous standby takes over: no acknowledged change is lost or done
//! twice.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::Scene;
use super::hands::Hands;
use crate::support::daemon::agent;
use crate::support::faulty_smtp::Act;
use crate::support::postgres::{Cluster, Durability};

/// The standby in the daemon's `/readyz`.
fn standby(url: &str) -> String {
    let response = agent().get(format!("{url}/readyz")).call().unwrap().body_mut().read_to_string().unwrap();
    let response: serde_json::Value = serde_json::from_str(&response).unwrap();
    response["standby"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_failover_to_a_synchronous_standby_loses_and_doubles_nothing() {
    let minutes = std::env::var("FAULT_MINUTES").ok().and_then(|text| text.parse::<u64>().ok());
    let end = Instant::now() + Duration::from_secs(60 * minutes.unwrap_or(0));
    let (mut failovers, mut acks) = (0, 0);
    while failovers == 0 || Instant::now() < end {
        acks += fail_over(60 + failovers * 37 % 200);
        failovers += 1;
    }
    eprintln!("{failovers} failovers: {acks} successes lived through one, none is lost");
}

/// One failover, after this many answers. Returns how many acknowledged changes it had to keep.
fn fail_over(after: usize) -> usize {
    let primary = Cluster::start(Durability::Full);
    let database = primary.create_empty_database();
    let other = primary.standby();
    let mut scene = Scene::on(tempfile::tempdir().unwrap(), primary.here_or_at(&other, &database), |_, _| Act::Go);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    assert_eq!(standby(&daemon.url), "none", "one that is not waited for is none");
    primary.wait_for_standby();
    crate::support::wait_until("the standby to be waited for", || (standby(&daemon.url) == "synchronous").then_some(()));

    let mut hands = Hands::default();
    scene.client.more();
    hands.more(&mut scene.client, 200);
    let (url, client) = (daemon.url.clone(), &mut scene.client);
    let answers = hands.answers.clone();
    let is_done = std::thread::scope(|scope| {
        let load = scope.spawn(|| hands.work(&url));
        let client = scope.spawn(|| client.work(&url));
        crate::support::wait_until("some to be answered", || (answers.load(Ordering::SeqCst) >= after).then_some(()));
        primary.kill();
        let is_done = [load, client].map(|load| load.join().unwrap());
        other.promote();
        is_done
    });
    assert!(!is_done[0], "the primary was lost in the middle");
    let acks = hands.verify(&scene.client);
    // So that the test need not wait two minutes for a lease.
    scene.client.let_time_pass();
    scene.crashes = 1;
    let end = Instant::now() + Duration::from_mins(1);
    while !(hands.work(&daemon.url) && scene.client.work(&daemon.url)) {
        assert!(Instant::now() < end, "{}\n{}", scene.client.transcript(), daemon.log());
    }
    assert_eq!(standby(&daemon.url), "none", "nobody follows the one that took over");
    hands.verify(&scene.client);
    assert_eq!(daemon.stop(), Some(0));
    scene.finish();
    acks
}

/// If a commit has to wait for a missing standby, nothing is acknowledged.
#[test]
fn nothing_is_answered_with_success_while_the_standby_is_away() {
    let primary = Cluster::start(Durability::Full);
    let database = primary.create_empty_database();
    let other = primary.standby();
    let mut scene = Scene::on(tempfile::tempdir().unwrap(), database, |_, _| Act::Go);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    scene.client.more();
    primary.wait_for_standby();
    crate::support::wait_until("the standby to be waited for", || (standby(&daemon.url) == "synchronous").then_some(()));
    other.kill();
    crate::support::wait_until("it to be missed", || (standby(&daemon.url) == "synchronous, and away").then_some(()));
    assert!(!scene.client.file_all(&daemon.url), "{}", scene.client.transcript());
    assert!(scene.client.acked().is_empty(), "{}", scene.client.transcript());
    other.recover();
    scene.is_well_within(Duration::from_mins(1), &daemon);
    assert_eq!(daemon.stop(), Some(0));
    scene.crashes = 1;
    scene.finish();
}
