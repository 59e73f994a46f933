//! A migration that is killed at each of its steps leaves a complete schema of some version with all data, and the next start
//! migrates it to the newest.
//!
//! On PostgreSQL, triggers stop the migration before and after each of its statements and in its COMMIT; there its process, its
//! connection or the whole server is killed. SQLite writes a transaction as late as possible, so its file is the same after
//! every statement: there the process is killed at each call that changes a file, one after the other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};

use super::syscalls::can_trace;
use super::{Client, skipped};
use crate::store::schema::made_of;
use crate::store::upgrade::{FIRST, LEDGER, people};
use crate::support::daemon::Daemon;
use crate::support::fixture::Kind;
use crate::support::postgres::{Cluster, Durability};

/// The database before the migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Nothing,
    /// The first schema with data: this many requests and grants.
    First(u32),
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

/// A database with a connection beside the daemon's.
struct Aside {
    url: String,
}

impl Aside {
    fn kind(&self) -> Kind {
        if self.url.starts_with("sqlite:") { Kind::Sqlite } else { Kind::Postgres }
    }

    fn path(&self) -> &str {
        self.url.trim_start_matches("sqlite:")
    }

    fn sql(&self, text: &str) {
        let done = match self.kind() {
            Kind::Sqlite => SqliteConnection::establish(self.path()).unwrap().batch_execute(text),
            Kind::Postgres => PgConnection::establish(&self.url).unwrap().batch_execute(text),
        };
        done.unwrap_or_else(|error| panic!("{error}: {text}"));
    }

    fn open(&self) -> Look {
        match self.kind() {
            Kind::Sqlite => Look::Sqlite(SqliteConnection::establish(self.path()).unwrap()),
            Kind::Postgres => Look::Postgres(PgConnection::establish(&self.url).unwrap()),
        }
    }

    /// Makes the starting database.
    fn begin_with(&self, start: Start) {
        let Start::First(rows) = start else { return };
        let kind = self.kind();
        if kind == Kind::Sqlite {
            self.sql("PRAGMA journal_mode = WAL");
        }
        self.sql(&format!("{}{LEDGER}", FIRST[usize::from(kind == Kind::Postgres)]));
        self.sql(&people(kind, "00"));
        self.sql("UPDATE outbox SET state = 'sent'");
        let numbers = format!("WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 999 + {rows})");
        self.sql(&format!(
            "{numbers} INSERT INTO requests (id, kind, initiator_id, target_id, allowed_id, items_key, message, ttl_seconds,
                expires_at, state, mail_state, letters, last_letter_at, created_at, is_narrowed)
                SELECT i, 'ask', 2, 1, 2, 'b' || i, 'number ' || i, 604800, 1800000000000000, 'pending', 'sent', 1, i, i, false FROM n;
             {numbers} INSERT INTO resources (id, uri, name, kind, owner_id, created_at)
                SELECT i, 'https://x.org/' || i, 'number ' || i, 'file', 1, i FROM n;
             {numbers} INSERT INTO grants (id, public_id, parent_id, grantor_id, grantee_kind, grantee_id, bundle_id, level, reshare,
                starts_at, is_enabled, comment, version, created_at, updated_at)
                SELECT i, 'grant-' || i, 1, 1, 'user', 2, 2, 'view', 0, i, true, 'number ' || i, 1, i, i FROM n;
             {numbers} INSERT INTO grant_resources (grant_id, resource_id) SELECT i, i FROM n;"
        ));
    }

    /// Its schema and its rows.
    fn all(&self) -> (Vec<String>, Vec<String>) {
        let mut look = self.open();
        (look.schema(self.kind()), look.rows(self.kind()))
    }
}

/// The keys of names (`src/store/names.rs`).
const KEYS: [&str; 7] =
    ["username_key", "username_shape", "first_name_key", "last_name_key", "name_key", "comment_key", "is_name_contested"];
/// The rows of each table without a key.
const WITHOUT_KEYS: &str = "SELECT 'user' AS value FROM users WHERE username_key IS NULL OR last_name_key IS NULL
    UNION ALL SELECT 'group' FROM user_groups WHERE name_key IS NULL UNION ALL SELECT 'bundle' FROM bundles WHERE name_key IS NULL
    UNION ALL SELECT 'grant' FROM grants WHERE comment_key IS NULL AND comment <> ''";

