//! The previous version on the new schema, and both versions at once, as in a rolling upgrade and a downgrade. Only in the long
//! form, since it needs the other program: `scripts/faults --previous REV` builds it and names it in `PREVIOUS_PROGRAM`.

use super::Scene;
use crate::support::daemon::Daemon;

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
