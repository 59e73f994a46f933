//! Cross-origin requests by scripts (Fetch standard, "CORS protocol"): only from the origins in `server.cors_origins`, only for
//! the APIs, and never with cookies. Without the setting there are no CORS headers.

use std::sync::Arc;

use actix_cors::Cors;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
    RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::middleware::Condition;

use crate::api;
use crate::config::Config;

/// How long a browser may cache a preflight.
const REMEMBERED_SECONDS: usize = 600;
const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
/// The request headers that our APIs read.
const READ: [HeaderName; 8] = [
    ACCEPT,
    ACCEPT_LANGUAGE,
    AUTHORIZATION,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("x-request-id"),
];
/// Our response headers, besides those that every script may read.
const SHOWN: [HeaderName; 7] = [
    ETAG,
    LAST_MODIFIED,
    LOCATION,
    RETRY_AFTER,
    WWW_AUTHENTICATE,
    HeaderName::from_static("idempotent-replayed"),
    HeaderName::from_static("x-request-id"),
];

pub(super) fn cors(config: &Arc<Config>) -> Condition<Cors> {
    let is_on = !config.server.cors_origins.is_empty();
    let config = Arc::clone(config);
    let cors = Cors::default()
        .allowed_origin_fn(move |origin, request| {
            let is_listed = config.server.cors_origins.iter().any(|listed| origin.as_bytes() == listed.as_bytes());
            is_listed && api::is_path(request.uri.path())
        })
        .allowed_methods(METHODS)
        .allowed_headers(READ)
        .expose_headers(SHOWN)
        .max_age(REMEMBERED_SECONDS)
        .block_on_origin_mismatch(false);
    Condition::new(is_on, cors)
}
