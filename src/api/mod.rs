//! The APIs, one folder each. They do not import each other.

pub mod authzen;
mod docs_page;
pub mod eluvio;
pub mod filr;
pub mod hexoskin;
pub mod openapi;
pub mod sas;

use actix_web::web::ServiceConfig;

/// The first parts of the paths of APIs. All other paths are pages, or for the operator.
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

/// Whether a path belongs to an API.
pub fn is_path(path: &str) -> bool {
    PATHS.iter().any(|start| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The routes of all APIs.
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
