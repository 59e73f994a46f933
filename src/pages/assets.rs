//! The stylesheets (one for each page) and the icon, compiled in. Each path contains its content's hash, so that browsers cache
//! it for ever and a changed one has a new path.

use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, guard, middleware};

use super::headers::security_headers;
use crate::secret::digest;

const SHEET: &str = include_str!("../../templates/pages/style.css");
/// The administrators' own, so that people who come from an email need not download it.
const ADMIN_SHEET: &str = concat!(
    include_str!("../../templates/pages/style.css"),
    include_str!("../../templates/pages/admin.css"),
    include_str!("../../templates/pages/previews.css")
);
const ICON: &str = include_str!("../../templates/pages/icon.svg");

static SHEET_PATH: LazyLock<String> = LazyLock::new(|| named("style", SHEET, "css"));
static ADMIN_SHEET_PATH: LazyLock<String> = LazyLock::new(|| named("admin", ADMIN_SHEET, "css"));
static ICON_PATH: LazyLock<String> = LazyLock::new(|| named("icon", ICON, "svg"));

fn named(name: &str, content: &str, ending: &str) -> String {
    let hash = digest(&[content.as_bytes()]);
    let path = hash.iter().take(8).fold(format!("/{name}-"), |mut path, byte| {
        let _ = write!(path, "{byte:02x}");
        path
    });
    format!("{path}.{ending}")
}

/// The stylesheet's path.
pub(super) fn sheet() -> &'static str {
    &SHEET_PATH
}

/// The administrators' stylesheet's path.
pub(super) fn admin_sheet() -> &'static str {
    &ADMIN_SHEET_PATH
}

/// The icon's path.
pub(super) fn icon() -> &'static str {
    &ICON_PATH
}

pub(super) fn routes(routes: &mut ServiceConfig) {
    const CSS: &str = "text/css; charset=utf-8";
    for (path, content, kind) in [(sheet(), SHEET, CSS), (admin_sheet(), ADMIN_SHEET, CSS), (icon(), ICON, "image/svg+xml")] {
        let safe = guard::Any(guard::Get()).or(guard::Head());
        let route = web::route().guard(safe).to(move || async move { kept(content, kind) });
        routes.service(web::resource(path).route(route).wrap(middleware::from_fn(security_headers)));
    }
}

fn kept(content: &'static str, kind: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(content)
}
