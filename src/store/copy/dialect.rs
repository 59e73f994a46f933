//! What differs between the databases of a copy: the catalogs, and how rows become JSON arrays and back. Bytes are hexadecimal
//! digits, booleans 0 and 1.

use super::HEADS;
use super::catalog::{Column, Kind, Table};

/// The SQL of one database.
pub(super) struct Dialect {
    /// Table, column, type and position in the primary key of each column.
    pub(super) columns: &'static str,
    /// A table, and a table that it references.
    pub(super) references: &'static str,
    /// The number of other daemons and commands of ours.
    pub(super) others: &'static str,
    /// Begins a snapshot.
    pub(super) begin_to_read: &'static str,
    /// Begins to write these tables, and locks out other writers.
    pub(super) begin_to_write: fn(&[Table]) -> String,
    /// Runs after the commit.
    pub(super) after: &'static str,
    /// Selects all rows of a table in key order.
    pub(super) select: fn(&Table) -> String,
    /// Inserts the rows of one bound JSON array.
    pub(super) insert: fn(&Table) -> String,
    /// The highest id ever generated for the table with this key.
    pub(super) highest_id: fn(&Table, &str) -> String,
    /// Makes the next id higher than this one and all existing ones.
    pub(super) count_from: fn(&Table, &str, i64) -> String,
}

/// Blocks writes by commands until a snapshot ends.
pub(super) const SQLITE: Dialect = Dialect {
    columns: r"
        SELECT json_array(m.name, c.name, lower(c.type), c.pk) AS value
        FROM sqlite_master m, pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT LIKE '\_\_%' ESCAPE '\'",
    references: r#"
        SELECT json_array(m.name, f."table") AS value FROM sqlite_master m, pragma_foreign_key_list(m.name) f
        WHERE m.type = 'table'"#,
    others: "SELECT 0 AS value",
    begin_to_read: "BEGIN IMMEDIATE",
    begin_to_write: |_| "BEGIN IMMEDIATE".to_owned(),
    after: "",
    select: sqlite_select,
    insert: sqlite_insert,
    highest_id: |table, _| format!("SELECT seq AS value FROM sqlite_sequence WHERE name = {}", text(&table.name)),
    count_from: |table, key, highest| {
        let (name, from, key) = (text(&table.name), quoted(&table.name), quoted(key));
        format!(
            "DELETE FROM sqlite_sequence WHERE name = {name}; INSERT INTO sqlite_sequence (name, seq) \
             SELECT {name}, max({highest}, coalesce((SELECT max({key}) FROM {from}), 0)) FROM sqlite_master \
             WHERE type = 'table' AND name = {name} AND upper(sql) LIKE '%AUTOINCREMENT%'"
        )
    },
};

/// A copy needs no timeouts. Set for the transaction only, since a pooler may reuse the connection.
macro_rules! patient {
    ($begin:literal, $rest:literal) => {
        concat!($begin, "; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0", $rest)
    };
}

pub(super) const POSTGRES: Dialect = Dialect {
    // `indkey` counts from 0.
    columns: r"
        SELECT json_build_array(c.relname, a.attname, format_type(a.atttypid, NULL),
            coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0))::text AS value
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace
            AND c.relname NOT LIKE '\_\_%'",
    references: "
        SELECT json_build_array(c.relname, f.relname)::text AS value
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
        WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace",
    others: "SELECT count(*) AS value FROM pg_stat_activity \
        WHERE datname = current_database() AND application_name = 'countersign' AND pid <> pg_backend_pid()",
    begin_to_read: patient!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", ""),
    begin_to_write: |tables| {
        let names: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
        format!(concat!(patient!("BEGIN", "; LOCK TABLE "), "{} IN EXCLUSIVE MODE"), names.join(", "))
    },
    // PostgreSQL plans by its statistics. Without them it plans badly until it collects them by itself.
    after: patient!("BEGIN", "; ANALYZE; COMMIT"),
    select: postgres_select,
    insert: postgres_insert,
    highest_id: |table, key| {
        format!(
            "SELECT pg_sequence_last_value(s)::bigint AS value FROM {} WHERE s IS NOT NULL \
             AND pg_sequence_last_value(s) IS NOT NULL",
            sequence(table, key)
        )
    },
    count_from: |table, key, highest| {
        let (key_column, from, sequence) = (quoted(key), quoted(&table.name), sequence(table, key));
        format!(
            "SELECT setval(s, greatest({highest}, (SELECT max({key_column}) FROM {from}))) FROM {sequence} WHERE s IS NOT NULL"
        )
    },
};

