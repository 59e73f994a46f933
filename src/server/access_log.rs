//! For every request: an id (a client's own is returned, and ours is logged), a line in the log, metrics, and common headers.
//! The line has the route's pattern instead of the path, since a path can contain a token.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use metrics::{Counter, Histogram};
use uuid::{Builder, Uuid};

use super::head_check::Gate;
use crate::http::request_id;
use crate::random::Rng;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn watch(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = new_id();
    let theirs = request.headers().get(REQUEST_ID).cloned();
    let begun = Instant::now();
    let method = request.method().clone();
    let refused = request.app_data::<web::Data<Gate>>().and_then(|gate| gate.refuse(&request));
    let result = match refused {
        Some(answer) => Ok(request.into_response(answer).map_into_right_body()),
        None => request_id::scope(id, next.call(request)).await.map(ServiceResponse::map_into_left_body),
    };
    // Read here, after the router has recorded the pattern; before, matching would run twice.
    let (status, pattern) = match &result {
        Ok(response) => (response.status(), response.request().match_pattern()),
        Err(error) => (error.as_response_error().status_code(), None),
    };
    let pattern = pattern.unwrap_or_else(|| "unmatched".into());
    let took = begun.elapsed();
    count(&pattern, known(&method), status, took);
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

/// The metrics of a route, cached for each thread, since the registry would build names and labels for each request.
struct Counted {
    seconds: Histogram,
    answers: HashMap<(&'static str, StatusCode), Counter>,
}

impl Counted {
    fn of(route: &str) -> Self {
        let seconds = metrics::histogram!("countersign_http_request_seconds", "route" => route.to_owned());
        Self { seconds, answers: HashMap::new() }
    }

    fn add(&mut self, route: &str, method: &'static str, status: StatusCode, took: Duration) {
        self.seconds.record(took.as_secs_f64());
        let answers = self.answers.entry((method, status)).or_insert_with(|| {
            let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.as_u16().to_string())];
            metrics::counter!("countersign_http_requests_total", &labels)
        });
        answers.increment(1);
    }
}

thread_local! {
    static COUNTED: RefCell<HashMap<String, Counted>> = RefCell::default();
}

fn count(route: &str, method: &'static str, status: StatusCode, took: Duration) {
    COUNTED.with_borrow_mut(|all| match all.get_mut(route) {
        Some(counted) => counted.add(route, method, status, took),
        None => all.entry(route.to_owned()).or_insert_with(|| Counted::of(route)).add(route, method, status, took),
    });
}

/// A unique id, which need not be hard to guess: the process's random number (or its id if the system gives no random bytes)
/// and a counter. A random number for each request would cost a system call each.
fn new_id() -> Uuid {
    static PROCESS: LazyLock<u64> =
        LazyLock::new(|| Rng::System.below(u64::MAX).unwrap_or_else(|_| u64::from(std::process::id())));
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let id = Uuid::from_u64_pair(*PROCESS, COUNT.fetch_add(1, Ordering::Relaxed));
    Builder::from_custom_bytes(id.into_bytes()).into_uuid()
}

/// The client's id of a request, if it is safe in a log.
fn loggable(id: &HeaderValue) -> Option<&str> {
    let is_plain = |id: &&str| id.len() <= 128 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:+/=".contains(&b));
    id.to_str().ok().filter(is_plain)
}

/// A method's name. Clients can invent others, and each would be kept in the metrics for ever.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_unknown_methods_share_one_metric() {
        assert_eq!(known(&Method::PUT), "PUT");
        for odd in ["BREW", "get", "X1"] {
            assert_eq!(known(&Method::from_bytes(odd.as_bytes()).unwrap()), "other");
        }
    }
}
