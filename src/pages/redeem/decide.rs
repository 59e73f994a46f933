//! The actions: approve, approve with limits, decline, undo, another email. Each is a form of ours sent by the approver, and
//! each ends in a redirect, so that a reload repeats nothing.

use std::sync::Arc;

use actix_web::http::StatusCode;

use super::{Here, Token, holder, matter, review, token};
use crate::domain::ApprovalLimits;
use crate::pages::context::{RequestContext, Signed};
use crate::pages::error::{self, Message, Next, Outcome, PageError, page};
use crate::pages::forms::{Fields, Problem};
use crate::workflow::WorkflowError;
use crate::workflow::blocks::Whom;
use crate::workflow::requests::decide;
use crate::workflow::requests::link::{self, Matter};
use crate::workflow::validate::MESSAGE_CHARS;

/// The approver with their email's link; in any other case `/redeem` shows the right page.
async fn approver(visit: &RequestContext) -> Result<Option<(&Signed, Token)>, PageError> {
    let Some(token) = token(visit) else { return Ok(None) };
    let holder = holder(visit, &token).await?;
    match Here::of(visit, &holder) {
        Here::Reader(signed) => Ok(Some((signed, token))),
        Here::Nobody | Here::Other(_) => Ok(None),
    }
}

/// Shows a refused action: an error beside its field, or the link's present state.
fn refused(visit: &RequestContext, matter: &Matter, entered: &review::Entered, refusal: WorkflowError) -> Outcome {
    match refusal {
        WorkflowError::Invalid { field, problem } => {
            let field = match field {
                "level" | "resources" | "reason" => field,
                _ => "ends",
            };
            let problem = visit.frame.say(error::why_invalid(&problem));
            review::show(&visit.frame, matter, entered, vec![Problem::new(field, problem)])
        }
        WorkflowError::Closed(_) => Ok(visit.frame.see("/redeem")),
        other => Err(other.into()),
    }
}

pub(super) async fn approve(visit: RequestContext, fields: Fields) -> Outcome {
    visit.count_redeem()?;
    let Some((signed, token)) = approver(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let matter = match matter(&visit, signed, &token).await {
        Err(WorkflowError::Closed(_)) => return Ok(visit.frame.see("/redeem")),
        other => other?,
    };
    let (narrowing, entered, problems) = if fields.has("less") {
        review::read(&fields, &visit.frame, &matter)
    } else {
        (ApprovalLimits::default(), review::Entered::default(), Vec::new())
    };
    if !problems.is_empty() {
        return review::show(&visit.frame, &matter, &entered, problems);
    }
    let caller = signed.caller.clone();
    match visit.store.write(move |tx| link::approve(tx, &caller, &token, &narrowing)).await {
        Ok(()) => Ok(visit.frame.see("/redeem/done")),
        Err(refusal) => refused(&visit, &matter, &entered, refusal),
    }
}

pub(super) async fn decline(visit: RequestContext, fields: Fields) -> Outcome {
    visit.count_redeem()?;
    let Some((signed, token)) = approver(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let matter = match matter(&visit, signed, &token).await {
        Err(WorkflowError::Closed(_)) => return Ok(visit.frame.see("/redeem")),
        other => other?,
    };
    let reason = fields.filled("reason").map(str::to_owned);
    let entered = review::Entered { reason: reason.clone().unwrap_or_default(), ..review::Entered::default() };
    if let Some(text) = &reason
        && text.chars().count() > MESSAGE_CHARS
    {
        let problem = visit.frame.say("review-problem-reason-long").count("most", MESSAGE_CHARS);
        return review::show(&visit.frame, &matter, &entered, vec![Problem::new("reason", problem)]);
    }
    let caller = signed.caller.clone();
    let declined = visit.store.write(move |tx| decide::decline_by_token(tx, &caller, &token, reason.as_deref())).await;
    match declined {
        Ok(_) => Ok(visit.frame.see("/redeem/done")),
        Err(refusal) => refused(&visit, &matter, &entered, refusal),
    }
}

pub(super) async fn undo(visit: RequestContext, _: Fields) -> Outcome {
    let Some((signed, token)) = approver(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let caller = signed.caller.clone();
    visit.store.write(move |tx| link::undo(tx, &caller, &token)).await?;
    Ok(visit.frame.see("/redeem/done"))
}

/// The person or app that a form blocks.
fn whom(fields: &Fields) -> Result<Whom, PageError> {
    match fields.one("whom") {
        Some("person") => Ok(Whom::Person),
        Some("app") => Ok(Whom::App),
        _ => Err(PageError::BadForm),
    }
}

pub(super) async fn block(visit: RequestContext, fields: Fields) -> Outcome {
    visit.count_redeem()?;
    let whom = whom(&fields)?;
    let Some((signed, token)) = approver(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let (config, caller) = (Arc::clone(&visit.config), signed.caller.clone());
    match visit.store.write(move |tx| link::block(tx, &config, &caller, &token, whom)).await {
        Ok(()) => Ok(visit.frame.see("/redeem/done")),
        Err(WorkflowError::Closed(_)) => Ok(visit.frame.see("/redeem")),
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn unblock(visit: RequestContext, fields: Fields) -> Outcome {
    let whom = whom(&fields)?;
    let Some((signed, token)) = approver(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let caller = signed.caller.clone();
    match visit.store.write(move |tx| link::unblock(tx, &caller, &token, whom)).await {
        Ok(()) => Ok(visit.frame.see("/redeem/done")),
        Err(WorkflowError::Closed(_)) => Ok(visit.frame.see("/redeem")),
        Err(other) => Err(other.into()),
    }
}

/// Sends another email, only ever to the reader's own address. The response is the same whatever the result.
pub(super) async fn fresh(visit: RequestContext, _: Fields) -> Outcome {
    visit.count_redeem()?;
    if let Some(token) = token(&visit) {
        holder(&visit, &token).await?;
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
    let frame = &visit.frame;
    let message = Message {
        frame,
        seal: "wait",
        heading: frame.say("fresh-heading").to_string(),
        sentences: ["fresh-if", "fresh-often"].map(|key| frame.say(key).to_string()).into(),
        next: vec![Next { path: frame.to("/redeem"), label: frame.say("fresh-back").to_string() }],
    };
    page(StatusCode::OK, &message)
}
