//! A backup that is made while people file and decide is complete, has every change that was acknowledged before it began, and
//! when it is restored, no link from before works.

use std::path::Path;
use std::process::Command;

use super::{Client, Scene};
use crate::support::daemon::{agent, basic};

fn run(database: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    let said = command.args(arguments).env("COUNTERSIGN__DATABASE__URL", database).output().unwrap();
    assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8_lossy(&said.stdout).into_owned()
}

fn status(url: &str, token: &str) -> (u16, String) {
    let path = format!("{url}/api/bundle_permission_request/{token}/");
    let identity = basic("ann@example.org", crate::daemon::stage::PASSWORD);
    let mut answer = agent().get(path).header("authorization", identity).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

/// Only files, so that the links stay pending.
fn file_more(client: &mut Client, url: &str) {
    client.more();
    assert!(client.file_all(url), "{}", client.transcript());
}

#[test]
fn a_backup_under_load_is_complete_and_invalidates_old_tokens_when_restored() {
    let mut scene = Scene::on_sqlite();
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    file_more(&mut scene.client, &daemon.url);
    let answered = scene.client.count("requests", "1 = 1");
    let folder = tempfile::tempdir().unwrap();
    let copies: Vec<String> = (0..3).map(|n| folder.path().join(format!("copy{n}.db")).display().to_string()).collect();
    for _ in 0..8 {
        scene.client.more();
    }
    let database = scene.database.clone();
    std::thread::scope(|scope| {
        let backups = scope.spawn(|| {
            for copy in &copies {
                run(&database, &["backup", copy]);
            }
        });
        assert!(scene.client.file_all(&daemon.url), "{}", scene.client.transcript());
        backups.join().unwrap();
    });
    let filed = scene.client.count("requests", "1 = 1");
    file_more(&mut scene.client, &daemon.url);
    scene.client.wait_for_the_post();
    let tokens: Vec<String> = scene.smtp.heard().emails.iter().filter_map(|email| super::client::token_of(email)).collect();
    let open: Vec<&String> = tokens.iter().filter(|token| status(&daemon.url, token).0 == 200).collect();
    assert!(open.len() >= 5, "links wait");
    assert_eq!(daemon.stop(), Some(0));

    run(&database, &["restore", &copies[2]]);
    assert!(run(&database, &["audit", "export"]).contains("database.restored"));
    run(&database, &["audit", "verify"]);
    let restored = scene.client.count("requests", "1 = 1");
    assert!((answered..=filed).contains(&restored), "all that was answered before it: {answered}, {restored}, {filed}");
    for each in ["outbox WHERE kind = 'decide' AND generation = 1", "request_items WHERE position = 0"] {
        let (table, condition) = each.split_once(" WHERE ").unwrap();
        assert_eq!(scene.client.count(table, condition), restored, "each request is whole: {each}");
    }
    assert_eq!(scene.client.count("audit", "event = 'request.filed'"), restored);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    for token in &tokens {
        let (status, body) = status(&daemon.url, token);
        assert!(matches!(status, 404 | 410), "a link from before opens: {status} {body}");
    }
    // A pending request can be emailed again, and the new link works.
    let again = scene.client.resend_first_pending(&daemon.url);
    crate::support::wait_until("a fresh link", || {
        let emails = scene.smtp.heard().emails;
        let token = super::client::token_of(emails.last()?)?;
        (!tokens.contains(&token)).then(|| assert_eq!(status(&daemon.url, &token).0, 200, "{again}"))
    });
    assert_eq!(daemon.stop(), Some(0));
    for copy in &copies {
        let beside = Client::open_copy(copy);
        assert_eq!(beside, "ok", "{copy}");
        super::checker::assert_clean(&std::fs::read(copy).unwrap(), &tokens, Path::new(copy));
    }
}
