//! Error responses, which name the invalid part of the call.

use std::fmt::Display;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use utoipa::ToSchema;

use super::types::any_of;
use crate::auth::AuthError;
use crate::http::base_path::Base;
use crate::http::json_body::{BadMember, BadValue};
use crate::http::problem::{self, Api};
use crate::workflow::{What, WorkflowError};

/// SAS's API.
#[derive(Debug)]
pub(super) struct Sas;

pub(super) type Problem = problem::Problem<Sas>;
pub(super) type Denied = problem::Denied<Sas>;
pub(super) type Repeated = problem::Repeated<Sas>;
pub(super) type Unread = problem::Unread<Sas>;

const ERROR: &str = "application/vnd.sas.error+json;version=2;charset=UTF-8";

/// The members of a share that are read.
const MEMBERS: [&str; 9] =
    ["type", "sharedWithType", "sharedWith", "resourceUri", "name", "enabled", "sharedBy", "version", "links"];

/// An error.
#[derive(Serialize, ToSchema)]
#[schema(as = SasError)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorBody<'a> {
    /// The version of this representation: 2.
    version: i32,
    http_status_code: u16,
    /// The status and two digits: 01 filter, 02 sortBy, 03 start, 04 limit, 05 a member of the share, 06 the body, 07 a header,
    /// 00 anything else.
    error_code: u32,
    /// What is wrong, and what to do.
    message: &'a str,
    /// `part: …`, if one part of the call is invalid.
    details: Vec<String>,
    /// Always empty.
    links: Vec<String>,
}

/// A part of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A filter: `filter`, or the name of a member.
    Filter(&'static str),
    SortBy,
    Start,
    Limit,
    /// A member of the sent share.
    Member(&'static str),
    Body,
    Header(&'static str),
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::SortBy => "sortBy",
            Self::Start => "start",
            Self::Limit => "limit",
            Self::Body => "body",
            Self::Filter(name) | Self::Member(name) | Self::Header(name) => name,
        }
    }

    const fn number(self) -> u32 {
        match self {
            Self::Filter(_) => 1,
            Self::SortBy => 2,
            Self::Start => 3,
            Self::Limit => 4,
            Self::Member(_) => 5,
            Self::Body => 6,
            Self::Header(_) => 7,
        }
    }
}

fn in_part(part: Part, problem: Problem) -> Problem {
    Problem { message: format!("{}: {}", part.name(), problem.message), detail: Some(part), ..problem }
}

/// An error in a part of the call.
fn of(status: StatusCode, part: Part, problem: impl Display) -> Problem {
    in_part(part, Problem::new(status, problem))
}

/// 400: a part of the call is invalid.
pub(super) fn bad(part: Part, problem: impl Display) -> Problem {
    of(StatusCode::BAD_REQUEST, part, problem)
}

/// 404: the share does not exist, or is not visible to the caller.
pub(super) fn no_share() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "No share with the specified ID was found.")
}

/// 404: the credential belongs to nobody.
pub(super) fn nobody() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "This key belongs to nobody, so there is no current user.")
}

/// 428: a change must name the version that it changes.
pub(super) fn unconditional() -> Problem {
    let problem = "a change needs it: send the ETag that GET answered with";
    of(StatusCode::PRECONDITION_REQUIRED, Part::Header("If-Match"), problem)
}

impl Api for Sas {
    type Detail = Option<Part>;
    type Body = ErrorBody<'static>;
    const MEDIA_TYPE: &'static str = "application/vnd.sas.error+json";
    const CHALLENGE: &'static str = "Bearer realm=\"Countersign\"";
    const UNAVAILABLE: &'static str = "Not now: something this needs is away; try again shortly.";
    const NOTHING_HERE: &'static str = "There is nothing here; /authorization/ says what there is.";