/// The sequence of this column on PostgreSQL, as a table of one row.
fn sequence(table: &Table, key: &str) -> String {
    format!("(SELECT pg_get_serial_sequence({}, {})::regclass AS s) AS sequences", text(&quoted(&table.name)), text(key))
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

fn list(columns: &[Column], one: impl Fn(&Column) -> String) -> String {
    columns.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn condition(table: &Table) -> &'static str {
    if table.name == HEADS { "WHERE seq <> 0" } else { "" }
}

fn sqlite_select(table: &Table) -> String {
    let read = |column: &Column| {
        let name = quoted(&column.name);
        match column.kind {
            Kind::Bytes => format!("CASE WHEN {name} IS NULL THEN NULL ELSE lower(hex({name})) END"),
            Kind::Number | Kind::Text | Kind::Flag => name,
        }
    };
    let order: Vec<String> = table.key.iter().map(|name| quoted(name)).collect();
    let (columns, name, condition) = (list(&table.columns, read), quoted(&table.name), condition(table));
    format!("SELECT json_array({columns}) AS value FROM {name} {condition} ORDER BY {}", order.join(", "))
}

/// In the same order as SQLite: text is compared by bytes, whatever the database's locale.
fn postgres_select(table: &Table) -> String {
    let read = |column: &Column| {
        let name = quoted(&column.name);
        match column.kind {
            Kind::Bytes => format!("encode({name}, 'hex')"),
            Kind::Flag => format!("{name}::int"),
            Kind::Number | Kind::Text => name,
        }
    };
    let is_text = |name: &String| table.columns.iter().any(|column| column.name == *name && column.kind == Kind::Text);
    let order = table.key.iter().map(|name| {
        let collation = if is_text(name) { " COLLATE \"C\"" } else { "" };
        format!("{}{collation} NULLS FIRST", quoted(name))
    });
    let (columns, name, condition) = (list(&table.columns, read), quoted(&table.name), condition(table));
    // Key columns are never null, and only the order without `NULLS FIRST` can use the index.
    let order = order.collect::<Vec<_>>().join(", ");
    let order = if table.key.len() == table.columns.len() { order } else { order.replace(" NULLS FIRST", "") };
    format!("SELECT json_build_array({columns})::text AS value FROM {name} {condition} ORDER BY {order}")
}

fn sqlite_insert(table: &Table) -> String {
    let write = |(place, column): (usize, &Column)| {
        let value = format!("json_extract(value, '$[{place}]')");
        if column.kind == Kind::Bytes { format!("unhex({value})") } else { value }
    };
    let values: Vec<String> = table.columns.iter().enumerate().map(write).collect();
    let (columns, name) = (list(&table.columns, |column| quoted(&column.name)), quoted(&table.name));
    format!("INSERT INTO {name} ({columns}) SELECT {} FROM json_each(?) WHERE true{}", values.join(", "), instead(table))
}

fn postgres_insert(table: &Table) -> String {
    let write = |(place, column): (usize, &Column)| {
        let value = format!("(value ->> {place})");
        match column.kind {
            Kind::Bytes => format!("decode({value}, 'hex')"),
            Kind::Flag => format!("{value}::boolean"),
            Kind::Number => format!("{value}::bigint"),
            Kind::Text => value,
        }
    };
    let values: Vec<String> = table.columns.iter().enumerate().map(write).collect();
    let (columns, name) = (list(&table.columns, |column| quoted(&column.name)), quoted(&table.name));
    let (values, instead) = (values.join(", "), instead(table));
    format!("INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM json_array_elements($1::json){instead}")
}

/// A used head replaces the head that the target began with.
fn instead(table: &Table) -> &'static str {
    if table.name == HEADS { " ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash" } else { "" }
}