/// A connection for reading.
enum Look {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Look {
    fn texts(&mut self, text: &str) -> Vec<String> {
        let query = diesel::sql_query(text.to_owned());
        let rows: Vec<Value> = match self {
            Self::Sqlite(conn) => query.load(conn).unwrap(),
            Self::Postgres(conn) => query.load(conn).unwrap(),
        };
        rows.into_iter().map(|row| row.value.unwrap_or_default()).collect()
    }

    /// The whole schema, except additions by these tests.
    fn schema(&mut self, kind: Kind) -> Vec<String> {
        let of_ours = |line: &String| !line.contains("aside") && !line.contains("__diesel");
        self.texts(made_of(kind)).into_iter().filter(of_ours).collect()
    }

    /// Every row of every table, without the keys of names, which the program fills in after the migrations, in batches.
    fn rows(&mut self, kind: Kind) -> Vec<String> {
        let tables = match kind {
            Kind::Sqlite => "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1",
            Kind::Postgres => "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        };
        let mut rows = Vec::new();
        for table in self.texts(tables) {
            let columns = match kind {
                // The time of a migration always differs.
                _ if table.starts_with("__diesel") => "version".to_owned(),
                Kind::Sqlite => {
                    let keys = KEYS.map(|name| format!("'{name}'")).join(", ");
                    let list = format!(
                        "SELECT 'quote(\"' || name || '\")' AS value FROM pragma_table_info('{table}') WHERE name NOT IN ({keys})"
                    );
                    self.texts(&list).join(" || ' ' || ")
                }
                Kind::Postgres => format!("(to_jsonb(t) - '{{{}}}'::text[])::text", KEYS.join(",")),
            };
            let of_table = self.texts(&format!("SELECT {columns} AS value FROM {table} AS t ORDER BY 1"));
            rows.extend(of_table.into_iter().map(|row| format!("{table}: {row}")));
        }
        rows
    }
}

/// `countersign migrate`, started by another program.
fn migrate(url: &str, wrapper: &[&str]) -> Command {
    let words: Vec<&str> = wrapper.iter().copied().chain([env!("CARGO_BIN_EXE_countersign"), "migrate"]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env("COUNTERSIGN__DATABASE__URL", url).stdin(Stdio::null());
    command
}

fn said(ended: &Output) -> String {
    format!("{:?} {}{}", ended.status, String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr))
}

/// The next start after a kill, sometimes by a daemon, else by the command. Then the schema is the newest, and the rows are the
/// same as after an undisturbed migration.
fn comes_back(aside: &Aside, whole: &(Vec<String>, Vec<String>), step: usize, what: &str) {
    if step.is_multiple_of(8) {
        // A daemon does not start with foreign triggers.
        if aside.kind() == Kind::Postgres {
            aside.sql(NO_STOPS);
        }
        let mut daemon = Daemon::begin(&aside.url, &[]);
        assert!(daemon.is_ready(), "{what}: {}", daemon.log());
        assert_eq!(daemon.stop(), Some(0), "{what}");
    } else {
        let ended = migrate(&aside.url, &[]).output().unwrap();
        assert!(ended.status.success(), "{what}: {}", said(&ended));
    }
    // A daemon stores values of its own.
    let is_migrations = |row: &&String| !row.starts_with("meta:");
    let (schema, rows) = aside.all();
    assert_eq!(differences(&schema, &whole.0), [""; 0], "{what}");
    let rows_of = |rows: &[String]| rows.iter().filter(is_migrations).cloned().collect::<Vec<_>>();
    assert_eq!(differences(&rows_of(&rows), &rows_of(&whole.1)), [""; 0], "{what}");
    assert_eq!(aside.open().texts(WITHOUT_KEYS), [""; 0], "{what}");
}

/// The lines that only one of them has.
fn differences<'a>(is: &'a [String], expected: &'a [String]) -> Vec<&'a str> {
    let set = |lines: &'a [String]| lines.iter().map(String::as_str).collect::<BTreeSet<&str>>();
    set(is).symmetric_difference(&set(expected)).copied().collect()
}

/// The valid states of a database: before all migrations, after the first one, and so on to the last.
fn stages(start: Start) -> Vec<(Vec<String>, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let aside = Aside { url: format!("sqlite:{}", folder.path().join("stages.db").display()) };
    aside.begin_with(start);
    let mut names: Vec<PathBuf> = std::fs::read_dir("migrations/sqlite").unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let ran = usize::from(start != Start::Nothing);
    if start == Start::Nothing {
        aside.sql(LEDGER.split(';').next().unwrap());
    }
    let mut stages = vec![aside.all()];
    for name in &names[ran..] {
        let version: String = name.file_name().unwrap().to_str().unwrap().split('_').next().unwrap().replace('-', "");
        let up = std::fs::read_to_string(name.join("up.sql")).unwrap();
        // As the program does: it rebuilds a table that others refer to by dropping it.
        aside.sql(&format!(
            "PRAGMA foreign_keys = OFF; BEGIN; {up}; INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}'); COMMIT"
        ));
        stages.push(aside.all());
    }
    stages
}

fn copy(from: &Path, to: &Path) {
    for end in ["", "-wal", "-shm", ".lock"] {
        let beside = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
        let _ = std::fs::remove_file(beside(to));
        if beside(from).exists() {
            std::fs::copy(beside(from), beside(to)).unwrap();
        }
    }
}

/// The calls that change the file and those beside it.
const CALLS: [&str; 4] = ["pwrite64", "fsync,fdatasync", "ftruncate", "unlink"];

/// Kills it at each such call, or at every `stride`th.
fn killed_at_each_call(start: Start, stride: usize) {
    let folder = tempfile::tempdir().unwrap();
    let (from, path) = (folder.path().join("from.db"), folder.path().join("killed.db"));
    Aside { url: format!("sqlite:{}", from.display()) }.begin_with(start);
    let aside = Aside { url: format!("sqlite:{}", path.display()) };
    let stages = stages(start);
    let whole = stages.last().unwrap();
    let (mut seen, mut kills) = (vec![0; stages.len()], 0);
    for calls in CALLS {
        for at in (1..).step_by(stride) {
            copy(&from, &path);
            let inject = format!("inject={calls}:signal=KILL:when={at}");
            let trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}"), "-e", &inject];
            let ended = migrate(&aside.url, &trace).output().unwrap();
            if ended.status.success() {
                break;
            }
            kills += 1;
            let what = format!("killed at {calls} {at} from {start:?}");
            assert_eq!(ended.status.code(), None, "{what}: {}", said(&ended));
            if path.exists() {
                // A copy, since reading the original would repair it.
                let beside = folder.path().join("seen.db");
                copy(&path, &beside);
                assert_eq!(Client::open_copy(beside.to_str().unwrap()), "ok", "{what}");
                let left = Aside { url: format!("sqlite:{}", beside.display()) }.all();
                let stage = stages.iter().position(|stage| *stage == left);
                // A file without the table of migrations is the first state of an empty start.
                let stage = stage.or_else(|| left.0.is_empty().then_some(0));
                seen[stage.unwrap_or_else(|| panic!("{what}: half of a migration is left: {:?}", left.0))] += 1;
            }
            comes_back(&aside, whole, kills, &what);
        }
        assert_eq!(aside.all(), *whole, "and whoever is not killed");
    }
    eprintln!("{start:?}: killed at {kills} calls; after so many migrations: {seen:?}");
    assert!(stride > 1 || seen.iter().all(|count| *count > 0), "between every two of them: {seen:?}");
}

fn is_long() -> bool {
    std::env::var_os("FAULT_MINUTES").is_some()
}

#[test]
fn a_migration_killed_at_any_call_leaves_a_known_schema_on_sqlite() {
    if !can_trace() {
        return skipped("a migration that is killed on SQLite", "strace is not there, or may not trace");
    }
    killed_at_each_call(Start::First(50), 1);
    if is_long() {
        killed_at_each_call(Start::Nothing, 1);
        // More than SQLite keeps in memory: parts of the uncommitted transaction are in the WAL.
        killed_at_each_call(Start::First(20_000), 397);
    }
}

/// Stops at a given step of a transaction: before and after each statement that changes the schema or rows, and at the commit.
/// There it ends its connection, or waits for a lock that the test holds.
const STOPS: &str = "
    CREATE SCHEMA aside;
    CREATE TABLE aside.stop (at INTEGER NOT NULL, how TEXT NOT NULL);
    INSERT INTO aside.stop VALUES (0, '');
    CREATE FUNCTION aside.step() RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        passed INTEGER := coalesce(nullif(current_setting('aside.passed', true), ''), '0')::integer + 1;
        stop aside.stop;
    BEGIN
        IF current_setting('application_name') <> 'countersign' THEN RETURN; END IF;
        PERFORM set_config('aside.passed', passed::text, true);
        SELECT * INTO stop FROM aside.stop;
        IF stop.at = passed AND stop.how = 'end' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
        IF stop.at = passed AND stop.how = 'wait' THEN PERFORM pg_advisory_xact_lock(4711); END IF;
    END $$;
    CREATE FUNCTION aside.of_schema() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM aside.step(); END $$;
    CREATE FUNCTION aside.of_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM aside.step(); RETURN NULL; END $$;
    CREATE EVENT TRIGGER aside_before ON ddl_command_start EXECUTE FUNCTION aside.of_schema();
    CREATE EVENT TRIGGER aside_after ON ddl_command_end EXECUTE FUNCTION aside.of_schema();
";

/// The same for rows of existing tables.
const ROW_STOPS: &str = "
    DO $$ DECLARE name TEXT; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TRIGGER aside_before BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION aside.of_rows()', name);
            EXECUTE format('CREATE TRIGGER aside_after AFTER INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION aside.of_rows()', name);
        END LOOP;
    END $$;
    CREATE CONSTRAINT TRIGGER aside_commit AFTER INSERT ON __diesel_schema_migrations DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION aside.of_rows();
";

/// Removes the stops for rows.
const NO_STOPS: &str = "
    DO $$ DECLARE stop RECORD; BEGIN
        FOR stop IN SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE 'aside%' LOOP
            EXECUTE format('DROP TRIGGER %I ON %I', stop.tgname, stop.relname);
        END LOOP;
    END $$;
";

/// A database with stops, its state before, and its state after.
struct Stops {
    aside: Aside,
    before: (Vec<String>, Vec<String>),
    whole: (Vec<String>, Vec<String>),
}

/// The result of a migration that was stopped at a step.
#[derive(Debug, PartialEq, Eq)]
enum Left {
    Nothing,
    All,
}

impl Stops {
    fn on(cluster: &Cluster, start: Start) -> Self {
        let clean = Aside { url: cluster.create_empty_database() };
        clean.begin_with(start);
        assert!(migrate(&clean.url, &[]).output().unwrap().status.success());
        let aside = Self::fresh(cluster, start);
        Self { before: aside.all(), whole: clean.all(), aside }
    }

