//! Micro Focus Filr's administration of shares: `/rest`. `docs/api/filr.md` says what is promised, and what differs from the
//! original.

mod call;
mod problem;
mod root;
mod shares;
mod wire;

use actix_web::Route;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use self::problem::Filr;
use crate::http::resource::get;
use crate::http::resource::{nothing, resource};

/// The routes.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(web::scope("/rest").configure(inside).default_service(nothing::<Filr>()));
}

fn inside(routes: &mut ServiceConfig) {
    place(routes, "", "GET,HEAD", || vec![get().to(root::root)]);
    place(routes, "/admin", "GET,HEAD", || vec![get().to(root::admin)]);
    place(routes, "/admin/shares", "GET,HEAD", || vec![get().to(shares::list)]);
    place(routes, "/admin/shares/public", "GET,HEAD", || vec![get().to(shares::public)]);
    place(routes, "/admin/shares/{id}", "GET,HEAD,DELETE", || vec![get().to(shares::get), web::delete().to(shares::delete)]);
}

/// A resource with and without a slash at its end, which are the same in the original.
fn place(routes: &mut ServiceConfig, path: &str, allow: &'static str, methods: impl Fn() -> Vec<Route>) {
    for path in [path, &format!("{path}/")] {
        routes.service(resource::<Filr>(path, allow, methods()));
    }
}

/// The part of the API description.
#[derive(OpenApi)]
#[openapi(
    paths(root::root, root::admin, shares::list, shares::public, shares::get, shares::delete),
    security(("basic" = []), ("bearer" = []), ("oauth2" = ["readwrite"])),
    tags((name = "Filr", description = "Administration of shares, as in Micro Focus Filr"))
)]
pub struct Description;
