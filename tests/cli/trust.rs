//! Changes of the schema by others are found at the start, by `restore` and by `audit verify`. A missing right of a PostgreSQL
//! role is reported with the statement that grants it.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use super::Desk;
use super::daemon::Running;
use crate::store::upgrade::{FIRST, LEDGER, people};
use crate::support::fixture::{Fixture, Kind};
use crate::support::postgres::Cluster;

const EVIL: &str = "CREATE TRIGGER evil AFTER UPDATE ON requests BEGIN INSERT INTO meta VALUES ('evil' || random(), 'x'); END;";

/// Changes that somebody may have made to a file, and the words that report them.
const CHANGES: [(&str, &str); 9] = [
    (EVIL, "the trigger evil is not ours"),
    ("DROP TRIGGER audit_no_delete", "the trigger audit_no_delete is missing"),
    (
        "DROP TRIGGER audit_no_update; CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit WHEN false BEGIN SELECT RAISE(ABORT, \
         'the audit is append-only'); END",
        "the trigger audit_no_update is made otherwise",
    ),
    ("CREATE VIEW everybody AS SELECT * FROM users", "the view everybody is not ours"),
    ("CREATE TABLE more (a INTEGER)", "the table more is not ours"),
    ("ALTER TABLE bundles ADD COLUMN more TEXT DEFAULT 'x'", "the table bundles is made otherwise"),
    ("CREATE INDEX more ON users (first_name)", "the index more is not ours"),
    ("DROP INDEX users_email", "the index users_email is missing"),
    // Under a name that is reserved for SQLite, which refuses it itself.
    (
        "CREATE TRIGGER evil AFTER UPDATE ON requests BEGIN DELETE FROM blocks; END; PRAGMA writable_schema = ON; \
         UPDATE sqlite_master SET name = 'sqlite_evil' WHERE name = 'evil'; PRAGMA writable_schema = OFF",
        "malformed database schema (sqlite_evil)",
    ),
];

