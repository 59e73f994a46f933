//! SAS Viya's sharing API: `/authorization/`, and the parts of `/SASLogon/` and `/identities/` that its clients need.
//! `docs/api/sas.md` says what is promised, and what differs from the original.

mod call;
mod filter;
mod listing;
mod oauth;
mod problem;
mod root;
mod shares;
mod types;
mod wire;

use actix_web::Route;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use self::problem::Sas;
use crate::http::resource::get;
use crate::http::resource::{nothing, resource};

/// The routes.
pub fn routes(routes: &mut ServiceConfig) {
    place(routes, &["/authorization/", "/authorization"], "GET,HEAD", || vec![get().to(root::get)]);
    place(routes, &["/authorization/apiMeta"], "GET,HEAD", || vec![get().to(root::meta)]);
    place(routes, &["/authorization/shares", "/authorization/shares/"], "GET,HEAD,POST", || {
        vec![get().to(shares::list), web::post().to(shares::post)]
    });
    place(routes, &["/authorization/shares/{id}"], "GET,HEAD,PUT,DELETE", || {
        vec![get().to(shares::get), web::put().to(shares::put), web::delete().to(shares::delete)]
    });
    place(routes, &["/identities/users/@currentUser"], "GET,HEAD", || vec![get().to(root::current_user)]);
    place(routes, &["/SASLogon/oauth/token"], "POST", || vec![web::post().to(oauth::token)]);
    for space in ["/authorization", "/identities", "/SASLogon"] {
        routes.service(web::scope(space).default_service(nothing::<Sas>()));
    }
}

/// A resource, with and without a slash at its end where clients send both.
fn place(routes: &mut ServiceConfig, paths: &[&str], allow: &'static str, methods: impl Fn() -> Vec<Route>) {
    for path in paths {
        routes.service(resource::<Sas>(path, allow, methods()));
    }
}

/// The part of the API description.
#[derive(OpenApi)]
#[openapi(
    paths(
        root::get,
        root::meta,
        root::current_user,
        shares::list,
        shares::post,
        shares::get,
        shares::put,
        shares::delete,
        oauth::token
    ),
    security(("basic" = []), ("bearer" = []), ("oauth2" = ["readwrite"])),
    tags((name = "SAS", description = "SAS Viya's shares, and the sign-in of its clients"))
)]
pub struct Description;

/// For fuzzing: whether a text is a filter, or the position of the error.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub fn read_filter(text: &str) -> Result<(), usize> {
    filter::read(text).map(drop).map_err(|bad| bad.at)
}
