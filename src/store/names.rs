//! The keys by which names are compared. Every row is written with its keys. This module adds keys to rows of older programs,
//! and settles duplicate names: the row with the lower id gets the name, and the other is contested until it is renamed or the
//! first is deleted.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::schema::{bundles, grants, user_groups, users};
use super::sql::raw::{Statement, raw_query};
use super::sql::rows::{Column, Part, Rows, column};
use super::{StoreError, Tx, each};
use crate::domain::UserId;
use crate::domain::name::{folded, key, shape};

/// The limit of rows of a table in one transaction.
pub const BATCH: i64 = 500;

/// Finds a row by name: by exact spelling, else by key. A contested name finds no row, neither its own nor another.
macro_rules! by_name {
    ($tx:expr, $table:ident, $column:ident, $key:ident, $name:expr, $select:expr => $row:ty) => {{
        let name: &$crate::domain::Name = $name;
        let here = || $table::table.filter($table::deleted_at.is_null());
        let spelled = here().filter($table::$column.eq(name.written())).select(($select, $table::is_name_contested));
        let spelled: Option<($row, bool)> = $crate::store::each!($tx, |c| spelled.get_result(c).optional()?);
        match spelled {
            Some((found, is_contested)) => (!is_contested).then_some(found),
            None => {
                let has_it = here().filter($table::$key.eq(name.key())).filter(diesel::dsl::not($table::is_name_contested));
                let has_it = has_it.select($select);
                $crate::store::each!($tx, |c| has_it.get_result::<$row>(c).optional()?)
            }
        }
    }};
}
pub(super) use by_name;

/// Two rows with the same name: the one that has it, and the one that must be renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// `user`, `group` or `bundle`.
    pub kind: &'static str,
    /// The row that must be renamed.
    pub id: i64,
    /// The name of the row to rename.
    pub name: String,
    /// The row that has the name.
    pub has_it: i64,
    /// The name of the row that has it.
    pub their_name: String,
}

/// Whether a row lacks keys, or a contested name became free.
pub fn is_any_to_fill(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    macro_rules! has_all {
        ($table:ident::$key:ident) => {{
            let query = $table::table.filter($table::$key.is_null()).limit(1).select($table::id);
            each!(tx, |c| query.load::<i64>(c)?).is_empty()
        }};
    }
    let unnamed = grants::table.filter(grants::comment_key.is_null()).filter(is_named()).limit(1).select(grants::id);
    let has_all = has_all!(users::username_key)
        && has_all!(user_groups::name_key)
        && has_all!(bundles::name_key)
        && each!(tx, |c| unnamed.load::<i64>(c)?).is_empty();
    Ok(!has_all || !freed(tx)?.is_empty())
}

/// Adds keys to up to `limit` rows of each table, oldest first, and gives freed names to the waiting rows; returns the number
/// of changed rows. Idempotent.
pub fn fill(tx: &mut Tx<'_>, limit: i64) -> Result<usize, StoreError> {
    let mut changed = fill_users(tx, limit)?;
    macro_rules! fill_named {
        ($table:ident) => {{
            let query = $table::table.filter($table::name_key.is_null()).order($table::id.asc()).limit(limit);
            let query = query.select(($table::id, $table::name, $table::deleted_at.is_null()));
            let rows: Vec<(i64, String, bool)> = each!(tx, |c| query.load(c)?);
            changed += rows.len();
            for (id, name, is_here) in rows {
                let key = key(&name);
                let taken = $table::table
                    .filter($table::name_key.eq(&key))
                    .filter($table::deleted_at.is_null())
                    .filter(diesel::dsl::not($table::is_name_contested))
                    .select($table::id);
                let holder = each!(tx, |c| taken.get_result::<i64>(c).optional()?).filter(|_| is_here);
                let is_taken = holder.is_some_and(|holder| holder < id);
                if let Some(holder) = holder.filter(|_| !is_taken) {
                    let contested = diesel::update($table::table.find(holder)).set($table::is_name_contested.eq(true));
                    each!(tx, |c| contested.execute(c)?);
                }
                let update = diesel::update($table::table.find(id))
                    .set(($table::name_key.eq(&key), $table::is_name_contested.eq(is_taken)));
                each!(tx, |c| update.execute(c).map_err(filled_by_others)?);
            }
        }};
    }
    fill_named!(user_groups);
    fill_named!(bundles);
    changed += fill_grants(tx, limit)?;
    let freed = freed(tx)?;
    changed += freed.len();
    for (kind, id) in freed {
        macro_rules! settle {
            ($table:ident) => {{
                let update = diesel::update($table::table.find(id)).set($table::is_name_contested.eq(false));
                each!(tx, |c| update.execute(c).map_err(filled_by_others)?);
            }};
        }
        match kind.as_str() {
            "user" => settle!(users),
            "group" => settle!(user_groups),
            _ => settle!(bundles),
        }
    }
    Ok(changed)
}

