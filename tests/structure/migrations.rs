//! Compares the two folders of migrations: the same steps, the same tables, columns and indexes, and a way back.
//!
//! It parses only the SQL of migrations: CREATE and DROP of tables and indexes, ALTER TABLE. It skips the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const FOLDERS: [&str; 2] = ["migrations/sqlite", "migrations/postgres"];

/// A schema: a line for each column and index, each with the properties that must be the same in both.
#[derive(Default, Debug, PartialEq, Eq)]
struct Schema {
    /// By table, in order.
    columns: BTreeMap<String, Vec<(String, String)>>,
    /// By index: its table, and its definition.
    indexes: BTreeMap<String, (String, String)>,
}

impl Schema {
    fn apply(&mut self, script: &str) -> Result<(), String> {
        statements(script).iter().try_for_each(|statement| self.apply_one(statement).map_err(|why| format!("{why}: {statement}")))
    }

    fn apply_one(&mut self, statement: &str) -> Result<(), String> {
        let statement = &statement.replace(" if not exists", "").replace(" if exists", "");
        let words: Vec<&str> = statement.split(' ').collect();
        match words.as_slice() {
            ["create", "table", name, ..] => {
                let columns = parts(statement).into_iter().filter(|part| is_column(part)).map(|part| column(&part)).collect();
                self.columns.insert(bare(name), columns);
            }
            ["create", "index", name, "on", table, ..] | ["create", "unique", "index", name, "on", table, ..] => {
                let (_, shape) = statement.split_once('(').ok_or("no columns")?;
                let unique = if words[1] == "unique" { "unique" } else { "" };
                // PostgreSQL needs it for indexes that serve LIKE; SQLite compares byte by byte anyway.
                let shape = shape.replace(" text_pattern_ops", "");
                self.indexes.insert(bare(name), (bare(table), format!("{unique}({}", shape.replace(' ', ""))));
            }
            ["drop", "table", name, ..] => {
                self.columns.remove(&bare(name)).ok_or("no such table")?;
                self.indexes.retain(|_, (table, _)| *table != bare(name));
            }
            ["drop", "index", name, ..] => drop(self.indexes.remove(&bare(name)).ok_or("no such index")?),
            ["alter", "table", table, change @ ..] => self.alter(&bare(table), change)?,
            _ => {}
        }
        Ok(())
    }

    fn alter(&mut self, table: &str, change: &[&str]) -> Result<(), String> {
        if let ["rename", "to", name] = change {
            let columns = self.columns.remove(table).ok_or("no such table")?;
            self.columns.insert(bare(name), columns);
            for (of, _) in self.indexes.values_mut().filter(|(of, _)| of == table) {
                *of = bare(name);
            }
            return Ok(());
        }
        let columns = self.columns.get_mut(table).ok_or("no such table")?;
        match change {
            ["rename", "column", from, "to", to] => {
                let column = columns.iter_mut().find(|(name, _)| *name == bare(from)).ok_or("no such column")?;
                column.0 = bare(to);
            }
            ["drop", "column", name, ..] => columns.retain(|(column, _)| *column != bare(name)),
            ["add", "constraint", ..] => {}
            ["add", "column", rest @ ..] | ["add", rest @ ..] => columns.push(column(&rest.join(" "))),
            _ => {}
        }
        Ok(())
    }

    /// A line for each difference between the schemas `first` and `second`.
    fn differences(&self, other: &Schema, [first, second]: [&str; 2]) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, one: Option<String>, two: Option<String>| {
            let say = |side: Option<String>| side.unwrap_or_else(|| "nothing".to_owned());
            if one != two {
                differences.push(format!("{what}: {first} has {}, {second} has {}", say(one), say(two)));
            }
        };
        for table in union(&self.columns, &other.columns) {
            let names = |schema: &Schema| {
                schema
                    .columns
                    .get(table)
                    .map(|columns| columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "))
            };
            compare(&format!("the columns of {table}, in order"), names(self), names(other));
            let typed = |schema: &Schema, name: &str| {
                schema.columns.get(table)?.iter().find(|(column, _)| column == name).map(|(_, kind)| kind.clone())
            };
            for (name, kind) in self.columns.get(table).into_iter().flatten() {
                if let Some(others) = typed(other, name) {
                    compare(&format!("the column {table}.{name}"), Some(kind.clone()), Some(others));
                }
            }
        }
        for index in union(&self.indexes, &other.indexes) {
            let shape = |schema: &Schema| schema.indexes.get(index).map(|(table, shape)| format!("{table} {shape}"));
            compare(&format!("the index {index}"), shape(self), shape(other));
        }
        differences
    }
}

