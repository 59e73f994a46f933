//! Previews of every email with sample people, in each language, as HTML at two widths and as text. Nothing is sent, and no
//! link leads anywhere.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::ServiceConfig;
use askama::Template;
use url::form_urlencoded;

use super::context::{AdminContext, looked};
use crate::config::Instance;
use crate::domain::EmailKind;
use crate::mail::emails::{Email, Reader, Rendered, about_kind, all_samples, render, samples};
use crate::pages::context::place;
use crate::pages::error::{Outcome, PageError, page};
use crate::pages::forms::Fields;
use crate::pages::layout::Frame;

/// The languages of emails, by their own names.
const LANGUAGES: [(&str, &str); 3] = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")];
/// A phone and a desktop, in pixels.
const WIDTHS: [&str; 2] = ["320", "600"];
/// The policy of the page, which shows the email in a frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
/// The policy of the email in the frame: its own styles and its logo only, no script, no link, and no framing by other sites.
const EMAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/admin/emails", [looked(list)]);
    place(routes, "/admin/emails/preview/{kind}", [looked(show)]);
    place(routes, "/admin/emails/preview/{kind}/html", [looked(html)]);
}

fn purpose(frame: &Frame, kind: EmailKind) -> Result<String, PageError> {
    about_kind(kind, "purpose", &frame.lang()).map_err(|error| PageError::broken(&error))
}

/// The samples of a kind, the most complete one first.
fn samples_of(kind: EmailKind) -> Vec<Email> {
    let mut all: Vec<_> = all_samples().into_iter().filter(|(_, email)| email.kind() == kind).collect();
    all.sort_by_key(|(name, _)| name != kind.as_str());
    all.into_iter().map(|(_, email)| email).collect()
}

/// The selected preview, from the URL.
#[derive(Clone, Copy)]
struct Look {
    kind: EmailKind,
    language: &'static str,
    width: &'static str,
    /// The number of the kind's sample, from 1.
    sample: usize,
}

impl Look {
    fn read(admin: &AdminContext, fields: &Fields) -> Result<Self, PageError> {
        let kind = admin.visit.request.match_info().get("kind");
        let kind = EmailKind::ALL.iter().find(|one| Some(one.as_str()) == kind).ok_or(PageError::NotFound)?;
        let sample = fields.one("sample").and_then(|number| number.parse().ok()).unwrap_or(1);
        let width = WIDTHS.into_iter().find(|one| fields.one("width") == Some(one)).unwrap_or("600");
        Ok(Self { kind: *kind, language: language(admin.frame(), fields), width, sample })
    }

    fn path(self, below: &str) -> String {
        let Self { kind, language, width, sample } = self;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("lang", language).append_pair("width", width).append_pair("sample", &sample.to_string());
        format!("/admin/emails/preview/{}{below}?{}", kind.as_str(), query.finish())
    }

    /// The email, and the number of samples of its kind.
    fn email(self, instance: &Instance) -> Result<(Rendered, usize), PageError> {
        let all = samples_of(self.kind);
        let email = self.sample.checked_sub(1).and_then(|at| all.get(at)).ok_or(PageError::NotFound)?;
        Ok((written(email, instance, self.language)?, all.len()))
    }
}

/// The requested language, or else the reader's own.
fn language(frame: &Frame, fields: &Fields) -> &'static str {
    let own = frame.lang();
    let wanted = fields.one("lang").unwrap_or(&own);
    LANGUAGES.into_iter().map(|(tag, _)| tag).find(|tag| *tag == wanted).unwrap_or("en")
}

fn written(email: &Email, instance: &Instance, language: &str) -> Result<Rendered, PageError> {
    let reader = Reader { locale: language.to_owned(), ..samples::reader_of(email.kind()) };
    render(email, &reader, instance, samples::now()).map_err(|error| PageError::broken(&error))
}

/// A link to the same preview with one other choice.
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
#[template(path = "pages/admin/previews.html")]
struct List<'a> {
    frame: &'a Frame,
    language: &'static str,
    languages: Vec<Turn>,
    entries: Vec<Entry>,
}

async fn list(admin: AdminContext, fields: Fields) -> Outcome {
    let frame = admin.frame();
    let language = language(frame, &fields);
    let mut entries = Vec::new();
    for kind in EmailKind::ALL {
        let look = Look { kind: *kind, language, width: "600", sample: 1 };
        let (email, _) = look.email(frame.instance())?;
        entries.push(Entry { path: frame.to(&look.path("")), subject: email.subject, purpose: purpose(frame, *kind)? });
    }
    let turn = |(tag, name): (&str, &str)| Turn {
        path: frame.to(&format!("/admin/emails?lang={tag}")),
        label: name.to_owned(),
        is_here: tag == language,
    };
    page(StatusCode::OK, &List { frame, language, languages: LANGUAGES.map(turn).into(), entries })
}

#[derive(Template)]
#[template(path = "pages/admin/preview.html")]
struct Preview<'a> {
    frame: &'a Frame,
    look: Look,
    purpose: String,
    email: &'a Rendered,
    /// The choices, by their names.
    choices: [(&'static str, Vec<Turn>); 3],
    all: String,
    html: String,
}

async fn show(admin: AdminContext, fields: Fields) -> Outcome {
    let look = Look::read(&admin, &fields)?;
    let frame = admin.frame();
    let (email, count) = look.email(frame.instance())?;
    let turn = |to: Look, label: String, is_here: bool| Turn { path: frame.to(&to.path("")), label, is_here };
    let languages = LANGUAGES.map(|(tag, name)| turn(Look { language: tag, ..look }, name.to_owned(), tag == look.language));
    let widths = WIDTHS.map(|width| turn(Look { width, ..look }, format!("{width} px"), width == look.width));
    let samples = (1..=count).map(|sample| turn(Look { sample, ..look }, sample.to_string(), sample == look.sample)).collect();
    let shown = Preview {
        frame,
        look,
        purpose: purpose(frame, look.kind)?,
        email: &email,
        choices: [("preview-language", languages.into()), ("preview-width", widths.into()), ("preview-sample", samples)],
        all: frame.to(&format!("/admin/emails?lang={}", look.language)),
        html: frame.to(&look.path("/html")),
    };
    let mut response = page(StatusCode::OK, &shown)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

async fn html(admin: AdminContext, fields: Fields) -> Outcome {
    let (email, _) = Look::read(&admin, &fields)?.email(admin.frame().instance())?;
    let mut response =
        HttpResponse::Ok().content_type("text/html; charset=utf-8").body(admin.frame().email_in_browser(&email.html));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(EMAIL_POLICY));
    Ok(response)
}
