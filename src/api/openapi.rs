//! The description of all APIs at /openapi.json, and the page that shows it at /docs. Each API describes its own routes.

use std::sync::{Arc, LazyLock, OnceLock};

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use utoipa::OpenApi as _;
use utoipa::openapi::security::{ClientCredentials, Flow, Password};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityScheme};
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder};

use super::{authzen, docs_page, eluvio, filr, hexoskin, sas};
use crate::http::base_path::Base;
use crate::http::resource;

/// The path of the token endpoint.
const TOKEN: &str = "/api/connect/oauth2/token/";

/// The policy of /docs: its own scripts and styles (it writes styles into elements), and the description.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The tag of operations that no original has.
const OURS: &str = "Countersign";

/// The whole description.
pub fn document() -> OpenApi {
    let mut info = Info::new("Countersign", env!("CARGO_PKG_VERSION"));
    info.description = Some("Access requests that the right person approves by email.".into());
    let mut document = OpenApiBuilder::new().info(info).build();
    for (tag, description) in [
        ("AuthZEN", authzen::Description::openapi()),
        ("Hexoskin", hexoskin::Description::openapi()),
        ("Eluvio", eluvio::Description::openapi()),
        ("Filr", filr::Description::openapi()),
        ("SAS", sas::Description::openapi()),
    ] {
        document.merge(named(description, tag));
    }
    let components = document.components.get_or_insert_default();
    let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some("Address or username, and password."));
    components.add_security_scheme("basic", SecurityScheme::Http(basic.build()));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A key (csk_…) or an access token (csa_…)."));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    let scopes = || Scopes::from_iter([("readonly", "look"), ("readwrite", "look and change")]);
    let flows =
        [Flow::Password(Password::new(TOKEN, scopes())), Flow::ClientCredentials(ClientCredentials::new(TOKEN, scopes()))];
    components.add_security_scheme("oauth2", SecurityScheme::OAuth2(OAuth2::new(flows)));
    document
}

/// Gives each operation an id made of its method and path, for generated clients, and the tag of its API unless it has one.
fn named(mut description: OpenApi, tag: &str) -> OpenApi {
    let word =
        |path: &str| path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join("_");
    for (path, item) in &mut description.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{}", word(path)));
                let own = operation.tags.iter().flatten().any(|tag| tag == OURS);
                operation.tags = Some(vec![if own { OURS } else { tag }.to_owned()]);
            }
        }
    }
    description
}

/// The served description, and the list for readers without scripts.
struct Served {
    json: web::Bytes,
    plain: Option<String>,
}

/// Built at the first request, once for all threads: building takes megabytes, which most daemons never need.
static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let document = document();
    let plain = docs_page::outline(&document).inspect_err(|error| tracing::error!(%error, "the list at /docs could not be made"));
    Served { json: document.to_json().unwrap_or_default().into(), plain: plain.ok() }
});

pub(super) fn routes(routes: &mut ServiceConfig) {
    let kept = Arc::new(OnceLock::new());
    let json = move |request: HttpRequest| {
        let body = kept.get_or_init(|| below(&request).unwrap_or_else(|| SERVED.json.clone())).clone();
        async move { HttpResponse::Ok().content_type("application/json").body::<web::Bytes>(body) }
    };
    // A relative URL works below a path of `public_url` too. Without a validator, which would send the URL to another site.
    let settings = utoipa_swagger_ui::Config::from("../openapi.json").validator_url("none");
    routes
        .app_data(web::Data::new(settings))
        .service(resource::at("/openapi.json", json))
        .service(resource::at("/docs", || async { HttpResponse::MovedPermanently().insert_header((LOCATION, "docs/")).finish() }))
        .service(resource::at("/docs/{file:.*}", reader));
}

/// The description for an instance below a path: with its server (OpenAPI 3.1 §4.8.5) and the URL for tokens, which is not
/// relative to the server. None without a path.
fn below(request: &HttpRequest) -> Option<web::Bytes> {
    let base = Base::of(request).filter(|base| !base.as_str().is_empty())?;
    let mut document: serde_json::Value = serde_json::from_slice(&SERVED.json).ok()?;
    document.as_object_mut()?.insert("servers".to_owned(), serde_json::json!([{ "url": base.as_str() }]));
    let flows = document.pointer_mut("/components/securitySchemes/oauth2/flows")?.as_object_mut()?;
    for flow in flows.values_mut() {
        *flow.get_mut("tokenUrl")? = base.to(TOKEN).into();
    }
    serde_json::to_vec(&document).ok().map(Into::into)
}

async fn reader(file: web::Path<String>, settings: web::Data<utoipa_swagger_ui::Config<'static>>) -> HttpResponse {
    match utoipa_swagger_ui::serve(&file, Arc::clone(&settings)) {
        Ok(Some(file)) => {
            let body = with_list(&file);
            let mut response = HttpResponse::Ok();
            if file.gzpipped {
                response.insert_header((CONTENT_ENCODING, "gzip"));
            }
            response.content_type(file.content_type).insert_header((CONTENT_SECURITY_POLICY, POLICY)).body(body)
        }
        Ok(None) => HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("There is no such file; the APIs are described at /docs/ and /openapi.json.\n"),
        Err(error) => {
            tracing::error!(%error, "a file of the reader at /docs could not be made");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// The page of /docs with the list before its scripts; other files as they are.
fn with_list(file: &utoipa_swagger_ui::SwaggerFile<'_>) -> Vec<u8> {
    let page = std::str::from_utf8(&file.bytes).ok().filter(|_| file.content_type.starts_with("text/html") && !file.gzpipped);
    match (page, &SERVED.plain) {
        (Some(page), Some(list)) => page
            .replacen("<body>", &format!("<body>\n{list}"), 1)
            .replacen("<title>Swagger UI</title>", "<title>Countersign’s APIs</title>", 1)
            .into_bytes(),
        _ => file.bytes.to_vec(),
    }
}
