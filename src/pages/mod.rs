//! The human side: server-rendered pages that work without a script.

use actix_web::web::ServiceConfig;

/// Every page's routes.
pub fn routes(_routes: &mut ServiceConfig) {}
