//! Eluvio's share API: `/config` and `/as/sharing/`. What is promised, and what differs from the original, is in
//! `docs/api/eluvio.md`.

mod call;
mod config;
mod listing;
mod problem;
mod redeem;
mod share_body;
mod shares;
mod wire;

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route};
use utoipa::OpenApi;

use self::problem::Problem;
use crate::http::read_only_route;

/// Its routes.
pub fn routes(routes: &mut ServiceConfig) {
    place(routes, "/config", "GET,HEAD", vec![read_only_route::get().to(config::config)]);
    routes.service(web::scope("/as").configure(inside).default_service(web::to(nothing)));
}

fn inside(routes: &mut ServiceConfig) {
    // Who has a share's code needs no more than that.
    place(routes, "/sharing/share/{share_id}/info", "GET,HEAD", vec![read_only_route::get().to(redeem::info)]);
    place(routes, "/sharing/share/{share_id}/token", "GET,HEAD", vec![read_only_route::get().to(redeem::token)]);
    place(routes, "/sharing/{tenant}/share", "POST", vec![web::post().to(shares::create)]);
    let lists = vec![read_only_route::get().to(listing::all), web::post().to(listing::some)];
    place(routes, "/sharing/{tenant}/shares", "GET,HEAD,POST", lists);
    place(routes, "/sharing/{tenant}/share/{share_id}", "PUT", vec![web::put().to(shares::update)]);
    place(routes, "/sharing/{tenant}/share/{share_id}/revoke", "PUT", vec![web::put().to(shares::revoke)]);
}

fn place(routes: &mut ServiceConfig, path: &str, allow: &'static str, methods: Vec<Route>) {
    let other = move |request: HttpRequest| async move {
        if request.method() == Method::OPTIONS {
            Ok(HttpResponse::Ok().insert_header((ALLOW, allow)).finish())
        } else {
            Err(Problem::not_allowed(allow))
        }
    };
    let resource = methods.into_iter().fold(web::resource(path), actix_web::Resource::route);
    routes.service(resource.default_service(web::to(other)));
}

async fn nothing() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

#[derive(OpenApi)]
#[openapi(
    paths(config::config, shares::create, listing::all, listing::some, shares::update, shares::revoke, redeem::info, redeem::token),
    security(("bearer" = []), ("basic" = []), ("oauth2" = ["readwrite"])),
    tags((name = "Eluvio", description = "Shares that are opened by whoever holds their code"))
)]
struct Description;

/// Its part of the description.
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