fn union<'a, T>(one: &'a BTreeMap<String, T>, two: &'a BTreeMap<String, T>) -> BTreeSet<&'a String> {
    one.keys().chain(two.keys()).collect()
}

fn bare(name: &str) -> String {
    name.split('(').next().unwrap_or(name).replace('"', "")
}

/// The statements of a script: no comments, one space between words, in lower case outside of quotes.
fn statements(script: &str) -> Vec<String> {
    let (mut statements, mut statement) = (Vec::new(), String::new());
    let mut rest = script;
    let take = |rest: &mut &str, length: usize| {
        let (taken, left) = rest.split_at(length.min(rest.len()));
        *rest = left;
        taken.to_owned()
    };
    while let Some(c) = rest.chars().next() {
        let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
        match c {
            '-' if rest.starts_with("--") => drop(take(&mut rest, until("\n", 0) - 1)),
            '/' if rest.starts_with("/*") => drop(take(&mut rest, until("*/", 2))),
            '\'' => statement.push_str(&take(&mut rest, until("'", 1))),
            '$' if rest.starts_with("$$") => statement.push_str(&take(&mut rest, until("$$", 2))),
            ';' => {
                statements.push(std::mem::take(&mut statement));
                rest = &rest[1..];
            }
            // Brackets and commas are separate words.
            _ => {
                let stands_alone = matches!(c, '(' | ')' | ',');
                statement.extend(stands_alone.then_some(' '));
                statement.push(c.to_ascii_lowercase());
                statement.extend(stands_alone.then_some(' '));
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    statements.push(statement);
    let tidy = |statement: String| statement.split_whitespace().collect::<Vec<_>>().join(" ");
    statements.into_iter().map(tidy).filter(|statement| !statement.is_empty()).collect()
}

/// The text between the first bracket and its end, split at the commas that are in no other bracket.
fn parts(statement: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), Vec::new(), 0);
    for word in statement.split(' ') {
        depth += i32::from(word == "(") - i32::from(word == ")");
        match word {
            "(" if depth == 1 => {}
            ")" if depth == 0 => break,
            "," if depth == 1 => parts.push(std::mem::take(&mut part).join(" ")),
            _ if depth >= 1 => part.push(word),
            _ => {}
        }
    }
    parts.push(part.join(" "));
    parts
}

fn is_column(part: &str) -> bool {
    !["primary", "unique", "check", "foreign", "constraint", "exclude"].contains(&part.split(' ').next().unwrap_or_default())
}

/// A column's name, and the properties that must be the same in both databases: its kind, and whether it may be null.
fn column(part: &str) -> (String, String) {
    let mut words = part.split(' ');
    let name = bare(words.next().unwrap_or_default());
    let ends = ["not", "null", "primary", "unique", "check", "default", "references", "collate", "generated", "constraint"];
    let kind: Vec<&str> = words.take_while(|word| !ends.contains(word)).collect();
    let nullable = if part.contains("not null") || part.contains("primary key") { " not null" } else { "" };
    (name, format!("{}{nullable}", normal(&kind.join(" "))))
}

/// One word for types that are the same to both databases. `timestamptz` stays itself, since our times are naive UTC.
fn normal(kind: &str) -> String {
    match kind.split(" (").next().unwrap_or_default() {
        "text" | "varchar" | "char" | "character varying" | "uuid" | "json" | "jsonb" => "text",
        "integer" | "int" | "int2" | "int4" | "int8" | "bigint" | "smallint" | "serial" | "bigserial" => "integer",
        "blob" | "bytea" | "binary" => "bytes",
        "bool" | "boolean" => "boolean",
        "timestamp" | "datetime" | "timestamp without time zone" => "timestamp",
        "real" | "float" | "double" | "double precision" | "float8" | "float4" => "real",
        other => other,
    }
    .to_owned()
}

/// The migrations of one database, in order.
fn migrations(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

fn names(folder: &str) -> Vec<String> {
    migrations(folder).iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

fn read(migration: &Path, file: &str) -> String {
    let path = migration.join(file);
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; a migration is up.sql and down.sql", path.display()))
}

#[test]
fn both_databases_have_the_same_migrations() {
    let [sqlite, postgres] = FOLDERS.map(names);
    assert_eq!(sqlite, postgres, "migrations/sqlite (left) and migrations/postgres (right) hold the same folders");
}

#[test]
fn both_databases_have_the_same_tables_columns_and_indexes() {
    let [sqlite, postgres] = FOLDERS.map(|folder| {
        let mut schema = Schema::default();
        for migration in migrations(folder) {
            schema.apply(&read(&migration, "up.sql")).unwrap_or_else(|why| panic!("{}/up.sql: {why}", migration.display()));
        }
        schema
    });
    let differences = sqlite.differences(&postgres, FOLDERS);
    assert!(differences.is_empty(), "the migration folders have drifted:\n{}", differences.join("\n"));
}

#[test]
fn each_way_down_undoes_its_way_up() {
    for migration in FOLDERS.into_iter().flat_map(migrations).collect::<BTreeSet<_>>() {
        let before = schema_before(&migration);
        let mut schema = schema_before(&migration);
        for script in ["up.sql", "down.sql"] {
            schema.apply(&read(&migration, script)).unwrap_or_else(|why| panic!("{}/{script}: {why}", migration.display()));
        }
        let differences = before.differences(&schema, ["before", "after"]);
        assert!(differences.is_empty(), "{}: up.sql and then down.sql leave\n{}", migration.display(), differences.join("\n"));
    }
}

/// The schema before this migration in the same folder.
fn schema_before(migration: &Path) -> Schema {
    let mut schema = Schema::default();
    let folder = migration.parent().unwrap().to_str().unwrap();
    for earlier in migrations(folder).into_iter().filter(|earlier| earlier.as_path() < migration) {
        schema.apply(&read(&earlier, "up.sql")).unwrap();
    }
    schema
}

/// The checker's report on two scripts.
fn differences(sqlite: &str, postgres: &str) -> Vec<String> {
    let [one, two] = [sqlite, postgres].map(|script| {
        let mut schema = Schema::default();
        schema.apply(script).unwrap();
        schema
    });
    one.differences(&two, ["one", "two"])
}

#[test]
fn one_schema_in_two_dialects_is_the_same() {
    let sqlite = "-- People; and groups.
        CREATE TABLE IF NOT EXISTS users (id TEXT NOT NULL PRIMARY KEY, born TIMESTAMP, hash BLOB NOT NULL DEFAULT 'a;b--',
            age INTEGER NOT NULL CHECK (age IN (1, 2)), CONSTRAINT one UNIQUE (id, age)) STRICT;
        CREATE TABLE old (id TEXT); ALTER TABLE old ADD COLUMN seen BOOLEAN NOT NULL; ALTER TABLE old RENAME TO new;
        CREATE UNIQUE INDEX users_age ON users (age, born) WHERE born IS NULL;";
    let postgres = "CREATE TABLE \"users\"(\"id\" VARCHAR(36) PRIMARY KEY, born timestamp without time zone, hash BYTEA NOT NULL
            DEFAULT 'x', age BIGINT CHECK (age > 0) NOT NULL, UNIQUE(id,age)); /* later; */ CREATE TABLE new (id UUID, seen BOOL NOT NULL);
        CREATE FUNCTION f() AS $$ SELECT 1; CREATE TABLE x (y TEXT); $$;
        create unique index users_age on users(age,born) where born is null;";
    assert_eq!(differences(sqlite, postgres), [] as [&str; 0]);
}

#[test]
fn every_kind_of_drift_is_reported() {
    for (sqlite, postgres, expected) in [
        ("CREATE TABLE a (b TEXT)", "", "the columns of a, in order: one has b, two has nothing"),
        (
            "CREATE TABLE a (b TEXT, c TEXT)",
            "CREATE TABLE a (c TEXT, b TEXT)",
            "the columns of a, in order: one has b, c, two has c, b",
        ),
        ("CREATE TABLE a (b TEXT)", "CREATE TABLE a (b BIGINT)", "the column a.b: one has text, two has integer"),
        ("CREATE TABLE a (b TEXT)", "CREATE TABLE a (b TEXT NOT NULL)", "the column a.b: one has text, two has text not null"),
        (
            "CREATE TABLE a (b TIMESTAMP)",
            "CREATE TABLE a (b TIMESTAMPTZ)",
            "the column a.b: one has timestamp, two has timestamptz",
        ),
        ("CREATE INDEX i ON a (b)", "CREATE UNIQUE INDEX i ON a (b)", "the index i: one has a (b), two has a unique(b)"),
        (
            "CREATE TABLE a (b TEXT); CREATE INDEX i ON a (b); DROP TABLE a",
            "CREATE INDEX i ON a (b)",
            "the index i: one has nothing, two has a (b)",
        ),
    ] {
        assert_eq!(differences(sqlite, postgres), [expected]);
    }
    assert!(Schema::default().apply("DROP TABLE a").is_err());
}