fn change(desk: &Desk, file: &str, sql: &str) {
    SqliteConnection::establish(&desk.text(file)).unwrap().batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The error of a daemon that does not start on the desk's database.
fn start(desk: &Desk) -> String {
    let running = Running::start(desk, &[]);
    assert_eq!(running.url, "", "it serves");
    running.ended().1
}

#[test]
fn a_backup_with_a_schema_that_is_not_ours_is_not_restored() {
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    for (number, (sql, named)) in CHANGES.iter().enumerate() {
        let name = format!("copy{number}.db");
        desk.run(&["backup", &name]).json();
        change(&desk, &name, sql);
        let refused = desk.run(&["restore", &name]).refusal();
        assert!(refused.starts_with("1: ") && refused.contains(named), "{sql}: {refused}");
        assert_eq!(desk.run(&["user", "list"]).out.lines().count(), 1);
        assert!(!desk.path("countersign.db.before-restore").exists() && !desk.path("countersign.db.restoring").exists());
    }
    desk.run(&["backup", "good.db"]).json();
    // Statistics that SQLite writes itself are no change.
    change(&desk, "good.db", "ANALYZE; VACUUM");
    assert_eq!(desk.run(&["restore", "good.db"]).json()["epoch"], 2);
}

#[test]
fn a_daemon_does_not_start_on_a_schema_that_is_not_ours_and_the_audit_does_not_verify() {
    for (sql, named) in CHANGES {
        let desk = Desk::new();
        desk.add(&["user", "add", "ann@example.org"]);
        desk.run(&["audit", "verify"]).json();
        change(&desk, "countersign.db", sql);
        let verify = desk.run(&["audit", "verify"]).refusal();
        assert!(verify.starts_with("1: ") && verify.contains(named), "{sql}: {verify}");
        let said = start(&desk);
        assert!(said.contains(named), "{sql}: {said}");
    }
}

/// Going back to this version is a promise, so additions by a newer version do not prevent the start. Since anybody can record
/// an unknown migration, its triggers are logged, and a backup with such triggers is not restored.
#[test]
fn a_newer_schema_is_served_and_its_triggers_are_named() {
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000');";
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    let more =
        "CREATE TABLE more (a INTEGER); ALTER TABLE bundles ADD COLUMN more TEXT DEFAULT 'x'; CREATE INDEX more_a ON more (a);";
    change(&desk, "countersign.db", &format!("{newer} {more}"));
    let running = Running::start(&desk, &[]);
    assert_ne!(running.url, "");
    assert_eq!(running.stop("-TERM").0, Some(0));
    desk.run(&["backup", "newer.db"]).json();
    change(&desk, "newer.db", EVIL);
    let refused = desk.run(&["restore", "newer.db"]).refusal();
    assert!(refused.contains("the trigger evil is not ours"), "{refused}");
    change(&desk, "countersign.db", EVIL);
    let running = Running::start(&desk, &[]);
    assert_ne!(running.url, "");
    let (code, log) = running.stop("-TERM");
    assert!(code == Some(0) && log.contains("the trigger evil is not ours"), "{log}");
    change(&desk, "countersign.db", "DROP TRIGGER evil; DROP TRIGGER audit_no_update");
    assert!(start(&desk).contains("the trigger audit_no_update is missing"));
}

/// A foreign trigger would act while the migrations change rows, so it is found before them.
#[test]
fn an_old_schema_is_compared_with_its_own_version() {
    for evil in ["", EVIL] {
        let desk = Desk::new();
        change(&desk, "countersign.db", &format!("{}{LEDGER}{}{evil}", FIRST[0], people(Kind::Sqlite, "00")));
        if evil.is_empty() {
            let running = Running::start(&desk, &[]);
            assert_ne!(running.url, "");
            assert_eq!(running.stop("-TERM").0, Some(0));
            desk.run(&["audit", "verify"]).json();
            let again = Running::start(&desk, &[]);
            assert_ne!(again.url, "", "migrated, it is what a fresh one is");
        } else {
            assert!(start(&desk).contains("the trigger evil is not ours"));
            let seen = SqliteConnection::establish(&desk.text("countersign.db"))
                .unwrap()
                .batch_execute("SELECT remind_at FROM requests");
            assert!(seen.is_err(), "nothing was migrated");
        }
    }
}

#[test]
fn foreign_triggers_and_rules_and_missing_guards_are_found_on_postgresql() {
    let fixture = Fixture::new(Kind::Postgres);
    fixture.user("ann@example.org");
    let url = fixture.config.database.url.clone();
    let desk = Desk::new();
    let settings = [("COUNTERSIGN__DATABASE__URL", url.as_str())];
    let verify = || desk.run_with(&["audit", "verify"], &settings);
    let serve = || {
        let mut command = desk.command(&["serve"]);
        command.env("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0").env("COUNTERSIGN__DATABASE__URL", &url);
        Running::of(command)
    };
    let body = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN";
    for (sql, named, undo) in [
        (
            format!(
                "CREATE FUNCTION evil() {body} DELETE FROM blocks; RETURN NEW; END $$; CREATE TRIGGER evil AFTER UPDATE ON requests FOR EACH ROW EXECUTE FUNCTION evil()"
            ),
            "evil on requests is not ours",
            "DROP TRIGGER evil ON requests; DROP FUNCTION evil".to_owned(),
        ),
        (
            "ALTER TABLE audit DISABLE TRIGGER audit_no_update".to_owned(),
            "audit_no_update on audit is missing, switched off or made otherwise",
            "ALTER TABLE audit ENABLE TRIGGER audit_no_update".to_owned(),
        ),
        (
            format!("CREATE OR REPLACE FUNCTION audit_is_append_only() {body} RETURN NULL; END $$"),
            "audit_no_delete on audit is missing, switched off or made otherwise",
            format!(
                "CREATE OR REPLACE FUNCTION audit_is_append_only() {body} RAISE EXCEPTION 'the audit is append-only'; END $$"
            ),
        ),
        (
            "CREATE RULE evil AS ON DELETE TO audit DO INSTEAD NOTHING".to_owned(),
            "the rule evil on audit is not ours",
            "DROP RULE evil ON audit".to_owned(),
        ),
    ] {
        assert_eq!(verify().json()["status"], "ok");
        fixture.sql(&sql).unwrap();
        let refused = verify().refusal();
        assert!(refused.starts_with("1: ") && refused.contains(named), "{sql}: {refused}");
        let running = serve();
        assert_eq!(running.url, "", "{sql}: it serves");
        let said = running.ended().1;
        assert!(said.contains(named), "{sql}: {said}");
        fixture.sql(&undo).unwrap();
    }
    let running = serve();
    assert_ne!(running.url, "", "{}", verify().err);
    assert_eq!(running.stop("-TERM").0, Some(0));
}

/// An empty database that belongs to another role than `role`, which may only sign in.
fn with_role(role: &str) -> (String, String, String) {
    let cluster = Cluster::shared();
    let url = cluster.create_empty_database();
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let role = format!("{role}_{name}");
    cluster.run(&format!("CREATE ROLE \"{role}\" LOGIN"));
    let theirs = url.replace("//countersign@", &format!("//{role}@"));
    (url, theirs, role)
}

#[test]
fn a_missing_right_to_create_names_the_grant_statement() {
    let cluster = Cluster::shared();
    let (url, theirs, role) = with_role("narrow");
    // The default of PostgreSQL 15 and later.
    cluster.run_in(&url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    let desk = Desk::new();
    let settings = [("COUNTERSIGN__DATABASE__URL", theirs.as_str())];
    let grant = format!("GRANT CREATE ON SCHEMA \"public\" TO \"{role}\"");
    for command in [&["migrate"] as &[&str], &["serve"], &["user", "list"]] {
        let refused = desk.run_with(command, &settings).refusal();
        assert!(
            refused.starts_with("1: ") && refused.ends_with(&grant) && refused.lines().count() == 1,
            "{command:?}: {refused}"
        );
    }
    let tables = "(SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public')";
    assert_eq!(cluster.text(&url, tables), "0", "nothing is half-made");
    cluster.run_in(&url, &grant);
    assert!(!desk.run_with(&["migrate"], &settings).json()["ran"].as_array().unwrap().is_empty());
    assert_eq!(desk.run_with(&["user", "list"], &settings).code, Some(0));
}

#[test]
fn missing_rights_on_schema_or_tables_name_the_grant_statement() {
    let cluster = Cluster::shared();
    let (url, theirs, role) = with_role("none");
    cluster.run_in(&url, "REVOKE ALL ON SCHEMA public FROM PUBLIC");
    let desk = Desk::new();
    let settings = [("COUNTERSIGN__DATABASE__URL", theirs.as_str())];
    let refused = desk.run_with(&["migrate"], &settings).refusal();
    let grant = format!("GRANT USAGE, CREATE ON SCHEMA public TO \"{role}\"");
    assert!(refused.ends_with(&grant), "{refused}");
    cluster.run_in(&url, &grant);

    // Tables of another role.
    let owner = [("COUNTERSIGN__DATABASE__URL", url.as_str())];
    desk.run_with(&["migrate"], &owner).json();
    let refused = desk.run_with(&["migrate"], &settings).refusal();
    let grant = format!("GRANT \"countersign\" TO \"{role}\"");
    assert!(refused.contains(&grant) && refused.lines().count() == 1, "{refused}");
    // Enough to read the list of migrations, but not to work.
    cluster.run_in(&url, &format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \"{role}\""));
    let refused = desk.run_with(&["serve"], &settings).refusal();
    let grant = format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"public\" TO \"{role}\"");
    assert!(refused.ends_with(&grant), "{refused}");
    cluster.run_in(&url, &grant);
    let mut command = desk.command(&["serve"]);
    command.env("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0").env("COUNTERSIGN__DATABASE__URL", &theirs);
    let running = Running::of(command);
    assert_ne!(running.url, "", "with them it serves");
    assert_eq!(running.stop("-TERM").0, Some(0));
}
