//! The migrations, compiled in. Each migration is one transaction. On PostgreSQL all pending ones share one, under an advisory
//! lock, so that concurrently started daemons do not run them twice. Our role's privileges there are checked first.

use diesel::connection::SimpleConnection;
use diesel::migration::Migration;
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::transaction::Transactions as _;
use super::{Conn, StoreError, each};

pub(super) const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
pub(super) const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// The number of the advisory lock.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7166216671)";

type Answer<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub(super) fn run(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    each!(conn, |c| c.migrate())
}

pub(super) fn pending(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    each!(conn, |c| c.pending())
}

pub(super) fn revert(conn: &mut Conn, count: usize) -> Result<(), StoreError> {
    each!(conn, |c| c.revert(count)).map_err(failed)
}

/// The migrations of a database.
trait Migrations {
    /// Runs the pending ones; returns their names.
    fn migrate(&mut self) -> Result<Vec<String>, StoreError>;
    /// The names of the pending ones.
    fn pending(&mut self) -> Result<Vec<String>, StoreError>;
    fn revert(&mut self, count: usize) -> Answer<()>;
}

impl Migrations for SqliteConnection {
    fn migrate(&mut self) -> Result<Vec<String>, StoreError> {
        loosely(self, |c| Ok(c.run_pending_migrations(SQLITE)?.iter().map(ToString::to_string).collect())).map_err(failed)
    }

    fn pending(&mut self) -> Result<Vec<String>, StoreError> {
        self.pending_migrations(SQLITE).map(|all| all.iter().map(|m| m.name().to_string()).collect()).map_err(failed)
    }

    fn revert(&mut self, count: usize) -> Answer<()> {
        loosely(self, |c| (0..count).try_for_each(|_| c.revert_last_migration(SQLITE).map(drop)))
    }
}

impl Migrations for PgConnection {
    fn migrate(&mut self) -> Result<Vec<String>, StoreError> {
        in_transaction(self, |c| {
            c.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
            c.batch_execute(LOCK)?;
            Ok(c.run_pending_migrations(POSTGRES)?.iter().map(ToString::to_string).collect())
        })
    }

    fn pending(&mut self) -> Result<Vec<String>, StoreError> {
        in_transaction(self, |c| Ok(c.pending_migrations(POSTGRES)?.iter().map(|m| m.name().to_string()).collect()))
    }

    fn revert(&mut self, count: usize) -> Answer<()> {
        (0..count).try_for_each(|_| self.revert_last_migration(POSTGRES).map(drop))
    }
}

/// Runs `work` in one transaction: behind a pooler, statements outside of one may run on different connections, without their
/// prepared statements. If it fails for a missing privilege, the error says which.
fn in_transaction<T>(c: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Answer<T>) -> Result<T, StoreError> {
    c.begin()?;
    let done = work(c);
    if done.is_ok() {
        c.commit()?;
    } else {
        // The original error says more than a failed rollback, which always fails on a lost connection.
        drop(c.undo());
        if let Some(missing) = missing_to_migrate(c) {
            return Err(StoreError::Unavailable(missing));
        }
    }
    done.map_err(failed)
}

/// Runs exactly these migrations on an empty database, in order.
pub(super) fn run_these(c: &mut SqliteConnection, mut these: Vec<Box<dyn Migration<Sqlite>>>) -> Answer<()> {
    these.sort_by_key(|one| one.name().version().to_string());
    loosely(c, |c| {
        // Creates the table of applied migrations.
        c.applied_migrations()?;
        these.iter().try_for_each(|one| c.run_migration(&**one).map(drop))
    })
}

/// Runs `work` without foreign key checks. SQLite recreates a referenced table by dropping the old one, and ignores this
/// setting inside a transaction (<https://sqlite.org/lang_altertable.html#otheralter>).
fn loosely<T>(c: &mut SqliteConnection, work: impl FnOnce(&mut SqliteConnection) -> Answer<T>) -> Answer<T> {
    c.batch_execute("PRAGMA foreign_keys = OFF")?;
    let done = work(c);
    let heeded = c.batch_execute("PRAGMA foreign_keys = ON");
    // The original error says more than a failure to restore the setting.
    done.and_then(|done| heeded.map(|()| done).map_err(Into::into))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
pub(super) fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Unavailable(format!("a migration failed, and the schema is as it was before it: {error}"))
}

#[derive(QueryableByName)]
struct Rights {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    database: String,
    /// Empty if no schema of the `search_path` is usable.
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Bool)]
    may_create: bool,
    /// The owner of our tables; empty if there are none, or our role owns them.
    #[diesel(sql_type = Text)]
    owner: String,
    /// Those of our tables that cannot be read and written.
    #[diesel(sql_type = Text)]
    closed: String,
}

const RIGHTS: &str = "SELECT current_user::text AS role, current_database()::text AS database, \
    coalesce(current_schema()::text, '') AS schema, \
    coalesce(has_schema_privilege(current_schema()::text, 'CREATE'), false) AS may_create, \
    coalesce((SELECT pg_get_userbyid(c.relowner)::text FROM pg_class c WHERE c.oid = to_regclass('__diesel_schema_migrations') \
        AND NOT pg_has_role(c.relowner, 'USAGE')), '') AS owner, \
    coalesce((SELECT string_agg(c.relname::text, ', ' ORDER BY c.relname) FROM pg_class c \
        JOIN pg_class l ON l.oid = to_regclass('__diesel_schema_migrations') \
        WHERE c.relkind = 'r' AND c.relnamespace = l.relnamespace AND c.relowner = l.relowner \
        AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') \
            AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))), '') AS closed";

/// Refuses a role that cannot read and write our tables.
pub(super) fn check(c: &mut PgConnection) -> Result<(), StoreError> {
    let rights = Rights::read(c)?;
    if rights.closed.is_empty() { Ok(()) } else { Err(StoreError::Unavailable(rights.to_use())) }
}

/// The privilege missing for migrations; none if they failed for another reason.
pub(super) fn missing_to_migrate(c: &mut PgConnection) -> Option<String> {
    let rights = Rights::read(c).ok()?;
    let Rights { role, database, schema, .. } = &rights;
    let role_name = quoted(role);
    if schema.is_empty() {
        let grant = format!("GRANT USAGE, CREATE ON SCHEMA public TO {role_name}");
        return Some(format!(
            "the role {role} may use no schema of its search_path; have a superuser run in {database}: {grant}"
        ));
    }
    if !rights.may_create {
        return Some(format!(
            "the role {role} may not create tables in the schema {schema}, which from PostgreSQL 15 on only the owner of the database \
             may by itself; have the owner or a superuser run in {database}: GRANT CREATE ON SCHEMA {} TO {role_name}",
            quoted(schema)
        ));
    }
    if !rights.owner.is_empty() {
        return Some(format!(
            "the tables belong to the role {}, and only their owner may change them; migrate as that role, or have a superuser run: \
             GRANT {} TO {role_name}",
            rights.owner,
            quoted(&rights.owner)
        ));
    }
    (!rights.closed.is_empty()).then(|| rights.to_use())
}

impl Rights {
    /// In a transaction: behind a pooler, statements outside of one may be prepared on one connection and run on another.
    fn read(c: &mut PgConnection) -> Result<Self, StoreError> {
        Ok(c.transaction(|c| sql_query(RIGHTS).get_result(c))?)
    }

    fn to_use(&self) -> String {
        format!(
            "the role {} may not read and write all tables ({}); have their owner run in {}: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL \
             TABLES IN SCHEMA {} TO {}",
            self.role,
            self.closed,
            self.database,
            quoted(&self.schema),
            quoted(&self.role)
        )
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
