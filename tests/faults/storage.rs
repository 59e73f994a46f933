//! A slow disk, and a file that is locked by another process, not writable, or damaged.

use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::json;

use super::syscalls::can_trace;
use super::{Client, Scene, skipped};
use crate::daemon::stage::{PASSWORD, Stage};
use crate::support::daemon::{agent, basic};
use crate::support::disk::Disk;

/// Clients that retry after a tenth of a second, as often as needed.
const CLIENTS: usize = 200;

fn path_of(scene: &Scene) -> PathBuf {
    PathBuf::from(scene.database.strip_prefix("sqlite:").unwrap())
}

/// While another process locks the file for ten seconds, writes get 503 and reads work; two hundred clients that retry every
/// tenth of a second get one approval each.
#[test]
fn two_hundred_retrying_clients_outlast_a_locked_database() {
    let mut scene = Scene::on_sqlite();
    let bundles: Vec<i64> = (0..CLIENTS).map(|number| scene.client.bundle(&format!("crowd {number}"))).collect();
    scene.client.beside = CLIENTS;
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    // So that passwords are hashed beforehand, two at a time, and not during the test.
    let looks = |who: &str| {
        let look = agent().get(format!("{}/api/account/", daemon.url)).header("authorization", basic(who, PASSWORD));
        assert_eq!(look.call().unwrap().status(), 200, "who looks waits for nobody");
    };
    looks("ann@example.org");
    looks("bob@example.org");
    let mut other = SqliteConnection::establish(path_of(&scene).to_str().unwrap()).unwrap();
    other.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();
    let (refused, answered, url) = (AtomicUsize::new(0), AtomicUsize::new(0), daemon.url.clone());
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (number, bundle) in bundles.iter().enumerate() {
            let (refused, answered, url) = (&refused, &answered, &url);
            scope.spawn(move || {
                let body = json!({ "user_target": "ann@example.org", "user_allowed": "bob@example.org", "bundle": bundle });
                let (agent, bob, end) = (agent(), basic("bob@example.org", PASSWORD), Instant::now() + Duration::from_mins(2));
                loop {
                    assert!(Instant::now() < end, "an answer comes");
                    let post = agent.post(format!("{url}/api/bundle_permission_request/")).header("authorization", &bob);
                    let post =
                        post.header("idempotency-key", format!("crowd-{number}")).header("content-type", "application/json");
                    let Ok(mut answer) = post.send(body.to_string()) else { continue };
                    let text = answer.body_mut().read_to_string().unwrap();
                    match answer.status().as_u16() {
                        201 => break,
                        503 => {
                            assert!(answer.headers().contains_key("retry-after"), "{text}");
                            refused.fetch_add(1, Ordering::SeqCst);
                        }
                        other => panic!("{other}: {text}"),
                    }
                    std::thread::park_timeout(Duration::from_millis(100));
                }
                answered.fetch_add(1, Ordering::SeqCst);
            });
        }
        while begun.elapsed() < Duration::from_secs(10) {
            looks("ann@example.org");
            std::thread::park_timeout(Duration::from_millis(500));
        }
        assert_eq!(answered.load(Ordering::SeqCst), 0, "nobody writes past the lock");
        other.batch_execute("ROLLBACK").unwrap();
    });
    assert!(refused.load(Ordering::SeqCst) > 0 && answered.load(Ordering::SeqCst) == CLIENTS);
    assert_eq!(scene.client.count("requests", "1 = 1"), CLIENTS);
    assert_eq!(daemon.stop(), Some(0));
    scene.finish();
}

/// Each sync takes 300 ms: everything takes longer, and nothing fails.
#[test]
fn a_slow_disk_only_delays() {
    if !can_trace() {
        return skipped("a slow disk", "strace is not there, or may not trace");
    }
    let mut scene = Scene::on_sqlite();
    let inject = "inject=fsync,fdatasync:delay_exit=300000";
    let trace = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", inject];
    let mut daemon = scene.daemon_under(&trace);
    assert!(daemon.is_ready(), "{}", daemon.log());
    let begun = Instant::now();
    scene.is_well_within(Duration::from_secs(90), &daemon);
    assert!(begun.elapsed() > Duration::from_secs(3), "it was slow: {:?}", begun.elapsed());
    daemon.kill();
    scene.died(&mut daemon);
    scene.finish();
}