    fn refused(error: &WorkflowError, _: &Base, problem: Problem) -> Problem {
        match error {
            WorkflowError::Unauthenticated => Problem { message: AuthError::Missing.to_string(), ..problem },
            WorkflowError::NotFound(What::Grant) => no_share(),
            WorkflowError::Unknown { field, value, hint } => bad(part_of(field), format_args!("{value} does not exist; {hint}")),
            WorkflowError::Invalid { field, problem } => bad(part_of(field), problem),
            WorkflowError::Taken { field, value } => of(StatusCode::CONFLICT, part_of(field), format_args!("{value} is taken")),
            WorkflowError::Stale => {
                let problem = "the share was changed meanwhile; GET it again, and send its ETag with what you make of it";
                of(StatusCode::PRECONDITION_FAILED, Part::Header("If-Match"), problem)
            }
            _ => problem,
        }
    }

    fn at(part: problem::Part, problem: Problem) -> Problem {
        match part {
            problem::Part::Header(name) => in_part(Part::Header(name), problem),
            problem::Part::Body => in_part(Part::Body, problem),
        }
    }

    fn bad_member(BadMember { path, problem }: &BadMember) -> Problem {
        let member = MEMBERS.into_iter().find(|name| name == path).unwrap_or("body");
        let problem = match problem {
            BadValue::Missing | BadValue::Null(_) => "it is missing".to_owned(),
            BadValue::Kind(wanted, given) if path == "links" => format!("they are {wanted}, not {given}"),
            BadValue::Kind(wanted, given) => format!("it is {wanted}, not {given}"),
            BadValue::Word(given, _) if given.is_empty() => "it is empty".to_owned(),
            BadValue::Word(given, words) => format!("{given:?} is none of {}", any_of(words)),
            BadValue::Other(problem) => problem.clone(),
        };
        bad(Part::Member(member), problem)
    }

    fn not_allowed(allow: &str) -> String {
        format!("Not allowed here; use {allow}.")
    }

    fn respond(problem: &Problem, mut response: HttpResponseBuilder) -> HttpResponse {
        let status = problem.status.as_u16();
        let body = ErrorBody {
            version: 2,
            http_status_code: status,
            error_code: u32::from(status) * 100 + problem.detail.map_or(0, Part::number),
            message: &problem.message,
            details: problem.detail.map(|part| format!("part: {}", part.name())).into_iter().collect(),
            links: Vec::new(),
        };
        response.content_type(ERROR).body(serde_json::to_string(&body).unwrap_or_default())
    }
}

