//! Error responses. The original client reads the code, and only if the type is `application/json` without parameters.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::base_path::Base;
use crate::http::problem::{self, Api};
use crate::workflow::{What, WorkflowError};

/// Filr's API.
#[derive(Debug)]
pub(super) struct Filr;

pub(super) type Problem = problem::Problem<Filr>;
pub(super) type Denied = problem::Denied<Filr>;

/// An error.
#[derive(Serialize, ToSchema)]
#[schema(as = FilrError)]
pub(super) struct ErrorBody<'a> {
    /// `SHAREITEM_NOT_FOUND`, `NOT_FOUND`, `BAD_INPUT`, `ACCESS_DENIED`, `UNAUTHENTICATED_ACCESS`, `SERVER_ERROR`.
    #[schema(example = "SHAREITEM_NOT_FOUND")]
    code: &'static str,
    /// What is wrong, and what to do.
    message: &'a str,
}

pub(super) fn no_share() -> Problem {
    let message = "there is no share with this id; list the shares for those there are";
    Problem { detail: Some("SHAREITEM_NOT_FOUND"), ..Problem::new(StatusCode::NOT_FOUND, message) }
}

impl Api for Filr {
    /// The code, if it is not the default of the status.
    type Detail = Option<&'static str>;
    type Body = ErrorBody<'static>;
    const CHALLENGE: &'static str = "Basic realm=\"Novell Filr\"";
    const MISTAKE: &'static str = "this could not be processed; please try again later";
    const NOTHING_HERE: &'static str = "there is nothing here; /rest says what there is";

    fn refused(error: &WorkflowError, _: &Base, problem: Problem) -> Problem {
        if matches!(error, WorkflowError::NotFound(What::Grant)) { no_share() } else { problem }
    }

    fn not_allowed(allow: &str) -> String {
        format!("not allowed here; use {allow}")
    }

    fn respond(problem: &Problem, mut response: HttpResponseBuilder) -> HttpResponse {
        let of_status = match problem.status.as_u16() {
            401 => "UNAUTHENTICATED_ACCESS",
            403 => "ACCESS_DENIED",
            404 | 410 => "NOT_FOUND",
            429 | 500.. => "SERVER_ERROR",
            _ => "BAD_INPUT",
        };
        let body = ErrorBody { code: problem.detail.unwrap_or(of_status), message: &problem.message };
        response.insert_header((CONTENT_TYPE, Self::MEDIA_TYPE));
        response.body(serde_json::to_string(&body).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_status_and_its_code() {
        insta::assert_snapshot!(problem::table::<Filr>(), @r#"
        401 www-authenticate: Basic realm="Novell Filr" {"code":"UNAUTHENTICATED_ACCESS","message":"sign in first: this is only for people we know"}
        404 {"code":"SHAREITEM_NOT_FOUND","message":"there is no share with this id; list the shares for those there are"}
        404 {"code":"NOT_FOUND","message":"there is no such user"}
        400 {"code":"BAD_INPUT","message":"bundle: bundle 7 does not exist; name another"}
        400 {"code":"BAD_INPUT","message":"with: a@x.org does not exist; name another"}
        400 {"code":"BAD_INPUT","message":"of: <60"}
        400 {"code":"BAD_INPUT","message":"reshare: no such rights"}
        400 {"code":"BAD_INPUT","message":"starts_at: too early"}
        400 {"code":"BAD_INPUT","message":"ends_at: too late"}
        400 {"code":"BAD_INPUT","message":"attributes: too long"}
        400 {"code":"BAD_INPUT","message":"limit: too many"}
        403 {"code":"ACCESS_DENIED","message":"this is for administrators"}
        403 {"code":"ACCESS_DENIED","message":"this key has not the scope `grants`; make one with `countersign key add --scope grants`"}
        410 {"code":"NOT_FOUND","message":"this request was cancelled, since what it was about is no longer there"}
        410 {"code":"NOT_FOUND","message":"this link is from before a restored backup; ask for a fresh one"}
        429 retry-after: 2 {"code":"SERVER_ERROR","message":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:02 UTC"}
        429 retry-after: 1 {"code":"SERVER_ERROR","message":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:01 UTC"}
        422 {"code":"BAD_INPUT","message":"this Idempotency-Key was used for another request; use a new key for each thing you want done"}
        409 retry-after: 1 {"code":"BAD_INPUT","message":"a request with this Idempotency-Key is being answered now; ask again in a second"}
        409 {"code":"BAD_INPUT","message":"it was changed meanwhile; read it again, and change what is there now"}
        409 {"code":"BAD_INPUT","message":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again"}
        409 {"code":"BAD_INPUT","message":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again"}
        409 {"code":"BAD_INPUT","message":"uri: a@x.org is taken"}
        503 retry-after: 1 {"code":"SERVER_ERROR","message":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 retry-after: 2 {"code":"SERVER_ERROR","message":"not now: something this needs is away; try again shortly"}
        503 retry-after: 2 {"code":"SERVER_ERROR","message":"not now: something this needs is away; try again shortly"}
        500 {"code":"SERVER_ERROR","message":"this could not be processed; please try again later"}
        500 {"code":"SERVER_ERROR","message":"this could not be processed; please try again later"}
        503 retry-after: 2 {"code":"SERVER_ERROR","message":"not now: something this needs is away; try again shortly"}
        401 www-authenticate: Basic realm="Novell Filr" {"code":"UNAUTHENTICATED_ACCESS","message":"sign in: send Basic with your address and password, or Bearer with a key or an access token"}
        401 www-authenticate: Basic realm="Novell Filr" {"code":"UNAUTHENTICATED_ACCESS","message":"the name or the password, key or token is not right, or no longer good"}
        429 retry-after: 60 {"code":"SERVER_ERROR","message":"too many wrong tries; try again after 00:01:01 UTC"}
        503 retry-after: 1 {"code":"SERVER_ERROR","message":"too many sign-ins at once; try again shortly"}
        503 retry-after: 1 {"code":"SERVER_ERROR","message":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 retry-after: 2 {"code":"SERVER_ERROR","message":"not now: something this needs is away; try again shortly"}
        413 {"code":"BAD_INPUT","message":"the body is too large: at most 9 bytes"}
        400 {"code":"BAD_INPUT","message":"there are two Authorization headers; send one"}
        405 allow: GET,HEAD {"code":"BAD_INPUT","message":"not allowed here; use GET,HEAD"}
        "#);
    }
}