    fn fresh(cluster: &Cluster, start: Start) -> Aside {
        let aside = Aside { url: cluster.create_empty_database() };
        aside.begin_with(start);
        aside.sql(STOPS);
        if start != Start::Nothing {
            aside.sql(ROW_STOPS);
        }
        aside
    }

    fn stop_at(&self, step: usize, how: &str) {
        self.aside.sql(&format!("UPDATE aside.stop SET at = {step}, how = '{how}'"));
    }

    /// Starts a migration and waits until it stops at that step; none if it ends before.
    fn standing_at(&self, step: usize) -> Option<Child> {
        self.stop_at(step, "wait");
        let mut child = migrate(&self.aside.url, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let waits = "SELECT 'waits' AS value FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted \
                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let mut look = self.aside.open();
        crate::support::wait_until("the migration to stand still", || {
            let is_waiting = !look.texts(waits).is_empty();
            (is_waiting || child.try_wait().unwrap().is_some()).then_some(is_waiting)
        })
        .then_some(child)
    }

    /// Waits until no connection uses it any more.
    fn is_left(&self) {
        let others = "SELECT pid::text AS value FROM pg_stat_activity WHERE datname = current_database() \
                      AND application_name = 'countersign'";
        let mut look = self.aside.open();
        crate::support::wait_until("the connection to end", || look.texts(others).is_empty().then_some(()));
    }

    /// Nothing or everything.
    fn what_is_left(&self, what: &str) -> Left {
        let left = self.aside.all();
        if left == self.before {
            return Left::Nothing;
        }
        assert_eq!(differences(&left.0, &self.whole.0), [""; 0], "{what}: half of a migration is left");
        assert_eq!(differences(&left.1, &self.whole.1), [""; 0], "{what}");
        Left::All
    }

    /// Starts again without stops.
    fn comes_back(&self, step: usize, what: &str) {
        self.stop_at(0, "");
        comes_back(&self.aside, &self.whole, step, what);
    }
}

/// Steps after the COMMIT, in which names get their keys: before and after an UPDATE of the users, one of the group, one of
/// each bundle and one of the grants.
const KEY_STEPS: usize = 10;

/// Whether that step is after the last statement, in the COMMIT or later, so that a kill there may leave everything.
fn is_in_the_commit(step: usize, steps: usize, start: Start) -> bool {
    let migrations = std::fs::read_dir("migrations/postgres").unwrap().count() - 1;
    start != Start::Nothing && step > steps - migrations - KEY_STEPS
}

/// Kills the process, and ends the connection, at each step.
fn killed_at_each_step(start: Start) {
    let cluster = Cluster::shared();
    let mut history = Stops::on(cluster, start);
    let (mut steps, mut undone, mut done) = (0, 0, Vec::new());
    while let Some(mut child) = {
        let mut holder = PgConnection::establish(&history.aside.url).unwrap();
        holder.batch_execute("SELECT pg_advisory_lock(4711)").unwrap();
        let child = history.standing_at(steps + 1);
        child.map(|mut child| {
            child.kill().unwrap();
            drop(holder);
            child
        })
    } {
        steps += 1;
        let what = format!("{start:?}: killed at step {steps}");
        assert_eq!(child.wait().unwrap().code(), None, "{what}");
        history.is_left();
        match history.what_is_left(&what) {
            Left::Nothing => undone += 1,
            Left::All => done.push(steps),
        }
        // A process whose connection ends there reports it, and has changed nothing.
        if !done.contains(&steps) {
            history.stop_at(steps, "end");
            let ended = migrate(&history.aside.url, &[]).output().unwrap();
            assert_eq!(ended.status.code(), Some(1), "{what}: {}", said(&ended));
            assert!(said(&ended).contains("the schema is as it was before"), "{what}: {}", said(&ended));
            assert_eq!(history.what_is_left(&what), Left::Nothing);
        }
        if steps.is_multiple_of(6) || done.contains(&steps) {
            history.comes_back(steps, &what);
            cluster.drop_database(&history.aside.url);
            history.aside = Stops::fresh(cluster, start);
        }
    }
    // The last one stopped nowhere and completed.
    assert_eq!(history.what_is_left("whoever is not killed"), Left::All);
    eprintln!("{start:?}: killed at {steps} steps; nothing is left of {undone}, all of {done:?}");
    assert!(steps > 60, "{steps}");
    assert!(done.iter().all(|step| is_in_the_commit(*step, steps, start)), "{done:?} of {steps}");
    assert_eq!(undone + done.len(), steps);
    assert!(start == Start::Nothing || !done.is_empty(), "who is killed while the server commits has it all");
}

#[test]
fn a_migration_killed_at_any_statement_is_complete_or_undone_on_postgresql() {
    killed_at_each_step(Start::First(50));
    if is_long() {
        killed_at_each_step(Start::Nothing);
    }
}

/// The whole server is killed at the first statement, in the middle, and at the commit.
#[test]
fn a_migration_whose_postgresql_is_killed_is_complete_or_undone() {
    let cluster = Cluster::start(Durability::Full);
    for step in [1, 40, 75] {
        let stops = Stops::on(&cluster, Start::First(50));
        let mut holder = PgConnection::establish(&stops.aside.url).unwrap();
        holder.batch_execute("SELECT pg_advisory_lock(4711)").unwrap();
        let mut child = stops.standing_at(step).unwrap();
        cluster.crash();
        assert_eq!(child.wait().unwrap().code(), Some(1), "it is told");
        drop(holder);
        cluster.recover();
        let what = format!("the server was killed at step {step}");
        assert_eq!(stops.what_is_left(&what), Left::Nothing);
        stops.comes_back(step, &what);
    }
}
