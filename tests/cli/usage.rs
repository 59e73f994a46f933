//! Right and wrong usage.

use super::Desk;

#[test]
fn help_names_every_command() {
    let help = Desk::new().run(&["--help"]);
    assert_eq!(help.code, Some(0));
    let commands = [
        "serve",
        "demo",
        "migrate",
        "config",
        "backup",
        "restore",
        "audit",
        "purge",
        "mail",
        "user",
        "group",
        "bundle",
        "resource",
        "key",
        "health",
        "completions",
        "man",
        "server-key",
    ];
    for command in commands {
        assert!(help.out.contains(&format!("\n  {command} ")), "{command} is not in:\n{}", help.out);
    }
}

#[test]
fn wrong_usage_exits_with_2_and_changes_nothing() {
    let desk = Desk::new();
    for arguments in [
        &["conjure"] as &[&str],
        &["user", "add"],
        &["user", "add", "no address"],
        &["user", "add", "ann@example.org", "--locale", "english please"],
        &["user", "add", "ann@example.org", "--time-zone", "Mars/Base"],
        &["user", "add", "ann@example.org", "--eth-address", "0x12"],
        &["user", "add", "ann@example.org", "--tenant", "0x12"],
        &["user", "add", "ann@example.org", "--external", "--password-stdin"],
        &["user", "add", "ann@example.org", "--password", "secret"],
        &["bundle", "add", "Sleep", "--level", "own"],
        &["resource", "add", "https://a.example/1"],
        &["resource", "add", "https://a.example/1", "--owner", "ann@example.org", "--kind", "cake"],
        &["key", "add", "App", "--scope", "everything"],
        &["mail", "retry", "first"],
        &["mail", "list", "--limit", "0"],
        &["purge", "--older-than", "30"],
        &["audit"],
    ] {
        let said = desk.run(arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments:?}: {}", said.err);
        assert!(!said.err.is_empty());
    }
    assert!(!desk.path("countersign.db").exists());
}

#[test]
fn a_command_that_only_reads_creates_no_database() {
    let desk = Desk::new();
    let looking = [
        &["audit", "verify"] as &[&str],
        &["audit", "export"],
        &["mail", "list"],
        &["mail", "retry", "1"],
        &["purge"],
        &["backup", "copy.db"],
        &["user", "list"],
        &["key", "revoke", "1"],
    ];
    for arguments in looking {
        let expected = "1: countersign: there is no database countersign.db yet; `countersign serve` makes it, or name another \
                        with database.url (COUNTERSIGN__DATABASE__URL)";
        assert_eq!(desk.run(arguments).refusal(), expected, "{arguments:?}");
    }
    assert!(!desk.path("countersign.db").exists());
}

#[test]
fn on_postgresql_only_migrate_creates_the_schema() {
    let desk = Desk::new();
    let url = crate::support::postgres::Cluster::shared().create_empty_database();
    let settings = [("COUNTERSIGN__DATABASE__URL", url.as_str())];
    let add = ["user", "add", "ann@example.org"];
    let advice = "1: countersign: the database has not the schema of this version; run `countersign migrate` first";
    assert_eq!(desk.run_with(&add, &settings).refusal(), advice);
    let ran = desk.run_with(&["migrate"], &settings).json();
    assert!(!ran["ran"].as_array().unwrap().is_empty());
    assert_eq!(desk.run_with(&["migrate"], &settings).json()["ran"], serde_json::json!([]));
    assert!(desk.run_with(&add, &settings).json()["id"].is_i64());
    assert_eq!(desk.run_with(&["audit", "verify"], &settings).json()["rows"], 1);
    let backup = desk.run_with(&["backup", "copy.db"], &settings);
    assert!(backup.refusal().contains("pg_dump"), "{}", backup.err);
}

#[test]
fn an_invalid_id_is_refused_with_an_example() {
    let desk = Desk::new();
    for arguments in [&["key", "revoke", "abc"] as &[&str], &["key", "revoke", "csk_abc"], &["mail", "retry", "0"]] {
        let said = desk.run(arguments);
        assert_eq!(said.code, Some(2));
        assert!(said.err.contains("like 12") && said.err.contains("`list`"), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn an_unsupported_language_is_accepted_with_a_remark() {
    let desk = Desk::new();
    let spanish = desk.run(&["user", "add", "ann@example.org", "--locale", "es"]);
    assert_eq!((spanish.code, spanish.json()["locale"].as_str()), (Some(0), Some("es")));
    assert_eq!(
        spanish.err.lines().last(),
        Some("countersign: there are no emails and pages in es yet, so they come in English; there are de, en, fr")
    );
    let swiss = desk.run(&["user", "add", "bob@example.org", "--locale", "de-CH"]);
    assert_eq!((swiss.code, swiss.err.as_str()), (Some(0), ""));
}
