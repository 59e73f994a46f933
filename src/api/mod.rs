//! The APIs: one folder each, none of which knows another. Beside them only what is about HTTP.

pub mod rates;

use actix_web::web::ServiceConfig;

/// Every API's routes.
pub fn routes(_routes: &mut ServiceConfig) {}
