//! The OpenID AuthZEN Authorization API 1.0: `/access/v1/` and `/.well-known/authzen-configuration`. `docs/api/authzen.md` says
//! what is promised, and what the specification leaves open.

mod discovery;
mod evaluation;
mod paging;
mod problem;
mod search;
mod state;
mod wire;

use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, Route};
use utoipa::OpenApi;

use self::problem::Authzen;
use crate::http::resource::get;
use crate::http::resource::{nothing, resource};

/// The routes.
pub fn routes(routes: &mut ServiceConfig) {
    let at = |path: &str, route: Route| -> Resource { resource::<Authzen>(path, "POST", vec![route]) };
    let inside = web::scope("/access/v1")
        .service(at("/evaluation", web::post().to(evaluation::one)))
        .service(at("/evaluations", web::post().to(evaluation::several)))
        .service(at("/search/subject", web::post().to(search::subjects)))
        .service(at("/search/resource", web::post().to(search::resources)))
        .service(at("/search/action", web::post().to(search::actions)))
        .default_service(nothing::<Authzen>());
    let known = "/.well-known/authzen-configuration";
    let below = format!("{known}/{{path:.*}}");
    routes
        .service(inside)
        .service(resource::<Authzen>(known, "GET,HEAD", vec![get().to(discovery::metadata)]))
        .service(resource::<Authzen>(&below, "GET,HEAD", vec![get().to(discovery::metadata_below)]));
}

/// The part of the API description.
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
pub struct Description;

/// For fuzzing: whether the page of a body can be read.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub fn read_page(body: &crate::http::json::Object) -> bool {
    paging::Page::of(body.clone()).is_ok()
}
