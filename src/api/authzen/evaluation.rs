//! `evaluation` and `evaluations`: may they?

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::call::Call;
use super::problem::{Denied, Problem, Unread};
use super::wire::{Decision, EvaluationBody, EvaluationsBody, Several};
use crate::auth::Reach;
use crate::workflow::access::{self, Question, Until};

/// The answers to several evaluations, in their order: fewer than were asked where one of them ended it.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenDecisions)]
pub(super) struct Decisions {
    evaluations: Vec<Decision>,
}

/// Several decisions; one, where there was no list of evaluations.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenAnswered)]
#[serde(untagged)]
#[expect(dead_code, reason = "the description's")]
pub(super) enum Answered {
    Several(Decisions),
    One(Decision),
}

/// Whether the subject may do that to the resource now.
#[utoipa::path(
    post, path = "/access/v1/evaluation",
    params(("X-Request-ID" = Option<String>, Header, description = "comes back in the answer")),
    request_body = EvaluationBody,
    responses((status = 200, body = Decision), Unread, Denied)
)]
pub(super) async fn one(call: Call, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let question = call.question(payload, |body: EvaluationBody, _| Ok(body.question(&call.config.authzen.actions))).await?;
    decide(&call, question).await
}

/// Several at once, on one snapshot; without a list as `evaluation`.
#[utoipa::path(
    post, path = "/access/v1/evaluations",
    params(("X-Request-ID" = Option<String>, Header, description = "comes back in the answer")),
    request_body = EvaluationsBody,
    responses((status = 200, body = Answered), Unread, Denied)
)]
pub(super) async fn several(call: Call, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let asked = call.question(payload, |body: EvaluationsBody, _| body.questions(&call.config.authzen.actions));
    let (list, until) = match asked.await? {
        Several::One(question) => return decide(&call, question).await,
        Several::List(list, until) => (list, until),
    };
    let faults: Vec<Option<String>> = list.iter().map(|item| item.as_ref().err().cloned()).collect();
    let questions: Vec<_> = list.into_iter().map(Result::ok).collect();
    let reach = access::asked(questions.iter().flatten()).map_or(Reach::Wide, Reach::Held);
    let decisions = call.look(reach, move |tx, caller| access::evaluate_all(tx, caller, &questions, until)).await?;
    let is_last = |at: usize| at + 1 == decisions.len();
    let evaluations = decisions.iter().zip(faults).enumerate().map(|(at, (decision, fault))| {
        let context = match fault {
            Some(message) => Some(json!({ "error": { "status": 400, "message": message } })),
            None if until == Until::FirstDenied && is_last(at) && !decision => Some(json!({ "reason": "deny_on_first_deny" })),
            None => None,
        };
        Decision { decision: *decision, context }
    });
    Ok(HttpResponse::Ok().json(Decisions { evaluations: evaluations.collect() }))
}

async fn decide(call: &Call, question: Question) -> Result<HttpResponse, Problem> {
    let reach = access::asked(std::iter::once(&question)).map_or(Reach::Short, Reach::Held);
    let decision = call.look(reach, move |tx, caller| access::evaluate(tx, caller, &question)).await?;
    let text = if decision { r#"{"decision":true}"# } else { r#"{"decision":false}"# };
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}
