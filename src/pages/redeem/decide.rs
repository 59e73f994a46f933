//! The deeds: yes, yes for less, no, undo, another letter. Each is a form of ours sent by the one who decides, and each
//! ends in a redirect, so that a reload does nothing twice.

use actix_web::http::StatusCode;

use super::{Here, Token, holder, matter, review, token};
use crate::domain::Narrowing;
use crate::pages::forms::{Fields, Problem};
use crate::pages::trouble::{Message, Next, Trouble};
use crate::pages::visit::{Outcome, Signed, Visit, page};
use crate::workflow::link::Matter;
use crate::workflow::{Refusal, decide, link};

/// The one who decides, here with their letter; otherwise `/redeem` knows what to show.
async fn decider(visit: &Visit) -> Result<Option<(&Signed, Token)>, Trouble> {
    let Some(token) = token(visit) else { return Ok(None) };
    let holder = holder(visit, &token).await?;
    match Here::of(visit, &holder) {
        Here::Reader(signed) => Ok(Some((signed, token))),
        Here::Nobody | Here::Other(_) => Ok(None),
    }
}

/// A deed that came to nothing: a field to be mended beside the form, or the state that the link is in now.
fn refused(visit: &Visit, matter: &Matter, entered: &review::Entered, refusal: Refusal) -> Outcome {
    match refusal {
        Refusal::Invalid { field, problem } => {
            let field = match field {
                "level" | "resources" | "reason" => field,
                _ => "ends",
            };
            review::show(&visit.frame, matter, entered, vec![Problem::new(field, problem)])
        }
        Refusal::Closed(_) => Ok(visit.frame.see("/redeem")),
        other => Err(other.into()),
    }
}

pub(super) async fn approve(visit: Visit, fields: Fields) -> Outcome {
    visit.rates.redeem(visit.peer).map_err(Trouble::TooFast)?;
    let Some((signed, token)) = decider(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let matter = match matter(&visit, signed, &token).await {
        Err(Refusal::Closed(_)) => return Ok(visit.frame.see("/redeem")),
        other => other?,
    };
    let (narrowing, entered, problems) = if fields.has("less") {
        review::read(&fields, &visit.frame, &matter)
    } else {
        (Narrowing::default(), review::Entered::default(), Vec::new())
    };
    if !problems.is_empty() {
        return review::show(&visit.frame, &matter, &entered, problems);
    }
    let caller = signed.caller.clone();
    match visit.store.write(move |tx| link::approve(tx, &caller, &token, &narrowing)).await {
        Ok(()) => {
            visit.wake.up();
            Ok(visit.frame.see("/redeem/done"))
        }
        Err(refusal) => refused(&visit, &matter, &entered, refusal),
    }
}

pub(super) async fn decline(visit: Visit, fields: Fields) -> Outcome {
    visit.rates.redeem(visit.peer).map_err(Trouble::TooFast)?;
    let Some((signed, token)) = decider(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let matter = match matter(&visit, signed, &token).await {
        Err(Refusal::Closed(_)) => return Ok(visit.frame.see("/redeem")),
        other => other?,
    };
    let reason = fields.filled("reason").map(str::to_owned);
    let entered = review::Entered { reason: reason.clone().unwrap_or_default(), ..review::Entered::default() };
    let caller = signed.caller.clone();
    let declined = visit.store.write(move |tx| decide::decline_by_token(tx, &caller, &token, reason.as_deref())).await;
    match declined {
        Ok(_) => {
            visit.wake.up();
            Ok(visit.frame.see("/redeem/done"))
        }
        Err(refusal) => refused(&visit, &matter, &entered, refusal),
    }
}

pub(super) async fn undo(visit: Visit, _: Fields) -> Outcome {
    let Some((signed, token)) = decider(&visit).await? else { return Ok(visit.frame.see("/redeem")) };
    let caller = signed.caller.clone();
    visit.store.write(move |tx| link::undo(tx, &caller, &token)).await?;
    visit.wake.up();
    Ok(visit.frame.see("/redeem/done"))
}

/// Another letter, only ever to the reader's own address. What is answered is the same whatever comes of it.
pub(super) async fn fresh(visit: Visit, _: Fields) -> Outcome {
    visit.rates.redeem(visit.peer).map_err(Trouble::TooFast)?;
    if let Some(token) = token(&visit) {
        holder(&visit, &token).await?;
        let caller = visit.somebody();
        match visit.store.write(move |tx| link::fresh(tx, &caller, &token)).await {
            Ok(_) => visit.wake.up(),
            Err(error @ (Refusal::Store(_) | Refusal::Chance(_))) => return Err(error.into()),
            Err(refusal) => tracing::debug!(%refusal, "no fresh link was sent"),
        }
    }
    Ok(visit.frame.see("/redeem/fresh"))
}

pub(super) async fn show_fresh(visit: Visit, _: Fields) -> Outcome {
    let message = Message {
        frame: &visit.frame,
        heading: "Look into your mail",
        sentences: vec![
            "If the request still waits for an answer, a fresh link is on its way to the address we have of the person it was first mailed to.".into(),
            "It is sent at most every ten minutes, and five times in all. The earlier letters' links lead to the same request.".into(),
        ],
        next: vec![Next { path: visit.frame.to("/redeem"), label: "Back to the link you opened" }],
    };
    page(StatusCode::OK, &message)
}
