//! One search field for everything.

use actix_web::http::StatusCode;
use askama::Template;

use super::context::AdminContext;
use super::format::{bundle, person};
use super::tables;
use super::view::{Cell, Part, Table};
use crate::domain::{Bundle, User};
use crate::pages::error::{Outcome, page};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;
use crate::workflow::admin::search;

const TEXT_CHARS: usize = 200;

#[derive(Template)]
#[template(path = "pages/admin/search.html")]
struct Search<'a> {
    frame: &'a Frame,
    text: &'a str,
    parts: Vec<Part>,
}

fn people(frame: &Frame, people: &[User]) -> Table {
    let row = |user: &User| {
        let own_name = if user.username == user.email.as_str() { "" } else { user.username.as_str() };
        vec![person(frame, user), Cell::of(format!("#{}", user.id)).note(own_name)]
    };
    Table::new(frame, "admin-users", &["admin-name", "admin-number"], people.iter().map(row).collect())
}

fn bundles(frame: &Frame, bundles: &[Bundle]) -> Table {
    let row = |one: &Bundle| vec![bundle(frame, one), Cell::of(format!("#{}", one.id))];
    Table::new(frame, "admin-bundles", &["admin-name", "admin-number"], bundles.iter().map(row).collect())
}

pub(super) async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let text: String = fields.filled("q").unwrap_or_default().chars().take(TEXT_CHARS).collect();
    let wanted = text.clone();
    let found = admin.read(move |tx, caller| search::find(tx, caller, &wanted)).await?;
    let frame = admin.frame();
    let mut parts = Vec::new();
    if !found.people.is_empty() {
        parts.push(Part::table(frame.say("admin-users"), people(frame, &found.people)));
    }
    if !found.bundles.is_empty() {
        parts.push(Part::table(frame.say("admin-bundles"), bundles(frame, &found.bundles)));
    }
    if !found.grants.is_empty() {
        parts.push(Part::table(frame.say("admin-grants"), tables::grants(frame, &found.grants)));
    }
    if !found.requests.is_empty() {
        parts.push(Part::table(frame.say("admin-requests"), tables::requests(frame, &found.requests)));
    }
    if !found.emails.is_empty() {
        parts.push(Part::table(frame.say("admin-its-emails"), super::outbox::table(frame, &found.emails)));
    }
    page(StatusCode::OK, &Search { frame, text: &text, parts })
}
