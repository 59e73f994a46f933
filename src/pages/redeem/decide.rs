//! The actions: approve, approve with limits, decline, undo, another email. Each is a form of ours sent by the approver, and
//! each ends in a redirect, so that a reload repeats nothing.

use std::sync::Arc;

use actix_web::http::StatusCode;

use super::{Here, Reached, matter, reached, recipient, review, token};
use crate::domain::{ApprovalLimits, Level, RequestKind};
use crate::pages::confirm;
use crate::pages::context::{RequestContext, Signed};
use crate::pages::error::{self, Message, Outcome, PageError, page};
use crate::pages::forms::{Fields, Problem};
use crate::workflow::WorkflowError;
use crate::workflow::blocks::Whom;
use crate::workflow::requests::link::{self, Matter};
use crate::workflow::validate::MESSAGE_CHARS;

/// The approver, with how they came to the request; in any other case `/redeem` shows the right page.
async fn approver(visit: &mut RequestContext, fields: &Fields) -> Result<Option<(Signed, Reached)>, PageError> {
    let Some(reached) = reached(visit, fields).await? else { return Ok(None) };
    match Here::of(visit, &reached.recipient) {
        Here::Reader(signed) => Ok(Some((signed.clone(), reached))),
        Here::Nobody | Here::Other(_) => Ok(None),
    }
}

