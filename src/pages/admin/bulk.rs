//! Acts on many: a page that counts first, then the work itself, in steps.

use actix_web::http::StatusCode;

use super::context::Keeper;
use super::format::{fact, in_full};
use super::view::{Cell, Confirm, Tab, bounded};
use super::{job_page, outbox};
use crate::domain::{KeyId, UserId};
use crate::pages::error::{Outcome, Trouble, page};
use crate::pages::forms::Fields;
use crate::store::admin::Bounded;
use crate::store::users;
use crate::workflow::Refusal;
use crate::workflow::admin::job::{self, Task};
use crate::workflow::admin::lists;

async fn count(keeper: &Keeper, task: Task) -> Result<Bounded, Trouble> {
    let caller = keeper.caller.clone();
    Ok(keeper.visit.store.read(move |tx| job::count(tx, &caller, &task)).await?)
}

/// How many, what happens to them, and the button.
struct Asked<'a> {
    heading: &'static str,
    what: String,
    label: &'static str,
    number: Bounded,
    action: &'a str,
    button: &'static str,
    back: &'a str,
}

fn ask(keeper: &Keeper, asked: Asked<'_>) -> Outcome {
    let frame = keeper.frame();
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

/// Counts once more, and begins.
async fn begin(keeper: Keeper, task: Task) -> Outcome {
    let total = count(&keeper, task.clone()).await?;
    job_page::start(keeper, task, total).await
}

fn of_key(keeper: &Keeper) -> Result<(KeyId, Task), Trouble> {
    let id = keeper.id()?;
    Ok((KeyId(id), Task::Cancel { key: id }))
}

pub(super) async fn ask_cancel(keeper: Keeper, _: Fields) -> Outcome {
    let (id, task) = of_key(&keeper)?;
    let caller = keeper.caller.clone();
    let key = keeper.visit.store.read(move |tx| lists::key(tx, &caller, id)).await?;
    let number = count(&keeper, task).await?;
    let frame = keeper.frame();
    let (action, back) = (format!("/admin/keys/{id}/cancel"), format!("/admin/keys/{id}"));
    let what = frame.say("admin-cancel-all-what").with("app", frame.reader.name(&key.key.name)).to_string();
    let (heading, label, button) = ("admin-cancel-all", "admin-would-cancel", "admin-cancel-all-button");
    ask(&keeper, Asked { heading, what, label, number, action: &action, button, back: &back })
}

pub(super) async fn cancel(keeper: Keeper, _: Fields) -> Outcome {
    let (_, task) = of_key(&keeper)?;
    begin(keeper, task).await
}

fn of_user(keeper: &Keeper) -> Result<(UserId, bool), Trouble> {
    let gave = match keeper.visit.request.match_info().get("side") {
        Some("gave") => true,
        Some("holds") => false,
        _ => return Err(Trouble::NotFound),
    };
    Ok((UserId(keeper.id()?), gave))
}

pub(super) async fn ask_revoke(keeper: Keeper, _: Fields) -> Outcome {
    let (id, gave) = of_user(&keeper)?;
    let user = keeper.visit.store.read(move |tx| Ok::<_, Refusal>(users::find_ever(tx, id)?)).await?;
    let user = user.ok_or(Trouble::NotFound)?;
    let number = count(&keeper, Task::Revoke { user: id.0, gave }).await?;
    let frame = keeper.frame();
    let (heading, what) = if gave {
        ("admin-revoke-given", frame.say("admin-revoke-given-what"))
    } else {
        ("admin-revoke-held", frame.say("admin-revoke-held-what"))
    };
    let what = what.with("who", in_full(&user)).to_string();
    let side = if gave { "gave" } else { "holds" };
    let (action, back) = (format!("/admin/users/{id}/revoke/{side}"), format!("/admin/users/{id}"));
    let (label, button) = ("admin-would-revoke", "admin-revoke-all-button");
    ask(&keeper, Asked { heading, what, label, number, action: &action, button, back: &back })
}

pub(super) async fn revoke(keeper: Keeper, _: Fields) -> Outcome {
    let (id, gave) = of_user(&keeper)?;
    begin(keeper, Task::Revoke { user: id.0, gave }).await
}

pub(super) async fn ask_retry(keeper: Keeper, _: Fields) -> Outcome {
    let number = count(&keeper, Task::Retry { after: 0 }).await?;
    let what = keeper.frame().say("admin-retry-all-what").to_string();
    let (heading, label, button) = ("admin-retry-all", "admin-would-retry", "admin-retry-all-button");
    let action = "/admin/letters/queue/retry";
    ask(&keeper, Asked { heading, what, label, number, action, button, back: outbox::PATH })
}

pub(super) async fn retry(keeper: Keeper, _: Fields) -> Outcome {
    begin(keeper, Task::Retry { after: 0 }).await
}
