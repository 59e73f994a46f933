//! The administrators' pages: what goes on, what is stuck, who gave access to whom, and actions to correct it.
//!
//! Every route here is registered with `context::looked` or `context::acted`, so that none forgets to check that the caller is
//! an administrator. For everybody else who is signed in these pages do not exist.

pub(super) mod context;

mod actions;
mod audit;
mod bulk;
mod bundles;
mod charts;
mod format;
mod grants;
mod history;
mod job_page;
mod keys;
mod outbox;
mod overview;
mod people;
mod previews;
mod purge;
mod requests;
mod search;
mod tables;
mod view;

use actix_web::web::ServiceConfig;

use self::context::{AdminContext, acted, looked};
use super::context::place;
use super::error::Outcome;
use super::forms::Fields;

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/admin", [looked(overview::show)]);
    place(routes, "/admin/search", [looked(search::show)]);
    place(routes, "/admin/requests", [looked(requests::list)]);
    place(routes, "/admin/requests/{id}", [looked(requests::show)]);
    place(routes, "/admin/requests/{id}/cancel", [acted(actions::cancel)]);
    place(routes, "/admin/requests/{id}/resend", [acted(actions::resend)]);
    place(routes, "/admin/grants", [looked(grants::list)]);
    place(routes, "/admin/grants/{id}", [looked(grants::show)]);
    place(routes, "/admin/grants/{id}/revoke", [acted(actions::revoke)]);
    place(routes, "/admin/users", [looked(people::list)]);
    place(routes, "/admin/users/{id}", [looked(people::show)]);
    place(routes, "/admin/users/{id}/revoke/{side}", [looked(bulk::ask_revoke), acted(bulk::revoke)]);
    place(routes, "/admin/bundles", [looked(bundles::list)]);
    place(routes, "/admin/bundles/{id}", [looked(bundles::show)]);
    place(routes, "/admin/emails/queue", [looked(outbox::list)]);
    place(routes, "/admin/emails/queue/retry", [looked(bulk::ask_retry), acted(bulk::retry)]);
    place(routes, "/admin/emails/queue/{id}", [looked(outbox::show)]);
    place(routes, "/admin/emails/queue/{id}/retry", [acted(actions::retry)]);
    previews::routes(routes);
    place(routes, "/admin/letters{rest:(/.*)?}", [looked(moved)]);
    place(routes, "/admin/keys", [looked(keys::list)]);
    place(routes, "/admin/keys/{id}", [looked(keys::show)]);
    place(routes, "/admin/keys/{id}/cancel", [looked(bulk::ask_cancel), acted(bulk::cancel)]);
    place(routes, "/admin/keys/{id}/revoke", [looked(keys::ask_revoke), acted(actions::revoke_key)]);
    place(routes, "/admin/audit", [looked(audit::show)]);
    place(routes, "/admin/audit/verify", [acted(audit::verify)]);
    place(routes, "/admin/purge", [looked(purge::show), acted(purge::run)]);
    place(routes, "/admin/work/{kind}", [looked(job_page::show), acted(job_page::go_on)]);
}

/// Redirects the address of earlier versions.
async fn moved(admin: AdminContext, _: Fields) -> Outcome {
    let request = &admin.visit.request;
    let rest = request.match_info().get("rest").unwrap_or_default();
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(admin.frame().see(&format!("/admin/emails{rest}{query}")))
}
