//! Checks that a database's schema is the one of our migrations. A foreign trigger takes part in every change, and a missing
//! one protects nothing; a backup or a shared file can come with either.
//!
//! On SQLite, all of `sqlite_master` is compared with the same migrations run in memory. On PostgreSQL, only the audit's
//! triggers and foreign triggers and rules are checked.

use std::collections::{BTreeMap, BTreeSet};

use diesel::migration::MigrationSource;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::migrate::{self, POSTGRES, SQLITE};
use super::{Conn, StoreError};

/// The digest of the SQLite schema with all migrations. A database with this digest needs no comparison with a schema in
/// memory, which would take as long as the rest of a start.
const NEWEST: &str = "be5f0cc2bf5806e4496d53de2359de41c8af3678d9ed25455150ba29e83f8d62";

/// The text of each object, by its kind and name.
type Objects = BTreeMap<(String, String), String>;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Object {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

/// Excludes SQLite's own objects: counters, statistics, and indexes of constraints.
const OBJECTS: &str = "SELECT type AS kind, name, coalesce(sql, '') AS sql FROM sqlite_master \
    WHERE NOT (type = 'table' AND name IN ('sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4')) \
    AND NOT (type = 'index' AND name LIKE 'sqlite\\_autoindex\\_%' ESCAPE '\\' AND sql IS NULL)";

/// The names of the applied migrations.
const APPLIED: &str = "SELECT CAST(version AS TEXT) AS value FROM __diesel_schema_migrations";

/// The triggers on our tables: those in the audit's schema with the audit's owner. `tgtype` encodes time, events and level.
const TRIGGERS: &str = "SELECT format('%s on %s: %s %s%s%s%s %s', t.tgname, c.relname, t.tgtype, \
        replace(t.tgenabled::text, 'A', 'O'), CASE WHEN t.tgqual IS NULL THEN '' ELSE ' when' END, \
        coalesce(' of ' || (SELECT string_agg(n.attname, ', ' ORDER BY n.attname) FROM pg_attribute n \
            WHERE n.attrelid = c.oid AND n.attnum = ANY (t.tgattr)), ''), \
        CASE WHEN t.tgnargs = 0 THEN '' ELSE ' with' END, \
        btrim(regexp_replace(p.prosrc, '\\s+', ' ', 'g'))) AS value \
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid \
    JOIN pg_class a ON a.oid = to_regclass('audit') \
    WHERE NOT t.tgisinternal AND c.relnamespace = a.relnamespace AND c.relowner = a.relowner \
    UNION ALL SELECT format('the rule %s on %s', r.rulename, c.relname) \
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_class a ON a.oid = to_regclass('audit') \
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = a.relnamespace AND c.relowner = a.relowner ORDER BY 1";

/// Our triggers on PostgreSQL in the same format, each with its migration.
const OURS: [(&str, &str); 6] = [
    ("20261122000000", "audit_no_delete on audit: 11 O BEGIN RAISE EXCEPTION 'the audit is append-only'; END"),
    ("20261122000000", "audit_no_truncate on audit: 34 O BEGIN RAISE EXCEPTION 'the audit is append-only'; END"),
    ("20261122000000", "audit_no_update on audit: 19 O BEGIN RAISE EXCEPTION 'the audit is append-only'; END"),
    (
        "20261130194500",
        "users_renamed on users: 19 O of first_name, last_name, username BEGIN NEW.username_key := NULL; NEW.username_shape := NULL; \
         NEW.first_name_key := NULL; NEW.last_name_key := NULL; NEW.is_name_contested := FALSE; RETURN NEW; END",
    ),
    (
        "20261130194500",
        "grants_renamed on grants: 19 O of comment BEGIN IF NEW.comment <> OLD.comment AND NEW.comment_key IS NOT DISTINCT FROM \
         OLD.comment_key THEN NEW.comment_key := NULL; END IF; RETURN NEW; END",
    ),
    (
        "20261201173000",
        "api_keys_without_app on api_keys: 7 O BEGIN IF NEW.app_id IS NULL THEN INSERT INTO apps (id, name, redeem_urls, created_at) \
         VALUES (NEW.id, NEW.name, '', NEW.created_at); NEW.app_id := NEW.id; END IF; RETURN NEW; END",
    ),
];

/// The treatment of unknown triggers and views in a newer program's schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newer {
    /// Log a warning, because a downgrade to this program is supported.
    Warns,
    /// Refuse. Otherwise a made-up migration name could hide a foreign trigger.
    Refused,
}

