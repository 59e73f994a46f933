//! Changes of the audit are detected.

use countersign::domain::Caller;
use countersign::store::audit::{self, Broken, Event};
use countersign::store::{StoreError, Tx};

use crate::support::fixture::{Fixture, Kind, on_both};

on_both![
    a_clean_chain_verifies,
    rows_can_be_neither_changed_nor_deleted,
    a_changed_row_is_found,
    a_missing_row_is_found,
    a_cut_off_end_is_found,
    a_chain_without_a_head_is_found,
    a_rollback_leaves_no_gap_in_the_chain,
    concurrent_writers_leave_the_chains_valid,
];

fn append(tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
    audit::append(tx, &Caller::operator(), Event { name, subject: Some(7), detail: Some("x"), ..Event::default() })
}

fn fill(fixture: &Fixture) {
    for _ in 0..5 {
        fixture.write(|tx| append(tx, "test.happened")).unwrap();
    }
    assert_eq!(fixture.read(audit::verify).unwrap(), Ok(5));
}

/// Runs SQL as the database's owner could.
fn tamper(fixture: &Fixture, sql: &str) {
    fixture
        .sql(&match fixture.kind() {
            Kind::Sqlite => format!("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; {sql}"),
            Kind::Postgres => format!("ALTER TABLE audit DISABLE TRIGGER ALL; {sql}"),
        })
        .unwrap();
}

fn a_clean_chain_verifies(fixture: &Fixture) {
    assert_eq!(fixture.read(audit::verify).unwrap(), Ok(0));
    fill(fixture);
    // Two in one transaction are two rows.
    fixture
        .write(|tx| {
            append(tx, "one")?;
            append(tx, "two")
        })
        .unwrap();
    assert_eq!(fixture.read(audit::verify).unwrap(), Ok(7));
    let heads = fixture.read(audit::heads).unwrap();
    assert_eq!(heads.len(), if fixture.kind() == Kind::Sqlite { 1 } else { 16 });
    assert_eq!(heads.iter().map(|head| head.seq).sum::<i64>(), 7);
}

fn rows_can_be_neither_changed_nor_deleted(fixture: &Fixture) {
    fill(fixture);
    for sql in ["UPDATE audit SET event = 'x'", "DELETE FROM audit"] {
        let error = fixture.sql(sql).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
    if fixture.kind() == Kind::Postgres {
        assert!(fixture.sql("TRUNCATE audit").unwrap_err().to_string().contains("append-only"));
    }
    assert_eq!(fixture.read(audit::verify).unwrap(), Ok(5));
}

fn a_changed_row_is_found(fixture: &Fixture) {
    for change in ["event = 'other'", "actor_id = 1", "detail = NULL", "at = at + 1", "subject_id = NULL, request_id = 7"] {
        let fixture = Fixture::new(fixture.kind());
        fill(&fixture);
        tamper(&fixture, &format!("UPDATE audit SET {change} WHERE seq = 3"));
        assert_eq!(fixture.read(audit::verify).unwrap(), Err(Broken::Row { chain: 0, seq: 3 }), "{change}");
    }
}

fn a_missing_row_is_found(fixture: &Fixture) {
    fill(fixture);
    tamper(fixture, "DELETE FROM audit WHERE seq = 2");
    assert_eq!(fixture.read(audit::verify).unwrap(), Err(Broken::Row { chain: 0, seq: 3 }));
}

fn a_cut_off_end_is_found(fixture: &Fixture) {
    fill(fixture);
    tamper(fixture, "DELETE FROM audit WHERE seq > 3");
    assert_eq!(fixture.read(audit::verify).unwrap(), Err(Broken::End { chain: 0, found: 3, expected: 5 }));
}

fn a_chain_without_a_head_is_found(fixture: &Fixture) {
    fill(fixture);
    tamper(fixture, "DELETE FROM audit_heads WHERE chain = 0");
    assert_eq!(fixture.read(audit::verify).unwrap(), Err(Broken::End { chain: 0, found: 5, expected: 0 }));
}

fn a_rollback_leaves_no_gap_in_the_chain(fixture: &Fixture) {
    fill(fixture);
    let undone: Result<(), _> = fixture.write(|tx| append(tx, "no").and(Err(StoreError::Violation("no".into()))));
    assert!(undone.is_err());
    fixture.write(|tx| append(tx, "yes")).unwrap();
    assert_eq!(fixture.read(audit::verify).unwrap(), Ok(6));
}

fn concurrent_writers_leave_the_chains_valid(fixture: &Fixture) {
    let other = fixture.with("");
    std::thread::scope(|scope| {
        for number in 0..16 {
            // On PostgreSQL two daemons; a SQLite file has one.
            let fixture = if number % 2 == 0 && fixture.kind() == Kind::Postgres { &other } else { fixture };
            scope.spawn(move || {
                for _ in 0..10 {
                    fixture
                        .write(|tx| {
                            append(tx, "one")?;
                            append(tx, "two")
                        })
                        .unwrap();
                }
            });
        }
        // A read in between finds valid chains, whatever is being written.
        for _ in 0..5 {
            assert!(fixture.read(audit::verify).unwrap().is_ok());
        }
    });
    assert_eq!(fixture.read(audit::verify).unwrap(), Ok(320));
}
