//! Refuses requests before routing: too large a head, and an unknown Host.

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;

use crate::http::host::{BadHost, Hosts};

/// The limit of the request line and headers together. The HTTP library itself reads up to 128 KiB, which cannot be configured.
const HEAD_BYTES: usize = 16 * 1024;
/// Paths that load balancers, orchestrators and Prometheus call by any name or address. `/metrics` checks the name itself.
const FOR_EVERY_NAME: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The limit and the accepted hosts.
pub(super) struct Gate {
    hosts: Hosts,
    public_url: String,
}

impl Gate {
    pub(super) fn new(server: &crate::config::Server) -> Self {
        Self { hosts: Hosts::new(server), public_url: server.public_url.to_string() }
    }

    /// The response to a request that is refused; none if it is accepted.
    pub(super) fn refuse(&self, request: &ServiceRequest) -> Option<HttpResponse> {
        if head_bytes(request) > HEAD_BYTES {
            let text = "The request's line and headers have more than 16 KiB together. Send fewer or shorter ones.\n".to_owned();
            return Some(answer(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, text));
        }
        match self.hosts.check(request.uri(), request.headers(), request.version()) {
            Ok(()) => None,
            Err(_) if FOR_EVERY_NAME.contains(&request.path()) => None,
            Err(BadHost::Malformed) => {
                Some(answer(StatusCode::BAD_REQUEST, "Send one Host header with a host's name.\n".to_owned()))
            }
            Err(BadHost::Foreign) => {
                let text = format!(
                    "Countersign is not served under this name. Open it at {}\n\nFor its operator: a proxy that passes another name \
                     on needs that name in server.allowed_hosts.\n",
                    self.public_url
                );
                Some(answer(StatusCode::MISDIRECTED_REQUEST, text))
            }
        }
    }
}

fn answer(status: StatusCode, text: String) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(text)
}

/// The length as sent, except for blanks around values.
fn head_bytes(request: &ServiceRequest) -> usize {
    let uri = request.uri();
    let target =
        uri.path_and_query().map_or(0, |target| target.as_str().len()) + uri.authority().map_or(0, |to| to.as_str().len());
    let lines = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    request.method().as_str().len() + target + "  HTTP/1.1\r\n\r\n".len() + lines.sum::<usize>()
}
