//! `audit`: changes made around the daemon are detected.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use super::Desk;

/// A desk with three audit rows, and the heads that were kept elsewhere.
fn written_down() -> (Desk, String) {
    let desk = Desk::new();
    for email in ["ann@example.org", "bob@example.org", "cleo@example.org"] {
        desk.add(&["user", "add", email]);
    }
    let export = desk.run(&["audit", "export"]);
    assert_eq!((export.code, export.out.lines().count()), (Some(0), 4), "{}", export.err);
    std::fs::write(desk.path("heads.jsonl"), &export.out).unwrap();
    (desk, export.out)
}

/// A change by somebody with the file, in spite of the triggers. They are restored, since their absence would be detected.
fn tamper(desk: &Desk, sql: &str) {
    let mut conn = SqliteConnection::establish(&desk.text("countersign.db")).unwrap();
    conn.batch_execute(sql).expect_err("the triggers refuse it");
    conn.batch_execute("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;").unwrap();
    conn.batch_execute(sql).unwrap();
    for change in ["UPDATE", "DELETE"] {
        let name = change.to_lowercase();
        let guard = format!(
            "CREATE TRIGGER audit_no_{name} BEFORE {change} ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        );
        conn.batch_execute(&guard).unwrap();
    }
}

#[test]
fn an_unchanged_audit_verifies_before_and_after_it_grows() {
    let (desk, export) = written_down();
    let rows: Vec<serde_json::Value> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows[1]["event"], "user.added");
    assert_eq!(rows[1]["seq"], 2);
    assert_eq!(rows[3]["heads"][0]["hash"], rows[2]["hash"]);
    desk.add(&["user", "add", "dora@example.org"]);
    let verified = desk.run(&["audit", "verify", "--head", "heads.jsonl"]).json();
    assert_eq!((&verified["status"], &verified["rows"]), (&"ok".into(), &4.into()));
}

#[test]
fn a_changed_row_is_named() {
    let (desk, _) = written_down();
    tamper(&desk, "UPDATE audit SET subject_id = 9 WHERE seq = 2");
    let expected = "1: countersign: the audit was changed from outside: chain 0: row 2 was changed, or the one before it is gone";
    assert_eq!(desk.run(&["audit", "verify"]).refusal(), expected);
}

#[test]
fn a_row_deleted_from_the_middle_is_named() {
    let (desk, _) = written_down();
    tamper(&desk, "DELETE FROM audit WHERE seq = 2");
    assert!(desk.run(&["audit", "verify"]).refusal().contains("row 3 was changed, or the one before it is gone"));
}

#[test]
fn a_cut_off_end_is_detected_by_the_kept_heads() {
    let (desk, _) = written_down();
    tamper(
        &desk,
        "DELETE FROM audit WHERE seq = 3; UPDATE audit_heads SET seq = 2, hash = (SELECT hash FROM audit WHERE seq = 2)",
    );
    assert_eq!(desk.run(&["audit", "verify"]).json()["rows"], 2, "nothing inside the database can tell");
    let refusal = desk.run(&["audit", "verify", "--head", "heads.jsonl"]).refusal();
    assert!(
        refusal.starts_with("1: countersign: the audit was changed from outside: chain 0 had a row 3 with the hash "),
        "{refusal}"
    );
}

#[test]
fn a_file_without_heads_is_wrong_usage() {
    let (desk, _) = written_down();
    std::fs::write(desk.path("other.txt"), "nothing\n").unwrap();
    assert!(
        desk.run(&["audit", "verify", "--head", "other.txt"])
            .refusal()
            .starts_with("2: countersign: other.txt: it holds no heads")
    );
    assert!(desk.run(&["audit", "verify", "--head", "none"]).refusal().starts_with("1: countersign: cannot read none"));
}