/// The names of workflow fields in this API.
fn part_of(field: &'static str) -> Part {
    Part::Member(match field {
        "with" => "sharedWith",
        "of" | "uri" => "resourceUri",
        "level" | "reshare" => "type",
        "is_enabled" | "starts_at" | "ends_at" => "enabled",
        "Idempotency-Key" => return Part::Header("Idempotency-Key"),
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_status_and_its_words() {
        insta::assert_snapshot!(problem::table::<Sas>(), @r#"
        401 www-authenticate: Bearer realm="Countersign" content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":401,"errorCode":40100,"message":"sign in: send Basic with your address and password, or Bearer with a key or an access token","details":[],"links":[]}
        404 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":404,"errorCode":40400,"message":"No share with the specified ID was found.","details":[],"links":[]}
        404 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":404,"errorCode":40400,"message":"there is no such user","details":[],"links":[]}
        400 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":400,"errorCode":40005,"message":"bundle: bundle 7 does not exist; name another","details":["part: bundle"],"links":[]}
        400 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":400,"errorCode":40005,"message":"sharedWith: a@x.org does not exist; name another","details":["part: sharedWith"],"links":[]}
        400 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":400,"errorCode":40005,"message":"resourceUri: <60","details":["part: resourceUri"],"links":[]}
        400 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":400,"errorCode":40005,"message":"type: no such rights","details":["part: type"],"links":[]}
        400 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":400,"errorCode":40005,"message":"enabled: too early","details":["part: enabled"],"links":[]}
        400 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":400,"errorCode":40005,"message":"enabled: too late","details":["part: enabled"],"links":[]}
        400 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":400,"errorCode":40005,"message":"attributes: too long","details":["part: attributes"],"links":[]}
        400 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":400,"errorCode":40005,"message":"limit: too many","details":["part: limit"],"links":[]}
        403 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":403,"errorCode":40300,"message":"this is for administrators","details":[],"links":[]}
        403 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":403,"errorCode":40300,"message":"this key has not the scope `grants`; make one with `countersign key add --scope grants`","details":[],"links":[]}
        410 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":410,"errorCode":41000,"message":"this request was cancelled, since what it was about is no longer there","details":[],"links":[]}
        410 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":410,"errorCode":41000,"message":"this link is from before a restored backup; ask for a fresh one","details":[],"links":[]}
        429 retry-after: 2 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":429,"errorCode":42900,"message":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:02 UTC","details":[],"links":[]}
        429 retry-after: 1 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":429,"errorCode":42900,"message":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:01 UTC","details":[],"links":[]}
        422 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":422,"errorCode":42207,"message":"Idempotency-Key: this Idempotency-Key was used for another request; use a new key for each thing you want done","details":["part: Idempotency-Key"],"links":[]}
        409 retry-after: 1 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":409,"errorCode":40907,"message":"Idempotency-Key: a request with this Idempotency-Key is being answered now; ask again in a second","details":["part: Idempotency-Key"],"links":[]}
        412 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":412,"errorCode":41207,"message":"If-Match: the share was changed meanwhile; GET it again, and send its ETag with what you make of it","details":["part: If-Match"],"links":[]}
        409 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":409,"errorCode":40900,"message":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again","details":[],"links":[]}
        409 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":409,"errorCode":40900,"message":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again","details":[],"links":[]}
        409 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":409,"errorCode":40905,"message":"resourceUri: a@x.org is taken","details":["part: resourceUri"],"links":[]}
        503 retry-after: 1 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":503,"errorCode":50300,"message":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly","details":[],"links":[]}
        503 retry-after: 2 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":503,"errorCode":50300,"message":"Not now: something this needs is away; try again shortly.","details":[],"links":[]}
        503 retry-after: 2 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":503,"errorCode":50300,"message":"Not now: something this needs is away; try again shortly.","details":[],"links":[]}
        500 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":500,"errorCode":50000,"message":"Sorry, this request could not be processed. Please try again later.","details":[],"links":[]}
        500 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":500,"errorCode":50000,"message":"Sorry, this request could not be processed. Please try again later.","details":[],"links":[]}
        503 retry-after: 2 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":503,"errorCode":50300,"message":"Not now: something this needs is away; try again shortly.","details":[],"links":[]}
        401 www-authenticate: Bearer realm="Countersign" content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":401,"errorCode":40100,"message":"sign in: send Basic with your address and password, or Bearer with a key or an access token","details":[],"links":[]}
        401 www-authenticate: Bearer realm="Countersign" content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":401,"errorCode":40100,"message":"the name or the password, key or token is not right, or no longer good","details":[],"links":[]}
        429 retry-after: 60 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":429,"errorCode":42900,"message":"too many wrong tries; try again after 00:01:01 UTC","details":[],"links":[]}
        503 retry-after: 1 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":503,"errorCode":50300,"message":"too many sign-ins at once; try again shortly","details":[],"links":[]}
        503 retry-after: 1 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":503,"errorCode":50300,"message":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly","details":[],"links":[]}
        503 retry-after: 2 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":503,"errorCode":50300,"message":"Not now: something this needs is away; try again shortly.","details":[],"links":[]}
        413 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":413,"errorCode":41306,"message":"body: the body is too large: at most 9 bytes","details":["part: body"],"links":[]}
        400 content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":400,"errorCode":40007,"message":"Authorization: there are two Authorization headers; send one","details":["part: Authorization"],"links":[]}
        405 allow: GET,HEAD content-type: application/vnd.sas.error+json;version=2;charset=UTF-8 {"version":2,"httpStatusCode":405,"errorCode":40500,"message":"Not allowed here; use GET,HEAD.","details":[],"links":[]}
        "#);
    }
}
