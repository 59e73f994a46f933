//! The first schema, with data, migrated to the newest: nothing is lost, and earlier emails' links still work.

use std::fmt::Write as _;

use countersign::domain::{GrantId, GroupId, RequestId, UserId};
use countersign::random::Rng;
use countersign::secret::{FreshSecret, SecretKind};
use countersign::store::{tokens, users};
use countersign::workflow::policy::{self, Object, Subject};

use crate::support::fixture::{Fixture, Kind, address};

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

    let ran = fixture.store.migrate().unwrap();
    assert_eq!(ran.len(), std::fs::read_dir("migrations/sqlite").unwrap().count() - 1, "{ran:?}");
    assert!(fixture.store.migrate().unwrap().is_empty() && fixture.store.pending_migrations().unwrap().is_empty());

    let ann = fixture.read(|tx| users::find(tx, UserId(1))).unwrap().unwrap();
    let bob = fixture.read(|tx| users::find(tx, UserId(2))).unwrap().unwrap();
    assert_eq!((ann.first_name.as_str(), bob.email.as_str()), ("Ann", "bob@example.org"));
    assert_eq!(fixture.read(|tx| users::members_of(tx, GroupId(3), 9)).unwrap(), [bob.id]);
    if fixture.kind() == Kind::Sqlite {
        let torn = fixture.texts("SELECT \"table\" || ' ' || rowid AS value FROM pragma_foreign_key_check");
        assert!(torn.is_empty(), "rows that refer to none: {torn:?}");
        let found = fixture.plan("SELECT email FROM users WHERE id = ?", &["1"]);
        assert!(found.contains("INTEGER PRIMARY KEY"), "{found}");
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
