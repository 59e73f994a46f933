//! What administrators look through: everything there is, newest first, a page at a time.
//!
//! No look reads a whole table. A list that an index serves goes over it; another one reads a window of ids and says where to go
//! on, so that a rare word among a million rows costs a bounded look, and not a million rows.

pub mod audit;
pub mod bulk;
pub mod charts;
pub mod emails;
pub mod grants;
pub mod job;
pub mod people;
pub mod requests;
pub mod search;

use diesel::prelude::*;

use super::{StoreError, Tx, each};

/// Ids in the window that one look without an index reads.
const WINDOW: i64 = 10_000;
/// Windows that one look reads while it finds nothing.
const WINDOWS: i64 = 5;

/// Where a page of a list begins: behind this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// Its time, where the list is by time.
    pub at: i64,
    /// Its id.
    pub id: i64,
}

/// A page of a list, and where the next one begins, if there may be one.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// The page.
    pub items: Vec<T>,
    /// Where to go on.
    pub next: Option<After>,
}

impl<T> Found<T> {
    /// The page out of one row more than it has.
    fn cut(mut items: Vec<T>, limit: i64, after: impl Fn(&T) -> After) -> Self {
        let most = usize::try_from(limit).unwrap_or_default();
        let has_more = items.len() > most;
        items.truncate(most);
        let next = items.last().filter(|_| has_more).map(after);
        Self { items, next }
    }

    /// The same page of another type.
    pub fn with<U>(self, items: Vec<U>) -> Found<U> {
        Found { items, next: self.next }
    }
}

/// A number that is counted up to a bound: "more than that" says as much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounded {
    /// The number, or the bound.
    pub number: i64,
    /// Whether there are more.
    pub is_more: bool,
}

impl Bounded {
    /// Where counting stops on a page that is looked at often.
    pub const MOST: i64 = 1_000;

    /// So many, of which counting stopped behind `most`.
    pub fn counted(rows: usize, most: i64) -> Self {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        Self { number: rows.min(most), is_more: rows > most }
    }
}

mod applied {
    diesel::table! {
        /// diesel's own: the migrations that ran.
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
}

/// The newest migration that ran.
pub fn schema(tx: &mut Tx<'_>) -> Result<String, StoreError> {
    use applied::__diesel_schema_migrations::{table, version};
    let newest: Option<String> = each!(tx, |c| table.select(diesel::dsl::max(version)).get_result(c)?);
    Ok(newest.unwrap_or_default())
}

/// Reads windows of ids, from the newest down, until one has something, the page is full, or it is enough for one look.
fn windows<T>(
    before: Option<After>,
    newest: i64,
    limit: i64,
    mut look: impl FnMut(i64, i64) -> Result<Vec<T>, StoreError>,
    after: impl Fn(&T) -> After,
) -> Result<Found<T>, StoreError> {
    let mut top = before.map_or(newest + 1, |after| after.id.min(newest + 1));
    let mut items = Vec::new();
    for _ in 0..WINDOWS {
        let floor = (top - WINDOW).max(1);
        items = look(top, floor)?;
        if i64::try_from(items.len()).unwrap_or(i64::MAX) > limit {
            return Ok(Found::cut(items, limit, after));
        }
        top = floor;
        if !items.is_empty() || floor <= 1 {
            break;
        }
    }
    Ok(Found { items, next: (top > 1).then_some(After { at: 0, id: top }) })
}
