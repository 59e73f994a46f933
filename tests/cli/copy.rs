//! `copy`: a whole instance is copied between the databases, or nothing.

use serde_json::Value;

use super::Desk;
use crate::support::fixture::{Fixture, Kind, person};
use crate::support::wait_until;

/// Difficult text: quotes, a backslash, a line end, control characters, characters beyond the first plane.
const AWKWARD: &str = "\"Ärger\" \\ 'n \u{1}\u{7f}\n\t\u{2028} 😀";

fn url(fixture: &Fixture) -> &str {
    &fixture.config.database.url
}

/// People, requests in several states, queued emails, and a row in every table that the operations leave empty, so that new
/// tables are covered too. Returns the token of an email that was sent and not yet answered.
fn filled(fixture: &Fixture) -> String {
    let (ann, bob, carl) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("carl@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["https://sleep.example/1", "https://sleep.example/2"]);
    fixture.given(&sleep, &ann, &bob);
    let (_, token) = fixture.asked_by_mail(&sleep, &ann, &carl);
    fixture.decline(&ann, &token, Some("not yet")).unwrap();
    fixture.entitle(&sleep, &carl, countersign::domain::Level::View);
    fixture.app("Diary", Some(&ann), &[]);
    let steps = fixture.bundle("Steps", &ann);
    let (_, open) = fixture.asked_by_mail(&steps, &ann, &bob);
    fixture.pass(chrono::TimeDelta::hours(2));
    fixture.asked(&steps, &ann, &carl);
    let escaped = AWKWARD.replace('\'', "''");
    fixture.sql(&format!("UPDATE users SET last_name = '{escaped}' WHERE id = {}", carl.id.0)).unwrap();
    fixture.sql("UPDATE grants SET parent_id = 1 WHERE id = 2").unwrap();
    fixture.sql(&format!("INSERT INTO blocks VALUES ({}, 'user', {}, -9223372036854775807)", ann.id.0, carl.id.0)).unwrap();
    // A deleted one, whose id must not be assigned again.
    fixture
        .sql("INSERT INTO sessions (id, user_id, secret_hash, created_at, seen_at, expires_at) VALUES (50, 1, X'00', 0, 0, 0)")
        .and_then(|()| fixture.sql("DELETE FROM sessions"))
        .unwrap();
    for table in tables(fixture) {
        if fixture.count(&table, "1 = 1") == 0 {
            fill(fixture, &table);
        }
    }
    open
}

fn tables(fixture: &Fixture) -> Vec<String> {
    fixture.texts(
        "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY rowid",
    )
}

/// A row with the value 1 in every number, which is the id of the referenced rows once every table has one.
fn fill(fixture: &Fixture, table: &str) {
    let columns =
        fixture.texts(&format!("SELECT name || ' ' || type || ' ' || (name = 'id') AS value FROM pragma_table_info('{table}')"));
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in &columns {
        let [name, kind, is_id] = column.split(' ').collect::<Vec<_>>()[..] else { panic!("{table}: {column}") };
        if is_id == "1" && kind == "INTEGER" {
            continue;
        }
        names.push(name);
        values.push(match kind {
            "TEXT" => "'a word'",
            "BLOB" => "X'00ff'",
            _ => "1",
        });
    }
    let (names, values) = (names.join(", "), values.join(", "));
    fixture.sql(&format!("PRAGMA foreign_keys = OFF; INSERT INTO {table} ({names}) VALUES ({values})")).unwrap();
}

/// Waits until PostgreSQL has noticed that other connections closed.
fn is_left(fixture: &Fixture) {
    let query = "SELECT count(*)::text AS value FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name = 'countersign'";
    wait_until("the connections to end", || (fixture.texts(query) == ["0"]).then_some(()));
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn copy(desk: &Desk, from: &str, to: &str) -> String {
    desk.run(&["copy", "--from", from, "--to", to]).refusal()
}

#[test]
fn an_instance_copies_to_postgresql_and_back_with_all_rows() {
    let (desk, one, two, three) =
        (Desk::new(), Fixture::new(Kind::Sqlite), Fixture::new(Kind::Postgres), Fixture::empty(Kind::Sqlite));
    let token = filled(&one);
    let waiting = one.queue().len();

    let said = desk.run(&["copy", "--from", url(&one), "--to", url(&two)]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let printed = lines(&said.out);
    let (total, parts) = printed.split_last().unwrap();
    let mut names: Vec<_> = parts.iter().map(|part| part["table"].as_str().unwrap().to_owned()).collect();
    names.sort();
    let mut all = tables(&one);
    all.sort();
    assert_eq!(names, all);
    for part in parts {
        let (table, rows) = (part["table"].as_str().unwrap(), part["rows"].as_u64().unwrap());
        assert!(rows > 0, "{table} is empty");
        let condition = if table == "audit_heads" { "seq <> 0" } else { "1 = 1" };
        assert_eq!(two.count(table, condition) as u64, rows, "{table}");
    }
    assert_eq!((&total["tables"], &total["same"]), (&all.len().into(), &true.into()));
    assert!(said.err.contains("database.url") && said.err.contains("server.key_file"), "{}", said.err);
    assert_eq!(two.count("audit_heads", "1 = 1"), 16, "its other chains are still there to be written to");

    // And back, before any change: the first and the third have the same rows.
    let back = desk.run(&["copy", "--from", url(&two), "--to", url(&three)]);
    assert_eq!(back.code, Some(0), "{}", back.err);
    assert_eq!(back.out, said.out);
    let same = desk.run(&["copy", "--check", "--from", url(&one), "--to", url(&three)]);
    assert_eq!((same.code, lines(&same.out).last().unwrap()["copied"].clone()), (Some(0), false.into()), "{}", same.err);
    let name =
        |fixture: &Fixture| fixture.texts("SELECT last_name AS value FROM users WHERE username = 'carl@example.org' OR id = 3");
    assert_eq!((name(&two), name(&three)), (vec![AWKWARD.to_owned()], vec![AWKWARD.to_owned()]));

    // Work continues in both: the earlier email is answered, the queued one is sent, ids are new ones.
    for fixture in [two.with(""), three.with("")] {
        assert_eq!(fixture.queue().len(), waiting);
        fixture.pass(one.now() - fixture.now());
        let ann =
            fixture.read(|tx| countersign::store::users::find_by_email(tx, &crate::support::fixture::address("ann@example.org")));
        let ann = ann.unwrap().unwrap();
        assert!(fixture.check_as(&person(&ann), &token).is_ok());
        fixture.redeem(&ann, &token).unwrap();
        assert!(fixture.deliver() > 0);
        assert!(!fixture.tokens_for("ann@example.org").is_empty());
        let bytes = if fixture.kind() == Kind::Sqlite { "X'00'" } else { "'\\x00'" };
        fixture
            .sql(&format!(
                "INSERT INTO sessions (user_id, secret_hash, created_at, seen_at, expires_at) VALUES (1, {bytes}, 0, 0, 0)"
            ))
            .unwrap();
        assert_eq!(fixture.texts("SELECT CAST(max(id) AS TEXT) AS value FROM sessions"), ["52"]);
        fixture.read(countersign::store::audit::verify).unwrap().unwrap();
    }
    is_left(&two);
    let differ = desk.run(&["copy", "--check", "--from", url(&one), "--to", url(&two)]).refusal();
    assert!(differ.starts_with("1: countersign: the two instances differ: ") && differ.contains("; grants ("), "{differ}");
}

#[test]
fn a_copy_into_a_nonempty_database_is_refused() {
    let (desk, one, two) = (Desk::new(), Fixture::new(Kind::Sqlite), Fixture::new(Kind::Postgres));
    let used = two.with("");
    used.user("eve@example.org");
    assert!(copy(&desk, url(&one), url(&two)).contains("--to: 1 other connections of countersign are open on it"));
    drop(used);
    is_left(&two);
    let refusal = copy(&desk, url(&one), url(&two));
    assert!(refusal.starts_with("1: countersign: --to: it is not empty (") && refusal.ends_with("nobody used yet"), "{refusal}");
    assert_eq!(two.count("users", "1 = 1"), 1);
    one.user("ann@example.org");
    let refusal = copy(&desk, url(&two), url(&one));
    assert!(refusal.starts_with("1: countersign: --to: it is not empty ("), "{refusal}");
    assert_eq!(one.texts("SELECT email AS value FROM users"), ["ann@example.org"]);
}

#[test]
fn a_row_that_changes_during_the_copy_undoes_all() {
    let (desk, one, two, three) =
        (Desk::new(), Fixture::new(Kind::Sqlite), Fixture::new(Kind::Postgres), Fixture::new(Kind::Sqlite));
    filled(&one);
    two.sql(
        "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.first_name := 'Eve'; RETURN NEW; END $$;
         CREATE TRIGGER spoil BEFORE INSERT ON users FOR EACH ROW WHEN (NEW.id = 1) EXECUTE FUNCTION spoil()",
    )
    .unwrap();
    let refusal = copy(&desk, url(&one), url(&two));
    assert!(refusal.starts_with("1: countersign: the two instances differ: users (3 rows and 3, SHA-256 "), "{refusal}");
    assert_eq!((two.count("users", "1 = 1"), two.count("audit", "1 = 1")), (0, 0));
    two.sql("DROP TRIGGER spoil ON users").unwrap();
    desk.run(&["copy", "--from", url(&one), "--to", url(&two)]).out.lines().next().unwrap();

    three
        .sql("CREATE TRIGGER spoil AFTER INSERT ON tokens BEGIN UPDATE tokens SET secret_hash = X'00' WHERE id = NEW.id; END")
        .unwrap();
    let refusal = copy(&desk, url(&two), url(&three));
    assert!(refusal.starts_with("1: countersign: the two instances differ: tokens ("), "{refusal}");
    assert_eq!((three.count("users", "1 = 1"), three.count("audit", "1 = 1")), (0, 0));
    three.sql("DROP TRIGGER spoil").unwrap();

    // A chain that does not verify is not copied.
    two.sql("ALTER TABLE audit DISABLE TRIGGER audit_no_update; UPDATE audit SET event = 'nothing' WHERE seq = 2").unwrap();
    let refusal = copy(&desk, url(&two), url(&three));
    assert!(refusal.contains("--to: the audit was changed from outside: chain 0: row 2 was changed"), "{refusal}");
    assert_eq!(three.count("users", "1 = 1"), 0);
}

#[test]
fn databases_of_other_versions_are_refused() {
    let (desk, one, two) = (Desk::new(), Fixture::new(Kind::Sqlite), Fixture::new(Kind::Postgres));
    one.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')").unwrap();
    assert_eq!(
        copy(&desk, url(&one), url(&two)),
        "1: countersign: the two databases are not made alike: only one of them went through the migrations 20991231000000"
    );
    let older = "DELETE FROM __diesel_schema_migrations WHERE version = '20261122000000'";
    two.sql(older).unwrap();
    let refusal = copy(&desk, url(&one), url(&two));
    assert!(
        refusal.starts_with("1: countersign: --to: its schema is of another version (it lacks 2026-11-22-000000_house"),
        "{refusal}"
    );
    one.sql(older).unwrap();
    let refusal = copy(&desk, url(&one), url(&two));
    assert!(refusal.ends_with("run `countersign migrate` on it with this program first"), "{refusal}");
}

#[test]
fn a_table_that_only_one_has_is_named() {
    let (desk, one, two) = (Desk::new(), Fixture::new(Kind::Sqlite), Fixture::new(Kind::Postgres));
    one.sql("CREATE TABLE notes (id INTEGER PRIMARY KEY, word TEXT)").unwrap();
    assert_eq!(
        copy(&desk, url(&one), url(&two)),
        "1: countersign: the two databases are not made alike: only --from has notes with the key id; \
         only --from has notes.id (number); only --from has notes.word (text)"
    );
    // A table unknown to this test is copied once both have it.
    two.sql("CREATE TABLE notes (id BIGINT PRIMARY KEY, word TEXT)").unwrap();
    one.sql("INSERT INTO notes VALUES (7, 'kept'), (8, NULL)").unwrap();
    assert_eq!(desk.run(&["copy", "--from", url(&one), "--to", url(&two)]).code, Some(0));
    assert_eq!(two.texts("SELECT id || coalesce(word, ' none') AS value FROM notes ORDER BY id"), ["7kept", "8 none"]);
}

#[test]
fn a_value_that_the_other_database_cannot_store_is_reported_with_its_table() {
    let (desk, one, two) = (Desk::new(), Fixture::new(Kind::Sqlite), Fixture::new(Kind::Postgres));
    one.user("ann@example.org");
    one.sql("UPDATE users SET first_name = 'An' || char(0) || 'n'").unwrap();
    let refusal = copy(&desk, url(&one), url(&two));
    assert!(refusal.starts_with("1: countersign: --to: rows of the table users cannot be written: "), "{refusal}");
    assert_eq!((two.count("users", "1 = 1"), two.count("audit", "1 = 1")), (0, 0));
}

#[test]
fn wrong_usage_of_copy_says_how_to_use_it() {
    let (desk, one, two) = (Desk::new(), Fixture::new(Kind::Sqlite), Fixture::new(Kind::Postgres));
    let lock = one.store.lock().unwrap();
    let path = one.file_path();
    assert_eq!(
        copy(&desk, url(&one), url(&two)),
        format!(
            "1: countersign: --from: the database cannot be used now: another countersign already runs on {}; stop it first, \
             or use PostgreSQL, which several daemons can share",
            path.display()
        )
    );
    drop(lock);
    assert!(copy(&desk, "sqlite:none.db", url(&two)).starts_with("1: countersign: --from: there is no instance in it"));
    assert!(!desk.path("none.db").exists());
    assert_eq!(copy(&desk, url(&one), url(&one)), "2: countersign: --from and --to name the same database");
    assert!(copy(&desk, url(&one), "mysql://x").starts_with("2: countersign: --to: "));
    assert_eq!(desk.run(&["copy", "--from", url(&one)]).code, Some(2));
}
