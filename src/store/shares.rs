//! Lists grants as shares. Compiles a filter tree to bound SQL that compares texts equally on both databases, and uses an index
//! for each condition that has one.

use diesel::prelude::*;

use super::grants::Row;
use super::schema::{grant_resources, grants, resources, user_groups, users};
use super::{StoreError, Tx, each};
use crate::domain::filter::{Bound, Case, Filter, Sort, Test, TextOf, TimeOf};
use crate::domain::name::{compose, folded, key};
use crate::domain::{Grant, GrantId, GranteeKind, Page, PrincipalId, Slice, UserId};

/// Selects the owner of the listed shares.
#[derive(Clone, Debug)]
pub enum Whose {
    All,
    /// Shares given by this person, of the person's data, or to one of these principals.
    Of(UserId, Vec<PrincipalId>),
}

/// A filtered and sorted list.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    /// The owner of the shares.
    pub whose: Whose,
    pub filter: &'a Filter,
    /// The sort column.
    pub sort: Sort,
    /// Whether the order is descending.
    pub is_descending: bool,
}

/// A page of the shares that are not deleted.
pub fn list(tx: &mut Tx<'_>, listing: &Listing<'_>, page: Page) -> Result<Slice<Grant>, StoreError> {
    let now = tx.micros();
    let (total, rows) = each!(tx, |c| c.list(listing, page, now)?);
    Ok(Slice { items: rows.into_iter().map(Grant::try_from).collect::<Result<_, _>>()?, total })
}

/// A page of the ids of shares, and the total number. Large lists are read in pieces by it.
pub fn ids(tx: &mut Tx<'_>, listing: &Listing<'_>, page: Page) -> Result<Slice<GrantId>, StoreError> {
    let now = tx.micros();
    let (total, ids) = each!(tx, |c| c.ids(listing, page, now)?);
    Ok(Slice { items: ids.into_iter().map(GrantId).collect(), total })
}

