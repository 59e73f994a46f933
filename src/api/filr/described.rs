//! What every route can answer beside its own: for the description.

use utoipa::IntoResponses;

use super::problem::ErrorBody;

/// Whoever asks must be known and allowed.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Denied {
    /// `UNAUTHENTICATED_ACCESS`: no credential, or none that is good.
    #[response(status = 401, headers(("WWW-Authenticate" = String, description = "Basic realm=\"Novell Filr\"")))]
    Unauthorized(ErrorBody),
    /// `ACCESS_DENIED`: known, but may not.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// Too many wrong passwords of late.
    #[response(status = 429, headers(("Retry-After" = i64, description = "seconds")))]
    TooManyTries(ErrorBody),
    /// `SERVER_ERROR`: a mistake of ours; it is in the log.
    #[response(status = 500)]
    Mistake(ErrorBody),
    /// `SERVER_ERROR`: the database is away or has too much to do. Nothing was done.
    #[response(status = 503, headers(("Retry-After" = i64, description = "seconds")))]
    Unavailable(ErrorBody),
}
