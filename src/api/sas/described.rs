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
    /// Known, but may not.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// A mistake of ours; it is in the log.
    #[response(status = 500)]
    Mistake(ErrorBody),
    /// The database is away or has too much to do. Nothing was done.
    #[response(status = 503, headers(("Retry-After" = i64, description = "seconds")))]
    Unavailable(ErrorBody),
}

/// Idempotency keys and bodies.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Limited {
    /// The same Idempotency-Key is being answered now.
    #[response(status = 409, headers(("Retry-After" = i64, description = "seconds")))]
    InFlight(ErrorBody),
    /// More than 64 KiB.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// The Idempotency-Key was used for something else.
    #[response(status = 422)]
    KeyReused(ErrorBody),
}
