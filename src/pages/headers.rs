//! The security headers of pages: against framing, caching, scripts and referrers.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::config::Config;

const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const A_YEAR: &str = "max-age=31536000; includeSubDomains";

/// Adds the headers to every response of a page's route. A route that needs another policy or may be cached sets its own.
pub(super) async fn security_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let config = request.app_data::<web::Data<Config>>().cloned();
    next.call(request).await.map(|mut response| {
        add_security_headers(response.headers_mut(), config.as_deref().map(AsRef::as_ref));
        response
    })
}

/// Adds them to one response, for paths without a route.
pub(super) fn add_security_headers(headers: &mut HeaderMap, config: Option<&Config>) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CACHE_CONTROL, "no-store");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(OPENER, "same-origin");
    if config.is_some_and(|config| config.server.public_url.scheme() == "https") {
        set(header::STRICT_TRANSPORT_SECURITY, A_YEAR);
    }
}
