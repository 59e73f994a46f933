//! Every letter as people get it, with made-up people in it, in each language, as HTML at two widths and as text. Nothing here
//! is sent, and no link in it leads anywhere.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::ServiceConfig;
use askama::Template;
use url::form_urlencoded;

use super::context::{Keeper, looked};
use crate::domain::LetterKind;
use crate::mail::emails::{Letter, Reader, Rendered, render, samples};
use crate::pages::context::place;
use crate::pages::error::{Outcome, Trouble, page};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;

/// The languages that letters are written in, as each calls itself.
const LANGUAGES: [(&str, &str); 3] = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")];
/// A telephone and a desk, in pixels.
const WIDTHS: [&str; 2] = ["320", "600"];
/// The page itself, which shows a letter in a frame of its own.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
/// The letter in the frame: its own styles and nothing else, no script, no link, nobody else's page around it.
const LETTER_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/admin/letters", [looked(list)]);
    place(routes, "/admin/letters/preview/{kind}", [looked(show)]);
    place(routes, "/admin/letters/preview/{kind}/html", [looked(html)]);
}

/// To whom a kind goes, and when: its sentence.
const fn purpose(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Decide => "preview-decide",
        LetterKind::Invite => "preview-invite",
        LetterKind::Reminder => "preview-reminder",
        LetterKind::FreshLink => "preview-fresh-link",
        LetterKind::Receipt => "preview-receipt",
        LetterKind::Approved => "preview-approved",
        LetterKind::ApprovedLess => "preview-approved-less",
        LetterKind::Declined => "preview-declined",
        LetterKind::Withdrawn => "preview-withdrawn",
        LetterKind::Expired => "preview-expired",
        LetterKind::Cancelled => "preview-cancelled",
        LetterKind::AnotherDecides => "preview-another-decides",
        LetterKind::SignInCode => "preview-sign-in-code",
        LetterKind::Undeliverable => "preview-undeliverable",
        LetterKind::Shared => "preview-shared",
        LetterKind::EndsSoon => "preview-ends-soon",
        LetterKind::Ended => "preview-ended",
        LetterKind::Revoked => "preview-revoked",
        LetterKind::SignInWarning => "preview-sign-in-warning",
        LetterKind::Summary => "preview-summary",
    }
}

/// The samples of a kind, the one that tells most of it first.
fn samples_of(kind: LetterKind) -> Vec<Letter> {
    let mut all: Vec<_> = samples::shown().into_iter().filter(|(_, letter)| letter.kind() == kind).collect();
    all.sort_by_key(|(name, _)| *name != kind.as_str());
    all.into_iter().map(|(_, letter)| letter).collect()
}

/// What is looked at, as the address says it.
#[derive(Clone, Copy)]
struct Look {
    kind: LetterKind,
    language: &'static str,
    width: &'static str,
    /// Which of the kind's samples, from 1.
    sample: usize,
}

impl Look {
    fn read(keeper: &Keeper, fields: &Fields) -> Result<Self, Trouble> {
        let kind = keeper.visit.request.match_info().get("kind");
        let kind = LetterKind::ALL.iter().find(|one| Some(one.as_str()) == kind).ok_or(Trouble::NotFound)?;
        let sample = fields.one("sample").and_then(|number| number.parse().ok()).unwrap_or(1);
        let width = WIDTHS.into_iter().find(|one| fields.one("width") == Some(one)).unwrap_or("600");
        Ok(Self { kind: *kind, language: language(keeper.frame(), fields), width, sample })
    }

    fn path(self, below: &str) -> String {
        let Self { kind, language, width, sample } = self;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("lang", language).append_pair("width", width).append_pair("sample", &sample.to_string());
        format!("/admin/letters/preview/{}{below}?{}", kind.as_str(), query.finish())
    }