/// Refuses a foreign schema and names the differences.
pub(super) fn check(conn: &mut Conn, newer: Newer) -> Result<(), StoreError> {
    let Found { mut differences, unknown } = match conn {
        Conn::Sqlite(c) => of_sqlite(c)?,
        Conn::Postgres(c) => {
            migrate::check(c)?;
            of_postgres(c)?
        }
    };
    if newer == Newer::Refused {
        differences.extend(unknown);
    } else if !unknown.is_empty() {
        tracing::warn!(
            unknown = unknown.join("; "),
            "the schema is of a newer program, or somebody says so; look whether that program makes these"
        );
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(StoreError::Unavailable(format!(
        "its schema is not the one that Countersign's migrations make: {}. Somebody changed it from outside; undo that, or put back a \
         backup that you trust",
        differences.join("; ")
    )))
}

/// Foreign differences, and those that a newer program may have made.
#[derive(Default)]
struct Found {
    differences: Vec<String>,
    unknown: Vec<String>,
}

fn of_sqlite(c: &mut SqliteConnection) -> Result<Found, StoreError> {
    let found = objects(c)?;
    if found.is_empty() {
        return Ok(Found::default());
    }
    if digest(&found) == NEWEST {
        return Ok(Found::default());
    }
    let has_list = found.contains_key(&key("table", "__diesel_schema_migrations"));
    let applied = if has_list { sql_query(APPLIED).load::<Line>(c)? } else { Vec::new() };
    let (expected, is_newer) = made_by(&applied.into_iter().map(|line| line.value).collect())?;
    Ok(compared(&found, &expected, is_newer))
}

fn digest(objects: &Objects) -> String {
    let parts = objects.iter().flat_map(|((kind, name), sql)| [kind.as_bytes(), name.as_bytes(), sql.as_bytes()]);
    crate::secret::hex(&crate::secret::digest(&parts.collect::<Vec<_>>()))
}

/// The schema of these migrations, and whether this program does not know some of them.
fn made_by(applied: &BTreeSet<String>) -> Result<(Objects, bool), StoreError> {
    let mut memory = SqliteConnection::establish(":memory:").map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let all = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE).map_err(migrate::failed)?;
    let known: Vec<_> = all.into_iter().filter(|one| applied.contains(&one.name().version().to_string())).collect();
    let is_newer = known.len() < applied.len();
    migrate::run_these(&mut memory, known).map_err(migrate::failed)?;
    Ok((objects(&mut memory)?, is_newer))
}

/// A newer program's schema may have more tables, columns and indexes. Its additional triggers and views are returned
/// separately.
fn compared(found: &Objects, expected: &Objects, is_newer: bool) -> Found {
    let is_stored = |kind: &str| matches!(kind, "table" | "index");
    let mut differences = Vec::new();
    for ((kind, name), sql) in expected {
        match found.get(&key(kind, name)) {
            None => differences.push(format!("the {kind} {name} is missing")),
            Some(other) if other != sql && !(is_newer && is_stored(kind)) => {
                differences.push(format!("the {kind} {name} is made otherwise"));
            }
            Some(_) => {}
        }
    }
    let may_be = |object: &(String, String)| expected.contains_key(object) || is_newer && is_stored(&object.0);
    let foreign = found.keys().filter(|object| !may_be(object)).map(|(kind, name)| format!("the {kind} {name} is not ours"));
    sorted(differences, foreign.collect(), is_newer)
}

fn sorted(mut differences: Vec<String>, foreign: Vec<String>, is_newer: bool) -> Found {
    if is_newer {
        return Found { differences, unknown: foreign };
    }
    differences.extend(foreign);
    Found { differences, unknown: Vec::new() }
}

