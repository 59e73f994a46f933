//! The previous version on the new schema, and both versions at once, as in a rolling upgrade and a downgrade. Only in the long
//! form, since it needs the other program: `scripts/faults --previous REV` builds it and names it in `PREVIOUS_PROGRAM`.

use serde_json::json;

use super::Scene;
use crate::store::upgrade::{LISTS, load_last_release};
use crate::support::daemon::{Daemon, basic};
use crate::support::fixture::{Fixture, Kind};
use crate::support::http::PASSWORD;

/// All of a client's work with the daemon of one version, then of the other, then of the first again.
fn by_turns(mut scene: Scene, previous: &str) -> Scene {
    for program in [previous, env!("CARGO_BIN_EXE_countersign"), previous] {
        let mut daemon = scene.daemon_of(program);
        assert!(daemon.is_ready(), "{program}: {}", daemon.log());
        scene.client.more();
        assert!(scene.client.work(&daemon.url), "{program}: {}", scene.client.transcript());
        scene.client.wait_for_the_post();
        assert_eq!(daemon.stop(), Some(0), "{program}");
    }
    scene
}

#[test]
fn the_previous_version_works_on_the_new_schema() {
    let Ok(previous) = std::env::var("PREVIOUS_PROGRAM") else { return };
    by_turns(Scene::on_sqlite(), &previous).finish();
    let mut scene = by_turns(Scene::on_postgres(), &previous);
    let mut both = [scene.daemon_of(&previous), scene.daemon_of(env!("CARGO_BIN_EXE_countersign"))];
    assert!(both.iter_mut().all(Daemon::is_ready));
    for turn in 0..6 {
        scene.client.more();
        // Each decides requests that the other filed.
        assert!(scene.client.file_all(&both[turn % 2].url), "{}", scene.client.transcript());
        assert!(scene.client.work(&both[(turn + 1) % 2].url), "{}", scene.client.transcript());
    }
    scene.client.wait_for_the_post();
    assert!(both.iter_mut().all(|daemon| daemon.stop() == Some(0)));
    // An email of an unknown kind is left to the other version.
    let given_up = scene.client.texts("SELECT kind || ': ' || last_error AS value FROM outbox WHERE state = 'dead'");
    eprintln!("{previous} works on this schema; emails that it gave up: {given_up:?}");
    scene.finish();
}

/// By turns on the database of the last release, which this version has migrated and used first.
#[test]
fn the_previous_version_works_on_a_migrated_database_with_rows_of_every_kind() {
    let Ok(previous) = std::env::var("PREVIOUS_PROGRAM") else { return };
    let fixture = Fixture::empty(Kind::Sqlite);
    load_last_release(&fixture);
    // Its server key is gone; the first daemon makes another one.
    fixture.sql("DELETE FROM meta WHERE name = 'server_key'").unwrap();
    let database = format!("sqlite:{}", fixture.file_path().display());
    let this = env!("CARGO_BIN_EXE_countersign");
    for (program, who) in [(this, "dan@example.org"), (&previous, "later@example.org"), (this, "kimberly@example.org")] {
        let mut daemon = Daemon::begin_as(program, &[], &database, &[("COUNTERSIGN__LIMITS__TARGET_LETTERS", "0")]);
        assert!(daemon.is_ready(), "{program}: {}", daemon.log());
        for (reader, path, members) in LISTS {
            let list = daemon.get(path, &basic(reader, PASSWORD)).unwrap();
            assert!(list.status == 200 && list.json()[members].as_array().unwrap().len() > 2, "{program}: {path}: {list:?}");
        }
        let body = json!({ "user_target": "ann@example.org", "user_allowed": who, "bundle": "/api/bundle/1/" });
        let filed = daemon.post("/api/bundle_permission_request/", &basic(who, PASSWORD), &body).unwrap();
        assert_eq!(filed.status, 201, "{program}: {filed:?}");
        let given = daemon.post("/api/bundle_permission/", &basic("ann@example.org", PASSWORD), &body).unwrap();
        assert_eq!(given.status, 201, "{program}: {given:?}");
        assert_eq!(daemon.stop(), Some(0), "{program}");
    }
    assert!(fixture.read(countersign::store::audit::verify).unwrap().is_ok());
}
