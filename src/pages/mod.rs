//! The human side: server-rendered pages that work without a script, for people who come from a letter or on their own.
//!
//! What changes something is a POST, and no POST reaches its handler without its form's mark and from another site
//! (`visit`); what is only looked at is a GET, and changes nothing whoever follows the link (`redeem`).

mod account;
mod admin;
mod agent;
mod cookies;
mod elsewhere;
mod forms;
mod frame;
mod front;
mod guard;
mod inbox;
mod mailbox;
mod next;
mod nowhere;
mod reasons;
mod redeem;
mod renew;
mod sentence;
mod sign_in;
mod style;
mod trouble;
mod visit;
mod words;

use actix_web::web::ServiceConfig;

/// Every page's routes.
pub fn routes(routes: &mut ServiceConfig) {
    front::routes(routes);
    sign_in::routes(routes);
    elsewhere::routes(routes);
    account::routes(routes);
    redeem::routes(routes);
    renew::routes(routes);
    inbox::routes(routes);
    admin::routes(routes);
    mailbox::routes(routes);
    style::routes(routes);
    nowhere::routes(routes);
}
