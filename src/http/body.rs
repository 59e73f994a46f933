//! Reads request bodies with limited size and time, and without decompression.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, Payload};

/// The time limit for the whole body.
const WITHIN: Duration = Duration::from_secs(10);

/// Why a body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    /// Longer than the limit (`limits.body_bytes`).
    #[error("the body is too large: at most {0} bytes")]
    TooLarge(usize),
    /// The body did not arrive within ten seconds.
    #[error("the body took longer than 10 seconds to arrive")]
    TooSlow,
    /// The connection ended, or the transfer coding is invalid.
    #[error("the body did not arrive whole")]
    Broken,
    /// The body is compressed: a few bytes could expand to many.
    #[error("send the body as it is, without a Content-Encoding")]
    Packed,
}

impl BadBody {
    /// The status of the response.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::Packed => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }
}

/// Reads a body of at most `limit` bytes.
pub async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Bytes, BadBody> {
    let headers = request.headers();
    if headers.get(CONTENT_ENCODING).is_some_and(|coding| coding.as_bytes() != b"identity") {
        return Err(BadBody::Packed);
    }
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(BadBody::TooLarge(limit));
    }
    match tokio::time::timeout(WITHIN, payload.to_bytes_limited(limit)).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Ok(Err(_))) => Err(BadBody::Broken),
        Ok(Err(_)) => Err(BadBody::TooLarge(limit)),
        Err(_) => Err(BadBody::TooSlow),
    }
}

/// The media type of the body in lower case, without parameters; none if there is no `Content-Type`.
pub fn media_type(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(CONTENT_TYPE)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (!essence.is_empty()).then_some(essence)
}
