//! The APIs: one folder each, none of which knows another. Beside them only what is about HTTP.

pub mod authzen;
mod docs_page;
pub mod eluvio;
pub mod filr;
pub mod hexoskin;
pub mod openapi;
pub mod sas;

use actix_web::web::ServiceConfig;

/// What the paths of the APIs begin with. Everything else is for people, or for the operator.
const PATHS: [&str; 9] = [
    "/api",
    "/access/v1",
    "/.well-known/authzen-configuration",
    "/as",
    "/config",
    "/rest",
    "/authorization",
    "/identities",
    "/SASLogon",
];

/// Whether a path is an API's.
pub fn is_path(path: &str) -> bool {
    PATHS.iter().any(|start| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Every API's routes.
pub fn routes(routes: &mut ServiceConfig) {
    routes.configure(authzen::routes);
    routes.configure(eluvio::routes);
    routes.configure(filr::routes);
    routes.configure(hexoskin::routes);
    routes.configure(sas::routes);
    routes.configure(openapi::routes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_described_path_is_an_apis_and_no_page_is() {
        let paths = openapi::document().paths.paths;
        assert!(paths.len() > 30);
        for path in paths.keys() {
            assert!(is_path(path), "{path}");
        }
        for page in ["/", "/inbox", "/sign-in", "/redeem", "/admin/keys", "/mailbox", "/apis", "/access/v2", "/docs/", "/metrics"]
        {
            assert!(!is_path(page), "{page}");
        }
    }
}
