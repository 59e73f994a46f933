//! A PostgreSQL that gives a daemon fewer connections than it wants, and then none at all.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::Scene;
use super::hands::Hands;
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::basic;
use crate::support::postgres::{Cluster, Durability};

#[test]
fn a_postgresql_without_free_connections_refuses_and_loses_nothing() {
    let cluster = Cluster::start(Durability::None);
    let ours = cluster.create_empty_database();
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::on(folder, ours.clone(), |_, _| crate::support::faulty_smtp::Act::Go);
    cluster.run_in(
        &ours,
        "CREATE ROLE plain LOGIN CONNECTION LIMIT 2; GRANT ALL ON ALL TABLES IN SCHEMA public TO plain; \
         GRANT ALL ON SCHEMA public TO plain; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO plain",
    );
    let mut daemon = scene.daemon_with(&ours.replace("countersign@", "plain@"), "", &[]);
    assert!(daemon.is_ready(), "{}", daemon.log());
    // With too few, callers without one are told to retry, and all work is done in the end.
    let mut hands = Hands::default();
    hands.more(&mut scene.client, 100);
    let end = Instant::now() + Duration::from_mins(1);
    while !hands.work(&daemon.url) {
        assert!(Instant::now() < end, "{}", daemon.log());
    }
    // With none, all callers are told so.
    let leave = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'plain'";
    cluster.run_in(&ours, &format!("ALTER ROLE plain CONNECTION LIMIT 0; {leave}"));
    let answers = hands.answers.load(Ordering::SeqCst);
    hands.more(&mut scene.client, 20);
    assert!(!hands.work(&daemon.url) && !scene.client.work(&daemon.url), "{}", scene.client.transcript());
    assert_eq!(hands.answers.load(Ordering::SeqCst), answers, "nothing is answered but that it cannot be now");
    let looked = daemon.get("/api/account/", &basic("ann@example.org", PASSWORD)).unwrap();
    assert_eq!(looked.status, 503, "{}", looked.body);
    assert!(!daemon.has_ended() && !daemon.log().contains("a panic"), "{}", daemon.log());
    cluster.run_in(&ours, "ALTER ROLE plain CONNECTION LIMIT 100");
    let end = Instant::now() + Duration::from_mins(1);
    while !(hands.work(&daemon.url) && scene.client.work(&daemon.url)) {
        assert!(Instant::now() < end, "{}\n{}", scene.client.transcript(), daemon.log());
    }
    hands.verify(&scene.client);
    assert_eq!(daemon.stop(), Some(0));
    // No email was sent twice: outcomes are recorded when that is possible again.
    scene.finish();
}