/// The lists of a database: the total number, and the rows or ids of a page.
trait Lists {
    fn list(&mut self, listing: &Listing<'_>, page: Page, now: i64) -> Result<(i64, Vec<Row>), StoreError>;
    fn ids(&mut self, listing: &Listing<'_>, page: Page, now: i64) -> Result<(i64, Vec<i64>), StoreError>;
}

/// The SQL of a list, for the tests of query plans.
pub fn sqlite_text(listing: &Listing<'_>, page: Page, now: i64) -> String {
    diesel::debug_query::<diesel::sqlite::Sqlite, _>(&sqlite::page(listing, page, now)).to_string()
}

diesel::alias!(
    const GAVE: Alias<Gave> = grants as gave;
    const HELD: Alias<Held> = grants as held;
    const OWN: Alias<Own> = grants as own;
);

/// A share with everyone that duplicates an older one: of the same bundle, or of the same single resource. Each arm uses an
/// index by its first columns; -2 and -3 are everyone and guests, see `access::reach`. In plain SQL, because diesel's
/// subqueries cannot refer to the outer row.
const PUBLIC_AGAIN: [&str; 3] = [
    "(grants.grantee_id IS NULL AND grants.grantee_kind IN ('everyone', 'guest') AND (EXISTS (SELECT 1 FROM grants AS older \
        WHERE older.grantee_id IS NULL AND older.bundle_id = grants.bundle_id AND older.grantor_id = grants.grantor_id \
        AND older.id < grants.id AND older.grantee_kind IN ('everyone', 'guest') AND older.is_enabled \
        AND older.revoked_at IS NULL AND older.deleted_at IS NULL AND (older.ends_at IS NULL OR older.ends_at > ",
    ")) OR EXISTS (SELECT 1 FROM grant_resources AS its \
        JOIN grant_resources AS same ON same.resource_id = its.resource_id AND same.grantee_id IN (-2, -3) \
        JOIN grants AS older ON older.id = same.grant_id \
        WHERE its.grant_id = grants.id AND grants.bundle_id IS NULL AND older.bundle_id IS NULL \
        AND older.grantor_id = grants.grantor_id AND older.id < grants.id AND older.grantee_kind IN ('everyone', 'guest') \
        AND older.is_enabled AND older.revoked_at IS NULL AND older.deleted_at IS NULL \
        AND NOT EXISTS (SELECT 1 FROM grant_resources AS other \
            WHERE other.grant_id IN (grants.id, older.id) AND other.resource_id <> its.resource_id) \
        AND (older.ends_at IS NULL OR older.ends_at > ",
    "))))",
];

/// Case-sensitive comparison on each database: LIKE ignores case on one and not on the other.
mod sqlite_words {
    #[diesel::declare_sql_function]
    extern "SQL" {
        fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
        fn instr(text: diesel::sql_types::Text, part: diesel::sql_types::Text) -> diesel::sql_types::Integer;
        fn substr(
            text: diesel::sql_types::Text,
            from: diesel::sql_types::Integer,
            length: diesel::sql_types::Integer,
        ) -> diesel::sql_types::Text;
    }
}

mod postgres_words {
    #[diesel::declare_sql_function]
    extern "SQL" {
        fn translate(
            text: diesel::sql_types::Text,
            from: diesel::sql_types::Text,
            to: diesel::sql_types::Text,
        ) -> diesel::sql_types::Text;
        fn strpos(text: diesel::sql_types::Text, part: diesel::sql_types::Text) -> diesel::sql_types::Integer;
        fn left(text: diesel::sql_types::Text, length: diesel::sql_types::Integer) -> diesel::sql_types::Text;
        fn right(text: diesel::sql_types::Text, length: diesel::sql_types::Integer) -> diesel::sql_types::Text;
    }
}

/// The number of characters, as both databases count them.
fn chars(text: &str) -> i32 {
    i32::try_from(text.chars().count()).unwrap_or(i32::MAX)
}

macro_rules! listed_on {
    (
        $room:ident, $db:ty, $connection:ty, $words:ident,
        |$column:ident, $value:ident| $starts:expr, $ends:expr, $contains:expr, $lowered:expr, $ordered:expr
    ) => {
        mod $room {
            use diesel::expression::BoxableExpression;
            use diesel::query_builder::QueryFragment;
            use diesel::query_dsl::methods::LoadQuery;
            use diesel::sql_types::Bool;

            use super::$words::*;
            use super::*;

            type Condition = Box<dyn BoxableExpression<grants::table, $db, SqlType = Bool>>;

            macro_rules! compared {
                ($c:expr, $test:expr, $text:expr) => {{
                    let ($column, $value) = ($c, $text.to_owned());
                    let condition: Box<dyn BoxableExpression<_, $db, SqlType = Bool>> = match $test {
                        Test::Equals => Box::new($column.eq($value)),
                        Test::StartsWith => Box::new($starts),
                        Test::EndsWith => Box::new($ends),
                        Test::Contains => Box::new($contains),
                    };
                    condition
                }};
            }

            /// Matches a URI exactly, or ignoring the case of A to Z: URIs have no other letters, and SQLite's `lower` knows no
            /// others.
            macro_rules! matched {
                ($c:expr, $test:expr, $text:expr, $is_blind:expr) => {{
                    if $is_blind {
                        let $column = $c;
                        compared!($lowered, $test, $text.to_ascii_lowercase())
                    } else {
                        compared!($c, $test, $text)
                    }
                }};
            }

            macro_rules! ordered {
                ($query:expr, $listing:expr) => {
                    match ($listing.sort, $listing.is_descending) {
                        (Sort::Id, false) => $query.order(grants::id.asc()),
                        (Sort::Id, true) => $query.order(grants::id.desc()),
                        (Sort::Name, false) => $query.order(($ordered.asc(), grants::id.asc())),
                        (Sort::Name, true) => $query.order(($ordered.desc(), grants::id.desc())),
                        (Sort::Created, false) => $query.order((grants::created_at.asc(), grants::id.asc())),
                        (Sort::Created, true) => $query.order((grants::created_at.desc(), grants::id.desc())),
                        (Sort::Modified, false) => $query.order((grants::updated_at.asc(), grants::id.asc())),
                        (Sort::Modified, true) => $query.order((grants::updated_at.desc(), grants::id.desc())),
                    }
                };
            }

            impl Lists for $connection {
                fn list(&mut self, listing: &Listing<'_>, part: Page, now: i64) -> Result<(i64, Vec<Row>), StoreError> {
                    let total = grants::table.filter(all(listing, now)).count().get_result(self)?;
                    Ok((total, page(listing, part, now).load(self)?))
                }

                fn ids(&mut self, listing: &Listing<'_>, part: Page, now: i64) -> Result<(i64, Vec<i64>), StoreError> {
                    let total = grants::table.filter(all(listing, now)).count().get_result(self)?;
                    let query = grants::table.filter(all(listing, now)).select(grants::id).into_boxed();
                    Ok((total, ordered!(query, listing).limit(part.limit).offset(part.offset).load(self)?))
                }
            }

            pub(super) fn page(
                listing: &Listing<'_>,
                page: Page,
                now: i64,
            ) -> impl LoadQuery<'static, $connection, Row> + QueryFragment<$db> {
                let query = grants::table.filter(all(listing, now)).select(Row::columns()).into_boxed();
                ordered!(query, listing).limit(page.limit).offset(page.offset)
            }

            fn all(listing: &Listing<'_>, now: i64) -> Condition {
                let wanted = condition(listing.filter, now);
                let wanted: Condition = Box::new(grants::deleted_at.is_null().and(wanted));
                match &listing.whose {
                    Whose::All => wanted,
                    Whose::Of(UserId(user), reached) => Box::new(wanted.and(theirs(*user, reached))),
                }
            }

            /// Three conditions, each with its index, instead of a scan of all rows.
            fn theirs(user: i64, reached: &[PrincipalId]) -> Condition {
                let reached: Vec<i64> = reached.iter().map(|id| id.0).collect();
                let gave = GAVE.filter(GAVE.field(grants::grantor_id).eq(user)).select(GAVE.field(grants::id));
                let held = HELD.filter(HELD.field(grants::grantee_id).eq_any(reached)).select(HELD.field(grants::id));
                let own = OWN.filter(OWN.field(grants::owner_id).eq(user)).select(OWN.field(grants::id));
                Box::new(grants::id.eq_any(gave.union(held).union(own)))
            }

            fn condition(filter: &Filter, now: i64) -> Condition {
                match filter {
                    Filter::All(parts) => joined(parts, now, true),
                    Filter::Any(parts) => joined(parts, now, false),
                    Filter::Not(part) => Box::new(diesel::dsl::not(condition(part, now))),
                    Filter::Text(of, test, case, value) => text(*of, *test, value, *case == Case::Ignored),
                    Filter::Levels(levels) => {
                        Box::new(grants::level.eq_any(levels.iter().map(|level| level.as_str()).collect::<Vec<_>>()))
                    }
                    Filter::MayReshare => Box::new(grants::reshare.ne(0)),
                    Filter::Kinds(kinds) => {
                        let of_kind = grants::grantee_kind.eq_any(kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
                        // The redundant condition lets the planner use the index of grants without a grantee, which are few.
                        if kinds.iter().any(|kind| kind.has_grantee()) {
                            Box::new(of_kind)
                        } else {
                            Box::new(grants::grantee_id.is_null().and(of_kind))
                        }
                    }
                    Filter::InEffect => Box::new(
                        grants::is_enabled
                            .and(grants::revoked_at.is_null())
                            .and(grants::starts_at.le(now))
                            .and(ends(Bound::After, now).or(grants::ends_at.is_null())),
                    ),
                    Filter::Standing => Box::new(grants::is_enabled.and(grants::revoked_at.is_null())),
                    Filter::PublicAgain { with_ended } => {
                        let ended_before = if *with_ended { i64::MIN } else { now };
                        let [start, middle, end] = PUBLIC_AGAIN;
                        let again = diesel::dsl::sql::<Bool>(start).bind::<diesel::sql_types::BigInt, _>(ended_before);
                        Box::new(again.sql(middle).bind::<diesel::sql_types::BigInt, _>(ended_before).sql(end))
                    }
                    Filter::Revoked => Box::new(grants::revoked_at.is_not_null()),
                    Filter::Time(of, bound, at) => time(*of, *bound, at.timestamp_micros()),
                    Filter::Grantors(ids) => Box::new(grants::grantor_id.eq_any(numbers(ids, |id| id.0))),
                    Filter::Grantees(ids) => Box::new(
                        grants::grantee_id
                            .is_not_null()
                            .and(grants::grantee_id.assume_not_null().eq_any(numbers(ids, |id| id.0))),
                    ),
                    Filter::Resource(id) => {
                        let its = grant_resources::table
                            .filter(grant_resources::resource_id.eq(id.0))
                            .select(grant_resources::grant_id);
                        Box::new(grants::id.eq_any(its))
                    }
                    Filter::Bundles(ids) => Box::new(
                        grants::bundle_id.is_not_null().and(grants::bundle_id.assume_not_null().eq_any(numbers(ids, |id| id.0))),
                    ),
                    Filter::OfBundle => Box::new(grants::bundle_id.is_not_null()),
                    Filter::Tenant(tenant) => {
                        Box::new(grants::tenant.is_not_null().and(grants::tenant.assume_not_null().eq(tenant.clone())))
                    }
                }
            }

            fn joined(parts: &[Filter], now: i64, is_all: bool) -> Condition {
                let mut parts = parts.iter().map(|part| condition(part, now));
                // The databases share no function for this.
                let Some(first) = parts.next() else {
                    return if is_all { Box::new(grants::id.is_not_null()) } else { Box::new(grants::id.is_null()) };
                };
                parts.fold(first, |joined, part| if is_all { Box::new(joined.and(part)) } else { Box::new(joined.or(part)) })
            }

            fn ends(bound: Bound, at: i64) -> Condition {
                let end = grants::ends_at.assume_not_null();
                let is_there = grants::ends_at.is_not_null();
                match bound {
                    Bound::From => Box::new(is_there.and(end.ge(at))),
                    Bound::Until => Box::new(is_there.and(end.le(at))),
                    Bound::After => Box::new(is_there.and(end.gt(at))),
                    Bound::Before => Box::new(is_there.and(end.lt(at))),
                }
            }

            fn time(of: TimeOf, bound: Bound, at: i64) -> Condition {
                macro_rules! bounded {
                    ($of:expr) => {
                        match bound {
                            Bound::From => Box::new($of.ge(at)),
                            Bound::Until => Box::new($of.le(at)),
                            Bound::After => Box::new($of.gt(at)),
                            Bound::Before => Box::new($of.lt(at)),
                        }
                    };
                }
                match of {
                    TimeOf::Created => bounded!(grants::created_at),
                    TimeOf::Modified => bounded!(grants::updated_at),
                    TimeOf::Ends => ends(bound, at),
                }
            }

            /// The ids of existing and deleted rows with this name: two lookups in two indexes.
            macro_rules! called {
                ($table:ident, $called:ident, $name:expr) => {{
                    let named = || $table::table.filter($table::$called.eq($name.to_owned()));
                    let here = named().filter($table::deleted_at.is_null()).select($table::id);
                    here.union(named().filter($table::deleted_at.is_not_null()).select($table::id))
                }};
            }

            /// Compares a name exactly, or by key in any case and form.
            macro_rules! named {
                ($name:expr, $key:expr, $test:expr, $text:expr, $is_blind:expr) => {
                    if $is_blind {
                        compared!($key.assume_not_null(), $test, folded($text))
                    } else {
                        compared!($name, $test, compose($text).into_owned())
                    }
                };
            }

            /// An exact match by index: people and groups in any case and form, everything else exactly.
            fn exact(of: TextOf, value: &str) -> Condition {
                match of {
                    TextOf::Name => Box::new(grants::comment.eq(value.to_owned())),
                    TextOf::SharedBy => Box::new(grants::grantor_id.eq_any(called!(users, username_key, key(value)))),
                    TextOf::SharedWith => {
                        let grantee = || grants::grantee_id.assume_not_null();
                        let users = called!(users, username_key, key(value));
                        let groups = called!(user_groups, name_key, key(value));
                        let of_name = grantee().eq_any(users).or(grantee().eq_any(groups));
                        let named = grants::grantee_id.is_not_null().and(of_name);
                        let many: Vec<&str> = many(Test::Equals, value, false);
                        if many.is_empty() { Box::new(named) } else { Box::new(named.or(grants::grantee_kind.eq_any(many))) }
                    }
                    TextOf::Called => {
                        Box::new(grants::grantee_as.is_not_null().and(grants::grantee_as.assume_not_null().eq(value.to_owned())))
                    }
                    TextOf::ResourceUri => {
                        let its = grant_resources::table
                            .filter(grant_resources::resource_id.eq_any(called!(resources, uri, value)))
                            .select(grant_resources::grant_id);
                        let its = grants::id.eq_any(its);
                        match bundle_of(value) {
                            Some(id) => {
                                let bundle = grants::bundle_id.assume_not_null().eq(id);
                                Box::new(its.or(grants::bundle_id.is_not_null().and(bundle)))
                            }
                            None => Box::new(its),
                        }
                    }
                }
            }

            fn text(of: TextOf, test: Test, value: &str, is_blind: bool) -> Condition {
                if test == Test::Equals && !is_blind {
                    return exact(of, value);
                }
                match of {
                    TextOf::Name if is_blind => {
                        let key = diesel::dsl::sql::<diesel::sql_types::Text>("coalesce(grants.comment_key, grants.comment)");
                        compared!(key.clone(), test, folded(value))
                    }
                    TextOf::Name => compared!(grants::comment, test, value),
                    TextOf::SharedBy => {
                        let named = users::table.filter(named!(users::username, users::username_key, test, value, is_blind));
                        Box::new(grants::grantor_id.eq_any(named.select(users::id)))
                    }
                    TextOf::SharedWith => {
                        let users = users::table.filter(named!(users::username, users::username_key, test, value, is_blind));
                        let users = users.select(users::id);
                        let groups = named!(user_groups::name, user_groups::name_key, test, value, is_blind);
                        let groups = user_groups::table.filter(groups).select(user_groups::id);
                        let grantee = || grants::grantee_id.assume_not_null();
                        let named = grants::grantee_id.is_not_null().and(grantee().eq_any(users).or(grantee().eq_any(groups)));
                        let many: Vec<&str> = many(test, value, is_blind);
                        if many.is_empty() { Box::new(named) } else { Box::new(named.or(grants::grantee_kind.eq_any(many))) }
                    }
                    TextOf::Called => {
                        let called = compared!(grants::grantee_as.assume_not_null(), test, value);
                        Box::new(grants::grantee_as.is_not_null().and(called))
                    }
                    TextOf::ResourceUri => {
                        let its = grant_resources::table
                            .inner_join(resources::table)
                            .filter(matched!(resources::uri, test, value, is_blind))
                            .select(grant_resources::grant_id);
                        let bundle = diesel::dsl::sql::<diesel::sql_types::Text>(
                            "('/api/bundle/' || CAST(grants.bundle_id AS TEXT) || '/')",
                        );
                        let bundle = matched!(bundle.clone(), test, value, is_blind);
                        Box::new(grants::id.eq_any(its).or(grants::bundle_id.is_not_null().and(bundle)))
                    }
                }
            }
        }
    };
}

fn numbers<T>(ids: &[T], number: impl FnMut(&T) -> i64) -> Vec<i64> {
    ids.iter().map(number).collect()
}

fn bundle_of(uri: &str) -> Option<i64> {
    let id = uri.strip_prefix("/api/bundle/")?.strip_suffix('/')?.parse().ok()?;
    (format!("/api/bundle/{id}/") == uri).then_some(id)
}

/// The kinds without a grantee whose name passes the test.
fn many(test: Test, value: &str, is_blind: bool) -> Vec<&'static str> {
    let value = if is_blind { value.to_ascii_lowercase() } else { value.to_owned() };
    let many = [GranteeKind::Authenticated, GranteeKind::Everyone, GranteeKind::Guest, GranteeKind::PublicLink];
    many.iter().map(|kind| kind.as_str()).filter(|word| test.holds(word, &value)).collect()
}

listed_on!(
    sqlite,
    diesel::sqlite::Sqlite,
    diesel::SqliteConnection,
    sqlite_words,
    |column, value| substr(column, 1, chars(&value)).eq(value),
    substr(column, -chars(&value), chars(&value)).eq(value),
    instr(column, value).gt(0),
    lower(column),
    grants::comment
);
listed_on!(
    postgres,
    diesel::pg::Pg,
    diesel::PgConnection,
    postgres_words,
    |column, value| left(column, chars(&value)).eq(value),
    right(column, chars(&value)).eq(value),
    strpos(column, value).gt(0),
    translate(column, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"),
    // By code point, as on SQLite, whatever the database's locale.
    diesel::dsl::sql::<diesel::sql_types::Text>("grants.comment COLLATE \"C\"")
);
