//! The previous version runs on the schema of the new one, so that one can downgrade, and daemons of both versions can run
//! beside each other during an upgrade.

use std::collections::BTreeMap;

use crate::support::fixture::{Fixture, Kind};

/// A column: its type, whether it must have a value, whether it has a default.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    kind: String,
    is_required: bool,
    has_default: bool,
}

/// Columns by table and name, and unique indexes by name, with their columns.
#[derive(Clone, Debug, Default)]
struct Schema {
    columns: BTreeMap<(String, String), Column>,
    unique: BTreeMap<String, String>,
}

fn schema(fixture: &Fixture) -> Schema {
    let (columns, unique) = match fixture.kind() {
        // SQLite has one kind of integers, whatever their names.
        Kind::Sqlite => (
            "SELECT m.name || ' ' || c.name || ' ' || (c.\"notnull\" OR c.pk > 0) || ' ' || (c.dflt_value IS NOT NULL) || ' ' || \
             replace(c.type, 'BIGINT', 'INTEGER') AS value FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
            "SELECT name || ' ' || sql AS value FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE UNIQUE%'",
        ),
        Kind::Postgres => (
            "SELECT table_name || ' ' || column_name || ' ' || CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END || ' ' || \
             CASE WHEN column_default IS NOT NULL OR is_identity = 'YES' THEN 1 ELSE 0 END || ' ' || data_type AS value \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'",
            "SELECT indexname || ' ' || indexdef AS value FROM pg_indexes WHERE schemaname = 'public' \
             AND indexdef LIKE 'CREATE UNIQUE%' AND tablename NOT LIKE '\\_\\_%'",
        ),
    };
    let mut schema = Schema::default();
    for row in fixture.texts(columns) {
        let [table, column, is_required, has_default, kind @ ..] = &row.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let kind = kind.join(" ").to_lowercase();
        let column_is = Column { kind, is_required: *is_required == "1", has_default: *has_default == "1" };
        schema.columns.insert(((*table).to_owned(), (*column).to_owned()), column_is);
    }
    for row in fixture.texts(unique) {
        let (name, text) = row.split_once(' ').unwrap();
        schema.unique.insert(name.to_owned(), text.to_lowercase());
    }
    schema
}

/// What a program for `before` could no longer do on `after`.
fn broken(before: &Schema, after: &Schema) -> Vec<String> {
    let mut broken = Vec::new();
    for ((table, name), was) in &before.columns {
        match after.columns.get(&(table.clone(), name.clone())) {
            None => broken.push(format!("{table}.{name} is gone")),
            Some(is) if is.kind != was.kind => broken.push(format!("{table}.{name} was {} and is {}", was.kind, is.kind)),
            Some(is) if is.is_required && !was.is_required => broken.push(format!("{table}.{name} must have a value now")),
            Some(is) if was.has_default && !is.has_default => broken.push(format!("{table}.{name} has lost its default")),
            Some(_) => {}
        }
    }
    for ((table, name), is) in &after.columns {
        let is_known = before.columns.contains_key(&(table.clone(), name.clone()));
        let is_of_old_table = before.columns.keys().any(|(known, _)| known == table);
        if !is_known && is_of_old_table && is.is_required && !is.has_default {
            broken.push(format!("{table}.{name} is new and must have a value, which the program before does not give"));
        }
    }
    for (name, text) in after.unique.iter().filter(|(name, text)| before.unique.get(*name) != Some(*text)) {
        // An index over only rows that the new version writes does not affect the previous one.
        let table = text.split(" on ").nth(1).unwrap().split(['(', ' ']).next().unwrap().trim_start_matches("public.");
        let news = after
            .columns
            .keys()
            .filter(|(of, column)| of == table && !before.columns.contains_key(&(of.clone(), column.clone())));
        let is_of_new_rows = news.into_iter().any(|(_, column)| text.contains(column.as_str()));
        let is_of_old_table = before.columns.keys().any(|(known, _)| known == table);
        if is_of_old_table && !is_of_new_rows && !before.unique.contains_key(name) && !is_of_new_word(text) {
            broken.push(format!("{table}: {name} is new, and the program before may write what it refuses"));
        }
    }
    broken
}

/// Whether an index covers only rows of a kind that the previous version does not know.
fn is_of_new_word(index: &str) -> bool {
    index.contains("where") && index.contains("kind")
}

fn migrations(fixture: &Fixture) -> Vec<(String, String)> {
    let folder = match fixture.kind() {
        Kind::Sqlite => "migrations/sqlite",
        Kind::Postgres => "migrations/postgres",
    };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path().join("up.sql")).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn the_previous_version_reads_and_writes_all_its_columns() {
    for fixture in [Fixture::empty(Kind::Sqlite), Fixture::bare_postgres()] {
        let mut before = Schema::default();
        let mut seen = 0;
        for (name, text) in migrations(&fixture) {
            fixture.sql(&text).unwrap();
            let after = schema(&fixture);
            assert_eq!(broken(&before, &after), [] as [String; 0], "{name}");
            seen = after.columns.len();
            before = after;
        }
        assert!(seen > 150, "{seen}");
    }
}

#[test]
fn a_change_that_breaks_the_previous_version_is_detected() {
    for fixture in [Fixture::new(Kind::Sqlite), Fixture::new(Kind::Postgres)] {
        let before = schema(&fixture);
        for (change, expected) in [
            ("ALTER TABLE users ADD COLUMN rank INTEGER NOT NULL DEFAULT 0", None),
            ("ALTER TABLE users ADD COLUMN motto TEXT", None),
            ("CREATE TABLE ranks (id INTEGER NOT NULL)", None),
            ("CREATE UNIQUE INDEX users_motto ON users (motto)", None),
            ("ALTER TABLE bundles RENAME COLUMN name TO title", Some("bundles.name is gone")),
            ("ALTER TABLE bundles RENAME COLUMN title TO name", None),
            ("CREATE UNIQUE INDEX users_names ON users (first_name, last_name)", Some("users_names is new")),
            ("DROP TABLE idempotency_keys", Some("idempotency_keys.")),
        ] {
            fixture.sql(change).unwrap();
            let broken = broken(&before, &schema(&fixture));
            assert_eq!(
                broken.iter().any(|line| expected.is_some_and(|expected| line.contains(expected))),
                expected.is_some(),
                "{change}: {broken:?}"
            );
            assert!(expected.is_some() || broken.is_empty(), "{change}: {broken:?}");
        }
        if fixture.kind() == Kind::Postgres {
            fixture.sql("ALTER TABLE bundles ADD COLUMN colour TEXT NOT NULL").unwrap();
            assert!(broken(&before, &schema(&fixture)).iter().any(|line| line.contains("bundles.colour is new")));
        }
    }
}
