//! Machines whose clock is wrong by a month, or is set while the daemon runs, by libfaketime. On SQLite that clock counts; on
//! PostgreSQL the database's does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::token_of;
use super::{Scene, skipped};
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::{Daemon, agent, basic};
use crate::support::faulty_smtp::{Act, Moment};
use crate::support::postgres::Cluster;

/// A clock that a file sets.
struct Clock {
    file: PathBuf,
    library: PathBuf,
}

impl Clock {
    /// None if libfaketime is not installed.
    fn in_folder(folder: &Path) -> Option<Self> {
        let libraries = std::fs::read_dir("/usr/lib").ok()?.flatten();
        let mut libraries = libraries.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
        let clock = Self { file: folder.join("clock"), library: libraries.find(|library| library.is_file())? };
        clock.set("+0d");
        Some(clock)
    }

    /// Sets the offset from the true time.
    fn set(&self, offset: &str) {
        let fresh = self.file.with_extension("fresh");
        std::fs::write(&fresh, offset).unwrap();
        std::fs::rename(fresh, &self.file).unwrap();
    }

    fn daemon(&self, scene: &Scene) -> Daemon {
        let settings = [
            ("LD_PRELOAD", self.library.to_str().unwrap()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            // Setting the clock does not affect timers.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("DONT_FAKE_MONOTONIC", "1"),
        ];
        let mut daemon = scene.daemon_with(&scene.database, "", &settings);
        assert!(daemon.is_ready(), "{}", daemon.log());
        daemon
    }
}

/// Waits for the result of a job that runs twice a minute.
fn wait_for_the_job(what: &str, is_done: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(90);
    while !is_done() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

/// Files a request outside of the client's journal. Returns its id.
fn file(scene: &mut Scene, url: &str, name: &str) -> i64 {
    let body = json!({
        "user_target": "ann@example.org", "user_allowed": "bob@example.org", "bundle": scene.client.bundle(name)
    });
    scene.client.beside += 1;
    let post =
        agent().post(format!("{url}/api/bundle_permission_request/")).header("authorization", basic("bob@example.org", PASSWORD));
    let mut answer = post.header("content-type", "application/json").send(body.to_string()).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    assert_eq!(answer.status(), 201, "{text}");
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    parsed["resource_uri"].as_str().unwrap().trim_end_matches('/').rsplit('/').next().unwrap().parse().unwrap()
}

/// The status of a PUT by Ann.
fn redeem(url: &str, token: &str) -> u16 {
    let put = agent().put(format!("{url}/api/bundle_permission_request/{token}/"));
    let put = put.header("authorization", basic("ann@example.org", PASSWORD)).header("content-type", "application/json");
    put.send_empty().unwrap().status().as_u16()
}

#[test]
fn a_clock_that_jumps_by_a_month_revives_nothing_and_delays_nobody_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let Some(clock) = Clock::in_folder(folder.path()) else { return skipped("a clock that is set", "libfaketime is not there") };
    let is_down = Arc::new(AtomicBool::new(false));
    let down = Arc::clone(&is_down);
    let script = move |moment, _| match moment {
        Moment::Dot if down.load(Ordering::SeqCst) => Act::Say("451 4.3.0 later"),
        _ => Act::Go,
    };
    let database = format!("sqlite:{}", folder.path().join("clock.db").display());
    let mut scene = Scene::on(tempfile::tempdir().unwrap(), database, script);
    let mut daemon = clock.daemon(&scene);
    let url = daemon.url.clone();
    assert!(scene.client.work(&url), "{}", scene.client.transcript());
    // From then on deferred emails stay deferred.
    scene.client.is_outside = true;

    // A month early, everything continues, and also when the clock is corrected.
    clock.set("-30d");
    scene.client.more();
    assert!(scene.client.work(&url), "{}", scene.client.transcript());
    clock.set("+0d");
    scene.client.more();
    assert!(scene.client.work(&url), "{}", scene.client.transcript());

    // A month late, pending requests have expired: at once for readers, and soon in the database.
    let lost = file(&mut scene, &url, "lost");
    crate::support::wait_until("its email", || (scene.client.count("outbox", "state = 'queued'") == 0).then_some(()));
    let emails = scene.smtp.heard().emails;
    let token = emails.iter().rev().find_map(|email| token_of(email)).unwrap();
    clock.set("+30d");
    assert_eq!(redeem(&url, &token), 410);
    is_down.store(true, Ordering::SeqCst);
    let late = file(&mut scene, &url, "late");
    let state =
        |scene: &Scene, id: i64| scene.client.texts(&format!("SELECT state AS value FROM requests WHERE id = {id}")).remove(0);
    wait_for_the_job("the overdue to be noted", || state(&scene, lost) == "expired");
    let put_off = format!("request_id = {late} AND state = 'queued' AND last_error IS NOT NULL");
    wait_for_the_job("the email to be deferred", || scene.client.count("outbox", &put_off) == 1);

    // Back again: expired requests stay expired, and the email does not wait for a month.
    clock.set("+0d");
    is_down.store(false, Ordering::SeqCst);
    assert_eq!(redeem(&url, &token), 410);
    let (begun, worked) = (Instant::now(), daemon.worked());
    wait_for_the_job("the email to be sent", || {
        scene.client.count("outbox", &format!("request_id = {late} AND state = 'sent'")) == 1
    });
    let (waited, worked) = (begun.elapsed(), daemon.worked().saturating_sub(worked));
    assert!(worked < waited / 3 + Duration::from_secs(1), "nobody runs in circles: {worked:?} of {waited:?}");
    assert_eq!(state(&scene, lost), "expired");
    scene.client.more();
    assert!(scene.client.work(&url), "{}", scene.client.transcript());
    assert_eq!(daemon.stop(), Some(0));
    scene.client.is_outside = false;
    // An email that was deferred after its final dot was received.
    scene.crashes = 1 + scene.smtp.heard().count("DATA");
    scene.finish();
}

#[test]
fn daemons_whose_clocks_are_wrong_by_a_month_agree_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let Some(ahead) = Clock::in_folder(folder.path()) else {
        return skipped("clocks that are wrong", "libfaketime is not there");
    };
    let behind = Clock { file: folder.path().join("behind"), library: ahead.library.clone() };
    ahead.set("+30d");
    behind.set("-30d");
    // An email takes a moment, so that several are being sent at once.
    let script = |moment, _| {
        if moment == Moment::Dot {
            std::thread::park_timeout(Duration::from_millis(50));
        }
        Act::Go
    };
    let database = Cluster::shared().create_empty_database();
    let mut scene = Scene::on(tempfile::tempdir().unwrap(), database, script);
    scene.client.is_outside = true;
    let mut daemons = [&ahead, &behind].map(|clock| clock.daemon(&scene));
    for turn in 0..4 {
        scene.client.more();
        assert!(scene.client.work(&daemons[turn % 2].url), "{}", scene.client.transcript());
    }
    // More emails to one domain than may be sent to it at once, so that some return to the queue.
    let url = daemons[0].url.clone();
    for number in 0..40 {
        file(&mut scene, &url, &format!("many {number}"));
    }
    crate::support::wait_until("every email to be sent", || {
        (scene.client.count("outbox", "state = 'queued'") == 0).then_some(())
    });
    assert_eq!(scene.client.count("requests", "state = 'expired'"), 0);
    for daemon in &mut daemons {
        assert_eq!(daemon.stop(), Some(0));
    }
    scene.client.is_outside = false;
    scene.finish();
}
