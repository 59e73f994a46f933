//! The metadata of this policy decision point.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::config::Config;

/// Endpoints, each under `server.public_url`.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenMetadata)]
pub(super) struct Metadata {
    policy_decision_point: String,
    access_evaluation_endpoint: String,
    access_evaluations_endpoint: String,
    search_subject_endpoint: String,
    search_resource_endpoint: String,
    search_action_endpoint: String,
}

/// The endpoints. Needs no authentication.
#[utoipa::path(get, path = "/.well-known/authzen-configuration", responses((status = 200, body = Metadata)), security(()))]
pub(super) async fn metadata(config: web::Data<Config>) -> HttpResponse {
    document(&config.server.public_url)
}

/// If `server.public_url` has a path, the well-known path comes before it (RFC 8615).
pub(super) async fn metadata_below(config: web::Data<Config>, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let url = &config.server.public_url;
    if url.path().trim_matches('/') == path.trim_matches('/') { Ok(document(url)) } else { Err(Problem::nothing_here()) }
}

fn document(url: &Url) -> HttpResponse {
    let base = url.as_str().trim_end_matches('/');
    let at = |path: &str| format!("{base}/access/v1/{path}");
    let metadata = Metadata {
        policy_decision_point: base.to_owned(),
        access_evaluation_endpoint: at("evaluation"),
        access_evaluations_endpoint: at("evaluations"),
        search_subject_endpoint: at("search/subject"),
        search_resource_endpoint: at("search/resource"),
        search_action_endpoint: at("search/action"),
    };
    // It changes only with a restart.
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=3600")).json(metadata)
}