/// The approver with the request, counted as a use; none if `/redeem` shows something else.
async fn opened(visit: &mut RequestContext, fields: &Fields) -> Result<Option<(Signed, Reached, Matter)>, PageError> {
    visit.count_redeem()?;
    let Some((signed, reached)) = approver(visit, fields).await? else { return Ok(None) };
    match matter(visit, &signed, &reached.way).await {
        Ok(matter) => Ok(Some((signed, reached, matter))),
        Err(WorkflowError::Closed(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// Shows a refused action: an error beside its field, or the link's present state.
fn refused(
    visit: &RequestContext,
    reached: &Reached,
    matter: &Matter,
    entered: &review::Entered,
    refusal: WorkflowError,
) -> Outcome {
    match refusal {
        WorkflowError::Invalid { field, problem } => {
            let field = match field {
                "level" | "resources" | "reason" => field,
                _ => "ends",
            };
            let problem = visit.frame.say(error::why_invalid(&problem));
            review::show(&visit.frame, matter, entered, vec![Problem::new(field, problem)])
        }
        WorkflowError::Closed(_) => Ok(visit.frame.see(&reached.path("/redeem"))),
        other => Err(other.into()),
    }
}

pub(super) async fn approve(mut visit: RequestContext, fields: Fields) -> Outcome {
    let Some((signed, reached, matter)) = opened(&mut visit, &fields).await? else { return Ok(visit.frame.see("/redeem")) };
    let (narrowing, entered, problems) = if fields.has("less") {
        review::read(&fields, &visit.frame, &matter)
    } else {
        (ApprovalLimits::default(), review::Entered::default(), Vec::new())
    };
    if !problems.is_empty() {
        return review::show(&visit.frame, &matter, &entered, problems);
    }
    if gives_for_good(&matter, &narrowing) {
        let act = ("/redeem/approve", "fresh-code-approve");
        if let Some(page) = confirm::fresh_code(&visit, &signed, &fields, act, &review::FIELDS).await? {
            return Ok(page);
        }
    }
    let (caller, way) = (signed.caller, reached.way.clone());
    match visit.store.write(move |tx| link::approve(tx, &caller, &way, &narrowing)).await {
        Ok(()) => Ok(visit.frame.see(&reached.path("/redeem/done"))),
        Err(refusal) => refused(&visit, &reached, &matter, &entered, refusal),
    }
}

/// Whether an approval gives the strongest right to the approver's own data without an end.
fn gives_for_good(matter: &Matter, limits: &ApprovalLimits) -> bool {
    let (request, level) = (&matter.view.request, limits.level.unwrap_or(matter.view.level));
    request.kind == RequestKind::Ask && level == Level::Contribute && request.until.is_none() && limits.until.is_none()
}

pub(super) async fn decline(mut visit: RequestContext, fields: Fields) -> Outcome {
    let Some((signed, reached, matter)) = opened(&mut visit, &fields).await? else { return Ok(visit.frame.see("/redeem")) };
    let reason = fields.filled("reason").map(str::to_owned);
    let entered = review::Entered { reason: reason.clone().unwrap_or_default(), ..review::Entered::default() };
    if let Some(text) = &reason
        && text.chars().count() > MESSAGE_CHARS
    {
        let problem = visit.frame.say("review-problem-reason-long").count("most", MESSAGE_CHARS);
        return review::show(&visit.frame, &matter, &entered, vec![Problem::new("reason", problem)]);
    }
    let (caller, way) = (signed.caller, reached.way.clone());
    match visit.store.write(move |tx| link::decline(tx, &caller, &way, reason.as_deref())).await {
        Ok(()) => Ok(visit.frame.see(&reached.path("/redeem/done"))),
        Err(refusal) => refused(&visit, &reached, &matter, &entered, refusal),
    }
}

pub(super) async fn undo(mut visit: RequestContext, fields: Fields) -> Outcome {
    let Some((signed, reached)) = approver(&mut visit, &fields).await? else { return Ok(visit.frame.see("/redeem")) };
    let (caller, way) = (signed.caller, reached.way.clone());
    visit.store.write(move |tx| link::undo(tx, &caller, &way)).await?;
    Ok(visit.frame.see(&reached.path("/redeem/done")))
}

/// Shows the result of an action, or the link's present state if the link is closed.
fn ended(visit: &RequestContext, reached: &Reached, result: Result<(), WorkflowError>) -> Outcome {
    match result {
        Ok(()) => Ok(visit.frame.see(&reached.path("/redeem/done"))),
        Err(WorkflowError::Closed(_)) => Ok(visit.frame.see(&reached.path("/redeem"))),
        Err(other) => Err(other.into()),
    }
}

/// The person or app that a form blocks.
fn whom(fields: &Fields) -> Result<Whom, PageError> {
    match fields.one("whom") {
        Some("person") => Ok(Whom::Person),
        Some("app") => Ok(Whom::App),
        _ => Err(PageError::BadForm),
    }
}

pub(super) async fn block(mut visit: RequestContext, fields: Fields) -> Outcome {
    visit.count_redeem()?;
    let whom = whom(&fields)?;
    let Some((signed, reached)) = approver(&mut visit, &fields).await? else { return Ok(visit.frame.see("/redeem")) };
    let (config, caller, way) = (Arc::clone(&visit.config), signed.caller, reached.way.clone());
    let blocked = visit.store.write(move |tx| link::block(tx, &config, &caller, &way, whom)).await;
    ended(&visit, &reached, blocked)
}

pub(super) async fn unblock(mut visit: RequestContext, fields: Fields) -> Outcome {
    let whom = whom(&fields)?;
    let Some((signed, reached)) = approver(&mut visit, &fields).await? else { return Ok(visit.frame.see("/redeem")) };
    let (caller, way) = (signed.caller, reached.way.clone());
    let lifted = visit.store.write(move |tx| link::unblock(tx, &caller, &way, whom)).await;
    ended(&visit, &reached, lifted)
}

/// Sends another email, only ever to the reader's own address. The response is the same whatever the result.
pub(super) async fn fresh(visit: RequestContext, _: Fields) -> Outcome {
    visit.count_redeem()?;
    if let Some(token) = token(&visit) {
        recipient(&visit, &token).await?;
        let caller = visit.somebody();
        match visit.store.write(move |tx| link::fresh(tx, &caller, &token)).await {
            Ok(_) => {}
            Err(error @ (WorkflowError::Store(_) | WorkflowError::Rng(_))) => return Err(error.into()),
            Err(refusal) => tracing::debug!(%refusal, "no fresh link was sent"),
        }
    }
    Ok(visit.frame.see("/redeem/fresh"))
}

pub(super) async fn show_fresh(visit: RequestContext, _: Fields) -> Outcome {
    let message = Message::waiting(&visit.frame, "fresh-heading", ["fresh-if", "fresh-often"], ("/redeem", "fresh-back"));
    page(StatusCode::OK, &message)
}
