//! The schema: migrations up and down, `schema.rs` compared with the tables, and the plans of the hot queries.

use std::collections::BTreeMap;

use crate::support::fixture::{Fixture, Kind};

const SCHEMA: &str = include_str!("../../src/store/schema.rs");

/// Every table with its columns in order: name, and whether it may be null. `type` is diesel's name for it.
pub(crate) type Tables = BTreeMap<String, Vec<String>>;

/// The tables in `schema.rs`.
fn written() -> Tables {
    let mut tables = Tables::new();
    for part in SCHEMA.split("diesel::table! {").skip(1) {
        let mut lines = part.lines().map(str::trim).filter(|line| !line.is_empty());
        let name = lines.next().unwrap().split(' ').next().unwrap().to_owned();
        let columns = lines.take_while(|line| *line != "}").map(|line| line.trim_end_matches(',').to_owned()).collect();
        tables.insert(name, columns);
    }
    tables
}

/// The tables in the database.
pub(crate) fn found(fixture: &Fixture) -> Tables {
    let query = match fixture.kind() {
        Kind::Sqlite => {
            "SELECT m.name || ' ' || c.name || ' ' || c.type || ' ' || (c.\"notnull\" OR c.pk > 0) AS value \
             FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY m.name, c.cid"
        }
        Kind::Postgres => {
            "SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || \
             CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS value FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' ORDER BY table_name, ordinal_position"
        }
    };
    let mut tables = Tables::new();
    for row in fixture.texts(query) {
        let [table, column, kind @ .., is_required] = &row.split(' ').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let diesel = match (kind.join(" ").to_lowercase().as_str(), fixture.kind(), *column) {
            // An alias of SQLite's row id, which has 64 bits.
            ("integer", Kind::Sqlite, "id") | ("bigint", ..) => "BigInt",
            ("integer", ..) => "Integer",
            ("text", ..) => "Text",
            ("blob" | "bytea", ..) => "Binary",
            ("boolean", ..) => "Bool",
            (other, ..) => panic!("{table}.{column} is {other}"),
        };
        let diesel = if *is_required == "1" { diesel.to_owned() } else { format!("Nullable<{diesel}>") };
        tables.entry((*table).to_owned()).or_default().push(format!("{column} -> {diesel}"));
    }
    tables
}

#[test]
fn schema_rs_matches_both_databases() {
    let written = written();
    assert!(written.len() > 20);
    assert_eq!(found(&Fixture::new(Kind::Sqlite)), written);
    assert_eq!(found(&Fixture::new(Kind::Postgres)), written);
}

/// The whole schema as text.
fn dump(fixture: &Fixture) -> Vec<String> {
    fixture.texts(made_of(fixture.kind()))
}

/// The query for the whole schema.
pub(crate) fn made_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS value FROM sqlite_master ORDER BY type, name",
        Kind::Postgres => {
            "SELECT value FROM (
                 SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || is_identity || ' '
                     || coalesce(column_default, '') AS value FROM information_schema.columns WHERE table_schema = 'public'
                 UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
                 UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                     WHERE connamespace = 'public'::regnamespace
                 UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
                 UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             ) AS all_of_it ORDER BY value"
        }
    }
}

#[test]
fn up_down_and_up_again_is_the_same() {
    for fixture in [Fixture::empty(Kind::Sqlite), Fixture::bare_postgres()] {
        let names = fixture.store.pending_migrations().unwrap();
        assert!(!names.is_empty());
        assert_eq!(fixture.store.migrate().unwrap().len(), names.len());
        assert!(fixture.store.pending_migrations().unwrap().is_empty() && fixture.store.migrate().unwrap().is_empty());
        let up = dump(&fixture);
        assert!(up.len() > 60, "{}", up.len());
        fixture.store.unmigrate(names.len()).unwrap();
        let down: Vec<_> =
            dump(&fixture).into_iter().filter(|line| !line.contains("__diesel") && !line.contains("sqlite_")).collect();
        assert!(down.is_empty(), "{down:?}");
        fixture.store.migrate().unwrap();
        assert_eq!(dump(&fixture), up);
        fixture.user("ann@example.org");
    }
}

