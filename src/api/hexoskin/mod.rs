//! Hexoskin's permission API (Tastypie): `/api/`. `docs/api/hexoskin.md` says what is promised, and what differs from the
//! original.

mod bundles;
mod call;
mod extract;
mod filters;
mod oauth;
mod permissions;
mod problem;
mod purge;
mod requests;
mod schema;
mod tokens;
mod types;
mod users;
mod wire;

use actix_web::http::header::LOCATION;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route};
use utoipa::OpenApi;

use self::problem::Hexoskin;
use crate::http::base_path::Base;
use crate::http::resource::get;
use crate::http::resource::{nothing, resource};

/// The routes.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(web::scope("/api").configure(inside).default_service(nothing::<Hexoskin>()));
}

fn inside(routes: &mut ServiceConfig) {
    place(routes, "", "GET,HEAD", || vec![get().to(schema::map)]);
    place(routes, "/{resource}/schema", "GET,HEAD", || vec![get().to(schema::schema)]);
    // Busy routes come first, because the router tries them in order.
    place(routes, "/bundle_permission_request", "GET,HEAD,POST", || {
        vec![get().to(requests::list), web::post().to(requests::post)]
    });
    // A number is the id of a request, anything else is a token.
    place(routes, r"/bundle_permission_request/{id:\d+}", "GET,HEAD,PUT,DELETE", || {
        vec![get().to(requests::get), web::put().to(requests::absent), web::delete().to(requests::delete)]
    });
    place(routes, "/bundle_permission_request/{token}", "GET,HEAD,PUT,DELETE", || {
        vec![get().to(tokens::get), web::put().to(tokens::put), web::delete().to(requests::absent)]
    });
    place(routes, r"/bundle_permission_request/{id:\d+}/resend", "POST", || vec![web::post().to(requests::resend)]);
    place(routes, "/bundle_permission_request/{token}/decline", "POST", || vec![web::post().to(tokens::decline)]);
    place(routes, "/account", "GET,HEAD", || vec![get().to(users::account)]);
    place(routes, "/user", "GET,HEAD", || vec![get().to(users::list)]);
    place(routes, "/user/set/{ids}", "GET,HEAD", || vec![get().to(users::set)]);
    place(routes, r"/user/{id:\d+}", "GET,HEAD,PUT,PATCH", || {
        vec![get().to(users::get), web::put().to(users::put), web::patch().to(users::patch)]
    });
    place(routes, "/bundle", "GET,HEAD", || vec![get().to(bundles::list)]);
    place(routes, r"/bundle/{id:\d+}", "GET,HEAD", || vec![get().to(bundles::get)]);
    place(routes, "/bundle_permission", "GET,HEAD,POST", || vec![get().to(permissions::list), web::post().to(permissions::post)]);
    place(routes, r"/bundle_permission/{id:\d+}", "GET,HEAD,DELETE", || {
        vec![get().to(permissions::get), web::delete().to(permissions::delete)]
    });
    place(routes, "/connect/oauth2/token", "POST", || vec![web::post().to(oauth::token)]);
    place(routes, "/purge", "POST", || vec![web::post().to(purge::post)]);
}

/// A resource with and without a slash at its end. Without it, a GET is redirected, and a write is handled, because a redirect
/// would lose its body.
fn place(routes: &mut ServiceConfig, path: &str, allow: &'static str, methods: impl Fn() -> Vec<Route>) {
    routes.service(resource::<Hexoskin>(&format!("{path}/"), allow, methods()));
    let redirect = allow.contains("GET").then(|| get().to(to_the_slash));
    routes.service(resource::<Hexoskin>(path, allow, redirect.into_iter().chain(methods()).collect()));
}

async fn to_the_slash(request: HttpRequest) -> HttpResponse {
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = format!("{}/{query}", request.uri().path());
    let location = Base::of(&request).map_or_else(|| path.clone(), |base| base.to(&path));
    HttpResponse::MovedPermanently().insert_header((LOCATION, location)).finish()
}

/// The part of the API description.
#[derive(OpenApi)]
#[openapi(
    paths(
        schema::map,
        schema::schema,
        users::account,
        users::list,
        users::get,
        users::put,
        users::patch,
        users::set,
        bundles::list,
        bundles::get,
        permissions::list,
        permissions::post,
        permissions::get,
        permissions::delete,
        requests::list,
        requests::post,
        tokens::get,
        tokens::put,
        requests::delete,
        requests::resend,
        tokens::decline,
        oauth::token,
        purge::post
    ),
    components(schemas(problem::UnreadBody)),
    security(("basic" = []), ("bearer" = []), ("oauth2" = ["readwrite"])),
    tags(
        (name = "Hexoskin", description = "The resources of the original, with `resend` and `decline` added"),
        (name = "Countersign", description = "Our own additions")
    )
)]
pub struct Description;

/// For fuzzing: the id in a reference.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub fn read_reference(resource: &str, text: &str, hosts: &[String], base: &str) -> Option<i64> {
    extract::id_in(resource, text, hosts, base)
}
