//! The root document, the version and the current user.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Call, content_type};
use super::problem::{Denied, ErrorBody, Problem, nobody};
use super::wire::{API, IdentityBody, RootBody, USER};
use crate::workflow::directory;

/// The root document.
#[utoipa::path(
    get, path = "/authorization/",
    responses((status = 200, content_type = "application/vnd.sas.api+json", body = RootBody), Denied)
)]
pub(super) async fn get(call: Call) -> HttpResponse {
    HttpResponse::Ok().content_type(content_type(&call.request, API)).json(RootBody::new(&call.base()))
}

/// The service.
#[derive(Serialize, ToSchema)]
#[schema(as = SasApiMeta)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetaBody {
    /// `authorization`.
    service_id: &'static str,
    build: BuildBody,
    /// The version of this API: 1.
    api_version: &'static str,
}

/// The build.
#[derive(Serialize, ToSchema)]
#[schema(as = SasBuild)]
#[serde(rename_all = "camelCase")]
struct BuildBody {
    build_version: &'static str,
}

/// The endpoint at which clients read the version of a service.
#[utoipa::path(get, path = "/authorization/apiMeta", responses((status = 200, body = MetaBody), Denied))]
pub(super) async fn meta(_: Call) -> HttpResponse {
    let build = BuildBody { build_version: env!("CARGO_PKG_VERSION") };
    HttpResponse::Ok().json(MetaBody { service_id: "authorization", build, api_version: "1" })
}

/// The current user.
#[utoipa::path(
    get, path = "/identities/users/@currentUser",
    responses(
        (status = 200, content_type = "application/vnd.sas.identity.user+json", body = IdentityBody),
        (status = 404, description = "A key without an owner", content_type = "application/vnd.sas.error+json", body = ErrorBody),
        Denied
    )
)]
pub(super) async fn current_user(call: Call) -> Result<HttpResponse, Problem> {
    let user = call.read(directory::oneself).await?.ok_or_else(nobody)?;
    Ok(HttpResponse::Ok().content_type(content_type(&call.request, USER)).json(IdentityBody::of(&call.base(), user)))
}
