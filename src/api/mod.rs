//! The APIs: one folder each, none of which knows another. Beside them only what is about HTTP.

pub mod body;
pub mod etag;
pub mod form;
pub mod hexoskin;
pub mod json;
pub mod openapi;
pub mod query;
pub mod rates;
pub mod sas;

use actix_web::web::ServiceConfig;

/// Every API's routes.
pub fn routes(routes: &mut ServiceConfig) {
    routes.configure(hexoskin::routes).configure(sas::routes).configure(openapi::routes);
}
