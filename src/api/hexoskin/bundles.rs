//! `bundle`: what access can be requested to.

use actix_web::{HttpResponse, web};

use super::call::Call;
use super::filters::Listing;
use super::problem::{Denied, ErrorBody, Problem};
use super::requests::id_of;
use super::schema::BUNDLE;
use super::wire::{BundleBody, List};
use crate::domain::BundleId;
use crate::workflow::directory;

/// The bundles that access can be requested to, by id.
#[utoipa::path(
    get, path = "/api/bundle/",
    params(("limit" = Option<i64>, Query, description = "default 20; 0 and more than 1000 mean 1000"), ("offset" = Option<i64>, Query)),
    responses((status = 200, body = List<BundleBody>), (status = 400, body = ErrorBody), Denied)
)]
pub(super) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let listing = Listing::of(&call.request, &BUNDLE)?;
    let page = listing.page;
    let slice = call.read(move |tx, caller| directory::bundles(tx, caller, page)).await?;
    Ok(HttpResponse::Ok().json(List::of(slice.map(|bundle| BundleBody::of(&call.base(), bundle)), &listing)))
}

/// A bundle.
#[utoipa::path(
    get, path = "/api/bundle/{id}/",
    params(("id" = i64, Path, example = 1)),
    responses((status = 200, body = BundleBody), (status = 404, description = "No such bundle"), Denied)
)]
pub(super) async fn get(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = BundleId(id_of(&id)?);
    let bundle = call.read(move |tx, caller| directory::bundle(tx, caller, id)).await?;
    Ok(HttpResponse::Ok().json(BundleBody::of(&call.base(), bundle)))
}
