//! A PostgreSQL whose errors are in another language: temporary errors are still distinguished from bugs.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use super::{Scene, skipped};
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::basic;
use crate::support::faulty_smtp::{Act, FaultySmtp};
use crate::support::postgres::Cluster;

/// Makes the German locale there, without touching the machine's own.
fn german(folder: &Path) -> bool {
    let made = Command::new("localedef").args(["-i", "de_DE", "-f", "UTF-8"]).arg(folder.join("de_DE.UTF-8")).output();
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
    made.is_ok() && folder.join("de_DE.UTF-8").is_dir()
}

/// The text of a lock timeout here.
fn words_of_a_timeout(url: &str) -> String {
    let mut conn = PgConnection::establish(url).unwrap();
    conn.batch_execute("SET lock_timeout = 10; LOCK TABLE requests").unwrap_err().to_string()
}

#[test]
fn errors_of_a_german_postgresql_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    if !german(folder.path()) {
        return skipped("a PostgreSQL that speaks German", "localedef is not there, or has no de_DE");
    }
    let cluster = Cluster::start_in_german(folder.path());
    let ours = cluster.create_empty_database();
    let mut scene = Scene::with(tempfile::tempdir().unwrap(), ours.clone(), FaultySmtp::start(|_, _| Act::Go));
    // A role with exactly the rights of a daemon, and none of a superuser.
    cluster.run_in(
        &ours,
        "CREATE ROLE plain LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO plain; GRANT ALL ON SCHEMA public TO plain; \
         GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO plain",
    );
    let plain = ours.replace("countersign@", "plain@");
    let (mut holder, bob) = (PgConnection::establish(&ours).unwrap(), basic("bob@example.org", PASSWORD));
    holder.batch_execute("BEGIN; LOCK TABLE requests").unwrap();
    let words = words_of_a_timeout(&ours);
    if !words.contains("Zeitüberschreitung") {
        return skipped("a PostgreSQL that speaks German", &format!("it says {words:?}"));
    }
    holder.batch_execute("ROLLBACK").unwrap();
    for (url, is_reported, before) in
        [(&ours, false, "SELECT 1"), (&plain, true, "SELECT 1"), (&plain, false, "ALTER ROLE plain SET lc_messages = 'C'")]
    {
        cluster.run_in(&ours, before);
        let mut daemon = scene.daemon_with(url, "", &[]);
        assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
        assert_eq!(daemon.log().contains("SET lc_messages"), is_reported, "{url}: {}", daemon.log());
        if is_reported {
            let bundle = scene.client.bundle("what waits for a lock");
            let body =
                serde_json::json!({ "user_target": "ann@example.org", "user_allowed": "bob@example.org", "bundle": bundle });
            let file = || daemon.post("/api/bundle_permission_request/", &bob, &body).unwrap();
            holder.batch_execute("BEGIN; LOCK TABLE requests IN ACCESS EXCLUSIVE MODE").unwrap();
            let refused = file();
            assert_eq!(refused.status, 503, "{}", refused.body);
            holder.batch_execute("ROLLBACK").unwrap();
            assert_eq!(file().status, 201, "nobody is in the way any more");
            scene.client.beside += 1;
            // A constraint is known by its SQLSTATE and its name, whatever the words.
            let mut again = Command::new(env!("CARGO_BIN_EXE_countersign"));
            let again = again.args(["user", "add", "ann@example.org"]).env("COUNTERSIGN__DATABASE__URL", url).output().unwrap();
            let said = String::from_utf8_lossy(&again.stderr);
            assert!(said.contains("ann@example.org is taken"), "{said}");
        }
        scene.client.more();
        assert!(scene.client.work(&daemon.url), "{}", scene.client.transcript());
        scene.client.wait_for_the_post();
        assert_eq!(daemon.stop(), Some(0));
    }
    scene.finish();
}
