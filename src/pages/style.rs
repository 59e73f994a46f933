//! The one stylesheet, compiled in, under a path that has its content's hash: a browser keeps it for ever, and a new one is
//! a new path.

use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, guard, middleware};

use super::guard::dress;
use crate::token::digest;

const SHEET: &str = include_str!("../../templates/pages/style.css");

static PATH: LazyLock<String> = LazyLock::new(|| {
    let hash = digest(&[SHEET.as_bytes()]);
    hash.iter().take(8).fold("/style-".to_owned(), |mut path, byte| {
        let _ = write!(path, "{byte:02x}");
        path
    }) + ".css"
});

/// Where it is.
pub(super) fn path() -> &'static str {
    &PATH
}

pub(super) fn routes(routes: &mut ServiceConfig) {
    let safe = guard::Any(guard::Get()).or(guard::Head());
    let sheet = web::resource(path()).route(web::route().guard(safe).to(sheet));
    routes.service(sheet.wrap(middleware::from_fn(dress)));
}

async fn sheet() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(SHEET)
}
