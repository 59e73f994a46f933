//! Error responses: one object, the same in a failed request and in the `context` of a failed evaluation.

use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::json_body::{BadMember, BadValue};
use crate::http::problem::{self, Api};

/// The AuthZEN API.
#[derive(Debug)]
pub(super) struct Authzen;

pub(super) type Problem = problem::Problem<Authzen>;
pub(super) type Denied = problem::Denied<Authzen>;
pub(super) type Unread = problem::Unread<Authzen>;

/// An error: the same object in a failed request and in the `context` of a failed evaluation.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenError)]
pub(super) struct ErrorBody {
    pub(super) error: ErrorText,
}

/// The status and the message.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenErrorText)]
pub(super) struct ErrorText {
    /// The HTTP status; of an evaluation in a list, the status that it would have.
    pub(super) status: u16,
    /// What is wrong, and what to do.
    pub(super) message: String,
}

/// The message for an invalid member.
pub(super) fn words(error: &BadMember) -> String {
    match &error.problem {
        BadValue::Null(wanted) if wanted == "a string" => format!("{}: it is missing", error.path),
        _ => error.to_string(),
    }
}

impl Api for Authzen {
    type Detail = ();
    type Body = ErrorBody;
    const CHALLENGE: &'static str = "Bearer realm=\"Countersign\", Basic realm=\"Countersign\", charset=\"UTF-8\"";
    const MISTAKE: &'static str = "this could not be answered because of a mistake of ours";
    const NOTHING_HERE: &'static str = "nothing is here; /.well-known/authzen-configuration says where what is";

    fn bad_member(error: &BadMember) -> Problem {
        Problem::bad(words(error))
    }

    fn not_allowed(allow: &str) -> String {
        format!("only {allow} is answered here")
    }

    fn respond(problem: &Problem, mut response: HttpResponseBuilder) -> HttpResponse {
        response.json(ErrorBody { error: ErrorText { status: problem.status.as_u16(), message: problem.message.clone() } })
    }
}
