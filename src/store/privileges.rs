//! Checks our role's privileges on PostgreSQL, and names the statement that grants the missing ones. It reads the catalog,
//! because error messages are in the server's language.

use diesel::sql_types::{Bool, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use super::StoreError;

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
