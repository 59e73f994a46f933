//! The map of this API and its schemas: where a client starts.

use actix_web::{HttpResponse, web};
use serde::{Serialize, Serializer};

use super::call::Call;
use super::described::Denied;
use super::problem::Problem;
use super::resource::{ALL, Resource};
use crate::api::address::Base;
use crate::config::Config;

struct Map(Base);

#[derive(Serialize)]
struct Place {
    list_endpoint: String,
    schema: String,
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = |resource: &Resource| {
            let list_endpoint = self.0.to(format_args!("/api/{}/", resource.name));
            Place { schema: format!("{list_endpoint}schema/"), list_endpoint }
        };
        serializer.collect_map(ALL.iter().map(|resource| (resource.name, place(resource))))
    }
}

/// Each resource's list and schema. Needs no sign-in.
#[utoipa::path(
    get,
    path = "/api/",
    tag = "Hexoskin",
    security(()),
    responses((status = 200, description = "Names, each with list_endpoint and schema", body = serde_json::Value))
)]
pub(super) async fn map(config: web::Data<Config>) -> HttpResponse {
    HttpResponse::Ok().json(Map(Base::new(config.into_inner())))
}

/// A resource's methods, fields, filters and order.
#[utoipa::path(
    get,
    path = "/api/{resource}/schema/",
    tag = "Hexoskin",
    params(("resource" = String, Path, example = "bundle")),
    responses((status = 200, body = serde_json::Value), (status = 404, description = "No such resource"), Denied)
)]
pub(super) async fn schema(_: Call, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let resource = ALL.iter().find(|resource| resource.name == name.as_str()).ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(resource))
}
