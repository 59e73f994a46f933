//! Error responses: `{"error": …}`. The original client repeats a call that is answered with 500 or more, immediately and four
//! times, so only repeatable calls get such an answer.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::http::base_path::Base;
use crate::http::problem::{self, Api};
use crate::workflow::WorkflowError;

/// Eluvio's API.
#[derive(Debug)]
pub(super) struct Eluvio;

pub(super) type Problem = problem::Problem<Eluvio>;
pub(super) type Denied = problem::Denied<Eluvio>;
pub(super) type Failed = problem::Failed<Eluvio>;
pub(super) type Unread = problem::Unread<Eluvio>;

/// An error.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EluvioError)]
pub(super) struct ErrorBody<'a> {
    /// What is wrong, and what to do.
    error: &'a str,
}

impl Api for Eluvio {
    type Detail = ();
    type Body = ErrorBody<'static>;
    const CHALLENGE: &'static str = "Bearer realm=\"Countersign\"";
    const NOTHING_HERE: &'static str = "not found";

    fn refused(error: &WorkflowError, _: &Base, problem: Problem) -> Problem {
        let message = match error {
            WorkflowError::Unknown { field, value, hint } => format!("{}: {value} does not exist; {hint}", member(field)),
            WorkflowError::Invalid { field, problem } => format!("{}: {problem}", member(field)),
            _ => return problem,
        };
        Problem { message, ..problem }
    }

    fn not_allowed(allow: &str) -> String {
        format!("only {allow} here")
    }

    /// All 401s and 404s are the same, so that they do not reveal what exists.
    fn respond(problem: &Problem, mut response: HttpResponseBuilder) -> HttpResponse {
        let error = match problem.status {
            StatusCode::UNAUTHORIZED => {
                "sign in: send Authorization: Bearer with a token that your account signed for the space of /config and that \
                 is not over, or another credential of this instance"
            }
            StatusCode::NOT_FOUND => Self::NOTHING_HERE,
            _ => &problem.message,
        };
        response.json(ErrorBody { error })
    }
}

/// The name of a workflow field in this API.
fn member(field: &str) -> &str {
    match field {
        "of" => "object_ids",
        "starts_at" => "start_time",
        "ends_at" => "end_time",
        "attributes" => "the parameters",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_status_and_its_words() {
        insta::assert_snapshot!(problem::table::<Eluvio>(), @r#"
        401 www-authenticate: Bearer realm="Countersign" {"error":"sign in: send Authorization: Bearer with a token that your account signed for the space of /config and that is not over, or another credential of this instance"}
        404 {"error":"not found"}
        404 {"error":"not found"}
        400 {"error":"bundle: bundle 7 does not exist; name another"}
        400 {"error":"with: a@x.org does not exist; name another"}
        400 {"error":"object_ids: <60"}
        400 {"error":"reshare: no such rights"}
        400 {"error":"start_time: too early"}
        400 {"error":"end_time: too late"}
        400 {"error":"the parameters: too long"}
        400 {"error":"limit: too many"}
        403 {"error":"this is for administrators"}
        403 {"error":"this key has not the scope `grants`; make one with `countersign key add --scope grants`"}
        410 {"error":"this request was cancelled, since what it was about is no longer there"}
        410 {"error":"this link is from before a restored backup; ask for a fresh one"}
        429 retry-after: 2 {"error":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:02 UTC"}
        429 retry-after: 1 {"error":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:01 UTC"}
        422 {"error":"this Idempotency-Key was used for another request; use a new key for each thing you want done"}
        409 retry-after: 1 {"error":"a request with this Idempotency-Key is being answered now; ask again in a second"}
        409 {"error":"it was changed meanwhile; read it again, and change what is there now"}
        409 {"error":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again"}
        409 {"error":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again"}
        409 {"error":"uri: a@x.org is taken"}
        503 retry-after: 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        500 {"error":"Sorry, this request could not be processed. Please try again later."}
        500 {"error":"Sorry, this request could not be processed. Please try again later."}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        401 www-authenticate: Bearer realm="Countersign" {"error":"sign in: send Authorization: Bearer with a token that your account signed for the space of /config and that is not over, or another credential of this instance"}
        401 www-authenticate: Bearer realm="Countersign" {"error":"sign in: send Authorization: Bearer with a token that your account signed for the space of /config and that is not over, or another credential of this instance"}
        429 retry-after: 60 {"error":"too many wrong tries; try again after 00:01:01 UTC"}
        503 retry-after: 1 {"error":"too many sign-ins at once; try again shortly"}
        503 retry-after: 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        413 {"error":"the body is too large: at most 9 bytes"}
        400 {"error":"there are two Authorization headers; send one"}
        405 allow: GET,HEAD {"error":"only GET,HEAD here"}
        "#);
    }
}
