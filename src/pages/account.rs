//! A person's active sessions, remembered browsers and linked accounts. The person can end each of them, with immediate effect.

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use askama::Template;
use chrono::{DateTime, Utc};

use super::context::{RequestContext, done, place, shown};
use super::cookies::Kind;
use super::error::{Outcome, PageError, page};
use super::forms::Fields;
use super::layout::Frame;
use crate::auth::{remembered_browser, session};
use crate::domain::SessionId;
use crate::store::Tx;
use crate::store::credentials::OpenSession;
use crate::store::identities::Identity;
use crate::store::remembered_browsers::RememberedBrowser;
use crate::workflow::{What, WorkflowError, identity};

const HERE: &str = "/account/sessions";

pub(super) fn routes(routes: &mut ServiceConfig) {
    place(routes, HERE, [shown(show)]);
    place(routes, "/account/sessions/end", [done(end)]);
    place(routes, "/account/sessions/end-others", [done(end_others)]);
    place(routes, "/account/browsers/forget", [done(forget)]);
    place(routes, "/account/identities/unlink", [done(unlink)]);
}

/// An active session.
struct Open {
    id: i64,
    is_here: bool,
    /// Whether it began since the person's last sign-in with this browser.
    is_new: bool,
    /// "Firefox, Linux".
    browser: String,
    facts: Vec<String>,
}

/// A remembered browser.
struct Remembered {
    id: i64,
    browser: String,
    facts: Vec<String>,
}

/// A linked account of a provider.
struct Linked {
    id: i64,
    name: String,
    facts: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/sessions.html")]
struct Sessions<'a> {
    frame: &'a Frame,
    said: Option<String>,
    open: Vec<Open>,
    has_others: bool,
    remembered: Vec<Remembered>,
    identities: Vec<Linked>,
}

/// The session of this browser.
fn current(visit: &RequestContext) -> Option<SessionId> {
    visit.cookies.get(&visit.request, Kind::Session).as_deref().and_then(session::id_of)
}

fn id_of(fields: &Fields) -> Result<i64, PageError> {
    fields.one("id").and_then(|id| id.parse().ok()).filter(|id| *id > 0).ok_or(PageError::BadForm)
}

async fn show(visit: RequestContext, fields: Fields) -> Outcome {
    let caller = visit.signed_or_to(HERE)?.caller.clone();
    let look = move |tx: &mut Tx<'_>| {
        Ok::<_, WorkflowError>((
            session::list(tx, &caller)?,
            remembered_browser::list(tx, &caller)?,
            identity::list(tx, &caller)?,
        ))
    };
    let (sessions, browsers, identities) = visit.store.read(look).await?;
    let (frame, here) = (&visit.frame, current(&visit));
    let last_visit = sessions.iter().find(|one| Some(one.id) == here).and_then(|one| one.last_visit_at);
    let mut sessions: Vec<Open> = sessions.into_iter().map(|one| open(frame, one, here, last_visit)).collect();
    sessions.sort_by_key(|one| !one.is_here);
    let shown = Sessions {
        frame,
        said: said(&fields).map(|key| frame.say(key).to_string()),
        has_others: sessions.iter().any(|one| !one.is_here),
        open: sessions,
        remembered: browsers.into_iter().map(|one| remembered(frame, one)).collect(),
        identities: identities.into_iter().map(|one| linked(&visit, one)).collect(),
    };
    page(StatusCode::OK, &shown)
}

fn open(frame: &Frame, one: OpenSession, here: Option<SessionId>, last_visit: Option<DateTime<Utc>>) -> Open {
    let moment = |key, at| frame.say(key).with("moment", frame.reader.moment(at)).to_string();
    let mut facts = vec![moment("sessions-since", one.created_at), moment("sessions-seen", one.seen_at)];
    facts.extend(one.peer.map(|peer| frame.say("sessions-from").with("address", peer).to_string()));
    let is_here = Some(one.id) == here;
    let is_new = !is_here && last_visit.is_some_and(|last| last < one.created_at);
    Open { id: one.id.0, is_here, is_new, browser: browser(frame, one.agent), facts }
}

fn browser(frame: &Frame, agent: String) -> String {
    if agent.is_empty() { frame.say("sessions-unknown").to_string() } else { agent }
}

fn remembered(frame: &Frame, one: RememberedBrowser) -> Remembered {
    let moment = |key, at| frame.say(key).with("moment", frame.reader.moment(at)).to_string();
    let mut facts = vec![
        moment("remembered-since", one.created_at),
        moment("remembered-used", one.used_at),
        moment("remembered-until", one.expires_at),
    ];
    facts.extend(one.peer.map(|peer| frame.say("sessions-from").with("address", peer).to_string()));
    Remembered { id: one.id, browser: browser(frame, one.agent), facts }
}

fn linked(visit: &RequestContext, one: Identity) -> Linked {
    let frame = &visit.frame;
    let moment = |key, at| frame.say(key).with("moment", frame.reader.moment(at)).to_string();
    let facts = vec![moment("identities-since", one.created_at), moment("identities-seen", one.seen_at)];
    // A provider that is no longer configured is shown by its issuer.
    let known = visit.providers.iter().find(|provider| provider.settings().issuer == one.issuer);
    Linked { id: one.id, name: known.map_or(one.issuer, |provider| provider.settings().name.clone()), facts }
}

/// The sentence about the last action.
fn said(fields: &Fields) -> Option<&'static str> {
    match fields.one("said")? {
        "ended" => Some("sessions-said-ended"),
        "others" => Some("sessions-said-others"),
        "forgotten" => Some("remembered-said-forgotten"),
        "unlinked" => Some("identities-said-unlinked"),
        _ => None,
    }
}

async fn end(visit: RequestContext, fields: Fields) -> Outcome {
    let caller = visit.signed_or_to(HERE)?.caller.clone();
    let id = SessionId(id_of(&fields)?);
    let is_here = current(&visit) == Some(id);
    match visit.store.write(move |tx| session::end(tx, &caller, id)).await {
        Ok(()) if is_here => visit.sign_out("/").await,
        Ok(()) => Ok(visit.frame.see("/account/sessions?said=ended")),
        Err(WorkflowError::NotFound(What::Session)) => Err(PageError::NotFound),
        Err(other) => Err(other.into()),
    }
}

async fn end_others(visit: RequestContext, _: Fields) -> Outcome {
    let caller = visit.signed_or_to(HERE)?.caller.clone();
    let kept = current(&visit).ok_or(PageError::SignIn { next: HERE })?;
    visit.store.write(move |tx| session::end_others(tx, &caller, kept)).await?;
    Ok(visit.frame.see("/account/sessions?said=others"))
}

async fn forget(visit: RequestContext, fields: Fields) -> Outcome {
    let caller = visit.signed_or_to(HERE)?.caller.clone();
    let id = id_of(&fields)?;
    visit.store.write(move |tx| remembered_browser::forget(tx, &caller, id)).await?;
    Ok(visit.frame.see("/account/sessions?said=forgotten"))
}

async fn unlink(visit: RequestContext, fields: Fields) -> Outcome {
    let caller = visit.signed_or_to(HERE)?.caller.clone();
    let id = id_of(&fields)?;
    visit.store.write(move |tx| identity::unlink(tx, &caller, id)).await?;
    Ok(visit.frame.see("/account/sessions?said=unlinked"))
}
