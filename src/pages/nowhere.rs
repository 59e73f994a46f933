//! Where no API and no page is: who follows an old or mistyped link is told so in their language, and a program that asks for
//! JSON gets JSON. Below an API's own paths the API answers, in its own words.

use actix_web::http::header::ACCEPT;
use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::trouble::{Outcome, Trouble};
use super::visit::{Visit, lost};

const HERE_IS_NOTHING: &str = "there is nothing at this address; /openapi.json lists what there is";

pub(super) fn routes(routes: &mut ServiceConfig) {
    routes.default_service(lost(nowhere));
}

async fn nowhere(visit: Visit) -> Outcome {
    if wants_json(&visit.request) {
        return Ok(HttpResponse::NotFound().json(json!({ "error": HERE_IS_NOTHING })));
    }
    Err(Trouble::NotFound)
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