/// Updates the keys of a person after a change of name. An unchanged username keeps its key; a taken one is a violation, as in
/// `users::add`.
pub(super) fn fill_user(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    let query = users::table.find(id.0).select((users::username, users::first_name, users::last_name));
    let found: Option<(String, String, String)> = each!(tx, |c| query.get_result(c).optional()?);
    let Some((username, first_name, last_name)) = found else { return Ok(()) };
    let (username_key, username_shape) = (key(&username), shape(&username));
    let is_contested = !taken_by_others(tx, id.0, &[&username_key], &[&username_shape])?.is_empty();
    let update = diesel::update(users::table.find(id.0)).set((
        users::username_key.eq(username_key),
        users::username_shape.eq(username_shape),
        users::first_name_key.eq(key(&first_name)),
        users::last_name_key.eq(key(&last_name)),
        users::is_name_contested.eq(is_contested),
    ));
    each!(tx, |c| update.execute(c)?);
    Ok(())
}

/// The rows that must be renamed, by kind and id.
pub fn conflicts(tx: &mut Tx<'_>) -> Result<Vec<Conflict>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = BigInt)]
        has_it: i64,
        #[diesel(sql_type = Text)]
        their_name: String,
    }
    let rows: Vec<Row> = each!(tx, |c| sql_query(CONFLICTS).load(c)?);
    let kind = |row: &Row| match row.kind.as_str() {
        "user" => "user",
        "group" => "group",
        _ => "bundle",
    };
    Ok(rows
        .into_iter()
        .map(|row| Conflict { kind: kind(&row), id: row.id, name: row.name, has_it: row.has_it, their_name: row.their_name })
        .collect())
}

/// The warning to operators about such rows.
pub fn warning(conflicts: &[Conflict]) -> Option<String> {
    let count = conflicts.len();
    (count > 0).then(|| {
        format!(
            "{count} names of users, groups or bundles are taken by another row; `countersign user list --conflicts` shows them, \
             and `countersign user rename`, `group rename` and `bundle rename` settle them"
        )
    })
}

const CONFLICTS: &str = "SELECT 'user' AS kind, c.id, c.username AS name, MIN(o.id) AS has_it, MIN(o.username) AS their_name
        FROM users c JOIN users o ON (o.username_key = c.username_key OR o.username_shape = c.username_shape)
            AND o.deleted_at IS NULL AND NOT o.is_name_contested
        WHERE c.is_name_contested AND c.deleted_at IS NULL GROUP BY c.id, c.username
    UNION ALL SELECT 'group', c.id, c.name, o.id, o.name
        FROM user_groups c JOIN user_groups o ON o.name_key = c.name_key AND o.deleted_at IS NULL AND NOT o.is_name_contested
        WHERE c.is_name_contested AND c.deleted_at IS NULL
    UNION ALL SELECT 'bundle', c.id, c.name, o.id, o.name
        FROM bundles c JOIN bundles o ON o.name_key = c.name_key AND o.deleted_at IS NULL AND NOT o.is_name_contested
        WHERE c.is_name_contested AND c.deleted_at IS NULL
    ORDER BY 1, 2";

