//! People and groups.

use diesel::prelude::*;

use super::names::by_name;
use super::schema::{grants, group_members, principals, user_groups, users};
use super::sql::any::is_any;
use super::sql::lock::{Share, locked};
use super::tx::Lock;
use super::{StoreError, Tx, each, load_all, row};
use crate::clock::from_micros;
use crate::domain::name::{key, shape};
use crate::domain::{Address, Group, GroupId, Name, NewUser, Page, PrincipalId, Slice, User, UserId};

row! {
    struct Row from users {
        id: i64,
        username: String,
        email: String,
        first_name: String,
        last_name: String,
        locale: String,
        time_zone: String,
        is_external: bool,
        is_admin: bool,
        password_hash: Option<String>,
        created_at: i64,
        decides_from: Option<i64>,
        is_language_chosen: bool,
    }
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        Self {
            id: UserId(row.id),
            username: row.username,
            email: Address::from_stored(row.email),
            first_name: row.first_name,
            last_name: row.last_name,
            locale: row.locale,
            time_zone: row.time_zone,
            is_external: row.is_external,
            is_admin: row.is_admin,
            password_hash: row.password_hash,
            created_at: from_micros(row.created_at),
            decides_from: row.decides_from.map(from_micros),
            is_language_chosen: row.is_language_chosen,
        }
    }
}

/// Adds a person. A taken address or username is a violation of `users.email` or `users.username`; a username confusable with a
/// taken one, of `users.username_key` or `users.username_shape`.
pub fn add(tx: &mut Tx<'_>, user: &NewUser) -> Result<User, StoreError> {
    let now = tx.micros();
    let id: i64 = each!(tx, |c| {
        diesel::insert_into(principals::table).values(principals::kind.eq("user")).returning(principals::id).get_result(c)?
    });
    let username = user.username.as_deref().unwrap_or(user.email.as_str());
    let values = (
        users::id.eq(id),
        users::username.eq(username),
        users::email.eq(user.email.as_str()),
        users::first_name.eq(&user.first_name),
        users::last_name.eq(&user.last_name),
        users::locale.eq(&user.locale),
        users::time_zone.eq(&user.time_zone),
        users::is_external.eq(user.is_external),
        users::is_admin.eq(user.is_admin),
        users::password_hash.eq(&user.password_hash),
        users::eth_address.eq(&user.eth_address),
        users::tenant.eq(&user.tenant),
        users::created_at.eq(now),
        (
            users::username_key.eq(key(username)),
            users::username_shape.eq(shape(username)),
            users::first_name_key.eq(key(&user.first_name)),
            users::last_name_key.eq(key(&user.last_name)),
        ),
    );
    let row: Row = each!(tx, |c| diesel::insert_into(users::table).values(values).returning(Row::columns()).get_result(c)?);
    Ok(row.into())
}

