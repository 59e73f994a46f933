//! The first page: what this site is, for people who come without an email.

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;

use super::context::{RequestContext, place, shown};
use super::error::{Outcome, page};
use super::forms::Fields;
use super::layout::Frame;

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/", [shown(front)]);
}

#[derive(Template)]
#[template(path = "pages/home.html")]
struct Front<'a> {
    frame: &'a Frame,
}

async fn front(visit: RequestContext, _: Fields) -> Outcome {
    if visit.signed.is_some() {
        return Ok(visit.frame.see("/inbox"));
    }
    page(StatusCode::OK, &Front { frame: &visit.frame })
}