/// A command on the database in this file.
fn run(path: &Path, arguments: &[&str]) -> Output {
    // One that starts although it should not is ended by a time limit, which is no expected result.
    let mut command = Command::new("timeout");
    command.args(["20", env!("CARGO_BIN_EXE_countersign")]).args(arguments).current_dir(path.parent().unwrap());
    command.env("COUNTERSIGN__DATABASE__URL", format!("sqlite:{}", path.display()));
    command.env("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0").env("COUNTERSIGN__SERVER__PUBLIC_URL", "http://127.0.0.1:1");
    command.output().unwrap()
}

/// Checks that a daemon does not start on this file, and says what to do.
fn refuses_to_start(path: &Path, what: &str) {
    let ended = run(path, &["serve"]);
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{what}: {said}");
    assert!(said.contains("countersign backup") && said.contains("countersign restore"), "{what}: {said}");
}

/// A database with people, which nothing uses.
fn at_rest(folder: &Path) -> PathBuf {
    let path = folder.join("data.db");
    let stage = Stage::set(&format!("sqlite:{}", path.display()));
    let ann = stage.user("ann@example.org");
    stage.tokens(&ann, 30);
    drop(stage);
    let log = path.with_extension("db-wal");
    crate::support::wait_until("the file to be closed", || (!log.exists()).then_some(()));
    path
}

/// Any page: the first, the schema's, one of rarely read data, the last.
#[test]
fn a_database_with_a_damaged_page_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let path = at_rest(folder.path());
    let whole = std::fs::read(&path).unwrap();
    let pages = u64::try_from(whole.len()).unwrap() / 4096;
    for page in [0, 1, pages / 2, pages - 1] {
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().write_all_at(&[0xA5; 4096], page * 4096).unwrap();
        refuses_to_start(&path, &format!("page {page} of {pages}"));
        std::fs::write(&path, &whole).unwrap();
    }
    std::fs::write(&path, &whole[..whole.len() / 3]).unwrap();
    refuses_to_start(&path, "a third of the file");
}

/// SQLite ends a WAL at its damage: later commits are lost without a trace, which an audit head kept elsewhere detects.
#[test]
fn a_damaged_wal_is_cut_and_a_kept_audit_head_detects_it() {
    let mut scene = Scene::on_sqlite();
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    scene.client.more();
    assert!(scene.client.work(&daemon.url), "{}", scene.client.transcript());
    daemon.kill();
    let folder = tempfile::tempdir().unwrap();
    let (from, copy) = (path_of(&scene), folder.path().join("data.db"));
    let log = |path: &Path| path.with_extension("db-wal");
    std::fs::copy(&from, &copy).unwrap();
    std::fs::copy(log(&from), log(&copy)).unwrap();
    let heads = run(&from, &["audit", "verify"]);
    assert!(heads.status.success());
    std::fs::write(folder.path().join("heads"), &heads.stdout).unwrap();
    // A frame is a header of 24 bytes and a page; 32 bytes are before the first.
    let frames = (std::fs::metadata(log(&copy)).unwrap().len() - 32) / (24 + 4096);
    assert!(frames > 20, "{frames}");
    let file = std::fs::OpenOptions::new().write(true).open(log(&copy)).unwrap();
    file.write_all_at(&[0xA5; 64], 32 + frames * 3 / 4 * (24 + 4096) + 500).unwrap();
    drop(file);
    let whole = run(&copy, &["audit", "verify"]);
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    assert_eq!(Client::open_copy(copy.to_str().unwrap()), "ok");
    let held = run(&copy, &["audit", "verify", "--head", "heads"]);
    assert_eq!(held.status.code(), Some(1), "{}", String::from_utf8_lossy(&held.stdout));
    scene.died(&mut daemon);
    scene.finish();
}

/// A filesystem that was remounted read only, as the system does after errors.
#[test]
fn a_database_that_cannot_be_written_is_refused_at_the_start() {
    let mut disk = match Disk::of_megabytes(32) {
        Ok(disk) => disk,
        Err(why) => return skipped("a filesystem that is read only", &why),
    };
    let path = at_rest(&disk.at);
    disk.become_read_only();
    let ended = run(&path, &["serve"]);
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("may be written to") || said.contains("cannot lock"), "{said}");
}
