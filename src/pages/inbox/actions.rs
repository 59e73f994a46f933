//! The actions of the inbox. Each is a form of ours, and ends in a redirect to its list.

use std::sync::Arc;

use actix_web::HttpResponse;

use super::view::{List, View};
use crate::domain::{AppId, Caller, GrantId, RequestId, UserId};
use crate::pages::context::RequestContext;
use crate::pages::error::{Outcome, PageError};
use crate::pages::forms::Fields;
use crate::store::Tx;
use crate::store::blocks::Blocked;
use crate::workflow::blocks::{self, Whom};
use crate::workflow::requests::{ask_again, link, resend, view, withdraw};
use crate::workflow::{What, WorkflowError, shares};

/// The id of the form's row.
fn id_of(fields: &Fields) -> Result<i64, PageError> {
    fields.one("id").and_then(|id| id.parse().ok()).filter(|id| *id > 0).ok_or(PageError::BadForm)
}

/// The form's list.
fn back(fields: &Fields) -> View {
    let list = fields.one("list").and_then(List::parse).unwrap_or(List::OfYou);
    View::read(list, fields).unwrap_or(View::of(list))
}

/// Redirects to the list, which says what was done and can undo it.
fn said(visit: &RequestContext, view: &View, word: &str, undo: &[(&str, &str)]) -> HttpResponse {
    let path = view.path();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("said", word).extend_pairs(undo);
    let and = if path.contains('?') { '&' } else { '?' };
    visit.frame.see(&format!("{path}{and}{}", query.finish()))
}

/// Shows an action's result. If the row has ended meanwhile, the list shows that.
fn done<T>(visit: &RequestContext, view: &View, result: Result<T, WorkflowError>, word: &str, undo: &[(&str, &str)]) -> Outcome {
    match result {
        Ok(_) => Ok(said(visit, view, word, undo)),
        Err(WorkflowError::Closed(_) | WorkflowError::NotFound(What::Request | What::Grant)) => Ok(visit.frame.see(&view.path())),
        Err(other) => Err(other.into()),
    }
}

/// Runs an operation of the signed-in person on the form's row, which `view` shows. Returns the row's id and the result.
async fn run<T: Send + 'static>(
    visit: &RequestContext,
    view: &View,
    fields: &Fields,
    mut f: impl FnMut(&mut Tx<'_>, &Caller, i64) -> Result<T, WorkflowError> + Send + 'static,
) -> Result<(i64, Result<T, WorkflowError>), PageError> {
    let caller = visit.signed_or_to(view.list.path())?.caller.clone();
    let id = id_of(fields)?;
    Ok((id, visit.store.write(move |tx| f(tx, &caller, id)).await))
}

pub(super) async fn mail_link(visit: RequestContext, fields: Fields) -> Outcome {
    let view = back(&fields);
    let run = run(&visit, &view, &fields, |tx, caller, id| link::fresh_of(tx, caller, RequestId(id)));
    let (_, mailed) = run.await?;
    done(&visit, &view, mailed, "link", &[])
}

/// Declining needs no email link, since it gives no access.
pub(super) async fn decline(visit: RequestContext, fields: Fields) -> Outcome {
    let reason = fields.filled("reason").map(str::to_owned);
    let view = back(&fields);
    let run =
        run(&visit, &view, &fields, move |tx, caller, id| link::decline_in_inbox(tx, caller, RequestId(id), reason.as_deref()));
    let (_, declined) = run.await?;
    done(&visit, &view, declined, "declined", &[])
}

pub(super) async fn withdraw(visit: RequestContext, fields: Fields) -> Outcome {
    let view = back(&fields);
    let run = run(&visit, &view, &fields, |tx, caller, id| withdraw::by_requester(tx, caller, RequestId(id)));
    let (id, withdrawn) = run.await?;
    done(&visit, &view, withdrawn, "withdrawn", &[("id", &id.to_string())])
}

pub(super) async fn resend(visit: RequestContext, fields: Fields) -> Outcome {
    let view = back(&fields);
    let run = run(&visit, &view, &fields, |tx, caller, id| resend::by_requester(tx, caller, RequestId(id)));
    let (_, resent) = run.await?;
    done(&visit, &view, resent, "resent", &[])
}

pub(super) async fn again(visit: RequestContext, fields: Fields) -> Outcome {
    let config = visit.config.clone();
    let view = View::of(List::ByYou);
    let run = run(&visit, &view, &fields, move |tx, caller, id| ask_again::ask_again(tx, &config, caller, RequestId(id)));
    let (_, asked) = run.await?;
    done(&visit, &view, asked, "again", &[])
}

pub(super) async fn revoke(visit: RequestContext, fields: Fields) -> Outcome {
    let view = back(&fields);
    let run = run(&visit, &view, &fields, |tx, caller, id| {
        shares::revoke(tx, caller, GrantId(id))?;
        let grant = crate::store::grants::find(tx, GrantId(id))?;
        Ok(grant.is_some_and(|grant| caller.user.is_some_and(|me| grant.grantee == Some(me.into()))))
    });
    let (_, revoked) = run.await?;
    let word = if matches!(revoked, Ok(true)) { "given-up" } else { "taken-back" };
    done(&visit, &view, revoked, word, &[])
}

/// Blocks the requester or the app. The form to undo it names that person or app, not the request.
pub(super) async fn block(visit: RequestContext, fields: Fields) -> Outcome {
    let (whom, word) = match fields.one("whom") {
        Some("person") => (Whom::Person, "person"),
        Some("app") => (Whom::App, "app"),
        _ => return Err(PageError::BadForm),
    };
    let config = Arc::clone(&visit.config);
    let view = back(&fields);
    let run = run(&visit, &view, &fields, move |tx, caller, id| {
        let request = view::find(tx, caller, RequestId(id))?;
        blocks::block(tx, &config, caller, &request, whom)?;
        Ok(match whom {
            Whom::Person => request.requester().map(|user| user.0),
            Whom::App => request.app.map(|app| app.0),
        })
    });
    let (_, blocked) = run.await?;
    let undo = blocked.as_ref().ok().copied().flatten().map(|id| id.to_string());
    let undo: Vec<(&str, &str)> = undo.iter().flat_map(|id| [("whom", word), ("id", id.as_str())]).collect();
    done(&visit, &view, blocked, "blocked", &undo)
}

pub(super) async fn unblock(visit: RequestContext, fields: Fields) -> Outcome {
    let caller = visit.signed_or_to("/inbox/blocked")?.caller.clone();
    let id = id_of(&fields)?;
    let blocked = match fields.one("whom") {
        Some("person") => Blocked::User(UserId(id)),
        Some("app") => Blocked::App(AppId(id)),
        _ => return Err(PageError::BadForm),
    };
    visit.store.write(move |tx| blocks::lift(tx, &caller, blocked)).await?;
    Ok(visit.frame.see("/inbox/blocked?said=lifted"))
}
