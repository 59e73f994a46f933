//! The choice of language and time zone: stored with a signed-in person, for pages and emails, and in a cookie for anybody.

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;

use super::context::{RequestContext, done, place, put, shown};
use super::cookies::Kind;
use super::error::{Outcome, PageError, page};
use super::format::Chosen;
use super::forms::Fields;
use super::language_cookie;
use super::layout::Frame;
use super::return_to::local;
use crate::i18n::Language;
use crate::workflow::accounts;

const HERE: &str = "/language";

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, HERE, [shown(show), done(choose)]);
}

struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "pages/language.html")]
struct Page<'a> {
    frame: &'a Frame,
    next: String,
    languages: Vec<Choice>,
    zones: Vec<Choice>,
}

async fn show(visit: RequestContext, fields: Fields) -> Outcome {
    let frame = &visit.frame;
    let (lang, zone) = (frame.lang(), frame.reader.zone());
    let language = |tag: String| Choice { label: Language::own_name(&tag), is_chosen: tag == lang, value: tag };
    let zone = |name: &str| Choice { value: name.to_owned(), label: name.replace('_', " "), is_chosen: name == zone };
    let languages = Language::all().into_iter().map(language).collect();
    let zones = chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name()).filter(|name| is_offered(name)).map(zone).collect();
    page(StatusCode::OK, &Page { frame, next: local(fields.one("next")), languages, zones })
}

/// Places, and no abbreviations or offsets.
fn is_offered(name: &str) -> bool {
    name == "UTC" || name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("US/")
}

async fn choose(visit: RequestContext, fields: Fields) -> Outcome {
    let next = local(fields.one("next"));
    let (locale, zone) = (fields.one("language").unwrap_or_default(), fields.one("time_zone").unwrap_or_default());
    let chosen = Chosen::read(locale, zone).ok_or(PageError::BadForm)?;
    let mut response = visit.frame.see(&next);
    put(&mut response, &visit.cookies.keep(Kind::Language, language_cookie::written(&chosen)));
    if let Some(signed) = &visit.signed {
        let caller = signed.caller.clone();
        visit.store.write(move |tx| accounts::choose_language(tx, &caller, &chosen.locale, chosen.zone.name())).await?;
    }
    Ok(response)
}