const FREED: &str = "SELECT 'user' AS kind, c.id, c.username_key AS key, c.username_shape AS shape FROM users c
        WHERE c.is_name_contested AND c.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM users o WHERE o.username_key = c.username_key AND o.deleted_at IS NULL
                AND NOT o.is_name_contested)
            AND NOT EXISTS (SELECT 1 FROM users o WHERE o.username_shape = c.username_shape AND o.deleted_at IS NULL
                AND NOT o.is_name_contested)
    UNION ALL SELECT 'group', c.id, c.name_key, c.name_key FROM user_groups c
        WHERE c.is_name_contested AND c.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM user_groups o WHERE o.name_key = c.name_key AND o.deleted_at IS NULL
                AND NOT o.is_name_contested)
    UNION ALL SELECT 'bundle', c.id, c.name_key, c.name_key FROM bundles c
        WHERE c.is_name_contested AND c.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM bundles o WHERE o.name_key = c.name_key AND o.deleted_at IS NULL
                AND NOT o.is_name_contested)
    ORDER BY 1, 2";

/// Contested names that became free, each once, with the id of the oldest waiting row.
fn freed(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Nullable<Text>)]
        key: Option<String>,
        #[diesel(sql_type = Nullable<Text>)]
        shape: Option<String>,
    }
    let rows: Vec<Row> = each!(tx, |c| sql_query(FREED).load(c)?);
    let (mut keys, mut shapes) = (HashSet::new(), HashSet::new());
    let mut freed = Vec::new();
    for row in rows {
        let (Some(key), Some(shape)) = (row.key, row.shape) else { continue };
        let (key, shape) = ((row.kind.clone(), key), (row.kind.clone(), shape));
        if !keys.contains(&key) && !shapes.contains(&shape) {
            freed.push((row.kind, row.id));
        }
        keys.insert(key);
        shapes.insert(shape);
    }
    Ok(freed)
}

/// The keys of a user.
struct Keys {
    id: i64,
    username: String,
    shape: String,
    first_name: String,
    last_name: String,
    is_contested: bool,
}

fn fill_users(tx: &mut Tx<'_>, limit: i64) -> Result<usize, StoreError> {
    let query = users::table.filter(users::username_key.is_null()).order(users::id.asc()).limit(limit);
    let query = query.select((users::id, users::username, users::first_name, users::last_name, users::deleted_at.is_null()));
    let rows: Vec<(i64, String, String, String, bool)> = each!(tx, |c| query.load(c)?);
    if rows.is_empty() {
        return Ok(0);
    }
    let names: Vec<(String, String)> = rows.iter().map(|(_, username, ..)| (key(username), shape(username))).collect();
    let keys: Vec<&str> = names.iter().map(|(key, _)| key.as_str()).collect();
    let shapes: Vec<&str> = names.iter().map(|(_, shape)| shape.as_str()).collect();
    let mut holders: Vec<NamedUser> = taken_by_others(tx, 0, &keys, &shapes)?;
    let mut displaced = Vec::new();
    let mut filled = Vec::with_capacity(rows.len());
    for ((id, _, first_name, last_name, is_here), (key_of, shape)) in rows.into_iter().zip(names) {
        let others = holders.iter().filter(|(holder, key, its)| *holder != id && (*key == key_of || *its == shape));
        let others: Vec<i64> = others.map(|(holder, ..)| *holder).collect();
        let is_contested = is_here && others.iter().any(|holder| *holder < id);
        if is_here && !is_contested {
            // A younger row took the name while this row had no key.
            holders.retain(|(holder, ..)| !others.contains(holder));
            displaced.extend(others);
            holders.push((id, key_of.clone(), shape.clone()));
        }
        let (first_name, last_name) = (key(&first_name), key(&last_name));
        filled.push(Keys { id, username: key_of, shape, first_name, last_name, is_contested });
    }
    if !displaced.is_empty() {
        let contested = users::table.filter(users::id.eq_any(displaced));
        each!(tx, |c| diesel::update(contested).set(users::is_name_contested.eq(true)).execute(c)?);
    }
    let rows = vec![
        ("id", Column::Numbers(column(&filled, |keys| keys.id))),
        ("username", Column::Texts(column(&filled, |keys| keys.username.as_str()))),
        ("shape", Column::Texts(column(&filled, |keys| keys.shape.as_str()))),
        ("first_name", Column::Texts(column(&filled, |keys| keys.first_name.as_str()))),
        ("last_name", Column::Texts(column(&filled, |keys| keys.last_name.as_str()))),
        ("is_contested", Column::Flags(column(&filled, |keys| keys.is_contested))),
    ];
    let parts = vec![Part::Rows(Rows::new(filled.len(), rows))];
    each!(tx, |c| Statement::<FillUsers, _>::over(parts).execute(c).map_err(filled_by_others)?);
    Ok(filled.len())
}

