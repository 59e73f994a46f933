//! While the mail server is down, nobody waits for it, nothing is lost, and the requester can see it.

use serde_json::json;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, basic};
use crate::support::smtp::{MailServer, USERNAME};
use crate::support::wait_until;

#[test]
fn an_email_waits_for_the_mail_server_and_the_requester_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("mail.db").display());
    let stage = Stage::set(&database);
    let (ann, _) = (stage.user("ann.waits@example.test"), stage.user("bob@example.org"));
    let bundle = stage.bundle("Sleep data", Some(ann.id));
    let identity = basic("bob@example.org", PASSWORD);

    let server = MailServer::shared();
    let (ca_file, password_file) = (server.ca_file.display().to_string(), server.password_file.display().to_string());
    let smtp = |port| {
        [
            ("COUNTERSIGN__MAIL__TRANSPORT", "smtp"),
            ("COUNTERSIGN__MAIL__SMTP__HOST", "localhost"),
            ("COUNTERSIGN__MAIL__SMTP__PORT", port),
            ("COUNTERSIGN__MAIL__SMTP__CA_FILE", ca_file.as_str()),
            ("COUNTERSIGN__MAIL__SMTP__USERNAME", USERNAME),
            ("COUNTERSIGN__MAIL__SMTP__PASSWORD_FILE", password_file.as_str()),
        ]
    };
    // Nothing listens on this machine's discard port.
    let mut daemon = Daemon::start(&database, &smtp("9"));
    let body = json!({ "user_target": "ann.waits@example.test", "user_allowed": "bob@example.org", "bundle": bundle.0 });
    let filed = daemon.post("/api/bundle_permission_request/", &identity, &body).unwrap();
    assert_eq!(filed.status, 201, "{}", filed.body);
    let path = filed.json()["resource_uri"].as_str().unwrap().to_owned();
    wait_until("the email to be deferred", || {
        let how_far = daemon.get(&path, &identity)?.json()["mail_state"].as_str().map(str::to_owned);
        (how_far.as_deref() == Some("deferred")).then_some(())
    });
    assert_eq!(daemon.get(&path, &identity).unwrap().json()["state"], "pending");
    assert_eq!(daemon.stop(), Some(0));

    // The mail server is up again; the email is still there and is sent.
    let port = server.starttls_port.to_string();
    let daemon = Daemon::start(&database, &smtp(&port));
    server.emails("ann.waits@example.test", 1);
    wait_until("the requester to see it", || {
        let how_far = daemon.get(&path, &identity)?.json()["mail_state"].as_str().map(str::to_owned);
        (how_far.as_deref() == Some("sent")).then_some(())
    });
}
