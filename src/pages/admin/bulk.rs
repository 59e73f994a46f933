//! Actions on many rows: a page that counts them first, then a job in steps.

use actix_web::http::StatusCode;

use super::context::AdminContext;
use super::format::{fact, in_full};
use super::view::{Cell, Confirm, Tab, bounded};
use super::{job_page, outbox};
use crate::domain::{KeyId, UserId};
use crate::pages::error::{Outcome, PageError, page};
use crate::pages::forms::Fields;
use crate::store::admin::Bounded;
use crate::store::users;
use crate::workflow::WorkflowError;
use crate::workflow::admin::job::{self, Task};
use crate::workflow::admin::lists;

async fn count(admin: &AdminContext, task: Task) -> Result<Bounded, WorkflowError> {
    admin.read(move |tx, caller| job::count(tx, caller, &task)).await
}

/// The number of rows, the effect on them, and the button.
struct Asked<'a> {
    heading: &'static str,
    what: String,
    label: &'static str,
    number: Bounded,
    action: &'a str,
    button: &'static str,
    back: &'a str,
}

fn ask(admin: &AdminContext, asked: Asked<'_>) -> Outcome {
    let frame = admin.frame();
    let is_something = asked.number.number > 0;
    let confirm = Confirm {
        frame,
        heading: frame.say(asked.heading).to_string(),
        sentences: vec![asked.what],
        facts: vec![fact(frame, asked.label, Cell::of(bounded(frame, asked.number)))],
        fields: Vec::new(),
        action: if is_something { frame.to(asked.action) } else { String::new() },
        button: frame.say(asked.button).with("number", bounded(frame, asked.number)).to_string(),
        back: Tab::new(frame, asked.back, frame.say("admin-back"), false),
    };
    page(StatusCode::OK, &confirm)
}

/// Counts again, and starts the job.
async fn begin(admin: AdminContext, task: Task) -> Outcome {
    let total = count(&admin, task.clone()).await?;
    job_page::start(admin, task, total).await
}

fn of_key(admin: &AdminContext) -> Result<(KeyId, Task), PageError> {
    let id = admin.id()?;
    Ok((KeyId(id), Task::Cancel { key: id }))
}

pub(super) async fn ask_cancel(admin: AdminContext, _: Fields) -> Outcome {
    let (id, task) = of_key(&admin)?;
    let key = admin.read(move |tx, caller| lists::key(tx, caller, id)).await?;
    let number = count(&admin, task).await?;
    let frame = admin.frame();
    let (action, back) = (format!("/admin/keys/{id}/cancel"), format!("/admin/keys/{id}"));
    let what = frame.say("admin-cancel-all-what").with("app", frame.reader.name(&key.key.name)).to_string();
    let (heading, label, button) = ("admin-cancel-all", "admin-would-cancel", "admin-cancel-all-button");
    ask(&admin, Asked { heading, what, label, number, action: &action, button, back: &back })
}

pub(super) async fn cancel(admin: AdminContext, _: Fields) -> Outcome {
    let (_, task) = of_key(&admin)?;
    begin(admin, task).await
}

fn of_user(admin: &AdminContext) -> Result<(UserId, bool), PageError> {
    let gave = match admin.visit.request.match_info().get("side") {
        Some("gave") => true,
        Some("holds") => false,
        _ => return Err(PageError::NotFound),
    };
    Ok((UserId(admin.id()?), gave))
}

pub(super) async fn ask_revoke(admin: AdminContext, _: Fields) -> Outcome {
    let (id, gave) = of_user(&admin)?;
    let user = admin.read(move |tx, _| Ok(users::find_including_deleted(tx, id)?)).await?.ok_or(PageError::NotFound)?;
    let number = count(&admin, Task::Revoke { user: id.0, gave }).await?;
    let frame = admin.frame();
    let (heading, what) = if gave {
        ("admin-revoke-given", frame.say("admin-revoke-given-what"))
    } else {
        ("admin-revoke-held", frame.say("admin-revoke-held-what"))
    };
    let what = what.with("who", in_full(&user)).to_string();
    let side = if gave { "gave" } else { "holds" };
    let (action, back) = (format!("/admin/users/{id}/revoke/{side}"), format!("/admin/users/{id}"));
    let (label, button) = ("admin-would-revoke", "admin-revoke-all-button");
    ask(&admin, Asked { heading, what, label, number, action: &action, button, back: &back })
}

pub(super) async fn revoke(admin: AdminContext, _: Fields) -> Outcome {
    let (id, gave) = of_user(&admin)?;
    begin(admin, Task::Revoke { user: id.0, gave }).await
}

pub(super) async fn ask_retry(admin: AdminContext, _: Fields) -> Outcome {
    let number = count(&admin, Task::Retry { after: 0 }).await?;
    let what = admin.frame().say("admin-retry-all-what").to_string();
    let (heading, label, button) = ("admin-retry-all", "admin-would-retry", "admin-retry-all-button");
    let action = "/admin/emails/queue/retry";
    ask(&admin, Asked { heading, what, label, number, action, button, back: outbox::PATH })
}

pub(super) async fn retry(admin: AdminContext, _: Fields) -> Outcome {
    begin(admin, Task::Retry { after: 0 }).await
}
