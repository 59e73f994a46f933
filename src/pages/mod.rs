//! Server-rendered pages that work without a script, for people who come from an email or on their own.
//!
//! Every change is a POST, which reaches its handler only with its form's CSRF token and not from another site (`guard`). A GET
//! changes nothing, so that programs may follow links (`redeem`).

mod account;
mod account_change;
mod admin;
mod assets;
mod confirm;
mod context;
mod cookies;
mod csrf;
mod error;
mod format;
mod forms;
mod headers;
mod home;
mod inbox;
mod language;
mod language_cookie;
mod layout;
mod mailbox;
mod message;
mod not_found;
mod oidc;
mod redeem;
mod renew;
mod return_to;
mod sign_in;
mod user_agent;

use actix_web::web::{self, ServiceConfig};

use self::assets::Assets;
use crate::config::Instance;

/// Every page's routes.
pub fn routes(routes: &mut ServiceConfig, instance: &Instance) {
    let assets = Assets::new(instance);
    assets.routes(routes);
    routes.app_data(web::Data::new(assets));
    home::routes(routes);
    sign_in::routes(routes);
    oidc::routes(routes);
    account::routes(routes);
    account_change::routes(routes);
    confirm::routes(routes);
    redeem::routes(routes);
    renew::routes(routes);
    inbox::routes(routes);
    admin::routes(routes);
    mailbox::routes(routes);
    language::routes(routes);
    not_found::routes(routes);
}
