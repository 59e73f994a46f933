//! Older databases with data, migrated to the newest schema: nothing is lost, and the links of earlier emails still work. One
//! has the first schema and a few rows written here. The other was made by the program of the last release, with a row of every
//! kind (`scripts/upgrade-fixture`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::TimeDelta;
use countersign::domain::{GrantId, GroupId, RequestId, UserId};
use countersign::random::Rng;
use countersign::secret::{FreshSecret, SecretKind};
use countersign::store::{Newer, tokens, users};
use countersign::workflow::policy::{self, Object, Subject};

use super::schema::{Tables, found, made_of};
use crate::support::fixture::{Fixture, Kind, address};
use crate::support::http::Site;

/// The first migration, as released.
pub(crate) const FIRST: [&str; 2] = [
    include_str!("../../migrations/sqlite/2026-11-22-000000_house/up.sql"),
    include_str!("../../migrations/postgres/2026-11-22-000000_house/up.sql"),
];
/// Diesel's table of applied migrations.
pub(crate) const LEDGER: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                      run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
                      INSERT INTO __diesel_schema_migrations (version) VALUES ('20261122000000');";
/// An hour before every fixture begins.
const THEN: i64 = 1_796_122_800_000_000;
const WEEK: i64 = 604_800_000_000;

/// Ann (1) and Bob (2), who is in a group (3) and was added first; her sleep data (1), which he has requested, and her walks
/// (2), which he has.
pub(crate) fn people(kind: Kind, hash: &str) -> String {
    let bytes = |hex: &str| match kind {
        Kind::Sqlite => format!("X'{hex}'"),
        Kind::Postgres => format!("'\\x{hex}'::bytea"),
    };
    let address_hash = hex(&tokens::address_hash(&address("ann@example.org")));
    format!(
        "INSERT INTO principals (id, kind) VALUES (1, 'user'), (2, 'user'), (3, 'group');
         INSERT INTO users VALUES
            (2, 'bob', 'bob@example.org', 'Bob', '', 'en', 'UTC', false, false, NULL, NULL, NULL, {THEN}, NULL),
            (1, 'ann', 'ann@example.org', 'Ann', 'Lee', 'de', 'Europe/Berlin', false, false, NULL, NULL, NULL, {THEN}, NULL);
         INSERT INTO user_groups VALUES (3, 'Family', {THEN}, NULL);
         INSERT INTO group_members (user_id, group_id) VALUES (2, 3);
         INSERT INTO bundles (id, name, owner_id, level, created_at) VALUES
            (1, 'Sleep data', 1, 'view', {THEN}), (2, 'Walks', 1, 'edit', {THEN});
         INSERT INTO requests (id, kind, initiator_id, target_id, allowed_id, items_key, message, ttl_seconds, expires_at, state,
            mail_state, letters, last_letter_at, created_at, is_narrowed) VALUES
            (1, 'ask', 2, 1, 2, 'b1', 'please', 604800, {ends}, 'pending', 'sent', 1, {THEN}, {THEN}, false);
         INSERT INTO request_items (request_id, position, bundle_id, level) VALUES (1, 0, 1, 'view');
         INSERT INTO tokens (id, purpose, request_id, user_id, address_hash, secret_hash, epoch, created_at) VALUES
            (7, 'redeem', 1, 1, {address_hash}, {hash}, 1, {THEN});
         INSERT INTO grants (id, public_id, grantor_id, grantee_kind, grantee_id, bundle_id, level, reshare, starts_at, is_enabled,
            comment, version, created_at, updated_at) VALUES
            (1, '0a1b2c3d-0000-4000-8000-000000000001', 1, 'user', 2, 2, 'edit', 0, {THEN}, true, 'walks', 1, {THEN}, {THEN});
         INSERT INTO outbox (kind, user_id, request_id, generation, state, attempts, ambiguous, next_at, created_at) VALUES
            ('decide', 1, 1, 2, 'queued', 0, 0, {THEN}, {THEN});",
        ends = THEN + WEEK,
        address_hash = bytes(&address_hash),
        hash = bytes(hash),
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The rows of all tables with these columns, each as a line of text.
fn rows(fixture: &Fixture, tables: &Tables) -> BTreeMap<String, Vec<String>> {
    let line = |columns: &[String]| {
        let names = columns.iter().map(|column| format!("\"{}\"", column.split(' ').next().unwrap()));
        match fixture.kind() {
            Kind::Sqlite => names.map(|name| format!("quote({name})")).collect::<Vec<_>>().join(" || ' ' || "),
            Kind::Postgres => format!("CAST(ROW({}) AS TEXT)", names.collect::<Vec<_>>().join(", ")),
        }
    };
    let lines = |(table, columns): (&String, &Vec<String>)| {
        let mut lines = fixture.texts(&format!("SELECT {} AS value FROM {table}", line(columns)));
        lines.sort_unstable();
        (table.clone(), lines)
    };
    tables.iter().map(lines).collect()
}

/// Migrates, back and again. In every state all rows have the values that they had before, in the columns that they had, and up
/// again everything is as it was up first: what a migration fills into a new column, it fills in again. Returns the names of the
/// migrations.
fn migrate_and_compare(fixture: &Fixture) -> Vec<String> {
    let (tables, is_made) = (found(fixture), || fixture.texts(made_of(fixture.kind())));
    let before = rows(fixture, &tables);
    fixture.store.check_schema(Newer::Refused).unwrap();

    let ran = fixture.store.migrate().unwrap();
    assert!(fixture.store.migrate().unwrap().is_empty() && fixture.store.pending_migrations().unwrap().is_empty());
    assert_eq!(rows(fixture, &tables), before);
    fixture.store.check_schema(Newer::Refused).unwrap();
    let (up, made) = (rows(fixture, &found(fixture)), is_made());

    fixture.store.unmigrate(ran.len()).unwrap();
    assert_eq!((found(fixture), rows(fixture, &tables)), (tables, before));
    fixture.store.check_schema(Newer::Refused).unwrap();

    assert_eq!(fixture.store.migrate().unwrap(), ran);
    assert_eq!(rows(fixture, &found(fixture)), up);
    assert_eq!(is_made(), made);
    if fixture.kind() == Kind::Sqlite {
        let torn = fixture.texts("SELECT \"table\" || ' ' || rowid AS value FROM pragma_foreign_key_check");
        assert!(torn.is_empty(), "rows that refer to none: {torn:?}");
    }
    ran
}

fn the_first_schema_with_data_in_it_is_brought_up_to_now(fixture: &Fixture) {
    let secret = FreshSecret::draw(&Rng::seeded(7)).unwrap();
    let hash = hex(secret.hash().as_bytes());
    let token = secret.with_id(SecretKind::Redeem, 7).reveal().to_string();
    let first = FIRST[usize::from(fixture.kind() == Kind::Postgres)];
    fixture.sql(&format!("{first}{LEDGER}")).unwrap();
    fixture.sql(&people(fixture.kind(), &hash)).unwrap();
    if fixture.kind() == Kind::Postgres {
        // Ids that were inserted by hand are skipped.
        for table in ["principals", "bundles", "requests", "tokens", "grants", "outbox"] {
            fixture.sql(&format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)")).unwrap();
        }
    }

    let ran = migrate_and_compare(fixture);
    assert_eq!(ran.len(), std::fs::read_dir("migrations/sqlite").unwrap().count() - 1, "{ran:?}");

    let ann = fixture.read(|tx| users::find(tx, UserId(1))).unwrap().unwrap();
    let bob = fixture.read(|tx| users::find(tx, UserId(2))).unwrap().unwrap();
    assert_eq!((ann.first_name.as_str(), bob.email.as_str()), ("Ann", "bob@example.org"));
    assert_eq!(fixture.read(|tx| users::members_of(tx, GroupId(3), 9)).unwrap(), [bob.id]);
    if fixture.kind() == Kind::Sqlite {
        let plan = fixture.plan("SELECT email FROM users WHERE id = ?", &["1"]);
        assert!(plan.contains("INTEGER PRIMARY KEY"), "{plan}");
    }
    let held = |bundle| {
        let bundle = countersign::domain::BundleId(bundle);
        fixture
            .read(|tx| policy::level(tx, Subject::User(bob.id), Object::Bundle(bundle)))
            .unwrap()
            .map(countersign::domain::Level::as_str)
    };
    assert!(fixture.is_live(GrantId(1)));
    assert_eq!((held(2), held(1)), (Some("edit"), None));
    // The queued email is sent with its own link; the earlier one decides.
    assert_eq!(fixture.deliver(), 1);
    let fresh = fixture.token_for("ann@example.org");
    assert!(fixture.check(&ann, &fresh).is_ok());
    assert_eq!(fixture.check(&ann, &token).unwrap().request.message.as_deref(), Some("please"));
    fixture.redeem(&ann, &token).unwrap();
    assert_eq!((fixture.state(RequestId(1)), held(1)), ("approved", Some("view")));
    fixture.read(countersign::store::audit::verify).unwrap().unwrap();
}

#[test]
fn the_first_schema_with_data_in_it_is_brought_up_to_now_on_sqlite() {
    the_first_schema_with_data_in_it_is_brought_up_to_now(&Fixture::empty(Kind::Sqlite));
}

#[test]
fn the_first_schema_with_data_in_it_is_brought_up_to_now_on_postgresql() {
    the_first_schema_with_data_in_it_is_brought_up_to_now(&Fixture::bare_postgres());
}

/// A file that `scripts/upgrade-fixture` made.
fn of_last_release(file: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/store/upgrade/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Loads the database of the last release into an empty one.
pub(crate) fn load_last_release(fixture: &Fixture) {
    let dump = if fixture.kind() == Kind::Sqlite { "sqlite.sql" } else { "postgres.sql" };
    fixture.sql(&of_last_release(dump)).unwrap();
}

/// Lists in that database that have more than two members: who asks, where, and the name of the list.
pub(crate) const LISTS: [(&str, &str, &str); 5] = [
    ("ann@example.org", "/api/bundle_permission_request/", "objects"),
    ("ann@example.org", "/api/bundle_permission/", "objects"),
    ("cho@example.org", "/authorization/shares", "items"),
    ("cho@example.org", "/rest/admin/shares?include_expired=true", "items"),
    ("ann@example.org", "/as/sharing/iten4TXq7en3qtu3JREnE5tSLRf9zLod/shares", "shares"),
];

fn a_database_of_the_last_release_is_brought_up_to_now(fixture: &Fixture) {
    load_last_release(fixture);
    migrate_and_compare(fixture);
    fixture.read(countersign::store::audit::verify).unwrap().unwrap();

    // It goes on when the script ended.
    let ended = fixture.texts("SELECT CAST(max(at) AS TEXT) AS value FROM audit")[0].parse::<i64>().unwrap();
    fixture.pass(TimeDelta::microseconds(ended - fixture.now().timestamp_micros()) + TimeDelta::minutes(5));
    assert!(fixture.deliver() > 0, "the queued emails are sent");
    assert_eq!(fixture.count("outbox", "state = 'queued'"), 0);
    let ann = fixture.read(|tx| users::find_by_email(tx, &address("ann@example.org"))).unwrap().unwrap();
    let secrets: BTreeMap<String, String> = serde_json::from_str(&of_last_release("secrets.json")).unwrap();
    let token = &secrets["token"];
    let request = fixture.check(&ann, token).unwrap().request;
    assert_eq!((request.message.as_deref(), fixture.state(request.id)), (Some("For Thursday."), "pending"));

    let site = Site::new(fixture);
    let key = format!("Bearer {}", secrets["key"]);
    for (who, path, members) in LISTS.into_iter().chain([(key.as_str(), "/api/user/", "objects")]) {
        let answer = site.send(who, "GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {answer}");
        assert!(answer.json()[members].as_array().unwrap().len() > 2, "{path}: {answer}");
    }
    let redeemed = site.send("ann@example.org", "PUT", &format!("/api/bundle_permission_request/{token}/"), "{}");
    assert_eq!((redeemed.status, fixture.state(request.id)), (200, "approved"), "{redeemed}");
}

#[test]
fn a_database_of_the_last_release_is_brought_up_to_now_on_sqlite() {
    a_database_of_the_last_release_is_brought_up_to_now(&Fixture::empty(Kind::Sqlite));
}

#[test]
fn a_database_of_the_last_release_is_brought_up_to_now_on_postgresql() {
    a_database_of_the_last_release_is_brought_up_to_now(&Fixture::bare_postgres());
}

/// A migration that fails in its middle leaves the schema and the data unchanged, and can be run again when the reason is gone.
fn a_migration_that_fails_changes_nothing(fixture: &Fixture) {
    let first = FIRST[usize::from(fixture.kind() == Kind::Postgres)];
    fixture.sql(&format!("{first}{LEDGER}")).unwrap();
    fixture.sql(&people(fixture.kind(), "00")).unwrap();
    // It blocks the last migration's last index.
    fixture.sql("CREATE TABLE users_admins (a INTEGER)").unwrap();
    let refused = fixture.store.migrate().unwrap_err().to_string();
    assert!(refused.contains("users_admins"), "{refused}");
    assert_eq!(fixture.count("requests", "state = 'pending'"), 1);
    assert!(fixture.sql("SELECT remind_at FROM requests").is_err(), "nothing is left of what failed");
    fixture.sql("DROP TABLE users_admins").unwrap();
    assert!(!fixture.store.migrate().unwrap().is_empty());
    assert_eq!(fixture.count("requests", "remind_at IS NOT NULL"), 1);
}

#[test]
fn a_migration_that_fails_changes_nothing_on_sqlite() {
    a_migration_that_fails_changes_nothing(&Fixture::empty(Kind::Sqlite));
}

#[test]
fn a_migration_that_fails_changes_nothing_on_postgresql() {
    a_migration_that_fails_changes_nothing(&Fixture::bare_postgres());
}
