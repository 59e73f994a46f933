//! The mailbox and the folder, and settings that are refused before the first email.

use std::os::unix::fs::PermissionsExt;

use super::{LINK, email, transport, word};

#[tokio::test]
async fn the_mailbox_shows_the_last_emails_newest_first() {
    let transport = transport("transport = \"capture\"").expect("a transport");
    for to in ["one@example.test", "two@example.test", "three@example.test", "four@example.test"] {
        assert_eq!(word(&transport.connection().send(&email(to)).await), ("delivered", None));
    }
    let emails = transport.mailbox().expect("a mailbox").list();
    assert_eq!(
        emails.iter().map(|email| (email.id, email.to.as_str())).collect::<Vec<_>>(),
        [(4, "four@example.test"), (3, "three@example.test"), (2, "two@example.test")]
    );
    let shown = serde_json::to_value(&emails[0]).expect("JSON");
    let expected = serde_json::json!({
        "id": 4,
        "to": "four@example.test",
        "from": "Countersign <access@example.test>",
        "subject": "Bob Müller asks for view access to Sleep data",
        "text": format!("Hello Ann,\n.\n..\nopen\n{LINK}\n"),
        "html": format!("<p>Hello Ann, <a href=\"{LINK}\">open</a></p>\n"),
        "received_at": "2027-01-15T08:01:00Z",
    });
    assert_eq!(shown, expected);
    assert!(!format!("{emails:?} {transport:?}").contains("csr_"));
}

#[tokio::test]
async fn the_folder_has_complete_emails_that_only_their_owner_can_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out");
    let transport =
        transport(&format!("transport = \"file\"\ndirectory = {:?}", path.display().to_string())).expect("a transport");
    for _ in 0..2 {
        assert_eq!(word(&transport.connection().send(&email("ann@example.test")).await), ("delivered", None));
    }
    let names: Vec<_> = std::fs::read_dir(&path).expect("the folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names, ["17.ann.at.example.test@example.test.eml"]);
    let file = path.join(&names[0]);
    assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
    let bytes = std::fs::read(&file).expect("the email");
    let parsed = mail_parser::MessageParser::default().parse(&bytes).expect("an email");
    assert!(parsed.body_text(0).expect("text").contains(LINK));
}

#[tokio::test]
async fn a_missing_folder_is_a_misconfiguration() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = format!("transport = \"file\"\ndirectory = {:?}", folder.path().display().to_string());
    let transport = transport(&lines).expect("a transport");
    drop(folder);
    assert_eq!(word(&transport.connection().send(&email("ann@example.test")).await), ("misconfigured", None));
}

#[test]
fn invalid_mail_settings_are_refused_before_the_first_email() {
    for (lines, wanted) in [
        ("transport = \"smtp\"\n[mail.smtp]\nhost = \"not a host\"", "mail.smtp.host"),
        ("transport = \"smtp\"\n[mail.smtp]\nca_file = \"/nonexistent\"", "mail.smtp.ca_file"),
        ("transport = \"smtp\"\n[mail.smtp]\nca_file = \"/dev/null\"", "mail.smtp.ca_file"),
        (
            "transport = \"smtp\"\n[mail.smtp]\ntls = \"none\"\nusername = \"a\"\npassword_file = \"/dev/null\"",
            "mail.smtp.password_file",
        ),
        ("transport = \"file\"\ndirectory = \"/dev/null/x\"", "mail.directory"),
    ] {
        let problem = transport(lines).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(problem.contains(wanted), "{lines}: {problem}");
    }
}

#[test]
fn the_mail_library_does_not_log() {
    // Its feature `tracing` logs whole emails and passwords at the level debug.
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().expect("Cargo.toml");
    let features = manifest["dependencies"]["lettre"]["features"].as_array().expect("features");
    assert!(!features.iter().any(|feature| feature.as_str() == Some("tracing")));
    assert_eq!(manifest["dependencies"]["lettre"]["default-features"].as_bool(), Some(false));
}
