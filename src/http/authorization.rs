//! Reads the `Authorization` header, for all APIs.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

/// A request with two `Authorization` headers. Two readers could choose differently: a proxy the first, this program the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are two Authorization headers; send one")]
pub struct TwoCredentials;

/// The value, if there is one and it is text.
pub fn of(request: &HttpRequest) -> Result<Option<&str>, TwoCredentials> {
    let mut all = request.headers().get_all(AUTHORIZATION);
    let first = all.next();
    if all.next().is_some() {
        return Err(TwoCredentials);
    }
    Ok(first.and_then(|value| value.to_str().ok()))
}
