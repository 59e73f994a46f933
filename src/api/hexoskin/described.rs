//! What every route can answer beside its own: for the description.

use utoipa::IntoResponses;

use super::problem::ErrorBody;

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
