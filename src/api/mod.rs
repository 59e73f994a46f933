//! The APIs: one folder each, none of which knows another. Beside them only what is about HTTP.

pub mod age;
pub mod authzen;
pub mod body;
pub mod eluvio;
pub mod etag;
pub mod filr;
pub mod form;
pub mod hexoskin;
pub mod json;
pub mod look;
pub mod openapi;
mod outline;
pub mod query;
pub mod rates;
pub mod sas;

use actix_web::web::ServiceConfig;

/// Every API's routes.
pub fn routes(routes: &mut ServiceConfig) {
    routes.configure(authzen::routes);
    routes.configure(eluvio::routes);
    routes.configure(filr::routes);
    routes.configure(hexoskin::routes);
    routes.configure(sas::routes);
    routes.configure(openapi::routes);
}
