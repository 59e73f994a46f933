//! A disk that becomes full: writes are refused, and work again when there is space.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use super::hands::Hands;
use super::{Scene, skipped};
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::basic;
use crate::support::faulty_smtp::Act;
use crate::support::postgres::Cluster;

/// A small disk of its own, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn of_megabytes(size: u32, at: &Path) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}m"), "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|mounted| mounted.status.success()).then(|| Self(at.to_owned()))
    }

    /// Fills the disk until the returned value is dropped.
    fn fill(&self) -> Filler {
        let filler = Filler(self.0.join("filler"));
        let mut file = std::fs::File::create(&filler.0).unwrap();
        let full = std::io::copy(&mut std::io::repeat(0), &mut file);
        assert!(full.is_err(), "the disk is full");
        filler
    }
}

struct Filler(PathBuf);

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::of_megabytes(16, folder.path()) else {
        return skipped("a full disk", "mounting a tmpfs needs root");
    };
    let mut scene = Scene::on_sqlite_in(folder);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    for round in 0..2 {
        for _ in 0..6 {
            scene.client.more();
        }
        let filler = disk.fill();
        let is_refused = !scene.client.work(&daemon.url);
        assert!(is_refused, "round {round}: a full disk takes nothing: {}", scene.client.transcript());
        drop(filler);
        scene.is_well_within(Duration::from_secs(20), &daemon);
    }
    assert_eq!(daemon.stop(), Some(0));
    scene.crashes = 2;
    scene.finish();
}

/// Writes until PostgreSQL cannot extend its WAL, and stops.
fn exhaust_the_log(cluster: &Cluster, database: &str) {
    let mut conn = PgConnection::establish(&cluster.here(database)).unwrap();
    let has_ended =
        (0..100).any(|_| conn.batch_execute("SELECT pg_logical_emit_message(true, '', ''); SELECT pg_switch_wal()").is_err());
    assert!(has_ended, "there is an end to its log");
}

/// First no table can grow: reads are answered, and writes are refused. Then the WAL cannot grow either, and the server stops:
/// until it has space and is restarted, every call is answered as unavailable.
#[test]
fn a_postgresql_whose_disk_is_full_refuses_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::of_megabytes(192, folder.path()) else {
        return skipped("a full disk under PostgreSQL", "mounting a tmpfs needs root");
    };
    let cluster = Cluster::start_in(&disk.0);
    let database = cluster.create_empty_database();
    let mut scene = Scene::on(tempfile::tempdir().unwrap(), database.clone(), |_, _| Act::Go);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    let mut hands = Hands::default();
    for is_log_full in [false, true] {
        scene.client.more();
        hands.more(&mut scene.client, 200);
        let filler = disk.fill();
        if is_log_full {
            exhaust_the_log(&cluster, &database);
        }
        for _ in 0..5 {
            assert!(!hands.work(&daemon.url), "a full disk does not take all");
        }
        assert!(!scene.client.work(&daemon.url), "{}", scene.client.transcript());
        let looked = daemon.get("/api/account/", &basic("ann@example.org", PASSWORD)).expect("an answer");
        assert_eq!(looked.status, if is_log_full { 503 } else { 200 }, "{}", looked.body);
        assert!(!daemon.has_ended() && !daemon.log().contains("a panic"), "{}", daemon.log());
        assert!(daemon.log().contains("No space left"), "the operator is told why: {}", daemon.log());
        drop(filler);
        if is_log_full {
            cluster.kill();
            cluster.recover();
        }
        hands.verify(&scene.client);
        let end = Instant::now() + Duration::from_mins(1);
        while !hands.work(&daemon.url) {
            assert!(Instant::now() < end, "{}", daemon.log());
        }
        scene.is_well_within(Duration::from_mins(1), &daemon);
    }
    hands.verify(&scene.client);
    assert_eq!(daemon.stop(), Some(0));
    scene.crashes = 2;
    scene.finish();
}
