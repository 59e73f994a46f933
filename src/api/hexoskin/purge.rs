//! Our own addition: administrators delete old rows.

use actix_web::{HttpResponse, web};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::problem::{Denied, Problem, Unread};
use super::types::{Integer, Seconds};
use crate::config::Retention;
use crate::http::json_body::strict_body;
use crate::http::unknown_members::Members;
use crate::store::purge::Purged;
use crate::workflow::WorkflowError;
use crate::workflow::purge::{self, Pace};

const MOST: i64 = 10_000;

/// The limits of a purge.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewPurge)]
pub(super) struct NewPurgeBody {
    /// Deletes what ended at least so many seconds ago; default: `retention.grace`.
    #[schema(value_type = Option<i64>)]
    older_than_seconds: Option<Seconds>,
    /// The limit of rows of each kind, 1 to 10000; default: `retention.batch`.
    #[schema(value_type = Option<i64>)]
    limit: Option<Integer>,
    /// Only counts, without a limit.
    dry_run: Option<bool>,
}

/// The numbers of deleted rows.
#[derive(Serialize, ToSchema)]
#[schema(as = Purge)]
pub(super) struct PurgeBody {
    /// Whether they were only counted.
    dry_run: bool,
    /// Ended requests.
    requests: i64,
    /// Their tokens.
    tokens: i64,
    /// Emails.
    letters: i64,
    /// Ended sessions and access tokens.
    sessions: i64,
    /// Ended sign-in codes.
    codes: i64,
    /// Stored answers of idempotency keys.
    answers: i64,
}

impl PurgeBody {
    fn of(gone: Purged, dry_run: bool) -> Self {
        let Purged { requests, tokens, letters, sessions, codes, answers } = gone;
        Self { dry_run, requests, tokens, letters, sessions, codes, answers }
    }
}

strict_body!(NewPurgeBody: Members::read::<NewPurgeBody>());

/// Deletes rows that ended before the grace period, up to the limit; never a live token, a grant or the audit. Repeat it until
/// all numbers are zero.
#[utoipa::path(
    post, path = "/api/purge/", tag = "Countersign",
    request_body(content = Option<NewPurgeBody>),
    responses((status = 200, body = PurgeBody), Unread, Denied)
)]
pub(super) async fn post(call: Call, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let (body, _) = call.json::<NewPurgeBody>(payload, true).await?;
    let older_than = body.older_than_seconds.map(|Seconds(length)| length);
    if older_than.is_some_and(|length| length < TimeDelta::zero() || length > TimeDelta::days(36_525)) {
        return Err(Problem::bad("The 'older_than_seconds' field is a number of seconds from 0 to a hundred years."));
    }
    let retention = call.config.retention.clone();
    let limit = body.limit.map_or(retention.batch, |Integer(limit)| limit);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::bad(format_args!("The 'limit' field is a number from 1 to {MOST}.")));
    }
    let dry_run = body.dry_run.unwrap_or(false);
    let gone = if dry_run {
        call.read(move |tx, caller| purge::dry_run(tx, caller, &retention, older_than)).await?
    } else {
        remove(&call, &retention, older_than, limit).await.map_err(|error| call.refuse(error))?
    };
    Ok(HttpResponse::Ok().json(PurgeBody::of(gone, dry_run)))
}

/// In small batches, up to `limit` rows of each kind.
async fn remove(call: &Call, retention: &Retention, older_than: Option<TimeDelta>, limit: i64) -> Result<Purged, WorkflowError> {
    let mut pace = Pace::new(retention, &call.store);
    let (mut gone, mut left) = (Purged::default(), limit);
    while left > 0 {
        let (retention, rows) = (retention.clone(), pace.rows().min(left));
        let purged = call.try_write(move |tx, caller| purge::timed(|| purge::batch(tx, caller, &retention, older_than, rows)));
        let (batch, took) = match purged.await {
            Ok(purged) => purged,
            // An error would mean that nothing was deleted. The next call deletes the rest.
            Err(error) if !gone.is_empty() => {
                tracing::warn!(%error, "a purge stopped before its limit");
                break;
            }
            Err(refusal) => return Err(refusal),
        };
        if batch.is_empty() {
            break;
        }
        left -= rows;
        gone = gone.plus(batch);
        actix_web::rt::time::sleep(pace.breath(took)).await;
    }
    Ok(gone)
}
