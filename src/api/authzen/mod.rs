//! The OpenID AuthZEN Authorization API 1.0: `/access/v1/` and `/.well-known/authzen-configuration`. What is promised, and what
//! the specification leaves to us, is in `docs/api/authzen.md`.

mod call;
mod discovery;
mod evaluation;
mod paging;
mod problem;
mod search;
mod wire;

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource, Route};
use utoipa::OpenApi;

use self::problem::Problem;
use crate::http::read_only_route;

/// Its routes.
pub fn routes(routes: &mut ServiceConfig) {
    let inside = web::scope("/access/v1")
        .service(place("/evaluation", "POST", web::post().to(evaluation::one)))
        .service(place("/evaluations", "POST", web::post().to(evaluation::several)))
        .service(place("/search/subject", "POST", web::post().to(search::subjects)))
        .service(place("/search/resource", "POST", web::post().to(search::resources)))
        .service(place("/search/action", "POST", web::post().to(search::actions)))
        .default_service(web::to(nothing));
    let known = "/.well-known/authzen-configuration";
    routes.service(inside).service(place(known, "GET,HEAD", read_only_route::get().to(discovery::metadata))).service(place(
        &format!("{known}/{{path:.*}}"),
        "GET,HEAD",
        read_only_route::get().to(discovery::metadata_below),
    ));
}

/// One path with its one method.
fn place(path: &str, allow: &'static str, route: Route) -> Resource {
    let other = move |request: HttpRequest| async move {
        if request.method() == Method::OPTIONS {
            Ok(HttpResponse::Ok().insert_header((ALLOW, allow)).finish())
        } else {
            Err(Problem::not_allowed(allow))
        }
    };
    web::resource(path).route(route).default_service(web::to(other))
}

async fn nothing() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

#[derive(OpenApi)]
#[openapi(
    paths(
        evaluation::one,
        evaluation::several,
        search::subjects,
        search::resources,
        search::actions,
        discovery::metadata
    ),
    components(schemas(problem::ErrorBody)),
    security(("basic" = []), ("bearer" = []), ("oauth2" = ["readonly"])),
    tags((name = "AuthZEN", description = "The OpenID AuthZEN Authorization API 1.0"))
)]
struct Description;

/// Its part of the description.
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// For fuzzing, which only the module itself could reach: whether a body's page can be read.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub fn read_page(body: &crate::http::json::Object) -> bool {
    paging::Page::read(body).is_ok()
}