    /// The letter, and how many samples its kind has.
    fn letter(self) -> Result<(Rendered, usize), Trouble> {
        let all = samples_of(self.kind);
        let letter = self.sample.checked_sub(1).and_then(|at| all.get(at)).ok_or(Trouble::NotFound)?;
        Ok((written(letter, self.language)?, all.len()))
    }
}

/// The language that was asked for, or else the reader's own.
fn language(frame: &Frame, fields: &Fields) -> &'static str {
    let own = frame.lang();
    let wanted = fields.one("lang").unwrap_or(&own);
    LANGUAGES.into_iter().map(|(tag, _)| tag).find(|tag| *tag == wanted).unwrap_or("en")
}

fn written(letter: &Letter, language: &str) -> Result<Rendered, Trouble> {
    let reader = Reader { locale: language.to_owned(), ..samples::reader_of(letter.kind()) };
    render(letter, &reader).map_err(|error| Trouble::broken(&error))
}

/// A link to the same in another way.
struct Turn {
    path: String,
    label: String,
    is_here: bool,
}

struct Entry {
    path: String,
    subject: String,
    purpose: String,
}

#[derive(Template)]
#[template(path = "pages/admin/letters.html")]
struct List<'a> {
    frame: &'a Frame,
    language: &'static str,
    languages: Vec<Turn>,
    entries: Vec<Entry>,
}

async fn list(keeper: Keeper, fields: Fields) -> Outcome {
    let frame = keeper.frame();
    let language = language(frame, &fields);
    let mut entries = Vec::new();
    for kind in LetterKind::ALL {
        let look = Look { kind: *kind, language, width: "600", sample: 1 };
        let (letter, _) = look.letter()?;
        let purpose = frame.say(purpose(*kind)).to_string();
        entries.push(Entry { path: frame.to(&look.path("")), subject: letter.subject, purpose });
    }
    let turn = |(tag, name): (&str, &str)| Turn {
        path: frame.to(&format!("/admin/letters?lang={tag}")),
        label: name.to_owned(),
        is_here: tag == language,
    };
    page(StatusCode::OK, &List { frame, language, languages: LANGUAGES.map(turn).into(), entries })
}

#[derive(Template)]
#[template(path = "pages/admin/letter.html")]
struct Preview<'a> {
    frame: &'a Frame,
    look: Look,
    purpose: String,
    letter: &'a Rendered,
    /// By the name of what is chosen.
    choices: [(&'static str, Vec<Turn>); 3],
    all: String,
    html: String,
}

async fn show(keeper: Keeper, fields: Fields) -> Outcome {
    let look = Look::read(&keeper, &fields)?;
    let frame = keeper.frame();
    let (letter, count) = look.letter()?;
    let turn = |to: Look, label: String, is_here: bool| Turn { path: frame.to(&to.path("")), label, is_here };
    let languages = LANGUAGES.map(|(tag, name)| turn(Look { language: tag, ..look }, name.to_owned(), tag == look.language));
    let widths = WIDTHS.map(|width| turn(Look { width, ..look }, format!("{width} px"), width == look.width));
    let samples = (1..=count).map(|sample| turn(Look { sample, ..look }, sample.to_string(), sample == look.sample)).collect();
    let shown = Preview {
        frame,
        look,
        purpose: frame.say(purpose(look.kind)).to_string(),
        letter: &letter,
        choices: [("preview-language", languages.into()), ("preview-width", widths.into()), ("preview-sample", samples)],
        all: frame.to(&format!("/admin/letters?lang={}", look.language)),
        html: frame.to(&look.path("/html")),
    };
    let mut response = page(StatusCode::OK, &shown)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

async fn html(keeper: Keeper, fields: Fields) -> Outcome {
    let (letter, _) = Look::read(&keeper, &fields)?.letter()?;
    let mut response = HttpResponse::Ok().content_type("text/html; charset=utf-8").body(letter.html.to_string());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(LETTER_POLICY));
    Ok(response)
}