fn key(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

fn objects(c: &mut SqliteConnection) -> Result<Objects, StoreError> {
    let objects: Vec<Object> = sql_query(OBJECTS).load(c)?;
    Ok(objects.into_iter().map(|object| ((object.kind, object.name), normal(&object.sql))).collect())
}

/// Normalises a statement: no comments, lower case outside quotes, no quotes around names, no insignificant blanks. SQLite
/// rewrites the text when a table is altered, in some versions with quotes.
fn normal(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    let mut is_apart = false;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let until = |text: &'static str| after.split_once(text).map_or("", |(_, behind)| behind);
        if rest.starts_with("--") {
            (rest, is_apart) = (until("\n"), true);
        } else if rest.starts_with("/*") {
            (rest, is_apart) = (until("*/"), true);
        } else if let Some(end) = closing(c) {
            let (inner, behind) = after.split_once(end).unwrap_or((after, ""));
            if end != '\'' && !inner.is_empty() && inner.chars().all(is_word) {
                // A plain name is equal with and without quotes.
                if is_apart && text.ends_with(is_word) {
                    text.push(' ');
                }
                text.push_str(&inner.to_lowercase());
            } else {
                text.push(c);
                text.push_str(inner);
                text.push(end);
            }
            (rest, is_apart) = (behind, false);
        } else if c.is_whitespace() {
            (rest, is_apart) = (after, true);
        } else {
            if is_apart && is_word(c) && text.ends_with(is_word) {
                text.push(' ');
            }
            text.extend(c.to_lowercase());
            (rest, is_apart) = (after, false);
        }
    }
    text
}

/// The closing character of a quoted text or name that begins with `c`.
fn closing(c: char) -> Option<char> {
    match c {
        '\'' | '"' | '`' => Some(c),
        '[' => Some(']'),
        _ => None,
    }
}

fn of_postgres(c: &mut PgConnection) -> Result<Found, StoreError> {
    let is_made = "SELECT coalesce(to_regclass('audit')::text, '') AS value";
    // In a transaction: behind a pooler, statements outside of one may be prepared on one connection and run on another.
    let read = c.transaction(|c| {
        let made = sql_query(is_made).load::<Line>(c)?;
        if made.iter().all(|line| line.value.is_empty()) {
            return Ok(None);
        }
        Ok(Some((sql_query(APPLIED).load::<Line>(c)?, sql_query(TRIGGERS).load::<Line>(c)?)))
    });
    let Some((applied, found)) = read.map_err(|error: diesel::result::Error| StoreError::from(error))? else {
        return Ok(Found::default());
    };
    let applied: BTreeSet<String> = applied.into_iter().map(|line| line.value).collect();
    let ours: Vec<&str> = OURS.iter().filter(|(made_by, _)| applied.contains(*made_by)).map(|(_, line)| *line).collect();
    let missing = ours.iter().filter(|line| !found.iter().any(|found| found.value == **line));
    let missing = missing.map(|line| format!("the trigger {} is missing, switched off or made otherwise", named(line)));
    let is_ours = |found: &str| ours.iter().any(|line| named(line) == named(found));
    let foreign = found.iter().filter(|found| !is_ours(&found.value));
    let foreign = foreign.map(|found| format!("{} is not ours", named(&found.value)));
    let all = MigrationSource::<diesel::pg::Pg>::migrations(&POSTGRES).map_err(migrate::failed)?;
    let known: BTreeSet<String> = all.iter().map(|one| one.name().version().to_string()).collect();
    Ok(sorted(missing.collect(), foreign.collect(), !applied.is_subset(&known)))
}

fn named(line: &str) -> &str {
    line.split(':').next().unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_newest_schema() {
        let all = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE).unwrap();
        let all = all.iter().map(|one| one.name().version().to_string()).collect();
        let (objects, is_newer) = made_by(&all).unwrap();
        assert!(!is_newer);
        assert_eq!(digest(&objects), NEWEST, "a migration changed the schema: write the first of these into NEWEST");
    }

    #[test]
    fn a_statement_is_the_same_however_it_is_written_and_another_where_it_means_another() {
        let one = normal("CREATE TABLE \"users\" (\n  id INTEGER, -- the id\n  name TEXT DEFAULT 'A  b' /* x */\n)");
        assert_eq!(one, "create table users(id integer,name text default'A  b')");
        assert_eq!(normal("create table users (id integer, name text DEFAULT 'A  b')"), one);
        for other in [
            "create table users (id integer, name text DEFAULT 'a  b')",
            "create table users (id integer, nametext DEFAULT 'A  b')",
            "create table users (id integer) --, name text DEFAULT 'A  b')",
        ] {
            assert_ne!(normal(other), one, "{other}");
        }
        // A quoted `--` begins no comment.
        let ours = "CREATE TRIGGER t BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'no'); END";
        let other =
            "CREATE TRIGGER t BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'no') \"--\" WHERE 0; DELETE FROM meta\n; END";
        assert_ne!(normal(other), normal(ours));
        assert_ne!(normal(&other.replace("\"--\"", "[--]")), normal(ours));
        assert_ne!(normal(&other.replace("\"--\"", "`/*`")), normal(ours));
    }
}
