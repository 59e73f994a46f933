//! Connections that are cut: to the database, before and after a COMMIT was answered; to the client; to the mail server, at
//! every moment of the conversation.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Scene;
use crate::support::daemon::{agent, basic};
use crate::support::faulty_smtp::{Act, Moment};
use crate::support::postgres::{Cluster, Durability};
use crate::support::proxy::{Cut, Proxy, Rule};

/// The scene's database through a proxy.
pub(super) fn proxied(scene: &Scene) -> (Proxy, String) {
    let url = url::Url::parse(&scene.database).unwrap();
    let proxy = Proxy::to(url.port().unwrap());
    let mut through = url.clone();
    through.set_port(Some(proxy.port)).unwrap();
    (proxy, through.to_string())
}

/// A cut call is repeated; a committed but unanswered one is found done, once.
#[test]
fn a_connection_cut_at_a_commit_loses_and_doubles_nothing() {
    let mut scene = Scene::on_postgres();
    let (proxy, through) = proxied(&scene);
    let mut daemon = scene.daemon_with(&through, "", &[]);
    assert!(daemon.is_ready(), "{}", daemon.log());
    let cuts =
        [(1, Cut::BeforeTheAnswer), (2, Cut::BeforeTheAnswer), (1, Cut::Before), (3, Cut::Before), (5, Cut::BeforeTheAnswer)];
    for (after, moment) in cuts {
        let before = proxy.cuts();
        scene.client.more();
        proxy.follow(Rule::Cut { at: "COMMIT", after, moment });
        scene.is_well_within(Duration::from_secs(20), &daemon);
        proxy.follow(Rule::Through);
        assert_eq!(proxy.cuts(), before + 1, "{moment:?} at commit {after}");
    }
    assert_eq!(daemon.stop(), Some(0));
    scene.crashes = cuts.len();
    scene.finish();
}

/// The daemon did it and the client got no answer: repeating the call returns the result.
#[test]
fn a_response_lost_on_the_way_can_be_requested_again() {
    let mut scene = Scene::on_sqlite();
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    let proxy = Proxy::to(daemon.url.rsplit(':').next().unwrap().parse().unwrap());
    let through = format!("http://127.0.0.1:{}", proxy.port);
    for (at, after) in [("POST /", 1), ("POST /", 3), ("PUT /", 1), ("PUT /", 2), ("DELETE /", 1), ("DELETE /", 3)] {
        let before = proxy.cuts();
        scene.client.more();
        proxy.follow(Rule::Cut { at, after, moment: Cut::BeforeTheAnswer });
        while !scene.client.work(&through) {}
        assert_eq!(proxy.cuts(), before + 1, "{at} {after}");
    }
    assert_eq!(daemon.stop(), Some(0));
    scene.finish();
}

/// Calls to a silent database are refused in time, and work again when it is back.
#[test]
fn calls_to_a_silent_database_are_answered_and_recover() {
    let mut scene = Scene::on_postgres();
    let (proxy, through) = proxied(&scene);
    let mut daemon = scene.daemon_with(&through, "", &[]);
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    scene.client.more();
    proxy.follow(Rule::Stall);
    let begun = Instant::now();
    let response = agent()
        .get(format!("{}/api/account/", daemon.url))
        .header("authorization", basic("ann@example.org", "never seen before"))
        .call();
    let status = response.map(|answer| answer.status().as_u16());
    assert!(begun.elapsed() < Duration::from_secs(20), "{status:?} after {:?}", begun.elapsed());
    assert_eq!(status.ok(), Some(503), "in doubt, no");
    proxy.follow(Rule::Through);
    let end = Instant::now() + Duration::from_secs(30);
    while !scene.client.work(&daemon.url) {
        assert!(Instant::now() < end, "{}", scene.client.transcript());
    }
    assert_eq!(daemon.stop(), Some(0));
    scene.finish();
}

/// The whole database server is killed and restarted, twice.
#[test]
fn a_killed_postgresql_keeps_every_acknowledged_change() {
    let cluster = Cluster::start(Durability::Full);
    let mut scene = Scene::on(tempfile::tempdir().unwrap(), cluster.create_empty_database(), |_, _| Act::Go);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    for _ in 0..2 {
        scene.client.more();
        cluster.crash();
        assert!(!scene.client.work(&daemon.url), "nobody is there to ask");
        cluster.recover();
        scene.is_well_within(Duration::from_secs(20), &daemon);
    }
    assert_eq!(daemon.stop(), Some(0));
    scene.crashes = 2;
    scene.finish();
}

/// Each connection has another fault. In the end every email has arrived, each at most as often as it was in doubt, plus once.
#[test]
fn a_mail_server_with_every_fault_gets_every_email_in_the_end() {
    // A connection that works is kept, and would defer the same email each time.
    let (is_grey, is_late) = (AtomicBool::new(true), AtomicBool::new(true));
    let script = move |moment, connection| match (connection, moment) {
        (1, Moment::Greeting) => Act::SayAndDrop("421 4.3.2 busy"),
        // With 7 and 9 it has accepted the email, without a reply.
        (2, Moment::Greeting) | (5, Moment::Recipient) | (6, Moment::Data) | (7 | 9, Moment::Dot) => Act::Drop,
        (3, Moment::Greeting) => Act::Say("hello, this is not SMTP"),
        (4, Moment::Recipient) if is_grey.swap(false, Ordering::Relaxed) => Act::Say("451 4.3.0 greylisted"),
        (8, Moment::Dot) if is_late.swap(false, Ordering::Relaxed) => Act::Say("451 4.7.1 later"),
        _ => Act::Go,
    };
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("faults.db").display());
    let mut scene = Scene::on(folder, database, script);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    let end = Instant::now() + Duration::from_secs(30);
    while !scene.client.work(&daemon.url) {
        assert!(Instant::now() < end, "{}", scene.client.transcript());
    }
    scene.client.wait_for_the_post();
    assert_eq!(daemon.stop(), Some(0));
    // Two emails were in doubt.
    scene.crashes = 2;
    scene.finish();
}
