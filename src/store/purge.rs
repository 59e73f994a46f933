//! Deletes old rows in batches: requests that ended before the cut-off, with their tokens, items and emails; other emails, and
//! expired sessions, codes and stored responses. Never deletes a live token, a grant or the audit.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::schema::{
    access_tokens, account_changes, idempotency_keys, outbox, remembered_browsers, request_items, requests, sessions,
    sign_in_codes, tokens,
};
use super::sql::lock::{SkipLocked, locked};
use super::{StoreError, Tx, each};

/// The numbers of rows that are deleted or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Purged {
    /// Ended requests.
    pub requests: i64,
    /// Tokens of these requests.
    pub tokens: i64,
    /// Emails.
    pub letters: i64,
    /// Ended sessions, remembered browsers, access tokens and changes of accounts.
    pub sessions: i64,
    /// Expired sign-in codes.
    pub codes: i64,
    /// Stored responses of idempotency keys.
    pub answers: i64,
}

impl Purged {
    /// Adds two counts.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            tokens: self.tokens + other.tokens,
            letters: self.letters + other.letters,
            sessions: self.sessions + other.sessions,
            codes: self.codes + other.codes,
            answers: self.answers + other.answers,
        }
    }

    /// The total.
    pub const fn sum(self) -> i64 {
        self.requests + self.tokens + self.letters + self.sessions + self.codes + self.answers
    }

    /// Whether all counts are zero.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The cut-off times of a purge.
#[derive(Clone, Copy, Debug)]
pub struct Cutoff {
    /// For ended rows.
    pub ended: DateTime<Utc>,
    /// For stored responses.
    pub kept: DateTime<Utc>,
}

/// Counts the rows that a purge without a limit would delete.
pub fn count(tx: &mut Tx<'_>, cutoff: Cutoff) -> Result<Purged, StoreError> {
    let (ended, kept) = (cutoff.ended.timestamp_micros(), cutoff.kept.timestamp_micros());
    let over = || requests::table.filter(requests::decided_at.le(ended));
    let ids = || over().select(requests::id);
    Ok(Purged {
        requests: each!(tx, |c| over().count().get_result(c)?),
        tokens: each!(tx, |c| tokens::table.filter(tokens::request_id.eq_any(ids())).count().get_result(c)?),
        letters: each!(tx, |c| outbox::table.filter(outbox::request_id.eq_any(ids().nullable())).count().get_result::<i64>(c)?)
            + each!(tx, |c| outbox::table
                .filter(outbox::request_id.is_null())
                .filter(outbox::finished_at.le(ended))
                .count()
                .get_result::<i64>(c)?),
        sessions: each!(tx, |c| sessions::table.filter(sessions::expires_at.le(ended)).count().get_result::<i64>(c)?)
            + each!(tx, |c| {
                remembered_browsers::table.filter(remembered_browsers::expires_at.le(ended)).count().get_result::<i64>(c)?
            })
            + each!(tx, |c| account_changes::table.filter(account_changes::until_at.le(ended)).count().get_result::<i64>(c)?)
            + each!(tx, |c| access_tokens::table.filter(access_tokens::expires_at.le(ended)).count().get_result::<i64>(c)?),
        codes: each!(tx, |c| sign_in_codes::table.filter(sign_in_codes::expires_at.le(ended)).count().get_result(c)?),
        answers: each!(tx, |c| idempotency_keys::table.filter(idempotency_keys::created_at.le(kept)).count().get_result(c)?),
    })
}

/// Deletes up to `limit` requests with their rows, and up to `limit` rows of each other kind.
pub fn batch(tx: &mut Tx<'_>, cutoff: Cutoff, limit: i64) -> Result<Purged, StoreError> {
    let (ended, kept) = (cutoff.ended.timestamp_micros(), cutoff.kept.timestamp_micros());
    let query = requests::table
        .filter(requests::decided_at.le(ended))
        .order(requests::decided_at.asc())
        .limit(limit)
        .select(requests::id);
    // Skips locked rows: a request may be approved right now, or be in another daemon's batch.
    let ids: Vec<i64> = each!(tx, |c| locked(query, SkipLocked).load(c)?);
    let mut gone = Purged::default();
    if !ids.is_empty() {
        gone.tokens = removed(each!(tx, |c| diesel::delete(tokens::table.filter(tokens::request_id.eq_any(&ids))).execute(c)?));
        crate::failpoints::point("purge.begun");
        gone.letters = removed(each!(tx, |c| diesel::delete(outbox::table.filter(outbox::request_id.eq_any(&ids))).execute(c)?));
        each!(tx, |c| diesel::delete(request_items::table.filter(request_items::request_id.eq_any(&ids))).execute(c)?);
        gone.requests = removed(each!(tx, |c| diesel::delete(requests::table.filter(requests::id.eq_any(&ids))).execute(c)?));
    }
    macro_rules! sweep {
        ($table:ident, $id:ident, $condition:expr) => {{
            let query = $table::table.filter($condition).limit(limit).select($table::$id);
            let ids: Vec<i64> = each!(tx, |c| query.load(c)?);
            if ids.is_empty() {
                0
            } else {
                removed(each!(tx, |c| diesel::delete($table::table.filter($table::$id.eq_any(&ids))).execute(c)?))
            }
        }};
    }
    gone.letters += sweep!(outbox, id, outbox::request_id.is_null().and(outbox::finished_at.le(ended)));
    gone.sessions = sweep!(sessions, id, sessions::expires_at.le(ended))
        + sweep!(remembered_browsers, id, remembered_browsers::expires_at.le(ended))
        + sweep!(access_tokens, id, access_tokens::expires_at.le(ended));
    gone.codes = sweep!(sign_in_codes, id, sign_in_codes::expires_at.le(ended));
    let old = idempotency_keys::table
        .filter(idempotency_keys::created_at.le(kept))
        .limit(limit)
        .select((idempotency_keys::caller, idempotency_keys::name));
    let old: Vec<(String, String)> = each!(tx, |c| old.load(c)?);
    for (caller, name) in &old {
        gone.answers += removed(each!(tx, |c| diesel::delete(idempotency_keys::table.find((caller, name))).execute(c)?));
    }
    Ok(gone)
}

fn removed(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
