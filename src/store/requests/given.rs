//! The JSON columns of requests, and the grants that requests led to.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::clock::from_micros;
use crate::domain::{Given, GrantId, Level, Outcome, Reason, RequestId, RequestState, WhyCancelled};
use crate::store::bundles::unreadable;
use crate::store::schema::grants;
use crate::store::{StoreError, Tx, each};

/// The column `requests.given`.
#[derive(Deserialize, Serialize)]
struct GivenJson {
    level: String,
    until_at: Option<i64>,
    resources: Vec<String>,
}

/// A list of URIs as JSON; none if it is empty.
pub(in crate::store) fn uris(list: &[String]) -> Option<String> {
    (!list.is_empty()).then(|| serde_json::json!(list).to_string())
}

pub(super) fn read_uris(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text).map_err(|_| unreadable("requests.resources", text))
}

pub(super) fn written(given: &Given) -> String {
    let Given { level, until, resources } = given;
    let until_at = until.map(|at| at.timestamp_micros());
    let written = GivenJson { level: level.as_str().to_owned(), until_at, resources: resources.clone() };
    serde_json::json!(written).to_string()
}

pub(super) fn read(text: &str) -> Result<Given, StoreError> {
    let unreadable = || unreadable("requests.given", text);
    let GivenJson { level, until_at, resources } = serde_json::from_str(text).map_err(|_| unreadable())?;
    Ok(Given { level: Level::parse(&level).ok_or_else(unreadable)?, until: until_at.map(from_micros), resources })
}

/// The reason of the end, from the columns `reason_code` and `reason`. Older programs stored the cause of a cancellation only
/// in English.
pub(super) fn reason(state: RequestState, code: Option<&str>, text: Option<String>) -> Option<Reason> {
    let of_text = || text.as_deref().filter(|_| state == RequestState::Cancelled).and_then(WhyCancelled::of_text);
    let why = code.and_then(WhyCancelled::parse).or_else(of_text);
    why.map(Reason::Cancelled).or_else(|| text.map(Reason::Words))
}

type Row = (i64, Option<i64>, String, i64, Option<i64>, bool, Option<i64>);

const COLUMNS: (
    grants::id,
    grants::request_id,
    grants::level,
    grants::starts_at,
    grants::ends_at,
    grants::is_enabled,
    grants::revoked_at,
) = (grants::id, grants::request_id, grants::level, grants::starts_at, grants::ends_at, grants::is_enabled, grants::revoked_at);

fn of((id, request, level, starts_at, ends_at, is_enabled, revoked_at): Row) -> Result<(Option<i64>, Outcome), StoreError> {
    let outcome = Outcome {
        id: GrantId(id),
        level: Level::parse(&level).ok_or_else(|| unreadable("grants.level", &level))?,
        starts_at: from_micros(starts_at),
        ends_at: ends_at.map(from_micros),
        is_enabled,
        revoked_at: revoked_at.map(from_micros),
    };
    Ok((request, outcome))
}

/// The grant of a request: its own, or the one it prolonged.
pub(super) fn outcome(tx: &mut Tx<'_>, id: RequestId, renewed: Option<GrantId>) -> Result<Option<Outcome>, StoreError> {
    let query = grants::table.filter(grants::request_id.eq(id.0)).select(COLUMNS);
    let mut row: Option<Row> = each!(tx, |c| query.get_result(c).optional()?);
    if let (None, Some(GrantId(renewed))) = (&row, renewed) {
        let query = grants::table.find(renewed).select(COLUMNS);
        row = each!(tx, |c| query.get_result(c).optional()?);
    }
    row.map(|row| of(row).map(|(_, outcome)| outcome)).transpose()
}

/// The grants of these requests, and the prolonged ones, each in one statement.
pub(super) fn outcomes(
    tx: &mut Tx<'_>,
    requests: Vec<i64>,
    renewed: Vec<i64>,
) -> Result<Vec<(Option<i64>, Outcome)>, StoreError> {
    let mut rows: Vec<Row> = Vec::new();
    if !requests.is_empty() {
        let query = grants::table.filter(grants::request_id.eq_any(requests)).select(COLUMNS);
        rows = each!(tx, |c| query.load(c)?);
    }
    if !renewed.is_empty() {
        let query = grants::table.filter(grants::id.eq_any(renewed)).select(COLUMNS);
        let found: Vec<Row> = each!(tx, |c| query.load(c)?);
        rows.extend(found);
    }
    rows.into_iter().map(of).collect()
}
