//! The first page: how the house is.

use actix_web::http::StatusCode;
use askama::Template;

use super::keeper::Keeper;
use crate::pages::forms::Fields;
use crate::pages::frame::Frame;
use crate::pages::trouble::{Outcome, page};

#[derive(Template)]
#[template(path = "pages/admin/overview.html")]
struct Overview<'a> {
    frame: &'a Frame,
}

pub(super) async fn show(keeper: Keeper, _: Fields) -> Outcome {
    page(StatusCode::OK, &Overview { frame: keeper.frame() })
}
