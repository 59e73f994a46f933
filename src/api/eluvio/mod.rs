//! Eluvio's share API: `/config` and `/as/sharing/`. `docs/api/eluvio.md` says what is promised, and what differs from the
//! original.

mod call;
mod config;
mod listing;
mod problem;
mod redeem;
mod share_body;
mod shares;
mod wire;

use actix_web::Route;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use self::problem::Eluvio;
use crate::http::resource::get;
use crate::http::resource::{nothing, resource};

/// The routes.
pub fn routes(routes: &mut ServiceConfig) {
    place(routes, "/config", "GET,HEAD", vec![get().to(config::config)]);
    routes.service(web::scope("/as").configure(inside).default_service(nothing::<Eluvio>()));
}

fn inside(routes: &mut ServiceConfig) {
    // These two need only the code of a share.
    place(routes, "/sharing/share/{share_id}/info", "GET,HEAD", vec![get().to(redeem::info)]);
    place(routes, "/sharing/share/{share_id}/token", "GET,HEAD", vec![get().to(redeem::token)]);
    place(routes, "/sharing/{tenant}/share", "POST", vec![web::post().to(shares::create)]);
    let lists = vec![get().to(listing::all), web::post().to(listing::some)];
    place(routes, "/sharing/{tenant}/shares", "GET,HEAD,POST", lists);
    place(routes, "/sharing/{tenant}/share/{share_id}", "PUT", vec![web::put().to(shares::update)]);
    place(routes, "/sharing/{tenant}/share/{share_id}/revoke", "PUT", vec![web::put().to(shares::revoke)]);
}

fn place(routes: &mut ServiceConfig, path: &str, allow: &'static str, methods: Vec<Route>) {
    routes.service(resource::<Eluvio>(path, allow, methods));
}

/// The part of the API description.
#[derive(OpenApi)]
#[openapi(
    paths(config::config, shares::create, listing::all, listing::some, shares::update, shares::revoke, redeem::info, redeem::token),
    components(schemas(problem::ErrorBody)),
    security(("bearer" = []), ("basic" = []), ("oauth2" = ["readwrite"])),
    tags((name = "Eluvio", description = "Shares that anybody with their code can open"))
)]
pub struct Description;
