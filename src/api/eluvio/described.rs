//! What every route can answer beside its own: for the description.

use utoipa::IntoResponses;

use super::problem::ErrorBody;

/// Whoever asks must be known and allowed.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Denied {
    /// No credential, or none that is good.
    #[response(status = 401, headers(("WWW-Authenticate" = String, description = "Bearer realm=\"Countersign\"")))]
    Unauthorized(ErrorBody),
    /// Known, but may not: another tenant's, not theirs to share or to change, or taken back.
    #[response(status = 403)]
    Forbidden(ErrorBody),
}

/// What can be wrong with a body.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum BadRequest {
    /// It says what to change.
    #[response(status = 400)]
    Bad(ErrorBody),
    /// More than 64 KiB.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// Not JSON.
    #[response(status = 415)]
    MediaType(ErrorBody),
}

/// What is nobody's fault, or ours. Nothing was done.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Failed {
    /// A mistake of ours; it is in the log.
    #[response(status = 500)]
    Mistake(ErrorBody),
    /// The database is away or has too much to do.
    #[response(status = 503, headers(("Retry-After" = i64, description = "seconds")))]
    Unavailable(ErrorBody),
}
