//! The lists of the admin pages, newest first, in pages.
//!
//! No query reads a whole table. A list with an index uses it. Any other list reads a window of ids and returns a cursor, so
//! that a rare match among a million rows has a bounded cost.

pub mod audit;
pub mod bulk;
pub mod charts;
pub mod emails;
pub mod grants;
pub mod people;
pub mod requests;
pub mod search;

use diesel::prelude::*;

use super::{StoreError, Tx, each};

/// Number of ids in a window.
const WINDOW: i64 = 10_000;
/// Number of empty windows that one query reads before it stops.
const WINDOWS: i64 = 5;

/// The cursor of a list: the page begins after this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The row's time, if the list is sorted by time.
    pub at: i64,
    /// The row's id.
    pub id: i64,
}

/// A page of a list, with the cursor of the next page if there may be one.
#[derive(Clone, Debug)]
pub struct Found<T> {
    pub items: Vec<T>,
    pub next: Option<After>,
}

impl<T> Found<T> {
    /// Cuts a page from `limit + 1` rows.
    fn cut(mut items: Vec<T>, limit: i64, after: impl Fn(&T) -> After) -> Self {
        let most = usize::try_from(limit).unwrap_or_default();
        let has_more = items.len() > most;
        items.truncate(most);
        let next = items.last().filter(|_| has_more).map(after);
        Self { items, next }
    }

    /// The same page with items of another type.
    pub fn with<U>(self, items: Vec<U>) -> Found<U> {
        Found { items, next: self.next }
    }
}

/// A count with an upper limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounded {
    /// The count, at most the limit.
    pub number: i64,
    /// Whether there are more.
    pub is_more: bool,
}

impl Bounded {
    /// The limit for counts on pages that are opened often.
    pub const MOST: i64 = 1_000;

    /// Makes a count from `rows`, which were counted up to `most`.
    pub fn counted(rows: usize, most: i64) -> Self {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        Self { number: rows.min(most), is_more: rows > most }
    }
}

mod applied {
    diesel::table! {
        /// diesel's table of applied migrations.
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
}

/// The newest applied migration.
pub fn schema(tx: &mut Tx<'_>) -> Result<String, StoreError> {
    use applied::__diesel_schema_migrations::{table, version};
    let newest: Option<String> = each!(tx, |c| table.select(diesel::dsl::max(version)).get_result(c)?);
    Ok(newest.unwrap_or_default())
}

/// Reads windows of ids in descending order until one has a match, the page is full, or the limit of windows is reached.
fn windows<T>(
    before: Option<After>,
    newest: i64,
    limit: i64,
    mut read: impl FnMut(i64, i64) -> Result<Vec<T>, StoreError>,
    after: impl Fn(&T) -> After,
) -> Result<Found<T>, StoreError> {
    let mut top = before.map_or(newest + 1, |after| after.id.min(newest + 1));
    let mut items = Vec::new();
    for _ in 0..WINDOWS {
        let floor = (top - WINDOW).max(1);
        items = read(top, floor)?;
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
