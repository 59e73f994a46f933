//! The administrators' house: what goes on, what hangs, who gave what to whom, and the acts that set it right.
//!
//! Every route here is placed with `keeper::looked` or `keeper::acted`, so that none forgets to ask whether whoever comes keeps
//! watch. To everybody else who is signed in there is nothing here.

pub(super) mod keeper;
pub(super) mod layout;

mod overview;
mod previews;

use actix_web::web::ServiceConfig;

use self::keeper::looked;
use super::visit::place;

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/admin", [looked(overview::show)]);
    previews::routes(routes);
}
