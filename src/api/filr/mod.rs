//! Micro Focus Filr's administration of shares: `/rest`. What is promised, and what differs from the original, is in
//! `docs/api/filr.md`.

mod call;
mod problem;
mod root;
mod shares;
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
    routes.service(web::scope("/rest").configure(inside).default_service(web::to(nothing)));
}

fn inside(routes: &mut ServiceConfig) {
    place(routes, "", "GET,HEAD", || vec![read_only_route::get().to(root::root)]);
    place(routes, "/admin", "GET,HEAD", || vec![read_only_route::get().to(root::admin)]);
    place(routes, "/admin/shares", "GET,HEAD", || vec![read_only_route::get().to(shares::list)]);
    place(routes, "/admin/shares/public", "GET,HEAD", || vec![read_only_route::get().to(shares::public)]);
    place(routes, "/admin/shares/{id}", "GET,HEAD,DELETE", || {
        vec![read_only_route::get().to(shares::get), web::delete().to(shares::delete)]
    });
}

/// One resource, with a slash at its end and without one: the original tells them not apart.
fn place(routes: &mut ServiceConfig, path: &str, allow: &'static str, methods: impl Fn() -> Vec<Route>) {
    let other = move |request: HttpRequest| async move {
        if request.method() == Method::OPTIONS {
            Ok(HttpResponse::Ok().insert_header((ALLOW, allow)).finish())
        } else {
            Err(Problem::not_allowed(allow))
        }
    };
    for path in [path.to_owned(), format!("{path}/")] {
        let resource = methods().into_iter().fold(web::resource(path), Resource::route);
        routes.service(resource.default_service(web::to(other)));
    }
}

async fn nothing() -> Result<HttpResponse, Problem> {
    Err(Problem::nothing_here())
}

#[derive(OpenApi)]
#[openapi(
    paths(root::root, root::admin, shares::list, shares::public, shares::get, shares::delete),
    security(("basic" = []), ("bearer" = []), ("oauth2" = ["readwrite"])),
    tags((name = "Filr", description = "Administration of shares, as Micro Focus Filr has it"))
)]
struct Description;

/// Its part of the description.
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