/// Whether a share has a name, in the exact form of the index over rows without a key.
fn is_named() -> diesel::expression::SqlLiteral<Bool> {
    diesel::dsl::sql::<Bool>("comment <> ''")
}

fn fill_grants(tx: &mut Tx<'_>, limit: i64) -> Result<usize, StoreError> {
    let query = grants::table.filter(grants::comment_key.is_null()).filter(is_named()).order(grants::id.asc()).limit(limit);
    let query = query.select((grants::id, grants::comment));
    let rows: Vec<(i64, String)> = each!(tx, |c| query.load(c)?);
    if rows.is_empty() {
        return Ok(0);
    }
    let keys: Vec<(i64, String)> = rows.into_iter().map(|(id, comment)| (id, folded(&comment))).collect();
    let rows = vec![
        ("id", Column::Numbers(column(&keys, |(id, _)| *id))),
        ("comment_key", Column::Texts(column(&keys, |(_, key)| key.as_str()))),
    ];
    let parts = vec![Part::Rows(Rows::new(keys.len(), rows))];
    each!(tx, |c| Statement::<FillGrants, _>::over(parts).execute(c)?);
    Ok(keys.len())
}

raw_query! {
    FillUsers -> BigInt =
        "UPDATE users SET username_key = n.username, username_shape = n.shape, first_name_key = n.first_name,
             last_name_key = n.last_name, is_name_contested = n.is_contested
         FROM {} WHERE users.id = n.id";
    FillGrants -> BigInt = "UPDATE grants SET comment_key = n.comment_key FROM {} WHERE grants.id = n.id";
}

/// A person with a username: the id, its key and its shape.
type NamedUser = (i64, String, String);

/// Other people with one of these usernames.
fn taken_by_others(tx: &mut Tx<'_>, id: i64, keys: &[&str], shapes: &[&str]) -> Result<Vec<NamedUser>, StoreError> {
    let those = || {
        let here = users::table.filter(users::deleted_at.is_null()).filter(diesel::dsl::not(users::is_name_contested));
        let named = users::username_key.is_not_null().and(users::username_shape.is_not_null());
        here.filter(users::id.ne(id)).filter(named).select((
            users::id,
            users::username_key.assume_not_null(),
            users::username_shape.assume_not_null(),
        ))
    };
    let by_key = those().filter(users::username_key.assume_not_null().eq_any(keys));
    let mut taken: Vec<NamedUser> = each!(tx, |c| by_key.load(c)?);
    let by_shape = those().filter(users::username_shape.assume_not_null().eq_any(shapes));
    taken.extend(each!(tx, |c| by_shape.load::<NamedUser>(c)?));
    Ok(taken)
}

/// A concurrent daemon filled them; the retry finds its result.
fn filled_by_others(error: diesel::result::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Violation(what) => StoreError::Conflict(what),
        other => other,
    }
}
