//! Reads the tables from the databases' catalogs: columns, keys, and the order of insertion by foreign key.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::CopyError;

/// The type of a column, as far as both databases distinguish it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Bytes,
    Flag,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// A table. Columns are sorted by name, because the databases may order them differently.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// The columns of the primary key in order; all columns if there is none.
    pub(super) key: Vec<String>,
}

/// Builds the tables from the query results, each after the tables it references.
pub(super) fn tables(columns: &[String], references: &[String]) -> Result<Vec<Table>, CopyError> {
    let mut found: BTreeMap<String, Vec<(i64, Column)>> = BTreeMap::new();
    for row in columns {
        let (table, name, kind, place): (String, String, String, i64) = parse(row)?;
        let kind = kind_of(&kind).ok_or_else(|| CopyError::Kind(format!("{table}.{name}"), kind))?;
        found.entry(table).or_default().push((place, Column { name, kind }));
    }
    let references = references.iter().map(|row| parse(row)).collect::<Result<Vec<(String, String)>, _>>()?;
    let tables = found.into_iter().map(|(name, columns)| table(name, columns)).collect();
    Ok(in_order(tables, &references))
}

fn table(name: String, mut columns: Vec<(i64, Column)>) -> Table {
    columns.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
    let mut key: Vec<_> = columns.iter().filter(|(place, _)| *place > 0).collect();
    key.sort_by_key(|(place, _)| *place);
    let key = if key.is_empty() { columns.iter().collect() } else { key };
    let key = key.into_iter().map(|(_, column)| column.name.clone()).collect();
    Table { name, columns: columns.into_iter().map(|(_, column)| column).collect(), key }
}

fn parse<T: DeserializeOwned>(row: &str) -> Result<T, CopyError> {
    serde_json::from_str(row).map_err(|error| CopyError::Row("of tables".into(), error.to_string()))
}

/// SQLite accepts any word as a type, PostgreSQL only its own.
fn kind_of(word: &str) -> Option<Kind> {
    match word {
        "bigint" | "integer" | "smallint" => Some(Kind::Number),
        "text" => Some(Kind::Text),
        "blob" | "bytea" => Some(Kind::Bytes),
        "boolean" => Some(Kind::Flag),
        _ => None,
    }
}

/// Sorts tables after those they reference. Within a table, rows reference lower keys. Tables in a cycle come last, and the
/// database then decides.
fn in_order(mut waiting: Vec<Table>, references: &[(String, String)]) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::with_capacity(waiting.len());
    loop {
        let open: BTreeSet<String> = waiting.iter().map(|table| table.name.clone()).collect();
        let waits = |table: &Table| references.iter().any(|(from, to)| *from == table.name && to != from && open.contains(to));
        let (later, ready): (Vec<_>, Vec<_>) = waiting.into_iter().partition(waits);
        if ready.is_empty() {
            ordered.extend(later);
            return ordered;
        }
        ordered.extend(ready);
        waiting = later;
    }
}

/// The differences between the tables of the two databases.
pub(super) fn differences(source: &[Table], target: &[Table]) -> Vec<String> {
    let (one, other) = (lines(source), lines(target));
    let only = |here: &BTreeSet<String>, there: &BTreeSet<String>, side: &str| -> Vec<String> {
        here.difference(there).map(|line| format!("only {side} has {line}")).collect()
    };
    [only(&one, &other, "--from"), only(&other, &one, "--to")].concat()
}

fn lines(tables: &[Table]) -> BTreeSet<String> {
    let of = |table: &Table| {
        let column = |column: &Column| format!("{}.{} ({:?})", table.name, column.name, column.kind).to_lowercase();
        let mut lines: Vec<String> = table.columns.iter().map(column).collect();
        lines.push(format!("{} with the key {}", table.name, table.key.join(", ")));
        lines
    };
    tables.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(rows: &[&str]) -> Vec<String> {
        rows.iter().map(|row| (*row).to_owned()).collect()
    }

    fn made(columns: &[&str], references: &[&str]) -> Vec<Table> {
        tables(&strings(columns), &strings(references)).unwrap()
    }

    #[test]
    fn a_table_comes_behind_those_it_refers_to() {
        let columns = [r#"["a","id","bigint",1]"#, r#"["b","id","bigint",1]"#, r#"["c","id","bigint",1]"#];
        let order =
            |references: &[&str]| -> Vec<String> { made(&columns, references).into_iter().map(|table| table.name).collect() };
        assert_eq!(order(&[]), ["a", "b", "c"]);
        assert_eq!(order(&[r#"["a","b"]"#, r#"["b","c"]"#, r#"["a","a"]"#]), ["c", "b", "a"]);
        assert_eq!(order(&[r#"["a","b"]"#, r#"["b","a"]"#]), ["c", "a", "b"]);
    }

    #[test]
    fn a_key_is_in_its_own_order_and_a_table_without_one_goes_by_all() {
        let table = &made(&[r#"["a","x","text",2]"#, r#"["a","y","blob",1]"#, r#"["a","b","boolean",0]"#], &[])[0];
        assert_eq!(table.key, ["y", "x"]);
        assert_eq!(made(&[r#"["a","y","text",0]"#, r#"["a","x","text",0]"#], &[])[0].key, ["x", "y"]);
    }

    #[test]
    fn what_is_not_alike_is_named() {
        let one = made(&[r#"["a","id","bigint",1]"#, r#"["a","x","text",0]"#], &[]);
        let other = made(&[r#"["a","id","integer",1]"#, r#"["a","x","bytea",0]"#, r#"["b","id","bigint",1]"#], &[]);
        assert_eq!(differences(&one, &one), [""; 0]);
        assert_eq!(
            differences(&one, &other),
            [
                "only --from has a.x (text)",
                "only --to has a.x (bytes)",
                "only --to has b with the key id",
                "only --to has b.id (number)"
            ]
        );
    }

    #[test]
    fn a_kind_without_a_rule_is_refused_by_name() {
        let refused = tables(&strings(&[r#"["a","at","timestamp",0]"#]), &[]).unwrap_err();
        assert_eq!(refused.to_string(), "the column a.at is of the kind \"timestamp\", which this program cannot copy");
    }
}
