//! The response to unknown paths: a page in the reader's language for people with an old or mistyped link, and JSON for
//! programs that ask for it. Below an API's own paths the API answers in its own format.

use actix_web::http::header::ACCEPT;
use actix_web::http::{Method, StatusCode};
use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::context::{RequestContext, lost};
use super::error::{Outcome, PageError};
use super::return_to::is_local;

const HERE_IS_NOTHING: &str = "there is nothing at this address; /openapi.json lists what there is";

pub(super) fn routes(routes: &mut ServiceConfig) {
    routes.default_service(lost(nowhere));
}

async fn nowhere(visit: RequestContext) -> Outcome {
    if let Some(path) = without_needless_slashes(&visit.request) {
        let mut answer = visit.frame.see(&path);
        *answer.status_mut() = StatusCode::PERMANENT_REDIRECT;
        return Ok(answer);
    }
    if wants_json(&visit.request) {
        return Ok(HttpResponse::NotFound().json(json!({ "error": HERE_IS_NOTHING })));
    }
    Err(PageError::NotFound)
}

/// The path without superfluous slashes, as in `//redeem` or `/sign-in/`. Only for GET: a form is sent to the path that its
/// page names.
fn without_needless_slashes(request: &HttpRequest) -> Option<String> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let path = request.uri().path();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let mut short = format!("/{}", parts.join("/"));
    // The paths of some APIs end with a slash, so the last one is kept if another one was superfluous.
    if path.contains("//") && path.ends_with('/') && !parts.is_empty() {
        short.push('/');
    }
    if short == path {
        return None;
    }
    if let Some(query) = request.uri().query() {
        short = format!("{short}?{query}");
    }
    // Browsers read `/\\evil.example` as another site.
    is_local(&short).then_some(short)
}

/// Whether a client accepts JSON and no HTML: browsers accept HTML, and programs that say nothing can read either.
fn wants_json(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok());
    let (mut json, mut html) = (false, false);
    for range in accepted.flat_map(|line| line.split(',')) {
        let media = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        json |= media == "application/json" || media.ends_with("+json");
        html |= media == "text/html";
    }
    json && !html
}
