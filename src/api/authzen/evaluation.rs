//! `evaluation` and `evaluations`: may the subject do this?

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::problem::{Denied, Problem, Unread};
use super::state::State;
use super::wire::{Decision, EvaluationBody, EvaluationsBody, Several};
use crate::auth;
use crate::domain::Caller;
use crate::http::problem::HandlerError;
use crate::store::batch::Reading;
use crate::store::{StoreError, Tx};
use crate::workflow::access::{self, Answers, Question, Until};

/// The decisions in the order of the evaluations; fewer if one of them ended the rest.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenDecisions)]
pub(super) struct Decisions {
    evaluations: Vec<Decision>,
}

/// Several decisions, or one if the request had no list of evaluations.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenAnswered)]
#[serde(untagged)]
pub(super) enum Answered {
    Several(Decisions),
    One(Decision),
}

/// Whether the subject may do this to the resource now.
#[utoipa::path(
    post, path = "/access/v1/evaluation",
    params(("X-Request-ID" = Option<String>, Header, description = "returned in the response")),
    request_body = EvaluationBody,
    responses((status = 200, body = Decision), Unread, Denied)
)]
pub(super) async fn one(state: State, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let question = state.question(payload, |body: EvaluationBody, _| Ok(body.question(&state.config.authzen.actions))).await?;
    let text = if decide(&state, question).await? { r#"{"decision":true}"# } else { r#"{"decision":false}"# };
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

/// Several evaluations on one snapshot; without a list, the same as `evaluation`.
#[utoipa::path(
    post, path = "/access/v1/evaluations",
    params(("X-Request-ID" = Option<String>, Header, description = "returned in the response")),
    request_body = EvaluationsBody,
    responses((status = 200, body = Answered), Unread, Denied)
)]
pub(super) async fn several(state: State, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let asked = state.question(payload, |body: EvaluationsBody, _| body.questions(&state.config.authzen.actions));
    let (list, until) = match asked.await? {
        Several::One(question) => {
            let decision = decide(&state, question).await?;
            return Ok(HttpResponse::Ok().json(Answered::One(Decision { decision, context: None })));
        }
        Several::List(list, until) => (list, until),
    };
    let faults: Vec<Option<String>> = list.iter().map(|item| item.as_ref().err().cloned()).collect();
    let questions: Vec<_> = list.into_iter().map(Result::ok).collect();
    let decisions = if access::are_few(&questions) {
        state.ask(Evaluation { questions, until }).await?
    } else {
        state.read(move |tx, caller| access::evaluate_all(tx, caller, &questions, until, &Answers::default())).await?
    };
    let is_last = |at: usize| at + 1 == decisions.len();
    let evaluations = decisions.iter().zip(faults).enumerate().map(|(at, (decision, fault))| {
        let context = match fault {
            Some(message) => Some(json!({ "error": { "status": 400, "message": message } })),
            None if until == Until::FirstDenied && is_last(at) && !decision => Some(json!({ "reason": "deny_on_first_deny" })),
            None => None,
        };
        Decision { decision: *decision, context }
    });
    Ok(HttpResponse::Ok().json(Answered::Several(Decisions { evaluations: evaluations.collect() })))
}

/// A few questions, answered in one batch with those of other callers.
struct Evaluation {
    questions: Vec<Option<Question>>,
    until: Until,
}

impl auth::CallerQuestion for Evaluation {
    type Output = Vec<bool>;
    type Error = HandlerError;
    type Loaded = Answers;

    fn load(tx: &mut Tx<'_>, asked: &[&Self]) -> Result<Vec<Answers>, StoreError> {
        let questions: Vec<&[Option<Question>]> = asked.iter().map(|one| one.questions.as_slice()).collect();
        access::load_answers(tx, &questions)
    }

    fn answer(&self, tx: &mut Tx<'_>, caller: &Caller, _: &Reading, answers: &Answers) -> Result<Vec<bool>, HandlerError> {
        Ok(access::evaluate_all(tx, caller, &self.questions, self.until, answers)?)
    }
}

async fn decide(state: &State, question: Question) -> Result<bool, Problem> {
    Ok(state.ask(Evaluation { questions: vec![Some(question)], until: Until::TheEnd }).await? == [true])
}
