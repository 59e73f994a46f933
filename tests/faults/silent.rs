//! Connections to PostgreSQL whose other end acknowledges packets but never answers, which the kernel does not notice.

use std::process::Command;
use std::time::{Duration, Instant};

use super::Scene;
use super::cut::proxied;
use super::hands::Hands;
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::{Daemon, agent, basic};
use crate::support::faulty_smtp::Act;
use crate::support::postgres::{Cluster, Durability};
use crate::support::tls::TlsCluster;
use crate::support::wait_until;

/// Far longer than needed.
const LONG: Duration = Duration::from_secs(90);

/// Repeats all work of all clients until it is done.
fn are_well(scene: &mut Scene, hands: &mut Hands, daemon: &Daemon) {
    let end = Instant::now() + LONG;
    while !(hands.work(&daemon.url) && scene.client.work(&daemon.url)) {
        assert!(Instant::now() < end, "{}\n{}", scene.client.transcript(), daemon.log());
        scene.client.let_time_pass();
    }
}

/// A stopped backend, like one whose disk does not answer. It continues when this is dropped.
struct Stopped(String);

impl Stopped {
    /// The most recently used one, which is used next; between two transactions, so that it holds no locks.
    fn newest(cluster: &Cluster, database: &str) -> Self {
        wait_until("a backend to stop between two transactions", || {
            let newest = "(SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() \
                AND application_name = 'countersign' AND state = 'idle' ORDER BY query_start DESC LIMIT 1)";
            let stopped = Self(cluster.text(database, newest));
            signal("-STOP", &stopped.0);
            (stopped.state(cluster, database) == "idle").then_some(stopped)
        })
    }

    fn state(&self, cluster: &Cluster, database: &str) -> String {
        cluster.text(database, &format!("coalesce((SELECT state FROM pg_stat_activity WHERE pid = {}), 'gone')", self.0))
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal("-CONT", &self.0);
    }
}

fn signal(which: &str, pid: &str) {
    assert!(Command::new("kill").args([which, pid]).status().expect("kill runs").success());
}

#[test]
fn connections_that_stay_silent_are_replaced() {
    silent_connections_are_replaced(Scene::on_postgres());
}

/// Each connection's socket is found and shut down as without TLS, and libpq notices.
#[test]
fn tls_connections_that_stay_silent_are_replaced() {
    let tls = TlsCluster::start();
    let empty = url::Url::parse(&tls.cluster.create_empty_database()).unwrap();
    let verified = format!("sslmode=verify-full&sslrootcert={}", tls.path("ca.pem"));
    let database = tls.url(empty.path().trim_start_matches('/'), "countersign", &verified);
    silent_connections_are_replaced(Scene::on(tempfile::tempdir().unwrap(), database, |_, _| Act::Go));
}

fn silent_connections_are_replaced(mut scene: Scene) {
    let mut hands = Hands::default();
    let (proxy, through) = proxied(&scene);
    let mut daemon = scene.daemon_with(&through, "", &[]);
    assert!(daemon.is_ready(), "{}", daemon.log());
    hands.more(&mut scene.client, 20);
    are_well(&mut scene, &mut hands, &daemon);
    for _ in 0..2 {
        scene.client.more();
        hands.more(&mut scene.client, 20);
        let silent = proxy.desert();
        are_well(&mut scene, &mut hands, &daemon);
        assert!(proxy.connections() > silent, "by others");
        scene.crashes += 1;
    }
    assert!(daemon.log().contains("was given up"), "{}", daemon.log());
    hands.verify(&scene.client);
    // A stop does not wait for one either.
    proxy.desert();
    let (url, held) = (daemon.url.clone(), proxy.held());
    let look = std::thread::spawn(move || {
        let url = format!("{url}/api/account/");
        agent()
            .get(url)
            .header("authorization", basic("bob@example.org", "never seen before"))
            .call()
            .map(|response| response.status())
    });
    wait_until("the look to wait", || (proxy.held() > held).then_some(()));
    let begun = Instant::now();
    assert_eq!(daemon.stop(), Some(0));
    assert!(begun.elapsed() < LONG, "{:?}", begun.elapsed());
    drop(look.join());
    scene.finish();
}

#[test]
fn a_stopped_backend_delays_nobody_for_long() {
    let cluster = Cluster::start(Durability::None);
    let database = cluster.create_empty_database();
    let mut scene = Scene::on(tempfile::tempdir().unwrap(), database.clone(), |_, _| Act::Go);
    let mut hands = Hands::default();
    let mut daemon = scene.daemon_with(&database, "", &[("COUNTERSIGN__DATABASE__CONNECTIONS", "5")]);
    assert!(daemon.is_ready(), "{}", daemon.log());
    hands.more(&mut scene.client, 20);
    are_well(&mut scene, &mut hands, &daemon);
    let stopped = Stopped::newest(&cluster, &database);
    scene.client.more();
    hands.more(&mut scene.client, 100);
    are_well(&mut scene, &mut hands, &daemon);
    wait_until("it to be given up", || daemon.log().contains("was given up").then_some(()));
    let looked = daemon.get("/api/account/", &basic("ann@example.org", PASSWORD)).unwrap();
    assert_eq!(looked.status, 200, "{}", looked.body);
    // All work was done while it was stopped.
    assert_eq!(stopped.state(&cluster, &database), "idle");
    let pid = stopped.0.clone();
    drop(stopped);
    let gone = format!("(SELECT count(*)::text FROM pg_stat_activity WHERE pid = {pid})");
    wait_until("it to end", || (cluster.text(&database, &gone) == "0").then_some(()));
    scene.client.more();
    are_well(&mut scene, &mut hands, &daemon);
    hands.verify(&scene.client);
    assert_eq!(daemon.stop(), Some(0));
    scene.crashes = 1;
    scene.finish();
}
