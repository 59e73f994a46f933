//! Where a client starts: it finds everything below by the names of these links.

use actix_web::HttpResponse;

use super::call::{AdminCall, Call};
use super::problem::{Denied, Problem};
use super::wire::{Link, Links};

/// What there is for the caller: `admin`, for those who are.
#[utoipa::path(get, path = "/rest", responses((status = 200, body = Links), Denied))]
pub(super) async fn root(call: Call) -> Result<HttpResponse, Problem> {
    let links = if call.caller.may_administer() { vec![Link::new("admin", "/admin")] } else { Vec::new() };
    Ok(HttpResponse::Ok().json(Links { links }))
}

/// What there is to administer: `shares` and `public_shares`.
#[utoipa::path(get, path = "/rest/admin", responses((status = 200, body = Links), Denied))]
pub(super) async fn admin(_: AdminCall) -> Result<HttpResponse, Problem> {
    let links = vec![Link::new("public_shares", "/admin/shares/public"), Link::new("shares", "/admin/shares")];
    Ok(HttpResponse::Ok().json(Links { links }))
}
