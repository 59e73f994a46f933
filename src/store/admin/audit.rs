//! Reads the audit: its newest rows, and the history of one request or grant.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::domain::{GrantId, RequestId};
use crate::store::audit::Row;
use crate::store::schema::{audit, audit_heads};
use crate::store::{StoreError, Tx, each};

/// The cursor of an audit page: the row of each chain before which it begins. A chain without an entry is read from its end.
pub type Place = BTreeMap<i32, i64>;

/// The newest rows of all chains before a cursor, newest first, and the next cursor.
pub fn newest(tx: &mut Tx<'_>, before: &Place, limit: i64) -> Result<(Vec<Row>, Option<Place>), StoreError> {
    let heads: Vec<(i32, i64)> = each!(tx, |c| audit_heads::table.select((audit_heads::chain, audit_heads::seq)).load(c)?);
    let mut place: Place = heads.into_iter().map(|(chain, seq)| (chain, seq + 1)).collect();
    for (chain, seq) in before {
        place.entry(*chain).and_modify(|head| *head = (*head).min(*seq));
    }
    let mut rows: Vec<Row> = Vec::new();
    for (chain, seq) in place.iter().filter(|(_, seq)| **seq > 1) {
        let query = audit::table
            .filter(audit::chain.eq(chain))
            .filter(audit::seq.lt(seq))
            .order(audit::seq.desc())
            .limit(limit)
            .select(audit::all_columns);
        let its: Vec<Row> = each!(tx, |c| query.load(c)?);
        rows.extend(its);
    }
    // Within a chain, `seq` decides: a clock that was set back must not reorder rows.
    rows.sort_by(|one, other| {
        let by_time = other.at.cmp(&one.at).then(one.chain.cmp(&other.chain));
        if one.chain == other.chain { other.seq.cmp(&one.seq) } else { by_time }
    });
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    for row in &rows {
        place.entry(row.chain).and_modify(|seq| *seq = (*seq).min(row.seq));
    }
    let has_more = place.values().any(|seq| *seq > 1);
    Ok((rows, has_more.then_some(place)))
}

/// The audit rows of a request or a grant, oldest first.
pub fn history(tx: &mut Tx<'_>, request: Option<RequestId>, grant: Option<GrantId>, limit: i64) -> Result<Vec<Row>, StoreError> {
    let mut rows: Vec<Row> = Vec::new();
    if let Some(id) = request {
        let its = audit::table.filter(audit::request_id.eq(id.0)).order(audit::at.asc()).limit(limit).select(audit::all_columns);
        rows.extend(each!(tx, |c| its.load::<Row>(c)?));
    }
    if let Some(id) = grant {
        let its = audit::table.filter(audit::grant_id.eq(id.0)).order(audit::at.asc()).limit(limit).select(audit::all_columns);
        rows.extend(each!(tx, |c| its.load::<Row>(c)?));
    }
    rows.sort_by_key(|row| (row.at, row.chain, row.seq));
    rows.dedup_by_key(|row| (row.chain, row.seq));
    Ok(rows)
}
