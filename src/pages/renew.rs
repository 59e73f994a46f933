//! The page to request that access is kept, where the button of the email about its end leads. Opening it requests nothing; the
//! form does.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;

use super::context::{RequestContext, done, place, shown};
use super::error::{Outcome, PageError, page};
use super::format::{Person, Whose};
use super::forms::Fields;
use super::layout::Frame;
use crate::domain::{GrantId, Level};
use crate::mail::emails::Giver;
use crate::workflow::requests::renew::{self, Offer};

const HERE: &str = "/renew";

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, HERE, [shown(show), done(ask)]);
}

#[derive(Template)]
#[template(path = "pages/renew.html")]
struct Page<'a> {
    frame: &'a Frame,
    id: i64,
    approver: String,
    level: Level,
    /// Whether it has ended: `past`, or else `now`.
    state: &'static str,
    thing: String,
    ends: String,
    how_long: String,
    is_asked: bool,
    is_new: bool,
    again_from: Option<String>,
}

fn id_of(fields: &Fields) -> Result<GrantId, PageError> {
    fields.one("id").and_then(|id| id.parse().ok()).filter(|id| *id > 0).map(GrantId).ok_or(PageError::BadForm)
}

async fn show(visit: RequestContext, fields: Fields) -> Outcome {
    let id = id_of(&fields)?;
    answer(&visit, id, fields.one("said") == Some("asked")).await
}

/// Redirects to the sign-in page, which returns here.
fn sign_in(visit: &RequestContext, id: GrantId) -> HttpResponse {
    visit.frame.see(&format!("/sign-in?next={HERE}?id={id}"))
}

async fn answer(visit: &RequestContext, id: GrantId, is_new: bool) -> Outcome {
    let Some(caller) = visit.signed.as_ref().map(|signed| signed.caller.clone()) else { return Ok(sign_in(visit, id)) };
    let config = visit.config.clone();
    let offer = visit.store.read(move |tx| renew::offer(tx, &config, &caller, id)).await?;
    let frame = &visit.frame;
    let Offer { grant, bundle, approver, until, pending, again_from, .. } = offer;
    let approver = Person::from(&approver);
    let is_asked = pending.is_some();
    page(
        StatusCode::OK,
        &Page {
            frame,
            id: id.0,
            approver: approver.name,
            level: grant.level,
            state: if grant.ends_at.is_some_and(|end| end <= frame.now) { "past" } else { "now" },
            thing: frame.reader.quoted_thing(&bundle, Whose::Theirs),
            ends: grant.ends_at.map(|end| frame.reader.moment(end)).unwrap_or_default(),
            how_long: frame.reader.how_long(Some(until), Giver::None),
            is_asked,
            is_new: is_new && is_asked,
            again_from: again_from.filter(|_| !is_asked).map(|at| frame.reader.moment(at)),
        },
    )
}

async fn ask(visit: RequestContext, fields: Fields) -> Outcome {
    let id = id_of(&fields)?;
    let Some(caller) = visit.signed.as_ref().map(|signed| signed.caller.clone()) else { return Ok(sign_in(&visit, id)) };
    let config = visit.config.clone();
    let message = fields.filled("message").map(str::to_owned);
    visit.store.write(move |tx| renew::ask(tx, &config, &caller, id, message.as_deref())).await?;
    Ok(visit.frame.see(&format!("{HERE}?id={id}&said=asked")))
}
