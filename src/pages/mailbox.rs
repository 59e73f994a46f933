//! The captured emails, for trials, demonstrations and tests. They contain live links, so only this machine may read them:
//! judged by the connection itself, not by a proxy's header, and by a host name that no other site can have.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::ServiceConfig;
use askama::Template;

use super::context::{RequestContext, place, shown};
use super::error::{Outcome, PageError, page};
use super::forms::Fields;
use super::layout::Frame;
use crate::config::is_local;
use crate::http::host::is_this_machine;
use crate::mail::{Captured, Mailbox};

/// The policy of an email's HTML: its own styles and logo, and links that lead out.
const EMAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox";

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, "/mailbox", [shown(list)]);
    place(routes, "/mailbox.json", [shown(json)]);
    place(routes, "/mailbox/{id}", [shown(email)]);
    place(routes, "/mailbox/{id}/html", [shown(html)]);
}

/// The mailbox, if there is one and the caller may see it. For everybody else it does not exist.
fn mailbox(visit: &RequestContext) -> Result<&Mailbox, PageError> {
    // If links lead to another machine, a proxy on this machine forwards requests of others.
    let is_public = !visit.config.server.public_url.host_str().is_some_and(is_local);
    visit.mailbox.as_ref().filter(|_| !is_public && is_this_machine(&visit.request)).ok_or(PageError::NotFound)
}

struct Entry {
    path: String,
    subject: String,
    to: String,
    received: String,
}

#[derive(Template)]
#[template(path = "pages/mailbox.html")]
struct List<'a> {
    frame: &'a Frame,
    emails: Vec<Entry>,
}

async fn list(visit: RequestContext, _: Fields) -> Outcome {
    let frame = &visit.frame;
    let entry = |email: Captured| Entry {
        path: frame.to(&format!("/mailbox/{}", email.id)),
        subject: email.subject,
        to: email.to,
        received: frame.reader.moment(email.received_at),
    };
    let emails = mailbox(&visit)?.list().into_iter().map(entry).collect();
    page(StatusCode::OK, &List { frame, emails })
}

async fn json(visit: RequestContext, _: Fields) -> Outcome {
    Ok(HttpResponse::Ok().json(mailbox(&visit)?.list()))
}

fn find(visit: &RequestContext) -> Result<Captured, PageError> {
    let id = visit.request.match_info().get("id").and_then(|id| id.parse::<u64>().ok());
    let emails = mailbox(visit)?.list();
    emails.into_iter().find(|email| Some(email.id) == id).ok_or(PageError::NotFound)
}

struct Line<'a> {
    text: &'a str,
    is_link: bool,
}

#[derive(Template)]
#[template(path = "pages/mailbox_email.html")]
struct Email<'a> {
    frame: &'a Frame,
    subject: &'a str,
    from: &'a str,
    to: &'a str,
    received: String,
    html_path: String,
    lines: Vec<Line<'a>>,
}

async fn email(visit: RequestContext, _: Fields) -> Outcome {
    let found = find(&visit)?;
    let frame = &visit.frame;
    // In our emails a link stands alone on its line, and every other URL is broken up.
    let is_link =
        |line: &str| (line.starts_with("https://") || line.starts_with("http://")) && !line.contains(char::is_whitespace);
    let shown = Email {
        frame,
        subject: &found.subject,
        from: &found.from,
        to: &found.to,
        received: frame.reader.moment(found.received_at),
        html_path: frame.to(&format!("/mailbox/{}/html", found.id)),
        lines: found.text.lines().map(|text| Line { text, is_link: is_link(text) }).collect(),
    };
    page(StatusCode::OK, &shown)
}

async fn html(visit: RequestContext, _: Fields) -> Outcome {
    let email = find(&visit)?;
    let mut response =
        HttpResponse::Ok().content_type("text/html; charset=utf-8").body(visit.frame.email_in_browser(&email.html));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(EMAIL_POLICY));
    Ok(response)
}