/// Finds an existing person.
pub fn find(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, StoreError> {
    let query = users::table.find(id.0).filter(users::deleted_at.is_null()).select(Row::columns());
    Ok(each!(tx, |c| query.get_result::<Row>(c).optional()?).map(User::from))
}

/// Finds a person, including deleted ones, because the history still names them.
pub fn find_including_deleted(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, StoreError> {
    let query = users::table.find(id.0).select(Row::columns());
    Ok(each!(tx, |c| query.get_result::<Row>(c).optional()?).map(User::from))
}

/// Finds an existing person and locks the row (shared) until the transaction ends, because an approval depends on it.
pub fn lock_share(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, StoreError> {
    let query = users::table.find(id.0).filter(users::deleted_at.is_null()).select(Row::columns());
    Ok(each!(tx, |c| locked(query, Share).get_result::<Row>(c).optional()?).map(User::from))
}

/// Finds existing people by id or address, and locks them in id order, so that concurrent callers cannot deadlock.
pub(super) fn load_all(tx: &mut Tx<'_>, ids: &[UserId], addresses: &[Address], lock: Lock) -> Result<Vec<User>, StoreError> {
    if tx.is_in_process() || ids.is_empty() && addresses.is_empty() {
        let mut people = Vec::with_capacity(ids.len() + addresses.len());
        for id in ids {
            people.extend(find(tx, *id)?);
        }
        for address in addresses {
            people.extend(find_by_email(tx, address)?);
        }
        return Ok(people);
    }
    let by_id = is_any(users::id, ids.iter().map(|id| id.0).collect());
    let by_address = is_any(users::email, addresses.iter().map(Address::as_str).collect());
    let people = users::table.filter(users::deleted_at.is_null()).order(users::id.asc()).select(Row::columns());
    let rows = load_all!(tx, people.filter(by_id.or(by_address)), lock => Row);
    Ok(rows.into_iter().map(User::from).collect())
}

/// The tenant of a person, if any.
pub fn tenant_of(tx: &mut Tx<'_>, id: UserId) -> Result<Option<String>, StoreError> {
    let query = users::table.find(id.0).filter(users::deleted_at.is_null()).select(users::tenant);
    Ok(each!(tx, |c| query.get_result::<Option<String>>(c).optional()?).flatten())
}

/// Finds a person by address.
pub fn find_by_email(tx: &mut Tx<'_>, email: &Address) -> Result<Option<User>, StoreError> {
    let query = users::table.filter(users::email.eq(email.as_str())).filter(users::deleted_at.is_null()).select(Row::columns());
    Ok(each!(tx, |c| query.get_result::<Row>(c).optional()?).map(User::from))
}

/// Finds a person by username.
pub fn find_by_username(tx: &mut Tx<'_>, username: &Name) -> Result<Option<User>, StoreError> {
    Ok(by_name!(tx, users, username, username_key, username, Row::columns() => Row).map(User::from))
}

/// Finds a person by Ethereum account: `0x` and lower-case hex.
pub fn find_by_eth_address(tx: &mut Tx<'_>, address: &str) -> Result<Option<User>, StoreError> {
    let query = users::table.filter(users::eth_address.eq(address)).filter(users::deleted_at.is_null()).select(Row::columns());
    Ok(each!(tx, |c| query.get_result::<Row>(c).optional()?).map(User::from))
}

/// Finds people by id, including deleted ones, because lists still name them.
pub fn find_all(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = users::table.filter(users::id.eq_any(ids)).select(Row::columns());
    let rows: Vec<Row> = each!(tx, |c| query.load(c)?);
    Ok(rows.into_iter().map(User::from).collect())
}

/// The limit of words in a search.
const SEARCHED_WORDS: usize = 8;

/// A condition on users. Several are combined with AND.
#[derive(Clone, Debug)]
pub enum Filter {
    /// With one of these ids.
    Ids(Vec<i64>),
    /// With a greater id, or also this one.
    IdAbove(i64, bool),
    /// With a smaller id, or also this one.
    IdBelow(i64, bool),
    /// With one of these addresses.
    Emails(Vec<String>),
    /// With this prefix of the address.
    EmailPrefix(String),
    /// With one of these usernames, by key.
    Usernames(Vec<String>),
    /// With this prefix of the username, by key.
    UsernamePrefix(String),
    /// With each of these words (separated by blanks and commas) in the address or a name, by key.
    Search(String),
}

/// The sort column of a list of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By id.
    Id,
    /// By username.
    Username,
    /// By address.
    Email,
}

/// A page of the existing users.
pub fn list(
    tx: &mut Tx<'_>,
    filters: &[Filter],
    order: Order,
    is_descending: bool,
    page: Page,
) -> Result<Slice<User>, StoreError> {
    macro_rules! filtered {
        ($query:expr) => {{
            let mut query = $query.filter(users::deleted_at.is_null()).into_boxed();
            for filter in filters {
                query = match filter {
                    Filter::Ids(ids) => query.filter(users::id.eq_any(ids)),
                    Filter::IdAbove(id, true) => query.filter(users::id.ge(id)),
                    Filter::IdAbove(id, false) => query.filter(users::id.gt(id)),
                    Filter::IdBelow(id, true) => query.filter(users::id.le(id)),
                    Filter::IdBelow(id, false) => query.filter(users::id.lt(id)),
                    Filter::Emails(emails) => query.filter(users::email.eq_any(emails)),
                    Filter::EmailPrefix(prefix) => query.filter(users::email.like(like(prefix, false)).escape('\\')),
                    Filter::Usernames(names) => {
                        let keys: Vec<String> = names.iter().map(|name| key(name)).collect();
                        query.filter(users::username_key.assume_not_null().eq_any(keys))
                    }
                    Filter::UsernamePrefix(prefix) => {
                        query.filter(users::username_key.assume_not_null().like(like(&key(prefix), false)).escape('\\'))
                    }
                    Filter::Search(text) => {
                        let key = key(text);
                        for word in key.split([' ', ',']).filter(|word| !word.is_empty()).take(SEARCHED_WORDS) {
                            let part = like(word, true);
                            query = query.filter(
                                users::email
                                    .like(part.clone())
                                    .escape('\\')
                                    .or(users::first_name_key.assume_not_null().like(part.clone()).escape('\\'))
                                    .or(users::last_name_key.assume_not_null().like(part).escape('\\')),
                            );
                        }
                        query
                    }
                };
            }
            query
        }};
    }
    let total = each!(tx, |c| filtered!(users::table.count()).get_result(c)?);
    let rows: Vec<Row> = each!(tx, |c| {
        let query = filtered!(users::table.select(Row::columns())).limit(page.limit).offset(page.offset);
        match (order, is_descending) {
            (Order::Id, false) => query.order(users::id.asc()).load(c)?,
            (Order::Id, true) => query.order(users::id.desc()).load(c)?,
            (Order::Username, false) => query.order(users::username.asc()).load(c)?,
            (Order::Username, true) => query.order(users::username.desc()).load(c)?,
            (Order::Email, false) => query.order(users::email.asc()).load(c)?,
            (Order::Email, true) => query.order(users::email.desc()).load(c)?,
        }
    });
    Ok(Slice { items: rows.into_iter().map(User::from).collect(), total })
}

/// A LIKE pattern that matches `%`, `_` and `\` of the text literally.
pub(super) fn like(text: &str, is_anywhere: bool) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    if is_anywhere {
        pattern.push('%');
    }
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Sets first and last name.
pub fn rename(tx: &mut Tx<'_>, id: UserId, first_name: &str, last_name: &str) -> Result<(), StoreError> {
    let update = diesel::update(users::table.find(id.0)).set((users::first_name.eq(first_name), users::last_name.eq(last_name)));
    each!(tx, |c| update.execute(c)?);
    super::names::fill_user(tx, id)
}

/// Sets the username. A taken one is a violation, as in [`add`].
pub fn set_username(tx: &mut Tx<'_>, id: UserId, username: &str) -> Result<(), StoreError> {
    let update = diesel::update(users::table.find(id.0)).set(users::username.eq(username));
    each!(tx, |c| update.execute(c)?);
    let update = diesel::update(users::table.find(id.0))
        .set((users::username_key.eq(key(username)), users::username_shape.eq(shape(username))));
    each!(tx, |c| update.execute(c)?);
    super::names::fill_user(tx, id)
}

/// Completes the account of an external person, known by address only. The person's grants stay. A taken username is a
/// violation, as in [`add`].
pub fn take_over(tx: &mut Tx<'_>, user: &User, new: &NewUser) -> Result<User, StoreError> {
    let id = user.id;
    let values = (
        users::locale.eq(&new.locale),
        users::time_zone.eq(&new.time_zone),
        users::is_external.eq(new.is_external),
        users::is_admin.eq(new.is_admin),
        users::password_hash.eq(&new.password_hash),
        users::eth_address.eq(&new.eth_address),
        users::tenant.eq(&new.tenant),
    );
    each!(tx, |c| diesel::update(users::table.find(id.0)).set(values).execute(c)?);
    if let Some(username) = &new.username {
        set_username(tx, id, username)?;
    }
    rename(tx, id, &new.first_name, &new.last_name)?;
    if !new.is_external {
        let its = grants::table.filter(grants::grantee_id.eq(id.0)).filter(grants::grantee_kind.eq("external_user"));
        each!(tx, |c| diesel::update(its).set(grants::grantee_kind.eq("user")).execute(c)?);
    }
    again(tx, id)
}

fn again(tx: &mut Tx<'_>, id: UserId) -> Result<User, StoreError> {
    let query = users::table.find(id.0).select(Row::columns());
    Ok(each!(tx, |c| query.get_result::<Row>(c)?).into())
}

/// The settings of a person that an operator can change; none leaves one unchanged.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The username.
    pub username: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// A BCP 47 language tag.
    pub locale: Option<String>,
    /// An IANA time zone.
    pub time_zone: Option<String>,
    /// Whether the person is an administrator.
    pub is_admin: Option<bool>,
}

/// Changes the settings. A taken username is a violation, as in [`add`].
pub fn set(tx: &mut Tx<'_>, user: &User, to: &Settings) -> Result<User, StoreError> {
    let values = (
        users::locale.eq(to.locale.as_deref().unwrap_or(&user.locale)),
        users::time_zone.eq(to.time_zone.as_deref().unwrap_or(&user.time_zone)),
        users::is_admin.eq(to.is_admin.unwrap_or(user.is_admin)),
    );
    each!(tx, |c| diesel::update(users::table.find(user.id.0)).set(values).execute(c)?);
    if let Some(username) = &to.username {
        set_username(tx, user.id, username)?;
    }
    if to.first_name.is_some() || to.last_name.is_some() {
        let (first, last) = (to.first_name.as_deref(), to.last_name.as_deref());
        rename(tx, user.id, first.unwrap_or(&user.first_name), last.unwrap_or(&user.last_name))?;
    }
    again(tx, user.id)
}

/// Stores the language and time zone that a person chose.
pub fn choose_language(tx: &mut Tx<'_>, id: UserId, locale: &str, time_zone: &str) -> Result<(), StoreError> {
    let set = (users::locale.eq(locale), users::time_zone.eq(time_zone), users::is_language_chosen.eq(true));
    each!(tx, |c| diesel::update(users::table.find(id.0)).set(set).execute(c)?);
    Ok(())
}

/// Sets the hash of a password.
pub fn set_password(tx: &mut Tx<'_>, id: UserId, hash: &str) -> Result<(), StoreError> {
    let update = diesel::update(users::table.find(id.0)).set(users::password_hash.eq(hash));
    each!(tx, |c| update.execute(c)?);
    Ok(())
}

/// Sets the address. A username equal to the old address changes too.
pub fn set_email(tx: &mut Tx<'_>, user: &User, email: &Address) -> Result<(), StoreError> {
    let username = if user.username == user.email.as_str() { email.as_str() } else { &user.username };
    let update =
        diesel::update(users::table.find(user.id.0)).set((users::email.eq(email.as_str()), users::username.eq(username)));
    each!(tx, |c| update.execute(c)?);
    super::names::fill_user(tx, user.id)
}

/// Deletes a person. The row stays for the history, and the address becomes free.
pub fn delete(tx: &mut Tx<'_>, id: UserId) -> Result<bool, StoreError> {
    let now = tx.micros();
    let update = diesel::update(users::table.find(id.0).filter(users::deleted_at.is_null()))
        .set((users::deleted_at.eq(now), users::password_hash.eq(None::<String>)));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// Adds a group. A taken name is a violation of `user_groups.name` or `user_groups.name_key`.
pub fn add_group(tx: &mut Tx<'_>, name: &str) -> Result<Group, StoreError> {
    let now = tx.micros();
    let id: i64 = each!(tx, |c| {
        diesel::insert_into(principals::table).values(principals::kind.eq("group")).returning(principals::id).get_result(c)?
    });
    let values = (
        user_groups::id.eq(id),
        user_groups::name.eq(name),
        user_groups::name_key.eq(key(name)),
        user_groups::created_at.eq(now),
    );
    each!(tx, |c| diesel::insert_into(user_groups::table).values(values).execute(c)?);
    Ok(Group { id: GroupId(id), name: name.to_owned() })
}

/// Renames a group; false if there is none. A taken name is a violation, as in [`add_group`].
pub fn rename_group(tx: &mut Tx<'_>, id: GroupId, name: &str) -> Result<bool, StoreError> {
    let update = diesel::update(user_groups::table.find(id.0).filter(user_groups::deleted_at.is_null())).set((
        user_groups::name.eq(name),
        user_groups::name_key.eq(key(name)),
        user_groups::is_name_contested.eq(false),
    ));
    Ok(each!(tx, |c| update.execute(c)?) == 1)
}

/// Finds groups by id, including deleted ones.
pub fn find_groups(tx: &mut Tx<'_>, ids: &[GroupId]) -> Result<Vec<Group>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = user_groups::table.filter(user_groups::id.eq_any(ids)).select((user_groups::id, user_groups::name));
    let rows: Vec<(i64, String)> = each!(tx, |c| query.load(c)?);
    Ok(rows.into_iter().map(|(id, name)| Group { id: GroupId(id), name }).collect())
}

/// Finds a group by name.
pub fn find_group_by_name(tx: &mut Tx<'_>, name: &Name) -> Result<Option<Group>, StoreError> {
    let columns = (user_groups::id, user_groups::name);
    let row: Option<(i64, String)> = by_name!(tx, user_groups, name, name_key, name, columns => (i64, String));
    Ok(row.map(|(id, name)| Group { id: GroupId(id), name }))
}

/// Finds a group.
pub fn find_group(tx: &mut Tx<'_>, id: GroupId) -> Result<Option<Group>, StoreError> {
    let query =
        user_groups::table.find(id.0).filter(user_groups::deleted_at.is_null()).select((user_groups::id, user_groups::name));
    let row: Option<(i64, String)> = each!(tx, |c| query.get_result(c).optional()?);
    Ok(row.map(|(id, name)| Group { id: GroupId(id), name }))
}

/// Up to `limit` members of a group, by id.
pub fn members_of(tx: &mut Tx<'_>, group: GroupId, limit: i64) -> Result<Vec<UserId>, StoreError> {
    let query = group_members::table
        .filter(group_members::group_id.eq(group.0))
        .order(group_members::user_id.asc())
        .limit(limit)
        .select(group_members::user_id);
    let ids: Vec<i64> = each!(tx, |c| query.load(c)?);
    Ok(ids.into_iter().map(UserId).collect())
}

/// Adds a user to a group, if not a member yet.
pub fn add_member(tx: &mut Tx<'_>, group: GroupId, user: UserId) -> Result<(), StoreError> {
    let values = (group_members::group_id.eq(group.0), group_members::user_id.eq(user.0));
    each!(tx, |c| diesel::insert_into(group_members::table).values(values).on_conflict_do_nothing().execute(c)?);
    Ok(())
}

/// The user and all groups of the user: a grant to any of them reaches the user.
pub fn principals_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<PrincipalId>, StoreError> {
    let query = group_members::table
        .inner_join(user_groups::table)
        .filter(group_members::user_id.eq(user.0))
        .filter(user_groups::deleted_at.is_null())
        .select(group_members::group_id);
    let groups: Vec<i64> = each!(tx, |c| query.load(c)?);
    Ok(std::iter::once(user.into()).chain(groups.into_iter().map(PrincipalId)).collect())
}

diesel::joinable!(group_members -> user_groups (group_id));
