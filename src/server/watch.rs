//! What every request gets: an id (its client's own comes back, and ours is in the log), a line in the log, a place in the metrics, and headers that are never wrong. The line has
//! the route's pattern, not the path: a path can hold a token.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Next;
use uuid::{Builder, Uuid};

use crate::token::Chance;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn watch(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = request_id();
    let theirs = request.headers().get(REQUEST_ID).cloned();
    let begun = Instant::now();
    let method = request.method().clone();
    let result = next.call(request).await;
    // Asked now, when the router has noted its way: before, it would match every route once more.
    let (status, pattern) = match &result {
        Ok(response) => (response.status(), response.request().match_pattern()),
        Err(error) => (error.as_response_error().status_code(), None),
    };
    let pattern = pattern.unwrap_or_else(|| "unmatched".into());
    let took = begun.elapsed();
    let labels = [("method", known(&method).to_owned()), ("route", pattern.clone()), ("status", status.as_u16().to_string())];
    metrics::counter!("countersign_http_requests_total", &labels).increment(1);
    metrics::histogram!("countersign_http_request_seconds", "route" => pattern.clone()).record(took.as_secs_f64());
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let client_request_id = theirs.as_ref().and_then(loggable);
    tracing::info!(target: "countersign::http", request_id = %id, client_request_id, method = known(&method), route = pattern, status = status.as_u16(), micros, "answered");
    result.map(|mut response| {
        let headers = response.headers_mut();
        if let Some(value) = theirs.or_else(|| HeaderValue::from_str(&id.to_string()).ok()) {
            headers.insert(REQUEST_ID, value);
        }
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if !headers.contains_key(CACHE_CONTROL) {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    })
}

/// A number of its own, which need not be hard to guess: without chance from the system there is one all the same, and the
/// answer says what could not be done without it.
fn request_id() -> Uuid {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; 16];
    match Chance::System.fill(&mut bytes) {
        Ok(()) => Builder::from_random_bytes(bytes).into_uuid(),
        Err(_) => Uuid::from_u64_pair(u64::from(std::process::id()), COUNT.fetch_add(1, Ordering::Relaxed)),
    }
}

/// What a client calls its request, where that can stand in a log.
fn loggable(id: &HeaderValue) -> Option<&str> {
    let is_plain = |id: &&str| id.len() <= 128 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:+/=".contains(&b));
    id.to_str().ok().filter(is_plain)
}

/// A method's name. Anybody can make up others, and each would be kept in the metrics for ever.
fn known(method: &Method) -> &str {
    const KNOWN: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if KNOWN.contains(method) { method.as_str() } else { "other" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_methods_are_one() {
        assert_eq!(known(&Method::PUT), "PUT");
        for odd in ["BREW", "get", "X1"] {
            assert_eq!(known(&Method::from_bytes(odd.as_bytes()).unwrap()), "other");
        }
    }
}
