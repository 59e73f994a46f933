//! The entry points: clients find everything else by the names of these links.

use actix_web::HttpResponse;

use super::call::{AdminCall, Call};
use super::problem::{Denied, Problem};
use super::wire::{Link, Links};

/// The links of the caller: `admin`, for administrators.
#[utoipa::path(get, path = "/rest", responses((status = 200, body = Links), Denied))]
pub(super) async fn root(call: Call) -> Result<HttpResponse, Problem> {
    let links = if call.caller.may_administer() { vec![Link::new("admin", "/admin")] } else { Vec::new() };
    Ok(HttpResponse::Ok().json(Links { links }))
}

/// The links of administrators: `shares` and `public_shares`.
#[utoipa::path(get, path = "/rest/admin", responses((status = 200, body = Links), Denied))]
pub(super) async fn admin(_: AdminCall) -> Result<HttpResponse, Problem> {
    let links = vec![Link::new("public_shares", "/admin/shares/public"), Link::new("shares", "/admin/shares")];
    Ok(HttpResponse::Ok().json(Links { links }))
}
