//! What every route can answer beside its own: for the description.

use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::problem::{ErrorBody, MediaTypeBody};

/// Whoever asks must be known and allowed.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Denied {
    /// No credential, or none that is good. The body is empty.
    #[response(status = 401, headers(("WWW-Authenticate" = String, description = "Basic Realm=\"Countersign\"")))]
    Unauthorized,
    /// Known, but may not.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// Too many wrong passwords of late.
    #[response(status = 429, headers(("Retry-After" = i64, description = "seconds")))]
    TooManyTries(ErrorBody),
    /// A mistake of ours; it is in the log.
    #[response(status = 500)]
    Mistake(ErrorBody),
    /// The database is away or has too much to do. Nothing was done.
    #[response(status = 503, headers(("Retry-After" = i64, description = "seconds")))]
    Unavailable(ErrorBody),
}

/// Budgets and rates.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Limited {
    /// Too much, too soon.
    #[response(status = 429, headers(("Retry-After" = i64, description = "seconds")))]
    TooMany(ErrorBody),
}

/// Where a body is read.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Sent {
    /// What is sent cannot be: what to change.
    #[response(status = 400)]
    Wrong(ErrorBody),
    /// The body took longer than ten seconds to arrive.
    #[response(status = 408)]
    TooSlow(ErrorBody),
    /// More than 64 KiB.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// No JSON, or packed.
    #[response(status = 415)]
    Foreign(Unread),
}

/// Why a body is not read: as Tastypie says it of a format, or in our words.
#[derive(Serialize, ToSchema)]
#[schema(as = Unread)]
#[serde(untagged)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Unread {
    Format(MediaTypeBody),
    Packed(ErrorBody),
}

/// Where an Idempotency-Key is taken.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Kept {
    /// This Idempotency-Key is being answered now.
    #[response(status = 409, headers(("Retry-After" = i64, description = "seconds")))]
    InFlight(ErrorBody),
    /// This Idempotency-Key was used for something else.
    #[response(status = 422)]
    Reused(ErrorBody),
}