#[test]
fn daemons_that_start_together_migrate_once() {
    let fixture = &Fixture::bare_postgres();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(move || fixture.with("").store.migrate().unwrap().len())).collect();
        let ran: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(ran, dump_count(fixture));
    });
}

fn dump_count(fixture: &Fixture) -> usize {
    fixture.count("__diesel_schema_migrations", "1 = 1")
}

/// The hot queries as the store's functions send them, with the index that SQLite uses. None reads a whole table.
#[test]
fn the_hot_queries_use_an_index() {
    let fixture = Fixture::new(Kind::Sqlite);
    for (query, words, index) in [
        ("SELECT * FROM tokens WHERE id = 1 AND purpose = ?", &["redeem"] as &[&str], "INTEGER PRIMARY KEY"),
        ("SELECT count(*) FROM tokens WHERE request_id = 1", &[], "tokens_request"),
        (
            "SELECT * FROM requests WHERE target_id = 1 AND allowed_id = 2 AND items_key = ? AND state = ?",
            &["b1", "pending"],
            "requests_pending",
        ),
        (
            "SELECT * FROM requests WHERE state = ? AND expires_at <= 9 ORDER BY expires_at LIMIT 9",
            &["pending"],
            "requests_expiry",
        ),
        ("SELECT id FROM requests WHERE decided_at <= 9 ORDER BY decided_at LIMIT 9", &[], "requests_ended"),
        ("SELECT id FROM outbox WHERE state = ? AND next_at <= 9 ORDER BY next_at LIMIT 8", &["queued"], "outbox_due"),
        ("SELECT * FROM outbox WHERE request_id = 1 AND kind IN (?)", &["decide"], "outbox_once"),
        ("SELECT * FROM grants WHERE grantee_id IN (1, 2) AND revoked_at IS NULL", &[], "grants_grantee"),
        ("SELECT * FROM grants WHERE grantor_id = 1 AND revoked_at IS NULL", &[], "grants_grantor"),
        ("SELECT * FROM grants WHERE parent_id IN (1, 2) AND revoked_at IS NULL", &[], "grants_parent"),
        ("SELECT id FROM grants WHERE request_id = 1", &[], "grants_request"),
        ("SELECT * FROM users WHERE email = ? AND deleted_at IS NULL", &["x"], "users_email"),
        ("SELECT * FROM audit WHERE chain = 0 AND seq > 5 ORDER BY seq LIMIT 9", &[], "PRIMARY KEY"),
    ] {
        let plan = fixture.plan(query, words);
        assert!(plan.contains(index) && !plan.contains("SCAN"), "{query}: {plan}");
    }
}

/// The lists of the inbox: each reads only its person's rows, in the order in which it shows them.
#[test]
fn a_persons_requests_are_found_by_an_index_that_begins_with_them() {
    use countersign::domain::UserId;
    use countersign::store::requests::{Side, sqlite_text};
    let fixture = Fixture::new(Kind::Sqlite);
    for (side, index) in [
        (Side::Decides(UserId(1)), "requests_target (target_id=?)"),
        (Side::Gains(UserId(1)), "requests_allowed (allowed_id=?)"),
        (Side::Filed(UserId(1)), "requests_initiator (initiator_id=?)"),
    ] {
        for is_open in [None, Some(true), Some(false)] {
            let text = sqlite_text(side, is_open);
            let query = text.split(" -- binds").next().unwrap();
            let plan = fixture.plan(query, &vec!["1"; query.matches('?').count()]);
            let is_of_waiting = is_open == Some(true) && plan.contains("requests_pending (target_id=?");
            assert!(plan.contains(index) || is_of_waiting, "{query}: {plan}");
            assert!(!plan.contains("SCAN") && (is_of_waiting || !plan.contains("TEMP B-TREE")), "{query}: {plan}");
        }
    }
}
