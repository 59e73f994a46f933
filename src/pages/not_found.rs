//! Where no API and no page is: who follows an old or mistyped link is told so in their language, and a program that asks for
//! JSON gets JSON. Below an API's own paths the API answers, in its own words.

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

/// Where a path leads that has a slash too many, as people and programs write them: `//redeem`, `/sign-in/`. Only what is looked
/// at: a form is sent to the path that its page names.
fn without_needless_slashes(request: &HttpRequest) -> Option<String> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let path = request.uri().path();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let mut short = format!("/{}", parts.join("/"));
    // The paths of some APIs end with a slash, so that one is left where another was the one too many.
    if path.contains("//") && path.ends_with('/') && !parts.is_empty() {
        short.push('/');
    }
    if short == path {
        return None;
    }
    if let Some(query) = request.uri().query() {
        short = format!("{short}?{query}");
    }
    // `/\\evil.example` is another site to a browser.
    is_local(&short).then_some(short)
}

/// Whether a client names JSON and no page among what it takes: browsers name HTML, and programs that say nothing at all
/// can read either.
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
